//! What a technical correction changes: the law lets it repair the file, not the invoice.
//!
//! Two documents are compared as trees. Of no account are encoding, white space around values, prefixes and namespaces,
//! attributes, the order of different elements, empty elements, zeros at the end of an amount, and the whole of
//! `Naglowek`, which speaks of the form and the program. Everything else is the invoice: parties, numbers, dates, lines,
//! amounts, payment.

use std::fmt;

use ksef_invoice::check::Rules;
use ksef_invoice::finding::Finding;
use ksef_invoice::tree::{Element, Tree};
use serde::Serialize;

/// One value that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Difference {
    /// Where: `/Faktura/Fa/FaWiersz[2]/P_11`.
    pub(crate) path: String,
    /// What the rejected invoice says; `None` when it has no such element.
    pub(crate) old: Option<String>,
    /// What the new one says; `None` when it has no such element.
    pub(crate) new: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| match value {
            Some(value) => format!("\"{value}\""),
            None => "-".to_owned(),
        };
        let (old, new) = (shown(&self.old), shown(&self.new));
        write!(f, "{}: {old} -> {new}", self.path)
    }
}

/// The values that differ, in the order of the old document.
///
/// # Errors
/// A document is no XML, so nobody can tell.
pub(crate) fn differences(old: &[u8], new: &[u8]) -> Result<Vec<Difference>, Vec<Finding>> {
    let (old, new) = (
        Tree::read(old, &Rules::default())?,
        Tree::read(new, &Rules::default())?,
    );
    let mut found = Vec::new();
    let (old, new) = (old.root(), new.root());
    if old.name() == new.name() {
        compare(&format!("/{}", old.name()), old, new, &mut found);
    } else {
        found.push(Difference {
            path: "/".to_owned(),
            old: Some(old.name().to_owned()),
            new: Some(new.name().to_owned()),
        });
    }
    Ok(found)
}

fn compare(path: &str, old: Element<'_>, new: Element<'_>, found: &mut Vec<Difference>) {
    let is_same = old.value() == new.value()
        || (is_amount(old.name()) && plain(old.value()) == plain(new.value()));
    if !is_same {
        found.push(Difference {
            path: path.to_owned(),
            old: Some(old.value().to_owned()),
            new: Some(new.value().to_owned()),
        });
    }
    for name in names(old, new) {
        let of_old = named(old, name);
        let of_new = named(new, name);
        let count = of_old.len().max(of_new.len());
        for index in 0..count {
            let path = if count == 1 {
                format!("{path}/{name}")
            } else {
                format!("{path}/{name}[{}]", index + 1)
            };
            match (of_old.get(index), of_new.get(index)) {
                (Some(old), Some(new)) => compare(&path, *old, *new, found),
                (Some(old), None) => found.push(Difference {
                    path,
                    old: Some(words(*old)),
                    new: None,
                }),
                (None, Some(new)) => found.push(Difference {
                    path,
                    old: None,
                    new: Some(words(*new)),
                }),
                (None, None) => {}
            }
        }
    }
}

/// The names of the children of both, each once, without what speaks of the file.
fn names<'t>(old: Element<'t>, new: Element<'t>) -> Vec<&'t str> {
    let mut names: Vec<&str> = Vec::new();
    for child in old.children().chain(new.children()) {
        if !names.contains(&child.name()) && child.name() != OF_THE_FILE {
            names.push(child.name());
        }
    }
    names
}

/// Children with this name that say anything.
fn named<'t>(element: Element<'t>, name: &str) -> Vec<Element<'t>> {
    let children = element.children().filter(|child| child.name() == name);
    children.filter(|child| !is_empty(*child)).collect()
}

fn is_empty(element: Element<'_>) -> bool {
    element.value().is_empty() && element.children().all(is_empty)
}

/// Everything that an element says, on one line.
fn words(element: Element<'_>) -> String {
    let mut all = vec![element.value().to_owned()];
    all.extend(element.children().map(words));
    all.retain(|value| !value.is_empty());
    all.join(" ")
}

