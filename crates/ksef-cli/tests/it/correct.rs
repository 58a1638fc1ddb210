//! `ksef invoice correct`

use std::path::PathBuf;

use ksef_crypto::digest::sha256;
use serde_json::Value;

use crate::issue::{at, deadlines, issued_on, today};
use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User};

/// An invoice dated tomorrow, which KSeF rejects (450), issued and sent; and the same dated today.
fn rejected(user: &User, ksef: &LocalKsef, number: &str, options: &[&str]) -> (String, PathBuf) {
    rejected_with(user, ksef, number, "", options)
}

fn rejected_with(
    user: &User,
    ksef: &LocalKsef,
    number: &str,
    attachment: &str,
    options: &[&str],
) -> (String, PathBuf) {
    let with = |text: String| text.replace("</Faktura>", &format!("{attachment}</Faktura>"));
    let wrong = with(issued_on(today().tomorrow().unwrap(), number));
    let path = user.write("wrong.xml", &wrong);
    let name = path.to_str().unwrap();
    let issue = ["invoice", "issue", "--no-code-ii", "--any-date", name];
    at(user, ksef, &issue).ends_with(0);
    let send = ["outbox", "send", "--json"];
    let run = at(user, ksef, &[&send[..], options].concat()).ends_with(5);
    assert_eq!(
        run.json()["invoices"][0]["statusCode"],
        450,
        "{}",
        run.stdout
    );
    let right = with(issued_on(today(), number));
    (wrong, user.write("right.xml", right))
}

fn correct(user: &User, ksef: &LocalKsef, rejected: &str, options: &[&str]) -> Run {
    let command = ["invoice", "correct", rejected, "--json", "--with"];
    at(user, ksef, &[&command[..], options].concat())
}

fn show(user: &User, ksef: &LocalKsef, which: &str) -> Value {
    let run = at(user, ksef, &["outbox", "show", which, "--json"]);
    run.ends_with(0).json()
}

#[test]
fn a_rejected_invoice_is_corrected_and_both_stay_linked() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let (wrong, right) = rejected(&user, &ksef, "FV/1", &[]);
    let open = deadlines(&user, &ksef, &[]).ends_with(0).json();
    assert_eq!(open["invoices"][0]["state"], "rejected");
    let before = open["invoices"][0]["deadline"]["lastDay"].clone();

    let run = correct(&user, &ksef, "FV/1", &["right.xml"]).ends_with(0);
    assert_eq!(run.total("accepted"), 1, "{}", run.stdout);
    let upo = run.json()["invoices"][0]["upoPath"]
        .as_str()
        .unwrap()
        .to_owned();
    let upo = std::fs::read_to_string(upo).unwrap();
    assert!(upo.contains("<TrybWysylki>Offline</TrybWysylki>"));
    let right = std::fs::read(right).unwrap();
    let (old, new) = (sha256(wrong.as_bytes()), sha256(&right));
    assert_eq!(ksef.accepted_once(), [new.to_base64()]);

    // KSeF knows what was corrected, and so does the journal, both ways.
    let number = run.json()["invoices"][0]["ksefNumber"]
        .as_str()
        .unwrap()
        .to_owned();
    let search = "invoice search --role seller --json --context";
    let search: Vec<&str> = search.split(' ').chain([SELLER]).collect();
    let found = at(&user, &ksef, &search).ends_with(0).json();
    let found = &found["invoices"][0];
    assert_eq!(found["ksefNumber"], number.as_str(), "{found}");
    assert_eq!(
        found["hashOfCorrectedInvoice"],
        old.to_base64().as_str(),
        "{found}"
    );
    let shown = show(&user, &ksef, &old.to_hex());
    assert_eq!(shown["state"], "corrected");
    assert_eq!(shown["correctedBy"][0], new.to_base64().as_str());
    let shown = show(&user, &ksef, &new.to_hex());
    assert_eq!(
        (shown["state"].as_str(), shown["corrects"].as_str()),
        (Some("accepted"), Some(old.to_base64().as_str()))
    );
    assert!(before.as_str().unwrap() > "2026", "{before}");
    let list = at(&user, &ksef, &["outbox", "show", &new.to_hex()]).says("corrects");
    assert!(list.stdout.contains(&old.to_hex()[..10]), "{}", list.stdout);
    let open = deadlines(&user, &ksef, &[]).ends_with(0).json();
    assert_eq!(open["invoices"].as_array().unwrap().len(), 0);

    // The code I that the buyer holds leads to the corrected invoice.
    let code = show(&user, &ksef, &old.to_hex())["codeI"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = code.split_once("/invoice/").unwrap().1.to_owned();
    let answer = crate::local_ksef::get(&ksef, &format!("/invoice/{path}"));
    assert!(answer.contains(&new.to_base64url()), "{answer}");
    let verify = ["invoice", "verify-qr", &code, "--online", "--json"];
    let report = at(&user, &ksef, &verify).ends_with(0).json();
    let online = &report["online"];
    assert_eq!(
        (&online["redirected"], &online["page"]["valid"]),
        (&true.into(), &true.into())
    );
    assert!(
        online["url"]
            .as_str()
            .unwrap()
            .ends_with(&new.to_base64url()),
        "{online}"
    );

    // Once is enough.
    let again = user.write("again.xml", [&right[..], b"\n"].concat());
    correct(&user, &ksef, &old.to_hex(), &[again.to_str().unwrap()])
        .fails_with(2, "has been corrected");
    correct(&user, &ksef, &new.to_hex(), &["again.xml"])
        .fails_with(2, "needs no technical correction");
    correct(&user, &ksef, &old.to_hex(), &["wrong.xml"]).fails_with(2, "the rejected file itself");
    assert_eq!(ksef.taken(), 2);
}

