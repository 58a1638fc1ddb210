//! Packages: made, opened, uploaded, closed; each step written down before it is taken.
//!
//! Until the closing of its session is written down, nobody looks into a package: it is continued, or dropped and its
//! invoices go in another one. A session that was never closed does no harm, KSeF cancels it. From the closing on, the
//! package is never dropped unless KSeF said that the session is not closed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use ksef_core::digest::Sha256Digest;
use ksef_core::reference::SessionRef;
use ksef_sdk::session::Uploading;

use super::Engine;
use crate::error::Error;
use crate::lang::{Lang, text};
use crate::send::journal::event::Event;
use crate::send::ledger::{Ledger, Next, Package};
use crate::send::package::{Files, Opened, PackageFault, SealedPackage};
use crate::send::plan::PlannedInvoice;
use crate::send::remote::{PackageTrouble, Remote};
use crate::send::way;

impl<R: Remote> Engine<'_, R> {
    /// Brings the packages of runs that died to their end. One that KSeF may have is closed; of the others, those are
    /// continued whose invoices are all wanted now.
    pub(super) async fn resume_packages(&self) -> Result<(), Error> {
        let open = self.journal.ask(Ledger::open_packages);
        self.packages.keep_only(&open);
        for number in open {
            let Some(package) = self.journal.ask(|ledger| ledger.package(number)) else {
                continue;
            };
            let sealed = self
                .files_of(&package)
                .and_then(|files| self.packages.load(number, files));
            match (sealed, self.closing_of(&package)) {
                (sealed, Some(session)) => {
                    self.note(&text!(
                        "closing session {session}, which an earlier run was about to close",
                        "zamykanie sesji {session}, którą miało zamknąć wcześniejsze uruchomienie",
                        session = session
                    ));
                    let mut sealed = sealed.map(Arc::new);
                    self.close_package(number, session, sealed.as_mut()).await?;
                }
                (Some(sealed), None) if package.is_whole() => {
                    self.note(&text!(
                        "continuing package {number}, which an earlier run began",
                        "wznawianie paczki {number}, rozpoczętej wcześniej",
                        number = number
                    ));
                    self.advance(number, sealed).await?;
                }
                _ => self.drop_package(number, "left by an earlier run")?,
            }
        }
        Ok(())
    }

    /// Makes packages of what goes in batch and is not sent, and sends them, one after another. What stops it is left
    /// in `trouble`.
    pub(super) async fn send_packages(&self, invoices: &[&PlannedInvoice]) {
        if invoices.is_empty() || self.is_halted() {
            return;
        }
        let invoices_max = self.remote.batch_invoices_max().await;
        for group in way::packages(invoices, self.invoices_max(invoices, invoices_max)) {
            if !self.may_send().await {
                return;
            }
            if let Err(error) = self.send_package(&group).await {
                self.halt(error);
                return;
            }
        }
    }

    /// What fits into a package: after KSeF found one too large (420), half of that.
    fn invoices_max(&self, invoices: &[&PlannedInvoice], limit: usize) -> usize {
        let halves = invoices.iter().filter_map(|invoice| {
            let known = self.journal.invoice(&invoice.planned.hash);
            let is_too_many = matches!(known.returned, Some((TOO_MANY, _)));
            let last = known.package.filter(|_| is_too_many)?;
            let last = self.journal.ask(|ledger| ledger.package(last))?;
            Some(last.count / 2)
        });
        halves.fold(limit, usize::min).max(1)
    }

    /// Sends invoices in one package. A file that changed or went away is left out; its row tells.
    async fn send_package(&self, invoices: &[&PlannedInvoice]) -> Result<(), Error> {
        let mut invoices = invoices.to_vec();
        loop {
            let number = self.plan_package(&invoices)?;
            let files = invoices
                .iter()
                .map(|invoice| (&invoice.planned, invoice.path.clone()));
            let files = Files::of(files).until(self.stop.clone());
            let fault = match self.seal(number, Arc::new(files)).await? {
                Ok(sealed) => return self.advance(number, sealed).await,
                Err(fault) => fault,
            };
            let is_about_a_file = fault.is_about_a_file();
            let error = fault.into_error();
            self.drop_package(number, &error.to_string())?;
            if self.stop.is_requested() {
                return Ok(());
            }
            let before = invoices.len();
            invoices.retain(|invoice| invoice.document().is_ok());
            if !is_about_a_file || invoices.len() == before {
                return Err(error);
            }
            if invoices.is_empty() {
                return Ok(());
            }
        }
    }

    /// Writes down what goes together.
    fn plan_package(&self, invoices: &[&PlannedInvoice]) -> Result<u64, Error> {
        let number = self.journal.ask(Ledger::next_package);
        let Some(first) = invoices.first() else {
            return Ok(number);
        };
        let mut events = vec![Event::PackagePlanned {
            package: number,
            form: first.planned.form.clone(),
            count: invoices.len(),
            offline: first.planned.offline,
        }];
        events.extend(invoices.iter().map(|invoice| Event::InvoicePacked {
            package: number,
            hash: invoice.planned.hash,
        }));
        self.append(&events)?;
        self.note(&text!(
            "packing {count} invoice(s) into package {number}",
            "pakowanie faktur ({count}) do paczki {number}",
            count = invoices.len(),
            number = number
        ));
        Ok(number)
    }

    /// Makes a package on a thread that may work and wait.
    async fn seal(
        &self,
        number: u64,
        files: Arc<Files>,
    ) -> Result<Result<SealedPackage, PackageFault>, Error> {
        let (packages, packaging) = (self.packages.clone(), self.options.packaging);
        let what = text!("packing", "pakowanie");
        let progress = self.printer.byte_progress(files.bytes(), &what);
        let sealed = tokio::task::spawn_blocking(move || {
            packages.seal(number, files, packaging, &mut |done| {
                progress.set(done.bytes)
            })
        });
        sealed.await.map_err(|error| {
            Error::failed(text!(
                "the package could not be made",
                "nie udało się utworzyć paczki"
            ))
            .caused_by(error)
        })
    }

    /// From wherever a package is to its closing. Afterwards it is closed or dropped, unless there was an error.
    async fn advance(&self, number: u64, mut sealed: SealedPackage) -> Result<(), Error> {
        let Some(package) = self.journal.ask(|ledger| ledger.package(number)) else {
            return Ok(());
        };
        let opened = match sealed.opened() {
            Some(opened) => opened.clone(),
            None => self.open_package(number, &package, &mut sealed).await?,
        };
        if package.session != Some(opened.session) {
            // The addresses were kept first, so that this line never names a session that cannot be used.
            self.append(&[Event::SessionOpened {
                session: opened.session,
                form: package.form.clone(),
                valid_until: opened.until,
                package: Some(number),
            }])?;
        }
        let mut sealed = Arc::new(sealed);
        if self.clock.now() >= opened.until {
            return self.drop_package(number, "the time for uploading is over");
        }
        let uploaded = self
            .journal
            .ask(|ledger| ledger.package(number))
            .map(|package| package.uploaded)
            .unwrap_or_default();
        let missing: Vec<u32> = opened
            .uploads
            .iter()
            .map(|upload| upload.ordinal_number)
            .filter(|part| !uploaded.contains(part))
            .collect();
        if !self.upload(number, &sealed, &opened, &missing).await? {
            return Ok(());
        }
        self.close_package(number, opened.session, Some(&mut sealed))
            .await
    }

    /// Opens a session for a package. One whose opening is not answered stays without a name, empty, and KSeF cancels
    /// it; so it can be tried again.
    async fn open_package(
        &self,
        number: u64,
        package: &Package,
        sealed: &mut SealedPackage,
    ) -> Result<Opened, Error> {
        let mut attempt = 1;
        let answer = loop {
            self.append(&[Event::SessionOpening {
                form: package.form.clone(),
                package: Some(number),
            }])?;
            let outcome = self
                .remote
                .open_batch(&package.form, package.offline, sealed)
                .await;
            match outcome {
                Ok(answer) => break answer,
                Err(PackageTrouble::Throttled(wait, error)) => {
                    if wait > self.options.wait || attempt == ATTEMPTS_MAX {
                        return Err(error);
                    }
                    self.pause_sending(wait);
                    if !self.may_send().await {
                        return Err(error);
                    }
                }
                // KSeF does not want this package; the next run makes another one.
                Err(PackageTrouble::Over(error) | PackageTrouble::PartMissing(error)) => {
                    self.drop_package(number, &error.to_string())?;
                    return Err(error);
                }
                Err(PackageTrouble::Stopped(error)) => return Err(error),
            }
            attempt += 1;
        };
        let session = answer.reference_number;
        let until = Uploading::ends_at(self.clock.now(), answer.part_upload_requests.len());
        let opened = Opened {
            session,
            until,
            uploads: answer.part_upload_requests,
        };
        sealed
            .set_opened(opened.clone())
            .map_err(|error| PackageFault::Disk(error).into_error())?;
        Ok(opened)
    }

    /// Uploads parts; whether all of them are there now. Otherwise the package was dropped, or the user wants to stop.
    async fn upload(
        &self,
        number: u64,
        sealed: &Arc<SealedPackage>,
        opened: &Opened,
        parts: &[u32],
    ) -> Result<bool, Error> {
        if parts.is_empty() {
            return Ok(true);
        }
        let what = text!("uploading", "przesyłanie");
        let told = super::packing::uploaded(self.printer.byte_progress(sealed.bytes(), &what));
        let work = self.remote.upload(sealed, opened, parts, told);
        let outcome = tokio::select! {
            outcome = work => outcome,
            // The next run continues; nobody looks into what is not closed.
            () = self.stop.requested() => return Ok(false),
        };
        match outcome {
            Ok(()) => Ok(true),
            Err(PackageTrouble::Over(error) | PackageTrouble::PartMissing(error)) => {
                self.given_up(number, &error)?;
                Ok(false)
            }
            Err(PackageTrouble::Stopped(error) | PackageTrouble::Throttled(_, error)) => Err(error),
        }
    }

    /// Closes the session of a package. When KSeF misses a part it gets all of them once more.
    async fn close_package(
        &self,
        number: u64,
        session: SessionRef,
        sealed: Option<&mut Arc<SealedPackage>>,
    ) -> Result<(), Error> {
        let sealed = sealed.map(|sealed| Arc::clone(sealed));
        let mut attempt = 1;
        loop {
            self.append(&[Event::SessionClosing { session }])?;
            let error = match self.remote.close_batch(session).await {
                Ok(()) => {
                    self.append(&[Event::SessionClosed { session }])?;
                    self.forget(number);
                    return Ok(());
                }
                Err(PackageTrouble::PartMissing(error)) => error,
                Err(PackageTrouble::Over(error)) => return self.given_up(number, &error),
                Err(PackageTrouble::Throttled(wait, error)) => {
                    if wait > self.options.wait || attempt == ATTEMPTS_MAX {
                        return Err(error);
                    }
                    self.stop.sleep(wait).await;
                    attempt += 1;
                    continue;
                }
                Err(PackageTrouble::Stopped(error)) => return Err(error),
            };
            let again = sealed
                .as_ref()
                .and_then(|sealed| Some((sealed, sealed.opened()?.clone())))
                .filter(|(_, opened)| opened.session == session && attempt < ATTEMPTS_MAX);
            let Some((sealed, opened)) = again else {
                return self.given_up(number, &error);
            };
            let all: Vec<u32> = opened
                .uploads
                .iter()
                .map(|upload| upload.ordinal_number)
                .collect();
            if !self.upload(number, sealed, &opened, &all).await? {
                return Ok(());
            }
            attempt += 1;
        }
    }

    /// The session of a package whose closing was begun.
    fn closing_of(&self, package: &Package) -> Option<SessionRef> {
        let session = package.session?;
        let is_closing = |ledger: &Ledger| {
            let state = ledger.session_of(session);
            state.is_some_and(|state| state.closing)
        };
        self.journal.ask(is_closing).then_some(session)
    }

    /// The files of a package; `None` unless all of them are wanted in this run.
    fn files_of(&self, package: &Package) -> Option<Arc<Files>> {
        let wanted: HashMap<Sha256Digest, &PlannedInvoice> = self
            .invoices
            .iter()
            .map(|invoice| (invoice.planned.hash, *invoice))
            .collect();
        let files: Option<Vec<(_, PathBuf)>> = package
            .invoices
            .iter()
            .map(|hash| {
                let invoice = wanted.get(hash)?;
                Some((&invoice.planned, invoice.path.clone()))
            })
            .collect();
        Some(Arc::new(Files::of(files?).until(self.stop.clone())))
    }

    fn given_up(&self, number: u64, error: &Error) -> Result<(), Error> {
        let told = text!(
            "package {number} is given up ({en}); its invoices go in another one",
            "paczka {number} zostaje porzucona ({pl}); jej faktury trafią do innej",
            number = number,
            en = error,
            pl = error.text(Lang::Pl)
        );
        self.printer.warn(&told);
        self.drop_package(number, &error.to_string())
    }

    fn drop_package(&self, number: u64, reason: &str) -> Result<(), Error> {
        let reason = reason.to_owned();
        self.append(&[Event::PackageDropped {
            package: number,
            reason,
        }])?;
        self.forget(number);
        Ok(())
    }

    /// Removes the key, the addresses and the parts of a package.
    fn forget(&self, number: u64) {
        if let Err(error) = self.packages.remove(number) {
            tracing::warn!(number, %error, "a package could not be removed");
        }
    }

    /// Invoices of this run that are to be sent now.
    pub(super) fn unsent(&self) -> Vec<&PlannedInvoice> {
        self.invoices
            .iter()
            .filter(|invoice| self.journal.invoice(&invoice.planned.hash).next() == Next::Send)
            .copied()
            .collect()
    }
}

/// 420: more invoices than a session takes.
const TOO_MANY: i32 = 420;
/// How often an opening or closing is tried.
const ATTEMPTS_MAX: u32 = 3;
