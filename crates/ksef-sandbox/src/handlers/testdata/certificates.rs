//! Certificates that end early.

use ksef_api::operation::testdata as operation;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::handlers::certificates::own;
use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.with(&operation::SHORTEN_CERTIFICATE, shorten)
}

/// Brings the end of validity forward; one that would be later is refused like an unknown certificate.
fn shorten(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let serial = call.path_text("serialNumber");
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    if fields.value("validTo").is_none() {
        violations.missing("validTo");
    }
    let valid_to = fields.optional_instant(&mut violations, "validTo");
    let Some(valid_to) = valid_to.filter(|_| violations.is_empty()) else {
        return Err(violations.refuse());
    };
    let machine_now = call.app.clock.machine_now();
    call.app.world.write(|state, changes| {
        let record = own(state, caller, serial, machine_now)?;
        if record.valid_to < valid_to {
            return Err(Failure::coded(25008));
        }
        let serial = record.serial;
        state
            .certificates
            .update(changes, &serial, |record| record.valid_to = valid_to);
        Ok(())
    })?;
    Ok(Reply::empty(call))
}
