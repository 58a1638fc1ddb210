//! Codes of currencies.

use std::borrow::Cow;

use super::error::{Phrase, Reason, ValueError};
use super::{Value, trim};

/// A currency of the schema's list: ISO 4217 with some withdrawn codes, metals and the island pounds.
///
/// Source: `TKodWaluty`, 182 codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// Polish złoty.
    pub const PLN: Self = Self(*b"PLN");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// US dollar.
    pub const USD: Self = Self(*b"USD");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// Swiss franc.
    pub const CHF: Self = Self(*b"CHF");
    /// Czech koruna.
    pub const CZK: Self = Self(*b"CZK");

    /// Takes a code of the list, in upper case.
    ///
    /// # Errors
    /// A text that is not in the list.
    pub fn new(code: &str) -> Result<Self, ValueError> {
        CODES
            .split(' ')
            .find(|known| *known == code)
            .and_then(|known| known.as_bytes().try_into().ok())
            .map(Self)
            .ok_or_else(|| ValueError::new(CURRENCY, Reason::NotListed(LIST), code))
    }

    /// Every code, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES
            .split(' ')
            .filter_map(|code| code.as_bytes().try_into().ok().map(Self))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Always succeeds: codes are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Value for CurrencyCode {
    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }

    fn parse_loosely(text: &str) -> Option<Self> {
        Self::new(&trim(text).to_ascii_uppercase()).ok()
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }
}

super::value_traits!(CurrencyCode);

const CURRENCY: Phrase = Phrase::new("kod waluty", "a currency code");
const LIST: Phrase = Phrase::new(
    "kod waluty z listy FA(3), wielkimi literami",
    "a code of the list of FA(3), in upper case",
);
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL \
    BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF \
    DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GGP GHS GIP GMD GNF GTQ GYD HKD HNL HRK \
    HTG HUF IDR ILS IMP INR IQD IRR ISK JEP JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD \
    KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR \
    MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR \
    SBD SCR SDG SEK SGD SHP SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
    TWD TZS UAH UGX USD USN UYI UYU UYW UZS VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD \
    XCD XCG XDR XOF XPD XPF XPT XSU XUA XXX YER ZAR ZMW ZWL";
