//! Packages in and packages out: a batch is sent, found, exported and unpacked.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::{
    CompressionType, DateRange, DateType, InvoiceFilters, InvoiceMetadata, PackagePart, SortOrder,
    SubjectRole,
};
use ksef_api::status::SessionStatus;
use ksef_core::clock::{Clock, SystemClock};
use ksef_crypto::digest::sha256;
use ksef_sandbox::{Bounds, Latency, LimitProfile, Sandbox};
use ksef_sdk::receiving::{ExportOptions, InvoiceSearch, RunningExport};
use ksef_sdk::session::SessionPoller;
use ksef_sdk::{Client, Error, ErrorKind};

use crate::batch::{Numbered, send};
use crate::{WAIT, client, fault, sandbox, seal};

fn everything() -> InvoiceFilters {
    let from = SystemClock.now() - SignedDuration::from_hours(24);
    let range = DateRange::since(DateType::PermanentStorage, from);
    InvoiceFilters::new(SubjectRole::Seller, range)
}

async fn search(client: &Client, search: InvoiceSearch) -> Result<Vec<InvoiceMetadata>, Error> {
    let pages: Vec<_> = client.search_invoices(search).try_collect().await?;
    Ok(pages.into_iter().flat_map(|page| page.invoices).collect())
}

/// Waits until so many invoices can be found.
async fn found(client: &Client, count: usize) -> Vec<InvoiceMetadata> {
    for _ in 0..400 {
        let invoices = search(client, InvoiceSearch::new(everything()))
            .await
            .unwrap();
        if invoices.len() == count {
            return invoices;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never {count}");
}

/// The documents of an export by the hash of its metadata, in parts of a few kilobytes.
async fn unpacked(client: &Client, export: &RunningExport) -> Vec<(InvoiceMetadata, Vec<u8>)> {
    let package = export.poller(client).until_ready(WAIT).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let fetched = client
        .fetch_package(export, &package, folder.path())
        .await
        .unwrap();
    let mut files = Vec::new();
    let opened = fetched.open().unwrap();
    opened
        .documents(|metadata, xml| {
            files.push((metadata.clone(), xml.to_vec()));
            Ok::<_, Error>(())
        })
        .unwrap();
    assert_eq!(files.len(), opened.invoices().len());
    fetched.remove();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    files
}

#[tokio::test]
async fn a_package_goes_in_and_comes_out_byte_for_byte() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    let session = send(&client, Numbered(1..4)).await.unwrap();
    let closed = SessionPoller::new(&client, session)
        .until_final(WAIT)
        .await
        .unwrap();
    assert_eq!(closed.status.session_status(), SessionStatus::Processed);
    assert_eq!(closed.upo.len(), 1);
    let invoices = found(&client, 3).await;
    for options in [
        ExportOptions::default(),
        ExportOptions::default().with_compression(CompressionType::Zip),
    ] {
        let export = client.start_export(&everything(), &options).await.unwrap();
        let files = unpacked(&client, &export).await;
        assert_eq!(files.len(), 3);
        for invoice in &invoices {
            let (_, xml) = files.iter().find(|(known, _)| known == invoice).unwrap();
            assert_eq!(sha256(xml), invoice.invoice_hash);
        }
    }
}

#[tokio::test]
async fn a_search_goes_on_where_ksef_shows_no_more() {
    let bounds = Bounds {
        query_results_max: 20,
        ..Bounds::default()
    };
    let sandbox = Sandbox::builder()
        .limits(LimitProfile::Off)
        .latency(Latency::NONE)
        .bounds(bounds)
        .start()
        .await
        .unwrap();
    let client = client(&sandbox, seal());
    // The invoices of one package are stored at one instant, or few: seams fall among them.
    for first in [1, 16, 31] {
        send(&client, Numbered(first..first + 15)).await.unwrap();
        let last = usize::try_from(first + 14).unwrap();
        found(&client, last).await;
    }
    let ascending = found(&client, 45).await;
    assert!(ascending.is_sorted_by_key(|it| it.permanent_storage_date));
    let descending = InvoiceSearch::new(everything())
        .with_sort_order(SortOrder::Descending)
        .with_page_size(10);
    let mut descending = search(&client, descending).await.unwrap();
    descending.reverse();
    let numbers = |all: &[InvoiceMetadata]| all.iter().map(|it| it.ksef_number).collect::<Vec<_>>();
    assert_eq!(numbers(&descending), numbers(&ascending));

    // All of them were issued on one day, and there is no way to show them by it.
    let from: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    let to = "2026-03-03T00:00:00Z".parse().unwrap();
    let range = DateRange::between(DateType::Issue, from, to);
    let by_day = InvoiceSearch::new(InvoiceFilters::new(SubjectRole::Seller, range));
    let error = search(&client, by_day).await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::TooManyOfOneDate { date } if date == "2026-03-02"),
        "{error}"
    );
}

