//! Parties of UBL.

use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use crate::page::{Block, Card, Fact};

/// The seller and the buyer.
pub(super) fn main(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let cards = ["AccountingSupplierParty", "AccountingCustomerParty"]
        .iter()
        .filter_map(|name| Some((root.child(name)?, name)))
        .map(|(role, name)| card(walk, role.child("Party").unwrap_or(role), walk.label(name)))
        .collect();
    Block::cards("", cards)
}

/// Who else takes part, and where the goods go.
pub(super) fn others(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let mut cards: Vec<_> = ["PayeeParty", "TaxRepresentativeParty"]
        .iter()
        .flat_map(|name| root.children_named(name).map(move |party| (party, name)))
        .map(|(party, name)| card(walk, party, walk.label(name)))
        .collect();
    for delivery in root.children_named("Delivery") {
        let mut facts = Vec::new();
        if let Some(place) = delivery.child("DeliveryLocation") {
            facts.extend(walk.facts(place, &["ID"]));
            facts.extend(
                place
                    .child("Address")
                    .map(|place| address(walk, place))
                    .unwrap_or_default(),
            );
        }
        let name = delivery
            .child("DeliveryParty")
            .and_then(|party| party.child("PartyName"))
            .and_then(|name| walk.text(name, "Name"))
            .unwrap_or_default();
        if !facts.is_empty() || !name.is_empty() {
            cards.push(Card {
                title: walk.label("Delivery"),
                name,
                facts,
            });
        }
    }
    Block::cards(walk.say("Inne podmioty", "Other parties"), cards)
}

fn card(walk: &Walk, party: Element<'_>, title: String) -> Card {
    let legal = party.child("PartyLegalEntity");
    let registered = legal.and_then(|legal| walk.text(legal, "RegistrationName"));
    let trade = party
        .child("PartyName")
        .and_then(|name| walk.text(name, "Name"));
    let mut facts = Vec::new();
    let name = match (registered, trade) {
        (Some(registered), Some(trade)) if registered != trade => {
            facts.push(Fact::statement(trade));
            registered
        }
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => String::new(),
    };
    for scheme in party.children_named("PartyTaxScheme") {
        let kind = scheme
            .child("TaxScheme")
            .and_then(|scheme| walk.text(scheme, "ID"))
            .unwrap_or_else(|| "VAT".to_owned());
        facts.extend(
            walk.text(scheme, "CompanyID")
                .map(|number| Fact::new(kind, number)),
        );
    }
    if let Some(legal) = legal {
        facts.extend(walk.facts(legal, &["CompanyID", "CompanyLegalForm"]));
    }
    for identified in party.children_named("PartyIdentification") {
        facts.extend(walk.facts(identified, &["ID"]));
    }
    facts.extend(walk.facts(party, &["EndpointID"]));
    if let Some(place) = party.child("PostalAddress") {
        facts.extend(address(walk, place));
    }
    if let Some(contact) = party.child("Contact") {
        facts.extend(walk.facts(contact, &["Name", "Telephone", "ElectronicMail"]));
    }
    Card { title, name, facts }
}

fn address(walk: &Walk, place: Element<'_>) -> Vec<Fact> {
    let mut lines: Vec<_> = ["StreetName", "AdditionalStreetName"]
        .iter()
        .filter_map(|name| walk.text(place, name))
        .collect();
    lines.extend(
        place
            .child("AddressLine")
            .and_then(|line| walk.text(line, "Line")),
    );
    let town: Vec<_> = ["PostalZone", "CityName"]
        .iter()
        .filter_map(|name| walk.text(place, name))
        .collect();
    let mut last = vec![town.join(" ")];
    last.extend(walk.text(place, "CountrySubentity"));
    last.extend(
        place
            .child("Country")
            .and_then(|country| walk.text(country, "IdentificationCode")),
    );
    last.retain(|part| !part.is_empty());
    if !last.is_empty() {
        lines.push(last.join(", "));
    }
    lines.into_iter().map(Fact::statement).collect()
}
