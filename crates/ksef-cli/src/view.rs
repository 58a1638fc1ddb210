//! An invoice as a person reads it, in a terminal.

mod grid;
mod json;
mod lines;
mod parties;
mod sheet;

pub(crate) use json::json;
pub(crate) use sheet::Sheet;
