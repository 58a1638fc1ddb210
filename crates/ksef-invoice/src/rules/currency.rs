//! Invoices in other currencies: VAT in PLN, exchange rates.

use super::invoice::{Invoice, Kind};
use super::report::Report;
use crate::rule::Rule;
use crate::violation::Violation;

pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    match invoice.text("KodWaluty") {
        Some("PLN") => check_conversion_in_pln(invoice, report),
        Some(currency) => {
            check_conversion(invoice, currency, report);
            check_rate(invoice, currency, report);
        }
        None => {}
    }
    check_contract(invoice, report);
}

/// `vat-in-pln-unexpected`.
fn check_conversion_in_pln(invoice: &Invoice<'_>, report: &mut Report) {
    for name in invoice.sums.iter().filter_map(|sums| sums.vat_pln) {
        if let Some(element) = invoice.body.child(name) {
            let vat = name.trim_end_matches('W');
            report.add(
                element,
                Violation::new(
                    Rule::VatInPlnUnexpected,
                    format!("faktura jest w PLN, więc VAT przeliczony na złote ({name}) jest zbędny; usuń {name}, zostaw {vat}"),
                    format!("the invoice is in PLN, so VAT converted to PLN ({name}) is out of place; remove {name} and leave {vat}"),
                ),
            );
        }
    }
}

/// `vat-in-pln-missing`.
fn check_conversion(invoice: &Invoice<'_>, currency: &str, report: &mut Report) {
    for sums in invoice.sums {
        let (Some(vat), Some(converted)) = (sums.vat, sums.vat_pln) else {
            continue;
        };
        if invoice.nonzero(vat).is_none() || invoice.body.child(converted).is_some() {
            continue;
        }
        if let Some(element) = invoice.body.child(vat) {
            report.add(
                element,
                Violation::new(
                    Rule::VatInPlnMissing,
                    format!("faktura jest w {currency} i ma VAT {vat}, a nie ma kwoty przeliczonej na złote; dodaj {converted} (art. 106e ust. 11)"),
                    format!("the invoice is in {currency} and has VAT {vat} without the amount in PLN; add {converted} (art. 106e(11))"),
                ),
            );
        }
    }
}

/// `exchange-rate-missing`.
fn check_rate(invoice: &Invoice<'_>, currency: &str, report: &mut Report) {
    let mut taxes = invoice.sums.iter().filter(|sums| sums.vat_pln.is_some());
    let is_taxed = taxes.any(|sums| sums.vat.is_some_and(|name| invoice.nonzero(name).is_some()));
    // Without lines only an advance invoice has a place for the rate.
    let has_place = !invoice.lines.is_empty() || invoice.kind == Kind::Advance;
    if !is_taxed || !has_place || has_rate(invoice) {
        return;
    }
    let Some(element) = invoice.body.child("KodWaluty") else {
        return;
    };
    let (field, place) = if invoice.kind == Kind::Advance {
        ("KursWalutyZ", "KursWalutyZ")
    } else {
        ("KursWaluty w wierszach", "KursWaluty on the lines")
    };
    report.add(
        element,
        Violation::new(
            Rule::ExchangeRateMissing,
            format!("faktura jest w {currency} i ma VAT, a nie podaje kursu, po którym go przeliczono na złote; dodaj {field}"),
            format!("the invoice is in {currency} and has VAT, but not the exchange rate it was converted to PLN with; add {place}"),
        ),
    );
}

fn has_rate(invoice: &Invoice<'_>) -> bool {
    let body = invoice.body;
    let of_lines = || {
        let mut lines = invoice.lines.iter();
        lines.any(|line| line.element.child("KursWaluty").is_some())
    };
    let of_parts = || {
        let mut parts = body.children_named("ZaliczkaCzesciowa");
        parts.any(|part| part.child("KursWalutyZW").is_some())
    };
    body.child("KursWalutyZ").is_some()
        || body.child("KursWalutyZK").is_some()
        || of_lines()
        || of_parts()
}

/// `contract-currency-pln`.
fn check_contract(invoice: &Invoice<'_>, report: &mut Report) {
    let terms = invoice.body.child("WarunkiTransakcji");
    let currency = terms.and_then(|terms| terms.child("WalutaUmowna"));
    if let Some(element) = currency.filter(|element| element.value() == "PLN") {
        report.add(
            element,
            Violation::new(
                Rule::ContractCurrencyPln,
                "waluta umowna to waluta obca, z której przeliczono kwoty na złote, a podano PLN; \
                 wpisz walutę umowy albo usuń KursUmowny i WalutaUmowna",
                "the contract's currency is the foreign one that amounts were converted from, and it says PLN; \
                 give the contract's currency or remove KursUmowny and WalutaUmowna",
            ),
        );
    }
}
