//! `ksef invoice send`: what a user gets when nothing goes wrong.

use std::path::{Path, PathBuf};

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice, invoice_with_attachment};

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// The folder of the samples, when it is at hand.
pub(crate) fn samples() -> Option<PathBuf> {
    let shared =
        std::env::var_os("KSEF_SPEC_DIR").map_or_else(|| repository("../shared"), PathBuf::from);
    let samples = shared.join("samples/fa3");
    samples.is_dir().then_some(samples)
}

/// Copies of the samples under 26 different numbers.
pub(crate) fn renumbered(samples: &Path, user: &User) -> PathBuf {
    for (index, entry) in std::fs::read_dir(samples).unwrap().enumerate() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let (before, rest) = text.split_once("<P_2>").unwrap();
        let (_, after) = rest.split_once("</P_2>").unwrap();
        let text = format!("{before}<P_2>R/{index}</P_2>{after}");
        user.write(&format!("renumbered/{index:02}.xml"), text);
    }
    user.path("renumbered")
}

/// Checks that each accepted invoice has its files, with a UPO that was verified.
#[track_caller]
pub(crate) fn check_saved(run: &Run) {
    for row in run.json()["invoices"].as_array().unwrap() {
        if row["status"] != "accepted" {
            continue;
        }
        let number = row["ksefNumber"].as_str().unwrap();
        let xml = std::fs::read(row["xmlPath"].as_str().unwrap()).unwrap();
        assert_eq!(xml, std::fs::read(row["file"].as_str().unwrap()).unwrap());
        let upo = std::fs::read_to_string(row["upoPath"].as_str().unwrap()).unwrap();
        assert!(upo.contains(number) && upo.contains(row["hash"].as_str().unwrap()));
        assert_eq!(row["upoVerified"], true, "{row}");
    }
}

#[test]
fn the_examples_go_to_the_embedded_sandbox_and_come_back() {
    let user = User::new();
    let examples = repository("examples/invoices");
    let first = user.send(&examples, &[]).ends_with(0);
    let count = first.total("accepted");
    assert!(count >= 4, "{}", first.stdout);
    check_saved(&first);
    let sessions = first.json()["sessions"].clone();
    assert_eq!(sessions[0]["statusCode"], 200);
    let session_upo = sessions[0]["upo"][0].as_str().unwrap();
    assert!(
        std::fs::read_to_string(session_upo)
            .unwrap()
            .contains("<Potwierdzenie")
    );

    let second = user.send(&examples, &[]).ends_with(0);
    assert_eq!(
        (second.total("accepted"), second.total("acceptedBefore")),
        (0, count)
    );
    check_saved(&second);
    let data = user.home().join("data/sandbox");
    let world = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&data));
    assert_eq!(
        (world.accepted_once().len() as u64, world.taken()),
        (count, count)
    );
    let open = world
        .session_codes()
        .iter()
        .filter(|code| **code < 200)
        .count();
    assert_eq!(open, 0);
}

/// One seller, many documents with one number, two with attachments: only one per kind and number can win.
#[test]
fn conflicts_and_attachments_are_told_apart() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let numbers = ["A/1", "A/1", "A/2", "A/3", "A/2", "A/1"];
    let folder = user.invoices("invoices", numbers);
    user.write("invoices/900.xml", invoice_with_attachment(SELLER, "A/9"));
    let url = ksef.url();
    let options = ["--url", url.as_str()];
    let judged = ["--url", url.as_str(), "--no-validate", "--no-batch"];
    let run = user.send(&folder, &judged).ends_with(5);
    assert_eq!(run.total("accepted"), 3);
    assert_eq!(run.total("conflicts"), 3);
    assert_eq!(run.total("rejected"), 1);
    check_saved(&run);
    let json = run.json();
    let rows = json["invoices"].as_array().unwrap();
    for (row, number) in rows.iter().zip(numbers) {
        let first = rows.iter().find(|other| other["number"] == number).unwrap();
        if row["status"] == "rejected" {
            assert_eq!(row["statusCode"], 440);
            assert_eq!(
                row["conflictKsefNumber"], first["ksefNumber"],
                "the first in the folder wins"
            );
        }
    }
    assert_eq!(rows.last().unwrap()["statusCode"], 415);
    assert_eq!(ksef.accepted_once().len(), 3);

    let taken = ksef.taken();
    let again = user.send(&folder, &options).ends_with(5);
    assert_eq!(again.total("acceptedBefore"), 3);
    assert_eq!(ksef.taken(), taken, "a second run sends nothing");
    let retry = [&judged[..], &["--retry-rejected"]].concat();
    let retry = user.send(&folder, &retry).ends_with(5);
    assert_eq!(retry.total("acceptedBefore"), 3);
    assert_eq!(
        ksef.taken(),
        taken + 1,
        "a taken number stays taken; only the attachment goes again"
    );
}

