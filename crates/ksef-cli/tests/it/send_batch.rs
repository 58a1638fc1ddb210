//! `ksef invoice send` in batch.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local_ksef::LocalKsef;
use crate::send::{check_saved, renumbered, samples};
use crate::user::{Run, SELLER, User, invoice, invoice_with_attachment};

/// How many sessions of each kind there are, as (interactive, batch).
fn sessions(ksef: &LocalKsef) -> (usize, usize) {
    let looked = ksef.control("GET", "sessions", "");
    let names: Vec<String> = looked["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["referenceNumber"].as_str().unwrap().to_owned())
        .collect();
    let of = |kind: &str| names.iter().filter(|name| name.contains(kind)).count();
    (of("-SO-"), of("-SB-"))
}

fn consent(user: &User, ksef: &LocalKsef, seller: &str) {
    let url = ksef.url();
    let line = ["testdata", "attachment", "grant", seller, "--url", &url];
    user.run(line.iter().chain(&["--context", SELLER]))
        .ends_with(0);
}

/// Nothing of a package stays once its session is closed: it holds a key and addresses.
fn assert_no_package_is_left(user: &User) {
    let left: Vec<_> = user
        .files("home/state/journal")
        .into_iter()
        .filter(|path| path.to_string_lossy().contains(".batch"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn codes(run: &Run) -> Vec<i64> {
    let json = run.json();
    let rows = json["invoices"].as_array().unwrap();
    rows.iter()
        .filter(|row| row["status"] == "rejected")
        .map(|row| row["statusCode"].as_i64().unwrap())
        .collect()
}

fn ten(user: &User) -> PathBuf {
    let numbers: Vec<String> = (1..=10).map(|number| format!("B/{number}")).collect();
    user.invoices("in", numbers.iter().map(String::as_str))
}

#[test]
fn the_samples_with_a_consent_and_without() {
    let Some(samples) = samples() else {
        eprintln!("skipped: no samples; KSEF_SPEC_DIR names their folder");
        return;
    };
    for has_consent in [true, false] {
        let user = User::new();
        let ksef = LocalKsef::start();
        let url = ksef.url();
        if has_consent {
            consent(&user, &ksef, "9999999999");
        }
        let folder = renumbered(&samples, &user);
        let run = user.send(&folder, &["--url", &url, "--batch"]);
        check_saved(&run);
        if has_consent {
            let run = run.ends_with(0);
            assert_eq!(run.total("accepted"), 26, "{}", run.stdout);
        } else {
            let run = run.ends_with(5);
            assert_eq!(run.total("accepted"), 24, "{}", run.stdout);
            assert_eq!(codes(&run), [410, 410]);
        }
        assert_eq!(sessions(&ksef), (0, 1));
        let accepted = ksef.accepted_once().len();
        assert_eq!(accepted, if has_consent { 26 } else { 24 });
        assert_no_package_is_left(&user);
        let taken = ksef.taken();
        user.send(&folder, &["--url", &url]);
        assert_eq!(ksef.taken(), taken, "a second run sends nothing");
    }
}

#[test]
fn what_goes_in_batch_by_itself() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    consent(&user, &ksef, SELLER);
    user.write("in/1.xml", invoice(SELLER, "A/1"));
    user.write("in/2.xml", invoice_with_attachment(SELLER, "A/2"));
    let folder = user.path("in");
    let dry = user.send(&folder, &["--url", &url, "--dry-run"]);
    let json = dry.ends_with(0).json();
    let in_batch = |row: usize| json["invoices"][row]["inBatch"].clone();
    assert_eq!((in_batch(0), in_batch(1)), (false.into(), true.into()));
    let told = user.run(["invoice", "send", "--url", &url, "--dry-run", "in"]);
    assert!(told.stdout.contains("in batch"), "{}", told.stdout);

    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    check_saved(&run);
    assert_eq!(sessions(&ksef), (1, 1), "the one with an attachment");

    let folder = user.invoices("more", ["M/1", "M/2", "M/3"]);
    user.send(&folder, &["--url", &url, "--batch-from", "4"])
        .ends_with(0);
    assert_eq!(sessions(&ksef), (2, 1));
    let folder = user.invoices("many", ["N/1", "N/2", "N/3", "N/4"]);
    user.send(&folder, &["--url", &url, "--batch-from", "4"])
        .ends_with(0);
    assert_eq!(sessions(&ksef), (2, 2));
    let folder = user.invoices("never", ["O/1", "O/2", "O/3", "O/4"]);
    user.send(&folder, &["--url", &url, "--no-batch"])
        .ends_with(0);
    assert_eq!(sessions(&ksef), (3, 2));
    user.send(&folder, &["--url", &url, "--no-batch", "--batch"])
        .ends_with(2);
}

#[test]
fn the_interactive_limit_of_the_hour_is_no_end() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = ten(&user);
    ksef.with_fault("invoice-send:429=3600+4");
    let run = user.send(&folder, &["--url", &url, "--jobs", "1"]);
    let run = run.ends_with(0);
    assert_eq!(run.total("accepted"), 10, "{}", run.stderr);
    assert!(run.stderr.contains("goes in batch"), "{}", run.stderr);
    assert_eq!(sessions(&ksef), (1, 1));
    assert_eq!((ksef.accepted_once().len(), ksef.taken()), (10, 10));
}

#[test]
fn forms_of_packages() {
    let options: [&[&str]; 4] = [
        &["--zip"],
        &["--no-spool"],
        &["--zip", "--no-spool"],
        &["--offline"],
    ];
    for more in options {
        let user = User::new();
        let ksef = LocalKsef::start();
        let url = ksef.url();
        let options = [&["--url", &url, "--batch"], more].concat();
        let run = user.send(&ten(&user), &options).ends_with(0);
        assert_eq!(run.total("accepted"), 10, "{more:?}");
        check_saved(&run);
        assert_eq!(sessions(&ksef), (0, 1));
        assert_no_package_is_left(&user);
    }
}

#[test]
fn more_than_a_session_takes_go_in_several() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let line = "testdata limit set-sessions --batch-invoices 4 --context 5265877635 --url";
    user.run(line.split(' ').chain([url.as_str()])).ends_with(0);
    let run = user.send(&ten(&user), &["--url", &url, "--batch"]);
    let run = run.ends_with(0);
    assert_eq!(run.total("accepted"), 10);
    assert_eq!(sessions(&ksef), (0, 3));
    assert_eq!(run.json()["sessions"].as_array().unwrap().len(), 3);
    check_saved(&run);
}

#[test]
fn every_seller_has_packages_of_their_own() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    ten(&user);
    user.write("in/x.xml", invoice("7762811692", "B/1"));
    let run = user.send(&user.path("in"), &["--url", &url, "--batch"]);
    assert_eq!(run.ends_with(0).total("accepted"), 11);
    assert_eq!(sessions(&ksef), (0, 2));
}

