//! The journal on disk: append-only lines, each durable before what it announces happens.
//!
//! One file per (environment, context), locked by one process at a time. Opening it replays every line into a
//! [`Ledger`] and checks the chain; a last line that a crash cut off is removed, any other damage is an error.

pub(crate) mod event;
mod fault;
pub(crate) mod line;
mod lock;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ksef_core::clock::SharedClock;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_sdk::journal::{Entry, Journal, JournalError};

use self::event::{Event, FORMAT};
pub(crate) use self::fault::JournalFault;
use self::line::Tip;
pub(crate) use self::lock::JournalLock;
use super::ledger::{Invoice, Ledger};
use crate::durable::{Access, for_writing, sync_folder};

/// Whose journal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JournalKey {
    /// Identity of the environment: its API address, or `sandbox:` and the world's id.
    pub(crate) environment: String,
    /// On whose behalf everything in it is sent.
    pub(crate) context: ContextIdentifier,
}

/// An open journal, for use by many tasks.
#[derive(Debug)]
pub(crate) struct JournalFile {
    path: PathBuf,
    clock: SharedClock,
    state: Mutex<State>,
    _lock: JournalLock,
}

#[derive(Debug)]
struct State {
    file: File,
    length: u64,
    tip: Tip,
    ledger: Ledger,
    /// Set by the first write that failed: nothing is written, hence nothing is sent, after that.
    broken: bool,
}

impl JournalKey {
    /// The file's path below the journal folder: readable, and unambiguous by a digest of the key.
    pub(crate) fn path_in(&self, folder: &Path) -> PathBuf {
        let context: String = plain(&self.context.to_string()).collect();
        folder
            .join(environment_folder(&self.environment))
            .join(format!("{context}.jsonl"))
    }
}

/// The folder of an environment's journals.
fn environment_folder(environment: &str) -> String {
    let length = if environment.starts_with("sandbox:") {
        SANDBOX_CHARACTERS
    } else {
        READABLE_CHARACTERS_MAX
    };
    let readable = environment.trim_start_matches("https://");
    let readable: String = plain(readable.trim_start_matches("http://"))
        .take(length)
        .collect();
    let digest = ksef_crypto::digest::sha256(environment.as_bytes()).to_hex();
    let short: String = digest.chars().take(8).collect();
    format!("{readable}-{short}")
}

/// A text without characters that mean something in a path.
fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|character| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '-'
        }
    })
}

