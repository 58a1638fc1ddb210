//! The official acknowledgement of receipt (UPO), versions 4-2 and 4-3.
//!
//! One schema serves a single invoice and a page of a session. The Ministry signs the document
//! although the schema has no place for the signature: the reader steps over it, and checking it is
//! another crate's work. Source: `upo-v4-3.xsd` and the official examples.

mod check;
mod doubt;
mod error;
mod mismatch;
mod read;
mod write;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::reference::{SessionRef, TokenRef};

pub use self::check::check;
pub use self::doubt::Doubt;
pub use self::error::{UpoError, UpoErrorKind};
pub use self::mismatch::Mismatch;
pub use self::read::read;
pub use self::write::write;

use crate::semantics::InvoicingMode;

/// The namespace of version 4-3.
pub const NAMESPACE: &str = "http://upo.schematy.mf.gov.pl/KSeF/v4-3";
/// The namespace of version 4-2, which is read too.
pub const NAMESPACE_4_2: &str = "http://upo.schematy.mf.gov.pl/KSeF/v4-2";
/// The issuer's name that the schema fixes; test environments add their own suffix.
pub const ISSUER: &str = "Ministerstwo Finansów";
/// The most documents on one page.
pub const DOCUMENTS_MAX: usize = 10_000;

/// A version of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UpoVersion {
    /// 4-2, the default of KSeF until 2025-12-21: without the mode of the invoices.
    V4_2,
    /// 4-3, the default since 2025-12-22.
    V4_3,
}

/// An acknowledgement of one invoice or of a page of a session's invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upo {
    /// The version, by the namespace.
    pub version: UpoVersion,
    /// What the document calls its version (attribute `wersjaSchemy`); usually absent.
    pub declared_version: Option<String>,
    /// Who received the documents (`NazwaPodmiotuPrzyjmujacego`), 1 to 240 characters.
    pub issuer: String,
    /// The session (`NumerReferencyjnySesji`).
    pub session: SessionRef,
    /// The context in which the session was opened (`IdKontekstu`).
    pub context: ContextIdentifier,
    /// How the sender authenticated.
    pub proof: AuthenticationProof,
    /// The page (`OpisPotwierdzenia`); only on a session's UPO.
    pub page: Option<UpoPage>,
    /// The schema's file name (`NazwaStrukturyLogicznej`), such as `Schemat_FA(3)_v1-0E.xsd`.
    pub schema: String,
    /// The form's system code (`KodFormularza`), such as `FA (3)`.
    pub form: String,
    /// The accepted documents: at least one, at most [`DOCUMENTS_MAX`].
    pub documents: Vec<UpoDocument>,
}

/// How the sender authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticationProof {
    /// With a KSeF token of this reference number (`NumerReferencyjnyTokenaKSeF`).
    Token(TokenRef),
    /// With a signed document of this SHA-256, the signature included
    /// (`SkrotDokumentuUwierzytelniajacego`).
    Document(Sha256Digest),
}

/// Which page of a session's UPO this is; all numbers from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpoPage {
    /// The number of this page.
    pub number: u64,
    /// How many pages there are.
    pub count: u64,
    /// The first document on this page.
    pub first: u64,
    /// The last document on this page, inclusive as in the official examples.
    pub last: u64,
    /// How many documents all pages have.
    pub total: u64,
}

/// One accepted invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpoDocument {
    /// The seller's tax number (`NipSprzedawcy`).
    pub seller: Nip,
    /// The number KSeF gave (`NumerKSeFDokumentu`).
    pub ksef_number: KsefNumber,
    /// The seller's number of the invoice (`NumerFaktury`).
    pub number: String,
    /// The issue date (`DataWystawieniaFaktury`).
    pub issue_date: Date,
    /// When the document was sent (`DataPrzeslaniaDokumentu`); written with milliseconds.
    pub sent: Timestamp,
    /// When the KSeF number was given (`DataNadaniaNumeruKSeF`); written with milliseconds.
    pub numbered: Timestamp,
    /// SHA-256 of the invoice (`SkrotDokumentu`).
    pub digest: Sha256Digest,
    /// The mode (`TrybWysylki`); version 4-2 has none.
    pub mode: Option<InvoicingMode>,
}

impl UpoVersion {
    /// The namespace of its documents.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V4_2 => NAMESPACE_4_2,
            Self::V4_3 => NAMESPACE,
        }
    }

    /// As it is written in names of files and in KSeF's `X-KSeF-Feature`: `4-2`, `4-3`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V4_2 => "4-2",
            Self::V4_3 => "4-3",
        }
    }
}

impl Upo {
    /// The document with this KSeF number.
    #[must_use]
    pub fn find(&self, number: &KsefNumber) -> Option<&UpoDocument> {
        self.documents
            .iter()
            .find(|document| document.ksef_number == *number)
    }
}
