//! Everything that an invoice says is on its page.
//!
//! Each element with a text is looked for in what can be read of the page: the text of the HTML, and of the PDF as
//! pdftotext finds it. A value may stand there as it is, or as people write it (dates, amounts) or say it (codes); how is
//! written down here once more, apart from the code that sets pages.

use std::collections::HashMap;

use ksef_invoice::check::Rules;
use ksef_invoice::finding::Language;
use ksef_invoice::tree::{Element, Tree};
use ksef_render::html::html;
use ksef_render::look::Look;
use ksef_render::page::Page;
use ksef_render::reading::{Options, invoice, is_upo, upo};

use crate::documents::{Document, own, samples};

/// Not shown, and why that is right.
const SILENT: [(&str, &str, &str); 12] = [
    ("P_19N", "1", "says that nothing is exempt"),
    (
        "P_22N",
        "1",
        "says that there are no new means of transport",
    ),
    ("P_PMarzyN", "1", "says that there is no margin scheme"),
    ("NrKSeF", "1", "the number itself follows it"),
    ("RolaInna", "1", "the role in words follows it"),
    (
        "PlatnoscInna",
        "1",
        "the form of payment in words follows it",
    ),
    (
        "TransportInny",
        "1",
        "the means of transport in words follow it",
    ),
    ("LadunekInny", "1", "the load in words follows it"),
    (
        "KodFormularza",
        "FA",
        "its attribute kodSystemowy is shown, which has it",
    ),
    (
        "KodFormularza",
        "FA_RR",
        "its attribute kodSystemowy is shown, which has it",
    ),
    ("WariantFormularza", "*", "the name of the form has it"),
    (
        "EmbeddedDocumentBinaryObject",
        "*",
        "a file; its name is shown",
    ),
];

/// Marks: `2` says that something does not apply and is not shown, `1` is shown in words.
const MARKS: [(&str, &str); 21] = [
    ("P_16", "Metoda kasowa"),
    ("P_17", "Samofakturowanie"),
    ("P_18", "Odwrotne obciążenie"),
    ("P_18A", "Mechanizm podzielonej płatności"),
    ("P_19", "Sprzedaż zwolniona z podatku"),
    ("P_22", "Dostawa nowych środków transportu"),
    ("P_42_5", "art. 42 ust. 5"),
    ("P_23", "Procedura uproszczona trójstronna"),
    ("P_PMarzy", "Procedura marży"),
    ("P_PMarzy_2", "biur podróży"),
    ("P_PMarzy_3_1", "towary używane"),
    ("P_PMarzy_3_2", "dzieła sztuki"),
    ("P_PMarzy_3_3", "antyki"),
    ("JST", "jednostki podrzędnej JST"),
    ("GV", "członka grupy VAT"),
    ("FP", "do paragonu"),
    ("TP", "Powiązania między stronami"),
    ("ZwrotAkcyzy", "Zwrot akcyzy"),
    ("NrKSeFN", "poza KSeF"),
    ("NrKSeFZN", "poza KSeF"),
    ("BrakID", "bez identyfikatora"),
];

