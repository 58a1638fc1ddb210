//! What the journals say of each invoice in the outbox, and until when it is due.

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::offline_deadline::{Deadline, Issue, OfflineMode, Outage, deadline};
use ksef_crypto::digest::sha256;
use serde_json::{Value, json};

use super::announcements::Announcements;
use super::shelf::Shelf;
use super::words;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::send::journal::event::Issued;
use crate::send::journal::{self, JournalFault, Seen};
use crate::send::ledger::{Invoice, Next, Verdict};

/// The outbox of an environment.
#[derive(Debug)]
pub(crate) struct Outbox {
    /// Every invoice that was issued or declared offline, by context and then by date and number.
    pub(crate) entries: Vec<Entry>,
    /// What was announced.
    pub(crate) announcements: Announcements,
}

/// An invoice of the outbox.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// On whose behalf.
    pub(crate) context: ContextIdentifier,
    /// SHA-256 of the invoice.
    pub(crate) hash: Sha256Digest,
    /// What the journal knows.
    pub(crate) known: Invoice,
    /// Where its bytes are kept.
    pub(crate) copy: PathBuf,
    /// Whether a technical correction of it is on its way or accepted, or KSeF accepted another document with its seller,
    /// kind and number: then nothing is left to be done about it.
    is_replaced: bool,
}

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It has to be sent.
    Waiting,
    /// It was sent; KSeF has not decided, or its answer was lost.
    Sent,
    /// It has a KSeF number.
    Accepted,
    /// KSeF refused it, and nothing replaces it.
    Rejected,
    /// KSeF refused it, and a technical correction, or another document with its number, replaces it.
    Corrected,
    /// It was issued during a total failure.
    NeverSent,
    /// Its issuing was taken back before anybody got it.
    Cancelled,
}

impl State {
    /// The stable name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Corrected => "corrected",
            Self::NeverSent => "never-sent",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether its deadline still matters.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Sent | Self::Rejected)
    }
}

impl Outbox {
    /// The outbox of the environment that `scope` names; of one context, when one is given.
    ///
    /// # Errors
    /// A journal is damaged: what it says may be missing, so nothing is said about deadlines.
    pub(crate) fn read(
        context: &Context,
        scope: &str,
        only: Option<ContextIdentifier>,
    ) -> Result<Self> {
        let folder = context.home.journal_dir();
        let mut entries = Vec::new();
        let all: Vec<Seen> = journal::look_at_all(&folder, scope)
            .into_iter()
            .collect::<std::result::Result<_, _>>()
            .map_err(JournalFault::into_error)?;
        let in_ksef: HashSet<_> = all.iter().flat_map(accepted).collect();
        for seen in &all {
            if only.is_some_and(|only| only != seen.context) {
                continue;
            }
            let shelf = Shelf::beside(&seen.path);
            let replaces = |hash: &Sha256Digest| {
                !matches!(
                    seen.ledger.invoice(hash).verdict,
                    Some(Verdict::Rejected(_))
                )
            };
            for (hash, known) in seen.ledger.invoices() {
                if known.is_offline() {
                    entries.push(Entry {
                        context: seen.context,
                        hash: *hash,
                        known: known.clone(),
                        copy: shelf.path(hash),
                        is_replaced: known.corrected_by.iter().any(replaces)
                            || key_of(known).is_some_and(|key| in_ksef.contains(&key)),
                    });
                }
            }
        }
        entries.sort_by_cached_key(|entry| {
            let issued = entry.issue().map(|issue| issue.at);
            (entry.context, issued, entry.number().to_owned(), entry.hash)
        });
        let kept = Announcements::read(&journal::environment_dir(&folder, scope));
        let announcements = kept.unwrap_or_else(|fault| {
            // Without them every deadline is as early as it can be.
            context.printer.warn(&words::announcements_fault(&fault));
            Announcements::default()
        });
        Ok(Self {
            entries,
            announcements,
        })
    }

