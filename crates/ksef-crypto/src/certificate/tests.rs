mod old_files;

use std::path::Path;
use std::process::Command;

use ksef_core::nip::Nip;

use super::*;
use crate::self_signed::{Validity, company_seal};

fn seal(kind: KeyKind) -> Identity {
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    company_seal(
        "Przykład",
        &Nip::parse("5265877635").unwrap(),
        kind,
        validity,
    )
    .unwrap()
}

fn has_openssl() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    if !found {
        eprintln!("skipped: openssl is not installed");
    }
    found
}

/// Runs openssl in `dir` and returns its standard output.
fn openssl(dir: &Path, arguments: &str) -> Vec<u8> {
    let out = Command::new("openssl")
        .current_dir(dir)
        .args(arguments.split_whitespace())
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    out.stdout
}

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind().clone()
}

#[test]
fn pem_and_der_round_trip_for_every_kind_of_key() {
    for kind_of_key in [KeyKind::Rsa2048, KeyKind::EcP256, KeyKind::EcP384] {
        let identity = seal(kind_of_key);
        let pem = format!(
            "{}{}",
            *identity.key().to_pem(),
            identity.certificate().to_pem()
        );
        let again = Identity::from_bytes(pem.as_bytes(), None).unwrap();
        assert_eq!(again.certificate(), identity.certificate());
        assert_eq!(again.key().pkcs8_der(), identity.key().pkcs8_der());
        let parts = Identity::from_certificate_and_key(
            identity.certificate().der(),
            identity.key().pkcs8_der(),
            None,
        );
        assert_eq!(parts.unwrap().certificate(), identity.certificate());
        let signature = again.key().sign(b"text").unwrap();
        let spki = identity.certificate().spki_der();
        let scheme = again.key().scheme();
        signature::verify(spki, scheme, b"text", &signature).unwrap();
        assert_eq!(
            kind(signature::verify(spki, scheme, b"test", &signature)),
            ErrorKind::SignatureMismatch
        );
        assert!(!format!("{identity:?}").contains("pkcs8"));
    }
}

#[test]
fn encrypted_keys_open_with_their_password_alone_here_and_in_openssl() {
    let key = PrivateKey::generate(KeyKind::EcP256).unwrap();
    let pem = key.to_encrypted_pem("zażółć").unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    let again = PrivateKey::from_bytes(pem.as_bytes(), Some("zażółć")).unwrap();
    assert_eq!(again.pkcs8_der(), key.pkcs8_der());
    let open = |password| kind(PrivateKey::from_bytes(pem.as_bytes(), password));
    assert_eq!(open(Some("zazolc")), ErrorKind::WrongPassword);
    assert_eq!(open(None), ErrorKind::PasswordRequired);
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.key"), pem.as_bytes()).unwrap();
    let plain = openssl(
        dir.path(),
        "pkcs8 -in a.key -passin pass:zażółć -outform DER",
    );
    let opened = PrivateKey::from_bytes(&plain, None).unwrap();
    assert_eq!(opened.spki_der(), key.spki_der());
}

#[test]
fn a_key_of_another_certificate_is_a_mismatch() {
    let (one, two) = (seal(KeyKind::EcP256), seal(KeyKind::EcP256));
    let mixed = Identity::new(one.certificate().clone(), Vec::new(), two.key().clone());
    assert_eq!(kind(mixed), ErrorKind::KeyMismatch);
    let mixed = Identity::from_certificate_and_key(
        one.certificate().to_pem().as_bytes(),
        two.key().to_pem().as_bytes(),
        None,
    );
    assert_eq!(kind(mixed), ErrorKind::KeyMismatch);
}

#[test]
fn bad_input_is_named() {
    let identity = seal(KeyKind::EcP256);
    let certificate = identity.certificate().to_pem();
    let key = identity.key().to_pem();
    assert_eq!(
        kind(Certificate::from_der(b"")),
        ErrorKind::MalformedCertificate
    );
    let cut = &identity.certificate().der()[..100];
    assert_eq!(
        kind(Certificate::from_der(cut)),
        ErrorKind::MalformedCertificate
    );
    assert_eq!(
        kind(Certificate::from_pem(key.as_bytes())),
        ErrorKind::NoCertificate
    );
    let no_key = PrivateKey::from_bytes(certificate.as_bytes(), None);
    assert_eq!(kind(no_key), ErrorKind::NoPrivateKey);
    let two = format!("{}{}", *key, *key);
    assert_eq!(
        kind(PrivateKey::from_bytes(two.as_bytes(), None)),
        ErrorKind::SeveralPrivateKeys { found: 2 }
    );
    assert_eq!(
        kind(PrivateKey::from_bytes(b"nonsense", None)),
        ErrorKind::MalformedKey
    );
    assert_eq!(
        kind(PrivateKey::from_bytes(b"", None)),
        ErrorKind::MalformedKey
    );
    assert_eq!(
        kind(Identity::from_pkcs12(b"nonsense", "")),
        ErrorKind::MalformedContainer
    );
}

