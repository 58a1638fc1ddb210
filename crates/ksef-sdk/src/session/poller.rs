//! Waiting for KSeF's verdict on invoices.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::TryStreamExt;
use ksef_api::ops::sessions::SessionInvoice;
use ksef_core::reference::{InvoiceRef, SessionRef};
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::retry::PollDelays;

/// Asks for the status of one invoice until it is final.
#[derive(Debug)]
pub struct InvoicePoller {
    client: Client,
    session: SessionRef,
    invoice: InvoiceRef,
    last_code: Option<i32>,
}

impl InvoicePoller {
    /// Of this invoice of this session.
    #[must_use]
    pub fn new(client: &Client, session: SessionRef, invoice: InvoiceRef) -> Self {
        Self {
            client: client.clone(),
            session,
            invoice,
            last_code: None,
        }
    }

    /// Asks once: the invoice when its status is final, accepted or not; `None` while it is being processed.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn poll(&mut self) -> Result<Option<SessionInvoice>, Error> {
        let invoice = self
            .client
            .session_invoice(self.session, self.invoice)
            .await?;
        self.last_code = Some(invoice.status.code);
        Ok(invoice
            .invoice_status()
            .class()
            .is_final()
            .then_some(invoice))
    }

    /// Asks until the status is final, accepted or not.
    ///
    /// # Errors
    /// [`ErrorKind::Pending`] when it is not within `wait_max`; what the server answered.
    pub async fn until_final(mut self, wait_max: Duration) -> Result<SessionInvoice, Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        loop {
            if let Some(invoice) = self.poll().await? {
                return Ok(invoice);
            }
            let wait = delays.next();
            if began.elapsed() + wait > wait_max {
                let code = self.last_code;
                return Err(Error::new(ErrorKind::Pending {
                    resource: "invoice",
                    code,
                }));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

/// Waits for the verdict on one invoice.
///
/// # Errors
/// As [`InvoicePoller::until_final`].
pub async fn wait_invoice(
    client: &Client,
    session: SessionRef,
    invoice: InvoiceRef,
    wait_max: Duration,
) -> Result<SessionInvoice, Error> {
    InvoicePoller::new(client, session, invoice)
        .until_final(wait_max)
        .await
}

/// Waits for the verdicts on many invoices of one session by reading its list, a thousand at a time, which spares the
/// request limits.
///
/// Gives what is known at the end, in the order of the list; an invoice that is still being processed after
/// `wait_max` is given as it is, and one that the list does not have is missing.
///
/// # Errors
/// What the server answered.
pub async fn wait_invoices(
    client: &Client,
    session: SessionRef,
    invoices: &[InvoiceRef],
    wait_max: Duration,
) -> Result<Vec<SessionInvoice>, Error> {
    let wanted: BTreeSet<InvoiceRef> = invoices.iter().copied().collect();
    let began = Instant::now();
    let mut delays = PollDelays::new(DELAY_FIRST, LIST_DELAY_MAX);
    loop {
        let mut known = BTreeMap::new();
        let mut pages = std::pin::pin!(client.session_invoices(session));
        while let Some(page) = pages.try_next().await? {
            let page = page
                .into_iter()
                .filter(|found| wanted.contains(&found.reference_number));
            known.extend(page.map(|found| ((found.ordinal_number, found.reference_number), found)));
        }
        let settled = known
            .values()
            .filter(|found| found.invoice_status().class().is_final())
            .count();
        let wait = delays.next();
        if settled == wanted.len() || began.elapsed() + wait > wait_max {
            return Ok(known.into_values().collect());
        }
        tokio::time::sleep(wait).await;
    }
}

const DELAY_FIRST: Duration = Duration::from_millis(200);
const DELAY_MAX: Duration = Duration::from_secs(3);
/// Lists are long, and their limits small.
const LIST_DELAY_MAX: Duration = Duration::from_secs(5);
