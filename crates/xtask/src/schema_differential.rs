//! `schema-differential`: the schema validator against libxml2, on thousands of mutants per form.
//!
//! The mutants and the comparison are a test of `ksef-invoice`; this builds it with optimisation
//! and tells it what to run.

use std::path::Path;
use std::process::Command;

/// Usage, for the list of tasks.
pub(crate) const USAGE: &str =
    "schema-differential [--form NAME] [--mutants NUMBER] [--seed NUMBER] [--record]";

/// Runs the comparison with the arguments after the task's name.
///
/// # Errors
/// What is wrong with the arguments, or that verdicts differ.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<String, Vec<String>> {
    let settings = parse(arguments).map_err(|error| vec![error, format!("usage: {USAGE}")])?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(root)
        .args(["test", "--release", "--package", "ksef-invoice"])
        .args(["--test", "differential", "--", "--ignored", "--nocapture"])
        .arg("--exact")
        .arg(settings.test)
        .envs(settings.environment);
    let status = cargo.status().map_err(|error| vec![error.to_string()])?;
    if status.success() {
        Ok(format!("schema-differential: {}", settings.done))
    } else {
        Err(vec!["schema-differential: failed, see above".to_owned()])
    }
}

struct Settings {
    test: &'static str,
    done: &'static str,
    environment: Vec<(&'static str, String)>,
}

fn parse(arguments: &[String]) -> Result<Settings, String> {
    let mut settings = Settings {
        test: "verdicts_are_those_of_libxml2",
        done: "no differences",
        environment: Vec::new(),
    };
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let variable = match name.as_str() {
            "--record" => {
                settings.test = "fixed::record";
                settings.done = "verdicts recorded";
                continue;
            }
            "--form" => "KSEF_FORM",
            "--mutants" => "KSEF_MUTANTS",
            "--seed" => "KSEF_SEED",
            _ => return Err(format!("unknown argument: {name}")),
        };
        let value = rest.next().ok_or(format!("{name} needs a value"))?;
        if variable != "KSEF_FORM" && value.parse::<u64>().is_err() {
            return Err(format!("{name} needs a number, not {value}"));
        }
        settings.environment.push((variable, value.clone()));
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_become_environment() {
        let words =
            |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let settings = parse(&words("--form pef --mutants 300")).unwrap();
        let expected = [
            ("KSEF_FORM", "pef".to_owned()),
            ("KSEF_MUTANTS", "300".to_owned()),
        ];
        assert_eq!(settings.environment, expected);
        for wrong in ["--mutants", "--mutants many", "--nothing 1"] {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
