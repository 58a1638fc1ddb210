//! What came of a run: one row per file, for people and for machines, and the exit code.

use std::path::{Path, PathBuf};

use ksef_api::status::InvoiceStatus;
use ksef_core::context::ContextIdentifier;
use serde_json::{Map, Value, json};

use super::journal::event::{Accepted, Planned, Receipt, Rejected};
use super::plan::{Refusal, RefusedFile};
use super::words;
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Lang, Text, text};
use crate::printer::{Printer, Table};

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// One per file, and one per invoice of an earlier run that was settled now.
    pub(crate) rows: Vec<Row>,
    /// Paths that gave no files.
    pub(crate) bad_inputs: Vec<(PathBuf, Text)>,
    /// What stopped the work, with the context it stopped for.
    pub(crate) errors: Vec<(Option<ContextIdentifier>, Error)>,
    /// Sessions that were used, with their final status where it is known.
    pub(crate) sessions: Vec<SessionRow>,
    /// Where XML and UPO are.
    pub(crate) folder: Option<PathBuf>,
    /// The environment's identity.
    pub(crate) environment: Option<String>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct Row {
    /// The file.
    pub(crate) path: PathBuf,
    /// What is known about the document; `None` when it is no invoice.
    pub(crate) planned: Option<Planned>,
    /// On whose behalf it is sent.
    pub(crate) context: Option<ContextIdentifier>,
    /// The file with the same bytes that stands for it.
    pub(crate) same_as: Option<PathBuf>,
    /// Whether it was not asked for but left over from an earlier run.
    pub(crate) left_over: bool,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// What came of a file.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It has a KSeF number.
    Accepted {
        /// The acceptance.
        accepted: Accepted,
        /// Its UPO; `None` when it could not be fetched yet.
        receipt: Option<Receipt>,
        /// Whether an earlier run had it already.
        before: bool,
    },
    /// KSeF refused it.
    Rejected {
        /// The refusal.
        rejected: Rejected,
        /// Whether an earlier run had it already.
        before: bool,
    },
    /// KSeF has it and has not decided.
    Pending {
        /// The status so far, when one was seen.
        status: Option<InvoiceStatus>,
    },
    /// It was sent and nobody knows whether it arrived; the next run looks it up.
    Unknown,
    /// It was not sent.
    NotSent(Text),
    /// It would be sent (`--dry-run`).
    WouldSend,
    /// It is not an invoice that KSeF could take.
    Invalid(Vec<Value>, Text),
}

/// A session of the run.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    /// Its name.
    pub(crate) session: String,
    /// Its final status code and word; `None` when it is not final.
    pub(crate) status: Option<(i32, String)>,
    /// Its UPO.
    pub(crate) upo: Vec<String>,
}

impl Row {
    /// The row of a file that is not sent.
    pub(crate) fn refused(file: &RefusedFile) -> Self {
        let findings = match &file.reason {
            Refusal::Unreadable(_) => Vec::new(),
            Refusal::Findings(findings) => findings.iter().map(words::finding_json).collect(),
        };
        Self {
            path: file.path.clone(),
            planned: None,
            context: None,
            same_as: None,
            left_over: false,
            outcome: Outcome::Invalid(findings, words::refused_file(file)),
        }
    }

    fn exit(&self) -> Exit {
        match &self.outcome {
            Outcome::Accepted { receipt: None, .. }
            | Outcome::Pending { .. }
            | Outcome::Unknown => Exit::Pending,
            Outcome::Accepted {
                receipt: Some(receipt),
                ..
            } if !receipt.verified => Exit::Failed,
            Outcome::Accepted { .. } | Outcome::WouldSend => Exit::Done,
            Outcome::Rejected { .. } => Exit::Rejected,
            // What stopped it stands in the errors; without one it was interrupted.
            Outcome::NotSent(_) => Exit::Pending,
            Outcome::Invalid(..) => Exit::InvalidInvoice,
        }
    }

