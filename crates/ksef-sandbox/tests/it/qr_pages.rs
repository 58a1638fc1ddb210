//! The pages behind the QR codes of invoices.

use jiff::SignedDuration;
use jiff::civil::date;
use ksef_api::ops::certificates::{CertificateType, RevokeCertificate};
use ksef_api::ops::testdata::{CreatePerson, ShortenCertificate, TestPermissionType};
use ksef_core::environment::Environment;
use ksef_core::verification_link::{CertificateLink, InvoiceLink};
use ksef_crypto::certificate::{KeyKind, PrivateKey};
use ksef_crypto::digest::sha256;
use ksef_crypto::qr_signature;
use serde_json::{Value, json};

use crate::certificates::issued;
use crate::sending::{control, desk, grant, invoice};
use crate::support::{NIP, OTHER_NIP, PESEL, World, client};

/// `http://host:port` of the sandbox.
fn origin(world: &World) -> String {
    let base = world.sandbox.base_url();
    base.strip_suffix("/v2").unwrap_or(&base).to_owned()
}

async fn page(url: &str) -> (u16, Value) {
    let request = client().get(url).header("accept", "application/json");
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
    )
}

/// The checks of a page that did not pass, with what became of them.
fn failed(page: &Value) -> Vec<(String, Value)> {
    let checks = page["checks"].as_array().unwrap();
    checks
        .iter()
        .filter(|check| check["passed"] != true)
        .map(|check| {
            let name = check["check"].as_str().unwrap().to_owned();
            (name, check["passed"].clone())
        })
        .collect()
}