    /// The invoice that a person means: by its file, its number, or the beginning of its hash.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub(crate) fn find(&self, named: &str) -> Result<&Entry> {
        let hash = std::fs::read(named).ok().map(|bytes| sha256(&bytes));
        let of_file: Vec<&Entry> = self.matching(|entry| Some(entry.hash) == hash);
        let of_number = || self.matching(|entry| entry.number() == named);
        let prefix = named.to_ascii_lowercase();
        let is_prefix = (HASH_PREFIX_MIN..=64).contains(&prefix.len());
        let of_hash =
            || self.matching(|entry| is_prefix && entry.hash.to_hex().starts_with(&prefix));
        let found = [of_file, of_number(), of_hash()];
        let found = found.iter().find(|found| !found.is_empty());
        // A technical correction has the number of what it corrects, which leads on to it.
        let originals = found.map(|found| {
            let mut originals = found.clone();
            originals.retain(|entry| entry.known.corrects.is_none());
            originals
        });
        let found = match (found, originals) {
            (Some(_), Some(originals)) if originals.len() == 1 => Some(originals),
            (found, _) => found.cloned(),
        };
        match found.as_deref() {
            Some([only]) => Ok(only),
            Some(several) => {
                let hashes: Vec<String> = several.iter().map(|entry| entry.short_hash()).collect();
                Err(Error::usage(text!(
                    "several invoices of the outbox are \"{named}\"",
                    "w skrzynce nadawczej kilka faktur pasuje do „{named}”"
                ))
                .hint(text!(
                    "give the beginning of the hash of one: {hashes}",
                    "podaj początek skrótu jednej z nich: {hashes}",
                    hashes = hashes.join(", ")
                )))
            }
            None => Err(Error::usage(text!(
                "\"{named}\" is no invoice of the outbox: no file that was issued, no number, no beginning of a hash",
                "„{named}” nie jest fakturą ze skrzynki nadawczej: ani wystawionym plikiem, ani numerem, ani początkiem skrótu"
            ))
            .hint(text!(
                "see which there are: ksef outbox list",
                "zobacz, jakie są: ksef outbox list"
            ))),
        }
    }

    /// The invoice with this hash.
    pub(crate) fn get(&self, hash: &Sha256Digest) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.hash == *hash)
    }

    fn matching(&self, test: impl Fn(&Entry) -> bool) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| test(entry)).collect()
    }
}

impl Entry {
    /// Its number, empty when the document says none.
    pub(crate) fn number(&self) -> &str {
        let planned = self.known.planned.as_ref();
        planned
            .and_then(|planned| planned.number.as_deref())
            .unwrap_or_default()
    }

    /// The beginning of its hash, enough to name it.
    pub(crate) fn short_hash(&self) -> String {
        self.hash.to_hex().chars().take(HASH_SHOWN).collect()
    }

    /// The file that it was issued from.
    pub(crate) fn file(&self) -> &str {
        let planned = self.known.planned.as_ref();
        planned.map_or("", |planned| planned.path.as_str())
    }

    /// How it was issued; of one that was only declared offline, by its date.
    pub(crate) fn issue(&self) -> Option<Issue> {
        let declared = || {
            let day = self.known.planned.as_ref()?.issued?;
            Some(Issue {
                mode: OfflineMode::Offline24,
                day,
                at: Timestamp::MAX,
            })
        };
        let issued = self.known.issued.as_ref();
        issued.map(Issued::issue).or_else(declared)
    }

    /// Where it stands.
    pub(crate) fn state(&self) -> State {
        let mode = self.known.issued.as_ref().map(|issued| issued.mode);
        match (&self.known.verdict, self.known.next()) {
            (Some(Verdict::Accepted(_)), _) => State::Accepted,
            _ if self.known.cancelled.is_some() => State::Cancelled,
            (Some(Verdict::Rejected(_)), _) if self.is_replaced => State::Corrected,
            (Some(Verdict::Rejected(_)), _) => State::Rejected,
            (None, _) if mode == Some(OfflineMode::TotalFailure) => State::NeverSent,
            (None, Next::Send | Next::Package(_) | Next::Nothing) => State::Waiting,
            (None, Next::Reconcile(_) | Next::Await(_) | Next::Poll(..)) => State::Sent,
        }
    }

