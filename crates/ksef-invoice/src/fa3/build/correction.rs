//! What a correction says about the invoice it corrects.

use crate::fa3::value::identifier::KsefReference;
use jiff::civil::Date;

/// How one line changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<L> {
    /// The line as it was, and as it is to be.
    Replaced {
        /// As the corrected invoice has it.
        before: L,
        /// As it is to be.
        after: L,
    },
    /// The line should not have been there. It is shown again with nothing left of it.
    Removed(L),
    /// The line was missing.
    Added(L),
    /// The line stays as it is, and the correction says so.
    Unchanged(L),
}

impl<L> Change<L> {
    /// The line as it was, and as it is to be.
    #[must_use]
    pub const fn replaced(before: L, after: L) -> Self {
        Self::Replaced { before, after }
    }
}

/// An invoice that is corrected (`DaneFaKorygowanej`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectedInvoice {
    pub(super) number: String,
    pub(super) issued: Date,
    pub(super) ksef_number: Option<KsefReference>,
}

impl CorrectedInvoice {
    /// An invoice that KSeF gave a number, a `KsefNumber` or, for sellers of KSeF 1.0 without a NIP, a
    /// reference.
    #[must_use]
    pub fn in_ksef(
        number: impl Into<String>,
        issued: Date,
        ksef_number: impl Into<KsefReference>,
    ) -> Self {
        Self {
            number: number.into(),
            issued,
            ksef_number: Some(ksef_number.into()),
        }
    }

    /// An invoice issued outside KSeF.
    #[must_use]
    pub fn outside_ksef(number: impl Into<String>, issued: Date) -> Self {
        Self {
            number: number.into(),
            issued,
            ksef_number: None,
        }
    }
}
