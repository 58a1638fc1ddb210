//! From a source to documents and problems.

use std::collections::{BTreeMap, HashMap, HashSet};

use ksef_invoice::fa3::Invoice;

use crate::convert;
use crate::draft::{Draft, Trouble};
use crate::fault::Fault;
use crate::json;
use crate::mapping::Mapping;
use crate::node::{Node, Spot};
use crate::problem::{ImportProblem, Origin, Place};
use crate::shape;
use crate::source::{Format, Options, Source};
use crate::table::heading::Headings;
use crate::table::{Table, TableFault, csv, encoding, grouping, letters, xlsx};

/// What became of a source.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The invoices without a problem, in the order of the source.
    pub invoices: Vec<ImportedInvoice>,
    /// Everything that is wrong, in the order of the source; bounded by
    /// [`Limits::problems_max`](crate::Limits::problems_max).
    pub problems: Vec<ImportProblem>,
}

/// An invoice of a source.
#[derive(Debug, Clone)]
pub struct ImportedInvoice {
    /// Its number.
    pub number: String,
    /// Where it begins.
    pub origin: Origin,
    /// The rows it was made from; empty for JSON.
    pub rows: Vec<u32>,
    /// The document.
    pub document: Invoice,
}

/// Reads a source and makes FA(3) documents of its invoices.
///
/// JSON takes from the mapping what is constant (`[invoice]`, `[line]`); tables take all of it.
/// Time is linear in the size of the source, memory a small multiple of it; see
/// [`Limits`](crate::Limits).
#[must_use]
pub fn import(source: Source<'_>, mapping: Option<&Mapping>, options: &Options) -> Imported {
    let none = Mapping::default();
    let mapping = mapping.unwrap_or(&none);
    let mut site = Site {
        file: source.name.to_owned(),
        mapping: mapping.name.clone(),
        sheet: None,
        headers: BTreeMap::new(),
        is_table: false,
    };
    let mut imported = Imported::default();
    let drafts = match read(&source, mapping, options, &mut site) {
        Ok((drafts, faults)) => {
            for fault in faults {
                imported.problems.push(site.problem_of_file(fault));
            }
            drafts
        }
        Err(fault) => {
            imported.problems.push(site.problem_of_file(fault));
            return imported;
        }
    };
    let mut seen = Seen::default();
    for draft in drafts {
        judge(draft, mapping, options, &site, &mut seen, &mut imported);
    }
    let limit = options.limits.problems_max;
    if imported.problems.len() > limit {
        imported.problems.truncate(limit.saturating_sub(1));
        imported
            .problems
            .push(site.problem_of_file(TableFault::of_file(Fault::TooManyProblems { limit })));
    }
    imported
}

/// Judges an invoice and makes the document when nothing is wrong.
fn judge(
    mut draft: Draft,
    mapping: &Mapping,
    options: &Options,
    site: &Site,
    seen: &mut Seen,
    imported: &mut Imported,
) {
    if let Some(defaults) = &mapping.invoice {
        draft.node.fill(defaults);
    }
    if draft.number.is_none() {
        draft.number = draft
            .node
            .get("number")
            .and_then(Node::text)
            .map(str::to_owned);
    }
    shape::check(&mut draft, site.is_table);
    let origin = site.origin(Some(draft.node.spot), None);
    if let Some(number) = &draft.number {
        let described = origin.describe(ksef_invoice::Language::English);
        let here = described
            .strip_prefix(&site.file)
            .unwrap_or(&described)
            .trim_start_matches([',', ':', ' '])
            .to_owned();
        let key = identity(&draft.node, number);
        if let Some(first) = seen.invoices.get(&key) {
            let first = first.clone();
            draft.trouble_at("/number", Fault::DuplicateNumber { first });
        } else {
            seen.invoices.insert(key, here);
        }
    }
    let document = if draft.troubles.is_empty() && !draft.blocked {
        convert::convert(&mut draft, options)
    } else {
        None
    };
    let number = draft.number.clone();
    match document {
        Some(document) if draft.troubles.is_empty() => imported.invoices.push(ImportedInvoice {
            number: number.unwrap_or_default(),
            origin,
            rows: draft.rows,
            document,
        }),
        _ => {
            for trouble in draft.troubles {
                let is_constant = matches!(trouble.spot, Some(Spot::Mapping { .. }));
                let number = number.clone().filter(|_| !is_constant);
                let problem = site.problem(trouble, number);
                // A wrong constant is one mistake, however many invoices have it.
                if is_constant && !seen.constants.insert(problem.to_string()) {
                    continue;
                }
                imported.problems.push(problem);
            }
        }
    }
}

