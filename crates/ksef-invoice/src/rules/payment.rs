//! Payment: terms, what was paid, accounts, split payment.

use rust_decimal::Decimal;

use super::invoice::{Invoice, Kind, day, money};
use super::line::decimal;
use super::report::Report;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    check_split_payment(invoice, report);
    let Some(payment) = invoice.body.child("Platnosc") else {
        return;
    };
    check_terms(invoice, payment, report);
    check_partial(invoice, payment, report);
    check_accounts(payment, report);
}

/// `term-before-issue` and `paid-with-later-term`.
fn check_terms(invoice: &Invoice<'_>, payment: Element<'_>, report: &mut Report) {
    let is_paid = payment.value_at(&["Zaplacono"]) == Some("1");
    let paid = payment.value_at(&["DataZaplaty"]).and_then(day);
    let issued = invoice.text("P_1").and_then(day);
    let terms = payment
        .children_named("TerminPlatnosci")
        .filter_map(|term| term.child("Termin"));
    for element in terms {
        let Some(term) = day(element.value()) else {
            continue;
        };
        if is_paid {
            if let Some(paid) = paid.filter(|paid| term > *paid) {
                report.add(
                    element,
                    Violation::new(
                        Rule::PaidWithLaterTerm,
                        format!("faktura jest oznaczona jako zapłacona {paid} (Zaplacono=1), a podaje późniejszy termin płatności {term}; usuń termin albo znacznik zapłaty"),
                        format!("the invoice says it was paid on {paid} (Zaplacono=1) and has a later term of payment, {term}; remove the term or the mark"),
                    ),
                );
            }
        } else if let Some(issued) = issued.filter(|issued| term < *issued)
            // A correction may repeat the term of what it corrects, an advance was paid before.
            && matches!(invoice.kind, Kind::Basic | Kind::Settlement | Kind::Simplified)
        {
            report.add(
                element,
                Violation::new(
                    Rule::TermBeforeIssue,
                    format!("termin płatności {term} jest wcześniejszy niż data wystawienia {issued}; sprawdź obie daty"),
                    format!("the term of payment {term} is before the issue date {issued}; check both dates"),
                )
                .comparing(format!("≥ {issued}"), term.to_string()),
            );
        }
    }
}

/// `partial-payments-exceed`. A settlement invoice may list the advances too.
fn check_partial(invoice: &Invoice<'_>, payment: Element<'_>, report: &mut Report) {
    if !matches!(invoice.kind, Kind::Basic | Kind::Simplified | Kind::Advance) {
        return;
    }
    let Some(total) = invoice.amount("P_15") else {
        return;
    };
    let settled = invoice
        .body
        .value_at(&["Rozliczenie", "DoZaplaty"])
        .and_then(decimal);
    let due = settled.map_or(total, |settled| settled.max(total));
    let mut paid = Decimal::ZERO;
    let mut last = None;
    for part in payment.children_named("ZaplataCzesciowa") {
        let Some(element) = part.child("KwotaZaplatyCzesciowej") else {
            return;
        };
        let Some(sum) = decimal(element.value()).and_then(|amount| paid.checked_add(amount)) else {
            return;
        };
        paid = sum;
        last = Some(element);
    }
    if let Some(element) = last
        && paid > due + CENT
    {
        let (paid, due) = (money(paid), money(due));
        report.add(
            element,
            Violation::new(
                Rule::PartialPaymentsExceed,
                format!("zapłaty częściowe wynoszą razem {paid}, więcej niż kwota należności {due}; popraw kwoty zapłat albo P_15"),
                format!("partial payments come to {paid}, more than the amount due, {due}; correct the payments or P_15"),
            )
            .comparing(format!("≤ {due}"), paid),
        );
    }
}

/// `account-checksum`.
fn check_accounts(payment: Element<'_>, report: &mut Report) {
    let holders = payment
        .children()
        .filter(|holder| holder.name().starts_with("RachunekBankowy"));
    for number in holders.filter_map(|holder| holder.child("NrRB")) {
        check_account(number, report);
    }
}

/// One account number. Foreign ones are not judged.
pub(super) fn check_account(number: Element<'_>, report: &mut Report) {
    let account = account_of(number.value());
    if !is_polish(&account) || remainder(&account) == 1 {
        return;
    }
    report.add(
        number,
        Violation::new(
            Rule::AccountChecksum,
            format!(
                "rachunek {account} ma błędne cyfry kontrolne; przepisz numer z umowy z bankiem"
            ),
            format!(
                "account {account} has wrong check digits; copy it from the contract with the bank"
            ),
        ),
    );
}

/// The account number without white space and hyphens, in capitals; of a Polish one the 26 digits
/// without PL.
pub(super) fn account_of(text: &str) -> String {
    let account: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    match account.strip_prefix("PL") {
        Some(digits) if is_polish(digits) => digits.to_owned(),
        _ => account,
    }
}

