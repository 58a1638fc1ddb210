//! PEF(3) and PEF_KOR(3): UBL invoices and credit notes.

mod fields;
mod party;

use ksef_invoice::tree::Element;

pub(super) use self::fields::FIELDS;
use super::walk::Walk;
use super::{Head, Parts};
use crate::format;
use crate::page::{Block, Card, Cell, Column, Fact, Row, Tone, Total};

pub(super) fn read(walk: &Walk, root: Element<'_>) -> Parts {
    let title = if root.name() == "CreditNote" {
        walk.say("Korekta PEF", "Peppol credit note")
    } else {
        walk.say("Faktura PEF", "Peppol invoice")
    };
    let mut facts = walk.facts(
        root,
        &[
            "IssueDate",
            "IssueTime",
            "DueDate",
            "TaxPointDate",
            "InvoiceTypeCode",
            "CreditNoteTypeCode",
        ],
    );
    for delivery in root.children_named("Delivery") {
        facts.extend(walk.facts(delivery, &["ActualDeliveryDate"]));
    }
    facts.extend(
        root.child("InvoicePeriod")
            .and_then(|period| span(walk, period)),
    );
    facts.extend(walk.facts(
        root,
        &[
            "DocumentCurrencyCode",
            "TaxCurrencyCode",
            "BuyerReference",
            "AccountingCost",
        ],
    ));
    let head = Head {
        title: title.to_owned(),
        number: walk.raw_at(root, "ID").unwrap_or_default().to_owned(),
        facts,
    };
    let mut blocks = Vec::new();
    blocks.extend(party::main(walk, root));
    blocks.extend(party::others(walk, root));
    blocks.extend(correction(walk, root));
    blocks.extend(references(walk, root));
    blocks.extend(lines(walk, root));
    blocks.extend(allowances(walk, root));
    blocks.extend(taxes(walk, root));
    blocks.extend(totals(walk, root));
    blocks.extend(payment(walk, root));
    let notes: Vec<_> = root
        .children_named("Note")
        .filter_map(|note| walk.raw(note).map(str::to_owned))
        .collect();
    blocks.extend(Block::text(walk.say("Uwagi", "Notes"), notes));
    Parts {
        head,
        blocks,
        colophon: walk.facts(
            root,
            &["UBLVersionID", "CustomizationID", "ProfileID", "UUID"],
        ),
    }
}

/// A period, as `from – to`.
fn span(walk: &Walk, period: Element<'_>) -> Option<Fact> {
    let from = walk.text(period, "StartDate");
    let to = walk.text(period, "EndDate");
    if from.is_none() && to.is_none() {
        return None;
    }
    Some(Fact::new(
        walk.label("InvoicePeriod"),
        format!("{} – {}", from.unwrap_or_default(), to.unwrap_or_default()),
    ))
}

/// An amount with its currency.
fn money(walk: &Walk, parent: Element<'_>, name: &str) -> Option<String> {
    let element = parent.child(name)?;
    let value = format::amount(walk.raw(element)?, walk.language);
    Some(match element.attribute("currencyID") {
        Some(currency) => format!("{value} {currency}"),
        None => value,
    })
}

fn correction(walk: &Walk, root: Element<'_>) -> Vec<Block> {
    let mut facts = Vec::new();
    for response in root.children_named("DiscrepancyResponse") {
        facts.extend(walk.all(response));
    }
    let originals: Vec<_> = root
        .children_named("BillingReference")
        .filter_map(|reference| reference.child("InvoiceDocumentReference"))
        .map(|original| Row::plain(["ID", "IssueDate"].map(|name| walk.text(original, name))))
        .collect();
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(walk.say("Korekta", "Correction"), facts));
    blocks.extend(Block::compact_table(
        walk.say("Faktury powiązane", "Preceding invoices"),
        vec![
            Column::left(walk.say("Numer", "Number"), 0),
            Column::left(walk.label("IssueDate"), 0),
        ],
        originals,
    ));
    blocks
}

/// Contracts, orders and other documents that the invoice names.
fn references(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let mut facts = Vec::new();
    for name in [
        "OrderReference",
        "ContractDocumentReference",
        "DespatchDocumentReference",
        "ReceiptDocumentReference",
        "OriginatorDocumentReference",
        "ProjectReference",
    ] {
        for reference in root.children_named(name) {
            let parts = ["ID", "SalesOrderID", "IssueDate"].map(|name| walk.text(reference, name));
            let parts: Vec<_> = parts.into_iter().flatten().collect();
            if !parts.is_empty() {
                facts.push(Fact::new(walk.label(name), parts.join(", ")));
            }
        }
    }
    for reference in root.children_named("AdditionalDocumentReference") {
        let mut parts: Vec<_> = ["ID", "DocumentDescription"]
            .iter()
            .filter_map(|name| walk.text(reference, name))
            .collect();
        if let Some(file) = reference
            .child("Attachment")
            .and_then(|attachment| attachment.child("EmbeddedDocumentBinaryObject"))
        {
            // The file itself cannot be set on a page; its name can.
            walk.raw(file);
            parts.extend(file.attribute("filename").map(str::to_owned));
            parts.extend(file.attribute("mimeCode").map(str::to_owned));
        }
        if !parts.is_empty() {
            let label = walk.label("AdditionalDocumentReference");
            facts.push(Fact::new(label, parts.join(", ")));
        }
    }
    Block::facts(walk.say("Dokumenty powiązane", "Related documents"), facts)
}