/// Codes in words.
const CODES: &[(&str, &str, &str)] = &[
    ("RodzajFaktury", "VAT", "Faktura VAT"),
    ("RodzajFaktury", "KOR", "Faktura korygująca"),
    ("RodzajFaktury", "ZAL", "Faktura zaliczkowa"),
    ("RodzajFaktury", "ROZ", "Faktura rozliczeniowa"),
    ("RodzajFaktury", "UPR", "Faktura uproszczona"),
    ("RodzajFaktury", "KOR_ZAL", "korygująca fakturę zaliczkową"),
    (
        "RodzajFaktury",
        "KOR_ROZ",
        "korygująca fakturę rozliczeniową",
    ),
    ("RodzajFaktury", "VAT_RR", "Faktura VAT RR"),
    ("RodzajFaktury", "KOR_VAT_RR", "korygująca VAT RR"),
    ("FormaPlatnosci", "1", "gotówka|przelew"),
    ("FormaPlatnosci", "2", "karta"),
    ("FormaPlatnosci", "6", "przelew"),
    ("TypKorekty", "1", "w dacie ujęcia faktury pierwotnej"),
    ("TypKorekty", "2", "w dacie wystawienia korekty"),
    ("TypKorekty", "3", "w dacie innej"),
    ("TypKorekty", "4", "w dacie zwrotu"),
    ("Rola", "1", "Faktor"),
    ("Rola", "2", "Odbiorca"),
    ("Rola", "4", "Dodatkowy nabywca"),
    ("Rola", "5", "Wystawca faktury"),
    ("Rola", "6", "Dokonujący płatności"),
    ("Rola", "8", "samorządu terytorialnego – odbiorca"),
    ("Rola", "10", "grupy VAT – odbiorca"),
    ("RolaPU", "1", "Organ egzekucyjny"),
    ("RolaPU", "2", "Komornik sądowy"),
    ("StatusInfoPodatnika", "1", "w likwidacji"),
    ("StatusInfoPodatnika", "2", "w restrukturyzacji"),
    ("StanPrzed", "1", "przed korektą"),
    ("StanPrzedZ", "1", "przed korektą"),
    ("RodzajTransportu", "3", "drogowy"),
    ("RodzajTransportu", "8", "żegluga"),
    ("OpisLadunku", "13", "paleta"),
    ("OpisLadunku", "20", "worek"),
    ("RachunekWlasnyBanku", "1", "nabywanych wierzytelności"),
    ("RachunekWlasnyBanku", "2", "za dostawcę"),
    ("RachunekWlasnyBanku", "3", "w gospodarce własnej"),
    ("Zaplacono", "1", "Zapłacono"),
    ("ZnacznikZaplatyCzesciowej", "1", "zapłacono w części"),
    ("ZnacznikZaplatyCzesciowej", "2", "w całości"),
    ("PodmiotPosredniczacy", "1", "podmiot pośredniczący"),
    ("P_12_Zal_15", "1", "załącznik nr 15"),
    ("P_12Z_Zal_15", "1", "załącznik nr 15"),
    ("P_12", "0 KR", "0% kraj"),
    ("P_12", "0 WDT", "0% WDT"),
    ("P_12", "0 EX", "0% eksport"),
    ("P_12", "np II", "np. II"),
    ("P_12", "np I", "np. I"),
    ("P_12Z", "np II", "np. II"),
    ("P_12Z", "np I", "np. I"),
    ("PaymentMeansCode", "30", "przelew"),
    ("PaymentMeansCode", "58", "przelew SEPA"),
    ("PaymentMeansCode", "48", "karta"),
];

/// What of a text is compared: everything but white space, and the marks that setting adds.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '\u{200B}' | '\u{AD}' | '\u{FEFF}'))
        .collect()
}

/// How an element may stand on the page; empty when it need not.
fn forms(element: Element<'_>) -> Vec<String> {
    let (name, value) = (element.name(), element.value());
    if SILENT
        .iter()
        .any(|(known, of, _)| *known == name && (*of == value || *of == "*"))
    {
        return Vec::new();
    }
    if let Some((_, words)) = MARKS.iter().find(|(known, _)| *known == name) {
        return if value == "1" {
            vec![plain(words)]
        } else {
            Vec::new()
        };
    }
    if let Some((_, _, words)) = CODES
        .iter()
        .find(|(known, code, _)| *known == name && *code == value)
    {
        return words.split('|').map(plain).collect();
    }
    match (name, element.parent().map(Element::name)) {
        ("ChargeIndicator", Some("AllowanceCharge")) if value == "true" => {
            return vec!["Obciążenie".to_owned(), value.to_owned()];
        }
        ("ChargeIndicator", Some("AllowanceCharge")) => {
            return vec!["Upust".to_owned(), value.to_owned()];
        }
        _ => {}
    }
    let mut forms = vec![plain(value)];
    if let Some((year, month, day)) = date(value.get(..10).unwrap_or_default()) {
        let rest = value.get(10..).unwrap_or_default();
        let rest = rest.trim_start_matches('T').replace('Z', "UTC");
        let clock = rest.replace(".000", "");
        forms.push(format!("{day}.{month}.{year}{clock}"));
        forms.push(format!("{day}.{month}.{year}"));
    }
    if let Some(amount) = amount(value) {
        forms.extend(amount);
    }
    forms
}

