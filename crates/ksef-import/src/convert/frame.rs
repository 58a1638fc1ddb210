//! What every kind of invoice may say, put into its builder.

use ksef_invoice::fa3::build::InvoiceBuilder;
use ksef_invoice::fa3::value::currency::CurrencyCode;

use rust_decimal::Decimal;

use super::view::View;
use super::{parties, payment, terms};

/// Adds everything but what belongs to the kind.
pub(super) fn add<K>(invoice: &View<'_>, builder: InvoiceBuilder<K>) -> InvoiceBuilder<K> {
    let builder = head(invoice, builder);
    let builder = annotations(invoice, builder);
    let builder = notes(invoice, builder);
    parts(invoice, builder)
}

fn head<K>(invoice: &View<'_>, mut builder: InvoiceBuilder<K>) -> InvoiceBuilder<K> {
    if let Some(place) = invoice.text("issuePlace") {
        builder = builder.with_place(place);
    }
    if let Some(currency) = invoice.value::<CurrencyCode>("currency") {
        builder = builder.with_currency(currency);
    }
    let is_in_zloty = invoice
        .text("currency")
        .is_none_or(|currency| currency == "PLN");
    // Programs write a rate of 1 beside the złoty; it says nothing.
    if let Some(rate) = invoice.decimal("exchangeRate", 6)
        && !(is_in_zloty && rate == Decimal::ONE)
    {
        builder = builder.with_exchange_rate(rate);
    }
    invoice.at_most_one(&["saleDate", "salePeriod"]);
    if let Some(day) = invoice.date("saleDate") {
        builder = builder.with_sale_date(day);
    }
    if let Some(period) = invoice.get("salePeriod")
        && let (Some(from), Some(to)) = (period.date("from"), period.date("to"))
    {
        builder = builder.with_period(from, to);
    }
    for document in invoice.list("warehouseDocuments") {
        if let Some(number) = document.node.text() {
            builder = builder.with_delivery_note(number);
        }
    }
    builder
}

fn annotations<K>(invoice: &View<'_>, mut builder: InvoiceBuilder<K>) -> InvoiceBuilder<K> {
    if let Some(view) = invoice.get("annotations") {
        if view.flag("cashMethod") {
            builder = builder.cash_method();
        }
        if view.flag("selfBilling") {
            builder = builder.self_billed();
        }
        if view.flag("splitPayment") {
            builder = builder.split_payment();
        }
        if view.flag("triangular") {
            builder = builder.triangular();
        }
        if let Some(supply) = view
            .get("newTransport")
            .and_then(|view| terms::new_transport(&view))
        {
            builder = builder.with_new_transport(supply);
        }
    }
    if invoice.flag("vatPerLine") {
        builder = builder.with_tax_per_line();
    }
    if invoice.flag("toReceipt") {
        builder = builder.to_receipt();
    }
    if invoice.flag("relatedParties") {
        builder = builder.between_related_parties();
    }
    if invoice.flag("exciseReturn") {
        builder = builder.with_excise_refund();
    }
    builder
}

fn notes<K>(invoice: &View<'_>, mut builder: InvoiceBuilder<K>) -> InvoiceBuilder<K> {
    for note in invoice.list("notes") {
        let key = note.text("key").unwrap_or(NOTE);
        let Some(value) = note.text("value") else {
            continue;
        };
        let line = note.text("line").and_then(|line| line.parse().ok());
        builder = match line {
            Some(line) => builder.with_line_note(line, key, value),
            None => builder.with_note(key, value),
        };
    }
    if let Some(adjustments) = invoice.get("adjustments") {
        for charge in adjustments.list("charges") {
            if let (Some(amount), Some(reason)) =
                (charge.decimal("amount", 2), charge.text("reason"))
            {
                builder = builder.with_charge(amount, reason);
            }
        }
        for deduction in adjustments.list("deductions") {
            if let (Some(amount), Some(reason)) =
                (deduction.decimal("amount", 2), deduction.text("reason"))
            {
                builder = builder.with_deduction(amount, reason);
            }
        }
    }
    builder
}

fn parts<K>(invoice: &View<'_>, mut builder: InvoiceBuilder<K>) -> InvoiceBuilder<K> {
    for view in invoice.list("thirdParties") {
        if let Some(party) = parties::third_party(&view) {
            builder = builder.with_third_party(party);
        }
    }
    if let Some(entity) = invoice
        .get("authorizedEntity")
        .and_then(|view| parties::authorized(&view))
    {
        builder = builder.with_authorized_entity(entity);
    }
    if let Some(view) = invoice.get("payment") {
        builder = builder.with_payment(payment::payment(&view));
    }
    if let Some(view) = invoice.get("terms") {
        builder = builder.with_terms(terms::terms(&view));
    }
    if let Some(footer) = terms::footer(invoice) {
        builder = builder.with_footer(footer);
    }
    if let Some(attachment) = invoice
        .get("attachment")
        .and_then(|view| terms::attachment(&view))
    {
        builder = builder.with_attachment(attachment);
    }
    builder
}

/// What a note is called when nobody says.
const NOTE: &str = "Uwagi";
