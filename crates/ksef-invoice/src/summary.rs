//! What a person wants to see of an invoice, whatever its form.
//!
//! A lenient reader for display: texts as the document has them, codes with their words in Polish
//! and English, empty where the document says nothing. Nothing here decides; use
//! [`crate::metadata`] for what KSeF sees.

mod amount;
mod fa;
mod rr;
mod ubl;

#[cfg(test)]
mod tests;

use ksef_core::form_code::FormCode;

pub use self::amount::{is_amount, spaced};

pub use crate::codes::Label;

use crate::check::Rules;
use crate::finding::Finding;
use crate::metadata::InvoiceKind;
use crate::tree::Tree;

/// An invoice for display.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Summary {
    /// The form; `None` when the root element is not one KSeF accepts.
    pub form: Option<FormCode>,
    /// The kind, `None` when the document names none.
    pub kind: Option<InvoiceKind>,
    /// The kind in words.
    pub title: Label,
    /// The invoice number.
    pub number: String,
    /// The issue date, `2026-11-21`.
    pub issue_date: String,
    /// Where it was issued.
    pub place: Option<String>,
    /// The date of sale or delivery, or the period, as `from – to`.
    pub sale_date: Option<String>,
    /// The currency.
    pub currency: String,
    /// The system that made the document.
    pub system: Option<String>,
    /// The seller.
    pub seller: Party,
    /// The buyer.
    pub buyer: Party,
    /// Others with their roles.
    pub others: Vec<Party>,
    /// The invoices it corrects, with the reason.
    pub correction: Option<Correction>,
    /// The advance invoices it settles: number or KSeF number.
    pub advances: Vec<String>,
    /// The lines.
    pub lines: Vec<Line>,
    /// The lines of the order, on advance invoices.
    pub order_lines: Vec<Line>,
    /// The value of the order with tax.
    pub order_total: Option<String>,
    /// Net and tax by rate.
    pub taxes: Vec<TaxRow>,
    /// The amount due on the invoice.
    pub total: String,
    /// The amount left to pay after charges, deductions or what was paid before, where it is stated.
    pub payable: Option<String>,
    /// Charges and deductions: reason and amount, deductions negative.
    pub settlements: Vec<(String, String)>,
    /// How it is paid.
    pub payment: Payment,
    /// Legal annotations that apply, such as reverse charge.
    pub annotations: Vec<Label>,
    /// Further information: key and value.
    pub notes: Vec<(String, String)>,
    /// Blocks of the attachment; 0 when there is none. On PEF the attached documents.
    pub attachments: usize,
}

/// A party of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// What it does, for others than seller and buyer.
    pub role: Option<Label>,
    /// Its name.
    pub name: String,
    /// Its identifier with the kind: `NIP 5265877635`, `DE 123456789`.
    pub identifier: Option<String>,
    /// The lines of its address, the country code last.
    pub address: Vec<String>,
    /// E-mail addresses and telephone numbers.
    pub contact: Vec<String>,
}

/// What a correction says of the original.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// The reason.
    pub reason: Option<String>,
    /// When it takes effect for tax.
    pub effect: Option<Label>,
    /// The corrected invoices.
    pub originals: Vec<Original>,
}

/// A corrected invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Original {
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Option<String>,
    /// Its KSeF number, when it was issued in KSeF.
    pub ksef_number: Option<String>,
}

/// A line. Amounts as written, with a dot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The number of the line.
    pub number: String,
    /// What is sold.
    pub name: String,
    /// How much.
    pub quantity: Option<String>,
    /// In what unit.
    pub unit: Option<String>,
    /// The price of a unit, without tax unless [`Self::is_gross`].
    pub price: Option<String>,
    /// The discount.
    pub discount: Option<String>,
    /// The value, without tax unless [`Self::is_gross`].
    pub value: Option<String>,
    /// Whether price and value include tax.
    pub is_gross: bool,
    /// The rate as the document codes it: `23`, `zw`, `np I`.
    pub rate: Option<String>,
    /// Whether it shows the state before a correction.
    pub is_before: bool,
}

/// Net and tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxRow {
    /// The rate in words.
    pub label: Label,
    /// Net amount.
    pub net: String,
    /// Tax; `None` where the rate has none.
    pub tax: Option<String>,
    /// Tax converted to PLN.
    pub tax_in_pln: Option<String>,
}

/// How an invoice is paid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payment {
    /// Paid already, and when.
    pub paid: Option<String>,
    /// Parts paid: date and amount.
    pub parts: Vec<(String, String)>,
    /// Due dates, or terms in words.
    pub terms: Vec<String>,
    /// The way of paying.
    pub means: Option<Label>,
    /// Accounts: number and, where given, the bank.
    pub accounts: Vec<String>,
    /// The terms of a cash discount.
    pub discount: Option<String>,
}

impl Summary {
    /// Reads a document of any form; an unknown root element gives an empty summary.
    ///
    /// # Errors
    /// Why the file cannot be read as XML.
    pub fn read(bytes: &[u8]) -> Result<Self, Vec<Finding>> {
        Ok(Self::of(&Tree::read(bytes, &Rules::default())?))
    }

    /// The summary of a document that was read before.
    #[must_use]
    pub fn of(tree: &Tree<'_>) -> Self {
        let root = tree.root();
        match (root.namespace(), root.name()) {
            ("http://crd.gov.pl/wzor/2025/06/25/13775/", "Faktura") => {
                fa::read(root, FormCode::Fa3)
            }
            ("http://crd.gov.pl/wzor/2023/06/29/12648/", "Faktura") => {
                fa::read(root, FormCode::Fa2)
            }
            ("http://crd.gov.pl/wzor/2026/03/06/14189/", "Faktura") => rr::read(root),
            ("urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "Invoice") => {
                ubl::read(root, FormCode::Pef3)
            }
            ("urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "CreditNote") => {
                ubl::read(root, FormCode::PefKor3)
            }
            _ => Self::default(),
        }
    }
}
