//! What the tests with kills share: random numbers that can be had again, a KSeF that dies and comes back, and the kills.
//!
//! `KSEF_CRASH_ROUNDS` says how many rounds (10), `KSEF_CRASH_SEED` which; both are printed.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use crate::user::User;

/// Numbers that can be had again.
pub(crate) struct Dice(u64);

impl Dice {
    /// Of this seed; zero would give nothing but zeros.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// An instant before `max`.
    pub(crate) fn instant(&mut self, max: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(max.as_micros()).unwrap()))
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    pub(crate) fn wait(&mut self, milliseconds: u64) {
        std::thread::sleep(self.instant(Duration::from_millis(milliseconds)));
    }

    pub(crate) fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let index = self.below(choices.len() as u64);
        choices[usize::try_from(index).unwrap()]
    }
}

/// How many rounds are played.
pub(crate) fn rounds() -> u64 {
    number_from("KSEF_CRASH_ROUNDS", 10)
}

/// The dice of this run.
pub(crate) fn seeded() -> Dice {
    Dice::new(number_from("KSEF_CRASH_SEED", 20_261_128))
}

/// A number that the environment may set; it is printed, so that a run can be repeated.
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

/// Kills of a command and of KSeF, with faults.
pub(crate) struct Torment {
    /// Starts of the command, at most.
    pub(crate) lives_max: u64,
    /// When something is killed, at the latest.
    pub(crate) patience: Duration,
    /// What goes wrong besides; drawn anew for each start of the sandbox.
    pub(crate) faults: &'static [&'static str],
}

impl Torment {
    /// Starts the command again and again and lets it, or KSeF, or both die.
    pub(crate) fn play(&self, dice: &mut Dice, victim: &mut Victim<'_>, start: impl Fn() -> Child) {
        for _ in 0..=dice.below(self.lives_max) {
            let faults: Vec<_> = (0..dice.below(3))
                .map(|_| dice.one_of(self.faults))
                .collect();
            victim.kill();
            victim.start(&faults);
            let mut command = start();
            std::thread::sleep(dice.instant(self.patience));
            match dice.below(3) {
                0 => victim.kill(),
                1 => command.kill().unwrap(),
                _ => {
                    victim.kill();
                    dice.wait(100);
                    victim.start(&[]);
                    dice.wait(300);
                }
            }
            dice.wait(60);
            command.kill().unwrap();
            command.wait().unwrap();
        }
    }
}
