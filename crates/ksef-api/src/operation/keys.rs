//! Operations of the public keys of the Ministry.

use super::Operation;

/// Certificates with the public keys for KSeF tokens and session keys.
pub const PUBLIC_KEY_CERTIFICATES: Operation = Operation::get(
    "keys.public_key_certificates",
    "/security/public-key-certificates",
)
.public();
