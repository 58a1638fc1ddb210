//! Contracts, orders, delivery and transport.

use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use super::parties;
use crate::page::{Block, Card, Fact};

/// `WarunkiTransakcji`.
pub(super) fn read(walk: &Walk, fa: Element<'_>) -> Vec<Block> {
    let Some(terms) = fa.child("WarunkiTransakcji") else {
        return Vec::new();
    };
    let mut facts = Vec::new();
    for (group, number, day) in [
        ("Umowy", "NrUmowy", "DataUmowy"),
        ("Zamowienia", "NrZamowienia", "DataZamowienia"),
    ] {
        for entry in terms.children_named(group) {
            facts.extend(dated(walk, entry, group, number, day));
        }
    }
    facts.extend(walk.facts(
        terms,
        &[
            "NrPartiiTowaru",
            "WarunkiDostawy",
            "KursUmowny",
            "WalutaUmowna",
            "PodmiotPosredniczacy",
        ],
    ));
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(walk.label("WarunkiTransakcji"), facts));
    for transport in terms.children_named("Transport") {
        blocks.extend(carried(walk, transport));
    }
    blocks
}

/// `Umowa: 12/2026 z 15.02.2026`.
fn dated(walk: &Walk, entry: Element<'_>, group: &str, number: &str, day: &str) -> Option<Fact> {
    let number = walk.text(entry, number);
    let day = walk.text(entry, day);
    let value = match (number, day) {
        (Some(number), Some(day)) => {
            let of = walk.say("z dnia", "of");
            format!("{number} {of} {day}")
        }
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return None,
    };
    Some(Fact::new(walk.label(group), value))
}

fn carried(walk: &Walk, transport: Element<'_>) -> Vec<Block> {
    let facts = walk.facts(
        transport,
        &[
            "RodzajTransportu",
            "OpisInnegoTransportu",
            "NrZleceniaTransportu",
            "OpisLadunku",
            "OpisInnegoLadunku",
            "JednostkaOpakowania",
            "DataGodzRozpTransportu",
            "DataGodzZakTransportu",
        ],
    );
    let mut cards: Vec<_> = transport
        .child("Przewoznik")
        .map(|carrier| parties::card(walk, carrier, walk.label("Przewoznik")))
        .into_iter()
        .collect();
    for name in ["WysylkaZ", "WysylkaPrzez", "WysylkaDo"] {
        cards.extend(transport.children_named(name).map(|place| Card {
            title: walk.label(name),
            name: String::new(),
            facts: parties::address(walk, place),
        }));
    }
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(walk.label("Transport"), facts));
    blocks.extend(Block::cards(String::new(), cards));
    blocks
}
