//! Reading the filters of queries and exports.

use jiff::Timestamp;
use jiff::civil::DateTime;
use ksef_api::ops::invoices::{
    AmountRange, AmountType, BuyerIdentifier, BuyerIdentifierType, CurrencyCode, DateRange,
    DateType, InvoiceFilters, InvoiceFormType, InvoiceType, SubjectRole,
};
use ksef_api::ops::sessions::InvoicingMode;
use ksef_core::calendar::warsaw;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::fields::{Fields, Violations};

/// The filters, when every one of them can be read; `now` ends an open range.
pub(super) fn read(
    fields: &Fields<'_>,
    violations: &mut Violations,
    now: Timestamp,
) -> Option<InvoiceFilters> {
    let role = fields.choice(violations, "subjectType", |text| {
        Some(SubjectRole::from_name(text)).filter(SubjectRole::is_known)
    });
    let range = range(fields, violations, now);
    let ksef_number = fields.optional_parsed(violations, "ksefNumber", KsefNumber::parse);
    let invoice_number = fields
        .optional_text(violations, "invoiceNumber")
        .map(str::to_owned);
    if let Some(characters) = invoice_number.as_ref().map(|text| text.chars().count())
        && characters > NUMBER_CHARACTERS_MAX
    {
        violations.add(format!(
            "The length of '{}' must be {NUMBER_CHARACTERS_MAX} characters or fewer. You entered {characters} characters.",
            fields.path("invoiceNumber")
        ));
    }
    let amount = amount(fields, violations);
    let seller_nip = fields.optional_parsed(violations, "sellerNip", Nip::parse);
    let buyer_identifier = buyer(fields, violations);
    let currency_codes = choices(fields, violations, "currencyCodes", |text| {
        Some(CurrencyCode::from_name(text)).filter(CurrencyCode::is_known)
    });
    let invoicing_mode = optional_choice(fields, violations, "invoicingMode", |text| {
        Some(InvoicingMode::from_name(text)).filter(InvoicingMode::is_known)
    });
    let is_self_invoicing = fields.optional_boolean(violations, "isSelfInvoicing");
    let form_type = optional_choice(fields, violations, "formType", |text| {
        Some(InvoiceFormType::from_name(text)).filter(InvoiceFormType::is_known)
    });
    let invoice_types = choices(fields, violations, "invoiceTypes", |text| {
        Some(InvoiceType::from_name(text)).filter(InvoiceType::is_known)
    });
    let has_attachment = fields.optional_boolean(violations, "hasAttachment");
    let mut filters = InvoiceFilters::new(role?, range?);
    filters.ksef_number = ksef_number;
    filters.invoice_number = invoice_number;
    filters.amount = amount;
    filters.seller_nip = seller_nip;
    filters.buyer_identifier = buyer_identifier;
    filters.currency_codes = currency_codes;
    filters.invoicing_mode = invoicing_mode;
    filters.is_self_invoicing = is_self_invoicing;
    filters.form_type = form_type;
    filters.invoice_types = invoice_types;
    filters.has_attachment = has_attachment;
    Some(filters)
}

/// Whether the range is to end at the high-water mark.
pub(super) fn is_restricted(range: &DateRange) -> bool {
    range.date_type == DateType::PermanentStorage
        && range.restrict_to_permanent_storage_hwm_date == Some(true)
}

fn range(fields: &Fields<'_>, violations: &mut Violations, now: Timestamp) -> Option<DateRange> {
    let fields = fields.object(violations, "dateRange")?;
    let date_type = fields.choice(violations, "dateType", |text| {
        Some(DateType::from_name(text)).filter(DateType::is_known)
    });
    if fields.value("from").is_none() {
        violations.missing(fields.path("from"));
    }
    let from = instant(&fields, violations, "from");
    let to = instant(&fields, violations, "to");
    let restricted = fields.optional_boolean(violations, "restrictToPermanentStorageHwmDate");
    let range = DateRange {
        date_type: date_type?,
        from: from?,
        to,
        restrict_to_permanent_storage_hwm_date: restricted,
    };
    check_span(&fields, violations, &range, now);
    Some(range)
}

