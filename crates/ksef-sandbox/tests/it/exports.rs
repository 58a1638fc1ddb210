//! Exports: started, packed, cut, encrypted, expired.

use std::io::Cursor;
use std::time::Duration;

use jiff::SignedDuration;
use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::invoices::{
    CompressionType, DateRange, DateType, Export, ExportInvoices, GetExport, InvoiceFilters,
    InvoiceMetadataFile, InvoicePackage, SubjectRole,
};
use ksef_api::ops::sessions::EncryptionInfo;
use ksef_api::ops::testdata::TestPermissionType as Right;
use ksef_core::reference::ExportRef;
use ksef_crypto::digest::sha256;
use ksef_crypto::package::{ArchiveForm, Limits, PackageError, read};
use ksef_crypto::session_key::SessionKey;
use ksef_sandbox::faults::Fault;
use ksef_sandbox::{Bounds, Builder, Latency};
use serde_json::json;

use crate::searching::{all, at, send};
use crate::sending::{code, encryption, grant, invoice};
use crate::support::{NIP, OTHER_NIP, PESEL, World, client};

/// A started export with its key.
struct Running {
    reference: ExportRef,
    key: SessionKey,
}

async fn start(
    world: &World,
    access: &BearerToken,
    change: impl FnOnce(ExportInvoices) -> ExportInvoices,
) -> Running {
    let key = SessionKey::generate().unwrap();
    let wrapped = encryption(world, &key).await;
    let request = change(ExportInvoices::new(all(SubjectRole::Seller), wrapped));
    let started = world.ask(&request, access).await;
    Running {
        reference: started.reference_number,
        key,
    }
}

impl Running {
    async fn status(&self, world: &World, access: &BearerToken) -> Export {
        world.ask(&GetExport::new(self.reference), access).await
    }

