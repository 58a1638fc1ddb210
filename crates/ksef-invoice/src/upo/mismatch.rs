//! Whether a UPO speaks of a given invoice.

use std::fmt;

use jiff::civil::Date;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;

use super::{Upo, UpoDocument};
use crate::metadata::InvoiceMetadata;

/// A difference between a UPO and the invoice it should acknowledge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The UPO does not list the KSeF number.
    NotListed(KsefNumber),
    /// The digest differs.
    Digest {
        /// Of the invoice.
        expected: Sha256Digest,
        /// In the UPO.
        actual: Sha256Digest,
    },
    /// The seller differs.
    Seller {
        /// Of the invoice.
        expected: Nip,
        /// In the UPO.
        actual: Nip,
    },
    /// The invoice number differs.
    Number {
        /// Of the invoice.
        expected: String,
        /// In the UPO.
        actual: String,
    },
    /// The issue date differs.
    IssueDate {
        /// Of the invoice.
        expected: Date,
        /// In the UPO.
        actual: Date,
    },
    /// The form differs.
    Form {
        /// Of the invoice.
        expected: String,
        /// In the UPO.
        actual: String,
    },
}

impl Upo {
    /// The entry of this invoice, when it agrees with it in everything.
    ///
    /// # Errors
    /// The differences, at least one.
    pub fn confirm(
        &self,
        number: &KsefNumber,
        digest: &Sha256Digest,
        metadata: &InvoiceMetadata,
    ) -> Result<&UpoDocument, Vec<Mismatch>> {
        let document = self
            .find(number)
            .ok_or_else(|| vec![Mismatch::NotListed(*number)])?;
        let mut mismatches = document.mismatches(digest, metadata);
        let form = metadata.form.system_code();
        if self.form != form {
            let (expected, actual) = (form.to_owned(), self.form.clone());
            mismatches.push(Mismatch::Form { expected, actual });
        }
        if mismatches.is_empty() {
            Ok(document)
        } else {
            Err(mismatches)
        }
    }
}

impl UpoDocument {
    /// Where this entry differs from an invoice.
    #[must_use]
    pub fn mismatches(&self, digest: &Sha256Digest, metadata: &InvoiceMetadata) -> Vec<Mismatch> {
        let mut mismatches = Vec::new();
        if self.digest != *digest {
            mismatches.push(Mismatch::Digest {
                expected: *digest,
                actual: self.digest,
            });
        }
        if self.seller != metadata.seller.nip {
            let expected = metadata.seller.nip;
            mismatches.push(Mismatch::Seller {
                expected,
                actual: self.seller,
            });
        }
        if self.number != metadata.number {
            let (expected, actual) = (metadata.number.clone(), self.number.clone());
            mismatches.push(Mismatch::Number { expected, actual });
        }
        if self.issue_date != metadata.issue_date {
            let expected = metadata.issue_date;
            mismatches.push(Mismatch::IssueDate {
                expected,
                actual: self.issue_date,
            });
        }
        mismatches
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotListed(number) => {
                write!(f, "the UPO does not list {}", number.as_str())
            }
            Self::Digest { expected, actual } => write!(
                f,
                "the UPO acknowledges a document of SHA-256 {}, the invoice has {}",
                actual.to_base64(),
                expected.to_base64()
            ),
            Self::Seller { expected, actual } => write!(
                f,
                "the UPO names the seller {}, the invoice {}",
                actual.as_str(),
                expected.as_str()
            ),
            Self::Number { expected, actual } => {
                write!(
                    f,
                    "the UPO names the invoice number {actual}, the invoice {expected}"
                )
            }
            Self::IssueDate { expected, actual } => {
                write!(
                    f,
                    "the UPO names the issue date {actual}, the invoice {expected}"
                )
            }
            Self::Form { expected, actual } => {
                write!(
                    f,
                    "the UPO names the form {actual}, the invoice is {expected}"
                )
            }
        }
    }
}
