//! Starting an authentication: signed document or KSeF token.

use bytes::Bytes;
use http::HeaderName;
use ksef_core::context::ContextIdentifier;
use ksef_core::key_id::KeyId;
use ksef_core::reference::Challenge;
use serde::{Deserialize, Serialize};

use super::StartedAuth;
use crate::operation::auth as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::request::{Body, EncodeError, FEATURE, Request};
use crate::wire;

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
