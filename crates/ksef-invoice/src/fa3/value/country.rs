//! Codes of countries.

use std::borrow::Cow;

use super::error::{Phrase, Reason, ValueError};
use super::{Value, trim};

/// A country of the schema's list: ISO 3166 alpha-2 with `AN`, `XC` Ceuta, `XI` Northern Ireland, `XK` Kosovo
/// and `XL` Melilla. Greece is `GR`.
///
/// Source: `TKodKraju`, 254 codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Poland.
    pub const PL: Self = Self(*b"PL");

    /// Takes a code of the list, in upper case.
    ///
    /// # Errors
    /// A text that is not in the list.
    pub fn new(code: &str) -> Result<Self, ValueError> {
        COUNTRIES
            .split(' ')
            .find(|known| *known == code)
            .and_then(|known| known.as_bytes().try_into().ok())
            .map(Self)
            .ok_or_else(|| ValueError::new(COUNTRY, Reason::NotListed(COUNTRY_LIST), code))
    }

    /// Every code, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        COUNTRIES
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

impl Value for CountryCode {
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

super::value_traits!(CountryCode);

/// A prefix of EU VAT numbers: the EU's countries and `XI` Northern Ireland. Greece is `EL`.
///
/// Source: `TKodyKrajowUE`, 28 codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EuCountryCode([u8; 2]);

impl EuCountryCode {
    /// Poland.
    pub const PL: Self = Self(*b"PL");

    /// Takes a code of the list, in upper case.
    ///
    /// # Errors
    /// A text that is not in the list.
    pub fn new(code: &str) -> Result<Self, ValueError> {
        EU_COUNTRIES
            .split(' ')
            .find(|known| *known == code)
            .and_then(|known| known.as_bytes().try_into().ok())
            .map(Self)
            .ok_or_else(|| ValueError::new(EU_COUNTRY, Reason::NotListed(EU_LIST), code))
    }

    /// Every code, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        EU_COUNTRIES
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

impl Value for EuCountryCode {
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

super::value_traits!(EuCountryCode);

const COUNTRY: Phrase = Phrase::new("kod kraju", "a country code");
const COUNTRY_LIST: Phrase = Phrase::new(
    "dwuliterowy kod kraju z listy FA(3), wielkimi literami",
    "a two-letter code of the list of FA(3), in upper case",
);
const EU_COUNTRY: Phrase = Phrase::new("kod kraju UE", "an EU country code");
const EU_LIST: Phrase = Phrase::new(
    "prefiks VAT kraju Unii (Grecja: EL) albo XI",
    "the VAT prefix of an EU country (Greece: EL) or XI",
);
const COUNTRIES: &str = "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM \
    BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY \
    CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI \
    GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD \
    ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO \
    NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC \
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN \
    TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XC XI XK XL YE YT ZA \
    ZM ZW";
const EU_COUNTRIES: &str =
    "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI";
