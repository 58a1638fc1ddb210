//! What a package is, and its parts made again.

use std::io;
use std::ops::{ControlFlow, Range};

use crc32fast::Hasher;
use ksef_core::digest::Sha256Digest;
use serde::{Deserialize, Serialize};

use super::cutter::Sealing;
use super::failure::{BuildError, BuildErrorKind};
use super::segment::{InputFile, Packed, Packer, Segment, Zipped};
use super::{Source, tape, zipped};
use crate::package::ArchiveForm;
use crate::session_key::SessionKey;

/// Everything that the opening of a session declares about a package, and what is needed to make its parts again.
///
/// Holds no secret and nothing of the contents. Its serialised form is for the same version of this crate to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blueprint {
    form: ArchiveForm,
    size: u64,
    hash: Sha256Digest,
    parts: Vec<Part>,
    files: Vec<PackedFile>,
    segments: Vec<SegmentRecord>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    tape: Option<TapeSum>,
}

/// A part of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Part {
    /// Its number, from 1 (`ordinalNumber`).
    pub ordinal: u32,
    /// Bytes before encryption.
    pub plain_size: u64,
    /// Bytes as they are uploaded (`fileSize`).
    pub sealed_size: u64,
    /// SHA-256 of these (`fileHash`).
    pub sealed_hash: Sha256Digest,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PackedFile {
    /// Its name in the archive.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-256: `invoiceHash` of the invoices of the session.
    pub hash: Sha256Digest,
    /// In a ZIP: CRC-32 and length of the compressed content.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) zipped: Option<Zipped>,
}

/// Files that are compressed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct SegmentRecord {
    files: usize,
    bytes: u64,
}

/// Of all that was compressed: what the trailer of gzip says, as far as the last file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct TapeSum {
    crc: u32,
    bytes: u64,
}

impl Blueprint {
    /// Form of the archive.
    #[must_use]
    pub const fn form(&self) -> ArchiveForm {
        self.form
    }

    /// Length of the archive in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of the archive.
    #[must_use]
    pub const fn hash(&self) -> Sha256Digest {
        self.hash
    }

    /// Its parts in order; at least one.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its files in order; at least one.
    #[must_use]
    pub fn files(&self) -> &[PackedFile] {
        &self.files
    }

    /// Makes a part again, encrypted with the key of the package, from the files of the package. The work begins near
    /// the part's beginning in the archive.
    ///
    /// # Errors
    /// [`BuildErrorKind::NoSuchPart`]; [`Changed`](BuildErrorKind::Changed) when a file is not the one that was packed;
    /// [`Different`](BuildErrorKind::Different), only known at the end, when the bytes written are not the part that was
    /// declared; [`Unreadable`](BuildErrorKind::Unreadable); [`Sink`](BuildErrorKind::Sink) of the writer.
    pub fn rebuild(
        &self,
        source: &dyn Source,
        key: &SessionKey,
        ordinal: u32,
        mut writer: impl io::Write,
    ) -> Result<(), BuildError> {
        let (part, range) = self
            .part(ordinal)
            .ok_or(BuildErrorKind::NoSuchPart { ordinal })?;
        let mut sealing = Sealing::new(key)?;
        let mut at = 0;
        let mut take = |bytes: &[u8], at: u64| -> Result<(), BuildError> {
            let wanted = overlap(&range, at, bytes);
            writer.write_all(sealing.take(wanted)?)?;
            Ok(())
        };
        take(head(self.form), at)?;
        at += head(self.form).len() as u64;
        let (mut first_file, mut segments) = (0, self.segments.iter().peekable());
        while let Some(segment) = segments.next_if(|segment| at + segment.bytes <= range.start) {
            at += segment.bytes;
            first_file += segment.files;
        }
        let segments: Vec<_> = segments.copied().collect();
        self.repack(source, first_file, &segments, &mut |bytes| {
            take(bytes, at)?;
            at += bytes.len() as u64;
            Ok(at < range.end)
        })?;
        if at < range.end {
            take(&self.tail(), at)?;
        }
        let (last, sealed) = sealing.end()?;
        writer.write_all(&last)?;
        writer.flush()?;
        match sealed == (part.sealed_hash, part.sealed_size) {
            true => Ok(()),
            false => Err(BuildErrorKind::Different { ordinal }.into()),
        }
    }

