use ksef_api::ops::invoices::{DateRange, SubjectRole};
use ksef_api::request::to_http;
use ksef_core::calendar::warsaw_date;
use ksef_core::nip::Nip;
use serde_json::{Value, json};

use super::*;

/// A server that shows at most so many invoices of one set of filters.
struct Server {
    invoices: Vec<InvoiceMetadata>,
    results_max: usize,
    now: Timestamp,
    /// Whether days of issue are compared as days of Greenwich.
    reads_days_in_utc: bool,
    /// By how much every instant is later than it is written.
    unwritten: SignedDuration,
    requests: usize,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An invoice whose dates are all this one.
fn invoice(sequence: u64, date: Timestamp) -> InvoiceMetadata {
    let number = KsefNumber::generate(
        Nip::parse("5265877635").unwrap(),
        warsaw_date(date),
        sequence,
    );
    serde_json::from_value(json!({
        "ksefNumber": number, "invoiceNumber": "1", "issueDate": warsaw_date(date).to_string(),
        "invoicingDate": date.to_string(), "acquisitionDate": date.to_string(),
        "permanentStorageDate": date.to_string(),
        "seller": {"nip": "5265877635"}, "buyer": {"identifier": {"type": "None"}},
        "netAmount": 1, "grossAmount": 1, "vatAmount": 0, "currency": "PLN", "invoicingMode": "Online",
        "invoiceType": "Vat", "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "isSelfInvoicing": false, "hasAttachment": false,
        "invoiceHash": "mkht+3m5trnfxlTYhq3QFn74LkEO69MFNlsMAkCDSPA=",
    }))
    .unwrap()
}

impl Server {
    fn new(dates: impl IntoIterator<Item = Timestamp>, results_max: usize) -> Self {
        let dates = dates.into_iter().enumerate();
        Self {
            invoices: dates
                .map(|(index, date)| invoice(index as u64, date))
                .collect(),
            results_max,
            now: at("2026-11-21T08:00:00Z"),
            reads_days_in_utc: false,
            unwritten: SignedDuration::ZERO,
            requests: 0,
        }
    }

    fn answer(&mut self, request: &QueryInvoices) -> FoundInvoices {
        self.requests += 1;
        let http = to_http(request, "https://ksef.example/v2").unwrap();
        let body: Value = serde_json::from_slice(http.body()).unwrap();
        let range: DateRange = serde_json::from_value(body["dateRange"].clone()).unwrap();
        let (from, to) = (range.from, range.to.unwrap_or(self.now));
        assert!(
            to.duration_since(from) <= SignedDuration::from_hours(2400),
            "{range:?}"
        );
        let day = |instant: Timestamp| match self.reads_days_in_utc {
            true => TimeZone::UTC.to_datetime(instant).date(),
            false => warsaw_date(instant),
        };
        let fits = |invoice: &&InvoiceMetadata| match range.date_type {
            DateType::Issue => (day(from)..=day(to)).contains(&invoice.issue_date),
            _ => (from..=to).contains(&(invoice.permanent_storage_date + self.unwritten)),
        };
        let mut found: Vec<_> = self.invoices.iter().filter(fits).cloned().collect();
        found.sort_by_key(|invoice| (invoice.permanent_storage_date, invoice.ksef_number));
        let query = http.uri().query().unwrap().to_owned();
        if query.contains("sortOrder=Desc") {
            found.reverse();
        }
        let number = |name: &str| -> usize {
            let start = query.split_once(&format!("{name}=")).unwrap().1;
            start.split('&').next().unwrap().parse().unwrap()
        };
        let (page, size) = (number("pageOffset"), number("pageSize"));
        let end = ((page + 1) * size).min(self.results_max);
        FoundInvoices {
            has_more: found.len() > end,
            is_truncated: found.len() > end && end == self.results_max,
            permanent_storage_hwm_date: None,
            invoices: found.into_iter().take(end).skip(page * size).collect(),
        }
    }
}

fn walk(
    server: &mut Server,
    range: DateRange,
    order: SortOrder,
) -> Result<Vec<InvoiceMetadata>, Error> {
    let filters = InvoiceFilters::new(SubjectRole::Buyer, range);
    let search = InvoiceSearch::new(filters)
        .with_sort_order(order)
        .with_page_size(10);
    let mut walk = Walk::new(search, server.now);
    let mut all = Vec::new();
    while let Some(request) = walk.request()? {
        assert!(server.requests < 10_000, "it goes on for ever");
        all.extend(walk.take(server.answer(&request))?);
    }
    Ok(all)
}

/// Both orders show every invoice of the range exactly once and in order.
fn check(server: &mut Server, range: DateRange) {
    for order in [SortOrder::Ascending, SortOrder::Descending] {
        let found = walk(server, range.clone(), order.clone()).unwrap();
        assert_eq!(found.len(), server.invoices.len(), "{order}");
        let mut numbers: Vec<_> = found.iter().map(|it| it.ksef_number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), found.len(), "{order}");
        let dates = found.iter().map(|it| match range.date_type {
            DateType::Issue => start_of(it.issue_date, TimeZone::UTC),
            _ => it.permanent_storage_date,
        });
        let dates: Vec<_> = match order {
            SortOrder::Ascending => dates.collect(),
            _ => dates.rev().collect(),
        };
        assert!(dates.is_sorted(), "{order}: {dates:?}");
    }
}

