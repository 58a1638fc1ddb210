//! What a journal means: the state of every invoice and session. Pure: an event in, a state out.
//!
//! ```text
//! planned ──sending──▶ unknown ──sent / found──▶ sent ──accepted──▶ accepted (final)
//!    ▲                    │                      │ └───rejected──▶ rejected ──retry requested──▶ planned
//!    └──not sent / absent─┘◀──────returned───────┘
//! ```
//! An acceptance is never taken back, whatever comes after it.
//!
//! In a package, an invoice waits until the package's session is about to be closed; from then on KSeF may have it:
//! ```text
//! planned ──packed──▶ packed ──session closing──▶ awaited ──found──▶ sent, as above
//!    ▲                  │                           │
//!    └──────package dropped, absent, returned───────┘
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef};

use super::journal::event::{Accepted, Event, Issued, Planned, Receipt, Rejected};

/// Everything known about one (environment, context).
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    invoices: HashMap<Sha256Digest, Invoice>,
    sessions: BTreeMap<SessionRef, Session>,
    packages: BTreeMap<u64, Package>,
    numbers: HashMap<KsefNumber, Sha256Digest>,
}

/// What is known about an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Invoice {
    /// What was to be sent.
    pub(crate) planned: Option<Planned>,
    /// How it was issued without KSeF, when it was.
    pub(crate) issued: Option<Issued>,
    /// Why its issuing was taken back, when it was.
    pub(crate) cancelled: Option<String>,
    /// The rejected invoice that it corrects technically.
    pub(crate) corrects: Option<Sha256Digest>,
    /// Its technical corrections, in their order.
    pub(crate) corrected_by: Vec<Sha256Digest>,
    /// Sessions it was sent in without an answer.
    pub(crate) unknown: Vec<SessionRef>,
    /// The session and name under which KSeF took it.
    pub(crate) sent: Option<(SessionRef, InvoiceRef)>,
    /// The package that it is in, or was in last.
    pub(crate) package: Option<u64>,
    /// Where it is on its way in a package.
    pub(crate) packed: Option<Packed>,
    /// Code and word with which KSeF last gave it back unjudged.
    pub(crate) returned: Option<(i32, String)>,
    /// The end, when there is one.
    pub(crate) verdict: Option<Verdict>,
    /// Where its UPO is.
    pub(crate) receipt: Option<Receipt>,
}

/// How far a package has come with an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packed {
    /// The package is not closed: KSeF does not look into it.
    Waiting(u64),
    /// Its session is closed, or may be: KSeF will decide.
    Awaited(SessionRef),
}

/// How it ended for an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It has a KSeF number.
    Accepted(Accepted),
    /// It was refused.
    Rejected(Rejected),
}

/// What is to be done next with an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send it: no session has it and none may have it.
    Send,
    /// Look it up in these sessions before anything else.
    Reconcile(Vec<SessionRef>),
    /// Bring this package to its end, or drop it.
    Package(u64),
    /// Wait for the end of this batch session, then look it up there.
    Await(SessionRef),
    /// Ask for its status.
    Poll(SessionRef, InvoiceRef),
    /// Nothing: it is final.
    Nothing,
}

/// What is known about a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Which documents it takes.
    pub(crate) form: Option<FormCode>,
    /// When KSeF closes it by itself.
    pub(crate) valid_until: Option<Timestamp>,
    /// The package that it is for; `None` for an interactive session.
    pub(crate) package: Option<u64>,
    /// Whether closing it was begun.
    pub(crate) closing: bool,
    /// Whether it takes no more invoices.
    pub(crate) closed: bool,
    /// Its final status: code and word.
    pub(crate) ended: Option<(i32, String)>,
    /// Where the pages of its UPO are.
    pub(crate) receipts: Vec<String>,
}

/// Invoices that go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// Which documents it holds.
    pub(crate) form: FormCode,
    /// Whether they are declared as issued offline.
    pub(crate) offline: bool,
    /// How many it was to hold.
    pub(crate) count: usize,
    /// Its invoices, in their order.
    pub(crate) invoices: Vec<Sha256Digest>,
    /// Its session, the newest when there were several.
    pub(crate) session: Option<SessionRef>,
    /// Which parts that session has.
    pub(crate) uploaded: BTreeSet<u32>,
    /// Whether it was given up.
    pub(crate) dropped: bool,
}

impl Package {
    /// Whether every line about it was written.
    pub(crate) fn is_whole(&self) -> bool {
        self.invoices.len() == self.count
    }
}

impl Invoice {
    /// How it was issued without KSeF, unless that was taken back.
    pub(crate) fn in_force(&self) -> Option<&Issued> {
        self.issued.as_ref().filter(|_| self.cancelled.is_none())
    }

    /// Whether it was issued, or is declared as issued, without KSeF.
    pub(crate) fn is_offline(&self) -> bool {
        let is_declared = self.planned.as_ref().is_some_and(|planned| planned.offline);
        self.issued.is_some() || self.corrects.is_some() || is_declared
    }

