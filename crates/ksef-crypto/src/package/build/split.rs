//! How many packages a list of files needs.

use std::ops::Range;

use super::{FILES_MAX, PACKAGE_BYTES_MAX};

/// What one package may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackageLimits {
    /// Files, at least 1.
    pub files_max: usize,
    /// Bytes of the archive, as if nothing could be compressed.
    pub bytes_max: u64,
}

impl Default for PackageLimits {
    /// What KSeF takes in one session.
    fn default() -> Self {
        Self {
            files_max: FILES_MAX,
            bytes_max: PACKAGE_BYTES_MAX,
        }
    }
}

/// Cuts an ordered list of files, given by their sizes in bytes, into packages that keep the limits whatever the files
/// hold: sizes count as they are, with headers, because a file may be incompressible. The fewest packages in this order.
///
/// A file that is larger than a package stands in one alone.
#[must_use]
pub fn split(sizes: impl IntoIterator<Item = u64>, limits: &PackageLimits) -> Vec<Range<usize>> {
    let mut packages: Vec<Range<usize>> = Vec::new();
    let mut bytes = END_BYTES;
    for (index, size) in sizes.into_iter().enumerate() {
        // What deflate makes of incompressible bytes is longer by less than a thousandth.
        let size = size + size / 1000 + FILE_OVERHEAD;
        match packages.last_mut() {
            Some(open)
                if open.len() < limits.files_max
                    && bytes.saturating_add(size) <= limits.bytes_max =>
            {
                open.end = index + 1;
                bytes += size;
            }
            _ => {
                packages.push(index..index + 1);
                bytes = END_BYTES.saturating_add(size);
            }
        }
    }
    packages
}

/// Headers of a file in either form, its name in both places of a ZIP, padding.
const FILE_OVERHEAD: u64 = 1_600;
/// The end of an archive.
const END_BYTES: u64 = 2_048;
