//! Advances: payments before the supply and the invoices for them.

use super::section::{choice, section};
use super::value::Text;
use super::value::date::InvoiceDate;
use super::value::identifier::KsefReference;
use super::value::number::{Amount, ExchangeRate};

section! {
    /// One of several payments that an advance invoice documents.
    ///
    /// Source: `ZaliczkaCzesciowa`.
    pub struct PartialAdvance {
        /// When it was received.
        pub received: InvoiceDate = "P_6Z",
        /// The amount, part of the invoice's total.
        pub amount: Amount = "P_15Z",
        /// The exchange rate that the tax was computed with.
        pub rate: Option<ExchangeRate> = "KursWalutyZW",
    }
}

choice! {
    /// An advance invoice that this invoice settles.
    ///
    /// Source: `FakturaZaliczkowa`.
    pub enum AdvanceInvoice {
        /// Issued outside KSeF: its own number.
        OutsideKsef(Text<256>) = "NrFaZaliczkowej" after "NrKSeFZN",
        /// Issued in KSeF: its KSeF number.
        Ksef(KsefReference) = "NrKSeFFaZaliczkowej",
    }
}