    /// What is to be done next.
    pub(crate) fn next(&self) -> Next {
        match (&self.verdict, self.sent) {
            (Some(_), _) => Next::Nothing,
            (None, Some((session, invoice))) => Next::Poll(session, invoice),
            (None, None) if !self.unknown.is_empty() => Next::Reconcile(self.unknown.clone()),
            (None, None) => match self.packed {
                Some(Packed::Waiting(package)) => Next::Package(package),
                Some(Packed::Awaited(session)) => Next::Await(session),
                None => Next::Send,
            },
        }
    }

    /// The verdict names the place; of a package no word about sending came before.
    fn judged_in(&mut self, place: Option<(SessionRef, InvoiceRef)>) {
        self.sent = self.sent.or(place);
    }

    /// The session said that it has nothing of it, or has given it back.
    fn leave(&mut self, session: SessionRef) {
        self.unknown.retain(|other| *other != session);
        if self.packed == Some(Packed::Awaited(session)) {
            self.packed = None;
        }
    }
}

impl Ledger {
    /// What is known about the invoice with this hash; the default when nothing is.
    pub(crate) fn invoice(&self, hash: &Sha256Digest) -> Invoice {
        self.invoices.get(hash).cloned().unwrap_or_default()
    }

    /// Every invoice, in no order.
    pub(crate) fn invoices(&self) -> impl Iterator<Item = (&Sha256Digest, &Invoice)> {
        self.invoices.iter()
    }

    /// The hash of the invoice that was accepted with this number, when it is one of these.
    pub(crate) fn accepted_as(&self, number: &KsefNumber) -> Option<Sha256Digest> {
        self.numbers.get(number).copied()
    }

    /// Every session.
    pub(crate) fn sessions(&self) -> BTreeMap<SessionRef, Session> {
        self.sessions.clone()
    }

    /// Interactive sessions that may still be open.
    pub(crate) fn open_sessions(&self) -> Vec<SessionRef> {
        self.sessions_where(|session| {
            session.package.is_none() && !session.closed && session.ended.is_none()
        })
    }

    /// A package.
    pub(crate) fn package(&self, package: u64) -> Option<Package> {
        self.packages.get(&package).cloned()
    }

    /// A session.
    pub(crate) fn session_of(&self, session: SessionRef) -> Option<&Session> {
        self.sessions.get(&session)
    }

    /// The number for the next package.
    pub(crate) fn next_package(&self) -> u64 {
        let last = self.packages.last_key_value().map_or(0, |(last, _)| *last);
        last.saturating_add(1)
    }

    /// Packages that were neither closed nor dropped.
    pub(crate) fn open_packages(&self) -> Vec<u64> {
        let is_open = |package: &Package| {
            let session = package.session.and_then(|name| self.sessions.get(&name));
            !package.dropped
                && session.is_none_or(|session| !session.closed && session.ended.is_none())
        };
        self.packages
            .iter()
            .filter(|(_, package)| is_open(package))
            .map(|(number, _)| *number)
            .collect()
    }

    /// Closed sessions whose end is not known yet.
    pub(crate) fn unfinished_sessions(&self) -> Vec<SessionRef> {
        self.sessions_where(|session| session.closed && session.ended.is_none())
    }

    /// Takes in one event.
    pub(crate) fn apply(&mut self, event: &Event) {
        match event {
            Event::JournalStarted { .. } | Event::SessionOpening { .. } => {}
            Event::InvoicePlanned(planned) => {
                self.at(planned.hash).planned = Some(planned.clone());
            }
            Event::InvoiceIssued(issued) => {
                let invoice = self.at(issued.hash);
                invoice.issued = Some(issued.clone());
                invoice.cancelled = None;
            }
            Event::IssueCancelled { hash, reason } => {
                self.at(*hash).cancelled = Some(reason.clone());
            }
            Event::InvoiceCorrects { hash, corrects } => {
                self.at(*hash).corrects = Some(*corrects);
                let original = self.at(*corrects);
                if !original.corrected_by.contains(hash) {
                    original.corrected_by.push(*hash);
                }
            }
            Event::InvoiceSending { session, hash, .. } => {
                self.session(*session);
                let invoice = self.at(*hash);
                if !invoice.unknown.contains(session) {
                    invoice.unknown.push(*session);
                }
            }
            Event::InvoiceSent {
                session,
                hash,
                invoice: name,
            }
            | Event::InvoiceFound {
                session,
                hash,
                invoice: name,
            } => {
                let invoice = self.at(*hash);
                invoice.leave(*session);
                invoice.sent = Some((*session, *name));
            }
            Event::InvoiceNotSent { session, hash, .. }
            | Event::InvoiceAbsent { session, hash } => {
                self.at(*hash).leave(*session);
            }
            Event::InvoiceAccepted(accepted) => {
                self.numbers.insert(accepted.ksef_number, accepted.hash);
                let invoice = self.at(accepted.hash);
                invoice.judged_in(accepted.session.zip(accepted.invoice));
                invoice.verdict = Some(Verdict::Accepted(accepted.clone()));
            }
            Event::InvoiceRejected(rejected) => {
                let invoice = self.at(rejected.hash);
                invoice.judged_in(rejected.session.zip(rejected.invoice));
                if !matches!(invoice.verdict, Some(Verdict::Accepted(_))) {
                    invoice.verdict = Some(Verdict::Rejected(rejected.clone()));
                }
            }
            Event::InvoiceReturned {
                session,
                hash,
                code,
                description,
            } => {
                let invoice = self.at(*hash);
                invoice.returned = Some((*code, description.clone()));
                invoice.leave(*session);
                if invoice.sent.is_some_and(|(name, _)| name == *session) {
                    invoice.sent = None;
                }
            }
            Event::RetryRequested { hash } => {
                let invoice = self.at(*hash);
                if matches!(invoice.verdict, Some(Verdict::Rejected(_))) {
                    invoice.verdict = None;
                    invoice.sent = None;
                    invoice.packed = None;
                }
            }
            Event::ReceiptSaved(receipt) => {
                self.at(receipt.hash).receipt = Some(receipt.clone());
            }
            Event::PackagePlanned { .. }
            | Event::InvoicePacked { .. }
            | Event::PartUploaded { .. }
            | Event::PackageDropped { .. } => self.apply_to_package(event),
            session_event => self.apply_to_session(session_event),
        }
    }

