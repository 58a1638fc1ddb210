//! A server that knows just enough of KSeF, and misbehaves by script.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use ksef_core::clock::{Clock, SystemClock};
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::environment::Environment;
use ksef_core::key_id::KeyId;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::reference::{AuthRef, Challenge, InvoiceRef, SessionRef, UpoRef};
use ksef_core::secret::SecretText;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::rsa_oaep::PrivateKey;
use ksef_crypto::self_signed::{Validity, company_seal};
use ksef_crypto::session_key::SessionKey;
use ksef_sdk::api::operation::{Auth, Operation, RateLimit};
use ksef_sdk::api::ops::auth::{
    BearerToken, IssuedChallenge, RefreshedAccess, StartedAuth, SubmitKsefToken, TokenPair,
};
use ksef_sdk::api::ops::keys::{PublicKeyCertificate, PublicKeyUsage};
use ksef_sdk::api::ops::limits::RateLimits;
use ksef_sdk::api::ops::sessions::{
    InvoiceStatusInfo, OpenOnlineSession, OpenedOnlineSession, SendInvoiceBody, SentInvoice,
    Session, SessionInvoice, SessionInvoices, UpoLinks, UpoPage,
};
use ksef_sdk::api::problem::{ApiError, Problem};
use ksef_sdk::api::status::{InvoiceStatus, SessionStatus, StatusInfo};
use ksef_sdk::auth::Credentials;
use ksef_sdk::session::SendOptions;
use ksef_sdk::{Client, ClientBuilder, RetryPolicy, Timeouts};
use tokio::net::TcpListener;

