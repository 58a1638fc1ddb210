//! What is known about a session and its invoices.

use ksef_api::ops::sessions::{
    InvoicingMode, Session, SessionInvoice, SessionInvoices, UpoLinks, UpoPage,
};
use ksef_api::page::ContinuationToken;
use ksef_api::status::{SessionStatus, StatusInfo};
use ksef_core::reference::{InvoiceRef, SessionRef};
use ksef_core::secret::SecretText;

use super::list::PAGE_SIZES;
use super::readable;
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::Violations;
use crate::handlers::downloads;
use crate::links::LinkSigner;
use crate::processing;
use crate::world::invoices::InvoiceRecord;
use crate::world::sessions::SessionRecord;

pub(super) fn session(call: &Call) -> Result<Reply, Failure> {
    let reference: SessionRef = call.path("referenceNumber")?;
    let caller = call.caller()?;
    processing::close_overdue(&call.app, call.now);
    let answer = call.app.world.read(|state| {
        let session = readable(state, caller, &reference)?;
        Ok::<_, Failure>(describe(call, session, state.links()))
    })?;
    Reply::json(call, &answer)
}

pub(super) fn invoice(call: &Call) -> Result<Reply, Failure> {
    let session: SessionRef = call.path("referenceNumber")?;
    let reference: InvoiceRef = call.path("invoiceReferenceNumber")?;
    let caller = call.caller()?;
    let answer = call.app.world.read(|state| {
        readable(state, caller, &session)?;
        let invoice = state.invoices.get(&reference).filter(|known| known.session == session);
        let invoice = invoice.ok_or_else(|| {
            // The contract names no code of its own for this.
            Failure::invalid(vec![format!(
                "Faktura o numerze referencyjnym {reference} nie została znaleziona w sesji {session}."
            )])
        })?;
        Ok::<_, Failure>(describe_invoice(call, invoice, state.links()))
    })?;
    Reply::json(call, &answer)
}

pub(super) fn invoices(call: &Call) -> Result<Reply, Failure> {
    list(call, "invoices", |_| true)
}

pub(super) fn failed_invoices(call: &Call) -> Result<Reply, Failure> {
    list(call, "failed", InvoiceRecord::is_failed)
}

fn list(
    call: &Call,
    name: &str,
    wanted: impl Fn(&InvoiceRecord) -> bool,
) -> Result<Reply, Failure> {
    let reference: SessionRef = call.path("referenceNumber")?;
    let caller = call.caller()?;
    let mut violations = Violations::default();
    let page_size = call.query.page_size(&mut violations, PAGE_SIZES);
    violations.done()?;
    let scope = format!("{name}|{reference}");
    let answer = call.app.world.read(|state| {
        readable(state, caller, &reference)?;
        let links = state.links();
        let from = first_ordinal(call, &scope, links)?;
        let mut fitting = state
            .invoices
            .of_session(&reference, from)
            .filter(|row| wanted(row));
        let page: Vec<_> = fitting.by_ref().take(page_size).collect();
        let token = fitting.next().and_then(|next| {
            ContinuationToken::new(links.continuation(&scope, &next.ordinal.to_string()))
        });
        Ok::<_, Failure>(SessionInvoices {
            continuation_token: token,
            invoices: page
                .iter()
                .map(|row| describe_invoice(call, row, links))
                .collect(),
        })
    })?;
    Reply::json(call, &answer)
}

/// The ordinal number from which the asked page goes on.
fn first_ordinal(call: &Call, scope: &str, links: &LinkSigner) -> Result<u32, Failure> {
    let token = call.continuation();
    if token.is_empty() {
        return Ok(1);
    }
    let cursor = links
        .cursor(scope, token)
        .and_then(|cursor| cursor.parse().ok());
    cursor.ok_or_else(|| Failure::coded(21418))
}

/// The status of a session with its details.
pub(super) fn status_info(session: &SessionRecord) -> StatusInfo {
    let info = session.status().to_info(session.kind());
    session
        .details
        .iter()
        .fold(info, |info, detail| info.with_detail(detail.clone()))
}

fn describe(call: &Call, session: &SessionRecord, links: &LinkSigner) -> Session {
    // A failed key leaves nothing that was counted; otherwise a count appears with its first invoice, and in a processed
    // batch all of them are told.
    let is_counted = session.status() != SessionStatus::KeyNotDecrypted;
    let is_complete = session.batch.is_some()
        && matches!(
            session.status(),
            SessionStatus::Processed | SessionStatus::NoValidInvoice
        );
    let count =
        |number: u32| Some(number).filter(|number| is_complete || (is_counted && *number > 0));
    let pages: Vec<_> = session
        .upo_pages
        .iter()
        .map(|page| {
            let link = links.link(
                &downloads::session_upo_path(&session.reference, page),
                call.now,
            );
            UpoPage {
                reference_number: *page,
                download_url: absolute(call, &link.path_and_query),
                download_url_expiration_date: link.expires,
            }
        })
        .collect();
    Session {
        status: status_info(session),
        date_created: session.created,
        date_updated: session.updated,
        valid_until: Some(session.valid_until),
        upo: (!pages.is_empty()).then_some(UpoLinks { pages }),
        invoice_count: count(session.total),
        successful_invoice_count: count(session.successful),
        failed_invoice_count: count(session.failed),
    }
}

fn describe_invoice(call: &Call, invoice: &InvoiceRecord, links: &LinkSigner) -> SessionInvoice {
    let acceptance = invoice.acceptance.as_ref();
    let link = acceptance.map(|acceptance| {
        let path = downloads::invoice_upo_path(&invoice.session, &acceptance.ksef_number);
        links.link(&path, call.now)
    });
    SessionInvoice {
        ordinal_number: invoice.ordinal,
        invoice_number: invoice.number.clone(),
        ksef_number: acceptance.map(|acceptance| acceptance.ksef_number),
        reference_number: invoice.reference,
        invoice_hash: invoice.hash,
        invoice_file_name: invoice.file_name.clone(),
        acquisition_date: acceptance.map(|acceptance| acceptance.acquired),
        invoicing_date: invoice.received,
        permanent_storage_date: acceptance.and_then(|acceptance| acceptance.stored),
        upo_download_url: link
            .as_ref()
            .map(|link| absolute(call, &link.path_and_query)),
        upo_download_url_expiration_date: link.as_ref().map(|link| link.expires),
        invoicing_mode: acceptance
            .map(|acceptance| InvoicingMode::from_name(acceptance.mode().wire_name())),
        status: invoice.status.clone(),
    }
}

fn absolute(call: &Call, path_and_query: &str) -> SecretText {
    SecretText::new(format!("{}{path_and_query}", call.origin()))
}
