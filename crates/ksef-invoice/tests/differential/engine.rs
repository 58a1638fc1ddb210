//! Our own verdict.

use ksef_invoice::check::{Rules, inspect};
use ksef_invoice::{Finding, Rule};

use crate::forms::Form;

/// What we say about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Refused by the schema or because it is no XML.
    pub is_refused: bool,
    /// Refused by a rule on files that is ours and the server's, not XML's.
    pub is_refused_on_purpose: bool,
    /// The first finding.
    pub message: String,
}

/// Judges a document by the schema of a form.
pub fn judge(_form: Form, bytes: &[u8]) -> Judgement {
    let findings = inspect(bytes, &Rules::default()).findings;
    let (purposes, others): (Vec<_>, Vec<_>) = findings.iter().partition(|it| is_purpose(it));
    Judgement {
        is_refused: !others.is_empty(),
        is_refused_on_purpose: !purposes.is_empty(),
        message: others
            .first()
            .or(purposes.first())
            .map_or(String::new(), ToString::to_string),
    }
}

/// Rules on files that libxml2 does not have.
fn is_purpose(finding: &Finding) -> bool {
    matches!(
        finding.rule(),
        Rule::FileTooLarge
            | Rule::EncodingWide
            | Rule::EncodingByteOrderMark
            | Rule::EncodingDeclaration
            | Rule::XmlDoctype
            | Rule::XmlProcessingInstruction
            | Rule::XmlDiscouragedCharacter
            | Rule::XmlLimit
    )
}
