use std::str::FromStr;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::code::*;
use super::country::{CountryCode, EuCountryCode};
use super::currency::CurrencyCode;
use super::date::*;
use super::identifier::*;
use super::number::*;
use super::text::Prose;
use super::*;
use crate::Language;

/// These texts are values and are written as they were read.
#[track_caller]
fn keeps<V: Value + FromStr + std::fmt::Debug>(texts: &[&str]) {
    for text in texts {
        let value = V::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(value.lexical(), *text);
    }
}

/// These texts are no values.
#[track_caller]
fn refuses<V: Value + std::fmt::Debug>(texts: &[&str]) {
    for text in texts {
        let error = V::parse(text).unwrap_err();
        for language in [Language::Polish, Language::English] {
            let message = error.message(language);
            assert!(!message.ends_with('.') && message.len() > 10, "{message}");
        }
    }
}

#[test]
fn amounts() {
    keeps::<Amount>(&[
        "0",
        "-0",
        "-0.00",
        "0.1",
        "0.10",
        "100",
        "100.0",
        "100.00",
        "-12.34",
        "9999999999999999.99",
    ]);
    refuses::<Amount>(&[
        "",
        " ",
        "+5",
        "05.00",
        "00",
        "1.005",
        "1.",
        ".5",
        "1,5",
        "1 000",
        "1e3",
        "--1",
        "-",
        "NaN",
        "10000000000000000",
        "0x1",
        "١",
    ]);
    assert_eq!(Amount::parse(" \n1.00 ").unwrap().to_string(), "1.00");
    assert_eq!(
        Amount::from_str("100").unwrap(),
        Amount::from_str("100.00").unwrap()
    );
    let loosely = |text| Amount::parse_loosely(text).map(|amount| amount.to_string());
    assert_eq!(loosely("+05.5"), Some("5.5".into()));
    assert_eq!(loosely("1.000"), Some("1.00".into()));
    assert_eq!(loosely("1.005"), None);
}

#[test]
fn amounts_from_calculations() {
    let number = |text: &str| Decimal::from_str(text).unwrap();
    let written = |text| Amount::new(number(text)).map(|amount| amount.to_string());
    assert_eq!(written("1.5"), Ok("1.5".into()));
    assert_eq!(written("1.50000"), Ok("1.50".into()));
    assert_eq!(
        written("1.505").unwrap_err().reason(),
        &Reason::DecimalPlaces { max: 2 }
    );
    assert_eq!(
        written("10000000000000000").unwrap_err().reason(),
        &Reason::WholeDigits { max: 16 }
    );
    let rounded = |text| Amount::rounded(number(text)).unwrap().to_string();
    assert_eq!(rounded("1.005"), "1.01");
    assert_eq!(rounded("-1.005"), "-1.01");
    assert_eq!(rounded("1.00499"), "1.00");
    assert!(Amount::rounded(number("9999999999999999.995")).is_err());
}

#[test]
fn prices_quantities_and_rates() {
    keeps::<UnitPrice>(&["0.00000001", "99999999999999.99999999", "-1.10"]);
    refuses::<UnitPrice>(&["0.000000001", "100000000000000"]);
    keeps::<Quantity>(&["9999999999999999.999999", "-1", "0.500000"]);
    refuses::<Quantity>(&["0.0000001", "10000000000000000"]);
    keeps::<ExchangeRate>(&["4.2512"]);
    refuses::<ExchangeRate>(&["4,2512"]);
}

#[test]
fn percentages() {
    keeps::<Percent>(&[
        "0",
        "100",
        "100.000000",
        "+5",
        "05",
        ".5",
        "5.",
        "-0",
        "99.999999",
        "1.0000000",
    ]);
    refuses::<Percent>(&["", "-1", "100.1", "0.0000001", "5%", "."]);
    assert_eq!(
        Percent::from_str("+05.0").unwrap(),
        Percent::new(5.into()).unwrap()
    );
    assert!(Percent::new(101.into()).is_err());
}

#[test]
fn row_numbers_and_counts() {
    keeps::<RowNumber>(&["1", "007", "+7", "99999999999999"]);
    refuses::<RowNumber>(&["0", "-1", "", "1.0", "100000000000000"]);
    assert_eq!(RowNumber::new(7), RowNumber::from_str("007"));
    keeps::<UnitCount>(&["0", "-14", "+30", "00"]);
    refuses::<UnitCount>(&["", "1.5", "9223372036854775808", "dwa"]);
}

