//! Elements, attributes and complex types.

use super::{ComplexId, ElementId, NamespaceId, QName, SimpleId, Slice, Type, ValueId, WildcardId};

/// An element declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElementDecl {
    /// Its name; the namespace is absent for unqualified local elements.
    pub name: QName,
    /// Its type.
    pub type_: Type,
    /// May `xsi:nil` be true?
    pub nillable: bool,
    /// Must another element of its substitution group stand in its place?
    pub is_abstract: bool,
    /// Fixed or default content.
    pub constraint: ValueConstraint,
    /// What may not replace it or its type.
    pub block: Block,
    /// Identity constraints, in [`super::Schema::identities`].
    pub identities: Slice,
}

/// A fixed or default value, white space normalised as its type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ValueConstraint {
    /// None.
    #[default]
    None,
    /// The value of an empty element or a missing attribute.
    Default(ValueId),
    /// The only value, compared in the value space of the type; an empty element has it.
    Fixed(ValueId),
}

/// Which ways of derivation are blocked: for an element those of a substitute or of `xsi:type`,
/// for a complex type those of `xsi:type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Block {
    /// Types derived by extension.
    pub extension: bool,
    /// Types derived by restriction.
    pub restriction: bool,
    /// Substitution groups (elements only); applied by the compiler already.
    pub substitution: bool,
}

impl Block {
    /// Nothing is blocked.
    pub const NONE: Self = Self {
        extension: false,
        restriction: false,
        substitution: false,
    };
}

/// A complex type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComplexType {
    /// Its name, when it is global.
    pub name: Option<QName>,
    /// What it is derived from; `xs:anyType` is derived from itself.
    pub base: Type,
    /// How.
    pub derivation: Derivation,
    /// Must `xsi:type` name another type?
    pub is_abstract: bool,
    /// What may not replace it by `xsi:type`.
    pub block: Block,
    /// May character data stand between the child elements?
    pub is_mixed: bool,
    /// What it contains.
    pub content: Content,
    /// Its attributes, inherited ones included, sorted by name: a slice of
    /// [`super::Schema::attributes`].
    pub attributes: Slice,
    /// Which other attributes it may have.
    pub any_attribute: Option<WildcardId>,
}

/// How a type is derived from its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derivation {
    /// Every value of the type is a value of the base.
    Restriction,
    /// More content or attributes after those of the base.
    Extension,
}

/// The content of a complex type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// No child element; no character data either, not even white space, unless mixed.
    Empty,
    /// Character data of a simple type.
    Simple(SimpleId),
    /// Child elements, white space between them, and other text when mixed.
    Children(Model),
}

/// A content model: the position (Glushkov) automaton of a particle.
///
/// Bit sets have `words` words of 64 bits; bit `i % 64` of word `i / 64` is position `i`, counted
/// from the start of `positions`. In [`super::Schema::bits`] from `bits` on stand the rows
/// `first`, `accepting`, `required`, and then one `follow` row for each position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// The positions, in the order of the schema document: a slice of
    /// [`super::Schema::positions`].
    pub positions: Slice,
    /// Where the rows begin.
    pub bits: u32,
    /// Words of a row, at least 1.
    pub words: u16,
    /// Is content without any child element complete?
    pub is_emptiable: bool,
    /// The names that the positions know, sorted: a slice of [`super::Schema::candidates`].
    pub candidates: Slice,
    /// Does any position hold a wildcard?
    pub has_wildcard: bool,
}

/// A place in a content model: an element or wildcard particle with its count.
///
/// Counts are never unrolled: a position that was entered is taken between `min` and `max` times
/// in a row before another one follows. Whether it may be left out is in the bit sets, hence `min`
/// is at least 1 even for an optional particle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// What stands there.
    pub term: Term,
    /// How often at least once entered, 1 or more.
    pub min: u32,
    /// How often at most; `None` is unbounded.
    pub max: Option<u32>,
}

/// What stands at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// An element, or one of its substitution group (see [`Candidate`]).
    Element(ElementId),
    /// Any element of some namespaces.
    Wildcard(WildcardId),
}

/// A name with a position that takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The name.
    pub name: QName,
    /// The position, counted from the start of the model.
    pub position: u16,
    /// The declaration of the element with that name: the one of the position, or a member of its
    /// substitution group.
    pub element: ElementId,
}

/// Which elements or attributes a wildcard takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wildcard {
    /// Of which namespaces.
    pub namespaces: NamespaceConstraint,
    /// How they are judged.
    pub process: ProcessContents,
}

/// The namespaces of a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamespaceConstraint {
    /// Every namespace, and none.
    Any,
    /// Every namespace but this one and "no namespace" (`##other`).
    Other(NamespaceId),
    /// These: a slice of [`super::Schema::wildcard_namespaces`]. Number 0 stands for "no namespace".
    List(Slice),
}

/// How what a wildcard takes is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProcessContents {
    /// Not at all.
    Skip,
    /// By a global declaration or `xsi:type`, when there is one.
    Lax,
    /// By a global declaration or `xsi:type`, which must exist.
    Strict,
}

/// An attribute of a complex type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeUse {
    /// Its name; local attributes are unqualified unless the schema says otherwise.
    pub name: QName,
    /// Its type.
    pub type_: SimpleId,
    /// Must it be there?
    pub is_required: bool,
    /// Fixed or default value.
    pub constraint: ValueConstraint,
}

/// A global element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlobalElement {
    /// Its name.
    pub name: QName,
    /// Its declaration.
    pub element: ElementId,
}

/// A global type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlobalType {
    /// Its name.
    pub name: QName,
    /// Its definition.
    pub type_: Type,
}

/// A global attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlobalAttribute {
    /// Its name.
    pub name: QName,
    /// Its type.
    pub type_: SimpleId,
    /// Fixed or default value.
    pub constraint: ValueConstraint,
}

impl Type {
    /// The complex type, if it is one.
    #[must_use]
    pub const fn complex(self) -> Option<ComplexId> {
        match self {
            Self::Complex(id) => Some(id),
            Self::Simple(_) => None,
        }
    }
}
