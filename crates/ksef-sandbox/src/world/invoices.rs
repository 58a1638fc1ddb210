//! Invoices sent in sessions.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::InvoiceMetadata;
use ksef_api::ops::sessions::InvoiceStatusInfo;
use ksef_api::status::InvoiceStatus;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::reference::{InvoiceRef, SessionRef};
use ksef_invoice::metadata::InvoiceKind;
use ksef_invoice::semantics::{DuplicateKey, InvoicingMode};
use serde::{Deserialize, Serialize};

use super::description::{self, Reception};
use super::documents::{Document, DocumentName};
use super::duplicates::{Duplicates, Original};
use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};
use crate::{numbers, random};

/// An invoice of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceRecord {
    pub(crate) reference: InvoiceRef,
    pub(crate) session: SessionRef,
    /// Context of the session.
    pub(crate) context: ContextIdentifier,
    /// Place in the session, from 1.
    pub(crate) ordinal: u32,
    /// Declared SHA-256 of the XML.
    pub(crate) hash: Sha256Digest,
    /// Declared size of the XML in bytes.
    pub(crate) size: u64,
    /// When it was received.
    pub(crate) received: Timestamp,
    pub(crate) is_declared_offline: bool,
    /// The rejected invoice that it corrects technically.
    pub(crate) corrects: Option<Sha256Digest>,
    pub(crate) status: InvoiceStatusInfo,
    /// The seller's number, once it could be read.
    pub(crate) number: Option<String>,
    /// Name of its file in the package, of a batch session.
    #[serde(default)]
    pub(crate) file_name: Option<String>,
    /// What acceptance gave it.
    pub(crate) acceptance: Option<Acceptance>,
}

/// What an accepted invoice has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Acceptance {
    pub(crate) ksef_number: KsefNumber,
    /// When the number was given.
    pub(crate) acquired: Timestamp,
    /// When it was stored for good; `None` until then.
    pub(crate) stored: Option<Timestamp>,
    pub(crate) is_offline: bool,
    pub(crate) seller: Nip,
    /// Wire name of its kind (`RodzajFaktury`).
    pub(crate) kind: String,
    pub(crate) issued: Date,
    /// Who may read it: seller, buyer, third and authorised parties.
    pub(crate) parties: Vec<ContextIdentifier>,
    /// From when on it can be found, when that is later than its storing.
    #[serde(default)]
    pub(crate) visible: Option<Timestamp>,
    /// Its metadata as of acceptance.
    #[serde(default)]
    pub(crate) described: Option<Box<InvoiceMetadata>>,
}

impl Acceptance {
    /// How it was registered.
    pub(crate) fn mode(&self) -> InvoicingMode {
        if self.is_offline {
            InvoicingMode::Offline
        } else {
            InvoicingMode::Online
        }
    }
}

impl InvoiceRecord {
    /// Whether its processing has not ended.
    pub(crate) fn is_pending(&self) -> bool {
        self.status.code < InvoiceStatus::Accepted.code()
    }

    /// Whether it was rejected.
    pub(crate) fn is_failed(&self) -> bool {
        self.status.code > InvoiceStatus::Accepted.code()
    }

    /// Whether somebody who works in `context` may read it: the sender and the parties.
    pub(crate) fn is_visible_to(&self, context: &ContextIdentifier) -> bool {
        let parties = self
            .acceptance
            .as_ref()
            .map_or(&[][..], |acceptance| &acceptance.parties);
        self.context == *context
            || parties.contains(context)
            || matches!(context, ContextIdentifier::NipVatUe(_))
                && context
                    .nip()
                    .is_some_and(|nip| parties.contains(&nip.into()))
    }

    /// Its metadata, when it was accepted; see [`Self::metadata`] for what is answered.
    pub(crate) fn described(&self) -> Option<&InvoiceMetadata> {
        self.acceptance.as_ref()?.described.as_deref()
    }

    /// When it was stored for good.
    pub(crate) fn stored(&self) -> Option<Timestamp> {
        self.acceptance.as_ref()?.stored
    }

    /// Whether queries and exports find it at `now`.
    pub(crate) fn is_searchable(&self, now: Timestamp) -> bool {
        self.acceptance.as_ref().is_some_and(|acceptance| {
            acceptance.stored.is_some() && acceptance.visible.is_none_or(|visible| visible <= now)
        })
    }

