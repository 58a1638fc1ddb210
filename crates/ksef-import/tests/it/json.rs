//! JSON: digits, places, all mistakes at once.

use ksef_import::{Format, Limits, Options, Source, import};
use ksef_invoice::Language;

use crate::{documents, element, import_as, mapping, now, told};

const INVOICE: &str = r#"{"number": "1", "issueDate": "2026-11-20",
  "seller": {"nip": "5265877635", "name": "S", "address": {"line1": "A"}},
  "buyer": {"nip": "1234563218", "name": "B", "address": {"line1": "C"}},
  "lines": [{"name": "x", "quantity": 1, "netPrice": 0.1, "vatRate": "23"}]}"#;

fn problems(text: &str) -> Vec<String> {
    told(&import_as(Format::Json, text.as_bytes(), None))
}

#[test]
fn a_number_arrives_with_its_digits() {
    let price = |raw: &str| {
        let text = INVOICE.replace("0.1,", &format!("{raw},"));
        let xml = documents(&import_as(Format::Json, text.as_bytes(), None)).remove(0);
        element(&xml, "P_9A").to_owned()
    };
    assert_eq!(price("0.1"), "0.1");
    assert_eq!(price("\"0.10\""), "0.1");
    assert_eq!(price("0.30000000"), "0.3");
    assert_eq!(price("1234567890123.12345678"), "1234567890123.12345678");
    assert_eq!(price("1.5e2"), "150");
}

#[test]
fn one_many_and_lines() {
    let second = INVOICE.replace("\"1\"", "\"2\"");
    for text in [
        format!("[{INVOICE}, {second}]"),
        format!(
            "{}\n{}\n",
            INVOICE.replace('\n', ""),
            second.replace('\n', "")
        ),
        format!("\u{feff}{INVOICE}{second}"),
    ] {
        assert_eq!(
            documents(&import_as(Format::Json, text.as_bytes(), None)).len(),
            2
        );
    }
}

#[test]
fn mistakes_of_all_invoices_come_at_once_and_the_others_are_made() {
    let bad = INVOICE
        .replace("\"1\",", "\"2\",")
        .replace("2026-11-20", "20.11.2026")
        .replace("\"vatRate\"", "\"vat_rate\"");
    let imported = import_as(
        Format::Json,
        format!("[{INVOICE},\n{bad}]").as_bytes(),
        None,
    );
    assert_eq!(imported.invoices.len(), 1);
    assert_eq!(
        told(&imported),
        [
            "value-form @ 5:30 /issueDate",
            "key-unknown @ 8:59 /lines/0/vat_rate"
        ]
    );
    assert!(
        imported
            .problems
            .iter()
            .all(|problem| problem.invoice() == Some("2"))
    );
    let last = &imported.problems[1];
    assert_eq!(
        last.message(Language::English),
        "unknown key “vat_rate”; did you mean “vatRate”?"
    );
    assert_eq!(
        last.origin().describe(Language::Polish),
        "f.json:8:59 (/lines/0/vat_rate)"
    );
}

#[test]
fn broken_files() {
    assert_eq!(problems(""), ["file-empty @ file"]);
    assert_eq!(problems("{\"number\": }"), ["json-syntax @ 1:12"]);
    assert_eq!(
        problems("{\"number\": 1, \"number\": 2}")[0],
        "key-duplicate @ 1:15"
    );
    assert_eq!(problems("5"), ["value-type @ 1:1"]);
    assert_eq!(problems("\u{0}"), ["json-syntax @ 1:1"]);
    let latin = import_as(Format::Json, b"{\"number\": \"\xb9\"}", None);
    assert_eq!(told(&latin), ["encoding-invalid @ file"]);
    let text = INVOICE.replace("\"S\"", "\"S\\u0001\"");
    assert_eq!(problems(&text), ["value-invalid @ 2:43 /seller/name"]);
}

#[test]
fn a_syntax_error_does_not_hide_the_invoices_before_it() {
    let imported = import_as(Format::Json, format!("{INVOICE}\n{{").as_bytes(), None);
    assert_eq!(imported.invoices.len(), 1);
    assert_eq!(told(&imported), ["json-syntax @ 5:2"]);
}

