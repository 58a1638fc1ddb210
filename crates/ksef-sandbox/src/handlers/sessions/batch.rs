//! `POST /sessions/batch` and its closing.

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::CompressionType;
use ksef_api::ops::sessions::{OpenedBatchSession, PartUpload};
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::reference::{SessionKind, SessionRef};
use ksef_core::secret::SecretText;
use ksef_crypto::session_key::encrypted_len;

use super::open::{
    FORM_NOT_SUPPORTED, LIFETIME, check_features, form_code, fresh_reference, proof,
};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::handlers::encryption::{self, Encryption};
use crate::handlers::uploads;
use crate::links::{Access, LinkSigner};
use crate::processing::{self, Task};
use crate::world::keys::KeyUsage;
use crate::world::record::Changes;
use crate::world::sessions::{BatchPartRecord, BatchRecord, NewSession, SessionRecord};
use crate::world::state::State;

/// What is to be opened.
struct Wanted {
    form: FormCode,
    file: File,
    encryption: Encryption,
    is_declared_offline: bool,
}

/// The declared package.
struct File {
    hash: Sha256Digest,
    size: u64,
    parts: Vec<BatchPartRecord>,
}

pub(super) fn open(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let wanted = read(call)?;
    check_parts(&wanted.file)?;
    let opened = call.app.world.write(|state, changes| {
        let usage = KeyUsage::SymmetricKeyEncryption;
        let named = wanted.encryption.public_key.as_ref();
        state.keys.usable(usage, named, call.now)?;
        let reference = fresh_reference(state, call, SessionRef::generate_batch);
        let uploads_until = uploads_until(call.now, wanted.file.parts.len());
        let answer = OpenedBatchSession {
            reference_number: reference,
            part_upload_requests: (1..)
                .zip(&wanted.file.parts)
                .map(|(ordinal, _)| upload(call, state.links(), &reference, ordinal, uploads_until))
                .collect(),
        };
        let session = SessionRecord::open(NewSession {
            reference,
            context: caller.context,
            opener: caller.subject,
            proof: proof(state, caller)?,
            form: wanted.form,
            created: call.now,
            valid_until: call.now.checked_add(LIFETIME).unwrap_or(call.now),
            iv: wanted.encryption.iv,
            wrapped_key: wanted.encryption.wrapped_key,
            public_key: wanted.encryption.public_key,
            has_key_fault: call.has_session_key_fault,
            verifies_identifiers: call.has_feature("subject-identifier-validation"),
            batch: Some(BatchRecord {
                hash: wanted.file.hash,
                size: wanted.file.size,
                parts: wanted.file.parts,
                is_declared_offline: wanted.is_declared_offline,
                uploads_until,
                is_unpacked: false,
                never_finishes: false,
            }),
        });
        state.sessions.insert(changes, session);
        Ok::<_, Failure>(answer)
    })?;
    Reply::json(call, &opened)
}

fn upload(
    call: &Call,
    links: &LinkSigner,
    session: &SessionRef,
    ordinal_number: u32,
    until: Timestamp,
) -> PartUpload {
    let path = uploads::path(session, ordinal_number);
    let link = links.link_until(Access::Write, &path, call.now, until);
    let blob_type = uploads::BLOB_TYPE.as_str().to_owned();
    PartUpload {
        ordinal_number,
        method: "PUT".to_owned(),
        url: SecretText::new(format!("{}{}", call.origin(), link.path_and_query)),
        headers: [(blob_type, Some(uploads::BLOCK_BLOB.to_owned()))].into(),
    }
}

/// Every part has twenty minutes, and all of them the time of all.
fn uploads_until(now: Timestamp, parts: usize) -> Timestamp {
    let minutes = i64::try_from(parts).unwrap_or(i64::MAX).saturating_mul(20);
    now.checked_add(SignedDuration::from_mins(minutes))
        .unwrap_or(now)
}

fn read(call: &Call) -> Result<Wanted, Failure> {
    let body = call.json_object()?;
    let fields = Fields::of(&body);
    let mut violations = Violations::default();
    let form = form_code(&fields, &mut violations).filter(|form| {
        let is_supported = form.allows_batch();
        if !is_supported {
            violations.add(FORM_NOT_SUPPORTED);
        }
        is_supported
    });
    let file = file(&fields, &mut violations);
    let encryption = encryption::read(&fields, &mut violations);
    let is_declared_offline = fields
        .optional_boolean(&mut violations, "offlineMode")
        .unwrap_or(false);
    check_features(call, &mut violations);
    violations.done()?;
    let wanted = || {
        Some(Wanted {
            form: form?,
            file: file?,
            encryption: encryption?,
            is_declared_offline,
        })
    };
    wanted().ok_or_else(|| Failure::status(500, "a violation was not reported"))
}