/// What goes wrong, and what comes of it: (fault, exit code, batch sessions, words on stderr).
#[test]
fn trouble_on_the_way() {
    let cases = [
        // Nobody judged a session that failed as a whole: its invoices go again.
        ("sessions.open_batch:session-415*1", 0, 2, "415"),
        // Part uploads are repeated on their own, and all at once when KSeF misses one.
        ("PUT /storage/*:503*2", 0, 1, ""),
        ("PUT /storage/*:drop-after*2", 0, 1, ""),
        ("PUT /storage/*:lose-part*1", 0, 1, ""),
        ("sessions.close_batch:error=21157*1", 0, 1, ""),
        // Just after the opening KSeF may not know the session.
        ("sessions.close_batch:error=21173*2", 0, 1, ""),
        // The answer is lost: the status tells.
        ("sessions.close_batch:drop-after*1", 0, 1, ""),
        ("sessions.close_batch:503*2", 0, 1, ""),
        // The time is over: another session.
        ("sessions.close_batch:error=21208*1", 0, 2, "21208"),
        ("sessions.close_batch:error=21205", 6, 3, "21205"),
        // Nothing can be done about these here.
        ("sessions.open_batch:error=21161", 5, 0, "21161"),
        ("sessions.open_batch:error=21157", 5, 0, "21157"),
        ("sessions.open_batch:429=3600", 7, 0, ""),
        ("sessions.open_batch:waf", 8, 0, ""),
    ];
    for (fault, exit, batches, words) in cases {
        let user = User::new();
        let ksef = LocalKsef::start();
        let url = ksef.url();
        let folder = ten(&user);
        ksef.with_fault(fault);
        let run = user.send(&folder, &["--url", &url, "--batch", "--wait", "30"]);
        assert_eq!(
            run.code,
            Some(exit),
            "{fault}: {}{}",
            run.stdout,
            run.stderr
        );
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(told.contains(words), "{fault}: {told}");
        assert_eq!(sessions(&ksef).1, batches, "{fault}: {}", run.stderr);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains("sig="), "{fault}: an address is told");
        }
        ksef.clear_faults();
        // What KSeF asked for holds for the next run too.
        let _ = std::fs::remove_dir_all(user.home().join("state/limits"));
        let run = user.send(&folder, &["--url", &url, "--batch"]).ends_with(0);
        let all = run.total("accepted") + run.total("acceptedBefore");
        assert_eq!((all, ksef.accepted_once().len()), (10, 10), "{fault}");
        assert_eq!(ksef.taken(), 10, "{fault}");
        assert_no_package_is_left(&user);
    }
}

