//! Our own verdict.

use ksef_core::form_code::FormCode;
use ksef_invoice::check::Rules;
use ksef_invoice::problem::Problem;
use ksef_invoice::schema::Schema;
use ksef_invoice::syntax::Syntax;
use ksef_invoice::{Finding, Rule};

use crate::forms::Form;

/// What we say about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Refused by the schema or because it is no XML.
    pub is_refused: bool,
    /// Refused by a rule on files that is ours and the server's, not XML's.
    pub is_refused_on_purpose: bool,
    /// What the schema says, or the rules on files when it says nothing.
    pub findings: Vec<String>,
}

/// Judges a document by the schema of a form.
pub fn judge(form: Form, bytes: &[u8]) -> Judgement {
    let findings = schema(form).validate(bytes, &Rules::default());
    let (purposes, others): (Vec<_>, Vec<_>) = findings.iter().partition(|it| is_purpose(it));
    Judgement {
        is_refused: !others.is_empty(),
        is_refused_on_purpose: !purposes.is_empty(),
        findings: if others.is_empty() { purposes } else { others }
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

/// The committed schema of a form.
pub fn schema(form: Form) -> &'static Schema {
    let code = match form {
        Form::Fa2 => FormCode::Fa2,
        Form::Fa3 => FormCode::Fa3,
        Form::FaRr => FormCode::FaRr1,
        Form::Pef => FormCode::Pef3,
        Form::PefKor => FormCode::PefKor3,
        Form::Upo => return Schema::upo(),
        Form::Auth20 => return Schema::auth_token_request_2_0(),
        Form::Auth21 => return Schema::auth_token_request_2_1(),
    };
    Schema::of(&code).unwrap()
}

/// Rules on files that libxml2 does not have.
fn is_purpose(finding: &Finding) -> bool {
    // by the fifth edition of XML 1.0 version 1.1 is read as 1.0; the server reads 1.0 only
    let is_version = matches!(
        finding.problem(),
        Problem::NotWellFormed(Syntax::UnsupportedVersion(_))
    );
    is_version
        || matches!(
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
