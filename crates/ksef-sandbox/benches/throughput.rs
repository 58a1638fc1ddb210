//! Invoices accepted per second, end to end over loopback: HTTP, decryption, verification, numbers, status.
//!
//! `cargo bench -p ksef-sandbox --bench throughput [-- INVOICES [CONNECTIONS]]`. Client and server share the machine.
//! Sealing is done beforehand; each line is one run of a fresh world, in memory and on disk.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a benchmark measures real time, prints what it measured, and stops where it fails"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::auth::{BearerToken, GetChallenge, RedeemTokens, SubmitXades};
use ksef_api::ops::keys::{GetPublicKeys, PublicKeyUsage};
use ksef_api::ops::sessions::{
    CloseOnlineSession, EncryptionInfo, GetSession, InvoiceContent, OpenOnlineSession,
    SendInvoiceBody,
};
use ksef_api::request::{Request, to_http};
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::digest::sha256;
use ksef_crypto::rsa_oaep::PublicKey;
use ksef_crypto::self_signed::{Validity, company_seal};
use ksef_crypto::session_key::SessionKey;
use ksef_crypto::xades::sign_enveloped;
use ksef_sandbox::{Latency, LimitProfile, Sandbox};

const NIP: &str = "5265877635";

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let invoices = numbers.next().unwrap_or(5_000);
    let connections = numbers.next().unwrap_or(8);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    println!("{invoices} invoices of about 10 KB over {connections} connections");
    for on_disk in [false, true] {
        for _ in 0..3 {
            runtime.block_on(run(invoices, connections, on_disk));
        }
    }
}

async fn run(invoices: usize, connections: usize, on_disk: bool) {
    let directory = tempfile::tempdir().unwrap();
    let mut builder = Sandbox::builder()
        .latency(Latency::NONE)
        .limits(LimitProfile::Off);
    if on_disk {
        builder = builder.data_dir(directory.path());
    }
    let sandbox = builder.start().await.unwrap();
    let client = Client {
        base: sandbox.base_url(),
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    };
    let access = client.sign_in().await;
    let (session, key) = client.open(&access).await;
    let bodies: Vec<Bytes> = (0..invoices).map(|number| body(&key, number)).collect();

    let start = Instant::now();
    client.send_all(session, &access, bodies, connections).await;
    let received = start.elapsed();
    loop {
        let status = client.call(&GetSession::new(session), Some(&access)).await;
        assert_eq!(status.failed_invoice_count, None);
        if status.successful_invoice_count == u32::try_from(invoices).ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let accepted = start.elapsed();
    client
        .call(&CloseOnlineSession::new(session), Some(&access))
        .await;
    while client
        .call(&GetSession::new(session), Some(&access))
        .await
        .status
        .code
        != 200
    {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let per_second = |elapsed: Duration| invoices as f64 / elapsed.as_secs_f64();
    println!(
        "{}: received {:.0}/s, accepted {:.0}/s, UPO of the session after another {:.0} ms",
        if on_disk { "on disk  " } else { "in memory" },
        per_second(received),
        per_second(accepted),
        (start.elapsed() - accepted).as_secs_f64() * 1e3,
    );
    sandbox.shutdown().await;
}

#[derive(Clone)]
struct Client {
    base: String,
    http: reqwest::Client,
}

impl Client {
    async fn call<R: Request>(&self, request: &R, bearer: Option<&BearerToken>) -> R::Answer {
        let (parts, body) = to_http(request, &self.base).unwrap().into_parts();
        let mut sending = self
            .http
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body);
        if let Some(bearer) = bearer {
            sending = sending.bearer_auth(bearer.token.expose());
        }
        let answer = sending.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        request
            .decode(status, &headers, answer.bytes().await.unwrap())
            .unwrap()
    }

    async fn sign_in(&self) -> BearerToken {
        let challenge = self.call(&GetChallenge, None).await;
        let document = format!(
            "<AuthTokenRequest xmlns=\"http://ksef.mf.gov.pl/auth/token/2.0\"><Challenge>{}</Challenge>\
             <ContextIdentifier><Nip>{NIP}</Nip></ContextIdentifier>\
             <SubjectIdentifierType>certificateSubject</SubjectIdentifierType></AuthTokenRequest>",
            challenge.challenge
        );
        let now = Timestamp::now();
        let yesterday = now.checked_sub(SignedDuration::from_hours(24)).unwrap();
        let validity = Validity::days(yesterday, 365);
        let identity =
            company_seal("Bench", &NIP.parse().unwrap(), KeyKind::EcP256, validity).unwrap();
        let signed = sign_enveloped(document.as_bytes(), &identity, now).unwrap();
        let started = self.call(&SubmitXades::new(signed), None).await;
        self.call(&RedeemTokens, Some(&started.authentication_token))
            .await
            .access_token
    }

    async fn open(&self, access: &BearerToken) -> (SessionRef, SessionKey) {
        let keys = self.call(&GetPublicKeys, None).await;
        let usage = PublicKeyUsage::SymmetricKeyEncryption;
        let public = keys
            .into_iter()
            .find(|key| key.serves(&usage, Timestamp::now()))
            .unwrap();
        let key = SessionKey::generate().unwrap();
        let wrapped = PublicKey::from_certificate_der(&public.certificate)
            .unwrap()
            .wrap(key.key())
            .unwrap();
        let encryption = EncryptionInfo::new(wrapped, *key.iv(), public.public_key_id);
        let request = OpenOnlineSession::new(FormCode::Fa3, encryption);
        (
            self.call(&request, Some(access)).await.reference_number,
            key,
        )
    }

    async fn send_all(
        &self,
        session: SessionRef,
        access: &BearerToken,
        bodies: Vec<Bytes>,
        connections: usize,
    ) {
        let url = format!("{}/sessions/online/{session}/invoices", self.base);
        let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicUsize::new(0)));
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let (http, url, bodies, next) = (
                self.http.clone(),
                url.clone(),
                Arc::clone(&bodies),
                Arc::clone(&next),
            );
            let bearer = access.token.expose().to_owned();
            workers.spawn(async move {
                while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let request = http.post(&url).bearer_auth(&bearer).body(body.clone());
                    let answer = request.send().await.unwrap();
                    assert_eq!(answer.status().as_u16(), 202);
                    answer.bytes().await.unwrap();
                }
            });
        }
        workers.join_all().await;
    }
}

/// The JSON body of one invoice of about 10 KB.
fn body(key: &SessionKey, number: usize) -> Bytes {
    let line = |index: usize| {
        format!(
            "<FaWiersz><NrWierszaFa>{index}</NrWierszaFa><P_7>Usługa numer {index} według umowy ramowej</P_7>\
             <P_8A>szt.</P_8A><P_8B>1</P_8B><P_9A>100.00</P_9A><P_11>100.00</P_11><P_12>23</P_12></FaWiersz>"
        )
    };
    let lines: String = (1..=45).map(line).collect();
    let xml = include_str!("../tests/data/minimal-fa3.xml")
        .replace("FV/1/2026", &format!("FV/{number}"))
        .replace("</RodzajFaktury>", &format!("</RodzajFaktury>{lines}"));
    let sealed = key.encrypt(xml.as_bytes()).unwrap();
    let size = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap();
    SendInvoiceBody::new(
        (sha256(xml.as_bytes()), size(xml.as_bytes())),
        (sha256(&sealed), size(&sealed)),
        InvoiceContent::from_ciphertext(sealed),
    )
    .to_json()
}
