//! A client for the tests: typed calls of `ksef-api` and raw requests, and the people who sign in.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::auth::{
    BearerToken, GetAuth, GetChallenge, RedeemTokens, StartedAuth, SubmitKsefToken, SubmitXades,
    TokenPair,
};
use ksef_api::ops::keys::{GetPublicKeys, PublicKeyCertificate, PublicKeyUsage};
use ksef_api::problem::Problem;
use ksef_api::request::{Request, to_http};
use ksef_api::status::StatusInfo;
use ksef_core::clock::{Clock as _, ManualClock};
use ksef_core::context::ContextIdentifier;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::rsa_oaep::PublicKey;
use ksef_crypto::self_signed::{self, Validity};
use ksef_crypto::xades::sign_enveloped;
use ksef_sandbox::{Builder, Latency, LimitProfile, Sandbox};
use serde_json::Value;

pub(crate) const NIP: &str = "5265877635";
pub(crate) const OTHER_NIP: &str = "7762811692";
pub(crate) const PESEL: &str = "15062788702";

/// A sandbox with a clock of the test, without latencies and limits.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<ManualClock>,
    http: reqwest::Client,
    tape: Mutex<Vec<Exchange>>,
}

/// Where a world with this public address is reached.
pub(crate) const PUBLIC_ORIGIN: &str = "http://ksef.example";

/// A request and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: HeaderMap,
    body: Bytes,
    pub(crate) answer: Answer,
}

impl Exchange {
    /// Whether it asks the same as `other`.
    pub(crate) fn asks_the_same(&self, other: &Self) -> bool {
        self.method == "GET"
            && self.method == other.method
            && self.path == other.path
            && self.headers == other.headers
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Holds the answer against the contract.
    fn check(&self, method: &str, path: &str) {
        let media_type = self.header("content-type");
        // What a gateway or a firewall says is not the server's own.
        let is_foreign = self.status == 403 && media_type == "application/json";
        if is_foreign || media_type.starts_with("text/html") {
            return;
        }
        crate::schema::check(method, path, self.status, media_type, &self.body);
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|builder| builder).await
    }

    pub(crate) async fn start_with(configure: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Arc::new(ManualClock::new(
            "2026-11-21T08:00:00.1234567Z".parse().unwrap(),
        ));
        let builder = Sandbox::builder()
            .clock(clock.clone())
            .latency(Latency::NONE)
            .limits(LimitProfile::Off)
            .trust_forwarded_for(true);
        let sandbox = configure(builder).start().await.unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .resolve("ksef.example", sandbox.address())
            .build()
            .unwrap();
        Self {
            sandbox,
            clock,
            http,
            tape: Mutex::default(),
        }
    }

    /// Every request so far.
    pub(crate) fn tape(&self) -> Vec<Exchange> {
        self.tape.lock().unwrap().clone()
    }

    pub(crate) fn clear_tape(&self) {
        self.tape.lock().unwrap().clear();
    }

    /// A request of a tape once more.
    pub(crate) async fn again(&self, exchange: &Exchange) -> Answer {
        let url = format!("{}{}", self.sandbox.base_url(), exchange.path);
        let request = self.http.request(exchange.method.parse().unwrap(), url);
        let request = request
            .headers(exchange.headers.clone())
            .body(exchange.body.clone());
        answer(request.send().await.unwrap()).await
    }

    /// What is at an address.
    pub(crate) async fn fetch(&self, url: &str) -> Answer {
        answer(self.http.get(url).send().await.unwrap()).await
    }

