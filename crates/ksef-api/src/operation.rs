//! Every operation of the KSeF API 2.9.0 as a constant: method, path, limits, rights and what a repeat would do.
//!
//! An [`Operation`] carries no data of a call; it is what the client, the sandbox's router and the check against the
//! Ministry's `openapi.json` share. Calls themselves are values in [`crate::ops`].

pub mod auth;
pub mod certificates;
pub mod collective;
pub mod invoices;
pub mod keys;
pub mod limits;
pub mod peppol;
pub mod permissions;
mod rate;
pub mod sessions;
pub mod testdata;
pub mod tokens;

use std::fmt;

pub use rate::{RateGroup, RateLimit};

/// HTTP method of an operation; the API uses these four only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method as written in a request line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
        }
    }
}

/// What a client may do when the outcome of a call is unknown (connection lost, 5xx, timeout).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replay {
    /// The call may be repeated blindly: reads, and writes whose second run changes nothing.
    ///
    /// The repeat of a write may answer with an error that means "already done", for example 21180 on a session
    /// that the first, lost call has closed.
    Safe,
    /// Look first, then repeat: a blind repeat could create a second object or use up something scarce.
    Reconcile,
    /// Never repeat: the first run consumed what the call needs.
    Never,
}

/// Which bearer an operation wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Auth {
    /// No `Authorization` header.
    None,
    /// The operation token that starting an authentication returned.
    Operation,
    /// An access token.
    Access,
    /// A refresh token.
    Refresh,
    /// An access token or a refresh token.
    AccessOrRefresh,
}

impl Auth {
    /// Whether the operation needs any bearer at all.
    #[must_use]
    pub const fn is_required(self) -> bool {
        !matches!(self, Self::None)
    }
}

/// A permission that opens an operation (`x-required-permissions`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Reading invoices.
    InvoiceRead,
    /// Issuing invoices.
    InvoiceWrite,
    /// Issuing Peppol invoices on behalf of a seller.
    PefInvoiceWrite,
    /// Reading permissions and tokens.
    CredentialsRead,
    /// Granting and withdrawing permissions and tokens.
    CredentialsManage,
    /// Managing subordinate units.
    SubunitManage,
    /// Enforcement operations (bailiffs and enforcement authorities).
    EnforcementOperations,
    /// Reading the sessions of others in the context.
    Introspection,
    /// Managing the representatives of an EU entity.
    VatUeManage,
    /// Managing collective identifiers.
    CollectiveIdentifierManage,
}

impl Permission {
    /// Every permission that some operation asks for.
    pub const ALL: &'static [Self] = &[
        Self::InvoiceRead,
        Self::InvoiceWrite,
        Self::PefInvoiceWrite,
        Self::CredentialsRead,
        Self::CredentialsManage,
        Self::SubunitManage,
        Self::EnforcementOperations,
        Self::Introspection,
        Self::VatUeManage,
        Self::CollectiveIdentifierManage,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvoiceRead => "InvoiceRead",
            Self::InvoiceWrite => "InvoiceWrite",
            Self::PefInvoiceWrite => "PefInvoiceWrite",
            Self::CredentialsRead => "CredentialsRead",
            Self::CredentialsManage => "CredentialsManage",
            Self::SubunitManage => "SubunitManage",
            Self::EnforcementOperations => "EnforcementOperations",
            Self::Introspection => "Introspection",
            Self::VatUeManage => "VatUeManage",
            Self::CollectiveIdentifierManage => "CollectiveIdentifierManage",
        }
    }

    /// The permission of this name in any letter case, if known.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of the API, without the data of a call.
///
/// Two operations are equal when their [`id`](Self::id) is.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Stable name of ours, `resource.verb`, unique over [`ALL`]; it appears in logs, faults and errors.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template exactly as in `openapi.json`, relative to the `/v2` base, with `{name}` parameters.
    pub path: &'static str,
    /// Rate-limit group the call counts in.
    pub group: RateGroup,
    /// What may be done when the outcome is unknown.
    pub replay: Replay,
    /// Bearer the call carries.
    pub auth: Auth,
    /// Any one of these permissions opens the operation; empty when the contract names none.
    pub permissions: &'static [Permission],
    /// HTTP status of success.
    pub success: u16,
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Operation {}

impl std::hash::Hash for Operation {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Operation {
    /// An operation behind an access token, in the rate group `other`, that names no permissions.
    const fn new(
        id: &'static str,
        method: Method,
        path: &'static str,
        success: u16,
        replay: Replay,
    ) -> Self {
        Self {
            id,
            method,
            path,
            group: RateGroup::Other,
            replay,
            auth: Auth::Access,
            permissions: &[],
            success,
        }
    }

    const fn get(id: &'static str, path: &'static str) -> Self {
        Self::new(id, Method::Get, path, 200, Replay::Safe)
    }

    const fn post(id: &'static str, path: &'static str, success: u16, replay: Replay) -> Self {
        Self::new(id, Method::Post, path, success, replay)
    }

    const fn put(id: &'static str, path: &'static str, success: u16, replay: Replay) -> Self {
        Self::new(id, Method::Put, path, success, replay)
    }

    const fn delete(id: &'static str, path: &'static str, success: u16) -> Self {
        Self::new(id, Method::Delete, path, success, Replay::Safe)
    }

    const fn group(mut self, group: RateGroup) -> Self {
        self.group = group;
        self
    }

