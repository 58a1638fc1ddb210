//! Runs with input, and checks that every command's output obeys the same rules.

use std::io::Write as _;
use std::process::Stdio;

use crate::user::{Run, User};

/// Runs the command with this text on its stdin.
pub(crate) fn run_with_input(user: &User, arguments: &[&str], input: &str) -> Run {
    let mut child = user
        .command()
        .args(arguments)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its stdin may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Run::of(child.wait_with_output().unwrap())
}

/// Runs the command with these variables.
pub(crate) fn run_with_variables(
    user: &User,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Run {
    Run::of(
        user.command()
            .args(arguments)
            .envs(variables.iter().copied())
            .output()
            .unwrap(),
    )
}

impl Run {
    /// It failed with this code, said why and what to do on stderr, and printed no result.
    #[track_caller]
    pub(crate) fn fails_with(self, code: i32, words: &str) -> Self {
        let run = self.ends_with(code);
        assert_eq!(run.stdout, "", "{}", run.stderr);
        assert!(
            run.stderr.contains(words),
            "{words:?} is not in {}",
            run.stderr
        );
        run
    }

    /// It did what it was asked for, and these words are in its result.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        let run = self.ends_with(0);
        assert!(
            run.stdout.contains(words),
            "{words:?} is not in {}\n{}",
            run.stdout,
            run.stderr
        );
        run
    }

    /// The error on stderr, which is one JSON document with `--json`.
    #[track_caller]
    pub(crate) fn json_error(&self) -> serde_json::Value {
        let line = self.stderr.lines().last().unwrap_or_default();
        let document: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}", self.stderr));
        document["error"].clone()
    }
}
