//! `ksef sandbox`, `ksef raw`, `ksef doctor`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User};

/// A `ksef sandbox` that runs.
struct Serving {
    child: Child,
    stdout: BufReader<ChildStdout>,
    about: Value,
}

impl Serving {
    fn start(user: &User, options: &[&str]) -> Self {
        let mut child = user
            .command()
            .args(["sandbox", "--port", "0", "--json", "--latency", "10ms"])
            .args(options)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let about = serde_json::from_str(&line).unwrap_or_else(|error| {
            let _ = child.kill();
            panic!("{error}: {line}")
        });
        Self {
            child,
            stdout,
            about,
        }
    }

    fn url(&self) -> String {
        self.about["baseUrl"].as_str().unwrap().to_owned()
    }

    /// Ends it as a terminal or a service manager does, and gives its exit code.
    fn end(mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        let code = self.child.wait().unwrap().code();
        let mut rest = String::new();
        self.stdout.read_line(&mut rest).unwrap();
        assert_eq!(rest, "", "nothing but the address is a result");
        code
    }
}

#[cfg(unix)]
#[test]
fn a_sandbox_serves_until_it_is_told_to_stop() {
    let user = User::new();
    for signal in [Signal::INT, Signal::TERM] {
        let sandbox = Serving::start(&user, &[]);
        let url = sandbox.url();
        let run = user.run([
            "session",
            "list",
            "--json",
            "--url",
            &url,
            "--context",
            SELLER,
        ]);
        assert_eq!(run.ends_with(0).json(), serde_json::json!([]));
        assert_eq!(sandbox.end(signal), Some(0), "{signal:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_sandbox_keeps_its_world_and_obeys_its_options() {
    let user = User::new();
    let data = user.path("world");
    let data = data.to_str().unwrap();
    let sandbox = Serving::start(
        &user,
        &["--data", data, "--frozen-at", "2027-01-02T03:04:05Z"],
    );
    let world = sandbox.about["worldId"].clone();
    let challenge = ["raw", "POST", "/auth/challenge", "--url", &sandbox.url()];
    let challenge = user.run(challenge).ends_with(0).json();
    assert!(
        challenge["timestamp"]
            .as_str()
            .unwrap()
            .starts_with("2027-01-02T03:04:05")
    );
    // The world is in use.
    user.run(["sandbox", "--port", "0", "--data", data])
        .fails_with(1, "another process uses its world");
    sandbox.end(Signal::TERM);

    let again = Serving::start(&user, &["--data", data, "--fault", "auth.challenge:503*9"]);
    assert_eq!(again.about["worldId"], world);
    let url = again.url();
    user.run(["raw", "POST", "/auth/challenge", "--url", &url])
        .ends_with(8);
    again.end(Signal::TERM);
}

#[test]
fn a_sandbox_that_cannot_start_says_why() {
    let user = User::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    user.run(["sandbox", "--port", &port])
        .fails_with(1, "choose another one with --port");
    user.run(["sandbox", "--fault", "nonsense"])
        .fails_with(2, "nonsense");
    user.run(["sandbox", "--latency", "soon"])
        .fails_with(2, "250ms");
    user.run(["sandbox", "--frozen-at", "yesterday"])
        .fails_with(2, "yesterday");
}

fn raw(user: &User, ksef: &LocalKsef, arguments: &[&str]) -> Run {
    let url = ksef.url();
    let line = ["raw"].iter().chain(arguments).copied();
    user.run(line.chain(["--url", &url, "--context", SELLER]))
}

#[test]
fn raw_requests_show_what_came() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let keys = raw(&user, &ksef, &["GET", "/security/public-key-certificates"]).ends_with(0);
    assert!(keys.json().as_array().is_some_and(|keys| !keys.is_empty()));
    assert_eq!(keys.stderr, "");
    raw(
        &user,
        &ksef,
        &["GET", "sessions?sessionType=Online", "--include"],
    )
    .says("HTTP 200");
    let url = format!("{}/rate-limits", ksef.url());
    raw(&user, &ksef, &["get", &url]).ends_with(0).json();
    let shown = raw(&user, &ksef, &["GET", "/rate-limits", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(shown["status"], 200);
    assert!(shown["body"].is_object());
}

#[test]
fn raw_refusals_are_told_by_the_exit_code() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let run = raw(&user, &ksef, &["GET", "/sessions"]).ends_with(5);
    assert!(run.stdout.contains("21405"), "the body is still the result");
    raw(&user, &ksef, &["GET", "/rate-limits", "--no-auth"]).ends_with(3);
    raw(&user, &ksef, &["GET", "https://example.com/v2/sessions"]).fails_with(2, "is not below");
    raw(&user, &ksef, &["PATCH", "/sessions"]).fails_with(2, "PATCH");
    raw(&user, &ksef, &["POST", "/auth/token/refresh"]).fails_with(2, "Authorization");
    raw(&user, &ksef, &["POST", "/x", "--body", "missing.json"]).fails_with(2, "missing.json");
    let dry = raw(&user, &ksef, &["POST", "/sessions/online", "--dry-run"]).ends_with(0);
    assert!(dry.stdout.is_empty() && dry.stderr.contains("would send POST"));
    ksef.with_fault("*:429=7");
    let run = raw(&user, &ksef, &["GET", "/security/public-key-certificates"]).ends_with(7);
    assert!(run.stderr.contains("429"), "{}", run.stderr);
}

#[test]
fn a_healthy_machine_is_told_so() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let line = ["doctor", "--json", "--url", &url, "--context", SELLER];
    let report = user.run(line).ends_with(0).json();
    assert_eq!(report["healthy"], true, "{report}");
    let names: Vec<&str> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["check"].as_str().unwrap())
        .collect();
    for name in [
        "configuration",
        "folders",
        "secrets",
        "target",
        "server",
        "clock",
        "public keys",
        "login",
        "self-check",
    ] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    user.run(["doctor", "--url", &url])
        .says("everything is in order");
}

