//! Numbers of taxpayers, registers, bank accounts, invoices and payments.

use std::borrow::Cow;

use ksef_core::internal_id::InternalId;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;

use super::error::{Phrase, Reason, ValueError};
use super::text::{check_characters, check_length};
use super::{Value, collapse};

/// An identifier that is a text of a certain form.
macro_rules! identifier {
    (
        $(#[$meta:meta])*
        $name:ident, $phrase:expr, $form:expr, |$text:ident| $is_valid:expr $(, spaces $collapse:ident)?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes a text of this form.
            ///
            /// # Errors
            /// A text of another form.
            pub fn new(text: &str) -> Result<Self, ValueError> {
                $(let text = &*$collapse(text);)?
                let $text = text;
                if !$is_valid {
                    return Err(ValueError::new($phrase, Reason::Form($form), text));
                }
                check_characters($phrase, text)?;
                Ok(Self(text.into()))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Value for $name {
            fn parse(text: &str) -> Result<Self, ValueError> {
                Self::new(text)
            }

            fn lexical(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.0)
            }
        }

        super::value_traits!($name);
    };
}

identifier!(
    /// A VAT number of an EU country, without its prefix: 1 to 12 digits, upper-case letters, `+` or `*`.
    ///
    /// Source: `TNrVatUE`.
    EuVatNumber,
    Phrase::new("numer VAT UE", "an EU VAT number"),
    Phrase::new(
        "1–12 cyfr, wielkich liter, znaków + lub *, bez prefiksu kraju",
        "1 to 12 digits, upper-case letters, + or *, without the country's prefix"
    ),
    |text| (1..=12).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'+' || b == b'*')
);

identifier!(
    /// An e-mail address as the schema wants it: 3 to 255 characters with an `@` inside.
    ///
    /// Source: `TAdresEmail`.
    EmailAddress,
    Phrase::new("adres e-mail", "an e-mail address"),
    Phrase::new(
        "3–255 znaków ze znakiem @ w środku",
        "3 to 255 characters with an @ inside"
    ),
    |text| (3..=255).contains(&text.chars().count()) && has_inner_at(text),
    spaces collapse
);

identifier!(
    /// A BIC: 8 or 11 upper-case letters and digits, the first 6 letters.
    ///
    /// Source: `SWIFT_Type`.
    Swift,
    Phrase::new("kod SWIFT", "a SWIFT code"),
    Phrase::new("8 lub 11 wielkich liter i cyfr", "8 or 11 upper-case letters and digits"),
    |text| matches!(text.len(), 8 | 11)
        && text.bytes().enumerate().all(|(at, b)| {
            b.is_ascii_uppercase() || (at >= 6 && b.is_ascii_digit())
        })
);

identifier!(
    /// A number of the National Court Register: 10 digits.
    ///
    /// Source: `TNrKRS`.
    KrsNumber,
    Phrase::new("numer KRS", "a KRS number"),
    Phrase::new("10 cyfr", "10 digits"),
    |text| text.len() == 10 && is_digits(text)
);

identifier!(
    /// A number of the statistical register: 9 or 14 digits.
    ///
    /// Source: `TNrREGON`.
    RegonNumber,
    Phrase::new("numer REGON", "a REGON number"),
    Phrase::new("9 lub 14 cyfr", "9 or 14 digits"),
    |text| matches!(text.len(), 9 | 14) && is_digits(text)
);

identifier!(
    /// The number that KSeF gave to another invoice, as an invoice names it.
    ///
    /// The schema asks for the pattern, not for the checksum, and knows sellers without NIP from KSeF 1.0;
    /// [`Self::to_ksef_number`] is stricter.
    ///
    /// Source: `TNumerKSeF`.
    KsefReference,
    Phrase::new("numer KSeF", "a KSeF number"),
    Phrase::new(
        "NIP-RRRRMMDD-12 cyfr szesnastkowych-2 cyfry szesnastkowe",
        "NIP-YYYYMMDD-12 hexadecimal digits-2 hexadecimal digits, upper case"
    ),
    |text| is_ksef_reference(text),
    spaces collapse
);

impl KsefReference {
    /// The number, when its checksum is right and its seller has a NIP.
    #[must_use]
    pub fn to_ksef_number(&self) -> Option<KsefNumber> {
        KsefNumber::parse(&self.0).ok()
    }
}

impl From<KsefNumber> for KsefReference {
    fn from(number: KsefNumber) -> Self {
        Self(number.as_str().into())
    }
}

identifier!(
    /// The identifier of a payment: 3 digits and 10 letters or digits.
    ///
    /// Source: `IPKSeF`.
    PaymentId,
    Phrase::new("identyfikator płatności IPKSeF", "a payment identifier"),
    Phrase::new("3 cyfry i 10 liter lub cyfr", "3 digits and 10 letters or digits"),
    |text| is_payment_id(text),
    spaces collapse
);

identifier!(
    /// A link that pays: an `http` or `https` address of at most 512 characters whose query has `IPKSeF=` with a
    /// payment identifier.
    ///
    /// Source: `LinkDoPlatnosci`.
    PaymentLink,
    Phrase::new("link do płatności", "a payment link"),
    Phrase::new(
        "adres http(s) do 512 znaków z parametrem IPKSeF=3 cyfry i 10 liter lub cyfr",
        "an http(s) address of at most 512 characters with IPKSeF=3 digits and 10 letters or digits"
    ),
    |text| text.chars().count() <= 512 && is_payment_link(text),
    spaces collapse
);

/// A tax number of a country outside this list of forms, or any other identifier: 1 to 50 characters.
///
/// Line feeds and tabs become spaces, as the schema has it; spaces stay.
///
/// Source: `TNrIdentyfikacjiPodatkowej`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForeignTaxId(Box<str>);

