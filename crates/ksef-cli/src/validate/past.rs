//! Earlier invoices, so that duplicates, gaps and changed accounts are seen.

use std::collections::HashMap;
use std::path::Path;

use ksef_core::digest::Sha256Digest;
use ksef_crypto::digest::sha256;
use ksef_invoice::check::Rules;
use ksef_invoice::rules::{Entry, History, Side};
use ksef_invoice::tree::Tree;

use super::source::{Source, read_file};
use super::{inputs, lanes};

/// The invoices that documents are compared with: those of a folder, and the documents among themselves.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// In the order in which they were issued or named.
    pub(crate) history: History,
    /// Under which name a document stands in the history; copies stand there once.
    names: HashMap<Sha256Digest, String>,
}

impl Past {
    /// Reads the invoices of a folder, with the folders inside it, and then the documents to be judged.
    pub(crate) fn read(folder: &Path, sources: &[Source], side: Side) -> Self {
        let mut past = Self::default();
        let files = inputs::collect(&[folder.to_owned()], true).files;
        let earlier: Vec<Source> = files.into_iter().map(Source::File).collect();
        for sources in [earlier.as_slice(), sources] {
            let read = |source: &Source| match source {
                Source::File(path) => known(path),
                // It can be read once, and that is when it is judged.
                Source::Stdin => None,
            };
            let mut names = sources.iter().map(Source::name);
            lanes::in_order(sources, read, |known| {
                let name = names.next().unwrap_or_default();
                if let Some((hash, entry)) = known {
                    past.add(hash, entry, name, side);
                }
            });
        }
        past
    }

    fn add(&mut self, hash: Sha256Digest, entry: Entry, name: String, side: Side) {
        if self.names.contains_key(&hash) {
            return;
        }
        self.history.add(side, entry.from_source(&name));
        self.names.insert(hash, name);
    }

    /// The name under which a document stands in the history.
    pub(crate) fn name_of(&self, hash: &Sha256Digest) -> Option<&str> {
        self.names.get(hash).map(String::as_str)
    }
}

/// What the history keeps of a file; `None` when it is no invoice.
fn known(path: &Path) -> Option<(Sha256Digest, Entry)> {
    let bytes = read_file(path).ok()?;
    let tree = Tree::read(&bytes, &Rules::default()).ok()?;
    Some((sha256(&bytes), Entry::of(&tree)?))
}
