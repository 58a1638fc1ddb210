//! Tape archives compressed with gzip.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType, PaxExtensions};

use super::{Bounded, Entry, Limits, PackageError};

/// Shows every file to `visit`.
///
/// Long names come in entries of their own before the file (GNU and POSIX do it differently). They are read here, with
/// a limit: the library would take a name of any length.
pub(super) fn read<R, E>(
    archive: R,
    limits: &Limits,
    mut visit: impl FnMut(Entry<'_>) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read,
    E: From<PackageError>,
{
    // Headers and padding count too: an archive of nothing but headers must end as well.
    let headers = limits.entries_max.saturating_mul(HEADER_BYTES_MAX);
    let mut left = limits.total_bytes_max.saturating_add(headers);
    let bounded = Bounded {
        inner: MultiGzDecoder::new(archive),
        left: &mut left,
        total_bytes_max: limits.total_bytes_max,
    };
    let mut archive = Archive::new(bounded);
    let entries = archive.entries().map_err(PackageError::reading)?;
    let mut files: u64 = 0;
    let mut long_name = None;
    for entry in entries.raw(true) {
        let mut entry = entry.map_err(PackageError::reading)?;
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                let name = short(&mut entry)?;
                let name = name.strip_suffix(&[0]).unwrap_or(&name);
                long_name = Some(String::from_utf8_lossy(name).into_owned());
            }
            EntryType::XHeader => {
                let extensions = short(&mut entry)?;
                let has_size = PaxExtensions::new(&extensions)
                    .filter_map(Result::ok)
                    .any(|extension| extension.key_bytes() == b"size");
                if has_size {
                    return Err(PackageError::malformed("a size outside of its header").into());
                }
                let path = PaxExtensions::new(&extensions)
                    .filter_map(Result::ok)
                    .find(|extension| extension.key_bytes() == b"path")
                    .map(|path| String::from_utf8_lossy(path.value_bytes()).into_owned());
                long_name = path.or(long_name);
            }
            EntryType::Regular | EntryType::Continuous => {
                files += 1;
                if files > limits.entries_max {
                    return Err(PackageError::too_many(limits).into());
                }
                let name = long_name
                    .take()
                    .unwrap_or_else(|| String::from_utf8_lossy(&entry.path_bytes()).into_owned());
                visit(Entry {
                    name: &name,
                    content: &mut entry,
                })?;
            }
            // It holds content, in a form that would have to be put together.
            EntryType::GNUSparse => {
                return Err(PackageError::malformed("a sparse file").into());
            }
            _ => long_name = None,
        }
    }
    finish(archive.into_inner()).map_err(E::from)
}

/// Reads what follows the end of the tape: the checksum of the compressed data stands there. Nothing else may: files of
/// a second tape would be passed over without a word.
fn finish(mut rest: impl Read) -> Result<(), PackageError> {
    let mut buffer = [0; 8 * 1024];
    loop {
        match rest.read(&mut buffer).map_err(PackageError::reading)? {
            0 => return Ok(()),
            count if buffer.iter().take(count).all(|byte| *byte == 0) => {}
            _ => {
                return Err(PackageError::malformed(
                    "something after the end of the tape",
                ));
            }
        }
    }
}

/// An entry that only says something about the next one.
fn short(entry: &mut impl Read) -> Result<Vec<u8>, PackageError> {
    let mut content = Vec::new();
    entry
        .take(NAME_BYTES_MAX + 1)
        .read_to_end(&mut content)
        .map_err(PackageError::reading)?;
    if u64::try_from(content.len()).is_ok_and(|length| length <= NAME_BYTES_MAX) {
        Ok(content)
    } else {
        Err(PackageError::malformed("a name of more than 64 KiB"))
    }
}

const NAME_BYTES_MAX: u64 = 64 * 1024;
/// Header, padding and long name of one file, generously.
const HEADER_BYTES_MAX: u64 = 4 * 1024;