fn every(step: SignedDuration, count: i32) -> impl Iterator<Item = Timestamp> {
    let start = at("2026-01-01T00:00:00Z");
    (0..count).map(move |index| start + step * index)
}

#[test]
fn a_year_is_walked_in_pieces() {
    for range in [
        DateRange::since(DateType::PermanentStorage, at("2026-01-01T00:00:00Z")),
        DateRange::between(
            DateType::PermanentStorage,
            at("2025-06-01T00:00:00Z"),
            at("2026-11-21T07:00:00Z"),
        ),
    ] {
        // One of them lies exactly on the seam of two pieces, 100 days after the first.
        let mut server = Server::new(every(SignedDuration::from_hours(24), 324), 1_000);
        check(&mut server, range);
    }
}

#[test]
fn exactly_as_many_as_are_shown_and_more() {
    for (count, requests) in [(20, 2), (21, 3), (40, 5), (57, 6)] {
        let mut server = Server::new(every(SignedDuration::from_mins(1), count), 20);
        let range = DateRange::between(
            DateType::PermanentStorage,
            at("2026-01-01T00:00:00Z"),
            at("2026-01-02T00:00:00Z"),
        );
        check(&mut server, range.clone());
        server.requests = 0;
        walk(&mut server, range, SortOrder::Ascending).unwrap();
        assert_eq!(server.requests, requests, "{count}");
    }
}

#[test]
fn invoices_of_one_instant_stay_together_over_a_seam() {
    // Seven of each instant: the seam of twenty falls among them.
    for unwritten in [0, 100, 999] {
        let dates = every(SignedDuration::from_mins(1), 9).flat_map(|date| [date; 7]);
        let mut server = Server::new(dates, 20);
        server.unwritten = SignedDuration::from_nanos(unwritten);
        check(
            &mut server,
            DateRange::since(DateType::PermanentStorage, at("2025-12-01T00:00:00Z")),
        );
    }
}

#[test]
fn more_of_one_instant_than_are_shown_is_an_error_and_not_the_end() {
    for order in [SortOrder::Ascending, SortOrder::Descending] {
        let dates = every(SignedDuration::from_mins(1), 3).flat_map(|date| [date; 21]);
        let mut server = Server::new(dates, 20);
        let range = DateRange::between(
            DateType::PermanentStorage,
            at("2025-12-31T00:00:00Z"),
            at("2026-01-02T00:00:00Z"),
        );
        let error = walk(&mut server, range, order).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::TooManyOfOneDate { date } if date.starts_with("2026-01-01T00:0")),
            "{error}"
        );
    }
}

#[test]
fn days_of_issue_are_whole_however_the_server_reads_them() {
    for reads_days_in_utc in [false, true] {
        // Five a day, and the seam of twenty falls among them.
        let dates = every(SignedDuration::from_hours(24), 150).flat_map(|date| [date; 5]);
        let mut server = Server::new(dates, 18);
        server.reads_days_in_utc = reads_days_in_utc;
        check(
            &mut server,
            DateRange::since(DateType::Issue, at("2025-12-30T15:30:00Z")),
        );
    }
}

#[test]
fn an_open_range_stays_open_to_the_server_s_now() {
    let now = at("2026-11-21T08:00:00Z");
    let range = DateRange::since(DateType::PermanentStorage, at("2026-11-01T00:00:00Z"));
    for order in [SortOrder::Ascending, SortOrder::Descending] {
        let filters = InvoiceFilters::new(SubjectRole::Seller, range.clone());
        let walk = Walk::new(InvoiceSearch::new(filters).with_sort_order(order), now);
        assert_eq!(
            walk.range,
            Some(Range {
                from: range.from,
                to: None
            })
        );
    }
}

#[test]
fn a_server_that_has_more_and_shows_nothing_is_not_believed() {
    let range = DateRange::since(DateType::Invoicing, at("2026-11-01T00:00:00Z"));
    let search = InvoiceSearch::new(InvoiceFilters::new(SubjectRole::Seller, range));
    let mut walk = Walk::new(search, at("2026-11-21T08:00:00Z"));
    let found = FoundInvoices {
        has_more: true,
        ..FoundInvoices::default()
    };
    assert!(matches!(
        walk.take(found).unwrap_err().kind(),
        ErrorKind::Protocol
    ));
}
