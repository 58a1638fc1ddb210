//! Private keys on tokens: smart cards and security modules, by PKCS#11.
//!
//! The vendor's module is a shared library; it is loaded when the first key is opened and stays until
//! the process ends, as modules do not bear being loaded twice. The key never leaves the token: what
//! comes back is a signature, and it is verified with the certificate's key before anybody gets it.
//!
//! Hashing happens on the token where it can hash, otherwise here; a key that wants the PIN before each
//! signature (`CKA_ALWAYS_AUTHENTICATE`) signs on tokens that hash. A PIN is tried once: tokens lock
//! themselves after few wrong ones.

mod fault;
mod uri;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as Cryptoki, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::{AuthPin, Ulong};

pub use self::fault::TokenFault;
use self::fault::{fault, reported};
pub use self::uri::{TokenUri, UriError};
use crate::certificate::{Certificate, ordered_chain};
use crate::error::Result;
use crate::signature::{self, HashAlgorithm, KeyAlgorithm, SignatureScheme};
use crate::signing_key::{SigningKey, document_scheme};
use crate::xades::Signer;

/// A certificate whose private key is on a token, with the session in which it signs.
///
/// The session is logged in until the value is dropped.
pub struct TokenIdentity {
    uri: TokenUri,
    certificate: Certificate,
    chain: Vec<Certificate>,
    algorithm: KeyAlgorithm,
    mechanisms: Vec<MechanismType>,
    key: Mutex<Key>,
}

struct Key {
    session: Session,
    handle: ObjectHandle,
    /// For keys that want the PIN before every signature.
    pin_of_each: Option<AuthPin>,
}