/// What happens to a request instead of what should.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Answers this and does nothing.
    Answer(u16, &'static str, String),
    /// 429 with this `Retry-After`.
    Throttle(&'static str),
    /// 503 with this `Retry-After`.
    Unavailable(&'static str),
    /// 400 with this code.
    Refuse(i32),
    /// Closes the connection without doing the work.
    Drop,
    /// Does the work and closes the connection.
    WorkThenDrop,
    /// Closes the connection at once and does the work after a while.
    DropThenWork(Duration),
    /// Does the work and answers this.
    WorkThen(u16, &'static str, String),
    /// Does the work and sends half of the answer.
    Truncate,
    /// Answers so many bytes without saying how many, in chunks of this size.
    Unannounced(usize, usize),
    /// Waits, then does what it should.
    Wait(Duration),
    /// Does what it should.
    Work,
}

pub(crate) const JSON: &str = "application/problem+json";
pub(crate) const HTML: &str = "text/html";

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) operation: String,
    pub(crate) authorization: Option<String>,
    pub(crate) user_agent: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Server {
    base: String,
    pub(crate) state: Arc<State>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    script: Mutex<BTreeMap<String, VecDeque<Act>>>,
    pub(crate) seen: Mutex<Vec<Seen>>,
    pub(crate) world: Mutex<World>,
    numbers: AtomicU64,
}

/// What the server knows; tests change it.
#[derive(Debug, Default)]
pub(crate) struct World {
    /// Access tokens below this number are not accepted any more.
    pub(crate) oldest_access: u64,
    pub(crate) refuses_refresh: bool,
    /// Answers of the status of a login; the last one stays.
    pub(crate) login_statuses: Vec<StatusInfo>,
    /// Keys that are published, and which of the pool are accepted.
    pub(crate) key: usize,
    pub(crate) sessions: BTreeMap<SessionRef, Sending>,
    pub(crate) invoice_status: Option<InvoiceStatusInfo>,
    /// How often an invoice is asked for before its status is final.
    pub(crate) polls_before_final: u32,
    pub(crate) polls: BTreeMap<InvoiceRef, u32>,
    pub(crate) stored: BTreeMap<KsefNumber, Bytes>,
    pub(crate) session_life: Option<SignedDuration>,
    /// What is said about request limits; nothing is limited unless given.
    pub(crate) limits: Option<RateLimits>,
    pub(crate) upo_hash_is_wrong: bool,
    pub(crate) base: String,
}

#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) status: SessionStatus,
    pub(crate) key: SessionKey,
    pub(crate) invoices: Vec<(InvoiceRef, Sha256Digest)>,
}

static KEYS: LazyLock<Vec<Identity>> = LazyLock::new(|| {
    let validity = Validity::days(now() - SignedDuration::from_hours(1), 30);
    let nip = Nip::parse("5265877635").unwrap();
    (0..2)
        .map(|_| company_seal("MF", &nip, KeyKind::Rsa2048, validity).unwrap())
        .collect()
});

static SEAL: LazyLock<Identity> = LazyLock::new(|| {
    let validity = Validity::days(now() - SignedDuration::from_hours(1), 30);
    let nip = Nip::parse("5265877635").unwrap();
    company_seal("Firma", &nip, KeyKind::EcP256, validity).unwrap()
});

pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

pub(crate) fn context() -> ContextIdentifier {
    ContextIdentifier::parse("Nip:5265877635").unwrap()
}

pub(crate) fn seal() -> Credentials {
    Credentials::certificate(SEAL.clone())
}

pub(crate) fn key_id(number: usize) -> KeyId {
    KEYS[number].certificate().public_key_id()
}

/// What waits briefly, so that tests do.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default()
        .with_delays(Duration::from_millis(1), Duration::from_millis(5))
        .with_patience(Duration::from_secs(5))
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        state.world().base.clone_from(&base);
        let served = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let state = Arc::clone(&served);
                tokio::spawn(async move {
                    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                        let state = Arc::clone(&state);
                        async move { state.serve(request.map(Body::new)).await }
                    });
                    // A dropped connection ends here with an error, as it should.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { base, state }
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment::custom(&self.base).unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder(self.environment())
            .context(context())
            .retry(quick())
            .timeouts(Timeouts::default().with_request(Duration::from_secs(5)))
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().credentials(seal()).build().unwrap()
    }

    pub(crate) fn script(&self, operation: &str, acts: impl IntoIterator<Item = Act>) {
        self.state
            .script
            .lock()
            .unwrap()
            .entry(operation.into())
            .or_default()
            .extend(acts);
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.state
            .seen
            .lock()
            .unwrap()
            .iter()
            .filter(|seen| seen.operation == operation)
            .count()
    }

    pub(crate) fn seen(&self, operation: &str) -> Vec<Seen> {
        let seen = self.state.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| seen.operation == operation)
            .cloned()
            .collect()
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.state.world()
    }

    /// Hashes of the invoices of all sessions.
    pub(crate) fn invoices(&self) -> Vec<Sha256Digest> {
        let world = self.world();
        let sessions = world.sessions.values();
        sessions
            .flat_map(|session| session.invoices.iter().map(|(_, hash)| *hash))
            .collect()
    }
}

/// A connection that closes without an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dropped")
    }
}

impl std::error::Error for Dropped {}