#[cfg(unix)]
#[test]
fn what_does_not_send_does_not_wait_long_for_the_embedded_sandbox() {
    let user = User::new();
    let sandbox = Serving::start(&user, &["--embedded"]);
    let run = user
        .run(["session", "list", "--context", SELLER])
        .fails_with(1, "another process uses its world");
    assert!(run.stderr.contains("--url"), "{}", run.stderr);
    sandbox.end(Signal::TERM);
}

#[test]
fn a_server_that_cannot_be_reached_is_named() {
    let user = User::new();
    let invoice = user.write("a.xml", crate::user::invoice(SELLER, "FV/1"));
    let invoice = invoice.to_str().unwrap();
    let line = ["invoice", "send", "--url", "http://127.0.0.1:1/v2", invoice];
    let run = user.run(line).ends_with(8);
    let said = "KSeF cannot be reached at 127.0.0.1:1";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let run = user
        .run([&line[..], &["--lang", "pl"]].concat())
        .ends_with(8);
    let said = "pod adresem 127.0.0.1:1";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let results = user
        .run([&line[..], &["--lang", "pl", "--json"]].concat())
        .json();
    assert_eq!(
        results["errors"][0]["error"]["message"], "KSeF cannot be reached at 127.0.0.1:1",
        "what programs read is in English"
    );
}

#[test]
fn a_clock_that_differs_is_a_warning_in_the_language_of_the_user() {
    let user = User::new();
    let sandbox = Serving::start(&user, &["--frozen-at", "2026-01-02T03:04:05Z"]);
    let url = sandbox.url();
    let line = ["doctor", "--no-self-check", "--lang", "pl", "--url", &url];
    let run = user.run(line).ends_with(0);
    assert!(run.stdout.contains("uwaga zegar"), "{}", run.stdout);
    sandbox.end(Signal::TERM);
}

#[test]
fn a_sick_machine_is_told_what_to_do() {
    let user = User::new();
    let run = user
        .run(["doctor", "--url", "http://127.0.0.1:1", "--no-self-check"])
        .ends_with(8);
    assert!(run.stdout.contains("fail server"), "{}", run.stdout);
    assert!(
        !run.stdout.contains("ksef doctor"),
        "the doctor sends nobody to the doctor"
    );

    let add = [
        "profile",
        "add",
        "a",
        "--env",
        "demo",
        "--context",
        SELLER,
        "--token",
        "t",
    ];
    user.run(add).ends_with(0);
    let run = user
        .run(["doctor", "--offline", "--no-self-check"])
        .ends_with(3);
    assert!(run.stdout.contains("ksef secret set t"), "{}", run.stdout);
}

#[test]
fn a_server_that_is_gone_is_told_apart() {
    let user = User::new();
    let run = user
        .run([
            "session",
            "list",
            "--url",
            "http://127.0.0.1:1",
            "--context",
            SELLER,
        ])
        .fails_with(8, "cannot be reached");
    assert!(run.stderr.contains("hint:"));
    let error = user
        .run([
            "session",
            "list",
            "--url",
            "http://127.0.0.1:1",
            "--context",
            SELLER,
            "--json",
        ])
        .json_error();
    assert_eq!(
        (&error["kind"], &error["exitCode"]),
        (&"unavailable".into(), &8.into())
    );
}
