//! The pages about rules are what the catalogue and the examples say.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::examples::Case;
use super::samples::ARGUED;
use super::*;
use crate::finding::{Refusal, Severity};
use crate::rule::Rule;

/// `KSEF_UPDATE_REFERENCE=1 cargo test -p ksef-invoice pages` writes them anew.
#[test]
fn the_pages_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/rules");
    let mut pages = vec![("README.md".to_owned(), index())];
    for rule in Rule::ALL {
        pages.push((format!("{rule}.md"), page(*rule)));
    }
    if std::env::var_os("KSEF_UPDATE_REFERENCE").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &pages {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    for (name, text) in &pages {
        let written = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert_eq!(
            &written, text,
            "{name}: run the test with KSEF_UPDATE_REFERENCE=1"
        );
    }
    let known: BTreeSet<_> = pages.into_iter().map(|(name, _)| name).collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name} is of no rule");
    }
}

#[test]
fn explanations_are_sentences_in_two_languages() {
    for rule in Rule::ALL {
        let explanation = rule.explanation();
        for language in [Language::Polish, Language::English] {
            assert!(!explanation.title(language).ends_with('.'), "{rule}");
            for text in [explanation.text(language), explanation.repair(language)] {
                assert!(
                    text.ends_with('.') && !text.contains("  "),
                    "{rule}: {text}"
                );
            }
        }
        let polish = explanation.text(Language::Polish);
        assert_ne!(polish, explanation.text(Language::English), "{rule}");
        assert!(!explanation.source().is_empty());
    }
}

/// Text of a page: no HTML in it.
fn prose(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('|', "\\|")
}

fn severity(rule: Rule) -> &'static str {
    match rule.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "information",
    }
}

fn answer(rule: Rule) -> String {
    match rule.refusal().map(Refusal::code) {
        Some(code) if rule == Rule::NipChecksum => format!("refuses, {code}; production only"),
        Some(code) => format!("refuses, {code}"),
        None => "accepts".to_owned(),
    }
}

fn page(rule: Rule) -> String {
    let explanation = rule.explanation();
    let title = explanation.title(Language::English);
    let mut text = format!("# `{rule}`: {}\n\n", prose(title));
    let _ = write!(
        text,
        "| severity | KSeF | source |\n|---|---|---|\n| {} | {} | {} |\n",
        severity(rule),
        answer(rule),
        prose(explanation.source())
    );
    for (language, heading, repair) in [
        (Language::Polish, "Po polsku", "Jak naprawić."),
        (Language::English, "In English", "How to repair it."),
    ] {
        let _ = write!(
            text,
            "\n## {heading}\n\n**{}.** {}\n\n**{repair}** {}\n",
            prose(explanation.title(language)),
            prose(explanation.text(language)),
            prose(explanation.repair(language))
        );
    }
    if rule.is_of_content() {
        text += &example(rule);
    } else {
        text += &excerpt(rule);
    }
    text + "\n[All rules](README.md)\n"
}

/// A piece of a document, for rules of the file and of the schema.
fn excerpt(rule: Rule) -> String {
    let mut text = String::new();
    if let Some(excerpt) = rule.explanation().excerpt() {
        let _ = write!(text, "\n## Breaks it\n\n```xml\n{excerpt}\n```\n");
    }
    let name = format!("{rule}.xml");
    if examples("invoices-invalid").join(&name).is_file() {
        let _ = write!(
            text,
            "\nA whole document: [`examples/invoices-invalid/{name}`](../../../examples/invoices-invalid/{name}).\n"
        );
    }
    text
}

/// The place in the invalid example, and what is said of it.
fn example(rule: Rule) -> String {
    let case = Case::read(rule);
    let tree = Tree::read(&case.invalid, &check::Rules::default()).unwrap();
    let findings = evaluate(&tree, &case.context());
    let finding = findings
        .iter()
        .find(|finding| finding.rule() == rule)
        .unwrap();
    let position = finding.position().unwrap();
    let document = std::str::from_utf8(&case.invalid).unwrap();
    let lines: Vec<&str> = document.lines().collect();
    let first = position.line.saturating_sub(1 + LINES_AROUND);
    let last = (position.line + LINES_AROUND).min(lines.len());
    let shown = &lines[first..last];
    let indent = shown
        .iter()
        .map(|line| line.len() - line.trim_start().len())
        .min();
    let mut text = "\n## Breaks it\n\n```xml\n".to_owned();
    for (index, line) in shown.iter().enumerate() {
        let mark = if first + index + 1 == position.line {
            ">"
        } else {
            " "
        };
        let _ = writeln!(text, "{mark} {}", &line[indent.unwrap_or(0)..]);
    }
    let folder = format!("examples/rules/{rule}");
    let up = "../../..";
    let _ = write!(
        text,
        "```\n\n> {}\n\n> {}\n\n",
        prose(&finding.message(Language::Polish)),
        prose(&finding.message(Language::English))
    );
    let _ = write!(
        text,
        "[`invalid.xml`]({up}/{folder}/invalid.xml) breaks the rule, [`near-miss.xml`]({up}/{folder}/near-miss.xml) does not"
    );
    let mut earlier: Vec<_> = std::fs::read_dir(examples("rules").join(rule.id()))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("history"))
        .collect();
    earlier.sort();
    if earlier.is_empty() {
        return text + ".\n";
    }
    let links: Vec<_> = earlier
        .iter()
        .map(|name| format!("[`{name}`]({up}/{folder}/{name})"))
        .collect();
    text + &format!("; earlier invoices: {}.\n", links.join(", "))
}

fn index() -> String {
    let mut text = INTRODUCTION.to_owned();
    text +=
        "\n| rule | severity | KSeF | what is wrong | co jest nie tak |\n|---|---|---|---|---|\n";
    for rule in Rule::ALL {
        let _ = writeln!(
            text,
            "| [`{rule}`]({rule}.md) | {} | {} | {} | {} |",
            severity(*rule),
            answer(*rule),
            prose(rule.explanation().title(Language::English)),
            prose(rule.explanation().title(Language::Polish))
        );
    }
    text += SAMPLES;
    text += "\n| sample | rule | why it is right to speak |\n|---|---|---|\n";
    for (sample, rule, reason) in ARGUED {
        let _ = writeln!(
            text,
            "| {sample} | [`{rule}`]({rule}.md) | {} |",
            prose(reason)
        );
    }
    text
}

const LINES_AROUND: usize = 2;

const INTRODUCTION: &str = "# Rules

What `ksef invoice validate` and `ksef invoice send` find in a document. Identifiers are stable. An **error** is what KSeF
refuses, a **warning** contradicts the Ministry's guidance or arithmetic, **information** is worth a look by a person.
`--rules ksef` asks only for errors, `--rules off` leaves the file and its schema.

Rules beyond the schema doubt in favour of the invoice: they speak when none of the ways in use leads to what is written,
and are silent about values that do not have their form, which are findings of the schema. Sums may be off by half a grosz for
each line, at least by one grosz; a single product by one grosz. Rules of arithmetic, parties and annotations read FA(3) and
FA(2), those of lines, sums and accounts also FA_RR; PEF documents are asked for errors and, where earlier invoices are known,
about those.

Every rule beyond the schema has an example that breaks it and a near miss that does not, in
[`examples/rules`](../../../examples/rules/README.md).
";

const SAMPLES: &str = "
## On the Ministry's samples

All rules are silent on the 26 official FA(3) samples (on a day after their dates), but for these:
";
