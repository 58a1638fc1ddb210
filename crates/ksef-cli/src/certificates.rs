//! KSeF certificates whose keys are on this machine: one folder each, with the key (encrypted), the certificate, and
//! what is known about it. Applications that are under way wait in the secret store, because they hold a key.

mod pending;

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ksef_api::ops::certificates::CertificateType;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::secret::SecretText;
use ksef_crypto::certificate::{Certificate, Identity};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::durable::{self, Access};
use crate::error::{Error, Result};
use crate::lang::text;

pub(crate) use pending::Pending;

/// The certificates of one user.
#[derive(Clone, Debug)]
pub(crate) struct Cabinet {
    folder: PathBuf,
}

/// What is written down about a certificate.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// Its serial number.
    pub(crate) serial_number: CertificateSerial,
    /// What it is for.
    #[serde(rename = "type")]
    pub(crate) certificate_type: CertificateType,
    /// End of its validity.
    pub(crate) valid_to: Timestamp,
    /// Name in the secret store of the password of its key.
    pub(crate) password: String,
    /// Which KSeF issued it, when this program applied for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// A certificate with its key.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// Its name on this machine, which is also that of its folder.
    pub(crate) name: String,
    pub(crate) about: About,
    folder: PathBuf,
}

impl Held {
    /// The file of the certificate, PEM.
    pub(crate) fn certificate_file(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }

    /// The file of the key, encrypted PKCS#8 as PEM.
    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.join(KEY)
    }

    /// Whether it may be one of the KSeF that `scope` names.
    pub(crate) fn is_of(&self, scope: &str) -> bool {
        self.about.scope.as_deref().is_none_or(|of| of == scope)
    }

    /// Writes the certificate again, when its file was lost; tells whether it was.
    pub(crate) fn restore(&self, certificate: &Certificate) -> Result<bool> {
        let file = self.certificate_file();
        if file.exists() {
            return Ok(false);
        }
        durable::replace(&file, certificate.to_pem().as_bytes(), Access::Shared)
            .map_err(|source| not_written(&file).caused_by(source))?;
        Ok(true)
    }
}

impl Cabinet {
    /// The certificates of the user.
    pub(crate) fn of(context: &Context) -> Self {
        Self {
            folder: context.home.certificates_dir(),
        }
    }

    /// All of them, by name. Folders of anything else are passed over.
    pub(crate) fn all(&self) -> Result<Vec<Held>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.folder).caused_by(error)),
        };
        let mut held = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&self.folder).caused_by(error))?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if parse_name(&name).is_ok() {
                held.extend(self.get(&name)?);
            }
        }
        held.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(held)
    }

    /// The certificate of this name.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Held>> {
        let folder = self.folder.join(name);
        let file = folder.join(ABOUT);
        let bytes =
            durable::read_if_exists(&file).map_err(|source| unreadable(&file).caused_by(source))?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let about =
            serde_json::from_slice(&bytes).map_err(|source| unreadable(&file).caused_by(source))?;
        Ok(Some(Held {
            name: name.to_owned(),
            about,
            folder,
        }))
    }

    /// Refuses a name that is taken.
    pub(crate) fn refuse_taken(&self, name: &str) -> Result<()> {
        let folder = self.folder.join(name);
        if !folder.exists() {
            return Ok(());
        }
        Err(Error::usage(text!(
            "there is a certificate \"{name}\" already, in {folder}",
            "certyfikat „{name}” już istnieje, w {folder}",
            folder = folder.display()
        ))
        .hint(text!(
            "choose another name; what is there: ksef cert list --local",
            "wybierz inną nazwę; to, co już jest, pokazuje: ksef cert list --local"
        )))
    }

    /// Keeps a certificate with its key: all files or none. The key is encrypted with `password`.
    pub(crate) fn add(
        &self,
        name: &str,
        identity: &Identity,
        about: About,
        password: &SecretText,
    ) -> Result<Held> {
        self.refuse_taken(name)?;
        let folder = self.folder.join(name);
        let failed = |source| not_written(&folder).caused_by(source);
        let key = identity.key().to_encrypted_pem(password.expose());
        let key = key.map_err(|source| {
            Error::failed(text!(
                "the key cannot be encrypted; check this machine: ksef doctor",
                "nie można zaszyfrować klucza; sprawdź komputer: ksef doctor"
            ))
            .caused_by(source)
        })?;
        let mut chain = identity.certificate().to_pem();
        for above in identity.chain() {
            chain.push_str(&above.to_pem());
        }
        let written = serde_json::to_vec_pretty(&about)
            .map_err(|source| not_written(&folder).caused_by(source))?;
        durable::create_folder_of(
            &folder,
            &[
                (KEY, key.as_bytes(), Access::Private),
                (CERTIFICATE, chain.as_bytes(), Access::Shared),
                (ABOUT, &written, Access::Shared),
            ],
        )
        .map_err(failed)?;
        Ok(Held {
            name: name.to_owned(),
            about,
            folder,
        })
    }
}

