//! The shape of a form as far as the metadata needs it.

use super::facet::Facet;

/// Which namespace an element is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// The form's own.
    Form,
    /// UBL basic components.
    Basic,
    /// UBL aggregate components.
    Aggregate,
}

/// The party a section speaks of; what is inside belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    None,
    Seller,
    Buyer,
    Third,
    Authorised,
    /// `DaneIdentyfikacyjne` with a choice of identifiers.
    Identity,
}

/// What a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Only its form is checked.
    Checked,
    Created,
    System,
    Nip,
    InternalId,
    UnionCountry,
    UnionNumber,
    Country,
    OtherId,
    NoId,
    Name,
    LegalName,
    VatId,
    LegalId,
    Role,
    OtherRole,
    RoleDescription,
    IssueDate,
    Number,
    Kind,
    TypeCode,
    Currency,
    Total,
    Payable,
    SelfBilling,
    Net(&'static str),
    Vat(&'static str),
    VatInPln(&'static str),
}

/// What an element contains.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    /// Elements of the outline.
    Section(&'static Section),
    /// A value.
    Value(Field, Facet),
    /// `KodFormularza`: its attributes are compared with the form, its text with this.
    FormName(&'static str),
    /// `Zalacznik`.
    Attachment,
    /// Anything; stepped over.
    Skipped,
}

/// One element of a section.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) space: Space,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) content: Content,
}

/// The children of an element.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) scope: Scope,
    /// Whether the nodes are all there is, in this order; else others may stand between them.
    pub(super) is_exact: bool,
    pub(super) nodes: &'static [Node],
}

/// A required value.
pub(super) const fn one(name: &'static str, field: Field, facet: Facet) -> Node {
    Node {
        name,
        space: Space::Form,
        min: 1,
        max: 1,
        content: Content::Value(field, facet),
    }
}

/// An optional value.
pub(super) const fn optional(name: &'static str, field: Field, facet: Facet) -> Node {
    Node {
        name,
        space: Space::Form,
        min: 0,
        max: 1,
        content: Content::Value(field, facet),
    }
}

/// An element that is stepped over.
pub(super) const fn skipped(name: &'static str, min: u32, max: u32) -> Node {
    Node {
        name,
        space: Space::Form,
        min,
        max,
        content: Content::Skipped,
    }
}

/// A section.
pub(super) const fn section(
    name: &'static str,
    min: u32,
    max: u32,
    section: &'static Section,
) -> Node {
    Node {
        name,
        space: Space::Form,
        min,
        max,
        content: Content::Section(section),
    }
}

/// A section with exactly these children in this order.
pub(super) const fn exactly(scope: Scope, nodes: &'static [Node]) -> Section {
    Section {
        scope,
        is_exact: true,
        nodes,
    }
}
