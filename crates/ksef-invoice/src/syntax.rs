//! The ways in which a document can fail to be well-formed XML.

/// One violation of XML 1.0 or of Namespaces in XML 1.0.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Syntax {
    /// The document ends inside a construct.
    UnexpectedEnd,
    /// There is no root element.
    NoRoot,
    /// A second root element follows the first.
    SecondRoot,
    /// Text outside the root element.
    TextOutsideRoot,
    /// A name is missing or contains a character that names cannot have.
    InvalidName,
    /// An end tag that closes another element than the open one.
    MismatchedEndTag {
        /// The open element.
        open: String,
        /// The end tag's name.
        found: String,
    },
    /// An end tag without an open element.
    UnopenedEndTag(String),
    /// An element that is never closed.
    UnclosedElement(String),
    /// Markup that begins with `<` and is nothing known.
    InvalidMarkup,
    /// White space is missing between attributes.
    MissingWhitespace,
    /// An attribute without `=`.
    MissingEquals,
    /// An attribute value without quotes.
    UnquotedAttribute,
    /// The same attribute twice.
    DuplicateAttribute(String),
    /// The character `<` in an attribute value.
    LessThanInAttribute,
    /// A reference without a name or semicolon.
    InvalidReference,
    /// A reference to an entity other than the five predefined ones.
    UnknownEntity(String),
    /// A character reference to a code point XML does not allow.
    IllegalCharacterReference(String),
    /// The sequence `]]>` in text.
    CdataEndInText,
    /// Two hyphens inside a comment.
    DoubleHyphenInComment,
    /// The XML declaration has a wrong form.
    InvalidDeclaration,
    /// The XML declaration names another version than 1.0.
    UnsupportedVersion(String),
    /// An XML declaration that is not at the start of the file.
    MisplacedDeclaration,
    /// A namespace prefix that is not declared.
    UndeclaredPrefix(String),
    /// A namespace declaration that the namespace rules forbid.
    InvalidNamespaceDeclaration,
}

impl Syntax {
    pub(crate) fn english(&self) -> String {
        match self {
            Self::UnexpectedEnd => "the document ends inside a tag, comment or section".into(),
            Self::NoRoot => "there is no root element".into(),
            Self::SecondRoot => "there is more than one root element".into(),
            Self::TextOutsideRoot => "there is text outside the root element".into(),
            Self::InvalidName => "a name is missing or contains a forbidden character".into(),
            Self::MismatchedEndTag { open, found } => {
                format!("end tag \"{found}\" does not close the open element \"{open}\"")
            }
            Self::UnopenedEndTag(name) => format!("end tag \"{name}\" closes no open element"),
            Self::UnclosedElement(name) => format!("element \"{name}\" is not closed"),
            Self::InvalidMarkup => "\"<\" does not begin a tag, comment or section".into(),
            Self::MissingWhitespace => "white space is missing before an attribute".into(),
            Self::MissingEquals => "\"=\" is missing after an attribute name".into(),
            Self::UnquotedAttribute => "an attribute value must stand in quotes".into(),
            Self::DuplicateAttribute(name) => format!("attribute \"{name}\" comes twice"),
            Self::LessThanInAttribute => "\"<\" is not allowed in an attribute value".into(),
            Self::InvalidReference => {
                "\"&\" does not begin a complete reference; write \"&amp;\"".into()
            }
            Self::UnknownEntity(name) => format!("entity \"{name}\" is not defined"),
            Self::IllegalCharacterReference(text) => {
                format!("\"{text}\" refers to a character that XML 1.0 does not allow")
            }
            Self::CdataEndInText => "\"]]>\" is not allowed in text".into(),
            Self::DoubleHyphenInComment => "\"--\" is not allowed inside a comment".into(),
            Self::InvalidDeclaration => "the XML declaration has a wrong form".into(),
            Self::UnsupportedVersion(version) => {
                format!("XML version \"{version}\" is not supported, only 1.0")
            }
            Self::MisplacedDeclaration => {
                "the XML declaration must be the very first thing in the file".into()
            }
            Self::UndeclaredPrefix(prefix) => {
                format!("namespace prefix \"{prefix}\" is not declared")
            }
            Self::InvalidNamespaceDeclaration => "a namespace declaration is not allowed".into(),
        }
    }

    pub(crate) fn polish(&self) -> String {
        match self {
            Self::UnexpectedEnd => "dokument urywa się wewnątrz znacznika lub sekcji".into(),
            Self::NoRoot => "brak elementu głównego".into(),
            Self::SecondRoot => "więcej niż jeden element główny".into(),
            Self::TextOutsideRoot => "tekst poza elementem głównym".into(),
            Self::InvalidName => "brak nazwy albo niedozwolony znak w nazwie".into(),
            Self::MismatchedEndTag { open, found } => {
                format!("znacznik końcowy „{found}” nie zamyka otwartego elementu „{open}”")
            }
            Self::UnopenedEndTag(name) => {
                format!("znacznik końcowy „{name}” nie zamyka żadnego elementu")
            }
            Self::UnclosedElement(name) => format!("element „{name}” nie jest zamknięty"),
            Self::InvalidMarkup => "„<” nie rozpoczyna znacznika, komentarza ani sekcji".into(),
            Self::MissingWhitespace => "brak odstępu przed atrybutem".into(),
            Self::MissingEquals => "brak „=” po nazwie atrybutu".into(),
            Self::UnquotedAttribute => "wartość atrybutu musi być w cudzysłowie".into(),
            Self::DuplicateAttribute(name) => format!("atrybut „{name}” występuje dwukrotnie"),
            Self::LessThanInAttribute => "„<” jest niedozwolone w wartości atrybutu".into(),
            Self::InvalidReference => {
                "„&” nie rozpoczyna pełnego odwołania; należy zapisać „&amp;”".into()
            }
            Self::UnknownEntity(name) => format!("encja „{name}” nie jest zdefiniowana"),
            Self::IllegalCharacterReference(text) => {
                format!("„{text}” wskazuje znak niedozwolony w XML 1.0")
            }
            Self::CdataEndInText => "„]]>” jest niedozwolone w tekście".into(),
            Self::DoubleHyphenInComment => "„--” jest niedozwolone w komentarzu".into(),
            Self::InvalidDeclaration => "deklaracja XML ma niepoprawną postać".into(),
            Self::UnsupportedVersion(version) => {
                format!("wersja XML „{version}” nie jest obsługiwana, tylko 1.0")
            }
            Self::MisplacedDeclaration => "deklaracja XML musi być na samym początku pliku".into(),
            Self::UndeclaredPrefix(prefix) => {
                format!("przedrostek przestrzeni nazw „{prefix}” nie jest zadeklarowany")
            }
            Self::InvalidNamespaceDeclaration => "niedozwolona deklaracja przestrzeni nazw".into(),
        }
    }
}
