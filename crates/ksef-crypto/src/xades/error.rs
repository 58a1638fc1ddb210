//! Why a document could not be signed or a signature was refused.

use std::error::Error as StdError;
use std::fmt;

/// Why a document could not be signed, or its signature was refused.
#[derive(Debug)]
pub struct XadesError {
    kind: XadesErrorKind,
    source: Option<Box<dyn StdError + Send + Sync + 'static>>,
}

/// What is wrong. [`XadesErrorKind::ksef_code`] says how KSeF reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum XadesErrorKind {
    /// Not UTF-8, or an XML declaration that names another encoding.
    Encoding,
    /// Not well-formed XML.
    NotXml,
    /// A document type declaration.
    DocumentType,
    /// More bytes than allowed.
    TooLarge {
        /// The limit, in bytes.
        bytes_max: usize,
    },
    /// More elements, texts, comments and instructions than allowed.
    TooManyNodes {
        /// The limit.
        nodes_max: u32,
    },
    /// Elements nested deeper than allowed.
    TooDeep {
        /// The limit, in elements.
        depth_max: usize,
    },
    /// An element with more attributes than allowed.
    TooManyAttributes {
        /// The limit for one element.
        attributes_max: usize,
    },
    /// More namespace declarations in scope than allowed.
    TooManyNamespaces {
        /// The limit for one element.
        namespaces_max: usize,
    },
    /// Two elements have the same `Id`.
    DuplicateId {
        /// The value.
        id: String,
    },
    /// No `ds:Signature` in the document.
    MissingSignature,
    /// More than one `ds:Signature`, or one in a document that is to be signed.
    TooManySignatures {
        /// How many were found.
        found: usize,
    },
    /// The signature covers something outside itself that is not the whole document.
    Detached,
    /// A mandatory part of the signature is missing, repeated or malformed.
    Structure {
        /// The part.
        part: &'static str,
    },
    /// An algorithm that is not accepted.
    UnsupportedAlgorithm {
        /// Its URI.
        uri: String,
    },
    /// A transform that is not accepted, or not in this place or form.
    UnsupportedTransform {
        /// Its URI.
        uri: String,
    },
    /// More references than allowed.
    TooManyReferences {
        /// The limit.
        references_max: usize,
    },
    /// The content was changed after it was signed.
    DigestMismatch {
        /// URI of the reference; empty for the whole document.
        uri: String,
    },
    /// No reference covers the content.
    ContentNotCovered,
    /// No reference of the prescribed type covers the signed properties.
    PropertiesNotCovered,
    /// The signed properties name another certificate than the signature carries.
    CertificateReference,
    /// `KeyValue` is not the key of the certificate.
    KeyValueMismatch,
    /// The signature value is wrong.
    SignatureMismatch,
    /// The signature carries no certificate.
    NoCertificate,
    /// A certificate in the signature cannot be read.
    MalformedCertificate,
    /// The key of the certificate is too short or of a kind that is not accepted.
    UnacceptableKey,
    /// The signer could not make the signature value.
    Signing,
}

impl XadesErrorKind {
    /// The code with which KSeF refuses such a document in `POST /auth/xades-signature` (facts 01
    /// §6): 9101 document, 9102 no signature, 9103 too many, 9105 invalid signature, 21115
    /// certificate, 21217 encoding.
    #[must_use]
    pub fn ksef_code(&self) -> u16 {
        match self {
            Self::Encoding => 21217,
            Self::NotXml
            | Self::DocumentType
            | Self::TooLarge { .. }
            | Self::TooManyNodes { .. }
            | Self::TooDeep { .. }
            | Self::TooManyAttributes { .. }
            | Self::TooManyNamespaces { .. }
            | Self::DuplicateId { .. } => 9101,
            Self::MissingSignature => 9102,
            Self::TooManySignatures { .. } => 9103,
            Self::NoCertificate | Self::MalformedCertificate | Self::UnacceptableKey => 21115,
            Self::Detached
            | Self::Structure { .. }
            | Self::UnsupportedAlgorithm { .. }
            | Self::UnsupportedTransform { .. }
            | Self::TooManyReferences { .. }
            | Self::DigestMismatch { .. }
            | Self::ContentNotCovered
            | Self::PropertiesNotCovered
            | Self::CertificateReference
            | Self::KeyValueMismatch
            | Self::SignatureMismatch
            | Self::Signing => 9105,
        }
    }
}