    /// Sends a request and puts it on the tape.
    async fn send(&self, request: reqwest::RequestBuilder, path: &str) -> Answer {
        let request = request.build().unwrap();
        let (method, headers) = (request.method().to_string(), request.headers().clone());
        let body = request
            .body()
            .and_then(|body| body.as_bytes())
            .unwrap_or_default();
        let body = Bytes::copy_from_slice(body);
        let answer = answer(self.http.execute(request).await.unwrap()).await;
        self.tape.lock().unwrap().push(Exchange {
            method,
            path: path.to_owned(),
            headers,
            body,
            answer: answer.clone(),
        });
        answer
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// A request as it is; `path` is relative to the base address.
    pub(crate) async fn raw(
        &self,
        method: &str,
        path: &str,
        bearer: Option<&str>,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let url = format!("{}{path}", self.sandbox.base_url());
        let mut request = self
            .http
            .request(method.parse().unwrap(), url)
            .body(body.into());
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.send(request, path).await;
        answer.check(method, path);
        answer
    }

    /// A request with a JSON body and problem documents.
    pub(crate) async fn json(
        &self,
        method: &str,
        path: &str,
        bearer: Option<&str>,
        body: Value,
    ) -> Answer {
        let headers = [
            ("content-type", "application/json"),
            ("x-error-format", "problem-details"),
        ];
        self.raw(method, path, bearer, &headers, body.to_string())
            .await
    }

    /// A request without a body.
    pub(crate) async fn get(&self, path: &str, bearer: &str) -> Answer {
        self.raw("GET", path, Some(bearer), &[], "").await
    }

    /// A typed call.
    pub(crate) async fn call<R: Request>(
        &self,
        request: &R,
        bearer: Option<&BearerToken>,
    ) -> Result<R::Answer, Problem> {
        self.call_from(request, bearer, "127.0.0.1").await
    }

    /// A typed call with a bearer that must succeed.
    pub(crate) async fn ask<R: Request>(&self, request: &R, bearer: &BearerToken) -> R::Answer {
        self.call(request, Some(bearer)).await.unwrap()
    }

    /// A typed call with a bearer that must be refused.
    pub(crate) async fn refused<R: Request>(&self, request: &R, bearer: &BearerToken) -> Problem {
        match self.call(request, Some(bearer)).await {
            Err(problem) => problem,
            Ok(_) => panic!("{} was answered", request.operation()),
        }
    }

    /// A typed call from an address.
    pub(crate) async fn call_from<R: Request>(
        &self,
        request: &R,
        bearer: Option<&BearerToken>,
        address: &str,
    ) -> Result<R::Answer, Problem> {
        let http = to_http(request, &self.sandbox.base_url()).unwrap();
        let (parts, body) = http.into_parts();
        let mut sending = self
            .http
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .header("x-forwarded-for", address)
            .body(body);
        if let Some(bearer) = bearer {
            sending = sending.bearer_auth(bearer.token.expose());
        }
        let target = http_path(request);
        let answer = self.send(sending, &target).await;
        answer.check(request.operation().method.as_str(), &request.path());
        let Answer {
            status,
            headers,
            body,
        } = answer;
        let status = StatusCode::from_u16(status).unwrap();
        if status.is_client_error() || status.is_server_error() {
            return Err(Problem::decode(status, &headers, &body));
        }
        Ok(request
            .decode(status, &headers, body)
            .unwrap_or_else(|error| panic!("{error}")))
    }

    /// The document to be signed for a context, with a fresh challenge.
    pub(crate) async fn token_request(&self, context: &str) -> String {
        let issued = self.call(&GetChallenge, None).await.unwrap();
        token_request(issued.challenge.as_str(), context, "certificateSubject", "")
    }

    pub(crate) async fn submit(&self, document: impl Into<Bytes>) -> Result<StartedAuth, Problem> {
        self.call(&SubmitXades::new(document), None).await
    }

    /// Signs in with a signature and returns how it ended.
    pub(crate) async fn sign_in(
        &self,
        identity: &Identity,
        context: &str,
    ) -> Result<(StartedAuth, StatusInfo), Problem> {
        let document = self.token_request(context).await;
        let signed = sign_enveloped(document.as_bytes(), identity, self.now()).unwrap();
        let started = self.submit(signed).await?;
        let status = self.auth_status(&started).await;
        Ok((started, status))
    }

    /// Signs the owner of [`NIP`] in with a seal.
    pub(crate) async fn owner_signs_in(&self) -> (StartedAuth, StatusInfo) {
        let context = format!("Nip:{NIP}");
        self.sign_in(&self.seal(NIP), &context).await.unwrap()
    }

    pub(crate) async fn auth_status(&self, started: &StartedAuth) -> StatusInfo {
        let request = GetAuth::new(started.reference_number);
        self.call(&request, Some(&started.authentication_token))
            .await
            .unwrap()
            .status
    }

    pub(crate) async fn redeem(&self, started: &StartedAuth) -> Result<TokenPair, Problem> {
        self.call(&RedeemTokens, Some(&started.authentication_token))
            .await
    }

    /// The tokens of somebody who signs in with a signature.
    pub(crate) async fn tokens_of(&self, identity: &Identity, context: &str) -> TokenPair {
        let (started, status) = self.sign_in(identity, context).await.unwrap();
        assert_eq!(status.code, 200, "{status}");
        self.redeem(&started).await.unwrap()
    }

    /// The tokens of the owner of a NIP.
    pub(crate) async fn owner(&self, nip: &str) -> TokenPair {
        self.tokens_of(&self.seal(nip), &format!("Nip:{nip}")).await
    }

    pub(crate) fn validity(&self) -> Validity {
        let yesterday = self
            .now()
            .checked_sub(SignedDuration::from_hours(24))
            .unwrap();
        Validity::days(yesterday, 365)
    }

    pub(crate) fn seal(&self, nip: &str) -> Identity {
        let nip = nip.parse().unwrap();
        self_signed::company_seal(
            "Przykład sp. z o.o.",
            &nip,
            KeyKind::EcP256,
            self.validity(),
        )
        .unwrap()
    }

    pub(crate) fn person(&self, pesel: &str) -> Identity {
        let pesel = pesel.parse().unwrap();
        self_signed::person_with_pesel("Anna", "Nowak", &pesel, KeyKind::EcP256, self.validity())
            .unwrap()
    }

    pub(crate) async fn public_key(&self, usage: PublicKeyUsage) -> PublicKeyCertificate {
        let keys = self.call(&GetPublicKeys, None).await.unwrap();
        keys.into_iter()
            .find(|key| key.serves(&usage, self.now()))
            .unwrap()
    }

    /// Starts an authentication with a KSeF token.
    pub(crate) async fn submit_token(
        &self,
        token: &str,
        context: &str,
    ) -> Result<StartedAuth, Problem> {
        let issued = self.call(&GetChallenge, None).await.unwrap();
        let key = self.public_key(PublicKeyUsage::KsefTokenEncryption).await;
        let wrapped = PublicKey::from_certificate_der(&key.certificate)
            .unwrap()
            .wrap(format!("{token}|{}", issued.milliseconds()).as_bytes())
            .unwrap();
        let context: ContextIdentifier = context.parse().unwrap();
        let request = SubmitKsefToken::new(issued.challenge, context, wrapped, key.public_key_id);
        self.call(&request, None).await
    }
}

/// The text of an `AuthTokenRequest`; `context` as `Type:value`, `policy` as XML.
pub(crate) fn token_request(challenge: &str, context: &str, subject: &str, policy: &str) -> String {
    let (kind, value) = context.split_once(':').unwrap();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <AuthTokenRequest xmlns=\"http://ksef.mf.gov.pl/auth/token/2.0\">\
         <Challenge>{challenge}</Challenge>\
         <ContextIdentifier><{kind}>{value}</{kind}></ContextIdentifier>\
         <SubjectIdentifierType>{subject}</SubjectIdentifierType>{policy}</AuthTokenRequest>"
    )
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The path of a call with its query, relative to the base address.
fn http_path<R: Request>(request: &R) -> String {
    let whole = to_http(request, "http://x").unwrap();
    whole.uri().path_and_query().unwrap().to_string()
}

async fn answer(response: reqwest::Response) -> Answer {
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.bytes().await.unwrap(),
    }
}