fn lines(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let rows = ["InvoiceLine", "CreditNoteLine"]
        .iter()
        .flat_map(|name| root.children_named(name))
        .map(|line| row(walk, line))
        .collect();
    Block::table(
        walk.say("Pozycje", "Lines"),
        vec![
            Column::left(walk.say("Lp.", "No."), 0),
            Column::left(walk.say("Nazwa towaru lub usługi", "Goods or services"), 1),
            Column::right(walk.say("Ilość", "Quantity"), 0),
            Column::right(walk.say("Cena netto", "Net price"), 0),
            Column::right(walk.say("Stawka VAT", "VAT rate"), 0),
            Column::right(walk.say("Wartość netto", "Net value"), 0),
        ],
        rows,
    )
}

fn row(walk: &Walk, line: Element<'_>) -> Row {
    let mut details = walk.facts(line, &["Note", "AccountingCost"]);
    details.extend(
        line.child("InvoicePeriod")
            .and_then(|period| span(walk, period)),
    );
    if let Some(order) = line.child("OrderLineReference") {
        details.extend(
            walk.text(order, "LineID")
                .map(|number| Fact::new(walk.label("OrderLineReference"), number)),
        );
    }
    let item = line.child("Item");
    let mut name = None;
    let mut rate = None;
    if let Some(item) = item {
        name = walk.text(item, "Name");
        details.extend(walk.facts(item, &["Description"]));
        for group in [
            "BuyersItemIdentification",
            "SellersItemIdentification",
            "StandardItemIdentification",
        ] {
            details.extend(
                item.child(group)
                    .and_then(|identified| walk.text(identified, "ID"))
                    .map(|value| Fact::new(walk.label(group), value)),
            );
        }
        for classified in item.children_named("CommodityClassification") {
            details.extend(walk.facts(classified, &["ItemClassificationCode"]));
        }
        details.extend(
            item.child("OriginCountry")
                .and_then(|country| walk.text(country, "IdentificationCode"))
                .map(|code| Fact::new(walk.label("OriginCountry"), code)),
        );
        for property in item.children_named("AdditionalItemProperty") {
            let label = walk.raw_at(property, "Name").unwrap_or_default();
            let value = walk.raw_at(property, "Value").unwrap_or_default();
            details.push(Fact::new(label, value));
        }
        rate = item
            .child("ClassifiedTaxCategory")
            .map(|category| tax_category(walk, category, &mut details));
    }
    for entry in line.children_named("AllowanceCharge") {
        details.push(allowance(walk, entry));
    }
    let quantity = ["InvoicedQuantity", "CreditedQuantity"]
        .iter()
        .find_map(|name| line.child(name))
        .map(|quantity| measured(walk, quantity))
        .unwrap_or_default();
    let mut price = None;
    if let Some(element) = line.child("Price") {
        price = money(walk, element, "PriceAmount");
        if let Some(base) = element.child("BaseQuantity") {
            let base = measured(walk, base);
            price = price.map(|price| format!("{price} / {base}"));
        }
    }
    Row {
        tone: Tone::Plain,
        cells: vec![
            Cell::new(walk.raw_at(line, "ID").unwrap_or_default()),
            Cell {
                text: name.unwrap_or_default(),
                facts: details,
            },
            Cell::new(quantity),
            Cell::new(price.unwrap_or_default()),
            Cell::new(rate.unwrap_or_default()),
            Cell::new(money(walk, line, "LineExtensionAmount").unwrap_or_default()),
        ],
    }
}

/// A quantity with its unit.
fn measured(walk: &Walk, quantity: Element<'_>) -> String {
    let value = format::number(walk.raw(quantity).unwrap_or_default(), walk.language);
    match quantity.attribute("unitCode") {
        Some(unit) => format!("{value} {unit}"),
        None => value,
    }
}

/// The rate of a category, with its words where it has no rate.
fn tax_category(walk: &Walk, category: Element<'_>, details: &mut Vec<Fact>) -> String {
    let words = walk.text(category, "ID").unwrap_or_default();
    let percent = walk.text(category, "Percent");
    if let Some(scheme) = category.child("TaxScheme") {
        walk.raw_at(scheme, "ID");
    }
    details.extend(walk.facts(category, &["TaxExemptionReason", "TaxExemptionReasonCode"]));
    match percent {
        Some(percent) if category.value_at(&["ID"]) == Some("S") => percent,
        Some(percent) => format!("{percent} ({words})"),
        None => words,
    }
}

