//! Opening the journal of a context, which one process at a time may write.

use std::time::Duration;

use jiff::SignedDuration;
use ksef_core::context::ContextIdentifier;

use super::journal::{JournalFault, JournalFile, JournalKey, JournalLock};
use super::stop::Stop;
use crate::context::Context;
use crate::error::Result;
use crate::lang::text;

/// The journal of a context in the KSeF that `scope` names; waits up to `wait` for another process that has it.
///
/// # Errors
/// Another process has it for longer; damage, a newer format, or the disk.
pub(crate) async fn journal(
    context: &Context,
    scope: &str,
    who: ContextIdentifier,
    wait: Duration,
    stop: &Stop,
) -> Result<JournalFile> {
    let key = JournalKey {
        environment: scope.to_owned(),
        context: who,
    };
    let clock = &context.clock;
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    let deadline = clock.now().checked_add(wait);
    let deadline = deadline.unwrap_or(jiff::Timestamp::MAX);
    let mut is_told = false;
    let lock = loop {
        match JournalLock::take(&context.home.journal_dir(), key.clone()) {
            Ok(lock) => break lock,
            Err(JournalFault::Busy { .. }) if clock.now() < deadline && !stop.is_requested() => {
                if !is_told {
                    is_told = true;
                    context.printer.note(&text!(
                        "another process is sending for {who}; waiting for it",
                        "inny proces wysyła dla {who}; oczekiwanie na jego zakończenie"
                    ));
                }
                stop.sleep(LOCK_PAUSE).await;
            }
            Err(fault) => return Err(fault.into_error()),
        }
    };
    let (journal, torn) =
        JournalFile::open(lock, clock.clone()).map_err(JournalFault::into_error)?;
    if let Some(bytes) = torn {
        let path = journal.path().display();
        context.printer.warn(&text!(
            "the last line of the journal {path} was cut off by a crash; its {bytes} bytes were removed, nothing was sent because of it",
            "ostatni wiersz dziennika {path} został ucięty przez awarię; usunięto go ({bytes} B), niczego na jego podstawie nie wysłano",
            path = path,
            bytes = bytes
        ));
    }
    Ok(journal)
}

const LOCK_PAUSE: Duration = Duration::from_millis(200);
