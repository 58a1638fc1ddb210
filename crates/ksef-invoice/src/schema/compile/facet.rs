//! Facets of a restriction, merged with those of its base.

use std::cmp::Ordering;

use crate::schema::model::{
    Bound, Builtin, Facets, Point, Primitive, SimpleType, Slice, Variety, WhiteSpace,
};
use crate::schema::simple::white_space::normalise;
use crate::schema::simple::{decimal, moment};

use super::Rewrite;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::pools::Pools;
use super::symbols::Node;

/// What the facets of one step of derivation say.
#[derive(Debug, Default)]
struct Step {
    enumeration: Vec<String>,
    patterns: Vec<String>,
}

/// Applies the facets among `children` to `type_`, which begins as a copy of its base.
///
/// `rewrite` may correct a pattern.
pub(super) fn restrict<'t>(
    pools: &mut Pools,
    type_: &mut SimpleType,
    children: &[Node<'t>],
    rewrite: Option<Rewrite>,
) -> Result<(), CompileError> {
    // White space first: it decides how the other values are read.
    for facet in children.iter().filter(|child| child.name() == "whiteSpace") {
        type_.white_space = white_space(*facet, type_.white_space)?;
    }
    let mut step = Step::default();
    for facet in children {
        apply(pools, type_, *facet, &mut step, rewrite)?;
    }
    let Some(last) = children.last().copied() else {
        return Ok(());
    };
    if !step.patterns.is_empty() {
        let text = step.patterns.join("|");
        let pattern = pools.pattern(&text).map_err(|kind| last.error(kind))?;
        let mut list = pools.patterns_in(type_.facets.patterns).to_vec();
        if !list.contains(&pattern) {
            list.push(pattern);
        }
        type_.facets.patterns = pools.pattern_list(list).map_err(|kind| last.error(kind))?;
    }
    if !step.enumeration.is_empty() {
        type_.facets.enumeration = enumeration(pools, type_, step.enumeration, last)?;
    }
    check(&type_.facets).map_err(|name| last.error(Kind::BadFacet(name)))
}

fn apply<'t>(
    pools: &mut Pools,
    type_: &mut SimpleType,
    facet: Node<'t>,
    step: &mut Step,
    rewrite: Option<Rewrite>,
) -> Result<(), CompileError> {
    let raw = facet.element.attribute("value");
    let raw = raw.ok_or_else(|| facet.error(Kind::MissingAttribute("value")))?;
    let kind = kind_of(facet.name());
    if kind.is_some_and(|kind| !is_applicable(kind, type_)) {
        return Err(facet.error(Kind::BadFacet(facet_name(facet.name()))));
    }
    let facets = &mut type_.facets;
    match facet.name() {
        "whiteSpace" => {}
        "length" => facets.length = Some(same(facet, facets.length)?),
        "minLength" => facets.min_length = Some(at_least(facet, facets.min_length)?),
        "maxLength" => facets.max_length = Some(at_most(facet, facets.max_length)?),
        "totalDigits" => facets.total_digits = Some(at_most(facet, facets.total_digits)?),
        "fractionDigits" => facets.fraction_digits = Some(at_most(facet, facets.fraction_digits)?),
        name @ ("minInclusive" | "minExclusive") => {
            let is_inclusive = name == "minInclusive";
            let bound = bound(pools, type_, facet, raw, is_inclusive, Ordering::Less)?;
            type_.facets.min = Some(bound);
        }
        name @ ("maxInclusive" | "maxExclusive") => {
            let is_inclusive = name == "maxInclusive";
            let bound = bound(pools, type_, facet, raw, is_inclusive, Ordering::Greater)?;
            type_.facets.max = Some(bound);
        }
        "pattern" => {
            let corrected = rewrite.and_then(|rewrite| rewrite(raw));
            step.patterns
                .push(corrected.unwrap_or_else(|| raw.to_owned()));
        }
        "enumeration" => {
            if matches!(
                type_.builtin.primitive(),
                Primitive::QName | Primitive::Notation
            ) {
                return Err(facet.unsupported("enumeration of qualified names"));
            }
            step.enumeration
                .push(normalise(raw, type_.white_space).into_owned());
        }
        _ => return Err(facet.misplaced()),
    }
    Ok(())
}