fn allowance(walk: &Walk, entry: Element<'_>) -> Fact {
    let is_charge = walk.raw_at(entry, "ChargeIndicator") == Some("true");
    let label = if is_charge {
        walk.say("Obciążenie", "Charge")
    } else {
        walk.say("Upust", "Allowance")
    };
    let mut parts: Vec<_> = [
        "AllowanceChargeReason",
        "AllowanceChargeReasonCode",
        "MultiplierFactorNumeric",
    ]
    .iter()
    .filter_map(|name| walk.text(entry, name))
    .collect();
    parts.extend(money(walk, entry, "Amount"));
    if let Some(base) = money(walk, entry, "BaseAmount") {
        parts.push(format!("{} {base}", walk.say("od", "of")));
    }
    let mut more = Vec::new();
    if let Some(category) = entry.child("TaxCategory") {
        let rate = tax_category(walk, category, &mut more);
        parts.push(format!("VAT {rate}"));
    }
    parts.extend(more.into_iter().map(|fact| fact.value));
    Fact::new(label, parts.join(", "))
}

fn allowances(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let facts: Vec<_> = root
        .children_named("AllowanceCharge")
        .map(|entry| allowance(walk, entry))
        .collect();
    Block::facts(
        walk.say("Upusty i obciążenia", "Allowances and charges"),
        facts,
    )
}

fn taxes(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let mut rows = Vec::new();
    for total in root.children_named("TaxTotal") {
        for part in total.children_named("TaxSubtotal") {
            let mut facts = Vec::new();
            let label = part
                .child("TaxCategory")
                .map(|category| tax_category(walk, category, &mut facts))
                .unwrap_or_default();
            rows.push(Row {
                tone: Tone::Plain,
                cells: vec![
                    Cell { text: label, facts },
                    Cell::new(money(walk, part, "TaxableAmount").unwrap_or_default()),
                    Cell::new(money(walk, part, "TaxAmount").unwrap_or_default()),
                ],
            });
        }
        if let Some(amount) = money(walk, total, "TaxAmount") {
            rows.push(Row {
                tone: Tone::Sum,
                cells: vec![
                    Cell::new(walk.say("Razem VAT", "Total VAT")),
                    Cell::default(),
                    Cell::new(amount),
                ],
            });
        }
    }
    Block::compact_table(
        walk.say("Podsumowanie stawek", "Summary by rate"),
        vec![
            Column::left(walk.say("Stawka", "Rate"), 0),
            Column::right(walk.say("Netto", "Net"), 0),
            Column::right("VAT", 0),
        ],
        rows,
    )
}

fn totals(walk: &Walk, root: Element<'_>) -> Option<Block> {
    let total = root.child("LegalMonetaryTotal")?;
    let facts = [
        "LineExtensionAmount",
        "AllowanceTotalAmount",
        "ChargeTotalAmount",
        "TaxExclusiveAmount",
        "TaxInclusiveAmount",
        "PrepaidAmount",
        "PayableRoundingAmount",
    ]
    .iter()
    .filter_map(|name| {
        Some(Fact::new(
            walk.label_inside("LegalMonetaryTotal", name),
            money(walk, total, name)?,
        ))
    })
    .collect();
    Some(Block::Total(Total {
        label: walk.label("PayableAmount"),
        value: money(walk, total, "PayableAmount").unwrap_or_default(),
        facts,
    }))
}

fn payment(walk: &Walk, root: Element<'_>) -> Vec<Block> {
    let mut facts = Vec::new();
    let mut cards = Vec::new();
    for means in root.children_named("PaymentMeans") {
        facts.extend(walk.facts(
            means,
            &[
                "PaymentMeansCode",
                "PaymentDueDate",
                "PaymentID",
                "InstructionNote",
            ],
        ));
        if let Some(account) = means.child("PayeeFinancialAccount") {
            let mut more = walk.facts(account, &["Name"]);
            if let Some(branch) = account.child("FinancialInstitutionBranch") {
                more.extend(
                    walk.text(branch, "ID")
                        .map(|code| Fact::new(walk.say("Kod banku", "Bank code"), code)),
                );
            }
            cards.push(Card {
                title: walk.label("PayeeFinancialAccount"),
                name: walk
                    .raw_at(account, "ID")
                    .map(format::account)
                    .unwrap_or_default(),
                facts: more,
            });
        }
    }
    for terms in root.children_named("PaymentTerms") {
        facts.extend(
            walk.text(terms, "Note")
                .map(|note| Fact::new(walk.label("PaymentTerms"), note)),
        );
    }
    let mut blocks = Vec::new();
    blocks.extend(Block::facts(walk.say("Płatność", "Payment"), facts));
    blocks.extend(Block::cards(String::new(), cards));
    blocks
}
