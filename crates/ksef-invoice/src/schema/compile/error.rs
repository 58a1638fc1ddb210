//! Why a schema is refused.

use std::error::Error;
use std::fmt;

use crate::finding::{Finding, Language, Position};
use crate::schema::pattern::PatternError;

/// A schema cannot be compiled: it is wrong, or needs what this engine does not do.
#[derive(Debug)]
pub struct CompileError(Box<Report>);

#[derive(Debug)]
struct Report {
    kind: CompileErrorKind,
    location: String,
    position: Option<Position>,
}

/// What stands in the way of a schema.
#[derive(Debug)]
#[non_exhaustive]
pub enum CompileErrorKind {
    /// A file cannot be found or read.
    Load(LoadError),
    /// A file is not well-formed XML without a DTD.
    Xml(Box<Finding>),
    /// The root element is not `schema` of XML Schema.
    NotASchema,
    /// An element of XML Schema cannot stand here.
    Misplaced(String),
    /// An attribute is missing.
    MissingAttribute(&'static str),
    /// An attribute or facet has a value that it cannot have.
    BadValue {
        /// The attribute or facet.
        what: &'static str,
        /// Its value.
        value: String,
    },
    /// A prefix without declaration, or a namespace that the file does not import.
    UnknownNamespace(String),
    /// A reference to nothing.
    Unresolved {
        /// Type, element, attribute or group.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Two components of the same name.
    Duplicate {
        /// Type, element, attribute or group.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A type or group that is defined by itself.
    Cycle(String),
    /// A facet that does not go with its type, or contradicts another.
    BadFacet(&'static str),
    /// A base type that does not allow this derivation.
    BadBase(String),
    /// In a content model, two particles could take the same element (Unique Particle
    /// Attribution).
    Ambiguous(String),
    /// A pattern is not a regular expression of XSD 1.0.
    Pattern(PatternError),
    /// Part of XSD 1.0, but not of this engine.
    Unsupported(&'static str),
    /// Beyond a limit.
    TooLarge(&'static str),
}

impl CompileError {
    pub(super) fn new(kind: CompileErrorKind, location: &str, position: Option<Position>) -> Self {
        Self(Box::new(Report {
            kind,
            location: location.to_owned(),
            position,
        }))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &CompileErrorKind {
        &self.0.kind
    }

    /// The file, as its loader names it.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.0.location
    }

    /// The place in the file; `None` for the file as a whole.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.0.position
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.location)?;
        if let Some(position) = self.0.position {
            write!(f, ":{}:{}", position.line, position.column)?;
        }
        write!(f, ": {}", self.0.kind)
    }
}

impl Error for CompileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0.kind {
            CompileErrorKind::Load(error) => Some(error),
            CompileErrorKind::Pattern(error) => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for CompileErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(_) => f.write_str("cannot be loaded"),
            Self::Xml(finding) => f.write_str(&finding.message(Language::English)),
            Self::NotASchema => f.write_str("not an XML Schema document"),
            Self::Misplaced(name) => write!(f, "unexpected element {name}"),
            Self::MissingAttribute(name) => write!(f, "attribute {name} is missing"),
            Self::BadValue { what, value } => write!(f, "{what} cannot be {value:?}"),
            Self::UnknownNamespace(name) => write!(f, "namespace not declared or imported: {name}"),
            Self::Unresolved { what, name } => write!(f, "no {what} {name}"),
            Self::Duplicate { what, name } => write!(f, "a second {what} {name}"),
            Self::Cycle(name) => write!(f, "{name} is defined by itself"),
            Self::BadFacet(name) => write!(f, "facet {name} does not fit its type"),
            Self::BadBase(name) => write!(f, "{name} cannot be the base of this derivation"),
            Self::Ambiguous(name) => write!(f, "{name} could be taken by two particles"),
            Self::Pattern(_) => f.write_str("pattern refused"),
            Self::Unsupported(what) => write!(f, "{what} is not supported"),
            Self::TooLarge(what) => write!(f, "too large: {what}"),
        }
    }
}

/// A schema document cannot be found or read.
#[derive(Debug)]
pub struct LoadError {
    reference: String,
    source: Option<std::io::Error>,
}

impl LoadError {
    /// There is no document for this reference.
    #[must_use]
    pub fn not_found(reference: &str) -> Self {
        Self {
            reference: reference.to_owned(),
            source: None,
        }
    }

    /// The document exists and cannot be read.
    #[must_use]
    pub fn unreadable(reference: &str, source: std::io::Error) -> Self {
        Self {
            reference: reference.to_owned(),
            source: Some(source),
        }
    }

    /// The reference as the schema writes it, or the location.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(_) => write!(f, "cannot read {}", self.reference),
            None => write!(f, "no such schema document: {}", self.reference),
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_ref()
            .map(|error| error as &(dyn Error + 'static))
    }
}
