//! A mirror against a KSeF that stores late and out of order, shows little at once, breaks off and lies.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::{DateRange, DateType, InvoiceFilters, SubjectRole};
use ksef_core::clock::{Clock as _, SystemClock};
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;
use ksef_sandbox::{Bounds, Latency, LimitProfile, Sandbox};
use ksef_sdk::mirror::{
    Cursor, Incoming, Mirror, MirrorError, MirrorStore, PendingExport, ROLES, Saved,
};
use ksef_sdk::receiving::InvoiceSearch;
use ksef_sdk::{Client, ErrorKind};
use tokio::sync::mpsc;

use crate::batch::{Numbered, send};
use crate::{client, fault, seal};

/// A store in memory; clones share it, as processes share a file.
#[derive(Debug, Clone, Default)]
struct Shelf(Arc<Mutex<Contents>>);

#[derive(Debug, Clone, Default)]
struct Contents {
    invoices: BTreeMap<KsefNumber, Bytes>,
    roles: HashSet<(String, KsefNumber)>,
    cursors: BTreeMap<String, Cursor>,
    exports: Vec<PendingExport>,
}

impl Shelf {
    fn look<T>(&self, at: impl FnOnce(&mut Contents) -> T) -> T {
        at(&mut self.0.lock().unwrap())
    }

    fn hashes(&self) -> HashSet<Sha256Digest> {
        self.look(|contents| contents.invoices.values().map(|xml| sha256(xml)).collect())
    }
}

impl MirrorStore for Shelf {
    type Error = std::io::Error;

    async fn cursor(&self, role: &SubjectRole) -> Result<Option<Cursor>, Self::Error> {
        Ok(self.look(|contents| contents.cursors.get(role.as_str()).copied()))
    }

    async fn known(
        &self,
        role: &SubjectRole,
        numbers: &[KsefNumber],
    ) -> Result<HashSet<KsefNumber>, Self::Error> {
        let is_known = |contents: &Contents, number: &KsefNumber| {
            contents.roles.contains(&(role.to_string(), *number))
        };
        Ok(self.look(|contents| {
            let known = numbers.iter().filter(|number| is_known(contents, number));
            known.copied().collect()
        }))
    }

    async fn digest(&self, number: &KsefNumber) -> Result<Option<Sha256Digest>, Self::Error> {
        Ok(self.look(|contents| contents.invoices.get(number).map(|xml| sha256(xml))))
    }

    async fn save(
        &self,
        role: &SubjectRole,
        mut incoming: mpsc::Receiver<Incoming>,
    ) -> Result<Saved, MirrorError<Self::Error>> {
        let mut all = Vec::new();
        while let Some(next) = incoming.recv().await {
            let (cursor, export) = match next {
                Incoming::Invoice(invoice) => {
                    all.push(invoice);
                    continue;
                }
                Incoming::Complete { cursor, export } => (cursor, export),
            };
            return Ok(self.look(|contents| {
                let mut saved = Saved::default();
                for invoice in all {
                    let number = invoice.metadata.ksef_number;
                    assert_eq!(sha256(&invoice.xml), invoice.metadata.invoice_hash);
                    contents.roles.insert((role.to_string(), number));
                    match contents.invoices.insert(number, invoice.xml) {
                        None => saved.new += 1,
                        Some(_) => saved.known += 1,
                    }
                }
                contents.cursors.insert(role.to_string(), cursor);
                contents
                    .exports
                    .retain(|it| Some(&it.id) != export.as_ref());
                saved
            }));
        }
        Ok(Saved::default())
    }

    async fn exports(&self) -> Result<Vec<PendingExport>, Self::Error> {
        Ok(self.look(|contents| contents.exports.clone()))
    }

    async fn put_export(&self, export: &PendingExport) -> Result<(), Self::Error> {
        self.look(|contents| {
            contents.exports.retain(|it| it.id != export.id);
            contents.exports.push(export.clone());
        });
        Ok(())
    }

    async fn remove_export(&self, id: &str) -> Result<(), Self::Error> {
        self.look(|contents| contents.exports.retain(|it| it.id != id));
        Ok(())
    }
}

fn since() -> Timestamp {
    SystemClock.now() - SignedDuration::from_hours(24)
}

/// Everything a little at a time: lists, packages, parts.
async fn small_sandbox() -> Sandbox {
    sandbox_of_packages(7).await
}

async fn sandbox_of_packages(export_invoices_max: u32) -> Sandbox {
    let bounds = Bounds {
        query_results_max: 20,
        export_invoices_max,
        export_part_bytes_max: 2_000,
        ..Bounds::default()
    };
    Sandbox::builder()
        .limits(LimitProfile::Off)
        .latency(Latency::uniform(Duration::from_millis(5)))
        .bounds(bounds)
        .stores_out_of_order(true)
        .stores_at_one_instant(true)
        .start()
        .await
        .unwrap()
}

fn mirror(client: &Client, shelf: &Shelf, folder: &Path) -> Mirror<Shelf> {
    Mirror::new(client.clone(), shelf.clone(), folder.to_owned(), since())
        .with_ready_wait_max(Duration::from_secs(20))
}

