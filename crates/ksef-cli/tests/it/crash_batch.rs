//! Batches in a world that falls over: command and KSeF are killed at random instants, with faults on the way. In the
//! end every invoice was accepted exactly once.
//!
//! See [`crash`](crate::crash).

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::crash::{Torment, Victim, rounds, seeded};
use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

/// Runs of the command until it says that everything is done.
const RUNS_MAX: usize = 12;

const TORMENT: Torment = Torment {
    lives_max: 4,
    patience: Duration::from_millis(700),
    faults: &FAULTS,
};
/// What goes wrong in a round; drawn anew for each start of the sandbox.
const FAULTS: [&str; 19] = [
    "sessions.close_batch:late=600ms*2",
    "PUT /storage/*:cut-upload*2",
    "PUT /storage/*:503*2",
    "PUT /storage/*:drop-before*1",
    "PUT /storage/*:drop-after*1",
    "PUT /storage/*:lose-part*1",
    "PUT /storage/*:delay=150ms",
    "sessions.open_batch:drop-after*1",
    "sessions.open_batch:drop-before*1",
    "sessions.open_batch:session-415*1",
    "sessions.open_batch:delay=100ms",
    "sessions.close_batch:drop-after*2",
    "sessions.close_batch:drop-before*1",
    "sessions.close_batch:error=21173*2",
    "sessions.close_batch:error=21208*1",
    "sessions.close_batch:503*2",
    "sessions.close_batch:delay=200ms",
    "GET /sessions/*:503*2",
    "GET /sessions/*:delay=80ms",
];

/// A round's invoices, unlike all others.
fn folder(user: &User, round: u64, count: u64) -> PathBuf {
    let name = format!("in-{round}");
    for index in 0..count {
        let text = invoice(SELLER, &format!("C/{round}/{index}"));
        user.write(&format!("{name}/{index:03}.xml"), text);
    }
    user.path(&name)
}

/// Runs until everything is done; what KSeF wants in between is nobody's loss.
#[track_caller]
fn finish(user: &User, folder: &Path, options: &[&str]) -> Run {
    let mut last = None;
    for _ in 0..RUNS_MAX {
        let run = user.send(folder, options);
        if run.code == Some(0) {
            return run;
        }
        last = Some(run);
    }
    let last = last.unwrap();
    panic!(
        "never done: {:?}\n{}\n{}",
        last.code, last.stdout, last.stderr
    );
}

#[test]
fn every_invoice_of_every_batch_is_accepted_exactly_once() {
    let (rounds, mut dice) = (rounds(), seeded());
    let user = User::new();
    let mut victim = Victim::new(&user);
    let url = victim.url();
    let mut all = 0;
    for round in 1..=rounds {
        let count = 3 + dice.below(8);
        let folder = folder(&user, round, count);
        let mut options = vec!["--url", url.as_str(), "--wait", "20"];
        options.extend(match dice.below(4) {
            0 => &["--batch", "--zip"][..],
            1 => &["--batch", "--no-spool"],
            // Some of them one by one, as the command likes.
            2 => &["--batch-from", "6"],
            _ => &["--batch"],
        });
        TORMENT.play(&mut dice, &mut victim, || {
            user.start_sending(&folder, &options)
        });
        victim.kill();
        victim.start(&[]);
        let run = finish(&user, &folder, &options);
        let done = run.total("accepted") + run.total("acceptedBefore");
        assert_eq!(done, count, "round {round}: {}", run.stdout);
        for row in run.json()["invoices"].as_array().unwrap() {
            assert_eq!(row["upoVerified"], true, "round {round}: {row}");
        }
        all += count;
        if round % 20 == 0 {
            eprintln!("round {round}: {all} invoices");
        }
    }
    victim.kill();
    let ksef = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&victim.world));
    let accepted = ksef.accepted_once();
    assert_eq!(accepted.len() as u64, all);
    eprintln!(
        "{rounds} rounds: {all} invoices, each accepted once; {} were taken",
        ksef.taken()
    );
    let left = user.files("home/state/journal");
    let packages: Vec<_> = left
        .iter()
        .filter(|path| path.to_string_lossy().contains(".batch"))
        .collect();
    assert!(packages.is_empty(), "no key stays: {packages:?}");
}
