//! A KSeF in memory: sessions, invoices, numbers, duplicates. It counts its steps, and can die or cut the line at one.

mod batch;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use ksef_api::ops::sessions::{InvoiceStatusInfo, OpenedBatchSession, Session, SessionInvoice};
use ksef_api::status::{InvoiceStatus, StatusInfo};
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};
use ksef_invoice::document::InvoiceDocument;
use ksef_invoice::metadata;
use ksef_sdk::journal::{Entry, Journal};
use ksef_sdk::session::PartProgress;
use tokio::sync::Notify;

use crate::error::Error;
use crate::exit::Exit;
use crate::lang::Text;
use crate::send::journal::JournalFile;
use crate::send::package::{Opened, SealedPackage};
use crate::send::remote::{Declared, Duplicate, PackageTrouble, Remote, SendTrouble};

use self::batch::Batches;

/// KSeF.
#[derive(Debug, Default)]
pub(super) struct World {
    state: Mutex<State>,
    steps: AtomicUsize,
    kill_at: AtomicUsize,
    cut_at: AtomicUsize,
    killed: Notify,
}

#[derive(Debug, Default)]
struct State {
    sessions: BTreeMap<SessionRef, Vec<SessionInvoice>>,
    open: Option<SessionRef>,
    closed: Vec<SessionRef>,
    numbers: BTreeMap<(String, String), (KsefNumber, Sha256Digest, SessionRef)>,
    documents: BTreeMap<KsefNumber, Vec<u8>>,
    taken: usize,
    give_back: usize,
    refuses: bool,
    throttles: Option<Duration>,
    hides: bool,
    judged: usize,
    was_cut: bool,
    batches: Batches,
}

/// Where a step can go wrong.
enum Trouble {
    Cut,
}

impl World {
    pub(super) fn kill_at(&self, step: usize) {
        self.kill_at.store(step.saturating_add(1), Ordering::SeqCst);
        self.steps.store(0, Ordering::SeqCst);
    }

    pub(super) fn cut_at(&self, step: usize) {
        self.cut_at.store(step.saturating_add(1), Ordering::SeqCst);
    }

    pub(super) fn was_cut(&self) -> bool {
        self.state.lock().unwrap().was_cut
    }

    pub(super) async fn killed(&self) {
        self.killed.notified().await;
    }

    pub(super) fn taken(&self) -> usize {
        self.state.lock().unwrap().taken
    }

    /// Open sessions with invoices in them. An empty one whose opening was never answered has no name that anybody
    /// could close; KSeF cancels it.
    pub(super) fn open_sessions(&self) -> usize {
        let state = self.state.lock().unwrap();
        let is_open = |(name, invoices): &(&SessionRef, &Vec<_>)| {
            !invoices.is_empty() && !state.closed.contains(name)
        };
        state.sessions.iter().filter(is_open).count()
    }

    pub(super) fn give_back(&self, count: usize) {
        self.state.lock().unwrap().give_back = count;
    }

    pub(super) fn refuse_all_sending(&self) {
        self.state.lock().unwrap().refuses = true;
    }

    /// The next sending is told to come back later.
    pub(super) fn throttle_once(&self, wait: Duration) {
        self.state.lock().unwrap().throttles = Some(wait);
    }

    /// From now on nobody may read documents.
    pub(super) fn hide_documents(&self) {
        let mut state = self.state.lock().unwrap();
        (state.hides, state.judged) = (true, 0);
    }

    /// How often it was asked whose a duplicate is.
    pub(super) fn judged(&self) -> usize {
        self.state.lock().unwrap().judged
    }

    pub(super) fn allow_sending(&self) {
        self.state.lock().unwrap().refuses = false;
    }

    pub(super) fn assert_each_accepted_once(&self, count: usize) {
        let state = self.state.lock().unwrap();
        let accepted: Vec<_> = state
            .sessions
            .values()
            .flatten()
            .filter(|invoice| invoice.ksef_number.is_some())
            .map(|invoice| invoice.invoice_hash)
            .collect();
        assert_eq!(accepted.len(), count);
        let mut hashes = accepted.clone();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count, "an invoice was accepted twice");
    }

    /// A step: dies here, or cuts the line, when it is its turn.
    async fn step(&self) -> Result<(), Trouble> {
        let step = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        if step == self.kill_at.load(Ordering::SeqCst) {
            self.killed.notify_one();
            std::future::pending::<()>().await;
        }
        if step == self.cut_at.load(Ordering::SeqCst) {
            self.state.lock().unwrap().was_cut = true;
            return Err(Trouble::Cut);
        }
        tokio::task::yield_now().await;
        Ok(())
    }

    fn ask<T>(&self, question: impl FnOnce(&mut State) -> T) -> T {
        question(&mut self.state.lock().unwrap())
    }
}

