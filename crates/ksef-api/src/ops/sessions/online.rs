//! The online session: open, send, close.

use bytes::Bytes;
use http::HeaderName;
use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::key_id::KeyId;
use ksef_core::reference::{InvoiceRef, SessionRef};
use serde::{Deserialize, Serialize};

use super::InvoiceContent;
use crate::operation::sessions as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::{Body, EncodeError, FEATURE, Request};
use crate::{timestamp, wire};

/// Opens an online session (`OpenOnlineSessionRequest`); it lives for twelve hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenOnlineSession {
    /// Form of all invoices of the session.
    pub form_code: FormCode,
    /// Key of the session.
    pub encryption: EncryptionInfo,
    /// Feature flags, sent as headers `X-KSeF-Feature`.
    #[serde(skip)]
    pub features: Vec<String>,
}

impl OpenOnlineSession {
    /// For invoices of this form, encrypted with this key.
    #[must_use]
    pub const fn new(form_code: FormCode, encryption: EncryptionInfo) -> Self {
        Self {
            form_code,
            encryption,
            features: Vec::new(),
        }
    }

    /// With a feature flag, for example `upo-v4-3`.
    #[must_use]
    pub fn with_feature(mut self, flag: impl Into<String>) -> Self {
        self.features.push(flag.into());
        self
    }
}

impl Request for OpenOnlineSession {
    calls!(operation::OPEN_ONLINE);
    answers!(json OpenedOnlineSession);
    is_its_body!();

    fn headers(&self) -> Vec<(HeaderName, String)> {
        self.features
            .iter()
            .map(|flag| (FEATURE, flag.clone()))
            .collect()
    }
}

/// The symmetric key of a session, wrapped for the server (`EncryptionInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EncryptionInfo {
    /// The AES-256 key, encrypted with RSA-OAEP (SHA-256).
    #[serde(with = "wire::base64")]
    pub encrypted_symmetric_key: Bytes,
    /// The initialisation vector, 16 bytes; never part of the ciphertext.
    #[serde(with = "wire::base64")]
    pub initialization_vector: Bytes,
    /// Key that the symmetric key was wrapped with. Always send it: the next version of the API requires it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key_id: Option<KeyId>,
}

impl EncryptionInfo {
    /// With the wrapped key, the vector, and the public key that wrapped.
    #[must_use]
    pub fn new(
        encrypted_symmetric_key: impl Into<Bytes>,
        initialization_vector: [u8; 16],
        public_key: KeyId,
    ) -> Self {
        Self {
            encrypted_symmetric_key: encrypted_symmetric_key.into(),
            initialization_vector: Bytes::copy_from_slice(&initialization_vector),
            public_key_id: Some(public_key),
        }
    }
}

/// An open session (`OpenOnlineSessionResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenedOnlineSession {
    /// Its reference.
    pub reference_number: SessionRef,
    /// When the server closes it by itself.
    #[serde(with = "timestamp::wire")]
    pub valid_until: Timestamp,
}

/// Sends one invoice into an open session.
#[derive(Clone, Debug)]
pub struct SendInvoice {
    session: SessionRef,
    body: SendInvoiceBody,
}

impl SendInvoice {
    /// Into this session.
    #[must_use]
    pub const fn new(session: SessionRef, body: SendInvoiceBody) -> Self {
        Self { session, body }
    }
}

impl Request for SendInvoice {
    calls!(operation::SEND_INVOICE, path: |this| [this.session.as_str()]);
    answers!(json SentInvoice);

    fn body(&self) -> Result<Body, EncodeError> {
        Ok(Body::Json(self.body.to_json()))
    }
}

/// An encrypted invoice with the digests of both forms (`SendInvoiceRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendInvoiceBody {
    /// SHA-256 of the XML.
    pub invoice_hash: Sha256Digest,
    /// Size of the XML in bytes, at least 1.
    pub invoice_size: u64,
    /// SHA-256 of the ciphertext.
    pub encrypted_invoice_hash: Sha256Digest,
    /// Size of the ciphertext in bytes, at least 1.
    pub encrypted_invoice_size: u64,
    /// The ciphertext.
    pub encrypted_invoice_content: InvoiceContent,
    /// Whether the invoice was issued offline.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub offline_mode: bool,
    /// SHA-256 of the rejected offline invoice that this one corrects technically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash_of_corrected_invoice: Option<Sha256Digest>,
}

/// Length of a body without its content: names, two or three digests, two sizes.
const BODY_FRAME_BYTES: usize = 400;

impl SendInvoiceBody {
    /// An invoice issued online. Each digest goes with the size of what it was taken of.
    #[must_use]
    pub const fn new(
        invoice: (Sha256Digest, u64),
        encrypted: (Sha256Digest, u64),
        content: InvoiceContent,
    ) -> Self {
        Self {
            invoice_hash: invoice.0,
            invoice_size: invoice.1,
            encrypted_invoice_hash: encrypted.0,
            encrypted_invoice_size: encrypted.1,
            encrypted_invoice_content: content,
            offline_mode: false,
            hash_of_corrected_invoice: None,
        }
    }

    /// Declares that the invoice was issued offline.
    #[must_use]
    pub const fn with_offline_mode(mut self) -> Self {
        self.offline_mode = true;
        self
    }

    /// Declares a technical correction of the rejected offline invoice with this hash; implies offline mode.
    #[must_use]
    pub const fn with_corrected_invoice(mut self, hash: Sha256Digest) -> Self {
        self.offline_mode = true;
        self.hash_of_corrected_invoice = Some(hash);
        self
    }

    /// The JSON body, written in one pass: the content is encoded straight into it.
    #[must_use]
    pub fn to_json(&self) -> Bytes {
        let content = &self.encrypted_invoice_content;
        let mut json = Vec::with_capacity(BODY_FRAME_BYTES + content.encoded_len());
        let frame = format!(
            "{{\"invoiceHash\":\"{}\",\"invoiceSize\":{},\"encryptedInvoiceHash\":\"{}\",\
             \"encryptedInvoiceSize\":{},\"offlineMode\":{}",
            self.invoice_hash.to_base64(),
            self.invoice_size,
            self.encrypted_invoice_hash.to_base64(),
            self.encrypted_invoice_size,
            self.offline_mode,
        );
        json.extend_from_slice(frame.as_bytes());
        if let Some(corrected) = &self.hash_of_corrected_invoice {
            json.extend_from_slice(b",\"hashOfCorrectedInvoice\":\"");
            json.extend_from_slice(corrected.to_base64().as_bytes());
            json.push(b'"');
        }
        json.extend_from_slice(b",\"encryptedInvoiceContent\":\"");
        content.append_base64(&mut json);
        json.extend_from_slice(b"\"}");
        json.into()
    }
}

/// A received invoice (`SendInvoiceResponse`); its checks follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentInvoice {
    /// Its reference within the session.
    pub reference_number: InvoiceRef,
}

/// Closes an online session, after which its UPO is made.
#[derive(Clone, Copy, Debug)]
pub struct CloseOnlineSession {
    session: SessionRef,
}

impl CloseOnlineSession {
    /// This session.
    #[must_use]
    pub const fn new(session: SessionRef) -> Self {
        Self { session }
    }
}

impl Request for CloseOnlineSession {
    calls!(operation::CLOSE_ONLINE, path: |this| [this.session.as_str()]);
    answers!(empty);
}
