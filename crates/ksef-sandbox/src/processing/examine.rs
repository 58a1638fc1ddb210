//! What can be said about an invoice from its bytes alone: decryption, size and digest, the file, its meaning.
//!
//! Pure functions, in the order of the phases D to H of KSeF's verification. Rights and duplicates need the world and
//! follow in [`super::settle`].

use bytes::Bytes;
use jiff::Timestamp;
use ksef_api::ops::sessions::InvoiceStatusInfo;
use ksef_api::status::InvoiceStatus;
use ksef_core::calendar::warsaw_date;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;
use ksef_invoice::check::Rules;
use ksef_invoice::finding::{Finding, Language, Refusal};
use ksef_invoice::metadata::InvoiceMetadata;
use ksef_invoice::preflight::preflight;
use ksef_invoice::rules::{Context, RuleSet};

/// What the sender declared, and what the session fixed, about one invoice.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// Declared SHA-256 of the XML.
    pub(crate) hash: Sha256Digest,
    /// Declared size of the XML in bytes.
    pub(crate) size: u64,
    /// Form of the session.
    pub(crate) form: FormCode,
    /// Size limits of the context.
    pub(crate) rules: Rules,
    /// When the invoice was received.
    pub(crate) received: Timestamp,
    /// Whether it may have an attachment: in a package, and online only when it corrects a rejected one technically.
    pub(crate) may_have_attachment: bool,
    /// Whether check digits of NIPs are verified, as on production.
    pub(crate) verifies_identifiers: bool,
}

/// The outcome of an examination.
#[derive(Debug)]
pub(crate) enum Examination {
    /// Nothing is wrong with it in itself.
    Sound(Box<Sound>),
    /// It is refused.
    Refused(Refused),
}

/// An invoice that is right in itself.
#[derive(Debug)]
pub(crate) struct Sound {
    pub(crate) metadata: InvoiceMetadata,
    /// The XML, byte for byte as it was sent.
    pub(crate) xml: Bytes,
}

/// A refusal with what is known about the invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: InvoiceStatusInfo,
    /// The seller's number, when it could be read.
    pub(crate) number: Option<String>,
}

impl Refused {
    /// A refusal with one detail.
    pub(crate) fn because(
        status: InvoiceStatus,
        detail: impl Into<String>,
        number: Option<String>,
    ) -> Self {
        Self {
            status: InvoiceStatusInfo::of(status).with_detail(detail),
            number,
        }
    }
}

/// Decrypts and examines one invoice.
pub(crate) fn examine(sealed: &[u8], key: &SessionKey, terms: &Terms) -> Examination {
    let Ok(xml) = key.decrypt(sealed) else {
        return Examination::Refused(Refused {
            status: InvoiceStatusInfo::of(InvoiceStatus::NotDecrypted),
            number: None,
        });
    };
    examine_plain(xml.into(), terms)
}

/// Examines one invoice that came decrypted.
pub(crate) fn examine_plain(xml: Bytes, terms: &Terms) -> Examination {
    match sound(xml, terms) {
        Ok(sound) => Examination::Sound(Box::new(sound)),
        Err(refused) => Examination::Refused(refused),
    }
}

fn sound(xml: Bytes, terms: &Terms) -> Result<Sound, Refused> {
    compare_with_declared(&xml, terms)?;
    let context = Context::new(warsaw_date(terms.received))
        .with_rule_set(RuleSet::Ksef)
        .with_production(terms.verifies_identifiers);
    let inspection = preflight(&xml, &terms.rules, &context).with_form(&terms.form);
    let (findings, number) = (inspection.findings.as_slice(), inspection.number.clone());
    if let Some(refusal) = inspection.refusal() {
        return Err(by_findings(findings, refusal, number));
    }
    let Some(metadata) = inspection.metadata else {
        return Err(by_findings(findings, Refusal::Semantics, number));
    };
    if metadata.has_attachment && !terms.may_have_attachment {
        let status = InvoiceStatusInfo::of(InvoiceStatus::AttachmentNotAllowed);
        return Err(Refused { status, number });
    }
    Ok(Sound { metadata, xml })
}

fn compare_with_declared(xml: &[u8], terms: &Terms) -> Result<(), Refused> {
    let size = u64::try_from(xml.len()).unwrap_or(u64::MAX);
    if size != terms.size {
        let detail = format!(
            "Rozmiar faktury ({size} B) nie jest zgodny z zadeklarowanym rozmiarem ({} B).",
            terms.size
        );
        return Err(Refused::because(InvoiceStatus::FileInvalid, detail, None));
    }
    let hash = sha256(xml);
    if hash != terms.hash {
        let detail = format!(
            "Skrót SHA-256 faktury ({hash}) nie jest zgodny z zadeklarowanym skrótem ({}).",
            terms.hash
        );
        return Err(Refused::because(InvoiceStatus::FileInvalid, detail, None));
    }
    Ok(())
}

/// A refusal with the findings of its class as details, in the style of the server's validator.
fn by_findings(findings: &[Finding], refusal: Refusal, number: Option<String>) -> Refused {
    let mut status = InvoiceStatusInfo::of(match refusal {
        Refusal::File => InvoiceStatus::FileInvalid,
        Refusal::Semantics => InvoiceStatus::SemanticError,
        Refusal::Attachment => InvoiceStatus::AttachmentNotAllowed,
        Refusal::Duplicate => InvoiceStatus::Duplicate,
    });
    let of_class = findings
        .iter()
        .filter(|finding| finding.refusal() == Some(refusal));
    let told = of_class.clone().take(DETAILS_MAX).map(detail);
    let more = of_class.clone().count().saturating_sub(DETAILS_MAX);
    let more = (more > 0).then(|| format!("Kolejne błędy, których tu nie wymieniono: {more}."));
    status.details = told.chain(more).collect();
    Refused { status, number }
}

fn detail(finding: &Finding) -> String {
    let message = finding.message(Language::Polish);
    let path = finding
        .path()
        .map_or(String::new(), |path| format!(" [{path}]"));
    match finding.position() {
        Some(at) => format!("Wiersz {}, kolumna {}: {message}{path}", at.line, at.column),
        None => format!("{message}{path}"),
    }
}

/// How many findings a status names.
const DETAILS_MAX: usize = 20;

#[cfg(test)]
mod tests;