#[test]
fn texts() {
    let text = |text: &str| Text::<5>::new(text).map(|text| text.to_string());
    assert_eq!(text("żółwi"), Ok("żółwi".into()));
    assert_eq!(text(" a \n b\t"), Ok("a b".into()));
    assert_eq!(text("\u{A0}a"), Ok("\u{A0}a".into()), "no space of XML");
    let reason = |given| text(given).unwrap_err().reason().clone();
    assert_eq!(reason(" \n"), Reason::Empty);
    assert_eq!(reason("abcdef"), Reason::TooLong { max: 5, actual: 6 });
    assert_eq!(reason("a\u{1}"), Reason::Character(1));
    assert_eq!(reason("a\u{7F}"), Reason::Character(0x7F));
    assert_eq!(reason("\u{FFFE}"), Reason::Character(0xFFFE));
    assert_eq!(reason("\u{1FFFE}"), Reason::Character(0x1_FFFE));
    assert_eq!(Text::<5>::cut("abc defgh").unwrap().as_str(), "abc d");
    assert_eq!(Text::<4>::cut("abc defgh").unwrap().as_str(), "abc");
    assert_eq!(Text::<5, 0>::new(" ").unwrap().as_str(), "");
    keeps::<Prose>(&["a\r\n b ", " "]);
    refuses::<Prose>(&["", &"a".repeat(3501), "\u{0}"]);
}

#[test]
fn dates() {
    keeps::<InvoiceDate>(&["2006-01-01", "2050-01-01", "2024-02-29"]);
    refuses::<InvoiceDate>(&[
        "2005-12-31",
        "2050-01-02",
        "2023-02-29",
        "2026-1-1",
        "01.02.2026",
        "2026-01-01Z",
        "20260101",
        "",
        "2026-01-011",
        "+026-01-01",
        "2026-01-0ż",
    ]);
    keeps::<PaymentDate>(&["2016-07-01"]);
    refuses::<PaymentDate>(&["2016-06-30"]);
    keeps::<AgreementDate>(&["1990-01-01"]);
    refuses::<AgreementDate>(&["1989-12-31"]);
    let error = PaymentDate::from_str("2016-06-30").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"2016-06-30\" is not valid as a date: between 2016-07-01 and 2050-01-01"
    );
}

#[test]
fn instants() {
    keeps::<CreationTime>(&[
        "2025-09-01T00:00:00Z",
        "2026-02-01T10:20:30",
        "2026-02-01T10:20:30.123+01:00",
        "2025-09-01T14:00:00",
        "2025-09-01T02:00:00+02:00",
        "2050-01-01T23:59:59Z",
        "2026-02-28T24:00:00Z",
        "2026-02-01T10:20:30.12345678901234Z",
        "2026-01-01T00:00:00-14:00",
    ]);
    refuses::<CreationTime>(&[
        "2025-08-31T23:59:59Z",
        "2025-09-01T00:00:00+00:01",
        "2025-09-01T13:59:59",
        "2050-01-02T00:00:00Z",
        "2050-01-01T23:59:59.5Z",
        "2026-02-01",
        "2026-02-01T10:20Z",
        "2026-02-01 10:20:30",
        "2026-02-01T24:00:01Z",
        "2026-02-01T10:60:00Z",
        "2026-02-01T10:20:60Z",
        "2026-02-01T10:20:30.Z",
        "2026-02-01T10:20:30+14:01",
        "2026-02-01T10:20:30+1:00",
        "2026-02-30T10:20:30Z",
        "",
        "2026-02-01T10:20:30z",
        "2026-02-01T1ż:20:3Z",
    ]);
    let instant = |text: &str| CreationTime::from_str(text).unwrap().instant().to_string();
    assert_eq!(
        instant("2026-02-01T10:20:30.5+01:00"),
        "2026-02-01T09:20:30.5Z"
    );
    assert_eq!(instant("2026-02-28T24:00:00Z"), "2026-03-01T00:00:00Z");
    let now: jiff::Timestamp = "2026-02-01T09:20:30.5Z".parse().unwrap();
    assert_eq!(
        CreationTime::new(now).unwrap().as_str(),
        "2026-02-01T09:20:30Z"
    );
    keeps::<TransportTime>(&["2021-10-01T00:00:00Z"]);
    refuses::<TransportTime>(&["2021-09-30T23:59:59Z"]);
}

