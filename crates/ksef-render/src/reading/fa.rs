//! FA(2), FA(3) and FA_RR(1): the Ministry's own forms.

mod attachment;
pub(super) mod fields;
mod lines;
mod parties;
mod payment;
mod sums;
mod terms;

use ksef_invoice::tree::Element;

use super::walk::Walk;
use super::{Head, Parts};
use crate::page::{Block, Cell, Column, Fact, Row, Tone};

/// FA(2) and FA(3).
pub(super) fn read(walk: &Walk, root: Element<'_>) -> Parts {
    let Some(fa) = root.child("Fa") else {
        return Parts::default();
    };
    let currency = walk.raw_at(fa, "KodWaluty").unwrap_or_default();
    let mut facts = walk.facts(fa, &["P_1", "P_1M", "P_6"]);
    facts.extend(period(walk, fa));
    facts.push(Fact::new(walk.label("KodWaluty"), currency));
    facts.extend(walk.facts(fa, &["KursWalutyZ", "WZ"]));
    let head = Head {
        title: kind(walk, fa),
        number: walk.raw_at(fa, "P_2").unwrap_or_default().to_owned(),
        facts,
    };

    let mut blocks = Vec::new();
    blocks.extend(parties::main(walk, root));
    blocks.extend(parties::others(walk, root));
    blocks.extend(correction(walk, fa, currency));
    blocks.extend(parties::before(walk, fa));
    blocks.extend(advances(walk, fa));
    blocks.extend(lines::invoice(walk, fa));
    blocks.extend(lines::order(walk, fa, currency));
    blocks.extend(sums::taxes(walk, fa));
    blocks.push(sums::total(walk, fa, "P_15", currency, &[]));
    blocks.extend(sums::settlement(walk, fa));
    blocks.extend(annotations(walk, fa));
    blocks.extend(payment::read(walk, fa));
    blocks.extend(terms::read(walk, fa));
    blocks.extend(notes(walk, fa));
    blocks.extend(attachment::read(walk, root));
    blocks.extend(footer(walk, root));
    Parts {
        head,
        blocks,
        colophon: colophon(walk, root),
    }
}

/// `FA_RR(1)`.
pub(super) fn read_rr(walk: &Walk, root: Element<'_>) -> Parts {
    let Some(fa) = root.child("FakturaRR") else {
        return Parts::default();
    };
    let currency = walk.raw_at(fa, "KodWaluty").unwrap_or_default();
    let mut facts = walk.facts(fa, &["P_4B", "P_1M", "P_4A"]);
    facts.push(Fact::new(walk.label("KodWaluty"), currency));
    let head = Head {
        title: kind(walk, fa),
        number: walk.raw_at(fa, "P_4C").unwrap_or_default().to_owned(),
        facts,
    };

    let mut blocks = Vec::new();
    blocks.extend(parties::main(walk, root));
    blocks.extend(parties::others(walk, root));
    blocks.extend(correction(walk, fa, currency));
    blocks.extend(parties::before(walk, fa));
    blocks.extend(lines::farmer(walk, fa));
    blocks.extend(sums::compensation(walk, fa));
    blocks.push(sums::total(
        walk,
        fa,
        "P_12_1",
        currency,
        &["P_12_1W", "P_12_2"],
    ));
    blocks.extend(sums::settlement(walk, fa));
    blocks.extend(payment::read_rr(walk, fa));
    blocks.extend(notes(walk, fa));
    blocks.extend(footer(walk, root));
    Parts {
        head,
        blocks,
        colophon: colophon(walk, root),
    }
}

