//! What was sent within the last hour, on disk: so that commands which run one after another, or side by side, keep
//! KSeF's request limits together.
//!
//! One small JSON file for each KSeF and context, written under a lock of its own. It is not forced to the disk: after a
//! crash of the machine the worst is a 429.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_core::context::ContextIdentifier;
use ksef_crypto::digest::sha256;
use ksef_sdk::limiter::{LimitRecord, LimitStore, LimiterOptions};

use crate::context::Context;
use crate::durable::{self, Lock};
use crate::lang::text;

/// How a command keeps the limits of the KSeF that `scope` names: with what earlier commands sent, telling of waits, and
/// ending rather than waiting for longer than some minutes.
pub(crate) fn options(context: &Context, scope: &str) -> LimiterOptions {
    let files = LimitFiles::new(&context.home.limits_dir(), scope);
    let (printer, clock) = (context.printer.clone(), Arc::clone(&context.clock));
    let told_until = Mutex::new(Timestamp::MIN);
    LimiterOptions::new()
        .with_store(Arc::new(files))
        .with_wait_max(WAIT_MAX)
        .with_notice(move |waiting| {
            let wait = SignedDuration::try_from(waiting.wait).unwrap_or(SignedDuration::MAX);
            let until = clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
            let mut told_until = told_until.lock().unwrap_or_else(PoisonError::into_inner);
            // Several calls wait for one limit: that is told once.
            if until.duration_since(*told_until) > TOLD_APART_MIN {
                *told_until = until;
                printer.note(&text!(
                    "waiting {seconds} s for KSeF's limit of requests ({operation})",
                    "oczekiwanie {seconds} s na limit żądań KSeF ({operation})",
                    seconds = waiting.wait.as_secs(),
                    operation = waiting.operation
                ));
            }
        })
}

/// The files of one KSeF.
#[derive(Debug)]
pub(crate) struct LimitFiles {
    folder: PathBuf,
    scope: String,
}

impl LimitFiles {
    /// In this folder, for the KSeF that `scope` names.
    pub(crate) fn new(folder: &Path, scope: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            scope: scope.to_owned(),
        }
    }

    fn path(&self, context: &ContextIdentifier) -> PathBuf {
        let name = sha256(format!("{}\n{context}", self.scope).as_bytes()).to_hex();
        let name = name.get(..32).unwrap_or_default();
        self.folder.join(format!("{name}.json"))
    }
}

impl LimitStore for LimitFiles {
    fn update(
        &self,
        context: &ContextIdentifier,
        change: &mut dyn FnMut(&mut LimitRecord),
    ) -> io::Result<()> {
        let path = self.path(context);
        let _lock = Lock::acquire(&path.with_extension("lock"))?;
        let before = durable::read_if_exists(&path)?.unwrap_or_default();
        // What cannot be read, a machine that crashed has left behind.
        let mut record = serde_json::from_slice(&before).unwrap_or_default();
        change(&mut record);
        let after = serde_json::to_vec(&record)?;
        if after == before {
            return Ok(());
        }
        let fresh = path.with_extension("new");
        fs::write(&fresh, &after)?;
        fs::rename(&fresh, &path)
    }
}

/// A command that would wait for longer ends, and says when to run it again.
const WAIT_MAX: Duration = Duration::from_secs(300);
const TOLD_APART_MIN: SignedDuration = SignedDuration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_kept_apart_and_survive_nonsense() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("limits");
        let files = LimitFiles::new(&folder, "https://api.example/v2");
        let other = LimitFiles::new(&folder, "https://other.example/v2");
        let who = ContextIdentifier::parse("5265877635").unwrap();
        let kept: LimitRecord = serde_json::from_str(
            r#"{"counters": {"invoiceSend": {"left": [1, 2], "blockedUntil": 3}}}"#,
        )
        .unwrap();
        files
            .update(&who, &mut |record| record.clone_from(&kept))
            .unwrap();
        let read = |files: &LimitFiles| {
            let mut read = None;
            files
                .update(&who, &mut |record| read = Some(record.clone()))
                .unwrap();
            read.unwrap()
        };
        assert_eq!(read(&files), kept);
        assert_eq!(read(&other), LimitRecord::default());
        fs::write(files.path(&who), b"{\"counters\": 7").unwrap();
        assert_eq!(read(&files), LimitRecord::default());
    }

    #[test]
    fn two_that_write_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let who = ContextIdentifier::parse("5265877635").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let files = LimitFiles::new(folder.path(), "here");
                    for _ in 0..25 {
                        files.update(&who, &mut count).unwrap();
                    }
                });
            }
        });
        let files = LimitFiles::new(folder.path(), "here");
        let record = serde_json::to_value(read_back(&files, &who)).unwrap();
        let left = record["counters"]["test"]["left"].as_array().unwrap();
        assert_eq!(left.len(), 100);
    }

    fn read_back(files: &LimitFiles, who: &ContextIdentifier) -> LimitRecord {
        let mut read = LimitRecord::default();
        files
            .update(who, &mut |record| read.clone_from(record))
            .unwrap();
        read
    }

    /// One more request, as another program would write it.
    fn count(record: &mut LimitRecord) {
        let mut value = serde_json::to_value(&*record).unwrap();
        let left = &mut value["counters"]["test"]["left"];
        match left.as_array_mut() {
            Some(left) => left.push(1.into()),
            None => *left = serde_json::json!([1]),
        }
        *record = serde_json::from_value(value).unwrap();
    }
}