fn check_span(fields: &Fields<'_>, violations: &mut Violations, range: &DateRange, now: Timestamp) {
    let end = range.to.unwrap_or(now);
    // Behind the high-water mark there is an answer of its own.
    let is_judged_elsewhere = range.to.is_none() && is_restricted(range);
    if range.from > end && !is_judged_elsewhere {
        let (from, to) = (fields.path("from"), fields.path("to"));
        violations.add(format!("'{from}' must be less than or equal to '{to}'."));
    }
    if end.duration_since(range.from) > DateRange::SPAN_MAX {
        let path = fields.path("to");
        violations.add(format!(
            "'{path}' must be at most 100 days after '{}'.",
            fields.path("from")
        ));
    }
}

/// An instant in ISO-8601. Without `Z` or an offset it is the time of Warsaw: the contract does not list that form any
/// more, but clients use it.
fn instant(fields: &Fields<'_>, violations: &mut Violations, name: &str) -> Option<Timestamp> {
    let text = fields.optional_text(violations, name)?.trim();
    let has_offset = text.ends_with(['Z', 'z']) || text.parse::<Timestamp>().is_ok();
    let instant = if has_offset {
        ksef_api::timestamp::parse(text).ok()
    } else {
        text.parse::<DateTime>()
            .ok()
            .and_then(|civil| warsaw().to_timestamp(civil).ok())
    };
    if instant.is_none() {
        violations.unreadable(fields.path(name));
    }
    instant
}

fn amount(fields: &Fields<'_>, violations: &mut Violations) -> Option<AmountRange> {
    let fields = fields.optional_object(violations, "amount")?;
    let kind = fields.choice(violations, "type", |text| {
        Some(AmountType::from_name(text)).filter(AmountType::is_known)
    });
    let from = decimal(&fields, violations, "from");
    let to = decimal(&fields, violations, "to");
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let (from, to) = (fields.path("from"), fields.path("to"));
        violations.add(format!("'{from}' must be less than or equal to '{to}'."));
    }
    Some(AmountRange {
        kind: kind?,
        from,
        to,
    })
}

fn decimal(fields: &Fields<'_>, violations: &mut Violations, name: &str) -> Option<Decimal> {
    let number = match fields.value(name)? {
        Value::Number(number) => {
            let text = number.to_string();
            text.parse()
                .or_else(|_| Decimal::from_scientific(&text))
                .ok()
        }
        _ => None,
    };
    if number.is_none() {
        violations.unreadable(fields.path(name));
    }
    number
}

fn buyer(fields: &Fields<'_>, violations: &mut Violations) -> Option<BuyerIdentifier> {
    let fields = fields.optional_object(violations, "buyerIdentifier")?;
    let kind = fields.choice(violations, "type", |text| {
        Some(BuyerIdentifierType::from_name(text)).filter(BuyerIdentifierType::is_known)
    })?;
    if !kind.has_value() {
        return Some(BuyerIdentifier::none());
    }
    let value = fields.text_within(violations, "value", 1..=IDENTIFIER_CHARACTERS_MAX)?;
    if kind == BuyerIdentifierType::Nip && Nip::parse(value).is_err() {
        violations.malformed(fields.path("value"));
    }
    Some(BuyerIdentifier::new(kind, value))
}

fn optional_choice<T>(
    fields: &Fields<'_>,
    violations: &mut Violations,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    fields.value(name)?;
    fields.choice(violations, name, parse)
}

fn choices<T>(
    fields: &Fields<'_>,
    violations: &mut Violations,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut values = Vec::new();
    for (index, text) in fields.texts(violations, name).into_iter().enumerate() {
        match parse(text) {
            Some(value) => values.push(value),
            None => violations.unreadable(format!("{}[{index}]", fields.path(name))),
        }
    }
    values
}

const NUMBER_CHARACTERS_MAX: usize = 256;
const IDENTIFIER_CHARACTERS_MAX: usize = 50;
