//! `ksef invoice issue`, and sending what was issued: `ksef outbox`

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::calendar::{add_working_days, warsaw_date};
use ksef_core::clock::{Clock as _, SystemClock};
use ksef_crypto::authority::KsefCertificateKind;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::digest::sha256;
use serde_json::Value;

use crate::local_ksef::LocalKsef;
use crate::qr::made;
use crate::user::{Run, SELLER, User, invoice};

pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

pub(crate) fn today() -> Date {
    warsaw_date(now())
}

/// An invoice that is issued on a day.
pub(crate) fn issued_on(day: Date, number: &str) -> String {
    let text = invoice(SELLER, number);
    text.replace("<P_1>2026-11-02", &format!("<P_1>{day}"))
}

/// An invoice of today in a file.
pub(crate) fn file(user: &User, number: &str) -> PathBuf {
    let name = format!("in/{}.xml", number.replace('/', "-"));
    user.write(&name, issued_on(today(), number))
}

/// Runs a command against a local KSeF.
pub(crate) fn at(user: &User, ksef: &LocalKsef, arguments: &[&str]) -> Run {
    let url = ksef.url();
    user.run(arguments.iter().chain(&["--url", url.as_str()]))
}

/// Gets a certificate of type Offline for the seller.
pub(crate) fn with_certificate(user: &User, ksef: &LocalKsef) {
    let line = "cert request shop-offline --type offline --context 5265877635";
    let line: Vec<&str> = line.split(' ').collect();
    at(user, ksef, &line).ends_with(0);
}

/// The deadlines, as machines read them.
pub(crate) fn deadlines(user: &User, ksef: &LocalKsef, options: &[&str]) -> Run {
    let command = ["outbox", "deadlines", "--json"];
    at(user, ksef, &[&command[..], options].concat())
}

fn only(run: &Run, list: &str) -> Value {
    let json = run.json();
    let all = json[list].as_array().unwrap();
    assert_eq!(all.len(), 1, "{json}");
    all[0].clone()
}

#[test]
fn an_invoice_is_issued_sent_and_accepted() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    with_certificate(&user, &ksef);
    let path = file(&user, "FV/1");
    let bytes = std::fs::read(&path).unwrap();
    let name = path.to_str().unwrap();
    let issue = [
        "invoice",
        "issue",
        "--offline",
        "--json",
        "--out",
        "given",
        name,
    ];
    let run = at(&user, &ksef, &issue).ends_with(0);
    let issued = only(&run, "issued");
    let due = add_working_days(today(), 1).to_string();
    assert_eq!(issued["mode"], "offline24");
    assert_eq!(issued["deadline"]["lastDay"], due.as_str());
    assert_eq!(issued["deadline"]["article"], "106nda");
    assert_eq!((ksef.taken(), issued["before"].as_bool()), (0, Some(false)));

    // What the buyer gets: the exact bytes, and both codes as links and as images.
    let files: Vec<&str> = issued["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    assert_eq!(files.len(), 6);
    let page = files.iter().find(|it| it.ends_with(".pdf")).unwrap();
    assert!(std::fs::read(page).unwrap().starts_with(b"%PDF-"));
    assert_eq!(std::fs::read(files[0]).unwrap(), bytes);
    let hash = sha256(&bytes).to_base64url();
    let (code_i, code_ii) = (
        issued["codeI"].as_str().unwrap(),
        issued["codeII"].as_str().unwrap(),
    );
    assert!(code_i.ends_with(&format!("/{hash}")), "{code_i}");
    assert!(
        code_ii.contains(&format!("/{SELLER}/{SELLER}/")),
        "{code_ii}"
    );
    for (kind, link, label) in [
        ("kod-i", code_i, "OFFLINE"),
        ("kod-ii", code_ii, "CERTYFIKAT"),
    ] {
        let svg = files
            .iter()
            .find(|it| it.ends_with(&format!("-{kind}.svg")));
        let svg = std::fs::read_to_string(svg.unwrap()).unwrap();
        assert!(svg.contains(&format!("<desc>{link}</desc>")), "{svg}");
        assert!(svg.contains(label));
    }

    // Once more: nothing is issued twice, and the codes stay what they were.
    let again = only(&at(&user, &ksef, &issue).ends_with(0), "issued");
    assert_eq!(again["before"], true);
    assert_eq!(again["codeII"], issued["codeII"]);

    let waiting = only(
        &deadlines(&user, &ksef, &["--warn", "0"]).ends_with(0),
        "invoices",
    );
    assert_eq!(waiting["state"], "waiting");
    assert_eq!(waiting["deadline"]["lastDay"], due.as_str());

    // The file may go away: the bytes were kept.
    std::fs::remove_file(&path).unwrap();
    let sent = at(&user, &ksef, &["outbox", "send", "--json"]).ends_with(0);
    assert_eq!(sent.total("accepted"), 1, "{}", sent.stdout);
    let row = only(&sent, "invoices");
    assert_eq!(row["file"], name);
    let upo = std::fs::read_to_string(row["upoPath"].as_str().unwrap()).unwrap();
    assert!(upo.contains("<TrybWysylki>Offline</TrybWysylki>"));
    assert_eq!(ksef.accepted_once(), [sha256(&bytes).to_base64()]);

    let left = deadlines(&user, &ksef, &[]).ends_with(0).json();
    assert_eq!(left["invoices"].as_array().unwrap().len(), 0);
    let shown = at(&user, &ksef, &["outbox", "show", "FV/1"]).says("accepted");
    assert!(shown.stdout.contains(code_i), "{}", shown.stdout);
    at(&user, &ksef, &["outbox", "list", "--lang", "pl"]).says("przyjęta");
    at(&user, &ksef, &["outbox", "send"]).ends_with(0);
    assert_eq!(ksef.taken(), 1);
}

