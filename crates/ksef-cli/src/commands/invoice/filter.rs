//! Which invoices a search or an export is about, as arguments.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use ksef_api::ops::invoices::{
    AmountRange, AmountType, BuyerIdentifier, BuyerIdentifierType, CurrencyCode, DateRange,
    DateType, InvoiceFilters, InvoiceFormType, InvoiceType, SubjectRole,
};
use ksef_api::ops::sessions::InvoicingMode;
use ksef_core::calendar;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::lang::text;

/// Filters of invoices that are in KSeF.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    /// What the context is on the invoices
    #[arg(long, value_enum, default_value = "buyer")]
    role: Role,

    /// Which date --from and --to mean: storing in KSeF, receiving by KSeF, or issue
    #[arg(long = "by", value_enum, default_value = "stored")]
    date: Kind,

    /// First day (in Poland) or instant; 30 days ago when left out
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    from: Option<When>,

    /// Last day (in Poland, the whole of it) or instant; now when left out
    #[arg(long, value_name = "DAY|INSTANT", value_parser = When::parse)]
    to: Option<When>,

    /// Only up to when KSeF has stored everything and will add nothing; with --by stored
    #[arg(long)]
    complete: bool,

    /// The invoice with this KSeF number
    #[arg(long, value_name = "NUMBER")]
    ksef_number: Option<KsefNumber>,

    /// The seller's number, exactly
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,

    /// The seller's NIP
    #[arg(long, value_name = "NIP")]
    seller: Option<Nip>,

    /// The buyer: NIP, VatUe:DE123456789, Other:… or none
    #[arg(long, value_name = "BUYER", value_parser = parse_buyer)]
    buyer: Option<BuyerIdentifier>,

    /// Which amount --min and --max mean; gross and net in the currency of the invoice, VAT in PLN
    #[arg(long, value_enum, default_value = "gross")]
    amount: Amount,

    /// Least amount
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    min: Option<Decimal>,

    /// Greatest amount
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    max: Option<Decimal>,

    /// Currency, for instance EUR; may be given several times
    #[arg(long, value_name = "CODE", value_parser = parse_currency)]
    currency: Vec<CurrencyCode>,

    /// Issued online or offline
    #[arg(long, value_enum)]
    mode: Option<Mode>,

    /// Kind of document: FA, PEF or FA_RR
    #[arg(long, value_name = "FORM", value_parser = parse_form)]
    form: Option<InvoiceFormType>,

    /// Kind of invoice, for instance Vat, Kor or Zal; may be given several times
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_type)]
    types: Vec<InvoiceType>,

    /// Issued by the buyer for the seller, or not
    #[arg(long, value_name = "YES|NO", value_enum)]
    self_billed: Option<Answer>,

    /// With an attachment, or without
    #[arg(long, value_name = "YES|NO", value_enum)]
    attachment: Option<Answer>,
}

/// What the context is on an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Role {
    #[value(alias = "subject1")]
    Seller,
    #[value(alias = "subject2")]
    Buyer,
    #[value(alias = "subject3")]
    ThirdParty,
    #[value(alias = "subjectauthorized")]
    Authorised,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Stored,
    Received,
    Issued,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Amount {
    Gross,
    Net,
    Vat,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Mode {
    Online,
    Offline,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Answer {
    Yes,
    No,
}

/// A day or an instant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// A day in Poland.
    Day(Date),
    /// An instant.
    Instant(Timestamp),
}

impl When {
    /// Reads `2026-11-21` or `2026-11-21T08:00:00Z`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // An instant has a time; a library would read its day alone as well.
        if text.contains(['T', 't', ' ']) {
            let instant = text.parse().map(Self::Instant);
            return instant.map_err(|_| EXPECTED_WHEN.to_owned());
        }
        text.parse()
            .map(Self::Day)
            .map_err(|_| EXPECTED_WHEN.to_owned())
    }

    /// The first instant of it.
    pub(crate) fn first(self) -> Result<Timestamp> {
        match self {
            Self::Instant(instant) => Ok(instant),
            Self::Day(day) => start_of(day),
        }
    }

    /// The last instant of it, as finely as KSeF counts: a ten-millionth of a second before the next day.
    pub(crate) fn last(self) -> Result<Timestamp> {
        match self {
            Self::Instant(instant) => Ok(instant),
            Self::Day(day) => {
                let next = day.checked_add(1.day()).map_err(|_| not_a_day(day))?;
                let tick = SignedDuration::from_nanos(100);
                start_of(next)?
                    .checked_sub(tick)
                    .map_err(|_| not_a_day(day))
            }
        }
    }
}

