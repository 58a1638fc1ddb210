//! What a login may do in its context, and who could grant the rest.

use std::collections::BTreeSet;

use ksef_api::operation::{Operation, Permission};
use ksef_api::ops::permissions::{
    EntityPermissionType, EntityRole, EntityRoleType, OwnerPermission, PermissionState,
    PermissionTarget, PersonalPermission, QueryEntityRoles, QueryPersonalPermissions,
};
use ksef_api::ops::tokens::GetToken;
use ksef_api::page::PagedByOffset as _;
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;

use crate::client::Client;
use crate::error::{Error, ErrorKind};

/// What a login may do in its context, as KSeF's own lists show it.
///
/// An access token keeps the rights that it was issued with until it ends; what was granted or withdrawn since counts
/// from the next token on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rights {
    /// The context.
    pub context: ContextIdentifier,
    /// What the login may do as the owner of the context; empty for everybody else, and on servers before 2.9, which do
    /// not tell.
    pub owner: Vec<OwnerPermission>,
    /// What was granted to the login, whether it works or not.
    pub granted: Vec<PersonalPermission>,
    /// Roles of the entity; `None` when the login may not see them.
    pub roles: Option<Vec<EntityRole>>,
    /// What the KSeF token that the login uses is limited to; `None` with a certificate.
    pub token: Option<BTreeSet<Permission>>,
    held: BTreeSet<Permission>,
}

/// A permission that a login lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingPermission {
    /// The permission.
    pub permission: Permission,
    /// The subject has it, but the KSeF token that the login uses is limited: another token, or a certificate, helps.
    pub is_beyond_token: bool,
    /// It was granted indirectly and does not work, since the client passed nothing on to the intermediary.
    pub is_inactive: bool,
    /// Who could grant it; empty when nobody can.
    pub grantors: Vec<Grantor>,
    /// One of these roles the entity must have first, and it has none of them as far as the login can see.
    pub needs_role: Vec<EntityRoleType>,
}

/// Somebody who could grant a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grantor {
    /// The owner of a taxpayer's context: whoever signs in there with its NIP.
    Owner(Nip),
    /// Whoever holds a permission in a context.
    Holder {
        /// The permission that it takes.
        permission: Permission,
        /// Where.
        context: ContextIdentifier,
    },
}

impl Client {
    /// What the login may do in the context: its own permissions, its rights as the owner, the roles of the entity as far
    /// as it may see them, and the limits of the KSeF token that it uses.
    ///
    /// # Errors
    /// [`ErrorKind::Misuse`] without credentials and context; what the server answered.
    pub async fn rights(&self) -> Result<Rights, Error> {
        let context = *self
            .context()
            .ok_or_else(|| Error::misuse("rights are those of a login in a context"))?;
        let (granted, owner) = self.personal_rights().await?;
        let token = match self.ksef_token_reference() {
            None => None,
            Some(reference) => {
                let token = self.call(&GetToken::new(reference)).await?.value;
                let names = token.requested_permissions.iter();
                Some(
                    names
                        .filter_map(|name| Permission::from_name(name.as_str()))
                        .collect(),
                )
            }
        };
        let mut rights = Rights {
            held: BTreeSet::new(),
            context,
            owner,
            granted,
            roles: None,
            token,
        };
        rights.held = rights.effective();
        let sees_roles = [Permission::CredentialsManage, Permission::CredentialsRead];
        if sees_roles.iter().any(|permission| rights.has(*permission)) {
            let roles = self.all_by_offset(QueryEntityRoles::new().with_page_size(PAGE_ENTRIES));
            rights.roles = match roles.await {
                Ok(roles) => Some(roles),
                // The access token may be older than the permission to look.
                Err(error) if matches!(error.kind(), ErrorKind::Forbidden) => None,
                Err(error) => return Err(error),
            };
        }
        Ok(rights)
    }

    /// All personal permissions, and what the caller may do as the owner.
    async fn personal_rights(
        &self,
    ) -> Result<(Vec<PersonalPermission>, Vec<OwnerPermission>), Error> {
        let query = QueryPersonalPermissions::new().with_page_size(PAGE_ENTRIES);
        let first = self.call(&query.clone().with_page_offset(0)).await?.value;
        let owner = first.owner_permissions.clone();
        if !first.has_more {
            return Ok((first.permissions, owner));
        }
        Ok((self.all_by_offset(query).await?, owner))
    }
}