impl State {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst)
    }

    async fn serve(self: &Arc<Self>, request: Request<Body>) -> Result<Response<Body>, Dropped> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 32 * 1024 * 1024)
            .await
            .map_err(|_| Dropped)?;
        let path = parts.uri.path().to_owned();
        let routed = path.strip_prefix("/v2").and_then(|path| {
            Operation::route(parts.method.as_str(), path).map(|operation| (operation, path))
        });
        let name = routed
            .map_or("storage", |(operation, _)| operation.id)
            .to_owned();
        let text = |name: &str| {
            parts
                .headers
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        self.seen.lock().unwrap().push(Seen {
            operation: name.clone(),
            authorization: text("authorization"),
            user_agent: text("user-agent"),
        });
        let act = self
            .script
            .lock()
            .unwrap()
            .get_mut(&name)
            .and_then(VecDeque::pop_front);
        let work = || match routed {
            Some((operation, path)) => self.work(operation, path, &parts.headers, &body),
            None => self.storage(&parts.method, &path),
        };
        match act.clone().unwrap_or(Act::Work) {
            Act::Answer(status, media_type, text) => Ok(answer(status, media_type, text)),
            Act::Throttle(wait) | Act::Unavailable(wait) => {
                let is_throttle = matches!(act, Some(Act::Throttle(_)));
                let status = if is_throttle { 429 } else { 503 };
                let mut response = problem(&Problem::of_status(status));
                response
                    .headers_mut()
                    .insert("retry-after", wait.parse().unwrap());
                Ok(response)
            }
            Act::Refuse(code) => Ok(refuse(code)),
            Act::Drop => Err(Dropped),
            Act::WorkThenDrop => {
                work();
                Err(Dropped)
            }
            Act::DropThenWork(wait) => {
                let (state, operation) = (Arc::clone(self), routed.map(|(operation, _)| operation));
                let path = path.strip_prefix("/v2").unwrap_or_default().to_owned();
                tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    state.work(operation.unwrap(), &path, &parts.headers, &body);
                });
                Err(Dropped)
            }
            Act::WorkThen(status, media_type, text) => {
                work();
                Ok(answer(status, media_type, text))
            }
            Act::Truncate => {
                let (mut parts, body) = work().into_parts();
                let whole = to_bytes(body, usize::MAX).await.unwrap();
                parts.headers.insert("content-length", whole.len().into());
                let half = whole.slice(..whole.len() / 2);
                let pieces = [Ok(half), Err(Dropped)];
                let body = Body::from_stream(futures_util::stream::iter(pieces));
                Ok(Response::from_parts(parts, body))
            }
            Act::Unannounced(bytes, chunk) => {
                let chunks = (0..bytes / chunk).map(move |_| Ok::<_, Dropped>(vec![b' '; chunk]));
                Ok(Response::new(Body::from_stream(
                    futures_util::stream::iter(chunks),
                )))
            }
            Act::Wait(wait) => {
                tokio::time::sleep(wait).await;
                Ok(work())
            }
            Act::Work => Ok(work()),
        }
    }

    fn work(
        &self,
        operation: &Operation,
        path: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Response<Body> {
        let bearer = headers
            .get("authorization")
            .map_or("", |value| value.to_str().unwrap());
        if let Auth::Access = operation.auth {
            let number = bearer
                .strip_prefix("Bearer access-")
                .and_then(|text| text.parse().ok());
            if number.is_none_or(|number: u64| number < self.world().oldest_access) {
                return problem(&Problem::unauthorized());
            }
        }
        let segments: Vec<&str> = path.split('/').collect();
        let reference = segments.get(2).copied().unwrap_or_default();
        match operation.id {
            "auth.challenge" => json(200, &self.challenge()),
            "auth.xades_signature" => {
                let document = String::from_utf8(body.to_vec()).unwrap();
                assert!(document.contains("<ds:Signature") || document.contains("Signature>"));
                json(202, &self.started())
            }
            "auth.ksef_token" => self.start_with_token(body),
            "auth.status" => {
                assert_eq!(bearer, "Bearer operation-token");
                self.login_status()
            }
            "auth.redeem" => {
                assert_eq!(bearer, "Bearer operation-token");
                json(
                    200,
                    &TokenPair {
                        access_token: self.access(),
                        refresh_token: token("refresh-token"),
                    },
                )
            }
            "auth.refresh" if self.world().refuses_refresh => refuse(21_301),
            "auth.refresh" => {
                assert_eq!(bearer, "Bearer refresh-token");
                json(
                    200,
                    &RefreshedAccess {
                        access_token: self.access(),
                    },
                )
            }
            "auth.terminate_current" => empty(204),
            "limits.rate_limits" => {
                let unlimited = RateLimits::from_groups(|_| RateLimit::OFF);
                json(200, &self.world().limits.unwrap_or(unlimited))
            }
            "testdata.set_rate_limits" => empty(200),
            "tokens.list" => json(200, &serde_json::json!({ "tokens": [] })),
            "keys.public_key_certificates" => json(200, &self.keys()),
            "sessions.open_online" => self.open(body),
            "sessions.send_invoice" => self.send(SessionRef::parse(segments[3]).unwrap(), body),
            "sessions.close_online" => self.close(SessionRef::parse(segments[3]).unwrap()),
            "sessions.invoices" => self.list(SessionRef::parse(reference).unwrap(), headers),
            "sessions.status" => self.session(SessionRef::parse(reference).unwrap()),
            "sessions.invoice_status" => {
                let invoice = InvoiceRef::parse(segments[4]).unwrap();
                self.invoice(SessionRef::parse(reference).unwrap(), invoice)
            }
            "sessions.upo" => xml(Bytes::from_static(UPO), true),
            "invoices.download" => {
                let number = KsefNumber::parse(segments[3]).unwrap();
                match self.world().stored.get(&number) {
                    Some(bytes) => xml(bytes.clone(), true),
                    None => refuse(21_164),
                }
            }
            other => panic!("the server does not know {other}"),
        }
    }

    fn challenge(&self) -> IssuedChallenge {
        let timestamp = now();
        IssuedChallenge {
            challenge: Challenge::generate(jiff::civil::date(2026, 11, 21), self.number(), 1),
            timestamp,
            timestamp_ms: Some(timestamp.as_millisecond()),
            client_ip: None,
        }
    }

    fn started(&self) -> StartedAuth {
        StartedAuth {
            reference_number: AuthRef::generate(jiff::civil::date(2026, 11, 21), self.number(), 1),
            authentication_token: token("operation-token"),
        }
    }

    fn start_with_token(&self, body: &Bytes) -> Response<Body> {
        let request: SubmitKsefToken = serde_json::from_slice(body).unwrap();
        let current = self.world().key;
        if request.public_key_id != Some(key_id(current)) {
            return refuse(21_470);
        }
        let plain = private_key(current)
            .unwrap(&request.encrypted_token)
            .unwrap();
        let text = String::from_utf8(plain.to_vec()).unwrap();
        let (token, milliseconds) = text.rsplit_once('|').unwrap();
        assert!(token.ends_with(&"ab".repeat(32)), "{token}");
        assert!(milliseconds.parse::<i64>().is_ok());
        json(202, &self.started())
    }

    fn login_status(&self) -> Response<Body> {
        let mut world = self.world();
        let status = match world.login_statuses.len() {
            0 => StatusInfo::new(200, "Uwierzytelnianie zakończone sukcesem"),
            1 => world.login_statuses[0].clone(),
            _ => world.login_statuses.remove(0),
        };
        json(
            200,
            &serde_json::json!({ "startDate": now().to_string(), "status": status }),
        )
    }

    fn access(&self) -> BearerToken {
        token(&format!("access-{}", self.number()))
    }

    pub(crate) fn keys(&self) -> Vec<PublicKeyCertificate> {
        let certificate = KEYS[self.world().key].certificate();
        vec![PublicKeyCertificate {
            certificate: Bytes::copy_from_slice(certificate.der()),
            certificate_id: certificate.certificate_id(),
            public_key_id: certificate.public_key_id(),
            valid_from: certificate.not_before(),
            valid_to: certificate.not_after(),
            usage: vec![
                PublicKeyUsage::KsefTokenEncryption,
                PublicKeyUsage::SymmetricKeyEncryption,
            ],
        }]
    }

    fn open(&self, body: &Bytes) -> Response<Body> {
        let request: OpenOnlineSession = serde_json::from_slice(body).unwrap();
        let mut world = self.world();
        if request.encryption.public_key_id != Some(key_id(world.key)) {
            return refuse(21_470);
        }
        let encryption = request.encryption;
        let key = private_key(world.key)
            .unwrap(&encryption.encrypted_symmetric_key)
            .unwrap();
        let key = SessionKey::from_slices(&key, &encryption.initialization_vector).unwrap();
        let reference = SessionRef::generate(jiff::civil::date(2026, 11, 21), self.number(), 2);
        let sending = Sending {
            status: SessionStatus::Open,
            key,
            invoices: Vec::new(),
        };
        world.sessions.insert(reference, sending);
        let life = world.session_life.unwrap_or(SignedDuration::from_hours(12));
        json(
            201,
            &OpenedOnlineSession {
                reference_number: reference,
                valid_until: now() + life,
            },
        )
    }

    fn send(&self, session: SessionRef, body: &Bytes) -> Response<Body> {
        let sent: SendInvoiceBody = serde_json::from_slice(body).unwrap();
        let mut world = self.world();
        let Some(sending) = world.sessions.get_mut(&session) else {
            return refuse(21_173);
        };
        if sending.status != SessionStatus::Open {
            return refuse(21_180);
        }
        let ciphertext = sent.encrypted_invoice_content.ciphertext().unwrap();
        let plain = sending.key.decrypt(&ciphertext).unwrap();
        assert_eq!(ksef_crypto::digest::sha256(&plain), sent.invoice_hash);
        assert_eq!(
            ksef_crypto::digest::sha256(&ciphertext),
            sent.encrypted_invoice_hash
        );
        assert_eq!(plain.len() as u64, sent.invoice_size);
        let reference = InvoiceRef::generate(jiff::civil::date(2026, 11, 21), self.number(), 3);
        sending.invoices.push((reference, sent.invoice_hash));
        json(
            202,
            &SentInvoice {
                reference_number: reference,
            },
        )
    }

    fn close(&self, session: SessionRef) -> Response<Body> {
        let mut world = self.world();
        match world.sessions.get_mut(&session) {
            None => refuse(21_173),
            Some(sending) if sending.status != SessionStatus::Open => refuse(21_180),
            Some(sending) => {
                sending.status = if sending.invoices.is_empty() {
                    SessionStatus::from_code(440)
                } else {
                    SessionStatus::from_code(200)
                };
                empty(204)
            }
        }
    }

    /// Pages of ten, so that lists have several.
    fn list(&self, session: SessionRef, headers: &HeaderMap) -> Response<Body> {
        let world = self.world();
        let Some(sending) = world.sessions.get(&session) else {
            return refuse(21_173);
        };
        let token = headers.get("x-continuation-token");
        let from: usize = token.map_or(0, |token| token.to_str().unwrap().parse().unwrap());
        let status = world.invoice_status.as_ref();
        let all = sending.invoices.iter().enumerate();
        let invoices: Vec<_> = all
            .skip(from)
            .take(10)
            .map(|(at, sent)| entry(at, sent, status))
            .collect();
        let more = sending.invoices.len() > from + 10;
        let mut page = serde_json::to_value(SessionInvoices {
            continuation_token: None,
            invoices,
        })
        .unwrap();
        if more {
            page["continuationToken"] = (from + 10).to_string().into();
        }
        json(200, &page)
    }

    fn session(&self, session: SessionRef) -> Response<Body> {
        let world = self.world();
        let Some(sending) = world.sessions.get(&session) else {
            return refuse(21_173);
        };
        let upo = (sending.status.code() == 200).then(|| UpoLinks {
            pages: vec![UpoPage {
                reference_number: UpoRef::generate(jiff::civil::date(2026, 11, 21), 1, 4),
                download_url: SecretText::new(format!(
                    "{}/storage/upo?sig=presigned-secret",
                    world.base
                )),
                download_url_expiration_date: now() + SignedDuration::from_hours(72),
            }],
        });
        json(
            200,
            &Session {
                status: StatusInfo::new(sending.status.code(), sending.status.description()),
                date_created: now(),
                date_updated: now(),
                valid_until: None,
                upo,
                invoice_count: None,
                successful_invoice_count: None,
                failed_invoice_count: None,
            },
        )
    }

    fn invoice(&self, session: SessionRef, invoice: InvoiceRef) -> Response<Body> {
        let mut world = self.world();
        let polls = world.polls.entry(invoice).or_default();
        *polls += 1;
        let polls = *polls;
        let pending = InvoiceStatusInfo::of(InvoiceStatus::Processing);
        let status = if polls <= world.polls_before_final {
            Some(&pending)
        } else {
            world.invoice_status.as_ref()
        };
        let sent = &world.sessions[&session].invoices;
        let at = sent
            .iter()
            .position(|(reference, _)| *reference == invoice)
            .unwrap();
        json(200, &entry(at, &sent[at], status))
    }

    fn storage(&self, method: &Method, path: &str) -> Response<Body> {
        assert_eq!((method, path), (&Method::GET, "/storage/upo"));
        xml(Bytes::from_static(UPO), !self.world().upo_hash_is_wrong)
    }
}

