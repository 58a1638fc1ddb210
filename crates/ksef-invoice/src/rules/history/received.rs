//! A received invoice among the earlier ones of its seller.

use rust_decimal::Decimal;

use super::{Entry, Ledger};
use crate::rule::Rule;
use crate::rules::Context;
use crate::rules::invoice::money;
use crate::rules::payment::account_of;
use crate::rules::report::Report;
use crate::tree::Element;
use crate::violation::Violation;

/// `content-repeated`, `seller-unknown`, `account-changed` and `amount-unusual`.
pub(super) fn check(
    root: Element<'_>,
    entry: &Entry,
    ledger: &Ledger,
    context: &Context<'_>,
    report: &mut Report,
) {
    check_content(root, entry, ledger, context, report);
    let earlier: Vec<&Entry> = ledger
        .last_of_seller(entry.seller())
        .filter(|other| other.key() != entry.key())
        .collect();
    if earlier.is_empty() {
        check_seller(root, entry, ledger, report);
        return;
    }
    check_account(root, entry, &earlier, report);
    check_amount(root, entry, &earlier, report);
}

fn check_content(
    root: Element<'_>,
    entry: &Entry,
    ledger: &Ledger,
    context: &Context<'_>,
    report: &mut Report,
) {
    let Some(known) = entry
        .content
        .and_then(|content| ledger.by_content.get(&content))
    else {
        return;
    };
    let others: Vec<usize> = known
        .iter()
        .copied()
        .filter(|index| {
            let other = ledger.entries.get(*index);
            other.is_some_and(|other| {
                other.key() != entry.key() || other.source.as_deref() == context.source
            })
        })
        .collect();
    let Some(earlier) = ledger.first_before(&others, context.source) else {
        return;
    };
    if earlier.key() == entry.key() {
        return;
    }
    let (number, name) = (earlier.number(), earlier.name());
    report.add(
        body_child(root, &["P_2", "P_4C"]),
        Violation::new(
            Rule::ContentRepeated,
            format!("ten sprzedawca wystawił już fakturę o tej samej treści, kwocie i dacie pod numerem {number} ({name}); sprawdź, czy nie zapłacisz dwa razy"),
            format!("this seller has already invoiced the same content, amount and date under the number {number} ({name}); make sure it is not paid twice"),
        )
        .comparing(number, entry.number()),
    );
}

fn check_seller(root: Element<'_>, entry: &Entry, ledger: &Ledger, report: &mut Report) {
    let known = ledger.entries.iter().take(INVOICES_MIN + 1);
    if known.filter(|other| other.key() != entry.key()).count() < INVOICES_MIN {
        return;
    }
    let element = root.at(&["Podmiot1", "DaneIdentyfikacyjne", "NIP"]);
    let element = element.or_else(|| root.child("AccountingSupplierParty"));
    let seller = entry.seller();
    report.add(
        element.unwrap_or(root),
        Violation::new(
            Rule::SellerUnknown,
            format!("od sprzedawcy {seller} nie było dotąd faktury; sprawdź zamówienie i rachunek przed zapłatą"),
            format!("there was no invoice of seller {seller} before; check the order and the account before paying"),
        ),
    );
}

fn check_account(root: Element<'_>, entry: &Entry, earlier: &[&Entry], report: &mut Report) {
    let mut known = earlier.iter().flat_map(|other| &other.accounts).peekable();
    let Some(usual) = known.peek().map(|account| (*account).clone()) else {
        return;
    };
    let Some(first) = entry.accounts.first() else {
        return;
    };
    if known.any(|account| entry.accounts.contains(account)) {
        return;
    }
    let element = ["Fa", "FakturaRR"]
        .into_iter()
        .find_map(|body| root.child(body))
        .and_then(|body| body.child("Platnosc"))
        .and_then(|payment| {
            payment.children().find_map(|holder| {
                let number = holder.child("NrRB")?;
                (account_of(number.value()) == *first).then_some(number)
            })
        });
    report.add(
        element.unwrap_or(root),
        Violation::new(
            Rule::AccountChanged,
            format!("rachunek {first} nie wystąpił na wcześniejszych fakturach tego sprzedawcy (ostatnio {usual}); potwierdź zmianę u sprzedawcy i na białej liście, zanim zapłacisz"),
            format!("account {first} was on none of this seller's earlier invoices (last {usual}); confirm the change with the seller and the white list before paying"),
        )
        .comparing(usual, first.as_str()),
    );
}

fn check_amount(root: Element<'_>, entry: &Entry, earlier: &[&Entry], report: &mut Report) {
    let Some(total) = entry.total else {
        return;
    };
    let mut usual: Vec<Decimal> = earlier
        .iter()
        .filter(|other| other.currency == entry.currency && other.kind() == entry.kind())
        .filter_map(|other| other.total)
        .filter(|total| *total > Decimal::ZERO)
        .collect();
    if usual.len() < INVOICES_MIN {
        return;
    }
    usual.sort_unstable();
    let (Some(median), Some(largest)) = (usual.get(usual.len() / 2), usual.last()) else {
        return;
    };
    let far = median.checked_mul(TIMES_USUAL);
    if total <= *largest || far.is_none_or(|far| total <= far) {
        return;
    }
    let currency = entry.currency.as_deref().unwrap_or_default();
    let (median, largest, total) = (money(*median), money(*largest), money(total));
    report.add(
        body_child(root, &["P_15", "P_12_1"]),
        Violation::new(
            Rule::AmountUnusual,
            format!("kwota {total} {currency} jest dużo wyższa niż zwykle u tego sprzedawcy (mediana {median}, najwyższa {largest}); sprawdź zamówienie"),
            format!("{total} {currency} is far above what this seller usually asks for (median {median}, highest {largest}); check the order"),
        )
        .comparing(format!("≤ {largest}"), total),
    );
}

/// The first of these elements in the body, or the root.
fn body_child<'t>(root: Element<'t>, names: &[&str]) -> Element<'t> {
    ["Fa", "FakturaRR"]
        .into_iter()
        .find_map(|body| root.child(body))
        .and_then(|body| names.iter().find_map(|name| body.child(name)))
        .unwrap_or(root)
}

/// How many earlier invoices say what is usual.
const INVOICES_MIN: usize = 5;
/// How many times the median is far.
const TIMES_USUAL: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
