//! Where the files go that a command makes of invoices: a file, a folder, or stdout.

use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use crate::error::{Error, Result};
use crate::lang::text;
use crate::validate::Source;

/// A format of files, by the ending of their names.
pub(super) trait Format: Copy + PartialEq + 'static {
    /// All of them; the first is made when none was asked for.
    const ALL: &'static [Self];

    /// The ending, without the dot.
    fn ending(self) -> &'static str;
}

/// Where files go, and in which formats.
#[derive(Debug)]
pub(super) struct Targets<F> {
    place: Place,
    formats: Vec<F>,
    /// Files of this run.
    taken: BTreeSet<PathBuf>,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl<F: Format> Targets<F> {
    /// What the options ask for: `--output`, the formats that were named, and whether each format makes one file only.
    ///
    /// # Errors
    /// Several files for one name or for stdout; a name that ends like another format.
    pub(super) fn of(output: Option<&Path>, asked: Vec<F>, is_single: bool) -> Result<Self> {
        let by_name = output.and_then(format_of::<F>);
        let formats = if asked.is_empty() {
            by_name.or(F::ALL.first().copied()).into_iter().collect()
        } else {
            asked
        };
        let is_one = is_single && formats.len() == 1;
        let place = match output {
            None => Place::Folder(PathBuf::new()),
            Some(path) if path.as_os_str() == "-" => Place::Stdout,
            Some(path) if is_folder(path) => Place::Folder(path.to_owned()),
            Some(path) if is_one || by_name.is_some() => Place::File(path.to_owned()),
            Some(path) => Place::Folder(path.to_owned()),
        };
        if !matches!(place, Place::Folder(_)) && !is_one {
            return Err(Error::usage(text!(
                "several files do not fit into one",
                "kilka plików nie zmieści się w jednym"
            ))
            .hint(text!("give a folder: -o out/", "podaj folder: -o wynik/")));
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
                "leave the option of the format out, or rename the file",
                "pomiń opcję formatu albo zmień nazwę pliku"
            )));
        }
        Ok(Self {
            place,
            formats,
            taken: BTreeSet::new(),
        })
    }

    /// Whether the file goes to stdout, so that nothing else may.
    pub(super) fn is_stdout(&self) -> bool {
        self.place == Place::Stdout
    }

    /// The files of one invoice, one for each format, named `stem`; on stdout their paths are empty.
    ///
    /// # Errors
    /// Another invoice of this run has the same name, and would overwrite them.
    pub(super) fn claim(&mut self, stem: &str) -> Result<Vec<(F, PathBuf)>> {
        let mut files = Vec::new();
        for format in &self.formats {
            let path = match &self.place {
                Place::Stdout => PathBuf::new(),
                Place::File(path) => path.clone(),
                Place::Folder(folder) => folder.join(format!("{stem}.{}", format.ending())),
            };
            if self.place != Place::Stdout && !self.taken.insert(path.clone()) {
                return Err(Error::usage(text!(
                    "the files of two invoices would go into {path}",
                    "pliki dwóch faktur trafiłyby do {path}",
                    path = path.display()
                ))
                .hint(text!(
                    "take the folders one by one, each with its own -o",
                    "przetwarzaj foldery po kolei, każdy z własnym -o"
                )));
            }
            files.push((*format, path));
        }
        Ok(files)
    }
}

/// What files are named after: the invoice's own, without its ending.
pub(super) fn stem_of(source: &Source) -> String {
    let stem = match source {
        Source::File(path) => path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned()),
        Source::Stdin => None,
    };
    stem.unwrap_or_else(|| "invoice".to_owned())
}

fn format_of<F: Format>(path: &Path) -> Option<F> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    F::ALL
        .iter()
        .copied()
        .find(|format| format.ending() == ending)
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with(MAIN_SEPARATOR)
}
