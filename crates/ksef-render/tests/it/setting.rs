//! How pages are set: hostile texts, languages, marks, codes, looks.

use ksef_invoice::finding::Language;
use ksef_render::html::html;
use ksef_render::look::{Logo, Look};
use ksef_render::page::{Block, CodeBox, Page};
use ksef_render::reading::{Options, Unreadable, invoice};

use crate::documents::own;

const LINK: &str = "https://qr-test.ksef.mf.gov.pl/invoice/1234563218/01-02-2026/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";

/// The first example, with a line of this name.
fn named(name: &str) -> Vec<u8> {
    let document = own()
        .into_iter()
        .find(|document| document.name.ends_with("invoices/01-vat.xml"))
        .unwrap();
    let text = String::from_utf8(document.bytes).unwrap();
    let (before, rest) = text.split_once("<P_7>").unwrap();
    let (_, after) = rest.split_once("</P_7>").unwrap();
    let name = name
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("{before}<P_7>{name}</P_7>{after}").into_bytes()
}

fn polish(bytes: &[u8]) -> Page {
    invoice(bytes, &Options::new(Language::Polish)).unwrap()
}

const HOSTILE: &str = r##"<script>alert(1)</script> "x" 'y' & #set page(width: 1cm) *b* _i_ $x^2$ @ref \ `c` // Zażółć gęślą jaźń Ωμέγα Щука"##;

#[test]
fn html_opens_nothing_that_a_text_asks_for() {
    let text = html(&polish(&named(HOSTILE)), &Look::default());
    assert!(!text.contains("<script"), "{text}");
    assert!(text.contains("script&#62;alert(1)"));
    assert!(text.contains("default-src 'none'"));
    for loaded in ["http://", "src=\"//", "@import", "url("] {
        assert!(!text.contains(loaded), "{loaded}");
    }
}

#[test]
fn a_broken_document_has_no_page() {
    let options = Options::new(Language::Polish);
    assert!(matches!(
        invoice(b"<Faktura>", &options),
        Err(Unreadable::Xml(_))
    ));
    let other = invoice(b"<Rachunek/>", &options).unwrap_err();
    assert_eq!(other, Unreadable::Form("Rachunek".to_owned()));
    assert!(other.to_string().contains("<Rachunek>"));
}

#[test]
fn english_pages_have_no_polish_labels() {
    let mut labels = 0;
    for document in own() {
        let Ok(page) = invoice(&document.bytes, &Options::new(Language::English)) else {
            // The UPOs among the examples.
            continue;
        };
        let mut seen = vec![page.title.clone()];
        seen.extend(page.facts.iter().map(|fact| fact.label.clone()));
        for block in &page.blocks {
            match block {
                // Keys of attachments are the document's own.
                Block::Facts(_) => {}
                Block::Table(table) if table.title == "Lines" => {
                    seen.extend(table.columns.iter().map(|column| column.head.clone()));
                }
                Block::Cards(cards) => {
                    seen.push(cards.title.clone());
                    for card in &cards.cards {
                        seen.extend(card.facts.iter().map(|fact| fact.label.clone()));
                    }
                }
                Block::Total(total) => seen.push(total.label.clone()),
                _ => {}
            }
        }
        for label in &seen {
            let polish = label
                .chars()
                .any(|sign| "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ".contains(sign));
            assert!(!polish, "{}: {label}", document.name);
        }
        labels += seen.len();
        let text = html(&page, &Look::default());
        assert!(text.contains("<html lang=\"en\">"));
    }
    assert!(labels > 300);
}

#[test]
fn amounts_and_dates_follow_the_language() {
    let bytes = own()
        .into_iter()
        .find(|document| document.name.ends_with("invoices/01-vat.xml"))
        .unwrap()
        .bytes;
    let total = |language| {
        let page = invoice(&bytes, &Options::new(language)).unwrap();
        let total = page.blocks.iter().find_map(|block| match block {
            Block::Total(total) => Some(total.value.clone()),
            _ => None,
        });
        (total.unwrap(), page.facts.first().unwrap().value.clone())
    };
    let (polish, day) = total(Language::Polish);
    assert!(polish.contains(',') && polish.ends_with(" PLN"), "{polish}");
    assert_eq!(day, "16.03.2026");
    let (english, day) = total(Language::English);
    assert!(
        english.contains('.') && english.ends_with(" PLN"),
        "{english}"
    );
    assert_eq!(day, "16 Mar 2026");
}

