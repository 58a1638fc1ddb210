use ksef_crypto::authority::Authority;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::digest::sha256;
use ksef_crypto::self_signed::{Subject, Validity};
use ksef_crypto::xades::sign_enveloped;
use ksef_invoice::metadata;
use ksef_invoice::upo;
use ksef_invoice::upo::{AuthenticationProof, UpoDocument, UpoVersion};

use super::*;
use crate::send::plan::tests::invoice;

fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn authority(validity: Validity) -> (Authority, ksef_crypto::certificate::Identity) {
    let subject = Subject::service("Test", "Authority");
    let authority = Authority::generate(&subject, KeyKind::EcP256, validity).unwrap();
    let seal = Subject::service("Test", "UPO");
    let identity = authority
        .issue_signing(&seal, KeyKind::EcP256, validity)
        .unwrap();
    (authority, identity)
}

fn number() -> KsefNumber {
    KsefNumber::parse("5265877635-20250826-0100001AF629-AF").unwrap()
}

fn session() -> SessionRef {
    SessionRef::parse("20250625-SO-2C3E6C8000-B675CF5D68-07").unwrap()
}

/// An unsigned UPO of this document.
fn upo_of(xml: &str) -> String {
    let facts = metadata::read(xml.as_bytes()).unwrap();
    let upo = Upo {
        version: UpoVersion::V4_3,
        declared_version: None,
        issuer: "Test".to_owned(),
        session: session(),
        context: facts.seller.nip.into(),
        proof: AuthenticationProof::Document(sha256(b"login")),
        page: None,
        schema: facts.form.schema_file(),
        form: facts.form.system_code().to_owned(),
        documents: vec![UpoDocument {
            seller: facts.seller.nip,
            ksef_number: number(),
            number: facts.number.clone(),
            issue_date: facts.issue_date,
            sent: now(),
            numbered: now(),
            digest: sha256(xml.as_bytes()),
            mode: None,
        }],
    };
    String::from_utf8(upo::write(&upo)).unwrap()
}

#[test]
fn a_genuine_upo_of_this_invoice_passes_and_nothing_else() {
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    let (authority, seal) = authority(validity);
    let xml = invoice("5265877635", "A/1", "2026-11-20");
    let facts = metadata::read(xml.as_bytes()).unwrap();
    let upo = upo_of(&xml);
    let signed = sign_enveloped(upo.as_bytes(), &seal, now()).unwrap();
    let check = |bytes: &[u8], document: &str, authority: Option<&Authority>| {
        let hash = sha256(document.as_bytes());
        let anchors = Anchors::new(authority.map(|it| it.certificate().clone()));
        check_invoice_upo(bytes, &number(), &hash, Some(&facts), &anchors, now())
    };
    let nobody = Anchors::default();
    let signer = check(&signed, &xml, Some(&authority)).unwrap();
    assert!(signer.contains("UPO"), "{signer}");
    assert!(check(&signed, &xml, None).is_ok());
    assert!(check_session_upo(&signed, session(), &nobody, now()).is_ok());

    // Another document, another number, another session.
    let why = check(&signed, &(xml.clone() + " "), None).unwrap_err();
    assert!(why.contains("SHA-256"), "{why}");
    let other = KsefNumber::parse("5265877635-20250826-0100001AF629-AF").unwrap();
    let hash = sha256(xml.as_bytes());
    assert!(check_invoice_upo(&signed, &other, &hash, None, &nobody, now()).is_ok());
    let absent = KsefNumber::generate(facts.seller.nip, facts.issue_date, 7);
    assert!(check_invoice_upo(&signed, &absent, &hash, None, &nobody, now()).is_err());
    let strange = SessionRef::generate(facts.issue_date, 1, 1);
    assert!(check_session_upo(&signed, strange, &nobody, now()).is_err());

    // Not signed, changed after signing, signed by somebody else, no UPO at all.
    let why = check(upo.as_bytes(), &xml, None).unwrap_err();
    assert!(why.contains("signature"), "{why}");
    let text = String::from_utf8(signed.clone()).unwrap();
    assert!(check(text.replace("A/1", "A/2").as_bytes(), &xml, None).is_err());
    let (stranger, _) = self::authority(validity);
    let why = check(&signed, &xml, Some(&stranger)).unwrap_err();
    assert!(why.contains("its signer is not trusted"), "{why}");
    let letter = sign_enveloped(b"<letter/>", &seal, now()).unwrap();
    let why = check(&letter, &xml, None).unwrap_err();
    assert!(why.contains("no UPO"), "{why}");
}

#[test]
fn the_certificate_must_have_been_valid_when_it_signed() {
    let short = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 30);
    let (_, seal) = authority(short);
    let xml = invoice("5265877635", "A/1", "2026-11-20");
    let upo = upo_of(&xml);
    let hash = sha256(xml.as_bytes());
    let nobody = Anchors::default();
    let then: Timestamp = "2026-01-15T00:00:00Z".parse().unwrap();
    for (signing_time, passes) in [(then, true), (now(), false)] {
        let signed = sign_enveloped(upo.as_bytes(), &seal, signing_time).unwrap();
        let outcome = check_invoice_upo(&signed, &number(), &hash, None, &nobody, now());
        assert_eq!(outcome.is_ok(), passes, "{outcome:?}");
    }
}
