//! Lists that come in pages.

use futures_util::stream::{self, Stream, TryStreamExt};
use ksef_api::page::{ContinuationToken, Paged, PagedByOffset};

use super::Client;
use crate::error::Error;

/// Where a list goes on.
struct Next<R> {
    request: R,
    /// The pages before.
    seen: Vec<ContinuationToken>,
}

impl Client {
    /// The pages of a list, each fetched when it is asked for.
    ///
    /// ```no_run
    /// # async fn f(client: ksef_sdk::Client) -> Result<(), ksef_sdk::Error> {
    /// use futures_util::TryStreamExt;
    /// use ksef_sdk::api::ops::tokens::ListTokens;
    ///
    /// let mut pages = std::pin::pin!(client.pages(ListTokens::new()));
    /// while let Some(tokens) = pages.try_next().await? {
    ///     for token in tokens {
    ///         println!("{} {}", token.reference_number, token.status);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<R>(&self, request: R) -> impl Stream<Item = Result<Vec<R::Item>, Error>> + use<R>
    where
        R: Paged + Clone + Sync,
    {
        let client = self.clone();
        let first = Next {
            request,
            seen: Vec::new(),
        };
        stream::try_unfold(Some(first), move |next| {
            let client = client.clone();
            async move {
                let Some(Next { request, mut seen }) = next else {
                    return Ok(None);
                };
                let (items, following) = R::split(client.call(&request).await?.value);
                let Some(token) = following else {
                    return Ok(Some((items, None)));
                };
                if seen.contains(&token) {
                    // A server that hands out the same pages for ever would never let us go.
                    return Err(Error::protocol(
                        "the list names a page that was read as the next one",
                    ));
                }
                seen.push(token.clone());
                let next = Some(Next {
                    request: request.with_continuation(token),
                    seen,
                });
                Ok(Some((items, next)))
            }
        })
    }

    /// All entries of a list; for lists that are known to be short.
    ///
    /// # Errors
    /// What the server answered for one of the pages.
    pub async fn all<R>(&self, request: R) -> Result<Vec<R::Item>, Error>
    where
        R: Paged + Clone + Sync,
    {
        let mut pages = std::pin::pin!(self.pages(request));
        let mut all = Vec::new();
        while let Some(page) = pages.try_next().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// The pages of a list whose pages are numbered, each fetched when it is asked for.
    ///
    /// What is added or goes away between two pages shifts the rest: an entry may be seen twice, or not at all.
    pub fn pages_by_offset<R>(
        &self,
        request: R,
    ) -> impl Stream<Item = Result<Vec<R::Item>, Error>> + use<R>
    where
        R: PagedByOffset + Clone + Sync,
    {
        let client = self.clone();
        stream::try_unfold(Some(0_u32), move |page| {
            let (client, request) = (client.clone(), request.clone());
            async move {
                let Some(page) = page else {
                    return Ok(None);
                };
                let request = request.with_page_offset(page);
                let (items, has_more) = R::split(client.call(&request).await?.value);
                if has_more && items.is_empty() {
                    // A server that never comes to an end would never let us go.
                    return Err(Error::protocol("an empty page promises more pages"));
                }
                let next = if has_more { page.checked_add(1) } else { None };
                Ok(Some((items, next)))
            }
        })
    }

    /// All entries of a list whose pages are numbered; for lists that are known to be short.
    ///
    /// # Errors
    /// What the server answered for one of the pages.
    pub async fn all_by_offset<R>(&self, request: R) -> Result<Vec<R::Item>, Error>
    where
        R: PagedByOffset + Clone + Sync,
    {
        let mut pages = std::pin::pin!(self.pages_by_offset(request));
        let mut all = Vec::new();
        while let Some(page) = pages.try_next().await? {
            all.extend(page);
        }
        Ok(all)
    }
}
