//! `ksef invoice validate` and `ksef invoice rules`.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;

use crate::user::{Run, SELLER, User, invoice};

fn bad(number: &str) -> String {
    invoice(SELLER, number).replace("<P_15>123.00</P_15>", "<P_15>123,00</P_15>")
}

fn validate(user: &User, arguments: &[&str]) -> Run {
    user.run(["invoice", "validate"].iter().chain(arguments))
}

#[test]
fn a_good_file_is_told_in_one_line() {
    let user = User::new();
    user.write("a.xml", invoice(SELLER, "FV/1"));
    let run = validate(&user, &["a.xml"]).ends_with(0);
    assert_eq!(run.stdout, "valid    a.xml  FA (3), VAT, FV/1\n");
    assert_eq!(run.stderr, "");
    let run = validate(&user, &["--lang", "pl", "a.xml", "a.xml"]).ends_with(0);
    assert_eq!(run.stdout, "pliki: 2 – poprawne: 2\n");
}

#[test]
fn a_finding_shows_the_place_in_the_language_of_the_user() {
    let user = User::new();
    user.write(
        "in/a.xml",
        invoice(SELLER, "FV/1").replace("<P_15>", "<!ENTITY>\n<P_15>"),
    );
    let run = validate(&user, &["in/a.xml"]).ends_with(4);
    assert_eq!(
        run.stdout,
        "\
error[xml-not-well-formed]: not well-formed XML: \"<\" does not begin a tag, comment or section
  --> in/a.xml:23:5
   |
23 |     <!ENTITY>
   |     ^^^^^^^^^
   = element: /Faktura/Fa

files: 1 – invalid: 1; errors: 1
"
    );
    assert_eq!(
        run.stderr,
        "hint: what a rule asks for, and why: ksef invoice rules xml-not-well-formed\n"
    );
    let mut command = user.command();
    command.args(["invoice", "validate", "-q", "in/a.xml"]);
    let polish = Run::of(command.env("LANG", "pl_PL.UTF-8").output().unwrap()).ends_with(4);
    assert_eq!(
        polish.stdout,
        "\
błąd[xml-not-well-formed]: niepoprawny składniowo XML: „<” nie rozpoczyna znacznika, komentarza ani sekcji
  --> in/a.xml:23:5
   |
23 |     <!ENTITY>
   |     ^^^^^^^^^
   = element: /Faktura/Fa

pliki: 1 – niepoprawne: 1; błędy: 1
"
    );
    assert_eq!(polish.stderr, "");
}

#[test]
fn tabs_wide_characters_and_long_lines_keep_the_mark_in_place() {
    let user = User::new();
    let text = invoice(SELLER, "FV/1");
    let text = text.replace("Jan Nowak", "\t東京 e\u{301} żółw \u{7f}");
    user.write("a.xml", &text);
    let run = validate(&user, &["a.xml"]).ends_with(4);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let at = lines.iter().position(|line| line.contains("東京")).unwrap();
    assert!(
        lines[at].contains("<Nazwa>    東京 e\u{301} żółw \u{fffd}</Nazwa>"),
        "{}",
        run.stdout
    );
    // Columns of a terminal: two for each of the wide ones, none for the accent.
    let before = lines[at].split('\u{fffd}').next().unwrap();
    let columns = before.chars().count() + 2 - 1;
    assert_eq!(lines[at + 1].find('^'), Some(columns), "{}", run.stdout);

    // All on one line, and long before and after the place.
    let long = text
        .replace('\n', " ")
        .replace("</Faktura>", &format!("{}</Faktura>", " ".repeat(5000)));
    user.write("b.xml", long);
    let run = validate(&user, &["b.xml"]).ends_with(4);
    assert!(
        run.stdout.lines().all(|line| line.chars().count() <= 130),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("\u{fffd}</Nazwa>"), "{}", run.stdout);
}

