//! Identity constraints.

use super::{NamespaceId, QName, Slice, ValueId};

/// `xs:unique` or `xs:key` of an element.
///
/// Of the elements that a selector finds below the element, no two may have the same values in all
/// fields, compared in the value space of the fields' types. `xs:keyref` is refused by the
/// compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Its name, in [`super::Schema::values`], for messages.
    pub name: ValueId,
    /// Unique or key.
    pub kind: IdentityKind,
    /// The alternatives of the selector: a slice of [`super::Schema::paths`].
    pub selector: Slice,
    /// The fields: a slice of [`super::Schema::paths`]. Every path has the number of its field;
    /// the alternatives of one field stand side by side.
    pub fields: Slice,
}

/// What an identity constraint asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKind {
    /// Elements in which a field is missing are left out.
    Unique,
    /// Every field has to be there, and no element of it may be nillable.
    Key,
}

/// One alternative of a selector or field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// The field it belongs to, from 0; 0 for selectors.
    pub field: u16,
    /// Does it begin with `.//`, that is, at any depth?
    pub is_descendant: bool,
    /// The child steps: a slice of [`super::Schema::steps`]. None: the element itself (`.`).
    pub steps: Slice,
    /// The attribute at its end (fields only).
    pub attribute: Option<Step>,
}

/// A name test of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This name.
    Name(QName),
    /// Any name of the namespace, `p:*`.
    Namespace(NamespaceId),
    /// Any name, `*`.
    Any,
}
