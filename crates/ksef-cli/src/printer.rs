//! The only way to the screen: results to stdout, everything else to stderr.

mod style;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use ksef_core::calendar;
use serde::Serialize;

use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Lang, Text};

pub(crate) use style::{Style, Styled};

/// Prints. Cheap to clone; clones share the progress bars.
///
/// A reader that went away (`ksef … | head`) does not stop the work: printing then does nothing.
#[derive(Clone, Debug)]
pub(crate) struct Printer {
    lang: Lang,
    json: bool,
    quiet: bool,
    colour: bool,
    colour_of_results: bool,
    bars: MultiProgress,
    stdout_failed: Arc<AtomicBool>,
}

impl Printer {
    /// A printer that writes to the streams of the process.
    pub(crate) fn new(lang: Lang, json: bool, quiet: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let bars = if terminal && !quiet {
            MultiProgress::new()
        } else {
            MultiProgress::with_draw_target(ProgressDrawTarget::hidden())
        };
        Self {
            lang,
            json,
            quiet,
            colour: terminal && wants_colour(),
            colour_of_results: io::stdout().is_terminal() && wants_colour(),
            bars,
            stdout_failed: Arc::default(),
        }
    }

    /// The language of messages.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether results are for machines.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether stderr may be coloured.
    pub(crate) fn has_colour(&self) -> bool {
        self.colour
    }

    /// A result: as JSON with `--json`, otherwise as `human` prints it.
    pub(crate) fn result<T: Serialize + ?Sized>(&self, value: &T, human: impl FnOnce(&Self)) {
        if self.json {
            self.json(value)
        } else {
            human(self)
        }
    }

    /// One JSON document on a line of its own, on stdout.
    pub(crate) fn json<T: Serialize + ?Sized>(&self, value: &T) {
        match serde_json::to_vec(value) {
            Ok(mut line) => {
                line.push(b'\n');
                self.stdout(&line);
            }
            Err(error) => tracing::error!(%error, "a result has no JSON form"),
        }
    }

    /// A line of a result for people, on stdout.
    pub(crate) fn line(&self, text: impl Display) {
        self.stdout(format!("{}\n", printable(&text.to_string())).as_bytes());
    }

    /// A line of a result for people with styled parts, on stdout.
    pub(crate) fn styled(&self, line: &Styled) {
        self.stdout(format!("{}\n", line.render(self.colour_of_results)).as_bytes());
    }

    /// A line with styled parts about what is wrong, on stderr.
    pub(crate) fn diagnostic(&self, line: &Styled) {
        self.stderr(&line.render(self.colour));
    }

    /// A line of a result: a label, and a text that goes on below itself on a narrow terminal.
    pub(crate) fn labelled(&self, label: &str, text: &str) {
        let indent = label.chars().count();
        let room = terminal_columns().map_or(usize::MAX, |columns| columns.saturating_sub(indent));
        let text = wrapped(text, room).join(&format!("\n{:indent$}", ""));
        self.line(format_args!("{label}{text}"));
    }

    /// A line of a result for people, in their language, on stdout.
    pub(crate) fn text(&self, text: &Text) {
        self.line(text.in_lang(self.lang));
    }

