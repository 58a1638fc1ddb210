//! From files to documents, from outside: every kind, every format, every mistake.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    clippy::float_arithmetic,
    reason = "tests fail by panicking, say what they skipped, and cut what they know"
)]

mod anything;
mod examples;
mod json;
mod kinds;
mod tables;
mod workbooks;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use ksef_core::calendar::warsaw_date;
use ksef_import::{Format, Imported, Mapping, Options, Place, Source, import};
use ksef_invoice::check::Rules;
use ksef_invoice::preflight::preflight;
use ksef_invoice::{Language, rules};

fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn options() -> Options {
    Options::at(now())
}

fn import_as(format: Format, bytes: &[u8], mapping: Option<&Mapping>) -> Imported {
    let name = match format {
        Format::Json => "f.json",
        Format::Csv => "f.csv",
        Format::Xlsx => "f.xlsx",
    };
    let source = Source {
        name,
        bytes,
        format: Some(format),
    };
    import(source, mapping, &options())
}

fn mapping(text: &str) -> Mapping {
    Mapping::parse("map.toml", text).unwrap()
}

/// The documents of a source without problems, each judged by schema and rules.
fn documents(imported: &Imported) -> Vec<String> {
    let problems: Vec<String> = imported.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, Vec::<String>::new());
    imported
        .invoices
        .iter()
        .map(|invoice| {
            let xml = invoice.document.write();
            assert_valid(&xml);
            xml
        })
        .collect()
}

/// Valid by the schema, silent under the rules.
fn assert_valid(xml: &str) {
    let context = rules::Context::new(warsaw_date(now())).with_production(true);
    let findings: Vec<String> = preflight(xml.as_bytes(), &Rules::default(), &context)
        .findings
        .iter()
        .map(|finding| format!("{}: {}", finding.rule(), finding.message(Language::English)))
        .collect();
    assert_eq!(findings, Vec::<String>::new(), "{xml}");
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from);
    let schema = spec.join("xsd/fa/schemat_FA(3)_v1-0E.xsd");
    if !schema.exists() {
        eprintln!("skipped: no schema, set KSEF_SPEC_DIR");
        return;
    }
    let command = Command::new("xmllint")
        .env("XML_CATALOG_FILES", spec.join("xsd/catalog.xml"))
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut process) = command else {
        eprintln!("skipped: xmllint is not installed");
        return;
    };
    process
        .stdin
        .take()
        .unwrap()
        .write_all(xml.as_bytes())
        .unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{xml}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Each problem as `code @ place`.
fn told(imported: &Imported) -> Vec<String> {
    imported
        .problems
        .iter()
        .map(|problem| {
            // Every problem has sentences in both languages.
            assert!(!problem.message(Language::Polish).is_empty(), "{problem:?}");
            assert!(
                !problem.message(Language::English).is_empty(),
                "{problem:?}"
            );
            format!("{} @ {}", problem.code(), place(&problem.origin().place))
        })
        .collect()
}

fn place(place: &Place) -> String {
    match place {
        Place::File => "file".to_owned(),
        Place::Text {
            line,
            column,
            pointer,
        } => format!("{line}:{column} {}", pointer.as_deref().unwrap_or_default())
            .trim_end()
            .to_owned(),
        Place::Row { sheet, row } => format!("{}{row}", prefix(sheet.as_deref())),
        Place::Cell {
            sheet,
            row,
            column,
            header,
        } => format!(
            "{}{column}{row} {}",
            prefix(sheet.as_deref()),
            header.as_deref().unwrap_or("-")
        ),
        other => format!("{other:?}"),
    }
}

fn prefix(sheet: Option<&str>) -> String {
    sheet.map(|sheet| format!("{sheet}!")).unwrap_or_default()
}

/// What an element holds, the first of its name.
fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    xml.split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")))
        .map_or("", |(value, _)| value)
}
