//! Invoices that are in KSeF: download by number, metadata query, exports.

mod export;
mod filter;
mod query;

pub(crate) use query::BEHIND_HWM;

use ksef_api::operation::invoices as operation;
use ksef_core::ksef_number::KsefNumber;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::router::Routes;
use crate::world::documents::DocumentName;

/// The operations of this module.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::DOWNLOAD, download)
        .with(&operation::QUERY_METADATA, query::query)
        .with(&operation::EXPORT, export::start)
        .with(&operation::EXPORT_STATUS, export::status)
}

/// The XML, byte for byte as it was sent, for the sender and the parties of the invoice.
fn download(call: &Call) -> Result<Reply, Failure> {
    let number: KsefNumber = call.path("ksefNumber")?;
    let caller = call.caller()?;
    let document = call.app.world.read(|state| {
        let invoice = state
            .invoices
            .by_number(&number)
            .filter(|invoice| invoice.is_visible_to(&caller.context))
            .ok_or_else(|| {
                let detail = format!("Faktura o numerze KSeF {number} nie została znaleziona.");
                Failure::detailed(21164, detail)
            })?;
        let is_stored = invoice.acceptance.as_ref().is_some_and(|it| it.stored.is_some());
        let document = state.invoices.document(&DocumentName::Invoice(invoice.reference));
        document.filter(|_| is_stored).cloned().ok_or_else(|| {
            let detail = format!(
                "Faktura o numerze KSeF {number} została przetworzona, ale nie jest jeszcze dostępna do pobrania. \
                 Spróbuj ponownie później."
            );
            Failure::detailed(21165, detail)
        })
    })?;
    Ok(Reply::document(
        call,
        document.bytes().clone(),
        document.digest(),
    ))
}