impl ForeignTaxId {
    /// Takes a text.
    ///
    /// # Errors
    /// An empty text, more than 50 characters, or one that XML does not allow or KSeF refuses.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        let text = text.replace(['\t', '\r', '\n'], " ");
        check_length(TAX_ID, &text, 1, 50)?;
        check_characters(TAX_ID, &text)?;
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A bank account: 10 to 34 characters, with or without spaces, an NRB or an IBAN or another number.
///
/// Source: `TNrRB`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNumber(Box<str>);

impl AccountNumber {
    /// Takes a text.
    ///
    /// # Errors
    /// Fewer than 10 or more than 34 characters, or one that XML does not allow or KSeF refuses.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        check_length(ACCOUNT, text, 10, 34)?;
        check_characters(ACCOUNT, text)?;
        Ok(Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for ForeignTaxId {
    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl Value for AccountNumber {
    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::new(text)
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

super::value_traits!(ForeignTaxId, AccountNumber);

impl Value for Nip {
    fn parse(text: &str) -> Result<Self, ValueError> {
        Self::parse(text).map_err(|_| ValueError::new(NIP, Reason::Form(NIP_FORM), text))
    }

    fn parse_loosely(text: &str) -> Option<Self> {
        let digits = text.replace(['-', ' ', '\t', '\r', '\n'], "");
        Self::parse(digits.strip_prefix("PL").unwrap_or(&digits)).ok()
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }
}

impl Value for InternalId {
    fn parse(text: &str) -> Result<Self, ValueError> {
        let text = collapse(text);
        Self::parse(&text)
            .map_err(|_| ValueError::new(INTERNAL_ID, Reason::Form(INTERNAL_FORM), &text))
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Has the text an `@` that is neither its first nor its last character?
fn has_inner_at(text: &str) -> bool {
    let mut inner = text.chars();
    inner.next();
    inner.next_back();
    inner.as_str().contains('@')
}

fn is_ksef_reference(text: &str) -> bool {
    let Some((seller, rest)) = text.split_at_checked(10) else {
        return false;
    };
    let is_other_seller = match seller.as_bytes() {
        [b'M', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        [a, b, c, digits @ ..] => {
            [a, b, c].iter().all(|byte| byte.is_ascii_uppercase())
                && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    if !is_other_seller && Nip::parse(seller).is_err() {
        return false;
    }
    let [b'-', rest @ ..] = rest.as_bytes() else {
        return false;
    };
    let Some((date, rest)) = rest.split_at_checked(8) else {
        return false;
    };
    let is_hex = |bytes: &[u8]| {
        bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte))
    };
    let is_technical = match rest {
        [b'-', technical @ .., b'-', _, _] if technical.len() == 12 => is_hex(technical),
        [b'-', technical @ .., b'-', _, _] if technical.len() == 13 => {
            matches!(technical, [first @ .., b'-', _, _, _, _, _, _] if is_hex(first))
                && technical.get(7..).is_some_and(is_hex)
        }
        _ => false,
    };
    is_technical && is_compact_date(date) && rest.get(rest.len() - 2..).is_some_and(is_hex)
}

/// `YYYYMMDD` from 2020, with months to 12 and days to 31: the pattern knows no month lengths.
fn is_compact_date(date: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(date)
        .ok()
        .filter(|text| is_digits(text))
    else {
        return false;
    };
    let part = |range: std::ops::Range<usize>| {
        text.get(range)
            .and_then(|part| part.parse::<u32>().ok())
            .unwrap_or(0)
    };
    part(0..4) >= 2020 && (1..=12).contains(&part(4..6)) && (1..=31).contains(&part(6..8))
}

fn is_payment_id(text: &str) -> bool {
    text.len() == 13
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| byte.is_ascii_digit() || (at >= 3 && byte.is_ascii_alphabetic()))
}

/// The schema's pattern of payment links, step by step: scheme, host with a dot, port, path, query, fragment.
fn is_payment_link(text: &str) -> bool {
    let Some(rest) = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
    else {
        return false;
    };
    let (address, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let Some((place, query)) = address.split_once('?') else {
        return false;
    };
    let (authority, path) = match place.find('/') {
        Some(at) => place.split_at_checked(at).unwrap_or((place, "")),
        None => (place, ""),
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let has_space = |part: &str| part.contains([' ', '\t', '\r', '\n']);
    let has_id = query
        .split('&')
        .any(|parameter| parameter.strip_prefix("IPKSeF=").is_some_and(is_payment_id));
    is_host(host)
        && port.is_none_or(|port| (1..=5).contains(&port.len()) && is_digits(port))
        && !has_space(path)
        && !has_space(query)
        && !fragment.contains(['\r', '\n'])
        && has_id
}

fn is_host(host: &str) -> bool {
    let Some((labels, top)) = host.rsplit_once('.') else {
        return false;
    };
    let is_label = |label: &str| {
        label
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        && labels.split('.').all(is_label)
}

const NIP: Phrase = Phrase::new("NIP", "a NIP");
const NIP_FORM: Phrase = Phrase::new(
    "10 cyfr bez kresek, pierwsza różna od 0, druga i trzecia nie obie 0",
    "10 digits without hyphens, the first not 0, the second and third not both 0",
);
const INTERNAL_ID: Phrase = Phrase::new("identyfikator wewnętrzny", "an internal identifier");
const INTERNAL_FORM: Phrase = Phrase::new("NIP-5 cyfr", "NIP, hyphen, 5 digits");
const TAX_ID: Phrase = Phrase::new("identyfikator podatkowy", "a tax identifier");
const ACCOUNT: Phrase = Phrase::new("numer rachunku", "an account number");
