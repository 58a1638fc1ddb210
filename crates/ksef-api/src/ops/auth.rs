//! Signing in: challenge, signature or KSeF token, status, tokens, sessions of authentication.
//!
//! Source: tags "Uzyskiwanie dostępu" and "Aktywne sesje" of the contract 2.9.0.

mod sessions;
mod start;

use jiff::Timestamp;
use ksef_core::reference::{AuthRef, Challenge};
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::operation::auth as operation;
use crate::ops::{answers, calls};
use crate::request::Request;
use crate::status::{AuthStatus, StatusInfo};
use crate::{timestamp, wire};

pub use sessions::{
    AuthSession, AuthSessions, ListAuthSessions, TerminateAuth, TerminateCurrentAuth,
};
pub use start::{AllowedIps, AuthorizationPolicy, SubmitKsefToken, SubmitXades};

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
