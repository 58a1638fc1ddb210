//! Exports of invoices and what became of them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::{CompressionType, InvoiceFilters};
use ksef_api::status::ExportStatus;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::digest::Sha256Digest;
use ksef_core::key_id::KeyId;
use ksef_core::reference::ExportRef;
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::sessions::SessionSecret;
use super::store::{Loader, StoreError};

/// One export.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportRecord {
    pub(crate) reference: ExportRef,
    pub(crate) context: ContextIdentifier,
    pub(crate) subject: SubjectIdentifier,
    pub(crate) started: Timestamp,
    /// What is looked for; the end of the range is given.
    pub(crate) filters: InvoiceFilters,
    pub(crate) only_metadata: bool,
    pub(crate) compression: CompressionType,
    /// Base64 of the initialisation vector.
    pub(crate) iv: String,
    pub(crate) secret: SessionSecret,
    pub(crate) public_key: Option<KeyId>,
    /// A scripted fault: the key counts as undecryptable.
    pub(crate) has_key_fault: bool,
    /// A scripted fault: it never ends.
    pub(crate) never_finishes: bool,
    /// A scripted fault: the hashes of its encrypted parts are wrong.
    #[serde(default)]
    pub(crate) tells_wrong_hash: bool,
    /// Code of the status, see [`ExportStatus`].
    pub(crate) code: i32,
    #[serde(default)]
    pub(crate) details: Vec<String>,
    pub(crate) completed: Option<Timestamp>,
    pub(crate) package: Option<PackageRecord>,
}

/// A finished package.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PackageRecord {
    pub(crate) invoices: u64,
    pub(crate) size: u64,
    pub(crate) is_truncated: bool,
    pub(crate) last_issued: Option<Date>,
    pub(crate) last_received: Option<Timestamp>,
    pub(crate) last_stored: Option<Timestamp>,
    pub(crate) hwm: Option<Timestamp>,
    pub(crate) parts: Vec<PackagePartRecord>,
}

/// A part of a package; its file has the name of the part.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PackagePartRecord {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) hash: Sha256Digest,
    pub(crate) sealed_size: u64,
    pub(crate) sealed_hash: Sha256Digest,
}

impl ExportRecord {
    /// The typed status at `now`: a finished package expires by itself.
    pub(crate) fn status(&self, now: Timestamp) -> ExportStatus {
        match ExportStatus::from_code(self.code) {
            ExportStatus::Ready if self.expires().is_some_and(|expires| expires < now) => {
                ExportStatus::Expired
            }
            status => status,
        }
    }

    /// Until when its package can be downloaded.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        let lifetime = PACKAGE_LIFETIME;
        self.package.as_ref()?;
        self.completed?.checked_add(lifetime).ok()
    }

    /// Whether its status is not told any more.
    pub(crate) fn is_past_retention(&self, now: Timestamp) -> bool {
        now.duration_since(self.started) > RETENTION
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&self) -> bool {
        self.code == ExportStatus::InProgress.code()
    }

    /// The initialisation vector.
    pub(crate) fn iv(&self) -> Vec<u8> {
        STANDARD.decode(&self.iv).unwrap_or_default()
    }
}

impl Record for ExportRecord {
    const TABLE: &'static str = "exports";
    type Key = ExportRef;

    fn key(&self) -> ExportRef {
        self.reference
    }
}

/// All exports.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    rows: Collection<ExportRecord>,
    running: HashMap<ContextIdentifier, Vec<ExportRef>>,
}

impl Exports {
    /// What the store holds.
    ///
    /// # Errors
    /// A store that cannot be read, or holds something else.
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let rows: Collection<ExportRecord> = Collection::load(loader)?;
        let mut running: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows.values().filter(|row| row.is_running()) {
            running.entry(row.context).or_default().push(row.reference);
        }
        Ok(Self { rows, running })
    }

    pub(crate) fn get(&self, reference: &ExportRef) -> Option<&ExportRecord> {
        self.rows.get(reference)
    }

    /// All exports in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &ExportRecord> {
        self.rows.values()
    }

    /// How many of somebody's exports have not ended.
    pub(crate) fn running(
        &self,
        context: &ContextIdentifier,
        is_theirs: impl Fn(&SubjectIdentifier) -> bool,
    ) -> usize {
        let list = self.running.get(context).map_or(&[][..], Vec::as_slice);
        list.iter()
            .filter_map(|reference| self.rows.get(reference))
            .filter(|export| is_theirs(&export.subject))
            .count()
    }

    /// Adds an export that was just started.
    pub(crate) fn insert(&mut self, changes: &mut Changes, export: ExportRecord) {
        self.running
            .entry(export.context)
            .or_default()
            .push(export.reference);
        self.rows.insert(changes, export);
    }

    /// Ends an export.
    pub(crate) fn finish(
        &mut self,
        changes: &mut Changes,
        reference: &ExportRef,
        now: Timestamp,
        outcome: Result<PackageRecord, (ExportStatus, Option<String>)>,
    ) {
        let context = self.rows.update(changes, reference, |export| {
            export.completed = Some(now);
            match outcome {
                Ok(package) => {
                    export.code = ExportStatus::Ready.code();
                    export.package = Some(package);
                }
                Err((status, detail)) => {
                    export.code = status.code();
                    export.details.extend(detail);
                }
            }
            export.context
        });
        if let Some(list) = context.and_then(|context| self.running.get_mut(&context)) {
            list.retain(|known| known != reference);
        }
    }
}

/// How long a package is kept (the server's time is not published).
const PACKAGE_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How long the status of an export is told.
const RETENTION: SignedDuration = SignedDuration::from_hours(7 * 24);
