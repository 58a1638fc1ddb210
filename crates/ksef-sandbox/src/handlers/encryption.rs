//! Keys that requests bring: wrapped for one of our public keys, not yet looked at.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ksef_core::key_id::KeyId;

use crate::fields::{Fields, Violations};

/// A wrapped key as it came.
pub(super) struct Encryption {
    pub(super) wrapped_key: Vec<u8>,
    pub(super) iv: [u8; 16],
    pub(super) public_key: Option<KeyId>,
}

/// Reads the required member `encryption`.
pub(super) fn read(fields: &Fields<'_>, violations: &mut Violations) -> Option<Encryption> {
    let fields = fields.object(violations, "encryption")?;
    let wrapped_key = base64(&fields, violations, "encryptedSymmetricKey");
    let iv = base64(&fields, violations, "initializationVector").and_then(|bytes| {
        let iv = <[u8; 16]>::try_from(bytes.as_slice());
        if iv.is_err() {
            let found = bytes.len();
            violations.add(format!(
                "'encryption.initializationVector' must be 16 bytes in length. You entered {found} bytes."
            ));
        }
        iv.ok()
    });
    let public_key = fields.optional_parsed(violations, "publicKeyId", KeyId::parse);
    Some(Encryption {
        wrapped_key: wrapped_key?,
        iv: iv?,
        public_key,
    })
}

fn base64(fields: &Fields<'_>, violations: &mut Violations, name: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(fields.text(violations, name)?);
    if bytes.is_err() {
        violations.unreadable(fields.path(name));
    }
    bytes.ok()
}