#[test]
fn another_invoice_is_no_correction() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let (_, right) = rejected(&user, &ksef, "FV/1", &[]);
    let right = std::fs::read_to_string(right).unwrap();
    let other = right
        .replace("Jan Nowak", "Anna Nowak")
        .replace("<P_6>2026-11-20</P_6>", "")
        .replace("Długa 7", "Długa 8");
    user.write("other.xml", &other);
    let run = correct(&user, &ksef, "FV/1", &["other.xml"]).ends_with(4);
    let json = run.json();
    let found = json["differences"].as_array().unwrap();
    let paths: Vec<&str> = found
        .iter()
        .map(|it| it["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "/Faktura/Podmiot1/Adres/AdresL1",
            "/Faktura/Podmiot2/DaneIdentyfikacyjne/Nazwa"
        ]
    );
    assert_eq!(
        (found[1]["old"].as_str(), found[1]["new"].as_str()),
        (Some("Jan Nowak"), Some("Anna Nowak"))
    );
    assert_eq!(ksef.taken(), 1);
    let line = [
        "invoice",
        "correct",
        "FV/1",
        "--with",
        "other.xml",
        "--lang",
        "pl",
    ];
    let people = at(&user, &ksef, &line).ends_with(4);
    assert!(
        people.stderr.contains("\"Jan Nowak\" -> \"Anna Nowak\""),
        "{}",
        people.stderr
    );
    assert!(
        people.stderr.contains("to inna faktura"),
        "{}",
        people.stderr
    );
    let forced = correct(&user, &ksef, "FV/1", &["other.xml", "--force"]).ends_with(0);
    assert!(forced.stderr.contains("Anna Nowak"), "{}", forced.stderr);
}

#[test]
fn what_is_still_wrong_is_not_sent() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let (_, right) = rejected(&user, &ksef, "FV/1", &[]);
    let broken = std::fs::read_to_string(right).unwrap();
    let broken = broken.replace("<WariantFormularza>3</WariantFormularza>", "");
    user.write("broken.xml", broken);
    let run = correct(&user, &ksef, "FV/1", &["broken.xml"]).ends_with(4);
    assert!(run.stdout.contains("WariantFormularza"), "{}", run.stdout);
    correct(&user, &ksef, "FV/2", &["right.xml"]).fails_with(2, "no invoice of the outbox");
    assert_eq!(ksef.taken(), 1);
}

#[test]
fn an_attachment_of_a_batch_is_corrected_interactively() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let consent = ["testdata", "attachment", "grant", SELLER];
    at(&user, &ksef, &consent).ends_with(0);
    let attachment = "<Zalacznik><BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane></BlokDanych></Zalacznik>";
    rejected_with(&user, &ksef, "FV/1", attachment, &[]);
    let run = correct(&user, &ksef, "FV/1", &["right.xml"]).ends_with(0);
    assert_eq!(run.total("accepted"), 1);
    assert_eq!(ksef.accepted_once().len(), 1);
}

#[test]
fn a_correction_cut_off_is_continued_as_such() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let (wrong, right) = rejected(&user, &ksef, "FV/1", &[]);
    // KSeF takes it and the answer is lost, and the looks after it too: the next run finds it.
    ksef.with_fault("invoice-send:drop-after*1");
    ksef.with_fault("GET /sessions/*:503*40");
    let run = correct(&user, &ksef, "FV/1", &["right.xml", "--no-wait"]);
    assert_ne!(run.code, Some(0), "{}", run.stdout);
    ksef.clear_faults();
    let run = at(&user, &ksef, &["outbox", "send", "--json"]).ends_with(0);
    assert_eq!(run.total("accepted"), 1, "{}", run.stdout);
    let right = sha256(&std::fs::read(right).unwrap());
    assert_eq!(ksef.accepted_once(), [right.to_base64()]);
    assert_eq!(ksef.taken(), 2);
    let shown = show(&user, &ksef, &sha256(wrong.as_bytes()).to_hex());
    assert_eq!(shown["state"], "corrected");
}

#[test]
fn ksef_that_has_a_correction_already_is_understood() {
    // Two users of one firm, who do not know of each other.
    let (one, other, ksef) = (User::new(), User::new(), LocalKsef::start());
    let (_, right) = rejected(&one, &ksef, "FV/1", &[]);
    let (_, _) = rejected(&other, &ksef, "FV/1", &[]);
    correct(&one, &ksef, "FV/1", &["right.xml"]).ends_with(0);
    let text = std::fs::read_to_string(right).unwrap() + "\n";
    other.write("right.xml", text);
    let run = correct(&other, &ksef, "FV/1", &["right.xml"]).ends_with(5);
    assert_eq!(
        run.json()["invoices"][0]["statusCode"],
        21_166,
        "{}",
        run.stdout
    );
    let people = at(
        &other,
        &ksef,
        &["invoice", "correct", "FV/1", "--with", "right.xml"],
    );
    assert!(
        people.stdout.contains("has been accepted already"),
        "{}",
        people.stdout
    );
}

#[test]
fn a_rejected_invoice_that_was_sent_anew_is_no_more_concern() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let (wrong, right) = rejected(&user, &ksef, "FV/1", &[]);
    // Somebody sends the repaired file as an ordinary invoice.
    user.send(&right, &["--url", &ksef.url()]).ends_with(0);
    let open = deadlines(&user, &ksef, &["--at", "2999-01-01T00:00:00Z"]).ends_with(0);
    assert_eq!(open.json()["invoices"].as_array().unwrap().len(), 0);
    let shown = show(&user, &ksef, &sha256(wrong.as_bytes()).to_hex());
    assert_eq!(shown["state"], "corrected");
}
