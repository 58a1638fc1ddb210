//! The exact bytes of issued invoices, beside the journal of their context: what is sent is what was issued.

use std::io;
use std::path::{Path, PathBuf};

use ksef_core::digest::Sha256Digest;
use ksef_crypto::digest::sha256;

use crate::durable::{self, Access};

/// Where they are: `state/journal/ENVIRONMENT/CONTEXT.outbox/`, private to the owner.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// Beside this journal.
    pub(crate) fn beside(journal: &Path) -> Self {
        Self {
            folder: journal.with_extension("outbox"),
        }
    }

    /// The file of the invoice with this hash.
    pub(crate) fn path(&self, hash: &Sha256Digest) -> PathBuf {
        self.folder.join(format!("{}.xml", hash.to_hex()))
    }

    /// Keeps an invoice, durable on return.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn keep(&self, hash: &Sha256Digest, bytes: &[u8]) -> io::Result<()> {
        if self.read(hash).is_some() {
            return Ok(());
        }
        durable::replace(&self.path(hash), bytes, Access::Private)
    }

    /// The invoice with this hash; `None` when it is not there, or not what it was.
    pub(crate) fn read(&self, hash: &Sha256Digest) -> Option<Vec<u8>> {
        let bytes = std::fs::read(self.path(hash)).ok()?;
        (sha256(&bytes) == *hash).then_some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::beside(&folder.path().join("Nip-5265877635.jsonl"));
        let (bytes, hash) = (b"<Faktura/>", sha256(b"<Faktura/>"));
        assert_eq!(shelf.read(&hash), None);
        shelf.keep(&hash, bytes).unwrap();
        assert_eq!(shelf.read(&hash).as_deref(), Some(&bytes[..]));
        // A copy that somebody changed is none; keeping repairs it.
        std::fs::write(shelf.path(&hash), b"<Faktura>").unwrap();
        assert_eq!(shelf.read(&hash), None);
        shelf.keep(&hash, bytes).unwrap();
        assert_eq!(shelf.read(&hash).as_deref(), Some(&bytes[..]));
    }
}
