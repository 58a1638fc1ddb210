//! The catalogue of rules with their stable identifiers.

use std::fmt;

use crate::finding::{Refusal, Severity};

/// A rule an invoice must follow. The identifiers are stable across versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// `file-empty`: the file has content.
    FileEmpty,
    /// `file-too-large`: the file is within the size limit.
    FileTooLarge,
    /// `encoding-utf16`: the file is not UTF-16 or UTF-32.
    EncodingWide,
    /// `encoding-bom`: the file does not start with a byte order mark.
    EncodingByteOrderMark,
    /// `encoding-not-utf8`: every byte sequence is valid UTF-8.
    EncodingNotUtf8,
    /// `encoding-declaration`: the XML declaration names UTF-8 or nothing.
    EncodingDeclaration,
    /// `xml-not-well-formed`: the document is well-formed XML 1.0 with namespaces.
    XmlNotWellFormed,
    /// `xml-doctype`: there is no document type declaration.
    XmlDoctype,
    /// `xml-processing-instruction`: there are no processing instructions.
    XmlProcessingInstruction,
    /// `xml-discouraged-character`: no characters from the discouraged Unicode ranges.
    XmlDiscouragedCharacter,
    /// `xml-illegal-character`: only characters that XML 1.0 allows.
    XmlIllegalCharacter,
    /// `xml-limit`: nesting and attributes stay within the limits.
    XmlLimit,
    /// `schema-unknown-document`: the root element belongs to a form KSeF knows.
    SchemaUnknownDocument,
    /// `schema-form-mismatch`: header and root speak of the same form.
    SchemaFormMismatch,
    /// `schema-element-missing`: every required element is there.
    SchemaElementMissing,
    /// `schema-element-unexpected`: no element that the form does not know at this place.
    SchemaElementUnexpected,
    /// `schema-element-misplaced`: the elements come in the order of the schema.
    SchemaElementMisplaced,
    /// `schema-element-repeated`: no element comes more often than the schema allows.
    SchemaElementRepeated,
    /// `schema-text-unexpected`: no text between elements.
    SchemaTextUnexpected,
    /// `schema-value`: every value has the form its type asks for.
    SchemaValue,
    /// `issue-date-future`: the issue date is not after the day of acceptance in Warsaw.
    IssueDateFuture,
    /// `nip-checksum`: the check digit of the NIP is right (production only).
    NipChecksum,
    /// `form-not-of-session`: the document has the form the session was opened for.
    FormNotOfSession,
}

impl Rule {
    /// Every rule, in the order of the checks.
    pub const ALL: [Self; 23] = [
        Self::FileEmpty,
        Self::FileTooLarge,
        Self::EncodingWide,
        Self::EncodingByteOrderMark,
        Self::EncodingNotUtf8,
        Self::EncodingDeclaration,
        Self::XmlNotWellFormed,
        Self::XmlDoctype,
        Self::XmlProcessingInstruction,
        Self::XmlDiscouragedCharacter,
        Self::XmlIllegalCharacter,
        Self::XmlLimit,
        Self::SchemaUnknownDocument,
        Self::SchemaFormMismatch,
        Self::SchemaElementMissing,
        Self::SchemaElementUnexpected,
        Self::SchemaElementMisplaced,
        Self::SchemaElementRepeated,
        Self::SchemaTextUnexpected,
        Self::SchemaValue,
        Self::IssueDateFuture,
        Self::NipChecksum,
        Self::FormNotOfSession,
    ];

    /// The stable identifier, in lowercase with hyphens.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::FileEmpty => "file-empty",
            Self::FileTooLarge => "file-too-large",
            Self::EncodingWide => "encoding-utf16",
            Self::EncodingByteOrderMark => "encoding-bom",
            Self::EncodingNotUtf8 => "encoding-not-utf8",
            Self::EncodingDeclaration => "encoding-declaration",
            Self::XmlNotWellFormed => "xml-not-well-formed",
            Self::XmlDoctype => "xml-doctype",
            Self::XmlProcessingInstruction => "xml-processing-instruction",
            Self::XmlDiscouragedCharacter => "xml-discouraged-character",
            Self::XmlIllegalCharacter => "xml-illegal-character",
            Self::XmlLimit => "xml-limit",
            Self::SchemaUnknownDocument => "schema-unknown-document",
            Self::SchemaFormMismatch => "schema-form-mismatch",
            Self::SchemaElementMissing => "schema-element-missing",
            Self::SchemaElementUnexpected => "schema-element-unexpected",
            Self::SchemaElementMisplaced => "schema-element-misplaced",
            Self::SchemaElementRepeated => "schema-element-repeated",
            Self::SchemaTextUnexpected => "schema-text-unexpected",
            Self::SchemaValue => "schema-value",
            Self::IssueDateFuture => "issue-date-future",
            Self::NipChecksum => "nip-checksum",
            Self::FormNotOfSession => "form-not-of-session",
        }
    }

    /// How bad breaking this rule is. All rules so far make the server refuse.
    #[must_use]
    pub const fn severity(self) -> Severity {
        Severity::Error
    }

    /// The status the server gives; `None` for what it accepts.
    #[must_use]
    pub const fn refusal(self) -> Option<Refusal> {
        match self {
            Self::FileEmpty
            | Self::FileTooLarge
            | Self::EncodingWide
            | Self::EncodingByteOrderMark
            | Self::EncodingNotUtf8
            | Self::EncodingDeclaration
            | Self::XmlNotWellFormed
            | Self::XmlDoctype
            | Self::XmlProcessingInstruction
            | Self::XmlIllegalCharacter
            | Self::XmlLimit => Some(Refusal::File),
            Self::XmlDiscouragedCharacter
            | Self::SchemaUnknownDocument
            | Self::SchemaFormMismatch
            | Self::SchemaElementMissing
            | Self::SchemaElementUnexpected
            | Self::SchemaElementMisplaced
            | Self::SchemaElementRepeated
            | Self::SchemaTextUnexpected
            | Self::SchemaValue
            | Self::IssueDateFuture
            | Self::NipChecksum
            | Self::FormNotOfSession => Some(Refusal::Semantics),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn identifiers_are_unique() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}
