//! Looking into the world.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use ksef_core::reference::SessionRef;
use serde_json::{Value, json};

use super::{Refusal, answer, clock, perform, settings, typed};
use crate::app::{App, SharedApp};
use crate::world::invoices::InvoiceRecord;
use crate::world::sessions::SessionRecord;

pub(super) fn world(app: &App) -> Value {
    let (id, counts) = app.world.read(|state| {
        let accepted = state
            .invoices
            .values()
            .filter(|row| row.acceptance.is_some())
            .count();
        let pending = state
            .invoices
            .values()
            .filter(|row| row.is_pending())
            .count();
        let counts = json!({
            "sessions": state.sessions.len(),
            "invoices": state.invoices.len(),
            "acceptedInvoices": accepted,
            "pendingInvoices": pending,
            "tokens": state.tokens.len(),
            "certificates": state.certificates.len(),
        });
        (state.world_id(), counts)
    });
    json!({
        "worldId": id,
        "version": env!("CARGO_PKG_VERSION"),
        "apiVersion": API_VERSION,
        "baseUrl": format!("{}{}", app.origin, crate::router::BASE_PATH),
        "clock": clock::show(app),
        "limits": settings::limits(app),
        "latency": settings::latency(app),
        "counts": counts,
        "faults": app.faults.list().len(),
        "queuedTasks": app.queue.len(),
    })
}

pub(super) fn sessions(app: &App) -> Value {
    let list = app.world.read(|state| {
        let mut sessions: Vec<_> = state.sessions.values().collect();
        sessions.sort_by_key(|session| (session.created, session.reference));
        sessions
            .into_iter()
            .map(describe_session)
            .collect::<Vec<_>>()
    });
    json!({"sessions": list})
}

pub(super) async fn session(
    State(app): State<SharedApp>,
    Path(reference): Path<String>,
) -> Response {
    perform(app, move |app| {
        let found = app.world.read(|state| {
            let session = state.sessions.get(&SessionRef::parse(&reference).ok()?)?;
            let invoices = state.invoices.of_session(&session.reference, 1);
            let mut described = describe_session(session);
            described["invoices"] = invoices.map(describe_invoice).collect();
            Some(described)
        });
        found.ok_or_else(|| Refusal::missing(format!("there is no session {reference}")))
    })
    .await
}

pub(super) fn accepted(app: &App) -> Value {
    let list = app.world.read(|state| {
        let mut accepted: Vec<_> = state
            .invoices
            .values()
            .filter(|row| row.acceptance.is_some())
            .collect();
        accepted.sort_by_key(|row| {
            row.acceptance
                .as_ref()
                .map(|it| (it.acquired, it.ksef_number))
        });
        accepted
            .into_iter()
            .map(describe_invoice)
            .collect::<Vec<_>>()
    });
    json!({"invoices": list})
}

/// Tokens; their secrets are not even kept.
pub(super) fn tokens(app: &App) -> Value {
    let now = app.clock.machine_now();
    let list = app.world.read(|state| {
        let mut tokens: Vec<_> = state.tokens.values().collect();
        tokens.sort_by_key(|token| (token.created, token.reference));
        let describe = |token: &&crate::world::tokens::Token| {
            json!({
                "referenceNumber": token.reference,
                "context": token.context,
                "author": token.author,
                "status": token.status(now).as_str(),
                "description": token.description,
                "dateCreated": token.created,
            })
        };
        tokens.iter().map(describe).collect::<Vec<_>>()
    });
    json!({"tokens": list})
}

pub(super) async fn authority(State(app): State<SharedApp>) -> Response {
    let pem = app
        .world
        .read(|state| state.keys.authority().map(|ca| ca.certificate().to_pem()));
    match pem {
        Some(pem) => typed(StatusCode::OK, "application/x-pem-file", pem),
        None => answer(Refusal::missing("the world has no authority yet")),
    }
}

fn describe_session(session: &SessionRecord) -> Value {
    json!({
        "referenceNumber": session.reference,
        "context": session.context,
        "openedBy": session.opener,
        "formCode": session.form,
        "status": {"code": session.code, "details": session.details},
        "dateCreated": session.created,
        "dateUpdated": session.updated,
        "validUntil": session.valid_until,
        "dateClosed": session.closed,
        "invoiceCount": session.total,
        "successfulInvoiceCount": session.successful,
        "failedInvoiceCount": session.failed,
        "upoPages": session.upo_pages,
    })
}

fn describe_invoice(invoice: &InvoiceRecord) -> Value {
    json!({
        "referenceNumber": invoice.reference,
        "sessionReferenceNumber": invoice.session,
        "ordinalNumber": invoice.ordinal,
        "invoiceHash": invoice.hash,
        "invoiceSize": invoice.size,
        "invoiceNumber": invoice.number,
        "invoicingDate": invoice.received,
        "status": invoice.status,
        "acceptance": invoice.acceptance,
    })
}

/// Version of the contract that this sandbox follows.
const API_VERSION: &str = "2.9.0";
