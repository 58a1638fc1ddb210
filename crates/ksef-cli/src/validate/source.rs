//! Where documents come from.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ksef_invoice::check::Rules;
use ksef_invoice::finding::Finding;
use ksef_invoice::problem::Problem;

use super::inputs::{self, BadInput};
use crate::error::{Error, Result};
use crate::lang::text;

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file.
    File(PathBuf),
    /// The standard input.
    Stdin,
}

/// Why there are no bytes to judge.
#[derive(Debug)]
pub(crate) enum Unread {
    /// They cannot be read.
    Unreadable(io::Error),
    /// There are more than any invoice may have.
    TooLarge(Finding),
}

impl Source {
    /// The name in results: the path as given, or `-`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => STDIN.to_owned(),
        }
    }

    /// The bytes, unless there are more than any invoice may have.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Unread> {
        match self {
            Self::File(path) => read_file(path),
            Self::Stdin => read_bounded(io::stdin().lock(), invoice_bytes_max()),
        }
    }
}

impl Source {
    /// The bytes, unless there are more than `limit`.
    pub(crate) fn read_up_to(&self, limit: u64) -> Result<Vec<u8>, Unread> {
        match self {
            Self::File(path) => read_bounded(File::open(path).map_err(Unread::Unreadable)?, limit),
            Self::Stdin => read_bounded(io::stdin().lock(), limit),
        }
    }
}

/// The bytes of a file, unless it is larger than any invoice may be.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Unread> {
    let file = File::open(path).map_err(Unread::Unreadable)?;
    let size = file.metadata().map_err(Unread::Unreadable)?.len();
    if size > invoice_bytes_max() {
        return Err(Unread::TooLarge(too_large(size, invoice_bytes_max())));
    }
    // A file that grows meanwhile ends here.
    read_bounded(file, invoice_bytes_max())
}

fn read_bounded(reader: impl Read, limit: u64) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    reader
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(Unread::Unreadable)?;
    let size = bytes.len() as u64;
    if size > limit {
        return Err(Unread::TooLarge(too_large(size, limit)));
    }
    Ok(bytes)
}

fn invoice_bytes_max() -> u64 {
    Rules::default().size_max_with_attachment
}

fn too_large(size: u64, limit: u64) -> Finding {
    Finding::of_document(Problem::TooLarge {
        size,
        limit,
        with_attachment: true,
    })
}

/// The documents behind the paths, and the paths that give none.
///
/// # Errors
/// Stdin more than once: it can be read once.
pub(crate) fn collect(paths: &[PathBuf], recursive: bool) -> Result<(Vec<Source>, Vec<BadInput>)> {
    let is_stdin = |path: &&PathBuf| path.as_os_str() == STDIN;
    if paths.iter().filter(is_stdin).count() > 1 {
        return Err(Error::usage(text!(
            "- (stdin) was given more than once",
            "- (standardowe wejście) podano więcej niż raz"
        ))
        .hint(text!(
            "one document can come by stdin; name the others as files",
            "standardowym wejściem może przyjść jeden dokument; pozostałe podaj jako pliki"
        )));
    }
    let mut sources = Vec::new();
    let mut bad = Vec::new();
    for path in paths {
        if is_stdin(&path) {
            sources.push(Source::Stdin);
            continue;
        }
        let inputs = inputs::collect(std::slice::from_ref(path), recursive);
        sources.extend(inputs.files.into_iter().map(Source::File));
        bad.extend(inputs.bad);
    }
    Ok((sources, bad))
}

const STDIN: &str = "-";
