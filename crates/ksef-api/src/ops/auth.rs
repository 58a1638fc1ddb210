//! Signing in: challenge, signature or KSeF token, status, tokens, sessions of authentication.
//!
//! Source: tags "Uzyskiwanie dostępu" and "Aktywne sesje" of the contract 2.9.0.

use bytes::Bytes;
use http::HeaderName;
use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_core::key_id::KeyId;
use ksef_core::reference::{AuthRef, Challenge};
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::auth as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::page::{self, ContinuationToken, Paged};
use crate::request::{Body, EncodeError, FEATURE, Request};
use crate::status::{AuthStatus, StatusInfo};
use crate::{timestamp, wire};

/// Asks for a challenge, which is valid for ten minutes and for one authentication.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetChallenge;

impl Request for GetChallenge {
    calls!(operation::CHALLENGE);
    answers!(json IssuedChallenge);
}

/// A challenge (`AuthenticationChallengeResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedChallenge {
    /// The challenge to sign.
    pub challenge: Challenge,
    /// When it was issued.
    #[serde(with = "timestamp::wire")]
    pub timestamp: Timestamp,
    /// The same instant in milliseconds since 1970; servers before 2.2 leave it out, see [`Self::milliseconds`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_ms: Option<i64>,
    /// Address of the client as the server sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ip: Option<String>,
}

impl IssuedChallenge {
    /// The milliseconds that are encrypted together with a KSeF token.
    #[must_use]
    pub fn milliseconds(&self) -> i64 {
        self.timestamp_ms
            .unwrap_or_else(|| self.timestamp.as_millisecond())
    }
}

/// Starts an authentication with a signed `AuthTokenRequest` document.
#[derive(Clone, Debug)]
pub struct SubmitXades {
    document: Bytes,
    verify_certificate_chain: Option<bool>,
    enforce_compliance: bool,
}

impl SubmitXades {
    /// With the signed document, sent as it is.
    #[must_use]
    pub fn new(document: impl Into<Bytes>) -> Self {
        Self {
            document: document.into(),
            verify_certificate_chain: None,
            enforce_compliance: false,
        }
    }

    /// Asks for the check of the certificate's chain and revocation also where self-signed ones are accepted.
    #[must_use]
    pub const fn with_verify_certificate_chain(mut self, verify: bool) -> Self {
        self.verify_certificate_chain = Some(verify);
        self
    }

    /// Asks for the strict XAdES checks where they are still optional.
    #[must_use]
    pub const fn with_enforced_compliance(mut self) -> Self {
        self.enforce_compliance = true;
        self
    }
}

impl Request for SubmitXades {
    calls!(operation::XADES_SIGNATURE);
    answers!(json StartedAuth);

    fn query(&self) -> Vec<(&'static str, String)> {
        self.verify_certificate_chain
            .map(|verify| ("verifyCertificateChain", verify.to_string()))
            .into_iter()
            .collect()
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        self.enforce_compliance
            .then(|| (FEATURE, "enforce-xades-compliance".to_owned()))
            .into_iter()
            .collect()
    }

    fn body(&self) -> Result<Body, EncodeError> {
        Ok(Body::Xml(self.document.clone()))
    }
}

/// Starts an authentication with a KSeF token (`InitTokenAuthenticationRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubmitKsefToken {
    /// The challenge.
    pub challenge: Challenge,
    /// Context to work in.
    pub context_identifier: ContextIdentifier,
    /// `token|milliseconds of the challenge`, encrypted with RSA-OAEP (SHA-256).
    #[serde(with = "wire::base64")]
    pub encrypted_token: Bytes,
    /// Key that the token was encrypted with. Always send it: the next version of the API requires it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key_id: Option<KeyId>,
    /// Addresses that may use the tokens of this authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_policy: Option<AuthorizationPolicy>,
}