fn kind(walk: &Walk, fa: Element<'_>) -> String {
    let code = walk.raw_at(fa, "RodzajFaktury").unwrap_or_default();
    let (polish, english) = match code {
        "VAT" => ("Faktura VAT", "VAT invoice"),
        "KOR" => ("Faktura korygująca", "Correction invoice"),
        "ZAL" => ("Faktura zaliczkowa", "Advance invoice"),
        "ROZ" => ("Faktura rozliczeniowa", "Settlement invoice"),
        "UPR" => ("Faktura uproszczona", "Simplified invoice"),
        "KOR_ZAL" => (
            "Faktura korygująca fakturę zaliczkową",
            "Correction of an advance invoice",
        ),
        "KOR_ROZ" => (
            "Faktura korygująca fakturę rozliczeniową",
            "Correction of a settlement invoice",
        ),
        "VAT_RR" => ("Faktura VAT RR", "Flat-rate farmer's invoice (VAT RR)"),
        "KOR_VAT_RR" => (
            "Faktura korygująca VAT RR",
            "Correction of a flat-rate farmer's invoice (VAT RR)",
        ),
        other => (other, other),
    };
    walk.say(polish, english).to_owned()
}

/// `OkresFa`: from when until when.
fn period(walk: &Walk, fa: Element<'_>) -> Option<Fact> {
    let element = fa.child("OkresFa")?;
    let ends = [walk.text(element, "P_6_Od"), walk.text(element, "P_6_Do")];
    let [from, to] = ends.map(Option::unwrap_or_default);
    Some(Fact::new(walk.label("OkresFa"), format!("{from} – {to}")))
}

fn correction(walk: &Walk, fa: Element<'_>, currency: &str) -> Vec<Block> {
    let mut facts = walk.facts(
        fa,
        &[
            "PrzyczynaKorekty",
            "TypKorekty",
            "OkresFaKorygowanej",
            "NrFaKorygowany",
            "P_15ZK",
            "KursWalutyZK",
        ],
    );
    let before = walk.label("P_15ZK");
    if let Some(amount) = facts.iter_mut().find(|fact| fact.label == before) {
        amount.value = format!("{} {currency}", amount.value);
    }
    let originals: Vec<_> = fa
        .children_named("DaneFaKorygowanej")
        .map(|original| Row {
            tone: Tone::Plain,
            cells: vec![
                Cell {
                    text: walk.text(original, "NrFaKorygowanej").unwrap_or_default(),
                    facts: walk.facts(original, &["NrKSeFN"]),
                },
                Cell::new(
                    walk.text(original, "DataWystFaKorygowanej")
                        .unwrap_or_default(),
                ),
                Cell::new(
                    walk.text(original, "NrKSeFFaKorygowanej")
                        .unwrap_or_default(),
                ),
            ],
        })
        .collect();
    if facts.is_empty() && originals.is_empty() {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(walk.say("Korekta", "Correction"), facts));
    blocks.extend(Block::table(
        walk.say("Faktury korygowane", "Corrected invoices"),
        vec![
            Column::left(walk.label("NrFaKorygowanej"), 4),
            Column::left(walk.label("DataWystFaKorygowanej"), 2),
            Column::left(walk.label("NrKSeFFaKorygowanej"), 5),
        ],
        originals,
    ));
    blocks
}

/// The payments that an advance invoice documents, and the advance invoices that a settlement takes up.
fn advances(walk: &Walk, fa: Element<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let parts: Vec<_> = fa
        .children_named("ZaliczkaCzesciowa")
        .map(|part| Row::plain(["P_6Z", "P_15Z", "KursWalutyZW"].map(|name| walk.text(part, name))))
        .collect();
    blocks.extend(Block::compact_table(
        walk.say("Otrzymane płatności", "Payments received"),
        vec![
            Column::left(walk.label("P_6Z"), 0),
            Column::right(walk.label("P_15Z"), 0),
            Column::right(walk.label("KursWalutyZW"), 0),
        ],
        parts,
    ));
    let advances: Vec<_> = fa
        .children_named("FakturaZaliczkowa")
        .flat_map(|advance| {
            walk.facts(
                advance,
                &["NrFaZaliczkowej", "NrKSeFFaZaliczkowej", "NrKSeFZN"],
            )
        })
        .collect();
    blocks.extend(Block::facts(
        walk.say("Faktury zaliczkowe", "Advance invoices"),
        advances,
    ));
    blocks
}

