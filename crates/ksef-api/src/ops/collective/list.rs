//! Lists of collective identifiers and of their invoices.

use http::HeaderName;
use jiff::Timestamp;
use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::ksef_number::KsefNumber;
use serde::{Deserialize, Serialize};

use super::Payment;
use crate::operation::collective as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::page::{self, ContinuationToken, Paged};
use crate::request::Request;
use crate::timestamp;

/// Lists the collective identifiers of the context, newest first (`CollectiveIdentifiersQueryRequest`).
///
/// Those made in the context, and in the context of a NIP also those of invoices that it sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryCollectiveIdentifiers {
    /// Only this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collective_identifier_number: Option<CollectiveIdentifier>,
    /// Made at this instant or later.
    #[serde(with = "timestamp::wire")]
    pub date_created_from: Timestamp,
    /// Made at this instant or earlier, at most 100 days after the first.
    #[serde(with = "timestamp::wire")]
    pub date_created_to: Timestamp,
    /// With at least so many invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_count_from: Option<u32>,
    /// With at most so many invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_count_to: Option<u32>,
    /// Only those made in the context, or only the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_in_current_context: Option<bool>,
    #[serde(skip)]
    page_size: Option<u16>,
    #[serde(skip)]
    continuation: Option<ContinuationToken>,
}

impl QueryCollectiveIdentifiers {
    /// Made between these instants, which are at most 100 days apart.
    #[must_use]
    pub const fn new(from: Timestamp, to: Timestamp) -> Self {
        Self {
            collective_identifier_number: None,
            date_created_from: from,
            date_created_to: to,
            invoice_count_from: None,
            invoice_count_to: None,
            created_in_current_context: None,
            page_size: None,
            continuation: None,
        }
    }

    /// Only this identifier.
    #[must_use]
    pub const fn with_identifier(mut self, identifier: CollectiveIdentifier) -> Self {
        self.collective_identifier_number = Some(identifier);
        self
    }

    /// Only identifiers of so many invoices; both bounds are included.
    #[must_use]
    pub const fn with_invoice_count(mut self, from: Option<u32>, to: Option<u32>) -> Self {
        self.invoice_count_from = from;
        self.invoice_count_to = to;
        self
    }

    /// Only identifiers made in the context, or only the others.
    #[must_use]
    pub const fn with_created_in_current_context(mut self, here: bool) -> Self {
        self.created_in_current_context = Some(here);
        self
    }

    /// With pages of this many entries, 10 to 200; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for QueryCollectiveIdentifiers {
    calls!(operation::QUERY);
    answers!(json CollectiveIdentifiers);
    is_its_body!();

    fn query(&self) -> Vec<(&'static str, String)> {
        page_size(self.page_size)
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        page::headers(self.continuation.as_ref())
    }
}

impl Paged for QueryCollectiveIdentifiers {
    type Item = CollectiveIdentifierInfo;

    fn with_continuation(mut self, token: ContinuationToken) -> Self {
        self.continuation = Some(token);
        self
    }

    fn split(
        answer: CollectiveIdentifiers,
    ) -> (Vec<CollectiveIdentifierInfo>, Option<ContinuationToken>) {
        (answer.collective_identifiers, answer.continuation_token)
    }
}

/// A page of collective identifiers (`CollectiveIdentifiersQueryResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectiveIdentifiers {
    /// Token of the next page.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "page::optional"
    )]
    pub continuation_token: Option<ContinuationToken>,
    /// The identifiers.
    pub collective_identifiers: Vec<CollectiveIdentifierInfo>,
}

/// One collective identifier (`CollectiveIdentifiersQueryResponseItem`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectiveIdentifierInfo {
    /// The identifier.
    pub collective_identifier_number: CollectiveIdentifier,
    /// When it was made.
    #[serde(with = "timestamp::wire")]
    pub date_created: Timestamp,
    /// How many invoices it stands for.
    pub invoice_count: u32,
    /// Whether it was made in the context.
    pub created_in_current_context: bool,
}

/// Lists the invoices of up to ten collective identifiers (`CollectiveIdentifierInvoicesQueryRequest`), the highest
/// KSeF number first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListInvoicesOfCollectives {
    /// The identifiers, at most ten.
    pub collective_identifier_numbers: Vec<CollectiveIdentifier>,
    #[serde(skip)]
    page_size: Option<u16>,
    #[serde(skip)]
    continuation: Option<ContinuationToken>,
}

