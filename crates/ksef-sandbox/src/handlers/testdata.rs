//! Test data: what the registers, the paper forms and the Ministry do on the real environments.

mod limits;
mod subjects;

use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    limits::routes(subjects::routes(routes))
}