fn names(page: &Value) -> Vec<String> {
    failed(page).into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn code_i_of_an_accepted_invoice() {
    let (world, access, session) = desk().await;
    let accepted = session.issue(&world, &access, "FV/1").await;
    let xml = invoice(NIP, "FV/1");
    let digest = sha256(xml.as_bytes());
    let seller = NIP.parse().unwrap();
    let link = InvoiceLink::new(seller, date(2026, 11, 20), digest);
    let url = link.url(&origin(&world));
    let (status, found) = page(&url).await;
    assert_eq!(
        (status, found["valid"].as_bool()),
        (200, Some(true)),
        "{found}"
    );
    assert_eq!(
        found["facts"]["ksefNumber"],
        json!(accepted.ksef_number.unwrap())
    );
    assert_eq!(found["facts"]["invoiceNumber"], "FV/1");

    let html = client().get(&url).send().await.unwrap();
    let media_type = html.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(media_type.starts_with("text/html"));
    let html = html.text().await.unwrap();
    for text in [
        "Weryfikacja pozytywna",
        "Verified",
        "FV/1",
        "Data wystawienia",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }

    let other_day = InvoiceLink::new(seller, date(2026, 11, 19), digest);
    let (_, found) = page(&other_day.url(&origin(&world))).await;
    assert_eq!(names(&found), ["issueDate"]);
    assert_eq!(
        found["facts"]["ksefNumber"],
        Value::Null,
        "not told to strangers"
    );
    let other_seller = InvoiceLink::new(OTHER_NIP.parse().unwrap(), date(2026, 11, 20), digest);
    assert_eq!(
        names(&page(&other_seller.url(&origin(&world))).await.1),
        ["seller"]
    );
    let unknown = InvoiceLink::new(seller, date(2026, 11, 20), sha256(b"x"));
    let (status, found) = page(&unknown.url(&origin(&world))).await;
    assert_eq!(status, 200);
    let expected = [
        ("inKsef".to_owned(), json!(false)),
        ("seller".to_owned(), Value::Null),
        ("issueDate".to_owned(), Value::Null),
    ];
    assert_eq!(failed(&found), expected);
}

#[tokio::test]
async fn code_i_of_a_rejected_invoice_leads_to_its_correction() {
    let (world, access, session) = desk().await;
    let rejected = invoice(NIP, "FV/1").replace("2026-11-20", "2026-11-22");
    let body = session.body(rejected.as_bytes()).with_offline_mode();
    let sent = session.submit(&world, &access, body).await.unwrap();
    assert_eq!(
        session.settled(&world, &access, sent).await.status.code,
        450
    );
    let seller = NIP.parse().unwrap();
    let old = InvoiceLink::new(seller, date(2026, 11, 22), sha256(rejected.as_bytes()));
    let (_, found) = page(&old.url(&origin(&world))).await;
    assert_eq!(found["valid"], false, "nothing corrects it yet");
    let right = invoice(NIP, "FV/1");
    let body = session
        .body(right.as_bytes())
        .with_corrected_invoice(sha256(rejected.as_bytes()));
    let sent = session.submit(&world, &access, body).await.unwrap();
    assert_eq!(
        session.settled(&world, &access, sent).await.status.code,
        200
    );
    let (status, found) = page(&old.url(&origin(&world))).await;
    assert_eq!((status, &found["valid"]), (200, &json!(true)), "{found}");
    assert_eq!(found["facts"]["issueDate"], "2026-11-20");
}

#[tokio::test]
async fn addresses_of_no_code() {
    let world = World::start().await;
    let hash = sha256(b"x").to_base64url();
    for path in [
        format!("/invoice/123/20-11-2026/{hash}"),
        format!("/invoice/{NIP}/2026-11-20/{hash}"),
        format!("/invoice/{NIP}/20-11-2026/{hash}="),
        format!("/invoice/{NIP}/20-11-2026/x"),
        format!("/certificate/nip/{NIP}/{NIP}/01F20A5D352AE590/{hash}/x"),
        format!("/certificate/Nip/{NIP}/{NIP}/01f20a5d352ae590/{hash}/x"),
        format!("/certificate/Krs/{NIP}/{NIP}/01F20A5D352AE590/{hash}/x"),
    ] {
        let (status, found) = page(&format!("{}{path}", origin(&world))).await;
        assert_eq!(
            (status, &found["kind"]),
            (400, &json!("malformed")),
            "{path}"
        );
        let html = client()
            .get(format!("{}{path}", origin(&world)))
            .send()
            .await
            .unwrap();
        assert_eq!(html.status().as_u16(), 400);
        assert!(html.text().await.unwrap().contains("Invalid address"));
    }
}

#[tokio::test]
async fn code_ii_signed_for_either_host_in_every_encoding() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    for kind in [KeyKind::EcP256, KeyKind::Rsa2048] {
        let key = PrivateKey::generate(kind).unwrap();
        let (identity, serial) = issued(&world, &access, CertificateType::Offline, key).await;
        let link = CertificateLink {
            context: format!("Nip:{NIP}").parse().unwrap(),
            seller: NIP.parse().unwrap(),
            serial,
            digest: sha256(b"an invoice"),
        };
        let own = origin(&world);
        let official = Environment::test().qr_base().to_owned();
        for host in [&own, &official] {
            let signature = qr_signature::sign(identity.key(), &link.text_to_sign(host)).unwrap();
            let (status, found) = page(&link.url(&own, &signature)).await;
            assert_eq!((status, &found["valid"]), (200, &json!(true)), "{found}");
            assert_eq!(found["facts"]["signedHost"], json!(host));
            let changed = CertificateLink {
                digest: sha256(b"another invoice"),
                ..link
            };
            let (_, found) = page(&changed.url(&own, &signature)).await;
            assert_eq!(names(&found), ["signature"]);
        }
        let elsewhere = link.text_to_sign("https://qr.example");
        let elsewhere = qr_signature::sign(identity.key(), &elsewhere).unwrap();
        assert_eq!(
            names(&page(&link.url(&own, &elsewhere)).await.1),
            ["signature"]
        );
    }
}

/// As the Java client writes it.
#[tokio::test]
async fn code_ii_with_a_signature_of_openssl_in_der() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    if std::process::Command::new("openssl")
        .arg("version")
        .output()
        .is_err()
    {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let folder = tempfile::tempdir().unwrap();
    let sign = |key: &PrivateKey, text: &str, options: &[&str]| {
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("key.pem"), key.to_pem().as_bytes()).unwrap();
        std::fs::write(path("text"), text).unwrap();
        let mut command = std::process::Command::new("openssl");
        command
            .args(["dgst", "-sha256", "-sign"])
            .arg(path("key.pem"));
        let out = command.args(options).arg(path("text")).output().unwrap();
        assert!(out.status.success(), "{out:?}");
        URL_SAFE_NO_PAD.encode(out.stdout)
    };
    let pss = [
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:32",
    ];
    for (kind, options) in [(KeyKind::EcP256, &[][..]), (KeyKind::Rsa2048, &pss[..])] {
        let key = PrivateKey::generate(kind).unwrap();
        let (identity, serial) = issued(&world, &access, CertificateType::Offline, key).await;
        let link = CertificateLink {
            context: format!("Nip:{NIP}").parse().unwrap(),
            seller: NIP.parse().unwrap(),
            serial,
            digest: sha256(b"an invoice"),
        };
        let own = origin(&world);
        let signature = sign(identity.key(), &link.text_to_sign(&own), options);
        let (_, found) = page(&link.url(&own, &signature)).await;
        assert_eq!(found["valid"], true, "{found}");
    }
}

