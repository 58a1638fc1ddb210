//! PEF(3) and PEF_KOR(3): UBL invoices and credit notes.

use ksef_core::form_code::FormCode;

use super::fa::text;
use super::{Correction, Label, Line, Original, Party, Payment, Summary, TaxRow};
use crate::codes;
use crate::metadata::InvoiceKind;
use crate::tree::Element;

pub(super) fn read(root: Element<'_>, form: FormCode) -> Summary {
    let is_correction = form == FormCode::PefKor3;
    let (kind, title, line_name) = if is_correction {
        let title = Label::new("Korekta PEF", "Peppol credit note");
        (InvoiceKind::PefCorrection, title, "CreditNoteLine")
    } else {
        let title = Label::new("Faktura PEF", "Peppol invoice");
        (InvoiceKind::Pef, title, "InvoiceLine")
    };
    let own = |path: &[&str]| text(root, path);
    let total = root.child("LegalMonetaryTotal");
    Summary {
        form: Some(form),
        kind: Some(kind),
        title,
        number: own(&["ID"]).unwrap_or_default(),
        issue_date: own(&["IssueDate"]).unwrap_or_default(),
        sale_date: sale_date(root),
        currency: own(&["DocumentCurrencyCode"]).unwrap_or_default(),
        seller: party(root.at(&["AccountingSupplierParty", "Party"]), None),
        buyer: party(root.at(&["AccountingCustomerParty", "Party"]), None),
        others: others(root),
        correction: is_correction.then(|| correction(root)),
        lines: root.children_named(line_name).map(line).collect(),
        taxes: taxes(root),
        total: total
            .and_then(|total| text(total, &["TaxInclusiveAmount"]))
            .unwrap_or_default(),
        payable: total.and_then(|total| text(total, &["PayableAmount"])),
        settlements: settlements(root),
        payment: payment(root),
        notes: root
            .children_named("Note")
            .map(|note| (String::new(), note.value().to_owned()))
            .collect(),
        attachments: root
            .children_named("AdditionalDocumentReference")
            .filter(|reference| reference.child("Attachment").is_some())
            .count(),
        ..Summary::default()
    }
}

fn sale_date(root: Element<'_>) -> Option<String> {
    if let Some(day) = text(root, &["Delivery", "ActualDeliveryDate"]) {
        return Some(day);
    }
    let period = root.child("InvoicePeriod")?;
    let from = period.value_at(&["StartDate"]).unwrap_or("?");
    let to = period.value_at(&["EndDate"]).unwrap_or("?");
    Some(format!("{from} – {to}"))
}

fn party(element: Option<Element<'_>>, role: Option<Label>) -> Party {
    let Some(element) = element else {
        return Party::default();
    };
    let name = element
        .value_at(&["PartyLegalEntity", "RegistrationName"])
        .or_else(|| element.value_at(&["PartyName", "Name"]));
    let identifier = element
        .children_named("PartyTaxScheme")
        .find_map(|scheme| scheme.value_at(&["CompanyID"]))
        .or_else(|| element.value_at(&["PartyLegalEntity", "CompanyID"]))
        .or_else(|| element.value_at(&["PartyIdentification", "ID"]))
        .or_else(|| element.value_at(&["EndpointID"]));
    let mut address = Vec::new();
    if let Some(place) = element.child("PostalAddress") {
        address.extend(text(place, &["StreetName"]));
        address.extend(text(place, &["AdditionalStreetName"]));
        let town = [
            place.value_at(&["PostalZone"]),
            place.value_at(&["CityName"]),
        ];
        let town: Vec<_> = town.into_iter().flatten().collect();
        if !town.is_empty() {
            address.push(town.join(" "));
        }
        address.extend(text(place, &["Country", "IdentificationCode"]));
    }
    Party {
        role,
        name: name.unwrap_or_default().to_owned(),
        identifier: identifier.map(str::to_owned),
        address,
        contact: ["ElectronicMail", "Telephone"]
            .iter()
            .filter_map(|name| text(element, &["Contact", name]))
            .collect(),
    }
}