#[test]
fn a_number_used_twice_is_refused_the_second_time() {
    let imported = import_as(
        Format::Json,
        format!("[{INVOICE},\n{INVOICE}]").as_bytes(),
        None,
    );
    assert_eq!(imported.invoices.len(), 1);
    assert_eq!(told(&imported), ["number-duplicate @ 5:12 /number"]);
    assert!(
        imported.problems[0]
            .message(Language::English)
            .ends_with("(1:2)")
    );
}

#[test]
fn two_sellers_may_use_the_same_number() {
    let other = INVOICE.replace("5265877635", "7010000011");
    let imported = import_as(
        Format::Json,
        format!("[{INVOICE},{other}]").as_bytes(),
        None,
    );
    assert_eq!(imported.invoices.len(), 2);
}

#[test]
fn a_rate_of_one_says_nothing_about_zloty() {
    let text = INVOICE.replace("\"lines\"", "\"exchangeRate\": \"1.0000\", \"lines\"");
    let xml = documents(&import_as(Format::Json, text.as_bytes(), None)).remove(0);
    assert!(!xml.contains("KursWaluty"));
}

#[test]
fn the_mapping_fills_what_is_absent() {
    let text = r#"{"number": "1", "issueDate": "2026-11-20", "buyer": {"noId": true},
        "lines": [{"name": "x", "quantity": 1, "netPrice": 10}, {"name": "y", "quantity": 1, "netPrice": 10, "vatRate": "8"}]}"#;
    let map = mapping(
        "[invoice.seller]\nnip = \"5265877635\"\nname = \"S\"\naddress = { line1 = \"A\" }\n[line]\nvatRate = \"23\"\nunit = \"szt.\"\n",
    );
    let imported = import_as(Format::Json, text.as_bytes(), Some(&map));
    let xml = &imported.invoices[0].document.write();
    assert_eq!(element(xml, "P_13_1"), "10.00");
    assert_eq!(element(xml, "P_13_2"), "10.00");
    let map = mapping(
        "[invoice.seller]\nnip = \"5265877636\"\nname = \"S\"\naddress = { line1 = \"A\" }\n[line]\nvatRate = \"24\"",
    );
    let imported = import_as(Format::Json, text.as_bytes(), Some(&map));
    // The constant is wrong, so the mapping file is the place.
    assert_eq!(told(&imported), ["value-not-allowed @ 6:11"]);
    assert_eq!(imported.problems[0].origin().file, "map.toml");
    // Once, and about no invoice, however many there are.
    let twice = format!("[{text}, {}]", text.replace("\"1\"", "\"2\""));
    let imported = import_as(Format::Json, twice.as_bytes(), Some(&map));
    assert_eq!(told(&imported), ["value-not-allowed @ 6:11"]);
    assert_eq!(imported.problems[0].invoice(), None);
}

#[test]
fn invoices_and_problems_are_bounded() {
    let limits = Limits {
        invoices_max: 2,
        problems_max: 3,
        file_bytes_max: 1000,
        ..Limits::default()
    };
    let run = |text: &str| {
        let source = Source {
            name: "x",
            bytes: text.as_bytes(),
            format: Some(Format::Json),
        };
        told(&import(
            source,
            None,
            &Options {
                limits,
                ..Options::at(now())
            },
        ))
    };
    assert_eq!(run(&"5 ".repeat(2)).len(), 2);
    assert_eq!(run(&"5 ".repeat(3))[0], "too-many-invoices @ 1:6");
    assert_eq!(run("{\"a\":1,\"b\":2,\"c\":3}").len(), 3);
    assert_eq!(
        run("{\"a\":1,\"b\":2,\"c\":3}")[2],
        "too-many-problems @ file"
    );
    assert_eq!(run(&" ".repeat(1001)), ["file-too-large @ file"]);
}

#[test]
fn nip_checksums_are_judged_when_asked_for() {
    let text = INVOICE.replace("1234563218", "1234563219");
    assert_eq!(problems(&text), ["nip-checksum @ 3:20 /buyer/nip"]);
    let source = Source {
        name: "x.json",
        bytes: text.as_bytes(),
        format: None,
    };
    let options = Options {
        nip_checksums: false,
        ..Options::at(now())
    };
    assert_eq!(import(source, None, &options).invoices.len(), 1);
}

#[test]
fn the_day_of_issue_is_judged_by_the_clock() {
    let text = INVOICE.replace("2026-11-20", "2026-11-22");
    assert_eq!(problems(&text), ["invoice-build @ 1:30 /issueDate"]);
}
