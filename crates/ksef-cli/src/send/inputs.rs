//! From the paths on the command line to the files to be sent.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ksef_crypto::package::PackageError;

/// Why a path gives no files.
#[derive(Debug)]
pub(crate) enum InputFault {
    /// There is nothing there.
    Missing,
    /// It cannot be looked at.
    Unreadable(io::Error),
    /// A folder without `.xml` files; whether folders inside it were searched too.
    NoInvoices {
        /// With `--recursive`.
        recursive: bool,
    },
    /// An archive that cannot be unpacked.
    Archive(PackageError),
    /// An archive without `.xml` files.
    NoInvoicesInArchive,
    /// Neither a file nor a folder: a pipe, a device.
    NotAFile,
}

/// A path that gives no files, and why.
#[derive(Debug)]
pub(crate) struct BadInput {
    /// The path as given, or as found.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) fault: InputFault,
}

/// The files behind the paths.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// Files, in the order of the paths; those of a folder by name.
    pub(crate) files: Vec<PathBuf>,
    /// Paths that give none.
    pub(crate) bad: Vec<BadInput>,
}

impl Inputs {
    /// Adds a path that gives no files.
    pub(crate) fn refuse(&mut self, path: PathBuf, fault: InputFault) {
        self.bad.push(BadInput { path, fault });
    }
}

/// Collects files: a file is taken whatever its name, of a folder those that end in `.xml` in any letter case and do
/// not start with a dot. Folders inside a folder are searched with `recursive`; links to folders inside it are not.
pub(crate) fn collect(paths: &[PathBuf], recursive: bool) -> Inputs {
    let mut inputs = Inputs::default();
    for path in paths {
        if let Err(fault) = collect_path(path, recursive, &mut inputs) {
            inputs.refuse(path.clone(), fault);
        }
    }
    inputs
}

fn collect_path(path: &Path, recursive: bool, inputs: &mut Inputs) -> Result<(), InputFault> {
    let kind = fs::metadata(path).map_err(InputFault::of)?;
    if kind.is_file() {
        inputs.files.push(path.to_owned());
        return Ok(());
    }
    if !kind.is_dir() {
        return Err(InputFault::NotAFile);
    }
    let before = inputs.files.len() + inputs.bad.len();
    collect_folder(path, recursive, inputs)?;
    if inputs.files.len() + inputs.bad.len() == before {
        return Err(InputFault::NoInvoices { recursive });
    }
    Ok(())
}

fn collect_folder(folder: &Path, recursive: bool, inputs: &mut Inputs) -> Result<(), InputFault> {
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(InputFault::of)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_hidden(&path) || (!is_folder && !is_xml(&path)) {
            continue;
        }
        let outcome = if !is_folder {
            match fs::metadata(&path) {
                Ok(kind) if kind.is_dir() => Ok(()),
                Ok(kind) if kind.is_file() => {
                    inputs.files.push(path.clone());
                    Ok(())
                }
                Ok(_) => Err(InputFault::NotAFile),
                Err(error) => Err(InputFault::of(error)),
            }
        } else if recursive {
            collect_folder(&path, recursive, inputs)
        } else {
            Ok(())
        };
        if let Err(fault) = outcome {
            inputs.refuse(path, fault);
        }
    }
    Ok(())
}

impl InputFault {
    fn of(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Unreadable(error),
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn is_xml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(inputs: &Inputs, root: &Path) -> Vec<String> {
        let relative = |path: &PathBuf| path.strip_prefix(root).unwrap().display().to_string();
        inputs.files.iter().map(relative).collect()
    }

    #[test]
    fn folders_give_their_xml_files_by_name() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("b/deep")).unwrap();
        for name in [
            "b.xml",
            "a.XML",
            "c.txt",
            ".hidden.xml",
            "b/2.xml",
            "b/deep/1.xml",
        ] {
            fs::write(root.join(name), "x").unwrap();
        }
        let flat = collect(&[root.to_owned()], false);
        assert_eq!(names(&flat, root), ["a.XML", "b.xml"]);
        let deep = collect(&[root.join("c.txt"), root.to_owned()], true);
        assert_eq!(
            names(&deep, root),
            ["c.txt", "a.XML", "b/2.xml", "b/deep/1.xml", "b.xml"]
        );
        assert!(flat.bad.is_empty() && deep.bad.is_empty());
    }

    #[test]
    fn what_gives_nothing_is_told() {
        let root = tempfile::tempdir().unwrap();
        let empty = root.path().join("empty");
        fs::create_dir_all(empty.join("inner.xml")).unwrap();
        let inputs = collect(&[root.path().join("missing.xml"), empty.clone()], false);
        assert!(matches!(inputs.bad[0].fault, InputFault::Missing));
        assert!(matches!(
            inputs.bad[1].fault,
            InputFault::NoInvoices { recursive: false }
        ));
        let inputs = collect(&[empty], true);
        assert!(matches!(
            inputs.bad[0].fault,
            InputFault::NoInvoices { recursive: true }
        ));
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_dangling_links_are_not_read() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("a.xml")).unwrap();
        std::os::unix::fs::symlink("/dev/null", root.path().join("b.xml")).unwrap();
        let inputs = collect(&[root.path().to_owned()], false);
        assert!(inputs.files.is_empty());
        assert!(matches!(inputs.bad[0].fault, InputFault::Missing));
        assert!(matches!(inputs.bad[1].fault, InputFault::NotAFile));
    }
}
