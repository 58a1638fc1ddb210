//! `ksef session` and `ksef invoice status|get|upo`.

use std::path::Path;

use serde_json::Value;

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice, invoice_with_attachment};

/// A user who sent two invoices, of which one was refused.
struct Sent {
    user: User,
    ksef: LocalKsef,
    rows: Value,
    session: String,
}

impl Sent {
    fn new() -> Self {
        let (user, ksef) = (User::new(), LocalKsef::start());
        user.write("in/good.xml", invoice(SELLER, "D/1"));
        user.write("in/bad.xml", invoice_with_attachment(SELLER, "D/2"));
        let url = ksef.url();
        let run = user
            .send(
                &user.path("in"),
                &["--url", &url, "--no-validate", "--no-batch"],
            )
            .ends_with(5);
        let document = run.json();
        let session = document["sessions"][0]["session"]
            .as_str()
            .unwrap_or_else(|| panic!("{document}"))
            .to_owned();
        Self {
            user,
            ksef,
            rows: document["invoices"].clone(),
            session,
        }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let url = self.ksef.url();
        self.user.run(arguments.iter().chain(&["--url", &url]))
    }

    fn number(&self) -> String {
        let rows = self.rows.as_array().unwrap();
        let number = rows.iter().find_map(|row| row["ksefNumber"].as_str());
        number.unwrap_or_else(|| panic!("{}", self.rows)).to_owned()
    }
}

