//! What KSeF makes of an invoice besides judging it: its mode, what it is a duplicate of, whether it
//! fits its session. The rules themselves are [`crate::rules`].

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::calendar::warsaw_date;
use ksef_core::form_code::FormCode;
use ksef_core::nip::Nip;

use crate::finding::Finding;
use crate::metadata::{InvoiceKind, InvoiceMetadata};
use crate::problem::Problem;

/// How KSeF registers an invoice (`invoicingMode`, `TrybWysylki`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvoicingMode {
    /// Sent on the day of issue.
    Online,
    /// Issued earlier than it was sent, or declared as such.
    Offline,
}

impl InvoicingMode {
    /// The wire name, `Online` or `Offline`.
    #[must_use]
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::Offline => "Offline",
        }
    }
}

impl fmt::Display for InvoicingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

/// The mode of an invoice that arrived at `invoicing`: offline when the sender said so or when the
/// issue date is before that day in Warsaw. A session's invoicing date is the moment of the request
/// for an interactive one and of the opening for a batch.
#[must_use]
pub fn invoicing_mode(
    issue: Date,
    invoicing: Timestamp,
    is_declared_offline: bool,
) -> InvoicingMode {
    if is_declared_offline || issue < warsaw_date(invoicing) {
        InvoicingMode::Offline
    } else {
        InvoicingMode::Online
    }
}

/// What makes two invoices the same to KSeF, whatever their context: one seller, kind and number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DuplicateKey {
    /// The seller's tax number.
    pub seller: Nip,
    /// The kind.
    pub kind: InvoiceKind,
    /// The number, white space collapsed.
    pub number: String,
}

impl DuplicateKey {
    /// The key of an invoice.
    #[must_use]
    pub fn of(metadata: &InvoiceMetadata) -> Self {
        Self {
            seller: metadata.seller.nip,
            kind: metadata.kind.clone(),
            number: metadata.number.clone(),
        }
    }
}

/// The document has the form its session was opened for.
#[must_use]
pub fn check_form(metadata: &InvoiceMetadata, session: &FormCode) -> Option<Finding> {
    (metadata.form != *session).then(|| {
        Finding::of_document(Problem::FormNotOfSession {
            expected: session.system_code().to_owned(),
            actual: metadata.form.system_code().to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::rule::Rule;

    fn invoice() -> InvoiceMetadata {
        crate::metadata::read(include_bytes!(
            "../../../examples/invoices/05-settlement.xml"
        ))
        .unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_earlier_day_is_offline() {
        let issue = date(2026, 7, 1);
        for (moment, is_declared, mode) in [
            ("2026-06-30T22:00:00Z", false, InvoicingMode::Online),
            ("2026-07-01T21:59:59Z", false, InvoicingMode::Online),
            ("2026-07-01T22:00:00Z", false, InvoicingMode::Offline),
            ("2026-07-01T12:00:00Z", true, InvoicingMode::Offline),
        ] {
            assert_eq!(
                invoicing_mode(issue, at(moment), is_declared),
                mode,
                "{moment}"
            );
        }
    }

    #[test]
    fn a_duplicate_has_the_same_seller_kind_and_number() {
        let invoice = invoice();
        let mut other = invoice.clone();
        other.issue_date = date(2026, 1, 1);
        assert_eq!(DuplicateKey::of(&invoice), DuplicateKey::of(&other));
        other.kind = InvoiceKind::Basic;
        assert_ne!(DuplicateKey::of(&invoice), DuplicateKey::of(&other));
    }

    #[test]
    fn the_form_is_the_sessions() {
        assert_eq!(check_form(&invoice(), &FormCode::Fa3), None);
        let finding = check_form(&invoice(), &FormCode::Fa2).unwrap();
        assert_eq!(finding.rule(), Rule::FormNotOfSession);
    }
}
