//! The body of the invoice.

use super::advance::{AdvanceInvoice, PartialAdvance};
use super::annotations::Annotations;
use super::correction::Correction;
use super::line::Line;
use super::order::Order;
use super::payment::Payment;
use super::section::{choice, section};
use super::settlement::Settlement;
use super::terms::Terms;
use super::totals::Totals;
use super::value::code::InvoiceKind;
use super::value::currency::CurrencyCode;
use super::value::date::InvoiceDate;
use super::value::number::{Amount, ExchangeRate, RowNumber};
use super::value::{List, Text};

section! {
    /// The body: what was sold, for how much, and everything that the law wants to know.
    ///
    /// Source: `Fa`.
    pub struct Body {
        /// Currency.
        pub currency: CurrencyCode = "KodWaluty",
        /// Date of issue.
        pub issued: InvoiceDate = "P_1",
        /// Place of issue.
        pub place: Option<Text<256>> = "P_1M",
        /// Number of the invoice.
        pub number: Text<256> = "P_2",
        /// Numbers of delivery notes, up to 1000.
        pub delivery_notes: List<Text<256>, 1_000> = "WZ",
        /// When it was supplied or paid, when it is one date for all lines.
        pub supplied: Option<Supplied> = ..,
        /// Sums by rate.
        pub totals: Totals = .. or default,
        /// Total due. On an advance invoice what was paid, on a settlement what remains, on a correction the
        /// difference.
        pub total: Amount = "P_15",
        /// The exchange rate of an advance invoice that the tax was computed with.
        pub advance_rate: Option<ExchangeRate> = "KursWalutyZ",
        /// Annotations; the default says no to everything.
        pub annotations: Annotations = "Adnotacje" or default,
        /// Kind of invoice.
        pub kind: InvoiceKind = "RodzajFaktury",
        /// What is corrected; corrections have it, other kinds do not.
        pub correction: Option<Correction> = ..,
        /// Several payments of one advance invoice, up to 31.
        pub partial_advances: List<PartialAdvance, 31> = "ZaliczkaCzesciowa",
        /// Is it an invoice to a cash register's receipt (article 109(3d))?
        pub to_receipt: bool = "FP",
        /// Are seller and buyer related parties?
        pub related_parties: bool = "TP",
        /// Further data by name, up to 10 000.
        pub notes: List<Note, 10_000> = "DodatkowyOpis",
        /// Advance invoices that are settled, up to 100.
        pub advance_invoices: List<AdvanceInvoice, 100> = "FakturaZaliczkowa",
        /// May the buyer, a farmer, ask for the excise in fuel back?
        pub excise_refund: bool = "ZwrotAkcyzy",
        /// Lines, up to 10 000.
        pub lines: List<Line, 10_000> = "FaWiersz",
        /// Charges and deductions.
        pub settlement: Option<Settlement> = "Rozliczenie",
        /// Payment.
        pub payment: Option<Payment> = "Platnosc",
        /// Terms of the transaction.
        pub terms: Option<Terms> = "WarunkiTransakcji",
        /// The order of an advance invoice.
        pub order: Option<Order> = "Zamowienie",
    }
}

choice! {
    /// When the invoice was supplied or paid.
    pub enum Supplied {
        /// On one day.
        On(InvoiceDate) = "P_6",
        /// Over a period.
        During(Period) = "OkresFa",
    }
}

section! {
    /// A period, both days included.
    ///
    /// Source: `OkresFa`.
    pub struct Period {
        /// First day.
        pub from: InvoiceDate = "P_6_Od",
        /// Last day.
        pub to: InvoiceDate = "P_6_Do",
    }
}

section! {
    /// A further datum by name.
    ///
    /// Source: `TKluczWartosc`.
    pub struct Note {
        /// The row of the invoice or order that it is about.
        pub row: Option<RowNumber> = "NrWiersza",
        /// Name.
        pub key: Text<256> = "Klucz",
        /// Value.
        pub value: Text<256> = "Wartosc",
    }
}
