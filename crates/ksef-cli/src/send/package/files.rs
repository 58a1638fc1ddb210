//! The files of a package, as the plan knows them.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ksef_core::digest::Sha256Digest;
use ksef_crypto::package::build::{BuildError, Source, SourceFile};

use crate::send::journal::event::Planned;
use crate::send::stop::Stop;

/// Files in the order of the package.
#[derive(Debug, Default)]
pub(crate) struct Files {
    all: Vec<OneFile>,
    stop: Option<Stop>,
}

#[derive(Debug)]
struct OneFile {
    name: String,
    path: PathBuf,
    size: u64,
    hash: Sha256Digest,
}

impl Files {
    /// These invoices, each with the file it is in.
    pub(crate) fn of<'a>(invoices: impl IntoIterator<Item = (&'a Planned, PathBuf)>) -> Self {
        let file = |(index, (planned, path)): (usize, (&Planned, PathBuf))| OneFile {
            name: name(index, &path),
            path,
            size: planned.size,
            hash: planned.hash,
        };
        Self {
            all: invoices.into_iter().enumerate().map(file).collect(),
            stop: None,
        }
    }

    /// How much they are together.
    pub(crate) fn bytes(&self) -> u64 {
        self.all.iter().map(|file| file.size).sum()
    }

    /// The same, unreadable from the moment when the user wants to stop.
    #[must_use]
    pub(crate) fn until(mut self, stop: Stop) -> Self {
        self.stop = Some(stop);
        self
    }
}

impl Source for Files {
    fn read_from(
        &self,
        first: usize,
        visit: &mut dyn FnMut(SourceFile<'_>) -> Result<ControlFlow<()>, BuildError>,
    ) -> Result<(), BuildError> {
        for file in self.all.iter().skip(first) {
            if self.stop.as_ref().is_some_and(Stop::is_requested) {
                let stopped = io::Error::from(io::ErrorKind::Interrupted);
                return Err(BuildError::unreadable(&file.name, stopped));
            }
            let mut content = File::open(&file.path)
                .map_err(|error| BuildError::unreadable(&file.path.display().to_string(), error))?;
            let shown = SourceFile {
                name: &file.name,
                expected: Some(file.hash),
                content: &mut content,
            };
            if visit(shown)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// A name in the archive: the place in the order makes it unlike all others, the rest tells a person which file it is.
fn name(index: usize, path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let readable: String = stem
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => character,
            _ => '_',
        })
        .take(NAME_CHARACTERS_MAX)
        .collect();
    format!("{:05}-{readable}.xml", index + 1)
}

/// Of the file's own name; KSeF tells back names of up to 128 characters.
const NAME_CHARACTERS_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_unlike_each_other() {
        let of = |index, path: &str| name(index, path.as_ref());
        assert_eq!(of(0, "in/faktura 1.xml"), "00001-faktura_1.xml");
        assert_eq!(of(9_999, "../ż/..xml"), "10000-_.xml");
        assert_ne!(of(0, "a/x.xml"), of(1, "b/x.xml"));
        assert!(of(0, &"x".repeat(300)).len() <= 100);
    }
}
