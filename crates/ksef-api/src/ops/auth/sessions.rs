//! Active authentications: list and end.

use http::HeaderName;
use ksef_core::reference::AuthRef;
use serde::{Deserialize, Serialize};

use super::Authentication;
use crate::operation::auth as operation;
use crate::ops::{answers, calls};
use crate::page::{self, ContinuationToken, Paged};
use crate::request::Request;
use crate::wire;

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
