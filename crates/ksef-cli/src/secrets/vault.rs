//! The file of the secret store: its format, its encryption and its keys.
//!
//! `store.json` holds what is needed to open it (how the key is made, a nonce) and the sealed contents. The way the
//! key is made is authenticated too, so that nobody can weaken it unseen.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::passphrase::{self, Protection};
use crate::durable::{self, Access};
use crate::error::{Error, Result};
use crate::lang::text;
use crate::prompt::Prompt;

/// Secrets by name.
pub(super) type Contents = BTreeMap<String, Entry>;

/// One secret.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) value: SecretText,
    pub(super) changed: Timestamp,
}

/// The key of a store, and how it was made.
#[derive(Clone)]
pub(super) struct VaultKey {
    origin: Origin,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl std::fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultKey")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// How a key is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Origin {
    /// PBKDF2-HMAC-SHA256 of a passphrase.
    Passphrase { iterations: u32, salt: String },
    /// The file of this name beside the store.
    KeyFile { file: String },
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    version: u32,
    key: Origin,
    nonce: String,
    sealed: String,
}

/// A secret inside the sealed contents.
#[derive(Serialize, Deserialize)]
struct StoredEntry {
    value: Zeroizing<String>,
    changed: Timestamp,
}

impl VaultKey {
    /// Makes a key for a new store, from a passphrase or as a new key file.
    pub(super) fn create(folder: &Path, passphrase: Option<&SecretText>) -> Result<Self> {
        let Some(passphrase) = passphrase else {
            let bytes = Zeroizing::new(random::<KEY_BYTES>()?);
            let file = format!("key-{}", hex(&random::<8>()?));
            durable::create_new(&folder.join(&file), bytes.as_slice(), Access::Private)
                .map_err(|source| not_written(folder).caused_by(source))?;
            return Ok(Self {
                origin: Origin::KeyFile { file },
                bytes,
            });
        };
        let salt = random::<SALT_BYTES>()?;
        let bytes = derive(ITERATIONS, &salt, passphrase)?;
        let origin = Origin::Passphrase {
            iterations: ITERATIONS,
            salt: STANDARD.encode(salt),
        };
        Ok(Self { origin, bytes })
    }

    /// Removes key files that the store no longer uses.
    pub(super) fn forget_old_key_file(&self, folder: &Path) -> Result<()> {
        let current = match &self.origin {
            Origin::KeyFile { file } => Some(file.as_str()),
            Origin::Passphrase { .. } => None,
        };
        let failed = |source| not_written(folder).caused_by(source);
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("key-") && Some(name.as_ref()) != current {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The key of an existing store.
    fn open(folder: &Path, origin: &Origin, prompt: Prompt) -> Result<Self> {
        let bytes = match origin {
            Origin::KeyFile { file } => read_key_file(folder, file)?,
            Origin::Passphrase { iterations, salt } => {
                let salt = STANDARD.decode(salt).map_err(|_| damaged(folder))?;
                if !ITERATIONS_ALLOWED.contains(iterations) || salt.len() < SALT_BYTES {
                    return Err(damaged(folder));
                }
                derive(*iterations, &salt, &passphrase::obtain(prompt)?)?
            }
        };
        Ok(Self {
            origin: origin.clone(),
            bytes,
        })
    }

    fn cipher(&self) -> Result<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, self.bytes.as_slice())
            .map_err(|source| Error::failed(no_crypto()).caused_by(source))
    }
}

/// Whether there is a store.
pub(super) fn exists(folder: &Path) -> bool {
    store_file(folder).exists()
}

/// How the store is protected.
pub(super) fn protection(folder: &Path) -> Result<Option<Protection>> {
    if !exists(folder) {
        return Ok(None);
    }
    Ok(Some(match envelope(folder)?.key {
        Origin::Passphrase { .. } => Protection::Passphrase,
        Origin::KeyFile { .. } => Protection::KeyFile,
    }))
}

