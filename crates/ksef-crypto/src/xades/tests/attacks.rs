//! Documents made to be misunderstood, or to cost more than they should.

use super::*;
use crate::asn1;
use crate::c14n::{Canonicalization, Method, canonicalize};
use crate::certificate::Certificate;
use crate::digest::sha256;

const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

/// A signature over `xml` whose reference to the signed properties has these transforms.
fn with_properties_transforms(transforms: &str) -> String {
    let signed = signed();
    let start = signed.find("<ds:Reference Type").unwrap();
    let (before, reference) = signed.split_at(start);
    let own = format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"/>");
    sign_again(&format!(
        "{before}{}",
        reference.replacen(&own, transforms, 1)
    ))
}

/// Base64 hashes only text: markup could change under such a signature, and with the transform that
/// leaves out the signature nothing at all would be covered.
#[test]
fn base64_covers_neither_documents_nor_properties() {
    let base64 = format!("<ds:Transform Algorithm=\"{BASE64}\"/>");
    let enveloped = format!("<ds:Transform Algorithm=\"{DSIG}enveloped-signature\"/>");
    let refused = XadesErrorKind::UnsupportedTransform { uri: BASE64.into() };
    for transforms in [base64.clone(), format!("{enveloped}{base64}")] {
        let xml = with_properties_transforms(&transforms);
        assert_eq!(kind(xml.as_bytes()), refused, "{transforms}");
    }
    let enveloped = format!("{DSIG}enveloped-signature");
    let text = sign_custom("<a><b>QUJD</b></a>", "", &[&enveloped, BASE64], |_| {
        b"ABC".to_vec()
    });
    assert_eq!(kind(text.as_bytes()), refused);
}

/// Comments are not signed, so they must not cut the texts that are.
#[test]
fn comments_do_not_cut_what_the_properties_say() {
    let signed = signed();
    let serial = P256.certificate().serial_decimal();
    let xml = signed
        .replace("2026-11-21T08", "2026-11-21<!-- -->T08")
        .replace(
            &serial,
            &format!("{}<!-- -->{}", &serial[..1], &serial[1..]),
        );
    let verified = check(xml.as_bytes()).unwrap();
    let time = "2026-11-21T08:00:00Z".parse().unwrap();
    assert_eq!(verified.signing_time(), Some(time));
    assert_eq!(verified.document(), REQUEST.as_bytes());
}

#[test]
fn the_number_of_certificates_is_limited() {
    let signed = signed();
    let certificate = base64(RSA.certificate().der());
    let with = |count: usize| {
        let more = format!("<ds:X509Certificate>{certificate}</ds:X509Certificate>").repeat(count);
        signed.replace("<ds:X509Data>", &format!("<ds:X509Data>{more}"))
    };
    let verified = check(with(31).as_bytes()).unwrap();
    assert_eq!(verified.signer(), P256.certificate());
    assert_eq!(
        kind(with(32).as_bytes()),
        XadesErrorKind::Structure { part: "KeyInfo" }
    );
    // Those that the properties name, too: the signer's must be among the first.
    let other = format!(
        "<xades:Cert><xades:CertDigest><ds:DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{}\
         </ds:DigestValue></xades:CertDigest></xades:Cert>",
        sha256(b"another")
    );
    let named = |count: usize| {
        let start = "<xades:SigningCertificate>";
        let xml = signed.replace(start, &format!("{start}{}", other.repeat(count)));
        check(&resign_properties(&xml)).map_err(|error| error.kind().clone())
    };
    assert!(named(31).is_ok());
    assert_eq!(named(32).unwrap_err(), XadesErrorKind::CertificateReference);
}

/// A certificate with an endless serial number would take minutes to be written in decimal.
#[test]
fn serial_numbers_are_limited() {
    let parts: Vec<&[u8]> = asn1::single(P256.certificate().der())
        .unwrap()
        .inside()
        .map(|part| part.whole)
        .collect();
    let with_serial = |bytes: usize| {
        let mut fields: Vec<Vec<u8>> = asn1::single(parts[0])
            .unwrap()
            .inside()
            .map(|field| field.whole.to_vec())
            .collect();
        fields[1] = asn1::encode(asn1::INTEGER, &vec![0x55; bytes]);
        let body = asn1::encode(asn1::SEQUENCE, &fields.concat());
        asn1::encode(asn1::SEQUENCE, &[&body, parts[1], parts[2]].concat())
    };
    assert!(Certificate::from_der(&with_serial(64)).is_ok());
    assert_eq!(
        Certificate::from_der(&with_serial(65)).unwrap_err().kind(),
        &ErrorKind::MalformedCertificate
    );
}

