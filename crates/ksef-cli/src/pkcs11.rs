//! Certificates whose keys are on a token: a smart card, a security module.
//!
//! Named by a `pkcs11:` URI (RFC 7512) and opened through the vendor's module. The PIN comes from the secret store, from
//! stdin, from `KSEF_PKCS11_PIN`, or is asked for; never from the command line.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use ksef_core::secret::SecretText;
use ksef_crypto::certificate::Certificate;
use ksef_crypto::error::{Error as CryptoError, ErrorKind};
use ksef_crypto::pkcs11::{TokenFault, TokenIdentity, TokenUri};
use ksef_crypto::xades;
use ksef_sdk::auth::{AuthSigner, SigningError};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::profile::Login;

/// A key on a token, as options and profiles name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnToken<'a> {
    /// The URI.
    pub(crate) uri: &'a TokenUri,
    /// File of the certificate, when the token has none.
    pub(crate) certificate: Option<&'a Path>,
    /// Name of the PIN in the secret store.
    pub(crate) pin: Option<&'a str>,
}

/// Reads a URI on the command line.
///
/// # Errors
/// It is none, or it holds a PIN.
pub(crate) fn parse_uri(text: &str) -> Result<TokenUri, String> {
    TokenUri::parse(text).map_err(|error| error.to_string())
}

/// Opens a key. `given` is a PIN that came by stdin.
///
/// # Errors
/// What the token reports, and what to do about it.
pub(crate) fn open(
    context: &Context,
    key: OnToken<'_>,
    given: Option<SecretText>,
) -> Result<Arc<TokenIdentity>> {
    let uri = match (key.uri.module(), std::env::var_os(MODULE)) {
        (None, Some(module)) => key.uri.clone().with_module(module.into()),
        _ => key.uri.clone(),
    };
    let certificates = match key.certificate {
        Some(file) => certificates_of(file)?,
        None => Vec::new(),
    };
    let from_environment = || std::env::var(PIN).ok().map(SecretText::new);
    let pin = match (given, key.pin) {
        (Some(given), _) => Some(given),
        (None, Some(name)) => Some(context.secrets().require(name)?),
        (None, None) => from_environment(),
    };
    let pin_text = pin.as_ref().map(SecretText::expose);
    let opened = TokenIdentity::open(&uri, pin_text, certificates.clone());
    let opened = match opened {
        Err(error)
            if is_fault(&error, &TokenFault::PinRequired) && context.prompt.is_possible() =>
        {
            let typed = context
                .prompt
                .secret(&text!("PIN of {uri}", "PIN tokena {uri}"))?;
            TokenIdentity::open(&uri, Some(typed.expose()), certificates)
        }
        opened => opened,
    };
    opened.map(Arc::new).map_err(|error| refused(&uri, error))
}

/// Opens the key of a login; `None` when it is not on a token. `given` is a PIN that came by stdin.
///
/// # Errors
/// As [`open`]; the URI in the configuration is none.
pub(crate) fn open_login(
    context: &Context,
    login: &Login,
    given: Option<SecretText>,
) -> Result<Option<Arc<TokenIdentity>>> {
    let Login::Pkcs11 {
        uri,
        certificate,
        password,
    } = login
    else {
        return Ok(None);
    };
    let uri = TokenUri::parse(uri).map_err(|source| {
        Error::usage(text!(
            "\"{uri}\" in the configuration names no key on a token",
            "„{uri}” w konfiguracji nie wskazuje klucza na tokenie"
        ))
        .caused_by(source)
        .hint(text!(
            "correct the profile: ksef profile add NAME --force …",
            "popraw profil: ksef profile add NAZWA --force …"
        ))
    })?;
    let key = OnToken {
        uri: &uri,
        certificate: certificate.as_deref(),
        pin: password.as_deref(),
    };
    open(context, key, given).map(Some)
}