impl ListInvoicesOfCollectives {
    /// Of these identifiers, at least one and at most ten.
    #[must_use]
    pub fn new(identifiers: impl IntoIterator<Item = CollectiveIdentifier>) -> Self {
        Self {
            collective_identifier_numbers: identifiers.into_iter().collect(),
            ..Self::default()
        }
    }

    /// With pages of this many entries, 10 to 500; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for ListInvoicesOfCollectives {
    calls!(operation::INVOICES);
    answers!(json InvoicesOfCollectives);
    is_its_body!();

    fn query(&self) -> Vec<(&'static str, String)> {
        page_size(self.page_size)
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        page::headers(self.continuation.as_ref())
    }
}

impl Paged for ListInvoicesOfCollectives {
    type Item = InvoiceOfCollective;

    fn with_continuation(mut self, token: ContinuationToken) -> Self {
        self.continuation = Some(token);
        self
    }

    fn split(
        answer: InvoicesOfCollectives,
    ) -> (Vec<InvoiceOfCollective>, Option<ContinuationToken>) {
        (answer.invoices, answer.continuation_token)
    }
}

/// A page of invoices (`CollectiveIdentifierInvoicesQueryResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoicesOfCollectives {
    /// Token of the next page.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "page::optional"
    )]
    pub continuation_token: Option<ContinuationToken>,
    /// The invoices.
    pub invoices: Vec<InvoiceOfCollective>,
}

/// One invoice of a collective identifier (`CollectiveIdentifierInvoicesQueryResponseItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceOfCollective {
    /// Its KSeF number.
    pub ksef_number: KsefNumber,
    /// The identifier that it belongs to.
    pub collective_identifier_number: CollectiveIdentifier,
    /// What is paid for it, when it was said and the context may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// Description, when there is one and the context may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether payment and description were said, but are not for the context: it neither made the identifier nor is
    /// a party of the invoice.
    pub details_hidden: bool,
}

/// Lists the collective identifiers of an invoice, newest first.
#[derive(Clone, Debug)]
pub struct ListCollectiveIdentifiersOfInvoice {
    ksef_number: KsefNumber,
    page_size: Option<u16>,
    continuation: Option<ContinuationToken>,
}

impl ListCollectiveIdentifiersOfInvoice {
    /// Of the invoice with this number.
    #[must_use]
    pub const fn new(ksef_number: KsefNumber) -> Self {
        Self {
            ksef_number,
            page_size: None,
            continuation: None,
        }
    }

    /// With pages of this many entries, 10 to 200; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for ListCollectiveIdentifiersOfInvoice {
    calls!(operation::BY_KSEF_NUMBER, path: |this| [this.ksef_number.as_str()]);
    answers!(json CollectiveIdentifiersOfInvoice);

    fn query(&self) -> Vec<(&'static str, String)> {
        page_size(self.page_size)
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        page::headers(self.continuation.as_ref())
    }
}

impl Paged for ListCollectiveIdentifiersOfInvoice {
    type Item = CollectiveIdentifierOfInvoice;

    fn with_continuation(mut self, token: ContinuationToken) -> Self {
        self.continuation = Some(token);
        self
    }

    fn split(
        answer: CollectiveIdentifiersOfInvoice,
    ) -> (
        Vec<CollectiveIdentifierOfInvoice>,
        Option<ContinuationToken>,
    ) {
        (answer.collective_identifiers, answer.continuation_token)
    }
}

/// A page of identifiers of an invoice (`CollectiveIdentifiersByKsefNumberQueryResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectiveIdentifiersOfInvoice {
    /// Token of the next page.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "page::optional"
    )]
    pub continuation_token: Option<ContinuationToken>,
    /// The identifiers.
    pub collective_identifiers: Vec<CollectiveIdentifierOfInvoice>,
}

/// A collective identifier of an invoice (`CollectiveIdentifiersByKsefNumberQueryResponseItem`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CollectiveIdentifierOfInvoice {
    /// The identifier.
    pub collective_identifier_number: CollectiveIdentifier,
    /// Whether it was made in the context.
    pub created_in_current_context: bool,
    /// When it was made.
    #[serde(with = "timestamp::wire")]
    pub date_created: Timestamp,
}

fn page_size(entries: Option<u16>) -> Vec<(&'static str, String)> {
    entries
        .map(|entries| ("pageSize", entries.to_string()))
        .into_iter()
        .collect()
}