fn annotations(walk: &Walk, fa: Element<'_>) -> Vec<Block> {
    let mut facts = Vec::new();
    let mut described = Vec::new();
    if let Some(notes) = fa.child("Adnotacje") {
        facts.extend(walk.facts(notes, &["P_16", "P_17", "P_18", "P_18A"]));
        if let Some(exempt) = notes.child("Zwolnienie") {
            facts.extend(walk.facts(exempt, &["P_19", "P_19A", "P_19B", "P_19C"]));
        }
        facts.extend(walk.facts(notes, &["P_23"]));
        if let Some(margin) = notes.child("PMarzy") {
            let names = ["P_PMarzy_2", "P_PMarzy_3_1", "P_PMarzy_3_2", "P_PMarzy_3_3"];
            let kinds = walk.facts(margin, &names);
            let general = walk.fact(margin, "P_PMarzy");
            // Which margin scheme it is says that it is one.
            facts.extend(if kinds.is_empty() {
                general.into_iter().collect()
            } else {
                kinds
            });
        }
        if let Some(vehicles) = notes.child("NoweSrodkiTransportu") {
            facts.extend(walk.facts(vehicles, &["P_22", "P_42_5"]));
            for vehicle in vehicles.children_named("NowySrodekTransportu") {
                let title = walk.label("NowySrodekTransportu");
                described.extend(Block::facts(title, walk.all(vehicle)));
            }
        }
    }
    facts.extend(walk.facts(fa, &["FP", "TP", "ZwrotAkcyzy"]));
    let own = Block::facts(walk.label("Adnotacje"), facts);
    own.into_iter().chain(described).collect()
}

/// `DodatkowyOpis`: keys with values, some of them about a line.
fn notes(walk: &Walk, fa: Element<'_>) -> Option<Block> {
    let rows: Vec<_> = fa
        .children_named("DodatkowyOpis")
        .map(|note| Row::plain(["NrWiersza", "Klucz", "Wartosc"].map(|name| walk.text(note, name))))
        .collect();
    Block::table(
        walk.label("DodatkowyOpis"),
        vec![
            Column::left(walk.label("NrWiersza"), 0),
            Column::left(walk.label("Klucz"), 2),
            Column::left(walk.label("Wartosc"), 4),
        ],
        rows,
    )
}

fn footer(walk: &Walk, root: Element<'_>) -> Vec<Block> {
    let Some(footer) = root.child("Stopka") else {
        return Vec::new();
    };
    let mut blocks = Vec::new();
    let paragraphs: Vec<_> = footer
        .children_named("Informacje")
        .filter_map(|information| walk.text(information, "StopkaFaktury"))
        .collect();
    let registers: Vec<_> = footer
        .children_named("Rejestry")
        .flat_map(|register| walk.facts(register, &["PelnaNazwa", "KRS", "REGON", "BDO"]))
        .collect();
    blocks.extend(Block::text(String::new(), paragraphs));
    blocks.extend(Block::facts(walk.label("Rejestry"), registers));
    blocks
}

/// What the header says of the file.
fn colophon(walk: &Walk, root: Element<'_>) -> Vec<Fact> {
    let Some(header) = root.child("Naglowek") else {
        return Vec::new();
    };
    let mut facts = Vec::new();
    if let Some(form) = header.child("KodFormularza") {
        let name = walk.raw(form).unwrap_or_default();
        let system = form.attribute("kodSystemowy").unwrap_or(name);
        let version = form.attribute("wersjaSchemy").unwrap_or_default();
        // The variant is in the name of the form.
        walk.raw_at(header, "WariantFormularza");
        facts.push(Fact::new(
            walk.label("KodFormularza"),
            format!("{system} {version}").trim().to_owned(),
        ));
    }
    facts.extend(walk.facts(header, &["SystemInfo", "DataWytworzeniaFa"]));
    facts
}
