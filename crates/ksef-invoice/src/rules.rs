//! The rules beyond the schema: what KSeF refuses, what contradicts guidance or arithmetic, and
//! what a person should look at.
//!
//! The schema says where an element may stand and what its text looks like; it compares nothing.
//! [`evaluate`] compares: parties, dates, currencies, annotations, lines with sums, the invoice
//! with the [`History`] of earlier ones. A rule is silent about what it cannot read: values that
//! do not have the form of their type are findings of [`crate::schema`].
//!
//! Rules doubt in favour of the invoice. Practice knows several ways to show a correction, to
//! compute VAT or to apply a discount; a rule speaks when none of them leads to what is written.

mod annotations;
mod corrections;
mod currency;
mod dates;
mod duplicates;
mod farmer;
mod history;
mod invoice;
mod line;
mod lines;
mod numbers;
mod parties;
mod payment;
mod report;
mod totals;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use ksef_core::form_code::FormCode;

pub use self::history::{Entry, History, Side};

use self::invoice::Invoice;
use self::report::Report;
use crate::finding::{Finding, Severity};
use crate::tree::Tree;

/// Which rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RuleSet {
    /// None.
    Off,
    /// Those for which KSeF refuses an invoice.
    Ksef,
    /// All, warnings and information included.
    #[default]
    All,
}

/// How an invoice is going to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// In an interactive session.
    Interactive,
    /// In a batch.
    Batch,
    /// In an interactive session, as a technical correction of a refused offline invoice.
    TechnicalCorrection,
}

/// What the rules know besides the document.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The day in Warsaw on which KSeF would accept the invoice.
    pub today: Date,
    /// Whether it goes to production, where KSeF computes the check digits of tax numbers.
    pub is_production: bool,
    /// Which rules are asked.
    pub rule_set: RuleSet,
    /// Whether the invoice is issued here or was received.
    pub side: Side,
    /// How it is going to be sent, where that is known.
    pub channel: Option<Channel>,
    /// Earlier invoices, where they are known.
    pub history: Option<&'a History>,
    /// The name under which this very document may stand in the history ([`Entry::from_source`]):
    /// there, what was added before it is earlier.
    pub source: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// All rules about an invoice issued here, on `today` in Warsaw, for a test environment.
    #[must_use]
    pub const fn new(today: Date) -> Self {
        Self {
            today,
            is_production: false,
            rule_set: RuleSet::All,
            side: Side::Issued,
            channel: None,
            history: None,
            source: None,
        }
    }

    /// For production, or not.
    #[must_use]
    pub const fn with_production(mut self, is_production: bool) -> Self {
        self.is_production = is_production;
        self
    }

    /// With these rules.
    #[must_use]
    pub const fn with_rule_set(mut self, rule_set: RuleSet) -> Self {
        self.rule_set = rule_set;
        self
    }

    /// About an invoice of this side.
    #[must_use]
    pub const fn with_side(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    /// About an invoice that is going to be sent like this.
    #[must_use]
    pub const fn with_channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// With earlier invoices.
    #[must_use]
    pub const fn with_history(mut self, history: &'a History) -> Self {
        self.history = Some(history);
        self
    }

    /// About the document that stands in the history under this name.
    #[must_use]
    pub const fn with_source(mut self, source: &'a str) -> Self {
        self.source = Some(source);
        self
    }
}

/// Asks the rules about a document of a form KSeF knows; other documents have no findings.
///
/// The findings come by place, those about the whole document first. At most 50 of one rule.
/// Time is linear in the document, and logarithmic in the history.
#[must_use]
pub fn evaluate(tree: &Tree<'_>, context: &Context<'_>) -> Vec<Finding> {
    if context.rule_set == RuleSet::Off {
        return Vec::new();
    }
    let Some(form) = form_of(tree) else {
        return Vec::new();
    };
    let mut report = Report::default();
    let root = tree.root();
    dates::check_issue_date(root, &form, context, &mut report);
    numbers::check_nips(root, &form, context, &mut report);
    duplicates::check_attachment(root, context, &mut report);
    let entry = context.history.and_then(|_| Entry::of(tree));
    if let (Some(entry), Some(history)) = (&entry, context.history) {
        duplicates::check(root, entry, history, context, &mut report);
    }
    if context.rule_set == RuleSet::All {
        match form {
            FormCode::Fa2 | FormCode::Fa3 => {
                if let Some(invoice) = Invoice::read(root, &form) {
                    check_invoice(&invoice, context, &mut report);
                }
            }
            FormCode::FaRr1 => farmer::check(root, &mut report),
            _ => {}
        }
        if let (Some(entry), Some(history)) = (&entry, context.history) {
            history::check(root, entry, history, context, &mut report);
        }
    }
    let mut findings = report.into_findings(tree.bytes());
    if context.rule_set == RuleSet::Ksef {
        findings.retain(|finding| finding.severity() == Severity::Error);
    }
    findings
}

fn check_invoice(invoice: &Invoice<'_>, context: &Context<'_>, report: &mut Report) {
    parties::check(invoice, report);
    dates::check(invoice, report);
    payment::check(invoice, report);
    currency::check(invoice, report);
    annotations::check(invoice, report);
    corrections::check(invoice, report);
    lines::check(invoice, report);
    totals::check(invoice, report);
    if let Some(history) = context.history {
        corrections::check_remainder(invoice, history, context, report);
    }
    numbers::check(invoice.root, report);
}

/// The form, by root element and namespace.
fn form_of(tree: &Tree<'_>) -> Option<FormCode> {
    let root = tree.root();
    match (root.name(), root.namespace()) {
        ("Faktura", "http://crd.gov.pl/wzor/2025/06/25/13775/") => Some(FormCode::Fa3),
        ("Faktura", "http://crd.gov.pl/wzor/2023/06/29/12648/") => Some(FormCode::Fa2),
        ("Faktura", "http://crd.gov.pl/wzor/2026/03/06/14189/") => Some(FormCode::FaRr1),
        ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2") => {
            Some(FormCode::Pef3)
        }
        ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2") => {
            Some(FormCode::PefKor3)
        }
        _ => None,
    }
}