    /// Bytes as they are, on stdout: a document, the body of an answer.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        self.stdout(bytes);
    }

    /// What is going on, on stderr; not with `--quiet`.
    pub(crate) fn note(&self, text: &Text) {
        if !self.quiet {
            self.stderr(text.in_lang(self.lang));
        }
    }

    /// Something that the user should know though the work goes on, on stderr.
    pub(crate) fn warn(&self, text: &Text) {
        let label = self.paint(YELLOW, self.lang.pick("warning:", "ostrzeżenie:"));
        self.stderr(&format!("{label} {}", printable(text.in_lang(self.lang))));
    }

    /// What to do next, on stderr; not with `--quiet`.
    pub(crate) fn hint(&self, text: &Text) {
        if !self.quiet {
            self.stderr_hint(text);
        }
    }

    /// Why the command ended, on stderr: for people, or one JSON document with `--json`.
    pub(crate) fn error(&self, error: &Error) {
        if self.json {
            self.stderr(&self.error_json(error, self.lang).to_string());
            return;
        }
        let label = self.paint(RED, self.lang.pick("error:", "błąd:"));
        self.stderr(&format!("{label} {}", printable(error.text(self.lang))));
        let cause_label = self.lang.pick("caused by:", "przyczyna:");
        for cause in error.causes(self.lang) {
            self.stderr(&format!("  {cause_label} {}", printable(&cause)));
        }
        for hint in error.hints() {
            self.stderr_hint(hint);
        }
    }

    /// An error as the JSON value that [`Printer::error`] prints.
    pub(crate) fn error_json(&self, error: &Error, lang: Lang) -> serde_json::Value {
        let value = ErrorDocument {
            kind: error.exit().name(),
            exit_code: error.exit().code(),
            ksef_code: error.code(),
            message: error.text(lang),
            causes: error.causes(lang),
            hints: error
                .hints()
                .iter()
                .map(|hint| hint.in_lang(lang))
                .collect(),
        };
        serde_json::json!({ "error": value })
    }

    /// A bar that counts up to `total` (0: unknown, a spinner), on stderr when it is a terminal.
    pub(crate) fn progress(&self, total: u64, what: &Text) -> Progress {
        self.bar(total, what, "{bar:30} {pos}/{len} {msg}")
    }

    /// The same for bytes.
    pub(crate) fn byte_progress(&self, total: u64, what: &Text) -> Progress {
        self.bar(total, what, "{bar:30} {bytes}/{total_bytes} {msg}")
    }

    fn bar(&self, total: u64, what: &Text, template: &str) -> Progress {
        let bar = if total == 0 {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::new(total)
        };
        let bar = self.bars.add(bar);
        let template = if total == 0 {
            "{spinner} {msg}"
        } else {
            template
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(printable(what.in_lang(self.lang)).into_owned());
        if total == 0 {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Progress {
            bar,
            lang: self.lang,
        }
    }

    /// How the process ends when everything else went well: badly if results could not be written, unless their
    /// reader went away.
    pub(crate) fn finish(&self) -> Exit {
        let _ = self.bars.clear();
        if self.stdout_failed.load(Ordering::Relaxed) {
            Exit::Failed
        } else {
            Exit::Done
        }
    }

    fn stderr_hint(&self, text: &Text) {
        let label = self.paint(CYAN, self.lang.pick("hint:", "wskazówka:"));
        self.stderr(&format!("{label} {}", printable(text.in_lang(self.lang))));
    }

    fn stdout(&self, bytes: &[u8]) {
        let written = self.bars.suspend(|| {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes).and_then(|()| stdout.flush())
        });
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
            && !self.stdout_failed.swap(true, Ordering::Relaxed)
        {
            self.stderr(&format!("stdout: {error}"));
        }
    }

    fn stderr(&self, line: &str) {
        // Nobody is left to tell when stderr is gone.
        let _ = self
            .bars
            .suspend(|| writeln!(io::stderr().lock(), "{line}"));
    }

    fn paint<'a>(&self, colour: &str, label: &'a str) -> Cow<'a, str> {
        if self.colour {
            Cow::Owned(format!("\u{1b}[1;{colour}m{label}\u{1b}[0m"))
        } else {
            Cow::Borrowed(label)
        }
    }
}

/// An error for machines.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDocument<'a> {
    kind: &'static str,
    exit_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    ksef_code: Option<i64>,
    message: &'a str,
    causes: Vec<Cow<'a, str>>,
    hints: Vec<&'a str>,
}

/// A progress bar; it disappears when dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    lang: Lang,
}

impl Progress {
    /// One more is done.
    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }

    /// Says something else beside the bar.
    pub(crate) fn say(&self, what: &Text) {
        self.bar
            .set_message(printable(what.in_lang(self.lang)).into_owned());
    }

    /// So much is done altogether.
    pub(crate) fn set(&self, done: u64) {
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Rows under headings, in columns as wide as their widest cell.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub(crate) fn new(headings: &[&str]) -> Self {
        Self {
            rows: vec![
                headings
                    .iter()
                    .map(|heading| heading.to_uppercase())
                    .collect(),
            ],
        }
    }

    /// A table with these headings in the language of the user, each as (English, Polish).
    pub(crate) fn titled(printer: &Printer, headings: &[(&'static str, &'static str)]) -> Self {
        let headings: Vec<&str> = headings
            .iter()
            .map(|(en, pl)| printer.lang.pick(en, pl))
            .collect();
        Self::new(&headings)
    }

    /// One more row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints the table as a result. On a terminal too narrow for it, what does not fit beside stands below.
    pub(crate) fn print(&self, printer: &Printer) {
        let limit = terminal_columns().unwrap_or(usize::MAX);
        for line in self.lines(limit) {
            printer.line(line);
        }
    }

    /// The lines of the table, none longer than `limit` unless a word is.
    fn lines(&self, limit: usize) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut lines = Vec::new();
        for row in &self.rows {
            let mut line = String::new();
            let mut used = 0;
            for (cell, width) in row.iter().zip(&widths) {
                if used > 0 && used + width > limit {
                    lines.push(line.trim_end().to_owned());
                    line = INDENT.to_owned();
                    used = INDENT.len();
                }
                for (index, part) in wrapped(cell, limit.saturating_sub(used)).iter().enumerate() {
                    if index > 0 {
                        lines.push(line.trim_end().to_owned());
                        line = " ".repeat(used);
                    }
                    line.push_str(part);
                }
                let length = line.chars().count();
                used += width + 2;
                line.push_str(&" ".repeat(used.saturating_sub(length)));
            }
            if !line.trim_end().is_empty() {
                lines.push(line.trim_end().to_owned());
            }
        }
        lines
    }
}

