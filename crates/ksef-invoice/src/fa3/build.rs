//! Builders of FA(3): what the figures and annotations must be is computed.
//!
//! [`InvoiceBuilder`] has one constructor per kind of invoice and, for each kind, only the methods that
//! make sense for it. [`Line`]s carry how they are taxed ([`Vat`]); sums by rate ([`Totals`]), the amount
//! due, tax in złoty and the annotations follow from them. [`InvoiceBuilder::build`] answers with the
//! invoice, or with every problem at once, by place and with a remedy ([`BuildError`]).
//!
//! Amounts are counted as the VAT act counts them: art. 106e(1), (7), (10) and (11), 106f, 106j(2) and
//! (3). The guide `docs/guides/building-invoices.md` shows how; it is compiled with the tests.

mod advance;
mod assemble;
mod builder;
mod correction;
mod figures;
mod item;
pub mod kind;
mod line;
mod money;
mod order_line;
mod problem;
mod rate;
mod recall;
mod totals;

pub use advance::{AdvanceInvoice, Deduction, Part, Received};
pub use builder::InvoiceBuilder;
pub use correction::{Change, CorrectedInvoice};
pub use item::Item;
pub use kind::PaymentChange;
pub use line::{Discount, Line};
pub use money::AmountError;
pub use order_line::OrderLine;
pub use problem::{BuildError, BuildProblem, Cause, Place};
pub use rate::{Bucket, Exemption, MarginScheme, Rate, TaxLiability, Vat};
pub use totals::{RateAmounts, TaxedValue, Totals};

#[cfg(doctest)]
#[doc = include_str!("../../../../docs/guides/building-invoices.md")]
struct Guide;

#[cfg(test)]
mod tests;