#[test]
fn the_samples_end_as_ksef_would_end_them() {
    let Some(samples) = samples() else {
        eprintln!("skipped: no samples; KSEF_SPEC_DIR names their folder");
        return;
    };
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let options = ["--url", url.as_str(), "--no-batch"];
    // The two with attachments stay here: an interactive session would not take them.
    let run = user.send(&samples, &options).ends_with(4);
    let totals = ["accepted", "conflicts", "rejected", "invalid"].map(|name| run.total(name));
    assert_eq!(totals, [12, 12, 0, 2]);
    check_saved(&run);
    let unjudged = ["--url", url.as_str(), "--no-validate", "--no-batch"];
    let run = user.send(&samples, &unjudged).ends_with(5);
    let json = run.json();
    let refused: Vec<_> = json["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] == "rejected" && row["conflictKsefNumber"].is_null())
        .map(|row| row["statusCode"].as_i64().unwrap())
        .collect();
    assert_eq!(refused, [415, 415]);
    let taken = ksef.taken();
    let again = user.send(&samples, &options).ends_with(5);
    assert_eq!((again.total("acceptedBefore"), ksef.taken()), (12, taken));

    // The same documents under 26 different numbers.
    let run = user
        .send(&renumbered(&samples, &user), &unjudged)
        .ends_with(5);
    let totals = ["accepted", "conflicts", "rejected"].map(|name| run.total(name));
    assert_eq!(totals, [24, 0, 2]);
    assert_eq!(ksef.accepted_once().len(), 36);
}

#[test]
fn several_sellers_go_to_several_contexts() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let sellers = ["5265877635", "9999999999", "1111111111"];
    for seller in sellers {
        user.write(&format!("in/{seller}.xml"), invoice(seller, "A/1"));
    }
    let run = user
        .send(&user.path("in"), &["--url", &ksef.url(), "--out", "sent"])
        .ends_with(0);
    assert_eq!(run.total("accepted"), 3);
    check_saved(&run);
    assert_eq!(user.journals().len(), 3);
    assert_eq!(
        user.files("sent").len(),
        3 * 3,
        "invoice, UPO and the session's UPO of each"
    );

    // In somebody else's context KSeF does not take them.
    let foreign = user.write("foreign/1.xml", invoice("2222222222", "A/1"));
    let run = user
        .send(&foreign, &["--url", &ksef.url(), "--context", SELLER])
        .ends_with(5);
    assert_eq!(run.json()["invoices"][0]["statusCode"], 410);
}

#[test]
fn the_same_bytes_are_sent_once() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let text = invoice(SELLER, "A/1");
    user.write("in/1.xml", &text);
    user.write("in/2.xml", &text);
    let run = user
        .send(&user.path("in"), &["--url", &ksef.url()])
        .ends_with(0);
    assert_eq!(
        (run.total("accepted"), run.total("repeated"), ksef.taken()),
        (1, 1, 1)
    );
    let json = run.json();
    assert_eq!(
        json["invoices"][0]["ksefNumber"],
        json["invoices"][1]["ksefNumber"]
    );
    assert!(
        json["invoices"][1]["sameAs"]
            .as_str()
            .unwrap()
            .ends_with("1.xml")
    );
}

#[test]
fn a_dry_run_touches_nothing() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let folder = user.invoices("in", ["A/1", "A/2"]);
    let run = user
        .send(&folder, &["--url", &ksef.url(), "--dry-run"])
        .ends_with(0);
    assert_eq!(run.total("wouldSend"), 2);
    assert_eq!(ksef.taken(), 0);
    assert!(!user.home().join("state").exists());
}

