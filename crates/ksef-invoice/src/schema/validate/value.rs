//! From a refused value to what is said of it, with a value that may have been meant.

use std::borrow::Cow;

use super::super::model::{
    Builtin, Primitive, Schema, SimpleId, SimpleType, ValueConstraint, Variety,
};
use super::super::problem::{Form, NAMES_MAX, SchemaProblem, Unit, ValueFault};
use super::super::simple::{NoPrefixes, Prefixes, Refusal, check, is_same_value};
use super::{Validator, similar};
use crate::finding::shorten;
use crate::xml::Reader;

impl Prefixes for Reader<'_> {
    fn is_declared(&self, prefix: &str) -> bool {
        prefix.is_empty() || self.lookup(prefix).is_some()
    }
}

impl<'a> Validator<'_, 'a> {
    /// Judges a text by a type and a fixed value; the normalised text when it is valid.
    pub(super) fn judge<'t>(
        &self,
        type_: SimpleId,
        text: &'t str,
        constraint: ValueConstraint,
        reader: &Reader<'a>,
    ) -> Result<Cow<'t, str>, ValueFault> {
        let schema = self.schema;
        let value = check(schema, type_, text, reader)
            .map_err(|refusal| fault_of(schema, type_, text, refusal))?;
        if let ValueConstraint::Fixed(fixed) = constraint {
            let fixed = schema.value(fixed);
            if !is_same_value(schema, type_, fixed, &value) {
                return Err(ValueFault::Fixed(fixed.to_owned()));
            }
        }
        Ok(value)
    }
}

/// An attribute whose value can only be another one.
pub(super) fn fixed(name: &str, value: &str, fixed: String) -> SchemaProblem {
    SchemaProblem::Value {
        name: shorten(name),
        is_attribute: true,
        value: shorten(value),
        fault: ValueFault::Fixed(fixed),
        suggestion: None,
    }
}

fn fault_of(schema: &Schema, id: SimpleId, text: &str, refusal: Refusal) -> ValueFault {
    let Some(type_) = schema.simple_type(id) else {
        return ValueFault::Empty;
    };
    let is_blank = text.bytes().all(crate::xml::characters::is_whitespace);
    let is_length = matches!(refusal, Refusal::MinLength(..) | Refusal::Length(..));
    let is_text = type_.builtin.primitive() == Primitive::String;
    if is_blank && !(is_text && !is_length && type_.facets.enumeration.is_empty()) {
        return ValueFault::Empty;
    }
    match refusal {
        Refusal::Form(builtin) => ValueFault::Form(form_of(builtin)),
        Refusal::Length(expected, actual) => ValueFault::Length {
            expected,
            actual,
            unit: unit_of(type_),
        },
        Refusal::MinLength(least, actual) => ValueFault::TooShort {
            least,
            actual,
            unit: unit_of(type_),
        },
        Refusal::MaxLength(most, actual) => ValueFault::TooLong {
            most,
            actual,
            unit: unit_of(type_),
        },
        Refusal::TotalDigits(limit) => ValueFault::TotalDigits(limit),
        Refusal::FractionDigits(limit) => ValueFault::FractionDigits(limit),
        Refusal::Min {
            value,
            is_inclusive,
            is_determined,
        } => ValueFault::BelowMin {
            bound: schema.value(value).to_owned(),
            is_inclusive,
            needs_zone: !is_determined,
        },
        Refusal::Max {
            value,
            is_inclusive,
            is_determined,
        } => ValueFault::AboveMax {
            bound: schema.value(value).to_owned(),
            is_inclusive,
            needs_zone: !is_determined,
        },
        Refusal::Enumeration => listed(schema, type_),
        Refusal::Pattern(pattern) => {
            let pattern = schema.pattern_text(pattern);
            ValueFault::Pattern {
                pattern: shorten(pattern),
                meaning: meaning_of(pattern),
            }
        }
        Refusal::Item(number, refusal) => {
            let item = match type_.variety {
                Variety::List(item) => item,
                _ => id,
            };
            ValueFault::Item {
                number,
                fault: Box::new(fault_of(schema, item, "x", *refusal)),
            }
        }
        Refusal::Members(refusals) => members_fault(schema, type_, text, refusals),
    }
}

