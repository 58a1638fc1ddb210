//! How a search walks over its range of dates: which request comes next, and what of an answer is new.
//!
//! Nothing here does I/O. Two neighbouring ranges share their boundary, because KSeF includes both ends; what lies on
//! it comes twice and is recognised by its KSeF number. Only numbers that can come again are remembered: those of the
//! range in hand, and those beside its boundary.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::{
    DateRange, DateType, FoundInvoices, InvoiceFilters, InvoiceMetadata, QueryInvoices, SortOrder,
};
use ksef_core::calendar::warsaw;
use ksef_core::ksef_number::KsefNumber;

use super::InvoiceSearch;
use crate::error::{Error, ErrorKind};

/// A search on its way.
#[derive(Debug)]
pub(super) struct Walk {
    filters: InvoiceFilters,
    order: SortOrder,
    page_size: u16,
    /// The whole span.
    from: Timestamp,
    to: Option<Timestamp>,
    now: Timestamp,
    /// The range in hand; `None` when the walk is over.
    range: Option<Range>,
    is_first: bool,
    page: u32,
    seen: HashMap<KsefNumber, Timestamp>,
    /// Why the walk cannot go on.
    stop: Option<Error>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    from: Timestamp,
    /// Open at the end when missing: up to the server's now.
    to: Option<Timestamp>,
}

impl Walk {
    pub(super) fn new(search: InvoiceSearch, now: Timestamp) -> Self {
        let range = &search.filters.date_range;
        let mut walk = Self {
            from: range.from,
            to: range.to,
            now,
            range: None,
            filters: search.filters,
            order: search.order,
            page_size: search.page_size,
            is_first: true,
            page: 0,
            seen: HashMap::new(),
            stop: None,
        };
        walk.range = Some(if walk.is_ascending() {
            walk.range_from(walk.from)
        } else {
            walk.range_to(walk.to)
        });
        walk
    }

    /// The next request; `None` when everything was shown.
    ///
    /// # Errors
    /// Why the walk cannot go on although not everything was shown.
    pub(super) fn request(&mut self) -> Result<Option<QueryInvoices>, Error> {
        if let Some(stop) = self.stop.take() {
            return Err(stop);
        }
        let Some(range) = self.range else {
            return Ok(None);
        };
        let mut filters = self.filters.clone();
        filters.date_range.from = range.from;
        filters.date_range.to = range.to;
        Ok(Some(
            QueryInvoices::new(filters)
                .with_sort_order(self.order.clone())
                .with_page(self.page)
                .with_page_size(self.page_size),
        ))
    }

    /// Whether nothing but requests of the first range were made.
    pub(super) fn is_at_its_first_range(&self) -> bool {
        self.is_first
    }

    /// Takes an answer: what of it is new; the next request follows from it.
    ///
    /// # Errors
    /// An answer that says there is more and shows nothing.
    pub(super) fn take(&mut self, found: FoundInvoices) -> Result<Vec<InvoiceMetadata>, Error> {
        let last = found.invoices.last().map(|invoice| self.place(invoice));
        let invoices: Vec<_> = found
            .invoices
            .into_iter()
            .filter(|invoice| {
                let place = self.place(invoice);
                self.seen.insert(invoice.ksef_number, place).is_none()
            })
            .collect();
        match (found.has_more, found.is_truncated, last) {
            (false, _, _) => self.go_to_the_next_range(),
            (true, _, None) => {
                return Err(Error::protocol("the server has more and shows nothing"));
            }
            (true, false, Some(_)) => self.page += 1,
            (true, true, Some(last)) => self.narrow(last),
        }
        Ok(invoices)
    }

    fn go_to_the_next_range(&mut self) {
        let Some(range) = self.range else {
            return;
        };
        let (next, boundary) = if self.is_ascending() {
            let boundary = range.to.filter(|to| Some(*to) != self.to);
            (boundary.map(|from| self.range_from(from)), boundary)
        } else {
            let boundary = Some(range.from).filter(|from| *from > self.from);
            (boundary.map(|to| self.range_to(Some(to))), boundary)
        };
        self.range = next;
        if let Some(boundary) = boundary {
            self.is_first = false;
            self.begin_behind(boundary);
        }
    }

