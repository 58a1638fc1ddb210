//! Which invoices are taken: seller, kind and number of every accepted one, over all contexts.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use ksef_core::calendar::warsaw_date;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::SessionRef;
use ksef_invoice::semantics::DuplicateKey;

/// The accepted invoice that took a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) ksef_number: KsefNumber,
    pub(crate) session: SessionRef,
    /// Last day on which it still blocks the number.
    blocks_until: Date,
}

impl Original {
    /// An accepted invoice issued on `issued`: it blocks its number for ten full years after the year of issue.
    pub(crate) fn new(ksef_number: KsefNumber, session: SessionRef, issued: Date) -> Self {
        let year = issued.year().saturating_add(YEARS).min(9998);
        Self {
            ksef_number,
            session,
            blocks_until: date(year, 12, 31),
        }
    }
}

/// Accepted invoices by what makes two invoices the same. Derived from the invoices when the world is opened.
#[derive(Debug, Default)]
pub(crate) struct Duplicates {
    taken: HashMap<DuplicateKey, Original>,
}

impl Duplicates {
    /// The accepted invoice that blocks `key` at `now`.
    pub(crate) fn original(&self, key: &DuplicateKey, now: Timestamp) -> Option<&Original> {
        self.taken
            .get(key)
            .filter(|original| warsaw_date(now) <= original.blocks_until)
    }

    /// Notes an accepted invoice.
    pub(crate) fn take(&mut self, key: DuplicateKey, original: Original) {
        self.taken.insert(key, original);
    }
}

/// Full years for which a number stays taken after the end of the year of issue.
const YEARS: i16 = 10;

#[cfg(test)]
mod tests {
    use ksef_core::nip::Nip;
    use ksef_invoice::metadata::InvoiceKind;

    use super::*;

    #[test]
    fn a_number_is_free_again_after_ten_full_years() {
        let key = DuplicateKey {
            seller: Nip::parse("5265877635").unwrap(),
            kind: InvoiceKind::Basic,
            number: "FV/1".to_owned(),
        };
        let number = KsefNumber::parse("5265877635-20250826-0100001AF629-AF").unwrap();
        let session = SessionRef::parse("20250925-SO-2F67776000-97273B191A-65").unwrap();
        let mut duplicates = Duplicates::default();
        duplicates.take(
            key.clone(),
            Original::new(number, session, date(2026, 3, 1)),
        );
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(
            duplicates
                .original(&key, at("2036-12-31T22:59:59Z"))
                .is_some()
        );
        assert!(
            duplicates
                .original(&key, at("2036-12-31T23:00:00Z"))
                .is_none()
        );
        let other = DuplicateKey {
            kind: InvoiceKind::Correction,
            ..key
        };
        assert!(
            duplicates
                .original(&other, at("2026-03-02T00:00:00Z"))
                .is_none()
        );
    }
}
