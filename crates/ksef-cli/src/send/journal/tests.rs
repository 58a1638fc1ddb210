use std::fs;
use std::sync::Arc;

use ksef_core::clock::{ManualClock, SystemClock};
use ksef_core::form_code::FormCode;
use ksef_core::nip::Nip;
use ksef_core::reference::{InvoiceRef, SessionRef};

use super::*;
use crate::send::ledger::Next;

fn key() -> JournalKey {
    JournalKey {
        environment: "https://api-test.ksef.mf.gov.pl/v2".to_owned(),
        context: Nip::parse("5265877635").unwrap().into(),
    }
}

fn open(folder: &Path) -> Result<(JournalFile, Option<u64>), JournalFault> {
    JournalFile::open(JournalLock::take(folder, key())?, SystemClock::shared())
}

fn session() -> SessionRef {
    SessionRef::parse("20250625-SO-2C3E6C8000-B675CF5D68-07").unwrap()
}

fn hash(number: u8) -> Sha256Digest {
    Sha256Digest::from_bytes([number; 32])
}

/// A journal with one invoice sent and one unknown; its path.
fn example(folder: &Path) -> PathBuf {
    let (journal, torn) = open(folder).unwrap();
    assert_eq!(torn, None);
    let invoice = InvoiceRef::parse("20250625-EE-319D7EE000-B67F415CDC-2C").unwrap();
    for entry in [
        Entry::SessionOpened {
            session: session(),
            form: FormCode::Fa3,
            valid_until: "2026-11-21T20:00:00Z".parse().unwrap(),
        },
        Entry::InvoiceSending {
            session: session(),
            hash: hash(1),
            size: 10,
        },
        Entry::InvoiceSent {
            session: session(),
            hash: hash(1),
            invoice,
        },
        Entry::InvoiceSending {
            session: session(),
            hash: hash(2),
            size: 20,
        },
    ] {
        journal.record(&entry).unwrap();
    }
    journal.path().to_path_buf()
}

#[test]
fn it_survives_being_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = example(folder.path());
    let (journal, torn) = open(folder.path()).unwrap();
    assert_eq!((torn, journal.path()), (None, path.as_path()));
    assert!(matches!(journal.invoice(&hash(1)).next(), Next::Poll(..)));
    assert_eq!(
        journal.invoice(&hash(2)).next(),
        Next::Reconcile(vec![session()])
    );
    assert_eq!(journal.invoice(&hash(3)).next(), Next::Send);
    assert_eq!(journal.ask(Ledger::open_sessions), [session()]);
    journal
        .append(&[Event::InvoiceAbsent {
            session: session(),
            hash: hash(2),
        }])
        .unwrap();
    drop(journal);
    let (journal, _) = open(folder.path()).unwrap();
    assert_eq!(journal.invoice(&hash(2)).next(), Next::Send);
}

#[test]
fn a_line_cut_off_by_a_crash_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = example(folder.path());
    let whole = fs::read(&path).unwrap();
    let before_last = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    for cut in before_last + 1..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let (journal, torn) = open(folder.path()).unwrap();
        assert_eq!(torn, Some((cut - before_last) as u64));
        assert_eq!(
            journal.invoice(&hash(2)).next(),
            Next::Send,
            "its intent was never confirmed"
        );
        drop(journal);
        assert_eq!(fs::read(&path).unwrap(), whole[..before_last]);
    }
    let mut zeros = whole[..before_last].to_vec();
    zeros.extend([0; 40]);
    zeros.push(b'\n');
    fs::write(&path, &zeros).unwrap();
    let (journal, torn) = open(folder.path()).unwrap();
    assert_eq!(torn, Some(41));
    journal
        .append(&[Event::InvoiceAbsent {
            session: session(),
            hash: hash(9),
        }])
        .unwrap();
    drop(journal);
    assert!(
        open(folder.path()).is_ok(),
        "what is written after a repair is read again"
    );
}

#[test]
fn damage_in_the_middle_is_an_error_that_names_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = example(folder.path());
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    for damaged in 0..lines.len() {
        let mut changed: Vec<String> = lines.iter().map(ToString::to_string).collect();
        changed[damaged] = changed[damaged].replacen("\"at\":\"2", "\"at\":\"3", 1);
        fs::write(&path, changed.join("\n") + "\n").unwrap();
        let Err(JournalFault::Damaged { line, .. }) = open(folder.path()) else {
            panic!("the change of line {} went unnoticed", damaged + 1);
        };
        assert_eq!(line, damaged as u64 + 1);

        let mut lost = lines.clone();
        lost.remove(damaged);
        fs::write(&path, lost.join("\n") + "\n").unwrap();
        let found = open(folder.path()).is_err();
        assert_eq!(
            found,
            damaged + 1 < lines.len(),
            "only the loss of the end cannot be seen"
        );
    }
}

#[test]
fn one_at_a_time_and_only_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, _) = open(folder.path()).unwrap();
    assert!(matches!(
        open(folder.path()),
        Err(JournalFault::Busy { .. })
    ));
    let path = journal.path().to_path_buf();
    drop(journal);
    let text = fs::read(&path).unwrap();
    let other = JournalKey {
        context: Nip::parse("9999999999").unwrap().into(),
        ..key()
    };
    let lock = JournalLock::take(folder.path(), other.clone()).unwrap();
    fs::write(other.path_in(folder.path()), text).unwrap();
    let opened = JournalFile::open(lock, SystemClock::shared());
    assert!(matches!(opened, Err(JournalFault::Foreign { .. })));
}

#[test]
fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lock = JournalLock::take(folder.path(), key()).unwrap();
    let started = Event::JournalStarted {
        format: FORMAT + 1,
        environment: key().environment,
        context: key().context,
    };
    let at = "2026-11-21T08:00:00Z".parse().unwrap();
    let (line, _) = Tip::default().write(at, &started).unwrap();
    fs::write(lock.path(), line).unwrap();
    let clock = Arc::new(ManualClock::new(at));
    let opened = JournalFile::open(lock, clock);
    assert!(matches!(opened, Err(JournalFault::Newer { format: 2, .. })));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = example(folder.path());
    assert_eq!(
        fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}
