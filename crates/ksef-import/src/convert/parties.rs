//! Seller, buyer, third parties, authorised entity.

use ksef_core::internal_id::InternalId;
use ksef_invoice::fa3::parties::{
    Address, AuthorizedContact, AuthorizedEntity, Buyer, Contact, EuVatId, ForeignId, PartyId,
    PartyIdentity, PolishPrefix, Role, Seller, TaxpayerIdentity, ThirdParty, ThirdPartyId,
    ThirdPartyIdentity,
};
use ksef_invoice::fa3::value::code::{AuthorizedRole, TaxpayerStatus, ThirdPartyRole, YesNo};
use ksef_invoice::fa3::value::country::{CountryCode, EuCountryCode};

use super::view::View;

pub(super) fn seller(view: &View<'_>) -> Option<Seller> {
    let identity = taxpayer(view);
    let address = view.get("address").and_then(|view| address(&view));
    let contacts = contacts(view);
    Some(Seller {
        prefix: view.flag("vatPrefix").then_some(PolishPrefix),
        eori: view.value("eori"),
        mailing_address: view
            .get("mailingAddress")
            .and_then(|view| self::address(&view)),
        contacts: view.bounded(contacts),
        status: view.choice("status", &STATUSES, TaxpayerStatus::from_code),
        ..Seller::new(identity?, address?)
    })
}

pub(super) fn buyer(view: &View<'_>) -> Option<Buyer> {
    let identity = party_identity(view);
    let contacts = contacts(view);
    Some(Buyer {
        eori: view.value("eori"),
        address: view.get("address").and_then(|view| address(&view)),
        mailing_address: view.get("mailingAddress").and_then(|view| address(&view)),
        contacts: view.bounded(contacts),
        customer_number: view.value("customerNumber"),
        key: view.value("key"),
        local_government: YesNo::from(view.flag("localGovernment")),
        vat_group: YesNo::from(view.flag("vatGroup")),
        ..Buyer::new(identity?)
    })
}

pub(super) fn third_party(view: &View<'_>) -> Option<ThirdParty> {
    let id = match view.one_of(&["nip", "internalId", "vatUe", "foreignId", "noId"]) {
        Some("internalId") => internal_id(view).map(ThirdPartyId::Internal),
        Some(key) => party_id(view, key).map(ThirdPartyId::from),
        None => None,
    };
    let role = match view.one_of(&["role", "roleDescription"]) {
        Some("role") => view
            .choice("role", &ROLES, ThirdPartyRole::from_code)
            .map(Role::Known),
        Some(_) => view.value("roleDescription").map(Role::Other),
        None => None,
    };
    let name = view.value("name");
    let contacts = contacts(view);
    Some(ThirdParty {
        key: view.value("key"),
        eori: view.value("eori"),
        address: view.get("address").and_then(|view| address(&view)),
        mailing_address: view.get("mailingAddress").and_then(|view| address(&view)),
        contacts: view.bounded(contacts),
        share: view.get("share").and_then(|share| share.own()),
        customer_number: view.value("customerNumber"),
        ..ThirdParty::new(
            ThirdPartyIdentity {
                name,
                ..ThirdPartyIdentity::new(id?)
            },
            role?,
        )
    })
}

pub(super) fn authorized(view: &View<'_>) -> Option<AuthorizedEntity> {
    let identity = taxpayer(view);
    let address = view.get("address").and_then(|view| address(&view));
    let role = view.choice("role", &AUTHORIZED_ROLES, AuthorizedRole::from_code);
    let contacts = view
        .list("contacts")
        .iter()
        .map(|contact| AuthorizedContact {
            email: contact.value("email"),
            phone: contact.value("phone"),
        })
        .collect();
    Some(AuthorizedEntity {
        eori: view.value("eori"),
        mailing_address: view
            .get("mailingAddress")
            .and_then(|view| self::address(&view)),
        contacts: view.bounded(contacts),
        ..AuthorizedEntity::new(identity?, address?, role?)
    })
}

