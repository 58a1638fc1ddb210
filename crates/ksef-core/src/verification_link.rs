//! What the QR codes of an invoice lead to: the texts of code I (the invoice) and code II (its issuer's certificate).
//!
//! Nothing here signs: the signature of code II is made and checked in `ksef-crypto`.

use jiff::civil::Date;

use crate::certificate_serial::CertificateSerial;
use crate::context::ContextIdentifier;
use crate::digest::Sha256Digest;
use crate::nip::Nip;
use crate::parse::{ParseError, Reason};

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

    /// The seller (`Podmiot1`).
    #[must_use]
    pub const fn seller(&self) -> Nip {
        self.seller
    }

    /// The date of issue (`P_1`).
    #[must_use]
    pub const fn issued(&self) -> Date {
        self.issued
    }

    /// SHA-256 of the file exactly as it is sent.
    #[must_use]
    pub const fn digest(&self) -> Sha256Digest {
        self.digest
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

/// What a code leads to, read from its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerificationLink {
    /// Code I.
    Invoice {
        /// Below which address, for instance `https://qr.ksef.mf.gov.pl`.
        qr_base: String,
        /// The invoice.
        link: InvoiceLink,
    },
    /// Code II.
    Certificate {
        /// Below which address; its host is part of what is signed.
        qr_base: String,
        /// What is signed.
        link: CertificateLink,
        /// The signature, Base64url without padding; not checked here.
        signature: String,
    },
}

impl VerificationLink {
    /// Reads a link as it stands in a QR code: every character counts, because code II is signed.
    ///
    /// # Errors
    /// A text of another form, or a part that is not what should stand in its place: NIP, date, context, serial number,
    /// digest, signature. Check digits of NIPs are not asked for.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let error =
            |expected| ParseError::new("verification link", Reason::Pattern { expected }, text);
        let (scheme, rest) = text.split_once("://").ok_or_else(|| error(FORM))?;
        let is_clean = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !matches!(scheme, "https" | "http") || !is_clean || text.contains(['?', '#', '@']) {
            return Err(error(FORM));
        }
        let parts: Vec<&str> = rest.split('/').collect();
        let base = |parts: &[&str]| format!("{scheme}://{}", parts.join("/"));
        match parts.as_slice() {
            [host @ .., "invoice", seller, issued, digest] if is_host(host) => Ok(Self::Invoice {
                qr_base: base(host),
                link: InvoiceLink {
                    seller: Nip::parse(seller)?,
                    issued: date(issued)?,
                    digest: Sha256Digest::from_base64url(digest)?,
                },
            }),
            [
                host @ ..,
                "certificate",
                kind,
                value,
                seller,
                serial,
                digest,
                signature,
            ] if is_host(host) => {
                let context = ContextIdentifier::from_parts(kind, value)?;
                if context.kind() != *kind || context.value() != *value {
                    return Err(error(
                        "the context exactly as in the API, letter case included",
                    ));
                }
                Ok(Self::Certificate {
                    qr_base: base(host),
                    link: CertificateLink {
                        context,
                        seller: Nip::parse(seller)?,
                        serial: CertificateSerial::parse(serial)?,
                        digest: Sha256Digest::from_base64url(digest)?,
                    },
                    signature: self::signature(signature)?,
                })
            }
            _ => Err(error(FORM)),
        }
    }

    /// Below which address.
    #[must_use]
    pub fn qr_base(&self) -> &str {
        match self {
            Self::Invoice { qr_base, .. } | Self::Certificate { qr_base, .. } => qr_base,
        }
    }

    /// The same link below another address; a signature stays as it is, over the old one.
    #[must_use]
    pub fn url_at(&self, qr_base: &str) -> String {
        match self {
            Self::Invoice { link, .. } => link.url(qr_base),
            Self::Certificate {
                link, signature, ..
            } => link.url(qr_base, signature),
        }
    }
}

fn is_host(parts: &[&str]) -> bool {
    parts.first().is_some_and(|host| !host.is_empty())
}

