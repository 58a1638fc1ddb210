//! Code I: is the invoice in KSeF?

use ksef_core::verification_link::InvoiceLink;

use super::AskedInvoice;
use super::page::{Page, words};
use crate::app::App;
use crate::world::invoices::InvoiceRecord;
use crate::world::state::State;

/// The link to the technical correction of an invoice that was rejected: its code I leads on to what KSeF accepted.
pub(super) fn correction(app: &App, asked: &AskedInvoice) -> Option<InvoiceLink> {
    app.world.read(|state| {
        if accepted(state, asked).is_some() {
            return None;
        }
        let corrected = state.invoices.values().find(|row| {
            let seller = row.acceptance.as_ref().map(|it| it.seller);
            row.corrects == Some(asked.digest) && seller == Some(asked.seller)
        })?;
        let issued = corrected.acceptance.as_ref()?.issued;
        Some(asked.link(corrected.hash, issued))
    })
}

fn accepted<'a>(state: &'a State, asked: &AskedInvoice) -> Option<&'a InvoiceRecord> {
    state
        .invoices
        .values()
        .find(|row| row.hash == asked.digest && row.acceptance.is_some())
}

/// What is known about the invoice.
pub(super) fn verify(app: &App, asked: &AskedInvoice) -> Page {
    let title = words("Weryfikacja faktury", "Verification of an invoice");
    let mut page = Page::new("invoice", title);
    page.fact(
        "sellerNip",
        words("NIP sprzedawcy", "NIP of the seller"),
        asked.seller,
    );
    page.fact(
        "issueDate",
        words("Data wystawienia", "Date of issue"),
        asked.issued,
    );
    page.fact(
        "invoiceHash",
        words("Skrót SHA-256", "SHA-256"),
        asked.digest.to_base64(),
    );
    app.world.read(|state| {
        let found = accepted(state, asked);
        page.check(
            "inKsef",
            Some(found.is_some()),
            if found.is_some() {
                words(
                    "Faktura o tym skrócie jest w KSeF.",
                    "An invoice with this digest is in KSeF.",
                )
            } else {
                words(
                    "Faktury o tym skrócie nie ma w KSeF.",
                    "No invoice with this digest is in KSeF.",
                )
            },
        );
        let acceptance = found.and_then(|row| row.acceptance.as_ref());
        page.check(
            "seller",
            acceptance.map(|it| it.seller == asked.seller),
            words(
                "NIP sprzedawcy zgadza się z fakturą.",
                "The NIP of the seller is that of the invoice.",
            ),
        );
        page.check(
            "issueDate",
            acceptance.map(|it| it.issued == asked.issued),
            words(
                "Data wystawienia zgadza się z fakturą.",
                "The date of issue is that of the invoice.",
            ),
        );
        // Nothing more is told to somebody who does not know seller and date.
        let is_known =
            acceptance.filter(|it| it.seller == asked.seller && it.issued == asked.issued);
        if let Some(acceptance) = is_known {
            let number = found.and_then(|row| row.number.clone());
            page.fact(
                "ksefNumber",
                words("Numer KSeF", "KSeF number"),
                acceptance.ksef_number,
            );
            page.fact(
                "invoiceNumber",
                words("Numer faktury", "Number of the invoice"),
                number.unwrap_or_default(),
            );
            page.fact("kind", words("Rodzaj", "Kind"), &acceptance.kind);
            page.fact(
                "mode",
                words("Tryb", "Mode"),
                if acceptance.is_offline {
                    "Offline"
                } else {
                    "Online"
                },
            );
            page.fact(
                "acquisitionDate",
                words("Data nadania numeru KSeF", "When the KSeF number was given"),
                acceptance.acquired,
            );
        }
    });
    page
}