    fn json(&self) -> Value {
        let mut row = Map::new();
        row.insert("file".into(), self.path.display().to_string().into());
        row.insert("status".into(), self.outcome.name().into());
        if let Some(planned) = &self.planned {
            row.insert("hash".into(), json!(planned.hash));
            row.insert("size".into(), planned.size.into());
            row.insert("form".into(), planned.form.system_code().into());
            row.insert("number".into(), json!(planned.number));
            row.insert("kind".into(), json!(planned.kind));
            row.insert("seller".into(), json!(planned.seller));
            row.insert("issueDate".into(), json!(planned.issued));
        }
        if let Some(context) = &self.context {
            row.insert("context".into(), context.to_string().into());
        }
        if let Some(other) = &self.same_as {
            row.insert("sameAs".into(), other.display().to_string().into());
        }
        if self.left_over {
            row.insert("leftOver".into(), true.into());
        }
        self.outcome.add_json(&mut row);
        Value::Object(row)
    }
}

impl Outcome {
    /// The stable name, for machines.
    fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::Pending { .. } => "pending",
            Self::Unknown => "unknown",
            Self::NotSent(_) => "not-sent",
            Self::WouldSend => "would-send",
            Self::Invalid(..) => "invalid",
        }
    }

    fn add_json(&self, row: &mut Map<String, Value>) {
        match self {
            Self::Accepted {
                accepted,
                receipt,
                before,
            } => {
                row.insert("before".into(), (*before).into());
                row.insert("statusCode".into(), 200.into());
                row.insert("ksefNumber".into(), json!(accepted.ksef_number));
                row.insert("session".into(), json!(accepted.session));
                row.insert("invoice".into(), json!(accepted.invoice));
                row.insert("acquired".into(), json!(accepted.acquired));
                row.insert("recognisedDuplicate".into(), accepted.earlier.into());
                if let Some(receipt) = receipt {
                    row.insert("xmlPath".into(), receipt.xml_path.clone().into());
                    row.insert("upoPath".into(), receipt.upo_path.clone().into());
                    row.insert("upoHash".into(), json!(receipt.upo_hash));
                }
                let verified = receipt.as_ref().is_some_and(|receipt| receipt.verified);
                row.insert("upoVerified".into(), verified.into());
                let signature = receipt.as_ref().map(|receipt| &receipt.signature);
                row.insert("upoSignature".into(), json!(signature));
            }
            Self::Rejected { rejected, before } => {
                row.insert("before".into(), (*before).into());
                row.insert("statusCode".into(), rejected.code.into());
                row.insert("description".into(), rejected.description.clone().into());
                row.insert("details".into(), json!(rejected.details));
                row.insert("conflictKsefNumber".into(), json!(rejected.conflict));
                row.insert("session".into(), json!(rejected.session));
                row.insert("invoice".into(), json!(rejected.invoice));
            }
            Self::Pending { status } => {
                row.insert("statusCode".into(), json!(status.map(InvoiceStatus::code)));
            }
            Self::NotSent(why) => {
                row.insert("reason".into(), why.in_lang(Lang::En).into());
            }
            Self::Invalid(findings, why) => {
                row.insert("reason".into(), why.in_lang(Lang::En).into());
                row.insert("findings".into(), findings.clone().into());
            }
            Self::Unknown | Self::WouldSend => {}
        }
    }
}

impl Results {
    /// The exit code: the worst of everything.
    pub(crate) fn exit(&self) -> Exit {
        let rows = self.rows.iter().map(Row::exit);
        let inputs = self.bad_inputs.iter().map(|_| Exit::InvalidInvoice);
        let errors = self.errors.iter().map(|(_, error)| error.exit());
        rows.chain(inputs)
            .chain(errors)
            .fold(Exit::Done, Exit::worse)
    }