impl SubmitKsefToken {
    /// With the encrypted token and the key that it was encrypted with.
    #[must_use]
    pub fn new(
        challenge: Challenge,
        context: ContextIdentifier,
        encrypted_token: impl Into<Bytes>,
        public_key: KeyId,
    ) -> Self {
        Self {
            challenge,
            context_identifier: context,
            encrypted_token: encrypted_token.into(),
            public_key_id: Some(public_key),
            authorization_policy: None,
        }
    }

    /// Limits the use of the tokens to these addresses.
    #[must_use]
    pub fn with_allowed_ips(mut self, allowed_ips: AllowedIps) -> Self {
        self.authorization_policy = Some(AuthorizationPolicy {
            allowed_ips: Some(allowed_ips),
        });
        self
    }
}

impl Request for SubmitKsefToken {
    calls!(operation::KSEF_TOKEN);
    answers!(json StartedAuth);
    is_its_body!();
}

/// Conditions on the use of the tokens of an authentication.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationPolicy {
    /// Client addresses allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_ips: Option<AllowedIps>,
}

/// Client addresses, IPv4; at most ten entries of each form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllowedIps {
    /// Single addresses, `a.b.c.d`.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ip4_addresses: Vec<String>,
    /// Ranges, `a.b.c.d-e.f.g.h`.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ip4_ranges: Vec<String>,
    /// Networks, `a.b.c.d/n`.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub ip4_masks: Vec<String>,
}

/// An authentication that runs (`AuthenticationInitResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartedAuth {
    /// Its reference.
    pub reference_number: AuthRef,
    /// The operation token: bearer for [`GetAuth`] and [`RedeemTokens`].
    pub authentication_token: BearerToken,
}

/// A bearer with its end (`TokenInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BearerToken {
    /// The JWT; its claims are the server's business.
    #[serde(with = "wire::secret")]
    pub token: SecretText,
    /// When it ends.
    #[serde(with = "timestamp::wire")]
    pub valid_until: Timestamp,
}

/// Status of an authentication.
#[derive(Clone, Copy, Debug)]
pub struct GetAuth {
    reference: AuthRef,
}

impl GetAuth {
    /// Of the authentication with this reference; the bearer is its operation token.
    #[must_use]
    pub const fn new(reference: AuthRef) -> Self {
        Self { reference }
    }
}

impl Request for GetAuth {
    calls!(operation::STATUS, path: |this| [this.reference.as_str()]);
    answers!(json Authentication);
}

/// What is known about an authentication (`AuthenticationOperationStatusResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authentication {
    /// When it began.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
    /// Deprecated by the contract and about to disappear; use [`Self::authentication_method_info`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_method: Option<AuthenticationMethod>,
    /// How the subject signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_method_info: Option<AuthenticationMethodInfo>,
    /// Status, see [`Self::auth_status`].
    pub status: StatusInfo,
    /// Whether the tokens have been handed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_token_redeemed: Option<bool>,
    /// When the access token was refreshed last.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub last_token_refresh_date: Option<Timestamp>,
    /// When the refresh token ends.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub refresh_token_valid_until: Option<Timestamp>,
}

impl Authentication {
    /// The typed status.
    #[must_use]
    pub const fn auth_status(&self) -> AuthStatus {
        AuthStatus::from_code(self.status.code)
    }
}

open_enum! {
    /// Way of signing in; deprecated by the contract in favour of [`AuthenticationMethodInfo`].
    pub enum AuthenticationMethod {
        /// KSeF token.
        Token = "Token",
        /// Trusted Profile.
        TrustedProfile = "TrustedProfile",
        /// KSeF certificate.
        InternalCertificate = "InternalCertificate",
        /// Qualified signature.
        QualifiedSignature = "QualifiedSignature",
        /// Qualified seal.
        QualifiedSeal = "QualifiedSeal",
        /// Personal signature of an identity card.
        PersonalSignature = "PersonalSignature",
        /// Peppol provider.
        PeppolSignature = "PeppolSignature",
    }
}

