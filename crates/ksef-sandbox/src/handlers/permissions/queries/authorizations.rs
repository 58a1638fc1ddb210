//! What entities received from each other.

use ksef_api::ops::permissions::{
    AuthorizationGrant, AuthorizationGrants, AuthorizationQueryType, AuthorizationType,
    EntityDetailsType, EntityPermissionItem, EntityPermissionType, EntityPermissions,
    PermissionAuthor, SubjectEntityDetails,
};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::super::filters::{self, Page};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::permissions::authorisations::{Authorisation, AuthorisationRecord};
use crate::world::permissions::grant::{Grant, Purpose};

/// Permissions to handle invoices that the context received.
pub(in super::super) fn entity_grants(call: &Call) -> Result<Reply, Failure> {
    let here = call.caller()?.context;
    let body = filters::body(call)?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let grantor = filters::context(
        &fields,
        &mut violations,
        "contextIdentifier",
        &["Nip", "InternalId"],
    );
    let page = Page::of(call, &mut violations);
    violations.done()?;
    let answer = call.app.world.read(|state| {
        let fits = |grant: &&Grant| {
            grant.purpose == Purpose::Entity
                && grantor.is_none_or(|grantor| grant.granted_in == grantor)
        };
        let list: Vec<_> = match here {
            ContextIdentifier::Nip(nip) => state
                .permissions
                .grants_to(&SubjectIdentifier::Nip(nip))
                .filter(fits)
                .collect(),
            _ => Vec::new(),
        };
        let (grants, has_more) = page.cut(list, |grant| (grant.started, grant.id));
        let item = |grant: &Grant| EntityPermissionItem {
            id: grant.id,
            context_identifier: grant.granted_in.into(),
            permission_scope: EntityPermissionType::from_name(grant.scope.as_str()),
            description: grant.description.clone(),
            start_date: grant.started,
            can_delegate: grant.can_delegate,
        };
        EntityPermissions {
            permissions: grants.into_iter().map(item).collect(),
            has_more,
        }
    });
    Reply::json(call, &answer)
}

/// Authorisations that the context granted or received. Each list takes the filter that belongs to it and passes over the
/// other one.
pub(in super::super) fn authorizations(call: &Call) -> Result<Reply, Failure> {
    let here = call.caller()?.context;
    let body = filters::body(call)?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let query_type = fields.choice(&mut violations, "queryType", |name| {
        Some(AuthorizationQueryType::from_name(name)).filter(AuthorizationQueryType::is_known)
    });
    let authorizing = filters::context(&fields, &mut violations, "authorizingIdentifier", &["Nip"]);
    let authorized = filters::context(
        &fields,
        &mut violations,
        "authorizedIdentifier",
        &["Nip", "PeppolId"],
    );
    let mut wanted = Vec::new();
    let names = fields.texts(&mut violations, "permissionTypes");
    for (index, name) in names.iter().enumerate() {
        match Authorisation::from_name(name) {
            Some(authorisation) => wanted.push(authorisation),
            None => violations.unreadable(format!("permissionTypes[{index}]")),
        }
    }
    let page = Page::of(call, &mut violations);
    let (Some(query_type), true) = (query_type, violations.is_empty()) else {
        return Err(violations.refuse());
    };
    let answer = call.app.world.read(|state| {
        let fits = |row: &&AuthorisationRecord| {
            let seller = ContextIdentifier::Nip(row.seller);
            let is_listed = match query_type {
                AuthorizationQueryType::Granted => {
                    seller == here && authorized.is_none_or(|wanted| row.grantee == wanted)
                }
                _ => row.grantee == here && authorizing.is_none_or(|wanted| seller == wanted),
            };
            is_listed && filters::names(&wanted, &row.authorisation)
        };
        let list: Vec<_> = state.permissions.authorisations().filter(fits).collect();
        let (rows, has_more) = page.cut(list, |row| (row.started, row.id));
        AuthorizationGrants {
            authorization_grants: rows.into_iter().map(on_the_wire).collect(),
            has_more,
        }
    });
    Reply::json(call, &answer)
}

fn on_the_wire(row: &AuthorisationRecord) -> AuthorizationGrant {
    let author = match row.author {
        PermissionAuthor::Subject(author) => Some(author.into()),
        PermissionAuthor::System => None,
    };
    let details = row.full_name.as_ref().map(|name| SubjectEntityDetails {
        subject_details_type: EntityDetailsType::EntityByIdentifier,
        full_name: name.clone(),
        address: None,
    });
    let scope: AuthorizationType = row.authorisation.on_the_wire();
    AuthorizationGrant {
        id: row.id,
        author_identifier: author,
        authorized_entity_identifier: row.grantee.into(),
        authorizing_entity_identifier: ContextIdentifier::Nip(row.seller).into(),
        authorization_scope: scope,
        description: row.description.clone(),
        subject_entity_details: details,
        start_date: row.started,
    }
}
