//! The consent to attachments.

use jiff::tz::TimeZone;
use ksef_api::ops::permissions::AttachmentConsent;
use ksef_core::calendar::warsaw_date;

use crate::call::{Call, Reply};
use crate::failure::Failure;

/// May the context send invoices with attachments, and until when?
pub(super) fn status(call: &Call) -> Result<Reply, Failure> {
    let nip = call.caller()?.context.nip();
    let today = warsaw_date(call.now);
    let answer = call.app.world.read(|state| {
        let subjects = &state.subjects;
        let ends = nip
            .and_then(|nip| subjects.attachment_consent(&nip))
            .and_then(|consent| consent.ends);
        let ends = ends.and_then(|day| day.to_zoned(TimeZone::get("Europe/Warsaw").ok()?).ok());
        AttachmentConsent {
            is_attachment_allowed: nip
                .is_some_and(|nip| subjects.has_attachment_consent(&nip, today)),
            revoked_date: ends.map(|end| end.timestamp()),
        }
    });
    Reply::json(call, &answer)
}
