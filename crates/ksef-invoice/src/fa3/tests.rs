mod lenient;
mod mutants;
mod random;
pub(crate) mod sample;
mod schema;

use std::path::PathBuf;
use std::process::Command;

use ksef_core::form_code::FormCode;

use super::*;
use crate::schema::Schema;
use crate::tree::Element;

/// The elements of the model in order, for a comparison with the schema.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    path: String,
    /// Path and how often the element may come.
    elements: Vec<(String, usize)>,
}

impl Outline {
    pub(crate) fn element(
        &mut self,
        name: &'static str,
        max: usize,
        content: impl FnOnce(&mut Self),
    ) {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(name);
        // Several variants of a choice may start with the same marker.
        if !self.elements.iter().any(|(path, _)| *path == self.path) {
            self.elements.push((self.path.clone(), max));
        }
        content(self);
        self.path.truncate(length);
    }
}

/// A folder beside the schemas, when it is there.
fn shared(folder: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec");
    let spec = std::env::var_os("KSEF_SPEC_DIR").map_or(beside, PathBuf::from);
    let path = spec.join("..").join(folder);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: no {folder}, set KSEF_SPEC_DIR");
    None
}

/// Every file of a folder.
fn files(folder: PathBuf) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Everything that a document says: path, collapsed text and attributes of every element, in order.
fn said(bytes: &[u8]) -> Vec<String> {
    let tree = Tree::read(bytes, &Rules::default()).unwrap();
    tree.elements().map(say).collect()
}

fn say(element: Element<'_>) -> String {
    let text = value::collapse(element.text());
    let mut attributes: Vec<_> = element
        .attributes()
        .filter(|(name, _)| !name.starts_with("xmlns") && !name.starts_with("xsi:"))
        .collect();
    attributes.sort_unstable();
    format!("{} {attributes:?} {text}", element.path())
}

fn read_all(bytes: &[u8]) -> Invoice {
    let read = read(bytes, &Rules::default()).unwrap();
    assert_eq!(read.remarks, []);
    read.invoice
}

/// What libxml2 says about documents by the official schema; `None` when it cannot be asked.
fn xmllint(documents: &[String]) -> Option<Vec<String>> {
    let xsd = shared("spec/xsd")?;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("xmllint");
    command
        .args(["--nonet", "--noout", "--schema"])
        .arg(xsd.join("fa/schemat_FA(3)_v1-0E.xsd"))
        .env("XML_CATALOG_FILES", xsd.join("catalog.xml"));
    for (number, document) in documents.iter().enumerate() {
        let path = folder.path().join(format!("{number}.xml"));
        std::fs::write(&path, document).unwrap();
        command.arg(path);
    }
    let Ok(output) = command.output() else {
        eprintln!("skipped: no xmllint");
        return None;
    };
    let lines = String::from_utf8(output.stderr).unwrap();
    Some(
        lines
            .lines()
            .filter(|line| !line.ends_with(" validates"))
            .map(str::to_owned)
            .collect(),
    )
}

/// What our own validator finds.
fn findings(document: &str) -> Vec<Finding> {
    let schema = Schema::of(&FormCode::Fa3).unwrap();
    schema.validate(document.as_bytes(), &Rules::default())
}

#[test]
fn official_samples_keep_every_value() {
    let Some(folder) = shared("samples/fa3") else {
        return;
    };
    let files = files(folder);
    assert_eq!(files.len(), 26);
    let mut written = Vec::new();
    for (path, bytes) in &files {
        let invoice = read_all(bytes);
        for layout in [Layout::Indented, Layout::Compact] {
            let again = invoice.write_as(layout);
            assert_eq!(said(again.as_bytes()), said(bytes), "{path:?}");
            assert_eq!(read_all(again.as_bytes()), invoice, "{path:?}");
            assert_eq!(read_all(again.as_bytes()).write_as(layout), again);
            assert_eq!(findings(&again), []);
            written.push(again);
        }
    }
    if let Some(faults) = xmllint(&written) {
        assert_eq!(faults, [""; 0]);
    }
}

#[test]
fn our_examples_keep_every_value() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/invoices");
    let mut count = 0;
    for (path, bytes) in files(folder) {
        if !String::from_utf8_lossy(&bytes).contains(NAMESPACE) {
            continue;
        }
        let invoice = read_all(&bytes);
        let written = invoice.write();
        assert_eq!(said(written.as_bytes()), said(&bytes), "{path:?}");
        assert_eq!(findings(&written), []);
        count += 1;
    }
    assert!(count > 0);
}
