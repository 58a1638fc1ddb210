//! What a schema can find wrong with a document, as data.
//!
//! Names of elements are local names as the schema writes them; lists of names and values are
//! cut to a readable length before they come here.

mod english;
mod polish;
mod value;

pub use value::{Form, Unit, ValueFault};

use crate::finding::Language;
use crate::rule::Rule;

/// One breach of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaProblem {
    /// The schema declares no root element of this name.
    UnknownRoot {
        /// The element.
        name: String,
        /// Its namespace, empty when there is none.
        namespace: String,
        /// The names the schema declares, at most [`NAMES_MAX`].
        expected: Vec<String>,
    },
    /// A required element is missing.
    Missing {
        /// The element, or several of which one has to be there.
        alternatives: Vec<String>,
        /// The elements that are missing right after it.
        further: Vec<String>,
        /// The element around the gap.
        parent: String,
        /// The element it has to precede; `None` when the parent ends too early.
        before: Option<String>,
    },
    /// An element has to come more often.
    TooFew {
        /// The element.
        name: String,
        /// How often at least.
        least: u32,
        /// How often it came.
        found: u32,
    },
    /// An element that cannot stand where it does.
    Unexpected {
        /// The element.
        name: String,
        /// What speaks against it.
        reason: Unexpected,
        /// What could stand there, at most [`NAMES_MAX`]; empty when nothing could.
        expected: Vec<String>,
    },
    /// An element whose namespace is not the one the schema gives it.
    WrongNamespace {
        /// The element.
        name: String,
        /// Its namespace, empty when there is none.
        found: String,
        /// The namespace of the schema.
        expected: String,
    },
    /// An element that stands too early or too late.
    Misplaced {
        /// The element.
        name: String,
        /// On which side of the other it belongs.
        side: Side,
        /// The other element.
        other: String,
    },
    /// An element that comes too often.
    Repeated {
        /// The element.
        name: String,
        /// How often it may come.
        limit: u32,
    },
    /// Text where only elements may stand.
    Text {
        /// The element around it.
        parent: String,
        /// The text, shortened.
        text: String,
    },
    /// An element that has to be empty has content.
    NotEmpty {
        /// The element.
        name: String,
        /// Because `xsi:nil` says so.
        is_nil: bool,
    },
    /// A value of an element or attribute that its type does not allow.
    Value {
        /// The element or attribute.
        name: String,
        /// Whether it is an attribute.
        is_attribute: bool,
        /// The value, shortened.
        value: String,
        /// What is wrong with it.
        fault: ValueFault,
        /// A value that looks alike and is allowed.
        suggestion: Option<String>,
    },
    /// A required attribute is missing.
    AttributeMissing {
        /// The attribute.
        name: String,
        /// The element.
        element: String,
        /// The only value it can have.
        fixed: Option<String>,
    },
    /// An attribute the element cannot have.
    AttributeUnexpected {
        /// The attribute, as written.
        name: String,
        /// The element.
        element: String,
        /// An attribute with a similar name.
        suggestion: Option<String>,
    },
    /// `xsi:nil` on an element that cannot be nil.
    NotNillable {
        /// The element.
        name: String,
    },
    /// `xsi:type` names a type that does not exist or cannot stand there, or is missing where the
    /// declared type is abstract.
    Type {
        /// The element.
        name: String,
        /// The type as written; empty when the attribute is missing.
        type_name: String,
        /// What speaks against it.
        reason: TypeFault,
    },
    /// The schema requires a declaration for what stands at a wildcard, and has none.
    Undeclared {
        /// The element or attribute.
        name: String,
        /// Whether it is an attribute.
        is_attribute: bool,
    },
    /// Two elements have the same values where they have to differ.
    NotUnique {
        /// The name of the constraint.
        constraint: String,
        /// The values.
        values: Vec<String>,
    },
    /// An element lacks a value by which it has to be known.
    KeyIncomplete {
        /// The name of the constraint.
        constraint: String,
    },
    /// A reference to an identifier that the document does not have.
    DanglingReference {
        /// The identifier.
        id: String,
    },
    /// There are more findings than are reported.
    Limit(usize),
}

/// Why an element is not expected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unexpected {
    /// The parent does not know it.
    Unknown {
        /// A name that is very similar.
        suggestion: Option<String>,
        /// The forms that know the element.
        forms: Vec<&'static str>,
    },
    /// The parent knows it, but not here, where something else is missing.
    Instead,
    /// It is an alternative of this element, which is there already.
    Conflict(String),
    /// The parent holds text only.
    InText(String),
    /// The declaration is abstract.
    Abstract,
}

/// On which side of another element one belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// What is wrong with the type of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeFault {
    /// No such type.
    Unknown,
    /// Not derived from the declared type, or the way is blocked.
    NotDerived,
    /// The type is abstract.
    Abstract,
}

impl SchemaProblem {
    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        match self {
            Self::UnknownRoot { .. } => Rule::SchemaUnknownDocument,
            Self::Missing { .. } | Self::TooFew { .. } => Rule::SchemaElementMissing,
            Self::Unexpected { .. } | Self::NotEmpty { .. } | Self::Undeclared { .. } => {
                Rule::SchemaElementUnexpected
            }
            Self::WrongNamespace { .. } => Rule::SchemaElementNamespace,
            Self::Misplaced { .. } => Rule::SchemaElementMisplaced,
            Self::Repeated { .. } => Rule::SchemaElementRepeated,
            Self::Text { .. } => Rule::SchemaTextUnexpected,
            Self::Value { fault, .. } => fault.rule(),
            Self::AttributeMissing { .. } => Rule::SchemaAttributeMissing,
            Self::AttributeUnexpected { .. } => Rule::SchemaAttributeUnexpected,
            Self::NotNillable { .. } | Self::Type { .. } => Rule::SchemaType,
            Self::NotUnique { .. }
            | Self::KeyIncomplete { .. }
            | Self::DanglingReference { .. } => Rule::SchemaUnique,
            Self::Limit(_) => Rule::SchemaFindingsLimit,
        }
    }

    /// What was expected, where the problem compares.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        match self {
            Self::UnknownRoot { expected, .. } | Self::Unexpected { expected, .. }
                if !expected.is_empty() =>
            {
                Some(expected.join(" | "))
            }
            Self::Missing { alternatives, .. } => Some(alternatives.join(" | ")),
            Self::WrongNamespace { expected, .. } => Some(expected.clone()),
            Self::Value { fault, .. } => fault.expected(),
            Self::AttributeMissing { fixed, .. } => fixed.clone(),
            Self::Repeated { limit, .. } => Some(limit.to_string()),
            Self::TooFew { least, .. } => Some(least.to_string()),
            _ => None,
        }
    }

    /// What the document says, where the problem compares.
    #[must_use]
    pub fn actual(&self) -> Option<String> {
        match self {
            Self::UnknownRoot { name, .. }
            | Self::Unexpected { name, .. }
            | Self::Misplaced { name, .. } => Some(name.clone()),
            Self::WrongNamespace { found, .. } => Some(found.clone()),
            Self::Value { value, .. } => Some(value.clone()),
            Self::Text { text, .. } => Some(text.clone()),
            Self::Type { type_name, .. } => Some(type_name.clone()),
            Self::TooFew { found, .. } => Some(found.to_string()),
            Self::NotUnique { values, .. } => Some(values.join(", ")),
            Self::DanglingReference { id } => Some(id.clone()),
            _ => None,
        }
    }

    /// The sentence for a person.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::Polish => polish::message(self),
            Language::English => english::message(self),
        }
    }
}

/// How many names or values a message lists.
pub const NAMES_MAX: usize = 12;
