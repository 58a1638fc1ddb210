//! Permissions: so far only the consent to attachments.

use jiff::tz::TimeZone;
use ksef_api::operation::permissions as operation;
use ksef_core::calendar::warsaw_date;
use serde_json::{Value, json};

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.with(&operation::ATTACHMENT_STATUS, attachment_status)
}

/// May the context send invoices with attachments, and until when?
fn attachment_status(call: &Call) -> Result<Reply, Failure> {
    let nip = call.caller()?.context.nip();
    let today = warsaw_date(call.now);
    let answer = call.app.world.read(|state| {
        let subjects = &state.subjects;
        let is_allowed = nip.is_some_and(|nip| subjects.has_attachment_consent(&nip, today));
        let ends = nip
            .and_then(|nip| subjects.attachment_consent(&nip))
            .and_then(|consent| consent.ends);
        let ends = ends.and_then(|day| day.to_zoned(TimeZone::get("Europe/Warsaw").ok()?).ok());
        let ends = ends.map_or(Value::Null, |end| {
            ksef_api::timestamp::format(end.timestamp()).into()
        });
        json!({"isAttachmentAllowed": is_allowed, "revokedDate": ends})
    });
    Reply::json(call, &answer)
}
