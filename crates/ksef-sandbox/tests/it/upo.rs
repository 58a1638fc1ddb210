//! The UPO: content, signature, ways to it.

use std::path::PathBuf;
use std::process::Command;

use jiff::SignedDuration;
use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::sessions::{GetUpoByInvoice, GetUpoByKsefNumber, GetUpoPage, SessionInvoice};
use ksef_core::secret::SecretText;
use ksef_crypto::certificate::Certificate;
use ksef_crypto::digest::sha256;
use ksef_crypto::xades::{VerifyOptions, verify};
use ksef_invoice::semantics::InvoicingMode;
use ksef_invoice::upo::{AuthenticationProof, ISSUER, Upo, read};

use crate::sending::{Sending, code, invoice};
use crate::support::{NIP, OTHER_NIP, World, client};

/// A session with an accepted invoice.
async fn accepted(world: &World, access: &BearerToken) -> (Sending, SessionInvoice) {
    let session = Sending::open(world, access).await;
    let invoice = session.outcome(world, access, &invoice(NIP, "FV/1")).await;
    assert_eq!(invoice.status.code, 200);
    (session, invoice)
}

/// Status, digest header and body behind a presigned link.
async fn follow(link: &str) -> (u16, String, Vec<u8>) {
    let response = client().get(link).send().await.unwrap();
    let status = response.status().as_u16();
    let digest = response
        .headers()
        .get("x-ms-meta-hash")
        .map(|value| value.to_str().unwrap().to_owned());
    (
        status,
        digest.unwrap_or_default(),
        response.bytes().await.unwrap().to_vec(),
    )
}

async fn authority(world: &World) -> Certificate {
    let url = format!("{}ca.pem", world.sandbox.control_url());
    let pem = client()
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    Certificate::from_pem(&pem).unwrap()
}

async fn check_seal(world: &World, upo: &[u8]) -> Upo {
    let verified = verify(upo, &VerifyOptions::default()).unwrap();
    verified
        .signer()
        .verify_issued_by(&authority(world).await)
        .unwrap();
    assert!(verified.signer().is_valid_at(world.now()));
    read(upo).unwrap()
}

#[tokio::test]
async fn the_upo_of_an_invoice_comes_by_three_ways_and_is_always_the_same() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let (session, invoice) = accepted(&world, &access).await;
    let number = invoice.ksef_number.unwrap();
    let by_number = GetUpoByKsefNumber::new(session.reference, number);
    let first = world.ask(&by_number, &access).await;
    let by_invoice = GetUpoByInvoice::new(session.reference, invoice.reference_number);
    let second = world.ask(&by_invoice, &access).await;
    let link = invoice
        .upo_download_url
        .as_ref()
        .map(SecretText::expose)
        .unwrap();
    assert!(
        link.starts_with(&world.sandbox.base_url().replace("/v2", "/storage/")),
        "{link}"
    );
    let expires = invoice.upo_download_url_expiration_date.unwrap();
    assert_eq!(expires.duration_since(world.now()).as_hours(), 72);
    let (status, digest, third) = follow(link).await;
    assert_eq!((status, digest), (200, sha256(&third).to_base64()));
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(first.bytes, third);

    let upo = check_seal(&world, &third).await;
    assert_eq!(
        upo.issuer,
        "Ministerstwo Finansów - środowisko testowe (TE)"
    );
    assert_eq!(
        (upo.session, upo.context.to_string()),
        (session.reference, format!("Nip:{NIP}"))
    );
    assert_eq!(
        (upo.schema.as_str(), upo.form.as_str()),
        ("Schemat_FA(3)_v1-0E.xsd", "FA (3)")
    );
    assert!(matches!(upo.proof, AuthenticationProof::Document(_)));
    assert_eq!(upo.page, None);
    let [document] = upo.documents.as_slice() else {
        panic!("one document")
    };
    assert_eq!(
        (document.ksef_number, document.number.as_str()),
        (number, "FV/1")
    );
    assert_eq!(
        (document.seller.as_str(), document.digest),
        (NIP, invoice.invoice_hash)
    );
    assert_eq!(document.mode, Some(InvoicingMode::Offline));
    assert_eq!(
        document.sent.as_millisecond(),
        invoice.invoicing_date.as_millisecond()
    );
}

