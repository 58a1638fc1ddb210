//! How and when it is paid.

use ksef_invoice::fa3::payment::{
    BankAccount, Due, DueAfter, EarlyDiscount, Method, Paid, PartialPayment, PartialPayments,
    Payment,
};
use ksef_invoice::fa3::value::code::{BankOwnAccount, PaidExtent, PaymentForm};
use ksef_invoice::fa3::value::identifier::AccountNumber;
use ksef_invoice::fa3::value::number::Amount;

use super::view::View;

pub(super) fn payment(view: &View<'_>) -> Payment {
    view.at_most_one(&["paidOn", "partial"]);
    let mut due: Vec<Due> = view
        .list("dueDates")
        .iter()
        .filter_map(|date| {
            Some(Due {
                date: Some(date.own()?),
                ..Due::default()
            })
        })
        .collect();
    due.extend(view.list("dueTerms").iter().filter_map(due_term));
    let early_discount = view.get("earlyDiscount").and_then(|discount| {
        let conditions = discount.value("conditions");
        let amount = discount.value("amount");
        Some(EarlyDiscount::new(conditions?, amount?))
    });
    Payment {
        paid: paid(view),
        due: view.bounded(due),
        method: method(view),
        accounts: view.bounded(accounts(view, "accounts")),
        factor_accounts: view.bounded(accounts(view, "factorAccounts")),
        early_discount,
        link: view.value("link"),
        id: view.value("ksefPaymentId"),
    }
}

fn paid(view: &View<'_>) -> Option<Paid> {
    if view.has("paidOn") {
        return view.value("paidOn").map(Paid::Full);
    }
    if !view.has("partial") {
        return None;
    }
    let payments = view
        .list("partial")
        .iter()
        .filter_map(|part| {
            let amount = part.decimal("amount", 2);
            let date = part.value("date");
            let amount = amount.and_then(|amount| part.checked("amount", Amount::new(amount)));
            Some(PartialPayment {
                method: method(part),
                ..PartialPayment::new(amount?, date?)
            })
        })
        .collect();
    let extent = if view.flag("paidInFull") {
        PaidExtent::Whole
    } else {
        PaidExtent::Part
    };
    let payments = view.get("partial")?.filled(payments)?;
    Some(Paid::Partial(PartialPayments::new(extent, payments)))
}

fn due_term(view: &View<'_>) -> Option<Due> {
    let count = view.value("count");
    let unit = view.value("unit");
    let event = view.value("event");
    Some(Due {
        date: view.value("date"),
        after: Some(DueAfter::new(count?, unit?, event?)),
    })
}

fn method(view: &View<'_>) -> Option<Method> {
    view.at_most_one(&["method", "methodDescription"]);
    if view.has("methodDescription") {
        return view.value("methodDescription").map(Method::Other);
    }
    view.choice("method", &METHODS, PaymentForm::from_code)
        .map(Method::Known)
}

fn accounts(view: &View<'_>, key: &str) -> Vec<BankAccount> {
    view.list(key)
        .iter()
        .filter_map(|account| {
            Some(BankAccount {
                swift: account.value("swift"),
                own_account: account.choice("ownAccount", &OWN_ACCOUNTS, BankOwnAccount::from_code),
                bank: account.value("bankName"),
                description: account.value("description"),
                ..BankAccount::new(number(account)?)
            })
        })
        .collect()
}

fn number(account: &View<'_>) -> Option<AccountNumber> {
    let view = account.get("number")?;
    let bare: String = view
        .node
        .text()?
        .chars()
        .filter(|found| !crate::number::is_space(*found))
        .collect();
    view.parsed(&bare)
}

const METHODS: [(&str, &str); 7] = [
    ("cash", "1"),
    ("card", "2"),
    ("voucher", "3"),
    ("cheque", "4"),
    ("credit", "5"),
    ("transfer", "6"),
    ("mobile", "7"),
];

const OWN_ACCOUNTS: [(&str, &str); 3] = [
    ("purchasedReceivables", "1"),
    ("collectedReceivables", "2"),
    ("ownManagement", "3"),
];