#[test]
fn folders_stdin_and_paths_that_give_nothing() {
    let user = User::new();
    user.write("in/1.xml", invoice(SELLER, "FV/1"));
    user.write("in/deep/2.xml", bad("FV/2"));
    user.write("in/notes.txt", "no invoice");
    let flat = validate(&user, &["--json", "in"]).ends_with(0);
    assert_eq!(flat.total("files"), 1);
    let deep = validate(&user, &["--json", "-r", "in", "missing.xml"]).ends_with(4);
    assert_eq!(
        (
            deep.total("files"),
            deep.total("valid"),
            deep.total("invalid")
        ),
        (2, 1, 1)
    );
    assert_eq!(deep.json()["badPaths"][0]["path"], "missing.xml");

    let mut command = user.command();
    let mut child = command
        .args(["invoice", "validate", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(bad("FV/3").as_bytes()).unwrap();
    drop(stdin);
    let run = Run::of(child.wait_with_output().unwrap()).ends_with(4);
    assert!(run.stdout.contains("--> -:23:"), "{}", run.stdout);
    validate(&user, &["-", "-"]).ends_with(2);
    validate(&user, &[]).ends_with(2);
}

#[test]
fn the_order_is_that_of_the_files_whatever_their_size() {
    let user = User::new();
    for index in 0..60 {
        let filling = " ".repeat(if index % 7 == 0 { 400_000 } else { 10 });
        user.write(&format!("in/{index:02}.xml"), bad("FV/1") + &filling);
    }
    let run = validate(&user, &["--json", "in"]).ends_with(4);
    let json = run.json();
    let files: Vec<&str> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["file"].as_str().unwrap())
        .collect();
    assert_eq!(files.len(), 60);
    assert!(files.is_sorted(), "{files:?}");
    let summary = validate(&user, &["--summary", "in"]).ends_with(4);
    assert_eq!(summary.stdout.lines().count(), 61);
    assert!(
        summary.stdout.starts_with("invalid  in/00.xml  "),
        "{}",
        summary.stdout
    );
}

#[test]
fn json_names_everything_in_both_languages() {
    let user = User::new();
    user.write("a.xml", bad("FV/1"));
    let run = validate(
        &user,
        &[
            "--lang",
            "pl",
            "--format",
            "json",
            "--today",
            "2026-11-21",
            "a.xml",
        ],
    );
    let json = run.ends_with(4).json();
    assert_eq!(json["version"], 1);
    assert_eq!(
        (&json["today"], &json["production"]),
        (&"2026-11-21".into(), &false.into())
    );
    assert_eq!(
        (&json["rules"], &json["exitCode"]),
        (&"all".into(), &4.into())
    );
    let file = &json["files"][0];
    assert_eq!(
        (&file["valid"], &file["number"]),
        (&false.into(), &"FV/1".into())
    );
    let finding = &file["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["severity"]),
        (&"schema-value".into(), &"error".into())
    );
    assert_eq!(
        (&finding["statusCode"], &finding["line"]),
        (&450.into(), &23.into())
    );
    assert_eq!(finding["path"], "/Faktura/Fa/P_15");
    let offset = usize::try_from(finding["offset"].as_u64().unwrap()).unwrap();
    let there = &bad("FV/1")[offset..];
    assert!(
        there.starts_with("<P_15>") || there.starts_with("123,00"),
        "{there:.20}"
    );
    for name in ["message", "messagePl"] {
        assert!(
            finding[name].as_str().unwrap().contains("123,00"),
            "{finding}"
        );
    }
    validate(&user, &["--json", "--format", "sarif", "a.xml"]).ends_with(2);
}

#[test]
fn the_day_and_the_environment_decide() {
    let user = User::new();
    user.write("a.xml", invoice("5265877636", "FV/1"));
    let rules = |arguments: &[&str]| -> Vec<(String, String)> {
        let run = validate(&user, &[&["--json", "a.xml"], arguments].concat());
        let json = run.json();
        json["files"][0]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| {
                let text = |name: &str| finding[name].as_str().unwrap().to_owned();
                (text("rule"), text("severity"))
            })
            .collect()
    };
    let error = |rule: &str| (rule.to_owned(), "error".to_owned());
    assert!(!rules(&[]).contains(&error("nip-checksum")));
    assert!(rules(&["--env", "production"]).contains(&error("nip-checksum")));
    assert!(!rules(&["--env", "production", "--rules", "off"]).contains(&error("nip-checksum")));
    assert!(!rules(&["--today", "2026-11-02"]).contains(&error("issue-date-future")));
    assert!(rules(&["--today", "2026-11-01"]).contains(&error("issue-date-future")));
}

