use proptest::prelude::*;

use super::*;

#[track_caller]
fn reads(text: &str, plain: &str) {
    assert_eq!(
        read(text, DecimalMark::Detect),
        Ok(plain.to_owned()),
        "{text}"
    );
}

#[track_caller]
fn refuses(text: &str) {
    assert_eq!(
        read(text, DecimalMark::Detect),
        Err(Fault::NotANumber),
        "{text}"
    );
}

#[track_caller]
fn ambiguous(text: &str, as_decimal: &str, as_thousands: &str) {
    assert_eq!(
        read(text, DecimalMark::Detect),
        Err(Fault::AmbiguousNumber {
            as_decimal: as_decimal.to_owned(),
            as_thousands: as_thousands.to_owned()
        }),
        "{text}"
    );
}

#[test]
fn polish_and_plain_numbers() {
    reads("0", "0");
    reads("12", "12");
    reads("1234", "1234");
    reads("1234,56", "1234.56");
    reads("1234.56", "1234.56");
    reads(" 12,5 ", "12.5");
    reads("-0,01", "-0.01");
    reads("\u{2212}7", "-7");
    reads("007,50", "7.50");
    reads("0,123", "0.123");
    reads("0.123", "0.123");
    reads("1234,567", "1234.567");
    reads("1,23456", "1.23456");
}

#[test]
fn grouped_thousands() {
    reads("1 234,56", "1234.56");
    reads("1\u{a0}234,56", "1234.56");
    reads("1\u{202f}234\u{202f}567,89", "1234567.89");
    reads("1\u{2009}234.5", "1234.5");
    reads("12 345,678", "12345.678");
    reads("1.234,56", "1234.56");
    reads("1,234.56", "1234.56");
    reads("1.234.567", "1234567");
    reads("1,234,567", "1234567");
    reads("1.234.567,8", "1234567.8");
}

#[test]
fn what_could_be_two_numbers_is_none() {
    ambiguous("1.234", "1,234", "1 234");
    ambiguous("1,234", "1,234", "1 234");
    ambiguous("-123,456", "123,456", "123 456");
}

#[test]
fn a_configured_mark_decides() {
    let comma = |text: &str| read(text, DecimalMark::Comma);
    let point = |text: &str| read(text, DecimalMark::Point);
    assert_eq!(comma("1,234"), Ok("1.234".to_owned()));
    assert_eq!(comma("1.234"), Ok("1234".to_owned()));
    assert_eq!(point("1.234"), Ok("1.234".to_owned()));
    assert_eq!(point("1,234"), Ok("1234".to_owned()));
    assert_eq!(comma("1.234,5"), Ok("1234.5".to_owned()));
    assert_eq!(comma("1.5"), Err(Fault::WrongDecimalMark { mark: ',' }));
    assert_eq!(point("1,5"), Err(Fault::WrongDecimalMark { mark: '.' }));
    assert_eq!(comma("1,2,3"), Err(Fault::NotANumber));
    assert_eq!(point("1.234,5"), Err(Fault::NotANumber));
}

#[test]
fn what_is_no_number() {
    for text in [
        "",
        " ",
        "-",
        "+5",
        "1e5",
        "1 23,4",
        "12 34",
        "1,2,3",
        "1.2.3",
        "1.23.456",
        "1,234.567.8",
        "1..2",
        ",",
        ".",
        "5,",
        ",5",
        "12a",
        "0x10",
        "--1",
        "1-",
        "1 234 5",
        "1.234,",
        "(5)",
        "12 zł",
        "1'000",
        "½",
        "١",
    ] {
        refuses(text);
    }
    assert!(matches!(
        read("1111111111111111111111111", DecimalMark::Detect),
        Err(Fault::TooManyDigits { .. })
    ));
}

#[test]
fn doubles_become_what_excel_shows() {
    let third = 1.0 / 3.0;
    for (value, plain) in [
        (0.1 + 0.2, "0.3"),
        (0.1, "0.1"),
        (1234.56, "1234.56"),
        (100.0, "100"),
        (-0.0, "0"),
        (-12.5, "-12.5"),
        (1.1 * 3.0, "3.3"),
        (third, "0.333333333333333"),
        (9_999_999_999.0, "9999999999"),
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "1000000000000000"),
        (0.000_001, "0.000001"),
        (1e-7, "0.0000001"),
    ] {
        assert_eq!(of_double(value), Ok(plain.to_owned()), "{value:?}");
    }
    assert_eq!(of_double(12_345_678_901_234_567.0), Err(Fault::LostDigits));
    assert_eq!(of_double(f64::NAN), Err(Fault::NotANumber));
    assert_eq!(of_double(f64::INFINITY), Err(Fault::NotANumber));
    assert!(matches!(of_double(1e300), Err(Fault::TooManyDigits { .. })));
}

#[test]
fn exponents_expand() {
    for (number, plain) in [
        ("1e2", "100"),
        ("1.25e1", "12.5"),
        ("125e-2", "1.25"),
        ("-5E-3", "-0.005"),
        ("0e999", "0"),
        ("1.50", "1.5"),
        ("10", "10"),
        ("0.10", "0.1"),
    ] {
        assert_eq!(expand(number).as_deref(), Some(plain), "{number}");
    }
    assert_eq!(expand("1e999"), None);
    assert_eq!(expand("1e-999"), None);
    assert_eq!(expand("1e99999999999"), None);
}

proptest! {
    #[test]
    fn polish_writing_is_read_back(whole in 0_u64..10_000_000_000, cents in 0_u8..100, negative: bool, narrow: bool) {
        let digits = whole.to_string();
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                grouped.push(if narrow { '\u{202f}' } else { ' ' });
            }
            grouped.push(digit);
        }
        let sign = if negative { "-" } else { "" };
        let text = format!("{sign}{grouped},{cents:02}");
        prop_assert_eq!(read(&text, DecimalMark::Detect), Ok(format!("{sign}{whole}.{cents:02}")));
    }

    #[test]
    fn a_double_of_a_price_is_that_price(cents in -10_000_000_000_i64..10_000_000_000) {
        let sign = if cents < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        let plain = expand(&text).unwrap();
        prop_assert_eq!(of_double(text.parse().unwrap()), Ok(plain));
    }

    #[test]
    fn reading_never_panics_and_gives_decimals(text in "\\PC{0,30}") {
        for mark in [DecimalMark::Detect, DecimalMark::Comma, DecimalMark::Point] {
            if let Ok(plain) = read(&text, mark) {
                prop_assert!(rust_decimal::Decimal::from_str_exact(&plain).is_ok(), "{}", plain);
            }
        }
    }

    #[test]
    fn any_double_gives_a_decimal_or_a_fault(bits: u64) {
        if let Ok(plain) = of_double(f64::from_bits(bits)) {
            prop_assert!(plain.parse::<f64>().is_ok());
        }
    }
}
