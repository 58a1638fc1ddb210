//! Judging invoices without sending them: sources, rules, and what is said about each file.
//!
//! Files are judged on all cores and reported in the order in which they were named. A file is forgotten once it was
//! judged; what is shown of it is cut out before.

mod canvas;
mod excerpt;
mod human;
pub(crate) mod judge;
pub(crate) mod lanes;
mod machine;
pub(crate) mod past;
mod sarif;
pub(crate) mod source;
mod tally;

use std::path::PathBuf;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::send::inputs;

pub(crate) use human::{language, severity};
pub(crate) use judge::{Judge, RuleChoice};
pub(crate) use machine::{finding_json, severity_name};
pub(crate) use source::Source;

use human::Human;
use judge::Judged;
use machine::{BadPath, Document};
use past::Past;
use tally::Tally;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people, in their language.
    Human,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
}

/// What the user asked for.
#[derive(Debug)]
pub(crate) struct Request {
    /// Files, folders, and `-` for stdin.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether folders inside folders are searched.
    pub(crate) recursive: bool,
    /// A folder of earlier invoices.
    pub(crate) history: Option<PathBuf>,
    /// How results are written.
    pub(crate) format: Format,
    /// Only a line per file.
    pub(crate) summary: bool,
    /// How many findings of a file are shown to people; 0 for all.
    pub(crate) limit: usize,
}

/// Judges everything, prints what was found, and says how the process ends.
///
/// # Errors
/// Paths that contradict each other.
pub(crate) fn run(context: &Context, request: &Request, judge: Judge) -> Result<Exit> {
    let (sources, bad) = source::collect(&request.paths, request.recursive)?;
    let mut judge = judge;
    if let Some(folder) = &request.history
        && judge.rules != RuleChoice::Off
    {
        judge.past = Past::read(folder, &sources, judge.side);
    }
    let judge = &judge;
    let mut tally = Tally::new(bad.len());
    let judge_one = |source: &Source| judge.judge(source);
    match request.format {
        Format::Human => {
            let mut human = Human::new(&context.printer, request, sources.len());
            lanes::in_order(&sources, judge_one, |judged| {
                tally.add(&judged);
                human.show(&judged);
            });
            human.finish(&tally, &bad);
        }
        Format::Json | Format::Sarif => {
            let mut files: Vec<Judged> = Vec::with_capacity(sources.len());
            lanes::in_order(&sources, judge_one, |judged| {
                tally.add(&judged);
                files.push(judged);
            });
            let bad = bad.iter().map(BadPath::of).collect();
            let document = Document {
                judge,
                tally: &tally,
                files: &files,
                bad,
            };
            if request.format == Format::Json {
                context.printer.json(&document.json());
            } else {
                let log = sarif::log(&document, context.printer.lang());
                context.printer.json(&log);
            }
        }
    }
    Ok(tally.exit())
}
