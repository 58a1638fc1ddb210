//! Authorisations to issue invoices in the name of others.

use jiff::Timestamp;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::nip::Nip;
use ksef_core::permission_id::PermissionId;
use serde::{Deserialize, Serialize};

use super::{SubjectEntityDetails, paged_query};
use crate::identifier::Identifier;
use crate::open_enum::open_enum;
use crate::operation::permissions as operation;
use crate::ops::permissions::AuthorizationType;
use crate::page::PageOffset;
use crate::{timestamp, wire};

/// Authorisations that the context granted or received (`EntityAuthorizationPermissionsQueryRequest`).
///
/// Needs `CredentialsManage`, `CredentialsRead` or `PefInvoiceWrite`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryAuthorizations {
    /// With received ones: only what this entity granted; the contract allows a NIP only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizing_identifier: Option<ContextIdentifier>,
    /// With granted ones: only what this entity received; a NIP or a Peppol identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_identifier: Option<ContextIdentifier>,
    /// Granted or received.
    pub query_type: AuthorizationQueryType,
    /// Only these authorisations; all when empty.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub permission_types: Vec<AuthorizationType>,
    #[serde(skip)]
    page: PageOffset,
}

impl QueryAuthorizations {
    /// What the context granted; to this entity only, when one is given.
    #[must_use]
    pub fn granted(to: Option<ContextIdentifier>) -> Self {
        Self {
            authorizing_identifier: None,
            authorized_identifier: to,
            query_type: AuthorizationQueryType::Granted,
            permission_types: Vec::new(),
            page: PageOffset::default(),
        }
    }

    /// What the context received; from this entity only, when one is given.
    #[must_use]
    pub fn received(from: Option<Nip>) -> Self {
        Self {
            authorizing_identifier: from.map(ContextIdentifier::Nip),
            authorized_identifier: None,
            query_type: AuthorizationQueryType::Received,
            permission_types: Vec::new(),
            page: PageOffset::default(),
        }
    }

    /// Only these authorisations, and those named before.
    #[must_use]
    pub fn with_authorizations(
        mut self,
        authorizations: impl IntoIterator<Item = AuthorizationType>,
    ) -> Self {
        self.permission_types.extend(authorizations);
        self
    }
}

paged_query!(
    QueryAuthorizations,
    operation::QUERY_AUTHORIZATIONS,
    AuthorizationGrants {
        authorization_grants: AuthorizationGrant
    }
);

open_enum! {
    /// Which authorisations (`QueryType`).
    pub enum AuthorizationQueryType {
        /// Granted to others.
        Granted = "Granted",
        /// Received from others.
        Received = "Received",
    }
}

/// A page of authorisations (`QueryEntityAuthorizationPermissionsResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationGrants {
    /// The authorisations.
    pub authorization_grants: Vec<AuthorizationGrant>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// An authorisation (`EntityAuthorizationGrant`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationGrant {
    /// Its identifier.
    pub id: PermissionId,
    /// Who granted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_identifier: Option<Identifier<SubjectIdentifier>>,
    /// Who received it: a NIP or a Peppol identifier.
    pub authorized_entity_identifier: Identifier<ContextIdentifier>,
    /// In whose name: a NIP.
    pub authorizing_entity_identifier: Identifier<ContextIdentifier>,
    /// The authorisation.
    pub authorization_scope: AuthorizationType,
    /// Description.
    pub description: String,
    /// The entity that received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_entity_details: Option<SubjectEntityDetails>,
    /// Since when.
    #[serde(with = "timestamp::wire")]
    pub start_date: Timestamp,
}
