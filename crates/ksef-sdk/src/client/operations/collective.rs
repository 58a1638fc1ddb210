//! Collective identifiers: one number under which several invoices are paid.

use futures_util::Stream;
use ksef_api::ops::collective::{
    CollectiveIdentifierInfo, CollectiveIdentifierOfInvoice, CreateCollectiveIdentifier,
    InvoiceOfCollective, ListCollectiveIdentifiersOfInvoice, ListInvoicesOfCollectives,
    QueryCollectiveIdentifiers,
};
use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::ksef_number::KsefNumber;

use crate::client::Client;
use crate::error::Error;

impl Client {
    /// Makes a collective identifier of invoices of one seller.
    ///
    /// # Errors
    /// What the server answered: 71001 for an invoice that the context does not know, 71002 for one that belongs to
    /// 132 identifiers already, 71004 for different sellers, 71005 for a number named twice, 21405 for too few or too
    /// many. After an unknown outcome look at [`Client::collective_identifiers_of`] one of the invoices before making
    /// another one: each call makes a new identifier.
    pub async fn create_collective_identifier(
        &self,
        request: &CreateCollectiveIdentifier,
    ) -> Result<CollectiveIdentifier, Error> {
        let made = self.call(request).await?.value;
        Ok(made.collective_identifier_number)
    }

    /// The collective identifiers of the context, newest first, page by page.
    pub fn collective_identifiers(
        &self,
        filter: QueryCollectiveIdentifiers,
    ) -> impl Stream<Item = Result<Vec<CollectiveIdentifierInfo>, Error>> + use<> {
        self.pages(filter)
    }

    /// The invoices of up to ten collective identifiers, the highest KSeF number first, page by page.
    pub fn invoices_of_collectives(
        &self,
        request: ListInvoicesOfCollectives,
    ) -> impl Stream<Item = Result<Vec<InvoiceOfCollective>, Error>> + use<> {
        self.pages(request)
    }

    /// The collective identifiers of an invoice, newest first, page by page.
    pub fn collective_identifiers_of(
        &self,
        number: KsefNumber,
    ) -> impl Stream<Item = Result<Vec<CollectiveIdentifierOfInvoice>, Error>> + use<> {
        self.pages(ListCollectiveIdentifiersOfInvoice::new(number).with_page_size(PAGE_ENTRIES))
    }
}

/// The most that this list gives at once.
const PAGE_ENTRIES: u16 = 200;
