//! Rules over the examples and over what practice does with invoices.

use std::path::{Path, PathBuf};

use jiff::civil::date;

use super::*;
use crate::check;
use crate::finding::Language;

mod examples;
mod forms;
mod history;
mod pages;
mod practice;
mod samples;

/// All rules on a document, as `rule path`.
fn found(bytes: &[u8], context: &Context<'_>) -> Vec<String> {
    let tree = Tree::read(bytes, &check::Rules::default()).unwrap();
    evaluate(&tree, context)
        .iter()
        .map(|finding| format!("{} {}", finding.rule(), finding.path().unwrap_or_default()))
        .collect()
}

/// A day after all examples.
fn today() -> Context<'static> {
    Context::new(date(2026, 11, 21))
}

fn examples(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(folder)
}
