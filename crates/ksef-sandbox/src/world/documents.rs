//! Documents: bytes that are never changed, under the name of what they belong to.

use std::fmt;

use bytes::Bytes;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{InvoiceRef, UpoRef};
use ksef_crypto::digest::sha256;
use serde::{Deserialize, Serialize};

use super::record::Record;

/// Under which name a document is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum DocumentName {
    /// Ciphertext of an invoice whose processing has not ended.
    Sealed(InvoiceRef),
    /// XML of an invoice out of a package whose processing has not ended.
    Received(InvoiceRef),
    /// XML of an accepted invoice.
    Invoice(InvoiceRef),
    /// UPO of an accepted invoice.
    InvoiceUpo(InvoiceRef),
    /// Page of the UPO of a session.
    SessionUpo(UpoRef),
}

impl DocumentName {
    fn parse(text: &str) -> Option<Self> {
        let (kind, reference) = text.split_once('/')?;
        match kind {
            "sealed" => InvoiceRef::parse(reference).ok().map(Self::Sealed),
            "received" => InvoiceRef::parse(reference).ok().map(Self::Received),
            "invoice" => InvoiceRef::parse(reference).ok().map(Self::Invoice),
            "invoice-upo" => InvoiceRef::parse(reference).ok().map(Self::InvoiceUpo),
            "session-upo" => UpoRef::parse(reference).ok().map(Self::SessionUpo),
            _ => None,
        }
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed(reference) => write!(f, "sealed/{reference}"),
            Self::Received(reference) => write!(f, "received/{reference}"),
            Self::Invoice(reference) => write!(f, "invoice/{reference}"),
            Self::InvoiceUpo(reference) => write!(f, "invoice-upo/{reference}"),
            Self::SessionUpo(reference) => write!(f, "session-upo/{reference}"),
        }
    }
}

/// A document: its bytes, never changed, and their digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Document {
    name: DocumentName,
    #[serde(with = "plain_bytes")]
    bytes: Bytes,
    digest: Sha256Digest,
}

impl Document {
    /// A document with these bytes.
    pub(crate) fn new(name: DocumentName, bytes: Bytes) -> Self {
        let digest = sha256(&bytes);
        Self {
            name,
            bytes,
            digest,
        }
    }

    /// A document whose digest was computed already.
    pub(crate) fn with_digest(name: DocumentName, bytes: Bytes, digest: Sha256Digest) -> Self {
        Self {
            name,
            bytes,
            digest,
        }
    }

    /// Under which name it is kept.
    pub(crate) fn name(&self) -> DocumentName {
        self.name
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(crate) fn digest(&self) -> &Sha256Digest {
        &self.digest
    }
}

impl Record for Document {
    const TABLE: &'static str = "documents";
    type Key = DocumentName;

    fn key(&self) -> DocumentName {
        self.name
    }

    /// The bytes as they are: neither name nor digest is stored.
    fn encode(&self) -> Vec<u8> {
        self.bytes.to_vec()
    }

    fn decode(key: &str, bytes: &[u8]) -> Result<Self, String> {
        let name = DocumentName::parse(key).ok_or_else(|| "a name of no document".to_owned())?;
        Ok(Self::new(name, Bytes::copy_from_slice(bytes)))
    }
}

mod plain_bytes {
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        bytes.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        Vec::<u8>::deserialize(deserializer).map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_stored_as_they_are() {
        let invoice = InvoiceRef::parse("20250625-EE-319D7EE000-B67F415CDC-2C").unwrap();
        let page = UpoRef::parse("20250901-EU-47FDBE3000-5961A5D232-BF").unwrap();
        for name in [
            DocumentName::Sealed(invoice),
            DocumentName::Received(invoice),
            DocumentName::Invoice(invoice),
            DocumentName::InvoiceUpo(invoice),
            DocumentName::SessionUpo(page),
        ] {
            let document = Document::new(name, Bytes::from_static(b"<a/>"));
            assert_eq!(document.encode(), b"<a/>");
            let again = Document::decode(&name.to_string(), b"<a/>").unwrap();
            assert_eq!((again.name, again.digest), (name, document.digest));
        }
        assert!(Document::decode("other/x", b"").is_err());
    }
}
