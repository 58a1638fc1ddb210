use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};

use super::*;
use crate::finding::{Language, Position};
use crate::preflight::preflight;
use crate::rule::Rule;
use crate::rules::{Context, RuleSet};

fn example(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    std::fs::read(root.join(path)).unwrap()
}

fn valid() -> String {
    String::from_utf8(example("invoices/01-vat.xml")).unwrap()
}

fn rules_of(findings: &[Finding]) -> Vec<Rule> {
    findings.iter().map(Finding::rule).collect()
}

/// Every rule KSeF refuses for on production, on a day after all examples.
fn all_rules(bytes: &[u8]) -> Vec<Rule> {
    rules_on(date(2026, 11, 21), bytes)
}

fn rules_on(today: Date, bytes: &[u8]) -> Vec<Rule> {
    let context = Context::new(today)
        .with_rule_set(RuleSet::Ksef)
        .with_production(true);
    rules_of(&preflight(bytes, &Rules::default(), &context).findings)
}

#[test]
fn every_invalid_example_breaks_the_rule_in_its_name_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/invoices-invalid");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        let rules = all_rules(&std::fs::read(&path).unwrap());
        if name == "attachment-online" {
            assert_eq!(rules, []);
            continue;
        }
        let ids: Vec<_> = rules.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids, [name], "{path:?}");
        seen.push(rules[0]);
    }
    // The rules without a file have their own tests here, in `schema` and in `semantics`.
    let without_file = [
        Rule::FileTooLarge,
        Rule::XmlLimit,
        Rule::SchemaAttributeMissing,
        Rule::SchemaUnique,
        Rule::SchemaFindingsLimit,
        Rule::FormNotOfSession,
    ];
    for rule in Rule::ALL
        .iter()
        .take_while(|rule| **rule <= Rule::FormNotOfSession)
    {
        assert!(seen.contains(rule) != without_file.contains(rule), "{rule}");
    }
}

#[test]
fn every_example_is_clean() {
    for name in [
        "01-vat",
        "02-correction",
        "03-advance",
        "04-foreign-currency",
        "05-settlement",
        "06-intra-community-supply",
    ] {
        let rules = all_rules(&example(&format!("invoices/{name}.xml")));
        assert_eq!(rules, [], "{name}");
    }
}

/// Changes one place of a valid invoice; the change must find its place.
fn changed(from: &str, to: &str) -> Vec<Rule> {
    let text = valid();
    assert!(text.contains(from), "{from}");
    // A day on which nothing the schema allows is in the future.
    rules_on(date(2050, 1, 2), text.replacen(from, to, 1).as_bytes())
}

#[test]
fn near_misses_pass() {
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    for (from, to) in [
        // encoding
        (declaration, ""),
        (declaration, "\n"),
        ("encoding=\"UTF-8\"", ""),
        ("encoding=\"UTF-8\"", "encoding='utf-8' standalone='yes'"),
        ("ul. Rynkowa", "ul.\u{FEFF} Rynkowa"),
        // markup
        (
            "<Naglowek>",
            "<!-- <?xml-stylesheet?> <!DOCTYPE x> - one hyphen --><Naglowek>",
        ),
        ("Anna", "<![CDATA[<?a?> &nie; <b>]]>"),
        ("Anna", "]] &gt; ]&#x5D;&gt; &lt;&#33;DOCTYPE"),
        // characters
        (
            "Anna",
            "\u{85}\u{7E}\u{A0}\u{FDCF}\u{FDF0}\u{FFFD}\u{1FFFD}",
        ),
        ("Anna", "&#x85;&#x9;&#xFDF0;&#x10FFFD;"),
        // schema
        (
            "<P_2>FV/2026/03/016</P_2>",
            "<P_2> FV/2026/03/016\n\t</P_2>",
        ),
        ("<P_15>1674.72", "<P_15> 1674.7 "),
        ("<P_15>1674.72", "<P_15>-0"),
        ("<P_15>1674.72", "<P_15>9999999999999999.99"),
        ("<P_16>2", "<P_16>02"),
        ("<P_6>2026-03-13</P_6>", ""),
        ("<KodWaluty>PLN", "<KodWaluty>XXX"),
        ("2026-03-16T09:12:44Z", "2025-09-01T00:00:00Z"),
        ("2026-03-16T09:12:44Z", "2025-09-01T02:00:00+02:00"),
        ("2026-03-16T09:12:44Z", "2050-01-01T23:59:59Z"),
        ("2026-03-16T09:12:44Z", "2026-03-16T24:00:00"),
        ("2026-03-16T09:12:44Z", "2026-03-16T09:12:44.1234567-14:00"),
        ("<P_1>2026-03-16", "<P_1>2006-01-01"),
        ("<P_1>2026-03-16", "<P_1>2026-11-21"),
        ("<NIP>7342105585", "<NIP>1182055377"),
    ] {
        assert_eq!(changed(from, to), [], "{from} -> {to}");
    }
}

