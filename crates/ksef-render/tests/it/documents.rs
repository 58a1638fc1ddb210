//! Invoices to set: the project's own of every form, and the Ministry's samples where they are at hand.

use std::path::{Path, PathBuf};

/// An invoice by its name.
pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

fn folder(path: &Path) -> Vec<Document> {
    let mut paths: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "xml"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| Document {
            name: path.display().to_string(),
            bytes: std::fs::read(&path).unwrap(),
        })
        .collect()
}

/// The project's own: FA(2), FA(3), `FA_RR(1)`, PEF(3), `PEF_KOR(3)`, UPO.
pub(crate) fn own() -> Vec<Document> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let found: Vec<_> = [
        "forms/fa2",
        "forms/fa3",
        "forms/rr",
        "forms/pef",
        "forms/pef_kor",
        "forms/upo",
        "invoices",
    ]
    .iter()
    .flat_map(|name| folder(&examples.join(name)))
    .collect();
    assert!(found.len() >= 23);
    found
}

/// The Ministry's 26 samples of FA(3).
pub(crate) fn samples() -> Vec<Document> {
    let path = std::env::var_os("KSEF_SPEC_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/fa3"),
        |spec| PathBuf::from(spec).join("../samples/fa3"),
    );
    if !path.is_dir() {
        eprintln!("skipped: the samples are not here");
        return Vec::new();
    }
    let found = folder(&path);
    assert_eq!(found.len(), 26);
    found
}
