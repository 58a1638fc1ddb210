//! The totals of the Ministry's samples, counted again from their lines.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;
use crate::check::Rules;
use crate::tree::{Element, Tree};

/// How the figures of a sample follow from its lines.
#[derive(Debug, Clone, Copy)]
enum Recipe {
    /// The totals of the lines.
    Lines,
    /// The rows after the correction less those before.
    Correction,
    /// `P_15`, counted from within at 23 %: there are no lines with values.
    GrossAtBasicRate,
    /// The amount received, split by the order.
    Advance,
    /// The amounts received after and before, each split by its order.
    AdvanceCorrection,
    /// The lines less the advances, split by the lines.
    Settlement,
    /// What remained after, less what remained before.
    SettlementCorrection,
}

/// Three samples do not follow from their lines:
/// - 1 shows a total one grosz above the sum of its own nets and taxes (it was priced with tax);
/// - 16, a simplified invoice, shows the rate and the total and no sums at all;
/// - 19 rounds net and tax to whole złoty.
const RECIPES: [(u32, Recipe); 23] = [
    (2, Recipe::Correction),
    (3, Recipe::Lines),
    (4, Recipe::Lines),
    (5, Recipe::Lines),
    (6, Recipe::GrossAtBasicRate),
    (7, Recipe::GrossAtBasicRate),
    (8, Recipe::Lines),
    (9, Recipe::Lines),
    (10, Recipe::Advance),
    (11, Recipe::AdvanceCorrection),
    (12, Recipe::AdvanceCorrection),
    (13, Recipe::AdvanceCorrection),
    (14, Recipe::Settlement),
    (15, Recipe::GrossAtBasicRate),
    (17, Recipe::Settlement),
    (18, Recipe::SettlementCorrection),
    (20, Recipe::Lines),
    (21, Recipe::Lines),
    (22, Recipe::Lines),
    (23, Recipe::Lines),
    (24, Recipe::Lines),
    (25, Recipe::Lines),
    (26, Recipe::Lines),
];

#[test]
fn the_samples_follow_from_their_lines() {
    let Some(samples) = samples() else {
        eprintln!("skipped: no samples, set KSEF_SPEC_DIR to the folder beside them");
        return;
    };
    assert_eq!(samples.len(), 26);
    for (number, recipe) in RECIPES {
        let tree = Tree::read(&samples[&number], &Rules::default()).unwrap();
        let invoice = tree.root().child("Fa").unwrap();
        let totals = follow(recipe, invoice).unwrap().without_zeros();
        assert_eq!(
            shown(invoice),
            computed(&totals),
            "sample {number} by {recipe:?}"
        );
        assert_eq!(
            amount(invoice, "P_15"),
            totals.gross().unwrap(),
            "sample {number}"
        );
    }
    let first = Tree::read(&samples[&1], &Rules::default()).unwrap();
    let first = first.root().child("Fa").unwrap();
    let totals = follow(Recipe::Lines, first).unwrap();
    assert_eq!(shown(first), computed(&totals));
    assert_eq!(
        amount(first, "P_15") - totals.gross().unwrap(),
        Decimal::new(1, 2)
    );
    let margin = Tree::read(&samples[&19], &Rules::default()).unwrap();
    let margin = margin.root().child("Fa").unwrap();
    let totals = follow(Recipe::Lines, margin).unwrap();
    assert_eq!(amount(margin, "P_15"), totals.gross().unwrap());
    let basic = totals.bucket(Bucket::Basic).unwrap().unwrap();
    assert_eq!(amount(margin, "P_14_1"), basic.tax.round());
}

