//! Receipts of invoices that went in batch: the pages of their session's UPO speak of all of them at once.

use std::collections::BTreeMap;

use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{SessionKind, SessionRef};

use super::Engine;
use super::sessions::Page;
use crate::durable::{self, Access};
use crate::error::Error;
use crate::lang::text;
use crate::send::journal::event::{Accepted, Event, Receipt};
use crate::send::receipt;
use crate::send::remote::Remote;

type Missing = Vec<(Sha256Digest, Accepted)>;

impl<R: Remote> Engine<'_, R> {
    /// Saves what the pages of batch sessions acknowledge; gives back what is still without a receipt.
    pub(super) async fn save_from_pages(&self, missing: Missing) -> Result<Missing, Error> {
        let mut sessions: BTreeMap<SessionRef, Missing> = BTreeMap::new();
        let mut rest = Missing::new();
        for (hash, accepted) in missing {
            match accepted.session {
                Some(session) if session.session_kind() == Some(SessionKind::Batch) => {
                    sessions.entry(session).or_default().push((hash, accepted));
                }
                _ => rest.push((hash, accepted)),
            }
        }
        for (session, wanted) in sessions {
            let state = self.remote.session(session).await?;
            let pages = state.and_then(|state| state.upo).map(|upo| upo.pages);
            let mut wanted = wanted;
            for page in pages.unwrap_or_default() {
                if self.stop.is_requested() || wanted.is_empty() {
                    break;
                }
                if let Some(page) = self.save_page(session, page.reference_number).await? {
                    wanted = self.save_from_page(&page, wanted).await?;
                }
            }
            rest.extend(wanted);
        }
        Ok(rest)
    }

    /// Saves the invoices that a page speaks of; gives back the others.
    async fn save_from_page(&self, page: &Page, wanted: Missing) -> Result<Missing, Error> {
        // What did not pass is asked for invoice by invoice.
        let Ok((upo, signer)) = &page.checked else {
            return Ok(wanted);
        };
        let listed: std::collections::HashSet<_> = upo
            .documents
            .iter()
            .map(|document| document.ksef_number)
            .collect();
        let (mine, rest): (Missing, Missing) = wanted
            .into_iter()
            .partition(|(_, accepted)| listed.contains(&accepted.ksef_number));
        let what = text!("saving invoices", "zapisywanie faktur");
        let progress = self.printer.progress(mine.len() as u64, &what);
        for some in mine.chunks(SAVED_TOGETHER) {
            if self.stop.is_requested() {
                break;
            }
            let (mut files, mut events) = (Vec::new(), Vec::new());
            for (hash, accepted) in some {
                progress.advance();
                let Some((xml, metadata)) = self.document_of(*hash, accepted).await? else {
                    continue;
                };
                let confirmed =
                    receipt::confirm(upo, &accepted.ksef_number, hash, metadata.as_ref());
                let path = self.path_of(accepted, "xml");
                events.push(Event::ReceiptSaved(Receipt {
                    hash: *hash,
                    xml_path: path.display().to_string(),
                    upo_path: page.path.display().to_string(),
                    upo_hash: page.hash,
                    verified: confirmed.is_ok(),
                    signature: match confirmed {
                        Ok(()) => signer.clone(),
                        Err(why) => why,
                    },
                }));
                files.push((path, xml));
            }
            durable::replace_all(&files, Access::Shared)
                .map_err(|(path, error)| receipt::cannot_save(&path, error))?;
            if !events.is_empty() {
                self.append(&events)?;
            }
        }
        Ok(rest)
    }
}

/// Invoices that are forced to the disk at once.
const SAVED_TOGETHER: usize = 500;
