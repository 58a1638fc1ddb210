//! Sessions: closing them, and their own end and UPO.

use std::path::PathBuf;
use std::time::Duration;

use ksef_api::ops::sessions::Session;
use ksef_api::status::StatusClass;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{SessionRef, UpoRef};
use ksef_crypto::digest::sha256;
use ksef_invoice::upo::Upo;

use super::Engine;
use crate::durable::{self, Access};
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::text;
use crate::send::journal::event::Event;
use crate::send::receipt;
use crate::send::remote::Remote;

impl<R: Remote> Engine<'_, R> {
    /// Closes every session that may be open: this run's, and those of runs that died.
    pub(super) async fn close_open_sessions(&self) -> Result<(), Error> {
        let sessions = self.journal.ask(crate::send::ledger::Ledger::open_sessions);
        for session in sessions {
            self.note(&text!(
                "closing session {session}",
                "zamykanie sesji {session}",
                session = session
            ));
            let Err(error) = self.remote.close(session).await else {
                continue;
            };
            // Somebody else's session, by now, is no reason to send nothing; KSeF closes it by itself.
            if !matches!(error.exit(), Exit::Auth | Exit::Rejected) {
                return Err(error);
            }
            self.printer.warn(&text!(
                "session {session} could not be closed ({error}); KSeF closes it by itself, 12 hours after its opening",
                "sesji {session} nie udało się zamknąć ({error}); KSeF zamknie ją samodzielnie 12 godzin po otwarciu",
                session = session,
                error = error
            ));
        }
        Ok(())
    }

    /// Waits for the end of closed sessions and saves their UPO.
    pub(super) async fn finish_sessions(&self) -> Result<(), Error> {
        let deadline = self.deadline();
        for session in self
            .journal
            .ask(crate::send::ledger::Ledger::unfinished_sessions)
        {
            let mut pause = PAUSE_MIN;
            loop {
                let Some(state) = self.remote.session(session).await? else {
                    let description = "unknown to KSeF".to_owned();
                    self.append(&[Event::SessionEnded {
                        session,
                        code: 0,
                        description,
                    }])?;
                    break;
                };
                let code = state.status.code;
                if StatusClass::of_code(code).is_final() {
                    self.save_session_upo(session, &state).await?;
                    let description = state.status.description.clone();
                    self.append(&[Event::SessionEnded {
                        session,
                        code,
                        description,
                    }])?;
                    break;
                }
                if self.stop.is_requested() || self.clock.now() >= deadline {
                    return Ok(());
                }
                self.stop.sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
        Ok(())
    }

    async fn save_session_upo(&self, session: SessionRef, state: &Session) -> Result<(), Error> {
        let pages = state
            .upo
            .as_ref()
            .map(|upo| upo.pages.as_slice())
            .unwrap_or_default();
        for page in pages {
            self.save_page(session, page.reference_number).await?;
        }
        Ok(())
    }

    /// A page of a session's UPO, saved and checked; `None` when it is not there yet.
    pub(super) async fn save_page(
        &self,
        session: SessionRef,
        upo: UpoRef,
    ) -> Result<Option<Page>, Error> {
        let path = self.options.folder.join(format!("{session}-{upo}.upo.xml"));
        let is_known = self.journal.ask(|ledger| {
            let state = ledger.session_of(session);
            state.is_some_and(|state| state.receipts.contains(&path.display().to_string()))
        });
        let saved = is_known.then(|| std::fs::read(&path).ok()).flatten();
        let is_saved = saved.is_some();
        let bytes = match saved {
            Some(bytes) => bytes,
            None => match self.remote.session_upo(session, upo).await? {
                Some(bytes) => bytes,
                None => return Ok(None),
            },
        };
        let checked =
            receipt::check_session_upo(&bytes, session, &self.options.anchors, self.clock.now());
        let hash = sha256(&bytes);
        if !is_saved {
            durable::replace(&path, &bytes, Access::Shared)
                .map_err(|error| receipt::cannot_save(&path, error))?;
            if let Err(why) = &checked {
                self.printer.warn(&text!(
                    "the UPO of session {session} did not pass: {why}",
                    "UPO sesji {session} nie przeszło weryfikacji: {why}",
                    session = session,
                    why = why
                ));
            }
            self.append(&[Event::SessionReceiptSaved {
                session,
                upo,
                path: path.display().to_string(),
                upo_hash: hash,
                verified: checked.is_ok(),
            }])?;
        }
        Ok(Some(Page {
            path,
            hash,
            checked,
        }))
    }
}

/// A saved page of a session's UPO.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) path: PathBuf,
    pub(super) hash: Sha256Digest,
    /// What it says and who signed it, or why it did not pass.
    pub(super) checked: Result<(Upo, String), String>,
}

const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(5);
