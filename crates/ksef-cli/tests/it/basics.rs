//! What holds for every command: usage, help, streams, languages, completions.

use crate::console::run_with_variables;
use crate::user::User;

#[test]
fn without_a_command_help_goes_to_stderr() {
    let user = User::new();
    let none: [&str; 0] = [];
    user.run(none).fails_with(2, "Usage: ksef");
    for group in [
        "auth", "session", "invoice", "token", "testdata", "profile", "secret",
    ] {
        let run = user
            .run([group])
            .fails_with(2, &format!("Usage: ksef {group}"));
        assert!(!run.stderr.contains("help-markdown"));
    }
}

#[test]
fn help_and_version_are_results() {
    let user = User::new();
    user.run(["--help"]).says("Exit codes:");
    user.run(["--version"])
        .says(concat!("ksef ", env!("CARGO_PKG_VERSION")));
    user.run(["invoice", "upo", "--help"]).says("Examples:");
}

#[test]
fn mistakes_on_the_command_line_are_usage_errors() {
    let user = User::new();
    user.run(["frobnicate"]).fails_with(2, "frobnicate");
    user.run(["session", "show", "not-a-reference"])
        .fails_with(2, "not-a-reference");
    user.run(["session", "list", "--context", "123"])
        .fails_with(2, "123");
    user.run(["session", "list", "--env", "nowhere"])
        .fails_with(2, "nowhere");
    user.run([
        "session",
        "list",
        "--env",
        "test",
        "--url",
        "http://127.0.0.1:1",
    ])
    .fails_with(2, "not both");
    user.run(["session", "list", "--url", "http://example.com/v2"])
        .fails_with(2, "https");
}

#[test]
fn global_options_are_accepted_anywhere() {
    let user = User::new();
    for line in [
        ["--json", "profile", "list"],
        ["profile", "--json", "list"],
        ["profile", "list", "--json"],
    ] {
        assert_eq!(user.run(line).ends_with(0).json(), serde_json::json!([]));
    }
}

#[test]
fn the_locale_chooses_the_language_and_the_option_overrides_it() {
    let user = User::new();
    let show = ["profile", "show", "x"];
    run_with_variables(&user, &show, &[("LANG", "pl_PL.UTF-8")])
        .fails_with(2, "błąd: nie ma profilu");
    run_with_variables(&user, &show, &[("LANG", "pl_PL.UTF-8"), ("LC_ALL", "C")])
        .fails_with(2, "error: there is no profile");
    user.run(["profile", "show", "x", "--lang", "pl"])
        .fails_with(2, "wskazówka:");
    user.write("home/config.toml", "lang = \"pl\"\n");
    user.run(show).fails_with(2, "błąd:");
}

#[test]
fn an_error_is_a_json_document_on_stderr() {
    let user = User::new();
    let run = user
        .run(["profile", "show", "x", "--json"])
        .fails_with(2, "");
    let error = run.json_error();
    assert_eq!(error["kind"], "usage");
    assert_eq!(error["exitCode"], 2);
    assert!(
        error["hints"][0]
            .as_str()
            .unwrap()
            .contains("ksef profile add")
    );
}

#[test]
fn quiet_keeps_results_and_errors() {
    let user = User::new();
    let run = user.run(["profile", "list", "--quiet"]).ends_with(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    user.run(["profile", "show", "x", "--quiet"])
        .fails_with(2, "there is no profile");
}

#[test]
fn completions_name_the_commands() {
    let user = User::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        user.run(["completions", shell]).says("sandbox");
    }
    user.run(["completions", "tcsh"]).fails_with(2, "tcsh");
}

/// Colours are for terminals only.
#[test]
fn nothing_is_coloured_in_a_pipe() {
    let user = User::new();
    let run = user.run(["profile", "show", "x"]).ends_with(2);
    assert!(!run.stderr.contains('\u{1b}'));
}

#[test]
fn a_broken_configuration_is_reported_and_left_alone() {
    let user = User::new();
    let config = user.write(
        "home/config.toml",
        "[profiles.a]\nenvironment = \"nowhere\"\n",
    );
    user.run(["profile", "list"]).fails_with(2, "config.toml");
    user.run(["profile", "use", "a"])
        .fails_with(2, "config.toml");
    assert!(std::fs::read_to_string(config).unwrap().contains("nowhere"));
}
