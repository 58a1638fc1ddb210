//! What can be wrong with a document, as data, with its sentences in Polish and English.

use jiff::civil::Date;

use crate::finding::{Language, Severity};
use crate::rule::Rule;
use crate::schema::problem::SchemaProblem;
use crate::syntax::Syntax;
use crate::violation::Violation;

/// One problem with its data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The file has no bytes.
    Empty,
    /// The file is larger than allowed.
    TooLarge {
        /// Size in bytes.
        size: u64,
        /// The limit in bytes that applies.
        limit: u64,
        /// Whether that is the limit for invoices with an attachment.
        with_attachment: bool,
    },
    /// The file is UTF-16 or UTF-32; the encoding's name.
    WideEncoding(&'static str),
    /// The file starts with the bytes EF BB BF.
    ByteOrderMark,
    /// A byte that does not belong to valid UTF-8.
    NotUtf8 {
        /// The byte.
        byte: u8,
    },
    /// The XML declaration names another encoding.
    DeclaredEncoding(String),
    /// The document is not well-formed.
    NotWellFormed(Syntax),
    /// There is a document type declaration.
    Doctype,
    /// There is a processing instruction; its target.
    ProcessingInstruction(String),
    /// A character from a discouraged range, raw or as a reference.
    DiscouragedCharacter(u32),
    /// A character that XML 1.0 does not allow.
    IllegalCharacter(u32),
    /// Elements are nested deeper than this limit.
    TooDeep(usize),
    /// An element has more attributes than this limit.
    TooManyAttributes(usize),
    /// More namespace declarations are in scope than this limit.
    TooManyNamespaces(usize),
    /// No known form has this root element.
    UnknownDocument {
        /// Local name of the root element.
        root: String,
        /// Its namespace, empty when there is none.
        namespace: String,
    },
    /// The header contradicts the form given by the namespace.
    FormMismatch {
        /// The attribute or element.
        name: &'static str,
        /// What the form fixes.
        expected: String,
        /// What the document says; `None` when it says nothing.
        actual: Option<String>,
    },
    /// A required element is missing; its name or the alternatives.
    MissingElement(&'static str),
    /// An element the form does not know at this place.
    UnexpectedElement(String),
    /// An element that should have come earlier.
    MisplacedElement {
        /// The element.
        name: &'static str,
        /// The element it must precede.
        before: &'static str,
    },
    /// An element comes too often.
    RepeatedElement {
        /// The element.
        name: &'static str,
        /// How often it may come.
        limit: u32,
    },
    /// Text between elements.
    UnexpectedText,
    /// A value that does not have the form of its type.
    InvalidValue {
        /// The element.
        name: &'static str,
        /// The value, shortened.
        value: String,
        /// What is expected.
        expected: &'static str,
    },
    /// The issue date is later than the day of acceptance.
    FutureIssueDate {
        /// The issue date.
        issued: Date,
        /// The day of acceptance in Warsaw.
        accepted: Date,
    },
    /// The check digit of a NIP is wrong.
    NipChecksum {
        /// The element that names the party.
        party: &'static str,
        /// The NIP.
        nip: String,
    },
    /// The document has another form than the session.
    FormNotOfSession {
        /// The session's form.
        expected: String,
        /// The document's form.
        actual: String,
    },
    /// The schema is broken.
    Schema(Box<SchemaProblem>),
    /// A rule beyond the schema is broken.
    Violation(Box<Violation>),
}

impl Problem {
    /// The rule this problem breaks.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        match self {
            Self::Empty => Rule::FileEmpty,
            Self::TooLarge { .. } => Rule::FileTooLarge,
            Self::WideEncoding(_) => Rule::EncodingWide,
            Self::ByteOrderMark => Rule::EncodingByteOrderMark,
            Self::NotUtf8 { .. } => Rule::EncodingNotUtf8,
            Self::DeclaredEncoding(_) => Rule::EncodingDeclaration,
            Self::NotWellFormed(_) => Rule::XmlNotWellFormed,
            Self::Doctype => Rule::XmlDoctype,
            Self::ProcessingInstruction(_) => Rule::XmlProcessingInstruction,
            Self::DiscouragedCharacter(_) => Rule::XmlDiscouragedCharacter,
            Self::IllegalCharacter(_) => Rule::XmlIllegalCharacter,
            Self::TooDeep(_) | Self::TooManyAttributes(_) | Self::TooManyNamespaces(_) => {
                Rule::XmlLimit
            }
            Self::UnknownDocument { .. } => Rule::SchemaUnknownDocument,
            Self::FormMismatch { .. } => Rule::SchemaFormMismatch,
            Self::MissingElement(_) => Rule::SchemaElementMissing,
            Self::UnexpectedElement(_) => Rule::SchemaElementUnexpected,
            Self::MisplacedElement { .. } => Rule::SchemaElementMisplaced,
            Self::RepeatedElement { .. } => Rule::SchemaElementRepeated,
            Self::UnexpectedText => Rule::SchemaTextUnexpected,
            Self::InvalidValue { .. } => Rule::SchemaValue,
            Self::FutureIssueDate { .. } => Rule::IssueDateFuture,
            Self::NipChecksum { .. } => Rule::NipChecksum,
            Self::FormNotOfSession { .. } => Rule::FormNotOfSession,
            Self::Schema(problem) => problem.rule(),
            Self::Violation(violation) => violation.rule(),
        }
    }

    /// How bad it is: the rule's severity, unless this environment is milder.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Violation(violation) => violation.severity(),
            _ => self.rule().severity(),
        }
    }

    /// What was expected, where the problem compares.
    #[must_use]
    pub fn expected(&self) -> Option<String> {
        match self {
            Self::FormMismatch { expected, .. } | Self::FormNotOfSession { expected, .. } => {
                Some(expected.clone())
            }
            Self::InvalidValue { expected, .. } => Some((*expected).to_owned()),
            Self::Schema(problem) => problem.expected(),
            Self::Violation(violation) => violation.expected().map(str::to_owned),
            _ => None,
        }
    }

    /// What the document says, where the problem compares.
    #[must_use]
    pub fn actual(&self) -> Option<String> {
        match self {
            Self::FormMismatch { actual, .. } => actual.clone(),
            Self::FormNotOfSession { actual, .. } => Some(actual.clone()),
            Self::InvalidValue { value, .. } => Some(value.clone()),
            Self::Schema(problem) => problem.actual(),
            Self::Violation(violation) => violation.actual().map(str::to_owned),
            _ => None,
        }
    }

    /// The sentence for a person.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::Polish => self.polish(),
            Language::English => self.english(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Empty => "the file is empty".into(),
            Self::TooLarge {
                size,
                limit,
                with_attachment,
            } => format!(
                "the file has {size} bytes; an invoice {} an attachment may have at most {limit}",
                if *with_attachment { "with" } else { "without" }
            ),
            Self::WideEncoding(name) => {
                format!("the file is encoded in {name}; save it as UTF-8 without a byte order mark")
            }
            Self::ByteOrderMark => {
                "the file starts with a byte order mark (EF BB BF); save it as UTF-8 without one"
                    .into()
            }
            Self::NotUtf8 { byte } => format!("byte 0x{byte:02X} is not valid UTF-8 here"),
            Self::DeclaredEncoding(name) => {
                format!("the XML declaration names the encoding \"{name}\"; only UTF-8 is accepted")
            }
            Self::NotWellFormed(syntax) => format!("not well-formed XML: {}", syntax.english()),
            Self::Doctype => "a document type declaration is not allowed".into(),
            Self::ProcessingInstruction(target) => {
                format!("the processing instruction \"{target}\" is not allowed")
            }
            Self::DiscouragedCharacter(code) => {
                format!("character U+{code:04X} is in a range that KSeF does not accept")
            }
            Self::IllegalCharacter(code) => {
                format!("character U+{code:04X} is not allowed in XML 1.0")
            }
            Self::TooDeep(limit) => format!("elements are nested deeper than {limit} levels"),
            Self::TooManyAttributes(limit) => {
                format!("the element has more than {limit} attributes")
            }
            Self::TooManyNamespaces(limit) => {
                format!("more than {limit} namespace declarations are in scope")
            }
            Self::UnknownDocument { root, namespace } => format!(
                "element \"{root}\" in namespace \"{namespace}\" is not the root of a form KSeF accepts"
            ),
            Self::FormMismatch {
                name,
                expected,
                actual: Some(actual),
            } => {
                format!("{name} is \"{actual}\"; the form of this namespace fixes \"{expected}\"")
            }
            Self::FormMismatch {
                name,
                expected,
                actual: None,
            } => {
                format!("{name} is missing; the form of this namespace fixes \"{expected}\"")
            }
            Self::MissingElement(name) => format!("required element \"{name}\" is missing"),
            Self::UnexpectedElement(name) => format!("element \"{name}\" is not expected here"),
            Self::MisplacedElement { name, before } => {
                format!("element \"{name}\" must come before \"{before}\"")
            }
            Self::RepeatedElement { name, limit } => {
                format!("element \"{name}\" may come at most {limit} times here")
            }
            Self::UnexpectedText => "text is not expected between elements".into(),
            Self::InvalidValue {
                name,
                value,
                expected,
            } => {
                format!("\"{value}\" is not a valid value of {name}; expected: {expected}")
            }
            Self::FutureIssueDate { issued, accepted } => {
                format!("the issue date {issued} is later than the day of acceptance, {accepted}")
            }
            Self::NipChecksum { party, nip } => {
                format!("NIP {nip} of {party} has a wrong check digit")
            }
            Self::FormNotOfSession { expected, actual } => {
                format!("the document is {actual}, the session is open for {expected}")
            }
            Self::Schema(problem) => problem.message(Language::English),
            Self::Violation(violation) => violation.message(Language::English).to_owned(),
        }
    }

    fn polish(&self) -> String {
        match self {
            Self::Empty => "plik jest pusty".into(),
            Self::TooLarge {
                size,
                limit,
                with_attachment,
            } => format!(
                "plik ma {size} bajtów; faktura {} może mieć najwyżej {limit}",
                if *with_attachment {
                    "z załącznikiem"
                } else {
                    "bez załącznika"
                }
            ),
            Self::WideEncoding(name) => {
                format!("plik jest zakodowany w {name}; zapisz go jako UTF-8 bez znacznika BOM")
            }
            Self::ByteOrderMark => {
                "plik zaczyna się znacznikiem BOM (EF BB BF); zapisz go jako UTF-8 bez BOM".into()
            }
            Self::NotUtf8 { byte } => {
                format!("bajt 0x{byte:02X} nie jest w tym miejscu poprawnym UTF-8")
            }
            Self::DeclaredEncoding(name) => format!(
                "deklaracja XML podaje kodowanie „{name}”; dopuszczalne jest wyłącznie UTF-8"
            ),
            Self::NotWellFormed(syntax) => {
                format!("niepoprawny składniowo XML: {}", syntax.polish())
            }
            Self::Doctype => "deklaracja typu dokumentu (DOCTYPE) jest niedozwolona".into(),
            Self::ProcessingInstruction(target) => {
                format!("instrukcja przetwarzania „{target}” jest niedozwolona")
            }
            Self::DiscouragedCharacter(code) => {
                format!("znak U+{code:04X} należy do zakresu, którego KSeF nie przyjmuje")
            }
            Self::IllegalCharacter(code) => {
                format!("znak U+{code:04X} jest niedozwolony w XML 1.0")
            }
            Self::TooDeep(limit) => {
                format!("elementy są zagnieżdżone głębiej niż na {limit} poziomów")
            }
            Self::TooManyAttributes(limit) => format!("element ma więcej niż {limit} atrybutów"),
            Self::TooManyNamespaces(limit) => {
                format!("obowiązuje więcej niż {limit} deklaracji przestrzeni nazw")
            }
            Self::UnknownDocument { root, namespace } => format!(
                "element „{root}” w przestrzeni nazw „{namespace}” nie jest korzeniem formularza przyjmowanego przez KSeF"
            ),
            Self::FormMismatch {
                name,
                expected,
                actual: Some(actual),
            } => format!(
                "{name} ma wartość „{actual}”; dla tej przestrzeni nazw wymagana jest „{expected}”"
            ),
            Self::FormMismatch {
                name,
                expected,
                actual: None,
            } => {
                format!("brak {name}; dla tej przestrzeni nazw wymagana jest wartość „{expected}”")
            }
            Self::MissingElement(name) => format!("brak wymaganego elementu „{name}”"),
            Self::UnexpectedElement(name) => {
                format!("element „{name}” jest w tym miejscu niedozwolony")
            }
            Self::MisplacedElement { name, before } => {
                format!("element „{name}” musi wystąpić przed „{before}”")
            }
            Self::RepeatedElement { name, limit } => {
                format!("element „{name}” może tu wystąpić najwyżej {limit} razy")
            }
            Self::UnexpectedText => "tekst między elementami jest niedozwolony".into(),
            Self::InvalidValue {
                name,
                value,
                expected,
            } => format!(
                "„{value}” nie jest poprawną wartością elementu {name}; oczekiwano: {expected}"
            ),
            Self::FutureIssueDate { issued, accepted } => format!(
                "data wystawienia {issued} jest późniejsza niż data przyjęcia faktury, {accepted}"
            ),
            Self::NipChecksum { party, nip } => {
                format!("NIP {nip} podmiotu {party} ma błędną cyfrę kontrolną")
            }
            Self::FormNotOfSession { expected, actual } => {
                format!("dokument ma formularz {actual}, a sesję otwarto dla {expected}")
            }
            Self::Schema(problem) => problem.message(Language::Polish),
            Self::Violation(violation) => violation.message(Language::Polish).to_owned(),
        }
    }
}
