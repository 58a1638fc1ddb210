//! Builders of FA(3): what the figures and annotations must be is computed.

mod advance;
mod assemble;
mod builder;
mod correction;
mod figures;
pub mod kind;
mod line;
mod money;
mod problem;
mod rate;
mod totals;

pub use advance::{AdvanceInvoice, Deduction, Part, Received};
pub use builder::InvoiceBuilder;
pub use correction::{Change, CorrectedInvoice};
pub use kind::PaymentChange;
pub use line::{Discount, Item, Line, OrderLine};
pub use money::AmountError;
pub use problem::{BuildError, BuildProblem, Cause, Place};
pub use rate::{Bucket, Exemption, MarginScheme, Rate, TaxLiability, Vat};
pub use totals::{RateAmounts, TaxedValue, Totals};

#[cfg(test)]
mod tests;
