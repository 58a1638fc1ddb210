//! Sessions of sending, their invoices and their UPO.

use futures_util::Stream;
use ksef_api::decode::Downloaded;
use ksef_api::ops::sessions::{
    CloseOnlineSession, GetSession, GetSessionInvoice, GetUpoByInvoice, GetUpoByKsefNumber,
    GetUpoPage, ListFailedInvoices, ListSessionInvoices, ListSessions, Session, SessionInvoice,
    SessionSummary,
};
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};

use crate::client::Client;
use crate::error::Error;

impl Client {
    /// Sessions that fit a filter, newest first, page by page.
    pub fn sessions(
        &self,
        filter: ListSessions,
    ) -> impl Stream<Item = Result<Vec<SessionSummary>, Error>> + use<> {
        self.pages(filter)
    }

    /// Status of a session, with fresh links to its UPO once it is processed.
    ///
    /// # Errors
    /// What the server answered; 21173 when it knows no such session.
    pub async fn session(&self, session: SessionRef) -> Result<Session, Error> {
        Ok(self.call(&GetSession::new(session)).await?.value)
    }

    /// The invoices of a session, rejected ones included, page by page.
    pub fn session_invoices(
        &self,
        session: SessionRef,
    ) -> impl Stream<Item = Result<Vec<SessionInvoice>, Error>> + use<> {
        self.pages(ListSessionInvoices::new(session).with_page_size(PAGE_ENTRIES))
    }

    /// The rejected invoices of a session, page by page.
    pub fn failed_invoices(
        &self,
        session: SessionRef,
    ) -> impl Stream<Item = Result<Vec<SessionInvoice>, Error>> + use<> {
        self.pages(ListFailedInvoices::new(session).with_page_size(PAGE_ENTRIES))
    }

    /// Status of one invoice of a session.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn session_invoice(
        &self,
        session: SessionRef,
        invoice: InvoiceRef,
    ) -> Result<SessionInvoice, Error> {
        Ok(self
            .call(&GetSessionInvoice::new(session, invoice))
            .await?
            .value)
    }

    /// Closes an online session, after which its UPO is made. A session that is closed already counts as closed.
    ///
    /// # Errors
    /// What the server answered; 21173 when it knows no such session.
    pub async fn close_session(&self, session: SessionRef) -> Result<(), Error> {
        match self.call(&CloseOnlineSession::new(session)).await {
            Err(error) if error.has_code(NOT_OPEN) => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// The UPO of an accepted invoice, by its reference; also while the session is open.
    ///
    /// # Errors
    /// What the server answered; 21178 when there is none.
    pub async fn upo_of_invoice(
        &self,
        session: SessionRef,
        invoice: InvoiceRef,
    ) -> Result<Downloaded, Error> {
        Ok(self
            .call(&GetUpoByInvoice::new(session, invoice))
            .await?
            .value)
    }

    /// The UPO of an accepted invoice, by its KSeF number; also while the session is open.
    ///
    /// # Errors
    /// What the server answered; 21178 when there is none.
    pub async fn upo_of_ksef_number(
        &self,
        session: SessionRef,
        number: KsefNumber,
    ) -> Result<Downloaded, Error> {
        Ok(self
            .call(&GetUpoByKsefNumber::new(session, number))
            .await?
            .value)
    }

    /// One page of the UPO of a processed session.
    ///
    /// # Errors
    /// What the server answered; 21178 when there is none.
    pub async fn upo_of_session(
        &self,
        session: SessionRef,
        page: UpoRef,
    ) -> Result<Downloaded, Error> {
        Ok(self.call(&GetUpoPage::new(session, page)).await?.value)
    }
}

/// 21180: the status of the session does not allow it, here because it is closed.
const NOT_OPEN: i32 = 21_180;
/// The most that these lists give at once.
const PAGE_ENTRIES: u16 = 1_000;