#[tokio::test]
async fn the_proof_is_the_document_that_was_signed_or_the_token() {
    let world = World::start().await;
    let document = world.token_request(&format!("Nip:{NIP}")).await;
    let signed =
        ksef_crypto::xades::sign_enveloped(document.as_bytes(), &world.seal(NIP), world.now())
            .unwrap();
    let started = world.submit(signed.clone()).await.unwrap();
    let access = world.redeem(&started).await.unwrap().access_token;
    let (session, invoice) = accepted(&world, &access).await;
    let request = GetUpoByInvoice::new(session.reference, invoice.reference_number);
    let upo = read(&world.ask(&request, &access).await.bytes).unwrap();
    assert_eq!(upo.proof, AuthenticationProof::Document(sha256(&signed)));

    let body = serde_json::json!({"permissions": ["InvoiceWrite"], "description": "for the test"});
    let made = world
        .json("POST", "/tokens", Some(access.token.expose()), body)
        .await
        .json();
    let token = made["token"].as_str().unwrap();
    let started = world
        .submit_token(token, &format!("Nip:{NIP}"))
        .await
        .unwrap();
    let access = world.redeem(&started).await.unwrap().access_token;
    let session = Sending::open(&world, &access).await;
    let sent = session.outcome(&world, &access, &invoice_of("FV/2")).await;
    let request = GetUpoByInvoice::new(session.reference, sent.reference_number);
    let upo = read(&world.ask(&request, &access).await.bytes).unwrap();
    let AuthenticationProof::Token(reference) = upo.proof else {
        panic!("{:?}", upo.proof)
    };
    assert_eq!(
        reference.as_str(),
        made["referenceNumber"].as_str().unwrap()
    );
}

fn invoice_of(number: &str) -> String {
    invoice(NIP, number)
}

#[tokio::test]
async fn the_upo_of_a_session_lists_what_was_accepted() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let (session, first) = accepted(&world, &access).await;
    session.outcome(&world, &access, "<a/>").await;
    let second = session.issue(&world, &access, "FV/2").await;
    session.close(&world, &access).await.unwrap();
    let ended = session.becomes(&world, &access, 200).await;
    assert_eq!(
        ended.status.description,
        "Sesja interaktywna przetworzona pomyślnie"
    );
    let [page] = ended.upo_pages() else {
        panic!("one page: {ended:?}")
    };
    let (status, digest, bytes) = follow(page.download_url.expose()).await;
    assert_eq!((status, digest), (200, sha256(&bytes).to_base64()));
    let request = GetUpoPage::new(session.reference, page.reference_number);
    assert_eq!(world.ask(&request, &access).await.bytes, bytes);
    let upo = check_seal(&world, &bytes).await;
    let numbers: Vec<_> = upo
        .documents
        .iter()
        .map(|document| document.ksef_number)
        .collect();
    assert_eq!(
        numbers,
        [first.ksef_number.unwrap(), second.ksef_number.unwrap()]
    );
    let described = upo.page.unwrap();
    assert_eq!((described.number, described.count), (1, 1));
    assert_eq!(
        (described.first, described.last, described.total),
        (1, 2, 2)
    );
    // Links are made anew at each query.
    world.advance(SignedDuration::from_secs(5));
    let again = session.status(&world, &access).await;
    assert_ne!(again.upo_pages()[0].download_url, page.download_url);
    assert_eq!(again.upo_pages()[0].reference_number, page.reference_number);
}

#[tokio::test]
async fn links_end_after_three_days_and_cannot_be_forged() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let (_, invoice) = accepted(&world, &access).await;
    let link = invoice.upo_download_url.unwrap();
    let link = link.expose();
    for forged in [
        link.replace("sig=", "sig=A"),
        link.replace("2026-11-24", "2027-11-24"),
        link.replace("upo_5265877635", "upo_7762811692"),
        link.split_once('?').unwrap().0.to_owned(),
    ] {
        assert_eq!(follow(&forged).await.0, 403, "{forged}");
    }
    world.advance(SignedDuration::from_hours(71));
    assert_eq!(follow(link).await.0, 200);
    world.advance(SignedDuration::from_hours(2));
    assert_eq!(follow(link).await.0, 403);
}