#[test]
fn issuing_needs_no_network() {
    let user = User::new();
    let path = file(&user, "FV/1");
    let certificate = made(
        &user,
        KsefCertificateKind::Offline,
        KeyKind::EcP256,
        "2026-06-01T00:00:00Z",
    );
    // No address of production is ever called: a proxy that is not there would tell.
    let mut command = user.command();
    command.args(["invoice", "issue", "--json", "--env", "production"]);
    command.args([
        "--certificate".as_ref(),
        certificate.certificate.as_os_str(),
    ]);
    command.args(["--key".as_ref(), certificate.key.as_os_str()]);
    command.arg(&path).env("KSEF_PROFILE", "");
    let profile = "profile add firm --env production --context 5265877635 --token t";
    user.run(profile.split(' ')).ends_with(0);
    command.env("KSEF_PROFILE", "firm");
    let run = Run::of(command.output().unwrap()).ends_with(0);
    let code = only(&run, "issued")["codeI"].as_str().unwrap().to_owned();
    assert!(
        code.starts_with("https://qr.ksef.mf.gov.pl/invoice/"),
        "{code}"
    );
    let line = "outbox deadlines --no-latarnia --json --profile firm";
    let waiting = only(&user.run(line.split(' ')).ends_with(0), "invoices");
    assert_eq!(
        (waiting["state"].as_str(), waiting["number"].as_str()),
        (Some("waiting"), Some("FV/1"))
    );
}

#[test]
fn a_ksef_that_is_down_is_issued_for_and_sent_to_later() {
    let user = User::new();
    let data = user.path("world");
    let ksef = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&data));
    with_certificate(&user, &ksef);
    let (url, address) = (ksef.url(), ksef.address());
    ksef.stop();
    let path = file(&user, "FV/1");
    let other = file(&user, "FV/2");
    let line = ["invoice", "issue", "--url", &url, path.to_str().unwrap()];
    user.run(line).says("FV/1");
    // Issuing and sending at once: the invoice is issued though nothing can be sent.
    let send = [
        "invoice",
        "send",
        "--offline",
        "--url",
        &url,
        other.to_str().unwrap(),
    ];
    let run = user.run(send).ends_with(8);
    assert!(
        run.stderr.contains("FV/2 is issued offline"),
        "{}",
        run.stderr
    );
    let waits = ["outbox", "deadlines", "--json", "--url", &url];
    let run = user.run(waits).ends_with(0);
    assert_eq!(run.json()["invoices"].as_array().unwrap().len(), 2);
    assert!(run.stderr.contains("Latarnia"), "{}", run.stderr);

    let ksef = LocalKsef::start_at(address, Some(&data));
    let run = at(&user, &ksef, &["outbox", "send", "--json", "--batch"]).ends_with(0);
    assert_eq!(
        (run.total("accepted"), ksef.taken()),
        (2, 2),
        "{}",
        run.stdout
    );
    for row in run.json()["invoices"].as_array().unwrap() {
        let upo = std::fs::read_to_string(row["upoPath"].as_str().unwrap()).unwrap();
        assert!(upo.contains("<TrybWysylki>Offline</TrybWysylki>"));
    }
}

