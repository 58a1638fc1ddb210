//! What keeps an invoice from being built.

mod wording;

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::money::{self, AmountError};
use crate::Language;
use crate::fa3::value::number::Amount;
use crate::fa3::value::{List, Text, ValueError};

/// Why an invoice was not built: everything that was found, the invoice first, then line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError {
    problems: Vec<BuildProblem>,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildProblem {
    place: Place,
    cause: Cause,
}

/// Where on the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// An element of the invoice.
    Invoice {
        /// Its name in FA(3).
        element: &'static str,
    },
    /// A line of the invoice. The row before a correction has the number of the one after it.
    Line {
        /// Its number, from 1.
        number: u64,
        /// The element's name in FA(3).
        element: &'static str,
    },
    /// One of several elements of a name, outside the lines.
    Entry {
        /// The name of the repeated element in FA(3).
        list: &'static str,
        /// Which of them, from 1.
        number: u64,
        /// The element's name in FA(3).
        element: &'static str,
    },
    /// A line of the order.
    OrderLine {
        /// Its number, from 1.
        number: u64,
        /// The element's name in FA(3).
        element: &'static str,
    },
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The field does not hold this value.
    Value(ValueError),
    /// An amount does not fit, or cannot be counted.
    Amount(AmountError),
    /// Something the kind of invoice needs is missing.
    Missing,
    /// The issue date is later than today in Poland.
    IssuedInFuture {
        /// The day of the clock, in Warsaw.
        today: Date,
    },
    /// A given value is more than a grosz away from quantity × price less discount.
    ValueMismatch {
        /// What was given.
        given: Decimal,
        /// What quantity, price and discount make.
        computed: Decimal,
    },
    /// Two lines are exempt by different kinds of provisions; FA(3) has room for one kind.
    ExemptionsDiffer,
    /// Two lines are in different margin schemes; FA(3) has room for one.
    MarginSchemesDiffer,
    /// The line needs a buyer identified by an EU VAT number.
    BuyerWithoutEuNumber,
    /// Tax in another currency needs the exchange rate that its złoty follow from.
    ExchangeRateMissing,
    /// The invoice is in złoty and has an exchange rate.
    ExchangeRateInPln,
    /// The dates of sale stand on the invoice and on its lines.
    SaleDateTwice,
    /// A period ends before it starts.
    PeriodReversed {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// The buyer is a local government unit or a VAT group and the unit or member is not named.
    RecipientMissing {
        /// The role of the third party that names it.
        role: &'static str,
    },
    /// A share is given to a party that is no additional buyer.
    ShareOfOtherRole,
    /// An employee is named with an identifier.
    EmployeeIdentified,
    /// Under self-billing the buyer issues; a third party issues too.
    SelfBillingIssuer,
    /// The payments already made are more than the amount due.
    PaymentsExceed {
        /// What was paid.
        paid: Decimal,
        /// What is due.
        due: Decimal,
    },
    /// A paid invoice has a later term of payment.
    PaidWithLaterTerm,
    /// The advances are more than the invoice.
    AdvancesExceed {
        /// The advances with tax.
        advances: Decimal,
        /// The lines with tax.
        lines: Decimal,
    },
    /// The amount must be above zero.
    NotPositive(Decimal),
    /// A simplified invoice is worth more than it may be.
    OverSimplifiedLimit {
        /// What is due.
        due: Decimal,
        /// What it may be, in the invoice's currency.
        limit: u32,
    },
    /// The quantity is negative on an invoice that corrects nothing.
    NegativeQuantity,
    /// Only lines outside Poland whose buyer accounts for the tax may stand on a triangular invoice.
    NotTriangular,
    /// Two lines have one number.
    RepeatedNumber,
    /// The domestic reverse charge, and a buyer from another country without a Polish NIP.
    ReverseChargeAbroad,
    /// The agreed exchange rate is one of złoty to złoty.
    AgreedRateInPln,
    /// The means of transport is not one of the lines.
    NoSuchLine(u64),
}

impl BuildError {
    /// Guards against an invoice that is missing without a note.
    pub(super) fn nothing_made() -> Self {
        let problem = BuildProblem {
            place: invoice("Fa"),
            cause: Cause::Missing,
        };
        Self {
            problems: vec![problem],
        }
    }

