//! Simple types at run time: from the text of an element or attribute to a verdict.
//!
//! A text is first normalised as the facet `whiteSpace` of its type says, then held against the
//! lexical form of the built-in type, then against the facets. Values are never converted where
//! their text can be compared: decimals are digit strings of any length, dates are moments.
//!
//! Cost: a text that needs no normalisation is borrowed, and nothing is allocated for a value that
//! is accepted.

pub(crate) mod binary;
pub(crate) mod decimal;
pub(crate) mod duration;
mod equality;
pub(crate) mod moment;
pub(crate) mod names;
mod refusal;
pub(crate) mod uri;
pub(crate) mod white_space;

use std::borrow::Cow;
use std::cmp::Ordering;

use self::decimal::Decimal;
use self::duration::Duration;
use self::moment::Instant;
use super::model::{
    Bound, Builtin, Facets, Point, Primitive, Schema, SimpleId, SimpleType, Text, Variety,
    WhiteSpace,
};

pub(crate) use equality::{is_same_value, value_key};
pub(crate) use refusal::Refusal;

/// The namespace prefixes that are declared where a value stands, for `QName` and `NOTATION`.
pub(crate) trait Prefixes {
    /// Is the prefix declared? The empty one always is.
    fn is_declared(&self, prefix: &str) -> bool;
}

/// No prefix is declared; for values of a schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoPrefixes;

impl Prefixes for NoPrefixes {
    fn is_declared(&self, prefix: &str) -> bool {
        prefix.is_empty()
    }
}

/// Judges a text, references replaced, by a simple type. Answers with the normalised text.
pub(crate) fn check<'t>(
    schema: &Schema,
    id: SimpleId,
    text: &'t str,
    prefixes: &dyn Prefixes,
) -> Result<Cow<'t, str>, Refusal> {
    let Some(type_) = schema.simple_type(id) else {
        return Ok(Cow::Borrowed(text));
    };
    match type_.variety {
        Variety::Atomic => {
            let value = white_space::normalise(text, type_.white_space);
            check_atomic(schema, type_, &value, prefixes)?;
            Ok(value)
        }
        Variety::List(item) => {
            let value = white_space::normalise(text, type_.white_space);
            check_list(schema, type_, item, &value, prefixes)?;
            Ok(value)
        }
        Variety::Union(members) => {
            let members = schema.members(members);
            check_union(schema, type_, members, text, prefixes)
        }
    }
}

/// An atomic value whose white space is normalised.
fn check_atomic(
    schema: &Schema,
    type_: &SimpleType,
    value: &str,
    prefixes: &dyn Prefixes,
) -> Result<(), Refusal> {
    let facets = &type_.facets;
    let primitive = type_.builtin.primitive();
    // What is written as the schema writes one of its values needs no further look.
    if !facets.enumeration.is_empty() {
        let values = schema.enumeration_of(type_);
        if is_written_alike(values, value, primitive) {
            return Ok(());
        }
    }
    match primitive {
        Primitive::Decimal => check_decimal(schema, type_, value)?,
        Primitive::Date
        | Primitive::DateTime
        | Primitive::Time
        | Primitive::GYear
        | Primitive::GYearMonth
        | Primitive::GMonthDay
        | Primitive::GDay
        | Primitive::GMonth => check_moment(schema, facets, primitive, value)?,
        Primitive::Duration => check_duration(schema, facets, value)?,
        Primitive::Float | Primitive::Double => check_float(schema, facets, primitive, value)?,
        Primitive::HexBinary | Primitive::Base64Binary => {
            check_binary(schema, type_, primitive, value)?;
        }
        _ => {
            check_form(type_.builtin, value, prefixes)?;
            check_enumeration(schema, type_, value)?;
            let is_counted = !matches!(primitive, Primitive::QName | Primitive::Notation);
            if is_counted && !is_surely_within(facets, value.len()) {
                check_length(facets, value.chars().count())?;
            }
            return check_patterns(schema, type_, value);
        }
    }
    check_enumeration(schema, type_, value)?;
    check_patterns(schema, type_, value)
}

/// Is the value one of these texts? Texts of string types are sorted.
fn is_written_alike(values: &[Text], value: &str, primitive: Primitive) -> bool {
    if has_text_values(primitive) && values.len() > 8 {
        return values
            .binary_search_by(|known| known.as_ref().cmp(value))
            .is_ok();
    }
    values.iter().any(|known| known == value)
}

/// Are the values of the type their texts, so that only equal texts are equal values?
const fn has_text_values(primitive: Primitive) -> bool {
    matches!(
        primitive,
        Primitive::AnySimpleType
            | Primitive::String
            | Primitive::AnyUri
            | Primitive::QName
            | Primitive::Notation
    )
}

