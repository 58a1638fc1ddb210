//! Code II: is the invoice signed by somebody who may issue it?

use ksef_api::operation::Permission;
use ksef_api::status::CertificateStatus;
use ksef_core::context::ContextIdentifier;
use ksef_core::verification_link::CertificateLink;
use ksef_crypto::certificate::Certificate;
use ksef_crypto::qr_signature;

use super::page::{Page, Words, words};
use crate::app::App;
use crate::processing::rights;
use crate::world::certificates::{CertificateRecord, Purpose};
use crate::world::state::State;

/// The checks of facts 08 §6, all of them, in order.
pub(super) fn verify(app: &App, link: &CertificateLink, signature: &str, hosts: &[String]) -> Page {
    let title = words(
        "Weryfikacja certyfikatu wystawcy",
        "Verification of the issuer's certificate",
    );
    let mut page = Page::new("certificate", title);
    page.fact("context", words("Kontekst", "Context"), link.context);
    page.fact(
        "sellerNip",
        words("NIP sprzedawcy", "NIP of the seller"),
        link.seller,
    );
    page.fact(
        "certificateSerialNumber",
        words(
            "Numer seryjny certyfikatu",
            "Serial number of the certificate",
        ),
        link.serial,
    );
    page.fact(
        "invoiceHash",
        words("Skrót SHA-256", "SHA-256"),
        link.digest.to_base64(),
    );
    let machine_now = app.clock.machine_now();
    let (record, rights) = app.world.read(|state| {
        let record = state.certificates.get(&link.serial, machine_now).cloned();
        let may_issue = record
            .as_ref()
            .map(|record| may_issue(state, record, &link.context));
        let for_seller = rights::may_issue_for(&link.context, link.seller, state);
        (record, (may_issue, for_seller))
    });
    check_certificate(&mut page, app, record.as_ref());
    check_signature(&mut page, record.as_ref(), link, signature, hosts);
    page.check(
        "permission",
        rights.0,
        words(
            "Posiadacz certyfikatu ma prawo wystawiania faktur w tym kontekście.",
            "The holder of the certificate may issue invoices in this context.",
        ),
    );
    page.check(
        "seller",
        Some(rights.1),
        words(
            "Kontekst może wystawiać faktury tego sprzedawcy.",
            "The context may issue invoices of this seller.",
        ),
    );
    page
}

fn check_certificate(page: &mut Page, app: &App, record: Option<&CertificateRecord>) {
    page.check(
        "known",
        Some(record.is_some()),
        if record.is_some() {
            words("Certyfikat wydał KSeF.", "KSeF issued the certificate.")
        } else {
            words(
                "KSeF nie zna certyfikatu o tym numerze seryjnym.",
                "KSeF knows no certificate with this serial number.",
            )
        },
    );
    if let Some(record) = record {
        page.fact(
            "commonName",
            words("Posiadacz", "Holder"),
            &record.common_name,
        );
    }
    page.check(
        "type",
        record.map(|record| record.purpose == Purpose::Offline),
        words(
            "Certyfikat jest typu Offline.",
            "The certificate is of the type Offline.",
        ),
    );
    let now = app.now();
    let status = record.map(|record| record.status(now, app.clock.machine_now()));
    let is_begun = record.is_none_or(|record| record.valid_from <= now);
    page.check(
        "status",
        status
            .as_ref()
            .map(|status| *status == CertificateStatus::Active && is_begun),
        state_of(status, is_begun),
    );
}

fn state_of(status: Option<CertificateStatus>, is_begun: bool) -> Words {
    match status {
        Some(CertificateStatus::Active) if !is_begun => words(
            "Certyfikat nie jest jeszcze ważny.",
            "The certificate is not valid yet.",
        ),
        Some(CertificateStatus::Active) => {
            words("Certyfikat jest ważny.", "The certificate is valid.")
        }
        Some(CertificateStatus::Blocked) => words(
            "Certyfikat jest zablokowany.",
            "The certificate is blocked.",
        ),
        Some(CertificateStatus::Revoked) => {
            words("Certyfikat unieważniono.", "The certificate is revoked.")
        }
        Some(CertificateStatus::Expired) => {
            words("Certyfikat wygasł.", "The certificate has expired.")
        }
        _ => words("Stan certyfikatu.", "State of the certificate."),
    }
}

fn check_signature(
    page: &mut Page,
    record: Option<&CertificateRecord>,
    link: &CertificateLink,
    signature: &str,
    hosts: &[String],
) {
    let certificate = record.and_then(|record| Certificate::from_der(&record.der()).ok());
    let signed_host = certificate.as_ref().and_then(|certificate| {
        hosts.iter().find(|host| {
            let text = link.text_to_sign(host);
            qr_signature::verify(certificate.spki_der(), &text, signature).is_ok()
        })
    });
    if let Some(host) = signed_host {
        page.fact(
            "signedHost",
            words("Podpisany adres", "Signed address"),
            host,
        );
    }
    page.check(
        "signature",
        certificate.map(|_| signed_host.is_some()),
        if signed_host.is_some() {
            words("Podpis jest prawidłowy.", "The signature verifies.")
        } else {
            words(
                "Podpis nie pasuje do certyfikatu i adresu.",
                "The signature does not fit the certificate and the address.",
            )
        },
    );
}

/// Whether the holder may issue invoices in the context: as its owner, by a permission, or as the Peppol provider that
/// the context is.
fn may_issue(state: &State, record: &CertificateRecord, context: &ContextIdentifier) -> bool {
    if let ContextIdentifier::PeppolId(id) = context {
        return record.common_name == id.as_str();
    }
    state
        .permissions_of(context, &record.subject)
        .has(Permission::InvoiceWrite)
}
