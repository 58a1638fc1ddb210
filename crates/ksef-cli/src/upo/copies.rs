//! Copies of invoices that this machine keeps: of what it sent, and in its inboxes.

use std::path::{Path, PathBuf};

use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::sha256;
use ksef_invoice::metadata::{self, InvoiceMetadata};
use ksef_invoice::upo::UpoDocument;
use ksef_store::inbox::Inbox;

use super::entry::Origin;
use crate::context::Context;
use crate::send::journal::{self, JournalKey};
use crate::send::ledger::{Ledger, Verdict};

/// What this machine has of one KSeF.
#[derive(Debug)]
pub(crate) struct Copies {
    scope: String,
    ledgers: Vec<Ledger>,
    inboxes: PathBuf,
    /// The inbox that was looked for last, and what was found.
    open: Option<(ContextIdentifier, Option<Inbox>)>,
}

/// A copy that may be the document of an entry.
#[derive(Debug)]
pub(crate) struct Copied {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// From where it is known.
    pub(crate) origin: Origin,
    /// Its SHA-256.
    pub(crate) digest: Sha256Digest,
    /// The KSeF number under which this machine knows it.
    pub(crate) number: Option<KsefNumber>,
    /// What it says about itself.
    pub(crate) metadata: Option<InvoiceMetadata>,
}

impl Copies {
    /// Of the KSeF with this scope.
    pub(crate) fn new(context: &Context, scope: &str) -> Self {
        Self {
            scope: scope.to_owned(),
            ledgers: journal::look_everywhere(&context.home.journal_dir(), scope),
            inboxes: context.home.inbox_dir(),
            open: None,
        }
    }

    /// The copy that an entry of a session of `who` speaks of.
    pub(crate) async fn of(
        &mut self,
        entry: &UpoDocument,
        who: ContextIdentifier,
    ) -> Option<Copied> {
        match self.sent(entry) {
            Some(copied) => Some(copied),
            None => self.received(entry, who).await,
        }
    }

    /// By its digest, or by the KSeF number under which it was accepted.
    fn sent(&self, entry: &UpoDocument) -> Option<Copied> {
        self.ledgers.iter().find_map(|ledger| {
            let of_number = || ledger.accepted_as(&entry.ksef_number);
            let known = [Some(entry.digest), of_number()];
            known.into_iter().flatten().find_map(|digest| {
                let invoice = ledger.invoice(&digest);
                let number = match &invoice.verdict {
                    Some(Verdict::Accepted(accepted)) => Some(accepted.ksef_number),
                    _ => None,
                };
                let paths = [
                    invoice.receipt.map(|receipt| receipt.xml_path),
                    invoice.planned.map(|planned| planned.path),
                ];
                paths.into_iter().flatten().find_map(|path| {
                    let bytes = std::fs::read(Path::new(&path)).ok()?;
                    (sha256(&bytes) == digest).then(|| Copied {
                        path: path.into(),
                        origin: Origin::Sent,
                        digest,
                        number,
                        metadata: metadata::read(&bytes).ok(),
                    })
                })
            })
        })
    }

    async fn received(&mut self, entry: &UpoDocument, who: ContextIdentifier) -> Option<Copied> {
        let key = JournalKey {
            environment: self.scope.clone(),
            context: who,
        };
        let path = key.path_in(&self.inboxes).with_extension("sqlite");
        if self.open.as_ref().is_none_or(|(open, _)| *open != who) {
            let inbox = if path.is_file() {
                let opened = Inbox::open(&path, &self.scope, &who).await;
                opened
                    .inspect_err(|error| {
                        tracing::warn!(path = %path.display(), %error, "an inbox cannot be read");
                    })
                    .ok()
            } else {
                None
            };
            self.open = Some((who, inbox));
        }
        let (_, inbox) = self.open.as_ref()?;
        let stored = inbox.as_ref()?.invoice(&entry.ksef_number).await.ok()??;
        Some(Copied {
            path,
            origin: Origin::Inbox,
            digest: sha256(&stored.xml),
            number: Some(entry.ksef_number),
            metadata: metadata::read(&stored.xml).ok(),
        })
    }
}