#[test]
fn sarif_has_what_its_schema_requires() {
    let user = User::new();
    let text = bad("FV/1").replace("Warsztat", "\u{1f6b2} Warsztat");
    // The findings stand behind a character of two UTF-16 units on their own line.
    let text = text.replace("    <P_15>", "<!-- \u{1f6b2} --><P_15>");
    user.write("in dir/ż.xml", &text);
    user.write("in dir/b.xml", invoice(SELLER, "FV/2"));
    let run = validate(
        &user,
        &["--lang", "pl", "--format", "sarif", "in dir", "missing.xml"],
    );
    let log = run.ends_with(4).json();
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-schema-2.1.0.json")
    );
    let run = &log["runs"][0];
    assert_eq!(
        (&run["columnKind"], &run["language"]),
        (&"utf16CodeUnits".into(), &"pl-PL".into())
    );
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "ksef");
    let rules = driver["rules"].as_array().unwrap();
    let artifacts = run["artifacts"].as_array().unwrap();
    assert_eq!(artifacts[1]["location"]["uri"], "in%20dir/%C5%BC.xml");
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        check_result(result, rules, artifacts);
    }
    let value = results
        .iter()
        .find(|result| result["ruleId"] == "schema-value")
        .unwrap();
    let region = &value["locations"][0]["physicalLocation"]["region"];
    let offset = usize::try_from(region["byteOffset"].as_u64().unwrap()).unwrap();
    let line = text[..offset].rsplit('\n').next().unwrap();
    assert_eq!(region["startColumn"], line.encode_utf16().count() + 1);
    assert_eq!(region["startLine"], 23);
    let invocation = &run["invocations"][0];
    assert_eq!(
        (&invocation["executionSuccessful"], &invocation["exitCode"]),
        (&false.into(), &4.into())
    );
    let notice = &invocation["toolExecutionNotifications"][0];
    assert!(
        notice["message"]["text"]
            .as_str()
            .unwrap()
            .starts_with("missing.xml: nie ma")
    );
}

/// What `sarif-schema-2.1.0.json` requires of a result, and what its indices must point at.
fn check_result(result: &Value, rules: &[Value], artifacts: &[Value]) {
    let index = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    assert!(!result["message"]["text"].as_str().unwrap().is_empty());
    assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().unwrap()));
    assert_eq!(rules[index(&result["ruleIndex"])]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    let artifact = &place["artifactLocation"];
    assert_eq!(
        artifacts[index(&artifact["index"])]["location"]["uri"],
        artifact["uri"]
    );
    if let Some(region) = place["region"].as_object() {
        assert!(index(&region["startLine"]) >= 1 && index(&region["startColumn"]) >= 1);
        assert!(index(&region["endColumn"]) >= index(&region["startColumn"]));
    }
}

#[test]
fn every_rule_is_listed_and_explained() {
    let user = User::new();
    let json = user.run(["invoice", "rules", "--json"]).ends_with(0).json();
    let rules = json["rules"].as_array().unwrap();
    assert!(rules.len() >= 23);
    let list = user.run(["invoice", "rules"]).ends_with(0).stdout;
    assert_eq!(
        list.lines().filter(|line| !line.starts_with(' ')).count(),
        rules.len() + 1
    );
    for lang in ["en", "pl"] {
        let run = user
            .run(["--lang", lang, "invoice", "rules", "NIP-checksum"])
            .ends_with(0);
        assert!(
            run.stdout.contains("nip-checksum") && run.stdout.contains("450"),
            "{}",
            run.stdout
        );
    }
    user.run(["invoice", "rules", "no-such-rule"]).ends_with(2);
}