fn is_polish(account: &str) -> bool {
    account.len() == 26 && account.bytes().all(|byte| byte.is_ascii_digit())
}

/// ISO 7064 mod 97-10 of a Polish account: 24 digits behind the two check digits, then PL (2521).
fn remainder(digits: &str) -> u32 {
    let (check, rest) = digits.split_at_checked(2).unwrap_or_default();
    let ordered = rest.bytes().chain(*b"2521").chain(check.bytes());
    ordered.fold(0, |sum, digit| {
        (sum * 10 + u32::from(digit.wrapping_sub(b'0'))) % 97
    })
}

/// `split-payment-missing` and `split-payment-possible`.
fn check_split_payment(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(mark) = invoice
        .body
        .at(&["Adnotacje", "P_18A"])
        .filter(|mark| mark.value() == "2")
    else {
        return;
    };
    if invoice.kind.is_correction() || !has_taxpayer_buyer(invoice) || !has_vat(invoice) {
        return;
    }
    let Some(total) = total_in_pln(invoice).filter(|total| *total > SPLIT_PAYMENT_FROM) else {
        return;
    };
    let total = money(total);
    let marked = invoice
        .lines
        .iter()
        .find(|line| line.element.value_at(&["P_12_Zal_15"]) == Some("1"));
    if marked.is_some() {
        report.add(
            mark,
            Violation::new(
                Rule::SplitPaymentMissing,
                format!("faktura na {total} PLN ma towar lub usługę z załącznika nr 15 (P_12_Zal_15=1), a P_18A=2; powyżej 15 000 PLN wymagany jest mechanizm podzielonej płatności: ustaw P_18A=1"),
                format!("the invoice over {total} PLN has goods or services of Annex 15 (P_12_Zal_15=1), but P_18A=2; above 15 000 PLN split payment is required: set P_18A=1"),
            )
            .comparing("1", "2"),
        );
        return;
    }
    let payment = invoice.body.child("Platnosc");
    let value = |name| payment.and_then(|payment| payment.value_at(&[name]));
    if value("FormaPlatnosci") == Some("6") && value("Zaplacono").is_none() {
        report.add(
            mark,
            Violation::new(
                Rule::SplitPaymentPossible,
                format!("przelew na {total} PLN bez mechanizmu podzielonej płatności (P_18A=2); jeśli wśród towarów lub usług są wymienione w załączniku nr 15, ustaw P_18A=1"),
                format!("a transfer of {total} PLN without split payment (P_18A=2); if any goods or services are listed in Annex 15, set P_18A=1"),
            ),
        );
    }
}

/// The buyer is a taxpayer in Poland.
fn has_taxpayer_buyer(invoice: &Invoice<'_>) -> bool {
    let identity = invoice
        .buyer()
        .and_then(|buyer| buyer.child("DaneIdentyfikacyjne"));
    identity.is_some_and(|identity| identity.child("NIP").is_some())
}

/// There is VAT to pay apart.
fn has_vat(invoice: &Invoice<'_>) -> bool {
    let mut names = invoice.sums.iter().filter_map(|sums| sums.vat);
    names.any(|name| invoice.nonzero(name).is_some_and(|vat| vat > Decimal::ZERO))
}

/// The amount due in PLN, where the rate is known.
fn total_in_pln(invoice: &Invoice<'_>) -> Option<Decimal> {
    let total = invoice.amount("P_15")?;
    if invoice.text("KodWaluty") == Some("PLN") {
        return Some(total);
    }
    let rate = invoice.amount("KursWalutyZ").or_else(|| {
        let mut rates = invoice
            .lines
            .iter()
            .filter_map(|line| line.element.value_at(&["KursWaluty"]));
        rates.next().and_then(decimal)
    })?;
    total.checked_mul(rate)
}

/// The gross amount from which split payment is required, in PLN.
const SPLIT_PAYMENT_FROM: Decimal = Decimal::from_parts(15_000, 0, 0, false, 0);
/// One grosz.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_have_two_check_digits() {
        for account in [
            "86999910480000123400056789",
            "73111111111111111111111111",
            "61109010140000071219812874",
        ] {
            assert_eq!(remainder(account), 1, "{account}");
        }
        assert_ne!(remainder("61109010140000071219812847"), 1);
        for (text, account) in [
            (
                " pl61 1090-1014\u{a0}0000 0712 1981 2874",
                "61109010140000071219812874",
            ),
            ("DE02 1203 0000 0000 2020 52", "DE02120300000000202052"),
            ("pl61", "PL61"),
        ] {
            assert_eq!(account_of(text), account);
        }
    }
}
