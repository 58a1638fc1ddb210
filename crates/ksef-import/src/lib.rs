//! Invoices from JSON, CSV and XLSX.
//!
//! [`import`] reads a [`Source`] and answers with FA(3) documents and problems, all of them at
//! once, each with file, sheet, row and column (or line, column and JSON pointer), and with a
//! sentence in Polish and English. Nothing is made of an invoice that has a problem; the others
//! are unharmed. VAT is computed by `ksef_invoice::fa3::build`, never here.
//!
//! ```text
//! JSON ─ json ──────────────────────────────┐
//! CSV ── encoding ─ csv ─┐                  ├─▶ node (with places) ─▶ shape ─▶ convert ─▶ FA(3)
//! XLSX ─ xlsx ───────────┴─ heading ─ cell ─┘
//!                           grouping
//! ```
//!
//! All three become the same tree in the shape of the published JSON Schema ([`json_schema`]); a
//! [`Mapping`] says how a table of one's own is read and what is constant. [`template`] gives files
//! to start from. The crate does no I/O.

mod column;
mod convert;
mod date;
mod draft;
pub mod fault;
mod import;
mod json;
mod mapping;
mod naming;
mod node;
mod number;
mod problem;
mod shape;
mod source;
mod table;
mod template;
mod wording;

pub use column::{ColumnDescription, Content, columns};
pub use import::{Imported, ImportedInvoice, import};
pub use mapping::{DecimalMark, Encoding, Mapping};
pub use problem::{ImportProblem, Origin, Place};
pub use shape::json_schema;
pub use source::{Format, Limits, Options, Source};
pub use template::{Template, template};
