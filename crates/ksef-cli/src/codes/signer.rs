//! Who signs code II: a certificate of type Offline with its key, in a context.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ksef_api::ops::certificates::CertificateType;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::ContextIdentifier;
use ksef_core::secret::SecretText;
use ksef_core::verification_link::CertificateLink;
use ksef_crypto::certificate::{Certificate, Identity};
use ksef_crypto::error::ErrorKind;
use ksef_crypto::pkcs11::{TokenIdentity, TokenUri};
use ksef_crypto::qr_signature;
use ksef_crypto::signing_key::SigningKey;

use super::{CodedInvoice, choice};
use crate::certificates::{Cabinet, serial_in, type_of};
use crate::connect::{Connection, identity};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::pkcs11::{self, OnToken};
use crate::printer::moment;
use crate::profile::{self, Login};
use crate::prompt;

/// Which certificate signs code II.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct SignerArgs {
    /// Certificate of type Offline that signs: its name on this machine (ksef cert list --local) or its serial number; without it the one of the context that is valid longest
    #[arg(long, value_name = "NAME", conflicts_with_all = ["certificate", "pkcs12"])]
    cert: Option<String>,

    /// File of the certificate of type Offline (PEM or DER), instead of one kept by ksef cert
    #[arg(
        long,
        value_name = "FILE",
        requires = "private_key",
        conflicts_with = "pkcs12"
    )]
    certificate: Option<PathBuf>,

    /// File of its private key (PEM or DER, PKCS#8, PKCS#1 or SEC 1)
    #[arg(
        long,
        value_name = "FILE",
        requires = "certificate",
        group = "private_key"
    )]
    key: Option<PathBuf>,

    /// Certificate and key in this PKCS#12 file
    #[arg(long, value_name = "FILE")]
    pkcs12: Option<PathBuf>,

    /// Key on a token, by its pkcs11: URI (RFC 7512); its certificate is on the token or in --certificate
    #[arg(long, value_name = "URI", value_parser = pkcs11::parse_uri, group = "private_key", conflicts_with_all = ["cert", "pkcs12"])]
    pkcs11: Option<TokenUri>,

    /// Name in the secret store of the password of the key or container, or of the PIN of the token
    #[arg(long, value_name = "SECRET", value_parser = profile::parse_name)]
    password: Option<String>,

    /// Read that password or PIN from stdin
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,
}

impl SignerArgs {
    /// Whether anything was named.
    pub(crate) fn is_given(&self) -> bool {
        self.cert.is_some()
            || self.login().is_some()
            || self.pkcs11.is_some()
            || self.password.is_some()
            || self.password_stdin
    }

    /// Whether stdin is taken by the password.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.password_stdin
    }

    /// The files that were named, as a login names them.
    fn login(&self) -> Option<Login> {
        let password = self.password.clone();
        match (&self.certificate, &self.key, &self.pkcs12) {
            (Some(certificate), Some(key), _) => Some(Login::Certificate {
                certificate: certificate.clone(),
                key: key.clone(),
                password,
            }),
            (_, _, Some(file)) => Some(Login::Pkcs12 {
                file: file.clone(),
                password,
            }),
            _ => None,
        }
    }
}

/// Who signs code II.
#[derive(Debug)]
pub(crate) struct Signer {
    /// On whose behalf.
    pub(crate) who: ContextIdentifier,
    /// The certificate's serial number.
    pub(crate) serial: CertificateSerial,
    key: Key,
}

/// Where the private key is.
#[derive(Debug)]
enum Key {
    Held(Box<Identity>),
    OnToken(Arc<TokenIdentity>),
}

impl Key {
    fn certificate(&self) -> &Certificate {
        match self {
            Self::Held(identity) => identity.certificate(),
            Self::OnToken(token) => token.certificate(),
        }
    }

    fn signing(&self) -> &dyn SigningKey {
        match self {
            Self::Held(identity) => identity.key(),
            Self::OnToken(token) => &**token,
        }
    }
}

