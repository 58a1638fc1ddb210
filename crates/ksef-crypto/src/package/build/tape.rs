//! A tape archive in one gzip member.
//!
//! Each segment is compressed from a clean state and ends with an empty stored block, which brings it to a whole byte
//! (Z_SYNC_FLUSH): so segments compressed side by side follow one another as one stream that every gunzip reads, also
//! those that stop after the first member.

use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress};
use tar::Header;

use super::blueprint::PackedFile;
use super::failure::{BuildError, BuildErrorKind};
use super::segment::{Packed, Segment};

/// Compresses segments.
pub(super) struct Packer {
    deflate: Compress,
    tape: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            deflate: Compress::new(Compression::default(), false),
            tape: Vec::new(),
        }
    }

    pub(super) fn pack(&mut self, segment: &Segment) -> Result<Packed, BuildError> {
        self.tape.clear();
        let mut files = Vec::with_capacity(segment.files.len());
        for file in &segment.files {
            let hash = file.digest()?;
            self.tape
                .extend_from_slice(header(&file.name, file.size())?.as_bytes());
            self.tape.extend_from_slice(&file.content);
            let whole = self.tape.len().next_multiple_of(BLOCK_BYTES);
            self.tape.resize(whole, 0);
            files.push(PackedFile {
                name: file.name.clone(),
                size: file.size(),
                hash,
                zipped: None,
            });
        }
        let mut checksum = Hasher::new();
        checksum.update(&self.tape);
        let tape_bytes = self.tape.len() as u64;
        let bytes = self.deflate()?;
        // One that was large does not stay so.
        self.tape.shrink_to(KEPT_BYTES);
        Ok(Packed {
            bytes,
            files,
            tape: checksum,
            tape_bytes,
        })
    }

    fn deflate(&mut self) -> Result<Vec<u8>, BuildError> {
        let failed = |error| BuildError::with_source(BuildErrorKind::Module, error);
        self.deflate.reset();
        let mut bytes = Vec::with_capacity(self.tape.len() / 4 + 1024);
        let mut rest = self.tape.as_slice();
        loop {
            let before = self.deflate.total_in();
            self.deflate
                .compress_vec(rest, &mut bytes, FlushCompress::Sync)
                .map_err(failed)?;
            let taken = usize::try_from(self.deflate.total_in() - before).unwrap_or(usize::MAX);
            rest = rest.get(taken..).unwrap_or_default();
            // Room that is left over means that the flush is complete.
            if rest.is_empty() && bytes.len() < bytes.capacity() {
                return Ok(bytes);
            }
            bytes.reserve(bytes.capacity().max(1024));
        }
    }
}

/// Header of a file in USTAR form: the same owner, time and rights for every file.
fn header(name: &str, size: u64) -> Result<Header, BuildError> {
    let mut header = Header::new_ustar();
    header.set_path(name).map_err(|_| {
        let name = name.to_owned();
        BuildError::from(BuildErrorKind::UnusableName { name })
    })?;
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    Ok(header)
}

/// The end of the archive, after tapes of this checksum and length: two empty blocks, the last block of the stream, and
/// the trailer of gzip.
pub(super) fn tail(mut checksum: Hasher, tape_bytes: u64) -> Vec<u8> {
    checksum.update(&END_OF_TAPE);
    let length = tape_bytes.wrapping_add(END_OF_TAPE.len() as u64);
    let length = length.to_le_bytes();
    let stored = u16::try_from(END_OF_TAPE.len()).unwrap_or(0);
    let mut bytes = vec![FINAL_STORED_BLOCK];
    bytes.extend(stored.to_le_bytes());
    bytes.extend((!stored).to_le_bytes());
    bytes.extend(END_OF_TAPE);
    bytes.extend(checksum.finalize().to_le_bytes());
    bytes.extend(length.iter().take(4));
    bytes
}

/// Begins a gzip member: deflate, no name, no time, system unknown.
pub(super) const HEAD: &[u8] = &[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
/// BFINAL and type 00, padded to a byte.
const FINAL_STORED_BLOCK: u8 = 1;
const END_OF_TAPE: [u8; 2 * BLOCK_BYTES] = [0; 2 * BLOCK_BYTES];
const BLOCK_BYTES: usize = 512;
const KEPT_BYTES: usize = 2 * 1024 * 1024;
