//! Records: what the world remembers, one value under one key, in memory and in the store alike.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

use foldhash::fast::FixedState;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store::{Loader, StoreError};

/// A value that the world keeps under a key.
///
/// Stored as JSON unless [`encode`](Self::encode) and [`decode`](Self::decode) say otherwise (large documents do).
/// A change of the form that older programs cannot read raises [`super::store::FORMAT_VERSION`].
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// Name of the table in the store; unique over the world.
    const TABLE: &'static str;

    /// What the record is found by; its text is the key in the store.
    type Key: Eq + Hash + Clone + Display;

    /// The key of this record.
    fn key(&self) -> Self::Key;

    /// The stored form.
    fn encode(&self) -> Vec<u8> {
        // Records have string keys only and no failing serializers.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads the stored form of the record under `key`.
    ///
    /// # Errors
    /// Bytes that are no such record.
    fn decode(key: &str, bytes: &[u8]) -> Result<Self, String> {
        let _ = key;
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }
}

/// Everything that one critical section changed, in order; committed in one transaction.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    list: Vec<Change>,
    persistent: bool,
}

/// One change of the store.
#[derive(Debug)]
pub(crate) enum Change {
    /// Writes a record.
    Put {
        table: &'static str,
        key: String,
        value: Vec<u8>,
    },
    /// Removes a record; nothing happens when there is none.
    Delete { table: &'static str, key: String },
    /// Removes everything.
    Clear,
}

impl Changes {
    /// An empty list; what is put into a list that is not `persistent` is not even encoded.
    pub(crate) fn new(persistent: bool) -> Self {
        Self {
            list: Vec::new(),
            persistent,
        }
    }

    /// Notes that `record` is to be stored.
    pub(crate) fn put<R: Record>(&mut self, record: &R) {
        if self.persistent {
            let (key, value) = (record.key().to_string(), record.encode());
            self.list.push(Change::Put {
                table: R::TABLE,
                key,
                value,
            });
        }
    }

    /// Notes that the record under `key` is to be removed.
    pub(crate) fn delete<R: Record>(&mut self, key: &R::Key) {
        if self.persistent {
            self.list.push(Change::Delete {
                table: R::TABLE,
                key: key.to_string(),
            });
        }
    }

    /// Notes that everything stored so far is to be removed.
    pub(crate) fn clear(&mut self) {
        if self.persistent {
            self.list.clear();
            self.list.push(Change::Clear);
        }
    }

    pub(crate) fn into_list(self) -> Vec<Change> {
        self.list
    }
}

/// Records of one kind by key, in memory; every change is noted for the store at once.
#[derive(Debug)]
pub(crate) struct Collection<R: Record> {
    /// Hashed alike in every run, so that equal worlds go through their records in the same order.
    rows: HashMap<R::Key, R, FixedState>,
}

impl<R: Record> Default for Collection<R> {
    fn default() -> Self {
        Self {
            rows: HashMap::default(),
        }
    }
}

impl<R: Record> Collection<R> {
    /// What the store holds.
    ///
    /// # Errors
    /// A store that cannot be read, or holds something else.
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let rows = loader.records::<R>()?;
        Ok(Self {
            rows: rows.into_iter().map(|row| (row.key(), row)).collect(),
        })
    }

    /// The record under `key`.
    pub(crate) fn get(&self, key: &R::Key) -> Option<&R> {
        self.rows.get(key)
    }

    /// Whether there is a record under `key`.
    pub(crate) fn contains(&self, key: &R::Key) -> bool {
        self.rows.contains_key(key)
    }

    /// Number of records.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All records in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &R> {
        self.rows.values()
    }

    /// Puts a record in the place of one with the same key.
    pub(crate) fn insert(&mut self, changes: &mut Changes, record: R) {
        changes.put(&record);
        self.rows.insert(record.key(), record);
    }

    /// Puts a record in the place of one with the same key, in memory alone: for what is derived when the world is opened.
    pub(crate) fn replace(&mut self, record: R) {
        self.rows.insert(record.key(), record);
    }

    /// Changes the record under `key`, which must keep its key; `None` when there is none.
    pub(crate) fn update<T>(
        &mut self,
        changes: &mut Changes,
        key: &R::Key,
        change: impl FnOnce(&mut R) -> T,
    ) -> Option<T> {
        let record = self.rows.get_mut(key)?;
        let result = change(record);
        changes.put(record);
        Some(result)
    }

    /// Removes the record under `key`.
    pub(crate) fn remove(&mut self, changes: &mut Changes, key: &R::Key) -> Option<R> {
        let removed = self.rows.remove(key)?;
        changes.delete::<R>(key);
        Some(removed)
    }

    /// Removes the records that `gone` names.
    pub(crate) fn remove_where(&mut self, changes: &mut Changes, gone: impl Fn(&R) -> bool) {
        self.rows.retain(|key, record| {
            let remove = gone(record);
            if remove {
                changes.delete::<R>(key);
            }
            !remove
        });
    }
}