#[tokio::test]
async fn what_goes_wrong_on_the_way() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, seal());
    // The storage fails once for a part, and closing is asked too early: both are repeated.
    fault(&sandbox, "PUT /storage/*:503*1");
    fault(&sandbox, "PUT /storage/*:cut-upload*1+1");
    fault(&sandbox, "sessions.close_batch:error=21173*1");
    let session = send(&client, Numbered(1..3)).await.unwrap();
    let closed = SessionPoller::new(&client, session).until_final(WAIT).await;
    assert!(closed.unwrap().is_processed());
    // Closed already: as good as closed.
    client.close_batch_session(session, WAIT).await.unwrap();

    fault(&sandbox, "PUT /storage/*:lose-part*1");
    let error = send(&client, Numbered(3..4)).await.unwrap_err();
    assert!(error.has_code(21_205), "{error}");

    found(&client, 2).await;
    let export = client
        .start_export(&everything(), &ExportOptions::default())
        .await
        .unwrap();
    let package = export.poller(&client).until_ready(WAIT).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let fetch = |export: &RunningExport, change: &dyn Fn(&mut PackagePart)| {
        let (client, export, mut package) = (client.clone(), export.clone(), package.clone());
        package.parts.iter_mut().for_each(change);
        let folder = folder.path().to_owned();
        async move { client.fetch_package(&export, &package, &folder).await }
    };
    let stranger = ksef_crypto::session_key::SessionKey::generate().unwrap();
    let stranger = RunningExport::from_parts(export.reference(), stranger);
    let fetched = fetch(&stranger, &|_| ()).await.unwrap();
    let error = fetched.open().unwrap_err();
    let is_noticed = matches!(error.kind(), ErrorKind::Crypto | ErrorKind::Protocol);
    assert!(is_noticed, "{error}");
    fetched.remove();
    let error = fetch(&export, &|part| part.encrypted_part_hash = sha256(b"other"))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Protocol), "{error}");
    let error = fetch(&export, &|part| part.encrypted_part_size -= 16)
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Protocol), "{error}");
    // A link that has ended is replaced by a fresh one, and the part goes on.
    let forge =
        |part: &mut PackagePart| part.url = part.url.expose().replace("sig=", "sig=A").into();
    let fetched = fetch(&export, &forge).await.unwrap();
    assert_eq!(fetched.open().unwrap().invoices().len(), 2);
    fetched.remove();
    // Of another package there is none.
    let other = |part: &mut PackagePart| {
        forge(part);
        part.encrypted_part_hash = sha256(b"other");
    };
    let error = fetch(&export, &other).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Forbidden), "{error}");
    assert!(!format!("{error} {error:?}").contains("sig="));

    fault(&sandbox, "invoices.export:session-415*1");
    let export = client
        .start_export(&everything(), &ExportOptions::default())
        .await
        .unwrap();
    let error = export.poller(&client).until_ready(WAIT).await.unwrap_err();
    assert_eq!(error.code(), Some(415));
    fault(&sandbox, "invoices.export:never-finish*1");
    let export = client
        .start_export(&everything(), &ExportOptions::default())
        .await
        .unwrap();
    let second = Duration::from_secs(1);
    let error = export
        .poller(&client)
        .until_ready(second)
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Pending { .. }), "{error}");
}
