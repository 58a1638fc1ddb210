//! What a journal line says. The names and fields are a documented format (`docs/concepts/journal.md`): add to it, do
//! not change it.

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::offline_deadline::{Issue, OfflineMode};
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};
use ksef_sdk::journal::Entry;
use serde::{Deserialize, Serialize};

/// The format this program writes and the newest it reads.
pub(crate) const FORMAT: u32 = 1;

/// One step, as it stands in a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Event {
    /// The first line: whose journal this is.
    JournalStarted {
        /// Version of the format.
        format: u32,
        /// Identity of the environment: its API address, or `sandbox:` and the world's id.
        environment: String,
        /// On whose behalf everything in it is sent.
        context: ContextIdentifier,
    },
    /// An invoice is to be sent. Recorded before anything else happens to it.
    InvoicePlanned(Planned),
    /// An invoice was issued without KSeF; its bytes were kept before. It waits in the outbox until it is sent.
    InvoiceIssued(Issued),
    /// A document is the technical correction of an offline invoice that KSeF rejected. Recorded before the document is
    /// issued, so that it is never sent without saying so.
    InvoiceCorrects {
        /// SHA-256 of the correction.
        hash: Sha256Digest,
        /// SHA-256 of the rejected invoice.
        corrects: Sha256Digest,
    },
    /// The issuing of an invoice was taken back before anybody got it.
    IssueCancelled {
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// Why, in a person's words.
        reason: String,
    },
    /// A session is about to be opened.
    SessionOpening {
        /// Which documents it will take.
        form: FormCode,
        /// The package that it is for; absent for an interactive session.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        package: Option<u64>,
    },
    /// A session was opened.
    SessionOpened {
        /// Its name.
        session: SessionRef,
        /// Which documents it takes.
        form: FormCode,
        /// When KSeF closes it by itself; for a package, when the addresses of its parts end.
        valid_until: Timestamp,
        /// The package that it is for; absent for an interactive session.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        package: Option<u64>,
    },
    /// Invoices are to be sent together, in a batch session. As many lines `invoicePacked` follow.
    PackagePlanned {
        /// Its number in this journal, from 1.
        package: u64,
        /// Which documents it holds.
        form: FormCode,
        /// How many.
        count: usize,
        /// Whether they are declared as issued offline.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        offline: bool,
    },
    /// An invoice belongs to a package, in this order.
    InvoicePacked {
        /// The package.
        package: u64,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
    },
    /// A part of a package is where KSeF wanted it.
    PartUploaded {
        /// The session.
        session: SessionRef,
        /// The part, from 1.
        part: u32,
    },
    /// A package is given up before KSeF looked into it: its invoices are to be sent in another way.
    PackageDropped {
        /// The package.
        package: u64,
        /// Why.
        reason: String,
    },
    /// An invoice is about to be sent; until the next word about it the outcome is unknown.
    InvoiceSending {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// Its length in bytes.
        size: u64,
    },
    /// KSeF took the invoice for processing.
    InvoiceSent {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// Its name in the session.
        invoice: InvoiceRef,
    },
    /// KSeF certainly did not take the invoice.
    InvoiceNotSent {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// The code of the refusal, when there was one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        code: Option<u32>,
    },
    /// An unknown outcome was looked up: the session has the invoice.
    InvoiceFound {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// Its name in the session.
        invoice: InvoiceRef,
    },
    /// An unknown outcome was looked up: the session does not have the invoice.
    InvoiceAbsent {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
    },
    /// The invoice has a KSeF number.
    InvoiceAccepted(Accepted),
    /// KSeF refused the invoice.
    InvoiceRejected(Rejected),
    /// KSeF gave the invoice up without judging it (session error 405, cancelled by the system 550): it may be sent again.
    InvoiceReturned {
        /// The session.
        session: SessionRef,
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
        /// The status code.
        code: i32,
        /// KSeF's word for it.
        description: String,
    },
    /// A person asked to send a refused invoice again.
    RetryRequested {
        /// SHA-256 of the invoice.
        hash: Sha256Digest,
    },
    /// The UPO of an invoice, and the invoice beside it, are on disk.
    ReceiptSaved(Receipt),
    /// A session is about to be closed.
    SessionClosing {
        /// The session.
        session: SessionRef,
    },
    /// A session takes no more invoices.
    SessionClosed {
        /// The session.
        session: SessionRef,
    },
    /// A session has its final status.
    SessionEnded {
        /// The session.
        session: SessionRef,
        /// The status code.
        code: i32,
        /// KSeF's word for it.
        description: String,
    },
    /// A page of a session's UPO is on disk.
    SessionReceiptSaved {
        /// The session.
        session: SessionRef,
        /// The page.
        upo: UpoRef,
        /// Where it was saved.
        path: String,
        /// SHA-256 of the UPO.
        upo_hash: Sha256Digest,
        /// What the signature check said.
        verified: bool,
    },
}