/// What was met before.
#[derive(Debug, Default)]
struct Seen {
    /// Invoices by what KSeF takes for the same, with the place of each.
    invoices: HashMap<(String, String, String), String>,
    /// Problems of the mapping file's constants, as they are told.
    constants: HashSet<String>,
}

/// What must not occur twice: seller, kind and number.
fn identity(invoice: &Node, number: &str) -> (String, String, String) {
    let text = |node: Option<&Node>| node.and_then(Node::text).unwrap_or_default().to_owned();
    let seller = text(invoice.get("seller").and_then(|seller| seller.get("nip")));
    (seller, text(invoice.get("kind")), number.to_owned())
}

/// The invoices of a source before they are judged, and what is wrong with the file.
fn read(
    source: &Source<'_>,
    mapping: &Mapping,
    options: &Options,
    site: &mut Site,
) -> Result<(Vec<Draft>, Vec<TableFault>), TableFault> {
    let limits = &options.limits;
    if source.bytes.len() > limits.file_bytes_max {
        return Err(TableFault::of_file(Fault::FileTooLarge {
            limit: limits.file_bytes_max,
            actual: source.bytes.len(),
        }));
    }
    if source.bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(TableFault::of_file(Fault::Empty));
    }
    match source.detect() {
        None => Err(TableFault::of_file(Fault::FormatUnknown)),
        Some(Format::Json) => read_json(source.bytes, mapping, limits.invoices_max),
        Some(Format::Csv) => {
            let text =
                encoding::decode(source.bytes, mapping.encoding).map_err(TableFault::of_file)?;
            let table = csv::read(&text, mapping, limits).inspect_err(|_| site.is_table = true)?;
            Ok(read_table(&table, mapping, options, site))
        }
        Some(Format::Xlsx) => {
            let table = xlsx::read(source.bytes, mapping, limits, &mut site.sheet)?;
            Ok(read_table(&table, mapping, options, site))
        }
    }
}

fn read_json(
    bytes: &[u8],
    mapping: &Mapping,
    invoices_max: usize,
) -> Result<(Vec<Draft>, Vec<TableFault>), TableFault> {
    let text = encoding::utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(TableFault::of_file)?;
    let (values, faults) = json::read(&text, invoices_max);
    let drafts = values
        .into_iter()
        .map(|mut node| {
            if let Some(defaults) = &mapping.line {
                node.fill_elements("lines", defaults);
            }
            Draft::new(node, None)
        })
        .collect();
    let faults = faults
        .into_iter()
        .map(|fault| TableFault {
            spot: Some(fault.spot),
            fault: fault.fault,
            value: None,
        })
        .collect();
    Ok((drafts, faults))
}

fn read_table(
    table: &Table,
    mapping: &Mapping,
    options: &Options,
    site: &mut Site,
) -> (Vec<Draft>, Vec<TableFault>) {
    site.is_table = true;
    site.sheet.clone_from(&table.sheet);
    let mut headings = Headings::read(table, mapping);
    site.headers.clone_from(&headings.texts);
    let mut faults = std::mem::take(&mut headings.faults);
    if !faults.is_empty() {
        // A column that is not understood could change the meaning of every invoice.
        return (Vec::new(), faults);
    }
    let mut grouped = grouping::group(table, &headings, mapping, &options.limits);
    faults.append(&mut grouped.faults);
    (grouped.drafts, faults)
}

/// The names that places of a source are told by.
struct Site {
    file: String,
    mapping: String,
    sheet: Option<String>,
    headers: BTreeMap<u16, String>,
    is_table: bool,
}

impl Site {
    fn problem_of_file(&self, fault: TableFault) -> ImportProblem {
        ImportProblem::new(self.origin(fault.spot, None), fault.fault).with_value(fault.value)
    }

    fn problem(&self, trouble: Trouble, invoice: Option<String>) -> ImportProblem {
        let origin = self.origin(trouble.spot, trouble.pointer);
        ImportProblem::new(origin, trouble.fault)
            .with_value(trouble.value)
            .with_invoice(invoice)
    }

    fn origin(&self, spot: Option<Spot>, pointer: Option<String>) -> Origin {
        let mut file = self.file.clone();
        let place = match spot {
            None => Place::File,
            Some(Spot::Text { line, column }) => Place::Text {
                line,
                column,
                pointer,
            },
            Some(Spot::Mapping { line, column }) => {
                file.clone_from(&self.mapping);
                Place::Text {
                    line,
                    column,
                    pointer: None,
                }
            }
            Some(Spot::Row { row }) => Place::Row {
                sheet: self.sheet.clone(),
                row,
            },
            Some(Spot::Cell { row, column }) => Place::Cell {
                sheet: self.sheet.clone(),
                row,
                column: letters(column),
                header: self.headers.get(&column).cloned(),
            },
        };
        Origin { file, place }
    }
}
