//! TLS of the listener: a certificate of its own for the names that clients use, and the authority that they trust.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ksef_crypto::certificate::Certificate;
use ksef_crypto::self_signed::Validity;
use ksef_crypto::server_certificate::ServerCertificate;
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::{Error, ErrorKind};

/// How the listener speaks TLS.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    names: Vec<String>,
    authority_file: Option<PathBuf>,
}

impl Tls {
    /// Under `localhost`, the loopback addresses, the address that it listens on and the host of the public address.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Under one more host name or IP address.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Writes the certificate of the authority, which clients have to trust, to this file as PEM.
    #[must_use]
    pub fn with_authority_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.authority_file = Some(file.into());
        self
    }
}

/// What a started listener needs.
pub(crate) struct Ready {
    pub(crate) acceptor: TlsAcceptor,
    /// PEM
    pub(crate) authority: String,
}

/// The certificate, kept in the data directory so that clients need not be told anew.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    names: Vec<String>,
    certificate: String,
    key: String,
    authority: String,
}

/// Reads or makes the certificate and writes the authority's to its file. `now` is the machine's time: clients judge the
/// certificate by theirs.
///
/// # Errors
/// A name that is none, a file that cannot be read or written.
pub(crate) fn prepare(
    tls: &Tls,
    address: SocketAddr,
    public_host: Option<&str>,
    data_dir: Option<&Path>,
    now: Timestamp,
) -> Result<Ready, Error> {
    let names = names(tls, address, public_host);
    let file = data_dir.map(|directory| directory.join(KEPT_FILE));
    let kept = match file.as_deref().map(read).transpose()?.flatten() {
        Some(kept) if kept.names == names && kept.lasts(now) => kept,
        _ => {
            let fresh = Kept::make(names, now)?;
            if let Some(file) = &file {
                fresh.write(file)?;
            }
            fresh
        }
    };
    if let Some(file) = &tls.authority_file {
        fs::write(file, &kept.authority).map_err(|error| unwritten(file, error))?;
    }
    kept.ready()
}

fn names(tls: &Tls, address: SocketAddr, public_host: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    if !address.ip().is_unspecified() {
        names.push(address.ip().to_string());
    }
    let host = public_host.map(|host| host.trim_matches(['[', ']']).to_owned());
    names.extend(host);
    names.extend(tls.names.iter().cloned());
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

impl Kept {
    fn make(names: Vec<String>, now: Timestamp) -> Result<Self, Error> {
        let begin = now
            .checked_sub(SignedDuration::from_hours(24))
            .unwrap_or(now);
        let validity = Validity::days(begin, VALIDITY_DAYS);
        let made = ServerCertificate::issue(&names, validity).map_err(|error| {
            let names = names.join(", ");
            Error::new(ErrorKind::Tls, format!("no certificate for {names}"), error)
        })?;
        Ok(Self {
            names,
            certificate: STANDARD.encode(&made.certificate),
            key: STANDARD.encode(&*made.key),
            authority: made.authority_pem,
        })
    }

    /// Whether it serves for some weeks still.
    fn lasts(&self, now: Timestamp) -> bool {
        let der = STANDARD.decode(&self.certificate).unwrap_or_default();
        let soon = now.saturating_add(SignedDuration::from_hours(24 * REST_DAYS));
        Certificate::from_der(&der).is_ok_and(|certificate| {
            certificate.is_valid_at(now) && soon.is_ok_and(|soon| certificate.is_valid_at(soon))
        })
    }

    fn write(&self, file: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec(self).map_err(|error| unwritten(file, error))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(file)
            .and_then(|mut open| open.write_all(&text))
            .map_err(|error| unwritten(file, error))
    }

    fn ready(&self) -> Result<Ready, Error> {
        let broken = |error: &str| {
            Error::new(
                ErrorKind::Tls,
                "the TLS certificate cannot be used",
                error.to_owned(),
            )
        };
        let decode = |text: &str| {
            STANDARD
                .decode(text)
                .map_err(|error| broken(&error.to_string()))
        };
        let certificate = CertificateDer::from(decode(&self.certificate)?);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(decode(&self.key)?));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|error| broken(&error.to_string()))?
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key)
                .map_err(|error| broken(&error.to_string()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Ready {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            authority: self.authority.clone(),
        })
    }
}

/// What the file holds; nothing when there is none, or when it is of another version.
fn read(file: &Path) -> Result<Option<Kept>, Error> {
    match fs::read(file) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let text = format!("{} cannot be read", file.display());
            Err(Error::new(ErrorKind::Tls, text, error))
        }
    }
}

fn unwritten(file: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(
        ErrorKind::Tls,
        format!("{} cannot be written", file.display()),
        error,
    )
}

/// Less than browsers put up with.
const VALIDITY_DAYS: u32 = 397;
/// A kept certificate that ends sooner is made anew.
const REST_DAYS: i64 = 30;
const KEPT_FILE: &str = "tls.json";
