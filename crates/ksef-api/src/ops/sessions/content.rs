//! Encrypted content of an invoice on its way into or out of a JSON body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Encrypted content: as ciphertext, which is encoded straight into the body, or as Base64 made earlier.
#[derive(Clone, Debug)]
pub struct InvoiceContent(Form);

#[derive(Clone, Debug)]
enum Form {
    Ciphertext(Bytes),
    /// ASCII that needs no escaping in JSON.
    Base64(String),
}

impl InvoiceContent {
    /// Of ciphertext.
    #[must_use]
    pub fn from_ciphertext(ciphertext: impl Into<Bytes>) -> Self {
        Self(Form::Ciphertext(ciphertext.into()))
    }

    /// Of Base64 text (standard alphabet, padded), which goes into the body as it is.
    ///
    /// `None` when the text holds characters that no Base64 has; whether it decodes is the receiver's business.
    #[must_use]
    pub fn from_base64(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        is_plain(text.as_bytes()).then_some(Self(Form::Base64(text)))
    }

    /// The ciphertext; `None` when the Base64 is malformed.
    #[must_use]
    pub fn ciphertext(&self) -> Option<Bytes> {
        match &self.0 {
            Form::Ciphertext(bytes) => Some(bytes.clone()),
            Form::Base64(text) => base64_simd::STANDARD
                .decode_to_vec(text.as_bytes())
                .ok()
                .map(Bytes::from),
        }
    }

    /// Length of the Base64 form in bytes.
    pub(super) fn encoded_len(&self) -> usize {
        match &self.0 {
            Form::Ciphertext(bytes) => bytes.len().div_ceil(3).saturating_mul(4),
            Form::Base64(text) => text.len(),
        }
    }

    /// Appends the Base64 form.
    pub(super) fn append_base64(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Form::Ciphertext(bytes) => base64_simd::STANDARD.encode_append(bytes, out),
            Form::Base64(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
}

/// No quote, backslash, control character or non-ASCII byte; written so that it vectorises.
fn is_plain(text: &[u8]) -> bool {
    !text.iter().fold(false, |foreign, &byte| {
        foreign | !byte.is_ascii_graphic() | (byte == b'"') | (byte == b'\\')
    })
}

impl PartialEq for InvoiceContent {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Base64(mine), Form::Base64(theirs)) => mine == theirs,
            _ => self.ciphertext() == other.ciphertext(),
        }
    }
}

impl Eq for InvoiceContent {}

impl Serialize for InvoiceContent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Ciphertext(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            Form::Base64(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for InvoiceContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_base64(String::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("content is not base64"))
    }
}
