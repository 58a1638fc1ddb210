//! The sentences: what is wrong and what to do, in Polish and English.

use super::Cause;
use crate::Language;
use crate::fa3::build::money::AmountError;

impl Cause {
    pub(super) fn english(&self) -> String {
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
            Self::RepeatedNumber => "another line has this number; give each its own".into(),
            Self::ReverseChargeAbroad => {
                "the domestic reverse charge needs a buyer with a NIP; use a rate outside Poland, or give the NIP".into()
            }
            Self::AgreedRateInPln => {
                "the agreed currency is the foreign one; give it, or leave the agreed rate out".into()
            }
            Self::NoSuchLine(number) => format!("there is no line {number}"),
        }
    }

    pub(super) fn polish(&self) -> String {
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
            Self::RepeatedNumber => "inny wiersz ma już ten numer; nadaj każdemu własny".into(),
            Self::ReverseChargeAbroad => {
                "krajowe odwrotne obciążenie wymaga nabywcy z NIP; wybierz stawkę poza terytorium kraju albo podaj NIP".into()
            }
            Self::AgreedRateInPln => {
                "waluta umowna to waluta obca; podaj ją albo pomiń kurs umowny".into()
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
