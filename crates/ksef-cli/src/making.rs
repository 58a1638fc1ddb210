//! Making invoices of other files: read, validate, name, write, tell.

mod json;
pub(crate) mod naming;
mod result;
mod tell;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_crypto::digest::sha256;
use ksef_import::{Format, Imported, ImportedInvoice, Mapping, Options, Source, import};
use ksef_invoice::check::Rules;
use ksef_invoice::preflight::preflight;
use ksef_invoice::rules;

use crate::context::Context;
use crate::durable::{self, Access};
use crate::error::Result;
use crate::exit::Exit;
use crate::validate::{RuleChoice, lanes};

use naming::Names;
pub(crate) use result::{Fate, Made, Making};
pub(crate) use tell::tell_problems;

/// What the user asked for.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// What problems call the source.
    pub(crate) name: &'a str,
    /// The source.
    pub(crate) bytes: &'a [u8],
    /// Its format, when the name does not tell.
    pub(crate) format: Option<Format>,
    /// How its columns are to be read.
    pub(crate) mapping: Option<&'a Mapping>,
    /// Where the documents go.
    pub(crate) folder: PathBuf,
    /// Whether files with other content are replaced.
    pub(crate) force: bool,
    /// Which rules are asked.
    pub(crate) rules: RuleChoice,
    /// The day on which KSeF would get them.
    pub(crate) today: Date,
    /// Whether they are meant for production.
    pub(crate) is_production: bool,
}

/// Makes the invoices of a source, prints what came of it, and says how the process ends.
///
/// # Errors
/// The folder cannot be made.
pub(crate) fn run(context: &Context, request: &Request<'_>) -> Result<Exit> {
    let now = context.clock.now();
    let imported = import_source(request, now);
    let judged = judge(&imported, request);
    let mut names = Names::default();
    let mut made = Vec::with_capacity(judged.len());
    for (invoice, verdict) in imported.invoices.iter().zip(judged) {
        made.push(settle(context, request, invoice, verdict, &mut names));
    }
    let making = Making {
        source: request.name.to_owned(),
        folder: request.folder.clone(),
        made,
        problems: imported.problems,
    };
    context
        .printer
        .result(&making.json(), |printer| making.print(printer));
    Ok(making.exit())
}

fn import_source(request: &Request<'_>, now: Timestamp) -> Imported {
    let source = Source {
        name: request.name,
        bytes: request.bytes,
        format: request.format,
    };
    let mut options = Options::at(now);
    options.nip_checksums = request.rules != RuleChoice::Off;
    import(source, request.mapping, &options)
}

/// A document and what is wrong with it.
struct Verdict {
    xml: String,
    findings: Vec<ksef_invoice::Finding>,
}

/// Writes the documents in memory and judges them, on all cores.
fn judge(imported: &Imported, request: &Request<'_>) -> Vec<Verdict> {
    let context = rules::Context::new(request.today)
        .with_rule_set(request.rules.into())
        .with_production(request.is_production);
    let judge = |invoice: &ImportedInvoice| {
        let xml = invoice.document.write();
        let findings = preflight(xml.as_bytes(), &Rules::default(), &context).findings;
        Verdict { xml, findings }
    };
    let mut verdicts = Vec::with_capacity(imported.invoices.len());
    lanes::in_order(&imported.invoices, judge, |verdict| verdicts.push(verdict));
    verdicts
}

/// Writes one document, unless something is wrong with it.
fn settle(
    context: &Context,
    request: &Request<'_>,
    invoice: &ImportedInvoice,
    verdict: Verdict,
    names: &mut Names,
) -> Made {
    let path = request.folder.join(names.file_for(&invoice.number));
    let is_refused = verdict
        .findings
        .iter()
        .any(|finding| finding.refusal().is_some());
    let fate = if is_refused {
        Fate::Invalid
    } else {
        write(context, request, &path, verdict.xml.as_bytes())
    };
    Made {
        number: invoice.number.clone(),
        origin: invoice.origin.clone(),
        rows: invoice.rows.clone(),
        hash: sha256(verdict.xml.as_bytes()),
        path,
        findings: verdict.findings,
        fate,
    }
}

fn write(context: &Context, request: &Request<'_>, path: &Path, bytes: &[u8]) -> Fate {
    let present = match durable::read_if_exists(path) {
        Ok(present) => present,
        Err(error) => return Fate::Failed(error),
    };
    match present {
        Some(present) if is_same(&present, bytes) => return Fate::Unchanged,
        Some(_) if !request.force => return Fate::Exists,
        Some(_) | None if context.global.dry_run => return Fate::WouldWrite,
        Some(_) | None => {}
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| durable::replace(path, bytes, Access::Shared));
    match written {
        Ok(()) => Fate::Written,
        Err(error) => Fate::Failed(error),
    }
}

/// Whether two documents differ at most in the moment they were made.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one == other || (without_moment(one).is_some() && without_moment(one) == without_moment(other))
}

/// A document in two parts, around the moment it was made.
fn without_moment(document: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(document).ok()?;
    let (before, rest) = text.split_once("<DataWytworzeniaFa>")?;
    let (_, after) = rest.split_once("</DataWytworzeniaFa>")?;
    Some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_of_making_makes_no_other_document() {
        let document = |moment: &str, number: &str| {
            format!("<a><DataWytworzeniaFa>{moment}</DataWytworzeniaFa><P_2>{number}</P_2></a>")
        };
        let one = document("2026-11-21T10:00:00Z", "1");
        assert!(is_same(
            one.as_bytes(),
            document("2026-11-22T10:00:00Z", "1").as_bytes()
        ));
        assert!(!is_same(
            one.as_bytes(),
            document("2026-11-21T10:00:00Z", "2").as_bytes()
        ));
        assert!(!is_same(b"<a/>", b"<b/>"));
        assert!(is_same(b"<a/>", b"<a/>"));
    }
}
