//! A run of files that is compressed as one, independently of what stands before and after it.

use ksef_core::digest::Sha256Digest;
use libdeflater::{CompressionLvl, Compressor};

use super::blueprint::PackedFile;
use super::failure::{BuildError, BuildErrorKind};
use super::{tape, zipped};
use crate::digest::sha256;
use crate::package::ArchiveForm;

/// A file to be packed.
#[derive(Debug)]
pub(super) struct InputFile {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
    pub(super) expected: Option<Sha256Digest>,
}

impl InputFile {
    /// Its digest, which is the one expected.
    pub(super) fn digest(&self) -> Result<Sha256Digest, BuildError> {
        let digest = sha256(&self.content);
        if self.expected.is_some_and(|expected| expected != digest) {
            let name = self.name.clone();
            return Err(BuildErrorKind::Changed { name }.into());
        }
        Ok(digest)
    }

    /// Its length in bytes.
    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.content.len()).unwrap_or(u64::MAX)
    }
}

/// Files gathered until they are enough.
#[derive(Debug, Default)]
pub(super) struct Segment {
    pub(super) files: Vec<InputFile>,
    bytes: usize,
}

impl Segment {
    pub(super) fn push(&mut self, file: InputFile) {
        self.bytes += file.content.len() + FILE_OVERHEAD;
        self.files.push(file);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether the next file begins another segment. A rule on the files alone, so that the bytes repeat themselves.
    pub(super) const fn is_full(&self) -> bool {
        self.bytes >= SEGMENT_BYTES
    }

    /// What it holds, roughly.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// A compressed segment.
#[derive(Debug)]
pub(super) struct Packed {
    /// Its bytes in the archive.
    pub(super) bytes: Vec<u8>,
    /// Its files.
    pub(super) files: Vec<PackedFile>,
    /// Of a tape: CRC-32 of the bytes before compression.
    pub(super) tape: crc32fast::Hasher,
    /// Their number.
    pub(super) tape_bytes: u64,
}

/// What the directory of a ZIP says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Zipped {
    pub(super) crc: u32,
    pub(super) bytes: u64,
}

/// Compresses segments of one form; holds what a compressor needs, so one serves many segments.
pub(super) enum Packer {
    Tape(tape::Packer),
    Zip(Box<Compressor>),
}

impl Packer {
    pub(super) fn new(form: ArchiveForm) -> Self {
        match form {
            ArchiveForm::TarGz => Self::Tape(tape::Packer::new()),
            ArchiveForm::Zip => {
                let level = CompressionLvl::default();
                Self::Zip(Box::new(Compressor::new(level)))
            }
        }
    }

    pub(super) fn pack(&mut self, segment: &Segment) -> Result<Packed, BuildError> {
        match self {
            Self::Tape(packer) => packer.pack(segment),
            Self::Zip(compressor) => zipped::pack(compressor, segment),
        }
    }
}

/// Long enough that compressing each on its own costs about a percent, short enough to keep several in memory.
const SEGMENT_BYTES: usize = 1024 * 1024;
/// Header and padding of a file, roughly.
const FILE_OVERHEAD: usize = 768;