    /// Its metadata, when it was stored.
    pub(crate) fn metadata(&self) -> Option<InvoiceMetadata> {
        let stored = self.stored()?;
        let mut metadata = self.described()?.clone();
        metadata.permanent_storage_date = stored;
        Some(metadata)
    }

    fn duplicate_key(&self) -> Option<(DuplicateKey, Original)> {
        let acceptance = self.acceptance.as_ref()?;
        let key = DuplicateKey {
            seller: acceptance.seller,
            kind: InvoiceKind::from_wire(&acceptance.kind),
            number: self.number.clone()?,
        };
        Some((
            key,
            Original::new(acceptance.ksef_number, self.session, acceptance.issued),
        ))
    }
}

impl Record for InvoiceRecord {
    const TABLE: &'static str = "invoices";
    type Key = InvoiceRef;

    fn key(&self) -> InvoiceRef {
        self.reference
    }
}

/// All invoices.
#[derive(Debug, Default)]
pub(crate) struct Invoices {
    rows: Collection<InvoiceRecord>,
    documents: Collection<Document>,
    /// By session, in the order of their arrival.
    by_session: HashMap<SessionRef, Vec<InvoiceRef>>,
    by_number: HashMap<KsefNumber, InvoiceRef>,
    /// Accepted ones by everybody who may find them, in the order of their acceptance.
    by_context: HashMap<ContextIdentifier, Vec<InvoiceRef>>,
    by_hash: HashMap<Sha256Digest, Vec<InvoiceRef>>,
    corrections: HashMap<Sha256Digest, Vec<InvoiceRef>>,
    duplicates: Duplicates,
    /// Sequence of the last KSeF number.
    last_sequence: u64,
    /// The latest instant of storing.
    last_stored: Option<Timestamp>,
}