/// Nothing of a union takes the value: the lists of values of all members, or what the first
/// member says.
fn members_fault(
    schema: &Schema,
    type_: &SimpleType,
    text: &str,
    refusals: Vec<Refusal>,
) -> ValueFault {
    let members = match type_.variety {
        Variety::Union(members) => schema.members(members),
        _ => &[],
    };
    let mut allowed = Vec::new();
    let mut is_listed = !members.is_empty();
    for member in members {
        let Some(member) = schema.simple_type(*member) else {
            continue;
        };
        is_listed &= !member.facets.enumeration.is_empty();
        allowed.extend(
            schema
                .enumeration_of(member)
                .iter()
                .map(ToString::to_string),
        );
    }
    if is_listed {
        let total = allowed.len();
        allowed.truncate(shown(total));
        return ValueFault::NotListed { allowed, total };
    }
    let first = members.first().zip(refusals.into_iter().next());
    first.map_or(ValueFault::Empty, |(member, refusal)| {
        fault_of(schema, *member, text, refusal)
    })
}

fn listed(schema: &Schema, type_: &SimpleType) -> ValueFault {
    let values = schema.enumeration_of(type_);
    let total = values.len();
    ValueFault::NotListed {
        allowed: values
            .iter()
            .take(shown(total))
            .map(ToString::to_string)
            .collect(),
        total,
    }
}

/// How many of these many values a message lists.
const fn shown(total: usize) -> usize {
    if total <= NAMES_MAX { total } else { 5 }
}

const fn unit_of(type_: &SimpleType) -> Unit {
    match (type_.variety, type_.builtin.primitive()) {
        (Variety::List(_), _) => Unit::Items,
        (_, Primitive::HexBinary | Primitive::Base64Binary) => Unit::Octets,
        _ => Unit::Characters,
    }
}

const fn form_of(builtin: Builtin) -> Form {
    match builtin {
        Builtin::Decimal => Form::Decimal,
        Builtin::Boolean => Form::Boolean,
        Builtin::Date => Form::Date,
        Builtin::DateTime => Form::DateTime,
        Builtin::Time => Form::Time,
        Builtin::Base64Binary => Form::Base64,
        Builtin::HexBinary => Form::Hex,
        Builtin::AnyUri => Form::Uri,
        Builtin::Language => Form::Language,
        Builtin::Name | Builtin::NcName | Builtin::Id | Builtin::IdRef => Form::Name,
        other if other.is_integer() => Form::Integer,
        other => Form::Other(other.name()),
    }
}

/// A value of the type that the writer may have meant.
pub(super) fn suggest(
    schema: &Schema,
    id: SimpleId,
    text: &str,
    fault: &ValueFault,
) -> Option<String> {
    if text.len() > SUGGESTED_BYTES_MAX || matches!(fault, ValueFault::Empty) {
        return None;
    }
    if let ValueFault::Fixed(fixed) = fault {
        return similar::is_similar(text.trim(), fixed).then(|| fixed.clone());
    }
    let type_ = schema.simple_type(id)?;
    let is_valid =
        |candidate: &String| candidate != text && check(schema, id, candidate, &NoPrefixes).is_ok();
    let rewritten = rewritings(text).into_iter().find(is_valid);
    rewritten.or_else(|| similar_value(schema, type_, text))
}

/// The text as other programs would have written it.
fn rewritings(text: &str) -> Vec<String> {
    let trimmed = text.trim();
    let compact: String = trimmed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{A0}')
        .collect();
    let number = compact.replace(',', ".");
    let bare = number
        .trim_start_matches('+')
        .trim_end_matches('%')
        .to_owned();
    let mut candidates = vec![
        trimmed.to_owned(),
        trimmed.to_uppercase(),
        trimmed.to_lowercase(),
        compact.clone(),
        compact.to_uppercase(),
        number,
        without_zeros(&bare),
        bare,
    ];
    let letters: String = compact.chars().filter(|c| c.is_alphanumeric()).collect();
    if let Some(digits) = letters.strip_prefix("PL") {
        candidates.push(digits.to_owned());
    }
    if letters.chars().all(|c| c.is_ascii_digit())
        && letters.len() >= 9
        && !compact.contains([',', '.'])
    {
        candidates.push(letters);
    }
    candidates.extend(iso_date(&compact));
    // Yes and no in the forms' own numbers.
    match compact.to_lowercase().as_str() {
        "true" | "tak" | "yes" | "t" => candidates.push("1".to_owned()),
        "false" | "nie" | "no" | "n" | "0" => candidates.push("2".to_owned()),
        _ => {}
    }
    candidates
}

/// A number without zeros at its start that mean nothing.
fn without_zeros(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let stripped = digits.trim_start_matches('0');
    let zero = if stripped.is_empty() || stripped.starts_with('.') {
        "0"
    } else {
        ""
    };
    format!("{sign}{zero}{}", stripped.trim_end_matches('.'))
}

