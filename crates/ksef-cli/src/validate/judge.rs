//! The verdict on one document.

use std::io;

use jiff::civil::Date;
use ksef_core::digest::Sha256Digest;
use ksef_crypto::digest::sha256;
use ksef_invoice::check::Rules;
use ksef_invoice::finding::{Finding, Severity};
use ksef_invoice::metadata::InvoiceMetadata;
use ksef_invoice::preflight::{preflight, preflight_by};
use ksef_invoice::rule::Rule;
use ksef_invoice::rules::{Context, RuleSet, Side};
use ksef_invoice::schema::Schema;

use super::excerpt::{Excerpt, Utf16Columns};
use super::past::Past;
use super::source::{Source, Unread};

/// Which rules apply beyond the form of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RuleChoice {
    /// None: the file and its schema alone.
    Off,
    /// Those by which KSeF refuses invoices.
    Ksef,
    /// Also those of arithmetic, guidance and good sense.
    All,
}

impl RuleChoice {
    /// The name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ksef => "ksef",
            Self::All => "all",
        }
    }
}

impl From<RuleChoice> for RuleSet {
    fn from(choice: RuleChoice) -> Self {
        match choice {
            RuleChoice::Off => Self::Off,
            RuleChoice::Ksef => Self::Ksef,
            RuleChoice::All => Self::All,
        }
    }
}

/// By what documents are judged.
#[derive(Debug)]
pub(crate) struct Judge {
    /// Which rules apply.
    pub(crate) rules: RuleChoice,
    /// The day on which KSeF would get the invoices, in Warsaw.
    pub(crate) today: Date,
    /// Whether they are meant for production, where check digits count.
    pub(crate) is_production: bool,
    /// The schema instead of the official one of each form, and its file.
    pub(crate) schema: Option<(String, Schema)>,
    /// Whether they were issued here or received.
    pub(crate) side: Side,
    /// What they are compared with.
    pub(crate) past: Past,
}

/// The verdict on one document.
#[derive(Debug)]
pub(crate) struct Judged {
    /// Where the document comes from.
    pub(crate) source: Source,
    /// Why it could not be read; then nothing else is known.
    pub(crate) unreadable: Option<io::Error>,
    /// What is wrong with it, by place.
    pub(crate) findings: Vec<Located>,
    /// Size in bytes and digest, where the document was read.
    pub(crate) identity: Option<(usize, Sha256Digest)>,
    /// What it says about itself, where that could be read.
    pub(crate) metadata: Option<InvoiceMetadata>,
    /// Its number, where that alone could be read.
    pub(crate) number: Option<String>,
}

/// A finding with its surroundings.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) finding: Finding,
    /// What stands there.
    pub(crate) excerpt: Option<Excerpt>,
    /// First column and the one after the last, in UTF-16 code units from 1.
    pub(crate) columns: Option<(usize, usize)>,
}

impl Judge {
    /// Judges one document.
    pub(crate) fn judge(&self, source: &Source) -> Judged {
        match source.read() {
            Ok(bytes) => self.judge_bytes(source.clone(), &bytes),
            Err(Unread::Unreadable(error)) => Judged {
                unreadable: Some(error),
                ..Judged::nothing(source.clone())
            },
            Err(Unread::TooLarge(finding)) => Judged {
                findings: vec![Located {
                    finding,
                    excerpt: None,
                    columns: None,
                }],
                ..Judged::nothing(source.clone())
            },
        }
    }

    fn judge_bytes(&self, source: Source, bytes: &[u8]) -> Judged {
        let hash = sha256(bytes);
        let mut context = Context::new(self.today)
            .with_rule_set(self.rules.into())
            .with_production(self.is_production)
            .with_side(self.side)
            .with_history(&self.past.history);
        if let Some(name) = self.past.name_of(&hash) {
            context = context.with_source(name);
        }
        let inspection = match &self.schema {
            None => preflight(bytes, &Rules::default(), &context),
            Some((_, schema)) => preflight_by(schema, bytes, &Rules::default(), &context),
        };
        Judged {
            findings: locate(bytes, inspection.findings),
            identity: Some((bytes.len(), hash)),
            number: inspection.number,
            metadata: inspection.metadata,
            ..Judged::nothing(source)
        }
    }
}

impl Judged {
    fn nothing(source: Source) -> Self {
        Self {
            source,
            unreadable: None,
            findings: Vec::new(),
            identity: None,
            metadata: None,
            number: None,
        }
    }

    /// Whether KSeF would take it, as far as is known.
    pub(crate) fn is_valid(&self) -> bool {
        let is_error = |located: &Located| located.finding.severity() == Severity::Error;
        self.unreadable.is_none() && !self.findings.iter().any(is_error)
    }
}

/// Cuts out what stands at the places of findings, which come in order.
fn locate(bytes: &[u8], findings: Vec<Finding>) -> Vec<Located> {
    let mut columns = Utf16Columns::new(bytes);
    let locate = |finding: Finding| {
        let excerpt = excerpt(bytes, &finding);
        let spot = finding.position().zip(excerpt.as_ref());
        let columns = spot.map(|(place, excerpt)| {
            let first = columns.at(place.offset);
            (first, first + excerpt.marked.encode_utf16().count())
        });
        Located {
            finding,
            excerpt,
            columns,
        }
    };
    findings.into_iter().map(locate).collect()
}

/// What stands at the place of a finding; nothing where a terminal could not show it.
fn excerpt(bytes: &[u8], finding: &Finding) -> Option<Excerpt> {
    let is_character = match finding.rule() {
        Rule::EncodingWide => return None,
        Rule::EncodingNotUtf8
        | Rule::EncodingByteOrderMark
        | Rule::XmlDiscouragedCharacter
        | Rule::XmlIllegalCharacter => true,
        _ => false,
    };
    let place = finding.position()?;
    Some(Excerpt::of(bytes, place, is_character))
}
