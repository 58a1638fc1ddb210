//! The Ministry's public keys: chosen by usage and validity, fetched once for everybody, renewed in time.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::keys::{GetPublicKeys, PublicKeyCertificate, PublicKeyUsage};
use ksef_core::key_id::KeyId;
use ksef_crypto::rsa_oaep::PublicKey;
use tokio::sync::Mutex;

use crate::caller::Caller;
use crate::error::Error;

/// The published keys of one environment.
#[derive(Debug)]
pub(crate) struct Keys {
    caller: Arc<Caller>,
    known: ArcSwapOption<Published>,
    /// Held while the list is fetched; whoever waits for it finds the list fresh.
    fetching: Mutex<()>,
}

/// One answer of the server.
#[derive(Debug)]
struct Published {
    certificates: Vec<PublicKeyCertificate>,
    fetched: Timestamp,
}

/// A key to encrypt with.
#[derive(Debug)]
pub(crate) struct EncryptionKey {
    id: KeyId,
    key: PublicKey,
    /// The list that it was taken from.
    from: Arc<Published>,
}

impl EncryptionKey {
    /// The name of the key, sent along with what it encrypted.
    pub(crate) fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn wrap(&self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.key.wrap(plain)?)
    }
}

impl Keys {
    pub(crate) fn new(caller: Arc<Caller>) -> Self {
        Self {
            caller,
            known: ArcSwapOption::empty(),
            fetching: Mutex::default(),
        }
    }

    /// Takes certificates over, so that none need be fetched at first.
    pub(crate) fn preload(&self, certificates: Vec<PublicKeyCertificate>) {
        let fetched = self.caller.clock.now();
        self.known.store(Some(Arc::new(Published {
            certificates,
            fetched,
        })));
    }

    /// The certificates as they are known, fetched when none are.
    pub(crate) async fn certificates(&self) -> Result<Vec<PublicKeyCertificate>, Error> {
        Ok(self.published().await?.certificates.clone())
    }

    /// The key that takes the place of one which the server does not know.
    pub(crate) async fn replacement(
        &self,
        refused: &EncryptionKey,
        usage: &PublicKeyUsage,
    ) -> Result<EncryptionKey, Error> {
        tracing::debug!(key = %refused.id, "the server withdrew the key");
        self.fetch(Some(&refused.from)).await?;
        self.key(usage).await
    }

    /// Forgets the keys, so that the next use fetches them.
    pub(crate) fn distrust(&self) {
        self.known.store(None);
    }

    /// The key to encrypt with now.
    pub(crate) async fn key(&self, usage: &PublicKeyUsage) -> Result<EncryptionKey, Error> {
        let mut published = self.published().await?;
        let now = self.caller.clock.now();
        if let Some(key) = published.latest(|key| key.serves(usage, now)) {
            return Ok(key);
        }
        // Between two fetches a key may have ended and its successor come; keys that were preloaded can be old.
        match self.fetch(Some(&published)).await {
            Ok(fresh) => published = fresh,
            Err(error) => tracing::warn!(%error, "public keys could not be renewed"),
        }
        // Where our clock finds none valid, the latest of all: the server knows better.
        published
            .latest(|key| key.serves(usage, now))
            .or_else(|| published.latest(|key| key.usage.contains(usage)))
            .ok_or_else(|| Error::protocol("no public key of the needed usage").at(GET_KEYS))
    }

    /// The list at hand, or a fresh one when it is old.
    async fn published(&self) -> Result<Arc<Published>, Error> {
        let Some(known) = self.known.load_full() else {
            return self.fetch(None).await;
        };
        if !known.is_old(self.caller.clock.now()) {
            return Ok(known);
        }
        match self.fetch(Some(&known)).await {
            Ok(fresh) => Ok(fresh),
            Err(error) => {
                // An old list that still has valid keys is better than none; 21470 tells when it is not.
                tracing::warn!(%error, "public keys could not be renewed");
                Ok(known)
            }
        }
    }

    /// Fetches the list unless somebody else has replaced `stale` meanwhile.
    async fn fetch(&self, stale: Option<&Arc<Published>>) -> Result<Arc<Published>, Error> {
        let _fetching = self.fetching.lock().await;
        let known = self.known.load_full();
        let is_stale = |known: &Arc<_>| stale.is_some_and(|stale| Arc::ptr_eq(stale, known));
        if let Some(known) = known.filter(|known| !is_stale(known)) {
            return Ok(known);
        }
        let certificates = self.caller.call(&GetPublicKeys, None).await?.value;
        let fresh = Arc::new(Published {
            certificates,
            fetched: self.caller.clock.now(),
        });
        self.known.store(Some(Arc::clone(&fresh)));
        Ok(fresh)
    }
}

impl Published {
    fn is_old(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.fetched);
        age > AGE_MAX || age < -AGE_MAX
    }

    /// Of the keys that fit and that can be read, the one that is valid from the latest instant.
    fn latest(
        self: &Arc<Self>,
        fits: impl Fn(&PublicKeyCertificate) -> bool,
    ) -> Option<EncryptionKey> {
        let mut fitting: Vec<_> = self.certificates.iter().filter(|key| fits(key)).collect();
        fitting.sort_by_key(|key| std::cmp::Reverse(key.valid_from));
        fitting.into_iter().find_map(|certificate| {
            let id = certificate.public_key_id;
            match PublicKey::from_certificate_der(&certificate.certificate) {
                Ok(key) => Some(EncryptionKey {
                    id,
                    key,
                    from: Arc::clone(self),
                }),
                // Of a kind that may come one day, beside the RSA keys.
                Err(error) => {
                    tracing::warn!(key = %id, %error, "a public key cannot be used");
                    None
                }
            }
        })
    }
}

/// 21470: the key is unknown or withdrawn.
pub(crate) const UNKNOWN_KEY: i32 = 21_470;
const GET_KEYS: &str = "keys.public_key_certificates";
/// Keys are replaced with notice of days; an hour keeps far from that and asks seldom.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(1);
