//! Making collective identifiers.

use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::ksef_number::KsefNumber;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::operation::collective as operation;
use crate::ops::invoices::CurrencyCode;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;
use crate::wire;

/// Makes a collective identifier of invoices of one seller (`GenerateCollectiveIdentifierRequest`).
///
/// At least two invoices, at most as many as
/// [`ContextLimits::collective_identifier`](crate::ops::limits::ContextLimits::collective_identifier) says. Refused with
/// 71001 for an invoice that the context does not know, 71002 for one that belongs to 132 identifiers already, 71004
/// for different sellers, 71005 for a number named twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCollectiveIdentifier {
    /// The invoices.
    pub invoices: Vec<CollectiveInvoice>,
}

impl CreateCollectiveIdentifier {
    /// Of these invoices.
    #[must_use]
    pub fn new(invoices: impl IntoIterator<Item = CollectiveInvoice>) -> Self {
        Self {
            invoices: invoices.into_iter().collect(),
        }
    }
}

impl Request for CreateCollectiveIdentifier {
    calls!(operation::CREATE);
    answers!(json CreatedCollectiveIdentifier);
    is_its_body!();
}

/// An invoice that is paid with others (`CollectiveIdentifierInvoice`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectiveInvoice {
    /// Its KSeF number.
    pub ksef_number: KsefNumber,
    /// What is paid for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Description, at most 512 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl CollectiveInvoice {
    /// The invoice with this number.
    #[must_use]
    pub const fn new(ksef_number: KsefNumber) -> Self {
        Self {
            ksef_number,
            payment: None,
            description: None,
        }
    }

    /// With what is paid for it.
    #[must_use]
    pub fn with_payment(mut self, payment: Payment) -> Self {
        self.payment = Some(payment);
        self
    }

    /// With a description of at most 512 characters.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

/// Amount and currency of a payment (`CollectiveIdentifierInvoicePayment`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The amount.
    #[serde(with = "wire::decimal")]
    pub amount: Decimal,
    /// Its currency.
    pub currency: CurrencyCode,
}

impl Payment {
    /// This amount in this currency.
    #[must_use]
    pub const fn new(amount: Decimal, currency: CurrencyCode) -> Self {
        Self { amount, currency }
    }
}

/// The identifier that was made (`GenerateCollectiveIdentifierResponse`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedCollectiveIdentifier {
    /// The identifier.
    pub collective_identifier_number: CollectiveIdentifier,
}
