//! Automation of the repository: `cargo xtask TASK`.
//!
//! | task | does |
//! |---|---|
//! | `spec-drift` | holds operations and types of `ksef-api` against the Ministry's `openapi.json` |
//! | `check-deps` | checks that dependencies between the crates point one way |
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of the repository talks to its terminal"
)]

mod check_deps;
mod spec_drift;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <spec-drift | check-deps>";

fn main() -> ExitCode {
    let root = repository();
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("spec-drift") => run_spec_drift(&root),
        Some("check-deps") => check_deps::check(&root.join("crates")),
        _ => Err(vec![USAGE.to_owned()]),
    };
    match outcome {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(findings) => {
            for finding in &findings {
                eprintln!("{finding}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The folder above `crates/xtask`.
fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

fn run_spec_drift(root: &Path) -> Result<String, Vec<String>> {
    let Some(folder) = spec_drift::find_spec(root) else {
        return Ok("spec-drift: skipped, no openapi.json (set KSEF_SPEC_DIR)".to_owned());
    };
    let report = spec_drift::check(&folder).map_err(|error| vec![error])?;
    if report.findings.is_empty() {
        Ok(format!(
            "spec-drift: {} facts agree with the contract",
            report.facts
        ))
    } else {
        Err(report.findings)
    }
}