impl TokenIdentity {
    /// Opens the key that a URI names.
    ///
    /// `given` are certificates from elsewhere: the first is the key's own, and comes before those
    /// on the token. Without any, the key's own is the one on the token with the same id. `pin` may
    /// be left out when the token asks for it on its own keypad, or wants none.
    ///
    /// # Errors
    /// [`ErrorKind::Token`](crate::error::ErrorKind::Token) with what the token reports;
    /// [`ErrorKind::UnsupportedKey`](crate::error::ErrorKind::UnsupportedKey),
    /// [`ErrorKind::MalformedCertificate`](crate::error::ErrorKind::MalformedCertificate).
    pub fn open(uri: &TokenUri, pin: Option<&str>, given: Vec<Certificate>) -> Result<Self> {
        let path = uri.module().ok_or_else(|| fault(TokenFault::NoModule))?;
        let module = loaded(path)?;
        let (slot, token) = token_of(&module, uri)?;
        let session = module.open_ro_session(slot).map_err(reported)?;
        let pin = pin.map(|pin| AuthPin::new(pin.into()));
        log_in(&module, &session, slot, &token, pin.as_ref())?;
        let (handle, id) = key_of(&session, uri)?;
        let on_token = certificates_of(&session)?;
        let own = match given.first() {
            Some(own) => own.clone(),
            None => on_token
                .iter()
                .find(|(of, _)| *of == id)
                .map(|(_, certificate)| certificate.clone())
                .ok_or_else(|| fault(TokenFault::NoCertificate))?,
        };
        let rest = given.into_iter().skip(1);
        let rest = rest.chain(on_token.into_iter().map(|(_, certificate)| certificate));
        let chain = ordered_chain(&own, rest.filter(|it| *it != own).collect());
        let always = session
            .get_attributes(handle, &[AttributeType::AlwaysAuthenticate])
            .unwrap_or_default();
        let asks_each_time = always.contains(&Attribute::AlwaysAuthenticate(true));
        Ok(Self {
            uri: uri.clone(),
            algorithm: own.key_algorithm()?,
            certificate: own,
            chain,
            mechanisms: module.get_mechanism_list(slot).map_err(reported)?,
            key: Mutex::new(Key {
                session,
                handle,
                pin_of_each: pin.filter(|_| asks_each_time),
            }),
        })
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificates above it, nearest first.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The URI that named it.
    #[must_use]
    pub fn uri(&self) -> &TokenUri {
        &self.uri
    }

    fn key(&self) -> MutexGuard<'_, Key> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mechanism that hashes on the token, or else the one that takes a digest, with what it is
    /// given.
    fn way(&self, scheme: SignatureScheme, message: &[u8]) -> Result<(Mechanism<'_>, Vec<u8>)> {
        let unsupported = |name| fault(TokenFault::Mechanism { name });
        let has = |mechanism: &Mechanism<'_>| self.mechanisms.contains(&mechanism.mechanism_type());
        let sha256 = HashAlgorithm::Sha256;
        let (whole, of_digest, name) = match scheme {
            SignatureScheme::RsaPkcs1(HashAlgorithm::Sha256) => (
                Mechanism::Sha256RsaPkcs,
                Mechanism::RsaPkcs,
                "RSA PKCS#1 v1.5 with SHA-256 (CKM_SHA256_RSA_PKCS)",
            ),
            SignatureScheme::RsaPss(HashAlgorithm::Sha256) => {
                let parameters = PkcsPssParams {
                    hash_alg: MechanismType::SHA256,
                    mgf: PkcsMgfType::MGF1_SHA256,
                    s_len: Ulong::new(SALT_BYTES.into()),
                };
                (
                    Mechanism::Sha256RsaPkcsPss(parameters),
                    Mechanism::RsaPkcsPss(parameters),
                    "RSA PSS with SHA-256 (CKM_SHA256_RSA_PKCS_PSS)",
                )
            }
            SignatureScheme::EcdsaFixed(HashAlgorithm::Sha256) => (
                Mechanism::EcdsaSha256,
                Mechanism::Ecdsa,
                "ECDSA with SHA-256 (CKM_ECDSA_SHA256)",
            ),
            SignatureScheme::EcdsaFixed(HashAlgorithm::Sha384) => (
                Mechanism::EcdsaSha384,
                Mechanism::Ecdsa,
                "ECDSA with SHA-384 (CKM_ECDSA_SHA384)",
            ),
            SignatureScheme::EcdsaFixed(HashAlgorithm::Sha512) => (
                Mechanism::EcdsaSha512,
                Mechanism::Ecdsa,
                "ECDSA with SHA-512 (CKM_ECDSA_SHA512)",
            ),
            _ => return Err(unsupported("the scheme that was asked for")),
        };
        if has(&whole) {
            return Ok((whole, message.to_vec()));
        }
        if !has(&of_digest) {
            return Err(unsupported(name));
        }
        if self.key().pin_of_each.is_some() {
            // A digest is signed in one call, and the PIN would have to come in the middle of it.
            return Err(unsupported(
                "a digest of ours with a PIN for each signature",
            ));
        }
        let digest = match scheme {
            SignatureScheme::EcdsaFixed(hash) => hash.digest(message),
            SignatureScheme::RsaPkcs1(_) => [&SHA256_INFO[..], &sha256.digest(message)].concat(),
            _ => sha256.digest(message),
        };
        Ok((of_digest, digest))
    }
}

impl SigningKey for TokenIdentity {
    fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    fn sign_in(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        let (mechanism, input) = self.way(scheme, message)?;
        let value = self.key().sign(&mechanism, &input)?;
        signature::verify(self.certificate.spki_der(), scheme, message, &value)
            .map_err(|_| fault(TokenFault::OtherKey))?;
        Ok(value)
    }
}

impl Signer for TokenIdentity {
    fn certificates(&self) -> Vec<Certificate> {
        std::iter::once(&self.certificate)
            .chain(&self.chain)
            .cloned()
            .collect()
    }

    fn scheme(&self) -> SignatureScheme {
        document_scheme(self.algorithm)
    }