#[test]
fn without_waiting_the_next_run_fetches_the_verdicts() {
    let user = User::new();
    let ksef = LocalKsef::start();
    ksef.with_fault("session-invoice-list:delay=1ms");
    let folder = user.invoices("in", ["A/1", "A/2"]);
    let url = ksef.url();
    let run = user.send(&folder, &["--url", &url, "--no-wait"]);
    assert!(matches!(run.code, Some(0 | 6)), "{}", run.stderr);
    std::thread::sleep(std::time::Duration::from_millis(500));
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!(run.total("accepted") + run.total("acceptedBefore"), 2);
    check_saved(&run);
    assert_eq!(ksef.taken(), 2);
}

#[test]
fn what_was_left_over_is_settled_though_its_file_is_gone() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let gone = user.write("gone.xml", invoice(SELLER, "GONE/1"));
    ksef.with_fault("invoice-send:drop-after*1");
    ksef.with_fault("session-invoice-list:503*40");
    user.send(&gone, &["--url", &url]).ends_with(8);
    ksef.clear_faults();
    std::fs::remove_file(gone).unwrap();
    let other = user.write("other.xml", invoice(SELLER, "OTHER/1"));
    let run = user.send(&other, &["--url", &url]).ends_with(0);
    let json = run.json();
    assert_eq!(json["invoices"][1]["leftOver"], true, "{}", run.stdout);
    assert_eq!(json["invoices"][1]["number"], "GONE/1");
    let xml = std::fs::read_to_string(json["invoices"][1]["xmlPath"].as_str().unwrap()).unwrap();
    assert_eq!(
        xml,
        invoice(SELLER, "GONE/1"),
        "the invoice came back from KSeF"
    );
    assert_eq!(ksef.accepted_once().len(), 2);
}

#[test]
fn people_get_a_table_in_their_language() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let folder = user.invoices("in", ["A/1", "A/1"]);
    let arguments = |lang: &str| {
        let mut all: Vec<String> = ["--lang", lang, "invoice", "send", "--url"]
            .map(Into::into)
            .to_vec();
        all.extend([ksef.url(), folder.display().to_string()]);
        all
    };
    let english = user.run(arguments("en")).ends_with(5);
    assert!(
        english
            .stdout
            .contains("the number is taken by 5265877635-"),
        "{}",
        english.stdout
    );
    assert!(
        english
            .stdout
            .ends_with("1 accepted, 1 whose number is taken\n"),
        "{}",
        english.stdout
    );
    let polish = user.run(arguments("pl")).ends_with(5);
    assert!(
        polish.stdout.contains("przyjęta wcześniej"),
        "{}",
        polish.stdout
    );
    assert!(polish.stderr.contains("wskazówka"), "{}", polish.stderr);
}

#[test]
fn an_offline_invoice_is_declared_as_such() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let clock = ksef_core::clock::SystemClock::shared();
    let today = ksef_core::calendar::warsaw_date(clock.now()).to_string();
    let issued_today = |number: &str| {
        let text = invoice(SELLER, number).replace("<P_1>2026-11-02", &format!("<P_1>{today}"));
        user.write(&format!("{}.xml", number.replace('/', "-")), text)
    };
    let url = ksef.url();
    for (number, options, mode) in [
        ("N/1", vec!["--url", url.as_str()], "Online"),
        ("N/2", vec!["--url", url.as_str(), "--offline"], "Offline"),
    ] {
        let run = user.send(&issued_today(number), &options).ends_with(0);
        let json = run.json();
        let upo = std::fs::read_to_string(json["invoices"][0]["upoPath"].as_str().unwrap());
        let expected = format!("<TrybWysylki>{mode}</TrybWysylki>");
        assert!(upo.unwrap().contains(&expected), "{number}: {mode}");
    }
}

#[test]
fn what_is_not_decided_in_time_is_told_and_fetched_later() {
    let user = User::new();
    let ksef = LocalKsef::start_slow();
    let folder = user.invoices("in", ["A/1", "A/2"]);
    let url = ksef.url();
    let run = user
        .send(&folder, &["--url", &url, "--wait", "1"])
        .ends_with(6);
    assert_eq!(run.total("pending"), 2);
    let people = user
        .run(["invoice", "send", "--no-wait", "--url", &url, "in"])
        .ends_with(6);
    assert!(
        people.stderr.contains("run the same command again"),
        "{}",
        people.stderr
    );
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!((run.total("accepted"), ksef.taken()), (2, 2));
    check_saved(&run);
}