fn date(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.split('-');
    let found = (parts.next()?, parts.next()?, parts.next()?);
    (found.0.len() == 4 && text.len() == 10).then_some(found)
}

/// A decimal with a comma, as it is or with two places.
fn amount(value: &str) -> Option<[String; 2]> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let sign = if value.starts_with('-') { "-" } else { "" };
    let bare = if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole},{fraction}")
    };
    Some([bare, format!("{sign}{whole},{fraction:0<2}")])
}

/// The elements with a text that are not in what was read of the page as often as the document has them.
fn missing(document: &Document, read: &str) -> Vec<String> {
    let page = plain(read);
    let tree = Tree::read(&document.bytes, &Rules::default()).unwrap();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut looked_for = 0;
    let mut missing = Vec::new();
    for element in tree
        .elements()
        .filter(|element| !element.value().is_empty())
    {
        let forms = forms(element);
        if forms.is_empty() {
            continue;
        }
        looked_for += 1;
        let path = element.path();
        let name = &document.name;
        let found: usize = forms
            .iter()
            .map(|form| page.matches(form.as_str()).count())
            .sum();
        if found == 0 {
            missing.push(format!(
                "{name}: {path} = {:?} as any of {forms:?}",
                element.value()
            ));
            continue;
        }
        // Short values are found in longer ones, so that their number says little.
        if element.value().chars().count() >= 5 && !element.value().starts_with("np") {
            let times = seen.entry(plain(element.value())).or_default();
            *times += 1;
            if found < *times {
                missing.push(format!(
                    "{name}: {path} = {:?}, {times} times, found {found}",
                    element.value()
                ));
            }
        }
    }
    assert!(looked_for > 12, "{}", document.name);
    missing
}

fn assert_none(missing: &[String]) {
    assert!(
        missing.is_empty(),
        "not on the page:\n{}",
        missing.join("\n")
    );
}

/// The text between tags, as a browser would show it.
fn text_of(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        rest = after.split_once('>').unwrap().1;
        text.push(' ');
    }
    for (reference, sign) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        text = text.replace(reference, sign);
    }
    text
}

fn page(document: &Document) -> Page {
    let options = Options::new(Language::Polish);
    if is_upo(&document.bytes) {
        upo(&document.bytes, &options).unwrap()
    } else {
        invoice(&document.bytes, &options).unwrap()
    }
}

#[test]
fn on_html() {
    let mut found = Vec::new();
    for document in own().iter().chain(&samples()) {
        found.extend(missing(
            document,
            &text_of(&html(&page(document), &Look::default())),
        ));
    }
    assert_none(&found);
}

#[cfg(feature = "pdf")]
#[test]
fn on_pdf() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    if Command::new("pdftotext")
        .arg("-v")
        .stderr(Stdio::null())
        .status()
        .is_err()
    {
        eprintln!("skipped: pdftotext is not installed (poppler-utils)");
        return;
    }
    let mut found = Vec::new();
    for document in own().iter().chain(&samples()) {
        let bytes = ksef_render::pdf::pdf(&page(document), &Look::default()).unwrap();
        let mut reader = Command::new("pdftotext")
            .args(["-raw", "-nopgbrk", "-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        reader.stdin.take().unwrap().write_all(&bytes).unwrap();
        let read = reader.wait_with_output().unwrap();
        assert!(read.status.success());
        found.extend(missing(document, &String::from_utf8(read.stdout).unwrap()));
    }
    assert_none(&found);
}

/// The test itself can fail: a value that no page has is missed.
#[test]
#[should_panic(expected = "/Faktura/Fa/P_2")]
fn what_is_missing_is_noticed() {
    let document = own()
        .into_iter()
        .find(|document| document.name.ends_with("01-vat.xml"))
        .unwrap();
    let page = page(&document);
    let text = text_of(&html(&page, &Look::default())).replace(&page.number, "");
    assert_none(&missing(&document, &text));
}