impl Signer {
    /// Opens the certificate that the options name, or that of the context. Nothing is asked of KSeF: whether the
    /// certificate is blocked or revoked there is not known here.
    ///
    /// # Errors
    /// There is no certificate of type Offline, or several of different holders; it has expired or is not valid yet; its
    /// key is missing, is another one, or does not open; it is of another type.
    pub(crate) fn open(
        context: &Context,
        connection: &Connection,
        who: ContextIdentifier,
        args: &SignerArgs,
    ) -> Result<Self> {
        let given = if args.password_stdin {
            Some(prompt::secret_from_stdin()?)
        } else {
            None
        };
        let key = match (&args.pkcs11, args.login()) {
            (Some(uri), _) => {
                let key = OnToken {
                    uri,
                    certificate: args.certificate.as_deref(),
                    pin: args.password.as_deref(),
                };
                Key::OnToken(pkcs11::open(context, key, given)?)
            }
            (None, Some(login)) => Key::Held(Box::new(from_files(context, &login, given)?)),
            (None, None) => {
                let name = args.cert.as_deref();
                Key::Held(Box::new(kept(context, connection, &who, name, given)?))
            }
        };
        let certificate = key.certificate();
        match type_of(certificate) {
            Some(CertificateType::Offline) => {}
            Some(_) => return Err(wrong_type()),
            None => return Err(no_ksef_certificate()),
        }
        let serial = serial_in(certificate).ok_or_else(no_ksef_certificate)?;
        // A sandbox has a clock of its own.
        if connection.control_url.is_none() {
            refuse_invalid(certificate, context)?;
        }
        Ok(Self { who, serial, key })
    }

    /// The link of code II below an address, signed.
    ///
    /// # Errors
    /// The key is neither RSA nor on the curve P-256.
    pub(crate) fn code_ii(&self, qr_base: &str, invoice: &CodedInvoice) -> Result<String> {
        let link = CertificateLink {
            context: self.who,
            seller: invoice.seller,
            serial: self.serial,
            digest: invoice.digest,
        };
        let signature = qr_signature::sign(self.key.signing(), &link.text_to_sign(qr_base));
        let signature = signature.map_err(|source| {
            if let (Key::OnToken(token), ErrorKind::Token(_)) = (&self.key, source.kind()) {
                return pkcs11::refused(token.uri(), source);
            }
            let error = Error::usage(text!(
                "the key of the certificate {serial} cannot sign code II",
                "klucz certyfikatu {serial} nie może podpisać kodu II",
                serial = self.serial
            ));
            match source.kind() {
                ErrorKind::UnsupportedKey { .. } => error.hint(text!(
                    "KSeF takes RSA keys of 2048 bits or more, and keys on the curve P-256: ksef cert request NAME --type offline",
                    "KSeF przyjmuje klucze RSA od 2048 bitów i klucze na krzywej P-256: ksef cert request NAZWA --type offline"
                )),
                _ => error.hint(text!(
                    "check this machine: ksef doctor",
                    "sprawdź komputer: ksef doctor"
                )),
            }
            .caused_by(source)
        })?;
        Ok(link.url(qr_base, &signature))
    }
}

fn from_files(context: &Context, login: &Login, given: Option<SecretText>) -> Result<Identity> {
    let files: Vec<&Path> = match login {
        Login::Certificate {
            certificate, key, ..
        } => vec![certificate, key],
        Login::Pkcs12 { file, .. } => vec![file],
        _ => Vec::new(),
    };
    for file in files {
        std::fs::File::open(file).map_err(|source| {
            Error::usage(text!(
                "{file} cannot be read",
                "nie można odczytać pliku {file}",
                file = file.display()
            ))
            .caused_by(source)
            .hint(text!(
                "check the path, or use a certificate kept by ksef cert: --cert NAME",
                "sprawdź ścieżkę albo użyj certyfikatu z magazynu ksef cert: --cert NAZWA"
            ))
        })?;
    }
    identity::load(context, login, given)?.ok_or_else(no_ksef_certificate)
}

