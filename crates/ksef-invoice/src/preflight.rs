//! Everything that can be said about an invoice before it is sent: the file, its schema, and the
//! rules, in one call for the command, the client and the sandbox.

use ksef_core::form_code::FormCode;

use crate::check::{self, Inspection, Rules};
use crate::finding::{Finding, Refusal};
use crate::rules::{Context, RuleSet, evaluate};
use crate::schema::Schema;
use crate::semantics;
use crate::tree::Tree;

/// Inspects a document and asks the rules about it. The findings come by place, those about the
/// whole document first.
///
/// The rules are asked about every document that is well-formed XML, also when it breaks its
/// schema, so that all there is to mend is told at once.
#[must_use]
pub fn preflight(bytes: &[u8], limits: &Rules, context: &Context<'_>) -> Inspection {
    let mut inspection = check::inspect(bytes, limits);
    let is_unreadable = inspection.metadata.is_none()
        && inspection
            .findings
            .iter()
            .any(|finding| finding.refusal() == Some(Refusal::File));
    if context.rule_set == RuleSet::Off || is_unreadable {
        return inspection;
    }
    if let Ok(tree) = Tree::read(bytes, limits) {
        inspection.findings.extend(evaluate(&tree, context));
        inspection.sort();
    }
    inspection
}

/// As [`preflight`], by another schema than the official one of the form. The rules are asked about
/// forms KSeF knows.
#[must_use]
pub fn preflight_by(
    schema: &Schema,
    bytes: &[u8],
    limits: &Rules,
    context: &Context<'_>,
) -> Inspection {
    let mut inspection = check::inspect(bytes, limits);
    inspection.findings = schema.validate(bytes, limits);
    if let Ok(tree) = Tree::read(bytes, limits) {
        inspection.findings.extend(evaluate(&tree, context));
        inspection.sort();
    }
    inspection
}

impl Inspection {
    /// Adds a finding when the document has another form than its session.
    #[must_use]
    pub fn with_form(mut self, session: &FormCode) -> Self {
        let finding = self
            .metadata
            .as_ref()
            .and_then(|metadata| semantics::check_form(metadata, session));
        self.findings.extend(finding);
        self.sort();
        self
    }

    /// Whether KSeF would refuse the document.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.refusal().is_some())
    }

    fn sort(&mut self) {
        // Stable: findings about one place keep the order in which they were made.
        self.findings
            .sort_by_key(|finding| Finding::position(finding).map(|place| place.offset));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::rule::Rule;

    const INVOICE: &str = include_str!("../../../examples/invoices/01-vat.xml");

    fn rules_of(text: &str, context: &Context<'_>) -> Vec<Rule> {
        preflight(text.as_bytes(), &Rules::default(), context)
            .findings
            .iter()
            .map(Finding::rule)
            .collect()
    }

    #[test]
    fn file_schema_and_rules_speak_together_and_by_place() {
        let context = Context::new(date(2026, 1, 1)).with_rule_set(RuleSet::Ksef);
        let text = INVOICE.replace("<RodzajFaktury>VAT<", "<RodzajFaktury>VAT<!-- --> <");
        let early = rules_of(&text, &context);
        assert_eq!(early, [Rule::IssueDateFuture]);
        let broken = text.replace("<P_15>", "<P_15>x");
        let both = rules_of(&broken, &context);
        assert_eq!(both, [Rule::IssueDateFuture, Rule::SchemaValue]);
        let off = context.with_rule_set(RuleSet::Off);
        assert_eq!(rules_of(&broken, &off), [Rule::SchemaValue]);
    }

    #[test]
    fn a_file_that_is_no_xml_is_told_once() {
        let context = Context::new(date(2026, 11, 21));
        assert_eq!(
            rules_of("no xml", &context),
            [Rule::XmlNotWellFormed],
            "the tree would say the same again"
        );
    }

    #[test]
    fn the_form_of_the_session_is_asked_for() {
        let context = Context::new(date(2026, 11, 21)).with_rule_set(RuleSet::Ksef);
        let inspection = preflight(INVOICE.as_bytes(), &Rules::default(), &context);
        assert!(!inspection.is_refused(), "{:?}", inspection.findings);
        let other = inspection.with_form(&FormCode::Fa2);
        assert_eq!(other.findings[0].rule(), Rule::FormNotOfSession);
        assert!(other.is_refused());
    }
}