impl Invoices {
    /// What the store holds.
    ///
    /// # Errors
    /// A store that cannot be read, or holds something else.
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let mut invoices = Self {
            rows: Collection::load(loader)?,
            documents: Collection::load(loader)?,
            ..Self::default()
        };
        let mut rows: Vec<_> = invoices.rows.values().cloned().collect();
        rows.sort_by_key(|row| row.ordinal);
        for row in &mut rows {
            invoices.complete(row);
            invoices.index_arrival(row);
            invoices.index_acceptance(row);
        }
        Ok(invoices)
    }

    pub(crate) fn get(&self, reference: &InvoiceRef) -> Option<&InvoiceRecord> {
        self.rows.get(reference)
    }

    pub(crate) fn contains(&self, reference: &InvoiceRef) -> bool {
        self.rows.contains(reference)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A reference that no invoice has.
    pub(crate) fn fresh_reference(&self, now: Timestamp) -> InvoiceRef {
        loop {
            let (date, high, low) = random::reference_parts(now);
            let reference = InvoiceRef::generate(date, high, low);
            if !self.contains(&reference) {
                return reference;
            }
        }
    }

    /// All invoices in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &InvoiceRecord> {
        self.rows.values()
    }

    /// The accepted invoice with this KSeF number.
    pub(crate) fn by_number(&self, number: &KsefNumber) -> Option<&InvoiceRecord> {
        self.rows.get(self.by_number.get(number)?)
    }

    /// The accepted invoices that somebody who works in `context` may find, in the order of their acceptance.
    pub(crate) fn of_context(
        &self,
        context: &ContextIdentifier,
    ) -> impl Iterator<Item = &InvoiceRecord> {
        // An EU entity finds invoices of the taxpayer that it is paired with.
        let context = match (context, context.nip()) {
            (ContextIdentifier::NipVatUe(_), Some(nip)) => ContextIdentifier::Nip(nip),
            _ => *context,
        };
        let list = self.by_context.get(&context).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|reference| self.rows.get(reference))
    }

    /// The invoices of a session in the order of their arrival, from the one with the ordinal number `from` on.
    pub(crate) fn of_session(
        &self,
        session: &SessionRef,
        from: u32,
    ) -> impl Iterator<Item = &InvoiceRecord> {
        let skipped = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        let list = self.by_session.get(session).map_or(&[][..], Vec::as_slice);
        list.iter()
            .skip(skipped)
            .filter_map(|reference| self.rows.get(reference))
    }

    /// The invoices with this content, sent by `context`.
    pub(crate) fn with_hash(
        &self,
        context: &ContextIdentifier,
        hash: &Sha256Digest,
    ) -> impl Iterator<Item = &InvoiceRecord> {
        self.listed(&self.by_hash, hash, *context)
    }

    /// The technical corrections of the invoice with this hash, sent by `context`.
    pub(crate) fn corrections_of(
        &self,
        context: &ContextIdentifier,
        hash: &Sha256Digest,
    ) -> impl Iterator<Item = &InvoiceRecord> {
        self.listed(&self.corrections, hash, *context)
    }

    /// The accepted invoice that blocks `key`.
    pub(crate) fn original(&self, key: &DuplicateKey, now: Timestamp) -> Option<&Original> {
        self.duplicates.original(key, now)
    }

    /// A document.
    pub(crate) fn document(&self, name: &DocumentName) -> Option<&Document> {
        self.documents.get(name)
    }

    /// Adds a received invoice with its ciphertext.
    pub(crate) fn receive(
        &mut self,
        changes: &mut Changes,
        invoice: InvoiceRecord,
        sealed: Document,
    ) {
        self.index_arrival(&invoice);
        self.documents.insert(changes, sealed);
        self.rows.insert(changes, invoice);
    }

    /// Adds an invoice that was rejected before it was processed.
    pub(crate) fn receive_rejected(&mut self, changes: &mut Changes, invoice: InvoiceRecord) {
        self.index_arrival(&invoice);
        self.rows.insert(changes, invoice);
    }

    /// Shows that an invoice is being processed.
    pub(crate) fn begin(&mut self, changes: &mut Changes, reference: &InvoiceRef) {
        self.rows.update(changes, reference, |invoice| {
            if invoice.is_pending() {
                invoice.status = InvoiceStatusInfo::of(InvoiceStatus::Processing);
            }
        });
    }

    /// Rejects an invoice; its content is forgotten.
    pub(crate) fn reject(
        &mut self,
        changes: &mut Changes,
        reference: &InvoiceRef,
        status: InvoiceStatusInfo,
        number: Option<String>,
    ) {
        self.forget_content(changes, reference);
        self.rows.update(changes, reference, |invoice| {
            invoice.status = status;
            invoice.number = number;
        });
    }

    /// Sequence of the last KSeF number.
    pub(crate) fn last_sequence(&self) -> u64 {
        self.last_sequence
    }

    /// Gives no KSeF number of a sequence up to this one.
    pub(crate) fn go_on_from(&mut self, sequence: u64) {
        self.last_sequence = self.last_sequence.max(sequence);
    }

    /// The next KSeF number for an invoice of `seller` received at `received`.
    pub(crate) fn next_number(&mut self, seller: Nip, received: Timestamp) -> KsefNumber {
        self.last_sequence += 1;
        numbers::ksef_number(seller, received, self.last_sequence)
    }

    /// Accepts an invoice and keeps its XML.
    pub(crate) fn accept(
        &mut self,
        changes: &mut Changes,
        reference: &InvoiceRef,
        acceptance: Acceptance,
        number: String,
        xml: Document,
    ) {
        self.forget_content(changes, reference);
        self.documents.insert(changes, xml);
        self.rows.update(changes, reference, |invoice| {
            invoice.status = InvoiceStatusInfo::of(InvoiceStatus::Accepted);
            invoice.number = Some(number);
            invoice.acceptance = Some(acceptance);
        });
        if let Some(row) = self.rows.get(reference).cloned() {
            self.index_acceptance(&row);
        }
    }

    /// Notes that an accepted invoice is stored for good. It can be found at once, or `delay` later. No two invoices
    /// are stored at the same instant: whoever pages by these dates must not meet more of one than a page holds. A clock
    /// that was set back is followed.
    pub(crate) fn store(
        &mut self,
        changes: &mut Changes,
        reference: &InvoiceRef,
        now: Timestamp,
        delay: SignedDuration,
    ) {
        let behind = self
            .last_stored
            .filter(|last| last.duration_since(now) < SET_BACK_MIN);
        let earliest = behind
            .and_then(|last| last.checked_add(STORING_STEP).ok())
            .map_or(now, |next| next.max(now));
        self.store_at(changes, reference, earliest, delay);
    }

    /// The same at `now`, whatever was stored then already.
    pub(crate) fn store_at(
        &mut self,
        changes: &mut Changes,
        reference: &InvoiceRef,
        now: Timestamp,
        delay: SignedDuration,
    ) {
        let last = &mut self.last_stored;
        self.rows.update(changes, reference, |invoice| {
            if let Some(acceptance) = &mut invoice.acceptance
                && acceptance.stored.is_none()
            {
                let stored = later(now, acceptance.acquired);
                *last = Some(stored);
                acceptance.stored = Some(stored);
                acceptance.visible = stored.checked_add(delay).ok();
            }
        });
    }

    /// Keeps a document unless there is one of this name, and returns the one that is kept.
    pub(crate) fn keep(&mut self, changes: &mut Changes, document: Document) -> Document {
        if let Some(kept) = self.documents.get(&document.name()) {
            return kept.clone();
        }
        self.documents.insert(changes, document.clone());
        document
    }

    fn listed<'a>(
        &'a self,
        index: &'a HashMap<Sha256Digest, Vec<InvoiceRef>>,
        hash: &Sha256Digest,
        context: ContextIdentifier,
    ) -> impl Iterator<Item = &'a InvoiceRecord> {
        let list = index.get(hash).map_or(&[][..], Vec::as_slice);
        list.iter()
            .filter_map(|reference| self.rows.get(reference))
            .filter(move |invoice| invoice.context == context)
    }

    /// What was received is not needed any more.
    fn forget_content(&mut self, changes: &mut Changes, reference: &InvoiceRef) {
        for name in [
            DocumentName::Sealed(*reference),
            DocumentName::Received(*reference),
        ] {
            self.documents.remove(changes, &name);
        }
    }

    /// Reads the metadata of an invoice that was accepted by a program which did not keep them.
    fn complete(&mut self, invoice: &mut InvoiceRecord) {
        let Some(acceptance) = &mut invoice.acceptance else {
            return;
        };
        let name = DocumentName::Invoice(invoice.reference);
        let (None, Some(xml)) = (&acceptance.described, self.documents.get(&name)) else {
            return;
        };
        let reception = Reception {
            ksef_number: acceptance.ksef_number,
            received: invoice.received,
            acquired: acceptance.acquired,
            mode: acceptance.mode().wire_name(),
            hash: invoice.hash,
            corrects: invoice.corrects,
        };
        acceptance.described = description::describe_xml(xml.bytes(), &reception).map(Box::new);
        self.rows.replace(invoice.clone());
    }

    fn index_arrival(&mut self, invoice: &InvoiceRecord) {
        self.by_session
            .entry(invoice.session)
            .or_default()
            .push(invoice.reference);
        self.by_hash
            .entry(invoice.hash)
            .or_default()
            .push(invoice.reference);
        if let Some(corrected) = invoice.corrects {
            self.corrections
                .entry(corrected)
                .or_default()
                .push(invoice.reference);
        }
    }

    fn index_acceptance(&mut self, invoice: &InvoiceRecord) {
        let Some(acceptance) = &invoice.acceptance else {
            return;
        };
        self.by_number
            .insert(acceptance.ksef_number, invoice.reference);
        let mut contexts = acceptance.parties.clone();
        contexts.push(invoice.context);
        contexts.sort_unstable();
        contexts.dedup();
        for context in contexts {
            let list = self.by_context.entry(context).or_default();
            list.push(invoice.reference);
        }
        self.go_on_from(numbers::sequence_of(&acceptance.ksef_number).unwrap_or(0));
        self.last_stored = self.last_stored.max(acceptance.stored);
        if let Some((key, original)) = invoice.duplicate_key() {
            self.duplicates.take(key, original);
        }
    }
}

/// The instant of storing: always later than that of the number.
fn later(now: Timestamp, acquired: Timestamp) -> Timestamp {
    let next = acquired
        .checked_add(SignedDuration::from_micros(1))
        .unwrap_or(acquired);
    now.max(next)
}

/// What lies between two instants of storing at least: wide enough that windows which overlap by some microseconds,
/// because the server may round, hold the same invoice and not a whole small package again; narrow enough that storing
/// does not get ahead of the clock.
const STORING_STEP: SignedDuration = SignedDuration::from_micros(20);
/// A clock this far behind the last storing was set back, and is followed; the steps of storing never get that far ahead of it.
const SET_BACK_MIN: SignedDuration = SignedDuration::from_mins(1);