    /// Goes on from the last invoice that the range in hand shows.
    fn narrow(&mut self, last: Timestamp) {
        let Some(range) = &mut self.range else {
            return;
        };
        let moved = match self.order {
            // Descending ends earlier, everything else begins later.
            SortOrder::Descending => {
                let boundary = last_instant_of(&self.filters.date_range.date_type, last);
                let moved = range.to.is_none_or(|to| boundary < to);
                range.to = Some(boundary);
                moved.then_some(boundary)
            }
            _ => {
                let moved = last > range.from;
                range.from = last;
                moved.then_some(last)
            }
        };
        match moved {
            Some(boundary) => self.begin_behind(boundary),
            None => {
                self.range = None;
                self.stop = Some(Error::new(ErrorKind::TooManyOfOneDate {
                    date: self.written(last),
                }));
            }
        }
    }

    /// Begins with the first page behind a boundary, and remembers only what can come again.
    fn begin_behind(&mut self, boundary: Timestamp) {
        self.page = 0;
        let slack = match self.filters.date_range.date_type {
            // Whether the server compares days of Warsaw or of Greenwich is not known.
            DateType::Issue => SignedDuration::from_hours(48),
            _ => SignedDuration::from_secs(1),
        };
        if self.is_ascending() {
            let first = before(boundary, slack);
            self.seen.retain(|_, place| *place >= first);
        } else {
            let last = after(boundary, slack);
            self.seen.retain(|_, place| *place <= last);
        }
    }

    /// The range that begins here.
    fn range_from(&self, from: Timestamp) -> Range {
        let far = after(from, DateRange::SPAN_MAX);
        let to = match self.to {
            Some(end) => Some(end.min(far)),
            // The server's clock may be ahead of ours: an open range has to be shorter.
            None => (after(from, OPEN_SPAN_MAX) < self.now).then_some(far),
        };
        Range { from, to }
    }

    /// The range that ends here.
    fn range_to(&self, to: Option<Timestamp>) -> Range {
        let far = match to {
            Some(to) => before(to, DateRange::SPAN_MAX),
            None => before(self.now, OPEN_SPAN_MAX),
        };
        Range {
            from: self.from.max(far),
            to,
        }
    }

    fn is_ascending(&self) -> bool {
        self.order != SortOrder::Descending
    }

    /// Where an invoice stands in the order. A day stands where it begins in Warsaw, which is earlier than in Greenwich:
    /// a range that begins there holds all of it, however the server reads it.
    fn place(&self, invoice: &InvoiceMetadata) -> Timestamp {
        match self.filters.date_range.date_type {
            DateType::Issue => start_of(invoice.issue_date, warsaw()),
            DateType::Invoicing => invoice.invoicing_date,
            _ => invoice.permanent_storage_date,
        }
    }

    /// The date at this place as the server wrote it.
    fn written(&self, place: Timestamp) -> String {
        match self.filters.date_range.date_type {
            DateType::Issue => ksef_core::calendar::warsaw_date(place).to_string(),
            _ => ksef_api::timestamp::format(place),
        }
    }
}

/// Where a range ends that is to hold everything up to this place. Of a day, an instant that belongs to it in Warsaw
/// and in Greenwich. Of an instant, a little later: the server may know it more finely than it writes it, and would leave
/// out the very invoice that it showed last.
fn last_instant_of(date_type: &DateType, place: Timestamp) -> Timestamp {
    match date_type {
        DateType::Issue => start_of(ksef_core::calendar::warsaw_date(place), TimeZone::UTC),
        _ => after(place, WRITTEN_TO),
    }
}

fn start_of(day: Date, zone: TimeZone) -> Timestamp {
    day.to_zoned(zone)
        .map_or(Timestamp::MAX, |start| start.timestamp())
}

fn before(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn after(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// How finely the server writes an instant, at the least.
const WRITTEN_TO: SignedDuration = SignedDuration::from_micros(1);
/// The longest range that ends at the server's now, whose clock may be ahead of ours.
pub(crate) const OPEN_SPAN_MAX: SignedDuration = SignedDuration::from_hours(99 * 24);

#[cfg(test)]
mod tests;
