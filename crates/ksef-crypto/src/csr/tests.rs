use std::path::Path;
use std::process::Command;

use super::*;
use crate::authority::{Authority, KsefCertificateKind};
use crate::certificate::KeyKind;
use crate::self_signed::{Subject, Validity};
use crate::signature::HashAlgorithm;

fn person() -> RequestSubject {
    RequestSubject {
        surname: Some("Żółć".to_owned()),
        given_name: Some("Anna Maria".to_owned()),
        serial_number: Some("PNOPL-15062788702".to_owned()),
        unique_identifier: Some("0f1e2d3c".to_owned()),
        ..RequestSubject::new("Anna Żółć", "PL")
    }
}

fn seal() -> RequestSubject {
    RequestSubject {
        organization: Some("Przykład sp. z o.o.".to_owned()),
        organization_identifier: Some("VATPL-5265877635".to_owned()),
        ..RequestSubject::new("Przykład", "PL")
    }
}

fn has_openssl() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    if !found {
        eprintln!("skipped: openssl is not installed");
    }
    found
}

/// Runs openssl in `dir`: whether it succeeded, and everything that it said.
fn openssl(dir: &Path, arguments: &[&str]) -> (bool, String) {
    let out = Command::new("openssl")
        .current_dir(dir)
        .args(arguments)
        .output()
        .unwrap();
    let said = [out.stdout, out.stderr].concat();
    (
        out.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn attributes_order_and_string_types_are_those_of_the_official_client() {
    let key = PrivateKey::generate(KeyKind::EcP256).unwrap();
    let request = CertificateRequest::sign(&person(), &key).unwrap();
    let written: Vec<(&str, u8)> = request
        .subject()
        .attributes()
        .iter()
        .map(|attribute| (attribute.oid.as_str(), attribute.tag))
        .collect();
    let (utf8, printable) = (0x0c, 0x13);
    assert_eq!(
        written,
        [
            ("2.5.4.3", utf8),
            ("2.5.4.4", utf8),
            ("2.5.4.42", utf8),
            ("2.5.4.6", printable),
            ("2.5.4.5", printable),
            ("2.5.4.45", utf8),
        ]
    );
    let request = CertificateRequest::sign(&seal(), &key).unwrap();
    let written: Vec<&str> = request
        .subject()
        .attributes()
        .iter()
        .map(|attribute| attribute.oid.as_str())
        .collect();
    assert_eq!(written, ["2.5.4.3", "2.5.4.10", "2.5.4.97", "2.5.4.6"]);
    let odd = RequestSubject {
        serial_number: Some("TINPL_5265877635*".to_owned()),
        ..person()
    };
    let request = CertificateRequest::sign(&odd, &key).unwrap();
    assert!(request.matches(&odd), "what is not printable goes as UTF-8");
}

#[test]
fn openssl_accepts_our_requests_and_notices_a_change() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for kind in [KeyKind::EcP256, KeyKind::Rsa2048] {
        for subject in [person(), seal()] {
            let key = PrivateKey::generate(kind).unwrap();
            let request = CertificateRequest::sign(&subject, &key).unwrap();
            request.verify_signature().unwrap();
            std::fs::write(dir.path().join("a.csr"), request.der()).unwrap();
            let verify = [
                "req",
                "-inform",
                "DER",
                "-in",
                "a.csr",
                "-verify",
                "-noout",
                "-subject",
                "-nameopt",
                "utf8,sep_comma_plus",
            ];
            let (accepted, said) = openssl(dir.path(), &verify);
            assert!(accepted && said.contains("OK"), "{said}");
            assert!(said.contains(&subject.common_name), "{said}");
            let mut changed = request.der().to_vec();
            let last = changed.len() - 1;
            changed[last] ^= 1;
            std::fs::write(dir.path().join("a.csr"), &changed).unwrap();
            let (_, said) = openssl(dir.path(), &verify);
            assert!(said.to_lowercase().contains("fail"), "{said}");
            let changed = CertificateRequest::from_der(&changed).unwrap();
            assert_eq!(
                *changed.verify_signature().unwrap_err().kind(),
                ErrorKind::SignatureMismatch
            );
        }
    }
}

#[test]
fn requests_of_openssl_are_read_in_every_listed_algorithm() {
    use HashAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let (done, said) = openssl(dir.path(), arguments);
        assert!(done, "{arguments:?}: {said}");
    };
    run(&["genrsa", "-out", "rsa.key", "2048"]);
    let ec = ["ecparam", "-name", "prime256v1", "-genkey", "-noout"];
    run(&[&ec[..], &["-out", "ec.key"]].concat());
    let subject = "/C=PL/CN=Przykład/O=Przykład sp. z o.o./organizationIdentifier=VATPL-5265877635";
    let rsa = KeyAlgorithm::Rsa { bits: 2048 };
    let pss = |hash: HashAlgorithm| SignatureScheme::RsaPss(hash);
    let cases = [
        (
            "rsa.key",
            "-sha1",
            false,
            rsa,
            SignatureScheme::RsaPkcs1(Sha1),
        ),
        (
            "rsa.key",
            "-sha256",
            false,
            rsa,
            SignatureScheme::RsaPkcs1(Sha256),
        ),
        (
            "rsa.key",
            "-sha384",
            false,
            rsa,
            SignatureScheme::RsaPkcs1(Sha384),
        ),
        (
            "rsa.key",
            "-sha512",
            false,
            rsa,
            SignatureScheme::RsaPkcs1(Sha512),
        ),
        ("rsa.key", "-sha256", true, rsa, pss(Sha256)),
        ("rsa.key", "-sha384", true, rsa, pss(Sha384)),
        ("rsa.key", "-sha512", true, rsa, pss(Sha512)),
        (
            "ec.key",
            "-sha1",
            false,
            KeyAlgorithm::EcP256,
            SignatureScheme::EcdsaDer(Sha1),
        ),
        (
            "ec.key",
            "-sha256",
            false,
            KeyAlgorithm::EcP256,
            SignatureScheme::EcdsaDer(Sha256),
        ),
        (
            "ec.key",
            "-sha384",
            false,
            KeyAlgorithm::EcP256,
            SignatureScheme::EcdsaDer(Sha384),
        ),
        (
            "ec.key",
            "-sha512",
            false,
            KeyAlgorithm::EcP256,
            SignatureScheme::EcdsaDer(Sha512),
        ),
    ];
    for (key, hash, is_pss, algorithm, scheme) in cases {
        let mut arguments = vec!["req", "-new", "-utf8", "-key", key, hash, "-subj", subject];
        arguments.extend(["-outform", "DER", "-out", "a.csr"]);
        if is_pss {
            arguments.extend(["-sigopt", "rsa_padding_mode:pss"]);
            arguments.extend(["-sigopt", "rsa_pss_saltlen:digest"]);
        }
        run(&arguments);
        let request =
            CertificateRequest::from_der(&std::fs::read(dir.path().join("a.csr")).unwrap())
                .unwrap();
        assert_eq!(request.key_algorithm().unwrap(), algorithm, "{key} {hash}");
        assert_eq!(request.signature_scheme().unwrap(), scheme, "{key} {hash}");
        request.verify_signature().unwrap();
        let expected = RequestSubject {
            organization: Some("Przykład sp. z o.o.".to_owned()),
            ..seal()
        };
        assert!(request.matches(&expected), "in any order: {request:?}");
    }
}

