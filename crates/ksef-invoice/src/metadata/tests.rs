use std::path::PathBuf;

use super::*;

/// The folder of the official samples, when it is there.
fn samples() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("../shared/samples/fa3");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no folder of official samples");
    None
}

#[test]
fn every_official_sample_is_read() {
    let Some(folder) = samples() else { return };
    let mut count = 0;
    let mut attachments = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let metadata = read(&bytes).unwrap_or_else(|findings| panic!("{path:?}: {findings:#?}"));
        assert_eq!(metadata.form, FormCode::Fa3);
        assert_eq!(metadata.seller.nip.as_str(), "9999999999");
        assert!(!metadata.number.is_empty());
        count += 1;
        attachments += usize::from(metadata.has_attachment);
    }
    assert_eq!((count, attachments), (26, 2));
}