impl Rights {
    /// Whether the login is known to be the owner of the context.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        !self.owner.is_empty()
    }

    /// Whether the login may do what this permission opens.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        self.held.contains(&permission)
    }

    /// Every permission that works, sorted.
    pub fn held(&self) -> impl Iterator<Item = Permission> + '_ {
        self.held.iter().copied()
    }

    /// Whether the login may call this operation.
    #[must_use]
    pub fn allows(&self, operation: &Operation) -> bool {
        operation.permissions.is_empty() || operation.permissions.iter().any(|it| self.has(*it))
    }

    /// What is missing for an operation: nothing when it is allowed, otherwise the permissions of which any one opens it.
    #[must_use]
    pub fn missing_for(&self, operation: &Operation) -> Vec<MissingPermission> {
        if self.allows(operation) {
            return Vec::new();
        }
        self.missing(operation.permissions.iter().copied())
    }

    /// Which of these permissions the login lacks, and who could grant them.
    #[must_use]
    pub fn missing(&self, wanted: impl IntoIterator<Item = Permission>) -> Vec<MissingPermission> {
        let lacking = wanted
            .into_iter()
            .filter(|permission| !self.has(*permission));
        lacking.map(|permission| self.explain(permission)).collect()
    }

    fn explain(&self, permission: Permission) -> MissingPermission {
        let needs_role = match permission {
            Permission::EnforcementOperations if !self.enforces() => vec![
                EntityRoleType::CourtBailiff,
                EntityRoleType::EnforcementAuthority,
            ],
            _ => Vec::new(),
        };
        let is_named = |granted: &&PersonalPermission| {
            Permission::from_name(granted.permission_scope.as_str()) == Some(permission)
        };
        MissingPermission {
            permission,
            is_beyond_token: self.of_subject().contains(&permission),
            is_inactive: self
                .granted
                .iter()
                .filter(is_named)
                .any(|granted| granted.permission_state == PermissionState::Inactive),
            grantors: grantors(&self.context, permission),
            needs_role,
        }
    }

    /// Whether the entity is known to carry out enforcement.
    fn enforces(&self) -> bool {
        let enforcing = [
            EntityRoleType::CourtBailiff,
            EntityRoleType::EnforcementAuthority,
        ];
        let mut roles = self.roles.iter().flatten();
        roles.any(|role| enforcing.contains(&role.role))
    }

    /// What the subject may do with a certificate.
    fn of_subject(&self) -> BTreeSet<Permission> {
        let works = |granted: &&PersonalPermission| {
            granted.permission_state == PermissionState::Active && self.is_for_here(granted)
        };
        let granted = self.granted.iter().filter(works);
        let owner = self.owner.iter().map(OwnerPermission::as_str);
        granted
            .map(|granted| granted.permission_scope.as_str())
            .chain(owner)
            .filter_map(Permission::from_name)
            .collect()
    }

    /// Whether a permission works in this context: indirect ones work with a client, and those that the entity received
    /// from another one work in the context of that other one.
    fn is_for_here(&self, granted: &PersonalPermission) -> bool {
        let granted_in = granted.context_identifier.as_ref();
        let is_from_here = granted_in.is_some_and(|context| context.known() == Some(&self.context));
        match &granted.target_identifier {
            Some(target) => match target.known().map(PermissionTarget::context) {
                Some(Some(target)) => target == self.context,
                // They are listed with the intermediary too, where they open nothing.
                Some(None) => !is_from_here,
                None => false,
            },
            // Only invoices are handled for others; everything else is for the context in which it is listed.
            None => granted_in.is_none() || is_from_here || !is_of_invoices(granted),
        }
    }

    fn effective(&self) -> BTreeSet<Permission> {
        let of_subject = self.of_subject();
        match &self.token {
            Some(token) => of_subject.intersection(token).copied().collect(),
            None => of_subject,
        }
    }
}

/// Whether an entity can receive this permission for the invoices of another one.
fn is_of_invoices(granted: &PersonalPermission) -> bool {
    EntityPermissionType::from_name(granted.permission_scope.as_str()).is_known()
}

/// Who could grant a permission in a context.
fn grantors(context: &ContextIdentifier, permission: Permission) -> Vec<Grantor> {
    let holder = |permission, context| Grantor::Holder {
        permission,
        context,
    };
    match (context, permission) {
        // It comes with the registration of the provider, and opens nothing elsewhere.
        (ContextIdentifier::PeppolId(_), _) | (_, Permission::PefInvoiceWrite) => Vec::new(),
        (ContextIdentifier::Nip(_) | ContextIdentifier::InternalId(_), Permission::VatUeManage) => {
            Vec::new()
        }
        (ContextIdentifier::Nip(nip), _) => vec![
            Grantor::Owner(*nip),
            holder(Permission::CredentialsManage, *context),
        ],
        (ContextIdentifier::InternalId(_), Permission::CredentialsManage) => {
            let mut grantors = of_taxpayer(context, Permission::SubunitManage);
            grantors.push(holder(Permission::CredentialsManage, *context));
            grantors
        }
        (ContextIdentifier::InternalId(_), _) => {
            vec![holder(Permission::CredentialsManage, *context)]
        }
        (ContextIdentifier::NipVatUe(_), Permission::InvoiceRead | Permission::InvoiceWrite) => {
            let mut grantors = vec![holder(Permission::VatUeManage, *context)];
            grantors.extend(of_taxpayer(context, Permission::CredentialsManage));
            grantors
        }
        (ContextIdentifier::NipVatUe(_), Permission::VatUeManage | Permission::Introspection) => {
            of_taxpayer(context, Permission::CredentialsManage)
        }
        (ContextIdentifier::NipVatUe(_), _) => Vec::new(),
    }
}

/// The owner of the taxpayer behind a context, and whoever holds `permission` there.
fn of_taxpayer(context: &ContextIdentifier, permission: Permission) -> Vec<Grantor> {
    let Some(nip) = context.nip() else {
        return Vec::new();
    };
    vec![
        Grantor::Owner(nip),
        Grantor::Holder {
            permission,
            context: ContextIdentifier::Nip(nip),
        },
    ]
}

const PAGE_ENTRIES: u16 = 100;

#[cfg(test)]
mod tests;
