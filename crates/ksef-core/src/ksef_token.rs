//! The secret that replaces a signature when logging in.

use crate::parse::{ParseError, Reason};
use crate::reference::TokenRef;
use crate::secret::SecretText;

/// A KSeF token: `reference|contexttype-value|64 hexadecimal digits`, at most 160 characters.
///
/// KSeF calls it opaque, so only its length and characters are checked. Source: `POST /tokens`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KsefToken(SecretText);

impl KsefToken {
    /// Takes a token as it was given by KSeF; white space around it is dropped, since it is often pasted.
    ///
    /// # Errors
    /// An empty text, more than 160 characters, or characters that are not printable ASCII. The error never shows the text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let error = |reason| ParseError::new("KSeF token", reason, "");
        if text.is_empty() {
            return Err(error(Reason::Empty));
        }
        if text.chars().count() > LENGTH_MAX {
            return Err(error(Reason::Length {
                expected: "at most 160",
                actual: text.chars().count(),
            }));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(error(Reason::Pattern {
                expected: "printable ASCII without spaces",
            }));
        }
        Ok(Self(SecretText::new(text)))
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The public name of the token, when it begins with one.
    #[must_use]
    pub fn reference(&self) -> Option<TokenRef> {
        self.expose()
            .split('|')
            .next()
            .and_then(|first| TokenRef::parse(first).ok())
    }
}

const LENGTH_MAX: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_hides_itself_and_tells_its_reference() {
        let secret = "ab".repeat(32);
        let token = KsefToken::parse(&format!(
            " 20251010-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|{secret}\n"
        ))
        .unwrap();
        assert_eq!(
            token.reference().unwrap().as_str(),
            "20251010-EC-1DCE3E3000-12ECB5B36E-45"
        );
        assert!(!format!("{token:?}").contains(&secret));
        assert!(KsefToken::parse("opaque").unwrap().reference().is_none());
    }

    #[test]
    fn errors_do_not_show_the_text() {
        for text in ["", "  ", "with a space", &"x".repeat(161), "zażółć"] {
            let error = KsefToken::parse(text).unwrap_err();
            assert!(
                text.trim().is_empty() || !format!("{error} {error:?}").contains(text.trim()),
                "{error}"
            );
        }
    }
}
