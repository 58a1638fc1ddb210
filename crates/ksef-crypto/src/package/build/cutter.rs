//! The archive as it goes by: hashed, cut into parts, each part encrypted and hashed again.

use std::fmt;
use std::io;

use ksef_core::digest::Sha256Digest;

use super::blueprint::Part;
use super::failure::{BuildError, BuildErrorKind};
use super::{PACKAGE_BYTES_MAX, PARTS_MAX};
use crate::digest::Sha256Stream;
use crate::session_key::{PieceCipher, SessionKey};

/// Where the encrypted parts of a package go, one after the other.
pub trait PartSink {
    /// A part begins; they are numbered from 1.
    ///
    /// # Errors
    /// It cannot be written.
    fn begin(&mut self, ordinal: u32) -> io::Result<()>;

    /// The next bytes of the part.
    ///
    /// # Errors
    /// They cannot be written.
    fn write(&mut self, sealed: &[u8]) -> io::Result<()>;

    /// The part is complete.
    ///
    /// # Errors
    /// It cannot be kept.
    fn end(&mut self, part: &Part) -> io::Result<()>;
}

impl<S: PartSink + ?Sized> PartSink for &mut S {
    fn begin(&mut self, ordinal: u32) -> io::Result<()> {
        (**self).begin(ordinal)
    }

    fn write(&mut self, sealed: &[u8]) -> io::Result<()> {
        (**self).write(sealed)
    }

    fn end(&mut self, part: &Part) -> io::Result<()> {
        (**self).end(part)
    }
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Discard;

impl PartSink for Discard {
    fn begin(&mut self, _: u32) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, _: &Part) -> io::Result<()> {
        Ok(())
    }
}

/// Cuts an archive.
pub(super) struct Cutter<S> {
    key: SessionKey,
    part_bytes_max: u64,
    sink: S,
    whole: Sha256Stream,
    whole_bytes: u64,
    open: Option<Sealing>,
    parts: Vec<Part>,
}

impl<S> fmt::Debug for Cutter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cutter")
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}

impl<S: PartSink> Cutter<S> {
    pub(super) fn new(key: SessionKey, part_bytes_max: u64, sink: S) -> Self {
        Self {
            key,
            part_bytes_max,
            sink,
            whole: Sha256Stream::new(),
            whole_bytes: 0,
            open: None,
            parts: Vec::new(),
        }
    }

    /// The next bytes of the archive.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> Result<(), BuildError> {
        self.whole.update(bytes);
        self.whole_bytes = self.whole_bytes.saturating_add(bytes.len() as u64);
        if self.whole_bytes > PACKAGE_BYTES_MAX {
            return Err(BuildErrorKind::TooLarge.into());
        }
        while !bytes.is_empty() {
            let ordinal = self.parts.len() + 1;
            let open = match &mut self.open {
                Some(open) => open,
                None if ordinal > PARTS_MAX => return Err(BuildErrorKind::TooManyParts.into()),
                empty => {
                    let ordinal = u32::try_from(ordinal).unwrap_or(u32::MAX);
                    self.sink.begin(ordinal)?;
                    empty.insert(Sealing::new(&self.key)?)
                }
            };
            let room = self.part_bytes_max - open.plain_bytes;
            let taken = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
            let (now, later) = bytes.split_at(taken);
            self.sink.write(open.take(now)?)?;
            bytes = later;
            if open.plain_bytes == self.part_bytes_max {
                self.end_part()?;
            }
        }
        Ok(())
    }

    /// The parts, and SHA-256 and length of the archive.
    pub(super) fn finish(mut self) -> Result<(Vec<Part>, (Sha256Digest, u64)), BuildError> {
        self.end_part()?;
        Ok((self.parts, self.whole.finish()))
    }

    fn end_part(&mut self) -> Result<(), BuildError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let plain_size = open.plain_bytes;
        let (last, (sealed_hash, sealed_size)) = open.end()?;
        self.sink.write(&last)?;
        let part = Part {
            ordinal: u32::try_from(self.parts.len() + 1).unwrap_or(u32::MAX),
            plain_size,
            sealed_size,
            sealed_hash,
        };
        self.sink.end(&part)?;
        self.parts.push(part);
        Ok(())
    }
}

/// One part on its way.
pub(super) struct Sealing {
    cipher: PieceCipher,
    hash: Sha256Stream,
    pub(super) plain_bytes: u64,
    sealed: Vec<u8>,
}

impl Sealing {
    pub(super) fn new(key: &SessionKey) -> Result<Self, BuildError> {
        Ok(Self {
            cipher: key.piece_cipher()?,
            hash: Sha256Stream::new(),
            plain_bytes: 0,
            sealed: Vec::new(),
        })
    }

    /// What the next bytes encrypt to, as far as it is known yet.
    pub(super) fn take(&mut self, plain: &[u8]) -> Result<&[u8], BuildError> {
        self.plain_bytes += plain.len() as u64;
        self.sealed.clear();
        self.cipher.update(plain, &mut self.sealed)?;
        self.hash.update(&self.sealed);
        Ok(&self.sealed)
    }

    /// The last bytes, and SHA-256 and length of all that was sealed.
    pub(super) fn end(mut self) -> Result<(Vec<u8>, (Sha256Digest, u64)), BuildError> {
        self.sealed.clear();
        self.cipher.finish(&mut self.sealed)?;
        self.hash.update(&self.sealed);
        Ok((self.sealed, self.hash.finish()))
    }
}