impl State {
    fn reference(&self) -> (jiff::civil::Date, u64) {
        let count = self.sessions.len() + self.taken;
        (jiff::civil::date(2026, 11, 21), count as u64 + 1)
    }

    fn take(&mut self, session: SessionRef, document: &InvoiceDocument) -> InvoiceRef {
        let (date, count) = self.reference();
        let name = InvoiceRef::generate(date, count, 3);
        let facts = metadata::read(document.bytes()).unwrap();
        let key = (facts.kind.wire_name().to_owned(), facts.number.clone());
        let number = KsefNumber::generate(facts.seller.nip, date, count);
        let status = if self.give_back > 0 {
            self.give_back -= 1;
            InvoiceStatusInfo::of(InvoiceStatus::Cancelled)
        } else if let Some((number, _, session)) = self.numbers.get(&key) {
            InvoiceStatusInfo::of(InvoiceStatus::Duplicate).with_original(*session, number)
        } else if facts.number.starts_with("REFUSE") {
            InvoiceStatusInfo::of(InvoiceStatus::from_code(450))
        } else {
            self.numbers
                .insert(key, (number, document.digest(), session));
            self.documents.insert(number, document.bytes().to_vec());
            InvoiceStatusInfo::of(InvoiceStatus::Accepted)
        };
        let accepted = status.code == 200;
        self.taken += 1;
        self.sessions
            .get_mut(&session)
            .unwrap()
            .push(SessionInvoice {
                ordinal_number: 1,
                invoice_number: Some(facts.number),
                ksef_number: accepted.then_some(number),
                reference_number: name,
                invoice_hash: document.digest(),
                invoice_file_name: None,
                acquisition_date: None,
                invoicing_date: Timestamp::UNIX_EPOCH,
                permanent_storage_date: None,
                upo_download_url: None,
                upo_download_url_expiration_date: None,
                invoicing_mode: None,
                status,
            });
        name
    }
}

/// One process's way to the world.
#[derive(Debug)]
pub(super) struct WorldClient<'a> {
    pub(super) world: &'a World,
    pub(super) journal: &'a JournalFile,
}

fn cut() -> Error {
    Error::new(Exit::Unavailable, Text::verbatim("the line was cut"))
}

impl WorldClient<'_> {
    async fn step(&self) -> Result<(), Error> {
        self.world.step().await.map_err(|Trouble::Cut| cut())
    }

    async fn session_for(&self, form: &FormCode) -> Result<SessionRef, SendTrouble> {
        if let Some(open) = self.world.ask(|state| state.open)
            && self
                .journal
                .ask(|ledger| ledger.open_sessions().contains(&open))
        {
            return Ok(open);
        }
        self.journal
            .record(&Entry::SessionOpening { form: form.clone() })
            .unwrap();
        self.step().await.map_err(SendTrouble::Stopped)?;
        let session = self.world.ask(|state| {
            let (date, count) = state.reference();
            let session = SessionRef::generate(date, count, 4);
            state.sessions.insert(session, Vec::new());
            session
        });
        self.step().await.map_err(SendTrouble::Stopped)?;
        self.journal
            .record(&Entry::SessionOpened {
                session,
                form: form.clone(),
                valid_until: "2026-11-22T00:00:00Z".parse().unwrap(),
            })
            .unwrap();
        self.world.ask(|state| state.open = Some(session));
        Ok(session)
    }
}

