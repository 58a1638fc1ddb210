//! Sending sessions.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ksef_api::status::SessionStatus;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::key_id::KeyId;
use ksef_core::reference::{SessionKind, SessionRef, TokenRef, UpoRef};
use ksef_crypto::session_key::SessionKey;
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};

/// How the opener of a session had authenticated, as the UPO tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Proof {
    /// With a KSeF token.
    Token(TokenRef),
    /// With a signed document of this digest.
    Document(Sha256Digest),
}

/// The symmetric key of a session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SessionSecret {
    /// As it came: wrapped for one of our public keys, not yet looked at.
    Wrapped(String),
    /// Unwrapped; Base64 of the 32 bytes.
    Key(String),
}

impl SessionSecret {
    /// A key as it came.
    pub(crate) fn wrapped(bytes: &[u8]) -> Self {
        Self::Wrapped(STANDARD.encode(bytes))
    }

    /// The key as it came; `None` once it was unwrapped.
    pub(crate) fn wrapped_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Wrapped(wrapped) => STANDARD.decode(wrapped).ok(),
            Self::Key(_) => None,
        }
    }

    /// An unwrapped key.
    pub(crate) fn key(bytes: &[u8]) -> Self {
        Self::Key(STANDARD.encode(bytes))
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Wrapped(_) => "Wrapped(redacted)",
            Self::Key(_) => "Key(redacted)",
        })
    }
}

/// What a batch session has besides.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchRecord {
    /// Declared SHA-256 of the archive.
    pub(crate) hash: Sha256Digest,
    /// Declared size of the archive in bytes.
    pub(crate) size: u64,
    pub(crate) parts: Vec<BatchPartRecord>,
    pub(crate) is_declared_offline: bool,
    /// Until when parts can be uploaded.
    pub(crate) uploads_until: Timestamp,
    /// Whether its invoices were taken out of the archive.
    #[serde(default)]
    pub(crate) is_unpacked: bool,
    /// A scripted fault: its processing never ends.
    #[serde(default)]
    pub(crate) never_finishes: bool,
}

/// A declared part of a package.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchPartRecord {
    /// Declared SHA-256 of the ciphertext.
    pub(crate) hash: Sha256Digest,
    /// Declared size of the ciphertext in bytes.
    pub(crate) size: u64,
    /// What was uploaded last.
    #[serde(default)]
    pub(crate) uploaded: Option<UploadedPart>,
}

/// An uploaded part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UploadedPart {
    pub(crate) hash: Sha256Digest,
    pub(crate) size: u64,
}

/// A session, online or batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionRecord {
    pub(crate) reference: SessionRef,
    /// On whose behalf it was opened.
    pub(crate) context: ContextIdentifier,
    /// Who opened it.
    pub(crate) opener: SubjectIdentifier,
    pub(crate) proof: Proof,
    pub(crate) form: FormCode,
    /// Code of the status, see [`SessionStatus`].
    pub(crate) code: i32,
    /// Details of the status.
    #[serde(default)]
    pub(crate) details: Vec<String>,
    pub(crate) created: Timestamp,
    /// Last activity: a sending or a change of status.
    pub(crate) updated: Timestamp,
    pub(crate) valid_until: Timestamp,
    pub(crate) closed: Option<Timestamp>,
    /// Base64 of the initialisation vector.
    iv: String,
    pub(crate) secret: SessionSecret,
    /// The public key that the client says it used.
    pub(crate) public_key: Option<KeyId>,
    /// A scripted fault: the key counts as undecryptable.
    #[serde(default)]
    pub(crate) has_key_fault: bool,
    /// Whether NIP check digits of the parties are verified (`subject-identifier-validation`).
    #[serde(default)]
    pub(crate) verifies_identifiers: bool,
    /// Invoices received.
    pub(crate) total: u32,
    /// Invoices with a KSeF number.
    pub(crate) successful: u32,
    /// Invoices rejected.
    pub(crate) failed: u32,
    /// Pages of its UPO.
    #[serde(default)]
    pub(crate) upo_pages: Vec<UpoRef>,
    /// What a batch session has besides.
    #[serde(default)]
    pub(crate) batch: Option<BatchRecord>,
}

/// What a new session starts from.
#[derive(Debug)]
pub(crate) struct NewSession {
    pub(crate) reference: SessionRef,
    pub(crate) context: ContextIdentifier,
    pub(crate) opener: SubjectIdentifier,
    pub(crate) proof: Proof,
    pub(crate) form: FormCode,
    pub(crate) created: Timestamp,
    pub(crate) valid_until: Timestamp,
    pub(crate) iv: [u8; 16],
    pub(crate) wrapped_key: Vec<u8>,
    pub(crate) public_key: Option<KeyId>,
    pub(crate) has_key_fault: bool,
    pub(crate) verifies_identifiers: bool,
    pub(crate) batch: Option<BatchRecord>,
}

impl SessionRecord {
    /// An open session without invoices.
    pub(crate) fn open(new: NewSession) -> Self {
        Self {
            reference: new.reference,
            context: new.context,
            opener: new.opener,
            proof: new.proof,
            form: new.form,
            code: SessionStatus::Open.code(),
            details: Vec::new(),
            created: new.created,
            updated: new.created,
            valid_until: new.valid_until,
            closed: None,
            iv: STANDARD.encode(new.iv),
            secret: SessionSecret::wrapped(&new.wrapped_key),
            public_key: new.public_key,
            has_key_fault: new.has_key_fault,
            verifies_identifiers: new.verifies_identifiers,
            total: 0,
            successful: 0,
            failed: 0,
            upo_pages: Vec::new(),
            batch: new.batch,
        }
    }

