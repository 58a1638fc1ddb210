//! From the archive of a package to files in a folder: all of them checked before the first one appears.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ksef_api::ops::invoices::{InvoiceMetadataFile, InvoicePackage};
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::{sha256, sha256_reader};
use ksef_crypto::package::{self, Entry, Limits, PackageError};

use super::{Args, Workshop, unwritable};
use crate::durable;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Text, text};

/// How many files came of a package.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    pub(super) written: usize,
    /// Files that were there with the same content.
    pub(super) already_there: usize,
}

/// What an archive held; the documents lie in the workshop under their own names.
#[derive(Debug, Default)]
struct Contents {
    documents: HashMap<KsefNumber, Sha256Digest>,
    metadata: Option<Vec<u8>>,
}

/// Unpacks an archive, checks it against its metadata, and moves its files into the output folder.
pub(super) fn unpack(
    workshop: &Workshop,
    archive: Option<File>,
    package: &InvoicePackage,
    args: &Args,
) -> Result<Unpacked> {
    let Some(archive) = archive else {
        return Ok(Unpacked::default());
    };
    let limits = Limits {
        // The documents and their metadata.
        entries_max: package.invoice_count.saturating_add(1),
        total_bytes_max: package
            .size
            .saturating_mul(RATIO_MAX)
            .saturating_add(TOTAL_BYTES_MIN),
    };
    let mut contents = Contents::default();
    package::read(archive, &limits, |entry| {
        take(workshop, &mut contents, entry)
    })
    .map_err(|problem| problem.0)?;
    let documents = check(&contents, package, args.only_metadata)?;
    let mut files: Vec<_> = documents
        .into_iter()
        .map(|number| {
            let name = format!("{number}.xml");
            (workshop.path(&name), args.output.join(name))
        })
        .collect();
    files.push(metadata_file(workshop, &contents, &args.output)?);
    place(files, args.force)
}

/// An error on its way through the reader.
struct Problem(Error);

impl From<PackageError> for Problem {
    fn from(error: PackageError) -> Self {
        Self(
            broken(text!(
                "the package cannot be unpacked",
                "nie można rozpakować paczki"
            ))
            .caused_by(error),
        )
    }
}

/// Takes one file of the archive. Its name decides what it is, and never where it is written.
fn take(workshop: &Workshop, contents: &mut Contents, mut entry: Entry<'_>) -> Result<(), Problem> {
    let name = entry.name().to_owned();
    if name == InvoiceMetadataFile::NAME {
        let metadata = content(&mut entry, METADATA_BYTES_MAX)?;
        contents.metadata = Some(metadata);
        return Ok(());
    }
    let number = name
        .strip_suffix(".xml")
        .and_then(|number| KsefNumber::parse(number).ok());
    let Some(number) = number else {
        return Err(Problem(broken(text!(
            "the package holds a file that does not belong there: {name}",
            "paczka zawiera plik, którego nie powinno w niej być: {name}"
        ))));
    };
    let xml = content(&mut entry, DOCUMENT_BYTES_MAX)?;
    if contents.documents.insert(number, sha256(&xml)).is_some() {
        return Err(Problem(broken(text!(
            "the package holds {number} twice",
            "paczka zawiera {number} dwukrotnie"
        ))));
    }
    let path = workshop.path(&format!("{number}.xml"));
    write(&path, &xml).map_err(Problem)
}

fn content(entry: &mut Entry<'_>, bytes_max: u64) -> Result<Vec<u8>, Problem> {
    let name = entry.name().to_owned();
    entry.content(bytes_max)?.ok_or_else(|| {
        Problem(broken(text!(
            "a file of the package is longer than any may be: {name}",
            "plik w paczce jest dłuższy, niż może być: {name}"
        )))
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|source| unwritable(path, source))
}

/// Every document has its metadata and their hash, and none is missing.
fn check(
    contents: &Contents,
    package: &InvoicePackage,
    only_metadata: bool,
) -> Result<Vec<KsefNumber>> {
    let metadata = contents.metadata.as_deref().unwrap_or_default();
    let metadata: InvoiceMetadataFile = serde_json::from_slice(metadata).map_err(|source| {
        broken(text!(
            "the metadata of the package cannot be read",
            "nie można odczytać metadanych paczki"
        ))
        .caused_by(source)
    })?;
    let mut numbers = HashSet::new();
    for invoice in &metadata.invoices {
        let number = invoice.ksef_number;
        numbers.insert(number);
        let found = contents.documents.get(&number);
        if found.is_none() && only_metadata {
            continue;
        }
        if found != Some(&invoice.invoice_hash) {
            return Err(broken(text!(
                "the invoice {number} is missing from the package or is not what its hash says",
                "faktury {number} brakuje w paczce albo nie zgadza się jej skrót"
            )));
        }
    }
    let expected = usize::try_from(package.invoice_count).ok();
    if expected != Some(numbers.len()) || !contents.documents.keys().all(|it| numbers.contains(it))
    {
        return Err(broken(text!(
            "the package does not hold the invoices that it names",
            "paczka nie zawiera tych faktur, które wymienia"
        )));
    }
    Ok(contents.documents.keys().copied().collect())
}

/// The metadata under the name of the export, so that several exports can share a folder.
fn metadata_file(
    workshop: &Workshop,
    contents: &Contents,
    output: &Path,
) -> Result<(PathBuf, PathBuf)> {
    let export = workshop
        .folder
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.trim_start_matches('.').split('.').next())
        .unwrap_or_default();
    let name = format!("metadata-{export}.json");
    let path = workshop.path(&name);
    write(&path, contents.metadata.as_deref().unwrap_or_default())?;
    Ok((path, output.join(name)))
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

fn broken(text: Text) -> Error {
    Error::new(Exit::Unavailable, text).hint(text!(
        "nothing was written; export again, and report it to the Ministry when it happens again",
        "niczego nie zapisano; wykonaj eksport ponownie, a jeśli to się powtórzy, zgłoś to Ministerstwu"
    ))
}

/// The largest invoice that limits can be raised to is 10 MB.
const DOCUMENT_BYTES_MAX: u64 = 16_000_000;
/// Metadata of 10 000 invoices with many parties.
const METADATA_BYTES_MAX: u64 = 256_000_000;
/// Invoices pack to a seventh; nothing honest packs to less than this.
const RATIO_MAX: u64 = 200;
const TOTAL_BYTES_MIN: u64 = 64_000_000;
