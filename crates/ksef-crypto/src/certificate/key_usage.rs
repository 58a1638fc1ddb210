//! The key usage of a certificate.

use super::extension;
use crate::asn1::{self, Element};

/// What the key of a certificate may be used for (RFC 5280 §4.2.1.3), as far as KSeF tells its certificates apart by
/// it: `Authentication` has the first, `Offline` the second, seals and qualified certificates may have both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyUsage {
    bits: u8,
}

impl KeyUsage {
    /// `digitalSignature`: signing in.
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.bits & 0x80 != 0
    }

    /// `contentCommitment`, once called `nonRepudiation`: signing documents.
    #[must_use]
    pub const fn content_commitment(self) -> bool {
        self.bits & 0x40 != 0
    }

    /// `keyCertSign`: issuing certificates.
    #[must_use]
    pub const fn certificate_signing(self) -> bool {
        self.bits & 0x04 != 0
    }

    pub(super) fn read(extensions: &Element<'_>) -> Option<Self> {
        let value = extension(extensions, KEY_USAGE)?;
        match (value.tag, value.content) {
            (asn1::BIT_STRING, [_unused, bits, ..]) => Some(Self { bits: *bits }),
            _ => None,
        }
    }
}

const KEY_USAGE: &str = "2.5.29.15";
