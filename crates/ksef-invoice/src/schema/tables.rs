//! The official schemas, compiled.
//!
//! The modules below are data, written by `cargo xtask schema-tables`; their entries are calls of
//! the constructors here, so that the source stays small.

mod auth_2_0;
mod auth_2_1;
mod fa2;
mod fa3;
mod fa_rr1;
mod pef;
#[cfg(test)]
mod tests;
mod upo;

use std::borrow::Cow;

use super::model::{
    Block, Candidate, ComplexId, ComplexType, Content, Derivation, ElementDecl, ElementId,
    GlobalElement, GlobalType, Model, NameId, NamespaceId, Position, QName, SimpleId, Slice, Term,
    Text, Type, ValueConstraint,
};

pub(super) use auth_2_0::AUTH_2_0;
pub(super) use auth_2_1::AUTH_2_1;
pub(super) use fa_rr1::FA_RR1;
pub(super) use fa2::FA2;
pub(super) use fa3::FA3;
pub(super) use pef::{PEF_KOR3, PEF3};
pub(super) use upo::UPO;

/// Every table with the name of its constant.
#[cfg(test)]
pub(super) const ALL: [(&str, &super::Schema); 8] = [
    ("AUTH_2_0", &AUTH_2_0),
    ("AUTH_2_1", &AUTH_2_1),
    ("FA2", &FA2),
    ("FA3", &FA3),
    ("FA_RR1", &FA_RR1),
    ("PEF3", &PEF3),
    ("PEF_KOR3", &PEF_KOR3),
    ("UPO", &UPO),
];

const R: Derivation = Derivation::Restriction;
const X: Derivation = Derivation::Extension;

const fn t(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

const fn q(namespace: u16, name: u16) -> QName {
    QName {
        name: NameId(name),
        namespace: NamespaceId(namespace),
    }
}

const fn sl(start: u32, len: u32) -> Slice {
    Slice { start, len }
}

/// A simple type.
const fn s(id: u16) -> Type {
    Type::Simple(SimpleId(id))
}

/// A complex type.
const fn c(id: u16) -> Type {
    Type::Complex(ComplexId(id))
}

/// An element without anything special.
const fn e(namespace: u16, name: u16, type_: Type) -> ElementDecl {
    ElementDecl {
        name: q(namespace, name),
        type_,
        nillable: false,
        is_abstract: false,
        constraint: ValueConstraint::None,
        block: Block::NONE,
        identities: Slice::EMPTY,
    }
}

/// A derived complex type without anything special.
const fn d(
    name: Option<QName>,
    base: Type,
    derivation: Derivation,
    content: Content,
    attributes: Slice,
) -> ComplexType {
    ComplexType {
        name,
        base,
        derivation,
        is_abstract: false,
        block: Block::NONE,
        is_mixed: false,
        content,
        attributes,
        any_attribute: None,
    }
}

/// A content model without wildcards.
const fn m(
    positions: Slice,
    bits: u32,
    words: u16,
    is_emptiable: bool,
    candidates: Slice,
) -> Content {
    Content::Children(Model {
        positions,
        bits,
        words,
        is_emptiable,
        candidates,
        has_wildcard: false,
    })
}

/// A content model with wildcards.
const fn w(
    positions: Slice,
    bits: u32,
    words: u16,
    is_emptiable: bool,
    candidates: Slice,
) -> Content {
    Content::Children(Model {
        positions,
        bits,
        words,
        is_emptiable,
        candidates,
        has_wildcard: true,
    })
}

/// An element position.
const fn p(element: u16, min: u32, max: Option<u32>) -> Position {
    Position {
        term: Term::Element(ElementId(element)),
        min,
        max,
    }
}

/// An element that occurs once.
const fn o(element: u16) -> Position {
    p(element, 1, Some(1))
}

const fn n(namespace: u16, name: u16, position: u16, element: u16) -> Candidate {
    Candidate {
        name: q(namespace, name),
        position,
        element: ElementId(element),
    }
}

const fn ge(namespace: u16, name: u16, element: u16) -> GlobalElement {
    GlobalElement {
        name: q(namespace, name),
        element: ElementId(element),
    }
}

const fn gt(namespace: u16, name: u16, type_: Type) -> GlobalType {
    GlobalType {
        name: q(namespace, name),
        type_,
    }
}
