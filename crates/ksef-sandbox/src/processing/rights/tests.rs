use ksef_invoice::metadata::{AuthorisedParty, PartyIdentifier, ThirdParty};

use super::*;

const SELLER: &str = "5265877635";
const BUYER: &str = "7762811692";
const OTHER: &str = "1111111111";

/// Relations that hold for one pair.
#[derive(Default)]
struct Known {
    grants: Vec<(&'static str, String, Authorisation)>,
    enforcing: Vec<&'static str>,
    units: Vec<(&'static str, &'static str)>,
}

impl Relations for Known {
    fn has_granted(
        &self,
        seller: Nip,
        grantee: &ContextIdentifier,
        authorisation: Authorisation,
    ) -> bool {
        self.grants.iter().any(|(from, to, what)| {
            *from == seller.as_str() && *to == grantee.to_string() && *what == authorisation
        })
    }

    fn enforces(&self, nip: Nip) -> bool {
        self.enforcing.contains(&nip.as_str())
    }

    fn is_unit_of(&self, unit: Nip, parent: Nip) -> bool {
        self.units.contains(&(unit.as_str(), parent.as_str()))
    }
}

fn nip(text: &str) -> Nip {
    text.parse().unwrap()
}

fn invoice() -> InvoiceMetadata {
    let xml = include_str!("../../../tests/data/minimal-fa3.xml");
    let mut metadata = ksef_invoice::metadata::read(xml.as_bytes()).unwrap();
    metadata.seller.nip = nip(SELLER);
    metadata.buyer.identifier = PartyIdentifier::Nip(nip(BUYER));
    metadata
}

fn granted(to: &str, authorisation: Authorisation) -> Known {
    Known {
        grants: vec![(SELLER, to.to_owned(), authorisation)],
        ..Known::default()
    }
}

#[track_caller]
fn expect(context: &str, metadata: &InvoiceMetadata, relations: &Known, allowed: bool) {
    let outcome = super::check(&context.parse().unwrap(), metadata, relations);
    assert_eq!(outcome.is_ok(), allowed, "{context}: {outcome:?}");
}

#[test]
fn the_seller_and_its_parts_may() {
    let nobody = Known::default();
    for (context, allowed) in [
        ("Nip:5265877635", true),
        ("Nip:7762811692", false),
        ("InternalId:5265877635-12346", true),
        ("InternalId:7762811692-12347", false),
        ("NipVatUe:5265877635-DE123456789", true),
        ("NipVatUe:7762811692-DE123456789", false),
        ("PeppolId:PPL123456", false),
    ] {
        expect(context, &invoice(), &nobody, allowed);
    }
}

#[test]
fn the_buyer_needs_a_grant_and_the_mark_of_self_billing() {
    let context = format!("Nip:{BUYER}");
    let grant = granted(&context, Authorisation::SelfInvoicing);
    let mut self_billed = invoice();
    self_billed.is_self_billing = true;
    expect(&context, &self_billed, &grant, true);
    expect(&context, &invoice(), &grant, false);
    expect(&context, &self_billed, &Known::default(), false);
    expect(
        &context,
        &self_billed,
        &granted(&context, Authorisation::RrInvoicing),
        false,
    );
    self_billed.buyer.identifier = PartyIdentifier::Nip(nip(OTHER));
    expect(&context, &self_billed, &grant, false);
    let mut farmers = invoice();
    farmers.form = FormCode::FaRr1;
    expect(
        &context,
        &farmers,
        &granted(&context, Authorisation::RrInvoicing),
        true,
    );
    expect(&context, &farmers, &grant, false);
}

#[test]
fn authorised_parties() {
    let context = format!("Nip:{OTHER}");
    let with_role = |role| {
        let mut metadata = invoice();
        metadata.authorised_party = Some(AuthorisedParty {
            nip: nip(OTHER),
            name: "Przedstawiciel".to_owned(),
            role,
        });
        metadata
    };
    let representative = granted(&context, Authorisation::TaxRepresentative);
    expect(&context, &with_role(3), &representative, true);
    expect(&context, &with_role(2), &representative, false);
    let bailiff = Known {
        enforcing: vec![OTHER],
        ..Known::default()
    };
    expect(&context, &with_role(2), &bailiff, true);
    expect(&context, &with_role(1), &bailiff, true);
    expect(&context, &with_role(3), &bailiff, false);
    expect(&context, &invoice(), &bailiff, false);
}

#[test]
fn units_of_the_seller() {
    let context = format!("Nip:{OTHER}");
    let known = Known {
        units: vec![(OTHER, SELLER)],
        ..Known::default()
    };
    let with_role = |role| {
        let mut metadata = invoice();
        metadata.third_parties = vec![ThirdParty {
            identifier: PartyIdentifier::Nip(nip(OTHER)),
            name: None,
            role: PartyRole::Number(role),
        }];
        metadata
    };
    expect(&context, &with_role(7), &known, true);
    expect(&context, &with_role(9), &known, true);
    expect(&context, &with_role(8), &known, false);
    expect(&context, &with_role(7), &Known::default(), false);
}

#[test]
fn a_provider_sends_peppol_documents_only() {
    let context = "PeppolId:PPL123456";
    let grant = granted(context, Authorisation::PefInvoicing);
    let mut peppol = invoice();
    peppol.form = FormCode::Pef3;
    expect(context, &peppol, &grant, true);
    expect(context, &invoice(), &grant, false);
}
