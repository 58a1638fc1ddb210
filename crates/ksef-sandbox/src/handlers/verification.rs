//! The pages behind the QR codes of invoices, as the Ministry's verification host has them: code I (the invoice) and
//! code II (the certificate of its issuer).
//!
//! | address, below the origin of the sandbox | page |
//! |---|---|
//! | `/invoice/{nip}/{DD-MM-YYYY}/{hash}` | is the invoice in KSeF? |
//! | `/certificate/{context type}/{context}/{seller}/{serial}/{hash}/{signature}` | may the issuer issue it? |
//!
//! A page says what was checked and how each check ended, in Polish and English; with `Accept: application/json` it is
//! the same as JSON. A link that can be read answers 200 whatever the checks say, any other 400.
//!
//! What is signed in code II holds the name of the host, which differs between the sandbox and the Ministry's TEST. The
//! signature may be over any of: the host under which the page was asked for, the sandbox's own address, and
//! `qr-test.ksef.mf.gov.pl`. So links work that were made for either, opened here by replacing the host.

mod certificate;
mod invoice;
mod page;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use http::HeaderMap;
use jiff::civil::Date;
use ksef_core::digest::Sha256Digest;
use ksef_core::nip::Nip;
use ksef_core::verification_link::{CertificateLink, InvoiceLink, VerificationLink};

use self::page::{Page, Words, words};
use crate::app::{App, SharedApp};

/// The pages.
pub(crate) fn router() -> Router<SharedApp> {
    Router::new()
        .route("/invoice/{seller}/{issued}/{hash}", get(of_invoice))
        .route(
            "/certificate/{kind}/{context}/{seller}/{serial}/{hash}/{signature}",
            get(of_certificate),
        )
}

/// Address of an invoice.
type InvoiceParts = (String, String, String);
/// Address of a certificate.
type CertificateParts = (String, String, String, String, String, String);

async fn of_invoice(
    State(app): State<SharedApp>,
    path: Result<Path<InvoiceParts>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let parts = path.ok().map(|Path(parts)| parts);
    match parts.as_ref().and_then(read_invoice) {
        Some(found) => match invoice::correction(&app, &found) {
            Some(link) => page::redirect(&link.url(&app.origin_for(&headers))),
            None => invoice::verify(&app, &found).answer(&headers),
        },
        None => malformed(&CODE_I).answer(&headers),
    }
}

async fn of_certificate(
    State(app): State<SharedApp>,
    path: Result<Path<CertificateParts>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let parts = path.ok().map(|Path(parts)| parts);
    match parts.as_ref().and_then(read_certificate) {
        Some((link, signature)) => {
            let hosts = hosts(&app, &headers);
            certificate::verify(&app, &link, signature, &hosts).answer(&headers)
        }
        None => malformed(&CODE_II).answer(&headers),
    }
}

/// The hosts that a signature may name.
fn hosts(app: &App, headers: &HeaderMap) -> Vec<String> {
    let mut hosts = vec![
        app.origin_for(headers),
        app.origin.clone(),
        OFFICIAL_HOST.to_owned(),
    ];
    hosts.dedup();
    hosts
}

/// What code I says.
#[derive(Debug, Clone, Copy)]
struct AskedInvoice {
    seller: Nip,
    issued: Date,
    digest: Sha256Digest,
}

impl AskedInvoice {
    fn link(self, digest: Sha256Digest, issued: Date) -> InvoiceLink {
        InvoiceLink::new(self.seller, issued, digest)
    }
}

fn read_invoice((seller, issued, hash): &InvoiceParts) -> Option<AskedInvoice> {
    match VerificationLink::parse(&format!("{ANY_HOST}/invoice/{seller}/{issued}/{hash}")) {
        Ok(VerificationLink::Invoice { link, .. }) => Some(AskedInvoice {
            seller: link.seller(),
            issued: link.issued(),
            digest: link.digest(),
        }),
        _ => None,
    }
}

fn read_certificate(parts: &CertificateParts) -> Option<(CertificateLink, &str)> {
    let (kind, value, seller, serial, hash, signature) = parts;
    let address =
        format!("{ANY_HOST}/certificate/{kind}/{value}/{seller}/{serial}/{hash}/{signature}");
    match VerificationLink::parse(&address) {
        Ok(VerificationLink::Certificate { link, .. }) => Some((link, signature.as_str())),
        _ => None,
    }
}

fn malformed(expected: &Words) -> Page {
    Page::malformed(words(
        &format!("To nie jest adres kodu QR. Oczekiwano: {}.", expected.pl),
        &format!(
            "This is no address of a QR code. Expected: {}.",
            expected.en
        ),
    ))
}

/// Stands for the host where only the path matters.
const ANY_HOST: &str = "https://any";

/// The Ministry's TEST, which a sandbox plays.
const OFFICIAL_HOST: &str = "https://qr-test.ksef.mf.gov.pl";

static CODE_I: std::sync::LazyLock<Words> = std::sync::LazyLock::new(|| {
    words(
        "/invoice/NIP sprzedawcy/DD-MM-RRRR/skrót SHA-256 w Base64url",
        "/invoice/NIP of the seller/DD-MM-YYYY/SHA-256 in Base64url",
    )
});
static CODE_II: std::sync::LazyLock<Words> = std::sync::LazyLock::new(|| {
    words(
        "/certificate/typ kontekstu/kontekst/NIP sprzedawcy/numer seryjny certyfikatu/skrót SHA-256 w Base64url/podpis w Base64url",
        "/certificate/type of context/context/NIP of the seller/serial number of the certificate/SHA-256 in Base64url/signature in Base64url",
    )
});