#[test]
fn codes_are_those_of_the_schema() {
    keeps::<VatRate>(&["23", "0 KR", "zw", "np II"]);
    refuses::<VatRate>(&["0", "23%", "ZW", "np", ""]);
    assert_eq!(VatRate::parse(" np \n I "), Ok(VatRate::OutsidePoland));
    assert_eq!(VatRate::parse_loosely("NP I"), Some(VatRate::OutsidePoland));
    assert_eq!(VatRate::Rate8.percent(), Some(8.into()));
    assert_eq!(VatRate::ZeroExport.percent(), Some(0.into()));
    assert_eq!(VatRate::Exempt.percent(), None);
    for text in ["2", "02", "+2", " 2 ", "+0002"] {
        assert_eq!(YesNo::parse(text), Ok(YesNo::No), "{text}");
    }
    refuses::<YesNo>(&["0", "3", "-2", "true", "2.0", ""]);
    refuses::<TransportKind>(&["6", "9"]);
    assert_eq!(
        ThirdPartyRole::from_code("10"),
        Some(ThirdPartyRole::VatGroupRecipient)
    );
    assert_eq!(
        YesNo::parse("3").unwrap_err().message(Language::Polish),
        "„3” to nie odpowiedź tak lub nie: dozwolone: 1, 2"
    );
}

#[test]
fn countries_and_currencies() {
    assert_eq!(CountryCode::all().count(), 254);
    assert_eq!(EuCountryCode::all().count(), 28);
    assert_eq!(CurrencyCode::all().count(), 182);
    keeps::<CountryCode>(&["PL", "GR", "XI", "XK", "AN"]);
    refuses::<CountryCode>(&["pl", "EL", "POL", "", "P", " PL", "PL DE"]);
    keeps::<EuCountryCode>(&["EL", "XI"]);
    refuses::<EuCountryCode>(&["GR", "GB"]);
    keeps::<CurrencyCode>(&["PLN", "XCG", "XXX"]);
    refuses::<CurrencyCode>(&["pln", "PL", "AED AFN"]);
    for code in CountryCode::all() {
        assert_eq!(CountryCode::new(code.as_str()), Ok(code));
    }
    for code in CurrencyCode::all() {
        assert_eq!(CurrencyCode::new(code.as_str()), Ok(code));
    }
}

#[test]
fn identifiers() {
    keeps::<EuVatNumber>(&["1", "U12345678", "+*AZ09", "123456789012"]);
    refuses::<EuVatNumber>(&["", "1234567890123", "de1", "1 2", "1-2"]);
    keeps::<EmailAddress>(&["a@b", "@@@", "a@b@c"]);
    refuses::<EmailAddress>(&["a@", "@b", "ab", "@@", &format!("a@{}", "b".repeat(254))]);
    keeps::<Swift>(&["PKOPPLPW", "PKOPPLPW123"]);
    refuses::<Swift>(&["PKOPPLP", "pkopplpw", "1KOPPLPW", "PKOPPLPW12"]);
    keeps::<KrsNumber>(&["0000099999"]);
    refuses::<KrsNumber>(&["99999", "00000 9999"]);
    keeps::<RegonNumber>(&["999999999", "99999999900000"]);
    refuses::<RegonNumber>(&["9999999999"]);
    keeps::<ForeignTaxId>(&["a", " a ", "1/2 b"]);
    refuses::<ForeignTaxId>(&["", &"a".repeat(51)]);
    assert_eq!(ForeignTaxId::new("a\nb").unwrap().as_str(), "a b");
    keeps::<AccountNumber>(&["73111111111111111111111111", "PL 73 1111 1111"]);
    refuses::<AccountNumber>(&["123456789", &"1".repeat(35)]);
    refuses::<ksef_core::nip::Nip>(&["526-587-76-35", " 5265877635"]);
}

