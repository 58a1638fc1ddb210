//! Public keys.

use ksef_api::operation::keys;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.with(&keys::PUBLIC_KEY_CERTIFICATES, list)
}

fn list(call: &Call) -> Result<Reply, Failure> {
    let published = call.app.world.read(|state| state.keys.published(call.now));
    Reply::json(call, &published)
}
