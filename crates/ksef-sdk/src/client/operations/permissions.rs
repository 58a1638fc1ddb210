//! Permissions: granting, withdrawing, queries.

use std::time::Duration;

use futures_util::Stream;
use ksef_api::ops::permissions::{
    AttachmentConsent, AuthorizationGrant, EntityPermissionItem, EntityRole, EuEntityPermission,
    GetAttachmentConsent, GetPermissionOperation, GrantAuthorization, GrantEntityPermissions,
    GrantEuAdministration, GrantEuRepresentation, GrantIndirectPermissions, GrantPersonPermissions,
    GrantSubunitAdministration, PermissionOperation, PersonPermission, PersonalPermission,
    QueryAuthorizations, QueryEntityPermissions, QueryEntityRoles, QueryEuEntityPermissions,
    QueryPersonPermissions, QueryPersonalPermissions, QuerySubordinateRoles,
    QuerySubunitPermissions, RevokeAuthorization, RevokePermission, StartedPermissionOperation,
    SubordinateEntityRole, SubunitPermission,
};
use ksef_api::request::Request;
use ksef_core::permission_id::PermissionId;
use ksef_core::reference::PermissionRef;

use crate::client::Client;
use crate::error::Error;
use crate::permissions::PermissionPoller;

/// Granting and withdrawing is work that KSeF does after it answered: each method gives a [`PermissionPoller`] that knows
/// the reference and waits for the end. When the outcome of a call is unknown, look into the matching list before
/// granting again.
impl Client {
    /// Grants a person permissions to work in the context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_to_person(
        &self,
        grant: &GrantPersonPermissions,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(grant).await
    }

    /// Grants an entity permissions to handle the invoices of the context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_to_entity(
        &self,
        grant: &GrantEntityPermissions,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(grant).await
    }

    /// Authorises an entity to issue invoices in the name of the context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_authorization(
        &self,
        grant: &GrantAuthorization,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(grant).await
    }

    /// Grants a person permissions to handle invoices of the context's clients.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_indirectly(
        &self,
        grant: &GrantIndirectPermissions,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(grant).await
    }

    /// Makes somebody the administrator of a subordinate unit.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_subunit_administration(
        &self,
        grant: &GrantSubunitAdministration,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(grant).await
    }

    /// Makes somebody the administrator of an EU entity.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_eu_administration(
        &self,
        grant: &GrantEuAdministration,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(grant).await
    }

    /// Grants permissions to a representative of the EU entity in whose compound context the client works.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_eu_representation(
        &self,
        grant: &GrantEuRepresentation,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(grant).await
    }

    /// Withdraws a permission of a person, an entity, a unit's administrator or an EU entity.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn revoke_permission(
        &self,
        permission: PermissionId,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(&RevokePermission::new(permission))
            .await
    }

    /// Withdraws an authorisation of an entity.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn revoke_authorization(
        &self,
        permission: PermissionId,
    ) -> Result<PermissionPoller, Error> {
        self.start_permission_operation(&RevokeAuthorization::new(permission))
            .await
    }

    /// How an operation on permissions goes on. Statuses are kept for 30 days.
    ///
    /// # Errors
    /// What the server answered; 410 when the status is not kept any more.
    pub async fn permission_operation(
        &self,
        reference: PermissionRef,
    ) -> Result<PermissionOperation, Error> {
        Ok(self
            .call(&GetPermissionOperation::new(reference))
            .await?
            .value)
    }

    /// Waits until an operation on permissions is done.
    ///
    /// # Errors
    /// As [`PermissionPoller::until_done`].
    pub async fn wait_for_permission_operation(
        &self,
        reference: PermissionRef,
        wait_max: Duration,
    ) -> Result<(), Error> {
        PermissionPoller::new(self, reference)
            .until_done(wait_max)
            .await
    }

    /// Whether the context may send invoices with attachments.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn attachment_consent(&self) -> Result<AttachmentConsent, Error> {
        Ok(self.call(&GetAttachmentConsent).await?.value)
    }

    /// The caller's own permissions in the context, newest first, page by page. What the caller may do as the owner is
    /// not among them: see [`Client::rights`].
    pub fn personal_permissions(
        &self,
        filter: QueryPersonalPermissions,
    ) -> impl Stream<Item = Result<Vec<PersonalPermission>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// Permissions of persons and entities in the context, newest first, page by page.
    pub fn person_permissions(
        &self,
        filter: QueryPersonPermissions,
    ) -> impl Stream<Item = Result<Vec<PersonPermission>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// Administrators of subordinate units, newest first, page by page.
    pub fn subunit_permissions(
        &self,
        filter: QuerySubunitPermissions,
    ) -> impl Stream<Item = Result<Vec<SubunitPermission>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// Permissions to handle invoices that the context received from other entities, newest first, page by page.
    pub fn entity_permissions(
        &self,
        filter: QueryEntityPermissions,
    ) -> impl Stream<Item = Result<Vec<EntityPermissionItem>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// Roles of the entity, newest first, page by page.
    pub fn entity_roles(
        &self,
        filter: QueryEntityRoles,
    ) -> impl Stream<Item = Result<Vec<EntityRole>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// Members of the VAT group or units of the local government, newest first, page by page.
    pub fn subordinate_roles(
        &self,
        filter: QuerySubordinateRoles,
    ) -> impl Stream<Item = Result<Vec<SubordinateEntityRole>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// Authorisations granted or received, newest first, page by page.
    pub fn authorizations(
        &self,
        filter: QueryAuthorizations,
    ) -> impl Stream<Item = Result<Vec<AuthorizationGrant>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// Administrators and representatives of EU entities, newest first, page by page.
    pub fn eu_entity_permissions(
        &self,
        filter: QueryEuEntityPermissions,
    ) -> impl Stream<Item = Result<Vec<EuEntityPermission>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    async fn start_permission_operation<R>(&self, request: &R) -> Result<PermissionPoller, Error>
    where
        R: Request<Answer = StartedPermissionOperation> + Sync,
    {
        let started = self.call(request).await?.value;
        Ok(PermissionPoller::new(self, started.reference_number))
    }
}
