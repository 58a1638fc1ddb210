//! Simple types.

use super::{QName, SimpleId, Slice, ValueId};

/// A simple type, with the facets of its whole line of derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimpleType {
    /// Its name, when it is global and not built in.
    pub name: Option<QName>,
    /// What it is derived from; `xs:anySimpleType` is derived from itself.
    pub base: SimpleId,
    /// The nearest built-in type of its line; [`Builtin::AnySimpleType`] for lists and unions.
    pub builtin: Builtin,
    /// Atomic, list or union.
    pub variety: Variety,
    /// How white space is treated before anything else; unions leave it to their members, but
    /// their patterns and enumerations see collapsed values.
    pub white_space: WhiteSpace,
    /// What restricts it.
    pub facets: Facets,
}

/// What a value consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variety {
    /// One value.
    Atomic,
    /// Values of this type, separated by white space. Lengths count items.
    List(SimpleId),
    /// A value of the first member type that takes it: a slice of [`super::Schema::members`].
    Union(Slice),
}

/// The facet `whiteSpace`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhiteSpace {
    /// Kept as it is.
    Preserve,
    /// Tab, line feed and carriage return become spaces.
    Replace,
    /// And runs of spaces become one, those at the ends none.
    Collapse,
}

/// Facets, merged down the line of derivation: the narrowest one of each kind.
///
/// The facets that the built-in type implies are included: `xs:byte` has its bounds and
/// `fraction_digits` 0. The lexical forms of built-in types (what a decimal or a date looks like)
/// are not facets here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facets {
    /// Exact length: characters, octets of binary values, items of lists.
    pub length: Option<u32>,
    /// Least length.
    pub min_length: Option<u32>,
    /// Greatest length.
    pub max_length: Option<u32>,
    /// Greatest number of significant digits of a decimal.
    pub total_digits: Option<u32>,
    /// Greatest number of significant digits behind the decimal point.
    pub fraction_digits: Option<u32>,
    /// Lower bound.
    pub min: Option<Bound>,
    /// Upper bound.
    pub max: Option<Bound>,
    /// The patterns, all of which have to match: a slice of [`super::Schema::pattern_lists`].
    pub patterns: Slice,
    /// The only values, in [`super::Schema::values`], white space normalised; none: any value. For
    /// types whose values are their texts (strings, `anyURI`, …) sorted by their bytes, each once;
    /// for others as written, to be compared in the value space.
    pub enumeration: Slice,
}

impl Facets {
    /// No restriction.
    pub const NONE: Self = Self {
        length: None,
        min_length: None,
        max_length: None,
        total_digits: None,
        fraction_digits: None,
        min: None,
        max: None,
        patterns: Slice::EMPTY,
        enumeration: Slice::EMPTY,
    };
}

/// A bound of an ordered type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// As written in the schema, white space normalised.
    pub value: ValueId,
    /// Does the bound itself belong to the type?
    pub is_inclusive: bool,
    /// The bound ready for comparison.
    pub point: Point,
}

/// A bound, parsed where that is cheap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Durations, floating-point numbers, and decimals beyond 38 digits: parse [`Bound::value`].
    Text,
    /// `mantissa / 10^scale`, of `decimal` and the types derived from it.
    Decimal {
        /// All digits, with the sign.
        mantissa: i128,
        /// How many of them stand behind the decimal point.
        scale: u8,
    },
    /// Dates, times, and parts of dates.
    Moment(Moment),
}

/// A point on the time line: the beginning of a date, time or part of a date.
///
/// Missing parts are taken from 1972-12-31 as the order of the specification needs them: a `time`
/// is on that day, a `gYear` begins on January 1, a `gMonthDay` is in the leap year 1972, a `gDay`
/// in December.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Seconds since 1970-01-01T00:00:00 in the proleptic Gregorian calendar: in UTC when `is_zoned`,
    /// else by an unknown clock. No leap seconds.
    pub seconds: i64,
    /// Nanoseconds of the second; finer fractions are refused by the compiler.
    pub nanoseconds: u32,
    /// Was a time zone given?
    pub is_zoned: bool,
}

