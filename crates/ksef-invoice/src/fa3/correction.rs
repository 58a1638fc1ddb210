//! What a correction corrects.

use super::parties::{Address, PartyIdentity, TaxpayerIdentity};
use super::section::{choice, section};
use super::value::code::CorrectionEffect;
use super::value::country::EuCountryCode;
use super::value::date::InvoiceDate;
use super::value::identifier::KsefReference;
use super::value::number::{Amount, ExchangeRate};
use super::value::{List, NonEmpty, Text};

section! {
    /// What is corrected, why, and how it was before.
    ///
    /// Source: the group from `PrzyczynaKorekty` to `KursWalutyZK`.
    pub struct Correction {
        /// Why.
        pub reason: Option<Text<256>> = "PrzyczynaKorekty",
        /// When it counts.
        pub effect: Option<CorrectionEffect> = "TypKorekty",
        /// The invoices corrected, up to 50 000.
        pub invoices: NonEmpty<CorrectedInvoice, 50_000> = "DaneFaKorygowanej",
        /// The period of a discount for all supplies of a time (article 106j(3)).
        pub period: Option<Text<256>> = "OkresFaKorygowanej",
        /// The right number of the corrected invoice, when its number was the mistake.
        pub right_number: Option<Text<256>> = "NrFaKorygowany",
        /// The seller as the corrected invoice has it.
        pub seller_before: Option<SellerBefore> = "Podmiot1K",
        /// The buyer and further buyers as the corrected invoice has them, up to 101.
        pub buyers_before: List<BuyerBefore, 101> = "Podmiot2K",
        /// The payment of a corrected advance invoice, or the rest due of a corrected settlement.
        pub due_before: Option<DueBefore> = ..,
    }
}

section! {
    /// An invoice that is corrected.
    ///
    /// Source: `DaneFaKorygowanej`.
    pub struct CorrectedInvoice {
        /// When it was issued.
        pub issued: InvoiceDate = "DataWystFaKorygowanej",
        /// Its number.
        pub number: Text<256> = "NrFaKorygowanej",
        /// Its number in KSeF.
        pub ksef: CorrectedIn = ..,
    }
}

choice! {
    /// Where the corrected invoice was issued.
    pub enum CorrectedIn {
        /// In KSeF, under this number.
        Ksef(KsefReference) = "NrKSeFFaKorygowanej" after "NrKSeF",
        /// Outside KSeF.
        OutsideKsef = "NrKSeFN",
    }
}

section! {
    /// The seller before the correction.
    ///
    /// Source: `Podmiot1K`.
    pub struct SellerBefore {
        /// Prefix of the EU VAT number.
        pub prefix: Option<EuCountryCode> = "PrefiksPodatnika",
        /// NIP and name.
        pub identity: TaxpayerIdentity = "DaneIdentyfikacyjne",
        /// Address.
        pub address: Address = "Adres",
    }
}

section! {
    /// A buyer before the correction.
    ///
    /// Source: `Podmiot2K`.
    pub struct BuyerBefore {
        /// Identifier and name.
        pub identity: PartyIdentity = "DaneIdentyfikacyjne",
        /// Address.
        pub address: Option<Address> = "Adres",
        /// The key that ties it to the buyer of this invoice.
        pub key: Option<Text<32>> = "IDNabywcy",
    }
}

section! {
    /// What was due before the correction of an advance or a settlement.
    pub struct DueBefore {
        /// The amount.
        pub amount: Amount = "P_15ZK",
        /// The exchange rate that the tax was computed with.
        pub rate: Option<ExchangeRate> = "KursWalutyZK",
    }
}
