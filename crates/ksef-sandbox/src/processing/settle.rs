//! Verification of invoices: examined on all cores, settled one after another under the lock.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use ksef_api::ops::sessions::InvoiceStatusInfo;
use ksef_api::status::InvoiceStatus;
use ksef_core::calendar::warsaw_date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{InvoiceRef, SessionRef};
use ksef_crypto::session_key::SessionKey;
use ksef_invoice::check::Rules;
use ksef_invoice::metadata::{InvoiceMetadata, PartyIdentifier};
use ksef_invoice::semantics::{self, DuplicateKey, InvoicingMode};

use bytes::Bytes;

use super::examine::{Examination, Refused, Sound, Terms, examine, examine_plain};
use super::{Task, rights, session};
use crate::app::App;
use crate::world::description::{Reception, describe};
use crate::world::documents::{Document, DocumentName};
use crate::world::invoices::Acceptance;
use crate::world::record::Changes;
use crate::world::state::State;

/// Verifies invoices, in the order given, and accepts or rejects them.
pub(super) fn process(app: &App, invoices: &[InvoiceRef]) {
    if invoices.is_empty() {
        return;
    }
    for session in sessions_without_key(app, invoices) {
        session::unwrap_key(app, &session);
    }
    let cases: Vec<Case> = app.world.read(|state| {
        invoices
            .iter()
            .filter_map(|invoice| Case::of(state, invoice))
            .collect()
    });
    let examined = examine_all(&cases);
    let now = app.now();
    let stores_at_once = app.latency().storage.is_zero();
    let mut follow_up = Vec::new();
    app.world.write(|state, changes| {
        for (case, examination) in cases.iter().zip(examined) {
            if !is_still_pending(state, case) {
                continue;
            }
            let was_accepted = settle(state, changes, case, examination, now);
            if was_accepted && stores_at_once {
                let delay = super::visibility_delay(app, state, &case.invoice);
                state.invoices.store(changes, &case.invoice, now, delay);
            } else if was_accepted {
                follow_up.push(Task::StoreInvoice(case.invoice));
            }
            if count(state, changes, &case.session, was_accepted, now) {
                follow_up.push(Task::FinishSession(case.session));
            }
        }
    });
    for task in follow_up {
        app.schedule(task);
    }
}

/// An invoice with everything that its examination needs.
#[derive(Debug)]
struct Case {
    invoice: InvoiceRef,
    session: SessionRef,
    context: ContextIdentifier,
    is_declared_offline: bool,
    corrects: Option<Sha256Digest>,
    content: Content,
    terms: Terms,
}

/// What is examined.
#[derive(Debug)]
enum Content {
    /// Sent one by one: ciphertext, and the key of the session.
    Sealed(Bytes, SessionKey),
    /// Out of a package, which was decrypted as a whole.
    Plain(Bytes),
}

impl Case {
    fn of(state: &State, invoice: &InvoiceRef) -> Option<Self> {
        let record = state
            .invoices
            .get(invoice)
            .filter(|record| record.is_pending())?;
        let session = state.sessions.get(&record.session)?;
        let bytes = |name| Some(state.invoices.document(&name)?.bytes().clone());
        let limits = state.limits.context(&record.context);
        let (content, limits) = match session.batch {
            None => {
                let sealed = bytes(DocumentName::Sealed(*invoice))?;
                let content = Content::Sealed(sealed, session.session_key()?);
                (content, limits.online_session)
            }
            Some(_) => {
                let xml = bytes(DocumentName::Received(*invoice))?;
                (Content::Plain(xml), limits.batch_session)
            }
        };
        Some(Self {
            invoice: *invoice,
            session: record.session,
            context: record.context,
            is_declared_offline: record.is_declared_offline,
            corrects: record.corrects,
            content,
            terms: Terms {
                hash: record.hash,
                size: record.size,
                form: session.form.clone(),
                rules: Rules {
                    size_max: limits.invoice_bytes_max(),
                    size_max_with_attachment: limits.invoice_with_attachment_bytes_max(),
                    ..Rules::default()
                },
                received: record.received,
                may_have_attachment: record.corrects.is_some() || session.batch.is_some(),
                verifies_identifiers: session.verifies_identifiers,
            },
        })
    }
}

