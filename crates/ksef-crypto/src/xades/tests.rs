mod attacks;

use std::sync::LazyLock;

use jiff::Timestamp;
use ksef_core::nip::Nip;

use super::*;
use crate::certificate::{Identity, KeyKind};
use crate::error::ErrorKind;
use crate::self_signed::{Validity, company_seal};
use crate::signature::{HashAlgorithm, SignatureScheme};

pub(super) const REQUEST: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
    <AuthTokenRequest xmlns=\"http://ksef.mf.gov.pl/auth/token/2.0\">\r\n\
    \t<Challenge>20250626-CR-20C8FD8000-8CD5E4CCDD-3B</Challenge>\r\n\
    \t<ContextIdentifier><Nip>5265877635</Nip></ContextIdentifier>\r\n\
    \t<SubjectIdentifierType>certificateSubject</SubjectIdentifierType>\r\n\
    </AuthTokenRequest>\r\n";

fn identity(kind: KeyKind) -> Identity {
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    let nip = Nip::parse("5265877635").unwrap();
    company_seal("Zażółć & <Spółka>, \"ś\"", &nip, kind, validity).unwrap()
}

pub(super) static RSA: LazyLock<Identity> = LazyLock::new(|| identity(KeyKind::Rsa2048));
pub(super) static P256: LazyLock<Identity> = LazyLock::new(|| identity(KeyKind::EcP256));
pub(super) static P384: LazyLock<Identity> = LazyLock::new(|| identity(KeyKind::EcP384));

pub(super) fn time() -> Timestamp {
    "2026-11-21T08:00:00.123456Z".parse().unwrap()
}

pub(super) fn check(xml: &[u8]) -> Result<Verified, XadesError> {
    verify(xml, &VerifyOptions::default())
}

pub(super) fn kind(xml: &[u8]) -> XadesErrorKind {
    check(xml).unwrap_err().kind().clone()
}

fn signed() -> String {
    String::from_utf8(sign_enveloped(REQUEST.as_bytes(), &P256, time()).unwrap()).unwrap()
}

#[test]
fn round_trip_with_every_kind_of_key() {
    for (identity, scheme) in [
        (&*RSA, SignatureScheme::RsaPkcs1(HashAlgorithm::Sha256)),
        (&*P256, SignatureScheme::EcdsaFixed(HashAlgorithm::Sha256)),
        (&*P384, SignatureScheme::EcdsaFixed(HashAlgorithm::Sha384)),
    ] {
        let signed = sign_enveloped(REQUEST.as_bytes(), identity, time()).unwrap();
        let verified = check(&signed).unwrap();
        assert_eq!(
            verified.document(),
            REQUEST.as_bytes(),
            "not a byte is touched"
        );
        assert_eq!(verified.signer(), identity.certificate());
        assert_eq!(verified.packaging(), Packaging::Enveloped);
        assert_eq!(verified.scheme(), scheme);
        assert_eq!(verified.digest(), HashAlgorithm::Sha256);
        assert_eq!(
            verified.signing_time(),
            Some("2026-11-21T08:00:00Z".parse().unwrap())
        );
        assert!(verified.is_self_signed());
        assert!(verified.is_issued_by(identity.certificate()));
        assert!(
            !verified.is_issued_by(P256.certificate())
                || identity.certificate() == P256.certificate()
        );
        let text = String::from_utf8(signed).unwrap();
        let (before, after) = REQUEST.split_once("</AuthTokenRequest>").unwrap();
        assert!(text.starts_with(before));
        assert!(text.ends_with(&format!("</ds:Signature></AuthTokenRequest>{after}")));
    }
}

#[test]
fn rsa_signatures_are_deterministic() {
    let sign = || sign_enveloped(REQUEST.as_bytes(), &RSA, time()).unwrap();
    assert_eq!(sign(), sign());
}

