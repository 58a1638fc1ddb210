//! `ksef cert`

use std::path::Path;

use crate::console::run_with_input;
use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User};

/// Runs a command against a local KSeF on behalf of the seller.
fn at(user: &User, ksef: &LocalKsef, arguments: &[&str]) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", SELLER];
    user.run(arguments.iter().chain(&place))
}

fn request<'a>(name: &'a str, kind: &'a str) -> [&'a str; 6] {
    ["cert", "request", name, "--type", kind, "--json"]
}

/// How many certificates KSeF has issued for the seller.
fn issued(user: &User, ksef: &LocalKsef) -> usize {
    let listed = at(user, ksef, &["cert", "list", "--all", "--json"]);
    listed.ends_with(0).json().as_array().unwrap().len()
}

#[test]
fn a_certificate_is_got_kept_and_logs_in() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(&user, &ksef, &["cert", "limits"]).says("100 / 100");
    let dry = at(
        &user,
        &ksef,
        &[&request("erp-2026", "authentication")[..], &["--dry-run"]].concat(),
    );
    let dry = dry.ends_with(0);
    assert!(dry.stderr.contains("would make a key"), "{}", dry.stderr);
    assert_eq!(issued(&user, &ksef), 0);

    let got = at(&user, &ksef, &request("erp-2026", "authentication"));
    let got = got.ends_with(0);
    let json = got.json();
    let serial = json["serialNumber"].as_str().unwrap();
    let (certificate, key) = (
        json["certificate"].as_str().unwrap(),
        json["key"].as_str().unwrap(),
    );
    let pem = std::fs::read_to_string(key).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    private(Path::new(key));
    assert!(
        got.stderr.contains("ksef profile add erp-2026"),
        "{}",
        got.stderr
    );
    let limits = at(&user, &ksef, &["cert", "limits", "--json"]).ends_with(0);
    assert_eq!(limits.json()["certificate"]["remaining"], 99);

    let url = ksef.url();
    let add = [
        "profile",
        "add",
        "erp",
        "--url",
        &url,
        "--context",
        SELLER,
        "--certificate",
        certificate,
        "--key",
        key,
        "--password",
        json["password"].as_str().unwrap(),
    ];
    user.run(add).ends_with(0);
    user.run(["auth", "login"]).says("logged in");
    // With the certificate one sees it, and gets another one.
    user.run(["cert", "show", "erp-2026"]).says(serial);
    user.run(["cert", "list"]).says("erp-2026");
    user.run([
        "cert",
        "request",
        "offline-2026",
        "--type",
        "offline",
        "--rsa",
    ])
    .says("offline-2026");
    user.run(["cert", "list", "--type", "offline"])
        .says("offline-2026");
    let local = user.run(["cert", "list", "--local", "--json"]).ends_with(0);
    assert_eq!(local.json().as_array().unwrap().len(), 2);

    at(&user, &ksef, &request("erp-2026", "authentication"))
        .fails_with(2, "there is a certificate");
    let dry = at(&user, &ksef, &["cert", "revoke", "erp-2026", "--dry-run"]).ends_with(0);
    assert!(dry.stderr.contains("would revoke"), "{}", dry.stderr);
    at(
        &user,
        &ksef,
        &["cert", "revoke", "erp-2026", "--reason", "superseded"],
    )
    .says(serial);
    at(&user, &ksef, &["cert", "revoke", serial]).fails_with(5, "25009");
    at(&user, &ksef, &["cert", "show", serial, "--json"]).says("Revoked");
    user.run(["auth", "login", "--force"]).fails_with(3, "460");
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

#[cfg(not(unix))]
fn private(_: &Path) {}

#[test]
fn a_password_of_ones_own_opens_the_key() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    run_with_input(&user, &["secret", "set", "mine", "--stdin"], "zażółć").ends_with(0);
    let mut arguments = request("erp-2026", "authentication").to_vec();
    arguments.extend(["--password", "mine"]);
    let got = at(&user, &ksef, &arguments).ends_with(0).json();
    assert_eq!(got["password"], "mine");
    let key = got["key"].as_str().unwrap();
    let openssl = std::process::Command::new("openssl")
        .args(["pkey", "-in", key, "-passin", "pass:zażółć", "-noout"])
        .output();
    match openssl {
        Ok(out) => assert!(out.status.success(), "{out:?}"),
        Err(_) => eprintln!("skipped: openssl is not installed"),
    }
}