/// The lexical form of types whose values are their texts.
fn check_form(builtin: Builtin, value: &str, prefixes: &dyn Prefixes) -> Result<(), Refusal> {
    let is_form = match builtin {
        Builtin::Language => names::is_language(value),
        Builtin::Nmtoken | Builtin::NmTokens => names::is_name_token(value),
        Builtin::Name => names::is_name(value),
        Builtin::NcName | Builtin::Id | Builtin::IdRef | Builtin::IdRefs => {
            names::is_unprefixed_name(value)
        }
        // Unparsed entities and notations are declared in a DTD, which is refused.
        Builtin::Entity | Builtin::Entities | Builtin::Notation => false,
        Builtin::Boolean => matches!(value, "true" | "false" | "1" | "0"),
        Builtin::AnyUri => uri::is_reference(value),
        Builtin::QName => {
            let parts = names::split_qualified(value);
            parts.is_some_and(|(prefix, _)| prefixes.is_declared(prefix))
        }
        _ => true,
    };
    if is_form {
        Ok(())
    } else {
        Err(Refusal::Form(builtin))
    }
}

fn check_decimal(schema: &Schema, type_: &SimpleType, value: &str) -> Result<(), Refusal> {
    let parsed = if type_.builtin.is_integer() {
        Decimal::parse_integer(value)
    } else {
        Decimal::parse(value)
    };
    let number = parsed.ok_or(Refusal::Form(type_.builtin))?;
    let facets = &type_.facets;
    if let Some(limit) = facets.fraction_digits
        && exceeds(number.fraction_digits(), limit)
    {
        return Err(Refusal::FractionDigits(limit));
    }
    if let Some(limit) = facets.total_digits
        && exceeds(number.total_digits(), limit)
    {
        return Err(Refusal::TotalDigits(limit));
    }
    check_bounds(facets, |bound| {
        let limit = Decimal::parse(schema.value(bound.value))?;
        Some(number.cmp(&limit))
    })
}

fn check_moment(
    schema: &Schema,
    facets: &Facets,
    primitive: Primitive,
    value: &str,
) -> Result<(), Refusal> {
    let found = moment::parse(primitive, value).ok_or(Refusal::Form(builtin_of(primitive)))?;
    check_bounds(facets, |bound| match bound.point {
        Point::Moment(limit) => found.compare(Instant::of(limit)),
        _ => found.compare(moment::parse(primitive, schema.value(bound.value))?),
    })
}

fn check_duration(schema: &Schema, facets: &Facets, value: &str) -> Result<(), Refusal> {
    let found = Duration::parse(value).ok_or(Refusal::Form(Builtin::Duration))?;
    check_bounds(facets, |bound| {
        found.compare(Duration::parse(schema.value(bound.value))?)
    })
}

fn check_float(
    schema: &Schema,
    facets: &Facets,
    primitive: Primitive,
    value: &str,
) -> Result<(), Refusal> {
    let found = float(primitive, value).ok_or(Refusal::Form(builtin_of(primitive)))?;
    check_bounds(facets, |bound| {
        let limit = float(primitive, schema.value(bound.value))?;
        // NaN is equal to itself and larger than everything (XSD 1.0 part 2, 3.2.4).
        match (found.is_nan(), limit.is_nan()) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            (false, false) => found.partial_cmp(&limit),
        }
    })
}

