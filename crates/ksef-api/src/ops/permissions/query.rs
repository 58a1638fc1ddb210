//! Queries. Lists are sorted by `startDate`, newest first, then by `id`.

mod author;
mod authorizations;
mod entities;
mod eu_entities;
mod personal;
mod persons;
mod roles;
mod subject_details;
mod subunits;

use crate::open_enum::open_enum;

pub use author::PermissionAuthor;
pub use authorizations::{
    AuthorizationGrant, AuthorizationGrants, AuthorizationQueryType, QueryAuthorizations,
};
pub use entities::{EntityPermissionItem, EntityPermissions, QueryEntityPermissions};
pub use eu_entities::{
    EuEntityPermission, EuEntityPermissions, EuPermissionScope, QueryEuEntityPermissions,
};
pub use personal::{
    OwnerPermission, PersonalPermission, PersonalPermissionScope, PersonalPermissions,
    QueryPersonalPermissions,
};
pub use persons::{PersonPermission, PersonPermissions, PersonQueryType, QueryPersonPermissions};
pub use roles::{
    EntityRole, EntityRoleType, EntityRoles, QueryEntityRoles, QuerySubordinateRoles,
    SubordinateEntityRole, SubordinateEntityRoles, SubordinateRoleType,
};
pub use subject_details::{EntityDetailsType, SubjectEntityDetails, SubjectPersonDetails};
pub use subunits::{
    QuerySubunitPermissions, SubunitPermission, SubunitPermissionScope, SubunitPermissions,
};

open_enum! {
    /// Whether a permission works (`PermissionState`).
    pub enum PermissionState {
        /// It works.
        Active = "Active",
        /// It does not: an indirect permission whose client passed nothing on to the intermediary, so far or any more.
        Inactive = "Inactive",
    }
}

/// The part of `Request` and `PagedByOffset` that every query shares: its body is itself, its page travels in the query.
macro_rules! paged_query {
    ($request:ty, $operation:expr, $answer:ty { $entries:ident: $item:ty }) => {
        impl $crate::request::Request for $request {
            $crate::ops::calls!($operation);
            $crate::ops::answers!(json $answer);
            $crate::ops::is_its_body!();

            fn query(&self) -> Vec<(&'static str, String)> {
                self.page.query()
            }
        }

        $crate::ops::permissions::query::paged!($request, $answer { $entries: $item });
    };
}

pub(crate) use paged_query;

/// The part of `PagedByOffset`, and the setter of the page size.
macro_rules! paged {
    ($request:ty, $answer:ty { $entries:ident: $item:ty }) => {
        impl $request {
            /// With pages of this many entries, 10 to 100; the server's default is 10.
            #[must_use]
            pub const fn with_page_size(mut self, entries: u16) -> Self {
                self.page.size = Some(entries);
                self
            }
        }

        impl $crate::page::PagedByOffset for $request {
            type Item = $item;

            fn with_page_offset(mut self, page: u32) -> Self {
                self.page.page = Some(page);
                self
            }

            fn split(answer: $answer) -> (Vec<$item>, bool) {
                (answer.$entries, answer.has_more)
            }
        }
    };
}

pub(crate) use paged;