#[test]
fn earlier_invoices_are_compared_with_when_asked_for() {
    let user = User::new();
    user.write("old/1.xml", invoice(SELLER, "FV/1"));
    user.write("old/deep/2.xml", invoice(SELLER, "FV/2"));
    let other = invoice(SELLER, "FV/2").replace("Jan Nowak", "Anna Nowak");
    user.write("new/a.xml", &other);
    user.write("new/b.xml", invoice(SELLER, "FV/3"));
    user.write("new/copy.xml", invoice(SELLER, "FV/1"));
    validate(&user, &["new"]).ends_with(0);
    let run = validate(&user, &["--history", "old", "--json", "new"]).ends_with(4);
    let json = run.json();
    let rules: Vec<usize> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let findings = file["findings"].as_array().unwrap();
            findings
                .iter()
                .filter(|finding| finding["rule"] == "invoice-duplicate")
                .count()
        })
        .collect();
    assert_eq!(rules, [1, 0, 0], "a copy of the same bytes is no duplicate");
    let message = &json["files"][0]["findings"][0]["message"];
    assert!(message.as_str().unwrap().contains("2.xml"), "{message}");
    validate(&user, &["--history", "old", "--rules", "off", "new"]).ends_with(0);
    validate(&user, &["--history", "missing", "new"]).ends_with(2);
    // Received twice under different numbers.
    let run = validate(
        &user,
        &["--received", "--history", "old", "--json", "new/b.xml"],
    );
    let json = run.ends_with(0).json();
    assert_eq!(json["files"][0]["findings"][0]["rule"], "content-repeated");
}

const DRAFT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="urn:draft" xmlns:b="urn:base" targetNamespace="urn:draft" elementFormDefault="qualified">
  <xsd:import namespace="urn:base" schemaLocation="http://www.example.org/schemas/base.xsd"/>
  <xsd:element name="Nota"><xsd:complexType><xsd:sequence>
    <xsd:element name="Kwota" type="b:Kwota" maxOccurs="2"/>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"#;
const BASE: &str = r#"<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:base">
  <xsd:simpleType name="Kwota"><xsd:restriction base="xsd:decimal"><xsd:fractionDigits value="2"/></xsd:restriction></xsd:simpleType>
</xsd:schema>"#;

#[test]
fn a_schema_of_the_users_own_takes_the_place_of_the_official_one() {
    let user = User::new();
    user.write("xsd/draft.xsd", DRAFT);
    let note = |values: &str| format!("<Nota xmlns=\"urn:draft\">{values}</Nota>");
    user.write("good.xml", note("<Kwota>1.25</Kwota>"));
    user.write("bad.xml", note("<Kwota>1.255</Kwota>\n<Suma/>"));
    // The import cannot be found, and the network is not asked.
    let missing = validate(&user, &["--schema", "xsd/draft.xsd", "good.xml"]).ends_with(2);
    assert!(missing.stderr.contains("base.xsd"), "{}", missing.stderr);
    user.write("basic/base.xsd", BASE);
    validate(&user, &["--schema", "xsd/draft.xsd", "good.xml"]).ends_with(0);
    user.write("xsd/base.xsd", BASE);
    validate(&user, &["--schema", "xsd/draft.xsd", "good.xml"]).ends_with(0);
    let run = validate(&user, &["--schema", "xsd/draft.xsd", "--json", "bad.xml"]).ends_with(4);
    let json = run.json();
    assert_eq!(json["schema"], "xsd/draft.xsd");
    let findings = json["files"][0]["findings"].as_array().unwrap();
    let places: Vec<_> = findings
        .iter()
        .map(|finding| finding["line"].as_u64())
        .collect();
    assert_eq!(places, [Some(1), Some(2)], "{findings:#?}");
    validate(&user, &["good.xml"]).ends_with(4);
}
