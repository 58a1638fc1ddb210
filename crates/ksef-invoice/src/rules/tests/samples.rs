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

/// Amounts that are compared with others, wherever they stand.
const COMPARED: [&str; 10] = [
    "P_9A", "P_9B", "P_11", "P_11A", "P_13_1", "P_14_1", "P_13_2", "P_14_2", "P_13_7", "P_15",
];

/// Adds one to each compared amount in turn; the changes no rule notices.
fn unnoticed(text: &str) -> (usize, Vec<String>) {
    let tree = Tree::read(text.as_bytes(), &check::Rules::default()).unwrap();
    let before = evaluate(&tree, &today()).len();
    let mut count = 0;
    let mut silent = Vec::new();
    for element in tree.elements() {
        let Ok(amount) = element.value().parse::<rust_decimal::Decimal>() else {
            continue;
        };
        if !COMPARED.contains(&element.name()) {
            continue;
        }
        count += 1;
        let offset = element.text_offset();
        let (start, rest) = text.split_at(offset);
        let more = (amount + rust_decimal::Decimal::ONE).to_string();
        let changed = start.to_owned() + &rest.replacen(element.value(), &more, 1);
        if found(changed.as_bytes(), &today()).len() <= before {
            silent.push(element.path());
        }
    }
    (count, silent)
}

/// The changes no rule notices in a folder, by file.
fn unnoticed_in(folder: &Path) -> (usize, BTreeSet<String>) {
    let (mut count, mut silent) = (0, BTreeSet::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let (some, unseen) = unnoticed(&std::fs::read_to_string(&path).unwrap());
        count += some;
        let name = path.file_stem().unwrap().to_str().unwrap();
        let name = name.rsplit('_').next().unwrap();
        silent.extend(unseen.into_iter().map(|path| format!("{name} {path}")));
    }
    (count, silent)
}

#[test]
fn a_changed_amount_is_noticed() {
    let expect = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    // A correction by difference may show the new price.
    let by_difference: BTreeSet<String> = expect(&["02-correction /Faktura/Fa/FaWiersz/P_9A"]);
    let (count, silent) = unnoticed_in(&examples("invoices"));
    assert!(count >= 34, "{count}");
    assert_eq!(silent, by_difference);
    let Some(folder) = folder() else {
        eprintln!("skipped: the samples are not here");
        return;
    };
    // Nor has the amount due of a simplified invoice, or of a correction, sums it must come from.
    let silent: BTreeSet<String> = expect(&[
        "3 /Faktura/Fa/FaWiersz/P_9A",
        "5 /Faktura/Fa/P_15",
        "13 /Faktura/Fa/P_15",
        "16 /Faktura/Fa/P_15",
    ]);
    assert_eq!(unnoticed_in(&folder), (141, silent));
}