/// Sessions of these invoices whose key nobody has looked at yet, as after a restart.
fn sessions_without_key(app: &App, invoices: &[InvoiceRef]) -> Vec<SessionRef> {
    let mut sessions: Vec<_> = app.world.read(|state| {
        let session_of = |invoice| state.invoices.get(invoice).map(|record| record.session);
        let mut sessions: Vec<_> = invoices.iter().filter_map(session_of).collect();
        sessions.sort_unstable();
        sessions.dedup();
        sessions.retain(|session| {
            state
                .sessions
                .get(session)
                .is_some_and(|record| record.wrapped_key().is_some())
        });
        sessions
    });
    sessions.dedup();
    sessions
}

/// Examines on all cores; the outcomes are in the order of the cases.
fn examine_all(cases: &[Case]) -> Vec<Examination> {
    let one = |case: &Case| {
        guarded(|| match &case.content {
            Content::Sealed(sealed, key) => examine(sealed, key, &case.terms),
            Content::Plain(xml) => examine_plain(xml.clone(), &case.terms),
        })
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = cases.len().div_ceil(cores).max(ALONE_MAX);
    if cases.len() <= share {
        return cases.iter().map(one).collect();
    }
    std::thread::scope(|scope| {
        let parts: Vec<_> = cases
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))
            .collect();
        let mut outcomes = Vec::with_capacity(cases.len());
        for (part, handle) in cases.chunks(share).zip(parts) {
            // A thread that could not do its part leaves its invoices with an internal error.
            outcomes.extend(
                handle
                    .join()
                    .unwrap_or_else(|_| part.iter().map(|_| broken()).collect()),
            );
        }
        outcomes
    })
}

/// The outcome of an examination; an internal error when it panics, for this invoice only.
fn guarded(examination: impl FnOnce() -> Examination) -> Examination {
    catch_unwind(AssertUnwindSafe(examination)).unwrap_or_else(|_| {
        tracing::error!("the examination of an invoice panicked");
        broken()
    })
}

fn broken() -> Examination {
    let status = InvoiceStatusInfo::of(InvoiceStatus::UnknownError);
    Examination::Refused(Refused {
        status,
        number: None,
    })
}

fn is_still_pending(state: &State, case: &Case) -> bool {
    state
        .invoices
        .get(&case.invoice)
        .is_some_and(|invoice| invoice.is_pending())
}

/// Accepts or rejects one invoice; true when it was accepted.
fn settle(
    state: &mut State,
    changes: &mut Changes,
    case: &Case,
    examination: Examination,
    now: Timestamp,
) -> bool {
    let decided = match examination {
        Examination::Sound(sound) => may_enter(state, case, &sound, now).map(|()| sound),
        Examination::Refused(refused) => Err(refused),
    };
    match decided {
        Ok(sound) => {
            accept(state, changes, case, *sound, now);
            true
        }
        Err(refused) => {
            state
                .invoices
                .reject(changes, &case.invoice, refused.status, refused.number);
            false
        }
    }
}

/// Rights of the context, then duplicates.
fn may_enter(state: &State, case: &Case, sound: &Sound, now: Timestamp) -> Result<(), Refused> {
    let metadata = &sound.metadata;
    let number = Some(metadata.number.clone());
    check_consent(state, case, metadata, now)
        .map_err(|detail| Refused::because(InvoiceStatus::NotPermitted, detail, number.clone()))?;
    rights::check(&case.context, metadata, state)
        .map_err(|detail| Refused::because(InvoiceStatus::NotPermitted, detail, number.clone()))?;
    let Some(original) = state.invoices.original(&DuplicateKey::of(metadata), now) else {
        return Ok(());
    };
    let detail = format!(
        "Duplikat faktury. Faktura o numerze KSeF: {} została już prawidłowo przesłana do systemu w sesji: {}",
        original.ksef_number, original.session
    );
    let mut refused = Refused::because(InvoiceStatus::Duplicate, detail, number);
    refused.status = refused
        .status
        .with_original(original.session, &original.ksef_number);
    Err(refused)
}

