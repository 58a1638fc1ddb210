//! Charges and deductions beside the invoice's total.

use super::section::{choice, section};
use super::value::number::Amount;
use super::value::{List, Text};

section! {
    /// Charges and deductions, and what is to be paid after them.
    ///
    /// Source: `Rozliczenie`.
    #[derive(Default)]
    pub struct Settlement {
        /// Charges, up to 100.
        pub charges: List<Adjustment, 100> = "Obciazenia",
        /// Their sum.
        pub charges_total: Option<Amount> = "SumaObciazen",
        /// Deductions, up to 100.
        pub deductions: List<Adjustment, 100> = "Odliczenia",
        /// Their sum.
        pub deductions_total: Option<Amount> = "SumaOdliczen",
        /// What remains.
        pub balance: Option<Balance> = ..,
    }
}

section! {
    /// A charge or a deduction.
    ///
    /// Source: `Obciazenia`, `Odliczenia`.
    pub struct Adjustment {
        /// The amount.
        pub amount: Amount = "Kwota",
        /// Why.
        pub reason: Text<256> = "Powod",
    }
}

choice! {
    /// What remains after charges and deductions.
    pub enum Balance {
        /// To be paid.
        Due(Amount) = "DoZaplaty",
        /// Overpaid: to be settled or returned.
        Overpaid(Amount) = "DoRozliczenia",
    }
}