#[test]
fn values_just_outside_their_type_are_refused() {
    let (form, pattern, range) = (
        Rule::SchemaValue,
        Rule::SchemaValuePattern,
        Rule::SchemaValueRange,
    );
    let listed = Rule::SchemaValueListed;
    for (from, to, rule) in [
        ("<P_15>1674.72", "<P_15>+5", pattern),
        ("<P_15>1674.72", "<P_15>05.00", pattern),
        ("<P_15>1674.72", "<P_15>1.005", Rule::SchemaValueDigits),
        ("<P_15>1674.72", "<P_15>1.", pattern),
        ("<P_15>1674.72", "<P_15>.5", pattern),
        ("<P_15>1674.72", "<P_15>- 1", form),
        ("<P_15>1674.72", "<P_15>", form),
        ("<P_15>1674.72", "<P_15>10000000000000000", pattern),
        ("<P_1>2026-03-16", "<P_1>2026-03-16Z", pattern),
        ("<P_1>2026-03-16", "<P_1>2026-02-29", form),
        ("<P_1>2026-03-16", "<P_1>2005-12-31", range),
        ("<P_1>2026-03-16", "<P_1>2050-01-02", range),
        ("<P_1>2026-03-16", "<P_1>26-03-16", form),
        ("<P_2>FV/2026/03/016", "<P_2> \n", form),
        ("<KodWaluty>PLN", "<KodWaluty>pln", listed),
        ("<KodWaluty>PLN", "<KodWaluty>PLNN", listed),
        ("<NIP>7342105585", "<NIP>734-210-55-85", pattern),
        ("<NIP>7342105585", "<NIP>7002105585", pattern),
        ("<RodzajFaktury>VAT", "<RodzajFaktury>VAT_RR", listed),
        ("<P_16>2", "<P_16>3", listed),
        ("<P_16>2", "<P_16>true", form),
        ("2026-03-16T09:12:44Z", "2025-08-31T23:59:59Z", range),
        ("2026-03-16T09:12:44Z", "2025-09-01T00:00:00+02:00", range),
        ("2026-03-16T09:12:44Z", "2025-09-01T13:00:00", range),
        ("2026-03-16T09:12:44Z", "2050-01-02T00:00:00Z", range),
        ("2026-03-16T09:12:44Z", "2026-03-16 09:12:44Z", form),
        ("2026-03-16T09:12:44Z", "2026-03-16T24:00:01Z", form),
        ("2026-03-16T09:12:44Z", "2026-03-16T09:12:44+14:01", form),
        ("2026-03-16T09:12:44Z", "2026-03-16T09:12:44.Z", form),
        // beyond what the metadata reads
        ("<P_8B>", "<P_8B>x", form),
        ("<P_12>23", "<P_12>24", listed),
    ] {
        assert_eq!(changed(from, to), [rule], "{from} -> {to}");
    }
    let long = "x".repeat(257);
    assert_eq!(changed("FV/2026/03/016", &long), [Rule::SchemaValueLength]);
    assert_eq!(changed("FV/2026/03/016", &"ż".repeat(256)), []);
}

