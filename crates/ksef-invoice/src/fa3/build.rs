//! Builders of FA(3): what the figures and annotations must be is computed.

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

#[cfg(test)]
mod tests;
