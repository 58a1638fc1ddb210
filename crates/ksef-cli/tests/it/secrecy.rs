//! Logging in with keys behind passwords, and that no secret is ever shown.

use std::path::{Path, PathBuf};

use ksef_core::nip::Nip;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::self_signed::{self, Validity};

use crate::console::run_with_input;
use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

const PASSWORD: &str = "planted-key-password";

fn seal(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/seal")
        .join(file)
}

/// A profile "seal" with the certificate and its encrypted key, and a profile "file" with the PKCS#12 file.
fn with_profiles(url: &str) -> User {
    let user = User::new();
    let path = |file: &str| seal(file).to_str().unwrap().to_owned();
    let place = [
        "--url",
        url,
        "--context",
        SELLER,
        "--password",
        "key-password",
    ];
    let (certificate, key, container) = (
        path("certificate.pem"),
        path("key.pem"),
        path("identity.p12"),
    );
    let seal = [
        "profile",
        "add",
        "seal",
        "--certificate",
        &certificate,
        "--key",
        &key,
    ];
    user.run(seal.iter().chain(&place)).ends_with(0);
    let file = ["profile", "add", "file", "--pkcs12", &container];
    user.run(file.iter().chain(&place)).ends_with(0);
    user
}

fn store(user: &User, name: &str, value: &str) {
    run_with_input(user, &["secret", "set", name, "--stdin"], value).ends_with(0);
}

#[test]
fn keys_open_with_their_password_only() {
    let ksef = LocalKsef::start();
    let user = with_profiles(&ksef.url());
    for profile in ["seal", "file"] {
        user.run(["auth", "login", "--profile", profile])
            .fails_with(3, "ksef secret set key-password");
    }
    store(&user, "key-password", "not the password");
    for profile in ["seal", "file"] {
        let run = user.run(["auth", "login", "--profile", profile]);
        let run = run.fails_with(3, "the password does not open");
        assert!(!run.stderr.contains("not the password"));
        let login = ["auth", "login", "--profile", profile, "--password-stdin"];
        run_with_input(&user, &login, PASSWORD).says("logged in");
    }
    store(&user, "key-password", PASSWORD);
    for profile in ["seal", "file"] {
        user.run(["auth", "login", "--force", "--profile", profile])
            .says("logged in");
        let report = user
            .run(["doctor", "--no-self-check", "--profile", profile])
            .ends_with(0);
        assert!(
            report.stdout.contains(&format!("Nip:{SELLER}")),
            "{}",
            report.stdout
        );
    }
}

/// A seal whose validity begins and ends this many days from now.
fn write_seal(user: &User, from_days: i64, days: u32) -> (String, String) {
    let now = ksef_core::clock::Clock::now(&ksef_core::clock::SystemClock);
    let from = now + jiff::SignedDuration::from_hours(24 * from_days);
    let nip = Nip::parse(SELLER).unwrap();
    let identity =
        self_signed::company_seal("Example", &nip, KeyKind::EcP256, Validity::days(from, days))
            .unwrap();
    let certificate = user.write("seal.pem", identity.certificate().to_pem());
    let key = user.write("seal.key", identity.key().to_pem().as_bytes());
    (
        certificate.to_str().unwrap().to_owned(),
        key.to_str().unwrap().to_owned(),
    )
}

#[test]
fn a_certificate_outside_its_time_is_refused_here() {
    for (from_days, words) in [(-40, "the certificate expired"), (2, "not valid before")] {
        let user = User::new();
        let (certificate, key) = write_seal(&user, from_days, 30);
        // An official environment: nothing is called before the certificate is judged.
        let add = ["profile", "add", "a", "--env", "demo", "--context", SELLER];
        user.run(
            add.iter()
                .chain(&["--certificate", &certificate, "--key", &key]),
        )
        .ends_with(0);
        let run = user.run(["auth", "login"]).fails_with(3, words);
        assert!(run.stderr.contains("set the clock"), "{}", run.stderr);
        let report = user
            .run(["doctor", "--offline", "--no-self-check"])
            .ends_with(3);
        assert!(
            report.stdout.contains("fail certificate"),
            "{}",
            report.stdout
        );
        assert!(report.stdout.contains("fail issuer"), "{}", report.stdout);
    }
}

