//! Collective identifiers.

mod create;
mod list;

use ksef_api::operation::collective as operation;

use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::CREATE, create::create)
        .with(&operation::QUERY, list::query)
        .with(&operation::INVOICES, list::invoices)
        .with(&operation::BY_KSEF_NUMBER, list::of_invoice)
}
