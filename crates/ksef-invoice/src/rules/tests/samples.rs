//! Rules are silent on the Ministry's samples and on our examples, but for what is argued here.

use std::collections::BTreeSet;

use super::*;

/// Sample, rule, and why the rule is right to speak.
pub(super) const ARGUED: [(&str, &str, &str); 4] = [
    ("4", "split-payment-possible", TRANSFER),
    ("14", "split-payment-possible", TRANSFER),
    ("20", "split-payment-possible", TRANSFER),
    ("21", "split-payment-possible", TRANSFER),
];

/// Whether goods stand in Annex 15 is not written on an invoice: the rule asks, it does not warn.
const TRANSFER: &str = "over 15 000 PLN between taxpayers, by transfer, with VAT and P_18A=2: \
                        whether the goods stand in Annex 15 only the seller knows";

#[test]
fn rules_are_silent_on_the_ministrys_samples() {
    let Some(folder) = folder() else {
        eprintln!("skipped: the samples are not here");
        return;
    };
    let mut count = 0;
    let mut heard = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let number = name.rsplit('_').next().unwrap().to_owned();
        count += 1;
        for line in found(&std::fs::read(&path).unwrap(), &today()) {
            let (rule, _) = line.split_once(' ').unwrap();
            eprintln!("{number} {line}");
            heard.insert((number.clone(), rule.to_owned()));
        }
    }
    let argued: BTreeSet<_> = ARGUED
        .iter()
        .map(|(sample, rule, _)| ((*sample).to_owned(), (*rule).to_owned()))
        .collect();
    assert_eq!(heard, argued);
    assert_eq!(count, 26);
}

/// The folder of the specification: `KSEF_SPEC_DIR`, or beside the repository.
pub(super) fn spec() -> PathBuf {
    std::env::var_os("KSEF_SPEC_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec"),
        PathBuf::from,
    )
}

fn folder() -> Option<PathBuf> {
    let folder = spec().join("../samples/fa3");
    folder.is_dir().then_some(folder)
}

#[test]
fn rules_are_silent_on_our_examples() {
    let mut count = 0;
    for entry in std::fs::read_dir(examples("invoices")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            count += 1;
            let lines = found(&std::fs::read(&path).unwrap(), &today());
            assert_eq!(lines, Vec::<String>::new(), "{path:?}");
        }
    }
    assert!(count >= 6, "{count}");
}