    /// Prints everything: the result on stdout, what needs attention on stderr.
    pub(crate) fn print(&self, printer: &Printer) {
        if printer.is_json() {
            printer.json(&self.json(printer));
            return;
        }
        self.print_table(printer);
        printer.text(&self.totals().text());
        if let Some(folder) = &self.folder
            && self
                .rows
                .iter()
                .any(|row| matches!(row.outcome, Outcome::Accepted { .. }))
        {
            let folder = folder.display();
            printer.note(&text!(
                "XML and UPO are in {folder}",
                "XML i UPO są w {folder}",
                folder = folder
            ));
        }
        for (path, why) in &self.bad_inputs {
            let path = path.display();
            let (en, pl) = (why.in_lang(Lang::En), why.in_lang(Lang::Pl));
            printer.warn(&Text::new(format!("{path}: {en}"), format!("{path}: {pl}")));
        }
        for (context, error) in &self.errors {
            if let Some(context) = context {
                printer.note(&text!("for {who}:", "dla {who}:", who = context));
            }
            printer.error(error);
        }
        self.print_hints(printer);
    }

    fn print_table(&self, printer: &Printer) {
        if self.rows.is_empty() {
            return;
        }
        let lang = printer.lang();
        let headings = match lang {
            Lang::En => ["file", "number", "status", "KSeF number or reason"],
            Lang::Pl => ["plik", "numer", "status", "numer KSeF lub powód"],
        };
        let mut table = Table::new(&headings);
        for row in &self.rows {
            table.row([
                shown(&row.path),
                row.planned
                    .as_ref()
                    .and_then(|planned| planned.number.clone())
                    .unwrap_or_default(),
                words::status(row).in_lang(lang).to_owned(),
                words::reason(row).in_lang(lang).to_owned(),
            ]);
        }
        table.print(printer);
    }

    fn print_hints(&self, printer: &Printer) {
        let has = |test: fn(&Outcome) -> bool| self.rows.iter().any(|row| test(&row.outcome));
        if has(|outcome| {
            matches!(
                outcome,
                Outcome::Pending { .. } | Outcome::Unknown | Outcome::NotSent(_)
            )
        }) {
            printer.hint(&text!(
                "run the same command again: it continues where this one stopped, and sends nothing twice",
                "uruchom to samo polecenie ponownie: podejmie pracę w tym miejscu i niczego nie wyśle dwa razy"
            ));
        }
        let code = |row: &Row| match &row.outcome {
            Outcome::Rejected { rejected, .. } => Some(rejected.code),
            _ => None,
        };
        let mut codes: Vec<i32> = self.rows.iter().filter_map(code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let hint = InvoiceStatus::from_code(code).hint();
            if code == InvoiceStatus::Duplicate.code() {
                printer.hint(&text!(
                    "440: KSeF has another document under this seller, kind and number; give yours another number, or drop it if it was sent by mistake",
                    "440: KSeF ma inny dokument tego sprzedawcy, rodzaju i numeru; nadaj swojemu inny numer albo go porzuć, jeśli wysłano go omyłkowo"
                ));
            } else if !hint.is_empty() {
                let (en, pl) = (hint.en, hint.pl);
                printer.hint(&Text::new(format!("{code}: {en}"), format!("{code}: {pl}")));
            }
        }
        let may_be_retried = |outcome: &Outcome| matches!(outcome, Outcome::Rejected { before: true, rejected } if rejected.conflict.is_none());
        if self.rows.iter().any(|row| may_be_retried(&row.outcome)) {
            printer.hint(&text!(
                "invoices refused by an earlier run are sent again with --retry-rejected",
                "faktury odrzucone wcześniej wyśle ponownie --retry-rejected"
            ));
        }
    }

    fn json(&self, printer: &Printer) -> Value {
        let inputs: Vec<Value> = self
            .bad_inputs
            .iter()
            .map(|(path, why)| json!({"path": path.display().to_string(), "reason": why.in_lang(Lang::En)}))
            .collect();
        let errors: Vec<Value> = self
            .errors
            .iter()
            .map(|(context, error)| {
                let mut value = printer.error_json(error);
                if let (Some(context), Some(members)) = (context, value.as_object_mut()) {
                    members.insert("context".into(), context.to_string().into());
                }
                value
            })
            .collect();
        let sessions: Vec<Value> = self.sessions.iter().map(SessionRow::json).collect();
        json!({
            "environment": self.environment,
            "folder": self.folder.as_deref().map(Path::display).map(|path| path.to_string()),
            "totals": self.totals().json(),
            "invoices": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "sessions": sessions,
            "badPaths": inputs,
            "errors": errors,
            "exitCode": self.exit().code(),
        })
    }

    fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for row in self.rows.iter().filter(|row| row.same_as.is_none()) {
            match &row.outcome {
                Outcome::Accepted { before: false, .. } => totals.accepted += 1,
                Outcome::Accepted { before: true, .. } => totals.accepted_before += 1,
                Outcome::Rejected { rejected, .. } if rejected.conflict.is_some() => {
                    totals.conflicts += 1;
                }
                Outcome::Rejected { .. } => totals.rejected += 1,
                Outcome::Pending { .. } | Outcome::Unknown => totals.pending += 1,
                Outcome::NotSent(_) => totals.not_sent += 1,
                Outcome::WouldSend => totals.would_send += 1,
                Outcome::Invalid(..) => totals.invalid += 1,
            }
        }
        totals.repeated = self.rows.iter().filter(|row| row.same_as.is_some()).count();
        totals
    }
}

impl SessionRow {
    fn json(&self) -> Value {
        json!({
            "session": self.session,
            "statusCode": self.status.as_ref().map(|(code, _)| code),
            "description": self.status.as_ref().map(|(_, word)| word),
            "upo": self.upo,
        })
    }
}

#[derive(Debug, Default)]
struct Totals {
    accepted: usize,
    accepted_before: usize,
    conflicts: usize,
    rejected: usize,
    pending: usize,
    not_sent: usize,
    would_send: usize,
    invalid: usize,
    repeated: usize,
}

impl Totals {
    fn parts(&self) -> [(usize, &'static str, &'static str, &'static str); 9] {
        [
            (self.accepted, "accepted", "accepted", "przyjęte"),
            (
                self.accepted_before,
                "acceptedBefore",
                "accepted before",
                "przyjęte wcześniej",
            ),
            (
                self.conflicts,
                "conflicts",
                "whose number is taken",
                "o zajętym numerze",
            ),
            (
                self.rejected,
                "rejected",
                "rejected by KSeF",
                "odrzucone przez KSeF",
            ),
            (self.pending, "pending", "pending", "w toku"),
            (self.not_sent, "notSent", "not sent", "niewysłane"),
            (self.would_send, "wouldSend", "to be sent", "do wysłania"),
            (self.invalid, "invalid", "invalid", "niepoprawne"),
            (self.repeated, "repeated", "repeated", "powtórzone"),
        ]
    }

    fn json(&self) -> Value {
        let parts = self.parts();
        parts
            .into_iter()
            .map(|(count, name, ..)| (name.to_owned(), json!(count)))
            .collect()
    }

    /// The counts that are not zero; the accepted ones always.
    fn text(&self) -> Text {
        let shown: Vec<_> = self
            .parts()
            .into_iter()
            .enumerate()
            .filter(|(place, (count, ..))| *count > 0 || (*place == 0 && self.would_send == 0))
            .map(|(_, part)| part)
            .collect();
        let join = |pick: fn(&(usize, &'static str, &'static str, &'static str)) -> String| {
            shown.iter().map(pick).collect::<Vec<_>>().join(", ")
        };
        Text::new(
            join(|part| format!("{} {}", part.0, part.2)),
            join(|part| format!("{}: {}", part.3, part.0)),
        )
    }
}

/// A path for a table: its last two parts are enough to know it again.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.chars().count() <= PATH_CHARACTERS_MAX {
        return text;
    }
    let mut last: Vec<_> = path.components().rev().take(2).collect();
    last.reverse();
    let tail: PathBuf = last.into_iter().collect();
    format!("…/{}", tail.display())
}

const PATH_CHARACTERS_MAX: usize = 48;
