//! Automation of the repository: `cargo xtask TASK`.
//!
//! | task | does |
//! |---|---|
//! | `spec-drift` | holds operations and types of `ksef-api` against the Ministry's `openapi.json` |
//! | `check-deps` | checks that dependencies between the crates point one way |
//! | `schema-tables` | compiles the official schemas into the tables of `ksef-invoice`; `--check` compares |
//! | `bench-schema` | measures the schema validator beside libxml2 |
//! | `schema-differential` | holds the schema validator's verdicts against libxml2's, on mutants of every form |
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of the repository talks to its terminal"
)]

mod bench_schema;
mod check_deps;
mod schema_differential;
mod schema_tables;
mod spec_drift;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <spec-drift | check-deps | schema-tables [--check] | \
                     schema-differential | bench-schema>";

fn main() -> ExitCode {
    let root = repository();
    let arguments: Vec<_> = std::env::args().skip(2).collect();
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("spec-drift") => run_spec_drift(&root),
        Some("check-deps") => check_deps::check(&root.join("crates")),
        Some("schema-tables") => {
            let is_check = arguments.first().is_some_and(|it| it == "--check");
            schema_tables::run(&root, is_check)
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Each change of the contract has to be found, or the comparison proves nothing.
    #[test]
    fn drift_is_found() {
        let Some(folder) = spec_drift::find_spec(&repository()) else {
            eprintln!("skipped: no openapi.json, set KSEF_SPEC_DIR to the folder that holds it");
            return;
        };
        let text = std::fs::read(folder.join("openapi.json")).unwrap();
        let contract: Value = serde_json::from_slice(&text).unwrap();
        let changes: [(&str, Value, &str); 8] = [
            (
                "/paths/~1new",
                json!({"get": {"responses": {"200": {}}}}),
                "GET /new",
            ),
            (
                "/paths/~1tokens/get/x-rate-limits/perHour",
                json!(121),
                "group other",
            ),
            (
                "/paths/~1sessions~1online/post/x-required-permissions",
                json!([]),
                "permissions",
            ),
            (
                "/paths/~1auth~1challenge/post/security",
                json!([{"Bearer": []}]),
                "bearer",
            ),
            (
                "/paths/~1auth~1token~1refresh/post/parameters",
                json!([{"name": "x", "in": "query"}]),
                "query",
            ),
            (
                "/components/schemas/SessionStatusResponse/properties/novel",
                json!({"type": "string"}),
                "novel: lost",
            ),
            (
                "/components/schemas/SessionType/enum",
                json!(["Online"]),
                "SessionType",
            ),
            (
                "/components/schemas/UnauthorizedProblemDetails/properties/novel",
                json!({"type": "string"}),
                "novel: lost",
            ),
        ];
        for (place, value, expected) in changes {
            let mut changed = contract.clone();
            let (parent, name) = place.rsplit_once('/').unwrap();
            let members = changed
                .pointer_mut(parent)
                .unwrap()
                .as_object_mut()
                .unwrap();
            members.insert(name.replace("~1", "/"), value);
            let folder = std::env::temp_dir().join(format!("ksef-drift-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("openapi.json"), changed.to_string()).unwrap();
            let report = spec_drift::check(&folder).unwrap();
            std::fs::remove_dir_all(&folder).unwrap();
            assert!(
                report
                    .findings
                    .iter()
                    .any(|finding| finding.contains(expected)),
                "{place}: {:?}",
                report.findings
            );
        }
    }
}
