//! Checked decimal arithmetic in the units of FA(3): an amount that does not fit is an error.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// Why a number cannot stand on an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountError {
    /// It has more digits before the decimal point than the field holds, or an intermediate result
    /// cannot be computed exactly.
    TooLarge {
        /// Digits before the decimal point that the field holds.
        digits_max: u32,
    },
    /// It has more digits after the decimal point than the field holds.
    TooPrecise {
        /// Digits after the decimal point that the field holds.
        decimals_max: u32,
    },
    /// An amount is to be split by values that add up to zero.
    NothingToSplitBy,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { digits_max } => {
                write!(f, "more than {digits_max} digits before the decimal point")
            }
            Self::TooPrecise { decimals_max } => {
                write!(f, "more than {decimals_max} digits after the decimal point")
            }
            Self::NothingToSplitBy => f.write_str("nothing to split the amount by"),
        }
    }
}

impl std::error::Error for AmountError {}

/// How many digits a decimal type of FA(3) holds before and after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    digits_max: u32,
    decimals_max: u32,
}

/// `TKwotowy`: amounts.
pub(super) const AMOUNT: Width = Width {
    digits_max: 16,
    decimals_max: 2,
};

/// The number itself, when the field holds it.
pub(super) fn fitting(value: Decimal, width: Width) -> Result<Decimal, AmountError> {
    let value = value.normalize();
    if value.scale() > width.decimals_max {
        return Err(AmountError::TooPrecise {
            decimals_max: width.decimals_max,
        });
    }
    if value.abs() >= power_of_ten(width.digits_max) {
        return Err(AmountError::TooLarge {
            digits_max: width.digits_max,
        });
    }
    Ok(value)
}

/// Rounds to grosze, half away from zero (art. 106e(9) of the VAT act), and checks that the amount fits.
pub(super) fn grosze(value: Decimal) -> Result<Decimal, AmountError> {
    let mut rounded = value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    fitting(rounded, AMOUNT)?;
    Ok(unsigned_zero(rounded))
}

/// An amount that was given: it has grosze at most, and is not rounded.
pub(super) fn given(value: Decimal) -> Result<Decimal, AmountError> {
    let mut value = fitting(value, AMOUNT)?;
    value.rescale(2);
    Ok(unsigned_zero(value))
}

/// The exact product.
pub(super) fn product(left: Decimal, right: Decimal) -> Result<Decimal, AmountError> {
    let (left, right) = (left.normalize(), right.normalize());
    let product = left.checked_mul(right).ok_or(TOO_LARGE)?;
    // A product that does not fit into 96 bits loses decimals: near half a grosz that would decide the rounding.
    if product.scale() < left.scale() + right.scale() && !product.is_zero() {
        return Err(TOO_LARGE);
    }
    Ok(product)
}

/// The sum.
pub(super) fn sum(left: Decimal, right: Decimal) -> Result<Decimal, AmountError> {
    left.checked_add(right).ok_or(TOO_LARGE)
}

/// The difference.
pub(super) fn difference(left: Decimal, right: Decimal) -> Result<Decimal, AmountError> {
    left.checked_sub(right).ok_or(TOO_LARGE)
}

/// The quotient, to 28 significant digits.
pub(super) fn quotient(left: Decimal, right: Decimal) -> Result<Decimal, AmountError> {
    left.checked_div(right).ok_or(TOO_LARGE)
}

/// `amount × part ÷ whole`, rounded to grosze; all three in grosze at most, so the product is exact.
pub(super) fn share(
    amount: Decimal,
    part: Decimal,
    whole: Decimal,
) -> Result<Decimal, AmountError> {
    let (amount, part, whole) = (in_grosze(amount)?, in_grosze(part)?, in_grosze(whole)?);
    if whole == 0 {
        return Err(AmountError::NothingToSplitBy);
    }
    // Each is below 10^18, the product below 10^36: within i128.
    let product = amount.checked_mul(part).ok_or(TOO_LARGE)?;
    let (product, whole) = if whole < 0 {
        (-product, -whole)
    } else {
        (product, whole)
    };
    let doubled = product.checked_mul(2).ok_or(TOO_LARGE)?;
    let half = if product < 0 { -whole } else { whole };
    let rounded = doubled
        .checked_add(half)
        .and_then(|sum| sum.checked_div(whole.checked_mul(2)?))
        .ok_or(TOO_LARGE)?;
    let rounded = Decimal::try_from_i128_with_scale(rounded, 2).map_err(|_| TOO_LARGE)?;
    fitting(rounded, AMOUNT)?;
    Ok(rounded)
}

