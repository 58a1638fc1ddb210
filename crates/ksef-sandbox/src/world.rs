//! The world: everything this KSeF knows, in memory behind one lock, and on disk when it has a directory.
//!
//! A handler reads with [`World::read`] and changes with [`World::write`]; both run a short closure under the lock,
//! in which nothing waits and nothing expensive (no RSA, no XML) is done. A closure checks first and changes after:
//! there is no roll-back. What one `write` changed is committed in one transaction, in the order of the calls, and the
//! pipeline sends no answer before [`World::settled`] says that everything changed so far is on disk.

pub(crate) mod authorisations;
pub(crate) mod documents;
pub(crate) mod duplicates;
pub(crate) mod invoices;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod logins;
pub(crate) mod record;
pub(crate) mod seal;
pub(crate) mod sessions;
pub(crate) mod state;
pub(crate) mod store;
pub(crate) mod subjects;
pub(crate) mod tokens;

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use record::Changes;
use state::State;
use store::{Store, StoreError};

/// The state and its store.
#[derive(Debug)]
pub(crate) struct World {
    state: RwLock<State>,
    store: Option<Store>,
}

impl World {
    /// A world that lives in memory only.
    pub(crate) fn in_memory() -> Self {
        Self {
            state: RwLock::new(State::fresh()),
            store: None,
        }
    }

    /// The world in `directory`, with everything it held when it was last committed.
    ///
    /// # Errors
    /// A directory that cannot be used, a store in use, a newer or unreadable store.
    pub(crate) fn open(directory: &Path) -> Result<Self, StoreError> {
        let (store, state) = Store::open(directory, State::load)?;
        Ok(Self {
            state: RwLock::new(state),
            store: Some(store),
        })
    }

    /// Runs `look` on the state. `look` must not call back into the world.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `change` on the state and queues what it noted for one transaction.
    ///
    /// Every change goes through [`record::Collection`] or [`Changes::put`]; `change` must not call back into the world.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut State, &mut Changes) -> T) -> T {
        let mut changes = Changes::new(self.store.is_some());
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut state, &mut changes);
        if let Some(store) = &self.store {
            // Still under the lock, so that the order on disk is the order in memory.
            store.enqueue(changes.into_list());
        }
        result
    }

    /// Waits until everything changed so far is on disk; `false` when the store has failed.
    pub(crate) async fn settled(&self) -> bool {
        match &self.store {
            Some(store) => store.settled().await,
            None => true,
        }
    }
}
