//! KSeF in one context: calls, with errors and warnings as a command shows them.

use ksef_api::page::{Paged, PagedByOffset};
use ksef_api::request::Request;
use ksef_sdk::Client;

use crate::error::Result;
use crate::lang::text;
use crate::printer::Printer;

/// KSeF in one context.
#[derive(Clone, Debug)]
pub(crate) struct Ksef {
    client: Client,
    printer: Printer,
}

impl Ksef {
    pub(super) fn new(client: Client, printer: Printer) -> Self {
        Self { client, printer }
    }

    /// The client of the SDK.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Makes a call; warnings of the system go to stderr.
    ///
    /// # Errors
    /// What went wrong, with what to do about it.
    pub(crate) async fn call<R: Request + Sync>(&self, request: &R) -> Result<R::Answer> {
        let answered = self.client.call(request).await?;
        for warning in &answered.warnings {
            self.printer
                .warn(&text!("KSeF: {warning}", "KSeF: {warning}"));
        }
        Ok(answered.into_value())
    }

    /// Reads a list page by page until it ends or `entries_max` are there; tells whether there is more.
    ///
    /// # Errors
    /// As [`Ksef::call`].
    pub(crate) async fn list<R>(&self, first: R, entries_max: usize) -> Result<(Vec<R::Item>, bool)>
    where
        R: Paged + Clone + Sync,
    {
        let mut entries = Vec::new();
        let mut request = first.clone();
        loop {
            let (page, next) = R::split(self.call(&request).await?);
            entries.extend(page);
            if entries.len() > entries_max || (entries.len() == entries_max && next.is_some()) {
                entries.truncate(entries_max);
                return Ok((entries, true));
            }
            let Some(next) = next else {
                return Ok((entries, false));
            };
            request = first.clone().with_continuation(next);
        }
    }

    /// Reads a list whose pages are numbered, as [`Ksef::list`] does one with continuation tokens.
    ///
    /// # Errors
    /// As [`Ksef::call`].
    pub(crate) async fn list_by_offset<R>(
        &self,
        first: R,
        entries_max: usize,
    ) -> Result<(Vec<R::Item>, bool)>
    where
        R: PagedByOffset + Clone + Sync,
    {
        let mut entries = Vec::new();
        for page in 0.. {
            let request = first.clone().with_page_offset(page);
            let (page, has_more) = R::split(self.call(&request).await?);
            let is_empty = page.is_empty();
            entries.extend(page);
            if entries.len() > entries_max || (entries.len() == entries_max && has_more) {
                entries.truncate(entries_max);
                return Ok((entries, true));
            }
            if !has_more || is_empty {
                break;
            }
        }
        Ok((entries, false))
    }
}
