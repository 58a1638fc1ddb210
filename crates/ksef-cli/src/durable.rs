//! Files that survive a crash and that only their owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The owner alone (0600).
    Private,
    /// As the umask of the process says.
    Shared,
}

/// Replaces `path` by `bytes` in one step: a reader sees the old content or the new, and after this returns a crash
/// of the machine does not lose it. Missing folders are made, readable by the owner alone.
///
/// # Errors
/// Whatever the file system says; the old content is then untouched.
pub(crate) fn replace(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let folder = folder_of(path);
    create_private_folder(&folder)?;
    let temporary = temporary_beside(path, &folder);
    let written = write_new(&temporary, bytes, access).and_then(|()| fs::rename(&temporary, path));
    if let Err(error) = written {
        // The first error is what matters; a leftover temporary file is harmless.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_folder(&folder)
}

/// Replaces many files of one folder, each in one step; after this returns a crash of the machine loses none of them.
///
/// # Errors
/// Whatever the file system says, and of which file; some may have been replaced by then.
pub(crate) fn replace_all(
    files: &[(PathBuf, Vec<u8>)],
    access: Access,
) -> Result<(), (PathBuf, io::Error)> {
    let Some((first, _)) = files.first() else {
        return Ok(());
    };
    let folder = folder_of(first);
    create_private_folder(&folder).map_err(|error| (folder.clone(), error))?;
    let mut temporaries = Vec::with_capacity(files.len());
    let written = files.iter().try_for_each(|(path, bytes)| {
        let temporary = temporary_beside(path, &folder);
        let written = write_unsynced(&temporary, bytes, access);
        temporaries.push((temporary, path));
        written.map(drop).map_err(|error| (path.clone(), error))
    });
    // One request for the whole file system is as safe as one for each file, and many times as fast.
    let synced = written.and_then(|()| {
        sync_contents(&temporaries, &folder).map_err(|error| (folder.clone(), error))
    });
    let renamed = synced.and_then(|()| {
        temporaries.iter().try_for_each(|(temporary, path)| {
            fs::rename(temporary, path).map_err(|error| ((*path).clone(), error))
        })
    });
    if let Err(error) = renamed {
        for (temporary, _) in &temporaries {
            // The first error is what matters; a leftover temporary file is harmless.
            let _ = fs::remove_file(temporary);
        }
        return Err(error);
    }
    sync_folder(&folder).map_err(|error| (folder, error))
}

#[cfg(target_os = "linux")]
fn sync_contents(_files: &[(PathBuf, &PathBuf)], folder: &Path) -> io::Result<()> {
    rustix::fs::syncfs(File::open(folder)?).map_err(io::Error::from)
}

#[cfg(not(target_os = "linux"))]
fn sync_contents(files: &[(PathBuf, &PathBuf)], _folder: &Path) -> io::Result<()> {
    files
        .iter()
        .try_for_each(|(file, _)| OpenOptions::new().write(true).open(file)?.sync_all())
}

/// Creates `path` with `bytes`; an existing file is left alone and gives `AlreadyExists`.
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn create_new(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let folder = folder_of(path);
    create_private_folder(&folder)?;
    write_new(path, bytes, access)?;
    sync_folder(&folder)
}

/// Creates the folder `path` with these files, all of it or nothing; an existing one gives `AlreadyExists`.
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn create_folder_of(path: &Path, files: &[(&str, &[u8], Access)]) -> io::Result<()> {
    let above = folder_of(path);
    create_private_folder(&above)?;
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let temporary = temporary_beside(path, &above);
    let written = create_private_folder(&temporary)
        .and_then(|()| {
            files.iter().try_for_each(|(name, bytes, access)| {
                write_new(&temporary.join(name), bytes, *access)
            })
        })
        .and_then(|()| sync_folder(&temporary))
        .and_then(|()| fs::rename(&temporary, path));
    if let Err(error) = written {
        // The first error is what matters; a leftover temporary folder is harmless.
        let _ = fs::remove_dir_all(&temporary);
        return Err(error);
    }
    sync_folder(&above)
}

/// The content of `path`, or `None` when there is no such file.
///
/// # Errors
/// Whatever the file system says, except that the file does not exist.
pub(crate) fn read_if_exists(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a folder and those above it, readable by the owner alone; existing ones keep their mode.
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A lock between processes, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until no other process holds the lock at `path` (a file of its own, never the guarded one).
    ///
    /// # Errors
    /// Whatever the file system says.
    pub(crate) fn acquire(path: &Path) -> io::Result<Self> {
        create_private_folder(&folder_of(path))?;
        let file = for_writing(Access::Private)
            .create(true)
            .truncate(false)
            .open(path)?;
        file.lock()?;
        Ok(Self { _file: file })
    }
}

/// How a file is opened that is written, and made when the caller says so.
pub(crate) fn for_writing(access: Access) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    if access == Access::Private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn write_new(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    write_unsynced(path, bytes, access)?.sync_all()
}

fn write_unsynced(path: &Path, bytes: &[u8], access: Access) -> io::Result<File> {
    let mut file = for_writing(access).create_new(true).open(path)?;
    file.write_all(bytes)?;
    Ok(file)
}

fn temporary_beside(path: &Path, folder: &Path) -> PathBuf {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".{name}.{}.{number}.tmp", std::process::id()))
}

/// A rename is durable only when its folder is written too.
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_is_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/secret");
        replace(&path, b"first", Access::Private).unwrap();
        replace(&path, b"second", Access::Private).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "no leftovers"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }
    }

    #[test]
    fn many_files_are_replaced_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join("deep").join(name);
        for round in 0..2_u8 {
            let files: Vec<_> = ["a", "b", "c"]
                .iter()
                .map(|name| (path(name), vec![round; 3]))
                .collect();
            replace_all(&files, Access::Shared).unwrap();
            for (path, bytes) in &files {
                assert_eq!(fs::read(path).unwrap(), *bytes);
            }
        }
        fs::create_dir(path("d")).unwrap();
        let files = [(path("e"), vec![1]), (path("d"), vec![1])];
        let (culprit, _) = replace_all(&files, Access::Shared).unwrap_err();
        assert_eq!(culprit, path("d"));
        replace_all(&[], Access::Shared).unwrap();
        let left = fs::read_dir(folder.path().join("deep")).unwrap().count();
        assert_eq!(left, 5, "no leftovers");
    }

    #[test]
    fn an_existing_file_is_not_overwritten_by_create() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        create_new(&path, b"1", Access::Shared).unwrap();
        let error = create_new(&path, b"2", Access::Shared).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"1");
    }

    #[test]
    fn a_folder_appears_whole_and_private_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let files: [(&str, &[u8], Access); 2] = [
            ("key", b"1", Access::Private),
            ("about", b"2", Access::Shared),
        ];
        create_folder_of(&path, &files).unwrap();
        assert_eq!(fs::read(path.join("about")).unwrap(), b"2");
        let error = create_folder_of(&path, &files).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        let twice: [(&str, &[u8], Access); 2] = [
            ("key", b"1", Access::Private),
            ("key", b"2", Access::Private),
        ];
        let other = folder.path().join("a/c");
        assert!(create_folder_of(&other, &twice).is_err());
        assert!(!other.exists());
        let left = fs::read_dir(folder.path().join("a")).unwrap().count();
        assert_eq!(left, 1, "no leftovers");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o700);
            assert_eq!(mode(&path.join("key")), 0o600);
        }
    }

    #[test]
    fn a_missing_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_if_exists(&folder.path().join("x")).unwrap().is_none());
        assert!(
            read_if_exists(folder.path()).is_err(),
            "a folder is not a file"
        );
    }
}
