//! The QR codes of an invoice: their links, made of the exact bytes of the file.
//!
//! ```text
//! bytes ──▶ CodedInvoice ──▶ code I
//!               └── Signer (certificate of type Offline with its key, context) ──▶ code II
//! ```
//! Nothing here asks KSeF: invoices are issued offline where KSeF cannot be reached.

mod choice;
mod signer;

use jiff::civil::Date;
use ksef_core::digest::Sha256Digest;
use ksef_core::environment::Environment;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::verification_link::InvoiceLink;
use ksef_crypto::digest::sha256;
use ksef_invoice::metadata;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::place::Place;
use crate::send::journal;
use crate::send::journal::event::Issued;
use crate::send::ledger::{Ledger, Verdict};
use crate::send::words;
use crate::validate::Source;
use crate::validate::source::Unread;

pub(crate) use signer::{Signer, SignerArgs, read_certificate};

/// What the codes of an invoice are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodedInvoice {
    /// Its form.
    pub(crate) form: FormCode,
    /// The seller: NIP of `Podmiot1`; the farmer's on an FA_RR, the supplier's on a PEF.
    pub(crate) seller: Nip,
    /// The date of issue: `P_1`; `P_4B` on an FA_RR, `IssueDate` on a PEF.
    pub(crate) issued: Date,
    /// SHA-256 of the file.
    pub(crate) digest: Sha256Digest,
}

impl CodedInvoice {
    /// Reads a file or stdin.
    ///
    /// # Errors
    /// It cannot be read, or is larger than any invoice; as [`CodedInvoice::read`].
    pub(crate) fn of_source(source: &Source) -> Result<Self> {
        Self::read(&source.name(), &document(source)?)
    }

    /// Reads the bytes exactly as they were or will be sent; `name` is what errors call them.
    ///
    /// # Errors
    /// No form that KSeF knows, no NIP of the seller, or no date of issue.
    pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Self> {
        let known = metadata::read(bytes).map_err(|findings| {
            let why = words::findings(&findings);
            Error::new(Exit::InvalidInvoice, why.prefixed(&format!("{name}: ")))
        })?;
        Ok(Self {
            form: known.form,
            seller: known.seller.nip,
            issued: known.issue_date,
            digest: sha256(bytes),
        })
    }

    /// The link of code I below an address; see [`qr_base`].
    pub(crate) fn code_i(&self, qr_base: &str) -> String {
        InvoiceLink::new(self.seller, self.issued, self.digest).url(qr_base)
    }
}

/// The bytes of a file or stdin.
///
/// # Errors
/// It cannot be read, or is larger than any invoice.
pub(crate) fn document(source: &Source) -> Result<Vec<u8>> {
    source.read().map_err(|unread| {
        let why = match unread {
            Unread::Unreadable(error) => words::unreadable(&error),
            Unread::TooLarge(finding) => words::findings(&[finding]),
        };
        let name = source.name();
        Error::new(Exit::InvalidInvoice, why.prefixed(&format!("{name}: ")))
    })
}

/// Below which address the codes lead. The embedded sandbox has another port each time it runs; codes for it name TEST,
/// which its pages take as their own.
pub(crate) fn qr_base(place: &Place) -> String {
    match place {
        Place::EmbeddedSandbox => Environment::test().qr_base().to_owned(),
        Place::Remote(environment) => environment.qr_base().to_owned(),
    }
}

/// Whether a link below this address is for the KSeF at `place`: below its own, and for a sandbox on this machine below
/// that of TEST too, whose part it plays.
pub(crate) fn leads_to(place: &Place, base: &str) -> bool {
    let is_sandbox = match place {
        Place::EmbeddedSandbox => true,
        // Plain http is accepted for this machine alone.
        Place::Remote(environment) => environment.qr_base().starts_with("http://"),
    };
    base == qr_base(place) || (is_sandbox && base == Environment::test().qr_base())
}

/// What the journals of this machine know of invoices, read once for all of them.
#[derive(Debug)]
pub(crate) struct Journals(Vec<Ledger>);

impl Journals {
    /// Of every context at the place of the connection.
    pub(crate) fn read(context: &Context, connection: &Connection) -> Self {
        Self(journal::look_everywhere(
            &context.home.journal_dir(),
            &connection.scope,
        ))
    }

    /// The number of an invoice that KSeF accepted.
    pub(crate) fn number(&self, digest: &Sha256Digest) -> Option<KsefNumber> {
        self.0
            .iter()
            .find_map(|ledger| match ledger.invoice(digest).verdict {
                Some(Verdict::Accepted(accepted)) => Some(accepted.ksef_number),
                _ => None,
            })
    }

    /// How an invoice was issued offline.
    pub(crate) fn issued(&self, digest: &Sha256Digest) -> Option<Issued> {
        self.0
            .iter()
            .find_map(|ledger| ledger.invoice(digest).issued)
    }
}