#[test]
fn a_lost_answer_and_a_killed_run_double_nothing() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    ksef.with_fault("certificates.enroll:drop-after*1");
    at(&user, &ksef, &request("lost-answer", "offline")).ends_with(0);
    assert_eq!(issued(&user, &ksef), 1);

    // The application is taken; its status cannot be had, and the run ends.
    ksef.with_fault("certificates.enrollment_status:waf");
    let failed = at(&user, &ksef, &request("broken-off", "offline"));
    assert_ne!(failed.code, Some(0), "{}", failed.stderr);
    ksef.clear_faults();
    at(&user, &ksef, &request("broken-off", "authentication")).fails_with(2, "is under way");
    let dry = at(&user, &ksef, &["cert", "sync", "--dry-run"]).ends_with(0);
    assert!(dry.stderr.contains("broken-off"), "{}", dry.stderr);
    let synced = at(&user, &ksef, &["cert", "sync", "--json"]).ends_with(0);
    let done = |name: &str| {
        let json = synced.json();
        let entries = json.as_array().unwrap().clone();
        let entry = entries.into_iter().find(|entry| entry["name"] == name);
        entry.unwrap_or_else(|| panic!("{json}"))["done"].clone()
    };
    assert_eq!(done("broken-off"), "issued");
    assert_eq!(done("lost-answer"), "nothing");
    assert_eq!(issued(&user, &ksef), 2);
    let secrets = user.run(["secret", "list"]).ends_with(0);
    assert!(
        !secrets.stdout.contains("certificate:"),
        "{}",
        secrets.stdout
    );

    // Killed at some instant, and run again.
    for (index, milliseconds) in [5, 30, 60, 120, 200, 300].into_iter().enumerate() {
        let name = format!("killed-{index}");
        let url = ksef.url();
        let place = ["--url", url.as_str(), "--context", SELLER];
        let arguments = request(&name, "offline");
        let mut child = user
            .command()
            .args(arguments.iter().chain(&place))
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        let again = at(&user, &ksef, &request(&name, "offline"));
        // It had come to its end when it was killed, or it does now.
        let is_there = again.stderr.contains("there is a certificate");
        assert!(again.code == Some(0) || is_there, "{}", again.stderr);
    }
    at(&user, &ksef, &["cert", "sync"]).ends_with(0);
    assert_eq!(issued(&user, &ksef), 8);
    let local = user.run(["cert", "list", "--local", "--json"]).ends_with(0);
    assert_eq!(local.json().as_array().unwrap().len(), 8);
}

#[test]
fn a_lost_file_is_fetched_again() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(&user, &ksef, &["cert", "sync"]).ends_with(0);
    let got = at(&user, &ksef, &request("offline-2026", "offline")).ends_with(0);
    let file = got.json()["certificate"].as_str().unwrap().to_owned();
    let before = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let synced = at(&user, &ksef, &["cert", "sync", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(synced[0]["done"], "restored");
    assert_eq!(synced[0]["status"], "Active");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_certificate_ends_early_where_that_is_possible() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(&user, &ksef, &request("offline-2026", "offline")).ends_with(0);
    let shorten = |to: &str, option: &[&str]| {
        let command = [
            "testdata",
            "certificate",
            "shorten",
            "offline-2026",
            "--to",
            to,
        ];
        at(&user, &ksef, &[&command[..], option].concat())
    };
    let dry = shorten("2025-01-01T00:00:00Z", &["--dry-run"]).ends_with(0);
    assert!(dry.stderr.contains("would let"), "{}", dry.stderr);
    shorten("2099-01-01T00:00:00Z", &[]).fails_with(5, "25008");
    shorten("2025-01-01T00:00:00Z", &["--json"]).says("validTo");
    at(&user, &ksef, &["cert", "show", "offline-2026"]).says("Expired");
}

#[test]
fn certificates_made_elsewhere_are_imported() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let got = at(&user, &ksef, &request("original", "authentication")).ends_with(0);
    let got = got.json();
    let (certificate, key) = (
        got["certificate"].as_str().unwrap(),
        got["key"].as_str().unwrap(),
    );
    let import = [
        "cert",
        "import",
        "imported",
        "--certificate",
        certificate,
        "--key",
        key,
        "--password",
        "cert-original",
    ];
    let dry = user.run(import.iter().chain(&["--dry-run"])).ends_with(0);
    assert!(dry.stderr.contains("would keep"), "{}", dry.stderr);
    user.run(import).says("Authentication");
    user.run(import).fails_with(2, "there is a certificate");
    let local = user
        .run(["cert", "list", "--local", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(local[0]["serialNumber"], local[1]["serialNumber"]);
    // It is the KSeF's own wherever it is asked about.
    let synced = at(&user, &ksef, &["cert", "sync", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(synced.as_array().unwrap().len(), 2);

    let wrong = [
        "cert",
        "import",
        "another",
        "--certificate",
        certificate,
        "--key",
        key,
        "--password-stdin",
    ];
    run_with_input(&user, &wrong, "nonsense").fails_with(3, "password");
    let seal = user.files("home/data/identities").remove(0);
    let seal = seal.to_str().unwrap();
    user.run([
        "cert",
        "import",
        "a-seal",
        "--certificate",
        seal,
        "--key",
        seal,
    ])
    .fails_with(2, "no KSeF certificate");
}

#[test]
fn what_is_refused_is_told_with_what_to_do() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(&user, &ksef, &request("erp", "offline")).fails_with(2, "5 to 59 letters");
    at(&user, &ksef, &["cert", "show", "nothing-here"]).fails_with(2, "ksef cert list");
    at(&user, &ksef, &["cert", "show", "0000000000000001"]).fails_with(5, "shows this login");
    at(&user, &ksef, &["cert", "revoke", "0000000000000001"]).fails_with(5, "25008");
    at(&user, &ksef, &["cert", "list"]).ends_with(0);

    let generate = [
        "token",
        "generate",
        "--secret",
        "erp",
        "--permission",
        "InvoiceWrite",
        "--description",
        "ERP system",
    ];
    at(&user, &ksef, &generate).ends_with(0);
    let url = ksef.url();
    let add = [
        "profile",
        "add",
        "erp",
        "--url",
        &url,
        "--context",
        SELLER,
        "--token",
        "erp",
    ];
    user.run(add).ends_with(0);
    user.run(request("by-token", "authentication")).ends_with(5);
    user.run(["cert", "limits"]).ends_with(0);
    let pl = user.run([
        "cert",
        "request",
        "by-token",
        "--type",
        "authentication",
        "--lang",
        "pl",
    ]);
    assert!(pl.stderr.contains("25001"), "{}", pl.stderr);
    // Nothing is left of what came to nothing.
    at(&user, &ksef, &["cert", "sync"]).ends_with(0);
    assert_eq!(issued(&user, &ksef), 0);
}