impl Remote for WorldClient<'_> {
    async fn send(
        &self,
        document: &InvoiceDocument,
        form: &FormCode,
        _declared: Declared,
    ) -> Result<(SessionRef, InvoiceRef), SendTrouble> {
        let session = self.session_for(form).await?;
        let hash = document.digest();
        self.journal
            .record(&Entry::InvoiceSending {
                session,
                hash,
                size: document.size(),
            })
            .unwrap();
        if self.world.ask(|state| state.refuses) {
            self.journal
                .record(&Entry::InvoiceNotSent {
                    session,
                    hash,
                    code: None,
                })
                .unwrap();
            let error = Error::auth(Text::verbatim("not allowed"));
            return Err(SendTrouble::Stopped(error));
        }
        if let Some(wait) = self.world.ask(|state| state.throttles.take()) {
            self.journal
                .record(&Entry::InvoiceNotSent {
                    session,
                    hash,
                    code: None,
                })
                .unwrap();
            let error = Error::new(Exit::RateLimited, Text::verbatim("too many"));
            return Err(SendTrouble::Throttled(wait, error));
        }
        self.step().await.map_err(SendTrouble::Unknown)?;
        let invoice = self.world.ask(|state| {
            assert!(
                !state.closed.contains(&session),
                "sent into a closed session"
            );
            state.take(session, document)
        });
        self.step().await.map_err(SendTrouble::Unknown)?;
        self.journal
            .record(&Entry::InvoiceSent {
                session,
                hash,
                invoice,
            })
            .unwrap();
        Ok((session, invoice))
    }

    async fn close(&self, session: SessionRef) -> Result<(), Error> {
        self.journal
            .record(&Entry::SessionClosing { session })
            .unwrap();
        self.step().await?;
        self.world.ask(|state| {
            if !state.closed.contains(&session) {
                state.closed.push(session);
            }
            if state.open == Some(session) {
                state.open = None;
            }
        });
        self.step().await?;
        self.journal
            .record(&Entry::SessionClosed { session })
            .unwrap();
        Ok(())
    }

    async fn batch_invoices_max(&self) -> usize {
        10_000
    }

    async fn open_batch(
        &self,
        _form: &FormCode,
        _offline: bool,
        package: &SealedPackage,
    ) -> Result<OpenedBatchSession, PackageTrouble> {
        self.open_package(package).await
    }

    async fn upload(
        &self,
        package: &Arc<SealedPackage>,
        opened: &Opened,
        parts: &[u32],
        told: Arc<dyn Fn(PartProgress) + Send + Sync>,
    ) -> Result<(), PackageTrouble> {
        drop(told);
        self.upload_parts(package, opened, parts).await
    }

    async fn close_batch(&self, session: SessionRef) -> Result<(), PackageTrouble> {
        self.close_package(session).await
    }

    async fn session(&self, session: SessionRef) -> Result<Option<Session>, Error> {
        self.step().await?;
        Ok(self.world.ask(|state| {
            let code = match (state.batches.code(session), state.closed.contains(&session)) {
                (Some(code), true) => code,
                (None, true) => 200,
                (_, false) => 100,
            };
            state.sessions.contains_key(&session).then(|| Session {
                status: StatusInfo::new(code, "x"),
                date_created: Timestamp::UNIX_EPOCH,
                date_updated: Timestamp::UNIX_EPOCH,
                valid_until: None,
                upo: None,
                invoice_count: None,
                successful_invoice_count: None,
                failed_invoice_count: None,
            })
        }))
    }

    async fn invoices(&self, session: SessionRef) -> Result<Vec<SessionInvoice>, Error> {
        self.step().await?;
        Ok(self
            .world
            .ask(|state| state.sessions.get(&session).cloned().unwrap_or_default()))
    }

    async fn invoice(
        &self,
        session: SessionRef,
        invoice: InvoiceRef,
    ) -> Result<SessionInvoice, Error> {
        let all = self.invoices(session).await?;
        Ok(all
            .into_iter()
            .find(|found| found.reference_number == invoice)
            .unwrap())
    }

    async fn resolve_duplicate(
        &self,
        status: &InvoiceStatusInfo,
        hash: Sha256Digest,
    ) -> Result<Duplicate, Error> {
        self.step().await?;
        self.world.ask(|state| state.judged += 1);
        if self.world.ask(|state| state.hides) {
            return Ok(Duplicate::Unknown);
        }
        let number = status.original_ksef_number().unwrap();
        let original = status.original_session_reference_number();
        let document = self
            .world
            .ask(|state| state.documents.get(&number).cloned().unwrap());
        Ok(if ksef_crypto::digest::sha256(&document) == hash {
            Duplicate::Mine(number, original)
        } else {
            Duplicate::Conflict(number)
        })
    }

    async fn invoice_upo(
        &self,
        _session: SessionRef,
        number: KsefNumber,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.step().await?;
        Ok(Some(format!("<upo>{number}</upo>").into_bytes()))
    }

    async fn session_upo(
        &self,
        _session: SessionRef,
        _page: UpoRef,
    ) -> Result<Option<Vec<u8>>, Error> {
        Ok(None)
    }

    async fn document(&self, number: KsefNumber) -> Result<Option<Vec<u8>>, Error> {
        self.step().await?;
        Ok(self
            .world
            .ask(|state| state.documents.get(&number).cloned()))
    }
}
