//! Checks of the file itself: size, encoding, well-formed XML, forbidden characters.
//!
//! These are the phases the server runs before it looks at the schema. One pass over the bytes;
//! [`inspect`] judges by the schema and reads the metadata in the same pass.

mod encoding;

pub(crate) use self::encoding::Decoded;
use crate::finding::{Fault, Finding, Refusal, locate};
use crate::metadata::{Extractor, InvoiceMetadata};
use crate::problem::Problem;
use crate::schema::Schema;
use crate::schema::validate::Validator;
use crate::xml::{Event, Reader, XmlLimits, characters};

/// How many faults of one kind are collected.
const FAULTS_MAX: usize = 50;

/// Limits of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Largest invoice without attachment, in bytes.
    pub size_max: u64,
    /// Largest invoice with an attachment, in bytes.
    pub size_max_with_attachment: u64,
    /// Limits of the XML reader.
    pub xml: XmlLimits,
}

impl Default for Rules {
    /// The limits of a context without special agreements: 1 000 000 and 3 000 000 bytes.
    fn default() -> Self {
        Self {
            size_max: 1_000_000,
            size_max_with_attachment: 3_000_000,
            xml: XmlLimits::default(),
        }
    }
}

/// What one pass over a document found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Everything that is wrong, by place.
    pub findings: Vec<Finding>,
    /// The metadata; `None` when a finding stood in its way. It may be there although there are
    /// findings, for a message or a status that names the invoice.
    pub metadata: Option<InvoiceMetadata>,
    /// The invoice number where it could be read, also when the metadata could not: KSeF names it
    /// in the status of refused invoices.
    pub number: Option<String>,
}

impl Inspection {
    /// The status of the refusal, 430 or 450: the file comes before its meaning. `None` when
    /// nothing is wrong.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let mut refusals = self.findings.iter().filter_map(Finding::refusal);
        let first = refusals.next()?;
        if first == Refusal::File || refusals.any(|refusal| refusal == Refusal::File) {
            return Some(Refusal::File);
        }
        Some(first)
    }
}

/// Checks the file: size, encoding, well-formed XML and forbidden characters, not the schema.
///
/// An empty answer means that the server accepts the file as such.
#[must_use]
pub fn check(bytes: &[u8], rules: &Rules) -> Vec<Finding> {
    let mut faults = Vec::new();
    run(bytes, rules, &mut faults, &mut Observers::default());
    locate(bytes, faults)
}

/// Checks the file, judges it by the official schema of its form, and reads the metadata, all in
/// one pass.
#[must_use]
pub fn inspect(bytes: &[u8], rules: &Rules) -> Inspection {
    let mut faults = Vec::new();
    let mut observers = Observers {
        extractor: Some(Extractor::new()),
        ..Observers::default()
    };
    let is_complete = run(bytes, rules, &mut faults, &mut observers);
    let extractor = observers.extractor.unwrap_or_default();
    let number = extractor.number().map(str::to_owned);
    let schema_faults = observers.validator.map(Validator::finish);
    let is_valid = faults.is_empty() && schema_faults.as_ref().is_none_or(Vec::is_empty);
    let (metadata, own_faults) = extractor.finish(is_complete, is_valid);
    faults.append(&mut combined(schema_faults, own_faults));
    let findings = locate(bytes, faults);
    Inspection {
        findings,
        metadata,
        number,
    }
}

/// What the schema refuses and what the metadata misses. The schema has the word: a header that
/// contradicts the form is told in the extractor's words, and what KSeF needs beyond a schema (PEF
/// makes a currency optional) when the schema has nothing to say.
fn combined(schema: Option<Vec<Fault>>, mut own: Vec<Fault>) -> Vec<Fault> {
    let Some(mut faults) = schema else {
        return own;
    };
    if !faults.is_empty() {
        own.retain(|fault| matches!(fault.problem, Problem::FormMismatch { .. }));
        faults.retain(|fault| own.iter().all(|header| header.offset != fault.offset));
    }
    faults.append(&mut own);
    faults
}

