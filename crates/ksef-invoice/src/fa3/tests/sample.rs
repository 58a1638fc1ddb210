//! Any invoice at all, made from bytes: the fewer and smaller the bytes, the simpler the invoice.

use ksef_core::internal_id::InternalId;
use ksef_core::nip::Nip;
use rust_decimal::Decimal;

use crate::fa3::attachment::Column;
use crate::fa3::header::Header;
use crate::fa3::parties::PolishPrefix;
use crate::fa3::totals::{SpecialTotal, TaxedTotal, Totals};
use crate::fa3::value::code::*;
use crate::fa3::value::country::{CountryCode, EuCountryCode};
use crate::fa3::value::currency::CurrencyCode;
use crate::fa3::value::date::*;
use crate::fa3::value::identifier::*;
use crate::fa3::value::number::*;
use crate::fa3::value::text::Prose;
use crate::fa3::value::{List, NonEmpty, Text};

/// Choices, from bytes; 0 when they are used up.
#[derive(Debug)]
pub(crate) struct Source<'a>(pub(crate) &'a [u8]);

impl Source<'_> {
    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first)
    }

    /// A number below `limit`, which is at most 16 million.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let wide = if limit > 256 {
            (self.byte() << 16) | (self.byte() << 8)
        } else {
            0
        };
        (wide | self.byte()) % limit
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.pick(DIGITS)).collect()
    }

    fn letters(&mut self, count: usize, of: &[char]) -> String {
        (0..count).map(|_| self.pick(of)).collect()
    }

    /// `-?([1-9]\d*|0)(\.\d+)?`
    fn decimal(&mut self, whole: usize, places: usize) -> String {
        let sign = self.pick(&["", "", "-"]);
        let whole = match self.below(whole + 1) {
            0 => "0".to_owned(),
            count => format!("{}{}", self.pick(&DIGITS[1..]), self.digits(count - 1)),
        };
        match self.below(places + 1) {
            0 => format!("{sign}{whole}"),
            count => format!("{sign}{whole}.{}", self.digits(count)),
        }
    }

    fn text(&mut self, min: usize, max: usize) -> String {
        let length = match self.below(40) {
            39 => max,
            38 => min,
            other => min + other % (max - min + 1).min(12),
        };
        (0..length).map(|_| self.pick(CHARACTERS)).collect()
    }
}

