//! The keys that clients encrypt for, their certificates, and the authority behind them.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::keys::{PublicKeyCertificate, PublicKeyUsage};
use ksef_core::key_id::KeyId;
use ksef_crypto::authority::Authority;
use ksef_crypto::certificate::{Certificate, KeyKind, PrivateKey as SigningKey};
use ksef_crypto::error::Error;
use ksef_crypto::rsa_oaep::{Bits, PrivateKey};
use ksef_crypto::seeded::{Stream, rsa_pkcs8};
use ksef_crypto::self_signed::{Subject, Validity};
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::seal::{Seal, SealRecord};
use super::store::{Loader, StoreError};
use crate::failure::Failure;
use crate::random;

/// What a key may encrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum KeyUsage {
    /// KSeF tokens when signing in.
    KsefTokenEncryption,
    /// Symmetric keys of sessions.
    SymmetricKeyEncryption,
}

impl KeyUsage {
    /// Both; each has keys of its own, as on the real KSeF.
    pub(crate) const ALL: &'static [Self] =
        &[Self::KsefTokenEncryption, Self::SymmetricKeyEncryption];

    fn on_the_wire(self) -> PublicKeyUsage {
        match self {
            Self::KsefTokenEncryption => PublicKeyUsage::KsefTokenEncryption,
            Self::SymmetricKeyEncryption => PublicKeyUsage::SymmetricKeyEncryption,
        }
    }
}

/// A key with its certificate, as stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyRecord {
    id: KeyId,
    usage: KeyUsage,
    certificate: String,
    pkcs8: String,
    valid_from: Timestamp,
    valid_to: Timestamp,
}

impl std::fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRecord({} {:?})", self.id, self.usage)
    }
}

impl Record for KeyRecord {
    const TABLE: &'static str = "keys";
    type Key = KeyId;

    fn key(&self) -> KeyId {
        self.id
    }
}

/// The authority, as stored.
#[derive(Clone, Serialize, Deserialize)]
struct AuthorityRecord {
    certificate: String,
    pkcs8: String,
}

impl Record for AuthorityRecord {
    const TABLE: &'static str = "authority";
    type Key = &'static str;

    fn key(&self) -> &'static str {
        "root"
    }
}

/// The keys of the world.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    records: Collection<KeyRecord>,
    opened: HashMap<KeyId, Arc<PrivateKey>>,
    authority: Option<Authority>,
    seal: Option<Arc<Seal>>,
}

/// Fresh keys, made outside of the lock.
#[derive(Debug)]
pub(crate) struct NewKeys {
    authority: Authority,
    keys: Vec<(KeyRecord, PrivateKey)>,
    seal: Option<Seal>,
}