/// The value of a `float` or `double`.
fn float(primitive: Primitive, text: &str) -> Option<f64> {
    match text {
        "INF" => return Some(f64::INFINITY),
        "-INF" => return Some(f64::NEG_INFINITY),
        "NaN" => return Some(f64::NAN),
        _ => {}
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    Decimal::parse(mantissa)?;
    if let Some(exponent) = exponent {
        Decimal::parse_integer(exponent)?;
    }
    if primitive == Primitive::Float {
        text.parse::<f32>().ok().map(f64::from)
    } else {
        text.parse().ok()
    }
}

fn check_binary(
    schema: &Schema,
    type_: &SimpleType,
    primitive: Primitive,
    value: &str,
) -> Result<(), Refusal> {
    let octets = if primitive == Primitive::HexBinary {
        binary::hex_octets(value)
    } else {
        binary::base64_octets(value)
    };
    let octets = octets.ok_or(Refusal::Form(type_.builtin))?;
    check_enumeration(schema, type_, value)?;
    check_length(&type_.facets, octets)
}

fn check_list(
    schema: &Schema,
    type_: &SimpleType,
    item: SimpleId,
    value: &str,
    prefixes: &dyn Prefixes,
) -> Result<(), Refusal> {
    let mut count = 0;
    for word in white_space::words(value) {
        count += 1;
        check(schema, item, word, prefixes)
            .map_err(|refusal| Refusal::Item(count, Box::new(refusal)))?;
    }
    // The built-in lists have at least one item.
    let is_builtin = matches!(
        type_.builtin,
        Builtin::NmTokens | Builtin::IdRefs | Builtin::Entities
    );
    if is_builtin && count == 0 {
        return Err(Refusal::Form(type_.builtin));
    }
    if !type_.facets.enumeration.is_empty() {
        let known = schema.enumeration_of(type_).iter().any(|known| {
            let mut words = white_space::words(value);
            let is_same = white_space::words(known).all(|word| {
                words
                    .next()
                    .is_some_and(|found| is_same_value(schema, item, word, found))
            });
            is_same && words.next().is_none()
        });
        if !known {
            return Err(Refusal::Enumeration);
        }
    }
    check_length(&type_.facets, count)?;
    check_patterns(schema, type_, value)
}

fn check_union<'t>(
    schema: &Schema,
    type_: &SimpleType,
    members: &[SimpleId],
    text: &'t str,
    prefixes: &dyn Prefixes,
) -> Result<Cow<'t, str>, Refusal> {
    let mut refusals = Vec::new();
    for member in members {
        match check(schema, *member, text, prefixes) {
            Ok(value) => {
                let values = schema.enumeration_of(type_);
                let is_listed = values.is_empty()
                    || values
                        .iter()
                        .any(|known| is_same_value(schema, *member, known, &value));
                if !is_listed {
                    return Err(Refusal::Enumeration);
                }
                if !type_.facets.patterns.is_empty() {
                    let collapsed = white_space::normalise(text, WhiteSpace::Collapse);
                    check_patterns(schema, type_, &collapsed)?;
                }
                return Ok(value);
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    Err(Refusal::Members(refusals))
}

fn check_enumeration(schema: &Schema, type_: &SimpleType, value: &str) -> Result<(), Refusal> {
    if type_.facets.enumeration.is_empty() {
        return Ok(());
    }
    let primitive = type_.builtin.primitive();
    // Equal texts were accepted before.
    let is_listed = !has_text_values(primitive)
        && schema
            .enumeration_of(type_)
            .iter()
            .any(|known| equality::is_same_atom(primitive, known, value));
    if is_listed {
        Ok(())
    } else {
        Err(Refusal::Enumeration)
    }
}

fn check_patterns(schema: &Schema, type_: &SimpleType, value: &str) -> Result<(), Refusal> {
    for pattern in schema.patterns_of(type_) {
        if !schema.pattern(*pattern).is_match(value) {
            return Err(Refusal::Pattern(*pattern));
        }
    }
    Ok(())
}

/// Bounds hold when the order is determined and right (XSD 1.0 part 2, 4.3.7 to 4.3.10).
fn check_bounds(
    facets: &Facets,
    compare: impl Fn(&Bound) -> Option<Ordering>,
) -> Result<(), Refusal> {
    for (bound, forbidden) in [
        (&facets.min, Ordering::Less),
        (&facets.max, Ordering::Greater),
    ] {
        let Some(bound) = bound else { continue };
        let order = compare(bound);
        let is_inside = match order {
            None => false,
            Some(Ordering::Equal) => bound.is_inclusive,
            Some(order) => order != forbidden,
        };
        if !is_inside {
            let is_determined = order.is_some();
            let (value, is_inclusive) = (bound.value, bound.is_inclusive);
            return Err(if forbidden == Ordering::Less {
                Refusal::Min {
                    value,
                    is_inclusive,
                    is_determined,
                }
            } else {
                Refusal::Max {
                    value,
                    is_inclusive,
                    is_determined,
                }
            });
        }
    }
    Ok(())
}

/// Does a text of these bytes keep the limits of length, however many characters they are?
const fn is_surely_within(facets: &Facets, bytes: usize) -> bool {
    let is_long_enough = match facets.min_length {
        None => true,
        Some(min) => bytes > (min as usize).saturating_sub(1).saturating_mul(4),
    };
    let is_short_enough = match facets.max_length {
        None => true,
        Some(max) => bytes <= max as usize,
    };
    facets.length.is_none() && is_long_enough && is_short_enough
}

fn check_length(facets: &Facets, length: usize) -> Result<(), Refusal> {
    if let Some(expected) = facets.length
        && length != expected as usize
    {
        return Err(Refusal::Length(expected, length));
    }
    if let Some(limit) = facets.min_length
        && length < limit as usize
    {
        return Err(Refusal::MinLength(limit, length));
    }
    if let Some(limit) = facets.max_length
        && exceeds(length, limit)
    {
        return Err(Refusal::MaxLength(limit, length));
    }
    Ok(())
}

const fn exceeds(count: usize, limit: u32) -> bool {
    count > limit as usize
}

/// The built-in type of a primitive one.
fn builtin_of(primitive: Primitive) -> Builtin {
    Builtin::ALL
        .into_iter()
        .find(|builtin| builtin.primitive() == primitive)
        .unwrap_or(Builtin::AnySimpleType)
}
