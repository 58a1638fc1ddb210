//! Charges, deductions and payments.

use rust_decimal::Decimal;

use crate::fa3::build::builder::Frame;
use crate::fa3::build::figures::Figures;
use crate::fa3::build::money::{self, AmountError};
use crate::fa3::build::problem::{Cause, Problems, entry, invoice as field};
use crate::fa3::payment::Paid;
use crate::fa3::settlement::{Adjustment, Balance, Settlement};
use crate::fa3::value::List;
use crate::fa3::value::code::InvoiceKind;

/// Charges and deductions, with what is to be paid after them.
pub(super) fn settlement(
    frame: &Frame,
    figures: &Figures,
    problems: &mut Problems,
) -> Option<Settlement> {
    if frame.charges.is_empty() && frame.deductions.is_empty() {
        return None;
    }
    let mut settlement = Settlement {
        charges: adjustments("Obciazenia", &frame.charges, problems),
        deductions: adjustments("Odliczenia", &frame.deductions, problems),
        ..Settlement::default()
    };
    let charges = problems.keep(field("SumaObciazen"), sum(&frame.charges))?;
    let deductions = problems.keep(field("SumaOdliczen"), sum(&frame.deductions))?;
    if !frame.charges.is_empty() {
        settlement.charges_total = problems.amount(field("SumaObciazen"), charges);
    }
    if !frame.deductions.is_empty() {
        settlement.deductions_total = problems.amount(field("SumaOdliczen"), deductions);
    }
    let due = money::sum(figures.due, charges).and_then(|due| money::difference(due, deductions));
    let due = problems.keep(field("DoZaplaty"), due)?;
    settlement.balance = if due < Decimal::ZERO {
        let amount = problems.amount(field("DoRozliczenia"), -due);
        amount.map(Balance::Overpaid)
    } else {
        problems.amount(field("DoZaplaty"), due).map(Balance::Due)
    };
    Some(settlement)
}

fn adjustments(
    element: &'static str,
    entries: &[(Decimal, String)],
    problems: &mut Problems,
) -> List<Adjustment, 100> {
    let mut adjustments = Vec::new();
    for (index, (amount, reason)) in entries.iter().enumerate() {
        let place = |name| entry(element, index, name);
        let amount = problems.amount(place("Kwota"), *amount);
        let reason = problems.text(place("Powod"), reason);
        if let (Some(amount), Some(reason)) = (amount, reason) {
            adjustments.push(Adjustment::new(amount, reason));
        }
    }
    problems.list(field(element), adjustments)
}

fn sum(entries: &[(Decimal, String)]) -> Result<Decimal, AmountError> {
    let mut total = Decimal::ZERO;
    for (amount, _) in entries {
        total = money::sum(total, *amount)?;
    }
    Ok(total)
}

/// Payments that contradict the invoice.
pub(super) fn check(
    frame: &Frame,
    figures: &Figures,
    settlement: Option<&Settlement>,
    problems: &mut Problems,
) {
    let Some(payment) = &frame.payment else {
        return;
    };
    match &payment.paid {
        Some(Paid::Full(day)) => {
            let mut dates = payment.due.iter().filter_map(|due| due.date);
            if dates.any(|date| date.get() > day.get()) {
                problems.note(field("TerminPlatnosci"), Cause::PaidWithLaterTerm);
            }
        }
        Some(Paid::Partial(parts)) => {
            let due = match settlement.and_then(|settlement| settlement.balance.as_ref()) {
                Some(Balance::Due(amount)) => figures.due.max(amount.get()),
                _ => figures.due,
            };
            let paid: Decimal = parts.payments.iter().map(|part| part.amount.get()).sum();
            let is_sale = matches!(
                figures.kind,
                InvoiceKind::Basic | InvoiceKind::Simplified | InvoiceKind::Advance
            );
            if is_sale && paid > due {
                problems.note(
                    field("ZaplataCzesciowa"),
                    Cause::PaymentsExceed { paid, due },
                );
            }
        }
        None => {}
    }
}
