//! From a profile, an address or nothing at all to a client that is ready to call.

mod failure;
pub(crate) mod identity;
pub(crate) mod logins;
pub(crate) mod seller;
mod target;

pub(crate) use target::Target;
