//! SHA-256, at once or in pieces.
//!
//! KSeF hashes every invoice, ciphertext, archive and part with SHA-256 (facts 13 §8).

use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, Digest, SHA256, SHA256_OUTPUT_LEN};
use ksef_core::digest::Sha256Digest;

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Sha256Digest {
    value(&aws_lc_rs::digest::digest(&SHA256, bytes))
}

/// SHA-256 and length of everything that `reader` yields, in constant memory.
///
/// # Errors
/// The error of the reader.
pub fn sha256_reader(mut reader: impl Read) -> io::Result<(Sha256Digest, u64)> {
    let mut stream = Sha256Stream::new();
    io::copy(&mut reader, &mut stream)?;
    Ok(stream.finish())
}

/// SHA-256 computed piece by piece; also counts the bytes.
///
/// As a [`Write`] it can stand at the end of `io::copy`.
#[derive(Clone)]
pub struct Sha256Stream {
    context: Context,
    bytes: u64,
}

impl Sha256Stream {
    /// An empty stream.
    #[must_use]
    pub fn new() -> Self {
        Self {
            context: Context::new(&SHA256),
            bytes: 0,
        }
    }

    /// Adds the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.context.update(piece);
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
    }

    /// The digest and the number of bytes.
    #[must_use]
    pub fn finish(self) -> (Sha256Digest, u64) {
        (value(&self.context.finish()), self.bytes)
    }
}

impl Default for Sha256Stream {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sha256Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sha256Stream")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Write for Sha256Stream {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reader or writer whose bytes are hashed and counted as they go by.
#[derive(Debug)]
pub struct Hashing<T> {
    inner: T,
    digest: Sha256Stream,
}

impl<T> Hashing<T> {
    /// Of what will be read from, or written to, `inner`.
    #[must_use]
    pub fn new(inner: T) -> Self {
        let digest = Sha256Stream::new();
        Self { inner, digest }
    }

    /// What went by: its digest and its length. A buffer that was written to is not flushed by this.
    #[must_use]
    pub fn finish(self) -> (Sha256Digest, u64) {
        self.digest.finish()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(piece)?;
        self.digest.update(piece.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn value(digest: &Digest) -> Sha256Digest {
    let mut bytes = [0; SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(digest.as_ref());
    Sha256Digest::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answer_and_pieces_agree() {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let whole = sha256(b"abc");
        assert_eq!(
            hex(whole.as_bytes()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let mut stream = Sha256Stream::new();
        stream.update(b"a");
        stream.update(b"");
        stream.update(b"bc");
        assert_eq!(stream.finish(), (whole, 3));
        assert_eq!(sha256_reader(&b"abc"[..]).unwrap(), (whole, 3));
        let mut read = Hashing::new(&b"abc"[..]);
        let mut written = Hashing::new(Vec::new());
        io::copy(&mut read, &mut written).unwrap();
        assert_eq!((read.finish(), written.finish()), ((whole, 3), (whole, 3)));
    }
}
