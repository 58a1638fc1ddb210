//! `ksef profile` and `ksef init`.

use crate::console::run_with_input;
use crate::user::{SELLER, User};

fn add(user: &User, name: &str) {
    let arguments = [
        "profile",
        "add",
        name,
        "--env",
        "test",
        "--context",
        SELLER,
        "--self-signed",
    ];
    user.run(arguments).says(name);
}

#[test]
fn profiles_come_and_go() {
    let user = User::new();
    add(&user, "first");
    add(&user, "second");
    let list = user.run(["profile", "list", "--json"]).ends_with(0).json();
    assert_eq!(list[0]["name"], "first");
    assert_eq!(
        (list[0]["default"].as_bool(), list[1]["default"].as_bool()),
        (Some(true), Some(false))
    );
    assert_eq!(list[1]["context"]["value"], SELLER);

    user.run(["profile", "use", "second"]).says("second");
    user.run(["profile", "show"]).says("second (default)");
    user.run(["profile", "rm", "second"]).says("second");
    user.run(["profile", "show"])
        .fails_with(2, "no default profile");
    user.run(["profile", "show", "second"])
        .fails_with(2, "known profiles: first");
    user.run(["profile", "rm", "second"])
        .fails_with(2, "second");
    user.run(["profile", "use", "second"])
        .fails_with(2, "second");
}

#[test]
fn a_profile_is_replaced_only_on_request() {
    let user = User::new();
    add(&user, "a");
    let again = [
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
    user.run(again).fails_with(2, "--force");
    user.run(again.iter().chain(&["--force"])).says("a");
    user.run(["profile", "show", "a"]).says("demo");
}

#[test]
fn wrong_combinations_are_refused() {
    let user = User::new();
    user.run(["profile", "add", "a", "--self-signed"])
        .fails_with(2, "--env");
    user.run(["profile", "add", "a", "--env", "test"])
        .fails_with(2, "--token");
    user.run([
        "profile",
        "add",
        "a",
        "--env",
        "production",
        "--self-signed",
    ])
    .fails_with(2, "does not accept self-signed");
    user.run(["profile", "add", "a b", "--env", "test", "--self-signed"])
        .fails_with(2, "a b");
    user.run([
        "profile",
        "add",
        "a",
        "--env",
        "test",
        "--certificate",
        "c.pem",
    ])
    .fails_with(2, "--key");
    user.run([
        "profile",
        "add",
        "a",
        "--env",
        "test",
        "--token",
        "t",
        "--external",
    ])
    .fails_with(2, "cannot be used with");
    assert!(!user.home().join("config.toml").exists());
}

#[test]
fn a_dry_run_writes_nothing() {
    let user = User::new();
    let run = user
        .run([
            "profile",
            "add",
            "a",
            "--env",
            "test",
            "--self-signed",
            "--dry-run",
        ])
        .ends_with(0);
    assert!(run.stderr.contains("would add"));
    assert!(!user.home().join("config.toml").exists());
}

#[test]
fn init_writes_a_first_profile_with_its_secret() {
    let user = User::new();
    user.run(["init", "--no-input"]).fails_with(2, "--env");
    user.run(["init", "--env", "test"])
        .fails_with(2, "--context");
    let token = format!(
        "20261010-EC-1DCE3E3000-12ECB5B36E-45|nip-{SELLER}|{}",
        "ab".repeat(32)
    );
    let arguments = [
        "init",
        "--env",
        "demo",
        "--context",
        SELLER,
        "--method",
        "token",
        "--stdin",
    ];
    run_with_input(&user, &arguments, "not a token").fails_with(2, "no KSeF token");
    run_with_input(&user, &arguments, &token).says("main");
    user.run(["profile", "show", "main"]).says("main-token");
    user.run(["secret", "list"]).says("main-token");
    run_with_input(&user, &arguments, &token).fails_with(2, "already");
    user.run([
        "init",
        "--name",
        "x",
        "--env",
        "demo",
        "--context",
        SELLER,
        "--method",
        "self-signed",
    ])
    .fails_with(2, "does not accept self-signed");
}

/// A login is never shown to an environment that it does not belong to.
#[test]
fn a_profile_of_production_is_not_used_elsewhere() {
    let user = User::new();
    let add = [
        "profile",
        "add",
        "real",
        "--env",
        "production",
        "--context",
        SELLER,
        "--token",
        "t",
    ];
    user.run(add).ends_with(0);
    for place in [["--env", "test"], ["--url", "http://127.0.0.1:1"]] {
        let line = ["session", "list", "--profile", "real"];
        user.run(line.iter().chain(&place))
            .fails_with(2, "is for production");
    }
}
