//! Batch sessions of the KSeF in memory: parts are put together, decrypted and unpacked as KSeF does.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::Cursor;

use ksef_api::ops::sessions::{BatchFile, OpenedBatchSession, PartUpload};
use ksef_core::reference::SessionRef;
use ksef_core::secret::SecretText;
use ksef_crypto::digest::sha256;
use ksef_crypto::package::{Limits, PackageError, read};
use ksef_crypto::session_key::SessionKey;
use ksef_invoice::document::InvoiceDocument;
use ksef_sdk::session::Parts as _;

use super::{State, World, WorldClient, cut};
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::Text;
use crate::send::journal::event::Event;
use crate::send::package::{Opened, SealedPackage};
use crate::send::remote::PackageTrouble;

/// What is known about batch sessions.
#[derive(Debug, Default)]
pub(super) struct Batches {
    sessions: BTreeMap<SessionRef, Batch>,
    /// Codes with which the next sessions fail.
    failures: VecDeque<i32>,
    /// The most invoices of a session.
    invoices_max: Option<usize>,
    /// How many uploads go astray though the storage takes them.
    lost: usize,
    /// Whether addresses of sessions that were opened so far have ended.
    ended: usize,
    sizes: Vec<usize>,
}

#[derive(Debug)]
struct Batch {
    key: SessionKey,
    file: BatchFile,
    parts: HashMap<u32, Vec<u8>>,
    code: i32,
}

impl Batches {
    pub(super) fn code(&self, session: SessionRef) -> Option<i32> {
        self.sessions.get(&session).map(|batch| batch.code)
    }
}

impl World {
    /// The next batch sessions fail with these codes.
    pub(in super::super) fn fail_batches(&self, codes: &[i32]) {
        self.ask(|state| state.batches.failures.extend(codes));
    }

    /// Batch sessions take so many invoices.
    pub(in super::super) fn limit_batches(&self, invoices_max: usize) {
        self.ask(|state| state.batches.invoices_max = Some(invoices_max));
    }

    /// So many uploads are lost.
    pub(in super::super) fn lose_parts(&self, count: usize) {
        self.ask(|state| state.batches.lost = count);
    }

    /// The addresses of all sessions that are open end.
    pub(in super::super) fn end_addresses(&self) {
        self.ask(|state| state.batches.ended = state.batches.sessions.len());
    }

    /// How many invoices each package held, in the order of closing.
    pub(in super::super) fn packages(&self) -> Vec<usize> {
        self.ask(|state| state.batches.sizes.clone())
    }

    /// How many batch sessions were opened.
    pub(in super::super) fn batches(&self) -> usize {
        self.ask(|state| state.batches.sessions.len())
    }
}

fn refused(word: &str) -> Error {
    Error::new(Exit::Rejected, Text::verbatim(word))
}

impl WorldClient<'_> {
    async fn package_step(&self) -> Result<(), PackageTrouble> {
        let stepped = self.world.step().await;
        stepped.map_err(|_| PackageTrouble::Stopped(cut()))
    }

    pub(super) async fn open_package(
        &self,
        package: &SealedPackage,
    ) -> Result<OpenedBatchSession, PackageTrouble> {
        self.package_step().await?;
        let file = package.file();
        let ordinals = file.file_parts.iter().map(|part| part.ordinal_number);
        let uploads = ordinals.map(|ordinal_number| PartUpload {
            ordinal_number,
            method: "PUT".to_owned(),
            url: SecretText::new("https://storage/x?sig=secret"),
            headers: BTreeMap::new(),
        });
        let part_upload_requests = uploads.collect();
        let reference_number = self.world.ask(|state| {
            let (date, count) = state.reference();
            let session = SessionRef::generate_batch(date, count, 9);
            state.sessions.insert(session, Vec::new());
            let batch = Batch {
                key: package.key().clone(),
                file,
                parts: HashMap::new(),
                code: 100,
            };
            state.batches.sessions.insert(session, batch);
            session
        });
        self.package_step().await?;
        Ok(OpenedBatchSession {
            reference_number,
            part_upload_requests,
        })
    }

    pub(super) async fn upload_parts(
        &self,
        package: &SealedPackage,
        opened: &Opened,
        parts: &[u32],
    ) -> Result<(), PackageTrouble> {
        let session = opened.session;
        for part in parts {
            self.package_step().await?;
            let is_over = self.world.ask(|state| {
                let place = state.batches.sessions.keys().position(|it| *it == session);
                place.unwrap() < state.batches.ended
            });
            let mut bytes = Vec::new();
            let written = package.write_part(*part, &mut bytes);
            let file = package.file();
            let declared = file.file_parts.iter().find(|it| it.ordinal_number == *part);
            // The client compares what it sends.
            let is_right = written.is_ok() && declared.unwrap().file_hash == sha256(&bytes);
            if is_over || !is_right {
                return Err(PackageTrouble::Over(refused("the part cannot be stored")));
            }
            self.world.ask(|state| {
                assert!(!state.closed.contains(&session), "into a closed session");
                if state.batches.lost > 0 {
                    state.batches.lost -= 1;
                } else {
                    let batch = state.batches.sessions.get_mut(&session).unwrap();
                    batch.parts.insert(*part, bytes);
                }
            });
            self.package_step().await?;
            let event = Event::PartUploaded {
                session,
                part: *part,
            };
            self.journal.append(&[event]).unwrap();
        }
        Ok(())
    }

    pub(super) async fn close_package(&self, session: SessionRef) -> Result<(), PackageTrouble> {
        self.package_step().await?;
        self.world.ask(|state| state.close_batch(session))?;
        self.package_step().await
    }
}

impl State {
    fn close_batch(&mut self, session: SessionRef) -> Result<(), PackageTrouble> {
        if self.closed.contains(&session) {
            return Ok(());
        }
        let batch = &self.batches.sessions[&session];
        let mut archive = Vec::new();
        for part in &batch.file.file_parts {
            let Some(sealed) = batch.parts.get(&part.ordinal_number) else {
                return Err(PackageTrouble::PartMissing(refused("21205")));
            };
            assert_eq!(sha256(sealed), part.file_hash);
            archive.extend(batch.key.decrypt(sealed).unwrap());
        }
        assert_eq!(sha256(&archive), batch.file.file_hash);
        self.closed.push(session);
        let mut documents = Vec::new();
        let limits = Limits {
            entries_max: 10_000,
            total_bytes_max: 1_000_000_000,
        };
        read(Cursor::new(archive), &limits, |mut entry| {
            let bytes = entry.content(3_000_000)?.unwrap();
            let hash = sha256(&bytes);
            documents.push(InvoiceDocument::new(bytes, hash));
            Ok::<_, PackageError>(())
        })
        .unwrap();
        self.batches.sizes.push(documents.len());
        let too_many = self
            .batches
            .invoices_max
            .filter(|max| documents.len() > *max);
        let failure = too_many.map(|_| 420).or(self.batches.failures.pop_front());
        let code = failure.unwrap_or_else(|| {
            for document in &documents {
                self.take(session, document);
            }
            let accepted = |it: &ksef_api::ops::sessions::SessionInvoice| it.ksef_number.is_some();
            match self.sessions[&session].iter().any(accepted) {
                true => 200,
                false => 445,
            }
        });
        self.batches.sessions.get_mut(&session).unwrap().code = code;
        Ok(())
    }
}