#[test]
fn marks_and_looks_are_on_html() {
    let bytes = named("kubek");
    let mut look = Look::default();
    look.accent = "#7a1f1f".parse().unwrap();
    look.footer = "Sklep & spółka".to_owned();
    look.logo = Some(Logo::new(SVG.to_vec()).unwrap());
    let draft = invoice(&bytes, &Options::new(Language::Polish).draft()).unwrap();
    let text = html(&draft, &look);
    assert!(text.contains("PROJEKT"));
    assert!(text.contains("--accent: #7a1f1f"));
    assert!(text.contains("data:image/svg+xml;base64,"));
    assert!(text.contains("Sklep &#38; spółka"));
    let offline = invoice(&bytes, &Options::new(Language::English).offline()).unwrap();
    assert!(html(&offline, &look).contains("OFFLINE"));
    let plain = html(&polish(&bytes), &Look::default());
    assert!(!plain.contains("class=\"watermark\""));
    assert!(!plain.contains("<img"));
}

const SVG: &[u8] = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10" fill="#7a1f1f"/></svg>"##;

#[test]
fn codes_are_on_html_with_their_labels() {
    let mut options = Options::new(Language::Polish);
    let number = "5265877635-20250826-0100001AF629-AF".parse().unwrap();
    options.ksef_number = Some(number);
    options.codes = vec![CodeBox::invoice(LINK, Some(number), Language::Polish).unwrap()];
    let text = html(
        &invoice(&named("kubek"), &options).unwrap(),
        &Look::default(),
    );
    assert_eq!(
        text.matches("5265877635-20250826-0100001AF629-AF").count(),
        2
    );
    assert!(text.contains(&format!("href=\"{LINK}\"")));
}

#[cfg(feature = "pdf")]
mod on_paper {
    use std::path::Path;
    use std::process::Command;

    use ksef_render::pdf::pdf;

    use super::*;

    /// What a program prints; `None` when it is not installed.
    fn asked(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
        let output = Command::new(program)
            .args(arguments)
            .arg(file)
            .arg("-")
            .output();
        let Ok(output) = output else {
            eprintln!("skipped: {program} is not installed");
            return None;
        };
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn written(page: &Page, look: &Look) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
        std::fs::write(file.path(), pdf(page, look).unwrap()).unwrap();
        file
    }

    #[test]
    fn texts_are_never_read_as_markup() {
        let file = written(&polish(&named(HOSTILE)), &Look::default());
        let Some(text) = asked("pdftotext", &["-raw"], file.path()) else {
            return;
        };
        let plain: String = text.split_whitespace().collect();
        let expected: String = HOSTILE.split_whitespace().collect();
        assert!(plain.contains(&expected), "{text}");
    }

    /// Every word stands on the page, also one of 512 characters without a place to break.
    #[test]
    fn long_words_stay_on_the_page() {
        let file = written(&polish(&named(&"W".repeat(512))), &Look::default());
        let Some(boxes) = asked("pdftotext", &["-bbox"], file.path()) else {
            return;
        };
        let mut words = 0;
        for line in boxes.lines().filter(|line| line.contains("<word")) {
            let edge = |name: &str| -> f64 {
                let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            };
            assert!(edge("xMin") > 20.0 && edge("xMax") < 575.3, "{line}");
            words += 1;
        }
        assert!(words > 50);
    }