/// Sends invoices three by three: here those of one session are stored at one instant, and packages hold seven.
async fn send_by_threes(client: &Client, numbers: std::ops::Range<u32>) {
    for first in numbers.clone().step_by(3) {
        send(client, Numbered(first..numbers.end.min(first + 3)))
            .await
            .unwrap();
    }
}

/// What KSeF has, once it has stored so many.
async fn stored(client: &Client, count: usize) -> HashSet<Sha256Digest> {
    use futures_util::TryStreamExt as _;
    for _ in 0..400 {
        let range = DateRange::since(DateType::PermanentStorage, since()).restricted_to_hwm();
        let search = InvoiceSearch::new(InvoiceFilters::new(SubjectRole::Seller, range));
        let pages: Vec<_> = client.search_invoices(search).try_collect().await.unwrap();
        let invoices = pages.iter().flat_map(|page| &page.invoices);
        let hashes: HashSet<_> = invoices.map(|invoice| invoice.invoice_hash).collect();
        if hashes.len() == count {
            return hashes;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never {count}");
}

#[tokio::test]
async fn what_is_stored_late_and_out_of_order_is_never_missed() {
    let sandbox = small_sandbox().await;
    let client = client(&sandbox, seal());
    let (shelf, folder) = (Shelf::default(), tempfile::tempdir().unwrap());
    let mirror = mirror(&client, &shelf, folder.path());
    // While invoices come in, again and again.
    let mut last = None;
    for first in [1, 21, 23, 60] {
        send_by_threes(&client, first..first + 20).await;
        for _ in 0..3 {
            let synced = mirror.sync(&SubjectRole::Seller, &|_| ()).await.unwrap();
            assert!(
                last <= Some(synced.cursor.complete_to),
                "the cursor went back"
            );
            last = Some(synced.cursor.complete_to);
            tokio::time::sleep(Duration::from_millis(7)).await;
        }
    }
    // 23 to 42 came twice, and were accepted once.
    let hashes = stored(&client, 62).await;
    mirror.sync(&SubjectRole::Seller, &|_| ()).await.unwrap();
    assert_eq!(shelf.hashes(), hashes);
    assert_eq!(shelf.look(|contents| contents.exports.len()), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let audit = mirror.audit(&SubjectRole::Seller, None).await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
    assert_eq!(audit.listed, 62);

    // Nothing new: the cursor moves, nothing else does.
    let before = shelf.look(|contents| contents.invoices.clone());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let quiet = mirror.sync(&SubjectRole::Seller, &|_| ()).await.unwrap();
    assert_eq!(quiet.saved.new, 0);
    assert!(Some(quiet.cursor.complete_to) > last);
    assert_eq!(shelf.look(|contents| contents.invoices.clone()), before);

    // An audit finds what is taken away or changed behind its back.
    let (gone, changed) = shelf.look(|contents| {
        let (gone, _) = contents.invoices.pop_first().unwrap();
        contents.roles.remove(&("Subject1".to_owned(), gone));
        let (changed, xml) = contents.invoices.iter_mut().next().unwrap();
        *xml = Bytes::from_static(b"<other/>");
        (gone, *changed)
    });
    let audit = mirror.audit(&SubjectRole::Seller, None).await.unwrap();
    assert_eq!(
        (audit.missing, audit.different),
        (vec![gone], vec![changed])
    );
}

/// A package that holds just the invoices of one instant, and more follow: as a batch of ten thousand makes it.
#[tokio::test]
async fn an_instant_that_fills_a_package_is_no_dead_end() {
    for in_package in [3, 4] {
        let sandbox = sandbox_of_packages(in_package).await;
        let client = client(&sandbox, seal());
        let mut hashes = HashSet::new();
        for first in [1, 4, 7, 10, 13] {
            send_by_threes(&client, first..first + 3).await;
            hashes = stored(&client, usize::try_from(first + 2).unwrap()).await;
        }
        let (shelf, folder) = (Shelf::default(), tempfile::tempdir().unwrap());
        let mirror = mirror(&client, &shelf, folder.path());
        let synced = mirror.sync(&SubjectRole::Seller, &|_| ()).await.unwrap();
        assert_eq!(shelf.hashes(), hashes);
        assert!(!synced.cursor.is_truncated);
        assert_eq!(shelf.look(|contents| contents.exports.len()), 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        sandbox.shutdown().await;
    }
}

#[tokio::test]
async fn stopped_anywhere_it_goes_on() {
    let sandbox = small_sandbox().await;
    let client = client(&sandbox, seal());
    let (shelf, folder) = (Shelf::default(), tempfile::tempdir().unwrap());
    send_by_threes(&client, 1..51).await;
    let hashes = stored(&client, 50).await;
    let mut stops = 0;
    for patience in 1.. {
        let mirror = mirror(&client, &shelf, folder.path());
        let time = Duration::from_millis(patience * 3);
        match tokio::time::timeout(time, mirror.sync(&SubjectRole::Seller, &|_| ())).await {
            Ok(outcome) => {
                outcome.unwrap();
                break;
            }
            Err(_) => stops += 1,
        }
    }
    assert!(stops > 3, "it was hardly stopped: {stops}");
    assert_eq!(shelf.hashes(), hashes);
    assert!(shelf.look(|contents| contents.exports.len()) < 10);
}

#[tokio::test]
async fn trouble_on_the_way_loses_nothing() {
    let sandbox = small_sandbox().await;
    let client = client(&sandbox, seal());
    let (shelf, folder) = (Shelf::default(), tempfile::tempdir().unwrap());
    send_by_threes(&client, 1..16).await;
    let hashes = stored(&client, 15).await;
    for trouble in [
        "GET /storage/*:503*9",
        "GET /storage/*:corrupt*9",
        "invoices.export:wrong-hash*1",
        "invoices.export:session-415*1",
        "invoices.export:drop-after*1",
        "invoices.query_metadata:503*9",
        "invoices.export_status:503*9",
    ] {
        fault(&sandbox, trouble);
        let mirror = mirror(&client, &shelf, folder.path());
        let outcome = mirror.sync(&SubjectRole::Seller, &|_| ()).await;
        assert!(outcome.is_err(), "{trouble}");
        sandbox.clear_faults();
    }
    // A download that breaks in the middle goes on from there.
    fault(&sandbox, "GET /storage/*:cut-download*3");
    let mirror = mirror(&client, &shelf, folder.path());
    mirror.sync(&SubjectRole::Seller, &|_| ()).await.unwrap();
    assert_eq!(shelf.hashes(), hashes);
}

#[tokio::test]
async fn an_export_that_never_ends_is_given_up_and_holds_a_place() {
    let sandbox = small_sandbox().await;
    let client = client(&sandbox, seal());
    let (shelf, folder) = (Shelf::default(), tempfile::tempdir().unwrap());
    send_by_threes(&client, 1..16).await;
    let hashes = stored(&client, 15).await;
    fault(&sandbox, "invoices.export:never-finish*1");
    let hasty = mirror(&client, &shelf, folder.path()).with_ready_wait_max(Duration::ZERO);
    let error = hasty.sync(&SubjectRole::Seller, &|_| ()).await.unwrap_err();
    assert!(
        matches!(&error, MirrorError::Ksef(error) if matches!(error.kind(), ErrorKind::Pending { .. })),
        "{error}"
    );
    // Two hours later.
    shelf.look(|contents| {
        let export = contents.exports.first_mut().unwrap();
        export.since -= SignedDuration::from_hours(3);
    });
    let patient =
        mirror(&client, &shelf, folder.path()).with_ready_wait_max(Duration::from_secs(2));
    patient.sync(&SubjectRole::Seller, &|_| ()).await.unwrap();
    assert_eq!(shelf.hashes(), hashes);
    let abandoned = shelf.look(|contents| contents.exports.clone());
    assert!(matches!(abandoned.as_slice(), [only] if only.is_abandoned));

    // Ten of them are all that may be; those whose start was never answered nobody can ask about, and they count nothing.
    let shelf = Shelf::default();
    for number in 0..20 {
        let export = PendingExport {
            id: number.to_string(),
            role: SubjectRole::Buyer,
            key: SessionKey::generate().unwrap(),
            reference: abandoned[0].reference.filter(|_| number % 2 == 0),
            ..abandoned[0].clone()
        };
        shelf.put_export(&export).await.unwrap();
    }
    let full = mirror(&client, &shelf, folder.path());
    let error = full.sync(&SubjectRole::Seller, &|_| ()).await.unwrap_err();
    assert!(matches!(error, MirrorError::NoSlot), "{error}");
    assert!(shelf.hashes().is_empty());
    shelf.look(|contents| contents.exports.truncate(9));
    full.sync(&SubjectRole::Seller, &|_| ()).await.unwrap();
    assert_eq!(shelf.hashes(), hashes);
}

#[tokio::test]
async fn every_role_has_a_cursor_of_its_own() {
    let sandbox = small_sandbox().await;
    let client = client(&sandbox, seal());
    let (shelf, folder) = (Shelf::default(), tempfile::tempdir().unwrap());
    send(&client, Numbered(1..4)).await.unwrap();
    stored(&client, 3).await;
    let mirror = mirror(&client, &shelf, folder.path());
    // What a process left that died before it could remove it.
    let left = folder
        .path()
        .join("20261128-EH-1B9DE6A000-21E2CFA2C6-62-0001.part");
    std::fs::write(&left, "sealed").unwrap();
    for role in &ROLES {
        let synced = mirror.sync(role, &|_| ()).await.unwrap();
        let expected = if *role == SubjectRole::Seller { 3 } else { 0 };
        assert_eq!(synced.saved.new, expected, "{role}");
    }
    assert_eq!(shelf.look(|contents| contents.cursors.len()), 4);
    assert!(!left.exists());
}