#[test]
fn what_ksef_would_refuse_is_not_issued() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    with_certificate(&user, &ksef);
    let issue = |path: &Path, options: &[&str]| {
        let command = ["invoice", "issue", "--json", path.to_str().unwrap()];
        at(&user, &ksef, &[&command[..], options].concat())
    };
    let broken = issued_on(today(), "FV/1").replace("<P_15>123.00</P_15>", "");
    let broken = user.write("broken.xml", broken);
    let yesterday = user.write("old.xml", issued_on(today().yesterday().unwrap(), "FV/2"));
    let tomorrow = user.write("new.xml", issued_on(today().tomorrow().unwrap(), "FV/3"));
    for (path, why) in [
        (&broken, "P_15"),
        (&yesterday, "is not today"),
        (&tomorrow, "is in the future"),
    ] {
        let run = issue(path, &[]).ends_with(4);
        let reason = only(&run, "refused")["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains(why), "{reason}");
    }
    // The same number in other bytes.
    let first = file(&user, "FV/4");
    issue(&first, &[]).ends_with(0);
    let second = user.write("second.xml", issued_on(today(), "FV/4") + "\n");
    let run = issue(&second, &[]).ends_with(4);
    assert!(run.stdout.contains("was issued before"), "{}", run.stdout);
    // A correction of what has no KSeF number yet.
    let correction = issued_on(today(), "KOR/1").replace(
        "<RodzajFaktury>VAT</RodzajFaktury>",
        "<RodzajFaktury>KOR</RodzajFaktury><DaneFaKorygowanej><DataWystFaKorygowanej>2026-11-02</DataWystFaKorygowanej><NrFaKorygowanej>FV/4</NrFaKorygowanej><NrKSeFN>1</NrKSeFN></DaneFaKorygowanej>",
    );
    let correction = user.write("kor.xml", correction);
    let run = issue(&correction, &[]).ends_with(4);
    assert!(
        run.stdout.contains("has no KSeF number yet"),
        "{}",
        run.stdout
    );
    at(&user, &ksef, &["outbox", "send"]).ends_with(0);
    issue(&correction, &[]).ends_with(0);
    // What KSeF has cannot be issued any more.
    let sent = file(&user, "FV/5");
    user.send(&sent, &["--url", &ksef.url()]).ends_with(0);
    let run = issue(&sent, &[]).ends_with(4);
    assert!(run.stdout.contains("KSeF has it already"), "{}", run.stdout);
    let dry = issue(&file(&user, "FV/6"), &["--dry-run"]).ends_with(0);
    assert_eq!(dry.json()["wouldIssue"].as_array().unwrap().len(), 1);
    assert_eq!(user.files("home/data/issued").len(), 2 * 6);
}

#[test]
fn code_ii_needs_a_certificate() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    let name = path.to_str().unwrap();
    let run = at(&user, &ksef, &["invoice", "issue", name]);
    let run = run.fails_with(3, "no certificate of type Offline");
    assert!(run.stderr.contains("--no-code-ii"), "{}", run.stderr);
    let run = at(
        &user,
        &ksef,
        &["invoice", "issue", "--json", "--no-code-ii", name],
    );
    let issued = only(&run.ends_with(0), "issued");
    assert_eq!(issued["codeII"], Value::Null);
    assert_eq!(issued["files"].as_array().unwrap().len(), 4);
}

#[test]
fn an_invoice_of_a_total_failure_is_never_sent() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    let name = path.to_str().unwrap();
    let run = at(
        &user,
        &ksef,
        &[
            "invoice",
            "issue",
            "--mode",
            "total-failure",
            "--json",
            name,
        ],
    );
    let issued = only(&run.ends_with(0), "issued");
    assert_eq!(
        (&issued["codeI"], &issued["deadlineState"]),
        (&Value::Null, &Value::from("none"))
    );
    at(&user, &ksef, &["outbox", "send"]).ends_with(0);
    let run = user.send(&path, &["--url", &ksef.url()]).ends_with(4);
    assert!(run.stdout.contains("never sent"), "{}", run.stdout);
    let run = at(&user, &ksef, &["outbox", "send", "--json", "FV/1"]).ends_with(4);
    assert!(run.stdout.contains("106ng"), "{}", run.stdout);
    assert_eq!(ksef.taken(), 0);
    let open = deadlines(&user, &ksef, &[]).ends_with(0).json();
    assert_eq!(open["invoices"].as_array().unwrap().len(), 0);
    at(&user, &ksef, &["outbox", "list"]).says("never sent");
}