pub(crate) const UPO: &[u8] = b"<Potwierdzenie/>";

fn private_key(number: usize) -> PrivateKey {
    PrivateKey::from_pkcs8(KEYS[number].key().pkcs8_der()).unwrap()
}

fn token(text: &str) -> BearerToken {
    BearerToken {
        token: SecretText::new(text),
        valid_until: now() + SignedDuration::from_mins(15),
    }
}

fn entry(
    at: usize,
    (reference, hash): &(InvoiceRef, Sha256Digest),
    status: Option<&InvoiceStatusInfo>,
) -> SessionInvoice {
    SessionInvoice {
        ordinal_number: u32::try_from(at + 1).unwrap(),
        invoice_number: None,
        ksef_number: None,
        reference_number: *reference,
        invoice_hash: *hash,
        invoice_file_name: None,
        acquisition_date: None,
        invoicing_date: now(),
        permanent_storage_date: None,
        upo_download_url: None,
        upo_download_url_expiration_date: None,
        invoicing_mode: None,
        status: status
            .cloned()
            .unwrap_or_else(|| InvoiceStatusInfo::of(InvoiceStatus::Accepted)),
    }
}

fn json<T: serde::Serialize>(status: u16, value: &T) -> Response<Body> {
    let mut response = answer(
        status,
        "application/json",
        serde_json::to_string(value).unwrap(),
    );
    let warning = "[xml-002]: Ostrzezenie | [sig-001]: Inne";
    response
        .headers_mut()
        .insert("x-system-warning", warning.parse().unwrap());
    response
}