/// The text of a file whose size is acceptable with an attachment; a fault says why there is none.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    rules: &Rules,
    faults: &mut Vec<Fault>,
) -> Option<Decoded<'a>> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size == 0 {
        faults.push(Fault::of_document(Problem::Empty));
        return None;
    }
    if size > rules.size_max.max(rules.size_max_with_attachment) {
        let limit = rules.size_max_with_attachment;
        let problem = Problem::TooLarge {
            size,
            limit,
            with_attachment: true,
        };
        faults.push(Fault::of_document(problem));
        return None;
    }
    encoding::decode(bytes, faults)
}

/// What looks at a document while the file is checked.
#[derive(Debug, Default)]
struct Observers<'s, 'a> {
    extractor: Option<Extractor>,
    validator: Option<Validator<'s, 'a>>,
}

impl Observers<'_, '_> {
    /// Does white space between two tags mean nothing to anybody here?
    fn ignore_blank_text(&self) -> bool {
        self.extractor.is_none()
            && self
                .validator
                .as_ref()
                .is_none_or(Validator::ignores_blank_text)
    }
}

/// Checks the file and judges it by a schema.
pub(crate) fn validate(bytes: &[u8], rules: &Rules, schema: &Schema) -> Vec<Finding> {
    let mut faults = Vec::new();
    let mut observers = Observers {
        validator: Some(Validator::new(schema)),
        ..Observers::default()
    };
    run(bytes, rules, &mut faults, &mut observers);
    if let Some(validator) = observers.validator {
        faults.append(&mut validator.finish());
    }
    locate(bytes, faults)
}

/// Runs the checks; true when the document was read to its end.
fn run<'a>(
    bytes: &'a [u8],
    rules: &Rules,
    faults: &mut Vec<Fault>,
    observers: &mut Observers<'_, 'a>,
) -> bool {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let Some(decoded) = decode(bytes, rules, faults) else {
        return false;
    };
    characters::scan(decoded.text, decoded.base, FAULTS_MAX, faults);
    let mut reader = Reader::new(decoded.text, decoded.base, rules.xml);
    let outcome = read(&mut reader, observers);
    faults.append(&mut reader.take_notes());
    let has_attachment = match outcome {
        Ok(has_attachment) => has_attachment,
        Err(fault) => {
            // A character that no name or text can hold is reported once, as that.
            let is_known = faults.iter().any(|known| {
                known.offset == fault.offset
                    && matches!(known.problem, Problem::IllegalCharacter(_))
            });
            if !is_known {
                faults.push(*fault);
            }
            return false;
        }
    };
    let limit = if has_attachment {
        rules.size_max_with_attachment
    } else {
        rules.size_max
    };
    if size > limit {
        let problem = Problem::TooLarge {
            size,
            limit,
            with_attachment: has_attachment,
        };
        faults.push(Fault::of_document(problem));
    }
    true
}

/// Reads to the end and says whether the document has an attachment.
fn read<'a>(
    reader: &mut Reader<'a>,
    observers: &mut Observers<'_, 'a>,
) -> Result<bool, Box<Fault>> {
    let mut has_attachment = false;
    loop {
        if observers.ignore_blank_text() {
            reader.skip_blank_text();
        }
        // Looked at where it was written: to copy it at once would wait for those writes.
        let outcome = reader.next();
        let event = match &outcome {
            Ok(event) => event,
            Err(_) => return outcome.map(|_| has_attachment),
        };
        if let Event::Start(start) = event {
            has_attachment |= reader.depth() == 2 && start.local == "Zalacznik";
        }
        if let Some(extractor) = &mut observers.extractor {
            extractor.accept(event, reader);
            if reader.depth() == 1 && observers.validator.is_none() {
                let schema = extractor.form().and_then(Schema::of);
                observers.validator = schema.map(Validator::new);
            }
        }
        if let Some(validator) = &mut observers.validator {
            validator.accept(event, reader);
        }
        if matches!(event, Event::Complete) {
            return Ok(has_attachment);
        }
    }
}

#[cfg(test)]
mod tests;
