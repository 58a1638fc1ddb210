//! Paging, by continuation tokens or by the number of the page.
//!
//! Some lists answer with a token as long as there is more; the next call sends it in the header
//! `x-continuation-token` with the same filter. Tokens are opaque. Others take `pageOffset`, the number of the page
//! from 0 on, and tell whether there are more.

use http::HeaderName;
use serde::{Deserialize, Deserializer, Serialize};

use crate::request::Request;

/// The header that carries the token of the page to read.
pub const CONTINUATION: HeaderName = HeaderName::from_static("x-continuation-token");

/// The server's name for the next page of a list. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ContinuationToken(String);

impl ContinuationToken {
    /// A token as it came; `None` when the text is empty, which means that there is no next page.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(Self(text))
    }

    /// The text to send.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A list call that goes on where the last page ended.
pub trait Paged: Request + Sized {
    /// One entry of the list.
    type Item;

    /// The same call for the page of this token.
    #[must_use]
    fn with_continuation(self, token: ContinuationToken) -> Self;

    /// Takes a page apart into its entries and the token of the next page.
    fn split(answer: Self::Answer) -> (Vec<Self::Item>, Option<ContinuationToken>);
}

/// Headers of a list call.
pub(crate) fn headers(token: Option<&ContinuationToken>) -> Vec<(HeaderName, String)> {
    token
        .map(|token| (CONTINUATION, token.0.clone()))
        .into_iter()
        .collect()
}

/// Reads `continuationToken`, where null, a missing member and an empty text all mean the end.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ContinuationToken>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(ContinuationToken::new))
}

/// A list call whose pages are numbered: `pageOffset` 0 is the first.
///
/// What is added or goes away between two pages shifts the rest: an entry may be seen twice, or not at all.
pub trait PagedByOffset: Request + Sized {
    /// One entry of the list.
    type Item;

    /// The same call for the page of this number.
    #[must_use]
    fn with_page_offset(self, page: u32) -> Self;

    /// Takes a page apart into its entries and whether there are more pages.
    fn split(answer: Self::Answer) -> (Vec<Self::Item>, bool);
}

/// Which page of a list a call asks for, and how large its pages are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageOffset {
    pub(crate) page: Option<u32>,
    pub(crate) size: Option<u16>,
}

impl PageOffset {
    /// `pageOffset` and `pageSize`, as far as they are set.
    pub(crate) fn query(self) -> Vec<(&'static str, String)> {
        let page = self.page.map(|page| ("pageOffset", page.to_string()));
        let size = self.size.map(|size| ("pageSize", size.to_string()));
        page.into_iter().chain(size).collect()
    }
}