#[test]
fn identifiers_agree_with_openssl() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let identity = seal(KeyKind::EcP256);
    let certificate = identity.certificate();
    std::fs::write(dir.path().join("c.pem"), certificate.to_pem()).unwrap();
    let text = |arguments: &str| String::from_utf8(openssl(dir.path(), arguments)).unwrap();
    let fingerprint = text("x509 -in c.pem -noout -fingerprint -sha256").replace(':', "");
    assert!(
        fingerprint
            .trim_end()
            .ends_with(certificate.fingerprint().as_str())
    );
    let serial = text("x509 -in c.pem -noout -serial");
    assert_eq!(
        serial.trim_end(),
        format!("serial={}", certificate.serial_hex())
    );
    let subject = text("x509 -in c.pem -noout -subject -nameopt RFC2253,-esc_msb,utf8");
    for part in ["C=PL", "CN=Przykład", "O=Przykład"] {
        assert!(subject.contains(part), "{subject}");
        assert!(certificate.subject().to_string().contains(part));
    }
    assert_eq!(
        text("x509 -in c.pem -noout -subject -nameopt RFC2253,-esc_msb,utf8,oid")
            .lines()
            .count(),
        1
    );
}

#[test]
fn keys_written_by_openssl_in_every_form() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    for (identity, traditional) in [
        (seal(KeyKind::Rsa2048), "rsa -traditional"),
        (seal(KeyKind::EcP256), "ec"),
        (seal(KeyKind::EcP384), "ec"),
    ] {
        std::fs::write(dir.path().join("k.pem"), identity.key().to_pem().as_bytes()).unwrap();
        let same = |result: Result<PrivateKey>| {
            assert!(
                result
                    .unwrap()
                    .belongs_to(identity.certificate().spki_der())
            );
        };
        openssl(dir.path(), &format!("{traditional} -in k.pem -out t.pem"));
        same(PrivateKey::from_bytes(&at("t.pem"), None));
        openssl(
            dir.path(),
            &format!("{traditional} -in k.pem -outform DER -out t.der"),
        );
        same(PrivateKey::from_bytes(&at("t.der"), None));

        let pbes2 = "pkcs8 -topk8 -in k.pem -v2 aes-256-cbc -passout pass:haslo -out e.pem";
        openssl(dir.path(), pbes2);
        same(PrivateKey::from_bytes(&at("e.pem"), Some("haslo")));
        assert_eq!(
            kind(PrivateKey::from_bytes(&at("e.pem"), None)),
            ErrorKind::PasswordRequired
        );
        assert_eq!(
            kind(PrivateKey::from_bytes(&at("e.pem"), Some("inne"))),
            ErrorKind::WrongPassword
        );
        openssl(
            dir.path(),
            &format!("{} -outform DER", pbes2.replace("e.pem", "e.der")),
        );
        same(PrivateKey::from_bytes(&at("e.der"), Some("haslo")));

        openssl(
            dir.path(),
            "pkcs8 -topk8 -in k.pem -v1 PBE-SHA1-3DES -passout pass:haslo -out old.pem",
        );
        let old = PrivateKey::from_bytes(&at("old.pem"), Some("haslo")).unwrap_err();
        assert!(
            matches!(old.kind(), ErrorKind::UnsupportedEncryption { .. }),
            "{old:?}"
        );
        assert!(old.to_string().contains("openssl pkcs8 -topk8"), "{old}");
    }
    openssl(
        dir.path(),
        "ec -in k.pem -aes256 -passout pass:haslo -out dek.pem",
    );
    assert!(matches!(
        kind(PrivateKey::from_bytes(&at("dek.pem"), Some("haslo"))),
        ErrorKind::UnsupportedEncryption { .. }
    ));
}