#[test]
fn a_certificate_near_its_end_is_a_warning() {
    let user = User::new();
    let (certificate, key) = write_seal(&user, -1, 10);
    let add = ["profile", "add", "a", "--env", "test", "--context", SELLER];
    user.run(
        add.iter()
            .chain(&["--certificate", &certificate, "--key", &key]),
    )
    .ends_with(0);
    let report = user
        .run(["doctor", "--offline", "--no-self-check"])
        .ends_with(0);
    assert!(
        report.stdout.contains("warn certificate"),
        "{}",
        report.stdout
    );
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let ksef = LocalKsef::start();
    let user = User::new();
    let (_, key) = write_seal(&user, -1, 10);
    let url = ksef.url();
    let certificate = seal("certificate.pem");
    let certificate = certificate.to_str().unwrap();
    let add = ["profile", "add", "a", "--url", &url, "--context", SELLER];
    user.run(
        add.iter()
            .chain(&["--certificate", certificate, "--key", &key]),
    )
    .ends_with(0);
    user.run(["auth", "login"])
        .fails_with(3, "does not belong to the certificate");
    std::fs::remove_file(&key).unwrap();
    user.run(["auth", "login"]).fails_with(2, "cannot be read");
    user.write("seal.key", "rubbish");
    user.run(["auth", "login"])
        .fails_with(2, "cannot be used to log in");
}

/// Runs every command with secrets at hand and the most talkative log, and looks for them in everything it says.
#[test]
fn no_secret_is_ever_shown() {
    let ksef = LocalKsef::start();
    let user = with_profiles(&ksef.url());
    let planted = "planted-token-secret";
    store(&user, "key-password", PASSWORD);
    store(&user, "planted", planted);
    user.run(["auth", "login", "--profile", "seal"])
        .ends_with(0);
    let generate = [
        "token",
        "generate",
        "--profile",
        "seal",
        "--secret",
        "generated",
        "--permission",
        "InvoiceWrite",
        "--description",
        "a token",
    ];
    user.run(generate).ends_with(0);
    let url = ksef.url();
    let add = [
        "profile",
        "add",
        "token",
        "--url",
        &url,
        "--context",
        SELLER,
        "--token",
        "planted",
    ];
    user.run(add).ends_with(0);
    user.write("in/a.xml", invoice(SELLER, "S/1"));
    let key = std::fs::read_to_string(seal("key.pem")).unwrap();
    let key_line = key.lines().nth(1).unwrap().to_owned();
    let secrets = [
        PASSWORD,
        planted,
        "eyJ",
        key_line.as_str(),
        "sig=",
        "Bearer ",
    ];

    let commands: &[&[&str]] = &[
        &["status"],
        &["doctor", "--no-self-check"],
        &["auth", "login", "--force"],
        &["auth", "login", "--force", "--profile", "token"],
        &["auth", "status"],
        &["auth", "sessions"],
        &["auth", "sign", "--prepare", "-o", "r.xml"],
        &["auth", "sign", "r.xml", "-o", "s.xml"],
        &["auth", "submit", "s.xml"],
        &["invoice", "send", "in"],
        &["invoice", "status", "in/a.xml"],
        &["invoice", "upo", "in/a.xml", "--verify"],
        &["session", "list"],
        &["token", "list"],
        &["profile", "list"],
        &["profile", "show", "seal"],
        &["profile", "show", "token"],
        &["secret", "list"],
        &["raw", "GET", "/rate-limits", "--include"],
        &["auth", "logout"],
        &["session", "list", "--url", "http://127.0.0.1:1"],
    ];
    for command in commands {
        for form in [&["-vvv"][..], &["-vvv", "--json"]] {
            let mut line = command.to_vec();
            line.extend(form);
            if !line.contains(&"--profile") && !line.contains(&"--url") {
                line.extend(["--profile", "seal"]);
            }
            let run = user.run(&line);
            shows_none_of(&run, &secrets, &line);
        }
    }
    for file in user.files("home") {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in [PASSWORD, planted, "eyJ"] {
            assert!(!text.contains(secret), "{secret} is in {}", file.display());
        }
    }
}

#[track_caller]
fn shows_none_of(run: &Run, secrets: &[&str], line: &[&str]) {
    for secret in secrets {
        for (stream, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
            assert!(
                !text.contains(secret),
                "{line:?} shows {secret} on {stream}:\n{text}"
            );
        }
    }
}
