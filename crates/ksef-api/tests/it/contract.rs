//! Agreement with the Ministry's contract, where it is at hand.

use std::path::Path;

use crate::spec_drift;

#[test]
fn operations_and_types_agree_with_the_contract() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Some(folder) = spec_drift::find_spec(&repository) else {
        eprintln!("skipped: no openapi.json, set KSEF_SPEC_DIR to the folder that holds it");
        return;
    };
    let report = spec_drift::check(&folder).unwrap();
    assert!(report.findings.is_empty(), "{}", report.findings.join("\n"));
    assert!(
        report.facts > 1_000,
        "only {} facts were compared",
        report.facts
    );
}