#[test]
fn a_subject_that_differs_in_anything_does_not_match() {
    let key = PrivateKey::generate(KeyKind::EcP256).unwrap();
    let request = CertificateRequest::sign(&person(), &key).unwrap();
    for other in [
        RequestSubject {
            surname: None,
            ..person()
        },
        RequestSubject {
            organization: Some("x".to_owned()),
            ..person()
        },
        RequestSubject {
            common_name: "anna żółć".to_owned(),
            ..person()
        },
        seal(),
    ] {
        assert!(!request.matches(&other), "{other:?}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let key = PrivateKey::generate(KeyKind::EcP256).unwrap();
    let request = CertificateRequest::sign(&person(), &key).unwrap();
    let certificate = Subject::service("x", "y")
        .self_signed(
            KeyKind::EcP256,
            Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 1),
        )
        .unwrap();
    let cut = &request.der()[..request.der().len() - 1];
    let longer = [request.der(), &[0]].concat();
    for bytes in [
        &b""[..],
        b"nonsense",
        cut,
        &longer,
        key.spki_der(),
        certificate.key().pkcs8_der(),
    ] {
        let error = CertificateRequest::from_der(bytes).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::MalformedRequest);
    }
}

#[test]
fn certificates_for_requests_are_those_of_ksef() {
    let from = "2026-11-21T08:00:00Z".parse().unwrap();
    let validity = Validity::days(from, 730);
    let subject = Subject::service("Urząd", "Urząd certyfikacji");
    let authority = Authority::generate(&subject, KeyKind::EcP256, validity).unwrap();
    for kind in [KeyKind::EcP256, KeyKind::Rsa2048] {
        let key = PrivateKey::generate(kind).unwrap();
        let request = CertificateRequest::sign(&person(), &key).unwrap();
        for (wanted, signs, commits) in [
            (KsefCertificateKind::Authentication, true, false),
            (KsefCertificateKind::Offline, false, true),
        ] {
            let certificate = authority
                .certify_request(&request, wanted, validity)
                .unwrap();
            assert_eq!(certificate.subject().der(), request.subject().der());
            assert_eq!(certificate.serial_hex().len(), 16);
            assert!(certificate.serial()[0] < 0x80, "eight bytes of DER too");
            let usage = certificate.key_usage().unwrap();
            assert_eq!(
                (usage.digital_signature(), usage.content_commitment()),
                (signs, commits)
            );
            certificate
                .verify_issued_by(authority.certificate())
                .unwrap();
            assert!(key.belongs_to(certificate.spki_der()));
            assert_eq!(certificate.not_before(), from);
        }
    }
}