/// The built-in simple types of XSD 1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
#[allow(
    missing_docs,
    reason = "each is named after the type of the specification"
)]
pub enum Builtin {
    AnySimpleType,
    String,
    NormalizedString,
    Token,
    Language,
    Nmtoken,
    Name,
    NcName,
    Id,
    IdRef,
    Entity,
    NmTokens,
    IdRefs,
    Entities,
    Boolean,
    Decimal,
    Integer,
    NonPositiveInteger,
    NegativeInteger,
    Long,
    Int,
    Short,
    Byte,
    NonNegativeInteger,
    UnsignedLong,
    UnsignedInt,
    UnsignedShort,
    UnsignedByte,
    PositiveInteger,
    Float,
    Double,
    Duration,
    DateTime,
    Time,
    Date,
    GYearMonth,
    GYear,
    GMonthDay,
    GDay,
    GMonth,
    HexBinary,
    Base64Binary,
    AnyUri,
    QName,
    Notation,
}

/// What decides the lexical forms and the order of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    missing_docs,
    reason = "each is named after the type of the specification"
)]
pub enum Primitive {
    AnySimpleType,
    String,
    Boolean,
    Decimal,
    Float,
    Double,
    Duration,
    DateTime,
    Time,
    Date,
    GYearMonth,
    GYear,
    GMonthDay,
    GDay,
    GMonth,
    HexBinary,
    Base64Binary,
    AnyUri,
    QName,
    Notation,
}

impl Builtin {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All of them, each at its number.
    pub const ALL: [Self; 45] = [
        Self::AnySimpleType,
        Self::String,
        Self::NormalizedString,
        Self::Token,
        Self::Language,
        Self::Nmtoken,
        Self::Name,
        Self::NcName,
        Self::Id,
        Self::IdRef,
        Self::Entity,
        Self::NmTokens,
        Self::IdRefs,
        Self::Entities,
        Self::Boolean,
        Self::Decimal,
        Self::Integer,
        Self::NonPositiveInteger,
        Self::NegativeInteger,
        Self::Long,
        Self::Int,
        Self::Short,
        Self::Byte,
        Self::NonNegativeInteger,
        Self::UnsignedLong,
        Self::UnsignedInt,
        Self::UnsignedShort,
        Self::UnsignedByte,
        Self::PositiveInteger,
        Self::Float,
        Self::Double,
        Self::Duration,
        Self::DateTime,
        Self::Time,
        Self::Date,
        Self::GYearMonth,
        Self::GYear,
        Self::GMonthDay,
        Self::GDay,
        Self::GMonth,
        Self::HexBinary,
        Self::Base64Binary,
        Self::AnyUri,
        Self::QName,
        Self::Notation,
    ];

    /// Its number among the simple types of every schema.
    #[must_use]
    pub const fn id(self) -> SimpleId {
        SimpleId(self as u16)
    }

