//! What `ksef invoice send` does not send.

use std::process::Stdio;

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice, invoice_with_attachment};

#[test]
fn nothing_invalid_leaves_and_the_others_go() {
    let user = User::new();
    let ksef = LocalKsef::start();
    user.write("in/1.xml", invoice(SELLER, "A/1"));
    let bad = invoice(SELLER, "A/2").replace("<P_15>123.00<", "<P_15>123,00<");
    user.write("in/2.xml", &bad);
    user.write("in/3.xml", invoice_with_attachment(SELLER, "A/3"));
    user.write("in/4.xml", invoice(SELLER, "A/4"));
    let (folder, url) = (user.path("in"), ksef.url());

    let dry = user
        .send(&folder, &["--url", &url, "--dry-run", "--no-batch"])
        .ends_with(4);
    assert_eq!((dry.total("wouldSend"), dry.total("invalid")), (2, 2));
    assert_eq!(ksef.taken(), 0);

    let run = user
        .send(&folder, &["--url", &url, "--no-batch"])
        .ends_with(4);
    assert_eq!((run.total("accepted"), run.total("invalid")), (2, 2));
    assert_eq!(ksef.taken(), 2);
    let json = run.json();
    let rules: Vec<&str> = [1, 2]
        .iter()
        .map(|row| {
            json["invoices"][row]["findings"][0]["rule"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(rules, ["schema-value", "attachment-online"]);
    assert!(json["invoices"][1]["findings"][0]["line"].as_u64().unwrap() > 20);

    // For people: one line each, and where to read more.
    let polish = user.run(["--lang", "pl", "invoice", "send", "--url", &url, "in/2.xml"]);
    let polish = polish.ends_with(4);
    assert!(
        polish.stdout.contains("[schema-value]"),
        "{}",
        polish.stdout
    );
    assert!(
        polish.stderr.contains("ksef invoice validate"),
        "{}",
        polish.stderr
    );

    // KSeF judges when asked to.
    let run = user
        .send(&folder, &["--url", &url, "--no-validate"])
        .ends_with(5);
    assert_eq!((run.total("acceptedBefore"), run.total("rejected")), (2, 2));
    assert_eq!(ksef.taken(), 4);
}

#[test]
fn a_number_that_is_taken_is_told_before_sending() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let path = user.write("in/1.xml", invoice(SELLER, "A/1"));
    let run = user.send(&path, &["--url", &url]).ends_with(0);
    let number = run.json()["invoices"][0]["ksefNumber"].clone();

    // The same bytes under another name are the same invoice.
    let copy = user.write("in/copy.xml", invoice(SELLER, "A/1"));
    let run = user.send(&copy, &["--url", &url]).ends_with(0);
    assert_eq!(run.total("acceptedBefore"), 1);

    // Other bytes with its number are not; neither is a copy of those.
    let other = invoice(SELLER, "A/1").replace("Jan Nowak", "Anna Nowak");
    user.write("other/1.xml", &other);
    user.write("other/2.xml", &other);
    user.write("other/3.xml", invoice(SELLER, "A/2"));
    for options in [vec!["--dry-run"], vec![]] {
        let options = [vec!["--url", &url], options].concat();
        let run = user.send(&user.path("other"), &options).ends_with(4);
        assert_eq!(run.total("invalid"), 2);
        let finding = &run.json()["invoices"][0]["findings"][0];
        assert_eq!(finding["rule"], "invoice-duplicate", "{finding}");
        assert_eq!(finding["path"], "/Faktura/Fa/P_2");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(number.as_str().unwrap()), "{message}");
    }
    assert_eq!(ksef.taken(), 2);
    let run = user
        .send(&user.path("other/1.xml"), &["--url", &url, "--no-validate"])
        .ends_with(5);
    assert_eq!(run.total("conflicts"), 1);
    // Once KSeF has decided, its word counts and not ours.
    let run = user
        .send(&user.path("other/1.xml"), &["--url", &url])
        .ends_with(5);
    assert_eq!(run.json()["invoices"][0]["statusCode"], 440);
    assert_eq!(ksef.taken(), 3);
}

#[test]
fn what_ksef_has_is_continued_whatever_is_wrong_with_it() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let attached = user.write("in/1.xml", invoice_with_attachment(SELLER, "A/1"));
    let interactive = ["--url", &url, "--no-batch"];
    let unjudged = [&interactive[..], &["--no-validate", "--no-wait"]].concat();
    let run = user.send(&attached, &unjudged);
    assert!(matches!(run.code, Some(5 | 6)), "{}", run.stdout);
    let run = user.send(&attached, &interactive).ends_with(5);
    assert_eq!(run.json()["invoices"][0]["statusCode"], 415);
    assert_eq!(ksef.taken(), 1);
}

#[test]
fn warnings_are_told_and_stop_nothing() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    // The seller's number has a wrong check digit: KSeF minds only on production.
    let text = invoice(SELLER, "A/1").replace("<BrakID>1</BrakID>", "<NIP>7762811693</NIP>");
    let path = user.write("in/1.xml", text);
    let mut command = user.command();
    command
        .args(["invoice", "send", "--url", &url, "--rules", "all"])
        .arg(&path);
    let run = Run::of(command.stdin(Stdio::null()).output().unwrap()).ends_with(0);
    assert!(run.stderr.contains("warning: "), "{}", run.stderr);
    assert!(run.stderr.contains("[nip-checksum]"), "{}", run.stderr);
    let again = user.send(&path, &["--url", &url]).ends_with(0);
    assert!(again.json()["invoices"][0]["findings"].is_null());
}

#[test]
fn a_document_that_cannot_be_read_is_sent_only_with_a_form_and_a_context() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let path = user.write("a.xml", "no invoice at all");
    user.send(&path, &["--url", &url, "--no-validate"])
        .ends_with(4);
    assert_eq!(ksef.taken(), 0);
    let options = [
        "--url",
        &url,
        "--no-validate",
        "--form",
        "FA (3)",
        "--context",
        SELLER,
    ];
    let run = user.send(&path, &options).ends_with(5);
    assert_eq!(run.json()["invoices"][0]["statusCode"], 430);
    assert_eq!(ksef.taken(), 1);
}
