//! Whatever comes in: an answer, never a panic, and every problem with sentences.

use ksef_import::Format;
use proptest::prelude::*;

use crate::{import_as, told};

const KEYS: [&str; 12] = [
    "number",
    "issueDate",
    "seller",
    "buyer",
    "lines",
    "name",
    "nip",
    "netPrice",
    "vatRate",
    "quantity",
    "kind",
    "payment",
];

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(|value| value.to_string()),
        "[ -~ąż]{0,12}".prop_map(|text| format!("{text:?}")),
        Just("\"2026-11-20\"".to_owned()),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((prop::sample::select(&KEYS[..]), inner), 0..6).prop_map(
                |entries| {
                    let members: Vec<String> = entries
                        .iter()
                        .map(|(key, value)| format!("\"{key}\":{value}"))
                        .collect();
                    format!("{{{}}}", members.join(","))
                }
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in [Format::Json, Format::Csv, Format::Xlsx] {
            let imported = import_as(format, &bytes, None);
            prop_assert!(!told(&imported).is_empty());
            prop_assert!(imported.invoices.is_empty());
        }
    }

    #[test]
    fn shapes(text in json()) {
        let imported = import_as(Format::Json, text.as_bytes(), None);
        told(&imported);
        prop_assert!(imported.invoices.is_empty());
    }

    #[test]
    fn cells(cells in prop::collection::vec("[ -~ąż\u{a0}]{0,12}", 30)) {
        let mut text = String::from("Numer faktury;Data wystawienia;NIP nabywcy;Cena netto;Stawka VAT;Numer rachunku\n");
        for row in cells.chunks(6) {
            let quoted: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(";"));
            text.push('\n');
        }
        told(&import_as(Format::Csv, text.as_bytes(), None));
    }
}
