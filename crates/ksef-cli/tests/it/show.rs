//! `ksef invoice show`, and `get --show`.

use std::path::{Path, PathBuf};

use crate::local_ksef::LocalKsef;
use crate::user::{SELLER, User, invoice};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../examples/invoices/{name}.xml"))
}

fn show(user: &User, lang: &str, name: &str) -> String {
    let path = example(name);
    let path = path.to_str().unwrap();
    let run = user.run(["--lang", lang, "invoice", "show", path]);
    // Numbers are kept together by spaces that do not break.
    run.ends_with(0).stdout.replace('\u{a0}', " ")
}

#[test]
fn an_invoice_in_polish() {
    let expected = "\
Faktura FV/2026/05/009   FA (3)
  wystawiono: 2026-05-11
  sprzedaż: 2026-05-08

Sprzedawca                                         Nabywca
  Pracownia Ceramiki Glinka i Szkliwo sp. z o.o.     Galeria Form Użytkowych Maj & Lis s.c.
  NIP 5265877635                                     NIP 6790311742
  ul. Garncarska 14                                  pl. Wolności 8
  05-800 Pruszków                                    50-071 Wrocław
  PL                                                 PL
  biuro@glinka-i-szkliwo.example
  +48220000014

lp.  nazwa                                 ilość  j.m.  cena netto     netto  stawka
  1  Wazon toczony, seria „Wydmy”, nr 1–8      8  szt.      125,00  1 000,00     23%

stawka                              netto     VAT  VAT w PLN
stawka podstawowa (23% lub 22%)  1 000,00  230,00     980,03

Razem: 1 230,00 EUR
  forma: przelew
  termin: 2026-06-10
  rachunek: 86999910480000123400056789 (Bank Przykładowy Mazowsza)
";
    assert_eq!(show(&User::new(), "pl", "04-foreign-currency"), expected);
}

#[test]
fn a_correction_in_english() {
    let text = show(&User::new(), "en", "02-correction");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Correction invoice KOR/2026/04/003   FA (3)");
    for expected in [
        "Corrects",
        "  FV/2026/03/016, of 2026-03-16, KSeF 5265877635-20260316-0200A1B2C3D4-96",
        " 1  Filiżanka kamionkowa „Kłos” 180 ml        -4  szt.      38.50  -154.00   23%",
        "standard rate (23% or 22%)  -154.00  -35.42",
        "Total: -189.42 PLN",
    ] {
        assert!(lines.contains(&expected), "{expected}\n{text}");
    }
}

#[test]
fn every_example_is_shown_and_has_json() {
    let user = User::new();
    for entry in std::fs::read_dir(example("").parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "xml") {
            continue;
        }
        let path = path.to_str().unwrap();
        let run = user.run(["invoice", "show", "--json", path]).ends_with(0);
        let json = run.json();
        assert_eq!(json["form"], "FA (3)");
        assert_eq!(json["seller"]["identifier"], "NIP 5265877635");
        assert!(json["total"].as_str().unwrap().contains('.'), "{path}");
        assert!(
            json["title"]["pl"].as_str().unwrap().starts_with('F'),
            "{path}"
        );
    }
}

#[test]
fn what_is_no_invoice_is_told() {
    let user = User::new();
    user.write("a.xml", "<a/>");
    user.write("b.xml", "no xml");
    for (path, words) in [
        ("a.xml", "not an invoice of a form"),
        ("b.xml", "xml-not-well-formed"),
        ("c.xml", "cannot be read"),
    ] {
        let run = user.run(["invoice", "show", path]).ends_with(4);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn escape_sequences_of_a_document_do_not_reach_the_terminal() {
    let user = User::new();
    let text = invoice(SELLER, "A/1").replace("Jan Nowak", "Jan\u{7f}Nowak \u{9b}2J");
    let path = user.write("a.xml", text);
    let run = user
        .run(["invoice", "show", path.to_str().unwrap()])
        .ends_with(0);
    assert!(
        run.stdout.contains("Jan\u{fffd}Nowak \u{fffd}2J"),
        "{}",
        run.stdout
    );
}

#[test]
fn an_invoice_of_ksef_is_shown_by_its_number() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let path = user.write("a.xml", invoice(SELLER, "A/1"));
    let sent = user.send(&path, &["--url", &url]).ends_with(0).json();
    let number = sent["invoices"][0]["ksefNumber"].as_str().unwrap();
    let run = user
        .run(["invoice", "show", "--url", &url, number])
        .ends_with(0);
    assert!(
        run.stdout.starts_with("Invoice A/1   FA (3)\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains(&format!("KSeF number: {number}")));
    let run = user
        .run(["invoice", "get", "--show", "--url", &url, number])
        .ends_with(0);
    assert!(run.stdout.contains("Total: 123.00 PLN"), "{}", run.stdout);
    assert!(user.path(&format!("{number}.xml")).exists());
    user.run(["invoice", "get", "--show", "-o", "-", "--url", &url, number])
        .ends_with(2);
}
