//! Limits in force.

use ksef_api::operation::limits;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&limits::RATE_LIMITS, rates)
        .with(&limits::CONTEXT, context)
        .with(&limits::SUBJECT, subject)
}

fn rates(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    let profile = call.app.limit_profile();
    Reply::json(
        call,
        &call
            .app
            .world
            .read(|state| state.limits.rates(&context, profile)),
    )
}

fn context(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    Reply::json(
        call,
        &call.app.world.read(|state| state.limits.context(&context)),
    )
}

fn subject(call: &Call) -> Result<Reply, Failure> {
    let subject = call.caller()?.subject;
    Reply::json(
        call,
        &call.app.world.read(|state| state.limits.subject(&subject)),
    )
}