/// An invoice to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Planned {
    /// SHA-256 of the invoice.
    pub(crate) hash: Sha256Digest,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// The file it was read from.
    pub(crate) path: String,
    /// Which document it is.
    pub(crate) form: FormCode,
    /// Its number (`P_2`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) number: Option<String>,
    /// Its kind (`RodzajFaktury`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) kind: Option<String>,
    /// Its seller.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) seller: Option<String>,
    /// Its date of issue (`P_1`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) issued: Option<Date>,
    /// Whether it is declared as issued offline.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(crate) offline: bool,
}

/// The issuing of an invoice without KSeF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Issued {
    /// SHA-256 of the invoice.
    pub(crate) hash: Sha256Digest,
    /// In which mode.
    pub(crate) mode: OfflineMode,
    /// Its date of issue (`P_1`), from which the deadline counts.
    pub(crate) day: Date,
    /// When it was issued.
    pub(crate) issued_at: Timestamp,
    /// The link of code I; absent where the mode has no codes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) code_i: Option<String>,
    /// The link of code II; absent where the mode has no codes or no certificate signed it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) code_ii: Option<String>,
}

impl Issued {
    /// What its deadline depends on.
    pub(crate) fn issue(&self) -> Issue {
        Issue {
            mode: self.mode,
            day: self.day,
            at: self.issued_at,
        }
    }
}

/// The acceptance of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accepted {
    /// SHA-256 of the invoice.
    pub(crate) hash: Sha256Digest,
    /// The session that brought the number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) session: Option<SessionRef>,
    /// The invoice's name in that session.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) invoice: Option<InvoiceRef>,
    /// The number.
    pub(crate) ksef_number: KsefNumber,
    /// When it was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) acquired: Option<Timestamp>,
    /// Whether a duplicate answer (440) led to it: the same bytes had been accepted before.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(crate) earlier: bool,
}

/// The refusal of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rejected {
    /// SHA-256 of the invoice.
    pub(crate) hash: Sha256Digest,
    /// The session; absent when the request itself was refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) session: Option<SessionRef>,
    /// The invoice's name in that session.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) invoice: Option<InvoiceRef>,
    /// The status code, or the code of the refused request.
    pub(crate) code: i32,
    /// KSeF's word for it.
    pub(crate) description: String,
    /// More words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) details: Vec<String>,
    /// For a duplicate: the KSeF number of the invoice that took this number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) conflict: Option<KsefNumber>,
}

/// A saved UPO and the invoice beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    /// SHA-256 of the invoice.
    pub(crate) hash: Sha256Digest,
    /// Where the invoice was saved.
    pub(crate) xml_path: String,
    /// Where the UPO was saved.
    pub(crate) upo_path: String,
    /// SHA-256 of the UPO.
    pub(crate) upo_hash: Sha256Digest,
    /// Whether its signature was checked and it speaks of this invoice.
    pub(crate) verified: bool,
    /// Who signed it, or why it did not pass.
    pub(crate) signature: String,
}

impl Event {
    /// The same step as the SDK names it; `None` for a step this release does not know.
    pub(crate) fn from_entry(entry: &Entry) -> Option<Self> {
        Some(match entry.clone() {
            Entry::SessionOpening { form } => Self::SessionOpening {
                form,
                package: None,
            },
            Entry::SessionOpened {
                session,
                form,
                valid_until,
            } => Self::SessionOpened {
                session,
                form,
                valid_until,
                package: None,
            },
            Entry::InvoiceSending {
                session,
                hash,
                size,
            } => Self::InvoiceSending {
                session,
                hash,
                size,
            },
            Entry::InvoiceSent {
                session,
                hash,
                invoice,
            } => Self::InvoiceSent {
                session,
                hash,
                invoice,
            },
            Entry::InvoiceNotSent {
                session,
                hash,
                code,
            } => Self::InvoiceNotSent {
                session,
                hash,
                code,
            },
            Entry::SessionClosing { session } => Self::SessionClosing { session },
            Entry::SessionClosed { session } => Self::SessionClosed { session },
            _ => return None,
        })
    }
}
