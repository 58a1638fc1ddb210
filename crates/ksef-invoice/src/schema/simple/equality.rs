//! Equality in the value space.

use std::cmp::Ordering;

use super::super::model::{Primitive, Schema, SimpleId, Variety};
use super::decimal::Decimal;
use super::duration::Duration;
use super::{NoPrefixes, binary, check, float, moment, white_space};

/// Are two valid texts of a type the same value? White space is normalised here.
pub(crate) fn is_same_value(schema: &Schema, id: SimpleId, left: &str, right: &str) -> bool {
    let Some(type_) = schema.simple_type(id) else {
        return left == right;
    };
    let left_value = white_space::normalise(left, type_.white_space);
    let right_value = white_space::normalise(right, type_.white_space);
    if left_value == right_value {
        return true;
    }
    match type_.variety {
        Variety::Atomic => is_same_atom(type_.builtin.primitive(), &left_value, &right_value),
        Variety::List(item) => {
            let mut words = white_space::words(&left_value);
            let is_same = white_space::words(&right_value).all(|found| {
                words
                    .next()
                    .is_some_and(|word| is_same_value(schema, item, word, found))
            });
            is_same && words.next().is_none()
        }
        Variety::Union(members) => {
            // The first member that takes a text gives its value.
            let member_of = |text: &str| {
                schema
                    .members(members)
                    .iter()
                    .find(|member| check(schema, **member, text, &NoPrefixes).is_ok())
            };
            match (member_of(left), member_of(right)) {
                (Some(first), Some(second)) if first == second => {
                    is_same_value(schema, *first, left, right)
                }
                _ => false,
            }
        }
    }
}

/// Are two normalised texts the same value of a primitive type?
pub(super) fn is_same_atom(primitive: Primitive, left: &str, right: &str) -> bool {
    if left == right {
        return true;
    }
    match primitive {
        Primitive::Decimal => {
            let numbers = Decimal::parse(left).zip(Decimal::parse(right));
            numbers.is_some_and(|(left, right)| left == right)
        }
        Primitive::Boolean => {
            let is_true = |text| matches!(text, "true" | "1");
            is_true(left) == is_true(right)
        }
        Primitive::Date
        | Primitive::DateTime
        | Primitive::Time
        | Primitive::GYear
        | Primitive::GYearMonth
        | Primitive::GMonthDay
        | Primitive::GDay
        | Primitive::GMonth => {
            let moments = moment::parse(primitive, left).zip(moment::parse(primitive, right));
            moments.is_some_and(|(left, right)| left.compare(right) == Some(Ordering::Equal))
        }
        Primitive::Duration => {
            let spans = Duration::parse(left).zip(Duration::parse(right));
            spans.is_some_and(|(left, right)| left.compare(right) == Some(Ordering::Equal))
        }
        Primitive::Float | Primitive::Double => {
            let numbers = float(primitive, left).zip(float(primitive, right));
            numbers.is_some_and(|(left, right)| {
                left.partial_cmp(&right) == Some(Ordering::Equal)
                    || (left.is_nan() && right.is_nan())
            })
        }
        Primitive::HexBinary => left.eq_ignore_ascii_case(right),
        Primitive::Base64Binary => binary::is_same_base64(left, right),
        _ => false,
    }
}

/// A text that is the same for two valid texts of a type when they are the same value.
pub(crate) fn value_key(schema: &Schema, id: SimpleId, text: &str) -> String {
    let Some(type_) = schema.simple_type(id) else {
        return text.to_owned();
    };
    let value = white_space::normalise(text, type_.white_space);
    match type_.variety {
        Variety::Atomic => atom_key(type_.builtin.primitive(), &value),
        Variety::List(item) => {
            let keys: Vec<_> = white_space::words(&value)
                .map(|word| value_key(schema, item, word))
                .collect();
            keys.join(" ")
        }
        Variety::Union(members) => {
            let member = schema
                .members(members)
                .iter()
                .find(|member| check(schema, **member, text, &NoPrefixes).is_ok());
            member.map_or_else(
                || value.into_owned(),
                |member| value_key(schema, *member, text),
            )
        }
    }
}

fn atom_key(primitive: Primitive, value: &str) -> String {
    let key = match primitive {
        Primitive::Decimal => Decimal::parse(value).map(|number| number.to_string()),
        Primitive::Boolean => Some(matches!(value, "true" | "1").to_string()),
        Primitive::Duration => Duration::parse(value).map(|span| format!("{span:?}")),
        Primitive::Float | Primitive::Double => {
            float(primitive, value).map(|number| number.to_string())
        }
        Primitive::HexBinary => Some(value.to_ascii_uppercase()),
        Primitive::Base64Binary => Some(value.replace(' ', "")),
        _ => moment::parse(primitive, value).map(|instant| format!("{instant:?}")),
    };
    key.unwrap_or_else(|| value.to_owned())
}