#[test]
fn ksef_numbers_of_other_invoices() {
    keeps::<KsefReference>(&[
        "9999999999-20230908-8BEF280C8D35-4D",
        "9999999999-20230908-8BEF28-0C8D35-4D",
        "M123456789-20201231-000000000000-00",
        "ABC1234567-99991231-FFFFFFFFFFFF-FF",
    ]);
    refuses::<KsefReference>(&[
        "",
        "9999999999-20230908-8BEF280C8D35",
        "9999999999-20190908-8BEF280C8D35-4D",
        "9999999999-20231308-8BEF280C8D35-4D",
        "9999999999-20230932-8BEF280C8D35-4D",
        "9999999999-20230908-8bef280c8d35-4D",
        "0999999999-20230908-8BEF280C8D35-4D",
        "9999999999-20230908-8BEF2-80C8D35-4D",
        "9999999999_20230908-8BEF280C8D35-4D",
        "m123456789-20201231-000000000000-00",
        "9999999999-20230908-8BEF280C8D35-4Dż",
    ]);
    let reference = KsefReference::new("5265877635-20250826-0100001AF629-AF").unwrap();
    assert_eq!(
        KsefReference::from(reference.to_ksef_number().unwrap()),
        reference
    );
    let reference = KsefReference::new("5265877635-20250826-0100001AF629-00").unwrap();
    assert_eq!(reference.to_ksef_number(), None);
}

#[test]
fn payment_links() {
    keeps::<PaymentId>(&["000aZ09aZ09aZ"]);
    refuses::<PaymentId>(&["00aaZ09aZ09aZ", "000aZ09aZ09a", "000aZ09aZ09a-"]);
    let id = "IPKSeF=123abcdefghij";
    for (text, is_valid) in [
        ("https://a.pl?ID", true),
        ("http://a-1.b.pl:65535/x/y?q=1&ID&r#s t", true),
        ("https://a.pl/?ID#", true),
        ("https://a.pl?a?b&ID", true),
        ("ftp://a.pl?ID", false),
        ("https://a?ID", false),
        ("https://-a.pl?ID", false),
        ("https://a..pl?ID", false),
        ("https://a.p?ID", false),
        ("https://a.p1?ID", false),
        ("https://a.pl:?ID", false),
        ("https://a.pl:123456?ID", false),
        ("https://a.pl/x y?ID", false),
        ("https://a.pl/?xID", false),
        ("https://a.pl/?IDx", false),
        ("https://a.pl/#?ID", false),
        ("https://a.pl/ID", false),
        ("https://u@a.pl/?ID", false),
        ("HTTPS://a.pl/?ID", false),
    ] {
        let link = text.replace("ID", id);
        assert_eq!(PaymentLink::new(&link).is_ok(), is_valid, "{link}");
    }
    let long = format!("https://a.pl/{}?{id}", "x".repeat(512));
    assert!(PaymentLink::new(&long).is_err());
}

#[test]
fn lists_know_their_limit() {
    let mut list = List::<u8, 2>::default();
    list.push(1).unwrap();
    list.push(2).unwrap();
    let error = list.push(3).unwrap_err();
    assert_eq!(error.reason(), &Reason::TooMany { max: 2 });
    assert_eq!(list.iter().sum::<u8>(), 3);
    assert!(List::<u8, 2>::try_from(vec![1, 2, 3]).is_err());
    assert!(NonEmpty::<u8, 2>::try_from(vec![]).is_err());
    let mut some = NonEmpty::<u8, 2>::of(1);
    some.push(2).unwrap();
    assert!(some.push(3).is_err());
    assert_eq!(some.into_vec(), [1, 2]);
}

proptest! {
    #[test]
    fn amounts_are_what_the_pattern_allows(text in r"[-+]?[0-9]{0,3}(\.[0-9]{0,3})?") {
        let pattern = regex_syntax_amount(&text);
        prop_assert_eq!(Amount::parse(&text).is_ok(), pattern, "{}", text);
        if let Ok(amount) = Amount::parse(&text) {
            prop_assert_eq!(amount.to_string(), text);
        }
    }

    #[test]
    fn nothing_panics(text in ".{0,40}") {
        let _ = (Amount::parse(&text), Percent::parse(&text), RowNumber::parse(&text), UnitCount::parse(&text));
        let _ = (InvoiceDate::parse(&text), InvoiceDate::parse_loosely(&text), CreationTime::parse(&text));
        let _ = (KsefReference::parse(&text), PaymentLink::parse(&text), EmailAddress::parse(&text));
        let _ = (Text::<10>::parse(&text), Amount::parse_loosely(&text), VatRate::parse(&text));
    }
}

/// `-?([1-9]\d{0,15}|0)(\.\d{1,2})?` by hand, for texts of digits, signs and one point.
fn regex_syntax_amount(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let mut parts = text.split('.');
    let whole = parts.next().unwrap_or_default();
    let is_whole = whole == "0" || (!whole.is_empty() && !whole.starts_with(['0', '+', '-']));
    is_whole
        && parts
            .next()
            .is_none_or(|part| (1..=2).contains(&part.len()))
}
