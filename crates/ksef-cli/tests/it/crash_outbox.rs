//! Issuing, sending and correcting in a world that falls over: command and KSeF are killed at random instants, with
//! faults on the way. In the end every invoice was accepted exactly once, as issued offline, and what was rejected is
//! linked to what corrects it.
//!
//! See [`crash`](crate::crash).

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use ksef_crypto::digest::sha256;
use serde_json::Value;

use crate::crash::{Torment, Victim, rounds, seeded};
use crate::issue::{issued_on, today};
use crate::local_ksef::LocalKsef;
use crate::user::{Run, User};

/// Runs of a command until it says that everything is done.
const RUNS_MAX: usize = 12;

const TORMENT: Torment = Torment {
    lives_max: 4,
    patience: Duration::from_millis(600),
    faults: &[
        "invoice-send:drop-after*2",
        "invoice-send:drop-before*2",
        "invoice-send:503*2",
        "invoice-send:delay=80ms",
        "invoice-send:late=400ms*1",
        "sessions.open_online:drop-after*1",
        "sessions.open_online:delay=80ms",
        "sessions.close_online:drop-after*1",
        "sessions.close_batch:drop-after*1",
        "sessions.open_batch:drop-after*1",
        "GET /sessions/*:503*2",
        "GET /sessions/*:delay=60ms",
    ],
};

struct Player<'a> {
    user: &'a User,
    url: String,
}

impl Player<'_> {
    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.user.command();
        command.args(arguments).args(["--url", &self.url, "--json"]);
        command
    }

    fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// Runs until it ends with this code.
    #[track_caller]
    fn finish(&self, arguments: &[&str], code: i32) -> Run {
        let mut last = None;
        for _ in 0..RUNS_MAX {
            let run = Run::of(self.command(arguments).output().unwrap());
            if run.code == Some(code) {
                return run;
            }
            last = Some(run);
        }
        let last = last.unwrap();
        panic!(
            "{arguments:?}: {:?}\n{}\n{}",
            last.code, last.stdout, last.stderr
        );
    }
}

/// A round's invoices, unlike all others, in a folder, and how many.
fn folder(user: &User, round: u64, count: u64) -> PathBuf {
    let name = format!("in-{round}");
    for index in 0..count {
        let text = issued_on(today(), &format!("O/{round}/{index}"));
        user.write(&format!("{name}/{index:03}.xml"), text);
    }
    user.path(&name)
}

#[test]
fn every_issued_invoice_is_accepted_exactly_once() {
    let (rounds, mut dice) = (rounds(), seeded());
    let user = User::new();
    let mut victim = Victim::new(&user);
    let player = Player {
        user: &user,
        url: victim.url(),
    };
    victim.start(&[]);
    let certificate = "cert request shop-offline --type offline --context 5265877635";
    let certificate: Vec<&str> = certificate.split(' ').collect();
    player.finish(&certificate, 0);
    let mut all = Vec::new();
    for round in 1..=rounds {
        let count = 2 + dice.below(5);
        let folder = folder(&user, round, count);
        let name = folder.to_str().unwrap().to_owned();
        let issue = ["invoice", "issue", &name];
        TORMENT.play(&mut dice, &mut victim, || player.start(&issue));
        // Issued while KSeF may be down.
        player.finish(&issue, 0);
        let way = dice.one_of(&["--no-batch", "--batch"]);
        let send = ["outbox", "send", "--wait", "20", way];
        TORMENT.play(&mut dice, &mut victim, || player.start(&send));
        victim.kill();
        victim.start(&[]);
        player.finish(&send, 0);
        all.extend(hashes(&folder));
        if dice.below(2) == 0 {
            all.push(corrected(&player, &mut dice, &mut victim, round));
        }
    }
    victim.kill();
    let ksef = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&victim.world));
    let mut accepted = ksef.accepted_once();
    all.sort();
    accepted.sort();
    assert_eq!(accepted, all, "nothing lost, nothing doubled, nothing else");
    for invoice in ksef.accepted() {
        assert_eq!(invoice["acceptance"]["isOffline"], true, "{invoice}");
    }
    eprintln!(
        "{rounds} rounds: {} invoices, each accepted once; {} were taken",
        all.len(),
        ksef.taken()
    );
}

/// An invoice that KSeF rejects, and its technical correction amid kills; the hash of the correction.
fn corrected(
    player: &Player<'_>,
    dice: &mut crate::crash::Dice,
    victim: &mut Victim<'_>,
    round: u64,
) -> String {
    let number = format!("X/{round}");
    let wrong = issued_on(today().tomorrow().unwrap(), &number);
    let right = issued_on(today(), &number);
    let wrong_file = player.user.write(&format!("wrong-{round}.xml"), &wrong);
    let right_file = player.user.write(&format!("right-{round}.xml"), &right);
    let (wrong_file, right_file) = (wrong_file.to_str().unwrap(), right_file.to_str().unwrap());
    player.finish(&["invoice", "issue", "--any-date", wrong_file], 0);
    player.finish(&["outbox", "send", "--wait", "20"], 5);
    let correct = [
        "invoice", "correct", wrong_file, "--with", right_file, "--wait", "20",
    ];
    TORMENT.play(dice, victim, || player.start(&correct));
    victim.kill();
    victim.start(&[]);
    // A run that was killed after the journal was told leaves it to the outbox; one that was killed before does nothing.
    let open = Run::of(
        player
            .command(&["outbox", "show", wrong_file])
            .output()
            .unwrap(),
    );
    if open.json()["state"] == "rejected" {
        player.finish(&correct, 0);
    }
    player.finish(&["outbox", "send", "--wait", "20"], 0);
    let old: Value = Run::of(
        player
            .command(&["outbox", "show", wrong_file])
            .output()
            .unwrap(),
    )
    .json();
    let hash = sha256(right.as_bytes()).to_base64();
    assert_eq!(
        (&old["state"], &old["correctedBy"][0]),
        (&Value::from("corrected"), &Value::from(hash.clone()))
    );
    hash
}

fn hashes(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| sha256(&std::fs::read(file.unwrap().path()).unwrap()).to_base64())
        .collect()
}