fn file(fields: &Fields<'_>, violations: &mut Violations) -> Option<File> {
    let fields = fields.object(violations, "batchFile")?;
    let size = size(&fields, violations, ARCHIVE_BYTES_MAX);
    let hash = fields.parsed(violations, "fileHash", Sha256Digest::from_base64);
    if fields.value("compressionType").is_some() {
        // What the archive really is, its first bytes tell.
        fields.choice(violations, "compressionType", |text| {
            CompressionType::from_name(text).is_known().then_some(())
        });
    }
    if fields.list(violations, "fileParts").is_empty() {
        violations.missing(fields.path("fileParts"));
    }
    let mut parts = Vec::new();
    for part in fields.objects(violations, "fileParts") {
        let ordinal = part.integer(violations, "ordinalNumber", 1..=i64::from(i32::MAX));
        let size = self::size(&part, violations, i64::MAX);
        let hash = part.parsed(violations, "fileHash", Sha256Digest::from_base64);
        if let (Some(ordinal), Some(size), Some(hash)) = (ordinal, size, hash) {
            parts.push((ordinal, size, hash));
        }
    }
    parts.sort_by_key(|(ordinal, ..)| *ordinal);
    // Whether the server takes gaps is not published; it could not put the archive together.
    if !(1..)
        .zip(&parts)
        .all(|(place, (ordinal, ..))| place == *ordinal)
    {
        let path = fields.path("fileParts");
        violations.add(format!("'{path}' must be numbered from 1 without gaps."));
    }
    Some(File {
        hash: hash?,
        size: size?,
        parts: parts
            .into_iter()
            .map(|(_, size, hash)| BatchPartRecord {
                hash,
                size,
                uploaded: None,
            })
            .collect(),
    })
}

fn size(fields: &Fields<'_>, violations: &mut Violations, bytes_max: i64) -> Option<u64> {
    let size = fields.integer(violations, "fileSize", 1..=bytes_max)?;
    u64::try_from(size).ok()
}

/// Number and size of the parts have codes of their own.
fn check_parts(file: &File) -> Result<(), Failure> {
    if file.parts.len() > PARTS_MAX {
        let detail = format!("Liczba części pliku musi być mniejsza lub równa niż {PARTS_MAX}.");
        return Err(Failure::detailed(21161, detail));
    }
    let too_large = file
        .parts
        .iter()
        .position(|part| part.size > encrypted_len(PART_BYTES_MAX));
    match too_large {
        Some(index) => {
            let ordinal = index + 1;
            let detail = format!("Rozmiar części {ordinal} przekroczył dozwolony rozmiar 100MB.");
            Err(Failure::detailed(21157, detail))
        }
        None => Ok(()),
    }
}

pub(super) fn close(call: &Call) -> Result<Reply, Failure> {
    let reference: SessionRef = call.path("referenceNumber")?;
    let caller = call.caller()?;
    processing::close_overdue(&call.app, call.now);
    let closed = call.app.world.write(|state, changes| {
        let session = super::usable(state, caller, &reference, SessionKind::Batch)?;
        if !session.is_open() {
            let detail = format!("Status sesji {} uniemożliwia jej zamknięcie.", session.code);
            return Err(Failure::detailed(21180, detail));
        }
        let outcome = check_uploads(session, call.now);
        if outcome == Err(Upload::Late) {
            processing::cancel_batch(state, changes, &reference, call.now);
        }
        outcome.map_err(Upload::refusal)?;
        begin(state, changes, call, &reference);
        Ok(())
    });
    if closed.is_err() {
        processing::remove_files_of_cancelled(&call.app, &reference);
    }
    closed?;
    call.app.schedule(Task::UnpackBatch(reference));
    Ok(Reply::empty(call))
}

fn begin(state: &mut State, changes: &mut Changes, call: &Call, session: &SessionRef) {
    processing::begin_batch(state, changes, session, call.now);
    if call.never_finishes {
        state.sessions.update(changes, session, |session| {
            if let Some(batch) = &mut session.batch {
                batch.never_finishes = true;
            }
        });
    }
}

/// Why a package cannot be processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Upload {
    /// A part is missing and its time is over.
    Late,
    /// The part of this number is missing.
    Missing(usize),
    /// The part of this number has another size than was declared.
    WrongSize(usize),
}

impl Upload {
    fn refusal(self) -> Failure {
        match self {
            Self::Late => Failure::detailed(21208, "Sesja anulowana, przekroczony czas wysyłki."),
            Self::Missing(ordinal) => Failure::detailed(
                21205,
                format!("Nie przesłano zadeklarowanej '{ordinal}' części pliku."),
            ),
            Self::WrongSize(ordinal) => Failure::detailed(
                21157,
                format!("Zadeklarowany rozmiar części '{ordinal}' nie zgadza się z rzeczywistym."),
            ),
        }
    }
}

fn check_uploads(session: &SessionRecord, now: Timestamp) -> Result<(), Upload> {
    let Some(batch) = &session.batch else {
        return Ok(());
    };
    let missing = batch.parts.iter().position(|part| part.uploaded.is_none());
    if let Some(index) = missing {
        return Err(if now > batch.uploads_until {
            Upload::Late
        } else {
            Upload::Missing(index + 1)
        });
    }
    let wrong = batch.parts.iter().position(|part| {
        part.uploaded
            .is_some_and(|uploaded| uploaded.size != part.size)
    });
    match wrong {
        Some(index) => Err(Upload::WrongSize(index + 1)),
        None => Ok(()),
    }
}

const ARCHIVE_BYTES_MAX: i64 = 5_000_000_000;
const PART_BYTES_MAX: u64 = 100_000_000;
const PARTS_MAX: usize = 50;
