//! Builders of FA(3): what the figures and annotations must be is computed.

mod money;
mod rate;
mod totals;

pub use money::AmountError;
pub use rate::{Bucket, Exemption, MarginScheme, Rate, TaxLiability, Vat};
pub use totals::{RateAmounts, TaxedValue, Totals};
