//! Earlier invoices, and what they say about the next one.

mod entry;
mod received;
mod series;

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

pub use self::entry::Entry;

use self::series::Series;
use super::Context;
use super::report::Report;
use crate::tree::Element;

/// Which way an invoice went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Side {
    /// Issued here.
    #[default]
    Issued,
    /// Received from a seller.
    Received,
}

/// Earlier invoices, issued and received ones apart, in the order they are added.
///
/// Plain data in memory: about half a kilobyte for an invoice.
#[derive(Debug, Clone, Default)]
pub struct History {
    issued: Ledger,
    received: Ledger,
}

/// The invoices of one side with their indices.
#[derive(Debug, Clone, Default)]
struct Ledger {
    entries: Vec<Entry>,
    by_number: HashMap<(String, String, String), Vec<usize>>,
    by_seller: HashMap<String, Vec<usize>>,
    by_content: HashMap<u64, Vec<usize>>,
    /// By seller, and by number or KSeF number.
    by_name: HashMap<(String, String), usize>,
    /// By seller, and by number or KSeF number of what they correct.
    corrections: HashMap<(String, String), Vec<usize>>,
    series: Series,
}

impl History {
    /// No invoices.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an invoice. The same invoice (seller, kind and number, from the same source or with the
    /// same KSeF number) counts once.
    pub fn add(&mut self, side: Side, entry: Entry) {
        let ledger = match side {
            Side::Issued => &mut self.issued,
            Side::Received => &mut self.received,
        };
        ledger.add(entry);
    }

    /// How many invoices of a side there are.
    #[must_use]
    pub fn len(&self, side: Side) -> usize {
        self.ledger(side).entries.len()
    }

    /// Whether there is no invoice of either side.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.issued.entries.is_empty() && self.received.entries.is_empty()
    }

    fn ledger(&self, side: Side) -> &Ledger {
        match side {
            Side::Issued => &self.issued,
            Side::Received => &self.received,
        }
    }

    /// The issued invoice with this seller, kind and number that came before the one from `source`.
    pub(super) fn same_number(&self, entry: &Entry, source: Option<&str>) -> Option<&Entry> {
        let known = self.issued.by_number.get(&entry.key())?;
        self.issued.first_before(known, source)
    }

    /// What an advance invoice and its corrections come to: the one of the seller with this KSeF
    /// number, or with this number. `None` when it is not known, or is in another currency.
    pub(super) fn advance(
        &self,
        side: Side,
        seller: &str,
        reference: &str,
        currency: Option<&str>,
    ) -> Option<Decimal> {
        let ledger = self.ledger(side);
        let key = |name: &str| (seller.to_owned(), name.to_owned());
        let advance = *ledger.by_name.get(&key(reference))?;
        let names = ledger.entries.get(advance)?.names();
        let corrections = names.flat_map(|name| ledger.corrections.get(&key(name)));
        // A correction names what it corrects by both numbers.
        let found: BTreeSet<usize> = corrections.flatten().copied().chain([advance]).collect();
        found
            .iter()
            .filter_map(|index| ledger.entries.get(*index))
            .try_fold(Decimal::ZERO, |sum, entry| {
                let total = entry
                    .total
                    .filter(|_| entry.currency.as_deref() == currency)?;
                sum.checked_add(total)
            })
    }
}

impl Ledger {
    fn add(&mut self, entry: Entry) {
        let key = entry.key();
        let known = self.by_number.entry(key).or_default();
        let is_known = known
            .iter()
            .filter_map(|index| self.entries.get(*index))
            .any(|other| other.is_same_document(&entry));
        if is_known {
            return;
        }
        let index = self.entries.len();
        known.push(index);
        self.by_seller
            .entry(entry.seller().to_owned())
            .or_default()
            .push(index);
        if let Some(content) = entry.content {
            self.by_content.entry(content).or_default().push(index);
        }
        let name = |name: &str| (entry.seller().to_owned(), name.to_owned());
        for own in entry.names() {
            self.by_name.entry(name(own)).or_insert(index);
        }
        for other in &entry.corrected {
            let known = self.corrections.entry(name(other)).or_default();
            known.push(index);
        }
        self.series.add(&entry);
        self.entries.push(entry);
    }

    /// The first of `known` that is not from `source`; none when `source` comes first.
    fn first_before(&self, known: &[usize], source: Option<&str>) -> Option<&Entry> {
        let first = known.iter().find_map(|index| self.entries.get(*index))?;
        (source.is_none() || first.source.as_deref() != source).then_some(first)
    }

    /// The last entries of a seller, the newest first.
    fn last_of_seller(&self, seller: &str) -> impl Iterator<Item = &Entry> {
        self.by_seller
            .get(seller)
            .into_iter()
            .flatten()
            .rev()
            .take(LOOK_BACK)
            .filter_map(|index| self.entries.get(*index))
    }
}

/// The rules about an invoice among its seller's others.
pub(super) fn check(
    root: Element<'_>,
    entry: &Entry,
    history: &History,
    context: &Context<'_>,
    report: &mut Report,
) {
    match context.side {
        Side::Issued => series::check(root, entry, &history.issued, report),
        Side::Received => received::check(root, entry, &history.received, context, report),
    }
}

/// How many of a seller's invoices say what is usual.
const LOOK_BACK: usize = 50;
