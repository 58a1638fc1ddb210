//! What answers each operation: one file per resource, each with a `routes` that lists its operations.

mod auth;
mod certificates;
mod collective;
mod downloads;
mod encryption;
mod invoices;
mod keys;
pub(crate) mod latarnia;
mod limits;
mod peppol;
mod permissions;
mod sessions;
mod testdata;
mod tokens;
mod uploads;
mod verification;

pub(crate) use invoices::BEHIND_HWM;
pub(crate) use uploads::file_name as part_file_name;

use axum::Router;

pub(crate) use auth::sign_in;

use crate::app::SharedApp;
use crate::router::Routes;

/// Every operation that this sandbox has. A resource adds its operations in its own `routes`.
pub(crate) fn routes() -> Routes {
    let routes = Routes::default();
    let routes = auth::routes(routes);
    let routes = keys::routes(routes);
    let routes = tokens::routes(routes);
    let routes = certificates::routes(routes);
    let routes = limits::routes(routes);
    let routes = collective::routes(routes);
    let routes = peppol::routes(routes);
    let routes = permissions::routes(routes);
    let routes = sessions::routes(routes);
    let routes = invoices::routes(routes);
    let routes = downloads::routes(routes);
    testdata::routes(routes)
}

/// What stands beside the API at the same origin: presigned downloads, the pages behind QR codes, and Latarnia.
pub(crate) fn beside() -> Router<SharedApp> {
    downloads::storage()
        .merge(verification::router())
        .merge(latarnia::router())
        .merge(uploads::storage())
}