/// What can be made from bytes.
pub(crate) trait Sample: Sized {
    fn sample(source: &mut Source<'_>) -> Self;
}

impl<T: Sample> Sample for Option<T> {
    fn sample(source: &mut Source<'_>) -> Self {
        (source.below(2) == 1).then(|| T::sample(source))
    }
}

impl<T: Sample, const MAX: usize> Sample for List<T, MAX> {
    fn sample(source: &mut Source<'_>) -> Self {
        let length = source.below(4).min(MAX);
        let entries: Vec<_> = (0..length).map(|_| T::sample(source)).collect();
        entries.try_into().unwrap()
    }
}

impl<T: Sample, const MAX: usize> Sample for NonEmpty<T, MAX> {
    fn sample(source: &mut Source<'_>) -> Self {
        let length = source.below(3).min(MAX - 1);
        let mut list = Self::of(T::sample(source));
        for _ in 0..length {
            list.push(T::sample(source)).unwrap();
        }
        list
    }
}

impl Sample for bool {
    fn sample(source: &mut Source<'_>) -> Self {
        source.below(2) == 1
    }
}

impl<const MAX: usize, const MIN: usize> Sample for Text<MAX, MIN> {
    fn sample(source: &mut Source<'_>) -> Self {
        let text = source.text(MIN, MAX);
        // Nothing but spaces is no text.
        Self::new(&text).unwrap_or_else(|_| Self::new("x").unwrap())
    }
}

impl Sample for Prose {
    fn sample(source: &mut Source<'_>) -> Self {
        let text = source.text(1, Self::LENGTH_MAX);
        let ends = source.pick(&["", " ", "\n", "\r\n", "\t"]);
        Self::new(&format!("{ends}{text}")).unwrap_or_else(|_| Self::new(&text).unwrap())
    }
}

macro_rules! decimals {
    ($($name:ident)*) => {$(
        impl Sample for $name {
            fn sample(source: &mut Source<'_>) -> Self {
                let whole = usize::try_from(Self::WHOLE_DIGITS_MAX).unwrap();
                let places = usize::try_from(Self::PLACES_MAX).unwrap();
                source.decimal(whole, places).parse().unwrap()
            }
        }
    )*};
}
decimals!(Amount UnitPrice Quantity ExchangeRate);

impl Sample for Percent {
    fn sample(source: &mut Source<'_>) -> Self {
        match source.below(3) {
            0 => {
                let places = u32::try_from(source.below(7)).unwrap();
                let number = i64::try_from(source.below(1_000_001)).unwrap();
                Self::new(Decimal::new(number, places).min(Decimal::ONE_HUNDRED)).unwrap()
            }
            1 => {
                let forms = [
                    "100",
                    "0",
                    "+5",
                    "007.50",
                    ".5",
                    "5.",
                    "-0",
                    "100.000",
                    "1.0000000",
                ];
                source.pick(&forms).parse().unwrap()
            }
            _ => {
                let text = format!("{}.{}", source.below(100), source.digits(6));
                text.parse().unwrap()
            }
        }
    }
}

impl Sample for RowNumber {
    fn sample(source: &mut Source<'_>) -> Self {
        match source.below(8) {
            0 => "1".parse().unwrap(),
            1 => source
                .pick(&["+3", "007", "99999999999999"])
                .parse()
                .unwrap(),
            _ => (1 + source.below(10_000)).to_string().parse().unwrap(),
        }
    }
}

impl Sample for UnitCount {
    fn sample(source: &mut Source<'_>) -> Self {
        source
            .pick(&["0", "14", "-3", "+30", "007", "-0"])
            .parse()
            .unwrap()
    }
}

macro_rules! dates {
    ($($name:ident)*) => {$(
        impl Sample for $name {
            fn sample(source: &mut Source<'_>) -> Self {
                let days = (Self::MAX.get() - Self::MIN.get()).get_days();
                let days = i64::try_from(source.below(usize::try_from(days).unwrap() + 1)).unwrap();
                Self::new(Self::MIN.get() + jiff::Span::new().days(days)).unwrap()
            }
        }
    )*};
}
dates!(InvoiceDate PaymentDate AgreementDate);

macro_rules! instants {
    ($($name:ident)*) => {$(
        impl Sample for $name {
            fn sample(source: &mut Source<'_>) -> Self {
                let day = 1 + source.below(28);
                let month = 1 + source.below(12);
                let year = 2026 + source.below(24);
                let time = source.pick(&["00:00:00", "23:59:59", "12:30:15.123", "24:00:00", "01:02:03.1234567890123"]);
                let offset = source.pick(&["Z", "", "+01:00", "-14:00", "+14:00", "-00:00"]);
                format!("{year}-{month:02}-{day:02}T{time}{offset}").parse().unwrap()
            }
        }
    )*};
}
instants!(CreationTime TransportTime);

macro_rules! lists {
    ($($name:ident)*) => {$(
        impl Sample for $name {
            fn sample(source: &mut Source<'_>) -> Self {
                source.pick(Self::ALL)
            }
        }
    )*};
}
lists!(YesNo InvoiceKind VatRate Gtu Procedure OrderProcedure PaymentForm PaidExtent CorrectionEffect
    TaxpayerStatus ThirdPartyRole AuthorizedRole BankOwnAccount TransportKind LoadKind ColumnKind);

macro_rules! codes {
    ($($name:ident)*) => {$(
        impl Sample for $name {
            fn sample(source: &mut Source<'_>) -> Self {
                let all: Vec<_> = Self::all().collect();
                source.pick(&all)
            }
        }
    )*};
}
codes!(CountryCode EuCountryCode CurrencyCode);

impl Sample for Nip {
    fn sample(source: &mut Source<'_>) -> Self {
        let digits = source.digits(7);
        Self::parse(&format!("{}{digits}", source.pick(&["123", "910", "501"]))).unwrap()
    }
}

impl Sample for InternalId {
    fn sample(source: &mut Source<'_>) -> Self {
        let nip = Nip::sample(source);
        Self::parse(&format!("{nip}-{}", source.digits(5))).unwrap()
    }
}

impl Sample for EuVatNumber {
    fn sample(source: &mut Source<'_>) -> Self {
        let length = 1 + source.below(12);
        let letters: Vec<_> = DIGITS
            .iter()
            .chain(UPPER)
            .chain(&['+', '*'])
            .copied()
            .collect();
        source.letters(length, &letters).parse().unwrap()
    }
}

impl Sample for EmailAddress {
    fn sample(source: &mut Source<'_>) -> Self {
        source
            .pick(&["a@b", "jan.kowalski@example.pl", "ż@ó", "a@@", "@@@"])
            .parse()
            .unwrap()
    }
}

impl Sample for Swift {
    fn sample(source: &mut Source<'_>) -> Self {
        let start = source.letters(6, UPPER);
        let length = source.pick(&[2, 5]);
        format!("{start}{}", source.digits(length)).parse().unwrap()
    }
}

impl Sample for KrsNumber {
    fn sample(source: &mut Source<'_>) -> Self {
        source.digits(10).parse().unwrap()
    }
}

impl Sample for RegonNumber {
    fn sample(source: &mut Source<'_>) -> Self {
        let length = source.pick(&[9, 14]);
        source.digits(length).parse().unwrap()
    }
}

impl Sample for KsefReference {
    fn sample(source: &mut Source<'_>) -> Self {
        let forms = [
            "5265877635-20250826-0100001AF629-AF",
            "5265877635-20250826-010000-1AF629-AF",
            "M123456789-20201231-0100001AF629-00",
            "ABC1234567-99990231-FFFFFFFFFFFF-FF",
        ];
        source.pick(&forms).parse().unwrap()
    }
}

impl Sample for PaymentId {
    fn sample(source: &mut Source<'_>) -> Self {
        let start = source.digits(3);
        format!("{start}{}", source.letters(10, &['a', 'Z', '7']))
            .parse()
            .unwrap()
    }
}

impl Sample for PaymentLink {
    fn sample(source: &mut Source<'_>) -> Self {
        let id = PaymentId::sample(source);
        let forms = [
            format!("https://example.pl?IPKSeF={id}"),
            format!("http://a-b.c1.example.pl:8080/p/q?a=b&IPKSeF={id}&c=d?e#f g"),
            format!("https://1.pl/?IPKSeF={id}#"),
            format!("https://a--.pl:1/ą?&IPKSeF={id}&"),
        ];
        source.pick(&forms).parse().unwrap()
    }
}

impl Sample for ForeignTaxId {
    fn sample(source: &mut Source<'_>) -> Self {
        Self::new(&source.text(1, 50)).unwrap()
    }
}

impl Sample for AccountNumber {
    fn sample(source: &mut Source<'_>) -> Self {
        Self::new(&source.text(10, 34)).unwrap()
    }
}

impl Sample for PolishPrefix {
    fn sample(_: &mut Source<'_>) -> Self {
        Self
    }
}

impl Sample for Header {
    fn sample(source: &mut Source<'_>) -> Self {
        Self {
            created: Sample::sample(source),
            system: Sample::sample(source),
        }
    }
}

impl Sample for Column {
    fn sample(source: &mut Source<'_>) -> Self {
        Self::new(Sample::sample(source), Sample::sample(source))
    }
}

impl Sample for TaxedTotal {
    fn sample(source: &mut Source<'_>) -> Self {
        Self {
            net: Sample::sample(source),
            tax: Sample::sample(source),
            tax_pln: Sample::sample(source),
        }
    }
}

impl Sample for SpecialTotal {
    fn sample(source: &mut Source<'_>) -> Self {
        Self::new(Sample::sample(source), Sample::sample(source))
    }
}

impl Sample for Totals {
    fn sample(source: &mut Source<'_>) -> Self {
        Self {
            standard: Sample::sample(source),
            reduced: Sample::sample(source),
            super_reduced: Sample::sample(source),
            taxi: Sample::sample(source),
            special_procedure: Sample::sample(source),
            zero_domestic: Sample::sample(source),
            zero_intra_eu: Sample::sample(source),
            zero_export: Sample::sample(source),
            exempt: Sample::sample(source),
            outside_poland: Sample::sample(source),
            outside_poland_services: Sample::sample(source),
            reverse_charge: Sample::sample(source),
            margin: Sample::sample(source),
        }
    }
}

const DIGITS: &[char] = &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const UPPER: &[char] = &['A', 'B', 'C', 'X', 'Y', 'Z'];
const CHARACTERS: &[char] = &[
    'a', 'b', 'Z', '7', ' ', ' ', 'ż', 'Ł', '&', '<', '>', '"', '\'', ']', '-', '/', '%', '\u{A0}',
    '\u{85}', '\u{2028}', '😀', '中', '\u{301}', '\u{FFFD}', '\u{E000}',
];
