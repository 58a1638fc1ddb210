use serde::{Deserialize, Serialize};

use super::*;
use crate::world::record::{Changes, Collection};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    name: String,
    text: String,
}

impl Record for Note {
    const TABLE: &'static str = "notes";
    type Key = String;

    fn key(&self) -> String {
        self.name.clone()
    }
}

fn note(name: &str, text: &str) -> Note {
    Note {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn open(directory: &Path) -> Result<(Store, Vec<Note>), StoreError> {
    let (store, mut notes) = Store::open(directory, |loader| loader.records::<Note>())?;
    notes.sort_by_key(Note::key);
    Ok((store, notes))
}

#[tokio::test]
async fn what_was_settled_is_there_again() {
    let directory = tempfile::tempdir().unwrap();
    let (store, found) = open(directory.path()).unwrap();
    assert_eq!(found, []);
    assert!(store.settled().await, "nothing waits");
    let mut notes = Collection::<Note>::default();
    for change in 0..3 {
        let mut changes = Changes::new(true);
        notes.insert(&mut changes, note("a", &change.to_string()));
        notes.insert(&mut changes, note(&format!("b{change}"), "x"));
        store.enqueue(changes.into_list());
    }
    let mut changes = Changes::new(true);
    notes.remove(&mut changes, &"b1".to_owned());
    notes.update(&mut changes, &"b2".to_owned(), |note| note.text.push('y'));
    store.enqueue(changes.into_list());
    assert!(store.settled().await);
    drop(store);
    let (_, found) = open(directory.path()).unwrap();
    assert_eq!(found, [note("a", "2"), note("b0", "x"), note("b2", "xy")]);
}

#[tokio::test]
async fn clearing_leaves_only_what_came_after() {
    let directory = tempfile::tempdir().unwrap();
    let (store, _) = open(directory.path()).unwrap();
    let mut changes = Changes::new(true);
    changes.put(&note("old", "x"));
    store.enqueue(changes.into_list());
    assert!(store.settled().await);
    let mut changes = Changes::new(true);
    changes.put(&note("forgotten", "x"));
    changes.clear();
    changes.put(&note("new", "x"));
    store.enqueue(changes.into_list());
    assert!(store.settled().await);
    drop(store);
    let (_, found) = open(directory.path()).unwrap();
    assert_eq!(found, [note("new", "x")]);
}

#[test]
fn a_second_user_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path()).unwrap();
    let refused = open(directory.path()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    drop(first);
    open(directory.path()).unwrap();
}

#[test]
fn a_newer_format_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let database = Database::create(directory.path().join(FILE_NAME)).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction
        .open_table(META)
        .unwrap()
        .insert("version", FORMAT_VERSION + 1)
        .unwrap();
    transaction.commit().unwrap();
    drop(database);
    let refused = open(directory.path()).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found, .. } if found == FORMAT_VERSION + 1));
    assert!(
        refused
            .to_string()
            .contains("format 3, this program reads up to 2"),
        "{refused}"
    );
}

#[test]
fn what_is_no_record_and_what_is_no_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let database = Database::create(directory.path().join(FILE_NAME)).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction
        .open_table(definition("notes"))
        .unwrap()
        .insert("k", b"{".as_slice())
        .unwrap();
    transaction.commit().unwrap();
    drop(database);
    let refused = open(directory.path()).unwrap_err();
    assert!(
        matches!(refused, StoreError::Corrupt { table: "notes", .. }),
        "{refused}"
    );

    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join(FILE_NAME), b"something else entirely").unwrap();
    assert!(matches!(
        open(other.path()).unwrap_err(),
        StoreError::Database { .. }
    ));
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(
        open(file.path()).unwrap_err(),
        StoreError::Directory { .. }
    ));
}
