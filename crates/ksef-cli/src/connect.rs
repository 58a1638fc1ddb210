//! From a profile, an address or nothing at all to a client that is ready to call.

mod target;

pub(crate) use target::Target;
