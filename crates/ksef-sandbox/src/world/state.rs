//! All records together.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::certificates::Certificates;
use super::collective::Collectives;
use super::exports::Exports;
use super::invoices::Invoices;
use super::keys::{Keys, NewKeys};
use super::latarnia::Latarnia;
use super::limits::Limits;
use super::logins::Logins;
use super::permissions::Permissions;
use super::record::{Changes, Record};
use super::sessions::Sessions;
use super::store::{Loader, StoreError};
use super::subjects::Subjects;
use super::tokens::Tokens;
use crate::clock::{ClockRecord, ClockSetting};
use crate::jwt::Signer;
use crate::links::LinkSigner;
use crate::random;

/// The state of the world. Each part keeps its own indices; the rules between parts stand in the part that asks.
#[derive(Debug)]
pub(crate) struct State {
    identity: WorldRecord,
    is_stored: bool,
    signer: Signer,
    links: LinkSigner,
    clock: Option<ClockSetting>,
    /// Entities, persons, consents, blocked contexts.
    pub(crate) subjects: Subjects,
    /// Challenges and authentications.
    pub(crate) logins: Logins,
    /// KSeF tokens.
    pub(crate) tokens: Tokens,
    /// KSeF certificates and the applications for them.
    pub(crate) certificates: Certificates,
    /// The encryption keys and the authority that certifies them.
    pub(crate) keys: Keys,
    /// Overrides of limits.
    pub(crate) limits: Limits,
    /// Collective identifiers.
    pub(crate) collectives: Collectives,
    /// What the status service says.
    pub(crate) latarnia: Latarnia,
    /// Permissions, and the operations that grant and withdraw them.
    pub(crate) permissions: Permissions,
    /// Sending sessions.
    pub(crate) sessions: Sessions,
    /// Invoices of sessions, their documents, and which were accepted already.
    pub(crate) invoices: Invoices,
    /// Exports of invoices.
    pub(crate) exports: Exports,
}

impl State {
    /// An empty world with an identity of its own.
    pub(crate) fn fresh() -> Self {
        Self::with_identity(WorldRecord::generate())
    }

    /// What the store holds; a fresh world when it is empty.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let Some(identity) = loader.records::<WorldRecord>()?.into_iter().next() else {
            return Ok(Self::fresh());
        };
        let mut invoices = Invoices::load(loader)?;
        invoices.go_on_from(identity.first_sequence);
        Ok(Self {
            is_stored: true,
            clock: loader
                .records::<ClockRecord>()?
                .first()
                .map(|record| record.setting),
            subjects: Subjects::load(loader)?,
            logins: Logins::load(loader)?,
            tokens: Tokens::load(loader)?,
            certificates: Certificates::load(loader)?,
            keys: Keys::load(loader)?,
            limits: Limits::load(loader)?,
            collectives: Collectives::load(loader)?,
            latarnia: Latarnia::load(loader)?,
            permissions: Permissions::load(loader)?,
            sessions: Sessions::load(loader)?,
            exports: Exports::load(loader)?,
            invoices,
            ..Self::with_identity(identity)
        })
    }

    fn with_identity(identity: WorldRecord) -> Self {
        Self {
            is_stored: false,
            signer: Signer::new(&identity.bearer_secret()),
            links: LinkSigner::new(&identity.link_secret()),
            identity,
            clock: None,
            subjects: Subjects::default(),
            logins: Logins::default(),
            tokens: Tokens::default(),
            certificates: Certificates::default(),
            keys: Keys::default(),
            limits: Limits::default(),
            collectives: Collectives::default(),
            latarnia: Latarnia::default(),
            permissions: Permissions::default(),
            sessions: Sessions::default(),
            invoices: Invoices::default(),
            exports: Exports::default(),
        }
    }

    /// Does the world still have to [begin](Self::begin)?
    pub(crate) fn is_unbegun(&self) -> bool {
        !self.is_stored
    }

    /// Begins a world anew: empty, with a new identity and these keys. KSeF numbers go on where they were, so that none
    /// is ever given twice.
    pub(crate) fn begin(&mut self, changes: &mut Changes, keys: NewKeys) {
        let last_sequence = self.invoices.last_sequence();
        let starts = self.identity.starts;
        *self = Self::fresh();
        self.is_stored = true;
        self.identity.first_sequence = last_sequence;
        self.identity.starts = starts;
        self.invoices.go_on_from(last_sequence);
        changes.put(&self.identity);
        self.keys.install(changes, keys);
    }

    /// The identity of the world: made with it, gone with it.
    pub(crate) fn world_id(&self) -> Uuid {
        self.identity.id
    }

    /// How often the world was started before.
    pub(crate) fn starts(&self) -> u64 {
        self.identity.starts
    }

    /// Counts a start.
    pub(crate) fn count_start(&mut self, changes: &mut Changes) {
        self.identity.starts = self.identity.starts.saturating_add(1);
        changes.put(&self.identity);
    }

    /// How the clock was set when the world was last in use.
    pub(crate) fn stored_clock(&self) -> Option<ClockSetting> {
        self.clock
    }

    /// Makes and verifies bearers.
    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Signs presigned links and continuation tokens.
    pub(crate) fn links(&self) -> &LinkSigner {
        &self.links
    }
}

/// What tells one world from another.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorldRecord {
    id: Uuid,
    secret: String,
    /// The sequence of KSeF numbers goes on behind this one, the last of the world before.
    #[serde(default)]
    first_sequence: u64,
    /// How often it was started. What a seed determines must not come again in a world that goes on.
    #[serde(default)]
    starts: u64,
}

impl WorldRecord {
    fn generate() -> Self {
        Self {
            id: uuid::Builder::from_random_bytes(random::bytes()).into_uuid(),
            secret: STANDARD.encode(random::bytes::<32>()),
            first_sequence: 0,
            starts: 0,
        }
    }

    fn bearer_secret(&self) -> [u8; 32] {
        self.derive("bearer")
    }

    fn link_secret(&self) -> [u8; 32] {
        self.derive("link")
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let tag = hmac::sign(&key, purpose.as_bytes());
        let mut secret = [0; 32];
        secret
            .iter_mut()
            .zip(tag.as_ref())
            .for_each(|(to, from)| *to = *from);
        secret
    }
}

impl std::fmt::Debug for WorldRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WorldRecord({})", self.id)
    }
}

impl Record for WorldRecord {
    const TABLE: &'static str = "world";
    type Key = &'static str;

    fn key(&self) -> &'static str {
        "identity"
    }
}