pub(super) fn taxpayer(view: &View<'_>) -> Option<TaxpayerIdentity> {
    let nip = view.nip("nip");
    let name = view.value("name");
    Some(TaxpayerIdentity::new(nip?, name?))
}

pub(super) fn party_identity(view: &View<'_>) -> Option<PartyIdentity> {
    let id = view
        .one_of(&["nip", "vatUe", "foreignId", "noId"])
        .and_then(|key| party_id(view, key));
    let name = view.value("name");
    Some(PartyIdentity {
        name,
        ..PartyIdentity::new(id?)
    })
}

fn party_id(view: &View<'_>, key: &str) -> Option<PartyId> {
    match key {
        "nip" => view.nip("nip").map(PartyId::Nip),
        "vatUe" => vat_ue(&view.get("vatUe")?).map(PartyId::VatUe),
        "foreignId" => {
            let id = view.get("foreignId")?;
            let number = id.value("number");
            let country = id.value("country");
            Some(PartyId::Foreign(ForeignId {
                country,
                ..ForeignId::new(number?)
            }))
        }
        _ if view.flag("noId") => Some(PartyId::None),
        _ => {
            view.missing(&["nip", "vatUe", "foreignId", "noId"]);
            None
        }
    }
}

/// `DE123456789`: the country's prefix and the number.
fn vat_ue(view: &View<'_>) -> Option<EuVatId> {
    let (prefix, number) = view.node.text()?.split_at_checked(2)?;
    let Ok(country) = EuCountryCode::new(prefix) else {
        view.meaning(
            "vat-ue-prefix",
            &format!("„{prefix}” nie jest prefiksem numeru VAT UE"),
            &format!("“{prefix}” is not the prefix of an EU VAT number"),
        );
        return None;
    };
    match number.parse() {
        Ok(number) => Some(EuVatId::new(country, number)),
        Err(_) => {
            view.meaning(
                "vat-ue-number",
                "numer VAT UE po prefiksie ma 1–12 cyfr i wielkich liter",
                "an EU VAT number has 1 to 12 digits and upper-case letters after its prefix",
            );
            None
        }
    }
}

fn internal_id(view: &View<'_>) -> Option<InternalId> {
    let view = view.get("internalId")?;
    let id = view.node.text()?.parse();
    if id.is_err() {
        view.meaning(
            "internal-id",
            "to nie jest identyfikator wewnętrzny: NIP, kreska i 5 cyfr, z których ostatnia jest kontrolna",
            "this is not an internal identifier: NIP, hyphen and 5 digits, the last of them a check digit",
        );
    }
    id.ok()
}

pub(super) fn address(view: &View<'_>) -> Option<Address> {
    let country = match view.has("country") {
        true => view.value("country"),
        false => Some(CountryCode::PL),
    };
    let line1 = view.value("line1");
    let line2 = view.value("line2");
    let gln = view.value("gln");
    Some(Address {
        line2,
        gln,
        ..Address::new(country?, line1?)
    })
}

fn contacts(view: &View<'_>) -> Vec<Contact> {
    view.list("contacts")
        .iter()
        .map(|contact| Contact {
            email: contact.value("email"),
            phone: contact.value("phone"),
        })
        .collect()
}

const STATUSES: [(&str, &str); 4] = [
    ("liquidation", "1"),
    ("restructuring", "2"),
    ("bankruptcy", "3"),
    ("inheritance", "4"),
];

const ROLES: [(&str, &str); 11] = [
    ("factor", "1"),
    ("recipient", "2"),
    ("originalEntity", "3"),
    ("additionalBuyer", "4"),
    ("issuer", "5"),
    ("payer", "6"),
    ("localGovernmentIssuer", "7"),
    ("localGovernmentRecipient", "8"),
    ("vatGroupIssuer", "9"),
    ("vatGroupRecipient", "10"),
    ("employee", "11"),
];

const AUTHORIZED_ROLES: [(&str, &str); 3] = [
    ("enforcementAuthority", "1"),
    ("courtBailiff", "2"),
    ("taxRepresentative", "3"),
];
