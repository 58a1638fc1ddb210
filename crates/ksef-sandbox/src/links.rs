//! Presigned addresses of stored documents, and continuation tokens: what the server gives out signed and takes back
//! without any other proof.
//!
//! A link names a path below `/storage/`, the instants from and until which it works, and an HMAC-SHA256 over both.
//! It is used without `Authorization`. The key belongs to the world, so links outlive a restart and die with a reset.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};

/// How long a link works after the status query that made it: three days, as on the real storage.
pub(crate) const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(72);

/// First segments of every link.
pub(crate) const STORAGE_PREFIX: &str = "/storage/01/";

/// Signs and verifies links and continuation tokens.
#[derive(Clone)]
pub(crate) struct LinkSigner {
    key: hmac::Key,
}

/// A signed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Path and query, beginning with `/storage/`.
    pub(crate) path_and_query: String,
    /// Instant after which the link is refused.
    pub(crate) expires: Timestamp,
}

/// What a link allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading.
    Read,
    /// Writing.
    Write,
}

impl Access {
    fn letter(self) -> char {
        match self {
            Self::Read => 'r',
            Self::Write => 'w',
        }
    }
}

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkRefusal {
    /// A parameter is missing or the signature is of another path or key.
    Forged,
    /// The link was right and is too old.
    Expired,
}

impl LinkSigner {
    /// A signer with the secret of a world.
    #[must_use]
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// A link to read `path` (which begins with `/storage/`) made at `now`.
    #[must_use]
    pub(crate) fn link(&self, path: &str, now: Timestamp) -> Link {
        let expires = now.saturating_add(LINK_LIFETIME).unwrap_or(Timestamp::MAX);
        self.link_until(Access::Read, path, now, expires)
    }

    /// A link to `path` made at `now` that works until `expires`.
    #[must_use]
    pub(crate) fn link_until(
        &self,
        access: Access,
        path: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Link {
        let start = seconds(now.saturating_sub(CLOCK_TOLERANCE).unwrap_or(now));
        let end = seconds(expires);
        let signature = self.sign(&link_text(access, path, &start, &end));
        let query = format!(
            "sv=2025-01-05&st={}&se={}&sr=b&sp={}&sig={}",
            percent(&start),
            percent(&end),
            access.letter(),
            percent(&STANDARD.encode(signature))
        );
        Link {
            path_and_query: format!("{path}?{query}"),
            expires,
        }
    }

    /// Whether a request for `path` with this raw query may do what `access` says.
    ///
    /// # Errors
    /// [`LinkRefusal::Forged`] and [`LinkRefusal::Expired`].
    pub(crate) fn verify(
        &self,
        access: Access,
        path: &str,
        query: &str,
        now: Timestamp,
    ) -> Result<(), LinkRefusal> {
        let parameter = |name: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .and_then(|(_, value)| unpercent(value))
                .ok_or(LinkRefusal::Forged)
        };
        let (start, end) = (parameter("st")?, parameter("se")?);
        let signature = STANDARD
            .decode(parameter("sig")?)
            .map_err(|_| LinkRefusal::Forged)?;
        hmac::verify(
            &self.key,
            link_text(access, path, &start, &end).as_bytes(),
            &signature,
        )
        .map_err(|_| LinkRefusal::Forged)?;
        let end: Timestamp = end.parse().map_err(|_| LinkRefusal::Forged)?;
        if now > end {
            Err(LinkRefusal::Expired)
        } else {
            Ok(())
        }
    }

    /// An opaque token that continues the list `scope` behind `cursor`.
    #[must_use]
    pub(crate) fn continuation(&self, scope: &str, cursor: &str) -> String {
        let signature = self.sign(&continuation_text(scope, cursor));
        let head = signature
            .get(..CONTINUATION_SIGNATURE_BYTES)
            .unwrap_or_default();
        URL_SAFE_NO_PAD.encode([head, cursor.as_bytes()].concat())
    }

    /// The cursor inside a token of the same list; `None` for any other text.
    #[must_use]
    pub(crate) fn cursor(&self, scope: &str, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token.trim()).ok()?;
        let (signature, cursor) = bytes.split_at_checked(CONTINUATION_SIGNATURE_BYTES)?;
        let cursor = std::str::from_utf8(cursor).ok()?;
        let expected = self.sign(&continuation_text(scope, cursor));
        (expected.get(..CONTINUATION_SIGNATURE_BYTES) == Some(signature)).then(|| cursor.to_owned())
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        hmac::sign(&self.key, text.as_bytes()).as_ref().to_vec()
    }
}