/// `DD-MM-YYYY`, each with all its digits.
fn date(text: &str) -> Result<Date, ParseError> {
    let read = || {
        let bytes = text.as_bytes();
        let is_right = bytes.len() == 10
            && bytes.iter().zip(0..).all(|(byte, at)| match at {
                2 | 5 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let number = |range| text.get(range).and_then(|digits: &str| digits.parse().ok());
        let (day, month): (i8, i8) = (number(0..2)?, number(3..5)?);
        let year: i16 = text.get(6..10)?.parse().ok()?;
        is_right.then(|| Date::new(year, month, day).ok())?
    };
    read().ok_or_else(|| {
        let expected = "DD-MM-YYYY";
        ParseError::new("date of issue", Reason::Pattern { expected }, text)
    })
}

fn signature(text: &str) -> Result<String, ParseError> {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=SIGNATURE_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(is_base64url) {
        return Ok(text.to_owned());
    }
    let expected = "Base64url without padding, at most 1 400 characters";
    Err(ParseError::new(
        "signature",
        Reason::Pattern { expected },
        text,
    ))
}

const FORM: &str = "https://HOST/invoice/NIP/DD-MM-YYYY/HASH, or \
    https://HOST/certificate/TYPE/CONTEXT/NIP/SERIAL/HASH/SIGNATURE";
/// Of an RSA key of 8 192 bits, and a little more.
const SIGNATURE_CHARACTERS_MAX: usize = 1_400;

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

    #[test]
    fn links_are_read_as_they_were_made() {
        let digest = link().digest;
        let issued = jiff::civil::date(2026, 2, 1);
        let invoice = InvoiceLink::new("1234563218".parse().unwrap(), issued, digest);
        for base in [
            "https://qr.ksef.mf.gov.pl",
            "http://127.0.0.1:8080",
            "https://example.com/a/invoice",
        ] {
            let read = VerificationLink::parse(&invoice.url(base)).unwrap();
            assert_eq!(read.qr_base(), base);
            assert_eq!(read.url_at(base), invoice.url(base));
            let qr_base = base.to_owned();
            assert_eq!(
                read,
                VerificationLink::Invoice {
                    qr_base,
                    link: invoice
                }
            );
            for context in [
                "Nip:1234563218",
                "InternalId:1234563218-12345",
                "NipVatUe:1234563218-IE1+23456A",
                "NipVatUe:1234563218-NLA23456789*B2",
                "PeppolId:PPL123456",
            ] {
                let context = context.parse().unwrap();
                let link = CertificateLink { context, ..link() };
                let read = VerificationLink::parse(&link.url(base, "a-_9")).unwrap();
                let (qr_base, signature) = (base.to_owned(), "a-_9".to_owned());
                let expected = VerificationLink::Certificate {
                    qr_base,
                    link,
                    signature,
                };
                assert_eq!(read, expected);
                assert_eq!(read.url_at(base), link.url(base, "a-_9"));
            }
        }
    }

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(date("01-02-2026").unwrap(), jiff::civil::date(2026, 2, 1));
        for text in [
            "",
            "1-2-2026",
            "31-02-2026",
            "2026-02-01",
            "01-02-2026-1",
            "+1-02-2026",
            "01-02-+026",
            "01.02.2026",
            "01-02-2026ą",
        ] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_link() {
        let hash = link().digest.to_base64url();
        let invoice = format!("https://h/invoice/1234563218/01-02-2026/{hash}");
        let certificate =
            format!("https://h/certificate/Nip/1234563218/1234563218/01F20A5D352AE590/{hash}/c2ln");
        assert!(VerificationLink::parse(&invoice).is_ok());
        assert!(VerificationLink::parse(&certificate).is_ok());
        let changed = |whole: &str, part: &str, other: &str| {
            assert!(whole.contains(part), "{part}");
            whole.replacen(part, other, 1)
        };
        for (text, value) in [
            (String::new(), "verification link"),
            (changed(&invoice, "https://", ""), "verification link"),
            (changed(&invoice, "https", "ftp"), "verification link"),
            (changed(&invoice, "//h/", "///"), "verification link"),
            (changed(&invoice, "//h/", "//u@h/"), "verification link"),
            (
                changed(&invoice, "/invoice", "/Invoice"),
                "verification link",
            ),
            (format!("{invoice}/"), "verification link"),
            (format!("{invoice}?x=1"), "verification link"),
            (format!("{invoice} "), "verification link"),
            (changed(&invoice, "1234563218", "123456321"), "NIP"),
            (
                changed(&invoice, "01-02-2026", "2026-02-01"),
                "date of issue",
            ),
            (
                changed(&invoice, "01-02-2026", "1-02-2026"),
                "date of issue",
            ),
            (
                changed(&invoice, "01-02-2026", "30-02-2026"),
                "date of issue",
            ),
            (
                changed(&invoice, "01-02-2026", "+1-02-2026"),
                "date of issue",
            ),
            (format!("{invoice}="), "SHA-256 digest"),
            (changed(&invoice, &hash, "MZGe"), "SHA-256 digest"),
            (changed(&invoice, "MZGe", "+ZGe"), "SHA-256 digest"),
            (changed(&certificate, "Nip", "nip"), "verification link"),
            (changed(&certificate, "Nip", "Krs"), "context type"),
            (
                changed(&certificate, "01F2", "01f2"),
                "certificate serial number",
            ),
            (format!("{certificate}=="), "signature"),
            (changed(&certificate, "c2ln", ""), "signature"),
        ] {
            let error = VerificationLink::parse(&text).unwrap_err();
            assert_eq!(error.value(), value, "{text}");
        }
    }
}
