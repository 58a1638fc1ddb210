//! KSeF tokens: generate, list, look at, revoke.
//!
//! Source: tag "Tokeny KSeF" of the contract 2.9.0.

use http::HeaderName;
use jiff::Timestamp;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::reference::TokenRef;
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};

use crate::identifier::Identifier;
use crate::open_enum::open_enum;
use crate::operation::tokens as operation;
use crate::ops::{answers, calls, is_its_body};
use crate::page::{self, ContinuationToken, Paged};
use crate::request::Request;
use crate::status::TokenStatus;
use crate::{timestamp, wire};

/// Generates a token (`GenerateTokenRequest`); it becomes usable when its status is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateToken {
    /// Permissions of the token; none that the caller lacks.
    pub permissions: Vec<TokenPermission>,
    /// Description, 5 to 256 characters.
    pub description: String,
}

impl GenerateToken {
    /// With these permissions, at least one, and this description of 5 to 256 characters.
    #[must_use]
    pub fn new(
        permissions: impl IntoIterator<Item = TokenPermission>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            permissions: permissions.into_iter().collect(),
            description: description.into(),
        }
    }
}

impl Request for GenerateToken {
    calls!(operation::GENERATE);
    answers!(json GeneratedToken);
    is_its_body!();
}

open_enum! {
    /// Permission that a token can carry (`TokenPermissionType`).
    pub enum TokenPermission {
        /// Reading invoices.
        InvoiceRead = "InvoiceRead",
        /// Issuing invoices.
        InvoiceWrite = "InvoiceWrite",
        /// Reading permissions.
        CredentialsRead = "CredentialsRead",
        /// Managing permissions.
        CredentialsManage = "CredentialsManage",
        /// Managing subordinate units.
        SubunitManage = "SubunitManage",
        /// Enforcement operations.
        EnforcementOperations = "EnforcementOperations",
        /// Reading the sessions of others.
        Introspection = "Introspection",
        /// Managing collective identifiers.
        CollectiveIdentifierManage = "CollectiveIdentifierManage",
    }
}

/// A token that was just generated (`GenerateTokenResponse`); its secret is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GeneratedToken {
    /// Its reference.
    pub reference_number: TokenRef,
    /// The secret, at most 160 characters.
    #[serde(with = "wire::secret")]
    pub token: SecretText,
}

/// Lists tokens, newest first.
#[derive(Clone, Debug, Default)]
pub struct ListTokens {
    statuses: Vec<TokenStatus>,
    description: Option<String>,
    author: Option<String>,
    author_type: Option<TokenAuthorType>,
    page_size: Option<u16>,
    continuation: Option<ContinuationToken>,
}

impl ListTokens {
    /// All tokens that the caller may see.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only tokens in one of these statuses.
    #[must_use]
    pub fn with_statuses(mut self, statuses: impl IntoIterator<Item = TokenStatus>) -> Self {
        self.statuses.extend(statuses);
        self
    }

    /// Only tokens whose description contains this text of at least 3 characters, in any letter case.
    #[must_use]
    pub fn with_description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// Only tokens whose author's identifier contains this text of at least 3 characters.
    #[must_use]
    pub fn with_author(mut self, text: impl Into<String>) -> Self {
        self.author = Some(text.into());
        self
    }

    /// Only tokens whose author has an identifier of this type.
    #[must_use]
    pub fn with_author_type(mut self, author_type: TokenAuthorType) -> Self {
        self.author_type = Some(author_type);
        self
    }

    /// With pages of this many entries, 10 to 100; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for ListTokens {
    calls!(operation::LIST);
    answers!(json Tokens);

    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query: Vec<_> = self
            .statuses
            .iter()
            .map(|status| ("status", status.as_str().to_owned()))
            .collect();
        query.extend(self.description.clone().map(|text| ("description", text)));
        query.extend(self.author.clone().map(|text| ("authorIdentifier", text)));
        query.extend(
            self.author_type
                .as_ref()
                .map(|kind| ("authorIdentifierType", kind.as_str().to_owned())),
        );
        query.extend(self.page_size.map(|size| ("pageSize", size.to_string())));
        query
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        page::headers(self.continuation.as_ref())
    }
}

impl Paged for ListTokens {
    type Item = Token;

    fn with_continuation(mut self, token: ContinuationToken) -> Self {
        self.continuation = Some(token);
        self
    }

    fn split(answer: Tokens) -> (Vec<Token>, Option<ContinuationToken>) {
        (answer.tokens, answer.continuation_token)
    }
}

open_enum! {
    /// Type of the identifier of a token's author (`TokenAuthorIdentifierType`).
    pub enum TokenAuthorType {
        /// NIP.
        Nip = "Nip",
        /// PESEL.
        Pesel = "Pesel",
        /// Fingerprint of a certificate.
        Fingerprint = "Fingerprint",
    }
}

/// A page of tokens (`QueryTokensResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// Token of the next page.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "page::optional"
    )]
    pub continuation_token: Option<ContinuationToken>,
    /// The tokens.
    pub tokens: Vec<Token>,
}

/// One token without its secret.
#[derive(Clone, Copy, Debug)]
pub struct GetToken {
    reference: TokenRef,
}

impl GetToken {
    /// With this reference.
    #[must_use]
    pub const fn new(reference: TokenRef) -> Self {
        Self { reference }
    }
}

impl Request for GetToken {
    calls!(operation::STATUS, path: |this| [this.reference.as_str()]);
    answers!(json Token);
}

/// What is known about a token (`TokenStatusResponse`, `QueryTokensResponseItem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its reference.
    pub reference_number: TokenRef,
    /// Who generated it.
    pub author_identifier: Identifier<SubjectIdentifier>,
    /// Context that it works in.
    pub context_identifier: Identifier<ContextIdentifier>,
    /// Description.
    pub description: String,
    /// Permissions asked for.
    pub requested_permissions: Vec<TokenPermission>,
    /// When it was generated.
    #[serde(with = "timestamp::wire")]
    pub date_created: Timestamp,
    /// When it was used last.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub last_use_date: Option<Timestamp>,
    /// Status.
    pub status: TokenStatus,
    /// Details of the status in Polish.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub status_details: Vec<String>,
}

/// Revokes a token. Access tokens made with it live on to their end.
#[derive(Clone, Copy, Debug)]
pub struct RevokeToken {
    reference: TokenRef,
}

impl RevokeToken {
    /// With this reference.
    #[must_use]
    pub const fn new(reference: TokenRef) -> Self {
        Self { reference }
    }
}

impl Request for RevokeToken {
    calls!(operation::REVOKE, path: |this| [this.reference.as_str()]);
    answers!(empty);
}
