//! `ksef invoice new`.

use std::io::Write as _;
use std::process::Stdio;

use crate::local_ksef::LocalKsef;
use crate::user::{Run, User};

fn new(user: &User, arguments: &[&str]) -> Run {
    user.run(["invoice", "new"].iter().chain(arguments))
}

/// A JSON source with these invoices: number and rate.
fn source(invoices: &[(&str, &str)]) -> String {
    let template = {
        let user = User::new();
        new(&user, &["--template", "json"]).ends_with(0).stdout
    };
    let mut first: serde_json::Value = serde_json::from_str(&template).unwrap();
    if first.is_array() {
        first = first[0].clone();
    }
    let all: Vec<serde_json::Value> = invoices
        .iter()
        .map(|(number, rate)| {
            let mut invoice = first.clone();
            invoice["number"] = (*number).into();
            invoice["lines"][0]["vatRate"] = (*rate).into();
            invoice
        })
        .collect();
    serde_json::to_string_pretty(&all).unwrap()
}

#[test]
fn from_a_workbook_to_accepted_invoices_with_two_commands() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let template = new(&user, &["--template", "xlsx", "--out", "orders.xlsx"]).ends_with(0);
    assert_eq!(template.stdout, "orders.xlsx\n");
    let made = new(&user, &["--from", "orders.xlsx"]).ends_with(0);
    assert!(
        made.stderr.contains("next: ksef invoice send orders"),
        "{}",
        made.stderr
    );
    assert!(made.stdout.contains("written: 2"), "{}", made.stdout);
    let sent = user
        .send(&user.path("orders"), &["--url", &ksef.url()])
        .ends_with(0);
    assert_eq!(sent.total("accepted"), 2);

    // Once more: nothing changes, and nothing is sent twice.
    let again = new(&user, &["--from", "orders.xlsx", "--json"]).ends_with(0);
    assert_eq!(again.total("unchanged"), 2);
    let sent = user
        .send(&user.path("orders"), &["--url", &ksef.url()])
        .ends_with(0);
    assert_eq!(sent.total("acceptedBefore"), 2);
}

#[test]
fn every_template_is_a_source() {
    let user = User::new();
    for kind in ["json", "csv", "xlsx"] {
        let file = format!("source.{kind}");
        new(&user, &["--template", kind, "--out", &file]).ends_with(0);
        let run = new(&user, &["--from", &file, "--out", kind, "--json"]).ends_with(0);
        assert_eq!(run.total("written"), 2, "{kind}");
        let validated = user
            .run(["invoice", "validate", "--json", kind])
            .ends_with(0);
        assert_eq!(validated.total("valid"), 2, "{kind}");
        new(&user, &["--template", kind, "--out", &file]).ends_with(2);
        new(&user, &["--template", kind, "--out", &file, "--force"]).ends_with(0);
    }
    new(&user, &["--template", "map", "--out", "map.toml"]).ends_with(0);
    let mapped = new(
        &user,
        &[
            "--from",
            "source.csv",
            "--map",
            "map.toml",
            "--out",
            "mapped",
        ],
    );
    mapped.ends_with(0);
    let schema = new(&user, &["--print-schema"]).ends_with(0).json();
    assert!(schema["$schema"].is_string());
}

#[test]
fn problems_are_told_and_the_others_are_written() {
    let user = User::new();
    user.write(
        "a.json",
        source(&[("FV/1", "23"), ("FV/2", "99"), ("FV/3", "8")]),
    );
    let run = new(&user, &["--from", "a.json", "--json"]).ends_with(4);
    let json = run.json();
    assert_eq!((run.total("written"), run.total("problems")), (2, 1));
    let problem = &json["problems"][0];
    assert_eq!(
        (&problem["code"], &problem["invoice"]),
        (&"value-not-allowed".into(), &"FV/2".into())
    );
    assert_eq!(problem["place"]["pointer"], "/lines/0/vatRate");
    assert!(problem["place"]["line"].as_u64().unwrap() > 5);
    assert!(!problem["messagePl"].as_str().unwrap().is_empty());
    let names: Vec<String> = user
        .files("a")
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["FV-1.xml", "FV-3.xml"]);

    let polish = new(&user, &["--lang", "pl", "--from", "a.json"]).ends_with(4);
    assert!(
        polish.stderr.contains("błąd[value-not-allowed]: "),
        "{}",
        polish.stderr
    );
    assert!(polish.stderr.contains(" --> a.json:"), "{}", polish.stderr);
    assert!(
        polish.stderr.contains("  = faktura: FV/2"),
        "{}",
        polish.stderr
    );
    assert!(
        polish.stdout.contains("bez zmian: 2, problemy w źródle: 1"),
        "{}",
        polish.stdout
    );
}

#[test]
fn what_ksef_would_refuse_is_not_written() {
    let user = User::new();
    user.write("a.json", source(&[("FV/1", "23")]));
    let run = new(
        &user,
        &["--from", "a.json", "--today", "2025-12-31", "--json"],
    )
    .ends_with(4);
    assert_eq!(run.total("invalid"), 1);
    let invoice = &run.json()["invoices"][0];
    assert_eq!(invoice["findings"][0]["rule"], "issue-date-future");
    assert!(!user.path("a").exists(), "not even the folder");
    let told = new(&user, &["--from", "a.json", "--today", "2025-12-31"]).ends_with(4);
    assert!(
        told.stderr.contains("error[issue-date-future]"),
        "{}",
        told.stderr
    );
    assert!(
        told.stderr.contains("  = invoice: FV/1, /Faktura/Fa/P_1"),
        "{}",
        told.stderr
    );
}

#[test]
fn files_with_other_content_are_left_alone() {
    let user = User::new();
    user.write("a.json", source(&[("FV/1", "23")]));
    new(&user, &["--from", "a.json", "--dry-run", "--json"]).ends_with(0);
    assert!(!user.path("a").exists());
    user.write("a/FV-1.xml", "something else");
    let run = new(&user, &["--from", "a.json", "--json"]).ends_with(2);
    assert_eq!(run.total("exists"), 1);
    assert_eq!(
        std::fs::read_to_string(user.path("a/FV-1.xml")).unwrap(),
        "something else"
    );
    let run = new(&user, &["--from", "a.json", "--json", "--force"]).ends_with(0);
    assert_eq!(run.total("written"), 1);
    assert_eq!(user.files("a").len(), 1, "no temporary file is left");
}

#[test]
fn a_source_by_stdin_and_sources_that_are_none() {
    let user = User::new();
    let mut command = user.command();
    let mut child = command
        .args([
            "invoice", "new", "--from", "-", "--format", "json", "--out", "out", "--json",
        ])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(source(&[("FV/1", "23")]).as_bytes())
        .unwrap();
    drop(stdin);
    let run = Run::of(child.wait_with_output().unwrap()).ends_with(0);
    assert_eq!(run.total("written"), 1);

    new(&user, &["--from", "missing.xlsx"]).ends_with(4);
    user.write("a.bin", [0_u8, 1, 2]);
    let run = new(&user, &["--from", "a.bin"]).ends_with(4);
    assert!(run.stderr.contains("error["), "{}", run.stderr);
    user.write("a.json", source(&[("FV/1", "23")]));
    user.write("bad.toml", "[columns]\nnosuchkey = \"x\"\n");
    let run = new(&user, &["--from", "a.json", "--map", "bad.toml"]).ends_with(2);
    assert!(run.stderr.contains("bad.toml:2"), "{}", run.stderr);
    new(&user, &[]).ends_with(2);
    new(&user, &["--template", "json", "--from", "a.json"]).ends_with(2);
}