#[test]
fn containers_written_by_openssl() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let read = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    let subject = crate::self_signed::Subject::service("Test", "CA");
    let authority =
        crate::authority::Authority::generate(&subject, KeyKind::EcP256, validity).unwrap();
    let subject = crate::self_signed::Subject::service("Test", "Seal");
    for kind_of_key in [KeyKind::EcP256, KeyKind::Rsa2048] {
        let identity = authority
            .issue_signing(&subject, kind_of_key, validity)
            .unwrap();
        write("k.pem", &identity.key().to_pem());
        write("c.pem", &identity.certificate().to_pem());
        write("ca.pem", &authority.certificate().to_pem());
        for old in ["", " -legacy"] {
            openssl(
                dir.path(),
                &format!(
                    "pkcs12 -export -inkey k.pem -in c.pem -certfile ca.pem -out i.p12 \
                     -passout pass:hasło{old}"
                ),
            );
            let loaded = Identity::from_pkcs12(&read("i.p12"), "hasło").unwrap();
            assert_eq!(loaded.certificate(), identity.certificate());
            assert_eq!(loaded.chain(), identity.chain());
            let guessed = Identity::from_bytes(&read("i.p12"), Some("hasło")).unwrap();
            assert_eq!(guessed.certificate(), identity.certificate());
            assert_eq!(loaded.key().pkcs8_der(), identity.key().pkcs8_der());
            let wrong = Identity::from_pkcs12(&read("i.p12"), "haslo");
            assert_eq!(kind(wrong), ErrorKind::WrongPassword);
        }
        openssl(
            dir.path(),
            "pkcs12 -export -nokeys -in c.pem -out nokey.p12 -passout pass:x",
        );
        let keyless = Identity::from_pkcs12(&read("nokey.p12"), "x");
        assert_eq!(kind(keyless), ErrorKind::NoPrivateKey);
    }
}

/// What KSeF's TEST environment issues: ecdsa-with-SHA512 whose parameters are NULL, though they
/// must be absent.
#[test]
fn ecdsa_with_null_parameters_is_read_and_verified() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    openssl(
        dir.path(),
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.der \
         -outform DER -sha512 -subj /CN=x -days 30 -set_serial 0x4142434445464748",
    );
    let standard = std::fs::read(dir.path().join("c.der")).unwrap();
    let certificate = Certificate::from_der(&standard).unwrap();
    assert!(certificate.is_self_signed());
    assert_eq!(certificate.serial_hex(), "4142434445464748");
    assert_eq!(certificate.serial_decimal(), "4702394921427289928");

    // Write NULL after both algorithm identifiers and sign the changed body again.
    let old = asn1::encode(asn1::SEQUENCE, &asn1::encode(asn1::OID, ECDSA_SHA512));
    let null = asn1::encode(5, &[]);
    let new = asn1::encode(
        asn1::SEQUENCE,
        &[asn1::encode(asn1::OID, ECDSA_SHA512), null].concat(),
    );
    let parts: Vec<Element<'_>> = asn1::single(&standard).unwrap().inside().collect();
    let fields: Vec<Vec<u8>> = parts[0]
        .inside()
        .map(|e| {
            if e.whole == old {
                new.clone()
            } else {
                e.whole.to_vec()
            }
        })
        .collect();
    let body = asn1::encode(asn1::SEQUENCE, &fields.concat());
    std::fs::write(dir.path().join("body"), &body).unwrap();
    let value = openssl(dir.path(), "dgst -sha512 -sign k.pem body");
    let bits = asn1::encode(asn1::BIT_STRING, &[vec![0], value].concat());
    let lenient = asn1::encode(asn1::SEQUENCE, &[body, new, bits].concat());
    let certificate = Certificate::from_der(&lenient).unwrap();
    assert!(certificate.is_self_signed());
    assert_eq!(certificate.key_algorithm().unwrap(), KeyAlgorithm::EcP256);
}

#[test]
fn a_changed_certificate_is_no_longer_signed() {
    let identity = seal(KeyKind::EcP256);
    let der = identity.certificate().der();
    let mut still_signed = 0;
    for index in 0..der.len() {
        let mut changed = der.to_vec();
        changed[index] ^= 1;
        if let Ok(certificate) = Certificate::from_der(&changed) {
            still_signed += usize::from(certificate.is_self_signed());
        }
    }
    assert_eq!(still_signed, 0);
}

#[test]
fn rsa_below_2048_bits_is_refused_for_signatures() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    openssl(
        dir.path(),
        "req -x509 -newkey rsa:1024 -nodes -keyout k.pem -out c.pem -subj /CN=x -days 30",
    );
    let pem = std::fs::read(dir.path().join("c.pem")).unwrap();
    let certificate = Certificate::from_pem(&pem).unwrap();
    assert_eq!(
        certificate.key_algorithm().unwrap(),
        KeyAlgorithm::Rsa { bits: 1024 }
    );
    assert!(matches!(
        kind(certificate.verify_issued_by(&certificate)),
        ErrorKind::UnsupportedKey { .. }
    ));
}

#[test]
fn certificates_signed_with_pss_verify() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    openssl(
        dir.path(),
        "req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=x -days 30 -sha256 \
         -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32",
    );
    let pem = std::fs::read(dir.path().join("c.pem")).unwrap();
    assert!(Certificate::from_pem(&pem).unwrap().is_self_signed());
}

const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];
