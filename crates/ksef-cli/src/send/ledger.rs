//! What a journal means: the state of every invoice and session. Pure: an event in, a state out.
//!
//! ```text
//! planned ──sending──▶ unknown ──sent / found──▶ sent ──accepted──▶ accepted (final)
//!    ▲                    │                      │ └───rejected──▶ rejected ──retry requested──▶ planned
//!    └──not sent / absent─┘◀──────returned───────┘
//! ```
//! An acceptance is never taken back, whatever comes after it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef};

use super::journal::event::{Accepted, Event, Planned, Receipt, Rejected};

/// Everything known about one (environment, context).
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    invoices: HashMap<Sha256Digest, Invoice>,
    sessions: BTreeMap<SessionRef, Session>,
    numbers: HashMap<KsefNumber, Sha256Digest>,
}

/// What is known about an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Invoice {
    /// What was to be sent.
    pub(crate) planned: Option<Planned>,
    /// Sessions it was sent in without an answer.
    pub(crate) unknown: Vec<SessionRef>,
    /// The session and name under which KSeF took it.
    pub(crate) sent: Option<(SessionRef, InvoiceRef)>,
    /// Code and word with which KSeF last gave it back unjudged.
    pub(crate) returned: Option<(i32, String)>,
    /// The end, when there is one.
    pub(crate) verdict: Option<Verdict>,
    /// Where its UPO is.
    pub(crate) receipt: Option<Receipt>,
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
    /// Whether it takes no more invoices.
    pub(crate) closed: bool,
    /// Its final status: code and word.
    pub(crate) ended: Option<(i32, String)>,
    /// Where the pages of its UPO are.
    pub(crate) receipts: Vec<String>,
}

impl Invoice {
    /// What is to be done next.
    pub(crate) fn next(&self) -> Next {
        match (&self.verdict, self.sent) {
            (Some(_), _) => Next::Nothing,
            (None, Some((session, invoice))) => Next::Poll(session, invoice),
            (None, None) if self.unknown.is_empty() => Next::Send,
            (None, None) => Next::Reconcile(self.unknown.clone()),
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

    /// Sessions that may still be open.
    pub(crate) fn open_sessions(&self) -> Vec<SessionRef> {
        self.sessions_where(|session| !session.closed && session.ended.is_none())
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
                invoice.unknown.retain(|other| other != session);
                invoice.sent = Some((*session, *name));
            }
            Event::InvoiceNotSent { session, hash, .. }
            | Event::InvoiceAbsent { session, hash } => {
                self.at(*hash).unknown.retain(|other| other != session);
            }
            Event::InvoiceAccepted(accepted) => {
                self.numbers.insert(accepted.ksef_number, accepted.hash);
                self.at(accepted.hash).verdict = Some(Verdict::Accepted(accepted.clone()));
            }
            Event::InvoiceRejected(rejected) => {
                let invoice = self.at(rejected.hash);
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
                if invoice.sent.is_some_and(|(name, _)| name == *session) {
                    invoice.sent = None;
                }
            }
            Event::RetryRequested { hash } => {
                let invoice = self.at(*hash);
                if matches!(invoice.verdict, Some(Verdict::Rejected(_))) {
                    invoice.verdict = None;
                    invoice.sent = None;
                }
            }
            Event::ReceiptSaved(receipt) => {
                self.at(receipt.hash).receipt = Some(receipt.clone());
            }
            session_event => self.apply_to_session(session_event),
        }
    }

    fn apply_to_session(&mut self, event: &Event) {
        match event {
            Event::SessionOpened {
                session,
                form,
                valid_until,
            } => {
                let state = self.session(*session);
                state.form = Some(form.clone());
                state.valid_until = Some(*valid_until);
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
