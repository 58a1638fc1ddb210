//! Who calls: what an access, refresh or operation token says.

use ksef_api::operation::Permission;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::reference::{AuthRef, TokenRef};
use serde::{Deserialize, Serialize};

use crate::ip_policy::IpPolicy;

/// The bearer of a valid token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// What kind of token was shown.
    pub(crate) kind: BearerKind,
    /// On whose behalf.
    pub(crate) context: ContextIdentifier,
    /// Who.
    pub(crate) subject: SubjectIdentifier,
    /// The authentication that the token comes from; its record holds what the UPO needs.
    pub(crate) login: AuthRef,
    /// The KSeF token that was used to sign in, if one was.
    pub(crate) ksef_token: Option<TokenRef>,
    /// What it may do, as of when the token was issued.
    pub(crate) permissions: PermissionSet,
    /// From where it may be used.
    pub(crate) ip_policy: IpPolicy,
}

/// Kinds of bearers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum BearerKind {
    /// Returned when an authentication starts; good for its status and its redemption.
    #[serde(rename = "OperationToken")]
    Operation,
    /// Opens the operations.
    #[serde(rename = "ContextToken")]
    Access,
    /// Makes access tokens.
    #[serde(rename = "RefreshToken")]
    Refresh,
}

/// A set of permissions; `owner` stands for all of them but `VatUeManage`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PermissionSet {
    owner: bool,
    named: Vec<Permission>,
}

impl PermissionSet {
    /// What the owner of the context has.
    pub(crate) fn owner() -> Self {
        Self {
            owner: true,
            named: Vec::new(),
        }
    }

    /// These permissions.
    pub(crate) fn of(permissions: impl IntoIterator<Item = Permission>) -> Self {
        let mut set = Self::default();
        for permission in permissions {
            set.add(permission);
        }
        set
    }

    /// Adds a permission.
    pub(crate) fn add(&mut self, permission: Permission) {
        if !self.named.contains(&permission) {
            self.named.push(permission);
            self.named.sort_unstable();
        }
    }

    /// Is the caller the owner of the context?
    pub(crate) fn is_owner(&self) -> bool {
        self.owner
    }

    /// Does it hold `permission`, directly or as the owner?
    pub(crate) fn has(&self, permission: Permission) -> bool {
        (self.owner && permission != Permission::VatUeManage) || self.named.contains(&permission)
    }

    /// Does it hold one of `permissions`? Nothing is asked for by an empty list.
    pub(crate) fn has_any_of(&self, permissions: &[Permission]) -> bool {
        permissions.is_empty() || permissions.iter().any(|&permission| self.has(permission))
    }

    /// Is there nothing in it?
    pub(crate) fn is_empty(&self) -> bool {
        !self.owner && self.named.is_empty()
    }

    /// What both this set and `wanted` hold.
    pub(crate) fn limited_to(&self, wanted: &[Permission]) -> Self {
        Self::of(
            wanted
                .iter()
                .copied()
                .filter(|&permission| self.has(permission)),
        )
    }

    /// The names as tokens and refusals carry them.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let owner = self.owner.then_some(OWNER);
        owner
            .into_iter()
            .chain(self.named.iter().map(|permission| permission.as_str()))
            .collect()
    }

    /// The set of these names; unknown ones are passed over.
    pub(crate) fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for name in names {
            if name == OWNER {
                set.owner = true;
            } else if let Some(permission) = Permission::from_name(name) {
                set.add(permission);
            }
        }
        set
    }
}

/// The role of the owner; it is not a permission that can be granted.
const OWNER: &str = "Owner";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_has_everything_but_the_administration_of_eu_entities() {
        let owner = PermissionSet::owner();
        for &permission in Permission::ALL {
            assert_eq!(owner.has(permission), permission != Permission::VatUeManage);
        }
        assert_eq!(owner.names(), ["Owner"]);
        assert!(!owner.is_empty() && PermissionSet::default().is_empty());
    }

    #[test]
    fn a_token_is_the_intersection_of_what_it_names_and_what_its_author_has() {
        let wanted = [Permission::InvoiceRead, Permission::InvoiceWrite];
        let author = PermissionSet::of([Permission::InvoiceRead, Permission::CredentialsRead]);
        assert_eq!(author.limited_to(&wanted).names(), ["InvoiceRead"]);
        assert_eq!(
            PermissionSet::owner().limited_to(&wanted).names(),
            ["InvoiceRead", "InvoiceWrite"]
        );
        assert!(!PermissionSet::owner().limited_to(&wanted).is_owner());
        let names = author.names();
        assert_eq!(PermissionSet::from_names(names), author);
    }
}
