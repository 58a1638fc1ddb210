//! Where the inbox of a context is, and who may change it.

use std::path::{Path, PathBuf};

use ksef_core::context::ContextIdentifier;
use ksef_store::inbox::Inbox;

use super::failure::of_store;
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::durable;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::send::journal::{JournalFault, JournalKey, JournalLock};

/// The inbox of a context.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) connection: Connection,
    who: ContextIdentifier,
    key: JournalKey,
    folder: PathBuf,
}

impl Place {
    /// The inbox that the options mean. KSeF is not called yet.
    pub(super) async fn find(context: &Context) -> Result<Self> {
        let connection = Connection::open(context).await?;
        let who = connection.who(context)?;
        let key = JournalKey {
            environment: connection.scope.clone(),
            context: who,
        };
        Ok(Self {
            connection,
            who,
            key,
            folder: context.home.inbox_dir(),
        })
    }

    /// KSeF on behalf of the context.
    pub(super) fn ksef(&self, context: &Context) -> Result<Ksef> {
        self.connection.ksef_for(context, self.who)
    }

    /// The file.
    pub(super) fn path(&self) -> PathBuf {
        self.key.path_in(&self.folder).with_extension("sqlite")
    }

    /// The right to bring it up to date, for one process at a time.
    pub(super) fn lock(&self) -> Result<JournalLock> {
        JournalLock::take(&self.folder, self.key.clone()).map_err(|fault| match fault {
            JournalFault::Busy { .. } => Error::failed(text!(
                "another process is bringing this inbox up to date",
                "inny proces właśnie aktualizuje tę skrzynkę"
            ))
            .hint(text!(
                "wait for it to end, or stop it; ksef inbox list can be used meanwhile",
                "poczekaj, aż skończy, albo go zatrzymaj; ksef inbox list można w tym czasie używać"
            )),
            fault => fault.into_error(),
        })
    }

    /// The folder where packages lie while they are read; made when it is missing.
    pub(super) fn packages(&self) -> Result<PathBuf> {
        let folder = self.path().with_extension("packages");
        made(&folder)?;
        Ok(folder)
    }

    /// Opens it, and makes it when there is none.
    pub(super) async fn open(&self) -> Result<Inbox> {
        let path = self.path();
        if let Some(folder) = path.parent() {
            made(folder)?;
        }
        Inbox::open(&path, &self.key.environment, &self.who)
            .await
            .map_err(|error| of_store(&error, &path))
    }

    /// Opens one that is there.
    ///
    /// # Errors
    /// Nothing was ever mirrored.
    pub(super) async fn existing(&self) -> Result<Inbox> {
        if self.path().is_file() {
            return self.open().await;
        }
        Err(Error::usage(text!(
            "there is no inbox of {who} yet",
            "nie ma jeszcze skrzynki dla {who}",
            who = self.who
        ))
        .hint(text!(
            "fill it: ksef inbox sync",
            "pobierz faktury: ksef inbox sync"
        )))
    }
}

fn made(folder: &Path) -> Result<()> {
    durable::create_private_folder(folder).map_err(|source| {
        Error::failed(text!(
            "the folder {folder} cannot be made",
            "nie można utworzyć folderu {folder}",
            folder = folder.display()
        ))
        .caused_by(source)
    })
}