/// There is one zero, and it has no sign.
fn unsigned_zero(mut value: Decimal) -> Decimal {
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    value
}

fn in_grosze(amount: Decimal) -> Result<i128, AmountError> {
    given(amount).map(|amount| amount.mantissa())
}

fn power_of_ten(exponent: u32) -> Decimal {
    Decimal::from(10_u64.saturating_pow(exponent))
}

const TOO_LARGE: AmountError = AmountError::TooLarge {
    digits_max: AMOUNT.digits_max,
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn half_a_grosz_goes_away_from_zero() {
        for (value, rounded) in [
            ("0.005", "0.01"),
            ("-0.005", "-0.01"),
            ("0.004999999999999999", "0.00"),
            ("2.675", "2.68"),
            ("-2.675", "-2.68"),
            ("1.015", "1.02"),
            ("7001.234", "7001.23"),
            ("7", "7.00"),
            ("-0.001", "0.00"),
        ] {
            assert_eq!(grosze(decimal(value)).unwrap().to_string(), rounded);
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let largest = decimal("9999999999999999.99");
        assert_eq!(grosze(largest), Ok(largest));
        assert_eq!(
            grosze(decimal("9999999999999999.995")),
            Err(AmountError::TooLarge { digits_max: 16 })
        );
        assert_eq!(
            fitting(decimal("0.123"), AMOUNT),
            Err(AmountError::TooPrecise { decimals_max: 2 })
        );
        assert_eq!(fitting(decimal("0.1200"), AMOUNT), Ok(decimal("0.12")));
        assert!(product(Decimal::MAX, decimal("2")).is_err());
        assert!(sum(Decimal::MAX, Decimal::MAX).is_err());
        assert!(quotient(decimal("1"), Decimal::ZERO).is_err());
        assert_eq!(
            share(largest, largest, Decimal::ZERO),
            Err(AmountError::NothingToSplitBy)
        );
    }

    #[test]
    fn a_product_that_would_lose_digits_is_refused() {
        let quantity = decimal("9999999999999999.999999");
        let price = decimal("99999999999999.99999999");
        assert!(product(quantity, price).is_err());
        assert_eq!(
            product(decimal("1000"), decimal("0.00000001")),
            Ok(decimal("0.00001"))
        );
    }

    #[test]
    fn shares_are_rounded_exactly() {
        let share = |a, b, c| {
            share(decimal(a), decimal(b), decimal(c))
                .unwrap()
                .to_string()
        };
        assert_eq!(share("10000", "200", "300"), "6666.67");
        assert_eq!(share("10000", "100", "300"), "3333.33");
        assert_eq!(share("0.01", "1", "2"), "0.01");
        assert_eq!(share("-0.01", "1", "2"), "-0.01");
        assert_eq!(share("0.01", "-1", "-2"), "0.01");
        assert_eq!(share("0.01", "1", "-2"), "-0.01");
        assert_eq!(share("0.01", "0.49", "1"), "0.00");
        let largest = "9999999999999999.99";
        assert_eq!(share(largest, largest, largest), largest);
    }

    proptest! {
        #[test]
        fn rounding_moves_at_most_half_a_grosz(mantissa in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..8) {
            let value = Decimal::new(mantissa, scale);
            let rounded = grosze(value).unwrap();
            prop_assert!((rounded - value).abs() <= decimal("0.005"));
            prop_assert_eq!(grosze(-value).unwrap(), -rounded);
        }
    }
}
