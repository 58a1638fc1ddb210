//! Test data: what the registers, the paper forms and the Ministry do on the real environments.

mod certificates;
mod limits;
mod subjects;

use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    certificates::routes(limits::routes(subjects::routes(routes)))
}