open_enum! {
    /// Category of the way of signing in.
    pub enum AuthenticationMethodCategory {
        /// XAdES signature.
        XadesSignature = "XadesSignature",
        /// National node.
        NationalNode = "NationalNode",
        /// KSeF token.
        Token = "Token",
        /// Another one; not to be confused with [`Self::Other`], a category this version does not know.
        OtherMethod = "Other",
    }
}

/// How the subject signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationMethodInfo {
    /// Category.
    pub category: AuthenticationMethodCategory,
    /// Code, an open list, for example `xades.qualified-seal`.
    pub code: String,
    /// Name to show, in Polish.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub display_name: String,
}

/// Takes the tokens of a finished authentication; works once, with the operation token as bearer.
#[derive(Clone, Copy, Debug, Default)]
pub struct RedeemTokens;

impl Request for RedeemTokens {
    calls!(operation::REDEEM);
    answers!(json TokenPair);
}

/// The tokens of an authentication (`AuthenticationTokensResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenPair {
    /// Bearer of the operations.
    pub access_token: BearerToken,
    /// Bearer of [`RefreshAccess`].
    pub refresh_token: BearerToken,
}

/// Issues a new access token; the bearer is the refresh token, which stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct RefreshAccess;

impl Request for RefreshAccess {
    calls!(operation::REFRESH);
    answers!(json RefreshedAccess);
}

/// A new access token (`AuthenticationTokenRefreshResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshedAccess {
    /// Bearer of the operations.
    pub access_token: BearerToken,
}

/// Lists the active authentications of the context, newest first.
#[derive(Clone, Debug, Default)]
pub struct ListAuthSessions {
    page_size: Option<u16>,
    continuation: Option<ContinuationToken>,
}

impl ListAuthSessions {
    /// The first page.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            page_size: None,
            continuation: None,
        }
    }

    /// With pages of this many entries, 10 to 100; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for ListAuthSessions {
    calls!(operation::LIST_SESSIONS);
    answers!(json AuthSessions);

    fn query(&self) -> Vec<(&'static str, String)> {
        self.page_size
            .map(|size| ("pageSize", size.to_string()))
            .into_iter()
            .collect()
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        page::headers(self.continuation.as_ref())
    }
}

impl Paged for ListAuthSessions {
    type Item = AuthSession;

    fn with_continuation(mut self, token: ContinuationToken) -> Self {
        self.continuation = Some(token);
        self
    }

    fn split(answer: AuthSessions) -> (Vec<AuthSession>, Option<ContinuationToken>) {
        (answer.items, answer.continuation_token)
    }
}

/// A page of authentications (`AuthenticationListResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSessions {
    /// Token of the next page.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "page::optional"
    )]
    pub continuation_token: Option<ContinuationToken>,
    /// The authentications.
    pub items: Vec<AuthSession>,
}

/// One authentication of a list (`AuthenticationListItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthSession {
    /// Its reference.
    pub reference_number: AuthRef,
    /// Whether the bearer of the call belongs to it.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub is_current: bool,
    /// Everything else that is known about it.
    #[serde(flatten)]
    pub authentication: Authentication,
}

/// Ends the authentication that the bearer belongs to; an access or a refresh token will do.
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateCurrentAuth;

impl Request for TerminateCurrentAuth {
    calls!(operation::TERMINATE_CURRENT);
    answers!(empty);
}

/// Ends one authentication: its refresh token stops working, access tokens live on to their end.
#[derive(Clone, Copy, Debug)]
pub struct TerminateAuth {
    reference: AuthRef,
}

impl TerminateAuth {
    /// The authentication with this reference.
    #[must_use]
    pub const fn new(reference: AuthRef) -> Self {
        Self { reference }
    }
}

impl Request for TerminateAuth {
    calls!(operation::TERMINATE, path: |this| [this.reference.as_str()]);
    answers!(empty);
}
