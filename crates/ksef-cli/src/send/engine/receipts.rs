//! Receipts: the UPO of every accepted invoice, checked and saved beside the invoice.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use ksef_core::digest::Sha256Digest;
use ksef_crypto::digest::sha256;
use ksef_invoice::metadata::{self, InvoiceMetadata};

use super::Engine;
use crate::durable::{self, Access};
use crate::error::Error;
use crate::lang::text;
use crate::send::journal::event::{Accepted, Event, Receipt};
use crate::send::ledger::Verdict;
use crate::send::receipt;
use crate::send::remote::Remote;

impl<R: Remote> Engine<'_, R> {
    /// Fetches and saves what is missing, for this run's invoices and for those of earlier runs that have no receipt.
    pub(super) async fn save_receipts(&self) -> Result<(), Error> {
        let missing = self.save_from_pages(self.missing()).await?;
        if missing.is_empty() {
            return Ok(());
        }
        let what = text!("fetching UPO", "pobieranie UPO");
        let progress = self.printer.progress(missing.len() as u64, &what);
        let saved = stream::iter(&missing).map(async |(hash, accepted)| {
            if !self.stop.is_requested() {
                self.save_one(*hash, accepted).await?;
                progress.advance();
            }
            Ok(())
        });
        saved
            .buffer_unordered(self.options.lanes.max(1))
            .try_collect()
            .await
    }

    fn missing(&self) -> Vec<(Sha256Digest, Accepted)> {
        let mine: HashSet<_> = self
            .invoices
            .iter()
            .map(|invoice| invoice.planned.hash)
            .collect();
        let mut accepted: Vec<(Sha256Digest, Accepted, Option<Receipt>)> = Vec::new();
        self.journal.ask(|ledger| {
            for (hash, invoice) in ledger.invoices() {
                if let Some(Verdict::Accepted(verdict)) = &invoice.verdict
                    && (mine.contains(hash) || invoice.receipt.is_none())
                {
                    accepted.push((*hash, verdict.clone(), invoice.receipt.clone()));
                }
            }
        });
        // Many invoices share the page of a session's UPO.
        let mut pages = HashMap::new();
        let mut is_there =
            |receipt: &Receipt| receipt.verified && self.is_saved_here(receipt, &mut pages);
        let mut missing: Vec<_> = accepted
            .into_iter()
            .filter(|(_, _, receipt)| !receipt.as_ref().is_some_and(&mut is_there))
            .map(|(hash, verdict, _)| (hash, verdict))
            .collect();
        missing.sort_by_key(|(_, accepted)| accepted.ksef_number);
        missing
    }

    /// Whether both files are where this run wants them, the UPO unchanged.
    fn is_saved_here(
        &self,
        receipt: &Receipt,
        upos: &mut HashMap<String, Option<Sha256Digest>>,
    ) -> bool {
        let digest_of = |path: &str| std::fs::read(path).ok().map(|bytes| sha256(&bytes));
        Path::new(&receipt.upo_path).parent() == Some(self.options.folder.as_path())
            && digest_of(&receipt.xml_path) == Some(receipt.hash)
            && *upos
                .entry(receipt.upo_path.clone())
                .or_insert_with(|| digest_of(&receipt.upo_path))
                == Some(receipt.upo_hash)
    }

    async fn save_one(&self, hash: Sha256Digest, accepted: &Accepted) -> Result<(), Error> {
        let Some(session) = accepted.session else {
            return Ok(());
        };
        let number = accepted.ksef_number;
        let Some(upo) = self.remote.invoice_upo(session, number).await? else {
            return Ok(());
        };
        let Some((xml, metadata)) = self.document_of(hash, accepted).await? else {
            return Ok(());
        };
        let xml_path = self.path_of(accepted, "xml");
        let upo_path = self.path_of(accepted, "upo.xml");
        for (path, bytes) in [(&xml_path, &xml), (&upo_path, &upo)] {
            durable::replace(path, bytes, Access::Shared)
                .map_err(|error| receipt::cannot_save(path, error))?;
        }
        let checked = receipt::check_invoice_upo(
            &upo,
            &number,
            &hash,
            metadata.as_ref(),
            &self.options.anchors,
            self.clock.now(),
        );
        let (verified, signature) = match checked {
            Ok(signer) => (true, signer),
            Err(why) => (false, why),
        };
        self.append(&[Event::ReceiptSaved(Receipt {
            hash,
            xml_path: xml_path.display().to_string(),
            upo_path: upo_path.display().to_string(),
            upo_hash: sha256(&upo),
            verified,
            signature,
        })])
    }

    /// The document with this hash: from the file, a saved copy, or KSeF.
    pub(super) async fn document_of(
        &self,
        hash: Sha256Digest,
        accepted: &Accepted,
    ) -> Result<Option<(Vec<u8>, Option<InvoiceMetadata>)>, Error> {
        let known = self.journal.invoice(&hash);
        let known_places = [
            known.planned.map(|planned| planned.path),
            known.receipt.map(|receipt| receipt.xml_path),
        ];
        // Looked for only when the journal's places have another document by now.
        let wanted_now = || {
            let mine = self.invoices.iter().find(|it| it.planned.hash == hash);
            mine.map(|invoice| invoice.planned.path.clone())
        };
        let local = known_places
            .into_iter()
            .flatten()
            .chain(std::iter::from_fn(wanted_now).take(1))
            .filter_map(|path| std::fs::read(path).ok())
            .find(|bytes| sha256(bytes) == hash);
        let bytes = match local {
            Some(bytes) => Some(bytes),
            None => self
                .remote
                .document(accepted.ksef_number)
                .await?
                .filter(|bytes| sha256(bytes) == hash),
        };
        Ok(bytes.map(|bytes| {
            let metadata = metadata::read(&bytes).ok();
            (bytes, metadata)
        }))
    }

    pub(super) fn path_of(&self, accepted: &Accepted, extension: &str) -> PathBuf {
        self.options
            .folder
            .join(format!("{}.{extension}", accepted.ksef_number))
    }
}
