//! What UPOs prove: whom they come from, and which invoices they speak of.
//!
//! ```text
//! files ──▶ ksef_sdk::upo: signature, signer, schema ──▶ entries ──┬─▶ invoices that were given    ─┐
//!           (trust: --trusted, or a sandbox's authority)           ├─▶ copies of what was sent     ─┼─▶ verdicts
//!                                                                  └─▶ copies in the inbox         ─┘
//! ```

mod copies;
mod entry;
mod file;
mod machine;
mod papers;
mod print;
mod trust;
pub(crate) mod words;

pub(crate) use copies::Copies;
pub(crate) use file::{Judged, UPO_BYTES_MAX, Verdict, looks_like_upo, refuse_conflicts};
pub(crate) use machine::{document, upo_json};
pub(crate) use papers::Papers;
pub(crate) use print::{cells, facts, print};
pub(crate) use trust::TrustArgs;
