//! A compiled schema: tables of integers and texts, ready to run.
//!
//! Everything is an index into a pool of [`Schema`]; pools are `Cow<'static, [T]>`, so that
//! committed tables borrow constant data and a schema that was compiled at run time owns it.
//!
//! # How an element is judged
//! 1. Names: [`Schema::find_namespace`] and [`Schema::find_name`] turn the texts of a start tag
//!    into a [`QName`]; a text that the schema never mentions has no number and can only match a
//!    wildcard.
//! 2. The root element is one of [`Schema::global_element`].
//! 3. Its [`ElementDecl::type_`] may be replaced by `xsi:type` ([`Schema::global_type`],
//!    [`Schema::is_derived`]).
//! 4. [`Content::Children`] is a position automaton ([`Model`]). The state is a position and how
//!    often it was taken in a row. A child is looked up in [`Schema::candidates`]; it may take the
//!    position again while [`Position::max`] allows it, or move to a position of
//!    [`Schema::follow`] when the current count reached [`Position::min`]. Schemas are checked to
//!    be deterministic (Unique Particle Attribution), so at most one candidate fits.
//! 5. At the end tag the count must have reached `min` and the position must be in
//!    [`Schema::accepting`]; without any child [`Model::is_emptiable`] decides.
//!
//! Positions are numbered in the order of the schema document, so the number is also the rank to
//! say whether an element comes too late or too early.

mod complex;
mod identity;
mod lookup;
mod simple;

use std::borrow::Cow;

pub use complex::{
    AttributeUse, Block, Candidate, ComplexType, Content, Derivation, ElementDecl, GlobalAttribute,
    GlobalElement, GlobalType, Model, NamespaceConstraint, Position, ProcessContents, Term,
    ValueConstraint, Wildcard,
};
pub use identity::{Identity, IdentityKind, Path, Step};
pub use lookup::{Bits, name_hash};
pub use simple::{
    Bound, Builtin, Facets, Moment, Point, Primitive, SimpleType, Variety, WhiteSpace,
};

use super::pattern::PatternCache;

/// A compiled schema.
///
/// The pools are public for tools that write or inspect tables; validation uses the methods.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The local names of elements, attributes and types, sorted by their bytes, each once.
    pub names: Cow<'static, [Text]>,
    /// Open addressing over `names`: a power of two of slots, [`Schema::NO_NAME`] where free.
    pub name_slots: Cow<'static, [u16]>,
    /// The namespaces; number 0 is "no namespace".
    pub namespaces: Cow<'static, [Text]>,
    /// Values of facets and of fixed and default attributes and elements.
    pub values: Cow<'static, [Text]>,
    /// Patterns as written in the schema; those of one derivation step are one pattern, with `|`.
    pub patterns: Cow<'static, [Text]>,
    /// The compiled patterns.
    pub pattern_cache: PatternCache,
    /// Which patterns a simple type has to match, all of them: slices of this pool.
    pub pattern_lists: Cow<'static, [PatternId]>,
    /// Simple types. The first [`Builtin::COUNT`] are the built-in ones, in the order of
    /// [`Builtin`].
    pub simple_types: Cow<'static, [SimpleType]>,
    /// Member types of unions: slices of this pool.
    pub members: Cow<'static, [SimpleId]>,
    /// Complex types. Number 0 is `xs:anyType`.
    pub complex_types: Cow<'static, [ComplexType]>,
    /// Element declarations, global and local.
    pub elements: Cow<'static, [ElementDecl]>,
    /// Attribute uses: slices of this pool.
    pub attributes: Cow<'static, [AttributeUse]>,
    /// Positions of content models: slices of this pool.
    pub positions: Cow<'static, [Position]>,
    /// Names that a content model knows, each with its positions: slices of this pool.
    pub candidates: Cow<'static, [Candidate]>,
    /// Rows of bit sets of content models.
    pub bits: Cow<'static, [u64]>,
    /// Wildcards of elements and attributes.
    pub wildcards: Cow<'static, [Wildcard]>,
    /// Namespaces that a wildcard lists: slices of this pool.
    pub wildcard_namespaces: Cow<'static, [NamespaceId]>,
    /// Identity constraints: slices of this pool.
    pub identities: Cow<'static, [Identity]>,
    /// Paths of identity constraints: slices of this pool.
    pub paths: Cow<'static, [Path]>,
    /// Steps of those paths: slices of this pool.
    pub steps: Cow<'static, [Step]>,
    /// The elements that may be roots and that lax and strict wildcards see, sorted by name.
    pub global_elements: Cow<'static, [GlobalElement]>,
    /// The types that `xsi:type` may name, without the built-in ones, sorted by name.
    pub global_types: Cow<'static, [GlobalType]>,
    /// The attributes that wildcards see, sorted by name.
    pub global_attributes: Cow<'static, [GlobalAttribute]>,
}

/// A text of a table.
pub type Text = Cow<'static, str>;

/// A part of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Slice {
    /// The first entry.
    pub start: u32,
    /// How many entries.
    pub len: u32,
}

impl Slice {
    /// No entry.
    pub const EMPTY: Self = Self { start: 0, len: 0 };

    /// Is there no entry?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The entries in their pool; nothing when the slice leaves the pool.
    #[must_use]
    pub fn of<T>(self, pool: &[T]) -> &[T] {
        let start = self.start as usize;
        pool.get(start..start + self.len as usize)
            .unwrap_or_default()
    }
}

/// A local name of the schema: an index into [`Schema::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub u16);

/// A namespace of the schema: an index into [`Schema::namespaces`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceId(pub u16);

impl NamespaceId {
    /// No namespace.
    pub const NONE: Self = Self(0);
}

/// An index into [`Schema::values`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(pub u32);

/// An index into [`Schema::patterns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternId(pub u16);

/// An index into [`Schema::simple_types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimpleId(pub u16);

/// An index into [`Schema::complex_types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComplexId(pub u16);

impl ComplexId {
    /// `xs:anyType`: any content, any attributes, judged where declarations are known.
    pub const ANY: Self = Self(0);
}

/// An index into [`Schema::elements`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub u16);

/// An index into [`Schema::wildcards`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WildcardId(pub u16);

/// A name with its namespace. Ordered by local name first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QName {
    /// The local name.
    pub name: NameId,
    /// The namespace.
    pub namespace: NamespaceId,
}

/// A type definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Character data only, no attributes.
    Simple(SimpleId),
    /// Child elements, attributes, or both.
    Complex(ComplexId),
}

impl Type {
    /// `xs:anyType`, the type of an element without one.
    pub const ANY: Self = Self::Complex(ComplexId::ANY);
}