fn white_space(facet: Node<'_>, base: WhiteSpace) -> Result<WhiteSpace, CompileError> {
    let value = facet.required("value")?;
    let found = match value {
        "preserve" => WhiteSpace::Preserve,
        "replace" => WhiteSpace::Replace,
        "collapse" => WhiteSpace::Collapse,
        _ => return Err(facet.bad_value("whiteSpace", value)),
    };
    // Derivation may only normalise more.
    if found < base {
        return Err(facet.error(Kind::BadFacet("whiteSpace")));
    }
    Ok(found)
}

fn count(facet: Node<'_>) -> Result<u32, CompileError> {
    let value = facet.required("value")?;
    value
        .parse()
        .map_err(|_| facet.bad_value(facet_name(facet.name()), value))
}

fn same(facet: Node<'_>, base: Option<u32>) -> Result<u32, CompileError> {
    narrowed(facet, count(facet)?, |value| {
        base.is_none_or(|base| value == base)
    })
}

fn at_least(facet: Node<'_>, base: Option<u32>) -> Result<u32, CompileError> {
    narrowed(facet, count(facet)?, |value| {
        base.is_none_or(|base| value >= base)
    })
}

fn at_most(facet: Node<'_>, base: Option<u32>) -> Result<u32, CompileError> {
    narrowed(facet, count(facet)?, |value| {
        base.is_none_or(|base| value <= base)
    })
}

/// A facet of a derived type may not be wider than that of its base.
fn narrowed(
    facet: Node<'_>,
    value: u32,
    is_narrower: impl Fn(u32) -> bool,
) -> Result<u32, CompileError> {
    if is_narrower(value) {
        Ok(value)
    } else {
        Err(facet.error(Kind::BadFacet(facet_name(facet.name()))))
    }
}

/// A bound. `outside` is how values beyond it compare.
fn bound(
    pools: &mut Pools,
    type_: &SimpleType,
    facet: Node<'_>,
    raw: &str,
    is_inclusive: bool,
    outside: Ordering,
) -> Result<Bound, CompileError> {
    let text = normalise(raw, type_.white_space);
    let point = point(type_.builtin, &text)
        .ok_or_else(|| facet.bad_value(facet_name(facet.name()), &text))?;
    let base = match outside {
        Ordering::Less => type_.facets.min,
        _ => type_.facets.max,
    };
    let is_wider = base.is_some_and(|base| match compare(point, base.point) {
        Some(Ordering::Equal) => is_inclusive && !base.is_inclusive,
        Some(other) => other == outside,
        None => false,
    });
    if is_wider {
        return Err(facet.error(Kind::BadFacet(facet_name(facet.name()))));
    }
    Ok(Bound {
        value: pools.value(&text).map_err(|kind| facet.error(kind))?,
        is_inclusive,
        point,
    })
}

/// A bound ready for comparison; `None` when it is no value of the type.
fn point(builtin: Builtin, text: &str) -> Option<Point> {
    match builtin.primitive() {
        Primitive::Decimal => {
            if builtin.is_integer() {
                decimal::Decimal::parse_integer(text)?;
            } else {
                decimal::Decimal::parse(text)?;
            }
            Some(exact_decimal(text).unwrap_or(Point::Text))
        }
        Primitive::Float | Primitive::Double | Primitive::Duration => Some(Point::Text),
        primitive => {
            let moment = moment::parse(primitive, text)?.moment();
            Some(Point::Moment(moment))
        }
    }
}

fn exact_decimal(text: &str) -> Option<Point> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    let mantissa = match digits.as_str() {
        "" | "-" | "+" => 0,
        digits => digits.parse().ok()?,
    };
    Some(Point::Decimal {
        mantissa,
        scale: u8::try_from(fraction.len()).ok()?,
    })
}