fn xml(bytes: Bytes, hash_is_right: bool) -> Response<Body> {
    let hash = ksef_crypto::digest::sha256(if hash_is_right { &bytes } else { b"other" });
    let mut response = Response::new(Body::from(bytes));
    response
        .headers_mut()
        .insert("content-type", "application/xml".parse().unwrap());
    response
        .headers_mut()
        .insert("x-ms-meta-hash", hash.to_base64().parse().unwrap());
    response
}

fn answer(status: u16, media_type: &str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
        .headers_mut()
        .insert("content-type", media_type.parse().unwrap());
    response
}

fn empty(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

pub(crate) fn refuse(code: i32) -> Response<Body> {
    problem(&Problem::bad_request(vec![ApiError::of_code(code)]))
}

fn problem(problem: &Problem) -> Response<Body> {
    let errors: Vec<_> = problem
        .errors
        .iter()
        .map(|error| {
            serde_json::json!({
                "code": error.code, "description": error.description, "details": error.details,
            })
        })
        .collect();
    let body = serde_json::json!({
        "title": "Problem", "status": problem.status, "errors": errors,
        "traceId": "0af7651916cd43dd8448eb211c80319c",
    });
    answer(problem.status, JSON, body.to_string())
}

/// Sends documents that stand for invoices.
pub(crate) fn unjudged() -> SendOptions {
    SendOptions::default().without_validation()
}
