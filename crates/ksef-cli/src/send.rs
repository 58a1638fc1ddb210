//! Sending invoices so that none is lost and none is sent twice: which files (`inputs`), what is to be sent (`plan`),
//! what was done (`journal`, `ledger`), the work itself (`engine`), and what came of it (`results`).

pub(crate) mod inputs;
pub(crate) mod journal;
pub(crate) mod ledger;
pub(crate) mod plan;
pub(crate) mod results;
pub(crate) mod words;