/// The opening was done and its answer lost: a session without a name, empty, and another one.
#[test]
fn an_opening_without_an_answer_does_no_harm() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = ten(&user);
    ksef.with_fault("sessions.open_batch:drop-after*1");
    let run = user.send(&folder, &["--url", &url, "--batch"]);
    assert_eq!(run.code, Some(8), "{}", run.stderr);
    let run = user.send(&folder, &["--url", &url, "--batch"]).ends_with(0);
    assert_eq!(run.total("accepted"), 10);
    assert_eq!((ksef.accepted_once().len(), ksef.taken()), (10, 10));
    assert_no_package_is_left(&user);
}

#[test]
fn a_package_that_never_finishes_stays_pending_and_is_not_sent_again() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = ten(&user);
    ksef.with_fault("sessions.close_batch:never-finish*1");
    for _ in 0..2 {
        let run = user
            .send(&folder, &["--url", &url, "--batch", "--wait", "2"])
            .ends_with(6);
        assert_eq!(run.total("pending"), 10, "{}", run.stdout);
        assert_eq!(sessions(&ksef), (0, 1));
    }
}

/// A package under way holds secrets, and nobody else may read them.
#[cfg(unix)]
#[test]
fn a_package_under_way_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = ten(&user);
    ksef.with_fault("PUT /storage/*:delay=60s");
    let mut child = user.start_sending(&folder, &["--url", &url, "--batch"]);
    let manifest = (0..400).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(25));
        let manifest = manifest_below(&user.home().join("state/journal"))?;
        let text = std::fs::read_to_string(&manifest).ok()?;
        text.contains("sig=").then_some(manifest)
    });
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let manifest = manifest.unwrap();
    let journal = user.files("home/state/journal").into_iter();
    for path in journal.filter(|path| path.extension().is_none_or(|end| end != "lock")) {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
        let text = std::fs::read(&path).unwrap();
        let is_told = String::from_utf8_lossy(&text).contains("sig=");
        assert_eq!(is_told, path == manifest, "{}", path.display());
    }
    assert!(!String::from_utf8_lossy(&output.stderr).contains("sig="));
    ksef.clear_faults();
    let run = user.send(&folder, &["--url", &url, "--batch"]).ends_with(0);
    assert_eq!((run.total("accepted"), sessions(&ksef)), (10, (0, 1)));
    assert_no_package_is_left(&user);
}

/// The first `package.json`; while the command is at work, files come and go.
#[cfg(unix)]
fn manifest_below(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries
        .map(|entry| entry.path())
        .find_map(|path| match path.ends_with("package.json") {
            true => Some(path),
            false => manifest_below(&path),
        })
}

#[test]
fn archives_are_inputs_too() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    ten(&user);
    user.write("in/deep/x.xml", invoice(SELLER, "X/1"));
    user.write("in/notes.txt", "no invoice");
    let packed = Command::new("tar")
        .current_dir(user.path("in"))
        .args(["czf", "../march.tar.gz", "."])
        .status();
    if !packed.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no tar");
        return;
    }
    let archive = user.path("march.tar.gz");
    let run = user.send(&archive, &["--url", &url]).ends_with(0);
    assert_eq!(run.total("accepted"), 11, "{}", run.stdout);
    let unpacked = || user.files("home/state/unpacked");
    let left: Vec<_> = unpacked();
    assert!(
        left.iter().all(|path| path.extension().unwrap() == "lock"),
        "{left:?}"
    );
    // The same archive again, by another name: known by its invoices.
    std::fs::rename(&archive, user.path("again.zip")).unwrap();
    let run = user.send(&user.path("again.zip"), &["--url", &url]);
    assert_eq!(run.ends_with(0).total("acceptedBefore"), 11);
    assert_eq!(ksef.taken(), 11);

    let broken = user.write("broken.zip", b"PK\x03\x04 nothing more");
    let run = user.send(&broken, &["--url", &url]).ends_with(4);
    let reason = &run.json()["badPaths"][0]["reason"];
    assert!(
        reason.as_str().unwrap().contains("cannot be unpacked"),
        "{reason}"
    );
}
