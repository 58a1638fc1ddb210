//! One login from the challenge to the tokens.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::auth::{
    AllowedIps, BearerToken, GetAuth, GetChallenge, IssuedChallenge, RedeemTokens, RefreshAccess,
    StartedAuth, SubmitKsefToken, SubmitXades, TerminateCurrentAuth,
};
use ksef_api::ops::keys::PublicKeyUsage;
use ksef_api::status::StatusClass;
use ksef_core::context::ContextIdentifier;
use ksef_core::ksef_token::KsefToken;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::credentials::Credentials;
use super::request::{AuthTokenRequest, SchemaVersion, SubjectType};
use crate::caller::Caller;
use crate::error::{Error, ErrorKind, FailedStatus};
use crate::keys::{Keys, UNKNOWN_KEY};
use crate::retry::PollDelays;
use crate::tokens::{Authenticator, BoxFuture, IssuedTokens, RefreshedToken, header};

/// How one signs in.
#[derive(Debug, Clone)]
pub struct LoginOptions {
    subject: SubjectType,
    version: SchemaVersion,
    allowed_ips: Option<AllowedIps>,
    verify_certificate_chain: Option<bool>,
    enforce_compliance: bool,
    wait_max: Duration,
}

impl Default for LoginOptions {
    /// As the subject of the certificate, from any address, waiting two minutes at most.
    fn default() -> Self {
        Self {
            subject: SubjectType::default(),
            version: SchemaVersion::default(),
            allowed_ips: None,
            verify_certificate_chain: None,
            enforce_compliance: false,
            wait_max: Duration::from_secs(120),
        }
    }
}

impl LoginOptions {
    /// With what says who signs in.
    #[must_use]
    pub fn with_subject(mut self, subject: SubjectType) -> Self {
        self.subject = subject;
        self
    }

    /// With this version of the signed document.
    #[must_use]
    pub fn with_version(mut self, version: SchemaVersion) -> Self {
        self.version = version;
        self
    }

    /// The tokens work from these addresses only. They are checked when signing in.
    #[must_use]
    pub fn with_allowed_ips(mut self, allowed_ips: AllowedIps) -> Self {
        self.allowed_ips = Some(allowed_ips);
        self
    }

    /// Asks for the check of the certificate's chain also where self-signed ones are accepted.
    #[must_use]
    pub fn with_verify_certificate_chain(mut self, verify: bool) -> Self {
        self.verify_certificate_chain = Some(verify);
        self
    }

    /// Asks for the strict checks of the signature where they are still optional.
    #[must_use]
    pub fn with_enforced_compliance(mut self) -> Self {
        self.enforce_compliance = true;
        self
    }

    /// The longest wait for the server's verdict; checks of revocation can take a while.
    #[must_use]
    pub fn with_wait_max(mut self, wait: Duration) -> Self {
        self.wait_max = wait;
        self
    }
}

/// Signs in with one set of credentials, in any context.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) caller: Arc<Caller>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) credentials: Credentials,
    pub(crate) options: LoginOptions,
}

impl Authenticator for Login {
    fn name(&self) -> String {
        self.credentials.name()
    }

    fn login<'a>(
        &'a self,
        context: &'a ContextIdentifier,
    ) -> BoxFuture<'a, Result<IssuedTokens, Error>> {
        Box::pin(self.until_done(context))
    }

    fn refresh<'a>(
        &'a self,
        refresh: &'a BearerToken,
    ) -> BoxFuture<'a, Result<RefreshedToken, Error>> {
        Box::pin(async move {
            let bearer = header(refresh.token.expose())?;
            let answer = self.caller.call(&RefreshAccess, Some(bearer)).await?;
            let server_time = answer.server_time();
            Ok(RefreshedToken {
                access: answer.value.access_token,
                server_time,
            })
        })
    }

    fn abandon<'a>(&'a self, issued: &'a IssuedTokens) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let Ok(bearer) = header(issued.access.token.expose()) else {
                return;
            };
            if let Err(error) = self.caller.call(&TerminateCurrentAuth, Some(bearer)).await {
                tracing::warn!(%error, "a login that was abandoned lives on");
            }
        })
    }
}

