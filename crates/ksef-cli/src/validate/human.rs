//! Findings for people: the sentence, the place with the line of the file, and what was expected.

use std::collections::BTreeSet;

use ksef_invoice::finding::{Language, Severity};
use ksef_invoice::rule::Rule;

use super::Request;
use super::canvas::Canvas;
use super::inputs::BadInput;
use super::judge::{Judged, Located};
use super::tally::Tally;
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Lang, Text, text};
use crate::printer::{Printer, Style, Styled, terminal_columns};
use crate::send::words;

/// Prints findings file by file.
#[derive(Debug)]
pub(crate) struct Human<'a> {
    printer: &'a Printer,
    is_summary: bool,
    /// Whether there is one file, so that a line about it alone says all.
    is_one: bool,
    limit: usize,
    columns: usize,
    seen: BTreeSet<Rule>,
}

impl<'a> Human<'a> {
    /// Prints as the request asks.
    pub(super) fn new(printer: &'a Printer, request: &Request, files: usize) -> Self {
        Self {
            printer,
            is_summary: request.summary,
            is_one: files == 1,
            limit: match request.limit {
                0 => usize::MAX,
                limit => limit,
            },
            columns: terminal_columns().unwrap_or(COLUMNS_WITHOUT_TERMINAL),
            seen: BTreeSet::new(),
        }
    }

    /// One file.
    pub(super) fn show(&mut self, judged: &Judged) {
        if self.is_summary || (self.is_one && judged.findings.is_empty()) {
            self.show_line(judged);
        }
        if self.is_summary {
            return;
        }
        let name = judged.source.name();
        if let Some(error) = &judged.unreadable {
            self.printer
                .error(&refused(&name, &words::unreadable(error)));
        }
        for located in judged.findings.iter().take(self.limit) {
            self.seen.insert(located.finding.rule());
            self.show_finding(&name, located);
        }
        let hidden = judged.findings.len().saturating_sub(self.limit);
        if hidden > 0 {
            let more = text!(
                "… {hidden} more in {name}; --limit 0 shows all",
                "… kolejne w {name}: {hidden}; --limit 0 pokaże wszystkie"
            );
            self.printer.text(&more);
            self.printer.line("");
        }
    }

    /// A file in one line: what it is, and how many findings there are.
    fn show_line(&self, judged: &Judged) {
        let lang = self.printer.lang();
        let name = judged.source.name();
        let line = Styled::new();
        let line = if judged.is_valid() {
            line.with(Style::Good, lang.pick("valid    ", "poprawna    "))
        } else {
            line.with(Style::Error, lang.pick("invalid  ", "niepoprawna "))
        };
        let mut facts = Vec::new();
        if let Some(metadata) = &judged.metadata {
            facts.push(metadata.form.system_code().to_owned());
            facts.push(metadata.kind.wire_name().to_owned());
        }
        facts.extend(judged.number.clone());
        let count = |severity: Severity| {
            let is_it = |located: &&Located| located.finding.severity() == severity;
            judged.findings.iter().filter(is_it).count()
        };
        for (count, en, pl) in [
            (count(Severity::Error), "errors", "błędy"),
            (count(Severity::Warning), "warnings", "ostrzeżenia"),
            (count(Severity::Information), "notes", "uwagi"),
        ] {
            if count > 0 {
                facts.push(format!("{}: {count}", lang.pick(en, pl)));
            }
        }
        if let Some(error) = &judged.unreadable {
            facts.push(words::unreadable(error).in_lang(lang).to_owned());
        }
        self.printer.styled(
            &line
                .with(Style::Strong, name)
                .plain(format!("  {}", facts.join(", "))),
        );
    }