/// `31.12.2026`, `2026/12/31` or a date with time, as `2026-12-31`.
fn iso_date(text: &str) -> Option<String> {
    let day = text.split(['T', 'Z', '+']).next()?;
    let parts: Vec<_> = day.split(['.', '-', '/']).collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return None;
    }
    if first.len() == 4 {
        Some(format!("{first}-{second:0>2}-{third:0>2}"))
    } else if third.len() == 4 {
        Some(format!("{third}-{second:0>2}-{first:0>2}"))
    } else {
        None
    }
}

/// The only listed value that is nearly this one.
fn similar_value(schema: &Schema, type_: &SimpleType, text: &str) -> Option<String> {
    let fold = |text: &str| -> Vec<char> {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .map(similar::unaccented)
            .collect()
    };
    let written = fold(text);
    if written.is_empty() {
        return None;
    }
    let values = schema.enumeration_of(type_);
    let equal = values.iter().find(|known| fold(known) == written);
    if let Some(known) = equal {
        return Some(known.to_string());
    }
    let mut near = values.iter().filter(|known| {
        let known = fold(known);
        known.len() >= 4 && similar::is_one_edit(&written, &known)
    });
    let only = near.next()?;
    near.next().is_none().then(|| only.to_string())
}

/// What well-known patterns mean, in Polish and English.
fn meaning_of(pattern: &str) -> Option<(&'static str, &'static str)> {
    MEANINGS
        .iter()
        .find(|(known, ..)| *known == pattern)
        .map(|(_, polish, english)| (*polish, *english))
}

const MEANINGS: [(&str, &str, &str); 12] = [
    (
        r"[1-9]((\d[1-9])|([1-9]\d))\d{7}",
        "10 cyfr NIP bez kresek i odstępów",
        "the 10 digits of a NIP without hyphens or spaces",
    ),
    (
        r"[1-9]((\d[1-9])|([1-9]\d))\d{7}-\d{5}",
        "NIP, kreska i 5 cyfr",
        "a NIP, a hyphen and 5 digits",
    ),
    (
        r"-?([1-9]\d{0,15}|0)(\.\d{1,2})?",
        "kwota z kropką dziesiętną, najwyżej 2 miejsca po niej, bez znaku plus i zer na początku",
        "an amount with a decimal point, at most 2 decimal places, no plus sign or leading zeros",
    ),
    (
        r"-?([1-9]\d{0,13}|0)(\.\d{1,8})?",
        "liczba z kropką dziesiętną, najwyżej 8 miejsc po niej, bez znaku plus i zer na początku",
        "a number with a decimal point, at most 8 decimal places, no plus sign or leading zeros",
    ),
    (
        r"-?([1-9]\d{0,15}|0)(\.\d{1,6})?",
        "liczba z kropką dziesiętną, najwyżej 6 miejsc po niej, bez znaku plus i zer na początku",
        "a number with a decimal point, at most 6 decimal places, no plus sign or leading zeros",
    ),
    (
        r"((\d{4})-(\d{2})-(\d{2}))",
        "data w postaci RRRR-MM-DD, bez strefy czasowej",
        "a date of the form YYYY-MM-DD without a time zone",
    ),
    (
        r"(.)+@(.)+",
        "adres e-mail ze znakiem „@”",
        "an e-mail address with \"@\"",
    ),
    (
        r"(\d|[A-Z]|\+|\*){1,12}",
        "numer VAT bez kodu kraju: do 12 cyfr, wielkich liter, „+” i „*”",
        "a VAT number without country code: up to 12 digits, capital letters, \"+\" and \"*\"",
    ),
    (
        r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3}){0,1}",
        "kod SWIFT: 8 albo 11 wielkich liter i cyfr",
        "a SWIFT code: 8 or 11 capital letters and digits",
    ),
    (
        r"([1-9]((\d[1-9])|([1-9]\d))\d{7}|M\d{9}|[A-Z]{3}\d{7})-(20[2-9][0-9]|2[1-9][0-9]{2}|[3-9][0-9]{3})(0[1-9]|1[0-2])(0[1-9]|[1-2][0-9]|3[0-1])-([0-9A-F]{6})-?([0-9A-F]{6})-([0-9A-F]{2})",
        "numer KSeF, na przykład 9999999999-20260131-0123456789AB-CD",
        "a KSeF number, for instance 9999999999-20260131-0123456789AB-CD",
    ),
    (r"\d{10}", "10 cyfr", "10 digits"),
    (
        r"[0-9]{3}[a-zA-Z0-9]{10}",
        "3 cyfry i 10 liter lub cyfr",
        "3 digits and 10 letters or digits",
    ),
];

/// Longer values get no suggestion.
const SUGGESTED_BYTES_MAX: usize = 256;
