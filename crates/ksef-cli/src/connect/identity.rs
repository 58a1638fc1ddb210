//! The certificate and key of a profile.

use std::fs;
use std::path::Path;

use ksef_core::secret::SecretText;
use ksef_crypto::certificate::{Certificate, Identity};
use ksef_crypto::error::{Error as CryptoError, ErrorKind};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::printer::moment;
use crate::profile::Login;

/// Loads the certificate and key of a login; `None` when it has none, or its key is on a token. The password is `given` (for instance from
/// stdin), or the one in the secret store, or is asked for.
///
/// # Errors
/// A file is missing or is something else, the password is wrong or missing, key and certificate do not belong
/// together.
pub(crate) fn load(
    context: &Context,
    login: &Login,
    given: Option<SecretText>,
) -> Result<Option<Identity>> {
    let (file, open): (&Path, Opener) = match login {
        Login::Certificate {
            certificate, key, ..
        } => {
            let certificates = read(certificate)?;
            let key_bytes = read(key)?;
            let open = move |password: Option<&str>| {
                Identity::from_certificate_and_key(&certificates, &key_bytes, password)
            };
            (key, Box::new(open))
        }
        Login::Pkcs12 { file, .. } => {
            let container = read(file)?;
            let open = move |password: Option<&str>| {
                Identity::from_pkcs12(&container, password.unwrap_or_default())
            };
            (file, Box::new(open))
        }
        Login::Token { .. } | Login::Pkcs11 { .. } | Login::SelfSigned {} | Login::External {} => {
            return Ok(None);
        }
    };
    let password = match (given, login.secret()) {
        (Some(given), _) => Some(given),
        (None, Some(name)) => Some(context.secrets().require(name)?),
        (None, None) => None,
    };
    let opened = open(password.as_ref().map(SecretText::expose));
    let needs_password = |error: &CryptoError| match error.kind() {
        ErrorKind::PasswordRequired => true,
        ErrorKind::WrongPassword => password.is_none(),
        _ => false,
    };
    let opened = match opened {
        Err(error) if needs_password(&error) && context.prompt.is_possible() => {
            let name = file.display().to_string();
            let typed = context
                .prompt
                .secret(&text!("Password of {name}", "Hasło pliku {name}"))?;
            open(Some(typed.expose()))
        }
        Err(error) if needs_password(&error) => {
            return Err(password_missing(file));
        }
        opened => opened,
    };
    opened.map(Some).map_err(|error| not_opened(file, error))
}

/// Opens what was read, with a password or without.
type Opener = Box<dyn Fn(Option<&str>) -> Result<Identity, CryptoError>>;

/// Refuses a certificate that is not valid now, before KSeF does.
///
/// # Errors
/// It has expired, or is not valid yet.
pub(crate) fn refuse_invalid(certificate: &Certificate, context: &Context) -> Result<()> {
    let now = context.clock.now();
    if certificate.is_valid_at(now) {
        return Ok(());
    }
    let error = if now > certificate.not_after() {
        Error::auth(text!(
            "the certificate expired on {when}",
            "certyfikat wygasł {when}",
            when = moment(certificate.not_after())
        ))
        .hint(text!(
            "get a new certificate and put it into the profile: ksef profile add NAME --force …",
            "uzyskaj nowy certyfikat i wstaw go do profilu: ksef profile add NAZWA --force …"
        ))
    } else {
        Error::auth(text!(
            "the certificate is not valid before {when}",
            "certyfikat jest ważny dopiero od {when}",
            when = moment(certificate.not_before())
        ))
    };
    Err(error.hint(text!(
        "if that date is wrong, set the clock of this machine: it shows {now}",
        "jeśli ta data jest błędna, ustaw zegar komputera: pokazuje {now}",
        now = moment(now)
    )))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    fs::read(path).map(Zeroizing::new).map_err(|source| {
        Error::usage(text!(
            "the file {path} of the profile cannot be read",
            "nie można odczytać pliku {path} z profilu",
            path = path.display()
        ))
        .caused_by(source)
        .hint(text!(
            "put the file back, or correct the profile: ksef profile add NAME --force …",
            "przywróć plik albo popraw profil: ksef profile add NAZWA --force …"
        ))
    })
}

fn password_missing(file: &Path) -> Error {
    Error::auth(text!(
        "{file} is protected by a password, and none was given",
        "plik {file} jest chroniony hasłem, a hasła nie podano",
        file = file.display()
    ))
    .hint(text!(
        "store it (ksef secret set NAME) and name it in the profile (--password NAME), or use --password-stdin",
        "zapisz je (ksef secret set NAZWA) i podaj nazwę w profilu (--password NAZWA) albo użyj --password-stdin"
    ))
}

fn not_opened(file: &Path, source: CryptoError) -> Error {
    let file = file.display();
    match source.kind() {
        ErrorKind::WrongPassword => Error::auth(text!(
            "the password does not open {file}",
            "hasło nie pasuje do pliku {file}"
        ))
        .hint(text!(
            "store the right one: ksef secret set NAME (the name is in \"ksef profile show\")",
            "zapisz właściwe: ksef secret set NAZWA (nazwę pokazuje „ksef profile show”)"
        )),
        ErrorKind::KeyMismatch => Error::auth(text!(
            "the private key in {file} does not belong to the certificate",
            "klucz prywatny w {file} nie należy do certyfikatu"
        ))
        .hint(text!(
            "give the key that was made together with the certificate",
            "podaj klucz, który powstał razem z certyfikatem"
        )),
        _ => Error::usage(text!(
            "{file} cannot be used to log in",
            "nie można się zalogować za pomocą pliku {file}"
        ))
        .caused_by(source)
        .hint(text!(
            "allowed are certificates as PEM or DER, keys as PKCS#8, PKCS#1 or SEC 1, and PKCS#12 files",
            "dozwolone są certyfikaty PEM lub DER, klucze PKCS#8, PKCS#1 lub SEC 1 oraz pliki PKCS#12"
        )),
    }
}
