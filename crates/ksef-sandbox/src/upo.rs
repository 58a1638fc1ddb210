//! The sandbox's own acknowledgements (UPO): made from what the world knows, sealed, and kept as they are.
//!
//! The UPO of an invoice is made when it is first asked for, that of a session when the session ends. Both are signed
//! with the seal of the world (an enveloped XAdES), stored once, and served identical from then on.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use ksef_core::reference::{InvoiceRef, SessionRef, UpoRef};
use ksef_crypto::xades::XadesError;
use ksef_invoice::upo::{
    self, AuthenticationProof, DOCUMENTS_MAX, Upo, UpoDocument, UpoPage, UpoVersion,
};

use crate::app::App;
use crate::random;
use crate::world::documents::{Document, DocumentName};
use crate::world::invoices::InvoiceRecord;
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
    let kept = app
        .world
        .read(|state| state.invoices.document(&name).cloned());
    if kept.is_some() {
        return Ok(kept);
    }
    let receiver = &app.config.receiver_name;
    let draft = app
        .world
        .read(|state| draft_of_invoice(receiver, state, invoice));
    let Some((draft, seal, signed_at)) = draft else {
        return Ok(None);
    };
    let xml = seal.sign(&upo::write(&draft), signed_at)?;
    let document = Document::new(name, Bytes::from(xml));
    // Two requests may have made it at once: the first to store decides. A reset may have come between.
    Ok(app.world.write(|state, changes| {
        let is_there = state.invoices.contains(invoice);
        is_there.then(|| state.invoices.keep(changes, document))
    }))
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
    drafts(&head, documents)
        .map(|draft| {
            let (date, high, low) = random::reference_parts(now);
            let reference = UpoRef::generate(date, high, low);
            let xml = seal.sign(&upo::write(&draft), now)?;
            let document = Document::new(DocumentName::SessionUpo(reference), Bytes::from(xml));
            Ok(Page {
                reference,
                document,
            })
        })
        .collect()
}

/// The pages of a session's UPO, each with at most [`DOCUMENTS_MAX`] documents.
fn drafts(head: &Upo, documents: Vec<UpoDocument>) -> impl Iterator<Item = Upo> {
    let total = documents.len();
    let count = total.div_ceil(DOCUMENTS_MAX);
    let mut documents = documents.into_iter();
    (0..count).map(move |index| {
        let documents: Vec<_> = documents.by_ref().take(DOCUMENTS_MAX).collect();
        let before = index * DOCUMENTS_MAX;
        let page = UpoPage {
            number: wide(index + 1),
            count: wide(count),
            first: wide(before + 1),
            last: wide(before + documents.len()),
            total: wide(total),
        };
        Upo {
            page: Some(page),
            documents,
            ..head.clone()
        }
    })
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
        version: UpoVersion::V4_3,
        declared_version: None,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Upo {
        Upo {
            version: UpoVersion::V4_3,
            declared_version: None,
            issuer: "Ministerstwo Finansów".to_owned(),
            session: "20250925-SO-2F67776000-97273B191A-65".parse().unwrap(),
            context: "Nip:5265877635".parse().unwrap(),
            proof: AuthenticationProof::Token(
                "20250819-EC-1ECDD12000-9C2A2A0D2A-B7".parse().unwrap(),
            ),
            page: None,
            schema: "Schemat_FA(3)_v1-0E.xsd".to_owned(),
            form: "FA (3)".to_owned(),
            documents: Vec::new(),
        }
    }

    fn documents(count: u64) -> Vec<UpoDocument> {
        let sent: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        (1..=count)
            .map(|sequence| UpoDocument {
                seller: "5265877635".parse().unwrap(),
                ksef_number: crate::numbers::ksef_number(
                    "5265877635".parse().unwrap(),
                    sent,
                    sequence,
                ),
                number: format!("FV/{sequence}"),
                issue_date: jiff::civil::date(2026, 11, 21),
                sent,
                numbered: sent,
                digest: ksef_core::digest::Sha256Digest::from_bytes([7; 32]),
                mode: None,
            })
            .collect()
    }

    #[test]
    fn a_page_holds_ten_thousand_documents() {
        let pages: Vec<_> = drafts(&head(), documents(20_001)).collect();
        let described: Vec<_> = pages.iter().filter_map(|draft| draft.page).collect();
        let ranges: Vec<_> = described
            .iter()
            .map(|page| (page.number, page.first, page.last))
            .collect();
        assert_eq!(
            ranges,
            [(1, 1, 10_000), (2, 10_001, 20_000), (3, 20_001, 20_001)]
        );
        assert!(
            described
                .iter()
                .all(|page| page.count == 3 && page.total == 20_001)
        );
        assert_eq!(pages[1].documents[0].number, "FV/10001");
        assert_eq!(drafts(&head(), Vec::new()).count(), 0);
        assert_eq!(drafts(&head(), documents(10_000)).count(), 1);
    }

    #[test]
    fn a_full_page_can_be_sealed() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let validity = ksef_crypto::self_signed::Validity::days(now, 10);
        let subject = ksef_crypto::self_signed::Subject::service("Test", "Test");
        let kind = ksef_crypto::certificate::KeyKind::EcP256;
        let authority =
            ksef_crypto::authority::Authority::generate(&subject, kind, validity).unwrap();
        let key = ksef_crypto::certificate::PrivateKey::generate(
            ksef_crypto::certificate::KeyKind::Rsa2048,
        )
        .unwrap();
        let seal = Seal::issue(&authority, key, now).unwrap();
        let page = drafts(&head(), documents(10_000)).next().unwrap();
        let signed = seal.sign(&upo::write(&page), now).unwrap();
        assert_eq!(upo::read(&signed).unwrap().documents.len(), 10_000);
    }
}