    /// Until when it is due; `None` when its date is not known.
    pub(crate) fn deadline(&self, outages: &[Outage]) -> Option<Deadline> {
        Some(deadline(&self.issue()?, outages))
    }

    /// Whether its deadline has passed and it is not in KSeF. What was sent before and is not decided is not late.
    pub(crate) fn is_missed(&self, outages: &[Outage], now: Timestamp) -> bool {
        matches!(self.state(), State::Waiting | State::Rejected)
            && self
                .deadline(outages)
                .is_some_and(|deadline| deadline.is_missed(now))
    }

    /// For machines. The names are part of the interface: add, do not change.
    pub(crate) fn json(&self, outages: &[Outage], now: Timestamp) -> Value {
        let deadline = self.deadline(outages);
        let due = deadline.as_ref().and_then(Deadline::due);
        let accepted = match &self.known.verdict {
            Some(Verdict::Accepted(accepted)) => Some(accepted),
            _ => None,
        };
        let rejected = match &self.known.verdict {
            Some(Verdict::Rejected(rejected)) => Some(rejected),
            _ => None,
        };
        let issued = self.known.issued.as_ref();
        let planned = self.known.planned.as_ref();
        json!({
            "number": self.number(),
            "hash": self.hash,
            "hashHex": self.hash.to_hex(),
            "context": self.context.to_string(),
            "seller": planned.and_then(|planned| planned.seller.clone()),
            "file": self.file(),
            "copy": self.copy.display().to_string(),
            "state": self.state().name(),
            "mode": self.issue().map(|issue| issue.mode),
            "issueDate": self.issue().map(|issue| issue.day),
            "issuedAt": issued.map(|issued| issued.issued_at),
            "cancelled": self.known.cancelled,
            "codeI": issued.and_then(|issued| issued.code_i.clone()),
            "codeII": issued.and_then(|issued| issued.code_ii.clone()),
            "deadline": due.map(|due| json!({
                "lastDay": due.last_day,
                "endsAt": due.ends_at(),
                "workingDays": due.basis.working_days(),
                "after": due.basis.day(),
                "article": due.basis.article(),
            })),
            "deadlineState": deadline.as_ref().map(words::deadline_name),
            "secondsLeft": due.map(|due| due.left(now).as_secs()),
            "missed": self.is_missed(outages, now),
            "ksefNumber": accepted.map(|accepted| accepted.ksef_number),
            "rejection": rejected.map(|rejected| json!({
                "statusCode": rejected.code,
                "description": rejected.description,
                "details": rejected.details,
            })),
            "corrects": self.known.corrects,
            "correctedBy": self.known.corrected_by,
        })
    }
}

const HASH_SHOWN: usize = 10;
const HASH_PREFIX_MIN: usize = 6;

/// The seller, kind and number of every accepted invoice.
fn accepted(seen: &Seen) -> Vec<(String, String, String)> {
    let is_accepted = |known: &&Invoice| matches!(known.verdict, Some(Verdict::Accepted(_)));
    let invoices = seen.ledger.invoices().map(|(_, known)| known);
    invoices.filter(is_accepted).filter_map(key_of).collect()
}

/// What makes two invoices the same to KSeF.
fn key_of(known: &Invoice) -> Option<(String, String, String)> {
    let planned = known.planned.as_ref()?;
    Some((
        planned.seller.clone()?,
        planned.kind.clone()?,
        planned.number.clone()?,
    ))
}

/// Until when an invoice that was just issued is due, by what was announced.
pub(crate) fn deadline_of(context: &Context, scope: &str, issued: &Issued) -> Deadline {
    let folder = journal::environment_dir(&context.home.journal_dir(), scope);
    let announcements = Announcements::read(&folder).unwrap_or_default();
    deadline(&issued.issue(), &announcements.outages())
}
