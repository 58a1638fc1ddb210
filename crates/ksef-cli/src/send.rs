//! Sending invoices so that none is lost and none is sent twice.
//!
//! Which files (`inputs`, `unpack`), what is to be sent (`plan`), which way it goes (`way`), what was done (`journal`, `ledger`),
//! the work itself (`engine`, which reaches KSeF through `remote` and keeps packages by `package`), and what came of it (`results`, `words`).

pub(crate) mod earlier;
pub(crate) mod engine;
pub(crate) mod inputs;
pub(crate) mod journal;
pub(crate) mod ledger;
pub(crate) mod opening;
pub(crate) mod options;
pub(crate) mod package;
pub(crate) mod plan;
pub(crate) mod receipt;
pub(crate) mod remote;
pub(crate) mod report;
pub(crate) mod results;
pub(crate) mod run;
pub(crate) mod sdk;
pub(crate) mod stop;
pub(crate) mod unpack;
pub(crate) mod way;
pub(crate) mod words;