impl Keys {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let corrupt =
            |table, key: String, reason: String| StoreError::Corrupt { table, key, reason };
        let records = Collection::<KeyRecord>::load(loader)?;
        let mut opened = HashMap::new();
        for record in records.values() {
            let key = decode(&record.pkcs8)
                .and_then(|der| PrivateKey::from_pkcs8(&der).map_err(|error| error.to_string()))
                .map_err(|reason| corrupt(KeyRecord::TABLE, record.id.to_string(), reason))?;
            opened.insert(record.id, Arc::new(key));
        }
        let mut authority = None;
        for record in loader.records::<AuthorityRecord>()? {
            let read = || -> Result<Authority, String> {
                Authority::from_parts(&decode(&record.certificate)?, &decode(&record.pkcs8)?)
                    .map_err(|error| error.to_string())
            };
            let read = read();
            authority =
                Some(read.map_err(|reason| {
                    corrupt(AuthorityRecord::TABLE, "root".to_owned(), reason)
                })?);
        }
        let mut seal = None;
        for record in loader.records::<SealRecord>()? {
            let opened = Seal::open(&record, authority.as_ref());
            seal = Some(Arc::new(opened.map_err(|reason| {
                corrupt(SealRecord::TABLE, record.key().to_owned(), reason)
            })?));
        }
        Ok(Self {
            records,
            opened,
            authority,
            seal,
        })
    }

    /// Puts fresh keys beside those that are there.
    pub(crate) fn install(&mut self, changes: &mut Changes, new: NewKeys) {
        changes.put(&AuthorityRecord {
            certificate: STANDARD.encode(new.authority.certificate().der()),
            pkcs8: STANDARD.encode(new.authority.key().pkcs8_der()),
        });
        self.authority = Some(new.authority);
        if let Some(seal) = new.seal {
            changes.put(&seal.record());
            self.seal = Some(Arc::new(seal));
        }
        for (record, key) in new.keys {
            self.opened.insert(record.id, Arc::new(key));
            self.records.insert(changes, record);
        }
    }

    /// Withdraws the keys of these usages, as after an emergency.
    pub(crate) fn withdraw(&mut self, changes: &mut Changes, usages: &[KeyUsage]) {
        self.records
            .remove_where(changes, |record| usages.contains(&record.usage));
        let records = &self.records;
        self.opened.retain(|id, _| records.contains(id));
    }

    /// The authority of the sandbox: it certifies the encryption keys and the seal of the UPO.
    pub(crate) fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// Draws the serial numbers of what the authority issues from what the world's seed determines.
    pub(crate) fn draw_serials(&mut self) {
        if random::is_seeded() {
            let serials = Stream::new(&random::bytes::<32>(), "serial numbers");
            self.authority = self.authority.take().map(|it| it.with_serials(serials));
        }
    }

    /// The seal that signs the UPO.
    pub(crate) fn seal(&self) -> Option<Arc<Seal>> {
        self.seal.clone()
    }

    /// The private keys that a message may be encrypted for: the named one, or all of the usage, newest first.
    ///
    /// # Errors
    /// 400 21470, when the named key is unknown, withdrawn, not valid at `now` or of another usage.
    pub(crate) fn usable(
        &self,
        usage: KeyUsage,
        named: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<Vec<Arc<PrivateKey>>, Failure> {
        let mut records: Vec<_> = self
            .records
            .values()
            .filter(|record| {
                record.usage == usage && record.valid_from <= now && now < record.valid_to
            })
            .filter(|record| named.is_none_or(|id| *id == record.id))
            .collect();
        if let (Some(id), true) = (named, records.is_empty()) {
            let detail = format!("Klucz o identyfikatorze {id} nie jest wspierany.");
            return Err(Failure::detailed(21470, detail));
        }
        records.sort_by_key(|record| std::cmp::Reverse(record.valid_from));
        Ok(records
            .iter()
            .filter_map(|record| self.opened.get(&record.id).cloned())
            .collect())
    }

    /// What is published: every certificate that has not ended, newest first.
    pub(crate) fn published(&self, now: Timestamp) -> Vec<PublicKeyCertificate> {
        let mut published: Vec<_> = self
            .records
            .values()
            .filter(|record| now < record.valid_to)
            .filter_map(|record| {
                let der = decode(&record.certificate).ok()?;
                let certificate = Certificate::from_der(&der).ok()?;
                Some(PublicKeyCertificate {
                    certificate: Bytes::from(der),
                    certificate_id: certificate.certificate_id(),
                    public_key_id: certificate.public_key_id(),
                    valid_from: record.valid_from,
                    valid_to: record.valid_to,
                    usage: vec![record.usage.on_the_wire()],
                })
            })
            .collect();
        published.sort_by_key(|key| (std::cmp::Reverse(key.valid_from), key.public_key_id));
        published
    }
}

/// Makes keys; slow (RSA), so outside of the lock.
#[derive(Clone, Copy)]
pub(crate) struct KeyMaker {
    bits: Bits,
    /// What determines the keys of a world with a seed.
    seed: Option<[u8; 32]>,
}

impl std::fmt::Debug for KeyMaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyMaker({:?})", self.bits)
    }
}

impl KeyMaker {
    /// Makes keys of this size: fresh ones, or those that the world's seed determines next.
    pub(crate) fn new(bits: Bits) -> Self {
        let seed = random::is_seeded().then(random::bytes);
        Self { bits, seed }
    }