/// A long `PrefixList` must not be searched from its beginning for every element.
#[test]
fn long_prefix_lists_cost_little() {
    use ksef_core::clock::Clock as _;
    let list: String = (0..60_000).map(|i| format!("p{i} ")).collect();
    let how = Canonicalization::new(Method::Exclusive, false).with_inclusive_prefixes(&list);
    let xml = format!("<a>{}</a>", "<b xmlns:y='z'/>".repeat(20_000));
    let document = roxmltree::Document::parse(&xml).unwrap();
    let clock = ksef_core::clock::SystemClock;
    let start = clock.now();
    canonicalize(document.root(), &[], &how);
    let taken = clock.now().duration_since(start);
    // Minutes when each element searches the whole list.
    assert!(taken.as_secs() < 5, "{taken:?}");
}

/// The holder of a certificate for signing is no authority: what it issues is not trusted.
#[test]
fn signers_cannot_issue_certificates_that_are_trusted() {
    use crate::authority::Authority;
    use crate::self_signed::Subject;
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    let subject = |name: &str| Subject::service("Test", name);
    let root = Authority::generate(&subject("root"), KeyKind::EcP256, validity).unwrap();
    let honest = root
        .issue_signing(&subject("honest"), KeyKind::EcP256, validity)
        .unwrap();
    // The same key with a certificate that the key's holder made for another name.
    let cunning = Authority::from_parts(honest.certificate().der(), honest.key().pkcs8_der())
        .unwrap()
        .issue_signing(&subject("somebody else"), KeyKind::EcP256, validity)
        .unwrap();
    assert!(root.certificate().is_authority() && !honest.certificate().is_authority());
    let signed = sign_enveloped(REQUEST.as_bytes(), &cunning, time()).unwrap();
    let verified = check(&signed).unwrap();
    assert_eq!(
        verified.other_certificates(),
        [honest.certificate().clone()]
    );
    assert!(verified.is_issued_by(honest.certificate()));
    assert!(!verified.is_issued_by(root.certificate()));
}

/// The parser takes these, but a prefix without a namespace could be read as no prefix at all.
#[test]
fn namespaces_cannot_be_undeclared() {
    for xml in [
        "<a xmlns:p=''/>",
        "<a xmlns:p='u'><b x=\"1\" xmlns:p = \n\"\"/></a>",
        "<a xmlns:xmlns='u'/>",
    ] {
        let refused = sign_enveloped(xml.as_bytes(), &P256, time()).unwrap_err();
        assert_eq!(refused.kind(), &XadesErrorKind::NotXml, "{xml}");
    }
    for xml in ["<a xmlns='' b=''/>", "<?xml-stylesheet encoding='x'?><a/>"] {
        assert!(check(&sign_enveloped(xml.as_bytes(), &P256, time()).unwrap()).is_ok());
    }
}

#[test]
fn a_document_with_one_id_twice_is_not_signed() {
    let twice = "<a><b Id='x'/><c Id='x'/></a>";
    let refused = sign_enveloped(twice.as_bytes(), &P256, time()).unwrap_err();
    assert_eq!(
        refused.kind(),
        &XadesErrorKind::DuplicateId { id: "x".into() }
    );
}

/// A service that writes ECDSA as DER is found out before KSeF does.
#[test]
fn values_of_foreign_signers_are_checked() {
    struct Service;
    impl Signer for Service {
        fn certificates(&self) -> Vec<Certificate> {
            P256.certificates()
        }
        fn scheme(&self) -> SignatureScheme {
            P256.key().scheme()
        }
        fn sign(
            &self,
            signed_info: &[u8],
        ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync + 'static>> {
            let value = P256.key().sign(signed_info)?;
            let (r, s) = value.split_at(32);
            let pair = [asn1::encode_unsigned(r), asn1::encode_unsigned(s)].concat();
            Ok(asn1::encode(asn1::SEQUENCE, &pair))
        }
    }
    let refused = sign_with(REQUEST.as_bytes(), &Service, time()).unwrap_err();
    assert_eq!(refused.kind(), &XadesErrorKind::SignatureMismatch);
}