    /// The type with this local name in the namespace of XML Schema.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Its local name, for instance `normalizedString`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnySimpleType => "anySimpleType",
            Self::String => "string",
            Self::NormalizedString => "normalizedString",
            Self::Token => "token",
            Self::Language => "language",
            Self::Nmtoken => "NMTOKEN",
            Self::Name => "Name",
            Self::NcName => "NCName",
            Self::Id => "ID",
            Self::IdRef => "IDREF",
            Self::Entity => "ENTITY",
            Self::NmTokens => "NMTOKENS",
            Self::IdRefs => "IDREFS",
            Self::Entities => "ENTITIES",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::NonPositiveInteger => "nonPositiveInteger",
            Self::NegativeInteger => "negativeInteger",
            Self::Long => "long",
            Self::Int => "int",
            Self::Short => "short",
            Self::Byte => "byte",
            Self::NonNegativeInteger => "nonNegativeInteger",
            Self::UnsignedLong => "unsignedLong",
            Self::UnsignedInt => "unsignedInt",
            Self::UnsignedShort => "unsignedShort",
            Self::UnsignedByte => "unsignedByte",
            Self::PositiveInteger => "positiveInteger",
            Self::Float => "float",
            Self::Double => "double",
            Self::Duration => "duration",
            Self::DateTime => "dateTime",
            Self::Time => "time",
            Self::Date => "date",
            Self::GYearMonth => "gYearMonth",
            Self::GYear => "gYear",
            Self::GMonthDay => "gMonthDay",
            Self::GDay => "gDay",
            Self::GMonth => "gMonth",
            Self::HexBinary => "hexBinary",
            Self::Base64Binary => "base64Binary",
            Self::AnyUri => "anyURI",
            Self::QName => "QName",
            Self::Notation => "NOTATION",
        }
    }

    /// The built-in type it is derived from; the item type for the three lists' own base,
    /// `xs:anySimpleType`.
    #[must_use]
    pub const fn base(self) -> Self {
        match self {
            Self::NormalizedString => Self::String,
            Self::Token => Self::NormalizedString,
            Self::Language | Self::Nmtoken | Self::Name => Self::Token,
            Self::NcName => Self::Name,
            Self::Id | Self::IdRef | Self::Entity => Self::NcName,
            Self::Integer => Self::Decimal,
            Self::NonPositiveInteger | Self::Long | Self::NonNegativeInteger => Self::Integer,
            Self::NegativeInteger => Self::NonPositiveInteger,
            Self::Int => Self::Long,
            Self::Short => Self::Int,
            Self::Byte => Self::Short,
            Self::UnsignedLong | Self::PositiveInteger => Self::NonNegativeInteger,
            Self::UnsignedInt => Self::UnsignedLong,
            Self::UnsignedShort => Self::UnsignedInt,
            Self::UnsignedByte => Self::UnsignedShort,
            _ => Self::AnySimpleType,
        }
    }

    /// The primitive type at the head of its line; that of the items for the three lists.
    #[must_use]
    pub const fn primitive(self) -> Primitive {
        match self {
            Self::AnySimpleType => Primitive::AnySimpleType,
            Self::String
            | Self::NormalizedString
            | Self::Token
            | Self::Language
            | Self::Nmtoken
            | Self::Name
            | Self::NcName
            | Self::Id
            | Self::IdRef
            | Self::Entity
            | Self::NmTokens
            | Self::IdRefs
            | Self::Entities => Primitive::String,
            Self::Boolean => Primitive::Boolean,
            Self::Decimal
            | Self::Integer
            | Self::NonPositiveInteger
            | Self::NegativeInteger
            | Self::Long
            | Self::Int
            | Self::Short
            | Self::Byte
            | Self::NonNegativeInteger
            | Self::UnsignedLong
            | Self::UnsignedInt
            | Self::UnsignedShort
            | Self::UnsignedByte
            | Self::PositiveInteger => Primitive::Decimal,
            Self::Float => Primitive::Float,
            Self::Double => Primitive::Double,
            Self::Duration => Primitive::Duration,
            Self::DateTime => Primitive::DateTime,
            Self::Time => Primitive::Time,
            Self::Date => Primitive::Date,
            Self::GYearMonth => Primitive::GYearMonth,
            Self::GYear => Primitive::GYear,
            Self::GMonthDay => Primitive::GMonthDay,
            Self::GDay => Primitive::GDay,
            Self::GMonth => Primitive::GMonth,
            Self::HexBinary => Primitive::HexBinary,
            Self::Base64Binary => Primitive::Base64Binary,
            Self::AnyUri => Primitive::AnyUri,
            Self::QName => Primitive::QName,
            Self::Notation => Primitive::Notation,
        }
    }

    /// Is it `integer` or derived from it, without a decimal point in its lexical form?
    #[must_use]
    pub const fn is_integer(self) -> bool {
        matches!(self.primitive(), Primitive::Decimal) && !matches!(self, Self::Decimal)
    }
}