#[test]
fn documents_of_many_shapes() {
    for xml in [
        "<a/>",
        "<a />",
        "<a b='1'/>",
        "<p:a xmlns:p='urn:p' />",
        "<a></a>",
        "<a></a >",
        "\u{feff}<a>x</a>",
        "<?p q?><a><b/></a>\r\n<!--c--><?r?>",
        "<a><![CDATA[</a>]]></a>",
        "<a xmlns='http://www.w3.org/2000/09/xmldsig#'>x</a>",
        "<a xmlns:ds='urn:other'><ds:b/></a>",
        "<a\r\n>\rx\r\n<!-- </a> --></a\n>",
        "<ż>ó</ż>",
    ] {
        let signed = sign_enveloped(xml.as_bytes(), &P256, time()).unwrap();
        let verified = check(&signed).unwrap_or_else(|e| panic!("{xml}: {e:?}"));
        let document = std::str::from_utf8(verified.document()).unwrap();
        if xml.ends_with("/>") {
            let how = crate::c14n::Canonicalization::new(crate::c14n::Method::Exclusive, true);
            let canonical = |xml: &str| crate::c14n::canonicalize_document(xml.as_bytes(), &how);
            assert_eq!(canonical(document).unwrap(), canonical(xml).unwrap());
        } else {
            assert_eq!(document, xml);
        }
    }
}

#[test]
fn what_cannot_be_signed() {
    let refused = |xml: &[u8]| {
        sign_enveloped(xml, &P256, time())
            .unwrap_err()
            .kind()
            .clone()
    };
    assert_eq!(refused(b"not xml"), XadesErrorKind::NotXml);
    assert_eq!(refused(b"<!DOCTYPE a><a/>"), XadesErrorKind::DocumentType);
    assert_eq!(refused(b"\xff\xfe<\0a\0/\0>\0"), XadesErrorKind::Encoding);
    let twice = signed();
    assert_eq!(
        refused(twice.as_bytes()),
        XadesErrorKind::TooManySignatures { found: 1 }
    );
}

#[test]
fn two_steps_for_a_key_elsewhere() {
    let chain = [P384.certificate().clone()];
    let prepared = prepare(REQUEST.as_bytes(), &chain, P384.key().scheme(), time()).unwrap();
    assert_eq!(prepared.digest().len(), 48);
    let value = P384.key().sign(prepared.signed_info()).unwrap();
    let signed = prepared.complete(&value).unwrap();
    assert_eq!(check(&signed).unwrap().signer(), P384.certificate());
    let wrong = P256.key().sign(prepared.signed_info()).unwrap();
    assert_eq!(
        prepared.complete(&wrong).unwrap_err().kind(),
        &XadesErrorKind::SignatureMismatch
    );
    let no_certificate = prepare(REQUEST.as_bytes(), &[], P384.key().scheme(), time());
    assert_eq!(
        no_certificate.unwrap_err().kind(),
        &XadesErrorKind::NoCertificate
    );
}