impl FilterArgs {
    /// The filters, as of now.
    pub(super) fn filters(&self, now: Timestamp) -> Result<InvoiceFilters> {
        let mut filters = InvoiceFilters::new(self.role.into(), self.range(now)?);
        filters.ksef_number = self.ksef_number;
        filters.invoice_number = self.number.clone();
        filters.seller_nip = self.seller;
        filters.buyer_identifier = self.buyer.clone();
        filters.amount = self.amount_range();
        filters.currency_codes = self.currency.clone();
        filters.invoicing_mode = self.mode.map(|mode| match mode {
            Mode::Online => InvoicingMode::Online,
            Mode::Offline => InvoicingMode::Offline,
        });
        filters.form_type = self.form.clone();
        filters.invoice_types = self.types.clone();
        filters.is_self_invoicing = self.self_billed.map(Answer::is_yes);
        filters.has_attachment = self.attachment.map(Answer::is_yes);
        Ok(filters)
    }

    /// Whether the context issued the invoices, so that the other side is the buyer.
    pub(super) fn is_of_seller(&self) -> bool {
        self.role == Role::Seller
    }

    fn range(&self, now: Timestamp) -> Result<DateRange> {
        let date_type = match self.date {
            Kind::Stored => DateType::PermanentStorage,
            Kind::Received => DateType::Invoicing,
            Kind::Issued => DateType::Issue,
        };
        if self.complete && date_type != DateType::PermanentStorage {
            return Err(Error::usage(text!(
                "--complete goes with --by stored only",
                "--complete można użyć tylko z --by stored"
            ))
            .hint(text!("leave one of them out", "pomiń jedną z tych opcji")));
        }
        let ago = now.checked_sub(DAYS_BEFORE).unwrap_or(now);
        let from = self.from.map_or(Ok(ago), When::first)?;
        let to = self.to.map(When::last).transpose()?;
        if to.is_some_and(|to| to < from) {
            return Err(
                Error::usage(text!("--to lies before --from", "--to wypada przed --from")).hint(
                    text!(
                        "without --from the range begins 30 days ago",
                        "bez --from zakres zaczyna się 30 dni temu"
                    ),
                ),
            );
        }
        let range = DateRange {
            to,
            ..DateRange::since(date_type, from)
        };
        Ok(if self.complete {
            range.restricted_to_hwm()
        } else {
            range
        })
    }

    fn amount_range(&self) -> Option<AmountRange> {
        if self.min.is_none() && self.max.is_none() {
            return None;
        }
        let kind = match self.amount {
            Amount::Gross => AmountType::Gross,
            Amount::Net => AmountType::Net,
            Amount::Vat => AmountType::Vat,
        };
        Some(AmountRange {
            kind,
            from: self.min,
            to: self.max,
        })
    }
}

impl From<Role> for SubjectRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Seller => Self::Seller,
            Role::Buyer => Self::Buyer,
            Role::ThirdParty => Self::ThirdParty,
            Role::Authorised => Self::Authorised,
        }
    }
}

impl Answer {
    const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

fn start_of(day: Date) -> Result<Timestamp> {
    day.to_zoned(calendar::warsaw())
        .map(|start| start.timestamp())
        .map_err(|_| not_a_day(day))
}

fn not_a_day(day: Date) -> Error {
    Error::usage(text!(
        "{day} is not a day that a range can have; give another one",
        "zakres nie może obejmować dnia {day}; podaj inny"
    ))
}

fn parse_buyer(text: &str) -> Result<BuyerIdentifier, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(BuyerIdentifier::none());
    }
    let (kind, value) = text.split_once(':').unwrap_or(("Nip", text));
    let kind = BuyerIdentifierType::from_name(kind);
    let is_sound = match kind {
        BuyerIdentifierType::Nip => Nip::parse(value).is_ok(),
        BuyerIdentifierType::VatUe | BuyerIdentifierType::Another => !value.is_empty(),
        _ => false,
    };
    if is_sound {
        Ok(BuyerIdentifier::new(kind, value))
    } else {
        Err("write a NIP, VatUe:DE123456789, Other:… or none".to_owned())
    }
}

fn parse_currency(text: &str) -> Result<CurrencyCode, String> {
    Some(CurrencyCode::from_name(text))
        .filter(CurrencyCode::is_known)
        .ok_or_else(|| "write a currency that KSeF knows, such as PLN or EUR".to_owned())
}

fn parse_form(text: &str) -> Result<InvoiceFormType, String> {
    Some(InvoiceFormType::from_name(text))
        .filter(InvoiceFormType::is_known)
        .ok_or_else(|| format!("there are {}", InvoiceFormType::KNOWN.join(", ")))
}

fn parse_type(text: &str) -> Result<InvoiceType, String> {
    Some(InvoiceType::from_name(text))
        .filter(InvoiceType::is_known)
        .ok_or_else(|| format!("there are {}", InvoiceType::KNOWN.join(", ")))
}

const EXPECTED_WHEN: &str =
    "write a day such as 2026-11-21 or an instant such as 2026-11-21T08:00:00+01:00";
/// Where a range begins that was given no beginning.
const DAYS_BEFORE: SignedDuration = SignedDuration::from_hours(30 * 24);
