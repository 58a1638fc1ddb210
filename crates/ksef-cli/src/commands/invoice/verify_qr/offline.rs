//! What can be checked on this machine.

use ksef_api::ops::certificates::CertificateType;
use ksef_core::calendar;
use ksef_core::digest::Sha256Digest;
use ksef_core::nip::Nip;
use ksef_core::verification_link::{CertificateLink, VerificationLink};
use ksef_crypto::certificate::Certificate;
use ksef_crypto::qr_signature;

use super::check::{Check, Checks};
use super::{Args, Origin};
use crate::certificates::{Cabinet, serial_in, type_of};
use crate::codes::{CodedInvoice, read_certificate};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::printer::moment;
use crate::validate::Source;

/// The check of a signature.
pub(super) const SIGNATURE: &str = "signature";

/// All checks that the link and the files allow.
///
/// # Errors
/// A file cannot be read, or is no invoice or certificate.
pub(super) fn check(
    checks: &mut Checks,
    context: &Context,
    args: &Args,
    link: &VerificationLink,
    origin: Origin,
) -> Result<()> {
    let invoice = match &args.invoice {
        Some(path) => Some(CodedInvoice::of_source(&Source::File(path.clone()))?),
        None => None,
    };
    match link {
        VerificationLink::Invoice { link, .. } => {
            if args.certificate.is_some() {
                return Err(Error::usage(text!(
                    "code I is not signed: it has no certificate",
                    "kod I nie jest podpisany: nie ma certyfikatu"
                ))
                .hint(text!(
                    "leave --certificate out, or give the link of code II",
                    "pomiń --certificate albo podaj link kodu II"
                )));
            }
            check_nip(checks, link.seller(), origin);
            check_date(checks, context, link.issued(), origin);
            if let Some(invoice) = &invoice {
                compare(checks, invoice, &link.digest(), link.seller());
                checks.add(Check::of(
                    "issueDate",
                    invoice.issued == link.issued(),
                    text!(
                        "the date of issue is that of the invoice",
                        "data wystawienia zgadza się z fakturą"
                    ),
                    text!(
                        "the invoice was issued on {right}",
                        "fakturę wystawiono {right}",
                        right = invoice.issued
                    ),
                ));
            }
        }
        VerificationLink::Certificate {
            qr_base,
            link,
            signature,
        } => {
            check_nip(checks, link.seller, origin);
            if let Some(invoice) = &invoice {
                compare(checks, invoice, &link.digest, link.seller);
            }
            let certificate = certificate(context, args, link)?;
            check_certificate(checks, context, certificate.as_ref(), link, origin);
            check_signature(checks, certificate.as_ref(), link, qr_base, signature);
        }
    }
    Ok(())
}

fn check_nip(checks: &mut Checks, seller: Nip, origin: Origin) {
    let good = text!(
        "the NIP of the seller has the right check digit",
        "NIP sprzedawcy ma poprawną cyfrę kontrolną"
    );
    let bad = text!(
        "the check digit of the NIP {seller} is wrong",
        "cyfra kontrolna NIP {seller} jest błędna"
    );
    checks.add(if seller.has_valid_checksum() || origin.is_production() {
        Check::of("sellerNip", seller.has_valid_checksum(), good, bad)
    } else {
        // Only production asks for it.
        Check::open("sellerNip", bad)
    });
}

fn check_date(checks: &mut Checks, context: &Context, issued: jiff::civil::Date, origin: Origin) {
    // A sandbox has a clock of its own.
    if !matches!(origin, Origin::Official(_)) {
        return;
    }
    let today = calendar::warsaw_date(context.clock.now());
    checks.add(Check::of(
        "date",
        issued <= today,
        text!(
            "the date of issue is not in the future",
            "data wystawienia nie jest z przyszłości"
        ),
        text!(
            "the date of issue, {issued}, is in the future; KSeF takes no such invoice",
            "data wystawienia {issued} jest z przyszłości; KSeF nie przyjmuje takich faktur"
        ),
    ));
}