/// A challenge, and when we had it.
struct Challenged {
    issued: IssuedChallenge,
    at: Instant,
}

impl Challenged {
    /// What the server's clock shows now.
    fn server_time(&self) -> Timestamp {
        let since = SignedDuration::try_from(self.at.elapsed()).unwrap_or(SignedDuration::ZERO);
        self.issued
            .timestamp
            .checked_add(since)
            .unwrap_or(self.issued.timestamp)
    }
}

impl Login {
    /// Signs in, anew when a step was lost on the way or the system interrupted itself.
    async fn until_done(&self, context: &ContextIdentifier) -> Result<IssuedTokens, Error> {
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        let mut attempt = 1;
        loop {
            let error = match self.once(context).await {
                Ok(tokens) => return Ok(tokens),
                Err(error) => error,
            };
            // A step whose outcome is unknown has used its challenge or its tokens up: only a new login helps, and
            // one that nobody redeems does no harm.
            let is_blocked = matches!(error.kind(), ErrorKind::Firewall { .. });
            let again = error.is_outcome_unknown() && !is_blocked || is_interrupted(&error);
            let wait = delays.after(&error);
            let Some(wait) = wait.filter(|_| again && attempt < ATTEMPTS_MAX) else {
                return Err(error.before_the_work());
            };
            tracing::debug!(%context, attempt, %error, "signing in anew");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn once(&self, context: &ContextIdentifier) -> Result<IssuedTokens, Error> {
        if let Credentials::Tokens(_) = &self.credentials {
            return Err(Error::new(ErrorKind::Unauthorised).with_source(
                "the tokens have ended and there are no credentials to sign in with",
            ));
        }
        let issued = self.caller.call(&GetChallenge, None).await?.value;
        let challenged = Challenged {
            issued,
            at: Instant::now(),
        };
        let started = match &self.credentials {
            Credentials::KsefToken(token) => {
                self.start_with_token(context, token, &challenged.issued)
                    .await?
            }
            _ => {
                self.start_with_signature(context, &challenged.issued)
                    .await?
            }
        };
        let mut tokens = self.finish(&started).await?;
        tokens.server_time = Some(challenged.server_time());
        Ok(tokens)
    }

    /// The rest of a login whose document was signed elsewhere.
    pub(crate) async fn submit_signed(&self, document: Vec<u8>) -> Result<IssuedTokens, Error> {
        let answer = self.caller.call(&self.submission(document), None).await?;
        let server_time = answer.server_time();
        let mut tokens = self.finish(&answer.value).await?;
        tokens.server_time = server_time;
        Ok(tokens)
    }

    async fn start_with_signature(
        &self,
        context: &ContextIdentifier,
        issued: &IssuedChallenge,
    ) -> Result<StartedAuth, Error> {
        // Nobody is known by NIP or PESEL in a compound context.
        let subject = match context {
            ContextIdentifier::NipVatUe(_) => SubjectType::CertificateFingerprint,
            _ => self.options.subject,
        };
        let mut request = AuthTokenRequest::new(issued.challenge, *context)
            .with_subject(subject)
            .with_version(self.options.version);
        if let Some(allowed) = &self.options.allowed_ips {
            request = request.with_allowed_ips(allowed.clone())?;
        }
        let document = request.to_xml();
        // The challenge's own instant as SigningTime: by the server's clock it is past, and by less than the ten
        // minutes that the challenge lives, whatever the clock of this machine shows.
        let signed = self.sign(document.as_bytes(), issued.timestamp).await?;
        Ok(self
            .caller
            .call(&self.submission(signed), None)
            .await?
            .value)
    }

    async fn sign(&self, document: &[u8], signing_time: Timestamp) -> Result<Vec<u8>, Error> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::Crypto)
                .with_source(source)
                .at("auth.sign")
        };
        match &self.credentials {
            Credentials::Certificate(identity) => {
                ksef_crypto::xades::sign_enveloped(document, identity, signing_time)
                    .map_err(|error| failed(Box::new(error)))
            }
            Credentials::External(signer) => signer
                .sign(document, signing_time)
                .await
                .map_err(|error| failed(Box::new(error))),
            Credentials::KsefToken(_) | Credentials::Tokens(_) => {
                Err(Error::misuse("these credentials cannot sign"))
            }
        }
    }

    fn submission(&self, document: Vec<u8>) -> SubmitXades {
        let mut submission = SubmitXades::new(document);
        if let Some(verify) = self.options.verify_certificate_chain {
            submission = submission.with_verify_certificate_chain(verify);
        }
        if self.options.enforce_compliance {
            submission = submission.with_enforced_compliance();
        }
        submission
    }

    async fn start_with_token(
        &self,
        context: &ContextIdentifier,
        token: &KsefToken,
        issued: &IssuedChallenge,
    ) -> Result<StartedAuth, Error> {
        let plain = Zeroizing::new(format!("{}|{}", token.expose(), issued.milliseconds()));
        let usage = PublicKeyUsage::KsefTokenEncryption;
        let mut key = self.keys.key(&usage).await?;
        let mut is_fresh = false;
        loop {
            let wrapped = key.wrap(plain.as_bytes())?;
            let mut request = SubmitKsefToken::new(issued.challenge, *context, wrapped, key.id());
            if let Some(allowed) = &self.options.allowed_ips {
                request = request.with_allowed_ips(allowed.clone());
            }
            match self.caller.call(&request, None).await {
                Ok(answer) => return Ok(answer.value),
                Err(error) if error.has_code(UNKNOWN_KEY) && !is_fresh => {
                    key = self.keys.replacement(&key, &usage).await?;
                    is_fresh = true;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for the verdict and takes the tokens.
    async fn finish(&self, started: &StartedAuth) -> Result<IssuedTokens, Error> {
        let bearer = header(started.authentication_token.token.expose())?;
        let status = GetAuth::new(started.reference_number);
        let began = Instant::now();
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        loop {
            let code = match self.caller.call(&status, Some(bearer.clone())).await {
                Ok(answer) => {
                    let status = answer.value.status;
                    match StatusClass::of_code(status.code) {
                        StatusClass::Done => break,
                        StatusClass::Failed => return Err(failed_status(status)),
                        StatusClass::Pending => Some(status.code),
                    }
                }
                // For a moment after its start, an authentication may not be found.
                Err(error) if error.has_code(NOT_FOUND) && began.elapsed() < NOT_FOUND_YET => None,
                Err(error) => return Err(error),
            };
            let wait = delays.next();
            if began.elapsed() + wait > self.options.wait_max {
                return Err(Error::new(ErrorKind::Pending {
                    resource: "authentication",
                    code,
                }));
            }
            tokio::time::sleep(wait).await;
        }
        let pair = self.caller.call(&RedeemTokens, Some(bearer)).await?.value;
        Ok(IssuedTokens {
            access: pair.access_token,
            refresh: Some(pair.refresh_token),
            reference: Some(started.reference_number),
            server_time: None,
        })
    }
}

fn failed_status(status: ksef_api::status::StatusInfo) -> Error {
    Error::new(ErrorKind::Status(FailedStatus {
        resource: "authentication",
        code: status.code,
        description: status.description,
        details: status.details,
    }))
}

/// Whether the server interrupted itself, so that a repeat may succeed.
fn is_interrupted(error: &Error) -> bool {
    error
        .failed_status()
        .is_some_and(|status| ksef_api::status::AuthStatus::from_code(status.code).is_transient())
}

const ATTEMPTS_MAX: u32 = 3;
const DELAY_FIRST: Duration = Duration::from_millis(100);
const DELAY_MAX: Duration = Duration::from_secs(2);
/// 21304: no such authentication.
const NOT_FOUND: i32 = 21_304;
const NOT_FOUND_YET: Duration = Duration::from_secs(10);