    /// A part and where it stands in the archive.
    fn part(&self, ordinal: u32) -> Option<(&Part, Range<u64>)> {
        let index = usize::try_from(ordinal).ok()?.checked_sub(1)?;
        let part = self.parts.get(index)?;
        let start: u64 = self
            .parts
            .iter()
            .take(index)
            .map(|part| part.plain_size)
            .sum();
        Some((part, start..start + part.plain_size))
    }

    /// Compresses segments again, which begin with file number `first`, until `each` has enough.
    fn repack(
        &self,
        source: &dyn Source,
        first: usize,
        segments: &[SegmentRecord],
        each: &mut dyn FnMut(&[u8]) -> Result<bool, BuildError>,
    ) -> Result<(), BuildError> {
        let mut left = segments.iter();
        let Some(mut current) = left.next() else {
            return Ok(());
        };
        let mut packer = Packer::new(self.form);
        let mut open = Segment::default();
        let mut expected = self.files.iter().skip(first);
        source.read_from(first, &mut |mut file| {
            let changed = || {
                BuildError::from(BuildErrorKind::Changed {
                    name: file.name.to_owned(),
                })
            };
            let record = expected.next().ok_or_else(changed)?;
            if record.name != file.name {
                return Err(changed());
            }
            open.push(InputFile {
                name: record.name.clone(),
                content: file.read()?,
                expected: Some(record.hash),
            });
            if open.files.len() < current.files {
                return Ok(ControlFlow::Continue(()));
            }
            let packed = packer.pack(&std::mem::take(&mut open))?;
            match (each(&packed.bytes)?, left.next()) {
                (true, Some(next)) => current = next,
                _ => return Ok(ControlFlow::Break(())),
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// What stands after the last file.
    fn tail(&self) -> Vec<u8> {
        match self.tape {
            Some(TapeSum { crc, bytes }) => {
                tape::tail(Hasher::new_with_initial_len(crc, bytes), bytes)
            }
            None => zipped::directory(&self.files),
        }
    }
}

/// What `bytes`, which begin at `at`, have in common with `range`.
fn overlap<'a>(range: &Range<u64>, at: u64, bytes: &'a [u8]) -> &'a [u8] {
    let near = |position: u64| usize::try_from(position.saturating_sub(at)).unwrap_or(usize::MAX);
    let end = near(range.end).min(bytes.len());
    let start = near(range.start).min(end);
    bytes.get(start..end).unwrap_or_default()
}

/// What stands before the first file.
pub(super) const fn head(form: ArchiveForm) -> &'static [u8] {
    match form {
        ArchiveForm::Zip => &[],
        ArchiveForm::TarGz => tape::HEAD,
    }
}

/// A package that is being built.
#[derive(Debug)]
pub(super) struct Draft {
    form: ArchiveForm,
    files: Vec<PackedFile>,
    segments: Vec<SegmentRecord>,
    tape: Hasher,
    tape_bytes: u64,
}

impl Draft {
    pub(super) fn new(form: ArchiveForm) -> Self {
        Self {
            form,
            files: Vec::new(),
            segments: Vec::new(),
            tape: Hasher::new(),
            tape_bytes: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    pub(super) fn add(&mut self, packed: Packed) {
        self.segments.push(SegmentRecord {
            files: packed.files.len(),
            bytes: packed.bytes.len() as u64,
        });
        self.tape.combine(&packed.tape);
        self.tape_bytes += packed.tape_bytes;
        self.files.extend(packed.files);
    }

    /// What stands after the last file.
    pub(super) fn tail(&self) -> Vec<u8> {
        match self.form {
            ArchiveForm::Zip => zipped::directory(&self.files),
            ArchiveForm::TarGz => tape::tail(self.tape.clone(), self.tape_bytes),
        }
    }

    pub(super) fn complete(self, (hash, size): (Sha256Digest, u64), parts: Vec<Part>) -> Blueprint {
        let tape = TapeSum {
            crc: self.tape.finalize(),
            bytes: self.tape_bytes,
        };
        Blueprint {
            form: self.form,
            size,
            hash,
            parts,
            files: self.files,
            segments: self.segments,
            tape: (self.form == ArchiveForm::TarGz).then_some(tape),
        }
    }
}
