//! How the invoice is paid.

use ksef_invoice::tree::Element;

use super::super::walk::Walk;
use crate::page::{Block, Card, Column, Fact, Row};

/// Of FA.
pub(super) fn read(walk: &Walk, fa: Element<'_>) -> Vec<Block> {
    let Some(payment) = fa.child("Platnosc") else {
        return Vec::new();
    };
    let mut facts = walk.facts(
        payment,
        &["Zaplacono", "DataZaplaty", "ZnacznikZaplatyCzesciowej"],
    );
    for term in payment.children_named("TerminPlatnosci") {
        facts.extend(walk.facts(term, &["Termin"]));
        facts.extend(
            term.child("TerminOpis")
                .and_then(|words| in_words(walk, words)),
        );
    }
    facts.extend(walk.facts(payment, &["FormaPlatnosci", "OpisPlatnosci"]));
    if let Some(discount) = payment.child("Skonto") {
        facts.extend(walk.facts(discount, &["WysokoscSkonta", "WarunkiSkonta"]));
    }
    facts.extend(walk.facts(payment, &["LinkDoPlatnosci", "IPKSeF"]));
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(walk.label("Platnosc"), facts));
    blocks.extend(parts(walk, payment));
    blocks.extend(accounts(
        walk,
        payment,
        &["RachunekBankowy", "RachunekBankowyFaktora"],
    ));
    blocks
}

/// Of `FA_RR`.
pub(super) fn read_rr(walk: &Walk, fa: Element<'_>) -> Vec<Block> {
    let mut facts = Vec::new();
    let payment = fa.child("Platnosc");
    if let Some(payment) = payment {
        let names = [
            "FormaPlatnosci",
            "OpisPlatnosci",
            "LinkDoPlatnosci",
            "IPKSeF",
        ];
        facts.extend(walk.facts(payment, &names));
    }
    let documents: Vec<_> = fa
        .children_named("DokumentZaplaty")
        .map(|document| {
            Row::plain(["NrDokumentu", "DataDokumentu"].map(|name| walk.text(document, name)))
        })
        .collect();
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(walk.label("Platnosc"), facts));
    blocks.extend(Block::compact_table(
        walk.say("Dokumenty zapłaty", "Documents of payment"),
        vec![
            Column::left(walk.label("NrDokumentu"), 0),
            Column::left(walk.label("DataDokumentu"), 0),
        ],
        documents,
    ));
    if let Some(payment) = payment {
        blocks.extend(accounts(
            walk,
            payment,
            &["RachunekBankowy1", "RachunekBankowy2"],
        ));
    }
    blocks
}

/// `14 dni od dnia wystawienia` of FA(3), the words of FA(2).
fn in_words(walk: &Walk, words: Element<'_>) -> Option<Fact> {
    let own = walk.raw(words).map(str::to_owned);
    let parts: Vec<_> = words
        .children()
        .filter_map(|child| walk.raw(child))
        .collect();
    let value = own.unwrap_or_else(|| parts.join(" "));
    (!value.is_empty()).then(|| Fact::new(walk.label("TerminOpis"), value))
}

fn parts(walk: &Walk, payment: Element<'_>) -> Option<Block> {
    let rows: Vec<_> = payment
        .children_named("ZaplataCzesciowa")
        .map(|part| {
            let means = ["FormaPlatnosci", "OpisPlatnosci"].map(|name| walk.text(part, name));
            let means: Vec<_> = means.into_iter().flatten().collect();
            Row::plain([
                walk.text(part, "DataZaplatyCzesciowej"),
                walk.text(part, "KwotaZaplatyCzesciowej"),
                Some(means.join(", ")),
            ])
        })
        .collect();
    Block::compact_table(
        walk.say("Zapłaty częściowe", "Partial payments"),
        vec![
            Column::left(walk.label("DataZaplatyCzesciowej"), 0),
            Column::right(walk.label("KwotaZaplatyCzesciowej"), 0),
            Column::left(walk.label("FormaPlatnosci"), 0),
        ],
        rows,
    )
}

fn accounts(walk: &Walk, payment: Element<'_>, names: &[&str]) -> Option<Block> {
    let cards: Vec<_> = names
        .iter()
        .flat_map(|name| payment.children_named(name))
        .map(|account| Card {
            title: walk.label(account.name()),
            name: walk.text(account, "NrRB").unwrap_or_default(),
            facts: walk.facts(
                account,
                &["NazwaBanku", "SWIFT", "OpisRachunku", "RachunekWlasnyBanku"],
            ),
        })
        .collect();
    Block::cards(String::new(), cards)
}
