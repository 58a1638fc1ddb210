//! Which invoices of an inbox, as arguments.

use jiff::civil::Date;
use ksef_store::inbox::Filter;
use rust_decimal::Decimal;

use crate::commands::invoice::filter::{Role, When};
use crate::error::Result;

/// Filters of an inbox. Without any, all invoices.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct FilterArgs {
    /// Only invoices on which the context is this
    #[arg(long, value_enum)]
    pub(super) role: Option<Role>,

    /// Issued on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    issued_from: Option<Date>,

    /// Issued on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD")]
    issued_to: Option<Date>,

    /// Stored in KSeF on this day (in Poland) or instant, or later
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    stored_from: Option<When>,

    /// The seller's NIP or the buyer's identifier
    #[arg(long, value_name = "IDENTIFIER")]
    party: Option<String>,

    /// The seller's number, exactly
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,

    /// Currency, for instance EUR
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,

    /// Least gross amount
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    min: Option<Decimal>,

    /// Greatest gross amount
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    max: Option<Decimal>,

    /// Beginnings of words in numbers, names and identifiers; letter case and Polish accents do not matter
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
}

impl FilterArgs {
    /// The filter, with at most so many invoices.
    pub(super) fn filter(&self, limit: Option<u32>) -> Result<Filter> {
        Ok(Filter {
            role: self.role.map(Into::into),
            issued_from: self.issued_from,
            issued_to: self.issued_to,
            stored_from: self.stored_from.map(When::first).transpose()?,
            party: self.party.clone(),
            invoice_number: self.number.clone(),
            currency: self.currency.clone(),
            gross_min: self.min,
            gross_max: self.max,
            text: self.text.clone(),
            limit,
        })
    }
}
