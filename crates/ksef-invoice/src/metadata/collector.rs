//! Puts the values of the outline together to the metadata.

use jiff::civil::Date;
use ksef_core::form_code::FormCode;
use ksef_core::internal_id::InternalId;
use ksef_core::nip::Nip;

use super::amount::Amount;
use super::facet;
use super::kind::InvoiceKind;
use super::outline::{Field, Scope};
use super::party::{AuthorisedParty, Buyer, PartyIdentifier, PartyRole, Seller, ThirdParty};
use super::{InvoiceMetadata, NamedAmount};
use crate::problem::Problem;

/// The identifiers of a party, in words for a message.
const IDENTIFIERS: &str = "NIP | KodUE, NrVatUE | KodKraju, NrID | BrakID";

/// A party while its section is read.
#[derive(Debug, Default)]
struct Draft {
    nip: Option<Nip>,
    internal_id: Option<InternalId>,
    union_country: Option<String>,
    union_number: Option<String>,
    country: Option<String>,
    other_id: Option<String>,
    no_id: bool,
    name: Option<String>,
    legal_name: Option<String>,
    vat_ids: Vec<String>,
    legal_id: Option<String>,
    role: Option<u8>,
    other_role: bool,
    role_description: Option<String>,
    /// A value was refused: what is missing is not reported once more.
    is_damaged: bool,
}

/// How many tax identifiers of a PEF party are kept.
const VAT_IDS_MAX: usize = 16;

/// The metadata while the document is read.
#[derive(Debug, Default)]
pub(super) struct Collector {
    draft: Draft,
    created: Option<String>,
    system: Option<String>,
    seller: Option<Seller>,
    buyer: Option<Buyer>,
    third_parties: Vec<ThirdParty>,
    authorised_party: Option<AuthorisedParty>,
    issue_date: Option<Date>,
    pub(super) number: Option<String>,
    kind: Option<InvoiceKind>,
    currency: Option<String>,
    total: Option<Amount>,
    payable: Option<Amount>,
    net: Vec<NamedAmount>,
    vat: Vec<NamedAmount>,
    vat_in_pln: Vec<NamedAmount>,
    is_self_billing: bool,
    pub(super) has_attachment: bool,
}

impl Collector {
    /// A section begins.
    pub(super) fn enter(&mut self, scope: Scope) {
        if matches!(
            scope,
            Scope::Seller | Scope::Buyer | Scope::Third | Scope::Authorised
        ) {
            self.draft = Draft::default();
        }
    }

    /// A value that has the form of its type; `name` is its element.
    pub(super) fn set(&mut self, field: Field, value: &str) {
        let text = || Some(value.to_owned());
        let draft = &mut self.draft;
        match field {
            Field::Checked => {}
            Field::Created => self.created = text(),
            Field::System => self.system = text(),
            Field::Nip => draft.nip = Nip::parse(value).ok(),
            Field::InternalId => draft.internal_id = InternalId::parse(value).ok(),
            Field::UnionCountry => draft.union_country = text(),
            Field::UnionNumber => draft.union_number = text(),
            Field::Country => draft.country = text(),
            Field::OtherId => draft.other_id = text(),
            Field::NoId => draft.no_id = true,
            Field::Name => draft.name = text(),
            Field::LegalName => draft.legal_name = text(),
            Field::VatId if draft.vat_ids.len() < VAT_IDS_MAX => draft.vat_ids.extend(text()),
            Field::VatId => {}
            Field::LegalId => draft.legal_id = text(),
            Field::Role => draft.role = facet::number(value),
            Field::OtherRole => draft.other_role = true,
            Field::RoleDescription => draft.role_description = text(),
            Field::IssueDate => self.issue_date = facet::date(value),
            Field::Number => self.number = text(),
            Field::Kind => self.kind = Some(InvoiceKind::from_wire(value)),
            // UNTDID 1001: 389 is a self-billed invoice, 261 a self-billed credit note.
            Field::TypeCode => self.is_self_billing = matches!(value, "389" | "261"),
            Field::Currency => self.currency = text(),
            Field::Total => self.total = Amount::parse(value).ok(),
            Field::Payable => self.payable = Amount::parse(value).ok(),
            Field::SelfBilling => self.is_self_billing = facet::number(value) == Some(1),
            Field::Net(name) => push(&mut self.net, name, value),
            Field::Vat(name) => push(&mut self.vat, name, value),
            Field::VatInPln(name) => push(&mut self.vat_in_pln, name, value),
        }
    }

    /// A value of the current party was refused and reported.
    pub(super) fn refuse(&mut self) {
        self.draft.is_damaged = true;
    }

    /// A section ends; the problem when its parts do not fit together.
    pub(super) fn leave(&mut self, scope: Scope) -> Option<Problem> {
        let is_damaged = self.draft.is_damaged;
        self.close(scope).filter(|_| !is_damaged)
    }

    fn close(&mut self, scope: Scope) -> Option<Problem> {
        match scope {
            Scope::None => None,
            Scope::Identity => self.check_identity(),
            Scope::Seller => self.leave_seller(),
            Scope::Buyer => {
                let draft = std::mem::take(&mut self.draft);
                let (identifier, name) = (identifier(&draft), draft.name.or(draft.legal_name));
                self.buyer = Some(Buyer { identifier, name });
                None
            }
            Scope::Third => self.leave_third_party(),
            Scope::Authorised => {
                let draft = std::mem::take(&mut self.draft);
                if let (Some(nip), Some(name), Some(role)) = (draft.nip, draft.name, draft.role) {
                    self.authorised_party = Some(AuthorisedParty { nip, name, role });
                }
                None
            }
        }
    }

