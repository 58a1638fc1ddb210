//! Killing the command at any instant: nothing lost, nothing doubled.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::crash::{Dice, Victim, number_from};
use crate::local_ksef::LocalKsef;
use crate::send::{renumbered, samples};
use crate::user::{SELLER, User, invoice_with_attachment};

const INVOICES: usize = 24;

/// Random instants; `KSEF_KILL_SEED` gives those of an earlier run again.
fn instants() -> Dice {
    Dice::new(number_from(
        "KSEF_KILL_SEED",
        RandomState::new().hash_one(1),
    ))
}

/// 24 invoices with different numbers, and two that an interactive session refuses: the samples where they are at
/// hand, otherwise invoices made here.
fn folder(user: &User) -> PathBuf {
    if let Some(samples) = samples() {
        return renumbered(&samples, user);
    }
    let numbers: Vec<String> = (0..INVOICES).map(|number| format!("K/{number}")).collect();
    let folder = user.invoices("in", numbers.iter().map(String::as_str));
    for number in 0..2 {
        let text = invoice_with_attachment(SELLER, &format!("Z/{number}"));
        user.write(&format!("in/z{number}.xml"), text);
    }
    folder
}

/// Runs, kills after `instant`; whether it had ended by itself before.
fn run_and_kill(user: &User, folder: &Path, options: &[&str], instant: Duration) -> bool {
    let mut child = user.start_sending(folder, options);
    std::thread::sleep(instant);
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    if ended {
        assert_eq!(
            output.status.code(),
            Some(5),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    ended
}

#[track_caller]
fn check(ksef: &LocalKsef, user: &User, folder: &Path, options: &[&str]) {
    let hashes = ksef.accepted_once();
    assert_eq!(hashes.len(), INVOICES);
    let open = ksef
        .session_codes()
        .into_iter()
        .filter(|code| *code < 200)
        .count();
    eprintln!(
        "  {} invoices taken, {open} empty session(s) without a name",
        ksef.taken()
    );
    let taken = ksef.taken();
    let run = user.send(folder, options).ends_with(5);
    assert_eq!(
        run.total("acceptedBefore"),
        INVOICES as u64,
        "{}",
        run.stdout
    );
    assert_eq!(run.total("rejected"), 2);
    assert_eq!(ksef.taken(), taken, "a further run sends nothing");
    for row in run.json()["invoices"].as_array().unwrap() {
        if row["status"] == "accepted" {
            assert_eq!(row["upoVerified"], true, "{row}");
            assert!(hashes.iter().any(|hash| row["hash"] == hash.as_str()));
        }
    }
}

#[test]
fn ten_kills_during_one_send_to_a_running_ksef() {
    let mut instants = instants();
    let ksef = LocalKsef::start();
    // Slow enough that ten kills fall into the sending.
    ksef.with_fault("invoice-send:delay=100ms");
    let user = User::new();
    let folder = folder(&user);
    let url = ksef.url();
    let options = ["--url", url.as_str(), "--jobs", "2", "--no-validate"];
    let mut kills = 0;
    while kills < 10 {
        let instant = instants.instant(Duration::from_millis(400));
        if run_and_kill(&user, &folder, &options, instant) {
            break;
        }
        kills += 1;
        eprintln!(
            "kill {kills} after {instant:?}: {} accepted",
            ksef.accepted().len()
        );
    }
    assert!(kills >= 5, "the send was over after {kills} kills");
    ksef.clear_faults();
    user.send(&folder, &options).ends_with(5);
    check(&ksef, &user, &folder, &options);
}

#[test]
fn ten_sends_to_the_embedded_sandbox_each_killed_once() {
    let mut instants = instants();
    for number in 0..10 {
        let user = User::new();
        let folder = folder(&user);
        // Some of them while the sandbox is still making its world.
        let latest = if number < 4 { 150 } else { 700 };
        let instant = instants.instant(Duration::from_millis(latest));
        let ended = run_and_kill(&user, &folder, &["--no-validate"], instant);
        eprintln!(
            "kill after {instant:?}{}",
            if ended { ", too late" } else { "" }
        );
        user.send(&folder, &["--no-validate"]).ends_with(5);
        let data = user.home().join("data/sandbox");
        let ksef = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&data));
        assert_eq!(ksef.accepted_once().len(), INVOICES);
        let url = ksef.url();
        check(&ksef, &user, &folder, &["--url", &url]);
    }
}

#[test]
fn two_sends_of_one_folder_at_once_do_not_double() {
    let ksef = LocalKsef::start();
    ksef.with_fault("invoice-send:delay=50ms");
    let url = ksef.url();
    for options in [
        vec!["--no-validate", "--url", url.as_str()],
        vec!["--no-validate"],
    ] {
        let user = User::new();
        let folder = folder(&user);
        let both = [
            user.start_sending(&folder, &options),
            user.start_sending(&folder, &options),
        ];
        let outputs = both.map(|child| child.wait_with_output().unwrap());
        for output in &outputs {
            assert_eq!(
                output.status.code(),
                Some(5),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let told = outputs
            .iter()
            .any(|output| String::from_utf8_lossy(&output.stderr).contains("another process is"));
        assert!(told, "the second says that it waits for the first");
        if options.len() == 1 {
            let data = user.home().join("data/sandbox");
            let world = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&data));
            assert_eq!((world.accepted_once().len(), world.taken()), (INVOICES, 26));
        } else {
            assert_eq!((ksef.accepted_once().len(), ksef.taken()), (INVOICES, 26));
        }
    }
}

/// Two users with two homes: no common lock, so KSeF itself keeps them apart, and both learn the numbers.
#[test]
fn two_homes_sending_the_same_documents_get_the_same_numbers() {
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let options = ["--url", url.as_str(), "--no-validate"];
    let (one, other) = (User::new(), User::new());
    // The certificate made on the spot must be the same seller's, nothing else is shared.
    let folder = folder(&one);
    let both = [
        one.start_sending(&folder, &options),
        other.start_sending(&folder, &options),
    ];
    let runs = both.map(|child| crate::user::Run::of(child.wait_with_output().unwrap()));
    let numbers = runs.map(|run| {
        let run = run.ends_with(5);
        assert_eq!(run.total("accepted"), INVOICES as u64, "{}", run.stdout);
        let json = run.json();
        let rows = json["invoices"].as_array().unwrap();
        rows.iter()
            .map(|row| row["ksefNumber"].clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(numbers[0], numbers[1]);
    assert_eq!(ksef.accepted_once().len(), INVOICES);
}

/// KSeF goes down too: a sandbox in a process of its own, killed together with the command.
#[test]
fn killing_command_and_ksef_together_loses_nothing() {
    let mut instants = instants();
    let user = User::new();
    let folder = folder(&user);
    let mut victim = Victim::new(&user);
    let url = victim.url();
    for _ in 0..6 {
        victim.start(&["invoice-send:delay=60ms"]);
        let mut command =
            user.start_sending(&folder, &["--url", &url, "--jobs", "3", "--no-validate"]);
        std::thread::sleep(instants.instant(Duration::from_millis(600)));
        victim.kill();
        std::thread::sleep(instants.instant(Duration::from_millis(200)));
        command.kill().unwrap();
        command.wait().unwrap();
    }
    let ksef = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&victim.world));
    let url = ksef.url();
    let options = ["--url", url.as_str(), "--no-validate"];
    user.send(&folder, &options).ends_with(5);
    check(&ksef, &user, &folder, &options);
}