#[test]
fn structure_is_refused_with_the_rule_that_fits() {
    let nip = "<NIP>7342105585</NIP>";
    for (from, to, rule) in [
        (nip, "", Rule::SchemaElementMissing),
        (nip, "<KodUE>DE</KodUE>", Rule::SchemaElementMissing),
        (nip, "<NrVatUE>123</NrVatUE>", Rule::SchemaElementMissing),
        (nip, "<KodKraju>US</KodKraju>", Rule::SchemaElementMissing),
        (
            nip,
            "<NIP>7342105585</NIP><BrakID>1</BrakID>",
            Rule::SchemaElementUnexpected,
        ),
        (nip, "<Nip>7342105585</Nip>", Rule::SchemaElementUnexpected),
        (
            nip,
            "<NIP xmlns=\"\">7342105585</NIP>",
            Rule::SchemaElementNamespace,
        ),
        (
            nip,
            "<NIP>73421<b/>05585</NIP>",
            Rule::SchemaElementUnexpected,
        ),
        (
            "<JST>2</JST>\n    <GV>2</GV>",
            "<GV>2</GV><JST>2</JST>",
            Rule::SchemaElementMisplaced,
        ),
        (
            "<GV>2</GV>",
            "<GV>2</GV><GV>2</GV>",
            Rule::SchemaElementRepeated,
        ),
        (
            "<Adnotacje>",
            "<P_99/><Adnotacje>",
            Rule::SchemaElementUnexpected,
        ),
        ("<Fa>", "<Fa>kwota", Rule::SchemaTextUnexpected),
        ("<Fa>", "<Fa><![CDATA[x]]>", Rule::SchemaTextUnexpected),
        (" wersjaSchemy=\"1-0E\"", "", Rule::SchemaFormMismatch),
        (
            "wersjaSchemy=\"1-0E\"",
            "wersjaSchemy=\"1-0\"",
            Rule::SchemaFormMismatch,
        ),
        (
            "<Faktura xmlns=\"http://crd",
            "<Faktura xmlns=\"https://crd",
            Rule::SchemaUnknownDocument,
        ),
    ] {
        let rules = changed(from, to);
        assert!(rules.contains(&rule), "{from} -> {to}: {rules:?}");
    }
}

#[test]
fn sizes_have_their_exact_limits() {
    let padded = |text: &str, size: usize| {
        let padding = " ".repeat(size - text.len() - "<!---->".len());
        format!("{text}<!--{padding}-->")
    };
    let with_attachment =
        String::from_utf8(example("invoices-invalid/attachment-online.xml")).unwrap();
    for (text, limit) in [(valid(), 1_000_000), (with_attachment, 3_000_000)] {
        assert_eq!(all_rules(padded(&text, limit).as_bytes()), []);
        let found = check(padded(&text, limit + 1).as_bytes(), &Rules::default());
        assert_eq!(rules_of(&found), [Rule::FileTooLarge]);
        assert_eq!(found[0].position(), None);
        assert!(
            found[0]
                .message(Language::Polish)
                .contains(&limit.to_string())
        );
    }
    let small = Rules {
        size_max: 100,
        size_max_with_attachment: 50,
        ..Rules::default()
    };
    assert_eq!(
        rules_of(&check(valid().as_bytes(), &small)),
        [Rule::FileTooLarge]
    );
}

#[test]
fn limits_of_nesting_attributes_and_namespaces() {
    let rules = |text: String| rules_of(&check(text.as_bytes(), &Rules::default()));
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert_eq!(rules(nested(100)), []);
    assert_eq!(rules(nested(101)), [Rule::XmlLimit]);
    let attributes = |count: usize| {
        let list: Vec<_> = (0..count).map(|index| format!(" a{index}=''")).collect();
        format!("<a{}/>", list.concat())
    };
    assert_eq!(rules(attributes(64)), []);
    assert_eq!(rules(attributes(65)), [Rule::XmlLimit]);
    let namespaces = |depth: usize| {
        let tag = |index| format!("<a xmlns:p{index}='u' xmlns:q='v'>");
        let open: Vec<_> = (0..depth).map(tag).collect();
        format!("{}{}", open.concat(), "</a>".repeat(depth))
    };
    assert_eq!(rules(namespaces(64)), []);
    assert_eq!(rules(namespaces(65)), [Rule::XmlLimit]);
}