/// A text in parts of at most `limit` characters, divided between words; a longer word stays whole.
pub(crate) fn wrapped(text: &str, limit: usize) -> Vec<String> {
    if text.chars().count() <= limit {
        return vec![text.to_owned()];
    }
    let mut parts: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match parts.last_mut() {
            Some(part) if part.chars().count() + 1 + word.chars().count() <= limit => {
                part.push(' ');
                part.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// How wide the terminal behind stdout is; `None` when there is none.
pub(crate) fn terminal_columns() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width.0).max(COLUMNS_MIN))
}

/// Labelled values of a result, one per line, the values in one column.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    printer: &'a Printer,
    lines: Vec<(&'static str, String)>,
}

impl<'a> Fields<'a> {
    /// No lines yet.
    pub(crate) fn new(printer: &'a Printer) -> Self {
        Self {
            printer,
            lines: Vec::new(),
        }
    }

    /// One more line; the label as (English, Polish).
    pub(crate) fn add(&mut self, label: (&'static str, &'static str), value: impl Display) {
        let label = self.printer.lang.pick(label.0, label.1);
        self.lines.push((label, value.to_string()));
    }

    /// One more line whose value is in the language of the user.
    pub(crate) fn add_text(&mut self, label: (&'static str, &'static str), value: &Text) {
        self.add(label, value.in_lang(self.printer.lang));
    }

    /// One more line without a label, in the language of the user: it belongs to the one above.
    pub(crate) fn more(&mut self, value: &Text) {
        self.lines
            .push(("", value.in_lang(self.printer.lang).to_owned()));
    }

    /// Prints the lines as a result.
    pub(crate) fn print(self) {
        let width = self
            .lines
            .iter()
            .map(|(label, _)| label.chars().count())
            .max()
            .unwrap_or(0);
        for (label, value) in self.lines {
            self.printer
                .line(format!("{label:<width$}  {value}").trim_end());
        }
    }
}

/// An instant for people: the clock on a wall in Poland, to the second.
pub(crate) fn moment(instant: Timestamp) -> String {
    calendar::in_warsaw(instant)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

/// Text of a server or a file cannot steer the terminal: control characters but tabs and line ends become U+FFFD.
fn printable(text: &str) -> Cow<'_, str> {
    let steers = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    if text.contains(steers) {
        Cow::Owned(
            text.chars()
                .map(|c| if steers(c) { '\u{fffd}' } else { c })
                .collect(),
        )
    } else {
        Cow::Borrowed(text)
    }
}

fn wants_colour() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// What stands before what did not fit beside.
const INDENT: &str = "    ";
/// No terminal is taken to be narrower.
const COLUMNS_MIN: usize = 40;

const RED: &str = "31";
const YELLOW: &str = "33";
const CYAN: &str = "36";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_defused() {
        assert_eq!(printable("a\tb\nc"), "a\tb\nc");
        assert_eq!(printable("a\u{1b}[2Jb\r"), "a\u{fffd}[2Jb\u{fffd}");
    }

    #[test]
    fn a_table_that_does_not_fit_goes_on_below() {
        let mut table = Table::new(&["file", "number", "reason"]);
        table.row(
            [
                "a.xml",
                "FV/1",
                "450: one two three four five six seven eight",
            ]
            .map(str::to_owned),
        );
        table.row(["b.xml", "FV/2", ""].map(str::to_owned));
        let wide = table.lines(usize::MAX);
        assert_eq!(wide[0], "FILE   NUMBER  REASON");
        assert_eq!(
            wide[1],
            "a.xml  FV/1    450: one two three four five six seven eight"
        );
        assert_eq!(
            table.lines(40),
            [
                "FILE   NUMBER",
                "    REASON",
                "a.xml  FV/1",
                "    450: one two three four five six",
                "    seven eight",
                "b.xml  FV/2",
            ]
        );
    }
}