#[tokio::test]
async fn every_check_of_code_ii_can_fail() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let own = origin(&world);
    let new_key = || PrivateKey::generate(KeyKind::EcP256).unwrap();
    let verify = async |key: &PrivateKey, link: CertificateLink| {
        let signature = qr_signature::sign(key, &link.text_to_sign(&own)).unwrap();
        page(&link.url(&own, &signature)).await.1
    };
    let (identity, serial) = issued(&world, &owner, CertificateType::Offline, new_key()).await;
    let link = CertificateLink {
        context: format!("Nip:{NIP}").parse().unwrap(),
        seller: NIP.parse().unwrap(),
        serial,
        digest: sha256(b"an invoice"),
    };
    let unknown = CertificateLink {
        serial: "0000000000000001".parse().unwrap(),
        ..link
    };
    let found = verify(identity.key(), unknown).await;
    assert_eq!(
        names(&found),
        ["known", "type", "status", "signature", "permission"]
    );
    let key = new_key();
    let kind = CertificateType::Authentication;
    let (authentication, serial) = issued(&world, &owner, kind, key).await;
    let wrong_type = CertificateLink { serial, ..link };
    assert_eq!(
        names(&verify(authentication.key(), wrong_type).await),
        ["type"]
    );
    assert_eq!(
        names(&verify(authentication.key(), link).await),
        ["signature"]
    );

    // In the name of another seller, without and with that seller's leave.
    let for_other = CertificateLink {
        seller: OTHER_NIP.parse().unwrap(),
        ..link
    };
    assert_eq!(names(&verify(identity.key(), for_other).await), ["seller"]);
    let leave = json!({
        "seller": OTHER_NIP, "grantee": {"type": "Nip", "value": NIP}, "authorisation": "SelfInvoicing",
    });
    control(&world, "POST", "authorisations", leave).await;
    assert_eq!(verify(identity.key(), for_other).await["valid"], true);

    // An accountant without and with the right to issue.
    let person = CreatePerson::new(OTHER_NIP.parse().unwrap(), PESEL.parse().unwrap(), "person");
    world.call(&person, None).await.unwrap();
    let context = format!("Nip:{OTHER_NIP}");
    let accountant = world.tokens_of(&world.person(PESEL), &context).await;
    let accountant = accountant.access_token;
    let kind = CertificateType::Offline;
    let (of_person, serial) = issued(&world, &accountant, kind, new_key()).await;
    let by_person = CertificateLink { serial, ..link };
    assert_eq!(
        names(&verify(of_person.key(), by_person).await),
        ["permission"]
    );
    grant(&world, NIP, PESEL, TestPermissionType::InvoiceRead).await;
    assert_eq!(
        names(&verify(of_person.key(), by_person).await),
        ["permission"]
    );
    grant(&world, NIP, PESEL, TestPermissionType::InvoiceWrite).await;
    assert_eq!(verify(of_person.key(), by_person).await["valid"], true);

    // Out of use in every way.
    let suspension = format!("certificates/{}", link.serial);
    control(&world, "PUT", &suspension, json!({"suspended": true})).await;
    assert_eq!(names(&verify(identity.key(), link).await), ["status"]);
    control(&world, "PUT", &suspension, json!({"suspended": false})).await;
    let end = world.now() + SignedDuration::from_secs(60);
    world
        .ask(&ShortenCertificate::new(link.serial, end), &owner)
        .await;
    assert_eq!(verify(identity.key(), link).await["valid"], true);
    world.advance(SignedDuration::from_secs(61));
    assert_eq!(names(&verify(identity.key(), link).await), ["status"]);
    world
        .ask(&RevokeCertificate::new(serial), &accountant)
        .await;
    let found = verify(of_person.key(), by_person).await;
    assert_eq!(names(&found), ["status"]);
    let says = found["checks"][2]["description"]["en"].as_str().unwrap();
    assert_eq!(says, "The certificate is revoked.");
}
