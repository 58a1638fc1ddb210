//! A ZIP archive: local headers with their contents, and the directory at its end, in the 64-bit form where it has to.
//!
//! Own code, because the libraries write one entry after the other on one thread. What is written is a small part of the
//! format: names in UTF-8, deflate, one fixed time (1 January 1980), no comments, no extra fields but the 64-bit ones.

use libdeflater::Compressor;

use super::blueprint::PackedFile;
use super::failure::{BuildError, BuildErrorKind};
use super::segment::{Packed, Segment, Zipped};

/// Compresses the files of a segment, each on its own, with its header before it.
pub(super) fn pack(compressor: &mut Compressor, segment: &Segment) -> Result<Packed, BuildError> {
    let mut bytes = Vec::with_capacity(segment.bytes() / 2);
    let mut files = Vec::with_capacity(segment.files.len());
    let mut content = Vec::new();
    for file in &segment.files {
        let hash = file.digest()?;
        content.resize(compressor.deflate_compress_bound(file.content.len()), 0);
        let length = compressor
            .deflate_compress(&file.content, &mut content)
            .map_err(|error| BuildError::with_source(BuildErrorKind::Module, error.to_string()))?;
        let content = content.get(..length).unwrap_or_default();
        let zipped = Zipped {
            crc: crc32fast::hash(&file.content),
            bytes: length as u64,
        };
        let record = PackedFile {
            name: file.name.clone(),
            size: file.size(),
            hash,
            zipped: Some(zipped),
        };
        bytes.extend(LOCAL_MARK);
        about(&mut bytes, &record, zipped);
        bytes.extend(record.name.as_bytes());
        bytes.extend_from_slice(content);
        files.push(record);
    }
    Ok(Packed {
        bytes,
        files,
        tape: crc32fast::Hasher::new(),
        tape_bytes: 0,
    })
}

/// Length of the header of a file, its name included.
fn local_bytes(name: &str) -> u64 {
    (LOCAL_MARK.len() + ABOUT_BYTES + name.len()) as u64
}

/// What header and directory say alike: 26 bytes.
fn about(bytes: &mut Vec<u8>, file: &PackedFile, zipped: Zipped) {
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(NAMES_ARE_UTF8.to_le_bytes());
    bytes.extend(DEFLATE.to_le_bytes());
    bytes.extend(MIDNIGHT.to_le_bytes());
    bytes.extend(FIRST_DAY.to_le_bytes());
    bytes.extend(zipped.crc.to_le_bytes());
    // No file, packed or not, comes near the limit of 32 bits.
    bytes.extend(short(zipped.bytes).to_le_bytes());
    bytes.extend(short(file.size).to_le_bytes());
    bytes.extend(shorter(file.name.len()).to_le_bytes());
    bytes.extend(0_u16.to_le_bytes());
}

/// The directory of all files, which stand one after the other from the beginning.
pub(super) fn directory(files: &[PackedFile]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut offset: u64 = 0;
    let mut count: u64 = 0;
    for file in files {
        let Some(zipped) = file.zipped else { continue };
        let is_far = offset >= u64::from(u32::MAX);
        let at = bytes.len();
        bytes.extend(ENTRY_MARK);
        bytes.extend(VERSION.to_le_bytes());
        about(&mut bytes, file, zipped);
        if is_far {
            // The length of the extra field, which `about` left empty, and what is needed to read it.
            let extra = at + ENTRY_MARK.len() + 2 + ABOUT_BYTES - 2;
            let needed = at + ENTRY_MARK.len() + 2;
            for (place, value) in [(extra, FAR_BYTES), (needed, VERSION64)] {
                if let Some(field) = bytes.get_mut(place..place + 2) {
                    field.copy_from_slice(&value.to_le_bytes());
                }
            }
        }
        bytes.extend([0; 10]); // comment, disk, attributes
        bytes.extend(short(offset).to_le_bytes());
        bytes.extend(file.name.as_bytes());
        if is_far {
            bytes.extend(1_u16.to_le_bytes());
            bytes.extend(8_u16.to_le_bytes());
            bytes.extend(offset.to_le_bytes());
        }
        offset += local_bytes(&file.name) + zipped.bytes;
        count += 1;
    }
    let length = bytes.len() as u64;
    end(&mut bytes, count, length, offset);
    bytes
}

/// The end of the directory of this many files and this length, which begins at `offset`.
fn end(bytes: &mut Vec<u8>, count: u64, length: u64, offset: u64) {
    if offset >= u64::from(u32::MAX) {
        let at = offset + length;
        bytes.extend(END64_MARK);
        bytes.extend(44_u64.to_le_bytes());
        bytes.extend(VERSION64.to_le_bytes());
        bytes.extend(VERSION64.to_le_bytes());
        bytes.extend([0; 8]); // disks
        for number in [count, count, length, offset] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(LOCATOR_MARK);
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(at.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
    }
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    bytes.extend(END_MARK);
    bytes.extend([0; 4]); // disks
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(short(length).to_le_bytes());
    bytes.extend(short(offset).to_le_bytes());
    bytes.extend(0_u16.to_le_bytes());
}

/// A number in 32 bits; what does not fit says that it stands in the 64-bit form.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn shorter(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

const LOCAL_MARK: [u8; 4] = *b"PK\x03\x04";
const ENTRY_MARK: [u8; 4] = *b"PK\x01\x02";
const END_MARK: [u8; 4] = *b"PK\x05\x06";
const END64_MARK: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_MARK: [u8; 4] = *b"PK\x06\x07";
/// 2.0: deflate.
const VERSION: u16 = 20;
/// 4.5: 64-bit fields.
const VERSION64: u16 = 45;
const NAMES_ARE_UTF8: u16 = 0x0800;
const DEFLATE: u16 = 8;
const MIDNIGHT: u16 = 0;
/// 1 January 1980.
const FIRST_DAY: u16 = 0x0021;
const ABOUT_BYTES: usize = 26;
/// Tag, length and the 64-bit offset.
const FAR_BYTES: u16 = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256;

    #[test]
    fn beyond_four_gigabytes_offsets_have_64_bits() {
        let file = |name: &str| PackedFile {
            name: name.to_owned(),
            size: 4_000_000_000,
            hash: sha256(b""),
            zipped: Some(Zipped {
                crc: 1,
                bytes: 4_000_000_000,
            }),
        };
        let files = [file("a"), file("b"), file("c")];
        let far = 2 * (4_000_000_000 + local_bytes("a"));
        let bytes = directory(&files);
        let ends = far.to_le_bytes();
        assert_eq!(
            bytes.windows(8).filter(|window| *window == ends).count(),
            1,
            "the offset of the third"
        );
        let start = (far + 4_000_000_000 + local_bytes("a")).to_le_bytes();
        assert!(bytes.windows(8).any(|window| window == start));
        assert_eq!(&bytes[bytes.len() - 22..][..4], END_MARK);
        assert_eq!(&bytes[bytes.len() - 42..][..4], LOCATOR_MARK);
        let near = directory(&files[..1]);
        assert!(!near.windows(4).any(|window| window == LOCATOR_MARK));
    }
}
