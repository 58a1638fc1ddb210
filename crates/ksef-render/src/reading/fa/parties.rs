//! The parties: seller, buyer, others, and how they were before a correction.

use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use crate::format;
use crate::page::{Block, Card, Fact};

/// The seller and the buyer, side by side.
pub(super) fn main(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let cards = ["Podmiot1", "Podmiot2"]
        .iter()
        .filter_map(|name| root.child(name))
        .map(|party| card(walk, party, walk.label(party.name())))
        .collect();
    Block::cards("", cards)
}

/// Third parties and the authorised one.
pub(super) fn others(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let cards: Vec<_> = ["Podmiot3", "PodmiotUpowazniony"]
        .iter()
        .flat_map(|name| root.children_named(name))
        .map(|party| {
            // Words of a code begin the line; the document's own stay as they are.
            let coded = ["Rola", "RolaPU"]
                .iter()
                .filter_map(|name| walk.text(party, name))
                .map(|words| format::capitalised(&words));
            let titles: Vec<_> = coded.chain(walk.text(party, "OpisRoli")).collect();
            let title = if titles.is_empty() {
                walk.label(party.name())
            } else {
                titles.join(", ")
            };
            card(walk, party, title)
        })
        .collect();
    Block::cards(walk.say("Inne podmioty", "Other parties"), cards)
}

/// The parties as the corrected invoice had them.
pub(super) fn before(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let cards: Vec<_> = ["Podmiot1K", "Podmiot2K"]
        .iter()
        .flat_map(|name| fa.children_named(name))
        .map(|party| card(walk, party, walk.label(party.name())))
        .collect();
    Block::cards(
        walk.say("Dane przed korektą", "Before the correction"),
        cards,
    )
}

/// Any party of the form.
pub(super) fn card(walk: &Walk, party: Element<'_>, title: String) -> Card {
    let mut facts = Vec::new();
    let identity = party.child("DaneIdentyfikacyjne");
    let name = identity
        .and_then(|identity| walk.text(identity, "Nazwa"))
        .unwrap_or_default();
    if let Some(identity) = identity {
        facts.extend(identifiers(walk, party, identity));
    }
    for place in ["Adres", "AdresPrzewoznika"] {
        if let Some(place) = party.child(place) {
            facts.extend(address(walk, place));
        }
    }
    facts.extend(walk.facts(
        party,
        &["NrEORI", "NrKlienta", "NrKontrahenta", "IDNabywcy"],
    ));
    for contact in party.children_named("DaneKontaktowe") {
        facts.extend(walk.facts(contact, &["Email", "EmailPU", "Telefon", "TelefonPU"]));
    }
    facts.extend(walk.facts(party, &["Udzial", "StatusInfoPodatnika", "JST", "GV"]));
    if let Some(place) = party.child("AdresKoresp") {
        let lines: Vec<_> = address(walk, place)
            .into_iter()
            .map(|fact| match fact.label.as_str() {
                "" => fact.value,
                label => format!("{label} {}", fact.value),
            })
            .collect();
        if !lines.is_empty() {
            facts.push(Fact::new(walk.label("AdresKoresp"), lines.join(", ")));
        }
    }
    Card { title, name, facts }
}

fn identifiers(walk: &Walk, party: Element<'_>, identity: Element<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let prefix = walk.raw_at(party, "PrefiksPodatnika");
    if let Some(nip) = walk.raw_at(identity, "NIP") {
        let number = match prefix {
            Some(prefix) => format!("{prefix} {nip}"),
            None => nip.to_owned(),
        };
        facts.push(Fact::new(walk.label("NIP"), number));
    }
    facts.extend(walk.facts(identity, &["IDWew"]));
    for (country, number) in [("KodUE", "NrVatUE"), ("KodKraju", "NrID")] {
        let country = walk.raw_at(identity, country);
        if let Some(value) = walk.raw_at(identity, number) {
            let value = match country {
                Some(country) => format!("{country} {value}"),
                None => value.to_owned(),
            };
            facts.push(Fact::new(walk.label(number), value));
        }
    }
    facts.extend(walk.facts(identity, &["BrakID"]));
    facts
}

/// The lines of an address, the country after the last.
pub(super) fn address(walk: &Walk, place: Element<'_>) -> Vec<Fact> {
    let mut lines: Vec<_> = ["AdresL1", "AdresL2"]
        .iter()
        .filter_map(|name| walk.text(place, name))
        .collect();
    if let Some(country) = walk.text(place, "KodKraju") {
        match lines.last_mut() {
            Some(last) => *last = format!("{last}, {country}"),
            None => lines.push(country),
        }
    }
    let mut facts: Vec<_> = lines.into_iter().map(Fact::statement).collect();
    facts.extend(walk.facts(place, &["GLN"]));
    facts
}