/// Reads the store, with the key used before if it still fits.
pub(super) fn read(
    folder: &Path,
    known: Option<VaultKey>,
    prompt: Prompt,
) -> Result<(Contents, VaultKey)> {
    let envelope = envelope(folder)?;
    let key = match known {
        Some(key) if key.origin == envelope.key => key,
        _ => VaultKey::open(folder, &envelope.key, prompt)?,
    };
    let nonce = STANDARD
        .decode(&envelope.nonce)
        .map_err(|_| damaged(folder))?;
    let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| damaged(folder))?;
    let sealed = STANDARD
        .decode(&envelope.sealed)
        .map_err(|_| damaged(folder))?;
    let mut sealed = Zeroizing::new(sealed);
    let bound = bound_data(&key.origin)?;
    let plain = key
        .cipher()?
        .open_in_place(Nonce::from(&nonce), Aad::from(&bound), &mut sealed)
        .map_err(|_| not_opened(folder, &key.origin))?;
    let stored: BTreeMap<String, StoredEntry> =
        serde_json::from_slice(plain).map_err(|_| damaged(folder))?;
    let entry = |(name, StoredEntry { value, changed })| {
        (
            name,
            Entry {
                value: SecretText::new(value.as_str()),
                changed,
            },
        )
    };
    Ok((stored.into_iter().map(entry).collect(), key))
}

/// Replaces the store.
pub(super) fn write(folder: &Path, key: &VaultKey, contents: &Contents) -> Result<()> {
    let stored: BTreeMap<&str, StoredEntry> = contents
        .iter()
        .map(|(name, entry)| {
            let value = Zeroizing::new(entry.value.expose().to_owned());
            (
                name.as_str(),
                StoredEntry {
                    value,
                    changed: entry.changed,
                },
            )
        })
        .collect();
    let internal = |source| not_written(folder).caused_by(source);
    let mut bytes = Zeroizing::new(serde_json::to_vec(&stored).map_err(internal)?);
    let bound = bound_data(&key.origin)?;
    let nonce = key
        .cipher()?
        .seal_in_place_append_tag(Aad::from(&bound), &mut *bytes)
        .map_err(|source| Error::failed(no_crypto()).caused_by(source))?;
    let envelope = Envelope {
        version: VERSION,
        key: key.origin.clone(),
        nonce: STANDARD.encode(nonce.as_ref()),
        sealed: STANDARD.encode(bytes.as_slice()),
    };
    let json = serde_json::to_vec(&envelope).map_err(internal)?;
    durable::replace(&store_file(folder), &json, Access::Private)
        .map_err(|source| not_written(folder).caused_by(source))
}

/// The store cannot be written.
pub(super) fn not_written(folder: &Path) -> Error {
    Error::failed(text!(
        "the secret store in {folder} cannot be written",
        "nie można zapisać magazynu sekretów w {folder}",
        folder = folder.display()
    ))
    .hint(text!(
        "check the rights and the free space there, or choose another folder with --home",
        "sprawdź uprawnienia i wolne miejsce albo wskaż inny folder w --home"
    ))
}

fn envelope(folder: &Path) -> Result<Envelope> {
    let path = store_file(folder);
    let json = fs::read(&path).map_err(|source| {
        Error::failed(text!(
            "the secret store {path} cannot be read",
            "nie można odczytać magazynu sekretów {path}",
            path = path.display()
        ))
        .caused_by(source)
        .hint(text!(
            "check that the file belongs to you",
            "sprawdź, czy plik należy do ciebie"
        ))
    })?;
    let envelope: Envelope = serde_json::from_slice(&json).map_err(|_| damaged(folder))?;
    if envelope.version != VERSION {
        return Err(Error::failed(text!(
            "the secret store in {folder} is of version {version}; this program knows version {VERSION}: use a newer ksef",
            "magazyn sekretów w {folder} ma wersję {version}; ten program zna wersję {VERSION}: użyj nowszego ksef",
            folder = folder.display(),
            version = envelope.version
        )));
    }
    Ok(envelope)
}