    fn apply_to_package(&mut self, event: &Event) {
        match event {
            Event::PackagePlanned {
                package,
                form,
                count,
                offline,
            } => {
                let planned = Package {
                    form: form.clone(),
                    offline: *offline,
                    count: *count,
                    invoices: Vec::new(),
                    session: None,
                    uploaded: BTreeSet::new(),
                    dropped: false,
                };
                self.packages.insert(*package, planned);
            }
            Event::InvoicePacked { package, hash } => {
                if let Some(planned) = self.packages.get_mut(package) {
                    planned.invoices.push(*hash);
                    let invoice = self.at(*hash);
                    invoice.package = Some(*package);
                    invoice.packed = Some(Packed::Waiting(*package));
                }
            }
            Event::PartUploaded { session, part } => {
                let package = self.sessions.get(session).and_then(|state| state.package);
                let package = package.and_then(|package| self.packages.get_mut(&package));
                if let Some(package) = package.filter(|package| package.session == Some(*session)) {
                    package.uploaded.insert(*part);
                }
            }
            Event::PackageDropped { package, .. } => {
                let Some(dropped) = self.packages.get_mut(package) else {
                    return;
                };
                dropped.dropped = true;
                for hash in dropped.invoices.clone() {
                    let invoice = self.at(hash);
                    // It may be in a later package by now.
                    if invoice.package == Some(*package) {
                        invoice.packed = None;
                    }
                }
            }
            _ => {}
        }
    }

    /// From here on KSeF may look into the package.
    fn await_package(&mut self, package: u64, session: SessionRef) {
        let invoices = self.packages.get(&package).map(|it| it.invoices.clone());
        for hash in invoices.unwrap_or_default() {
            let invoice = self.at(hash);
            if invoice.packed == Some(Packed::Waiting(package)) {
                invoice.packed = Some(Packed::Awaited(session));
            }
        }
    }

    fn apply_to_session(&mut self, event: &Event) {
        match event {
            Event::SessionOpened {
                session,
                form,
                valid_until,
                package,
            } => {
                let state = self.session(*session);
                state.form = Some(form.clone());
                state.valid_until = Some(*valid_until);
                state.package = *package;
                if let Some(package) = package.and_then(|name| self.packages.get_mut(&name)) {
                    package.session = Some(*session);
                    package.uploaded.clear();
                }
            }
            Event::SessionClosing { session } => {
                let state = self.session(*session);
                state.closing = true;
                if let Some(package) = state.package {
                    self.await_package(package, *session);
                }
            }
            Event::SessionClosed { session } => self.session(*session).closed = true,
            Event::SessionEnded {
                session,
                code,
                description,
            } => {
                let state = self.session(*session);
                state.closed = true;
                state.ended = Some((*code, description.clone()));
            }
            Event::SessionReceiptSaved { session, path, .. } => {
                let state = self.session(*session);
                if !state.receipts.contains(path) {
                    state.receipts.push(path.clone());
                }
            }
            _ => {}
        }
    }

    fn at(&mut self, hash: Sha256Digest) -> &mut Invoice {
        self.invoices.entry(hash).or_default()
    }

    fn session(&mut self, session: SessionRef) -> &mut Session {
        self.sessions.entry(session).or_insert(Session {
            form: None,
            valid_until: None,
            package: None,
            closing: false,
            closed: false,
            ended: None,
            receipts: Vec::new(),
        })
    }

    fn sessions_where(&self, keep: impl Fn(&Session) -> bool) -> Vec<SessionRef> {
        self.sessions
            .iter()
            .filter(|(_, session)| keep(session))
            .map(|(name, _)| *name)
            .collect()
    }
}

#[cfg(test)]
mod tests;
