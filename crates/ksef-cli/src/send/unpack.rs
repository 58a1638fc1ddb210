//! Archives among the inputs: their invoices, unpacked to a place of the program's own while they are sent.
//!
//! The place is named after the archive's content, so that the same archive gives the same paths in every run. It is
//! locked, so that nobody removes what another process reads.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use ksef_crypto::digest::sha256_reader;
use ksef_crypto::package::build::FILE_BYTES_MAX;
use ksef_crypto::package::{ArchiveForm, Entry, Limits, PackageError, read};

use super::inputs::{InputFault, Inputs};
use crate::durable::{self, Access, Lock};

/// Archives that were unpacked. Their places stay until they are removed.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    places: Vec<(PathBuf, Lock)>,
}

impl Unpacked {
    /// Replaces every archive among the files by the invoices in it. A file is an archive by its first bytes.
    pub(crate) fn replace_archives(inputs: &mut Inputs, folder: &Path) -> Self {
        let mut unpacked = Self::default();
        for path in std::mem::take(&mut inputs.files) {
            if !is_archive(&path) {
                inputs.files.push(path);
                continue;
            }
            match unpacked.unpack(&path, folder) {
                Ok(files) => inputs.files.extend(files),
                Err(fault) => inputs.refuse(path, fault),
            }
        }
        unpacked
    }

    /// Removes what was unpacked where `is_over` of every file in it.
    pub(crate) fn remove(self, is_over: impl Fn(&Path) -> bool) {
        for (place, lock) in self.places {
            if is_over(&place)
                && let Err(error) = fs::remove_dir_all(&place)
            {
                tracing::warn!(place = %place.display(), %error, "unpacked files stay");
            }
            drop(lock);
        }
    }

    fn unpack(&mut self, path: &Path, folder: &Path) -> Result<Vec<PathBuf>, InputFault> {
        let unreadable = InputFault::Unreadable;
        let mut archive = File::open(path).map_err(unreadable)?;
        let (hash, _) = sha256_reader(&mut archive).map_err(unreadable)?;
        let hash = hash.to_hex();
        let place = folder.join(hash.get(..PLACE_CHARACTERS).unwrap_or_default());
        let is_mine = self.places.iter().any(|(known, _)| *known == place);
        if !is_mine {
            let lock = Lock::acquire(&place.with_extension("lock")).map_err(unreadable)?;
            self.places.push((place.clone(), lock));
        }
        durable::create_private_folder(&place).map_err(unreadable)?;
        let limits = Limits {
            entries_max: ENTRIES_MAX,
            total_bytes_max: BYTES_MAX,
        };
        let mut files = Vec::new();
        read(archive, &limits, |entry| {
            if let Some(name) = safe_name(files.len(), entry.name()) {
                let file = place.join(name);
                write(entry, &file)?;
                files.push(file);
            }
            Ok::<_, PackageError>(())
        })
        .map_err(InputFault::Archive)?;
        if files.is_empty() {
            return Err(InputFault::NoInvoicesInArchive);
        }
        Ok(files)
    }
}

/// One invoice. What is too long to be one is cut where that shows: whoever reads it refuses it for its length.
fn write(mut entry: Entry<'_>, path: &Path) -> io::Result<()> {
    let mut file = durable::for_writing(Access::Private)
        .create(true)
        .truncate(true)
        .open(path)?;
    io::copy(&mut Read::take(&mut entry, FILE_BYTES_MAX), &mut file)?;
    file.flush()
}

fn is_archive(path: &Path) -> bool {
    let mut first = [0; 2];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && ArchiveForm::detect(&first).is_some()
}

/// A name for a member, without its folders, when it is an invoice by its name; its place keeps it unlike the others.
fn safe_name(index: usize, name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last
        .char_indices()
        .nth_back(3)
        .filter(|(at, _)| {
            last.get(*at..)
                .is_some_and(|end| end.eq_ignore_ascii_case(".xml"))
        })
        .and_then(|(at, _)| last.get(..at))?;
    if last.starts_with('.') {
        return None;
    }
    let readable: String = stem
        .chars()
        .map(|character| match character {
            character if character.is_alphanumeric() => character,
            '-' | '_' | '.' | ' ' => character,
            _ => '_',
        })
        .take(NAME_CHARACTERS_MAX)
        .collect();
    Some(format!("{:05}-{readable}.xml", index + 1))
}

const PLACE_CHARACTERS: usize = 16;
const NAME_CHARACTERS_MAX: usize = 60;
/// Members of an archive of invoices for many packages.
const ENTRIES_MAX: u64 = 1_000_000;
/// What an archive may unpack to: some packages of the largest size.
const BYTES_MAX: u64 = 100_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_members_stay_in_their_folder() {
        for (name, safe) in [
            ("a.xml", Some("00001-a.xml")),
            ("deep/er/ż 1.XML", Some("00001-ż 1.xml")),
            ("../../etc/passwd.xml", Some("00001-passwd.xml")),
            ("..\\..\\x:y.xml", Some("00001-x_y.xml")),
            ("notes.txt", None),
            (".hidden.xml", None),
            ("folder/", None),
            (".xml", None),
            ("ółć", None),
            ("", None),
        ] {
            assert_eq!(safe_name(0, name).as_deref(), safe, "{name}");
        }
    }
}