/// The file against what both codes say.
fn compare(checks: &mut Checks, invoice: &CodedInvoice, digest: &Sha256Digest, seller: Nip) {
    checks.add(Check::of(
        "invoiceHash",
        invoice.digest == *digest,
        text!("the hash is that of the file", "skrót zgadza się z plikiem"),
        text!(
            "the file has the hash {hash}: it is another invoice, or was saved anew since",
            "plik ma skrót {hash}: to inna faktura albo plik zapisano później na nowo",
            hash = invoice.digest.to_base64url()
        ),
    ));
    checks.add(Check::of(
        "seller",
        invoice.seller == seller,
        text!(
            "the NIP of the seller is that of the invoice",
            "NIP sprzedawcy zgadza się z fakturą"
        ),
        text!(
            "the seller of the invoice is {right}",
            "sprzedawcą na fakturze jest {right}",
            right = invoice.seller
        ),
    ));
}

/// The certificate that was given, or one of this machine with the serial number of the link.
fn certificate(
    context: &Context,
    args: &Args,
    link: &CertificateLink,
) -> Result<Option<Certificate>> {
    if let Some(file) = &args.certificate {
        return read_certificate(file).map(Some);
    }
    let held = Cabinet::of(context).all()?;
    let known = held
        .iter()
        .find(|held| held.about.serial_number == link.serial);
    known
        .map(|held| read_certificate(&held.certificate_file()))
        .transpose()
}

fn check_certificate(
    checks: &mut Checks,
    context: &Context,
    certificate: Option<&Certificate>,
    link: &CertificateLink,
    origin: Origin,
) {
    let Some(certificate) = certificate else {
        return;
    };
    let serial = serial_in(certificate);
    checks.add(Check::of(
        "serial",
        serial == Some(link.serial),
        text!(
            "the serial number is that of the certificate",
            "numer seryjny zgadza się z certyfikatem"
        ),
        text!(
            "the certificate has the serial number {right}",
            "certyfikat ma numer seryjny {right}",
            right = certificate.serial_hex()
        ),
    ));
    checks.add(Check::of(
        "type",
        type_of(certificate) == Some(CertificateType::Offline),
        text!(
            "the certificate is of the type Offline",
            "certyfikat jest typu Offline"
        ),
        text!(
            "the certificate is not of the type Offline",
            "certyfikat nie jest typu Offline"
        ),
    ));
    if !matches!(origin, Origin::Official(_)) {
        return;
    }
    checks.add(Check::of(
        "validity",
        certificate.is_valid_at(context.clock.now()),
        text!(
            "the certificate is in its time; whether it was blocked or revoked only KSeF knows",
            "certyfikat jest w okresie ważności; czy go nie zablokowano ani nie unieważniono, wie tylko KSeF"
        ),
        text!(
            "the certificate is valid from {from} to {to}",
            "certyfikat jest ważny od {from} do {to}",
            from = moment(certificate.not_before()),
            to = moment(certificate.not_after())
        ),
    ));
}

fn check_signature(
    checks: &mut Checks,
    certificate: Option<&Certificate>,
    link: &CertificateLink,
    qr_base: &str,
    signature: &str,
) {
    let Some(certificate) = certificate else {
        checks.add(Check::open(
            SIGNATURE,
            text!(
                "the signature is not checked: the certificate {serial} is not on this machine",
                "podpisu nie sprawdzono: certyfikatu {serial} nie ma na tym komputerze",
                serial = link.serial
            ),
        ));
        return;
    };
    let verified = qr_signature::verify(
        certificate.spki_der(),
        &link.text_to_sign(qr_base),
        signature,
    );
    checks.add(Check::of(
        SIGNATURE,
        verified.is_ok(),
        text!(
            "the signature verifies with the certificate",
            "podpis jest zgodny z certyfikatem"
        ),
        text!(
            "the signature is not of this certificate over this link",
            "podpis nie pochodzi od tego certyfikatu albo nie dotyczy tego linku"
        ),
    ));
}
