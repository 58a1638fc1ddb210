//! Permissions: waiting for operations, and what a login may do.

mod poller;
mod rights;

pub use poller::PermissionPoller;
pub use rights::{Grantor, MissingPermission, Rights};
