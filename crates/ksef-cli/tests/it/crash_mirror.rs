//! A mirror in a world that falls over: invoices come in while command and KSeF are killed at random instants, with
//! faults on the way. In the end the mirror holds what KSeF holds, byte for byte, and nothing twice.
//!
//! See [`crash`](crate::crash).

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::crash::{Torment, Victim, rounds, seeded};
use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

const TORMENT: Torment = Torment {
    lives_max: 3,
    patience: Duration::from_millis(500),
    faults: &FAULTS,
};
/// What goes wrong in a round; drawn anew for each start of the sandbox. An export that never finishes is not among it: it
/// is given up after two hours only, see the tests of the SDK.
const FAULTS: [&str; 15] = [
    "GET /storage/*:cut-download*2",
    "GET /storage/*:corrupt*1",
    "invoices.export:wrong-hash*1",
    "GET /storage/*:502-html*2",
    "GET /storage/*:drop-after*2",
    "GET /storage/*:drop-before*1",
    "GET /storage/*:delay=120ms",
    "invoices.export:drop-after*1",
    "invoices.export:drop-before*1",
    "invoices.export:session-415*1",
    "invoices.export:delay=100ms",
    "GET /invoices/*:503*2",
    "GET /invoices/*:delay=80ms",
    "invoices.query_metadata:503*2",
    "invoices.query_metadata:delay=80ms",
];
/// Runs of the command until the mirror holds everything.
const RUNS_MAX: usize = 60;
const SYNC: [&str; 7] = [
    "inbox",
    "sync",
    "--json",
    "--role",
    "seller",
    "--timeout",
    "2",
];

fn at<'a>(url: &'a str, line: &[&'a str]) -> Vec<&'a str> {
    [line, &["--url", url, "--context", SELLER]].concat()
}

/// Sends a round's invoices, enough for a package or few enough for single downloads.
fn send(user: &User, url: &str, round: u64, count: u64) {
    let name = format!("in-{round}");
    for index in 0..count {
        let text = invoice(SELLER, &format!("M/{round}/{index}"));
        user.write(&format!("{name}/{index:03}.xml"), text);
    }
    let options = ["--url", url, "--batch", "--wait", "20"];
    user.send(&user.path(&name), &options).ends_with(0);
}

/// Runs until so many invoices are there: what KSeF does not call complete yet is nobody's loss.
#[track_caller]
fn finish(user: &User, url: &str, count: u64) {
    let mut last = None;
    for _ in 0..RUNS_MAX {
        let run = user.run(at(url, &SYNC));
        if run.code == Some(0) && total(user, url) >= count {
            return;
        }
        last = Some(run);
    }
    let Run {
        code,
        stdout,
        stderr,
        ..
    } = last.unwrap();
    panic!("never {count}: {code:?}\n{stdout}\n{stderr}");
}

fn total(user: &User, url: &str) -> u64 {
    let listed = user.run(at(url, &["inbox", "list", "--json", "--limit", "100000"]));
    listed.ends_with(0).json()["invoices"]
        .as_array()
        .unwrap()
        .len() as u64
}

#[test]
fn the_mirror_equals_what_ksef_holds() {
    let (rounds, mut dice) = (rounds(), seeded());
    let user = User::new();
    let mut victim = Victim::new(&user);
    let url = victim.url();
    let mut all = 0;
    for round in 1..=rounds {
        victim.kill();
        victim.start(&[]);
        let count = 1 + dice.below(9);
        send(&user, &url, round, count);
        all += count;
        TORMENT.play(&mut dice, &mut victim, || {
            let mut command = user.command();
            command.args(at(&url, &SYNC));
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().unwrap()
        });
        victim.kill();
        victim.start(&[]);
        // Not each round has to be whole before the next one comes.
        if dice.below(3) == 0 || round == rounds {
            finish(&user, &url, all);
        }
        if round % 20 == 0 {
            eprintln!("round {round}: {all} invoices");
        }
    }
    user.run(at(&url, &["inbox", "verify"])).ends_with(0);
    let out = user.path("mirrored");
    let export = ["inbox", "export", "-o", out.to_str().unwrap()];
    user.run(at(&url, &export)).ends_with(0);
    victim.kill();

    let ksef = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&victim.world));
    let accepted: Vec<Value> = ksef.accepted();
    let at_ksef: BTreeSet<(String, String)> = accepted
        .iter()
        .map(|invoice| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let number = &invoice["acceptance"]["ksefNumber"];
            (text(number), text(&invoice["invoiceHash"]))
        })
        .collect();
    assert_eq!(at_ksef.len() as u64, all);
    let here: BTreeSet<(String, String)> = user
        .files("mirrored")
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "xml"))
        .map(|path| {
            let number = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let hash = ksef_crypto::digest::sha256(&std::fs::read(&path).unwrap());
            (number, hash.to_base64())
        })
        .collect();
    assert_eq!(here, at_ksef);
    eprintln!("{rounds} rounds: {all} invoices, the mirror equals KSeF");
}
