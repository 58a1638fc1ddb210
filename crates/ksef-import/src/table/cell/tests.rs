use super::*;
use crate::column::by_key;

#[track_caller]
fn cell(key: &str, cell: &Cell) -> Result<String, Fault> {
    let spot = Spot::Cell { row: 2, column: 0 };
    read(cell, by_key(key).unwrap(), &Mapping::default(), spot).map(|value| match value {
        Value::Text(text) | Value::Number(text) => text,
        Value::Bool(value) => value.to_string(),
        Value::List(nodes) => nodes
            .iter()
            .filter_map(Node::text)
            .collect::<Vec<_>>()
            .join("+"),
        other => format!("{other:?}"),
    })
}

#[track_caller]
fn reads(key: &str, value: impl Into<Cell>, expected: &str) {
    let value = value.into();
    assert_eq!(
        cell(key, &value),
        Ok(expected.to_owned()),
        "{key} {value:?}"
    );
}

#[track_caller]
fn refuses(key: &str, value: impl Into<Cell>, code: &str) {
    let value = value.into();
    assert_eq!(
        cell(key, &value).map_err(|fault| fault.code()),
        Err(code),
        "{key} {value:?}"
    );
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

#[test]
fn rates_as_people_write_them() {
    for text in ["23", "23%", "23 %", "23,00", "23.0%", " 23\u{a0}% "] {
        reads("vatRate", text, "23");
    }
    reads("vatRate", 23.0, "23");
    reads("vatRate", 0.23, "23");
    reads("vatRate", 0.05, "5");
    reads("vatRate", "zw.", "zw");
    reads("vatRate", "ZW", "zw");
    reads("vatRate", "o.o.", "oo");
    reads("vatRate", "NP I", "np I");
    reads("vatRate", "np ii", "np II");
    reads("vatRate", "0% WDT", "0 WDT");
    reads("vatRate", "0 kr", "0 KR");
    reads("vatRate", "eksport", "0 EX");
}

#[test]
fn rates_nobody_can_know() {
    refuses("vatRate", "0", "rate-ambiguous");
    refuses("vatRate", "0%", "rate-ambiguous");
    refuses("vatRate", 0.0, "rate-ambiguous");
    refuses("vatRate", "np", "rate-ambiguous");
    refuses("vatRate", "24", "value-not-allowed");
    refuses("vatRate", 0.5, "value-not-allowed");
    refuses("vatRate", "0,23", "value-not-allowed");
    refuses("vatRate", "23,5", "value-not-allowed");
}

#[test]
fn identifiers() {
    for text in [
        "5265877635",
        "526-587-76-35",
        "PL5265877635",
        "pl 526 587 76 35",
    ] {
        reads("sellerNip", text, "5265877635");
    }
    reads("sellerNip", 5_265_877_635.0, "5265877635");
    refuses("sellerNip", 526_587_763.0, "value-form");
    refuses("sellerNip", "526587763", "value-form");
    refuses("sellerNip", 5_265_877_635.5, "value-form");
    refuses("sellerNip", 52_658_776_351_234_567.0, "number-lost-digits");
}

#[test]
fn accounts_are_texts() {
    reads(
        "account",
        "PL 61 1090 1014 0000 0712 1981 2874",
        "PL61109010140000071219812874",
    );
    reads(
        "account",
        "61-1090-1014-0000-0712-1981-2874",
        "61109010140000071219812874",
    );
    refuses("account", 6.110_901_014e25, "code-as-number");
    refuses("account", 12_345.0, "code-as-number");
    refuses("account", "1109010140000071219812874", "value-form");
    refuses("account", "6,1109E+25", "value-form");
}

#[test]
fn codes_keep_their_zeros() {
    reads("gtin", 5_901_234_123_457.0, "5901234123457");
    refuses("gtin", 590_123_412_345.5, "code-as-number");
    refuses("gtin", 1234.0, "code-as-number");
    reads("gtin", "0012345678905", "0012345678905");
    refuses("cn", 1_012_100.0, "code-as-number");
    reads("cn", 85_171_300.0, "85171300");
    refuses("pkwiu", 62.01, "code-as-number");
    reads("pkwiu", "62.01.11.0", "62.01.11.0");
}

#[test]
fn dates() {
    let date = |serial, from_1904| Cell::Date { serial, from_1904 };
    reads("issueDate", date(46_347.0, false), "2026-11-21");
    reads("issueDate", date(44_885.5, true), "2026-11-21");
    reads("issueDate", "21.11.2026", "2026-11-21");
    refuses("issueDate", 46_347.0, "date-as-number");
    refuses("issueDate", Cell::Bool(true), "date-invalid");
    refuses("issueDate", "21/11/2026", "date-ambiguous");
}

#[test]
fn flags_choices_lists() {
    for text in ["tak", "TAK", "yes", "1", "x", "prawda"] {
        reads("splitPayment", text, "true");
    }
    reads("splitPayment", Cell::Bool(false), "false");
    reads("splitPayment", 1.0, "true");
    refuses("splitPayment", "może", "value-not-allowed");
    reads("paymentMethod", "Przelew bankowy", "transfer");
    reads("paymentMethod", 6.0, "transfer");
    reads("kind", "KOR", "correction");
    reads("kind", "kor_zal", "advanceCorrection");
    reads("gtu", 7.0, "GTU_07");
    reads("gtu", "gtu 07", "GTU_07");
    refuses("paymentMethod", "przelwe", "value-not-allowed");
    reads("warehouseDocuments", "WZ 1 | WZ 2|", "WZ 1+WZ 2");
}

#[test]
fn numbers_texts_and_bad_cells() {
    reads("quantity", "1 234,5", "1234.5");
    reads("quantity", 0.1 + 0.2, "0.3");
    refuses("quantity", Cell::Bool(true), "number-invalid");
    refuses("quantity", "1.234", "number-ambiguous");
    reads("lineNumber", 3.0, "3");
    refuses("lineNumber", 3.5, "number-invalid");
    refuses("quantity", Cell::Error("#N/A".into()), "cell-error");
    refuses("name", Cell::FormulaWithoutValue, "formula-without-value");
    reads("number", 17.0, "17");
    reads("name", "  x y ", "x y");
    refuses("number", 12_345_678_901_234_567.0, "number-lost-digits");
}