    /// The typed status.
    pub(crate) fn status(&self) -> SessionStatus {
        SessionStatus::from_code(self.code)
    }

    /// Online or batch.
    pub(crate) fn kind(&self) -> SessionKind {
        match self.batch {
            Some(_) => SessionKind::Batch,
            None => SessionKind::Online,
        }
    }

    /// Whether it ends as soon as none of its invoices is pending.
    pub(crate) fn is_ending(&self) -> bool {
        match &self.batch {
            None => self.status() == SessionStatus::Closed,
            Some(batch) => self.status() == SessionStatus::Processing && batch.is_unpacked,
        }
    }

    /// Whether it is a closed batch session whose invoices have not been taken out of their archive.
    pub(crate) fn is_waiting_for_its_package(&self) -> bool {
        self.status() == SessionStatus::Processing
            && self
                .batch
                .as_ref()
                .is_some_and(|batch| !batch.is_unpacked && !batch.never_finishes)
    }

    /// Whether it takes invoices, or parts of its package.
    pub(crate) fn is_open(&self) -> bool {
        self.code == SessionStatus::Open.code()
    }

    /// Invoices that have neither been accepted nor rejected.
    pub(crate) fn pending(&self) -> u32 {
        self.total
            .saturating_sub(self.successful)
            .saturating_sub(self.failed)
    }

    /// The key that decrypts its invoices, once it was unwrapped.
    pub(crate) fn session_key(&self) -> Option<SessionKey> {
        let SessionSecret::Key(key) = &self.secret else {
            return None;
        };
        SessionKey::from_slices(
            &STANDARD.decode(key).ok()?,
            &STANDARD.decode(&self.iv).ok()?,
        )
        .ok()
    }

    /// The key as it came; `None` once it was unwrapped.
    pub(crate) fn wrapped_key(&self) -> Option<Vec<u8>> {
        self.secret.wrapped_bytes()
    }

    /// Moves to another status.
    pub(crate) fn become_status(&mut self, status: SessionStatus, now: Timestamp) {
        self.code = status.code();
        self.updated = now;
    }
}

impl Record for SessionRecord {
    const TABLE: &'static str = "sessions";
    type Key = SessionRef;

    fn key(&self) -> SessionRef {
        self.reference
    }
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    rows: Collection<SessionRecord>,
    /// By context, in the order of creation.
    by_context: HashMap<ContextIdentifier, BTreeSet<(Timestamp, SessionRef)>>,
    /// Open ones by the instant at which they close by themselves.
    deadlines: BTreeSet<(Timestamp, SessionRef)>,
}

impl Sessions {
    /// What the store holds.
    ///
    /// # Errors
    /// A store that cannot be read, or holds something else.
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let mut sessions = Self {
            rows: Collection::load(loader)?,
            ..Self::default()
        };
        let entries: Vec<_> = sessions
            .rows
            .values()
            .map(|row| {
                (
                    row.context,
                    row.created,
                    row.reference,
                    row.is_open().then_some(row.valid_until),
                )
            })
            .collect();
        for (context, created, reference, deadline) in entries {
            sessions.index(context, created, reference, deadline);
        }
        Ok(sessions)
    }

    pub(crate) fn get(&self, reference: &SessionRef) -> Option<&SessionRecord> {
        self.rows.get(reference)
    }

    pub(crate) fn contains(&self, reference: &SessionRef) -> bool {
        self.rows.contains(reference)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All sessions in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &SessionRecord> {
        self.rows.values()
    }

    /// The sessions of a context, newest first.
    pub(crate) fn newest_first(
        &self,
        context: &ContextIdentifier,
    ) -> impl Iterator<Item = &SessionRecord> {
        self.by_context
            .get(context)
            .into_iter()
            .flat_map(|list| list.iter().rev())
            .filter_map(|(_, reference)| self.rows.get(reference))
    }

    /// Open sessions whose time is over.
    pub(crate) fn overdue(&self, now: Timestamp) -> Vec<SessionRef> {
        let due = self
            .deadlines
            .iter()
            .take_while(|(deadline, _)| *deadline <= now);
        due.map(|(_, reference)| *reference).collect()
    }

    /// Adds a session.
    pub(crate) fn insert(&mut self, changes: &mut Changes, session: SessionRecord) {
        let deadline = session.is_open().then_some(session.valid_until);
        self.index(
            session.context,
            session.created,
            session.reference,
            deadline,
        );
        self.rows.insert(changes, session);
    }

    /// Changes a session; `None` when there is none.
    pub(crate) fn update<T>(
        &mut self,
        changes: &mut Changes,
        reference: &SessionRef,
        change: impl FnOnce(&mut SessionRecord) -> T,
    ) -> Option<T> {
        let deadlines = &mut self.deadlines;
        self.rows.update(changes, reference, |session| {
            let result = change(session);
            if !session.is_open() {
                deadlines.remove(&(session.valid_until, session.reference));
            }
            result
        })
    }

    fn index(
        &mut self,
        context: ContextIdentifier,
        created: Timestamp,
        reference: SessionRef,
        deadline: Option<Timestamp>,
    ) {
        self.by_context
            .entry(context)
            .or_default()
            .insert((created, reference));
        if let Some(deadline) = deadline {
            self.deadlines.insert((deadline, reference));
        }
    }
}
