//! A signature that lacks only its value.

use std::fmt;

use base64_simd::STANDARD;
use roxmltree::Node;

use super::{XadesError, XadesErrorKind, algorithm};
use crate::c14n::source::Source;
use crate::certificate::Certificate;
use crate::signature::SignatureScheme;

/// A document with everything but the signature value, made by [`prepare`](super::prepare).
pub struct Prepared {
    pub(super) document: Vec<u8>,
    pub(super) end_tag: EndTag,
    pub(super) before_value: String,
    pub(super) after_value: String,
    pub(super) signed_info: Vec<u8>,
    pub(super) signer: Certificate,
    pub(super) scheme: SignatureScheme,
}

impl Prepared {
    /// The bytes to be signed: the canonical `SignedInfo`. The signer hashes them.
    #[must_use]
    pub fn signed_info(&self) -> &[u8] {
        &self.signed_info
    }

    /// The digest of [`Prepared::signed_info`], for signers that take only a digest.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        let hash = match self.scheme {
            SignatureScheme::RsaPkcs1(hash)
            | SignatureScheme::RsaPss(hash)
            | SignatureScheme::EcdsaFixed(hash)
            | SignatureScheme::EcdsaDer(hash) => hash,
        };
        hash.digest(&self.signed_info)
    }

    /// The signed document. The value is checked against the signer's certificate first.
    ///
    /// # Errors
    /// [`XadesErrorKind::SignatureMismatch`], [`XadesErrorKind::UnacceptableKey`],
    /// [`XadesErrorKind::UnsupportedAlgorithm`].
    pub fn complete(&self, value: &[u8]) -> Result<Vec<u8>, XadesError> {
        algorithm::verify_value(&self.signer, self.scheme, &self.signed_info, value)?;
        Ok(self.assemble(value))
    }

    pub(super) fn assemble(&self, value: &[u8]) -> Vec<u8> {
        let (before, after) = self
            .document
            .split_at_checked(self.end_tag.offset)
            .unwrap_or((&self.document, &[]));
        let room = self.before_value.len() + self.after_value.len() + value.len() * 2 + 64;
        let mut out = Vec::with_capacity(self.document.len() + room);
        out.extend_from_slice(before);
        out.extend_from_slice(if self.end_tag.is_missing { b">" } else { b"" });
        out.extend_from_slice(self.before_value.as_bytes());
        STANDARD.encode_append(value, &mut out);
        out.extend_from_slice(self.after_value.as_bytes());
        match self
            .end_tag
            .name
            .as_deref()
            .filter(|_| self.end_tag.is_missing)
        {
            Some(name) => {
                out.extend_from_slice(format!("</{name}>").as_bytes());
                out.extend_from_slice(after.strip_prefix(b"/>").unwrap_or(after));
            }
            None => out.extend_from_slice(after),
        }
        out
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("signer", &self.signer)
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

/// Where the signature goes: before the end tag of the root. A root without content has no end
/// tag; it gets one, the only case in which another byte changes.
pub(super) struct EndTag {
    offset: usize,
    is_missing: bool,
    name: Option<String>,
}

impl EndTag {
    pub(super) fn of(
        original: &[u8],
        source: &Source<'_>,
        root: Node<'_, '_>,
    ) -> Result<Self, XadesError> {
        let end = source.original_offset(root.range().end);
        let start = source.original_offset(root.range().start);
        let text = original
            .get(start..end)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .ok_or(XadesErrorKind::NotXml)?;
        if text.ends_with("/>") {
            let name = text
                .get(1..)
                .and_then(|text| text.split([' ', '\t', '\r', '\n', '/', '>']).next())
                .map(str::to_owned);
            return Ok(Self {
                offset: end - 2,
                is_missing: true,
                name,
            });
        }
        let within = text.rfind("</").ok_or(XadesErrorKind::NotXml)?;
        Ok(Self {
            offset: start + within,
            is_missing: false,
            name: None,
        })
    }
}
