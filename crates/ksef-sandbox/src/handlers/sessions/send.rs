//! `POST /sessions/online/{referenceNumber}/invoices`.

use bytes::Bytes;
use ksef_api::ops::sessions::{InvoiceContent, InvoiceStatusInfo, SentInvoice};
use ksef_api::status::InvoiceStatus;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{InvoiceRef, SessionKind, SessionRef};
use ksef_crypto::digest::sha256;

use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::processing::{self, Task};
use crate::world::documents::{Document, DocumentName};
use crate::world::invoices::InvoiceRecord;
use crate::world::record::Changes;
use crate::world::sessions::SessionRecord;
use crate::world::state::State;

pub(super) fn send(call: &Call) -> Result<Reply, Failure> {
    let reference: SessionRef = call.path("referenceNumber")?;
    let invoice = Parcel::read(call)?;
    let caller = call.caller()?;
    processing::close_overdue(&call.app, call.now);
    if call.has_session_key_fault {
        call.app.world.write(|state, changes| {
            if super::usable(state, caller, &reference, SessionKind::Online)
                .is_ok_and(SessionRecord::is_open)
            {
                processing::fail_key(state, changes, &reference, call.now);
            }
        });
    }
    // The digest of the content is computed outside of the lock, but judged after the session.
    call.app
        .world
        .read(|state| check(state, caller, &reference, &invoice))?;
    invoice.check_content()?;
    let sent = call.app.world.write(|state, changes| {
        check(state, caller, &reference, &invoice)?;
        Ok::<_, Failure>(receive(state, changes, call, &reference, invoice))
    })?;
    if !call.app.latency().invoice.is_zero() {
        call.app.schedule(Task::BeginInvoice(sent));
    }
    call.app.schedule(Task::ProcessInvoice(sent));
    Reply::json(
        call,
        &SentInvoice {
            reference_number: sent,
        },
    )
}

/// An encrypted invoice as it was declared.
#[derive(Debug)]
struct Parcel {
    hash: Sha256Digest,
    size: u64,
    encrypted_hash: Sha256Digest,
    encrypted_size: u64,
    content: Bytes,
    is_declared_offline: bool,
    corrects: Option<Sha256Digest>,
}

impl Parcel {
    fn read(call: &Call) -> Result<Self, Failure> {
        let body = call.json_object()?;
        let fields = Fields::of(&body);
        let mut violations = Violations::default();
        let digest = |violations: &mut Violations, name| {
            fields.parsed(violations, name, Sha256Digest::from_base64)
        };
        let size = |violations: &mut Violations, name| {
            fields
                .integer(violations, name, 1..=i64::MAX)
                .and_then(|size| u64::try_from(size).ok())
        };
        let hash = digest(&mut violations, "invoiceHash");
        let invoice_size = size(&mut violations, "invoiceSize");
        let encrypted_hash = digest(&mut violations, "encryptedInvoiceHash");
        let encrypted_size = size(&mut violations, "encryptedInvoiceSize");
        let content = content(&fields, &mut violations);
        let offline = fields
            .optional_boolean(&mut violations, "offlineMode")
            .unwrap_or(false);
        let corrects = fields.optional_parsed(
            &mut violations,
            "hashOfCorrectedInvoice",
            Sha256Digest::from_base64,
        );
        if corrects.is_some() && !offline {
            violations.add(
                "'offlineMode' must be equal to 'True' when 'hashOfCorrectedInvoice' is given.",
            );
        }
        violations.done()?;
        let parcel = || {
            Some(Self {
                hash: hash?,
                size: invoice_size?,
                encrypted_hash: encrypted_hash?,
                encrypted_size: encrypted_size?,
                content: content?,
                is_declared_offline: offline,
                corrects,
            })
        };
        parcel().ok_or_else(|| Failure::status(500, "a violation was not reported"))
    }

