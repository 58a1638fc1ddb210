//! Invoices that the user gave, to be found in UPOs.

use std::collections::HashMap;
use std::path::PathBuf;

use ksef_core::digest::Sha256Digest;
use ksef_core::nip::Nip;
use ksef_crypto::digest::sha256;
use ksef_invoice::metadata::{self, InvoiceMetadata};
use ksef_invoice::upo::UpoDocument;

use super::looks_like_upo;
use crate::error::{Error, Result};
use crate::lang::{Text, text};
use crate::send::{inputs, words};
use crate::validate::Source;
use crate::validate::source::Unread;

/// An invoice that was given; its bytes are forgotten.
#[derive(Debug)]
pub(crate) struct Paper {
    /// The file.
    pub(crate) path: PathBuf,
    /// Its SHA-256.
    pub(crate) digest: Sha256Digest,
    /// What it says about itself; `None` when it is no invoice that can be read.
    pub(crate) metadata: Option<InvoiceMetadata>,
    /// Whether an entry speaks of it, of the document as it is.
    pub(crate) is_acknowledged: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Papers {
    all: Vec<Paper>,
    by_digest: HashMap<Sha256Digest, Vec<usize>>,
    by_number: HashMap<(Nip, String), usize>,
    /// Paths that give no invoice, and why.
    pub(crate) unreadable: Vec<(PathBuf, Text)>,
}

impl Papers {
    /// Reads files, and the `.xml` files of folders and the folders inside them; UPOs in a folder are left out.
    ///
    /// # Errors
    /// Stdin, which is for a UPO.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut papers = Self::default();
        if paths.iter().any(|path| path.as_os_str() == "-") {
            return Err(Error::usage(text!(
                "--invoice - : stdin is for a UPO",
                "--invoice - : standardowe wejście jest dla UPO"
            ))
            .hint(text!(
                "name the invoice as a file",
                "podaj fakturę jako plik"
            )));
        }
        let found = inputs::collect(paths, true);
        for bad in &found.bad {
            let why = words::bad_input(&bad.fault);
            papers.unreadable.push((bad.path.clone(), why));
        }
        for path in found.files {
            let bytes = match Source::File(path.clone()).read() {
                Ok(bytes) => bytes,
                // A page of a session's UPO is larger than any invoice.
                Err(Unread::TooLarge(_)) if !paths.contains(&path) => continue,
                Err(Unread::TooLarge(finding)) => {
                    papers.unreadable.push((path, words::findings(&[finding])));
                    continue;
                }
                Err(Unread::Unreadable(error)) => {
                    papers.unreadable.push((path, words::unreadable(&error)));
                    continue;
                }
            };
            if paths.contains(&path) || !looks_like_upo(&bytes) {
                papers.add(path, &bytes);
            }
        }
        Ok(papers)
    }

    fn add(&mut self, path: PathBuf, bytes: &[u8]) {
        let (digest, metadata) = (sha256(bytes), metadata::read(bytes).ok());
        let index = self.all.len();
        self.by_digest.entry(digest).or_default().push(index);
        if let Some(known) = &metadata {
            let key = (known.seller.nip, known.number.clone());
            self.by_number.entry(key).or_insert(index);
        }
        self.all.push(Paper {
            path,
            digest,
            metadata,
            is_acknowledged: false,
        });
    }

    /// The invoice that an entry speaks of: the same document, or else one of the same seller and number.
    pub(crate) fn of(&self, entry: &UpoDocument) -> Option<&Paper> {
        let same = self.by_digest.get(&entry.digest);
        let same = same.and_then(|indexes| indexes.first());
        let alike = || self.by_number.get(&(entry.seller, entry.number.clone()));
        self.all.get(*same.or_else(alike)?)
    }

    /// Notes that an entry speaks of the document with this digest, in whichever files it is.
    pub(crate) fn acknowledge(&mut self, digest: &Sha256Digest) {
        for index in self.by_digest.get(digest).into_iter().flatten() {
            if let Some(paper) = self.all.get_mut(*index) {
                paper.is_acknowledged = true;
            }
        }
    }

    /// Those of which no entry speaks.
    pub(crate) fn without_entry(&self) -> impl Iterator<Item = &Paper> {
        self.all.iter().filter(|paper| !paper.is_acknowledged)
    }
}
