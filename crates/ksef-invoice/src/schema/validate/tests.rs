use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::*;


use crate::schema::compile::{FileLoader, compile};

/// The folder of the official schemas, when it is there.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("KSEF_SPEC_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no folder of official schemas");
    None
}

fn official(path: &str) -> Option<Schema> {
    let folder = folder()?.join("xsd");
    let loader = FileLoader::new().with_folder(folder.join("fa"));
    let entry = folder.join(path);
    Some(compile(&loader, entry.to_str().unwrap()).unwrap_or_else(|error| panic!("{error:?}")))
}

fn fa3() -> Option<&'static Schema> {
    static SCHEMA: OnceLock<Option<Schema>> = OnceLock::new();
    SCHEMA
        .get_or_init(|| official("fa/schemat_FA(3)_v1-0E.xsd"))
        .as_ref()
}

#[test]
fn every_official_sample_is_valid() {
    let Some(schema) = fa3() else { return };
    let samples = folder().unwrap().join("../samples/fa3");
    let mut count = 0;
    for entry in std::fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        let found = schema.validate(&std::fs::read(&path).unwrap(), &Rules::default());
        assert_eq!(found, [], "{path:?}");
        count += 1;
    }
    assert_eq!(count, 26);
}

mod mistakes;