    /// The content against its declared size and digest.
    fn check_content(&self) -> Result<(), Failure> {
        if u64::try_from(self.content.len()) != Ok(self.encrypted_size) {
            return Err(Failure::detailed(
                21402,
                "Długość treści nie zgadza się z rozmiarem pliku.",
            ));
        }
        if sha256(&self.content) != self.encrypted_hash {
            return Err(Failure::detailed(
                21403,
                "Skrót treści nie zgadza się ze skrótem pliku.",
            ));
        }
        Ok(())
    }
}

fn content(fields: &Fields<'_>, violations: &mut Violations) -> Option<Bytes> {
    let name = "encryptedInvoiceContent";
    let text = fields.text(violations, name)?;
    let content = InvoiceContent::from_base64(text).and_then(|content| content.ciphertext());
    if content.is_none() {
        violations.unreadable(fields.path(name));
    }
    content
}

/// Session, its number of invoices, technical correction: in this order.
fn check(
    state: &State,
    caller: &Caller,
    reference: &SessionRef,
    invoice: &Parcel,
) -> Result<(), Failure> {
    let session = super::usable(state, caller, reference, SessionKind::Online)?;
    if !session.is_open() {
        let detail = match session.code {
            // The words that were seen on the real environment.
            415 => "Status sesji (415) uniemożliwia wysyłkę faktur.".to_owned(),
            code => format!("Status sesji {code} uniemożliwia wysyłkę faktur."),
        };
        return Err(Failure::detailed(21180, detail));
    }
    let limit = state
        .limits
        .context(&session.context)
        .online_session
        .max_invoices;
    if session.total >= limit {
        let detail = format!(
            "Sesja o numerze referencyjnym {reference} osiągnęła dozwolony limit liczby faktur {limit}."
        );
        return Err(Failure::detailed(21155, detail));
    }
    match &invoice.corrects {
        Some(corrected) => check_correction(state, &session.context, corrected),
        None => Ok(()),
    }
}

/// Only an invoice that was sent and rejected can be corrected technically, and only once.
fn check_correction(
    state: &State,
    context: &ContextIdentifier,
    corrected: &Sha256Digest,
) -> Result<(), Failure> {
    let accepted = |invoice: &InvoiceRecord| invoice.acceptance.is_some();
    if state
        .invoices
        .corrections_of(context, corrected)
        .any(accepted)
    {
        let detail = "Faktura posiada już przetworzoną prawidłowo korektę techniczną.";
        return Err(Failure::detailed(21166, detail));
    }
    let mut originals = state.invoices.with_hash(context, corrected).peekable();
    if originals.peek().is_none() {
        // What the server says about an unknown hash is not published.
        let detail = "Nie znaleziono odrzuconej faktury o wskazanym skrócie.";
        return Err(Failure::detailed(21167, detail));
    }
    if originals.any(|original| !original.is_failed()) {
        let detail = "Nie można wysłać korekty technicznej do prawidłowo przetworzonej faktury.";
        return Err(Failure::detailed(21167, detail));
    }
    Ok(())
}

fn receive(
    state: &mut State,
    changes: &mut Changes,
    call: &Call,
    session: &SessionRef,
    parcel: Parcel,
) -> InvoiceRef {
    let reference = state.invoices.fresh_reference(call.now);
    let place = state.sessions.update(changes, session, |session| {
        session.total += 1;
        session.updated = session.updated.max(call.now);
        (session.total, session.context)
    });
    // The session was there a moment ago, under the same lock.
    let Some((ordinal, context)) = place else {
        return reference;
    };
    let invoice = InvoiceRecord {
        reference,
        session: *session,
        context,
        ordinal,
        hash: parcel.hash,
        size: parcel.size,
        received: call.now,
        is_declared_offline: parcel.is_declared_offline,
        corrects: parcel.corrects,
        status: InvoiceStatusInfo::of(InvoiceStatus::Received),
        number: None,
        file_name: None,
        acceptance: None,
    };
    let name = DocumentName::Sealed(reference);
    let sealed = Document::with_digest(name, parcel.content, parcel.encrypted_hash);
    state.invoices.receive(changes, invoice, sealed);
    reference
}
