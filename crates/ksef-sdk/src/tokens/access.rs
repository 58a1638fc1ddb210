//! One access token and the handle by which it is read.

use std::fmt;
use std::sync::Arc;

use arc_swap::Guard;
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::auth::BearerToken;

use super::Places;
use crate::error::Error;

/// An access token, ready for use.
pub(crate) struct AccessToken {
    token: BearerToken,
    header: HeaderValue,
    /// From this second on it is renewed in the background. Our time.
    pub(crate) renew_at: i64,
    /// From this second on it is not used any more. Our time.
    pub(crate) ends_at: i64,
}

impl AccessToken {
    /// A token that was just issued. `now` is ours, `skew` is by how much the server's clock is ahead of it, when that is known.
    ///
    /// # Errors
    /// A token that no header can carry.
    pub(crate) fn new(
        token: BearerToken,
        now: i64,
        skew: Option<SignedDuration>,
    ) -> Result<Self, Error> {
        let ahead = skew.map_or(0, |skew| skew.as_secs());
        let mut life = token
            .valid_until
            .as_second()
            .saturating_sub(ahead)
            .saturating_sub(now);
        if life <= 0 {
            // A token that was just issued is alive, so the clocks disagree. A 401 will say when it is over.
            life = LIFE_WHEN_CLOCKS_DISAGREE;
        }
        let margin = (life / 10).clamp(0, MARGIN_MAX);
        Ok(Self {
            header: header(token.token.expose())?,
            token,
            renew_at: now.saturating_add(life / 5 * 4),
            ends_at: now.saturating_add(life - margin),
        })
    }

    pub(crate) fn token(&self) -> &BearerToken {
        &self.token
    }
}

/// The value of `Authorization` for a bearer; marked, so that HTTP/2 does not index it and nothing prints it.
///
/// # Errors
/// A text that no header can carry.
pub(crate) fn header(text: &str) -> Result<HeaderValue, Error> {
    let value = zeroize::Zeroizing::new(format!("Bearer {text}"));
    let mut header = HeaderValue::from_str(&value)
        .map_err(|_| Error::protocol("token holds characters that no header can carry"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// An access token that is being read. Keep it no longer than writing one request takes.
pub struct Bearer(Held);

enum Held {
    /// Seen on the board, at this place, without counting.
    Borrowed(Guard<Arc<Places>>, usize),
    Counted(Arc<AccessToken>),
}

impl Bearer {
    #[inline]
    pub(crate) fn borrowed(places: Guard<Arc<Places>>, at: usize) -> Self {
        Self(Held::Borrowed(places, at))
    }

    pub(crate) fn counted(token: Arc<AccessToken>) -> Self {
        Self(Held::Counted(token))
    }

    /// The same token without the borrow, for keeping it while a call is under way.
    pub(crate) fn detached(self) -> Self {
        match self.access() {
            Some(access) => Self::counted(Arc::clone(access)),
            None => self,
        }
    }

    /// The token itself, a secret.
    #[must_use]
    #[inline]
    pub fn expose(&self) -> &str {
        self.access()
            .map_or("", |access| access.token.token.expose())
    }

    /// The value of the header `Authorization`. A clone counts and does not copy.
    #[must_use]
    #[inline]
    pub fn header(&self) -> HeaderValue {
        match self.access() {
            Some(access) => access.header.clone(),
            None => HeaderValue::from_static(""),
        }
    }

    /// When the token ends, in the server's time.
    #[must_use]
    pub fn valid_until(&self) -> Timestamp {
        self.access()
            .map_or(Timestamp::MIN, |access| access.token.valid_until)
    }

    pub(crate) fn is(&self, other: &Arc<AccessToken>) -> bool {
        self.access()
            .is_some_and(|access| Arc::ptr_eq(access, other))
    }

    /// Always there: a bearer is made of a token.
    #[inline]
    fn access(&self) -> Option<&Arc<AccessToken>> {
        match &self.0 {
            Held::Borrowed(places, at) => places.access(*at),
            Held::Counted(access) => Some(access),
        }
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer")
            .field("valid_until", &self.valid_until())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("valid_until", &self.token.valid_until)
            .finish_non_exhaustive()
    }
}

/// Seconds that a request may need to arrive, kept off the end of a token; at most a tenth of its life.
const MARGIN_MAX: i64 = 10;
/// Seconds for which a token is used whose end, by our clock, has passed before it came.
const LIFE_WHEN_CLOCKS_DISAGREE: i64 = 300;

#[cfg(test)]
mod tests {
    use ksef_core::secret::SecretText;

    use super::*;

    fn token(valid_until: &str) -> BearerToken {
        BearerToken {
            token: SecretText::new("secret.jwt.text"),
            valid_until: valid_until.parse().unwrap(),
        }
    }

    fn second(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let now = second("2026-11-21T08:00:00Z");
        let access = AccessToken::new(token("2026-11-21T08:15:00Z"), now, None).unwrap();
        assert_eq!(access.renew_at - now, 720);
        assert_eq!(access.ends_at - now, 890);
        let short = AccessToken::new(token("2026-11-21T08:00:05Z"), now, None).unwrap();
        assert_eq!((short.renew_at - now, short.ends_at - now), (4, 5));
    }

    #[test]
    fn the_servers_clock_counts() {
        let now = second("2026-11-21T09:00:00Z");
        let behind = SignedDuration::from_hours(-1);
        let access = AccessToken::new(token("2026-11-21T08:15:00Z"), now, Some(behind)).unwrap();
        assert_eq!(access.ends_at - now, 890);
        let unknown = AccessToken::new(token("2026-11-21T08:15:00Z"), now, None).unwrap();
        assert_eq!(
            unknown.ends_at - now,
            290,
            "dead on arrival: used for a while"
        );
        let jumped = AccessToken::new(token("2026-11-21T07:59:00Z"), now, Some(behind)).unwrap();
        assert_eq!(
            jumped.ends_at - now,
            290,
            "our clock has jumped since the skew was seen"
        );
    }

    #[test]
    fn nothing_shows_the_token() {
        let access = Arc::new(AccessToken::new(token("2026-11-21T08:15:00Z"), 0, None).unwrap());
        let bearer = Bearer::counted(Arc::clone(&access));
        assert_eq!(bearer.expose(), "secret.jwt.text");
        assert_eq!(bearer.header().as_bytes(), b"Bearer secret.jwt.text");
        assert!(bearer.is(&access));
        for shown in [
            format!("{bearer:?}"),
            format!("{access:?}"),
            format!("{:?}", bearer.header()),
        ] {
            assert!(!shown.contains("secret"), "{shown}");
        }
        let broken = BearerToken {
            token: SecretText::new("a\nb"),
            valid_until: Timestamp::MAX,
        };
        let error = AccessToken::new(broken, 0, None).unwrap_err();
        assert!(!format!("{error:?}").contains("a\\nb"));
    }
}