fn others(root: Element<'_>) -> Vec<Party> {
    let roles = [
        ("PayeeParty", "odbiorca płatności", "payee"),
        (
            "TaxRepresentativeParty",
            "przedstawiciel podatkowy",
            "tax representative",
        ),
    ];
    roles
        .into_iter()
        .filter_map(|(name, polish, english)| {
            let element = root.child(name)?;
            Some(party(Some(element), Some(Label::new(polish, english))))
        })
        .collect()
}

fn correction(root: Element<'_>) -> Correction {
    let originals = root
        .children_named("BillingReference")
        .filter_map(|reference| reference.child("InvoiceDocumentReference"))
        .map(|original| Original {
            number: text(original, &["ID"]).unwrap_or_default(),
            date: text(original, &["IssueDate"]),
            ksef_number: None,
        })
        .collect();
    Correction {
        reason: text(root, &["DiscrepancyResponse", "Description"]),
        effect: None,
        originals,
    }
}

fn line(row: Element<'_>) -> Line {
    let quantity = row
        .child("InvoicedQuantity")
        .or_else(|| row.child("CreditedQuantity"));
    let tax = row.at(&["Item", "ClassifiedTaxCategory"]);
    Line {
        number: text(row, &["ID"]).unwrap_or_default(),
        name: text(row, &["Item", "Name"]).unwrap_or_default(),
        quantity: quantity.map(|quantity| quantity.value().to_owned()),
        unit: quantity
            .and_then(|quantity| quantity.attribute("unitCode"))
            .map(str::to_owned),
        price: text(row, &["Price", "PriceAmount"]),
        discount: None,
        value: text(row, &["LineExtensionAmount"]),
        is_gross: false,
        rate: tax.and_then(|tax| text(tax, &["Percent"]).or_else(|| text(tax, &["ID"]))),
        is_before: false,
    }
}

fn taxes(root: Element<'_>) -> Vec<TaxRow> {
    root.children_named("TaxTotal")
        .flat_map(|total| total.children_named("TaxSubtotal"))
        .map(|row| {
            let category = row.value_at(&["TaxCategory", "ID"]).unwrap_or_default();
            let mut label = codes::UBL_TAX.label(category);
            if let Some(percent) = row.value_at(&["TaxCategory", "Percent"]) {
                label = Label::new(
                    format!("{} {percent}%", label.polish),
                    format!("{} {percent}%", label.english),
                );
            }
            TaxRow {
                label,
                net: text(row, &["TaxableAmount"]).unwrap_or_default(),
                tax: text(row, &["TaxAmount"]),
                tax_in_pln: None,
            }
        })
        .collect()
}

/// Allowances and charges of the document, allowances negative.
fn settlements(root: Element<'_>) -> Vec<(String, String)> {
    root.children_named("AllowanceCharge")
        .map(|entry| {
            let reason = text(entry, &["AllowanceChargeReason"]).unwrap_or_default();
            let amount = text(entry, &["Amount"]).unwrap_or_default();
            let is_charge = entry.value_at(&["ChargeIndicator"]) == Some("true");
            (
                reason,
                if is_charge {
                    amount
                } else {
                    format!("-{amount}")
                },
            )
        })
        .collect()
}

fn payment(root: Element<'_>) -> Payment {
    let mut payment = Payment::default();
    payment.terms.extend(text(root, &["DueDate"]));
    for means in root.children_named("PaymentMeans") {
        payment.terms.extend(text(means, &["PaymentDueDate"]));
        let found = means.value_at(&["PaymentMeansCode"]);
        payment.means = payment
            .means
            .or_else(|| found.map(|code| codes::UBL_PAYMENT.label(code)));
        payment
            .accounts
            .extend(text(means, &["PayeeFinancialAccount", "ID"]));
    }
    payment.terms.extend(
        root.children_named("PaymentTerms")
            .filter_map(|terms| text(terms, &["Note"])),
    );
    payment
}
