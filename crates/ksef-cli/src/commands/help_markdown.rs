//! `ksef help-markdown`: the reference of the command line, for `docs/reference/cli.md`.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use crate::args::Cli;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Arguments of `ksef help-markdown`: none.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Prints the reference to stdout.
pub(crate) fn run(context: &Context, _args: &Args) -> Result<Exit> {
    let mut root = Cli::command();
    root.build();
    let mut page = String::from(INTRODUCTION);
    // Writing to a string cannot fail.
    let _ = describe(&mut page, &root, "ksef", 2);
    context.printer.bytes(page.as_bytes());
    Ok(Exit::Done)
}

fn describe(page: &mut String, command: &Command, name: &str, depth: usize) -> std::fmt::Result {
    writeln!(page, "\n{} `{name}`\n", "#".repeat(depth.min(4)))?;
    if let Some(about) = command.get_long_about().or(command.get_about()) {
        writeln!(page, "{about}\n")?;
    }
    let visible = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    if !command.has_subcommands() {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").trim();
        writeln!(page, "```text\n{usage}\n```\n")?;
    }
    let is_root = !name.contains(' ');
    let arguments = command.get_arguments().filter(|arg| {
        !arg.is_hide_set()
            && !matches!(arg.get_id().as_str(), "help" | "version")
            && (is_root || !arg.is_global_set())
    });
    let lines: Vec<String> = arguments.map(describe_argument).collect();
    if !lines.is_empty() {
        writeln!(page, "{}\n", lines.join("\n"))?;
    }
    if let Some(after) = command.get_after_long_help().or(command.get_after_help()) {
        let after = after.to_string();
        let (prose, examples) = match after.find("Examples:") {
            Some(at) => after.split_at(at),
            None => (after.as_str(), ""),
        };
        if !prose.trim().is_empty() {
            writeln!(page, "{}\n", prose.trim_end().replace('*', "\\*"))?;
        }
        if !examples.is_empty() {
            writeln!(page, "```text\n{}\n```", examples.trim_end())?;
        }
    }
    for sub in command.get_subcommands().filter(visible) {
        describe(page, sub, &format!("{name} {}", sub.get_name()), depth + 1)?;
    }
    Ok(())
}

fn describe_argument(arg: &Arg) -> String {
    let value = arg
        .get_value_names()
        .filter(|_| arg.get_action().takes_values())
        .map(|names| {
            names
                .iter()
                .map(|name| format!("<{name}>"))
                .collect::<Vec<_>>()
                .join(" ")
        });
    let mut names: Vec<String> = Vec::new();
    if let Some(short) = arg.get_short() {
        names.push(format!("-{short}"));
    }
    if let Some(long) = arg.get_long() {
        names.push(format!("--{long}"));
    }
    let mut line = match (names.is_empty(), value) {
        (true, value) => format!("- `{}`", value.unwrap_or_else(|| arg.get_id().to_string())),
        (false, Some(value)) => format!("- `{} {value}`", names.join(", ")),
        (false, None) => format!("- `{}`", names.join(", ")),
    };
    if let Some(help) = arg.get_long_help().or(arg.get_help()) {
        line.push_str(": ");
        line.push_str(&help.to_string());
    }
    let choices: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set() && arg.get_action().takes_values())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !choices.is_empty() {
        line.push_str(&format!(" ({})", choices.join(", ")));
    }
    if let Some(variable) = arg.get_env() {
        line.push_str(&format!(" [`{}`]", variable.to_string_lossy()));
    }
    let defaults = arg.get_default_values();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        let defaults: Vec<_> = defaults
            .iter()
            .map(|value| value.to_string_lossy())
            .collect();
        line.push_str(&format!(" (default `{}`)", defaults.join(" ")));
    }
    line
}

const INTRODUCTION: &str = "\
# Command reference

Every command of `ksef`, as `--help` shows it. This page is generated; a test compares it with the program.

Results go to stdout, progress and diagnostics to stderr. With `--json` each result is one JSON document on one
line (lists that grow: one per line), and an error is one JSON document on stderr. No secret is ever taken from
the command line or the environment, except the passphrase of the secret store in `KSEF_PASSPHRASE`.
";
