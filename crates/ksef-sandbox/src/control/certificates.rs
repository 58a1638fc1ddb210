//! KSeF certificates, and their suspension, which no operation of the API does.

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use ksef_core::certificate_serial::CertificateSerial;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, body, perform};
use crate::app::{App, SharedApp};
use crate::world::certificates::CertificateRecord;

pub(super) fn list(app: &App) -> Value {
    let list = app.world.read(|state| {
        let mut list: Vec<_> = state.certificates.values().collect();
        list.sort_by_key(|record| (record.requested, record.serial));
        list.into_iter()
            .map(|record| describe(app, record))
            .collect::<Vec<_>>()
    });
    json!({"certificates": list})
}

pub(super) async fn suspend(
    State(app): State<SharedApp>,
    Path(serial): Path<String>,
    bytes: Bytes,
) -> Response {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Change {
        suspended: bool,
    }
    perform(app, move |app| {
        let Change { suspended } = body(&bytes)?;
        let missing = || Refusal::missing(format!("there is no certificate {serial}"));
        let number = CertificateSerial::parse(&serial).map_err(|_| missing())?;
        let described = app.world.write(|state, changes| {
            state.certificates.update(changes, &number, |record| {
                record.is_suspended = suspended;
                describe(app, record)
            })
        });
        described.ok_or_else(missing)
    })
    .await
}

fn describe(app: &App, record: &CertificateRecord) -> Value {
    json!({
        "certificateSerialNumber": record.serial,
        "name": record.name,
        "type": record.purpose.as_str(),
        "subject": record.subject,
        "status": record.status(app.now(), app.clock.machine_now()),
        "suspended": record.is_suspended,
        "validFrom": record.valid_from,
        "validTo": record.valid_to,
        "requestDate": record.requested,
        "lastUseDate": record.used,
    })
}
