//! Documents that are not as the schema wants them.

use super::*;
use crate::Language;

const INVOICE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/">
  <Naglowek>
    <KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>
    <WariantFormularza>3</WariantFormularza>
    <DataWytworzeniaFa>2026-02-01T00:00:00Z</DataWytworzeniaFa>
  </Naglowek>
  <Podmiot1>
    <DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>A</Nazwa></DaneIdentyfikacyjne>
    <Adres><KodKraju>PL</KodKraju><AdresL1>B</AdresL1></Adres>
  </Podmiot1>
  <Podmiot2>
    <DaneIdentyfikacyjne><BrakID>1</BrakID></DaneIdentyfikacyjne>
    <JST>2</JST>
    <GV>2</GV>
  </Podmiot2>
  <Fa>
    <KodWaluty>PLN</KodWaluty>
    <P_1>2026-02-15</P_1>
    <P_2>1</P_2>
    <P_13_1>100.00</P_13_1>
    <P_14_1>23</P_14_1>
    <P_15>123.00</P_15>
    <Adnotacje>
      <P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A>
      <Zwolnienie><P_19N>1</P_19N></Zwolnienie>
      <NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu>
      <P_23>2</P_23>
      <PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy>
    </Adnotacje>
    <RodzajFaktury>VAT</RodzajFaktury>
    <FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>C</P_7><P_11>100.00</P_11><P_12>23</P_12></FaWiersz>
    <FaWiersz><NrWierszaFa>2</NrWierszaFa><P_7>D</P_7></FaWiersz>
  </Fa>
</Faktura>
"#;

/// Reads the invoice with a change and checks what is remarked, as `path rule`, in order.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) -> Invoice {
    assert!(INVOICE.contains(from), "{from}");
    let text = INVOICE.replacen(from, to, 1);
    let read = read(text.as_bytes(), &Rules::default()).unwrap();
    assert_eq!(summary(&read.remarks), expected);
    read.invoice
}

fn summary(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            assert!(!finding.message(Language::Polish).is_empty());
            format!("{} {}", finding.path().unwrap_or_default(), finding.rule())
        })
        .collect()
}

/// The change makes the invoice unreadable; returns why.
#[track_caller]
fn refuse(from: &str, to: &str) -> Vec<String> {
    assert!(INVOICE.contains(from), "{from}");
    let text = INVOICE.replacen(from, to, 1);
    summary(&read(text.as_bytes(), &Rules::default()).unwrap_err())
}

fn whole() -> Invoice {
    read_all(INVOICE.as_bytes())
}

#[test]
fn unknown_elements_attributes_and_text_are_left_out() {
    let remarks = ["/Faktura/Fa/Nowe schema-element-unexpected"];
    assert_eq!(
        check("<P_1>", "<Nowe><P_2/></Nowe><P_1>", &remarks),
        whole()
    );
    let remarks = ["/Faktura/Fa/P_2 schema-element-unexpected"];
    assert_eq!(check("<P_2>", "<P_2 lang='pl'>", &remarks), whole());
    let remarks = ["/Faktura/Fa schema-text-unexpected"];
    assert_eq!(check("<P_1>", "tekst<P_1>", &remarks), whole());
    let remarks = ["/Faktura/Fa/P_2/b schema-element-unexpected"];
    assert_eq!(check("<P_2>1", "<P_2>1<b/>", &remarks), whole());
    let remarks = ["/Faktura/Fa/Obcy schema-element-unexpected"];
    assert_eq!(
        check("<P_1>", "<Obcy xmlns='u:x'/><P_1>", &remarks),
        whole()
    );
}

#[test]
fn order_and_repetition_are_remarked() {
    // One remark a section: the first element that comes too early for those taken before it.
    let from = "<KodWaluty>PLN</KodWaluty>\n    <P_1>2026-02-15</P_1>";
    let to = "<P_1>2026-02-15</P_1><KodWaluty>PLN</KodWaluty>";
    let remarks = ["/Faktura/Fa/P_1 schema-element-misplaced"];
    assert_eq!(check(from, to, &remarks), whole());
    let remarks = ["/Faktura/Fa/P_2[2] schema-element-repeated"];
    assert_eq!(
        check("<P_2>1</P_2>", "<P_2>1</P_2><P_2>2</P_2>", &remarks),
        whole()
    );
}

#[test]
fn values_of_another_form_are_taken_when_they_are_clear() {
    let value = |path: &str| format!("/Faktura/{path} schema-value");
    let cases = [
        ("Fa/P_15", "123.00<", "+0123.00<"),
        ("Fa/P_15", "123.00<", "123.000<"),
        ("Fa/P_1", "2026-02-15<", "2026-02-15Z<"),
        ("Fa/KodWaluty", "PLN<", " pln <"),
        ("Fa/RodzajFaktury", "VAT<", "vat<"),
        (
            "Podmiot1/DaneIdentyfikacyjne/NIP",
            "5265877635",
            "PL 526-587-76-35",
        ),
        (
            "Podmiot1/DaneIdentyfikacyjne/NIP",
            "5265877635",
            "\n5265877635\n",
        ),
        ("Fa/Adnotacje/P_16", "<P_16>2", "<P_16>nie"),
        ("Fa/Adnotacje/Zwolnienie/P_19N", "<P_19N>1", "<P_19N>2"),
        ("Naglowek/WariantFormularza", ">3<", ">2<"),
        ("Naglowek/KodFormularza", "FA (3)", "FA (2)"),
    ];
    for (path, from, to) in cases {
        assert_eq!(check(from, to, &[&value(path)]), whole(), "{to}");
    }
}

