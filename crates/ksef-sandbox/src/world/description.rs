//! What KSeF tells about an accepted invoice: the metadata of queries and packages, read once from the document.

use jiff::Timestamp;
use ksef_api::ops::invoices::{
    AuthorisedSubject, AuthorisedSubjectRole, Buyer, BuyerIdentifier, BuyerIdentifierType,
    CurrencyCode, InvoiceMetadata, InvoiceType, Seller, ThirdSubject, ThirdSubjectIdentifier,
    ThirdSubjectIdentifierType, ThirdSubjectRole,
};
use ksef_api::ops::sessions::InvoicingMode;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_invoice::metadata::{
    self, InvoiceMetadata as Document, NamedAmount, PartyIdentifier, PartyRole,
};
use rust_decimal::Decimal;

/// What the document does not say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reception<'a> {
    pub(crate) ksef_number: KsefNumber,
    pub(crate) received: Timestamp,
    pub(crate) acquired: Timestamp,
    pub(crate) mode: &'a str,
    pub(crate) hash: Sha256Digest,
    pub(crate) corrects: Option<Sha256Digest>,
}

/// The metadata of an invoice. It is stored later than its number is given: the date of storing is that of the number
/// until then.
pub(crate) fn describe(document: &Document, reception: &Reception<'_>) -> InvoiceMetadata {
    InvoiceMetadata {
        ksef_number: reception.ksef_number,
        invoice_number: document.number.clone(),
        issue_date: document.issue_date,
        invoicing_date: reception.received,
        acquisition_date: reception.acquired,
        permanent_storage_date: reception.acquired,
        seller: Seller {
            nip: document.seller.nip,
            name: Some(document.seller.name.clone()).filter(|name| !name.is_empty()),
        },
        buyer: Buyer {
            identifier: buyer_identifier(&document.buyer.identifier),
            name: document.buyer.name.clone(),
        },
        net_amount: sum(&document.net),
        gross_amount: decimal(document.total.as_str()),
        vat_amount: vat_in_pln(document),
        currency: CurrencyCode::from_name(&document.currency),
        invoicing_mode: InvoicingMode::from_name(reception.mode),
        invoice_type: InvoiceType::from_name(document.kind.api_name()),
        form_code: document.form.clone(),
        is_self_invoicing: document.is_self_billing,
        has_attachment: document.has_attachment,
        invoice_hash: reception.hash,
        hash_of_corrected_invoice: reception.corrects,
        third_subjects: document.third_parties.iter().map(third_subject).collect(),
        authorized_subject: document
            .authorised_party
            .as_ref()
            .map(|party| AuthorisedSubject {
                nip: party.nip,
                name: Some(party.name.clone()).filter(|name| !name.is_empty()),
                role: AuthorisedSubjectRole::from_number(party.role.into()),
            }),
    }
}

/// The same for the XML of an invoice that was accepted by a program which did not keep its metadata.
pub(crate) fn describe_xml(xml: &[u8], reception: &Reception<'_>) -> Option<InvoiceMetadata> {
    let document = metadata::read(xml).ok()?;
    Some(describe(&document, reception))
}

fn third_subject(party: &metadata::ThirdParty) -> ThirdSubject {
    let (kind, value) = match &party.identifier {
        PartyIdentifier::InternalId(id) => (
            ThirdSubjectIdentifierType::InternalId,
            Some(id.as_str().to_owned()),
        ),
        other => {
            let identifier = buyer_identifier(other);
            let kind = ThirdSubjectIdentifierType::from_name(identifier.kind.as_str());
            (kind, identifier.value)
        }
    };
    ThirdSubject {
        identifier: ThirdSubjectIdentifier { kind, value },
        name: party.name.clone(),
        role: match party.role {
            PartyRole::Number(number) => ThirdSubjectRole::from_number(number.into()),
            PartyRole::Described(_) => ThirdSubjectRole::Described,
        },
    }
}

fn buyer_identifier(identifier: &PartyIdentifier) -> BuyerIdentifier {
    match identifier {
        PartyIdentifier::Nip(nip) => BuyerIdentifier::new(BuyerIdentifierType::Nip, nip.as_str()),
        PartyIdentifier::VatUe { country, number } => {
            BuyerIdentifier::new(BuyerIdentifierType::VatUe, format!("{country}{number}"))
        }
        PartyIdentifier::Other { id, .. } => {
            BuyerIdentifier::new(BuyerIdentifierType::Another, id.as_str())
        }
        PartyIdentifier::InternalId(id) => {
            BuyerIdentifier::new(BuyerIdentifierType::Another, id.as_str())
        }
        PartyIdentifier::None => BuyerIdentifier::none(),
    }
}

/// The tax in PLN: as converted in the document, or as it stands when the invoice is in PLN. An invoice in another
/// currency without conversions has none (what the server says then is not published).
fn vat_in_pln(document: &Document) -> Decimal {
    if document.currency == "PLN" {
        sum(&document.vat)
    } else {
        sum(&document.vat_in_pln)
    }
}

fn sum(amounts: &[NamedAmount]) -> Decimal {
    amounts
        .iter()
        .map(|named| decimal(named.amount.as_str()))
        .fold(Decimal::ZERO, |sum, amount| {
            sum.checked_add(amount).unwrap_or(sum)
        })
}

/// Amounts of an accepted invoice have at most 18 digits.
fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}
