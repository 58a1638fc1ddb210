//! Finding one's own invoice again.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use ksef_api::ops::sessions::SessionInvoice;
use ksef_api::status::StatusClass;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{InvoiceRef, SessionRef};

use crate::client::Client;
use crate::error::Error;

/// The invoice with this hash in the whole list of a session; `None` when it is not there.
///
/// When a document was sent twice, the copy that was accepted counts, then one that is still being processed.
///
/// # Errors
/// What the server answered. A session that KSeF does not know (21173) holds nothing, which is no error.
pub async fn find_by_hash(
    client: &Client,
    session: SessionRef,
    hash: Sha256Digest,
) -> Result<Option<SessionInvoice>, Error> {
    find_except(client, session, hash, &[]).await
}

/// The same without the copies that were there `earlier`.
pub(super) async fn find_except(
    client: &Client,
    session: SessionRef,
    hash: Sha256Digest,
    earlier: &[InvoiceRef],
) -> Result<Option<SessionInvoice>, Error> {
    let mut pages = std::pin::pin!(client.session_invoices(session));
    let mut best: Option<SessionInvoice> = None;
    loop {
        let page = match pages.try_next().await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(best),
            Err(error) if error.has_code(NO_SESSION) => return Ok(None),
            Err(error) => return Err(error),
        };
        for found in page
            .into_iter()
            .filter(|invoice| invoice.invoice_hash == hash)
            .filter(|invoice| !earlier.contains(&invoice.reference_number))
        {
            if best.as_ref().is_none_or(|best| rank(&found) > rank(best)) {
                best = Some(found);
            }
        }
    }
}

/// The invoices of a list by their hash. Of several copies of a document the one that counts: the one that was accepted,
/// then one that is still being processed.
#[must_use]
pub fn by_hash(
    listed: impl IntoIterator<Item = SessionInvoice>,
) -> HashMap<Sha256Digest, SessionInvoice> {
    let mut found: HashMap<Sha256Digest, SessionInvoice> = HashMap::new();
    for invoice in listed {
        let known = found.get(&invoice.invoice_hash);
        if known.is_none_or(|known| rank(&invoice) > rank(known)) {
            found.insert(invoice.invoice_hash, invoice);
        }
    }
    found
}

/// Which copy counts: the greatest.
pub(super) fn rank(invoice: &SessionInvoice) -> u8 {
    match invoice.invoice_status().class() {
        StatusClass::Done => 2,
        StatusClass::Pending => 1,
        StatusClass::Failed => 0,
    }
}

/// 21173: no such session.
const NO_SESSION: i32 = 21_173;
