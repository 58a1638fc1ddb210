//! Exception codes: what they say, whether a repeat helps, and what to do.
//!
//! Source: tables of status 400 of the contract 2.9.0. Codes overlap, so what one means, and what helps against it, can
//! depend on the operation that answered it: [`of`] knows the operation, [`find`] does not. The real server also answers
//! codes that the contract does not document for an operation, so nothing here is closed.

mod documented;
mod entries;
mod particular;
#[cfg(test)]
mod tests;

use crate::operation::Operation;
use crate::status::Text;

use documented::DOCUMENTED;
use entries::ENTRIES;
use particular::Particular;

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

/// The entry of a code as this operation answers it, also when the contract does not document the code there.
#[must_use]
pub fn of(operation: &Operation, code: i32) -> Option<Entry> {
    let general = find(code)?;
    let particular = Particular::find(operation, code);
    Some(particular.map_or(*general, |particular| particular.apply(general)))
}

/// Codes that the contract documents for this operation, in ascending order.
#[must_use]
pub fn documented(operation: &Operation) -> &'static [i32] {
    DOCUMENTED
        .iter()
        .find(|(known, _)| *known == operation)
        .map_or(&[], |(_, codes)| codes)
}

/// What helps against a code that this operation answered; unknown codes ask for a correction.
#[must_use]
pub fn recovery(operation: &Operation, code: i32) -> Recovery {
    of(operation, code).map_or(Recovery::Correct, |entry| entry.recovery)
}
