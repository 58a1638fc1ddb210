//! The metadata query as one stream, whatever the span.

use futures_util::stream::{self, Stream};
use jiff::Timestamp;
use ksef_api::ops::invoices::{InvoiceFilters, InvoiceMetadata, SortOrder};

use super::walk::Walk;
use crate::client::Client;
use crate::error::Error;

/// What to look for, and in which order. The range of dates may be of any length.
#[derive(Debug, Clone)]
pub struct InvoiceSearch {
    pub(super) filters: InvoiceFilters,
    pub(super) order: SortOrder,
    pub(super) page_size: u16,
}

impl InvoiceSearch {
    /// Invoices that fit these filters, the earliest first.
    #[must_use]
    pub const fn new(filters: InvoiceFilters) -> Self {
        Self {
            filters,
            order: SortOrder::Ascending,
            page_size: PAGE_ENTRIES_MAX,
        }
    }

    /// In this order of the date that the filters name.
    #[must_use]
    pub fn with_sort_order(mut self, order: SortOrder) -> Self {
        self.order = order;
        self
    }

    /// With at most this many invoices of one answer, 10 to 250. Fewer help only who needs just a few: KSeF counts
    /// requests, twenty an hour.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = entries;
        self
    }
}

/// Invoices that were found by one request; none of them was in a page before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvoicePage {
    /// The invoices, in the order that was asked for.
    pub invoices: Vec<InvoiceMetadata>,
    /// Up to when the server has everything that this page was taken from, and will add nothing; only when searching
    /// by the date of permanent storage.
    pub permanent_storage_hwm_date: Option<Timestamp>,
}

impl Client {
    /// Invoices that fit a search, page by page, each fetched when it is asked for.
    ///
    /// The range of dates is walked in pieces of at most 100 days, which is all that KSeF takes at once, and each piece
    /// in ranges of at most 10 000 invoices, which is all that it shows: where it shows no more, the range is narrowed
    /// to what is left. What two neighbouring ranges share is shown once.
    ///
    /// A range that is restricted to the high-water mark ends there.
    ///
    /// ```no_run
    /// # async fn f(client: ksef_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use futures_util::TryStreamExt;
    /// use ksef_sdk::api::ops::invoices::{DateRange, DateType, InvoiceFilters, SubjectRole};
    /// use ksef_sdk::receiving::InvoiceSearch;
    ///
    /// let since = DateRange::since(DateType::PermanentStorage, "2026-02-01T00:00:00Z".parse()?);
    /// let search = InvoiceSearch::new(InvoiceFilters::new(SubjectRole::Buyer, since));
    /// let mut pages = std::pin::pin!(client.search_invoices(search));
    /// while let Some(page) = pages.try_next().await? {
    ///     for invoice in page.invoices {
    ///         println!("{} {}", invoice.ksef_number, invoice.gross_amount);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The stream ends with what the server answered, or with
    /// [`ErrorKind::TooManyOfOneDate`](crate::ErrorKind::TooManyOfOneDate) when more than 10 000 invoices have one
    /// date: it never ends as if it had shown everything when it has not.
    pub fn search_invoices(
        &self,
        search: InvoiceSearch,
    ) -> impl Stream<Item = Result<InvoicePage, Error>> + use<> {
        let client = self.clone();
        let walk = Walk::new(search, client.clock().now());
        stream::try_unfold(walk, move |mut walk| {
            let client = client.clone();
            async move {
                let Some(request) = walk.request()? else {
                    return Ok(None);
                };
                let found = match client.call(&request).await {
                    Ok(answer) => answer.value,
                    // A later piece begins where nothing is complete yet.
                    Err(error) if error.has_code(BEHIND_HWM) && !walk.is_at_its_first_range() => {
                        return Ok(None);
                    }
                    Err(error) => return Err(error),
                };
                let page = InvoicePage {
                    permanent_storage_hwm_date: found.permanent_storage_hwm_date,
                    invoices: walk.take(found)?,
                };
                Ok(Some((page, walk)))
            }
        })
    }
}

/// 21183: the range begins behind the high-water mark that it is restricted to.
pub(crate) const BEHIND_HWM: i32 = 21_183;
/// The most that the query gives at once.
const PAGE_ENTRIES_MAX: u16 = 250;