#[test]
fn findings_have_their_place_path_and_messages() {
    let text = valid()
        .replacen("1674.72", "1674,72", 1)
        .replacen("Anna", "Żó\u{9F}Anna", 1);
    let found = check(text.as_bytes(), &Rules::default());
    assert_eq!(rules_of(&found), [Rule::XmlDiscouragedCharacter]);
    let offset = text.find('\u{9F}').unwrap();
    let line_start = text[..offset].rfind('\n').unwrap() + 1;
    let column = text[line_start..offset].chars().count() + 1;
    let line = text[..offset].matches('\n').count() + 1;
    assert_eq!(
        found[0].position(),
        Some(Position {
            offset,
            line,
            column
        })
    );

    let found = inspect(text.as_bytes(), &Rules::default()).findings;
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].path(), Some("/Faktura/Fa/P_15"));
    assert_eq!(found[1].refusal().map(Refusal::code), Some(450));
    let polish = found[1].message(Language::Polish);
    assert!(
        polish.contains("„1674,72” nie jest poprawną wartością elementu „P_15”")
            && polish.contains("czy chodziło o „1674.72”"),
        "{polish}"
    );
    let english = found[1].to_string();
    assert!(
        english.ends_with("(schema-value)") && english.contains("\"1674,72\""),
        "{english}"
    );
}

#[test]
fn a_byte_order_mark_counts_in_offsets_and_columns() {
    let found = check("\u{FEFF}<a>\u{7F}</b>".as_bytes(), &Rules::default());
    let places: Vec<_> = found
        .iter()
        .map(|finding| (finding.rule(), finding.position().unwrap()))
        .map(|(rule, place)| (rule, place.offset, place.column))
        .collect();
    assert_eq!(
        places,
        [
            (Rule::EncodingByteOrderMark, 0, 1),
            (Rule::XmlDiscouragedCharacter, 6, 5),
            (Rule::XmlNotWellFormed, 7, 6),
        ]
    );
}

#[test]
fn wide_encodings_are_named() {
    for (bytes, name) in [
        (&b"\xFF\xFE<\0a\0"[..], "UTF-16LE"),
        (b"\xFE\xFF\0<\0a", "UTF-16BE"),
        (b"<\0a\0/\0>\0", "UTF-16LE"),
        (b"\0<\0a\0/\0>", "UTF-16BE"),
        (b"\xFF\xFE\0\0<\0\0\0", "UTF-32LE"),
        (b"\0\0\xFE\xFF\0\0\0<", "UTF-32BE"),
        (b"<\0\0\0", "UTF-32LE"),
        (b"\0\0\0<", "UTF-32BE"),
    ] {
        let found = check(bytes, &Rules::default());
        assert_eq!(rules_of(&found), [Rule::EncodingWide]);
        assert!(
            found[0].message(Language::English).contains(name),
            "{found:?}"
        );
    }
}

#[test]
fn references_to_discouraged_characters_are_found_everywhere() {
    let text = "<a b='&#x7F;'>&#x84;<!-- \u{86} --><![CDATA[\u{FDD0}&#x9F;]]>&#131071;</a>";
    let found = check(text.as_bytes(), &Rules::default());
    assert_eq!(rules_of(&found), [Rule::XmlDiscouragedCharacter; 5]);
}

#[test]
fn the_file_comes_before_its_meaning() {
    let both = valid()
        .replacen("1674.72", "x", 1)
        .replacen("<Fa>", "<Fa><?p?>", 1);
    let inspection = inspect(both.as_bytes(), &Rules::default());
    assert_eq!(inspection.findings.len(), 2);
    assert_eq!(inspection.refusal(), Some(Refusal::File));
    let meaning = valid().replacen("1674.72", "x", 1);
    let inspection = inspect(meaning.as_bytes(), &Rules::default());
    assert_eq!(inspection.metadata, None);
    assert_eq!(inspection.number.as_deref(), Some("FV/2026/03/016"));
    assert_eq!(inspection.refusal(), Some(Refusal::Semantics));
    assert_eq!(
        inspect(valid().as_bytes(), &Rules::default()).refusal(),
        None
    );
}

#[test]
fn metadata_survives_findings_that_do_not_touch_it() {
    let text = format!("\u{FEFF}{}", valid());
    let inspection = inspect(text.as_bytes(), &Rules::default());
    assert_eq!(
        rules_of(&inspection.findings),
        [Rule::EncodingByteOrderMark]
    );
    let metadata = inspection.metadata.unwrap();
    assert_eq!(
        (metadata.number.as_str(), metadata.issue_date),
        ("FV/2026/03/016", date(2026, 3, 16))
    );
}
