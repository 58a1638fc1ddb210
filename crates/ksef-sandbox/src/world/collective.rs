//! Collective identifiers.

use std::collections::HashMap;

use jiff::Timestamp;
use ksef_api::ops::collective::CollectiveInvoice;
use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::context::ContextIdentifier;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};

/// One number for several invoices of a seller.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Collective {
    pub(crate) identifier: CollectiveIdentifier,
    /// The context that it was made in.
    pub(crate) context: ContextIdentifier,
    pub(crate) seller: Nip,
    pub(crate) created: Timestamp,
    pub(crate) invoices: Vec<CollectiveInvoice>,
}

impl Collective {
    /// Whether it is listed for a context: for the one that made it, and for the seller.
    pub(crate) fn is_listed_for(&self, context: &ContextIdentifier) -> bool {
        self.context == *context || *context == ContextIdentifier::Nip(self.seller)
    }
}

impl Record for Collective {
    const TABLE: &'static str = "collective_identifiers";
    type Key = CollectiveIdentifier;

    fn key(&self) -> CollectiveIdentifier {
        self.identifier
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Collectives {
    rows: Collection<Collective>,
    by_invoice: HashMap<KsefNumber, Vec<CollectiveIdentifier>>,
}

impl Collectives {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let rows: Collection<Collective> = Collection::load(loader)?;
        let mut by_invoice: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows.values() {
            for invoice in &row.invoices {
                by_invoice
                    .entry(invoice.ksef_number)
                    .or_default()
                    .push(row.identifier);
            }
        }
        Ok(Self { rows, by_invoice })
    }

    /// Adds one whose identifier is not taken.
    pub(crate) fn insert(&mut self, changes: &mut Changes, collective: Collective) {
        for invoice in &collective.invoices {
            self.by_invoice
                .entry(invoice.ksef_number)
                .or_default()
                .push(collective.identifier);
        }
        self.rows.insert(changes, collective);
    }

    pub(crate) fn get(&self, identifier: &CollectiveIdentifier) -> Option<&Collective> {
        self.rows.get(identifier)
    }

    /// All of them in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Collective> {
        self.rows.values()
    }

    /// Those that an invoice belongs to, in no order.
    pub(crate) fn of_invoice(&self, number: &KsefNumber) -> impl Iterator<Item = &Collective> {
        let list = self.by_invoice.get(number).map_or(&[][..], Vec::as_slice);
        list.iter()
            .filter_map(|identifier| self.rows.get(identifier))
    }
}
