//! Which invoices are taken: seller, kind and number of every accepted one, over all contexts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

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

    /// Notes an accepted invoice. Of two that had the same key, years apart, the one that blocks it longer counts, in
    /// whichever order they are noted.
    pub(crate) fn take(&mut self, key: DuplicateKey, original: Original) {
        let rank = |original: &Original| (original.blocks_until, original.ksef_number);
        match self.taken.entry(key) {
            Entry::Occupied(mut known) if rank(known.get()) < rank(&original) => {
                known.insert(original);
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(place) => {
                place.insert(original);
            }
        }
    }
}

/// Full years for which a number stays taken after the end of the year of issue.
const YEARS: i16 = 10;

#[cfg(test)]
mod tests {
    use ksef_core::nip::Nip;
    use ksef_invoice::metadata::InvoiceKind;

    use super::*;

    fn key() -> DuplicateKey {
        DuplicateKey {
            seller: Nip::parse("5265877635").unwrap(),
            kind: InvoiceKind::Basic,
            number: "FV/1".to_owned(),
        }
    }

    fn original(issued: Date) -> Original {
        let number = KsefNumber::parse("5265877635-20250826-0100001AF629-AF").unwrap();
        let session = SessionRef::parse("20250925-SO-2F67776000-97273B191A-65").unwrap();
        Original::new(number, session, issued)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_later_of_two_blocks_in_whichever_order_they_come() {
        let mut both = [original(date(2026, 3, 1)), original(date(2037, 3, 1))];
        for _ in 0..2 {
            let mut duplicates = Duplicates::default();
            for one in both {
                duplicates.take(key(), one);
            }
            let now = at("2040-01-01T00:00:00Z");
            assert!(duplicates.original(&key(), now).is_some());
            both.reverse();
        }
    }

    #[test]
    fn a_number_is_free_again_after_ten_full_years() {
        let key = key();
        let mut duplicates = Duplicates::default();
        duplicates.take(key.clone(), original(date(2026, 3, 1)));
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