/// Elements of FA whose value is an amount, a quantity or a price.
fn is_amount(name: &str) -> bool {
    let prefixes = ["P_8B", "P_9", "P_10", "P_11", "P_13", "P_14", "P_15"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// An amount without zeros at its end.
fn plain(value: &str) -> &str {
    if value.contains('.') {
        value.trim_end_matches('0').trim_end_matches('.')
    } else {
        value
    }
}

/// The header: form, version, time of making, program.
const OF_THE_FILE: &str = "Naglowek";

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"<Faktura xmlns="urn:a"><Naglowek><WariantFormularza>3</WariantFormularza></Naglowek>
        <Podmiot1><NIP>5265877635</NIP></Podmiot1>
        <Fa><P_1>2026-11-02</P_1><P_2>A/1.0</P_2>
          <FaWiersz><P_7>x</P_7><P_11>100.00</P_11></FaWiersz>
          <FaWiersz><P_7>y</P_7><P_11>2</P_11></FaWiersz></Fa></Faktura>"#;

    #[track_caller]
    fn changed(from: &str, to: &str) -> Vec<String> {
        let new = OLD.replace(from, to);
        assert_ne!(new, OLD, "{from}");
        let found = differences(OLD.as_bytes(), new.as_bytes()).unwrap();
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_concerns_the_file_is_no_difference() {
        for (from, to) in [
            ("<WariantFormularza>3", "<WariantFormularza>4"),
            ("<P_7>x", "<P_7>\n x "),
            ("<P_11>100.00", "<P_11>100.0"),
            ("<P_11>2<", "<P_11>2.00<"),
            (
                "<P_7>x</P_7><P_11>100.00</P_11>",
                "<P_11>100</P_11><P_7>x</P_7>",
            ),
            ("<P_2>", "<P_6/><P_2>"),
            ("urn:a", "urn:b"),
            ("<P_7>x", "<!-- c --><P_7>&#120;"),
        ] {
            assert_eq!(changed(from, to), [] as [&str; 0], "{from} -> {to}");
        }
        let prefixed = r#"<?xml version="1.0"?><f:Faktura xmlns:f="urn:a"><f:Podmiot1><f:NIP>5265877635</f:NIP></f:Podmiot1></f:Faktura>"#;
        let plain = "<Faktura><Podmiot1><NIP>5265877635</NIP></Podmiot1></Faktura>";
        assert_eq!(
            differences(prefixed.as_bytes(), plain.as_bytes()).unwrap(),
            []
        );
    }

    #[test]
    fn what_concerns_the_invoice_is_named_with_its_place() {
        for (from, to, found) in [
            (
                "5265877635",
                "1111111111",
                r#"/Faktura/Podmiot1/NIP: "5265877635" -> "1111111111""#,
            ),
            (
                "2026-11-02",
                "2026-11-03",
                r#"/Faktura/Fa/P_1: "2026-11-02" -> "2026-11-03""#,
            ),
            ("A/1.0", "A/1.00", r#"/Faktura/Fa/P_2: "A/1.0" -> "A/1.00""#),
            (
                "100.00",
                "100.01",
                r#"/Faktura/Fa/FaWiersz[1]/P_11: "100.00" -> "100.01""#,
            ),
            (
                "<P_7>y",
                "<P_7>z",
                r#"/Faktura/Fa/FaWiersz[2]/P_7: "y" -> "z""#,
            ),
            (
                "<P_7>x</P_7>",
                "",
                r#"/Faktura/Fa/FaWiersz[1]/P_7: "x" -> -"#,
            ),
            (
                "</Fa>",
                "<Platnosc><Termin>t</Termin></Platnosc></Fa>",
                r#"/Faktura/Fa/Platnosc: - -> "t""#,
            ),
        ] {
            assert_eq!(changed(from, to), [found]);
        }
        let swapped = changed(
            "<P_7>x</P_7><P_11>100.00</P_11></FaWiersz>",
            "<P_7>y</P_7><P_11>2</P_11></FaWiersz>",
        );
        assert_eq!(swapped.len(), 2);
        let other = differences(b"<a/>", b"<b/>").unwrap();
        assert_eq!(other[0].to_string(), r#"/: "a" -> "b""#);
        assert!(differences(b"no XML", b"<b/>").is_err());
    }
}
