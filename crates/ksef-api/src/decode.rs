//! Reading answers: status, media type, JSON bodies and verified downloads.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use ksef_core::digest::Sha256Digest;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemKind, is_html};

/// The header of downloads that carries the Base64 SHA-256 of the body.
pub const META_HASH: HeaderName = HeaderName::from_static("x-ms-meta-hash");

/// A document as the server delivered it, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// The document.
    pub bytes: Bytes,
    /// SHA-256 that the server announced in `x-ms-meta-hash`; it was compared with the bytes.
    pub meta_hash: Option<Sha256Digest>,
}

/// An answer that is not the success that was asked for.
#[derive(Debug)]
pub struct DecodeError {
    inner: Box<Inner>,
}

#[derive(Debug)]
enum Inner {
    Problem(Problem),
    UnexpectedStatus {
        status: u16,
    },
    MalformedBody {
        bytes: usize,
        source: serde_json::Error,
    },
    MalformedHash,
    HashMismatch {
        announced: Sha256Digest,
        computed: Sha256Digest,
    },
}

/// Classes of [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The server, or something in front of it, refused; see [`DecodeError::problem`].
    Problem,
    /// A status that is neither success nor refusal, for example a redirect.
    UnexpectedStatus,
    /// The body is not the JSON that the contract describes.
    MalformedBody,
    /// `x-ms-meta-hash` is not the Base64 form of a SHA-256.
    MalformedHash,
    /// The downloaded bytes differ from what `x-ms-meta-hash` announced.
    HashMismatch,
}

impl DecodeError {
    /// The class of the error.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        match *self.inner {
            Inner::Problem(_) => DecodeErrorKind::Problem,
            Inner::UnexpectedStatus { .. } => DecodeErrorKind::UnexpectedStatus,
            Inner::MalformedBody { .. } => DecodeErrorKind::MalformedBody,
            Inner::MalformedHash => DecodeErrorKind::MalformedHash,
            Inner::HashMismatch { .. } => DecodeErrorKind::HashMismatch,
        }
    }

    /// The refusal, when there is one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match &*self.inner {
            Inner::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// The refusal by value; the error itself when it is of another kind.
    ///
    /// # Errors
    /// The unchanged error when it carries no problem.
    pub fn into_problem(self) -> Result<Problem, Self> {
        match *self.inner {
            Inner::Problem(problem) => Ok(problem),
            other => Err(Self {
                inner: Box::new(other),
            }),
        }
    }
}

impl From<Problem> for DecodeError {
    fn from(problem: Problem) -> Self {
        Inner::Problem(problem).into()
    }
}

impl From<Inner> for DecodeError {
    fn from(inner: Inner) -> Self {
        Self {
            inner: Box::new(inner),
        }
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.inner {
            Inner::Problem(problem) => problem.fmt(f),
            Inner::UnexpectedStatus { status } => write!(f, "unexpected http status {status}"),
            Inner::MalformedBody { bytes, .. } => {
                write!(f, "answer of {bytes} bytes is not the json of the contract")
            }
            Inner::MalformedHash => write!(f, "header x-ms-meta-hash is not a base64 sha-256"),
            Inner::HashMismatch {
                announced,
                computed,
            } => write!(
                f,
                "downloaded bytes have sha-256 {} but the server announced {}",
                computed.to_base64(),
                announced.to_base64()
            ),
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.inner {
            Inner::MalformedBody { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Lets a success pass; any 2xx counts, because a server may answer 200 where 201 is documented.
///
/// Also for uploads to presigned addresses, which are no operations.
///
/// # Errors
/// [`DecodeError`] for refusals and for pages of a firewall.
pub fn success(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Result<(), DecodeError> {
    if status.is_success() {
        // A firewall may serve its page with 200; no operation answers HTML.
        if is_html(headers, body) {
            let mut problem = Problem::decode(status, headers, body);
            if !matches!(problem.kind, ProblemKind::Firewall(_)) {
                problem.kind = ProblemKind::Firewall(Default::default());
            }
            return Err(problem.into());
        }
        return Ok(());
    }
    if status.is_client_error() || status.is_server_error() {
        return Err(Problem::decode(status, headers, body).into());
    }
    Err(Inner::UnexpectedStatus {
        status: status.as_u16(),
    }
    .into())
}

/// Reads a JSON answer.
pub(crate) fn json<T: DeserializeOwned>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<T, DecodeError> {
    success(status, headers, body)?;
    serde_json::from_slice(body).map_err(|source| {
        Inner::MalformedBody {
            bytes: body.len(),
            source,
        }
        .into()
    })
}

/// Reads a document and compares it with `x-ms-meta-hash` when the server sent one.
///
/// Also for downloads from presigned addresses, which are no operations.
///
/// # Errors
/// [`DecodeError`] for refusals, a malformed hash, and bytes that do not have the announced hash.
pub fn downloaded(
    status: StatusCode,
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Downloaded, DecodeError> {
    success(status, headers, &body)?;
    let meta_hash = match headers.get(META_HASH) {
        None => None,
        Some(value) => {
            let announced = value
                .to_str()
                .ok()
                .and_then(|text| Sha256Digest::from_base64(text.trim()).ok())
                .ok_or(Inner::MalformedHash)?;
            let computed = sha256(&body);
            if announced != computed {
                return Err(Inner::HashMismatch {
                    announced,
                    computed,
                }
                .into());
            }
            Some(announced)
        }
    };
    Ok(Downloaded {
        bytes: body,
        meta_hash,
    })
}

/// Whether the headers name this media type, parameters ignored.
pub(crate) fn has_media_type(headers: &HeaderMap, accepts: impl Fn(&str) -> bool) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            let essence = value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase();
            accepts(&essence)
        })
}

fn sha256(bytes: &[u8]) -> Sha256Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut array = [0_u8; 32];
    // SHA-256 is 32 bytes long, so every place is written.
    for (place, byte) in array.iter_mut().zip(digest.as_ref()) {
        *place = *byte;
    }
    Sha256Digest::from_bytes(array)
}
