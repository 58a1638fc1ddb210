//! Where a downloaded document goes.

use std::io;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::durable::{self, Access};
use crate::error::{Error, Result};
use crate::lang::text;

/// Where a document goes.
#[derive(Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// File to write, or - for stdout; without it a file named after the document, in the current folder
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Replace a file with other content
    #[arg(long)]
    force: bool,
}

impl OutputArgs {
    /// Whether the document goes to stdout, so that nothing else may.
    pub(super) fn is_stdout(&self) -> bool {
        self.output.as_deref() == Some(Path::new("-"))
    }

    /// Whether a file was named.
    pub(super) fn is_named(&self) -> bool {
        self.output.is_some()
    }

    /// Writes the document; gives the file, or `None` for stdout and in a dry run. A file with the same content is as good as written.
    pub(super) fn write(
        &self,
        context: &Context,
        default_name: &str,
        bytes: &[u8],
    ) -> Result<Option<PathBuf>> {
        if self.is_stdout() {
            context.printer.bytes(bytes);
            return Ok(None);
        }
        let path = self
            .output
            .clone()
            .unwrap_or_else(|| PathBuf::from(default_name));
        if context.global.dry_run {
            let file = path.display();
            context
                .printer
                .note(&text!("would write {file}", "zapisano by {file}"));
            return Ok(None);
        }
        write(&path, bytes, self.force)?;
        Ok(Some(path))
    }
}

/// Writes a file; one with the same content is as good as written, one with other content is left alone without `force`.
pub(crate) fn write(path: &Path, bytes: &[u8], force: bool) -> Result<()> {
    let failed = |source: io::Error| {
        Error::failed(text!(
            "{path} cannot be written",
            "nie można zapisać {path}",
            path = path.display()
        ))
        .caused_by(source)
        .hint(text!(
            "check the rights and the free space, or give another file with --output",
            "sprawdź uprawnienia i wolne miejsce albo podaj inny plik w --output"
        ))
    };
    let present = durable::read_if_exists(path).map_err(failed)?;
    match present {
        Some(present) if present == bytes => return Ok(()),
        Some(_) if !force => {
            return Err(Error::usage(text!(
                "{path} exists and has other content; it was left alone",
                "plik {path} już istnieje i ma inną treść; pozostawiono go bez zmian",
                path = path.display()
            ))
            .hint(text!(
                "replace it with --force, or give another file with --output",
                "zastąp go opcją --force albo podaj inny plik w --output"
            )));
        }
        Some(_) | None => {}
    }
    durable::replace(path, bytes, Access::Shared).map_err(failed)
}

/// As [`write()`], into a folder that is made when it is missing.
pub(crate) fn write_into(path: &Path, bytes: &[u8], force: bool) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|source| {
            Error::failed(text!(
                "the folder {folder} cannot be made",
                "nie można utworzyć folderu {folder}",
                folder = folder.display()
            ))
            .caused_by(source)
            .hint(text!(
                "check the rights, or give another folder with -o",
                "sprawdź uprawnienia albo podaj inny folder w -o"
            ))
        })?;
    }
    write(path, bytes, force)
}
