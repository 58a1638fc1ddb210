//! The sandbox's own acknowledgements (UPO): made from what the world knows, sealed, and kept as they are.
//!
//! The UPO of an invoice is made when it is first asked for, that of a session when the session ends. Both are signed
//! with the seal of the world (an enveloped XAdES), stored once, and served identical from then on.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};
use ksef_crypto::xades::XadesError;
use ksef_invoice::upo::{self, AuthenticationProof, DOCUMENTS_MAX, Upo, UpoDocument, UpoPage};

use crate::app::App;
use crate::random;
use crate::world::invoices::{Document, DocumentName, InvoiceRecord};
use crate::world::seal::Seal;
use crate::world::sessions::{Proof, SessionRecord};
use crate::world::state::State;

/// A page of the UPO of a session, ready to be stored.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) reference: UpoRef,
    pub(crate) document: Document,
}

/// The UPO of an accepted invoice; `None` when there is no such invoice or it is not accepted.
///
/// # Errors
/// A seal that cannot sign.
pub(crate) fn of_invoice(app: &App, invoice: &InvoiceRef) -> Result<Option<Document>, XadesError> {
    let name = DocumentName::InvoiceUpo(*invoice);
    let found = app
        .world
        .read(|state| match state.invoices.document(&name) {
            Some(document) => Some(Ok(document.clone())),
            None => draft_of_invoice(&app.config.receiver_name, state, invoice).map(Err),
        });
    let (draft, seal, signed_at) = match found {
        None => return Ok(None),
        Some(Ok(document)) => return Ok(Some(document)),
        Some(Err(draft)) => draft,
    };
    let xml = seal.sign(&upo::write(&draft), signed_at)?;
    let document = Document::new(name, Bytes::from(xml));
    // Two requests may have made it at once: the first to store decides.
    Ok(Some(app.world.write(|state, changes| {
        state.invoices.keep(changes, document)
    })))
}

/// The pages of the UPO of a session that ends at `now`; empty when none of its invoices was accepted.
///
/// # Errors
/// A seal that cannot sign.
pub(crate) fn of_session(
    app: &App,
    session: &SessionRef,
    now: Timestamp,
) -> Result<Vec<Page>, XadesError> {
    let Some((head, documents, seal)) = app.world.read(|state| {
        let record = state.sessions.get(session)?;
        let documents: Vec<_> = state
            .invoices
            .of_session(session, 1)
            .filter_map(document_of)
            .collect();
        Some((
            head(&app.config.receiver_name, record),
            documents,
            state.keys.seal()?,
        ))
    }) else {
        return Ok(Vec::new());
    };
    let count = documents.len().div_ceil(DOCUMENTS_MAX);
    let mut pages = Vec::with_capacity(count);
    for (index, chunk) in documents.chunks(DOCUMENTS_MAX).enumerate() {
        let first = index * DOCUMENTS_MAX + 1;
        let page = UpoPage {
            number: wide(index + 1),
            count: wide(count),
            first: wide(first),
            last: wide(first + chunk.len() - 1),
            total: wide(documents.len()),
        };
        let draft = Upo {
            page: Some(page),
            documents: chunk.to_vec(),
            ..head.clone()
        };
        let (date, high, low) = random::reference_parts(now);
        let reference = UpoRef::generate(date, high, low);
        let xml = seal.sign(&upo::write(&draft), now)?;
        let document = Document::new(DocumentName::SessionUpo(reference), Bytes::from(xml));
        pages.push(Page {
            reference,
            document,
        });
    }
    Ok(pages)
}

fn draft_of_invoice(
    receiver: &str,
    state: &State,
    invoice: &InvoiceRef,
) -> Option<(Upo, Arc<Seal>, Timestamp)> {
    let invoice = state.invoices.get(invoice)?;
    let session = state.sessions.get(&invoice.session)?;
    let document = document_of(invoice)?;
    let signed_at = document.numbered;
    let draft = Upo {
        documents: vec![document],
        ..head(receiver, session)
    };
    Some((draft, state.keys.seal()?, signed_at))
}

/// Everything but the documents.
fn head(receiver: &str, session: &SessionRecord) -> Upo {
    Upo {
        issuer: receiver.to_owned(),
        session: session.reference,
        context: session.context,
        proof: match session.proof {
            Proof::Token(token) => AuthenticationProof::Token(token),
            Proof::Document(digest) => AuthenticationProof::Document(digest),
        },
        page: None,
        schema: session.form.schema_file(),
        form: session.form.system_code().to_owned(),
        documents: Vec::new(),
    }
}

fn document_of(invoice: &InvoiceRecord) -> Option<UpoDocument> {
    let acceptance = invoice.acceptance.as_ref()?;
    Some(UpoDocument {
        seller: acceptance.seller,
        ksef_number: acceptance.ksef_number,
        number: invoice.number.clone()?,
        issue_date: acceptance.issued,
        sent: invoice.received,
        numbered: acceptance.acquired,
        // An accepted invoice has the digest that was declared; any other was refused.
        digest: invoice.hash,
        mode: Some(acceptance.mode()),
    })
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