    fn sign(
        &self,
        signed_info: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>> {
        Ok(self.sign_in(Signer::scheme(self), signed_info)?)
    }
}

impl Key {
    fn sign(&self, mechanism: &Mechanism<'_>, input: &[u8]) -> Result<Vec<u8>> {
        let Some(pin) = &self.pin_of_each else {
            let signed = self.session.sign(mechanism, self.handle, input);
            return signed.map_err(reported);
        };
        let begin = self.session.sign_init(mechanism, self.handle);
        begin.map_err(reported)?;
        let login = self.session.login(UserType::ContextSpecific, Some(pin));
        login.map_err(reported)?;
        self.session.sign_update(input).map_err(reported)?;
        self.session.sign_final().map_err(reported)
    }
}

impl fmt::Debug for TokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIdentity")
            .field("uri", &self.uri.as_str())
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

/// The module, loaded and initialised; once for every path.
fn loaded(path: &Path) -> Result<Pkcs11> {
    static MODULES: Mutex<Option<HashMap<PathBuf, Pkcs11>>> = Mutex::new(None);
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let modules = modules.get_or_insert_default();
    if let Some(module) = modules.get(path) {
        return Ok(module.clone());
    }
    let not_loaded = |error: Cryptoki| {
        let kind = TokenFault::Module {
            path: path.display().to_string(),
        };
        crate::error::Error::with_source(crate::error::ErrorKind::Token(kind), error)
    };
    let module = Pkcs11::new(path).map_err(not_loaded)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // The same library under another path.
        Ok(()) | Err(Cryptoki::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(not_loaded(error)),
    }
    modules.insert(path.to_owned(), module.clone());
    Ok(module)
}

/// The only token that the URI describes.
fn token_of(module: &Pkcs11, uri: &TokenUri) -> Result<(Slot, TokenInfo)> {
    let mut all = Vec::new();
    for slot in module.get_slots_with_token().map_err(reported)? {
        // A token that was pulled out meanwhile is none.
        if let Ok(info) = module.get_token_info(slot) {
            all.push((slot, info));
        }
    }
    let labels = |tokens: &[(Slot, TokenInfo)]| {
        let labels = tokens.iter().map(|(_, info)| info.label().to_owned());
        labels.filter(|label| !label.is_empty()).collect()
    };
    let found = labels(&all);
    let is =
        |wanted: &Option<String>, text: &str| wanted.as_deref().is_none_or(|wanted| wanted == text);
    all.retain(|(slot, info)| {
        info.token_initialized()
            && is(&uri.token, info.label())
            && is(&uri.manufacturer, info.manufacturer_id())
            && is(&uri.serial, info.serial_number())
            && is(&uri.model, info.model())
            && uri.slot.is_none_or(|wanted| wanted == slot.id())
    });
    let several = labels(&all);
    match (all.pop(), all.is_empty()) {
        (Some(token), true) => Ok(token),
        (Some(_), false) => Err(fault(TokenFault::SeveralTokens { found: several })),
        (None, _) => Err(fault(TokenFault::Absent { found })),
    }
}

fn log_in(
    module: &Pkcs11,
    session: &Session,
    slot: Slot,
    token: &TokenInfo,
    pin: Option<&AuthPin>,
) -> Result<()> {
    if !token.login_required() {
        return Ok(());
    }
    if token.user_pin_locked() {
        return Err(fault(TokenFault::PinLocked));
    }
    if pin.is_none() && !token.protected_authentication_path() {
        return Err(fault(TokenFault::PinRequired));
    }
    match session.login(UserType::User, pin) {
        // By another session of this process.
        Ok(()) | Err(Cryptoki::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
        Err(error) => {
            let error = reported(error);
            let is_wrong =
                crate::error::ErrorKind::Token(TokenFault::PinIncorrect { is_last_try: false });
            let now = module.get_token_info(slot);
            let is_last_try = now.is_ok_and(|token| token.user_pin_final_try());
            if *error.kind() == is_wrong && is_last_try {
                return Err(fault(TokenFault::PinIncorrect { is_last_try }));
            }
            Err(error)
        }
    }
}

/// The only private key that the URI describes, and its id.
fn key_of(session: &Session, uri: &TokenUri) -> Result<(ObjectHandle, Vec<u8>)> {
    let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    template.extend(
        uri.object
            .clone()
            .map(|label| Attribute::Label(label.into())),
    );
    template.extend(uri.id.clone().map(Attribute::Id));
    let keys = session.find_objects(&template).map_err(reported)?;
    let handle = match keys[..] {
        [only] => only,
        [] => return Err(fault(TokenFault::NoKey)),
        _ => return Err(fault(TokenFault::SeveralKeys { found: keys.len() })),
    };
    let id = session.get_attributes(handle, &[AttributeType::Id]);
    let id = id
        .map_err(reported)?
        .into_iter()
        .find_map(|attribute| match attribute {
            Attribute::Id(id) => Some(id),
            _ => None,
        });
    Ok((handle, id.unwrap_or_default()))
}

/// The certificates on the token, with their ids. What cannot be read is none.
fn certificates_of(session: &Session) -> Result<Vec<(Vec<u8>, Certificate)>> {
    let template = [Attribute::Class(ObjectClass::CERTIFICATE)];
    let mut found = Vec::new();
    for handle in session.find_objects(&template).map_err(reported)? {
        let wanted = [AttributeType::Id, AttributeType::Value];
        let (mut id, mut certificate) = (Vec::new(), None);
        for attribute in session.get_attributes(handle, &wanted).map_err(reported)? {
            match attribute {
                Attribute::Id(value) => id = value,
                Attribute::Value(der) => certificate = Certificate::from_der(&der).ok(),
                _ => {}
            }
        }
        found.extend(certificate.map(|certificate| (id, certificate)));
    }
    Ok(found)
}

/// The salt of RSASSA-PSS with SHA-256.
const SALT_BYTES: u8 = 32;

/// What stands before a SHA-256 in a signature of PKCS#1 v1.5 (RFC 8017 §9.2).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
