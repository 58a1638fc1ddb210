//! Peppol service providers.

use std::collections::HashSet;

use futures_util::{Stream, TryStreamExt as _};
use ksef_api::ops::peppol::{ListPeppolProviders, PeppolProvider};

use crate::client::Client;
use crate::error::Error;

impl Client {
    /// The registered Peppol service providers, newest first, page by page; no login is needed.
    ///
    /// Pages are counted, so one that is registered meanwhile shifts the others; nobody is named twice all the same.
    pub fn peppol_providers(
        &self,
    ) -> impl Stream<Item = Result<Vec<PeppolProvider>, Error>> + use<> {
        let mut seen = HashSet::new();
        self.pages_by_offset(ListPeppolProviders::new().with_page_size(PAGE_ENTRIES))
            .map_ok(move |mut page| {
                page.retain(|provider| seen.insert(provider.id));
                page
            })
    }
}

/// The most that this list gives at once.
const PAGE_ENTRIES: u16 = 100;
