//! Pages of lists, with continuation tokens that are opaque to clients and signed by the world.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
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

/// Where an entry stands in a list that shows the newest first: when it was made, and its reference.
pub(crate) type Place<R> = (Timestamp, R);

impl Pages<'_> {
    /// The page behind `continuation` (the first when it is empty), and the token of the next one.
    ///
    /// `entries` come newest first, and the token holds the place of the last one of its page: what is added or goes away
    /// between two pages neither shifts nor repeats nor hides anything else.
    ///
    /// # Errors
    /// 400 21418, when the token is none of this list.
    pub(crate) fn cut<T, R: Ord + Display + FromStr>(
        &self,
        continuation: &str,
        entries: impl Iterator<Item = T>,
        place: impl Fn(&T) -> Place<R>,
    ) -> Result<(Vec<T>, Option<ContinuationToken>), Failure> {
        let last = self.last_place::<R>(continuation)?;
        let is_behind = |entry: &T| last.as_ref().is_none_or(|last| place(entry) < *last);
        let mut entries = entries.filter(is_behind);
        let page: Vec<T> = entries.by_ref().take(self.size).collect();
        let next = match page.last() {
            Some(last) if entries.next().is_some() => {
                let (made, reference) = place(last);
                let token = self
                    .links
                    .continuation(self.scope, &format!("{made} {reference}"));
                ContinuationToken::new(token)
            }
            _ => None,
        };
        Ok((page, next))
    }

    /// The place behind which the asked page begins.
    fn last_place<R: FromStr>(&self, continuation: &str) -> Result<Option<Place<R>>, Failure> {
        if continuation.is_empty() {
            return Ok(None);
        }
        let read = || {
            let cursor = self.links.cursor(self.scope, continuation)?;
            let (made, reference) = cursor.split_once(' ')?;
            Some((made.parse().ok()?, reference.parse().ok()?))
        };
        read().map(Some).ok_or_else(|| Failure::coded(21418))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCOPE: &str = "a";

    fn cut(
        token: &str,
        scope: &str,
        entries: impl Iterator<Item = i64>,
    ) -> Result<(Vec<i64>, Option<ContinuationToken>), Failure> {
        let links = LinkSigner::new(&[1; 32]);
        let pages = Pages {
            links: &links,
            scope,
            size: 10,
        };
        // Two entries each were made at the same instant.
        pages.cut(token, entries, |entry| {
            (Timestamp::from_second(entry / 2).unwrap(), *entry)
        })
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let mut seen = Vec::new();
        let mut token = String::new();
        loop {
            let (page, next) = cut(&token, SCOPE, (0..25).rev()).unwrap();
            seen.extend(page);
            let Some(next) = next else { break };
            token = next.as_str().to_owned();
        }
        assert_eq!(seen, (0..25).rev().collect::<Vec<_>>());
        for wrong in [token.as_str(), "x"] {
            let refused = cut(wrong, "b", (0..25).rev()).unwrap_err();
            assert!(refused.problem.has_code(21418));
        }
    }

    #[test]
    fn what_comes_and_goes_between_pages_hides_nothing() {
        let (page, next) = cut("", SCOPE, (0..25).rev()).unwrap();
        assert_eq!(page.last(), Some(&15));
        let token = next.unwrap();
        let changed = (0..30).rev().filter(|entry| !(14..18).contains(entry));
        let (page, _) = cut(token.as_str(), SCOPE, changed).unwrap();
        assert_eq!(page, (4..14).rev().collect::<Vec<_>>());
    }

    #[test]
    fn a_full_last_page_has_no_token() {
        let (page, next) = cut("", SCOPE, (0..10).rev()).unwrap();
        assert_eq!((page.len(), next), (10, None));
    }
}
