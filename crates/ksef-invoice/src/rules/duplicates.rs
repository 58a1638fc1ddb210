//! What KSeF refuses although the document itself is right: duplicates, and attachments sent the
//! wrong way.

use super::history::{Entry, History, Side};
use super::report::Report;
use super::{Channel, Context};
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

/// `attachment-online`.
pub(super) fn check_attachment(root: Element<'_>, context: &Context<'_>, report: &mut Report) {
    if context.channel != Some(Channel::Interactive) {
        return;
    }
    if let Some(attachment) = root.child("Zalacznik") {
        report.add(
            attachment,
            Violation::new(
                Rule::AttachmentOnline,
                "sesja interaktywna nie przyjmuje faktur z załącznikiem; wyślij ją w sesji wsadowej \
                 (sprzedawca musi mieć zgłoszony zamiar wysyłania załączników)",
                "an interactive session does not take invoices with an attachment; send it in a batch \
                 (the seller must have declared to the tax office that it sends attachments)",
            ),
        );
    }
}

/// `invoice-duplicate`: same seller, kind and number as an invoice sent before.
pub(super) fn check(
    root: Element<'_>,
    entry: &Entry,
    history: &History,
    context: &Context<'_>,
    report: &mut Report,
) {
    if context.side != Side::Issued {
        return;
    }
    let Some(earlier) = history.same_number(entry, context.source) else {
        return;
    };
    let element = ["Fa", "FakturaRR"]
        .into_iter()
        .find_map(|body| root.child(body))
        .and_then(|body| body.child("P_2").or_else(|| body.child("P_4C")))
        .or_else(|| root.child("ID"))
        .unwrap_or(root);
    let number = entry.number();
    let (seller, kind, place) = (entry.seller(), entry.kind(), earlier.name());
    report.add(
        element,
        Violation::new(
            Rule::InvoiceDuplicate,
            format!(
                "faktura {number} ({kind}) sprzedawcy {seller} już istnieje: {place}; KSeF odrzuca drugą fakturę \
                 o tym samym numerze, rodzaju i sprzedawcy, nadaj jej inny numer albo pomiń plik"
            ),
            format!(
                "invoice {number} ({kind}) of seller {seller} exists already: {place}; KSeF refuses a second one \
                 with the same number, kind and seller, give it another number or leave the file out"
            ),
        ),
    );
}
