//! Where pages go.

use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::Args;
use super::work::Format;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::validate::Source;

/// Where pages go, and as what.
#[derive(Debug)]
pub(super) struct Targets {
    place: Place,
    formats: Vec<Format>,
    /// Files of this run.
    taken: BTreeSet<PathBuf>,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Targets {
    /// What the options ask for, for so many invoices.
    ///
    /// # Errors
    /// Several pages for one file or for stdout; a name that ends like another format.
    pub(super) fn of(args: &Args, invoices: usize) -> Result<Self> {
        let by_name = args.output.as_deref().and_then(Format::of_name);
        let formats = match (args.pdf, args.html) {
            (true, true) => vec![Format::Pdf, Format::Html],
            (true, false) => vec![Format::Pdf],
            (false, true) => vec![Format::Html],
            (false, false) => vec![by_name.unwrap_or(Format::Pdf)],
        };
        let is_one = invoices <= 1 && formats.len() == 1;
        let place = match &args.output {
            None => Place::Folder(PathBuf::new()),
            Some(path) if path.as_os_str() == "-" => Place::Stdout,
            Some(path) if is_folder(path) => Place::Folder(path.clone()),
            Some(path) if is_one || by_name.is_some() => Place::File(path.clone()),
            Some(path) => Place::Folder(path.clone()),
        };
        if !matches!(place, Place::Folder(_)) && !is_one {
            return Err(Error::usage(text!(
                "several pages do not fit into one file",
                "kilka dokumentów nie zmieści się w jednym pliku"
            ))
            .hint(text!(
                "give a folder: -o pages/",
                "podaj folder: -o strony/"
            )));
        }
        if let (Some(by_name), [asked], Place::File(path)) = (by_name, &*formats, &place)
            && by_name != *asked
        {
            return Err(Error::usage(text!(
                "{path} ends like another format than the one asked for, {asked}",
                "{path} ma rozszerzenie innego formatu niż żądany {asked}",
                path = path.display(),
                asked = asked.ending()
            ))
            .hint(text!(
                "leave --pdf or --html out, or rename the file",
                "pomiń --pdf lub --html albo zmień nazwę pliku"
            )));
        }
        Ok(Self {
            place,
            formats,
            taken: BTreeSet::new(),
        })
    }

    /// Whether the page goes to stdout, so that nothing else may.
    pub(super) fn is_stdout(&self) -> bool {
        self.place == Place::Stdout
    }

    /// The files of one invoice.
    ///
    /// # Errors
    /// Another invoice of this run has the same name.
    pub(super) fn claim(&mut self, stem: &str) -> Result<Vec<(Format, PathBuf)>> {
        let mut files = Vec::new();
        for format in &self.formats {
            let path = match &self.place {
                Place::Stdout => PathBuf::new(),
                Place::File(path) => path.clone(),
                Place::Folder(folder) => folder.join(format!("{stem}.{}", format.ending())),
            };
            if self.place != Place::Stdout && !self.taken.insert(path.clone()) {
                return Err(Error::usage(text!(
                    "two invoices would be set into {path}",
                    "dwie faktury trafiłyby do {path}",
                    path = path.display()
                ))
                .hint(text!(
                    "set the folders one by one, each with its own -o",
                    "przetwarzaj foldery po kolei, każdy z własnym -o"
                )));
            }
            files.push((*format, path));
        }
        Ok(files)
    }
}

/// The name of a page after its invoice.
pub(super) fn stem_of(source: &Source) -> String {
    let stem = match source {
        Source::File(path) => path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned()),
        Source::Stdin => None,
    };
    stem.unwrap_or_else(|| "invoice".to_owned())
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with(MAIN_SEPARATOR)
}
