//! Permissions: granting, withdrawing, operations, queries, the consent to attachments.

mod attachments;
mod filters;
mod grants;
mod operations;
mod queries;
mod subject;

use ksef_api::operation::permissions as operation;

use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::GRANT_PERSON, grants::to_person)
        .with(&operation::GRANT_ENTITY, grants::to_entity)
        .with(&operation::GRANT_AUTHORIZATION, grants::authorization)
        .with(&operation::GRANT_INDIRECT, grants::indirect)
        .with(&operation::GRANT_SUBUNIT, grants::subunit)
        .with(
            &operation::GRANT_EU_ADMINISTRATION,
            grants::eu_administration,
        )
        .with(
            &operation::GRANT_EU_REPRESENTATIVE,
            grants::eu_representation,
        )
        .with(&operation::REVOKE_COMMON, operations::revoke)
        .with(
            &operation::REVOKE_AUTHORIZATION,
            operations::revoke_authorization,
        )
        .with(&operation::OPERATION_STATUS, operations::status)
        .with(&operation::ATTACHMENT_STATUS, attachments::status)
        .with(&operation::QUERY_PERSONAL, queries::personal)
        .with(&operation::QUERY_PERSONS, queries::persons)
        .with(&operation::QUERY_SUBUNITS, queries::subunits)
        .with(&operation::QUERY_ENTITY_GRANTS, queries::entity_grants)
        .with(&operation::QUERY_ENTITY_ROLES, queries::entity_roles)
        .with(
            &operation::QUERY_SUBORDINATE_ROLES,
            queries::subordinate_roles,
        )
        .with(&operation::QUERY_AUTHORIZATIONS, queries::authorizations)
        .with(&operation::QUERY_EU_ENTITIES, queries::eu_entities)
}