/// Says what a token reports, and what to do about it.
pub(crate) fn refused(uri: &TokenUri, error: CryptoError) -> Error {
    let ErrorKind::Token(fault) = error.kind() else {
        return Error::usage(text!(
            "the key {uri} cannot be used",
            "nie można użyć klucza {uri}"
        ))
        .caused_by(error)
        .hint(text!(
            "KSeF takes RSA keys of 2048 bits or more, and keys on the curve P-256",
            "KSeF przyjmuje klucze RSA od 2048 bitów i klucze na krzywej P-256"
        ));
    };
    let told = of_fault(uri, fault);
    match fault {
        // These have a cause of their own.
        TokenFault::Module { .. } | TokenFault::Device => told.caused_as(&error),
        _ => told,
    }
}

fn of_fault(uri: &TokenUri, fault: &TokenFault) -> Error {
    match fault {
        TokenFault::NoModule => Error::usage(text!(
            "{uri} does not say which PKCS#11 module leads to the token",
            "{uri} nie mówi, który moduł PKCS#11 prowadzi do tokena"
        ))
        .hint(text!(
            "add ?module-path=FILE to it, or set {MODULE}: the vendor of the token says where the module is",
            "dodaj ?module-path=PLIK albo ustaw {MODULE}: położenie modułu podaje producent tokena"
        )),
        TokenFault::Module { path } => Error::usage(text!(
            "the PKCS#11 module {path} cannot be loaded",
            "nie można załadować modułu PKCS#11 {path}",
            path = path
        ))
        .hint(text!(
            "install the software of the token, and give the path of its module for this machine",
            "zainstaluj oprogramowanie tokena i podaj ścieżkę jego modułu dla tego komputera"
        )),
        TokenFault::Absent { found } => Error::auth(text!(
            "no token of {uri} is there; found: {found}",
            "nie ma tokena {uri}; są: {found}",
            found = listed(found)
        ))
        .hint(text!("put the token in, or correct the URI", "włóż token albo popraw URI")),
        TokenFault::SeveralTokens { found } => Error::usage(text!(
            "several tokens are meant by {uri}: {found}",
            "{uri} pasuje do kilku tokenów: {found}",
            found = listed(found)
        ))
        .hint(text!(
            "name one by token=LABEL or serial=NUMBER",
            "wskaż jeden przez token=ETYKIETA albo serial=NUMER"
        )),
        TokenFault::PinRequired => Error::auth(text!(
            "the token {uri} wants a PIN, and none was given",
            "token {uri} wymaga PIN-u, a go nie podano"
        ))
        .hint(text!(
            "store it (ksef secret set NAME) and name it with --password NAME, or set {PIN}, or use --password-stdin",
            "zapisz go (ksef secret set NAZWA) i podaj nazwę w --password NAZWA albo ustaw {PIN}, albo użyj --password-stdin"
        )),
        TokenFault::PinIncorrect { is_last_try } => {
            let error = Error::auth(text!(
                "the PIN is wrong; tokens lock themselves after few wrong ones, often three",
                "PIN jest błędny; token blokuje się po kilku błędnych, często po trzech"
            ));
            if *is_last_try {
                error.hint(text!(
                    "STOP: one more wrong PIN locks the token; ask its owner for the right one first",
                    "STOP: jeszcze jeden błędny PIN zablokuje token; najpierw ustal właściwy z właścicielem"
                ))
            } else {
                error.hint(text!(
                    "store the right one: ksef secret set NAME; do not try at random",
                    "zapisz właściwy: ksef secret set NAZWA; nie próbuj na chybił trafił"
                ))
            }
        }
        TokenFault::PinLocked => Error::auth(text!(
            "the token is locked after too many wrong PINs",
            "token jest zablokowany po zbyt wielu błędnych PIN-ach"
        ))
        .hint(text!(
            "unlock it with its PUK, by the software of its vendor",
            "odblokuj go kodem PUK w oprogramowaniu producenta"
        )),
        TokenFault::NoKey => Error::usage(text!(
            "no private key of {uri} is on the token",
            "na tokenie nie ma klucza prywatnego {uri}"
        ))
        .hint(text!(
            "see what is on it: pkcs11-tool --module FILE --login --list-objects; name the key by object=LABEL or id=%01",
            "zobacz, co na nim jest: pkcs11-tool --module PLIK --login --list-objects; wskaż klucz przez object=ETYKIETA albo id=%01"
        )),
        TokenFault::SeveralKeys { found } => Error::usage(text!(
            "{found} private keys are meant by {uri}",
            "{uri} pasuje do kilku kluczy prywatnych ({found})",
            found = found
        ))
        .hint(text!(
            "name one by object=LABEL or id=%01",
            "wskaż jeden przez object=ETYKIETA albo id=%01"
        )),
        TokenFault::NoCertificate => Error::usage(text!(
            "the certificate of the key {uri} is not on the token",
            "na tokenie nie ma certyfikatu klucza {uri}"
        ))
        .hint(text!(
            "give it with --certificate FILE",
            "podaj go przez --certificate PLIK"
        )),
        TokenFault::Mechanism { name } => Error::usage(text!(
            "the token does not sign by {name}",
            "token nie potrafi podpisać przez {name}",
            name = name
        ))
        .hint(text!(
            "use another token, or a key in a file",
            "użyj innego tokena albo klucza w pliku"
        )),
        TokenFault::OtherKey => Error::usage(text!(
            "the key {uri} is not the one of its certificate",
            "klucz {uri} nie należy do swojego certyfikatu"
        ))
        .hint(text!(
            "give the certificate that was issued for this key: --certificate FILE",
            "podaj certyfikat wydany dla tego klucza: --certificate PLIK"
        )),
        _ => Error::failed(text!("the token {uri} failed", "token {uri} zawiódł")).hint(text!(
            "put it in again, and try the software of its vendor",
            "włóż go ponownie i sprawdź oprogramowaniem producenta"
        )),
    }
}

