//! `ksef sandbox`: TLS, worlds from a seed, a public address.

use std::io::{BufRead as _, BufReader};
use std::process::Child;

use serde_json::Value;

use crate::user::User;

/// A sandbox in a process of its own, and what it told of itself.
struct Serving {
    child: Child,
    told: Value,
}

impl Serving {
    fn start(user: &User, options: &[&str]) -> Self {
        let mut child = user
            .command()
            .args(["sandbox", "--port", "0", "--json"])
            .args(options)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{options:?}: {line}"));
        Self { child, told }
    }

    fn told(&self, name: &str) -> String {
        self.told[name].as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn clients_that_trust_its_certificate_reach_it_by_tls() {
    let user = User::new();
    let serving = Serving::start(
        &user,
        &["--tls", "--tls-name", "ksef.example", "--tls-ca", "ca.pem"],
    );
    let authority = std::fs::read_to_string(user.path("ca.pem")).unwrap();
    assert_eq!(serving.told("tlsAuthority"), authority);
    let url = serving.told("baseUrl");
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let ask = |trusted: Option<&str>| {
        let mut command = user.command();
        command.args([
            "raw",
            "GET",
            "/security/public-key-certificates",
            "--url",
            &url,
        ]);
        if let Some(file) = trusted {
            command.env("SSL_CERT_FILE", user.path(file));
        }
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let (code, keys) = ask(Some("ca.pem"));
    assert_eq!(code, Some(0));
    assert!(keys.contains("publicKeyId"), "{keys}");
    assert_eq!(ask(None).0, Some(8));
}

#[test]
fn a_seed_gives_the_same_world_and_a_public_address_shows() {
    let user = User::new();
    let options = [
        "--seed",
        "7",
        "--frozen-at",
        "2026-11-21T08:00:00Z",
        "--public-url",
        "https://ksef.example:8443",
    ];
    let start = |options: &[&str]| {
        let serving = Serving::start(&user, options);
        (serving.told("worldId"), serving.told("baseUrl"))
    };
    let first = start(&options);
    assert_eq!(first.1, "https://ksef.example:8443/v2");
    assert_eq!(start(&options), first);
    assert_ne!(start(&["--seed", "8"]).0, first.0);
}

#[test]
fn what_cannot_be_served_is_told_with_a_hint() {
    let user = User::new();
    for (options, hint) in [
        (&["--public-url", "ksef.example"][..], "--public-url"),
        (&["--tls", "--tls-name", "no name"][..], "--tls-name"),
        (
            &["--tls", "--tls-ca", "no/such/folder/ca.pem"][..],
            "--tls-ca",
        ),
    ] {
        let run = user.run([&["sandbox", "--port", "0"], options].concat());
        assert_eq!(run.code, Some(1), "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(hint), "{options:?}: {}", run.stderr);
    }
    user.run(["sandbox", "--tls-name", "x"]).ends_with(2);
}
