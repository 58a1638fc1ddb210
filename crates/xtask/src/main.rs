//! Automation of the repository: `cargo xtask TASK`.
//!
//! | task | does |
//! |---|---|
//! | `spec-drift` | holds operations and types of `ksef-api` against the Ministry's `openapi.json`, or a newer FILE, and tells what changed |
//! | `check-deps` | checks that dependencies between the crates point one way |
//! | `check-operations` | checks the table of operations in the documentation |
//! | `schema-tables` | compiles the official schemas into the tables of `ksef-invoice`; `--check` compares |
//! | `bench-schema` | measures the schema validator beside libxml2 |
//! | `bench-batch` | measures 10 000 invoices in batch through the sandbox, end to end; options go to `ksef invoice send` |
//! | `schema-differential` | holds the schema validator's verdicts against libxml2's, on mutants of every form |
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of the repository talks to its terminal"
)]

mod bench_batch;
mod bench_schema;
mod check_deps;
mod operations_page;
mod schema_differential;
mod schema_tables;
mod spec_drift;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <spec-drift [--accept] [FILE] | check-deps | check-operations | schema-tables [--check] | \
                     schema-differential | bench-schema | bench-batch [COUNT] [OPTION...]>";

fn main() -> ExitCode {
    let root = repository();
    let arguments: Vec<_> = std::env::args().skip(2).collect();
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("spec-drift") => spec_drift::run(&root, &arguments),
        Some("check-deps") => check_deps::check(&root.join("crates")),
        Some("check-operations") => operations_page::check(&root),
        Some("schema-tables") => {
            let is_check = arguments.first().is_some_and(|it| it == "--check");
            schema_tables::run(&root, is_check)
        }
        Some("bench-batch") => bench_batch::run(&root, &arguments),
        Some("bench-schema") => bench_schema::run(&root),
        Some("schema-differential") => schema_differential::run(&root, &arguments),
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
