//! Why a sandbox does not start.

use std::fmt;

use crate::world::store::StoreError;

/// Why a sandbox did not start; ask [`kind`](Self::kind).
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    detail: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Kinds of errors at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address cannot be listened on: taken, not of this machine, or not allowed.
    Bind,
    /// Another process has the data directory open.
    DataInUse,
    /// The data directory was written by a newer program.
    DataNewer,
    /// The data directory cannot be used, or holds something unreadable.
    Data,
    /// Keys or certificates cannot be made.
    Crypto,
    /// The machine has no thread left.
    Thread,
    /// The certificate for TLS cannot be made, read or written.
    Tls,
    /// The public address is no `http` or `https` address without a path.
    PublicUrl,
}

impl Error {
    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn new(
        kind: ErrorKind,
        detail: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            detail: detail.into(),
            source: Some(source.into()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::InUse { .. } => ErrorKind::DataInUse,
            StoreError::Newer { .. } => ErrorKind::DataNewer,
            _ => ErrorKind::Data,
        };
        let detail = error.to_string();
        let source = match error {
            StoreError::Database { source, .. } => Some(source as _),
            StoreError::Directory { source, .. } => Some(source.into()),
            _ => None,
        };
        Self {
            kind,
            detail,
            source,
        }
    }
}

impl From<ksef_crypto::error::Error> for Error {
    fn from(error: ksef_crypto::error::Error) -> Self {
        Self::new(
            ErrorKind::Crypto,
            "the keys of the sandbox cannot be made",
            error,
        )
    }
}
