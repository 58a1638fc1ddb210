//! Packages: from files to verdicts.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use ksef_api::ops::sessions::PartUpload;
use ksef_api::status::{InvoiceStatus, SessionStatus};
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_core::secret::SecretText;
use ksef_crypto::package::ArchiveForm;
use ksef_crypto::package::build::{BuildError, BuildOptions, Source, SourceFile};
use ksef_sdk::journal::{Entry, Journal, JournalError, NoJournal};
use ksef_sdk::session::{BatchOptions, Package, PartProgress, Parts, Uploading};
use ksef_sdk::{Client, Error, ErrorKind};

use crate::{WAIT, client, fault, invoice, sandbox, seal};

/// Invoices with these numbers.
#[derive(Debug)]
pub(crate) struct Numbered(pub(crate) std::ops::Range<u32>);

impl Source for Numbered {
    fn read_from(
        &self,
        first: usize,
        visit: &mut dyn FnMut(SourceFile<'_>) -> Result<ControlFlow<()>, BuildError>,
    ) -> Result<(), BuildError> {
        for number in self.0.clone().skip(first) {
            let xml = invoice(&format!("B/{number}"));
            let shown = SourceFile {
                name: &format!("{number}.xml"),
                expected: Some(xml.hash()),
                content: &mut &xml.bytes()[..],
            };
            if visit(shown)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Sends a package in small parts, step by step.
pub(crate) async fn send(client: &Client, invoices: Numbered) -> Result<SessionRef, Error> {
    let build = BuildOptions::default().with_part_bytes_max(1_000);
    let package = Arc::new(Package::measure(Arc::new(invoices), &build)?);
    let options = BatchOptions::default();
    let file = package.file();
    let opened = client
        .open_batch_session(&FormCode::Fa3, &file, package.key(), &options)
        .await?;
    let parts: Arc<dyn Parts> = package;
    let (uploads, how) = (&opened.part_upload_requests, Uploading::default());
    client
        .upload_batch_parts(uploads, &file, &parts, &how)
        .await?;
    client
        .close_batch_session(opened.reference_number, WAIT)
        .await?;
    Ok(opened.reference_number)
}

/// Remembers the names of steps.
#[derive(Debug, Default)]
struct Steps(Mutex<Vec<&'static str>>);

impl Journal for Steps {
    fn record(&self, entry: &Entry) -> Result<(), JournalError> {
        self.0.lock().unwrap().push(match entry {
            Entry::SessionOpening { .. } => "opening",
            Entry::SessionOpened { .. } => "opened",
            Entry::SessionClosing { .. } => "closing",
            Entry::SessionClosed { .. } => "closed",
            _ => "other",
        });
        Ok(())
    }
}

#[tokio::test]
async fn one_call_from_files_to_verdicts() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    for (form, numbers) in [(ArchiveForm::TarGz, 1..6), (ArchiveForm::Zip, 4..8)] {
        let told: Arc<Mutex<Vec<PartProgress>>> = Arc::default();
        let hears = Arc::clone(&told);
        let options =
            BatchOptions::default()
                .with_build(
                    BuildOptions::default()
                        .with_form(form)
                        .with_part_bytes_max(1_000),
                )
                .with_uploading(Uploading::default().with_lanes(3).with_progress(
                    move |progress| {
                        hears.lock().unwrap().push(progress);
                    },
                ));
        let steps = Steps::default();
        let source = Arc::new(Numbered(numbers.clone()));
        let sent = client
            .send_batch(&FormCode::Fa3, source, &options, &steps, WAIT)
            .await
            .unwrap();
        assert_eq!(
            *steps.0.lock().unwrap(),
            ["opening", "opened", "closing", "closed"]
        );
        assert_eq!(
            sent.closed.status.session_status(),
            SessionStatus::Processed
        );
        assert_eq!(sent.closed.upo.len(), 1);
        for (number, verdict) in numbers.zip(&sent.files) {
            assert_eq!(verdict.file.name, format!("{number}.xml"));
            let listed = verdict.invoice.as_ref().unwrap();
            assert_eq!(listed.invoice_hash, verdict.file.hash);
            let is_second_copy = form == ArchiveForm::Zip && number < 6;
            let expected = if is_second_copy {
                InvoiceStatus::Duplicate
            } else {
                InvoiceStatus::Accepted
            };
            assert_eq!(listed.invoice_status(), expected, "{number}");
        }
        let told = told.lock().unwrap();
        let stored: Vec<_> = told.iter().filter(|it| it.is_stored).collect();
        assert!(stored.len() > 1 && stored.iter().all(|it| it.sent == it.size));
    }
}

#[tokio::test]
async fn a_part_is_repeated_on_its_own_and_given_up_when_it_cannot_be_stored() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    fault(&sandbox, "PUT /storage/*:503*2");
    send(&client, Numbered(1..4)).await.unwrap();
    let source = Arc::new(Numbered(4..6));
    let package = Package::measure(source, &BuildOptions::default()).unwrap();
    let (file, options) = (package.file(), BatchOptions::default());
    let mut opened = client
        .open_batch_session(&FormCode::Fa3, &file, package.key(), &options)
        .await
        .unwrap();
    let parts: Arc<dyn Parts> = Arc::new(package);
    fault(&sandbox, "PUT /storage/*:503*3");
    let thrice = Uploading::default().with_attempts_max(3);
    let error = client
        .upload_batch_parts(&opened.part_upload_requests, &file, &parts, &thrice)
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Server);
    // An address that has ended, or that was tampered with.
    for upload in &mut opened.part_upload_requests {
        upload.url = upload.url.expose().replace("sig=", "sig=A").into();
    }
    let error = client
        .upload_batch_parts(&opened.part_upload_requests, &file, &parts, &thrice)
        .await
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Forbidden);
    assert!(error.is_certainly_not_done() && !format!("{error:?}").contains("sig="));
}

/// Yields other bytes than were declared.
#[derive(Debug)]
struct Spoilt(Arc<Package>, usize);

impl Parts for Spoilt {
    fn write_part(&self, part: u32, writer: &mut dyn std::io::Write) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        self.0.write_part(part, &mut bytes)?;
        match self.1 {
            0 => bytes[5] ^= 1,
            1 => bytes.truncate(bytes.len() - 1),
            2 => bytes.push(0),
            _ => return Err(std::io::Error::other("the disk is broken")),
        }
        writer.write_all(&bytes)
    }
}