    const fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    const fn anyone_of(mut self, permissions: &'static [Permission]) -> Self {
        self.permissions = permissions;
        self
    }

    /// Open to everybody: no bearer, limited per IP address.
    const fn public(self) -> Self {
        self.auth(Auth::None).group(RateGroup::Anonymous)
    }

    /// The operation with this [`id`](Self::id).
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|operation| operation.id == id)
    }

    /// The operation that a concrete request addresses, with fixed segments preferred over parameters.
    ///
    /// `path` is relative to the `/v2` base and starts with `/`; a query part is ignored.
    #[must_use]
    pub fn route(method: &str, path: &str) -> Option<&'static Self> {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        ALL.iter()
            .copied()
            .filter(|operation| operation.method.as_str().eq_ignore_ascii_case(method))
            .filter_map(|operation| Some((operation.match_depth(path)?, operation)))
            .max_by_key(|(fixed, _)| *fixed)
            .map(|(_, operation)| operation)
    }

    /// Names of the path parameters in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path.split('/').filter_map(|segment| {
            segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
        })
    }

    /// Number of fixed segments when the path fits the template.
    fn match_depth(&self, path: &str) -> Option<usize> {
        let mut fixed = 0;
        let mut given = path.trim_end_matches('/').split('/');
        for expected in self.path.split('/') {
            let segment = given.next()?;
            if expected.starts_with('{') {
                if segment.is_empty() {
                    return None;
                }
            } else if expected == segment {
                fixed += 1;
            } else {
                return None;
            }
        }
        given.next().is_none().then_some(fixed)
    }
}

/// Every operation of the contract, grouped by resource.
pub const ALL: &[&Operation] = &[
    &auth::CHALLENGE,
    &auth::XADES_SIGNATURE,
    &auth::KSEF_TOKEN,
    &auth::STATUS,
    &auth::REDEEM,
    &auth::REFRESH,
    &auth::LIST_SESSIONS,
    &auth::TERMINATE_CURRENT,
    &auth::TERMINATE,
    &keys::PUBLIC_KEY_CERTIFICATES,
    &sessions::OPEN_ONLINE,
    &sessions::SEND_INVOICE,
    &sessions::CLOSE_ONLINE,
    &sessions::OPEN_BATCH,
    &sessions::CLOSE_BATCH,
    &sessions::LIST,
    &sessions::STATUS,
    &sessions::INVOICES,
    &sessions::FAILED_INVOICES,
    &sessions::INVOICE_STATUS,
    &sessions::UPO_BY_KSEF_NUMBER,
    &sessions::UPO_BY_INVOICE,
    &sessions::UPO,
    &invoices::DOWNLOAD,
    &invoices::QUERY_METADATA,
    &invoices::EXPORT,
    &invoices::EXPORT_STATUS,
    &tokens::GENERATE,
    &tokens::LIST,
    &tokens::STATUS,
    &tokens::REVOKE,
    &limits::RATE_LIMITS,
    &limits::CONTEXT,
    &limits::SUBJECT,
    &certificates::LIMITS,
    &certificates::ENROLLMENT_DATA,
    &certificates::ENROLL,
    &certificates::ENROLLMENT_STATUS,
    &certificates::RETRIEVE,
    &certificates::REVOKE,
    &certificates::QUERY,
    &permissions::GRANT_PERSON,
    &permissions::GRANT_ENTITY,
    &permissions::GRANT_AUTHORIZATION,
    &permissions::GRANT_INDIRECT,
    &permissions::GRANT_SUBUNIT,
    &permissions::GRANT_EU_ADMINISTRATION,
    &permissions::GRANT_EU_REPRESENTATIVE,
    &permissions::REVOKE_COMMON,
    &permissions::REVOKE_AUTHORIZATION,
    &permissions::OPERATION_STATUS,
    &permissions::ATTACHMENT_STATUS,
    &permissions::QUERY_PERSONAL,
    &permissions::QUERY_PERSONS,
    &permissions::QUERY_SUBUNITS,
    &permissions::QUERY_ENTITY_GRANTS,
    &permissions::QUERY_ENTITY_ROLES,
    &permissions::QUERY_SUBORDINATE_ROLES,
    &permissions::QUERY_AUTHORIZATIONS,
    &permissions::QUERY_EU_ENTITIES,
    &collective::CREATE,
    &collective::QUERY,
    &collective::INVOICES,
    &collective::BY_KSEF_NUMBER,
    &peppol::QUERY,
    &testdata::CREATE_SUBJECT,
    &testdata::REMOVE_SUBJECT,
    &testdata::CREATE_PERSON,
    &testdata::REMOVE_PERSON,
    &testdata::GRANT_PERMISSIONS,
    &testdata::REVOKE_PERMISSIONS,
    &testdata::GRANT_ATTACHMENT,
    &testdata::REVOKE_ATTACHMENT,
    &testdata::BLOCK_CONTEXT,
    &testdata::UNBLOCK_CONTEXT,
    &testdata::SET_SESSION_LIMITS,
    &testdata::RESET_SESSION_LIMITS,
    &testdata::SET_SUBJECT_LIMITS,
    &testdata::RESET_SUBJECT_LIMITS,
    &testdata::SET_RATE_LIMITS,
    &testdata::RESET_RATE_LIMITS,
    &testdata::SET_PRODUCTION_RATE_LIMITS,
    &testdata::SHORTEN_CERTIFICATE,
];