/// Signs logins with a key on a token.
#[derive(Debug)]
pub(crate) struct LoginSigner(pub(crate) Arc<TokenIdentity>);

impl AuthSigner for LoginSigner {
    fn name(&self) -> String {
        format!("certificate:{}", self.0.certificate().fingerprint())
    }

    fn sign<'a>(
        &'a self,
        document: &'a [u8],
        signing_time: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<u8>, SigningError>> {
        let (key, document) = (Arc::clone(&self.0), document.to_vec());
        let waits =
            tokio::task::spawn_blocking(move || xades::sign_with(&document, &*key, signing_time));
        let told = |signed| match signed {
            Ok(Ok(signed)) => Ok(signed),
            Ok(Err(error)) => Err(SigningError::new("the token did not sign").with_source(error)),
            Err(error) => Err(SigningError::new("the token did not answer").with_source(error)),
        };
        waits.map(told).boxed()
    }
}

fn is_fault(error: &CryptoError, fault: &TokenFault) -> bool {
    matches!(error.kind(), ErrorKind::Token(found) if found == fault)
}

fn certificates_of(file: &Path) -> Result<Vec<Certificate>> {
    let file_name = file.display();
    let unreadable = || {
        Error::usage(text!(
            "{file_name} cannot be read as a certificate",
            "nie można odczytać certyfikatu z pliku {file_name}"
        ))
        .hint(text!("give it as PEM or DER", "podaj go jako PEM lub DER"))
    };
    let bytes = std::fs::read(file).map_err(|source| unreadable().caused_by(source))?;
    Certificate::all_from_bytes(&bytes).map_err(|source| unreadable().caused_by(source))
}

fn listed(labels: &[String]) -> String {
    if labels.is_empty() {
        "-".to_owned()
    } else {
        labels.join(", ")
    }
}

/// The module for URIs that name none.
const MODULE: &str = "KSEF_PKCS11_MODULE";
/// The PIN, when no other place is named.
const PIN: &str = "KSEF_PKCS11_PIN";
