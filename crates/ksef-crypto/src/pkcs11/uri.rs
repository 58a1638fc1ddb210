//! `pkcs11:` URIs (RFC 7512): which key, on which token, through which module.

use std::fmt;
use std::path::{Path, PathBuf};

/// A `pkcs11:` URI. Absent parts match everything.
///
/// A PIN in the URI (`pin-value`, `pin-source`) is refused: URIs stand on command lines and in
/// configuration files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenUri {
    text: String,
    pub(super) token: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) model: Option<String>,
    pub(super) slot: Option<u64>,
    pub(super) object: Option<String>,
    pub(super) id: Option<Vec<u8>>,
    module: Option<PathBuf>,
}

/// Why a text is no URI of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriError {
    /// It does not begin with `pkcs11:`.
    Scheme,
    /// A part without `=`, with a wrong percent sequence, or no text where one is needed.
    Malformed {
        /// The part.
        part: String,
    },
    /// An attribute that is not known, or stands twice.
    Attribute {
        /// Its name.
        name: String,
    },
    /// It holds a PIN, or says where one is.
    Pin,
}

impl TokenUri {
    /// Reads a URI.
    ///
    /// Known are the path attributes `token`, `manufacturer`, `serial`, `model`, `slot-id`, `object`,
    /// `id` and `type=private` or `type=cert`, and the query attribute `module-path`. Vendors' own (`x-…`) are ignored.
    ///
    /// # Errors
    /// [`UriError`].
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let rest = text.strip_prefix("pkcs11:").ok_or(UriError::Scheme)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self {
            text: text.to_owned(),
            ..Self::default()
        };
        let mut seen: Vec<&str> = Vec::new();
        let parts = path.split(';').map(|part| (part, true));
        for (part, is_path) in parts.chain(query.split('&').map(|part| (part, false))) {
            if part.is_empty() {
                continue;
            }
            let malformed = || UriError::Malformed {
                part: part.to_owned(),
            };
            let (name, raw) = part.split_once('=').ok_or_else(malformed)?;
            let unknown = || UriError::Attribute {
                name: name.to_owned(),
            };
            if name == "pin-value" || name == "pin-source" {
                return Err(UriError::Pin);
            }
            if seen.contains(&name) {
                return Err(unknown());
            }
            seen.push(name);
            let bytes = decoded(raw).ok_or_else(malformed)?;
            let value = || String::from_utf8(bytes.clone()).map_err(|_| malformed());
            match (is_path, name) {
                (true, "token") => uri.token = Some(value()?),
                (true, "manufacturer") => uri.manufacturer = Some(value()?),
                (true, "serial") => uri.serial = Some(value()?),
                (true, "model") => uri.model = Some(value()?),
                (true, "slot-id") => {
                    uri.slot = Some(value()?.parse().map_err(|_| malformed())?);
                }
                (true, "object") => uri.object = Some(value()?),
                (true, "id") => uri.id = Some(bytes),
                // Certificate and key of one name belong together; either names both.
                (true, "type") if matches!(raw, "private" | "cert") => {}
                (false, "module-path") => uri.module = Some(value()?.into()),
                (_, vendors) if vendors.starts_with("x-") => {}
                _ => return Err(unknown()),
            }
        }
        Ok(uri)
    }

    /// The vendor's module (`module-path`).
    #[must_use]
    pub fn module(&self) -> Option<&Path> {
        self.module.as_deref()
    }

    /// The same through another module, for URIs that name none.
    #[must_use]
    pub fn with_module(mut self, module: PathBuf) -> Self {
        self.module = Some(module);
        self
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => {
                f.write_str("a key on a token is named by a URI that begins with pkcs11:")
            }
            Self::Malformed { part } => write!(f, "\"{part}\" is no part of a pkcs11: URI"),
            Self::Attribute { name } => {
                write!(
                    f,
                    "the attribute \"{name}\" is not known here, or stands twice"
                )
            }
            Self::Pin => f.write_str("a PIN does not belong into a URI"),
        }
    }
}

impl std::error::Error for UriError {}

/// Percent sequences as bytes.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            let digits = std::str::from_utf8(digits).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_uri_names() {
        let text = "pkcs11:token=The%20Token;object=key;id=%01%Ab;type=private;slot-id=7;\
                    serial=12;x-note=1?module-path=/usr/lib/a%26b.so";
        let uri = TokenUri::parse(text).unwrap();
        assert_eq!(uri.token.as_deref(), Some("The Token"));
        assert_eq!(uri.object.as_deref(), Some("key"));
        assert_eq!(uri.id.as_deref(), Some(&[1, 0xab][..]));
        assert_eq!((uri.slot, uri.serial.as_deref()), (Some(7), Some("12")));
        assert_eq!(uri.module(), Some(Path::new("/usr/lib/a&b.so")));
        assert_eq!(uri.to_string(), text);
        let bare = TokenUri::parse("pkcs11:").unwrap();
        assert_eq!((&bare.token, bare.module()), (&None, None));
        assert_eq!(
            bare.with_module("m.so".into()).module(),
            Some(Path::new("m.so"))
        );
    }

    #[test]
    fn what_is_no_uri_of_a_key() {
        let attribute = |name: &str| UriError::Attribute { name: name.into() };
        let malformed = |part: &str| UriError::Malformed { part: part.into() };
        for (text, expected) in [
            ("token=a", UriError::Scheme),
            ("pkcs11:token", malformed("token")),
            ("pkcs11:token=%4", malformed("token=%4")),
            ("pkcs11:token=%+1", malformed("token=%+1")),
            ("pkcs11:token=%ff", malformed("token=%ff")),
            ("pkcs11:slot-id=x", malformed("slot-id=x")),
            ("pkcs11:token=a;token=b", attribute("token")),
            ("pkcs11:type=public", attribute("type")),
            ("pkcs11:module-path=a", attribute("module-path")),
            ("pkcs11:?token=a", attribute("token")),
            ("pkcs11:?pin-value=1234", UriError::Pin),
            ("pkcs11:?pin-source=file:/a", UriError::Pin),
        ] {
            assert_eq!(TokenUri::parse(text), Err(expected), "{text}");
        }
    }
}