impl XadesError {
    pub(crate) fn new(kind: XadesErrorKind) -> Self {
        Self { kind, source: None }
    }

    pub(crate) fn with_source(
        kind: XadesErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync + 'static>>,
    ) -> Self {
        Self {
            kind,
            source: Some(source.into()),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &XadesErrorKind {
        &self.kind
    }
}

impl From<XadesErrorKind> for XadesError {
    fn from(kind: XadesErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for XadesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl StdError for XadesError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl fmt::Display for XadesErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => f.write_str("the document is not in UTF-8"),
            Self::NotXml => f.write_str("the document is not well-formed XML"),
            Self::DocumentType => f.write_str("the document has a document type declaration"),
            Self::TooLarge { bytes_max } => {
                write!(f, "the document has more than {bytes_max} bytes")
            }
            Self::TooManyNodes { nodes_max } => {
                write!(f, "the document has more than {nodes_max} nodes")
            }
            Self::TooDeep { depth_max } => {
                write!(f, "elements are nested more than {depth_max} deep")
            }
            Self::TooManyAttributes { attributes_max } => {
                write!(f, "an element has more than {attributes_max} attributes")
            }
            Self::TooManyNamespaces { namespaces_max } => {
                write!(
                    f,
                    "more than {namespaces_max} namespace declarations are in scope"
                )
            }
            Self::DuplicateId { id } => write!(f, "two elements have the Id {:?}", shortened(id)),
            Self::MissingSignature => f.write_str("the document has no signature"),
            Self::TooManySignatures { found } => {
                write!(
                    f,
                    "the document has {found} signatures where one is allowed"
                )
            }
            Self::Detached => f.write_str("detached signatures are not accepted"),
            Self::Structure { part } => {
                write!(
                    f,
                    "{part} is missing, repeated or malformed in the signature"
                )
            }
            Self::UnsupportedAlgorithm { uri } => {
                write!(f, "unsupported algorithm {:?}", shortened(uri))
            }
            Self::UnsupportedTransform { uri } => {
                write!(f, "unsupported transform {:?}", shortened(uri))
            }
            Self::TooManyReferences { references_max } => {
                write!(f, "the signature has more than {references_max} references")
            }
            Self::DigestMismatch { uri } if uri.is_empty() => {
                f.write_str("the document was changed after it was signed")
            }
            Self::DigestMismatch { uri } => {
                write!(
                    f,
                    "the part {:?} was changed after it was signed",
                    shortened(uri)
                )
            }
            Self::ContentNotCovered => f.write_str("the signature does not cover the document"),
            Self::PropertiesNotCovered => {
                f.write_str("the signature does not cover its signed properties")
            }
            Self::CertificateReference => {
                f.write_str("the signed properties name another certificate")
            }
            Self::KeyValueMismatch => {
                f.write_str("the key value is not the key of the certificate")
            }
            Self::SignatureMismatch => f.write_str("the signature value is wrong"),
            Self::NoCertificate => f.write_str("the signature carries no certificate"),
            Self::MalformedCertificate => {
                f.write_str("a certificate in the signature cannot be read")
            }
            Self::UnacceptableKey => {
                f.write_str("the signer's key is too short or of an unsupported kind")
            }
            Self::Signing => f.write_str("the signature value could not be made"),
        }
    }
}

/// As much of a text from the document as a message needs; the document may make it very long.
fn shortened(text: &str) -> &str {
    let end = text.char_indices().nth(SHOWN_CHARACTERS_MAX);
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

const SHOWN_CHARACTERS_MAX: usize = 200;
