//! Who signs code II: a certificate of type Offline with its key, in a context.

use std::path::{Path, PathBuf};

use ksef_api::ops::certificates::CertificateType;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::secret::SecretText;
use ksef_core::verification_link::CertificateLink;
use ksef_crypto::certificate::{Certificate, Identity};
use ksef_crypto::error::ErrorKind;
use ksef_crypto::qr_signature;

use super::CodedInvoice;
use crate::certificates::{Cabinet, Held, serial_in, type_of};
use crate::connect::{Connection, identity};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
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
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with = "pkcs12")]
    certificate: Option<PathBuf>,

    /// File of its private key (PEM or DER, PKCS#8, PKCS#1 or SEC 1)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,

    /// Certificate and key in this PKCS#12 file
    #[arg(long, value_name = "FILE")]
    pkcs12: Option<PathBuf>,

    /// Name in the secret store of the password of the key or container
    #[arg(long, value_name = "SECRET", value_parser = profile::parse_name)]
    password: Option<String>,

    /// Read the password of the key or container from stdin
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,
}

impl SignerArgs {
    /// Whether anything was named.
    pub(crate) fn is_given(&self) -> bool {
        self.cert.is_some()
            || self.login().is_some()
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
    identity: Identity,
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
        let identity = match args.login() {
            Some(login) => from_files(context, &login, given)?,
            None => kept(context, connection, &who, args.cert.as_deref(), given)?,
        };
        let certificate = identity.certificate();
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
        Ok(Self {
            who,
            serial,
            identity,
        })
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
        let signature = qr_signature::sign(self.identity.key(), &link.text_to_sign(qr_base));
        let signature = signature.map_err(|source| {
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
        Some(name) => named(&held, name)?,
        None => suitable(context, connection, who, &held)?,
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

fn named<'a>(held: &'a [Held], name: &str) -> Result<&'a Held> {
    let serial = CertificateSerial::parse(&name.to_ascii_uppercase()).ok();
    held.iter()
        .find(|held| held.name == name || Some(held.about.serial_number) == serial)
        .ok_or_else(|| {
            Error::usage(text!(
                "there is no certificate \"{name}\" on this machine",
                "na tym komputerze nie ma certyfikatu „{name}”"
            ))
            .hint(text!(
                "see which there are: ksef cert list --local",
                "zobacz, jakie są: ksef cert list --local"
            ))
        })
}

/// The certificate of type Offline for this KSeF that the context's own NIP holds, else that of the only holder; of
/// several the one that is valid longest.
fn suitable<'a>(
    context: &Context,
    connection: &Connection,
    who: &ContextIdentifier,
    held: &'a [Held],
) -> Result<&'a Held> {
    let of_here: Vec<&Held> = held
        .iter()
        .filter(|held| held.is_of(&connection.scope))
        .collect();
    let is_offline = |held: &&&Held| held.about.certificate_type == CertificateType::Offline;
    let offline: Vec<&Held> = of_here.iter().filter(is_offline).copied().collect();
    let now = context.clock.now();
    let is_current = |held: &&&Held| connection.control_url.is_some() || now <= held.about.valid_to;
    let current: Vec<&Held> = offline.iter().filter(is_current).copied().collect();
    let Some(longest) = valid_longest(&current) else {
        return Err(none_suitable(connection, &of_here, valid_longest(&offline)));
    };
    let holder = |held: &Held| {
        let certificate = read_certificate(&held.certificate_file()).ok()?;
        certificate.subject_identity().identifier
    };
    let own = who.nip().map(SubjectIdentifier::Nip);
    let of_context = current.iter().filter(|held| holder(held) == own);
    let of_context: Vec<&Held> = of_context.copied().collect();
    if let Some(found) = valid_longest(&of_context).filter(|_| own.is_some()) {
        return Ok(found);
    }
    let first = holder(longest);
    if current.iter().all(|held| holder(held) == first) {
        return Ok(longest);
    }
    let names: Vec<&str> = current.iter().map(|held| held.name.as_str()).collect();
    Err(Error::usage(text!(
        "there are certificates of type Offline of different holders, and none of {who} itself",
        "są certyfikaty typu Offline różnych posiadaczy, a żadnego samego kontekstu {who}"
    ))
    .hint(text!(
        "say which signs: --cert NAME, one of {names}",
        "wskaż, który ma podpisać: --cert NAZWA, jeden z: {names}",
        names = names.join(", ")
    )))
}

fn valid_longest<'a>(held: &[&'a Held]) -> Option<&'a Held> {
    held.iter().copied().max_by_key(|held| held.about.valid_to)
}

fn none_suitable(connection: &Connection, of_here: &[&Held], expired: Option<&Held>) -> Error {
    let place = &connection.target.place;
    let error = match (expired, of_here.first()) {
        (Some(held), _) => Error::auth(text!(
            "the certificate \"{name}\" of type Offline expired on {when}",
            "certyfikat „{name}” typu Offline wygasł {when}",
            name = held.name,
            when = moment(held.about.valid_to)
        )),
        (None, Some(held)) => Error::auth(text!(
            "there is no certificate of type Offline for {place}; \"{name}\" is of type Authentication and does not sign codes",
            "nie ma certyfikatu typu Offline dla {place}; „{name}” jest typu Authentication i nie podpisuje kodów",
            name = held.name
        )),
        (None, None) => Error::auth(text!(
            "there is no certificate of type Offline for {place} on this machine; code II needs one",
            "na tym komputerze nie ma certyfikatu typu Offline dla {place}, a wymaga go kod II"
        )),
    };
    error
        .hint(text!(
            "get one: ksef cert request NAME --type offline",
            "uzyskaj go: ksef cert request NAZWA --type offline"
        ))
        .hint(text!(
            "or bring one from elsewhere: ksef cert import NAME …, or --certificate FILE --key FILE",
            "albo użyj uzyskanego gdzie indziej: ksef cert import NAZWA … lub --certificate PLIK --key PLIK"
        ))
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
