//! The world: everything this KSeF knows, in memory behind one lock, and on disk when it has a directory.
//!
//! A handler reads with [`World::read`] and changes with [`World::write`]; both run a short closure under the lock,
//! in which nothing waits and nothing expensive (no RSA, no XML) is done. A closure checks first and changes after:
//! there is no roll-back. What one `write` changed is committed in one transaction, in the order of the calls, and the
//! pipeline sends no answer before [`World::settled`] says that everything changed so far is on disk.

pub(crate) mod certificates;
pub(crate) mod collective;
pub(crate) mod description;
pub(crate) mod documents;
pub(crate) mod duplicates;
pub(crate) mod exports;
pub(crate) mod invoices;
pub(crate) mod keys;
pub(crate) mod latarnia;
pub(crate) mod limits;
pub(crate) mod logins;
pub(crate) mod permissions;
pub(crate) mod record;
pub(crate) mod seal;
pub(crate) mod search;
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
        // The changes are handed over still under the lock, so that the order on disk is the order in memory; also when
        // `change` panics, so that disk and memory do not part.
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut noted = Noted {
            changes: Changes::new(self.store.is_some()),
            store: self.store.as_ref(),
        };
        let result = change(&mut state, &mut noted.changes);
        drop(noted);
        drop(state);
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

/// Changes on their way to the store.
struct Noted<'a> {
    changes: Changes,
    store: Option<&'a Store>,
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        if let Some(store) = self.store {
            store.enqueue(std::mem::take(&mut self.changes).into_list());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use ksef_core::context::ContextIdentifier;

    use super::*;

    #[tokio::test]
    async fn a_change_that_panics_parts_neither_disk_from_memory_nor_the_world_from_its_users() {
        let directory = tempfile::tempdir().unwrap();
        let context: ContextIdentifier = "Nip:5265877635".parse().unwrap();
        let world = World::open(directory.path()).unwrap();
        let keys = crate::world::keys::KeyMaker::new(ksef_crypto::rsa_oaep::Bits::Rsa2048)
            .make_all("2026-11-21T08:00:00Z".parse().unwrap())
            .unwrap();
        world.write(|state, changes| state.begin(changes, keys));
        let change = AssertUnwindSafe(|| {
            world.write(|state, changes| {
                state.subjects.set_blocked(changes, context, true);
                panic!("in the middle of it");
            });
        });
        assert!(catch_unwind(change).is_err());
        assert!(world.read(|state| state.subjects.is_blocked(&context)));
        assert!(world.settled().await);
        drop(world);
        let world = World::open(directory.path()).unwrap();
        assert!(world.read(|state| state.subjects.is_blocked(&context)));
    }
}