fn compare(left: Point, right: Point) -> Option<Ordering> {
    match (left, right) {
        (
            Point::Decimal { mantissa, scale },
            Point::Decimal {
                mantissa: other,
                scale: other_scale,
            },
        ) => {
            let most = scale.max(other_scale);
            let lifted = |mantissa: i128, scale: u8| {
                10_i128
                    .checked_pow(u32::from(most - scale))?
                    .checked_mul(mantissa)
            };
            Some(lifted(mantissa, scale)?.cmp(&lifted(other, other_scale)?))
        }
        (Point::Moment(left), Point::Moment(right)) if left.is_zoned == right.is_zoned => {
            Some(left.cmp(&right))
        }
        _ => None,
    }
}

fn enumeration(
    pools: &mut Pools,
    type_: &SimpleType,
    mut values: Vec<String>,
    place: Node<'_>,
) -> Result<Slice, CompileError> {
    let is_textual = matches!(type_.variety, Variety::Atomic)
        && matches!(
            type_.builtin.primitive(),
            Primitive::AnySimpleType | Primitive::String | Primitive::AnyUri
        );
    if is_textual {
        values.sort_unstable();
        let base = pools.value_texts(type_.facets.enumeration);
        if !base.is_empty() && values.iter().any(|value| !base.contains(value)) {
            return Err(place.error(Kind::BadFacet("enumeration")));
        }
    }
    values.dedup();
    pools.value_run(values).map_err(|kind| place.error(kind))
}

/// Facets that contradict each other.
fn check(facets: &Facets) -> Result<(), &'static str> {
    let least = facets.length.or(facets.min_length).unwrap_or(0);
    let most = facets.length.or(facets.max_length).unwrap_or(u32::MAX);
    if least > facets.max_length.unwrap_or(u32::MAX) || most < facets.min_length.unwrap_or(0) {
        return Err("length");
    }
    if let (Some(total), Some(fraction)) = (facets.total_digits, facets.fraction_digits)
        && fraction > total
    {
        return Err("fractionDigits");
    }
    if let (Some(min), Some(max)) = (facets.min, facets.max)
        && compare(min.point, max.point) == Some(Ordering::Greater)
    {
        return Err("minInclusive");
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FacetKind {
    Length,
    Digits,
    Bound,
}

fn kind_of(name: &str) -> Option<FacetKind> {
    match name {
        "length" | "minLength" | "maxLength" => Some(FacetKind::Length),
        "totalDigits" | "fractionDigits" => Some(FacetKind::Digits),
        "minInclusive" | "minExclusive" | "maxInclusive" | "maxExclusive" => Some(FacetKind::Bound),
        _ => None,
    }
}

/// Which facets go with which types (part 2, 4.1.5).
fn is_applicable(kind: FacetKind, type_: &SimpleType) -> bool {
    match type_.variety {
        Variety::List(_) => kind == FacetKind::Length,
        Variety::Union(_) => false,
        Variety::Atomic => match type_.builtin.primitive() {
            Primitive::String
            | Primitive::HexBinary
            | Primitive::Base64Binary
            | Primitive::AnyUri
            | Primitive::QName
            | Primitive::Notation => kind == FacetKind::Length,
            Primitive::Decimal => kind != FacetKind::Length,
            Primitive::AnySimpleType | Primitive::Boolean => false,
            _ => kind == FacetKind::Bound,
        },
    }
}

/// The name of a facet for an error.
fn facet_name(name: &str) -> &'static str {
    FACETS
        .into_iter()
        .find(|known| *known == name)
        .unwrap_or("facet")
}

/// All facets.
pub(super) const FACETS: [&str; 12] = [
    "length",
    "minLength",
    "maxLength",
    "pattern",
    "enumeration",
    "whiteSpace",
    "maxInclusive",
    "maxExclusive",
    "minInclusive",
    "minExclusive",
    "totalDigits",
    "fractionDigits",
];
