//! `POST /invoices/query/metadata`.

use ksef_api::ops::invoices::{DateType, FoundInvoices, SortOrder};

use super::filter;
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::invoices::InvoiceRecord;
use crate::world::search::{Search, can_have_role};

pub(super) fn query(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let body = call.json_object()?;
    let mut violations = Violations::default();
    let page = Page::read(call, &mut violations);
    let filters = filter::read(&Fields::of(&body), &mut violations, call.now);
    violations.done()?;
    let filters = filters.ok_or_else(|| Failure::status(500, "a violation was not reported"))?;
    if !can_have_role(&caller.context, &filters.subject_type) {
        // The contract has a code for this on exports only.
        return Err(Failure::invalid(vec![format!(
            "Nie można wyszukać faktur dla wybranego podmiotu ({}) i zalogowanego identyfikatora kontekstu ({}).",
            filters.subject_type,
            caller.context.kind()
        )]));
    }
    let hwm = call.app.hwm(call.now);
    let range = &filters.date_range;
    let mut to = range.to.unwrap_or(call.now);
    if filter::is_restricted(range) {
        if range.from > hwm {
            return Err(Failure::detailed(21183, BEHIND_HWM));
        }
        to = to.min(hwm);
    }
    let search = Search {
        context: &caller.context,
        filters: &filters,
        to,
    };
    let answer = call.app.world.read(|state| {
        let found = search.run(state, call.now);
        let hwm = (range.date_type == DateType::PermanentStorage).then(|| hwm.min(to));
        FoundInvoices {
            permanent_storage_hwm_date: hwm,
            ..page.cut(&found)
        }
    });
    Reply::json(call, &answer)
}

/// Which piece of the list is asked for.
#[derive(Debug)]
struct Page {
    is_descending: bool,
    first: usize,
    size: usize,
    /// Invoices that are shown altogether.
    results_max: usize,
}

impl Page {
    fn read(call: &Call, violations: &mut Violations) -> Self {
        let order = call.query.choice(violations, "sortOrder", |text| {
            Some(SortOrder::from_name(text)).filter(SortOrder::is_known)
        });
        let bounds = 0..=i64::from(i32::MAX);
        let index = call.query.integer(violations, "pageOffset", bounds, 0);
        let size = call.query.page_size(violations, 10..=250);
        let results_max =
            usize::try_from(call.app.config.bounds.query_results_max).unwrap_or(usize::MAX);
        let first = usize::try_from(index)
            .unwrap_or(usize::MAX)
            .saturating_mul(size);
        if index > 0 && first >= results_max {
            // How the server refuses a page beyond what it shows is not published.
            violations.add(format!(
                "'pageOffset' must not lead beyond the first {results_max} results. You entered {index}."
            ));
        }
        Self {
            is_descending: order == Some(SortOrder::Descending),
            first,
            size,
            results_max,
        }
    }

    /// The page, and whether there is more behind it: more to be shown, or more than is shown.
    fn cut(&self, found: &[&InvoiceRecord]) -> FoundInvoices {
        let end = self
            .first
            .saturating_add(self.size)
            .min(self.results_max)
            .min(found.len());
        let has_more = end < found.len();
        let metadata = |index: usize| {
            let index = if self.is_descending {
                found.len() - 1 - index
            } else {
                index
            };
            found.get(index)?.metadata()
        };
        FoundInvoices {
            has_more,
            is_truncated: has_more && end >= self.results_max,
            permanent_storage_hwm_date: None,
            invoices: (self.first..end).filter_map(metadata).collect(),
        }
    }
}

/// Detail of the refusal of a range that begins behind the high-water mark.
pub(crate) const BEHIND_HWM: &str = "Parametr dateRange.from jest późniejszy niż PermanentStorageHwmDate przy włączonym restrictToPermanentStorageHwmDate.";
