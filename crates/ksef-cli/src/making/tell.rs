//! What came of a source, for people: files on stdout, what is wrong on stderr.

use ksef_import::ImportProblem;
use ksef_invoice::Finding;

use super::{Fate, Made, Making};
use crate::error::in_polish;
use crate::lang::{Lang, text};
use crate::printer::{Printer, Style, Styled, Table};
use crate::validate::{language, severity};

impl Making {
    /// Prints everything.
    pub(super) fn print(&self, printer: &Printer) {
        let lang = printer.lang();
        let mut table = Table::titled(
            printer,
            &[("file", "plik"), ("number", "numer"), ("status", "stan")],
        );
        for made in &self.made {
            table.row([
                made.path.display().to_string(),
                made.number.clone(),
                made.fate.told(lang),
            ]);
        }
        if !self.made.is_empty() {
            table.print(printer);
        }
        for made in &self.made {
            for finding in &made.findings {
                tell_finding(printer, made, finding);
            }
        }
        tell_problems(printer, &self.problems);
        self.print_sum(printer);
        self.print_hints(printer);
    }

    fn print_sum(&self, printer: &Printer) {
        let parts = [
            (
                self.count(|fate| matches!(fate, Fate::Written)),
                "written",
                "zapisane",
            ),
            (
                self.count(|fate| matches!(fate, Fate::WouldWrite)),
                "to be written",
                "do zapisania",
            ),
            (
                self.count(|fate| matches!(fate, Fate::Unchanged)),
                "unchanged",
                "bez zmian",
            ),
            (
                self.count(|fate| matches!(fate, Fate::Exists)),
                "left alone",
                "pozostawione",
            ),
            (
                self.count(|fate| matches!(fate, Fate::Invalid)),
                "invalid",
                "niepoprawne",
            ),
            (
                self.count(|fate| matches!(fate, Fate::Failed(_))),
                "not written",
                "niezapisane",
            ),
            (
                self.problems.len(),
                "problems in the source",
                "problemy w źródle",
            ),
        ];
        let lang = printer.lang();
        let told: Vec<String> = parts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, en, pl)| format!("{}: {count}", lang.pick(en, pl)))
            .collect();
        if !told.is_empty() {
            printer.line(told.join(", "));
        }
    }

    fn print_hints(&self, printer: &Printer) {
        let is_there = |fate: &Fate| matches!(fate, Fate::Written | Fate::Unchanged);
        if self.count(|fate| matches!(fate, Fate::Exists)) > 0 {
            printer.hint(&text!(
                "files with other content were left alone; replace them with --force, or write elsewhere with --out",
                "pliki o innej treści pozostawiono bez zmian; zastąp je opcją --force albo zapisz gdzie indziej opcją --out"
            ));
        }
        if !self.problems.is_empty() && self.count(is_there) > 0 {
            printer.hint(&text!(
                "invoices without problems are written; correct the others and run the same command again",
                "faktury bez problemów są zapisane; popraw pozostałe i uruchom to samo polecenie ponownie"
            ));
        }
        if self.count(is_there) > 0 {
            let folder = quoted(&self.folder.display().to_string());
            printer.hint(&text!(
                "next: ksef invoice send {folder}",
                "dalej: ksef invoice send {folder}"
            ));
        }
    }
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "/._-\\:".contains(character);
    if path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("\"{path}\"")
    }
}

impl Fate {
    fn told(&self, lang: Lang) -> String {
        let text = match self {
            Self::Written => text!("written", "zapisana"),
            Self::Unchanged => text!("unchanged", "bez zmian"),
            Self::WouldWrite => text!("to be written", "do zapisania"),
            Self::Exists => text!("left alone: other content", "pozostawiona: inna treść"),
            Self::Invalid => text!("invalid, not written", "niepoprawna, niezapisana"),
            Self::Failed(error) => {
                let error = error.to_string();
                text!(
                    "not written: {error}",
                    "niezapisana: {pl}",
                    error = error,
                    pl = in_polish(error).unwrap_or_else(|| error.clone())
                )
            }
        };
        text.in_lang(lang).to_owned()
    }
}

/// Tells what is wrong with a source, in the manner of findings.
pub(crate) fn tell_problems(printer: &Printer, problems: &[ImportProblem]) {
    let lang = printer.lang();
    let language = language(lang);
    for problem in problems {
        let label = format!("{}[{}]", lang.pick("error", "błąd"), problem.code());
        printer.diagnostic(
            &Styled::new()
                .with(Style::Error, label)
                .with(Style::Strong, format!(": {}", problem.message(language))),
        );
        let place = problem.origin().describe(language);
        printer.diagnostic(&Styled::new().with(Style::Frame, " --> ").plain(place));
        let facts = [
            (
                lang.pick("invoice", "faktura"),
                problem.invoice().map(str::to_owned),
            ),
            (lang.pick("advice", "rada"), problem.advice(language)),
        ];
        for (label, value) in facts {
            if let Some(value) = value {
                printer.diagnostic(
                    &Styled::new()
                        .with(Style::Frame, "  = ")
                        .plain(format!("{label}: {value}")),
                );
            }
        }
    }
}

/// Tells what is wrong with a document that was made: its place in the XML would not help, the one in the source does.
fn tell_finding(printer: &Printer, made: &Made, finding: &Finding) {
    let lang = printer.lang();
    let (style, label) = severity(finding.severity(), lang);
    let message = finding.message(language(lang));
    printer.diagnostic(
        &Styled::new()
            .with(style, format!("{label}[{}]", finding.rule().id()))
            .with(Style::Strong, format!(": {message}")),
    );
    let place = made.origin.describe(language(lang));
    printer.diagnostic(&Styled::new().with(Style::Frame, " --> ").plain(place));
    let path = finding
        .path()
        .map_or(String::new(), |path| format!(", {path}"));
    printer.diagnostic(&Styled::new().with(Style::Frame, "  = ").plain(format!(
        "{}: {}{path}",
        lang.pick("invoice", "faktura"),
        made.number
    )));
}