    /// Exactly one way to identify a party, complete.
    fn check_identity(&self) -> Option<Problem> {
        let draft = &self.draft;
        let is_union = draft.union_country.is_some() || draft.union_number.is_some();
        let is_other = draft.country.is_some() || draft.other_id.is_some();
        let ways = [
            ("NIP", draft.nip.is_some()),
            ("IDWew", draft.internal_id.is_some()),
            ("NrVatUE", is_union),
            ("NrID", is_other),
            ("BrakID", draft.no_id),
        ];
        let mut used = ways.iter().filter(|(_, is_used)| *is_used);
        if used.next().is_none() {
            return Some(Problem::MissingElement(IDENTIFIERS));
        }
        if let Some((name, _)) = used.next() {
            return Some(Problem::UnexpectedElement((*name).to_owned()));
        }
        if is_union && draft.union_country.is_none() {
            return Some(Problem::MissingElement("KodUE"));
        }
        if is_union && draft.union_number.is_none() {
            return Some(Problem::MissingElement("NrVatUE"));
        }
        (is_other && draft.other_id.is_none()).then_some(Problem::MissingElement("NrID"))
    }

    fn leave_seller(&mut self) -> Option<Problem> {
        let draft = std::mem::take(&mut self.draft);
        let polish = draft
            .vat_ids
            .iter()
            .find_map(|id| Nip::parse(id.strip_prefix("PL")?).ok());
        let is_incomplete = draft.nip.or(polish).is_none();
        if let Some(nip) = draft.nip.or(polish) {
            let name = draft.legal_name.or(draft.name).unwrap_or_default();
            self.seller = Some(Seller { nip, name });
        }
        is_incomplete.then_some(Problem::MissingElement("NIP"))
    }

    fn leave_third_party(&mut self) -> Option<Problem> {
        let draft = std::mem::take(&mut self.draft);
        let identifier = identifier(&draft);
        let role = match (draft.role, draft.other_role, draft.role_description) {
            (Some(number), false, None) => PartyRole::Number(number),
            (None, true, Some(description)) => PartyRole::Described(description),
            (Some(_), true, _) => return Some(Problem::UnexpectedElement("RolaInna".to_owned())),
            (Some(_), false, Some(_)) => {
                return Some(Problem::UnexpectedElement("OpisRoli".to_owned()));
            }
            (None, true, None) => return Some(Problem::MissingElement("OpisRoli")),
            (None, false, Some(_)) => return Some(Problem::MissingElement("RolaInna")),
            (None, false, None) => {
                return Some(Problem::MissingElement("Rola | RolaInna, OpisRoli"));
            }
        };
        self.third_parties.push(ThirdParty {
            identifier,
            name: draft.name,
            role,
        });
        None
    }

    /// The metadata, when nothing it needs is missing.
    pub(super) fn finish(self, form: FormCode) -> Option<InvoiceMetadata> {
        let kind = match form {
            FormCode::Pef3 => InvoiceKind::Pef,
            FormCode::PefKor3 => InvoiceKind::PefCorrection,
            _ => self.kind?,
        };
        Some(InvoiceMetadata {
            form,
            created: self.created,
            system: self.system,
            seller: self.seller?,
            buyer: self.buyer?,
            third_parties: self.third_parties,
            authorised_party: self.authorised_party,
            issue_date: self.issue_date?,
            number: self.number?,
            kind,
            currency: self.currency?,
            total: self.total.or(self.payable)?,
            net: self.net,
            vat: self.vat,
            vat_in_pln: self.vat_in_pln,
            is_self_billing: self.is_self_billing,
            has_attachment: self.has_attachment,
        })
    }
}

/// How many sums of one sort are kept; a PEF may repeat its tax totals.
const AMOUNTS_MAX: usize = 64;

fn push(amounts: &mut Vec<NamedAmount>, element: &'static str, value: &str) {
    if let Ok(amount) = Amount::parse(value)
        && amounts.len() < AMOUNTS_MAX
    {
        amounts.push(NamedAmount { element, amount });
    }
}

fn identifier(draft: &Draft) -> PartyIdentifier {
    if let Some(nip) = draft.nip {
        return PartyIdentifier::Nip(nip);
    }
    if let Some(id) = draft.internal_id {
        return PartyIdentifier::InternalId(id);
    }
    if let (Some(country), Some(number)) = (&draft.union_country, &draft.union_number) {
        return PartyIdentifier::VatUe {
            country: country.clone(),
            number: number.clone(),
        };
    }
    if let Some(id) = &draft.other_id {
        return PartyIdentifier::Other {
            country: draft.country.clone(),
            id: id.clone(),
        };
    }
    peppol_identifier(draft)
}

/// The identifier of a party of a UBL document: Polish NIP, EU VAT number, or what there is.
fn peppol_identifier(draft: &Draft) -> PartyIdentifier {
    if let Some(nip) = draft
        .vat_ids
        .iter()
        .find_map(|id| Nip::parse(id.strip_prefix("PL")?).ok())
    {
        return PartyIdentifier::Nip(nip);
    }
    let union = draft.vat_ids.iter().find_map(|id| {
        let (country, number) = id.split_at_checked(2)?;
        let is_union = facet::Facet::UnionCountry.accept(country).is_some()
            && facet::Facet::UnionNumber.accept(number).is_some();
        is_union.then(|| (country.to_owned(), number.to_owned()))
    });
    if let Some((country, number)) = union {
        return PartyIdentifier::VatUe { country, number };
    }
    match draft.vat_ids.first().or(draft.legal_id.as_ref()) {
        Some(id) if !id.is_empty() => PartyIdentifier::Other {
            country: None,
            id: id.clone(),
        },
        _ => PartyIdentifier::None,
    }
}