fn follow(recipe: Recipe, invoice: Element<'_>) -> Result<Totals, AmountError> {
    let total = amount(invoice, "P_15");
    let before = invoice
        .child("P_15ZK")
        .map_or(Decimal::ZERO, |element| decimal(element.value()));
    let lines = |is_before: bool| Totals::of(&lines(invoice, is_before));
    let order = |is_before: bool| Totals::of(&order_lines(invoice, is_before));
    let remaining = |totals: Totals, remaining: Decimal| {
        let advances = totals.gross()? - remaining;
        totals.minus(&totals.split(advances, None)?)
    };
    match recipe {
        Recipe::Lines => lines(false),
        Recipe::Correction => lines(false)?.minus(&lines(true)?),
        Recipe::GrossAtBasicRate => Totals::of(&[TaxedValue::gross(Rate::Rate23, total)]),
        Recipe::Advance => order(false)?.split(total, None),
        Recipe::AdvanceCorrection => order(false)?
            .split(before + total, None)?
            .minus(&order(true)?.split(before, None)?),
        Recipe::Settlement => remaining(lines(false)?, total),
        Recipe::SettlementCorrection => {
            remaining(lines(false)?, before + total)?.minus(&remaining(lines(true)?, before)?)
        }
    }
}

fn lines(invoice: Element<'_>, is_before: bool) -> Vec<TaxedValue> {
    invoice
        .children_named("FaWiersz")
        .filter(|row| row.child("StanPrzed").is_some() == is_before)
        .map(|row| {
            let rate = rate(row.value_at(&["P_12"]));
            let value = match row.child("P_11") {
                Some(net) => TaxedValue::net(rate, decimal(net.value())),
                None => TaxedValue::gross(rate, amount(row, "P_11A")),
            };
            match row.child("KursWaluty") {
                Some(exchange) => value.with_exchange_rate(decimal(exchange.value())),
                None => value,
            }
        })
        .collect()
}

fn order_lines(invoice: Element<'_>, is_before: bool) -> Vec<TaxedValue> {
    let order = invoice.child("Zamowienie").unwrap();
    order
        .children_named("ZamowienieWiersz")
        .filter(|row| row.child("StanPrzedZ").is_some() == is_before)
        .map(|row| {
            TaxedValue::net(rate(row.value_at(&["P_12Z"])), amount(row, "P_11NettoZ"))
                .with_line_tax(amount(row, "P_11VatZ"))
        })
        .collect()
}

fn rate(text: Option<&str>) -> Rate {
    match text {
        Some("23") => Rate::Rate23,
        Some("8") => Rate::Rate8,
        Some("5") => Rate::Rate5,
        Some("zw") => Rate::Exempt,
        Some("0 WDT") => Rate::ZeroIntraEu,
        Some("0 EX") => Rate::ZeroExport,
        None => Rate::Margin,
        other => panic!("{other:?}"),
    }
}

fn shown(invoice: Element<'_>) -> BTreeMap<String, Decimal> {
    invoice
        .children()
        .filter(|child| child.name().starts_with("P_13_") || child.name().starts_with("P_14_"))
        .map(|child| (child.name().to_owned(), decimal(child.value())))
        .collect()
}

fn computed(totals: &Totals) -> BTreeMap<String, Decimal> {
    let mut computed = BTreeMap::new();
    let names = [
        "1", "2", "3", "4", "5", "6_1", "6_2", "6_3", "7", "8", "9", "10", "11",
    ];
    for (bucket, name) in Bucket::ALL.into_iter().zip(names) {
        let Some(amounts) = totals.bucket(bucket).unwrap() else {
            continue;
        };
        computed.insert(format!("P_13_{name}"), amounts.net);
        if name.parse::<u32>().is_ok_and(|number| number <= 5) {
            computed.insert(format!("P_14_{name}"), amounts.tax);
        }
        if let Some(tax) = amounts.tax_in_pln {
            computed.insert(format!("P_14_{name}W"), tax);
        }
    }
    computed
}

fn amount(parent: Element<'_>, name: &str) -> Decimal {
    decimal(parent.value_at(&[name]).unwrap())
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The samples by their number.
fn samples() -> Option<BTreeMap<u32, Vec<u8>>> {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from);
    let folder = std::fs::read_dir(spec.join("../samples/fa3")).ok()?;
    folder
        .flatten()
        .map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_suffix(".xml")?.rsplit('_').next()?;
            Some((number.parse().ok()?, std::fs::read(entry.path()).ok()?))
        })
        .collect()
}