    /// Everything that was found; at least one.
    #[must_use]
    pub fn problems(&self) -> &[BuildProblem] {
        &self.problems
    }
}

impl BuildProblem {
    /// Where.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }

    /// What.
    #[must_use]
    pub const fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Place, problem and what to do, in one sentence without a full stop.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let place = self.place.text(language);
        match language {
            Language::Polish => format!("{place}: {}", self.cause.polish()),
            Language::English => format!("{place}: {}", self.cause.english()),
        }
    }
}

impl Place {
    /// The element's name in FA(3).
    #[must_use]
    pub const fn element(self) -> &'static str {
        match self {
            Self::Invoice { element }
            | Self::Entry { element, .. }
            | Self::Line { element, .. }
            | Self::OrderLine { element, .. } => element,
        }
    }

    fn text(self, language: Language) -> String {
        match (self, language) {
            (Self::Invoice { element }, _) => element.to_owned(),
            (
                Self::Entry {
                    list,
                    number,
                    element,
                },
                _,
            ) if list == element => {
                format!("{list} {number}")
            }
            (
                Self::Entry {
                    list,
                    number,
                    element,
                },
                _,
            ) => format!("{list} {number}, {element}"),
            (Self::Line { number, element }, Language::Polish) => {
                format!("wiersz {number}, {element}")
            }
            (Self::Line { number, element }, Language::English) => {
                format!("line {number}, {element}")
            }
            (Self::OrderLine { number, element }, Language::Polish) => {
                format!("wiersz zamówienia {number}, {element}")
            }
            (Self::OrderLine { number, element }, Language::English) => {
                format!("order line {number}, {element}")
            }
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the invoice cannot be built")?;
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { ": " } else { "; " };
            write!(f, "{separator}{}", problem.message(Language::English))?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}

/// Collects problems while an invoice is put together.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<BuildProblem>,
}

impl Problems {
    /// Notes a problem.
    pub(super) fn note(&mut self, place: Place, cause: Cause) {
        let problem = BuildProblem { place, cause };
        // One mistake may show in several computations, soon after each other.
        if !self
            .found
            .iter()
            .rev()
            .take(16)
            .any(|known| *known == problem)
        {
            self.found.push(problem);
        }
    }

    /// The value, or a note of why there is none.
    pub(super) fn keep<T, E: Into<Cause>>(
        &mut self,
        place: Place,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.note(place, error.into())).ok()
    }

    /// A line of text, or a note of why not.
    pub(super) fn text<const MAX: usize>(&mut self, place: Place, text: &str) -> Option<Text<MAX>> {
        self.keep(place, Text::new(text))
    }

    /// A line of text where there is one.
    pub(super) fn optional_text<const MAX: usize>(
        &mut self,
        place: Place,
        text: Option<&String>,
    ) -> Option<Text<MAX>> {
        text.and_then(|text| self.text(place, text))
    }

    /// A list, or a note that it is too long.
    pub(super) fn list<T, const MAX: usize>(
        &mut self,
        place: Place,
        entries: Vec<T>,
    ) -> List<T, MAX> {
        self.keep(place, List::try_from(entries))
            .unwrap_or_default()
    }

    /// An amount with its grosze, or a note of why not.
    pub(super) fn amount(&mut self, place: Place, amount: Decimal) -> Option<Amount> {
        let amount = self.keep(place, money::given(amount))?;
        self.keep(place, Amount::new(amount))
    }

    /// The error, when there is something to tell.
    pub(super) fn into_error(mut self) -> Option<BuildError> {
        self.found.sort_by_key(|problem| match problem.place {
            Place::Invoice { .. } | Place::Entry { .. } => (0, 0),
            Place::Line { number, .. } => (1, number),
            Place::OrderLine { number, .. } => (2, number),
        });
        (!self.found.is_empty()).then_some(BuildError {
            problems: self.found,
        })
    }
}

impl From<ValueError> for Cause {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

impl From<AmountError> for Cause {
    fn from(error: AmountError) -> Self {
        Self::Amount(error)
    }
}

/// An element of the invoice.
pub(super) const fn invoice(element: &'static str) -> Place {
    Place::Invoice { element }
}

/// An element of one of several that have a name.
pub(super) const fn entry(list: &'static str, index: usize, element: &'static str) -> Place {
    Place::Entry {
        list,
        number: index as u64 + 1,
        element,
    }
}
