//! Why a value is refused, as data.

use super::super::model::{Builtin, PatternId, ValueId};

/// What a value breaks. The first of these that it breaks: form, number of digits, bounds, list of
/// values, length, pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It has not the form of the built-in type.
    Form(Builtin),
    /// The exact length, and the length it has.
    Length(u32, usize),
    /// The least length, and the length it has.
    MinLength(u32, usize),
    /// The greatest length, and the length it has.
    MaxLength(u32, usize),
    /// More digits than this.
    TotalDigits(u32),
    /// More digits behind the point than this.
    FractionDigits(u32),
    /// Below this bound.
    Min {
        value: ValueId,
        is_inclusive: bool,
        /// False when the value may lie on either side, because it has no time zone.
        is_determined: bool,
    },
    /// Above this bound.
    Max {
        value: ValueId,
        is_inclusive: bool,
        is_determined: bool,
    },
    /// Not one of the values.
    Enumeration,
    /// Does not match.
    Pattern(PatternId),
    /// This item of a list, from 1.
    Item(usize, Box<Refusal>),
    /// No member of the union takes it; why, for each member.
    Members(Vec<Refusal>),
}