#[tokio::test]
async fn a_upo_that_is_not_there() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let (session, invoice) = accepted(&world, &access).await;
    let other = Sending::open(&world, &access).await;
    let number = invoice.ksef_number.unwrap();
    let refused = world
        .call(
            &GetUpoByKsefNumber::new(other.reference, number),
            Some(&access),
        )
        .await
        .unwrap_err();
    let detail = format!(
        "UPO o numerze KSeF {number} i numerze referencyjnym sesji {} nie zostało znalezione.",
        other.reference
    );
    assert_eq!(code(&refused), (21178, detail));
    let request = GetUpoByInvoice::new(other.reference, invoice.reference_number);
    assert_eq!(code(&world.refused(&request, &access).await).0, 21178);
    let rejected = session.outcome(&world, &access, "<a/>").await;
    let request = GetUpoByInvoice::new(session.reference, rejected.reference_number);
    assert_eq!(code(&world.refused(&request, &access).await).0, 21178);
    let page = "20250901-EU-47FDBE3000-5961A5D232-BF".parse().unwrap();
    let refused = world
        .refused(&GetUpoPage::new(session.reference, page), &access)
        .await;
    assert_eq!(code(&refused).0, 21178);
    let unknown = "20250925-SO-2F67776000-97273B191A-65".parse().unwrap();
    let refused = world
        .refused(&GetUpoPage::new(unknown, page), &access)
        .await;
    assert_eq!(code(&refused).0, 21173);
    let stranger = world.owner(OTHER_NIP).await.access_token;
    let request = GetUpoByInvoice::new(session.reference, invoice.reference_number);
    assert_eq!(world.refused(&request, &stranger).await.status, 403);
}

#[tokio::test]
async fn other_judges_accept_seal_and_schema() {
    let world = World::start_with(|builder| builder.receiver_name(ISSUER)).await;
    let access = world.owner(NIP).await.access_token;
    let (session, invoice) = accepted(&world, &access).await;
    session.close(&world, &access).await.unwrap();
    let page = session.becomes(&world, &access, 200).await.upo_pages()[0].clone();
    let directory = tempfile::tempdir().unwrap();
    let ca = directory.path().join("ca.pem");
    std::fs::write(&ca, authority(&world).await.to_pem()).unwrap();
    let links = [invoice.upo_download_url.unwrap(), page.download_url];
    for (index, link) in links.iter().enumerate() {
        let bytes = follow(link.expose()).await.2;
        let file = directory.path().join(format!("upo-{index}.xml"));
        std::fs::write(&file, &bytes).unwrap();
        let judged = Command::new("xmlsec1")
            .args([
                "--verify",
                "--enabled-key-data",
                "x509,rsa",
                "--id-attr:Id",
                "SignedProperties",
                "--trusted-pem",
            ])
            .args([&ca, &file])
            .output();
        match judged {
            Err(_) => eprintln!("skipped: xmlsec1 is not installed"),
            Ok(judged) => assert!(
                judged.status.success(),
                "{}",
                String::from_utf8_lossy(&judged.stderr)
            ),
        }
        check_schema(&bytes, &file);
    }
}

/// The schema has no place for the signature, so it is checked without.
fn check_schema(upo: &[u8], file: &std::path::Path) {
    let Some(schema) = spec("xsd/upo/upo-v4-3.xsd") else {
        eprintln!("skipped: the schema of the UPO is not here");
        return;
    };
    let text = std::str::from_utf8(upo).unwrap();
    let (before, rest) = text.split_once("<ds:Signature ").unwrap();
    let (_, after) = rest.split_once("</ds:Signature>").unwrap();
    std::fs::write(file, format!("{before}{after}")).unwrap();
    let judged = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .args([&schema, file])
        .output();
    match judged {
        Err(_) => eprintln!("skipped: xmllint is not installed"),
        Ok(judged) => assert!(
            judged.status.success(),
            "{}",
            String::from_utf8_lossy(&judged.stderr)
        ),
    }
}

/// A file of the Ministry's specification, when it is on this machine.
fn spec(path: &str) -> Option<PathBuf> {
    let directory = std::env::var_os("KSEF_SPEC_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec"),
        PathBuf::from,
    );
    Some(directory.join(path)).filter(|path| path.exists())
}
