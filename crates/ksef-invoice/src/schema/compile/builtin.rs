//! The built-in simple types.

use crate::schema::model::{Bound, Builtin, Facets, Point, SimpleType, Variety, WhiteSpace};

use super::error::CompileErrorKind as Kind;
use super::pools::Pools;

/// Puts the built-in types at the head of the simple types.
pub(super) fn declare(pools: &mut Pools) -> Result<(), Kind> {
    for builtin in Builtin::ALL {
        let type_ = SimpleType {
            name: None,
            base: builtin.base().id(),
            builtin: match variety(builtin) {
                Variety::Atomic => builtin,
                _ => Builtin::AnySimpleType,
            },
            variety: variety(builtin),
            white_space: white_space(builtin),
            facets: facets(builtin, pools)?,
        };
        pools.simple_type(type_)?;
    }
    Ok(())
}

const fn variety(builtin: Builtin) -> Variety {
    match builtin {
        Builtin::NmTokens => Variety::List(Builtin::Nmtoken.id()),
        Builtin::IdRefs => Variety::List(Builtin::IdRef.id()),
        Builtin::Entities => Variety::List(Builtin::Entity.id()),
        _ => Variety::Atomic,
    }
}

const fn white_space(builtin: Builtin) -> WhiteSpace {
    match builtin {
        Builtin::AnySimpleType | Builtin::String => WhiteSpace::Preserve,
        Builtin::NormalizedString => WhiteSpace::Replace,
        _ => WhiteSpace::Collapse,
    }
}

fn facets(builtin: Builtin, pools: &mut Pools) -> Result<Facets, Kind> {
    let (min, max) = range(builtin);
    Ok(Facets {
        min_length: matches!(variety(builtin), Variety::List(_)).then_some(1),
        fraction_digits: builtin.is_integer().then_some(0),
        min: min.map(|min| bound(min, pools)).transpose()?,
        max: max.map(|max| bound(max, pools)).transpose()?,
        ..Facets::NONE
    })
}

fn bound(number: i128, pools: &mut Pools) -> Result<Bound, Kind> {
    Ok(Bound {
        value: pools.value(&number.to_string())?,
        is_inclusive: true,
        point: Point::Decimal {
            mantissa: number,
            scale: 0,
        },
    })
}

/// The bounds of the integer types.
fn range(builtin: Builtin) -> (Option<i128>, Option<i128>) {
    match builtin {
        Builtin::NonPositiveInteger => (None, Some(0)),
        Builtin::NegativeInteger => (None, Some(-1)),
        Builtin::Long => (Some(i64::MIN.into()), Some(i64::MAX.into())),
        Builtin::Int => (Some(i32::MIN.into()), Some(i32::MAX.into())),
        Builtin::Short => (Some(i16::MIN.into()), Some(i16::MAX.into())),
        Builtin::Byte => (Some(i8::MIN.into()), Some(i8::MAX.into())),
        Builtin::NonNegativeInteger => (Some(0), None),
        Builtin::UnsignedLong => (Some(0), Some(u64::MAX.into())),
        Builtin::UnsignedInt => (Some(0), Some(u32::MAX.into())),
        Builtin::UnsignedShort => (Some(0), Some(u16::MAX.into())),
        Builtin::UnsignedByte => (Some(0), Some(u8::MAX.into())),
        Builtin::PositiveInteger => (Some(1), None),
        _ => (None, None),
    }
}