    /// A finding with its surroundings.
    fn show_finding(&self, name: &str, located: &Located) {
        let lang = self.printer.lang();
        let finding = &located.finding;
        let (style, label) = severity(finding.severity(), lang);
        let rule = finding.rule().id();
        let message = finding.message(language(lang));
        self.printer.styled(
            &Styled::new()
                .with(style, format!("{label}[{rule}]"))
                .with(Style::Strong, format!(": {message}")),
        );
        let place = finding
            .position()
            .map_or(String::new(), |at| format!(":{}:{}", at.line, at.column));
        let gutter = located
            .excerpt
            .as_ref()
            .map_or(1, |excerpt| excerpt.line.to_string().len());
        self.printer.styled(
            &Styled::new()
                .with(Style::Frame, format!("{:gutter$}--> ", ""))
                .plain(format!("{name}{place}")),
        );
        if let Some(excerpt) = &located.excerpt {
            let room = self.columns.saturating_sub(gutter + 4);
            let canvas = Canvas::new(excerpt, room);
            let bar =
                |number: &str| Styled::new().with(Style::Frame, format!("{number:>gutter$} | "));
            self.printer.styled(&bar(""));
            let number = excerpt.line.to_string();
            self.printer.styled(&bar(&number).plain(canvas.line));
            let mark = format!("{:1$}", "", canvas.indent) + &"^".repeat(canvas.marked);
            self.printer.styled(&bar("").with(style, mark));
        }
        self.show_facts(gutter, located, &message);
        self.printer.line("");
    }

    /// The element, and what was expected where the sentence does not say it.
    fn show_facts(&self, gutter: usize, located: &Located, message: &str) {
        let lang = self.printer.lang();
        let finding = &located.finding;
        let facts = [
            (("element", "element"), finding.path().map(str::to_owned)),
            (("expected", "oczekiwano"), finding.expected()),
            (("found", "jest"), finding.actual()),
        ];
        let facts = facts.into_iter().filter_map(|(label, value)| {
            let value = value.filter(|value| !message.contains(value.as_str()))?;
            Some((lang.pick(label.0, label.1), value))
        });
        for (label, value) in facts {
            self.printer.styled(
                &Styled::new()
                    .with(Style::Frame, format!("{:gutter$} = ", ""))
                    .plain(format!("{label}: {value}")),
            );
        }
    }

    /// The counts, and where to read more.
    pub(super) fn finish(self, tally: &Tally, bad: &[BadInput]) {
        for bad in bad {
            let path = bad.path.display().to_string();
            self.printer
                .error(&refused(&path, &words::bad_input(&bad.fault)));
        }
        if tally.files > 0 && (!self.is_one || tally.errors + tally.warnings + tally.notes > 0) {
            self.printer.text(&tally.text());
        }
        let mut rules = self.seen.iter().map(|rule| rule.id());
        if let Some(first) = rules.next() {
            let others: Vec<&str> = rules.take(RULES_IN_HINT_MAX).collect();
            let others = match others.as_slice() {
                [] => String::new(),
                others => format!(" (… {})", others.join(", ")),
            };
            self.printer.hint(&text!(
                "what a rule asks for, and why: ksef invoice rules {first}{others}",
                "czego wymaga reguła i dlaczego: ksef invoice rules {first}{others}"
            ));
        }
    }
}

fn refused(name: &str, why: &Text) -> Error {
    let text = Text::new(
        format!("{name}: {}", why.in_lang(Lang::En)),
        format!("{name}: {}", why.in_lang(Lang::Pl)),
    );
    Error::new(Exit::InvalidInvoice, text)
}

/// How a severity is shown and called.
pub(crate) fn severity(severity: Severity, lang: Lang) -> (Style, &'static str) {
    match severity {
        Severity::Error => (Style::Error, lang.pick("error", "błąd")),
        Severity::Warning => (Style::Warning, lang.pick("warning", "ostrzeżenie")),
        _ => (Style::Note, lang.pick("note", "uwaga")),
    }
}

/// The language of findings.
pub(crate) fn language(lang: Lang) -> Language {
    match lang {
        Lang::En => Language::English,
        Lang::Pl => Language::Polish,
    }
}

/// How wide lines are when nobody says how wide they may be.
const COLUMNS_WITHOUT_TERMINAL: usize = 120;
const RULES_IN_HINT_MAX: usize = 3;
