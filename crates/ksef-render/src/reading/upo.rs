//! The UPO: the official receipt, of one invoice or of a page of a session.

use std::sync::LazyLock;

use ksef_invoice::codes;
use ksef_invoice::tree::Element;

use super::field::{
    Dictionary, Entry,
    Kind::{Code, Date, Hidden, Moment, Text},
};
use super::walk::Walk;
use super::{Head, Parts};
use crate::page::{Block, Cell, Column, Row, Tone};

/// Of versions 4-2 and 4-3.
pub(super) static FIELDS: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(ENTRIES));

const ENTRIES: &[Entry] = &[
    (
        "NazwaPodmiotuPrzyjmujacego",
        "Podmiot przyjmujący",
        "Received by",
        Text,
    ),
    ("NumerReferencyjnySesji", "Sesja", "Session", Text),
    ("Uwierzytelnienie", "Uwierzytelnienie", "Sender", Text),
    ("IdKontekstu", "Kontekst", "Context", Text),
    ("Nip", "NIP kontekstu", "Context NIP", Text),
    (
        "IdWewnetrzny",
        "Identyfikator wewnętrzny kontekstu",
        "Context internal identifier",
        Text,
    ),
    (
        "IdZlozonyVatUE",
        "Identyfikator VAT UE kontekstu",
        "Context EU VAT identifier",
        Text,
    ),
    (
        "IdDostawcyUslugPeppol",
        "Dostawca usług Peppol",
        "Peppol provider",
        Text,
    ),
    (
        "NumerReferencyjnyTokenaKSeF",
        "Token KSeF",
        "KSeF token",
        Text,
    ),
    (
        "SkrotDokumentuUwierzytelniajacego",
        "Skrót dokumentu uwierzytelniającego",
        "Hash of the authentication document",
        Text,
    ),
    (
        "OpisPotwierdzenia",
        "Strona potwierdzenia",
        "Page of the receipt",
        Text,
    ),
    ("Strona", "Strona", "Page", Text),
    ("LiczbaStron", "Liczba stron", "Pages", Text),
    ("ZakresDokumentowOd", "Dokumenty od", "Documents from", Text),
    ("ZakresDokumentowDo", "Dokumenty do", "Documents to", Text),
    (
        "CalkowitaLiczbaDokumentow",
        "Liczba wszystkich dokumentów",
        "Documents in total",
        Text,
    ),
    ("NazwaStrukturyLogicznej", "Struktura", "Structure", Text),
    ("KodFormularza", "Formularz", "Form", Text),
    ("Dokument", "Dokument", "Document", Text),
    ("NipSprzedawcy", "NIP sprzedawcy", "Seller NIP", Text),
    ("NumerKSeFDokumentu", "Numer KSeF", "KSeF number", Text),
    ("NumerFaktury", "Numer faktury", "Invoice number", Text),
    (
        "DataWystawieniaFaktury",
        "Data wystawienia",
        "Date of issue",
        Date,
    ),
    ("DataPrzeslaniaDokumentu", "Przesłano", "Sent", Moment),
    (
        "DataNadaniaNumeruKSeF",
        "Nadano numer KSeF",
        "Number given",
        Moment,
    ),
    ("SkrotDokumentu", "SHA-256", "SHA-256", Text),
    ("TrybWysylki", "Tryb", "Mode", Code(&codes::UPO_MODE)),
    ("Signature", "", "", Hidden),
];

pub(super) fn read(walk: &Walk, root: Element<'_>) -> Parts {
    let documents: Vec<_> = root.children_named("Dokument").collect();
    let number = match documents.as_slice() {
        [only] => only.value_at(&["NumerKSeFDokumentu"]),
        _ => root.value_at(&["NumerReferencyjnySesji"]),
    };
    let head = Head {
        title: walk
            .say(
                "Urzędowe poświadczenie odbioru (UPO)",
                "Official acknowledgement of receipt (UPO)",
            )
            .to_owned(),
        number: number.unwrap_or_default().to_owned(),
        facts: Vec::new(),
    };
    let mut facts = walk.facts(
        root,
        &["NazwaPodmiotuPrzyjmujacego", "NumerReferencyjnySesji"],
    );
    if let Some(sender) = root.child("Uwierzytelnienie") {
        if let Some(context) = sender.child("IdKontekstu") {
            facts.extend(walk.all(context));
        }
        facts.extend(walk.facts(
            sender,
            &[
                "NumerReferencyjnyTokenaKSeF",
                "SkrotDokumentuUwierzytelniajacego",
            ],
        ));
    }
    facts.extend(walk.facts(root, &["KodFormularza", "NazwaStrukturyLogicznej"]));
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(
        walk.say("Potwierdzenie", "Acknowledgement"),
        facts,
    ));
    if let Some(page) = root.child("OpisPotwierdzenia") {
        let title = walk.label("OpisPotwierdzenia");
        blocks.extend(Block::facts(title, walk.all(page)));
    }
    blocks.extend(match documents.as_slice() {
        [only] => Block::facts(
            walk.say("Przyjęta faktura", "Accepted invoice"),
            walk.facts(*only, &ONE),
        ),
        many => list(walk, many),
    });
    let proof = walk.say(
        "Ta strona pokazuje treść UPO. Dowodem jest podpisany plik XML.",
        "This page shows what the UPO says. The signed XML file is the proof.",
    );
    blocks.extend(Block::text("", vec![proof.to_owned()]));
    Parts {
        head,
        blocks,
        colophon: Vec::new(),
    }
}

/// The order on the receipt of one invoice.
const ONE: [&str; 8] = [
    "NumerKSeFDokumentu",
    "NumerFaktury",
    "NipSprzedawcy",
    "DataWystawieniaFaktury",
    "DataPrzeslaniaDokumentu",
    "DataNadaniaNumeruKSeF",
    "TrybWysylki",
    "SkrotDokumentu",
];

fn list(walk: &Walk, documents: &[Element<'_>]) -> Option<Block> {
    let rows = (1..)
        .zip(documents)
        .map(|(place, document): (usize, _)| {
            let text = |name: &str| walk.text(*document, name).unwrap_or_default();
            Row {
                tone: Tone::Plain,
                cells: vec![
                    Cell::new(place.to_string()),
                    Cell {
                        text: text("NumerKSeFDokumentu"),
                        facts: walk.facts(
                            *document,
                            &[
                                "DataPrzeslaniaDokumentu",
                                "DataNadaniaNumeruKSeF",
                                "SkrotDokumentu",
                            ],
                        ),
                    },
                    Cell::new(text("NumerFaktury")),
                    Cell::new(text("NipSprzedawcy")),
                    Cell::new(text("DataWystawieniaFaktury")),
                    Cell::new(text("TrybWysylki")),
                ],
            }
        })
        .collect();
    Block::table(
        walk.say("Przyjęte faktury", "Accepted invoices"),
        vec![
            Column::left(walk.say("Lp.", "No."), 0),
            Column::left(walk.label("NumerKSeFDokumentu"), 3),
            Column::left(walk.label("NumerFaktury"), 2),
            Column::left(walk.label("NipSprzedawcy"), 0),
            Column::left(walk.label("DataWystawieniaFaktury"), 0),
            Column::left(walk.label("TrybWysylki"), 0),
        ],
        rows,
    )
}
