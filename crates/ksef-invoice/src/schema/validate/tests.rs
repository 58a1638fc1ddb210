use std::path::{Path, PathBuf};

use super::*;

use ksef_core::form_code::FormCode;

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

fn fa3() -> &'static Schema {
    Schema::of(&FormCode::Fa3).unwrap()
}

#[test]
fn every_official_sample_is_valid() {
    let Some(folder) = folder() else { return };
    let schema = fa3();
    let samples = folder.join("../samples/fa3");
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