    #[test]
    fn long_tables_repeat_their_heads_and_number_their_pages() {
        let text = String::from_utf8(named("kubek")).unwrap();
        let (before, rest) = text.split_once("<FaWiersz>").unwrap();
        let (line, after) = rest.split_once("</FaWiersz>").unwrap();
        let lines = format!("<FaWiersz>{line}</FaWiersz>").repeat(300);
        let page = polish(format!("{before}{lines}{after}").as_bytes());
        let file = written(&page, &Look::default());
        let Some(text) = asked("pdftotext", &["-layout"], file.path()) else {
            return;
        };
        let sheets: Vec<_> = text
            .split('\u{C}')
            .filter(|sheet| !sheet.trim().is_empty())
            .collect();
        assert!(sheets.len() > 3, "{}", sheets.len());
        for (number, sheet) in (1..).zip(&sheets) {
            assert!(
                sheet.contains(&format!("Strona {number} z {}", sheets.len())),
                "{sheet}"
            );
        }
        let heads = text.matches("Nazwa towaru lub usługi").count();
        assert!(
            heads >= sheets.len() - 1,
            "{heads} heads on {} pages",
            sheets.len()
        );
    }

    #[test]
    fn a_pdf_is_tagged_named_and_repeats_itself() {
        let page = polish(&named("kubek"));
        let bytes = pdf(&page, &Look::default()).unwrap();
        assert_eq!(bytes, pdf(&page, &Look::default()).unwrap());
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("pdfaid:part>2<") && text.contains("pdfaid:conformance>A<"));
        let file = written(&page, &Look::default());
        let output = Command::new("pdfinfo").arg(file.path()).output();
        let Ok(output) = output else {
            eprintln!("skipped: pdfinfo is not installed");
            return;
        };
        let info = String::from_utf8(output.stdout).unwrap();
        let field = |name: &str| {
            info.lines()
                .find_map(|line| line.strip_prefix(&format!("{name}:")))
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        assert_eq!(field("Title"), format!("{} {}", page.title, page.number));
        assert_eq!(field("Author"), page.author);
        assert_eq!(field("Tagged"), "yes");
        assert_eq!(field("Creator"), "ksef");
    }

    #[test]
    fn zbarimg_reads_the_codes_of_a_printed_page() {
        let second = format!(
            "https://qr-test.ksef.mf.gov.pl/certificate/Nip/1234563218/1234563218/01F20A5D352AE590/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok/{}",
            "aB3-".repeat(85) + "xy"
        );
        let mut options = Options::new(Language::Polish).offline();
        options.codes = vec![
            CodeBox::invoice(LINK, None, Language::Polish).unwrap(),
            CodeBox::certificate(&second, Language::Polish).unwrap(),
        ];
        let page = invoice(&named("kubek"), &options).unwrap();
        let file = written(&page, &Look::default());
        let folder = tempfile::tempdir().unwrap();
        let printed = Command::new("pdftoppm")
            .args(["-r", "300", "-png"])
            .arg(file.path())
            .arg(folder.path().join("page"))
            .status();
        if printed.is_err() {
            eprintln!("skipped: pdftoppm is not installed");
            return;
        }
        let sheets = std::fs::read_dir(folder.path()).unwrap();
        let mut read = String::new();
        for sheet in sheets {
            let output = Command::new("zbarimg")
                .args(["--quiet", "--raw", "--nodbus"])
                .arg(sheet.unwrap().path())
                .output();
            let Ok(output) = output else {
                eprintln!("skipped: zbarimg is not installed");
                return;
            };
            read.push_str(&String::from_utf8(output.stdout).unwrap());
        }
        let read: std::collections::BTreeSet<_> = read.lines().collect();
        assert_eq!(read, [LINK, second.as_str()].into());
    }

    #[test]
    fn a_logo_is_drawn_and_a_broken_one_is_an_error() {
        let page = polish(&named("kubek"));
        let bare = pdf(&page, &Look::default()).unwrap();
        let mut look = Look::default();
        look.logo = Some(Logo::new(SVG.to_vec()).unwrap());
        look.footer = "Sklep".to_owned();
        assert_ne!(pdf(&page, &look).unwrap(), bare);
        look.logo = Some(Logo::new(b"<svg".to_vec()).unwrap());
        let error = pdf(&page, &look).unwrap_err();
        assert!(
            error.to_string().contains("cannot be set as PDF"),
            "{error}"
        );
    }
}
