//! An invoice for machines: what people see, amounts as written. Add names, do not change them.

use ksef_invoice::summary::{Correction, Label, Line, Original, Party, Payment, Summary, TaxRow};
use serde_json::{Value, json};

/// The summary as one value.
pub(crate) fn json(summary: &Summary) -> Value {
    let pairs = |pairs: &[(String, String)], first: &str, second: &str| -> Vec<Value> {
        let pair = |(one, two): &(String, String)| json!({ first: one, second: two });
        pairs.iter().map(pair).collect()
    };
    let kind = summary
        .kind
        .as_ref()
        .map(|kind| kind.wire_name().to_owned());
    json!({
        "form": summary.form.as_ref().map(|form| form.system_code()),
        "kind": kind,
        "title": label(&summary.title),
        "number": summary.number,
        "issueDate": summary.issue_date,
        "place": summary.place,
        "saleDate": summary.sale_date,
        "currency": summary.currency,
        "system": summary.system,
        "seller": party(&summary.seller),
        "buyer": party(&summary.buyer),
        "others": summary.others.iter().map(party).collect::<Vec<_>>(),
        "correction": summary.correction.as_ref().map(correction),
        "advances": summary.advances,
        "lines": summary.lines.iter().map(line).collect::<Vec<_>>(),
        "orderLines": summary.order_lines.iter().map(line).collect::<Vec<_>>(),
        "orderTotal": summary.order_total,
        "taxes": summary.taxes.iter().map(tax).collect::<Vec<_>>(),
        "total": summary.total,
        "payable": summary.payable,
        "settlements": pairs(&summary.settlements, "reason", "amount"),
        "payment": payment(&summary.payment, pairs(&summary.payment.parts, "date", "amount")),
        "annotations": summary.annotations.iter().map(label).collect::<Vec<_>>(),
        "notes": pairs(&summary.notes, "key", "value"),
        "attachments": summary.attachments,
    })
}

fn label(label: &Label) -> Value {
    json!({"pl": label.polish, "en": label.english})
}

fn party(party: &Party) -> Value {
    json!({
        "role": party.role.as_ref().map(label),
        "name": party.name,
        "identifier": party.identifier,
        "address": party.address,
        "contact": party.contact,
    })
}

fn correction(correction: &Correction) -> Value {
    let original = |original: &Original| {
        json!({
            "number": original.number,
            "date": original.date,
            "ksefNumber": original.ksef_number,
        })
    };
    json!({
        "reason": correction.reason,
        "effect": correction.effect.as_ref().map(label),
        "originals": correction.originals.iter().map(original).collect::<Vec<_>>(),
    })
}

fn line(line: &Line) -> Value {
    json!({
        "number": line.number,
        "name": line.name,
        "quantity": line.quantity,
        "unit": line.unit,
        "price": line.price,
        "discount": line.discount,
        "value": line.value,
        "isGross": line.is_gross,
        "rate": line.rate,
        "isBefore": line.is_before,
    })
}

fn tax(row: &TaxRow) -> Value {
    json!({
        "label": label(&row.label),
        "net": row.net,
        "tax": row.tax,
        "taxInPln": row.tax_in_pln,
    })
}

fn payment(payment: &Payment, parts: Vec<Value>) -> Value {
    json!({
        "paid": payment.paid,
        "parts": parts,
        "terms": payment.terms,
        "means": payment.means.as_ref().map(label),
        "accounts": payment.accounts,
        "discount": payment.discount,
    })
}