#[test]
fn sessions_are_listed_shown_and_closed() {
    let sent = Sent::new();
    let session = sent.session.as_str();
    sent.run(&["session", "list"]).says(session);
    let shown = sent
        .run(&["session", "show", session, "--json"])
        .ends_with(0);
    let document = shown.json();
    assert_eq!(document["session"]["status"]["code"], 200);
    assert_eq!(document["invoices"].as_array().unwrap().len(), 2);
    assert!(
        !shown.stdout.contains("http"),
        "presigned links are secrets: {}",
        shown.stdout
    );
    let failed = sent
        .run(&["session", "show", session, "--failed", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(failed["invoices"][0]["status"]["code"], 415);
    sent.run(&["session", "show", session])
        .says("1 accepted, 1 rejected");
    // It is closed already, which does no harm.
    sent.run(&["session", "close", session, "--wait"])
        .says("200");
    let nobody = "20261121-SO-1DCE3E3000-12ECB5B36E-45";
    sent.run(&["session", "show", nobody])
        .fails_with(5, "21173");
    sent.run(&["session", "close", nobody])
        .fails_with(5, "21173");
    let empty = sent
        .run(&["session", "list", "--type", "batch", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(empty, serde_json::json!([]));
}

#[test]
fn an_open_session_is_closed() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", SELLER];
    let key = user.run(
        ["raw", "GET", "/security/public-key-certificates"]
            .iter()
            .chain(&place),
    );
    let keys = key.ends_with(0).json();
    let serves = |key: &&Value| {
        key["usage"]
            .as_array()
            .unwrap()
            .contains(&"SymmetricKeyEncryption".into())
    };
    let key = keys.as_array().unwrap().iter().find(serves).unwrap();
    let key_id = key["publicKeyId"].as_str().unwrap();
    // A wrapped key that is none: the session opens, and turns out to be unusable.
    let body = serde_json::json!({
        "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "encryption": {
            "encryptedSymmetricKey": "A".repeat(344),
            "initializationVector": "AAAAAAAAAAAAAAAAAAAAAA==",
            "publicKeyId": key_id,
        },
    });
    user.write("open.json", body.to_string());
    let open = ["raw", "POST", "/sessions/online", "--body", "open.json"];
    let opened = user.run(open.iter().chain(&place)).ends_with(0);
    let session = opened.json()["referenceNumber"]
        .as_str()
        .unwrap()
        .to_owned();
    let close = ["session", "close", session.as_str(), "--wait", "--json"];
    let run = user.run(close.iter().chain(&place)).ends_with(5);
    assert_eq!(run.json()["status"]["code"], 415);
}

#[test]
fn the_status_of_an_invoice_is_its_exit_code() {
    let sent = Sent::new();
    let good = sent
        .run(&["invoice", "status", "in/good.xml", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(good["status"]["code"], 200);
    assert_eq!(good["ksefNumber"], sent.number().as_str());
    sent.run(&["invoice", "status", "in/bad.xml"]).ends_with(5);
    sent.run(&["invoice", "status", &sent.number()])
        .says(&sent.number());

    let reference = good["referenceNumber"].as_str().unwrap();
    sent.run(&[
        "invoice",
        "status",
        reference,
        "--session",
        &sent.session,
        "--context",
        SELLER,
    ])
    .says("200");
    sent.run(&["invoice", "status", reference, "--context", SELLER])
        .fails_with(2, "--session");
    sent.user.write("other.xml", invoice(SELLER, "D/3"));
    sent.run(&["invoice", "status", "other.xml"])
        .fails_with(2, "was not sent from here");
    sent.run(&["invoice", "status", "missing.xml"])
        .fails_with(2, "missing.xml");
}

#[test]
fn an_invoice_comes_back_byte_for_byte() {
    let sent = Sent::new();
    let number = sent.number();
    sent.run(&["invoice", "get", &number]).says(&number);
    let original = std::fs::read(sent.user.path("in/good.xml")).unwrap();
    let copy = sent.user.path(&format!("{number}.xml"));
    assert_eq!(std::fs::read(&copy).unwrap(), original);
    let shown = sent
        .run(&["invoice", "get", &number, "-o", "-"])
        .ends_with(0);
    assert_eq!(shown.stdout.as_bytes(), original);
    sent.run(&["invoice", "get", "in/good.xml", "-o", "again.xml", "--json"])
        .ends_with(0)
        .json();

    std::fs::write(&copy, "mine").unwrap();
    sent.run(&["invoice", "get", &number])
        .fails_with(2, "--force");
    assert_eq!(std::fs::read(&copy).unwrap(), b"mine");
    let nobody = "5265877635-20250826-0100001AF629-AF";
    sent.run(&["invoice", "get", nobody]).fails_with(5, "21164");
}

#[test]
fn a_upo_is_verified_against_its_invoice() {
    let sent = Sent::new();
    let number = sent.number();
    let run = sent
        .run(&["invoice", "upo", "in/good.xml", "--verify", "--json"])
        .ends_with(0);
    let document = run.json();
    assert_eq!(
        (&document["verified"], &document["ksefNumber"]),
        (&true.into(), &number.as_str().into())
    );
    let file = sent.user.path(document["file"].as_str().unwrap());
    assert!(std::fs::read_to_string(&file).unwrap().contains(&number));
    sent.run(&["invoice", "upo", &number, "--verify", "-o", "by-number.xml"])
        .says("by-number.xml");
    let session = sent.session.as_str();
    sent.run(&[
        "invoice",
        "upo",
        "--session",
        session,
        "--verify",
        "--context",
        SELLER,
    ])
    .says(session);
    sent.run(&["invoice", "upo"]).fails_with(2, "<INVOICE>");

    // Somebody else's machine knows no journal.
    let stranger = User::new();
    let url = sent.ksef.url();
    stranger
        .run(["invoice", "upo", &number, "--url", &url])
        .fails_with(2, "--session");
    let line = [
        "invoice",
        "upo",
        &number,
        "--session",
        session,
        "--verify",
        "--url",
        &url,
    ];
    stranger.run(line).says(&number);
    assert!(Path::new(&stranger.path(&format!("{number}.upo.xml"))).exists());
}

#[test]
fn short_status_counts_the_journal() {
    let sent = Sent::new();
    let status = sent.run(&["status", "--json"]).ends_with(0).json();
    let journal = &status["contexts"][0]["journal"];
    assert_eq!(
        (&journal["accepted"], &journal["rejected"]),
        (&1.into(), &1.into()),
        "{status}"
    );
    sent.run(&["status"]).says("1 accepted, 1 rejected");
    sent.user.write("home/config.toml", "nonsense");
    sent.run(&["status"]).fails_with(2, "config.toml");
}

/// With `--dry-run` nothing changes, neither at KSeF nor here.
#[test]
fn dry_runs_change_nothing() {
    let sent = Sent::new();
    let number = sent.number();
    let token = [
        "token",
        "generate",
        "--secret",
        "s",
        "--permission",
        "InvoiceRead",
        "--description",
        "for a dry run",
    ];
    let place = ["--context", SELLER, "--dry-run"];
    let before = sent.user.files(".");
    for command in [
        &["session", "close", &sent.session][..],
        &["invoice", "get", &number],
        &["invoice", "upo", &number],
        &["auth", "sign", "--prepare", "-o", "r.xml"],
        &["auth", "login", "--force"],
        &["auth", "logout"],
        &token,
    ] {
        let run = sent.run(&[command, &place].concat()).ends_with(0);
        assert_eq!(run.stdout, "", "{command:?}");
        assert!(run.stderr.contains("would"), "{command:?}: {}", run.stderr);
    }
    assert_eq!(sent.user.files("."), before);
    sent.run(&["auth", "status", "--context", SELLER])
        .ends_with(0);
    let tokens = sent.run(&["token", "list", "--all", "--json", "--context", SELLER]);
    assert_eq!(tokens.ends_with(0).json(), serde_json::json!([]));
}

/// What people read is in their language; what machines read is not.
#[test]
fn results_speak_polish() {
    let sent = Sent::new();
    let session = sent.session.as_str();
    sent.run(&["session", "show", session, "--lang", "pl"])
        .says("przyjęte: 1, odrzucone: 1");
    sent.run(&["session", "list", "--lang", "pl"])
        .says("ODRZUCONE");
    sent.run(&["invoice", "status", "in/good.xml", "--lang", "pl"])
        .says("numer referencyjny");
    let english = sent.run(&["session", "list", "--json"]).ends_with(0).json();
    let polish = sent
        .run(&["session", "list", "--json", "--lang", "pl"])
        .ends_with(0)
        .json();
    assert_eq!(english, polish);
}

/// The exit codes of a server in trouble.
#[test]
fn trouble_at_the_server_is_told_by_the_exit_code() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let list = ["session", "list", "--url", &url, "--context", SELLER];
    user.run(list).ends_with(0);
    for (fault, code, words) in [
        ("sessions.list:waf", 8, "quote the incident"),
        ("sessions.list:drop-after", 8, "cannot be reached"),
        ("sessions.list:error=21418", 5, "21418"),
        ("sessions.list:429=3600", 7, "after 3600 seconds"),
    ] {
        ksef.with_fault(fault);
        user.run(list).fails_with(code, words);
        ksef.clear_faults();
    }
}
