//! Results for people: a table, totals, and what to do next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ksef_api::status::InvoiceStatus;
use ksef_invoice::finding::{Language, Severity};

use super::{Outcome, Results, Row};
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Lang, Text, text};
use crate::printer::{Printer, Table};
use crate::send::words;

impl Results {
    /// Prints everything: the result on stdout, what needs attention on stderr.
    pub(crate) fn print(&self, printer: &Printer) {
        if printer.is_json() {
            printer.json(&self.json(printer));
            return;
        }
        self.print_table(printer);
        printer.text(&self.totals().text());
        let is_saved_in = |folder: &Path, outcome: &Outcome| {
            matches!(outcome, Outcome::Accepted { receipt: Some(receipt), .. }
                if Path::new(&receipt.upo_path).parent() == Some(folder))
        };
        if let Some(folder) = &self.folder
            && self
                .rows
                .iter()
                .any(|row| is_saved_in(folder, &row.outcome))
        {
            let folder = folder.display();
            printer.note(&text!(
                "XML and UPO are in {folder}",
                "XML i UPO są w {folder}",
                folder = folder
            ));
        }
        self.print_signers(printer);
        self.print_warnings(printer);
        for (path, why) in &self.bad_inputs {
            let path = path.display();
            let (en, pl) = (why.in_lang(Lang::En), why.in_lang(Lang::Pl));
            let text = Text::new(format!("{path}: {en}"), format!("{path}: {pl}"));
            printer.error(&Error::new(Exit::InvalidInvoice, text));
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

    /// Who signed the UPOs, where no authority is known that could vouch for it.
    fn print_signers(&self, printer: &Printer) {
        let is_sandbox = self
            .environment
            .as_deref()
            .is_none_or(|it| it.starts_with("sandbox:"));
        if is_sandbox {
            return;
        }
        let signer = |row: &Row| match &row.outcome {
            Outcome::Accepted {
                receipt: Some(receipt),
                ..
            } if receipt.verified => Some(receipt.signature.clone()),
            _ => None,
        };
        let signers: BTreeSet<String> = self.rows.iter().filter_map(signer).collect();
        for signer in signers {
            printer.note(&text!(
                "UPO signed by {signer}; the signature is valid, whether to trust the signer is for you to judge",
                "UPO podpisał {signer}; podpis jest prawidłowy, wiarygodność podpisującego oceń samodzielnie",
                signer = signer
            ));
        }
    }

    /// What was found though it stopped nothing, in short.
    fn print_warnings(&self, printer: &Printer) {
        let all = self.rows.iter().filter(|row| row.same_as.is_none());
        let mut all = all.flat_map(|row| row.warnings.iter().map(move |finding| (row, finding)));
        for (row, finding) in all.by_ref().take(WARNINGS_MAX) {
            let place = finding
                .position()
                .map_or(String::new(), |at| format!(":{}:{}", at.line, at.column));
            let told = |language| {
                let (rule, message) = (finding.rule().id(), finding.message(language));
                format!("{}{place}: {message} [{rule}]", shown(&row.path))
            };
            let told = Text::new(told(Language::English), told(Language::Polish));
            if finding.severity() == Severity::Warning {
                printer.warn(&told);
            } else {
                printer.note(&told);
            }
        }
        let more = all.count();
        if more > 0 {
            printer.note(&text!(
                "… and {more} more: ksef invoice validate shows them",
                "… oraz kolejne: {more}; pokaże je ksef invoice validate"
            ));
        }
    }

    fn print_hints(&self, printer: &Printer) {
        let has = |test: fn(&Outcome) -> bool| self.rows.iter().any(|row| test(&row.outcome));
        if has(|outcome| {
            matches!(
                outcome,
                Outcome::Pending { .. } | Outcome::Unknown | Outcome::NotSent(_)
            )
        }) {
            printer.hint(&if self.errors.is_empty() {
                text!(
                    "run the same command again: it continues where this one stopped, and sends nothing twice",
                    "uruchom to samo polecenie ponownie: wznowi pracę od tego miejsca i niczego nie wyśle dwa razy"
                )
            } else {
                text!(
                    "what was sent stays sent: the next run continues where this one stopped, and sends nothing twice",
                    "to, co już wysłano, nie przepadło: następne uruchomienie wznowi pracę od tego miejsca i niczego nie wyśle dwa razy"
                )
            });
        }
        if has(|outcome| matches!(outcome, Outcome::Invalid(findings, _) if !findings.is_empty())) {
            printer.hint(&text!(
                "ksef invoice validate shows every finding with its place in the file",
                "ksef invoice validate pokaże wszystkie uwagi wraz z miejscem w pliku"
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
                    "440: KSeF ma już inny dokument tego sprzedawcy o tym samym rodzaju i numerze; nadaj swojemu inny numer albo pomiń go, jeśli wysłano go omyłkowo"
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
                "faktury odrzucone wcześniej wyślesz ponownie z opcją --retry-rejected"
            ));
        }
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
/// How many warnings are told; more are a task of their own.
const WARNINGS_MAX: usize = 10;