/// The certificate kept by `ksef cert`, with its key.
fn kept(
    context: &Context,
    connection: &Connection,
    who: &ContextIdentifier,
    name: Option<&str>,
    given: Option<SecretText>,
) -> Result<Identity> {
    let held = Cabinet::of(context).all()?;
    let chosen = match name {
        Some(name) => choice::named(&held, name)?,
        None => choice::suitable(context, connection, who, &held)?,
    };
    let key = chosen.key_file();
    if !key.exists() {
        return Err(Error::auth(text!(
            "the key of the certificate \"{name}\" is missing: there is no {key}",
            "brakuje klucza certyfikatu „{name}”: nie ma pliku {key}",
            name = chosen.name,
            key = key.display()
        ))
        .hint(text!(
            "put the file back from a backup, or get another certificate: ksef cert request NAME --type offline",
            "przywróć plik z kopii zapasowej albo uzyskaj nowy certyfikat: ksef cert request NAZWA --type offline"
        )));
    }
    let login = Login::Certificate {
        certificate: chosen.certificate_file(),
        key,
        password: Some(chosen.about.password.clone()),
    };
    identity::load(context, &login, given)?.ok_or_else(no_ksef_certificate)
}

/// Refuses a certificate that does not sign codes now.
fn refuse_invalid(certificate: &Certificate, context: &Context) -> Result<()> {
    let now = context.clock.now();
    if certificate.is_valid_at(now) {
        return Ok(());
    }
    let error = if now > certificate.not_after() {
        Error::auth(text!(
            "the certificate of type Offline expired on {when}",
            "certyfikat typu Offline wygasł {when}",
            when = moment(certificate.not_after())
        ))
        .hint(text!(
            "get another one: ksef cert request NAME --type offline",
            "uzyskaj nowy: ksef cert request NAZWA --type offline"
        ))
    } else {
        Error::auth(text!(
            "the certificate of type Offline is not valid before {when}",
            "certyfikat typu Offline jest ważny dopiero od {when}",
            when = moment(certificate.not_before())
        ))
    };
    Err(error.hint(text!(
        "if that date is wrong, set the clock of this machine: it shows {now}",
        "jeśli ta data jest błędna, ustaw zegar komputera: pokazuje {now}",
        now = moment(now)
    )))
}

/// The first certificate of a file.
///
/// # Errors
/// It cannot be read, or holds none.
pub(crate) fn read_certificate(file: &Path) -> Result<Certificate> {
    let bytes =
        std::fs::read(file).map_err(|source| not_opened_as_certificate(file).caused_by(source))?;
    let all = Certificate::all_from_bytes(&bytes);
    let all = all.map_err(|source| not_opened_as_certificate(file).caused_by(source))?;
    let first = all.into_iter().next();
    first.ok_or_else(|| not_opened_as_certificate(file))
}

/// A file that should be a certificate and is none.
fn not_opened_as_certificate(file: &Path) -> Error {
    Error::usage(text!(
        "{file} cannot be read as a certificate",
        "nie można odczytać certyfikatu z pliku {file}",
        file = file.display()
    ))
    .hint(text!(
        "give a certificate as PEM or DER",
        "podaj certyfikat w formacie PEM lub DER"
    ))
}

fn wrong_type() -> Error {
    Error::auth(text!(
        "the certificate is of type Authentication: it logs in, and does not sign codes",
        "certyfikat jest typu Authentication: służy do logowania i nie podpisuje kodów"
    ))
    .hint(text!(
        "get one of type Offline: ksef cert request NAME --type offline",
        "uzyskaj certyfikat typu Offline: ksef cert request NAZWA --type offline"
    ))
}

fn no_ksef_certificate() -> Error {
    Error::auth(text!(
        "this is no KSeF certificate of type Offline: those have a serial number of eight bytes, and a key for offline invoices alone",
        "to nie jest certyfikat KSeF typu Offline: taki ma ośmiobajtowy numer seryjny, a jego klucz służy wyłącznie do faktur offline"
    ))
    .hint(text!(
        "get one: ksef cert request NAME --type offline",
        "uzyskaj go: ksef cert request NAZWA --type offline"
    ))
}