    /// A fresh authority, its seal and one key for each usage.
    ///
    /// # Errors
    /// Keys or certificates cannot be made.
    pub(crate) fn make_all(self, now: Timestamp) -> Result<NewKeys, Error> {
        // From the past on, because a sandbox's clock is also moved back.
        let begin = now
            .checked_sub(SignedDuration::from_hours(24 * 365))
            .unwrap_or(now);
        let (authority, seal_key, keys) = std::thread::scope(|scope| {
            let authority = scope.spawn(move || self.make_authority(begin));
            let seal_key = scope.spawn(move || self.make_signing_key("seal"));
            let keys = self.find_keys(KeyUsage::ALL);
            (joined(authority), joined(seal_key), keys)
        });
        let authority = authority?;
        let seal = Some(Seal::issue(&authority, seal_key?, begin)?);
        let keys = certify(&authority, keys?, begin)?;
        Ok(NewKeys {
            authority,
            keys,
            seal,
        })
    }

    /// One key for each usage, valid from `begin` on, under an authority that exists.
    ///
    /// # Errors
    /// Keys or certificates cannot be made.
    pub(crate) fn make_under(
        self,
        authority: Authority,
        usages: &[KeyUsage],
        begin: Timestamp,
    ) -> Result<NewKeys, Error> {
        let keys = certify(&authority, self.find_keys(usages)?, begin)?;
        Ok(NewKeys {
            authority,
            keys,
            seal: None,
        })
    }

    fn make_authority(self, begin: Timestamp) -> Result<Authority, Error> {
        let subject = Subject::service(ORGANIZATION, "KSeF sandbox root");
        let validity = Validity::days(begin, VALIDITY_DAYS + 365);
        match self.stream("serial numbers") {
            None => Authority::generate(&subject, KeyKind::EcP256, validity),
            // No two signatures of an elliptic curve are the same.
            Some(serials) => {
                let key = self.make_signing_key("authority")?;
                Authority::seeded(&subject, key, validity, serials)
            }
        }
    }

    fn make_signing_key(self, purpose: &str) -> Result<SigningKey, Error> {
        match self.stream(purpose) {
            None => SigningKey::generate(KeyKind::Rsa2048),
            Some(mut stream) => SigningKey::from_der(&rsa_pkcs8(&mut stream, Bits::Rsa2048)?),
        }
    }

    /// Keys, each found on a thread of its own: finding primes takes a while.
    fn find_keys(self, usages: &[KeyUsage]) -> Result<Vec<(KeyUsage, PrivateKey)>, Error> {
        let find = |usage| {
            let key = match self.stream(&format!("{usage:?}")) {
                None => PrivateKey::generate(self.bits),
                Some(mut stream) => PrivateKey::from_pkcs8(&rsa_pkcs8(&mut stream, self.bits)?),
            };
            Ok((usage, key?))
        };
        std::thread::scope(|scope| {
            let finding: Vec<_> = usages
                .iter()
                .map(|&usage| scope.spawn(move || find(usage)))
                .collect();
            finding.into_iter().map(joined).collect()
        })
    }

    fn stream(self, purpose: &str) -> Option<Stream> {
        Some(Stream::new(&self.seed?, purpose))
    }
}

/// Certificates for keys, valid from `begin` on.
fn certify(
    authority: &Authority,
    keys: Vec<(KeyUsage, PrivateKey)>,
    begin: Timestamp,
) -> Result<Vec<(KeyRecord, PrivateKey)>, Error> {
    let begin = Timestamp::from_second(begin.as_second()).unwrap_or(begin);
    let validity = Validity::days(begin, VALIDITY_DAYS);
    let subject = Subject::service(ORGANIZATION, ORGANIZATION);
    let mut certified = Vec::new();
    for (usage, key) in keys {
        let certificate = authority.certify_encryption(&subject, &key.public_key()?, validity)?;
        let record = KeyRecord {
            id: key.key_id(),
            usage,
            certificate: STANDARD.encode(certificate.der()),
            pkcs8: STANDARD.encode(key.pkcs8_der()),
            valid_from: certificate.not_before(),
            valid_to: certificate.not_after(),
        };
        certified.push((record, key));
    }
    Ok(certified)
}

/// What a thread made; a panic on it goes on here.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn decode(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| error.to_string())
}

const ORGANIZATION: &str = "Ministerstwo Finansów";
/// Forty years, because a sandbox's clock is moved by years at a time: duplicates are kept for ten.
pub(crate) const VALIDITY_DAYS: u32 = 14_610;