/// An attachment in a package needs the seller's consent. A technical correction, which is sent alone, does not.
fn check_consent(
    state: &State,
    case: &Case,
    metadata: &InvoiceMetadata,
    now: Timestamp,
) -> Result<(), String> {
    let seller = metadata.seller.nip;
    let needs_consent = metadata.has_attachment && case.corrects.is_none();
    if needs_consent
        && !state
            .subjects
            .has_attachment_consent(&seller, warsaw_date(now))
    {
        return Err(format!(
            "Sprzedawca {seller} nie posiada zgody do wysyłania faktur z załącznikami"
        ));
    }
    Ok(())
}

fn accept(state: &mut State, changes: &mut Changes, case: &Case, sound: Sound, now: Timestamp) {
    let Sound { metadata, xml } = sound;
    let mode = semantics::invoicing_mode(
        metadata.issue_date,
        case.terms.received,
        case.is_declared_offline,
    );
    // It has the digest that was declared; any other was refused.
    let name = DocumentName::Invoice(case.invoice);
    let xml = Document::with_digest(name, xml, case.terms.hash);
    let reception = Reception {
        ksef_number: state
            .invoices
            .next_number(metadata.seller.nip, case.terms.received),
        received: case.terms.received,
        acquired: now.max(case.terms.received),
        mode: mode.wire_name(),
        hash: case.terms.hash,
        corrects: case.corrects,
    };
    let acceptance = Acceptance {
        ksef_number: reception.ksef_number,
        acquired: reception.acquired,
        stored: None,
        visible: None,
        described: Some(Box::new(describe(&metadata, &reception))),
        is_offline: mode == InvoicingMode::Offline,
        seller: metadata.seller.nip,
        kind: metadata.kind.wire_name().to_owned(),
        issued: metadata.issue_date,
        parties: parties(&metadata),
    };
    state
        .invoices
        .accept(changes, &case.invoice, acceptance, metadata.number, xml);
}

/// Everybody on the invoice who may read it.
fn parties(metadata: &InvoiceMetadata) -> Vec<ContextIdentifier> {
    let context = |identifier: &PartyIdentifier| match identifier {
        PartyIdentifier::Nip(nip) => Some(ContextIdentifier::Nip(*nip)),
        PartyIdentifier::InternalId(id) => Some(ContextIdentifier::InternalId(*id)),
        _ => None,
    };
    let mut parties = vec![ContextIdentifier::Nip(metadata.seller.nip)];
    parties.extend(context(&metadata.buyer.identifier));
    parties.extend(
        metadata
            .third_parties
            .iter()
            .filter_map(|party| context(&party.identifier)),
    );
    parties.extend(
        metadata
            .authorised_party
            .iter()
            .map(|party| ContextIdentifier::Nip(party.nip)),
    );
    parties.sort_unstable();
    parties.dedup();
    parties
}

/// Counts an outcome in its session; true when the session is closed and this was its last invoice.
fn count(
    state: &mut State,
    changes: &mut Changes,
    session: &SessionRef,
    was_accepted: bool,
    now: Timestamp,
) -> bool {
    let counted = state.sessions.update(changes, session, |record| {
        if was_accepted {
            record.successful += 1;
        } else {
            record.failed += 1;
        }
        record.updated = record.updated.max(now);
        record.is_ending() && record.pending() == 0
    });
    counted.unwrap_or(false)
}

/// Most invoices that are examined without help: a thread costs about as much as they do.
const ALONE_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_examination_that_panics_is_an_internal_error_of_its_invoice() {
        let Examination::Refused(refused) = guarded(|| panic!("a bug")) else {
            panic!("it was found sound");
        };
        assert_eq!(refused.status.code, InvoiceStatus::UnknownError.code());
    }
}