    async fn ended(&self, world: &World, access: &BearerToken) -> Export {
        for _ in 0..2_000 {
            let export = self.status(world, access).await;
            if export.status.code >= 200 {
                return export;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{:?}", self.status(world, access).await);
    }

    async fn package(&self, world: &World, access: &BearerToken) -> InvoicePackage {
        let export = self.ended(world, access).await;
        assert_eq!(export.status.code, 200, "{}", export.status);
        assert!(export.completed_date.is_some());
        assert!(export.package_expiration_date > export.completed_date);
        export.package.unwrap()
    }

    /// Downloads, checks and decrypts the parts, and puts them together.
    async fn archive(&self, package: &InvoicePackage) -> Vec<u8> {
        let mut archive = Vec::new();
        for (ordinal, part) in (1..).zip(&package.parts) {
            assert_eq!(
                (part.ordinal_number, part.method.as_str()),
                (ordinal, "GET")
            );
            let response = client().get(part.url.expose()).send().await.unwrap();
            assert_eq!(response.status().as_u16(), 200);
            let hash = response.headers()["x-ms-meta-hash"]
                .to_str()
                .unwrap()
                .to_owned();
            let sealed = response.bytes().await.unwrap();
            assert_eq!(hash, part.encrypted_part_hash.to_base64());
            assert_eq!(sha256(&sealed), part.encrypted_part_hash);
            assert_eq!(sealed.len() as u64, part.encrypted_part_size);
            let plain = self.key.decrypt(&sealed).unwrap();
            assert_eq!(sha256(&plain), part.part_hash);
            assert_eq!(plain.len() as u64, part.part_size);
            archive.extend(plain);
        }
        assert_eq!(archive.len() as u64, package.size);
        archive
    }
}

fn unpack(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let limits = Limits {
        entries_max: 100,
        total_bytes_max: 10_000_000,
    };
    let mut files = Vec::new();
    read(Cursor::new(archive), &limits, |mut entry| {
        let name = entry.name().to_owned();
        files.push((name, entry.content(1_000_000)?.unwrap()));
        Ok::<_, PackageError>(())
    })
    .unwrap();
    files
}

/// A world with so many invoices of [`NIP`].
async fn stocked(configure: impl FnOnce(Builder) -> Builder, count: u32) -> (World, BearerToken) {
    let world = World::start_with(configure).await;
    let access = world.owner(NIP).await.access_token;
    for number in 1..=count {
        send(&world, &access, &invoice(NIP, &format!("FV/{number}"))).await;
    }
    (world, access)
}

#[tokio::test]
async fn a_package_holds_the_invoices_as_they_were_sent_and_their_metadata() {
    let bounds = Bounds {
        export_part_bytes_max: 700,
        ..Bounds::default()
    };
    let (world, access) = stocked(|builder| builder.bounds(bounds), 2).await;
    for (compression, form) in [
        (CompressionType::Zip, ArchiveForm::Zip),
        (CompressionType::TarGz, ArchiveForm::TarGz),
    ] {
        let export = start(&world, &access, |request| {
            request.with_compression(compression.clone())
        })
        .await;
        let package = export.package(&world, &access).await;
        assert_eq!(package.compression_type, compression);
        assert_eq!((package.invoice_count, package.is_truncated), (2, false));
        assert!(package.permanent_storage_hwm_date.is_some());
        assert!(package.parts.len() > 1, "{}", package.parts.len());
        let archive = export.archive(&package).await;
        assert_eq!(ArchiveForm::detect(&archive), Some(form));
        let mut files = unpack(&archive);
        let (name, metadata) = files.pop().unwrap();
        assert_eq!(name, "_metadata.json");
        let metadata: InvoiceMetadataFile = serde_json::from_slice(&metadata).unwrap();
        assert_eq!(metadata.invoices.len(), 2);
        for ((name, xml), invoice) in files.iter().zip(&metadata.invoices) {
            assert_eq!(*name, format!("{}.xml", invoice.ksef_number));
            assert_eq!(sha256(xml), invoice.invoice_hash);
            let sent = crate::sending::invoice(NIP, &invoice.invoice_number);
            assert_eq!(xml, sent.as_bytes());
        }
    }
}

#[tokio::test]
async fn metadata_alone_or_nothing_at_all() {
    let (world, access) = stocked(|builder| builder, 1).await;
    let export = start(&world, &access, ExportInvoices::with_only_metadata).await;
    let package = export.package(&world, &access).await;
    let files = unpack(&export.archive(&package).await);
    assert_eq!(package.invoice_count, 1);
    assert_eq!(files.len(), 1);

    let buyer = |mut request: ExportInvoices| {
        request.filters.subject_type = SubjectRole::Buyer;
        request
    };
    let export = start(&world, &access, buyer).await;
    let package = export.package(&world, &access).await;
    assert_eq!((package.invoice_count, package.size), (0, 0));
    assert!(package.parts.is_empty() && !package.is_truncated);
}

#[tokio::test]
async fn a_full_package_says_where_to_go_on() {
    let bounds = Bounds {
        export_invoices_max: 2,
        ..Bounds::default()
    };
    let (world, access) = stocked(|builder| builder.bounds(bounds), 3).await;
    let of = |date_type: DateType| {
        let range = DateRange::since(date_type, at("2026-11-01T00:00:00Z"));
        move |mut request: ExportInvoices| {
            request.filters.date_range = range;
            request
        }
    };
    let export = start(&world, &access, of(DateType::PermanentStorage)).await;
    let package = export.package(&world, &access).await;
    assert_eq!((package.invoice_count, package.is_truncated), (2, true));
    let last = package.last_permanent_storage_date.unwrap();
    assert!(package.last_issue_date.is_none() && package.last_invoicing_date.is_none());

    // From there on, the last one comes again, and the package is just full.
    let rest = |mut request: ExportInvoices| {
        request.filters.date_range.from = last;
        request
    };
    let export = start(&world, &access, rest).await;
    let package = export.package(&world, &access).await;
    assert_eq!((package.invoice_count, package.is_truncated), (2, false));
    assert!(package.last_permanent_storage_date.is_none());

    let export = start(&world, &access, of(DateType::Issue)).await;
    let package = export.package(&world, &access).await;
    assert_eq!(
        package.last_issue_date,
        Some(jiff::civil::date(2026, 11, 20))
    );
    assert!(package.permanent_storage_hwm_date.is_none());
    let export = start(&world, &access, of(DateType::Invoicing)).await;
    let package = export.package(&world, &access).await;
    assert!(package.last_invoicing_date.is_some() && package.last_issue_date.is_none());
}

#[tokio::test]
async fn packed_bytes_are_a_bound_too() {
    let bounds = Bounds {
        export_bytes_max: 1,
        ..Bounds::default()
    };
    let (world, access) = stocked(|builder| builder.bounds(bounds), 3).await;
    let export = start(&world, &access, |request| request).await;
    let package = export.package(&world, &access).await;
    assert!(package.invoice_count < 3 && package.is_truncated);
    assert!(package.invoice_count > 0, "a package makes headway");
}

#[tokio::test]
async fn an_export_is_running_until_it_is_ready_and_expires() {
    let latency = Latency {
        export: Duration::from_millis(300),
        ..Latency::NONE
    };
    let (world, access) = stocked(|builder| builder.latency(latency), 1).await;
    let export = start(&world, &access, |request| request).await;
    let running = export.status(&world, &access).await;
    assert_eq!(running.status.code, 100);
    assert!(running.package.is_none() && running.completed_date.is_none());
    world.advance(SignedDuration::from_secs(1));
    let package = export.package(&world, &access).await;
    let link = package.parts[0].url.expose().to_owned();
    let get =
        |link: String| async move { client().get(link).send().await.unwrap().status().as_u16() };
    assert_eq!(get(link.replace("sig=", "sig=x")).await, 403);

    // A link lasts an hour and a fresh one is in every answer; the package lasts a day, its status seven.
    world.advance(SignedDuration::from_mins(61));
    assert_eq!(get(link).await, 403);
    let access = world.owner(NIP).await.access_token;
    let package = export.package(&world, &access).await;
    assert_eq!(get(package.parts[0].url.expose().to_owned()).await, 200);
    world.advance(SignedDuration::from_hours(24));
    let access = world.owner(NIP).await.access_token;
    let expired = export.status(&world, &access).await;
    assert_eq!(expired.status.code, 210);
    assert!(expired.package.is_none());
    world.advance(SignedDuration::from_hours(7 * 24));
    let access = world.owner(NIP).await.access_token;
    let gone = world
        .refused(&GetExport::new(export.reference), &access)
        .await;
    assert_eq!(gone.status, 410);
}

#[tokio::test]
async fn an_export_belongs_to_who_started_it() {
    let (world, access) = stocked(|builder| builder, 1).await;
    let export = start(&world, &access, |request| request).await;
    let request = GetExport::new(export.reference);
    let other = world.owner(OTHER_NIP).await.access_token;
    assert_eq!(code(&world.refused(&request, &other).await).0, 21175);
    grant(&world, NIP, PESEL, Right::InvoiceRead).await;
    let context = format!("Nip:{NIP}");
    let reader = world.tokens_of(&world.person(PESEL), &context).await;
    let refused = world.refused(&request, &reader.access_token).await;
    assert_eq!(refused.status, 403);
    let unknown = GetExport::new("20261121-EH-0000000000-0000000000-00".parse().unwrap());
    assert_eq!(code(&world.refused(&unknown, &access).await).0, 21175);
}

#[tokio::test]
async fn ten_exports_run_at_once() {
    let (world, access) = stocked(|builder| builder, 0).await;
    world
        .sandbox
        .add_fault(Fault::parse("invoices.export:never-finish*10").unwrap());
    for _ in 0..10 {
        start(&world, &access, |request| request).await;
    }
    let key = SessionKey::generate().unwrap();
    let request = ExportInvoices::new(all(SubjectRole::Seller), encryption(&world, &key).await);
    let refused = world.refused(&request, &access).await;
    assert_eq!(code(&refused).0, 21182);
    // Somebody else's do not count.
    let other = world.owner(OTHER_NIP).await.access_token;
    start(&world, &other, |request| request).await;
}

#[tokio::test]
async fn an_export_that_ended_makes_room() {
    let bounds = Bounds {
        exports_max: 1,
        ..Bounds::default()
    };
    let (world, access) = stocked(|builder| builder.bounds(bounds), 0).await;
    for _ in 0..3 {
        let export = start(&world, &access, |request| request).await;
        export.ended(&world, &access).await;
    }
}

#[tokio::test]
async fn exports_that_cannot_be_made() {
    let (world, access) = stocked(|builder| builder, 1).await;
    let broken = |mut request: ExportInvoices| {
        request.encryption = EncryptionInfo {
            encrypted_symmetric_key: vec![1; 256].into(),
            ..request.encryption
        };
        request
    };
    let export = start(&world, &access, broken).await;
    assert_eq!(export.ended(&world, &access).await.status.code, 415);

    let ahead = |mut request: ExportInvoices| {
        let range = DateRange::since(DateType::PermanentStorage, at("2026-12-01T00:00:00Z"));
        request.filters.date_range = range.restricted_to_hwm();
        request
    };
    let export = start(&world, &access, ahead).await;
    let status = export.ended(&world, &access).await.status;
    assert_eq!(status.code, 420);
    assert!(status.details[0].contains("restrictToPermanentStorageHwmDate"));
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let bearer = Some(access.token.expose());
    let answer = world
        .json("POST", "/invoices/exports", bearer, json!({}))
        .await;
    let error = &answer.json()["errors"][0];
    assert_eq!(error["code"], 21405);
    assert_eq!(error["details"].as_array().unwrap().len(), 2);
    let key = SessionKey::generate().unwrap();
    let mut request = ExportInvoices::new(all(SubjectRole::Seller), encryption(&world, &key).await);
    request.filters.date_range.from = at("2026-01-01T00:00:00Z");
    assert_eq!(code(&world.refused(&request, &access).await).0, 21405);
    request.filters = all(SubjectRole::Seller);
    request.encryption.public_key_id = Some(
        "QIoAK/Yc3s27Z4t3SZY4Mhp8JNLH7Vl4N3lNlJAEig8="
            .parse()
            .unwrap(),
    );
    assert_eq!(code(&world.refused(&request, &access).await).0, 21470);
    request.compression_type = Some(CompressionType::from_name("Rar"));
    assert_eq!(code(&world.refused(&request, &access).await).0, 21001);

    grant(&world, NIP, PESEL, Right::InvoiceWrite).await;
    let context = format!("Nip:{NIP}");
    let writer = world.tokens_of(&world.person(PESEL), &context).await;
    let request = ExportInvoices::new(
        InvoiceFilters::new(SubjectRole::Seller, all(SubjectRole::Seller).date_range),
        encryption(&world, &key).await,
    );
    let refused = world.refused(&request, &writer.access_token).await;
    assert_eq!(refused.status, 403);
    let status = GetExport::new("20261121-EH-0000000000-0000000000-00".parse().unwrap());
    let refused = world.refused(&status, &writer.access_token).await;
    assert_eq!(refused.status, 403);
}