/// R and S side by side, each as wide as the curve, neither zero: nothing else is a value.
#[test]
fn ecdsa_values_have_one_form() {
    let signed = signed();
    let start = signed.find("<ds:SignatureValue").unwrap();
    let start = start + signed[start..].find('>').unwrap() + 1;
    let end = signed.find("</ds:SignatureValue>").unwrap();
    let right = base64_simd::STANDARD
        .decode_to_vec(&signed[start..end])
        .unwrap();
    let (r, s) = right.split_at(32);
    let zero = [0; 32];
    for value in [
        Vec::new(),
        right[..63].to_vec(),
        [&right[..], &[0]].concat(),
        [&[0], r, &[0], s].concat(),
        [zero, zero].concat(),
        [r, &zero].concat(),
        [&zero, s].concat(),
        vec![0xff; 64],
        [s, r].concat(),
    ] {
        let xml = format!("{}{}{}", &signed[..start], base64(&value), &signed[end..]);
        assert_eq!(
            kind(xml.as_bytes()),
            XadesErrorKind::SignatureMismatch,
            "{value:02x?}"
        );
    }
}

/// Only the one `SignedProperties` in the signature's own object counts.
#[test]
fn signed_properties_have_one_place() {
    let signed = signed();
    let between = |from: &str, to: &str| {
        let start = signed.find(from).unwrap();
        start..signed.find(to).unwrap() + to.len()
    };
    let properties = &signed[between("<xades:SignedProperties", "</xades:SignedProperties>")];
    let qualifying = &signed[between(
        "<xades:QualifyingProperties",
        "</xades:QualifyingProperties>",
    )];
    let evil = properties.replacen("-properties\"", "-evil\"", 1);
    let structure = |part| XadesErrorKind::Structure { part };
    for (from, to, expected) in [
        // A second one beside it, in a second QualifyingProperties, or in a second object.
        (
            properties,
            format!("{evil}{properties}"),
            structure("SignedProperties"),
        ),
        (
            qualifying,
            format!("{}{qualifying}", qualifying.replace(properties, &evil)),
            structure("QualifyingProperties"),
        ),
        // The signed one moves into another object, and another takes its place.
        (
            "<ds:Object>",
            format!("<ds:Object xmlns:xades=\"{XADES}\">{properties}</ds:Object><ds:Object>"),
            XadesErrorKind::Detached,
        ),
    ] {
        let mut xml = signed.replacen(from, &to, 1);
        if expected == XadesErrorKind::Detached {
            let at = xml.rfind(properties).unwrap();
            xml = format!("{}{evil}{}", &xml[..at], &xml[at + properties.len()..]);
        }
        assert_eq!(kind(xml.as_bytes()), expected, "{xml}");
    }
}

/// `ID`, `id`, `xml:id` and `ds:Id` are no Ids: they cannot be pointed to, nor stand in the way.
#[test]
fn ids_are_spelled_in_one_way() {
    let signed = signed();
    let start = signed.find("URI=\"#").unwrap() + "URI=\"#".len();
    let id = &signed[start..start + signed[start..].find('"').unwrap()];
    for name in ["ID", "id", "xml:id", "ds:Id", "xades:Id"] {
        let decoy = format!(
            "<ds:Object xmlns:xades=\"{XADES}\"><x {name}=\"{id}\"/></ds:Object><ds:Object>"
        );
        let with_decoy = signed.replacen("<ds:Object>", &decoy, 1);
        let verified = check(with_decoy.as_bytes()).unwrap();
        assert_eq!(verified.document(), REQUEST.as_bytes(), "{name}");
        let own = format!("SignedProperties Id=\"{id}\"");
        let other = format!("SignedProperties {name}=\"{id}\"");
        assert_eq!(
            kind(signed.replacen(&own, &other, 1).as_bytes()),
            XadesErrorKind::Detached,
            "{name}"
        );
    }
}

#[test]
fn messages_do_not_repeat_the_document() {
    let long = "ż".repeat(100_000);
    for kind in [
        XadesErrorKind::DuplicateId { id: long.clone() },
        XadesErrorKind::DigestMismatch { uri: long.clone() },
        XadesErrorKind::UnsupportedAlgorithm { uri: long.clone() },
        XadesErrorKind::UnsupportedTransform { uri: long },
    ] {
        let message = kind.to_string();
        assert!(message.contains(&"ż".repeat(200)) && message.chars().count() < 300);
    }
}
