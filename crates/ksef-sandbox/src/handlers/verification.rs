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
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use jiff::civil::Date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::nip::Nip;
use ksef_core::verification_link::{CertificateLink, InvoiceLink};

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
    Some(AskedInvoice {
        seller: Nip::parse(seller).ok()?,
        issued: date(issued)?,
        digest: digest(hash)?,
    })
}

fn read_certificate(parts: &CertificateParts) -> Option<(CertificateLink, &str)> {
    let (kind, value, seller, serial, hash, signature) = parts;
    let context = ContextIdentifier::from_parts(kind, value).ok()?;
    // The type is written as in the API, in no other letter case: it is part of what is signed.
    let is_exact = context.kind() == kind && context.value() == value;
    let link = CertificateLink {
        context,
        seller: Nip::parse(seller).ok()?,
        serial: ksef_core::certificate_serial::CertificateSerial::parse(serial).ok()?,
        digest: digest(hash)?,
    };
    is_exact.then_some((link, signature.as_str()))
}

/// `DD-MM-YYYY`.
fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        let is_right = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        is_right.then(|| part.parse::<i16>().ok())?
    };
    let (day, month, year) = (number(2)?, number(2)?, number(4)?);
    let day_and_month = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    let date = Date::new(year, day_and_month.1, day_and_month.0).ok()?;
    parts.next().is_none().then_some(date)
}

/// 43 characters of Base64url.
fn digest(text: &str) -> Option<Sha256Digest> {
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    Some(Sha256Digest::from_bytes(bytes))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(date("01-02-2026"), Some(jiff::civil::date(2026, 2, 1)));
        for text in [
            "",
            "1-2-2026",
            "31-02-2026",
            "2026-02-01",
            "01-02-2026-1",
            "+1-02-2026",
            "01.02.2026",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
