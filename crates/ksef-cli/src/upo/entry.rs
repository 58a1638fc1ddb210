//! An entry of a UPO against the invoice it speaks of.

use std::path::PathBuf;

use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_invoice::metadata::InvoiceMetadata;
use ksef_invoice::upo::{Mismatch, UpoDocument};

use super::copies::Copies;
use super::papers::Papers;

/// From where an invoice is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The user gave it.
    Given,
    /// This machine sent it.
    Sent,
    /// The inbox has it.
    Inbox,
}

impl Origin {
    /// The stable name, for machines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Sent => "sent",
            Self::Inbox => "inbox",
        }
    }
}

/// Where an invoice differs from its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// In the document.
    Of(Mismatch),
    /// This machine knows the document under another KSeF number.
    KsefNumber(KsefNumber),
}

/// What an entry came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Match {
    /// The invoice is the one that the entry speaks of.
    Confirmed {
        /// The file of the invoice, or the inbox.
        path: PathBuf,
        /// From where it is known.
        origin: Origin,
    },
    /// There is an invoice that should be it, and is not.
    Differs {
        /// The file of the invoice, or the inbox.
        path: PathBuf,
        /// From where it is known.
        origin: Origin,
        /// Where they differ, at least one.
        differences: Vec<Difference>,
    },
    /// No such invoice is at hand.
    Unmatched,
}

impl Match {
    /// Finds the invoice of an entry: first among the given ones, then among the copies of this machine.
    pub(super) async fn of(
        entry: &UpoDocument,
        form: &str,
        who: ContextIdentifier,
        papers: &mut Papers,
        copies: Option<&mut Copies>,
    ) -> Self {
        if let Some(paper) = papers.of(entry) {
            let differences = differences(entry, form, &paper.digest, paper.metadata.as_ref());
            let found = Self::told(paper.path.clone(), Origin::Given, differences);
            papers.acknowledge(&entry.digest);
            return found;
        }
        let Some(copies) = copies else {
            return Self::Unmatched;
        };
        let Some(copy) = copies.of(entry, who).await else {
            return Self::Unmatched;
        };
        let mut differences = differences(entry, form, &copy.digest, copy.metadata.as_ref());
        if let Some(number) = copy.number.filter(|number| *number != entry.ksef_number) {
            differences.push(Difference::KsefNumber(number));
        }
        Self::told(copy.path, copy.origin, differences)
    }

    fn told(path: PathBuf, origin: Origin, differences: Vec<Difference>) -> Self {
        if differences.is_empty() {
            Self::Confirmed { path, origin }
        } else {
            Self::Differs {
                path,
                origin,
                differences,
            }
        }
    }
}

fn differences(
    entry: &UpoDocument,
    form: &str,
    digest: &Sha256Digest,
    metadata: Option<&InvoiceMetadata>,
) -> Vec<Difference> {
    let Some(metadata) = metadata else {
        // What cannot be read can still be the document.
        let mismatch = Mismatch::Digest {
            expected: *digest,
            actual: entry.digest,
        };
        let differs = entry.digest != *digest;
        return differs
            .then_some(Difference::Of(mismatch))
            .into_iter()
            .collect();
    };
    let mut found = entry.mismatches(digest, metadata);
    let of_invoice = metadata.form.system_code();
    if form != of_invoice {
        found.push(Mismatch::Form {
            expected: of_invoice.to_owned(),
            actual: form.to_owned(),
        });
    }
    found.into_iter().map(Difference::Of).collect()
}