#[test]
fn white_space_is_no_fault_where_the_schema_collapses_it() {
    for (from, to) in [
        ("123.00<", "\n 123.00 <"),
        ("2026-02-15<", " 2026-02-15 <"),
        ("<P_2>1<", "<P_2>\t1 <"),
        ("VAT<", " VAT\n<"),
        ("<P_16>2", "<P_16>\n02 "),
    ] {
        assert_eq!(check(from, to, &[]), whole(), "{to}");
    }
}

#[test]
fn a_value_that_cannot_be_held_is_left_out() {
    let remarks = ["/Faktura/Fa/FaWiersz[1]/P_11 schema-value"];
    let invoice = check("<P_11>100.00", "<P_11>sto", &remarks);
    assert_eq!(invoice.body.lines.len(), 2);
    assert_eq!(invoice.body.lines[0].net, None);
    let remarks = ["/Faktura/Fa/FaWiersz[1]/P_12 schema-value"];
    assert_eq!(
        check("<P_12>23", "<P_12>19", &remarks).body.lines[0].rate,
        None
    );
    let remarks = ["/Faktura/Fa schema-element-missing"];
    let invoice = check("<P_14_1>23</P_14_1>", "", &remarks);
    assert_eq!(invoice.body.totals.standard, None);
}

#[test]
fn a_text_that_does_not_fit_is_cut() {
    let remarks = ["/Faktura/Fa/P_2 schema-value"];
    let text = format!("<P_2>{}", "ż".repeat(300));
    let invoice = check("<P_2>1", &text, &remarks);
    assert_eq!(invoice.body.number.as_str(), "ż".repeat(256));
    assert_eq!(check("<P_2>1", "<P_2>1\u{7F}", &remarks), whole());
}

#[test]
fn required_answers_have_their_default() {
    let remarks = ["/Faktura/Podmiot2 schema-element-missing"; 2];
    let text = "<JST>2</JST>\n    <GV>2</GV>";
    assert_eq!(check(text, "", &remarks), whole());
    let remarks = ["/Faktura/Fa/Adnotacje schema-element-missing"];
    assert_eq!(check("<P_23>2</P_23>", "", &remarks), whole());
    let remarks = ["/Faktura/Fa/Adnotacje/Zwolnienie schema-element-missing"];
    assert_eq!(check("<P_19N>1</P_19N>", "", &remarks), whole());
}

#[test]
fn a_row_number_is_made_up_from_the_place_of_the_row() {
    let remarks = ["/Faktura/Fa/FaWiersz[2] schema-element-missing"];
    assert_eq!(check("<NrWierszaFa>2</NrWierszaFa>", "", &remarks), whole());
    let remarks = ["/Faktura/Fa/FaWiersz[2]/NrWierszaFa schema-value"];
    assert_eq!(
        check("<NrWierszaFa>2<", "<NrWierszaFa>0<", &remarks),
        whole()
    );
}

#[test]
fn without_its_main_parts_there_is_no_invoice() {
    assert_eq!(
        refuse("<P_15>123.00</P_15>", ""),
        ["/Faktura/Fa schema-element-missing"]
    );
    assert_eq!(
        refuse("<P_1>2026-02-15", "<P_1>15.02.2026"),
        ["/Faktura/Fa/P_1 schema-value"]
    );
    assert_eq!(refuse("13775", "12648"), [" schema-unknown-document"]);
    assert!(read(b"<a>", &Rules::default()).is_err());
    assert!(read(b"", &Rules::default()).is_err());
}

#[test]
fn remarks_have_a_limit() {
    let text = INVOICE.replace("<P_1>", &format!("{}<P_1>", "<x/>".repeat(10_000)));
    let read = read(text.as_bytes(), &Rules::default()).unwrap();
    assert_eq!(read.remarks.len(), 500);
    assert_eq!(read.invoice, whole());
}

#[test]
fn more_entries_than_allowed_are_left_out() {
    let text = INVOICE.replace(
        "<RodzajFaktury>VAT</RodzajFaktury>",
        &format!(
            "<RodzajFaktury>VAT</RodzajFaktury>{}",
            "<ZaliczkaCzesciowa><P_6Z>2026-01-01</P_6Z><P_15Z>1</P_15Z></ZaliczkaCzesciowa>"
                .repeat(33)
        ),
    );
    let read = read(text.as_bytes(), &Rules::default()).unwrap();
    assert_eq!(read.remarks.len(), 2);
    assert_eq!(read.invoice.body.partial_advances.len(), 31);
}
