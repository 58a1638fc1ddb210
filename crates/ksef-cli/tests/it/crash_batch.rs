//! Batches in a world that falls over: command and KSeF are killed at random instants, with faults on the way. In the
//! end every invoice was accepted exactly once.
//!
//! `KSEF_CRASH_ROUNDS` says how many rounds (10), `KSEF_CRASH_SEED` which; both are printed.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

pub(crate) const ROUNDS: u64 = 10;
pub(crate) const SEED: u64 = 20_261_128;
/// Runs of the command until it says that everything is done.
const RUNS_MAX: usize = 12;

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

/// Numbers that can be had again.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    pub(crate) fn wait(&mut self, milliseconds: u64) {
        std::thread::sleep(Duration::from_millis(self.below(milliseconds)));
    }

    pub(crate) fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let index = self.below(choices.len() as u64);
        choices[usize::try_from(index).unwrap()]
    }
}

pub(crate) fn number_from(name: &str, otherwise: u64) -> u64 {
    let said = std::env::var(name).ok().and_then(|text| text.parse().ok());
    let number = said.unwrap_or(otherwise);
    eprintln!("{name}={number}");
    number
}

/// `ksef sandbox` with a world on disk, at one port for all its lives.
pub(crate) struct Victim<'a> {
    user: &'a User,
    pub(crate) world: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl<'a> Victim<'a> {
    pub(crate) fn new(user: &'a User) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        Self {
            user,
            world: user.path("world"),
            port: free.local_addr().unwrap().port(),
            child: None,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v2", self.port)
    }

    pub(crate) fn start(&mut self, faults: &[&str]) {
        let mut command = self.user.command();
        command
            .args(["sandbox", "--limits", "off", "--latency", "20ms", "--port"])
            .arg(self.port.to_string())
            .arg("--data")
            .arg(&self.world);
        for fault in faults {
            command.args(["--fault", fault]);
        }
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_ready = said
            .map_while(Result::ok)
            .any(|line| line.contains("http://"));
        assert!(is_ready, "the sandbox did not start");
        self.child = Some(child);
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Victim<'_> {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A round's invoices, unlike all others.
fn folder(user: &User, round: u64, count: u64) -> PathBuf {
    let name = format!("in-{round}");
    for index in 0..count {
        let text = invoice(SELLER, &format!("C/{round}/{index}"));
        user.write(&format!("{name}/{index:03}.xml"), text);
    }
    user.path(&name)
}

/// Kills and faults; whether the command came to its end all the same.
fn torment(dice: &mut Dice, victim: &mut Victim<'_>, user: &User, folder: &Path, options: &[&str]) {
    for _ in 0..=dice.below(4) {
        let faults: Vec<_> = (0..dice.below(3)).map(|_| dice.one_of(&FAULTS)).collect();
        victim.kill();
        victim.start(&faults);
        let mut command = user.start_sending(folder, options);
        dice.wait(700);
        match dice.below(3) {
            0 => victim.kill(),
            1 => command.kill().unwrap(),
            _ => {
                victim.kill();
                dice.wait(100);
                victim.start(&[]);
                dice.wait(300);
                command.kill().unwrap();
            }
        }
        dice.wait(60);
        command.kill().unwrap();
        command.wait().unwrap();
    }
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
    let rounds = number_from("KSEF_CRASH_ROUNDS", ROUNDS);
    let mut dice = Dice(number_from("KSEF_CRASH_SEED", SEED) | 1);
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
        torment(&mut dice, &mut victim, &user, &folder, &options);
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
