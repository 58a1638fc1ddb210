//! From a package to files in a folder: all of them checked before the first one appears.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ksef_core::reference::ExportRef;
use ksef_crypto::digest::sha256_reader;
use ksef_sdk::receiving::FetchedPackage;

use super::record::Workshop;
use super::{Args, unwritable};
use crate::durable;
use crate::error::{Error, Result};
use crate::lang::text;

/// How many files came of a package.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    pub(super) written: usize,
    /// Files that were there with the same content.
    pub(super) already_there: usize,
}

/// Unpacks a package, checks it against its list, and moves its files into the output folder. Blocks.
pub(super) fn unpack(
    workshop: &Workshop,
    package: &FetchedPackage,
    export: ExportRef,
    args: &Args,
) -> Result<Unpacked> {
    let opened = package.open()?;
    let Some(list) = opened.list() else {
        return Ok(Unpacked::default());
    };
    let mut files = Vec::new();
    let mut put = |name: String, bytes: &[u8]| -> Result<()> {
        let path = workshop.path(&name);
        write(&path, bytes)?;
        files.push((path, args.output.join(name)));
        Ok(())
    };
    if !args.only_metadata {
        opened.documents(|invoice, xml| put(format!("{}.xml", invoice.ksef_number), &xml))?;
    }
    // Under the name of the export, so that several exports can share a folder.
    put(format!("metadata-{export}.json"), list)?;
    place(files, args.force)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|source| unwritable(path, source))
}

/// Moves files to their places; when one place is taken by something else, none is moved.
fn place(files: Vec<(PathBuf, PathBuf)>, force: bool) -> Result<Unpacked> {
    let mut unpacked = Unpacked::default();
    let mut moves = Vec::new();
    for (from, to) in files {
        match same(&from, &to)? {
            Some(true) => unpacked.already_there += 1,
            Some(false) if !force => {
                return Err(Error::usage(text!(
                    "{path} exists and has other content; nothing was written",
                    "plik {path} już istnieje i ma inną treść; niczego nie zapisano",
                    path = to.display()
                ))
                .hint(text!(
                    "replace it with --force, or give another folder with --output",
                    "zastąp go opcją --force albo podaj inny folder w --output"
                )));
            }
            _ => moves.push((from, to)),
        }
    }
    for (from, to) in &moves {
        fs::rename(from, to).map_err(|source| unwritable(to, source))?;
        unpacked.written += 1;
    }
    if let Some(folder) = moves.first().and_then(|(_, to)| to.parent()) {
        durable::sync_folder(folder).map_err(|source| unwritable(folder, source))?;
    }
    Ok(unpacked)
}

/// Whether a place holds the same; `None` when it is free.
fn same(from: &Path, to: &Path) -> Result<Option<bool>> {
    let digest = |path: &Path| {
        File::open(path)
            .and_then(sha256_reader)
            .map_err(|source| unwritable(path, source))
    };
    match fs::symlink_metadata(to) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unwritable(to, error)),
        Ok(found) if !found.is_file() => Ok(Some(false)),
        Ok(_) => Ok(Some(digest(from)? == digest(to)?)),
    }
}
