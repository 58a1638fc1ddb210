//! ZIP archives.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::{Bounded, Entry, Limits, PackageError};

/// Shows every file to `visit`.
pub(super) fn read<R, E>(
    mut archive: R,
    limits: &Limits,
    mut visit: impl FnMut(Entry<'_>) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read + Seek,
    E: From<PackageError>,
{
    // The directory is held in memory, so what it claims to hold is looked at first.
    if announced(&mut archive).is_none_or(|entries| entries > directory_max(limits)) {
        return Err(PackageError::too_many(limits).into());
    }
    let mut archive = ZipArchive::new(archive).map_err(PackageError::malformed)?;
    let mut left = limits.total_bytes_max;
    let mut files: u64 = 0;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(PackageError::malformed)?;
        if !file.is_file() {
            continue;
        }
        files += 1;
        if files > limits.entries_max {
            return Err(PackageError::too_many(limits).into());
        }
        let name = file.name().map_err(PackageError::malformed)?.into_owned();
        let mut content = Bounded {
            inner: file,
            left: &mut left,
            total_bytes_max: limits.total_bytes_max,
        };
        visit(Entry {
            name: &name,
            content: &mut content,
        })?;
    }
    Ok(())
}

/// Most entries of a directory, folders included.
fn directory_max(limits: &Limits) -> u64 {
    limits
        .entries_max
        .saturating_mul(2)
        .clamp(DIRECTORY_MIN, DIRECTORY_MAX)
}

/// How many entries the end of the archive announces; `None` when it announces more than the classic form can. An
/// archive without an end announces none, and is refused by who reads it.
fn announced(archive: &mut (impl Read + Seek)) -> Option<u64> {
    let length = archive.seek(SeekFrom::End(0)).unwrap_or(0);
    let tail = length.min(END_BYTES_MAX);
    let mut bytes = Vec::new();
    let read = archive
        .seek(SeekFrom::Start(length - tail))
        .and_then(|_| archive.by_ref().take(tail).read_to_end(&mut bytes))
        .and_then(|_| archive.seek(SeekFrom::Start(0)));
    if read.is_err() {
        return Some(0);
    }
    let end = bytes
        .windows(END_MARK.len())
        .rposition(|window| window == END_MARK);
    let count = end
        .and_then(|at| bytes.get(at + 10..at + 12))
        .and_then(|count| <[u8; 2]>::try_from(count).ok())
        .map_or(0, u16::from_le_bytes);
    (count != u16::MAX).then_some(u64::from(count))
}

/// Begins the end of the central directory.
const END_MARK: &[u8] = b"PK\x05\x06";
/// The end with the longest comment.
const END_BYTES_MAX: u64 = 22 + 65_535;
/// Small limits leave room for folders.
const DIRECTORY_MIN: u64 = 1_000;
/// What the classic form can announce.
const DIRECTORY_MAX: u64 = 65_534;
