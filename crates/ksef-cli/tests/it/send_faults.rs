//! `ksef invoice send` when KSeF or the way to it fails.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::local_ksef::LocalKsef;
use crate::user::{SELLER, User};

const NUMBERS: [&str; 6] = ["F/1", "F/2", "F/3", "F/4", "F/5", "F/6"];

/// Sends six invoices while these faults are set; each must be accepted once, in one run.
#[track_caller]
fn survives(faults: &[&str]) -> (User, LocalKsef, crate::user::Run) {
    let user = User::new();
    let ksef = LocalKsef::start();
    let folder = user.invoices("in", NUMBERS);
    for fault in faults {
        ksef.with_fault(fault);
    }
    let run = user.send(&folder, &["--url", &ksef.url()]).ends_with(0);
    assert_eq!(run.total("accepted"), 6, "{faults:?}");
    assert_eq!(ksef.accepted_once().len(), 6, "{faults:?}");
    let open = ksef
        .session_codes()
        .into_iter()
        .filter(|code| *code < 200)
        .count();
    assert_eq!(open, 0, "{faults:?}: a session stayed open");
    (user, ksef, run)
}

#[test]
fn answers_that_are_lost_are_looked_up() {
    let (_, ksef, _) = survives(&["invoice-send:drop-after*3"]);
    assert_eq!(ksef.taken(), 6, "nothing was sent twice");
}

#[test]
fn requests_that_are_lost_are_sent_again() {
    survives(&["invoice-send:drop-before*3"]);
}

#[test]
fn a_session_that_is_not_available_is_replaced() {
    let (_, ksef, _) = survives(&["invoice-send:session-unavailable*1+2"]);
    assert!(ksef.session_codes().len() >= 2);
}

#[test]
fn a_session_whose_key_fails_is_replaced() {
    let (_, ksef, _) = survives(&["online-session:session-415*1"]);
    assert!(ksef.session_codes().contains(&415));
}

#[test]
fn a_session_that_fails_under_way_is_replaced() {
    let (_, ksef, _) = survives(&["invoice-send:session-415*1+2"]);
    assert!(ksef.session_codes().contains(&415));
}

#[test]
fn a_stale_key_is_replaced() {
    survives(&["online-session:stale-key*1"]);
}

#[test]
fn closing_without_an_answer_is_looked_up() {
    survives(&["sessions.close_online:drop-after*1"]);
}

#[test]
fn limits_are_obeyed() {
    let (_, ksef, _) = survives(&["invoice-send:429=1*2"]);
    assert_eq!(ksef.taken(), 6);
}

#[test]
fn a_limit_that_lasts_ends_the_run_and_the_next_one_continues() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = user.invoices("in", NUMBERS);
    ksef.with_fault("invoice-send:429=3600*4+2");
    let run = user
        .send(&folder, &["--url", &url, "--jobs", "1", "--no-batch"])
        .ends_with(7);
    assert_eq!(
        run.total("accepted") + run.total("pending"),
        2,
        "{}",
        run.stdout
    );
    assert_eq!(run.total("notSent"), 4);
    assert!(
        run.stdout.contains("3600") || run.stderr.contains("3600"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    ksef.clear_faults();
    // What KSeF asked for holds for the next run too, although it would not be refused.
    let run = user
        .send(&folder, &["--url", &url, "--no-batch"])
        .ends_with(7);
    assert_eq!((run.total("notSent"), ksef.taken()), (4, 2));
    // An hour later.
    std::fs::remove_dir_all(user.home().join("state/limits")).unwrap();
    let run = user
        .send(&folder, &["--url", &url, "--no-batch"])
        .ends_with(0);
    assert_eq!(run.total("accepted") + run.total("acceptedBefore"), 6);
    assert_eq!((ksef.accepted_once().len(), ksef.taken()), (6, 6));
}

#[test]
fn a_wait_is_told_and_the_work_goes_on() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let limit = [
        "testdata",
        "rate",
        "set",
        "--limit",
        "invoiceSend=2/100/1000",
    ];
    let place = ["--url", &url, "--context", crate::user::SELLER];
    user.run(limit.iter().chain(&place)).ends_with(0);
    let folder = user.invoices("in", NUMBERS);
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!((run.total("accepted"), ksef.taken()), (6, 6));
    let told = "waiting 1 s for KSeF's limit of requests (POST /sessions/online/";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn failures_that_pass_are_waited_out() {
    survives(&[
        "sessions.invoices:503*2",
        "sessions.status:500-html*1",
        "GET /sessions/*:502*2",
    ]);
}

#[test]
fn a_firewall_ends_the_run_and_the_next_one_continues() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = user.invoices("in", NUMBERS);
    ksef.with_fault("invoice-send:waf*6+1");
    user.send(&folder, &["--url", &url, "--jobs", "1"])
        .ends_with(8);
    ksef.clear_faults();
    user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!((ksef.accepted_once().len(), ksef.taken()), (6, 6));
}

#[test]
fn a_ksef_that_goes_away_ends_the_run_and_the_next_one_completes_it() {
    let user = User::new();
    let world = user.path("world");
    let ksef = LocalKsef::start_at(([127, 0, 0, 1], 0).into(), Some(&world));
    let (url, address) = (ksef.url(), ksef.address());
    let folder = user.invoices("in", NUMBERS);
    ksef.with_fault("invoice-send:delay=150ms");
    let child = user.start_sending(&folder, &["--url", &url, "--jobs", "1"]);
    while ksef.taken() < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    ksef.stop();
    let run = crate::user::Run::of(child.wait_with_output().unwrap()).ends_with(8);
    assert!(run.total("accepted") < 6);
    assert!(
        run.stderr.contains("run the same command again")
            || run.stdout.contains("run the same command again")
    );

    let ksef = LocalKsef::start_at(address, Some(&world));
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!(run.total("accepted") + run.total("acceptedBefore"), 6);
    assert_eq!(ksef.accepted_once().len(), 6);
}

#[test]
fn nobody_there_is_told() {
    let user = User::new();
    let file = user.write("a.xml", crate::user::invoice(SELLER, "A/1"));
    let run = user
        .send(&file, &["--url", "http://127.0.0.1:9/v2"])
        .ends_with(8);
    assert_eq!(run.total("notSent"), 1);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_in_good_order() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = user.invoices("in", NUMBERS);
    ksef.with_fault("invoice-send:delay=200ms");
    let child = user.start_sending(&folder, &["--url", &url, "--jobs", "1"]);
    while ksef.taken() < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let run = crate::user::Run::of(child.wait_with_output().unwrap()).ends_with(6);
    assert!(run.total("notSent") > 0, "{}", run.stdout);
    let open = ksef
        .session_codes()
        .into_iter()
        .filter(|code| *code == 100)
        .count();
    assert_eq!(open, 0, "the session was closed");
    ksef.clear_faults();
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!(run.total("accepted") + run.total("acceptedBefore"), 6);
    assert_eq!((ksef.accepted_once().len(), ksef.taken()), (6, 6));
}

#[test]
fn a_world_that_was_reset_has_no_invoices() {
    let user = User::new();
    let folder = user.invoices("in", ["A/1"]);
    for _ in 0..2 {
        let ksef = LocalKsef::start();
        let run = user.send(&folder, &["--url", &ksef.url()]).ends_with(0);
        assert_eq!(run.total("accepted"), 1);
        ksef.stop();
    }
    assert_eq!(user.journals().len(), 2);
}
