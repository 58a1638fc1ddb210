//! An export that was started: its name and its key, in the folder it goes to, until it is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ksef_core::reference::ExportRef;
use ksef_crypto::session_key::SessionKey;
use ksef_sdk::receiving::RunningExport;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::durable::{self, Access};

/// What is written down.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    /// What was asked for, as it was asked.
    request: String,
    reference: ExportRef,
    key: Zeroizing<Vec<u8>>,
    iv: Vec<u8>,
}

/// A folder of our own inside the output: the record, the parts, what was unpacked.
#[derive(Debug)]
pub(super) struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// Below this output folder.
    pub(super) fn open(output: &Path) -> io::Result<Self> {
        let folder = output.join(FOLDER);
        durable::create_private_folder(&folder)?;
        Ok(Self { folder })
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of this name.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The export that was started for the same request and not finished. What belongs to another one, or cannot be read, is
    /// thrown away: it can be exported again.
    pub(super) fn unfinished(&self, request: &str) -> io::Result<Option<RunningExport>> {
        let bytes = durable::read_if_exists(&self.path(RECORD))?.map(Zeroizing::new);
        let record = bytes.and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
        let export = record
            .filter(|record| record.request == request)
            .and_then(|record| {
                let key = SessionKey::from_slices(&record.key, &record.iv).ok()?;
                Some(RunningExport::from_parts(record.reference, key))
            });
        if export.is_none() {
            self.clear()?;
        }
        Ok(export)
    }

    /// Writes an export down, readable by the user alone.
    pub(super) fn keep(&self, request: &str, export: &RunningExport) -> io::Result<()> {
        let record = Record {
            request: request.to_owned(),
            reference: export.reference(),
            key: Zeroizing::new(export.key().key().to_vec()),
            iv: export.key().iv().to_vec(),
        };
        let bytes = Zeroizing::new(serde_json::to_vec(&record)?);
        durable::replace(&self.path(RECORD), &bytes, Access::Private)
    }

    /// Throws everything away, for a fresh start.
    pub(super) fn clear(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.folder)?;
        durable::create_private_folder(&self.folder)
    }

    /// The end: nothing is needed any more.
    pub(super) fn remove(self) {
        // What cannot be removed is hidden, and thrown away by the next export.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const FOLDER: &str = ".ksef-export";
const RECORD: &str = "export.json";
