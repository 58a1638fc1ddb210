//! Peppol service providers.
//!
//! Source: tag "Usługi Peppol" of the contract 2.9.0.

use jiff::Timestamp;
use ksef_core::peppol_id::PeppolId;
use serde::{Deserialize, Serialize};

use crate::operation::peppol as operation;
use crate::ops::{answers, calls};
use crate::page::PagedByOffset;
use crate::request::Request;
use crate::timestamp;

/// Lists the registered Peppol service providers, newest first, by pages that are counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListPeppolProviders {
    page: Option<u32>,
    page_size: Option<u16>,
}

impl ListPeppolProviders {
    /// The first page.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With pages of this many entries, 10 to 100; the server's default is 10.
    #[must_use]
    pub const fn with_page_size(mut self, entries: u16) -> Self {
        self.page_size = Some(entries);
        self
    }
}

impl Request for ListPeppolProviders {
    calls!(operation::QUERY);
    answers!(json PeppolProviders);

    fn query(&self) -> Vec<(&'static str, String)> {
        let page = self.page.map(|page| ("pageOffset", page.to_string()));
        let size = self.page_size.map(|size| ("pageSize", size.to_string()));
        page.into_iter().chain(size).collect()
    }
}

impl PagedByOffset for ListPeppolProviders {
    type Item = PeppolProvider;

    fn with_page_offset(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    fn split(answer: PeppolProviders) -> (Vec<PeppolProvider>, bool) {
        (answer.peppol_providers, answer.has_more)
    }
}

/// A page of providers (`QueryPeppolProvidersResponse`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeppolProviders {
    /// The providers.
    pub peppol_providers: Vec<PeppolProvider>,
    /// Whether there is a next page.
    pub has_more: bool,
}

/// A provider (`PeppolProvider`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeppolProvider {
    /// Its identifier.
    pub id: PeppolId,
    /// Its name, at most 256 characters.
    pub name: String,
    /// When it was registered.
    #[serde(with = "timestamp::wire")]
    pub date_created: Timestamp,
}
