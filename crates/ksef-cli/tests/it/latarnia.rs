//! What Latarnia says is shown as advice.

use crate::local_ksef::LocalKsef;
use crate::user::{SELLER, User};

#[test]
fn a_failure_is_shown_and_fails_nothing() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let status = ["status", "--url", &url, "--context", SELLER];
    user.run(status).says("KSeF is available");
    let shown = user.run([&status[..], &["--json"]].concat()).json();
    assert_eq!(shown["latarnia"]["status"], "AVAILABLE");

    ksef.control("POST", "latarnia/failure", r#"{"text": "Trwa naprawa."}"#);
    let run = user.run(status).says("KSeF has failed");
    assert!(run.stdout.contains("Trwa naprawa."), "{}", run.stdout);
    user.run([&status[..], &["--lang", "pl"]].concat())
        .says("trwa awaria KSeF");
    let offline = user
        .run([&status[..], &["--offline"]].concat())
        .ends_with(0);
    assert!(!offline.stdout.contains("Latarnia"), "{}", offline.stdout);

    let doctor = ["doctor", "--no-self-check", "--json", "--url", &url];
    let report = user.run(doctor).ends_with(0).json();
    let checks = report["checks"].as_array().unwrap();
    let latarnia = checks.iter().find(|check| check["check"] == "latarnia");
    let latarnia = latarnia.unwrap();
    assert_eq!(latarnia["level"], "warn");
    assert!(latarnia["hints"].to_string().contains("Trwa naprawa."));
    assert_eq!(report["healthy"], true, "advice never fails anything");
}

#[test]
fn silence_means_nothing() {
    let user = User::new();
    // No server at all, so no Latarnia either.
    let line = ["status", "--url", "http://127.0.0.1:1", "--context", SELLER];
    let run = user.run(line).ends_with(0);
    assert!(!run.stdout.contains("Latarnia"), "{}", run.stdout);
}