impl JournalFile {
    /// Opens the journal of `lock`, or starts it. `Some(bytes)` tells how much of a torn last line was removed.
    ///
    /// # Errors
    /// Damage, a newer format, somebody else's journal, or the disk.
    pub(crate) fn open(
        lock: JournalLock,
        clock: SharedClock,
    ) -> Result<(Self, Option<u64>), JournalFault> {
        let path = lock.path().to_path_buf();
        let io = |source| JournalFault::Io {
            path: path.clone(),
            source,
        };
        let fresh = !path.exists();
        let mut file = for_writing(Access::Private)
            .read(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        let replayed = replay(&path, &bytes, lock.key())?;
        let torn = bytes.len().saturating_sub(replayed.length);
        let length = u64::try_from(replayed.length).unwrap_or(u64::MAX);
        if torn > 0 {
            file.set_len(length).map_err(io)?;
            file.sync_all().map_err(io)?;
        }
        if fresh && let Some(folder) = path.parent() {
            sync_folder(folder).map_err(io)?;
        }
        let started = Event::JournalStarted {
            format: FORMAT,
            environment: lock.key().environment.clone(),
            context: lock.key().context,
        };
        let state = State {
            file,
            length,
            tip: replayed.tip,
            ledger: replayed.ledger,
            broken: false,
        };
        let journal = Self {
            path,
            clock,
            state: Mutex::new(state),
            _lock: lock,
        };
        if journal.state().tip.number == 0 {
            journal.append(&[started])?;
        }
        Ok((journal, (torn > 0).then_some(torn as u64)))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes these events down, durable on return, and takes them into the ledger.
    ///
    /// # Errors
    /// None of them was kept; nothing can be written any more.
    pub(crate) fn append(&self, events: &[Event]) -> Result<(), JournalFault> {
        let mut state = self.state();
        if state.broken {
            return Err(JournalFault::Broken {
                path: self.path.clone(),
            });
        }
        let at = self.clock.now();
        let mut text = String::new();
        let mut tip = state.tip.clone();
        for event in events {
            let (line, next) = tip.write(at, event).map_err(|error| JournalFault::Io {
                path: self.path.clone(),
                source: std::io::Error::other(error),
            })?;
            text.push_str(&line);
            tip = next;
        }
        if let Err(source) = state.write(text.as_bytes()) {
            state.broken = true;
            state.undo();
            return Err(JournalFault::Io {
                path: self.path.clone(),
                source,
            });
        }
        state.tip = tip;
        for event in events {
            state.ledger.apply(event);
        }
        Ok(())
    }

    /// What is known about an invoice.
    pub(crate) fn invoice(&self, hash: &Sha256Digest) -> Invoice {
        self.state().ledger.invoice(hash)
    }

    /// Asks the ledger something.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&Ledger) -> T) -> T {
        question(&self.state().ledger)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for JournalFile {
    fn record(&self, entry: &Entry) -> Result<(), JournalError> {
        let event = Event::from_entry(entry)
            .ok_or_else(|| JournalError::new("the journal does not know this step"))?;
        self.append(&[event])
            .map_err(|fault| JournalError::new("the journal cannot be written").with_source(fault))
    }
}

impl State {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()?;
        self.length = self.length.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// Takes a half-written line back. When even that fails the next opening does it.
    fn undo(&self) {
        let _ = self.file.set_len(self.length);
    }
}

/// What a journal says, for those who only look: without the lock, and without touching the file. `None` when there
/// is no such journal.
///
/// # Errors
/// Damage, a newer format, somebody else's journal, or the disk.
pub(crate) fn look(folder: &Path, key: &JournalKey) -> Result<Option<Ledger>, JournalFault> {
    let path = key.path_in(folder);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(replay(&path, &bytes, key)?.ledger)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(JournalFault::Io { path, source }),
    }
}

/// The journal of one context, as those see it who only look.
#[derive(Debug)]
pub(crate) struct Seen {
    /// On whose behalf.
    pub(crate) context: ContextIdentifier,
    /// The file.
    pub(crate) path: PathBuf,
    /// What it says.
    pub(crate) ledger: Ledger,
}

/// What every journal of an environment says, whatever its context. Those that cannot be read are left out.
pub(crate) fn look_everywhere(folder: &Path, environment: &str) -> Vec<Ledger> {
    let seen = look_at_all(folder, environment).into_iter();
    let read = |seen: Result<Seen, JournalFault>| match seen {
        Ok(seen) => Some(seen.ledger),
        Err(fault) => {
            tracing::warn!(path = %fault.path().display(), %fault, "a journal cannot be read");
            None
        }
    };
    seen.filter_map(read).collect()
}

/// Every journal of an environment, by path; files that are no journals are passed over.
pub(crate) fn look_at_all(folder: &Path, environment: &str) -> Vec<Result<Seen, JournalFault>> {
    let Ok(entries) = std::fs::read_dir(environment_dir(folder, environment)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).ok()?;
        let first = bytes.split(|byte| *byte == b'\n').next()?;
        let Event::JournalStarted { context, .. } = Tip::default().read(first).ok()?.event else {
            return None;
        };
        let key = JournalKey {
            environment: environment.to_owned(),
            context,
        };
        let replayed = replay(&path, &bytes, &key);
        Some(replayed.map(|replayed| Seen {
            context,
            path,
            ledger: replayed.ledger,
        }))
    };
    paths.into_iter().filter_map(read).collect()
}

/// Where the journals of an environment are.
pub(crate) fn environment_dir(folder: &Path, environment: &str) -> PathBuf {
    folder.join(environment_folder(environment))
}

struct Replayed {
    ledger: Ledger,
    tip: Tip,
    /// Length of the lines that count, in bytes.
    length: usize,
}

fn replay(path: &Path, bytes: &[u8], key: &JournalKey) -> Result<Replayed, JournalFault> {
    let mut replayed = Replayed {
        ledger: Ledger::default(),
        tip: Tip::default(),
        length: 0,
    };
    // What follows the last line feed was never confirmed to anybody; neither was a block of zeros.
    let confirmed = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let lines = bytes.get(..confirmed).unwrap_or_default();
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let last = replayed.length + line.len() == bytes.len();
        if last && text.contains(&0) {
            break;
        }
        let number = replayed.tip.number.saturating_add(1);
        let read = replayed
            .tip
            .read(text)
            .map_err(|fault| JournalFault::Damaged {
                path: path.to_path_buf(),
                line: number,
                fault,
            })?;
        if number == 1 {
            check_owner(path, &read.event, key)?;
        }
        replayed.ledger.apply(&read.event);
        replayed.length += line.len();
    }
    Ok(replayed)
}

fn check_owner(path: &Path, event: &Event, key: &JournalKey) -> Result<(), JournalFault> {
    match event {
        Event::JournalStarted { format, .. } if *format > FORMAT => Err(JournalFault::Newer {
            path: path.to_path_buf(),
            format: *format,
        }),
        Event::JournalStarted {
            environment,
            context,
            ..
        } if *environment == key.environment && *context == key.context => Ok(()),
        _ => Err(JournalFault::Foreign {
            path: path.to_path_buf(),
        }),
    }
}

/// `sandbox-` and as much of a world's id as `git` shows of a commit.
const SANDBOX_CHARACTERS: usize = 16;
/// How much of an address stands in a folder's name.
const READABLE_CHARACTERS_MAX: usize = 48;

#[cfg(test)]
mod tests;
