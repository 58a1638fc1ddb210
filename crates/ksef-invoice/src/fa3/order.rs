//! The order or contract that an advance invoice is about.

use super::section::section;
use super::value::code::{Gtu, OrderProcedure, VatRate};
use super::value::number::{Amount, Percent, Quantity, RowNumber, UnitPrice};
use super::value::{NonEmpty, Text};

section! {
    /// The order or contract of an advance invoice.
    ///
    /// Source: `Zamowienie`.
    pub struct Order {
        /// Its value with tax.
        pub value: Amount = "WartoscZamowienia",
        /// Its lines, up to 10 000.
        pub lines: NonEmpty<OrderLine, 10_000> = "ZamowienieWiersz",
    }
}

section! {
    /// A line of the order.
    ///
    /// Source: `ZamowienieWiersz`.
    pub struct OrderLine {
        /// Its number.
        pub number: RowNumber = "NrWierszaZam" or row,
        /// A unique identifier of the line.
        pub uuid: Option<Text<50>> = "UU_IDZ",
        /// Name of the goods or service.
        pub name: Option<Text<512>> = "P_7Z",
        /// The seller's code of it, or a further description.
        pub index: Option<Text<50>> = "IndeksZ",
        /// Global Trade Item Number.
        pub gtin: Option<Text<20>> = "GTINZ",
        /// Code of the Polish classification of products and services.
        pub pkwiu: Option<Text<50>> = "PKWiUZ",
        /// Code of the Combined Nomenclature.
        pub cn: Option<Text<50>> = "CNZ",
        /// Code of the Polish classification of buildings.
        pub pkob: Option<Text<50>> = "PKOBZ",
        /// Unit of measure.
        pub unit: Option<Text<256>> = "P_8AZ",
        /// Quantity.
        pub quantity: Option<Quantity> = "P_8BZ",
        /// Net unit price.
        pub net_price: Option<UnitPrice> = "P_9AZ",
        /// Net value.
        pub net: Option<Amount> = "P_11NettoZ",
        /// Tax.
        pub tax: Option<Amount> = "P_11VatZ",
        /// Rate of tax.
        pub rate: Option<VatRate> = "P_12Z",
        /// Rate of another country's tax in the special procedure of chapter 6a, in percent.
        pub special_rate: Option<Percent> = "P_12Z_XII",
        /// Is it listed in annex 15 (split payment)?
        pub annex_15: bool = "P_12Z_Zal_15",
        /// GTU group.
        pub gtu: Option<Gtu> = "GTUZ",
        /// Procedure.
        pub procedure: Option<OrderProcedure> = "ProceduraZ",
        /// Excise that the price contains.
        pub excise: Option<Amount> = "KwotaAkcyzyZ",
        /// Does the line show the state before the correction?
        pub before_correction: bool = "StanPrzedZ",
    }
}