/// Names of certificates: such that KSeF, the file system and the secret store all take them.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let fits = (5..=59).contains(&text.len());
    if !fits || text.starts_with('-') || !text.chars().all(allowed) {
        return Err("a name is 5 to 59 letters, digits, '_' and '-'".to_owned());
    }
    Ok(text.to_owned())
}

/// Name in the secret store of the password of a key, when no other was chosen.
pub(crate) fn default_password(name: &str) -> String {
    format!("cert-{name}")
}

/// The secret of this name; a random one is made and stored when there is none.
pub(crate) fn password(context: &Context, name: &str) -> Result<SecretText> {
    if let Some(known) = context.secrets().get(name)? {
        return Ok(known);
    }
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    rand::fill(&mut *bytes).map_err(|source| {
        Error::failed(text!(
            "the system gives no random numbers; check this machine: ksef doctor",
            "system nie daje liczb losowych; sprawdź komputer: ksef doctor"
        ))
        .caused_by(source)
    })?;
    let made = SecretText::new(URL_SAFE_NO_PAD.encode(*bytes));
    context
        .secrets()
        .set(name, made.clone(), context.clock.now())?;
    Ok(made)
}

/// The serial number that a user means: the number itself, or the name of a certificate on this machine.
pub(crate) fn serial_of(context: &Context, text: &str) -> Result<CertificateSerial> {
    if let Ok(serial) = CertificateSerial::parse(&text.to_ascii_uppercase()) {
        return Ok(serial);
    }
    let known = match parse_name(text) {
        Ok(name) => Cabinet::of(context).get(&name)?,
        Err(_) => None,
    };
    known.map(|held| held.about.serial_number).ok_or_else(|| {
        Error::usage(text!(
            "\"{text}\" is neither a serial number of 16 hexadecimal digits nor a certificate on this machine",
            "„{text}” nie jest ani numerem seryjnym (16 cyfr szesnastkowych), ani certyfikatem na tym komputerze"
        ))
        .hint(text!(
            "see both: ksef cert list",
            "jedne i drugie pokazuje: ksef cert list"
        ))
    })
}

/// What a KSeF certificate is for: each has exactly one use of its key. `None` for any other certificate.
pub(crate) fn type_of(certificate: &Certificate) -> Option<CertificateType> {
    let usage = certificate.key_usage()?;
    match (usage.digital_signature(), usage.content_commitment()) {
        (true, false) => Some(CertificateType::Authentication),
        (false, true) => Some(CertificateType::Offline),
        _ => None,
    }
}

/// The serial number as KSeF writes it; `None` when it is longer than theirs.
pub(crate) fn serial_in(certificate: &Certificate) -> Option<CertificateSerial> {
    // Leading zeros are not part of the number, but of its name.
    let digits = format!("{:0>16}", certificate.serial_hex());
    CertificateSerial::parse(&digits).ok()
}

fn unreadable(path: &Path) -> Error {
    Error::failed(text!(
        "the certificates in {path} cannot be read; check the rights, and that nobody changed the files",
        "nie można odczytać certyfikatów w {path}; sprawdź uprawnienia i czy nikt nie zmienił plików",
        path = path.display()
    ))
}

fn not_written(path: &Path) -> Error {
    Error::failed(text!(
        "the certificate {path} cannot be written",
        "nie można zapisać certyfikatu {path}",
        path = path.display()
    ))
    .hint(text!(
        "check the rights and the free space there, or choose another folder with --home",
        "sprawdź uprawnienia i wolne miejsce albo wskaż inny folder w --home"
    ))
}

const KEY: &str = "key.pem";
const CERTIFICATE: &str = "certificate.pem";
const ABOUT: &str = "about.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_everybody_takes() {
        for name in ["erp-1", "ERP_2026", &"x".repeat(59)] {
            assert!(parse_name(name).is_ok(), "{name}");
            assert!(ksef_api::ops::certificates::EnrollCertificate::is_name(
                name
            ));
            assert!(crate::profile::parse_name(&default_password(name)).is_ok());
        }
        for name in [
            "",
            "erp",
            "-erp1",
            "a.b.c.d",
            "ąćęłń",
            "a/b/c",
            "..",
            &"x".repeat(60),
        ] {
            assert!(parse_name(name).is_err(), "{name}");
        }
    }
}
