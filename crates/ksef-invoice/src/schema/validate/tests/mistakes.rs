//! Single mistakes made in valid documents: how many findings each of them makes, and whether
//! libxml2 agrees that it is one.

use std::ops::Range;
use std::process::Command;

use super::*;
use crate::xml::XmlLimits;

/// An element in the text of a document.
#[derive(Debug, Clone)]
struct Span<'a> {
    name: &'a str,
    whole: Range<usize>,
    /// Behind the start tag to before the end tag.
    inner: Range<usize>,
    parent: Option<usize>,
    is_leaf: bool,
}

fn spans(text: &str) -> Vec<Span<'_>> {
    let mut reader = Reader::new(text, 0, XmlLimits::default());
    let mut spans: Vec<Span<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.next().unwrap() {
            Event::Start(start) => {
                let after = start.offset + text[start.offset..].find('>').unwrap() + 1;
                if let Some(parent) = open.last() {
                    spans[*parent].is_leaf = false;
                }
                let span = Span {
                    name: start.name,
                    whole: start.offset..after,
                    inner: after..after,
                    parent: open.last().copied(),
                    is_leaf: true,
                };
                open.push(spans.len());
                spans.push(span);
            }
            Event::End { offset } => {
                let span = &mut spans[open.pop().unwrap()];
                span.inner.end = offset;
                span.whole.end = offset + text[offset..].find('>').map_or(0, |at| at + 1);
            }
            Event::Text { .. } => {}
            Event::Complete => return spans,
        }
    }
}

fn replaced(text: &str, range: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..range.start], &text[range.end..])
}

fn renamed(text: &str, span: &Span<'_>, name: &str) -> String {
    let inner = &text[span.inner.clone()];
    replaced(
        text,
        span.whole.clone(),
        &format!("<{name}>{inner}</{name}>"),
    )
}

/// Every single mistake, with its kind.
fn mistakes(text: &str) -> Vec<(&'static str, String)> {
    let spans = spans(text);
    let mut found = Vec::new();
    for (index, span) in spans.iter().enumerate().skip(1) {
        let element = &text[span.whole.clone()];
        let next = spans[index + 1..]
            .iter()
            .find(|other| other.parent == span.parent);
        let parent = &spans[span.parent.unwrap()];
        found.push(("drop", replaced(text, span.whole.clone(), "")));
        let doubled = format!("{element}{element}");
        found.push(("double", replaced(text, span.whole.clone(), &doubled)));
        found.push(("rename", renamed(text, span, "Nieznany")));
        found.push(("case", renamed(text, span, &span.name.to_lowercase())));
        if let Some(next) = next {
            let second = &text[next.whole.clone()];
            let range = span.whole.start..next.whole.end;
            found.push(("swap", replaced(text, range, &format!("{second}{element}"))));
            found.push(("retype", renamed(text, span, next.name)));
        }
        let without = replaced(text, span.whole.clone(), "");
        let end = parent.inner.end - span.whole.len();
        found.push(("last", replaced(&without, end..end, element)));
        let start = parent.inner.start;
        found.push(("first", replaced(&without, start..start, element)));
        let at = span.whole.start + 1 + span.name.len();
        found.push(("attribute", replaced(text, at..at, " obcy='1'")));
        found.push(("namespace", replaced(text, at..at, " xmlns='urn:obcy'")));
        let before = span.whole.start..span.whole.start;
        found.push(("insert", replaced(text, before.clone(), "<Obcy/>")));
        found.push(("text", replaced(text, before, "obcy")));
        if span.is_leaf {
            for value in ["", "@ ", "-1", "9999-99-99"] {
                found.push(("value", replaced(text, span.inner.clone(), value)));
            }
            let child = span.inner.end..span.inner.end;
            found.push(("child", replaced(text, child, "<b/>")));
        } else {
            found.push(("empty", replaced(text, span.inner.clone(), "")));
        }
    }
    found
}

/// Our own examples, and the official samples where they are.
fn documents() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/invoices");
    let mut folders = vec![root];
    if let Some(folder) = folder() {
        folders.push(folder.join("../samples/fa3"));
    }
    let mut paths: Vec<_> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn one_mistake_is_one_finding() {
    let schema = fa3();
    let mut counts = std::collections::BTreeMap::new();
    let mut shown = 0;
    for document in documents() {
        for (kind, mutant) in mistakes(&document) {
            let found = schema.validate(mutant.as_bytes(), &Rules::default());
            if found.is_empty() {
                continue;
            }
            let (all, single) = counts.entry(kind).or_insert((0, 0));
            *all += 1;
            *single += usize::from(found.len() == 1);
            if found.len() > 1
                && std::env::var("KSEF_SHOW").is_ok_and(|shown| shown == kind)
                && shown < 30
            {
                shown += 1;
                eprintln!("--- {kind}");
                for finding in found {
                    eprintln!("{} {}", finding.path().unwrap_or_default(), finding);
                }
            }
        }
    }
    let all: usize = counts.values().map(|(all, _)| all).sum();
    let single: usize = counts.values().map(|(_, single)| single).sum();
    eprintln!("{single} of {all} mistakes make one finding: {counts:?}");
    assert!(all > 1000);
    assert!(single * 100 >= all * 95, "{single} of {all}: {counts:?}");
}

#[test]
fn the_verdict_is_that_of_libxml2() {
    let Some(spec) = folder() else { return };
    let schema = fa3();
    let xsd = spec.join("xsd");
    let limit = std::env::var("KSEF_MUTANTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2000);
    let all: Vec<String> = documents()
        .iter()
        .flat_map(|document| mistakes(document))
        .map(|(_, mutant)| mutant)
        .collect();
    let step = (all.len() / limit).max(1);
    let mutants: Vec<_> = all.into_iter().step_by(step).collect();
    let folder = tempfile::tempdir().unwrap();
    for (index, mutant) in mutants.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{index}.xml")), mutant).unwrap();
    }
    let mut differences = Vec::new();
    for chunk in (0..mutants.len()).collect::<Vec<_>>().chunks(500) {
        let mut command = Command::new("xmllint");
        command
            .env("XML_CATALOG_FILES", xsd.join("catalog.xml"))
            .args(["--nonet", "--noout", "--schema"])
            .arg(xsd.join("fa/schemat_FA(3)_v1-0E.xsd"));
        for index in chunk {
            command.arg(folder.path().join(format!("{index}.xml")));
        }
        let Ok(output) = command.output() else {
            eprintln!("skipped: xmllint is not installed");
            return;
        };
        let report = String::from_utf8_lossy(&output.stderr);
        for index in chunk {
            let is_valid = report.contains(&format!("/{index}.xml validates"));
            let found = schema.validate(mutants[*index].as_bytes(), &Rules::default());
            if found.is_empty() != is_valid {
                let line = report
                    .lines()
                    .find(|line| line.contains(&format!("/{index}.xml")));
                differences.push(format!(
                    "{line:?} {:?}",
                    found.first().map(ToString::to_string)
                ));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {}: {:#?}",
        differences.len(),
        mutants.len(),
        &differences[..differences.len().min(20)]
    );
}
