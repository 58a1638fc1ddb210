//! What the QR codes of an invoice lead to: the texts of code I (the invoice) and code II (its issuer's certificate).
//!
//! Nothing here signs: the signature of code II is made and checked in `ksef-crypto`.

use jiff::civil::Date;

use crate::certificate_serial::CertificateSerial;
use crate::context::ContextIdentifier;
use crate::digest::Sha256Digest;
use crate::nip::Nip;

/// Code I: leads from an invoice to what KSeF knows about it.
///
/// ```
/// use ksef_core::digest::Sha256Digest;
/// use ksef_core::environment::Environment;
/// use ksef_core::verification_link::InvoiceLink;
///
/// let digest = Sha256Digest::from_base64("MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok=")?;
/// let link = InvoiceLink::new("1234563218".parse()?, jiff::civil::date(2026, 2, 1), digest);
/// assert_eq!(
///     link.url(Environment::test().qr_base()),
///     "https://qr-test.ksef.mf.gov.pl/invoice/1234563218/01-02-2026/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok"
/// );
/// # Ok::<(), ksef_core::parse::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceLink {
    seller: Nip,
    issued: Date,
    digest: Sha256Digest,
}

impl InvoiceLink {
    /// Of the invoice of this seller (`Podmiot1`) with this date of issue (`P_1`) and this SHA-256 of the file exactly
    /// as it is sent.
    #[must_use]
    pub const fn new(seller: Nip, issued: Date, digest: Sha256Digest) -> Self {
        Self {
            seller,
            issued,
            digest,
        }
    }

    /// The address below `qr_base` (see [`Environment::qr_base`](crate::environment::Environment::qr_base)).
    #[must_use]
    pub fn url(&self, qr_base: &str) -> String {
        let Self {
            seller,
            issued,
            digest,
        } = self;
        format!(
            "{}/invoice/{seller}/{:02}-{:02}-{:04}/{}",
            qr_base.trim_end_matches('/'),
            issued.day(),
            issued.month(),
            issued.year(),
            digest.to_base64url()
        )
    }
}

/// Code II without its signature: leads from an invoice issued offline to the certificate of its issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateLink {
    /// On whose behalf the issuer works.
    pub context: ContextIdentifier,
    /// The seller (`Podmiot1`).
    pub seller: Nip,
    /// The certificate of type `Offline` whose key signs.
    pub serial: CertificateSerial,
    /// SHA-256 of the file exactly as it is sent.
    pub digest: Sha256Digest,
}

impl CertificateLink {
    /// What the issuer signs, as UTF-8: the address below `qr_base` without its scheme and without a signature.
    ///
    /// Characters that some contexts hold (`+`, `*` in EU VAT numbers) stand as they are, as in the official clients.
    #[must_use]
    pub fn text_to_sign(&self, qr_base: &str) -> String {
        let base = qr_base.trim_end_matches('/');
        let host = base.split_once("://").map_or(base, |(_, host)| host);
        let Self {
            context,
            seller,
            serial,
            digest,
        } = self;
        format!(
            "{host}/certificate/{}/{}/{seller}/{serial}/{}",
            context.kind(),
            context.value(),
            digest.to_base64url()
        )
    }

    /// The whole address below `qr_base`, with the signature in Base64url without padding.
    #[must_use]
    pub fn url(&self, qr_base: &str, signature: &str) -> String {
        let scheme = match qr_base.split_once("://") {
            Some((scheme, _)) => scheme,
            None => "https",
        };
        format!("{scheme}://{}/{signature}", self.text_to_sign(qr_base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> CertificateLink {
        CertificateLink {
            context: "Nip:1234563218".parse().unwrap(),
            seller: "1234563218".parse().unwrap(),
            serial: "01F20A5D352AE590".parse().unwrap(),
            digest: Sha256Digest::from_base64("MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok=")
                .unwrap(),
        }
    }

    #[test]
    fn the_known_text_of_code_ii() {
        let text = link().text_to_sign("https://qr-test.ksef.mf.gov.pl");
        assert_eq!(
            text,
            "qr-test.ksef.mf.gov.pl/certificate/Nip/1234563218/1234563218/01F20A5D352AE590/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok"
        );
        assert_eq!(text.len(), 121);
        assert_eq!(
            link().url("https://qr-test.ksef.mf.gov.pl/", "c2ln"),
            format!("https://{text}/c2ln")
        );
    }

    #[test]
    fn a_local_ksef_keeps_its_scheme_and_port() {
        let base = "http://127.0.0.1:8080";
        assert!(
            link()
                .text_to_sign(base)
                .starts_with("127.0.0.1:8080/certificate/Nip/")
        );
        assert!(
            link()
                .url(base, "x")
                .starts_with("http://127.0.0.1:8080/certificate/")
        );
    }
}
