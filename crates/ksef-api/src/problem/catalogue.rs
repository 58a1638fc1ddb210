//! Exception codes: what they say, whether a repeat helps, and what to do.
//!
//! Source: tables of status 400 of the contract 2.9.0. Codes overlap, so what they mean for a repeat can depend on
//! the operation, see [`recovery`].

mod entries;

use crate::operation::{Operation, sessions};
use crate::status::Text;

use entries::ENTRIES;

/// What helps against an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recovery {
    /// The request itself has to change.
    Correct,
    /// The same request later.
    Wait,
    /// A new challenge, then signing in again.
    SignIn,
    /// Fresh public keys, then the request built anew.
    RefreshKeys,
    /// A new session, then the request in it.
    NewSession,
    /// Nothing: an earlier call has done the work already.
    AlreadyDone,
}

/// One exception code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: i32,
    /// Description that the server sends, in Polish.
    pub description: &'static str,
    /// What helps.
    pub recovery: Recovery,
    /// What to do, for a person.
    pub hint: Text,
}

/// All known codes in ascending order.
#[must_use]
pub const fn all() -> &'static [Entry] {
    ENTRIES
}

/// The entry of a code.
#[must_use]
pub fn find(code: i32) -> Option<&'static Entry> {
    let index = ENTRIES
        .binary_search_by_key(&code, |entry| entry.code)
        .ok()?;
    ENTRIES.get(index)
}

/// What helps against a code that this operation answered; unknown codes ask for a correction.
#[must_use]
pub fn recovery(operation: &Operation, code: i32) -> Recovery {
    match code {
        // The session is not open (any more): for closing this is what was wanted, as the status then shows.
        21180 if *operation == sessions::CLOSE_ONLINE || *operation == sessions::CLOSE_BATCH => {
            Recovery::AlreadyDone
        }
        _ => find(code).map_or(Recovery::Correct, |entry| entry.recovery),
    }
}
