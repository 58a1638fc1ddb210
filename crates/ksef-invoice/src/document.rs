//! An invoice as it is sent: immutable bytes and their digest.

use std::fmt;
use std::sync::Arc;

use ksef_core::digest::Sha256Digest;

/// An invoice document. Nothing is serialised again once it was hashed; clones share the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoiceDocument {
    bytes: Arc<[u8]>,
    digest: Sha256Digest,
}

impl InvoiceDocument {
    /// The document with these bytes. `digest` must be the SHA-256 of `bytes`: the caller computes
    /// it, because this crate has no cryptography.
    #[must_use]
    pub fn new(bytes: impl Into<Arc<[u8]>>, digest: Sha256Digest) -> Self {
        Self {
            bytes: bytes.into(),
            digest,
        }
    }

    /// The bytes as sent to or received from KSeF.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub const fn digest(&self) -> Sha256Digest {
        self.digest
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for InvoiceDocument {
    /// Size and digest; the content stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvoiceDocument")
            .field("bytes", &self.bytes.len())
            .field("digest", &self.digest)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_bytes_and_debug_hides_them() {
        let document = InvoiceDocument::new(&b"<secret/>"[..], Sha256Digest::from_bytes([7; 32]));
        let clone = document.clone();
        assert!(std::ptr::eq(document.bytes(), clone.bytes()));
        assert_eq!(document.size(), 9);
        assert!(!format!("{document:?}").contains("secret"));
    }
}