#[test]
fn a_signer_may_use_pss_and_may_fail() {
    struct Card(bool);
    impl Signer for Card {
        fn certificates(&self) -> Vec<crate::certificate::Certificate> {
            vec![RSA.certificate().clone()]
        }
        fn scheme(&self) -> SignatureScheme {
            SignatureScheme::RsaPss(HashAlgorithm::Sha256)
        }
        fn sign(
            &self,
            signed_info: &[u8],
        ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>> {
            if self.0 {
                Ok(RSA.key().sign_pss_sha256(signed_info)?)
            } else {
                Err("no card".into())
            }
        }
    }
    let signed = sign_with(REQUEST.as_bytes(), &Card(true), time()).unwrap();
    let scheme = check(&signed).unwrap().scheme();
    assert_eq!(scheme, SignatureScheme::RsaPss(HashAlgorithm::Sha256));
    let failed = sign_with(REQUEST.as_bytes(), &Card(false), time()).unwrap_err();
    assert_eq!(failed.kind(), &XadesErrorKind::Signing);
    assert_eq!(
        std::error::Error::source(&failed).unwrap().to_string(),
        "no card"
    );
}

#[test]
fn trust_goes_through_the_chain() {
    use crate::authority::Authority;
    use crate::self_signed::Subject;
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    let ca = |name: &str| {
        let subject = Subject::service("Test", name);
        Authority::generate(&subject, KeyKind::EcP256, validity).unwrap()
    };
    let (one, two) = (ca("one"), ca("two"));
    let subject = Subject::service("Test", "UPO");
    let seal = one
        .issue_signing(&subject, KeyKind::Rsa2048, validity)
        .unwrap();
    let signed = sign_enveloped(REQUEST.as_bytes(), &seal, time()).unwrap();
    let verified = check(&signed).unwrap();
    assert_eq!(verified.signer(), seal.certificate());
    assert_eq!(verified.other_certificates(), [one.certificate().clone()]);
    assert!(!verified.is_self_signed());
    assert!(verified.is_issued_by(one.certificate()));
    assert!(!verified.is_issued_by(two.certificate()));
}

/// Every byte of the signed document, and of the signature: a change must be refused, or be one
/// that canonicalization takes back (line ends, white space inside tags, the kind of quotes).
#[test]
fn any_changed_byte_is_refused_or_means_the_same() {
    let signed = signed().into_bytes();
    let exclusive = crate::c14n::Canonicalization::new(crate::c14n::Method::Exclusive, true);
    let canonical = |xml: &[u8]| crate::c14n::canonicalize_document(xml, &exclusive).unwrap();
    let original = canonical(&signed);
    let signature = text_range(&signed);
    let mut insignificant = Vec::new();
    for index in 0..signed.len() {
        for change in [0x01_u8, 0x20, 0x80] {
            let mut changed = signed.clone();
            changed[index] ^= change;
            let Ok(verified) = check(&changed) else {
                continue;
            };
            if canonical(&changed) == original {
                insignificant.push(index);
                continue;
            }
            // Inside the signature only what is not signed may differ, and nothing that is told
            // about the content may change.
            assert!(
                signature.contains(&index),
                "byte {index} changed by {change:#x}"
            );
            assert_eq!(verified.document(), REQUEST.as_bytes());
            assert_eq!(verified.signer(), P256.certificate());
        }
    }
    // White space within the XML declaration and the like, but never a byte of text.
    assert!(insignificant.len() < 60, "{insignificant:?}");
    let texts = REQUEST.find("20250626").unwrap()..REQUEST.find("</Challenge>").unwrap();
    assert!(insignificant.iter().all(|index| !texts.contains(index)));
}

fn text_range(signed: &[u8]) -> std::ops::Range<usize> {
    let text = std::str::from_utf8(signed).unwrap();
    let end = text.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    text.find("<ds:Signature").unwrap()..end
}

#[test]
fn numbers_of_signatures() {
    assert_eq!(kind(REQUEST.as_bytes()), XadesErrorKind::MissingSignature);
    let signed = signed();
    let range = text_range(signed.as_bytes());
    let twice = format!(
        "{}{}{}",
        &signed[..range.end],
        &signed[range.clone()],
        &signed[range.end..]
    );
    assert_eq!(
        kind(twice.as_bytes()),
        XadesErrorKind::TooManySignatures { found: 2 }
    );
    assert_eq!(XadesErrorKind::MissingSignature.ksef_code(), 9102);
    assert_eq!(
        XadesErrorKind::TooManySignatures { found: 2 }.ksef_code(),
        9103
    );
}

#[test]
fn tampering_is_named() {
    let signed = signed();
    let changed = |from: &str, to: &str| {
        assert!(signed.contains(from), "{from}");
        kind(signed.replacen(from, to, 1).as_bytes())
    };
    let content = XadesErrorKind::DigestMismatch { uri: String::new() };
    assert_eq!(changed("5265877635<", "5265877636<"), content);
    assert_eq!(changed("<Challenge>", "<Challenge a=''>"), content);
    assert_eq!(changed("</Challenge>", "</Challenge><x/>"), content);
    assert_eq!(changed("</Challenge>\r\n", "</Challenge>\r\n\r\n"), content);
    let time = changed("2026-11-21T08:00:00Z", "2026-11-21T08:00:01Z");
    assert!(matches!(time, XadesErrorKind::DigestMismatch { uri } if uri.starts_with("#xades-")));
    assert_eq!(changed("<ds:X509IssuerName>", "<ds:X509IssuerName>x"), {
        let id = &signed[signed.find("URI=\"#").unwrap() + 5..];
        XadesErrorKind::DigestMismatch {
            uri: id[..id.find('"').unwrap()].to_owned(),
        }
    });
    assert_eq!(
        changed("ecdsa-sha256", "ecdsa-sha384"),
        XadesErrorKind::SignatureMismatch
    );
    assert_eq!(
        changed("more#ecdsa-sha256", "more#hmac-sha256"),
        XadesErrorKind::UnsupportedAlgorithm {
            uri: "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256".into()
        }
    );
    assert_eq!(
        changed("<ds:Object>", "<ds:Object Id=\"a\"/><ds:Object Id=\"a\">"),
        XadesErrorKind::DuplicateId { id: "a".into() }
    );
    assert_eq!(
        changed("<xades:SignedProperties", "<xades:SignedProperties2"),
        XadesErrorKind::NotXml
    );
}

#[test]
fn parts_that_are_missing_or_wrong_are_named() {
    let signed = signed();
    let cut = |from: &str, to: &str| {
        let start = signed.find(from).unwrap();
        let end = signed[start..].find(to).unwrap() + start + to.len();
        kind(format!("{}{}", &signed[..start], &signed[end..]).as_bytes())
    };
    assert_eq!(
        cut("<ds:KeyInfo>", "</ds:KeyInfo>"),
        XadesErrorKind::NoCertificate
    );
    assert_eq!(
        cut("<ds:Object>", "</ds:Object>"),
        XadesErrorKind::Structure {
            part: "QualifyingProperties"
        }
    );
    assert_eq!(
        cut("<ds:SignedInfo>", "</ds:SignedInfo>"),
        XadesErrorKind::Structure { part: "SignedInfo" }
    );
    assert_eq!(
        cut("<ds:Reference Id", "</ds:Reference>"),
        XadesErrorKind::ContentNotCovered
    );
    assert_eq!(
        cut("<ds:Reference Type", "</ds:Reference>"),
        XadesErrorKind::PropertiesNotCovered
    );
    let elsewhere = signed.replace("Target=\"#", "Target=\"#x");
    assert_eq!(
        kind(elsewhere.as_bytes()),
        XadesErrorKind::Structure {
            part: "QualifyingProperties"
        }
    );
    let other = signed.replace(
        &base64_simd::STANDARD.encode_to_string(P256.certificate().der()),
        &base64_simd::STANDARD.encode_to_string(RSA.certificate().der()),
    );
    assert_eq!(kind(other.as_bytes()), XadesErrorKind::CertificateReference);
    let broken = signed.replace("<ds:X509Certificate>", "<ds:X509Certificate>AAAA");
    assert_eq!(
        kind(broken.as_bytes()),
        XadesErrorKind::MalformedCertificate
    );
    assert_eq!(XadesErrorKind::MalformedCertificate.ksef_code(), 21115);
}

/// The signed document moves aside and another takes its place: the references must not follow.
#[test]
fn signature_wrapping_fails() {
    let signed = signed();
    let root_start = signed.find("<AuthTokenRequest").unwrap();
    let root_end = signed.find("</AuthTokenRequest>").unwrap() + "</AuthTokenRequest>".len();
    let evil = |inside: &str| {
        format!(
            "<AuthTokenRequest xmlns=\"http://ksef.mf.gov.pl/auth/token/2.0\">{inside}</AuthTokenRequest>"
        )
    };
    let range = text_range(signed.as_bytes());
    let original = &signed[root_start..root_end];
    let signature = &signed[range.clone()];
    let without: String = [
        &signed[root_start..range.start],
        &signed[range.end..root_end],
    ]
    .concat();
    for xml in [
        evil(original),
        evil(&format!("<x>{without}</x>{signature}")),
        evil(&format!("{signature}<x>{without}</x>")),
        evil(&format!("<Nip>1</Nip>{signature}")),
        evil(&signature.replace(
            "</ds:Signature>",
            &format!("<ds:Object>{without}</ds:Object></ds:Signature>"),
        )),
    ] {
        assert!(
            matches!(kind(xml.as_bytes()), XadesErrorKind::DigestMismatch { .. }),
            "{xml}"
        );
    }
    // The signature around a second root: a document has only one.
    assert_eq!(
        kind(format!("{original}{}", evil("")).as_bytes()),
        XadesErrorKind::NotXml
    );
    // The signature becomes the root and the document an object in it.
    let enveloping = signature.replace(
        "</ds:Signature>",
        &format!("<ds:Object>{without}</ds:Object></ds:Signature>"),
    );
    assert_eq!(kind(enveloping.as_bytes()), XadesErrorKind::Detached);
}

/// A signature that really covers only a part must not pass for one over the whole.
#[test]
fn references_to_a_part_are_refused() {
    let part = "<r><part Id=\"p\">x</part></r>";
    let signed = sign_custom(
        part,
        "#p",
        &["http://www.w3.org/2001/10/xml-exc-c14n#"],
        part_octets,
    );
    assert_eq!(kind(signed.as_bytes()), XadesErrorKind::Detached);
    // The same reference to the root is one to the whole document.
    let whole = "<part Id=\"p\">x</part>";
    let transforms = [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
    ];
    let signed = sign_custom(whole, "#p", &transforms, part_octets);
    assert_eq!(
        check(signed.as_bytes()).unwrap().document(),
        whole.as_bytes()
    );
    // Unless an instruction stands beside it, which such a reference does not cover.
    let beside = format!("<?p?>{whole}");
    let signed = sign_custom(&beside, "#p", &transforms, part_octets);
    assert_eq!(kind(signed.as_bytes()), XadesErrorKind::Detached);
}

fn part_octets(_: &str) -> Vec<u8> {
    b"<part Id=\"p\">x</part>".to_vec()
}

/// Our own signature with another first reference, digested and signed again.
fn sign_custom(
    xml: &str,
    uri: &str,
    transforms: &[&str],
    octets: impl Fn(&str) -> Vec<u8>,
) -> String {
    let signed = String::from_utf8(sign_enveloped(xml.as_bytes(), &P256, time()).unwrap()).unwrap();
    let start = signed.find("<ds:Reference Id").unwrap();
    let end = signed.find("</ds:Reference>").unwrap();
    let transforms: String = transforms
        .iter()
        .map(|uri| format!("<ds:Transform Algorithm=\"{uri}\"/>"))
        .collect();
    let reference = format!(
        "<ds:Reference Id=\"r\" URI=\"{uri}\"><ds:Transforms>{transforms}</ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <ds:DigestValue>{}</ds:DigestValue>",
        crate::digest::sha256(&octets(xml))
    );
    let unsigned = format!("{}{reference}{}", &signed[..start], &signed[end..]);
    sign_again(&unsigned)
}

/// Replaces the signature value by one over the present `SignedInfo`.
pub(super) fn sign_again(xml: &str) -> String {
    let document = roxmltree::Document::parse(xml).unwrap();
    let info = document
        .descendants()
        .find(|n| n.has_tag_name((DSIG, "SignedInfo")))
        .unwrap();
    let how = crate::c14n::Canonicalization::new(crate::c14n::Method::Exclusive, false);
    let value = P256
        .key()
        .sign(&crate::c14n::canonicalize(info, &[], &how))
        .unwrap();
    let value = base64_simd::STANDARD.encode_to_string(value);
    let start = xml.find("<ds:SignatureValue").unwrap();
    let start = start + xml[start..].find('>').unwrap() + 1;
    let end = xml.find("</ds:SignatureValue>").unwrap();
    format!("{}{value}{}", &xml[..start], &xml[end..])
}

#[test]
fn transforms_that_are_not_allowed_are_refused() {
    let octets = |_: &str| Vec::new();
    for transforms in [
        &["http://www.w3.org/TR/1999/REC-xslt-19991116"][..],
        &[
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        ],
        &["http://www.w3.org/TR/1999/REC-xpath-19991116"],
        &["http://www.w3.org/2002/06/xmldsig-filter2"],
        &[""],
    ] {
        let signed = sign_custom("<a/>", "", transforms, octets);
        let uri = (*transforms.last().unwrap()).to_owned();
        assert_eq!(
            kind(signed.as_bytes()),
            XadesErrorKind::UnsupportedTransform { uri }
        );
    }
    // Transforms and digest are right, but the signature itself would be part of what is hashed.
    let signed = sign_custom(
        "<a></a>",
        "",
        &["http://www.w3.org/2001/10/xml-exc-c14n#"],
        |_| b"<a></a>".to_vec(),
    );
    assert_eq!(
        kind(signed.as_bytes()),
        XadesErrorKind::DigestMismatch { uri: String::new() }
    );
}

#[test]
fn the_allowed_xpath_expressions_leave_out_the_signature() {
    let c14n = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let xpath = |text: &str| {
        format!(
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">\
             <ds:XPath>{text}</ds:XPath></ds:Transform>{c14n}"
        )
    };
    let filter = |kind: &str, text: &str| {
        format!(
            "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath \
             xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"{kind}\">{text}\
             </f:XPath></ds:Transform>{c14n}"
        )
    };
    let signed = sign_custom("<a>x</a>", "", &["T"], |_| b"<a>x</a>".to_vec());
    let with = |transform: &str| {
        let xml = signed.replace("<ds:Transform Algorithm=\"T\"/>", transform);
        check(sign_again(&xml).as_bytes()).map(|v| v.document().to_vec())
    };
    for transform in [
        xpath("not(ancestor-or-self::ds:Signature)"),
        xpath("\n not( ancestor-or-self::ds:Signature )\n"),
        filter("subtract", "/descendant::ds:Signature"),
        filter("subtract", "//ds:Signature"),
        filter("subtract", "here()/ancestor::ds:Signature[1]"),
    ] {
        assert_eq!(with(&transform).unwrap(), b"<a>x</a>", "{transform}");
    }
    for transform in [
        xpath("not(ancestor-or-self::f:Signature)"),
        xpath("true()"),
        xpath("not(ancestor-or-self::ds:Signature) and self::x"),
        filter("intersect", "//ds:Signature"),
        filter("subtract", "//ds:Signature | //x"),
    ] {
        let error = with(&transform).unwrap_err();
        assert!(
            matches!(error.kind(), XadesErrorKind::UnsupportedTransform { .. }),
            "{transform}"
        );
    }
}

#[test]
fn key_values_must_be_the_certificates() {
    let signed =
        String::from_utf8(sign_enveloped(REQUEST.as_bytes(), &RSA, time()).unwrap()).unwrap();
    let key = |spki: &[u8]| {
        let bits = crate::asn1::single(spki)
            .unwrap()
            .inside()
            .nth(1)
            .unwrap()
            .bits()
            .unwrap();
        let mut parts = crate::asn1::single(bits).unwrap().inside();
        let mut part =
            || base64_simd::STANDARD.encode_to_string(parts.next().unwrap().integer().unwrap());
        format!(
            "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>\n{}\n</ds:Modulus><ds:Exponent>{}\
             </ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
            part(),
            part()
        )
    };
    let with = |value: &str| signed.replace("<ds:KeyInfo>", &format!("<ds:KeyInfo>{value}"));
    let right = key(RSA.certificate().spki_der());
    assert!(check(with(&right).as_bytes()).is_ok());
    let wrong = key(identity(KeyKind::Rsa2048).certificate().spki_der());
    assert_eq!(
        kind(with(&wrong).as_bytes()),
        XadesErrorKind::KeyValueMismatch
    );
    assert_eq!(
        kind(with("<ds:KeyValue/>").as_bytes()),
        XadesErrorKind::KeyValueMismatch
    );
}

#[test]
fn references_are_counted() {
    let signed = signed();
    let start = signed.find("<ds:Reference Type").unwrap();
    let end = signed.find("</ds:SignedInfo>").unwrap();
    let many = format!("{}{}", &signed[..end], signed[start..end].repeat(8)) + &signed[end..];
    assert_eq!(
        kind(many.as_bytes()),
        XadesErrorKind::TooManyReferences { references_max: 8 }
    );
}

#[test]
fn the_digest_of_the_certificate_is_not_enough_without_the_serial_number() {
    let signed = signed();
    let serial = P256.certificate().serial_decimal();
    let xml = signed.replace(
        &format!("{serial}</ds:X509SerialNumber>"),
        "1</ds:X509SerialNumber>",
    );
    let error = kind(&resign_properties(&xml));
    assert_eq!(error, XadesErrorKind::CertificateReference);
    // Another spelling of the issuer's name does not matter.
    let end = "</ds:X509IssuerName>";
    let xml = signed.replace(end, &format!(" spelled otherwise{end}"));
    assert!(check(&resign_properties(&xml)).is_ok());
}

/// Computes the digest of changed signed properties and the signature value anew.
fn resign_properties(xml: &str) -> Vec<u8> {
    let how = crate::c14n::Canonicalization::new(crate::c14n::Method::Exclusive, false);
    let document = roxmltree::Document::parse(xml).unwrap();
    let properties = document
        .descendants()
        .find(|n| n.has_tag_name((XADES, "SignedProperties")))
        .unwrap();
    let digest = crate::digest::sha256(&crate::c14n::canonicalize(properties, &[], &how));
    let start = xml.find("<ds:Reference Type").unwrap();
    let start = start + xml[start..].find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
    let end = start + xml[start..].find('<').unwrap();
    sign_again(&format!("{}{digest}{}", &xml[..start], &xml[end..])).into_bytes()
}

#[test]
fn signing_errors_of_keys_are_not_hidden() {
    let error = XadesError::with_source(
        XadesErrorKind::Signing,
        crate::error::Error::from(ErrorKind::Signing),
    );
    assert_eq!(error.to_string(), "the signature value could not be made");
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "signing failed"
    );
}
