//! The KSeF client: authentication, keys, sessions, retries and statuses.

pub mod journal;