#[tokio::test]
async fn what_is_not_what_was_declared_does_not_leave_whole() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    let source = Arc::new(Numbered(1..3));
    let package = Arc::new(Package::measure(source, &BuildOptions::default()).unwrap());
    let (file, options) = (package.file(), BatchOptions::default());
    let opened = client
        .open_batch_session(&FormCode::Fa3, &file, package.key(), &options)
        .await
        .unwrap();
    let uploads = &opened.part_upload_requests;
    for how in 0..4 {
        let parts: Arc<dyn Parts> = Arc::new(Spoilt(Arc::clone(&package), how));
        let error = client
            .upload_batch_parts(uploads, &file, &parts, &Uploading::default())
            .await
            .unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unreadable, "{how}: {error:?}");
        assert!(!format!("{error:?}").contains("sig="));
    }
    let session = opened.reference_number;
    let error = client.close_batch_session(session, WAIT).await.unwrap_err();
    assert!(error.has_code(21_205), "nothing was stored: {error}");
    let parts: Arc<dyn Parts> = Arc::clone(&package) as _;
    client
        .upload_batch_parts(uploads, &file, &parts, &Uploading::default())
        .await
        .unwrap();
    client.close_batch_session(session, WAIT).await.unwrap();
    let sent = client
        .batch_verdicts(session, package.blueprint(), WAIT)
        .await
        .unwrap();
    assert!(sent.closed.is_processed());
}

#[tokio::test]
async fn parts_do_not_go_to_strangers() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    let package = Package::measure(Arc::new(Numbered(1..2)), &BuildOptions::default()).unwrap();
    let file = package.file();
    let parts: Arc<dyn Parts> = Arc::new(package);
    for url in ["https://storage.example/x?sig=1", "ftp://127.0.0.1/x?sig=1"] {
        let upload = PartUpload {
            ordinal_number: 1,
            method: "PUT".to_owned(),
            url: SecretText::new(url),
            headers: BTreeMap::new(),
        };
        let error = client
            .upload_batch_parts(&[upload], &file, &parts, &Uploading::default())
            .await
            .unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Protocol);
        assert!(!format!("{error:?}").contains("sig="));
    }
}

/// The close is done and its answer lost, or never comes: the session's status tells.
#[tokio::test]
async fn a_close_without_an_answer_is_settled_by_the_status() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    fault(&sandbox, "sessions.close_batch:drop-after*1");
    let options = BatchOptions::default();
    let sent = client
        .send_batch(
            &FormCode::Fa3,
            Arc::new(Numbered(1..3)),
            &options,
            &NoJournal,
            WAIT,
        )
        .await
        .unwrap();
    assert!(sent.closed.is_processed());
}
