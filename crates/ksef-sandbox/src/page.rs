//! Pages of lists, with continuation tokens that are opaque to clients and signed by the world.

use ksef_api::page::ContinuationToken;

use crate::failure::Failure;
use crate::links::LinkSigner;

/// How a list is cut into pages.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    /// Signs the tokens.
    pub(crate) links: &'a LinkSigner,
    /// Which list; a token of another list is refused.
    pub(crate) scope: &'a str,
    /// Entries of a page.
    pub(crate) size: usize,
}

impl Pages<'_> {
    /// The page behind `continuation` (the first when it is empty), and the token of the next one.
    ///
    /// `cursor` names an entry; the token holds that of the last entry of its page, so entries that come later at the
    /// beginning of the list neither shift nor repeat anything.
    ///
    /// # Errors
    /// 400 21418, when the token is none of this list.
    pub(crate) fn cut<T>(
        &self,
        continuation: &str,
        entries: impl Iterator<Item = T>,
        cursor: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<ContinuationToken>), Failure> {
        let mut entries = entries.peekable();
        if !continuation.is_empty() {
            let last = self
                .links
                .cursor(self.scope, continuation)
                .ok_or_else(|| Failure::coded(21418))?;
            // An entry that is gone ends the list.
            entries.by_ref().find(|entry| cursor(entry) == last);
        }
        let page: Vec<T> = entries.by_ref().take(self.size).collect();
        let next = match page.last() {
            Some(last) if entries.peek().is_some() => {
                ContinuationToken::new(self.links.continuation(self.scope, &cursor(last)))
            }
            _ => None,
        };
        Ok((page, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let links = LinkSigner::new(&[1; 32]);
        let pages = Pages {
            links: &links,
            scope: "a",
            size: 10,
        };
        let mut seen = Vec::new();
        let mut token = String::new();
        loop {
            let (page, next) = pages.cut(&token, 0..25, ToString::to_string).unwrap();
            seen.extend(page);
            let Some(next) = next else { break };
            token = next.as_str().to_owned();
        }
        assert_eq!(seen, (0..25).collect::<Vec<_>>());
        let other = Pages {
            scope: "b",
            ..pages
        };
        for wrong in [token.as_str(), "x"] {
            let refused = other.cut(wrong, 0..25, ToString::to_string).unwrap_err();
            assert!(refused.problem.has_code(21418));
        }
    }

    #[test]
    fn a_full_last_page_has_no_token() {
        let links = LinkSigner::new(&[1; 32]);
        let pages = Pages {
            links: &links,
            scope: "a",
            size: 10,
        };
        let (page, next) = pages.cut("", 0..10, ToString::to_string).unwrap();
        assert_eq!((page.len(), next), (10, None));
    }
}
