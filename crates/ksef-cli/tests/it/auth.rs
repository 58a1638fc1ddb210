//! `ksef auth` and `ksef token`.

use crate::console::run_with_input;
use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User};

/// Runs a command against a local KSeF on behalf of the seller.
fn at(user: &User, ksef: &LocalKsef, arguments: &[&str]) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", SELLER];
    user.run(arguments.iter().chain(&place))
}

#[test]
fn a_login_is_kept_shown_and_ended() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(&user, &ksef, &["auth", "status"]).fails_with(3, "log in: ksef auth login");
    let login = at(&user, &ksef, &["auth", "login", "--json"])
        .ends_with(0)
        .json();
    let reference = login["referenceNumber"].as_str().unwrap().to_owned();
    let again = at(&user, &ksef, &["auth", "login", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(
        again["referenceNumber"],
        reference.as_str(),
        "the kept login is used"
    );

    let status = at(&user, &ksef, &["auth", "status", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(status["logins"][0]["referenceNumber"], reference.as_str());
    assert_eq!(status["logins"][0]["valid"], true);
    at(&user, &ksef, &["auth", "sessions"]).says(&reference);
    let forced = at(&user, &ksef, &["auth", "login", "--force", "--json"])
        .ends_with(0)
        .json();
    assert_ne!(forced["referenceNumber"], reference.as_str());
    at(&user, &ksef, &["auth", "sessions", "--end", &reference]).says(&reference);
    let left = at(&user, &ksef, &["auth", "sessions", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(left.as_array().unwrap().len(), 1);

    at(&user, &ksef, &["auth", "logout"]).says("logged out");
    at(&user, &ksef, &["auth", "logout"]).says("no login");
    at(&user, &ksef, &["auth", "status"]).ends_with(3);
}

#[test]
fn a_document_signed_elsewhere_logs_in() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let add = [
        "profile",
        "add",
        "card",
        "--url",
        &url,
        "--context",
        SELLER,
        "--external",
    ];
    user.run(add).ends_with(0);
    user.run(["auth", "login"])
        .fails_with(2, "ksef auth sign --prepare");
    user.run(["session", "list"]).ends_with(3);

    let prepared = user.run(["auth", "sign", "--prepare"]).ends_with(0);
    assert!(
        prepared.stdout.contains("<AuthTokenRequest"),
        "the document alone is on stdout"
    );
    user.run(["auth", "sign", "--prepare", "-o", "request.xml"])
        .says("request.xml");
    // Another tool signs; here it is the same program with a test certificate.
    at(
        &user,
        &ksef,
        &[
            "auth",
            "sign",
            "request.xml",
            "-o",
            "signed.xml",
            "--profile",
            "seal",
        ],
    )
    .fails_with(2, "seal");
    user.run([
        "profile",
        "add",
        "seal",
        "--url",
        &url,
        "--context",
        SELLER,
        "--self-signed",
    ])
    .ends_with(0);
    user.run([
        "auth",
        "sign",
        "request.xml",
        "-o",
        "signed.xml",
        "--profile",
        "seal",
    ])
    .says("signed.xml");

    user.run(["auth", "submit", "request.xml"])
        .fails_with(3, "9102");
    user.run(["auth", "submit", "signed.xml"]).says("logged in");
    user.run(["session", "list"]).ends_with(0);
    user.run(["auth", "submit", "signed.xml"])
        .fails_with(2, "no login waits");
    user.run(["auth", "submit", "missing.xml"])
        .fails_with(2, "missing.xml");
}

#[test]
fn a_document_for_another_challenge_is_not_sent() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(
        &user,
        &ksef,
        &["auth", "sign", "--prepare", "-o", "first.xml"],
    )
    .ends_with(0);
    at(
        &user,
        &ksef,
        &["auth", "sign", "--prepare", "-o", "second.xml"],
    )
    .ends_with(0);
    at(
        &user,
        &ksef,
        &["auth", "sign", "first.xml", "-o", "signed.xml"],
    )
    .ends_with(0);
    at(&user, &ksef, &["auth", "submit", "signed.xml"]).fails_with(2, "another challenge");
    at(&user, &ksef, &["auth", "sign", "nothing.xml"]).fails_with(2, "nothing.xml");
}

#[test]
fn a_token_is_generated_used_and_revoked() {
    let (user, ksef) = (User::new(), LocalKsef::start());
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
    let generated = at(&user, &ksef, &[&generate[..], &["--json"]].concat()).ends_with(0);
    let reference = generated.json()["referenceNumber"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!generated.stdout.contains('|'), "the secret is not printed");
    at(&user, &ksef, &generate).fails_with(2, "nothing was generated");
    at(&user, &ksef, &["token", "list"]).says(&reference);
    at(&user, &ksef, &["token", "show", &reference]).says("ERP system");
    at(
        &user,
        &ksef,
        &["token", "show", "20261121-EC-1DCE3E3000-12ECB5B36E-45"],
    )
    .ends_with(3);

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
    user.run(["auth", "login"]).says("logged in");
    user.run(["session", "list"]).ends_with(0);

    at(&user, &ksef, &["token", "revoke", &reference]).says(&reference);
    user.run(["auth", "login", "--force"]).fails_with(3, "450");
    at(
        &user,
        &ksef,
        &[
            "token",
            "generate",
            "--secret",
            "x",
            "--permission",
            "Nonsense",
            "--description",
            "xxxxx",
        ],
    )
    .fails_with(2, "InvoiceWrite");
}

/// What a token may not do, it is told with the permission that would be needed.
#[test]
fn a_missing_permission_is_named() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let generate = [
        "token",
        "generate",
        "--secret",
        "reader",
        "--permission",
        "InvoiceRead",
        "--description",
        "reads only",
    ];
    at(&user, &ksef, &generate).ends_with(0);
    let url = ksef.url();
    let add = [
        "profile",
        "add",
        "reader",
        "--url",
        &url,
        "--context",
        SELLER,
        "--token",
        "reader",
    ];
    user.run(add).ends_with(0);
    let run = user.run(["session", "list"]).fails_with(3, "InvoiceWrite");
    assert!(run.stderr.contains("InvoiceRead"), "{}", run.stderr);
}

#[test]
fn a_wrong_nip_is_refused_with_a_hint() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let place = ["--url", url.as_str()];
    let prepare = [
        "auth",
        "sign",
        "--prepare",
        "-o",
        "r.xml",
        "--context",
        "7342105585",
    ];
    user.run(prepare.iter().chain(&place)).ends_with(0);
    // Signed by the seal of another taxpayer.
    let sign = ["auth", "sign", "r.xml", "-o", "s.xml", "--context", SELLER];
    user.run(sign.iter().chain(&place)).ends_with(0);
    let submit = ["auth", "submit", "s.xml", "--context", "7342105585"];
    user.run(submit.iter().chain(&place))
        .fails_with(3, "check the NIP");
}

#[test]
fn a_token_that_is_none_or_missing_is_told() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let add = [
        "profile",
        "add",
        "a",
        "--url",
        &url,
        "--context",
        SELLER,
        "--token",
        "t",
    ];
    user.run(add).ends_with(0);
    user.run(["auth", "login"])
        .fails_with(3, "ksef secret set t");
    run_with_input(&user, &["secret", "set", "t", "--stdin"], "two words").ends_with(0);
    let run = user
        .run(["auth", "login"])
        .fails_with(3, "is not a KSeF token");
    assert!(!run.stderr.contains("two words"));
    let wrong = format!(
        "20261010-EC-1DCE3E3000-12ECB5B36E-45|nip-{SELLER}|{}",
        "cd".repeat(32)
    );
    run_with_input(&user, &["secret", "set", "t", "--stdin"], &wrong).ends_with(0);
    let run = user.run(["auth", "login", "--json"]).fails_with(3, "");
    assert_eq!(run.json_error()["ksefCode"], 450);
}

#[test]
fn without_a_login_official_environments_are_refused_before_any_call() {
    let user = User::new();
    for place in ["demo", "production"] {
        user.run(["session", "list", "--env", place, "--context", SELLER])
            .fails_with(3, "no login is configured");
    }
}
