//! Batch sessions: opened, uploaded, closed, taken apart, failed in every way that is documented.

use std::io::{Cursor, Write as _};
use std::time::Duration;

use jiff::SignedDuration;
use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::invoices::CompressionType;
use ksef_api::ops::sessions::{
    BatchFile, BatchFilePart, CloseBatchSession, CloseOnlineSession, EncryptionInfo, GetSession,
    GetUpoPage, InvoicingMode, ListFailedInvoices, ListSessionInvoices, ListSessions,
    OpenBatchSession, OpenedBatchSession, Session, SessionInvoice, SessionPhase, SessionType,
};
use ksef_api::ops::testdata::TestPermissionType as Right;
use ksef_api::problem::Problem;
use ksef_core::form_code::FormCode;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;
use ksef_sandbox::faults::Fault;
use serde_json::json;

use crate::sending::{Sending, code, encryption, grant, invoice};
use crate::support::{NIP, OTHER_NIP, PESEL, World, client};

type Files = Vec<(String, String)>;

pub(crate) fn zip(files: &Files) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_gz(files: &Files) -> Vec<u8> {
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(gzip);
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        builder
            .append_data(&mut header, name, content.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn invoices(numbers: &[&str]) -> Files {
    let file = |number: &&str| {
        (
            format!("{}.xml", number.replace('/', "-")),
            invoice(NIP, number),
        )
    };
    numbers.iter().map(file).collect()
}

/// A package on its way.
struct Batch {
    key: SessionKey,
    file: BatchFile,
    parts: Vec<Vec<u8>>,
}

impl Batch {
    fn of(archive: &[u8], part_bytes: usize) -> Self {
        let key = SessionKey::generate().unwrap();
        let parts: Vec<_> = archive
            .chunks(part_bytes)
            .map(|part| key.encrypt(part).unwrap())
            .collect();
        let declared = (1..)
            .zip(&parts)
            .map(|(ordinal_number, part)| BatchFilePart {
                ordinal_number,
                file_size: part.len() as u64,
                file_hash: sha256(part),
            });
        let file = BatchFile::new(
            (sha256(archive), archive.len() as u64),
            CompressionType::Zip,
            declared,
        );
        Self { key, file, parts }
    }

    async fn request(&self, world: &World) -> OpenBatchSession {
        let encryption = encryption(world, &self.key).await;
        OpenBatchSession::new(FormCode::Fa3, self.file.clone(), encryption)
    }

    async fn open(&self, world: &World, access: &BearerToken) -> Opened {
        let request = self.request(world).await;
        Opened(world.ask(&request, access).await)
    }

    /// Opens, uploads everything and closes.
    async fn send(&self, world: &World, access: &BearerToken) -> Opened {
        let opened = self.open(world, access).await;
        for (index, part) in self.parts.iter().enumerate() {
            assert_eq!(opened.upload(index, part.clone()).await, 201);
        }
        opened.close(world, access).await.unwrap();
        opened
    }
}

struct Opened(OpenedBatchSession);

impl Opened {
    async fn upload(&self, index: usize, part: Vec<u8>) -> u16 {
        let upload = &self.0.part_upload_requests[index];
        assert_eq!(upload.method, "PUT");
        let mut request = client().put(upload.url.expose()).body(part);
        for (name, value) in &upload.headers {
            request = request.header(name, value.as_deref().unwrap());
        }
        request.send().await.unwrap().status().as_u16()
    }

    async fn close(&self, world: &World, access: &BearerToken) -> Result<(), Problem> {
        let request = CloseBatchSession::new(self.0.reference_number);
        world.call(&request, Some(access)).await
    }

    async fn status(&self, world: &World, access: &BearerToken) -> Session {
        let request = GetSession::new(self.0.reference_number);
        world.ask(&request, access).await
    }

    async fn ended(&self, world: &World, access: &BearerToken) -> Session {
        for _ in 0..4_000 {
            let session = self.status(world, access).await;
            if session.status.code >= 200 {
                return session;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{:?}", self.status(world, access).await);
    }

    async fn invoices(&self, world: &World, access: &BearerToken) -> Vec<SessionInvoice> {
        let request = ListSessionInvoices::new(self.0.reference_number).with_page_size(1_000);
        world.ask(&request, access).await.invoices
    }
}

async fn desk() -> (World, BearerToken) {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    (world, access)
}

#[tokio::test]
async fn a_package_becomes_invoices_with_numbers_and_a_upo() {
    let (world, access) = desk().await;
    let numbers = ["FV/1", "FV/2", "FV/3"];
    for (archive, prefix) in [
        (zip(&invoices(&numbers)), "A"),
        (tar_gz(&invoices(&numbers)), "B"),
    ] {
        let batch = Batch::of(&archive, 500);
        assert!(batch.parts.len() > 1);
        let opened = batch.send(&world, &access).await;
        let session = opened.ended(&world, &access).await;
        let invoices = opened.invoices(&world, &access).await;
        assert_eq!(invoices.len(), 3, "{prefix}");
        if prefix == "B" {
            // The same invoices again: all of them are duplicates.
            assert_eq!(session.status.code, 445);
            assert_eq!(
                (
                    session.successful_invoice_count,
                    session.failed_invoice_count
                ),
                (Some(0), Some(3))
            );
            assert!(invoices.iter().all(|invoice| invoice.status.code == 440));
            let failed = ListFailedInvoices::new(opened.0.reference_number);
            assert_eq!(world.ask(&failed, &access).await.invoices.len(), 3);
            continue;
        }
        assert_eq!(
            (session.status.code, session.status.description.as_str()),
            (200, "Sesja wsadowa przetworzona pomyślnie")
        );
        assert_eq!(
            (
                session.invoice_count,
                session.successful_invoice_count,
                session.failed_invoice_count
            ),
            (Some(3), Some(3), Some(0))
        );
        for (ordinal, (invoice, number)) in (1..).zip(invoices.iter().zip(numbers)) {
            assert_eq!(invoice.ordinal_number, ordinal);
            assert_eq!(invoice.invoice_number.as_deref(), Some(number));
            let name = format!("{}.xml", number.replace('/', "-"));
            assert_eq!(invoice.invoice_file_name, Some(name));
            assert_eq!(invoice.invoicing_date, session.date_created);
            assert!(invoice.ksef_number.is_some());
            let sent = crate::sending::invoice(NIP, number);
            assert_eq!(invoice.invoice_hash, sha256(sent.as_bytes()));
        }
        let page = session.upo_pages()[0].reference_number;
        let upo = world
            .ask(&GetUpoPage::new(opened.0.reference_number, page), &access)
            .await;
        let upo = ksef_invoice::upo::read(&upo.bytes).unwrap();
        assert_eq!(upo.documents.len(), 3);
    }
}

/// As on the real system, so that whoever pages by the date never meets more of one instant than a page holds.
#[tokio::test]
async fn no_two_invoices_are_stored_at_the_same_instant() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().to_owned();
    let mut stored = Vec::new();
    for package in 1..=2 {
        // The clock stands still and the world is opened anew.
        let world = World::start_with(|builder| builder.data_dir(&folder)).await;
        let access = world.owner(NIP).await.access_token;
        let numbers: Vec<_> = (1..=20)
            .map(|index| format!("P/{package}/{index}"))
            .collect();
        let numbers: Vec<_> = numbers.iter().map(String::as_str).collect();
        let batch = Batch::of(&tar_gz(&invoices(&numbers)), 100_000);
        let opened = batch.send(&world, &access).await;
        opened.ended(&world, &access).await;
        for _ in 0..400 {
            let dates = opened.invoices(&world, &access).await;
            let dates = dates.iter().map(|invoice| invoice.permanent_storage_date);
            if let Some(dates) = dates.collect::<Option<Vec<_>>>() {
                stored.extend(dates);
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.sandbox.shutdown().await;
    }
    assert_eq!(stored.len(), 40);
    assert!(
        stored
            .windows(2)
            .all(|pair| pair[1].duration_since(pair[0]) >= SignedDuration::from_micros(20)),
        "{stored:?}"
    );
}

#[tokio::test]
async fn one_accepted_invoice_is_enough_and_each_is_judged_by_itself() {
    let (world, access) = desk().await;
    let mut files = invoices(&["FV/1", "FV/2"]);
    files.push(("foreign.xml".into(), invoice(OTHER_NIP, "FV/3")));
    files.push(("notes.txt".into(), "no invoice".into()));
    files.push(("again.xml".into(), invoice(NIP, "FV/1")));
    files.push(("long.xml".into(), " ".repeat(3_000_001)));
    let opened = Batch::of(&zip(&files), 100_000).send(&world, &access).await;
    let session = opened.ended(&world, &access).await;
    assert_eq!(session.status.code, 200);
    let codes: Vec<_> = opened
        .invoices(&world, &access)
        .await
        .iter()
        .map(|invoice| invoice.status.code)
        .collect();
    assert_eq!(codes, [200, 200, 410, 430, 440, 430]);
    assert_eq!(session.failed_invoice_count, Some(4));
}

#[tokio::test]
async fn attachments_need_the_consent_of_the_seller() {
    let (world, access) = desk().await;
    let attachment = "<Zalacznik><BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane></BlokDanych></Zalacznik></Faktura>";
    let xml = invoice(NIP, "FV/1").replace("</Faktura>", attachment);
    let batch = || Batch::of(&zip(&vec![("a.xml".into(), xml.clone())]), 10_000);
    let opened = batch().send(&world, &access).await;
    assert_eq!(opened.ended(&world, &access).await.status.code, 445);
    let refused = &opened.invoices(&world, &access).await[0].status;
    assert_eq!(refused.code, 410);
    assert_eq!(
        refused.details,
        [format!(
            "Sprzedawca {NIP} nie posiada zgody do wysyłania faktur z załącznikami"
        )]
    );
    let consent = json!({"nip": NIP});
    let granted = world
        .json("POST", "/testdata/attachment", None, consent)
        .await;
    assert_eq!(granted.status, 200);
    let opened = batch().send(&world, &access).await;
    assert_eq!(opened.ended(&world, &access).await.status.code, 200);
}

#[tokio::test]
async fn offline_mode_holds_for_the_whole_session() {
    let (world, access) = desk().await;
    let today = invoice(NIP, "FV/1").replace("2026-11-20", "2026-11-21");
    let batch = Batch::of(&zip(&vec![("a.xml".into(), today)]), 10_000);
    let request = batch.request(&world).await.with_offline_mode();
    let opened = Opened(world.ask(&request, &access).await);
    opened.upload(0, batch.parts[0].clone()).await;
    opened.close(&world, &access).await.unwrap();
    opened.ended(&world, &access).await;
    let invoice = &opened.invoices(&world, &access).await[0];
    assert_eq!(invoice.invoicing_mode, Some(InvoicingMode::Offline));
}

/// Around midnight in Warsaw, an hour before midnight of UTC: what counts for a package is when its session was opened, for
/// an interactive invoice when it came in.
#[tokio::test]
async fn what_comes_after_its_date_of_issue_is_offline() {
    let world = World::start().await;
    world.advance(SignedDuration::from_mins(14 * 60 + 50));
    let access = world.owner(NIP).await.access_token;
    let issued_on = |day: &str, number: &str| invoice(NIP, number).replace("2026-11-20", day);
    let files = vec![
        ("a.xml".into(), issued_on("2026-11-21", "FV/1")),
        ("b.xml".into(), issued_on("2026-11-22", "FV/2")),
    ];
    let batch = Batch::of(&zip(&files), 10_000);
    let opened = batch.open(&world, &access).await;
    world.advance(SignedDuration::from_mins(15));
    let access = world.owner(NIP).await.access_token;
    opened.upload(0, batch.parts[0].clone()).await;
    opened.close(&world, &access).await.unwrap();
    opened.ended(&world, &access).await;
    let of_package = opened.invoices(&world, &access).await;
    let verdicts: Vec<_> = of_package
        .iter()
        .map(|invoice| (invoice.status.code, invoice.invoicing_mode.clone()))
        .collect();
    let online = (200, Some(InvoicingMode::Online));
    assert_eq!(verdicts, [online, (450, None)], "dated after the opening");

    let session = Sending::open(&world, &access).await;
    for (day, mode) in [
        ("2026-11-21", InvoicingMode::Offline),
        ("2026-11-22", InvoicingMode::Online),
    ] {
        let text = issued_on(day, &format!("FV/{day}"));
        let outcome = session.outcome(&world, &access, &text).await;
        assert_eq!(outcome.invoicing_mode, Some(mode), "{day}");
    }
}

#[tokio::test]
async fn every_failure_of_a_package() {
    let (world, access) = desk().await;
    let good = zip(&invoices(&["FV/1"]));
    let plain = |archive: &[u8]| Batch::of(archive, 100_000);

    // The key.
    let batch = plain(&good);
    let mut request = batch.request(&world).await;
    request.encryption = EncryptionInfo {
        encrypted_symmetric_key: vec![1; 256].into(),
        ..request.encryption
    };
    let opened = Opened(world.ask(&request, &access).await);
    assert_eq!(opened.status(&world, &access).await.status.code, 100);
    opened.upload(0, batch.parts[0].clone()).await;
    opened.close(&world, &access).await.unwrap();
    let session = opened.ended(&world, &access).await;
    assert_eq!((session.status.code, session.invoice_count), (415, None));

    // A part that is not what was declared, of the same size.
    let batch = plain(&good);
    let opened = batch.open(&world, &access).await;
    let mut part = batch.parts[0].clone();
    part[40] ^= 1;
    opened.upload(0, part).await;
    opened.close(&world, &access).await.unwrap();
    let status = opened.ended(&world, &access).await.status;
    assert_eq!(status.code, 405);
    assert!(
        status.details[0].starts_with("Skrót SHA-256 części: '1'"),
        "{status}"
    );

    // Another key than the session has.
    let mut batch = plain(&good);
    let stranger = SessionKey::generate().unwrap();
    batch.parts[0] = stranger.encrypt(&good).unwrap();
    batch.file.file_parts[0].file_hash = sha256(&batch.parts[0]);
    let opened = batch.send(&world, &access).await;
    let code = opened.ended(&world, &access).await.status.code;
    assert!(code == 435 || code == 430, "{code}");
    // No whole block can never be decrypted.
    let mut batch = plain(&good);
    batch.parts[0] = b"no whole block".to_vec();
    batch.file.file_parts[0].file_size = 14;
    batch.file.file_parts[0].file_hash = sha256(&batch.parts[0]);
    let opened = batch.send(&world, &access).await;
    assert_eq!(opened.ended(&world, &access).await.status.code, 435);

    // Another vector: only the first block is wrong.
    let batch = plain(&good);
    let mut request = batch.request(&world).await;
    request.encryption.initialization_vector = vec![7; 16].into();
    let opened = Opened(world.ask(&request, &access).await);
    opened.upload(0, batch.parts[0].clone()).await;
    opened.close(&world, &access).await.unwrap();
    let status = opened.ended(&world, &access).await.status;
    assert_eq!(status.code, 430);
    assert!(
        status.details[0].contains("paczki faktur nie jest zgodny"),
        "{status}"
    );

    // Another size, no archive, a damaged one.
    let mut batch = plain(&good);
    batch.file.file_size += 1;
    let opened = batch.send(&world, &access).await;
    assert_eq!(opened.ended(&world, &access).await.status.code, 430);
    for archive in [&b"no archive"[..], &good[..good.len() - 30]] {
        let opened = plain(archive).send(&world, &access).await;
        assert_eq!(opened.ended(&world, &access).await.status.code, 430);
    }

    // Nothing in it.
    let opened = plain(&zip(&Vec::new())).send(&world, &access).await;
    let status = opened.ended(&world, &access).await.status;
    assert_eq!(
        (status.code, status.details[0].as_str()),
        (440, "Nie przesłano faktur")
    );
}

#[tokio::test]
async fn a_package_takes_no_more_invoices_than_its_limit() {
    let (world, access) = desk().await;
    let limits =
        json!({"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 2});
    let body = json!({"onlineSession": limits, "batchSession": limits});
    let path = "/testdata/limits/context/session";
    world
        .json("POST", path, Some(access.token.expose()), body)
        .await;
    for archive in [
        zip(&invoices(&["FV/1", "FV/2", "FV/3"])),
        tar_gz(&invoices(&["FV/1", "FV/2", "FV/3"])),
    ] {
        let opened = Batch::of(&archive, 100_000).send(&world, &access).await;
        let status = opened.ended(&world, &access).await.status;
        assert_eq!(status.code, 420);
        assert_eq!(
            status.details,
            ["Przekroczono dopuszczalną liczbę faktur w paczce: '2'. Liczba faktur w paczce: '3'."]
        );
    }
    let opened = Batch::of(&zip(&invoices(&["FV/1", "FV/2"])), 100_000)
        .send(&world, &access)
        .await;
    assert_eq!(opened.ended(&world, &access).await.status.code, 200);
}

#[tokio::test]
async fn openings_that_are_refused() {
    let (world, access) = desk().await;
    let batch = Batch::of(&zip(&invoices(&["FV/1"])), 100_000);
    let request = batch.request(&world).await;
    let refused = |change: &dyn Fn(&mut OpenBatchSession)| {
        let mut request = request.clone();
        change(&mut request);
        let (world, access) = (&world, &access);
        async move { code(&world.refused(&request, access).await) }
    };
    let part = request.batch_file.file_parts[0];
    assert_eq!(
        refused(&|it| it.batch_file.file_size = 5_000_000_001)
            .await
            .0,
        21405
    );
    assert_eq!(refused(&|it| it.batch_file.file_size = 0).await.0, 21405);
    assert_eq!(
        refused(&|it| it.batch_file.file_parts.clear()).await.0,
        21405
    );
    assert_eq!(refused(&|it| it.form_code = FormCode::Pef3).await.0, 21405);
    let doubled = refused(&|it| it.batch_file.file_parts.push(part)).await;
    assert_eq!(doubled.0, 21405, "the same number twice");
    let fifty_one = refused(&|it| {
        it.batch_file.file_parts = (1..=51)
            .map(|ordinal_number| BatchFilePart {
                ordinal_number,
                ..part
            })
            .collect();
    });
    let detail = "Liczba części pliku musi być mniejsza lub równa niż 50.".to_owned();
    assert_eq!(fifty_one.await, (21161, detail));
    let large = refused(&|it| it.batch_file.file_parts[0].file_size = 100_000_032);
    let detail = "Rozmiar części 1 przekroczył dozwolony rozmiar 100MB.".to_owned();
    assert_eq!(large.await, (21157, detail));
    let unknown = refused(&|it| {
        it.encryption.public_key_id = Some(
            "QIoAK/Yc3s27Z4t3SZY4Mhp8JNLH7Vl4N3lNlJAEig8="
                .parse()
                .unwrap(),
        );
    });
    assert_eq!(unknown.await.0, 21470);
    let empty = world
        .json(
            "POST",
            "/sessions/batch",
            Some(access.token.expose()),
            json!({}),
        )
        .await;
    assert_eq!(
        empty.json()["errors"][0]["details"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn closings_that_are_refused() {
    let (world, access) = desk().await;
    let batch = Batch::of(&zip(&invoices(&["FV/1"])), 500);
    let opened = batch.open(&world, &access).await;
    let refused = |problem: Result<(), Problem>| code(&problem.unwrap_err());
    let missing = refused(opened.close(&world, &access).await);
    let detail = "Nie przesłano zadeklarowanej '1' części pliku.".to_owned();
    assert_eq!(missing, (21205, detail));
    for (index, part) in batch.parts.iter().enumerate() {
        opened.upload(index, part.clone()).await;
    }
    opened.upload(1, b"shorter".to_vec()).await;
    let wrong = refused(opened.close(&world, &access).await);
    let detail = "Zadeklarowany rozmiar części '2' nie zgadza się z rzeczywistym.".to_owned();
    assert_eq!(wrong, (21157, detail));
    // What is uploaded again replaces what was there.
    opened.upload(1, batch.parts[1].clone()).await;

    let other = world.owner(OTHER_NIP).await.access_token;
    assert_eq!(opened.close(&world, &other).await.unwrap_err().status, 403);
    let online = CloseOnlineSession::new(opened.0.reference_number);
    assert_eq!(code(&world.refused(&online, &access).await).0, 21173);
    let session = Sending::open(&world, &access).await;
    let as_batch = CloseBatchSession::new(session.reference);
    assert_eq!(code(&world.refused(&as_batch, &access).await).0, 21173);

    opened.close(&world, &access).await.unwrap();
    assert_eq!(opened.ended(&world, &access).await.status.code, 200);
    let again = refused(opened.close(&world, &access).await);
    let detail = "Status sesji 200 uniemożliwia jej zamknięcie.".to_owned();
    assert_eq!(again, (21180, detail));
    assert_eq!(opened.upload(0, batch.parts[0].clone()).await, 403);
}

#[tokio::test]
async fn sending_a_package_needs_its_permission() {
    let (world, _) = desk().await;
    grant(&world, NIP, PESEL, Right::InvoiceRead).await;
    let context = format!("Nip:{NIP}");
    let reader = world.tokens_of(&world.person(PESEL), &context).await;
    let batch = Batch::of(&zip(&invoices(&["FV/1"])), 100_000);
    let request = batch.request(&world).await;
    let refused = world.refused(&request, &reader.access_token).await;
    assert_eq!(refused.status, 403);
    let close = CloseBatchSession::new("20261121-SB-0000000000-0000000000-00".parse().unwrap());
    let refused = world.refused(&close, &reader.access_token).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn uploads_take_what_was_named_and_nothing_else() {
    let (world, access) = desk().await;
    let batch = Batch::of(&zip(&invoices(&["FV/1"])), 500);
    let opened = batch.open(&world, &access).await;
    let upload = &opened.0.part_upload_requests[0];
    let put = |url: String| client().put(url).body(batch.parts[0].clone());
    let url = || upload.url.expose().to_owned();
    let with_type =
        |request: reqwest::RequestBuilder| request.header("x-ms-blob-type", "BlockBlob");
    for (request, status) in [
        (put(url()), 400),
        (with_type(put(url())).bearer_auth("token"), 401),
        (with_type(put(url().replace("sig=", "sig=A"))), 403),
        (
            with_type(put(url().replace("batch-part/1", "batch-part/2"))),
            403,
        ),
        (with_type(put(url())), 201),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    // Each part has twenty minutes, all of them together.
    let parts = i64::try_from(batch.parts.len()).unwrap();
    world.advance(SignedDuration::from_mins(20 * parts));
    world.advance(SignedDuration::from_secs(1));
    let late = with_type(put(url())).send().await.unwrap();
    assert_eq!(late.status().as_u16(), 403);
    let access = world.owner(NIP).await.access_token;
    let refused = opened.close(&world, &access).await.unwrap_err();
    let detail = "Sesja anulowana, przekroczony czas wysyłki.".to_owned();
    assert_eq!(code(&refused), (21208, detail));
    let status = opened.status(&world, &access).await.status;
    assert_eq!(
        (status.code, status.details[0].as_str()),
        (440, "Przekroczono czas wysyłki")
    );
}

#[tokio::test]
async fn a_session_that_nobody_closes_is_cancelled() {
    let (world, access) = desk().await;
    let batch = Batch::of(&zip(&invoices(&["FV/1"])), 100_000);
    let empty = batch.open(&world, &access).await;
    let full = batch.open(&world, &access).await;
    full.upload(0, batch.parts[0].clone()).await;
    world.advance(SignedDuration::from_hours(12));
    world.advance(SignedDuration::from_secs(1));
    let access = world.owner(NIP).await.access_token;
    for (opened, detail) in [
        (empty, "Nie przesłano faktur"),
        (full, "Przekroczono czas wysyłki"),
    ] {
        let status = opened.status(&world, &access).await.status;
        assert_eq!((status.code, status.details[0].as_str()), (440, detail));
    }
}

#[tokio::test]
async fn batches_have_a_list_of_their_own() {
    let (world, access) = desk().await;
    Sending::open(&world, &access).await;
    let batch = Batch::of(&zip(&invoices(&["FV/1"])), 100_000);
    let done = batch.send(&world, &access).await;
    done.ended(&world, &access).await;
    world.advance(SignedDuration::from_hours(1));
    let access = world.owner(NIP).await.access_token;
    let open = batch.open(&world, &access).await;
    let find = |filter: ListSessions| {
        let (world, access) = (&world, &access);
        async move {
            let found = world.ask(&filter, access).await.sessions;
            found
                .into_iter()
                .map(|session| session.reference_number)
                .collect::<Vec<_>>()
        }
    };
    let (done, open) = (done.0.reference_number, open.0.reference_number);
    let all = ListSessions::new(SessionType::Batch);
    let ago = Some(world.now() - SignedDuration::from_mins(30));
    assert_eq!(find(all.clone()).await, [open, done]);
    assert_eq!(find(all.clone().with_reference(done)).await, [done]);
    assert_eq!(find(all.clone().with_created(ago, None)).await, [open]);
    assert_eq!(find(all.clone().with_created(None, ago)).await, [done]);
    assert_eq!(find(all.clone().with_modified(None, ago)).await, [done]);
    assert_eq!(
        find(all.clone().with_closed(None, Some(world.now()))).await,
        [done]
    );
    assert_eq!(find(all.clone().with_closed(ago, None)).await, []);
    assert_eq!(
        find(all.clone().with_phases([SessionPhase::Succeeded])).await,
        [done]
    );
    assert_eq!(
        find(all.clone().with_phases([SessionPhase::InProgress])).await,
        [open]
    );
    assert_eq!(find(all.with_phases([SessionPhase::Failed])).await, []);
    assert_eq!(find(ListSessions::new(SessionType::Online)).await.len(), 1);
}

#[tokio::test]
async fn parts_get_lost_and_packages_hang() {
    let (world, access) = desk().await;
    let batch = Batch::of(&zip(&invoices(&["FV/1"])), 100_000);
    let opened = batch.open(&world, &access).await;
    let fault = |text: &str| world.sandbox.add_fault(Fault::parse(text).unwrap());
    fault("PUT /storage/*:lose-part*1");
    assert_eq!(opened.upload(0, batch.parts[0].clone()).await, 201);
    assert_eq!(
        code(&opened.close(&world, &access).await.unwrap_err()).0,
        21205
    );
    assert_eq!(opened.upload(0, batch.parts[0].clone()).await, 201);
    fault("sessions.close_batch:never-finish*1");
    opened.close(&world, &access).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(opened.status(&world, &access).await.status.code, 150);
}

#[tokio::test]
async fn a_closed_batch_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let latency = ksef_sandbox::Latency {
        session: Duration::from_secs(3_600),
        ..ksef_sandbox::Latency::NONE
    };
    let folder = directory.path().to_owned();
    let world = World::start_with(|builder| builder.data_dir(&folder).latency(latency)).await;
    let access = world.owner(NIP).await.access_token;
    let batch = Batch::of(&zip(&invoices(&["FV/1", "FV/2"])), 500);
    let opened = batch.send(&world, &access).await;
    assert_eq!(opened.status(&world, &access).await.status.code, 150);
    world.sandbox.shutdown().await;
    let world = World::start_with(|builder| builder.data_dir(&folder)).await;
    let access = world.owner(NIP).await.access_token;
    let session = opened.ended(&world, &access).await;
    assert_eq!(
        (session.status.code, session.successful_invoice_count),
        (200, Some(2))
    );
    let left: Vec<_> = std::fs::read_dir(folder.join("packages"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
