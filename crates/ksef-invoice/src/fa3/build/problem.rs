//! What keeps an invoice from being built.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::money::{self, AmountError};
use crate::Language;
use crate::fa3::value::number::Amount;
use crate::fa3::value::{List, Text, ValueError};

/// Why an invoice was not built: everything that was found, in the order of the form.
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
            | Self::Line { element, .. }
            | Self::OrderLine { element, .. } => element,
        }
    }

    fn text(self, language: Language) -> String {
        match (self, language) {
            (Self::Invoice { element }, _) => element.to_owned(),
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

impl Cause {
    fn english(&self) -> String {
        match self {
            Self::Value(error) => error.message(Language::English),
            Self::Amount(error) => amount(*error, Language::English),
            Self::Missing => "is missing; give it".into(),
            Self::IssuedInFuture { today } => {
                format!("is later than today, {today}; KSeF takes no invoice of a later day")
            }
            Self::ValueMismatch { given, computed } => format!(
                "{given} was given, quantity, price and discount make {computed}; give a price with more decimals, or none"
            ),
            Self::ExemptionsDiffer => {
                "lines are exempt by different kinds of provisions; issue two invoices, or name one kind".into()
            }
            Self::MarginSchemesDiffer => "lines are in different margin schemes; issue two invoices".into(),
            Self::BuyerWithoutEuNumber => {
                "the line needs a buyer identified by the VAT number of another member state; choose another rate or another identifier".into()
            }
            Self::ExchangeRateMissing => {
                "tax in another currency is also shown in złoty; give the exchange rate".into()
            }
            Self::ExchangeRateInPln => "the invoice is in złoty; leave the exchange rate out".into(),
            Self::SaleDateTwice => "dates of sale stand on the invoice and on its lines; leave one of them out".into(),
            Self::PeriodReversed { from, to } => {
                format!("the period ends on {to}, before it starts on {from}; exchange the dates")
            }
            Self::RecipientMissing { role } => {
                format!("the buyer acts for its unit; name that unit as a third party of role {role}")
            }
            Self::ShareOfOtherRole => "only an additional buyer (role 4) has a share; leave it out".into(),
            Self::EmployeeIdentified => {
                "an employee (role 11) is named without an identifier; leave it out".into()
            }
            Self::SelfBillingIssuer => {
                "under self-billing the buyer is the issuer; leave the third party of role 5 out".into()
            }
            Self::PaymentsExceed { paid, due } => {
                format!("{paid} was paid and {due} is due; correct the payments")
            }
            Self::PaidWithLaterTerm => {
                "the invoice is paid; leave the later term of payment out".into()
            }
            Self::AdvancesExceed { advances, lines } => format!(
                "the advances are {advances}, the lines {lines} with tax; correct the advance invoices first"
            ),
            Self::NotPositive(value) => format!("{value} is not above zero"),
            Self::OverSimplifiedLimit { due, limit } => format!(
                "{due} is more than the {limit} of a simplified invoice; issue an ordinary one"
            ),
            Self::NegativeQuantity => {
                "a negative quantity belongs on a correction; use one, or a discount".into()
            }
            Self::NotTriangular => {
                "a triangular invoice has only lines outside Poland whose tax the buyer accounts for".into()
            }
            Self::NoSuchLine(number) => format!("there is no line {number}"),
        }
    }

    fn polish(&self) -> String {
        match self {
            Self::Value(error) => error.message(Language::Polish),
            Self::Amount(error) => amount(*error, Language::Polish),
            Self::Missing => "brak wartości; podaj ją".into(),
            Self::IssuedInFuture { today } => format!(
                "data późniejsza niż dziś, {today}; KSeF nie przyjmie faktury z datą przyszłą"
            ),
            Self::ValueMismatch { given, computed } => format!(
                "podano {given}, a z ilości, ceny i opustu wynika {computed}; podaj cenę z większą dokładnością albo ją pomiń"
            ),
            Self::ExemptionsDiffer => {
                "wiersze są zwolnione na podstawie przepisów różnego rodzaju; wystaw dwie faktury albo wskaż jeden rodzaj".into()
            }
            Self::MarginSchemesDiffer => {
                "wiersze podlegają różnym procedurom marży; wystaw dwie faktury".into()
            }
            Self::BuyerWithoutEuNumber => {
                "wiersz wymaga nabywcy z numerem VAT UE innego państwa członkowskiego; zmień stawkę albo identyfikator".into()
            }
            Self::ExchangeRateMissing => {
                "podatek w walucie obcej wykazuje się też w złotych; podaj kurs".into()
            }
            Self::ExchangeRateInPln => "faktura jest w złotych; pomiń kurs waluty".into(),
            Self::SaleDateTwice => {
                "daty sprzedaży podano dla faktury i dla jej wierszy; pomiń jedne z nich".into()
            }
            Self::PeriodReversed { from, to } => {
                format!("okres kończy się {to}, zanim się zaczyna {from}; zamień daty")
            }
            Self::RecipientMissing { role } => format!(
                "nabywca działa za swoją jednostkę; wskaż ją jako podmiot trzeci w roli {role}"
            ),
            Self::ShareOfOtherRole => {
                "udział ma tylko dodatkowy nabywca (rola 4); pomiń go".into()
            }
            Self::EmployeeIdentified => {
                "pracownika (rola 11) podaje się bez identyfikatora; pomiń go".into()
            }
            Self::SelfBillingIssuer => {
                "przy samofakturowaniu wystawcą jest nabywca; pomiń podmiot trzeci w roli 5".into()
            }
            Self::PaymentsExceed { paid, due } => {
                format!("zapłacono {paid}, a należność wynosi {due}; popraw zapłaty")
            }
            Self::PaidWithLaterTerm => "faktura jest zapłacona; pomiń późniejszy termin płatności".into(),
            Self::AdvancesExceed { advances, lines } => format!(
                "zaliczki wynoszą {advances}, a wiersze {lines} brutto; najpierw skoryguj faktury zaliczkowe"
            ),
            Self::NotPositive(value) => format!("{value} nie jest większe od zera"),
            Self::OverSimplifiedLimit { due, limit } => format!(
                "{due} przekracza {limit}, granicę faktury uproszczonej; wystaw zwykłą fakturę"
            ),
            Self::NegativeQuantity => {
                "ujemna ilość należy do korekty; wystaw ją albo podaj opust".into()
            }
            Self::NotTriangular => {
                "faktura w procedurze trójstronnej ma tylko wiersze poza krajem, które rozlicza nabywca".into()
            }
            Self::NoSuchLine(number) => format!("nie ma wiersza {number}"),
        }
    }
}

fn amount(error: AmountError, language: Language) -> String {
    match (error, language) {
        (AmountError::TooLarge { digits_max }, Language::Polish) => {
            format!(
                "kwota ma więcej niż {digits_max} cyfr przed przecinkiem; sprawdź ilości i ceny"
            )
        }
        (AmountError::TooPrecise { decimals_max }, Language::Polish) => {
            format!("liczba ma więcej niż {decimals_max} cyfr po przecinku; zaokrąglij ją")
        }
        (AmountError::NothingToSplitBy, Language::Polish) => {
            "wartości, według których dzieli się kwotę, sumują się do zera; podaj je".into()
        }
        (AmountError::TooLarge { digits_max }, Language::English) => {
            format!(
                "the amount has more than {digits_max} digits before the decimal point; check quantities and prices"
            )
        }
        (AmountError::TooPrecise { decimals_max }, Language::English) => {
            format!("the number has more than {decimals_max} decimals; round it")
        }
        (AmountError::NothingToSplitBy, Language::English) => {
            "the values by which the amount is split add up to zero; give them".into()
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
        if !self.found.contains(&problem) {
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
    pub(super) fn into_error(self) -> Option<BuildError> {
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