fn read_key_file(folder: &Path, file: &str) -> Result<Zeroizing<[u8; KEY_BYTES]>> {
    let is_name = !file.is_empty() && file.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_name {
        return Err(damaged(folder));
    }
    let path = folder.join(file);
    let bytes = fs::read(&path).map(Zeroizing::new).map_err(|source| {
        Error::failed(text!(
            "the key of the secret store, {path}, cannot be read",
            "nie można odczytać klucza magazynu sekretów {path}",
            path = path.display()
        ))
        .caused_by(source)
        .hint(start_anew(folder))
    })?;
    refuse_if_others_can_read(&path)?;
    let bytes = bytes.as_slice().try_into().map_err(|_| damaged(folder))?;
    Ok(Zeroizing::new(bytes))
}

#[cfg(unix)]
fn refuse_if_others_can_read(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let open = fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0);
    if !open {
        return Ok(());
    }
    Err(Error::failed(text!(
        "others can read the key of the secret store, {path}",
        "inni mogą odczytać klucz magazynu sekretów {path}",
        path = path.display()
    ))
    .hint(text!(
        "run: chmod 600 {path}",
        "uruchom: chmod 600 {path}",
        path = path.display()
    )))
}

#[cfg(not(unix))]
fn refuse_if_others_can_read(_path: &Path) -> Result<()> {
    Ok(())
}

fn not_opened(folder: &Path, origin: &Origin) -> Error {
    match origin {
        Origin::Passphrase { .. } => Error::auth(text!(
            "the passphrase does not open the secret store",
            "hasło nie pasuje do magazynu sekretów"
        ))
        .hint(text!(
            "check KSEF_PASSPHRASE, or type the passphrase again",
            "sprawdź KSEF_PASSPHRASE albo wpisz hasło jeszcze raz"
        )),
        Origin::KeyFile { .. } => damaged(folder),
    }
}

fn damaged(folder: &Path) -> Error {
    Error::failed(text!(
        "the secret store in {folder} is damaged",
        "magazyn sekretów w {folder} jest uszkodzony",
        folder = folder.display()
    ))
    .hint(start_anew(folder))
}

fn start_anew(folder: &Path) -> crate::lang::Text {
    text!(
        "restore {folder} from a backup, or remove it and set the secrets again",
        "odtwórz {folder} z kopii zapasowej albo usuń go i zapisz sekrety na nowo",
        folder = folder.display()
    )
}

fn no_crypto() -> crate::lang::Text {
    text!(
        "the cryptographic library failed; try again",
        "biblioteka kryptograficzna zawiodła; spróbuj ponownie"
    )
}

fn derive(
    iterations: u32,
    salt: &[u8],
    passphrase: &SecretText,
) -> Result<Zeroizing<[u8; KEY_BYTES]>> {
    let iterations = NonZeroU32::new(iterations).ok_or_else(|| Error::failed(no_crypto()))?;
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    let secret = passphrase.expose().as_bytes();
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        iterations,
        salt,
        secret,
        key.as_mut_slice(),
    );
    Ok(key)
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|source| Error::failed(no_crypto()).caused_by(source))?;
    Ok(bytes)
}

fn bound_data(origin: &Origin) -> Result<Vec<u8>> {
    let mut bound = b"ksef secret store 1\n".to_vec();
    let origin = serde_json::to_vec(origin)
        .map_err(|source| Error::failed(no_crypto()).caused_by(source))?;
    bound.extend(origin);
    Ok(bound)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn store_file(folder: &Path) -> PathBuf {
    folder.join("store.json")
}

const VERSION: u32 = 1;
const KEY_BYTES: usize = 32;
const SALT_BYTES: usize = 16;
const ITERATIONS: u32 = 600_000;
/// Fewer would have been written by somebody else; more would only keep the user waiting.
const ITERATIONS_ALLOWED: std::ops::RangeInclusive<u32> = ITERATIONS..=10_000_000;