impl fmt::Debug for LinkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSigner(redacted)")
    }
}

fn link_text(access: Access, path: &str, start: &str, end: &str) -> String {
    let letter = access.letter();
    format!("link\n{letter}\n{path}\n{start}\n{end}")
}

fn continuation_text(scope: &str, cursor: &str) -> String {
    format!("page\n{scope}\n{cursor}")
}

/// The instant to the second, as Azure storage writes it: `2025-09-21T15:00:50Z`.
fn seconds(instant: Timestamp) -> String {
    Timestamp::from_second(instant.as_second())
        .unwrap_or(instant)
        .to_string()
}

/// Percent-encodes everything outside the unreserved characters.
fn percent(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
}

fn unpercent(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| {
                char::from(byte?)
                    .to_digit(16)
                    .and_then(|d| u8::try_from(d).ok())
            };
            let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
            out.push((high << 4) | low);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

/// How far before its making a link claims to begin; clocks differ.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Bytes of the signature that a continuation token carries.
const CONTINUATION_SIGNATURE_BYTES: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/storage/01/20250918-so-3789a40000/session-upo/upo_00.xml";

    fn now() -> Timestamp {
        "2026-11-21T08:00:00.5Z".parse().unwrap()
    }

    fn query(link: &Link) -> &str {
        link.path_and_query.split_once('?').unwrap().1
    }

    #[test]
    fn a_link_works_for_three_days_and_for_its_path_only() {
        let signer = LinkSigner::new(&[7; 32]);
        let link = signer.link(PATH, now());
        assert_eq!(link.expires, "2026-11-24T08:00:00.5Z".parse().unwrap());
        assert_eq!(
            signer.verify(Access::Read, PATH, query(&link), now()),
            Ok(())
        );
        let late = "2026-11-24T08:00:01Z".parse().unwrap();
        assert_eq!(
            signer.verify(Access::Read, PATH, query(&link), late),
            Err(LinkRefusal::Expired)
        );
        assert_eq!(
            signer.verify(Access::Read, "/storage/01/other", query(&link), now()),
            Err(LinkRefusal::Forged)
        );
        assert_eq!(
            LinkSigner::new(&[8; 32]).verify(Access::Read, PATH, query(&link), now()),
            Err(LinkRefusal::Forged)
        );
    }

    #[test]
    fn a_link_to_write_is_none_to_read() {
        let signer = LinkSigner::new(&[7; 32]);
        let expires = now() + SignedDuration::from_mins(20);
        let link = signer.link_until(Access::Write, PATH, now(), expires);
        assert_eq!(
            signer.verify(Access::Write, PATH, query(&link), now()),
            Ok(())
        );
        assert_eq!(
            signer.verify(Access::Read, PATH, query(&link), now()),
            Err(LinkRefusal::Forged)
        );
        let late = expires + SignedDuration::from_secs(1);
        assert_eq!(
            signer.verify(Access::Write, PATH, query(&link), late),
            Err(LinkRefusal::Expired)
        );
    }

    #[test]
    fn changed_parameters_are_noticed() {
        let signer = LinkSigner::new(&[7; 32]);
        let link = signer.link(PATH, now());
        for changed in [
            query(&link).replace("2026-11-24", "2027-11-24"),
            query(&link).replace("sig=", "gis="),
            query(&link).replace("sig=", "sig=AAAA"),
            query(&link).replace("se=", "se=%4"),
            String::new(),
        ] {
            assert_eq!(
                signer.verify(Access::Read, PATH, &changed, now()),
                Err(LinkRefusal::Forged),
                "{changed}"
            );
        }
    }

    #[test]
    fn a_continuation_token_belongs_to_its_list() {
        let signer = LinkSigner::new(&[7; 32]);
        let token = signer.continuation("invoices|SO-1", "000012");
        assert_eq!(
            signer.cursor("invoices|SO-1", &token).as_deref(),
            Some("000012")
        );
        assert_eq!(signer.cursor("invoices|SO-2", &token), None);
        for other in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", "%%%"] {
            assert_eq!(signer.cursor("invoices|SO-1", other), None, "{other}");
        }
    }
}