#[test]
fn sending_the_file_of_an_issued_invoice_declares_it_offline() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    let name = path.to_str().unwrap();
    at(&user, &ksef, &["invoice", "issue", "--no-code-ii", name]).ends_with(0);
    let run = user.send(&path, &["--url", &ksef.url()]).ends_with(0);
    let upo = run.json()["invoices"][0]["upoPath"]
        .as_str()
        .unwrap()
        .to_owned();
    let upo = std::fs::read_to_string(upo).unwrap();
    assert!(upo.contains("<TrybWysylki>Offline</TrybWysylki>"), "{upo}");
}

#[test]
fn a_lost_copy_is_told_and_costs_nothing_while_the_file_is_there() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    let name = path.to_str().unwrap();
    at(&user, &ksef, &["invoice", "issue", "--no-code-ii", name]).ends_with(0);
    let copies = user.files("home/state/journal");
    let copy = copies
        .iter()
        .find(|it| it.to_string_lossy().contains(".outbox/"));
    std::fs::write(copy.unwrap(), "damaged").unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, "changed").unwrap();
    let run = at(&user, &ksef, &["outbox", "send", "--json"]).ends_with(4);
    assert!(run.stdout.contains("restore one of them"), "{}", run.stdout);
    std::fs::write(&path, bytes).unwrap();
    at(&user, &ksef, &["outbox", "send", "--json"]).ends_with(0);
    assert_eq!(ksef.accepted_once().len(), 1);
}

#[test]
fn what_nobody_got_can_be_taken_back() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    let name = path.to_str().unwrap();
    let issue = ["invoice", "issue", "--no-code-ii", name];
    let cancel = ["outbox", "cancel", "FV/1", "--reason", "wrong buyer"];
    at(&user, &ksef, &issue).ends_with(0);
    at(&user, &ksef, &cancel).says("FV/1 is cancelled");
    at(&user, &ksef, &cancel).fails_with(2, "is cancelled already");
    at(&user, &ksef, &["outbox", "show", "FV/1"]).says("wrong buyer");
    let open = deadlines(&user, &ksef, &[]).ends_with(0).json();
    assert_eq!(open["invoices"].as_array().unwrap().len(), 0);
    at(&user, &ksef, &["outbox", "send"]).ends_with(0);
    assert_eq!(ksef.taken(), 0);
    // Another document may have its number now; and the same may be issued again.
    let other = user.write("other.xml", issued_on(today(), "FV/1") + "\n");
    at(
        &user,
        &ksef,
        &["invoice", "issue", "--no-code-ii", other.to_str().unwrap()],
    )
    .ends_with(0);
    let run = at(&user, &ksef, &issue).ends_with(4);
    assert!(run.stderr.contains("was issued before"), "{}", run.stderr);
    let hash = sha256(&std::fs::read(&other).unwrap()).to_hex();
    at(
        &user,
        &ksef,
        &["outbox", "cancel", &hash, "--reason", "typing error"],
    )
    .ends_with(0);
    at(&user, &ksef, &issue).ends_with(0);
    at(&user, &ksef, &["outbox", "send"]).ends_with(0);
    let hash = sha256(&std::fs::read(&path).unwrap()).to_hex();
    at(
        &user,
        &ksef,
        &["outbox", "cancel", &hash, "--reason", "too late"],
    )
    .fails_with(2, "cannot be cancelled");
    // What was cancelled is an ordinary file again.
    let ordinary = file(&user, "FV/2");
    let ordinary_name = ordinary.to_str().unwrap();
    at(
        &user,
        &ksef,
        &["invoice", "issue", "--no-code-ii", ordinary_name],
    )
    .ends_with(0);
    let cancel = ["outbox", "cancel", "FV/2", "--reason", "KSeF is back"];
    at(&user, &ksef, &cancel).ends_with(0);
    let run = user.send(&ordinary, &["--url", &ksef.url()]).ends_with(0);
    let upo = run.json()["invoices"][0]["upoPath"]
        .as_str()
        .unwrap()
        .to_owned();
    let upo = std::fs::read_to_string(upo).unwrap();
    assert!(upo.contains("<TrybWysylki>Online</TrybWysylki>"), "{upo}");
}
