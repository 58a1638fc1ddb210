//! The lines of the invoice.

use super::section::section;
use super::value::Text;
use super::value::code::{Gtu, Procedure, VatRate};
use super::value::date::InvoiceDate;
use super::value::number::{Amount, ExchangeRate, Percent, Quantity, RowNumber, UnitPrice};

section! {
    /// A line. What it must have depends on the kind of invoice; the schema wants its number only.
    ///
    /// Source: `FaWiersz`.
    pub struct Line {
        /// Its number; rows before and after a correction may share one.
        pub number: RowNumber = "NrWierszaFa" or row,
        /// A unique identifier of the line.
        pub uuid: Option<Text<50>> = "UU_ID",
        /// When this line was supplied, when lines differ.
        pub supplied: Option<InvoiceDate> = "P_6A",
        /// Name of the goods or service.
        pub name: Option<Text<512>> = "P_7",
        /// The seller's code of it, or a further description.
        pub index: Option<Text<50>> = "Indeks",
        /// Global Trade Item Number.
        pub gtin: Option<Text<20>> = "GTIN",
        /// Code of the Polish classification of products and services.
        pub pkwiu: Option<Text<50>> = "PKWiU",
        /// Code of the Combined Nomenclature.
        pub cn: Option<Text<50>> = "CN",
        /// Code of the Polish classification of buildings.
        pub pkob: Option<Text<50>> = "PKOB",
        /// Unit of measure.
        pub unit: Option<Text<256>> = "P_8A",
        /// Quantity.
        pub quantity: Option<Quantity> = "P_8B",
        /// Net unit price.
        pub net_price: Option<UnitPrice> = "P_9A",
        /// Gross unit price, where tax is computed from gross values (article 106e(7) and (8)).
        pub gross_price: Option<UnitPrice> = "P_9B",
        /// Discount that the unit price does not contain.
        pub discount: Option<UnitPrice> = "P_10",
        /// Net value.
        pub net: Option<Amount> = "P_11",
        /// Gross value, where tax is computed from gross values (article 106e(7) and (8)).
        pub gross: Option<Amount> = "P_11A",
        /// Tax, in the case of article 106e(10).
        pub tax: Option<Amount> = "P_11Vat",
        /// Rate of tax.
        pub rate: Option<VatRate> = "P_12",
        /// Rate of another country's tax in the special procedure of chapter 6a, in percent.
        pub special_rate: Option<Percent> = "P_12_XII",
        /// Is it listed in annex 15 (split payment)?
        pub annex_15: bool = "P_12_Zal_15",
        /// Excise that the price contains.
        pub excise: Option<Amount> = "KwotaAkcyzy",
        /// GTU group.
        pub gtu: Option<Gtu> = "GTU",
        /// Procedure.
        pub procedure: Option<Procedure> = "Procedura",
        /// The exchange rate that the tax was computed with.
        pub exchange_rate: Option<ExchangeRate> = "KursWaluty",
        /// Does the line show the state before the correction?
        pub before_correction: bool = "StanPrzed",
    }
}
