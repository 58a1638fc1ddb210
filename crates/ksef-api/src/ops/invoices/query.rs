//! The metadata query.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{InvoiceFilters, InvoiceMetadata};
use crate::open_enum::open_enum;
use crate::operation::invoices as operation;
use crate::ops::{answers, calls};
use crate::request::{Body, EncodeError, Request};
use crate::timestamp;

/// Looks for invoices and answers with their metadata, page by page.
///
/// A set of filters shows 10 000 invoices at most; [`FoundInvoices::is_truncated`] says that there are more. Refusals:
/// 21183 when the range begins behind the high-water mark that it is restricted to, 21405.
#[derive(Clone, Debug)]
pub struct QueryInvoices {
    filters: InvoiceFilters,
    sort_order: Option<SortOrder>,
    page_offset: Option<u32>,
    page_size: Option<u16>,
}

impl QueryInvoices {
    /// Those that fit these filters.
    #[must_use]
    pub const fn new(filters: InvoiceFilters) -> Self {
        Self {
            filters,
            sort_order: None,
            page_offset: None,
            page_size: None,
        }
    }

    /// In this order of the date that the filters name; the server's default is ascending.
    #[must_use]
    pub fn with_sort_order(mut self, order: SortOrder) -> Self {
        self.sort_order = Some(order);
        self
    }

    /// The page of this index: 0 is the first one. It counts pages, not invoices.
    #[must_use]
    pub const fn with_page(mut self, index: u32) -> Self {
        self.page_offset = Some(index);
        self
    }

    /// With pages of this many entries, 10 to 250; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for QueryInvoices {
    calls!(operation::QUERY_METADATA);
    answers!(json FoundInvoices);

    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::new();
        query.extend(
            self.sort_order
                .as_ref()
                .map(|order| ("sortOrder", order.as_str().to_owned())),
        );
        query.extend(
            self.page_offset
                .map(|index| ("pageOffset", index.to_string())),
        );
        query.extend(self.page_size.map(|size| ("pageSize", size.to_string())));
        query
    }

    fn body(&self) -> Result<Body, EncodeError> {
        Body::json(&self.filters)
    }
}

open_enum! {
    /// Order of a list (`SortOrder`).
    pub enum SortOrder {
        /// The earliest first.
        Ascending = "Asc",
        /// The latest first.
        Descending = "Desc",
    }
}

/// A page of metadata (`QueryInvoicesMetadataResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundInvoices {
    /// Whether there are more invoices behind this page.
    pub has_more: bool,
    /// Whether they are beyond the 10 000 that a set of filters shows: narrow the range of dates to go on.
    pub is_truncated: bool,
    /// Up to when everything is there and nothing will be added; only when the date is that of permanent storage.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub permanent_storage_hwm_date: Option<Timestamp>,
    /// The invoices.
    pub invoices: Vec<InvoiceMetadata>,
}
