//! The batch session: open, upload the parts, close.

use std::collections::BTreeMap;

use http::HeaderName;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};

use super::EncryptionInfo;
use crate::operation::sessions as operation;
use crate::ops::invoices::CompressionType;
use crate::ops::{answers, calls, is_its_body};
use crate::request::{FEATURE, Request};
use crate::wire;

/// Opens a batch session (`OpenBatchSessionRequest`) for one package of invoices.
///
/// Refusals: 21157 for a part that is too large, 21161 for more than 50 parts, 21470 for an unknown public key, 21405.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenBatchSession {
    /// Form of all invoices of the package: FA (2), FA (3) or FA_RR (1).
    pub form_code: FormCode,
    /// The package.
    pub batch_file: BatchFile,
    /// Key of the session; every part is encrypted with it, from the same vector.
    pub encryption: EncryptionInfo,
    /// Whether the invoices were issued offline.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub offline_mode: bool,
    /// Feature flags, sent as headers `X-KSeF-Feature`.
    #[serde(skip)]
    pub features: Vec<String>,
}

impl OpenBatchSession {
    /// For a package of invoices of this form, encrypted with this key.
    #[must_use]
    pub const fn new(
        form_code: FormCode,
        batch_file: BatchFile,
        encryption: EncryptionInfo,
    ) -> Self {
        Self {
            form_code,
            batch_file,
            encryption,
            offline_mode: false,
            features: Vec::new(),
        }
    }

    /// Declares that the invoices were issued offline.
    #[must_use]
    pub const fn with_offline_mode(mut self) -> Self {
        self.offline_mode = true;
        self
    }

    /// With a feature flag, for example `upo-v4-3`.
    #[must_use]
    pub fn with_feature(mut self, flag: impl Into<String>) -> Self {
        self.features.push(flag.into());
        self
    }
}

impl Request for OpenBatchSession {
    calls!(operation::OPEN_BATCH);
    answers!(json OpenedBatchSession);
    is_its_body!();

    fn headers(&self) -> Vec<(HeaderName, String)> {
        self.features
            .iter()
            .map(|flag| (FEATURE, flag.clone()))
            .collect()
    }
}

/// A package of invoices (`BatchFileInfo`): one archive, cut into parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFile {
    /// Size of the archive in bytes, 1 to 5 000 000 000, before encryption.
    pub file_size: u64,
    /// SHA-256 of the archive, before encryption.
    pub file_hash: Sha256Digest,
    /// Form of the archive; ZIP when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compression_type: Option<CompressionType>,
    /// Its parts, 1 to 50, each of at most 100 000 000 bytes before encryption.
    pub file_parts: Vec<BatchFilePart>,
}

impl BatchFile {
    /// An archive of this digest and size, cut into these parts.
    #[must_use]
    pub fn new(
        archive: (Sha256Digest, u64),
        compression: CompressionType,
        parts: impl IntoIterator<Item = BatchFilePart>,
    ) -> Self {
        Self {
            file_size: archive.1,
            file_hash: archive.0,
            compression_type: Some(compression),
            file_parts: parts.into_iter().collect(),
        }
    }
}

/// A part of a package (`BatchFilePartInfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFilePart {
    /// Place of the part, from 1.
    pub ordinal_number: u32,
    /// Size of the ciphertext in bytes.
    pub file_size: u64,
    /// SHA-256 of the ciphertext.
    pub file_hash: Sha256Digest,
}

/// An open batch session (`OpenBatchSessionResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenedBatchSession {
    /// Its reference.
    pub reference_number: SessionRef,
    /// How each part is to be uploaded.
    pub part_upload_requests: Vec<PartUpload>,
}

/// How a part is to be uploaded (`PartUploadRequest`): exactly so, without a bearer. The address works for twenty
/// minutes times the number of parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartUpload {
    /// Place of the part, from 1.
    pub ordinal_number: u32,
    /// HTTP method.
    pub method: String,
    /// Presigned address. A secret: who has it can write the part.
    #[serde(with = "wire::secret")]
    pub url: SecretText,
    /// Headers that have to be sent.
    #[serde(deserialize_with = "wire::texts_by_name")]
    pub headers: BTreeMap<String, Option<String>>,
}

/// Closes a batch session, after which the package is processed.
///
/// Refusals: 21157 when a part has another size than was declared, 21173 (also for some seconds after the opening),
/// 21180 when it is closed already, 21205 when a part is missing, 21208 when the time for uploading is over, 21405.
#[derive(Clone, Copy, Debug)]
pub struct CloseBatchSession {
    session: SessionRef,
}

impl CloseBatchSession {
    /// This session.
    #[must_use]
    pub const fn new(session: SessionRef) -> Self {
        Self { session }
    }
}

impl Request for CloseBatchSession {
    calls!(operation::CLOSE_BATCH, path: |this| [this.session.as_str()]);
    answers!(empty);
}
