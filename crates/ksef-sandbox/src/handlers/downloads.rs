//! The UPO: by operations, and by presigned links that need no bearer and count in no limit; parts of exported packages,
//! by such links alone.

use std::io::SeekFrom;
use std::ops::Range;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Shared};
use axum::response::Response;
use axum::routing::get;
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use ksef_api::operation::sessions as operation;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{ExportRef, InvoiceRef, SessionRef, UpoRef};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::sessions::readable;
use crate::app::{App, SharedApp};
use crate::call::{Call, META_HASH, Reply};
use crate::failure::Failure;
use crate::links::{Access, STORAGE_PREFIX};
use crate::router::Routes;
use crate::world::documents::{Document, DocumentName};
use crate::{faults, pipeline, upo};

/// The operations of this module.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::UPO_BY_KSEF_NUMBER, by_ksef_number)
        .with(&operation::UPO_BY_INVOICE, by_invoice)
        .with(&operation::UPO, by_page)
}

/// The addresses of presigned links.
pub(crate) fn storage() -> Router<SharedApp> {
    Router::new().route("/storage/01/{session}/{kind}/{file}", get(presigned))
}

/// Path of the link to the UPO of an invoice.
pub(super) fn invoice_upo_path(session: &SessionRef, number: &KsefNumber) -> String {
    let session = session.as_str().to_ascii_lowercase();
    format!("{STORAGE_PREFIX}{session}/{INVOICE_UPO}/upo_{number}.xml")
}

/// Path of the link to a page of the UPO of a session.
pub(super) fn session_upo_path(session: &SessionRef, page: &UpoRef) -> String {
    let session = session.as_str().to_ascii_lowercase();
    format!("{STORAGE_PREFIX}{session}/{SESSION_UPO}/upo_{page}.xml")
}

/// Path of the link to a part of an exported package.
pub(super) fn export_part_path(export: &ExportRef, name: &str) -> String {
    let export = export.as_str().to_ascii_lowercase();
    format!("{STORAGE_PREFIX}{export}/{EXPORT_PART}/{name}")
}

fn by_ksef_number(call: &Call) -> Result<Reply, Failure> {
    let session: SessionRef = call.path("referenceNumber")?;
    let number: KsefNumber = call.path("ksefNumber")?;
    let missing = || {
        let detail = format!(
            "UPO o numerze KSeF {number} i numerze referencyjnym sesji {session} nie zostało znalezione."
        );
        Failure::detailed(21178, detail)
    };
    let caller = call.caller()?;
    let invoice = call.app.world.read(|state| {
        if state.sessions.contains(&session) {
            readable(state, caller, &session)?;
        }
        let invoice = state
            .invoices
            .by_number(&number)
            .filter(|known| known.session == session);
        invoice.map(|invoice| invoice.reference).ok_or_else(missing)
    })?;
    of_invoice(&call.app, &invoice)?.map_or_else(|| Err(missing()), |upo| Ok(reply(call, &upo)))
}

fn by_invoice(call: &Call) -> Result<Reply, Failure> {
    let session: SessionRef = call.path("referenceNumber")?;
    let reference: InvoiceRef = call.path("invoiceReferenceNumber")?;
    let missing = || {
        let detail = format!("UPO faktury {reference} dla sesji {session} nie zostało znalezione.");
        Failure::detailed(21178, detail)
    };
    let caller = call.caller()?;
    call.app.world.read(|state| {
        readable(state, caller, &session)?;
        let invoice = state
            .invoices
            .get(&reference)
            .filter(|known| known.session == session);
        invoice.map(|_| ()).ok_or_else(missing)
    })?;
    of_invoice(&call.app, &reference)?.map_or_else(|| Err(missing()), |upo| Ok(reply(call, &upo)))
}

fn by_page(call: &Call) -> Result<Reply, Failure> {
    let session: SessionRef = call.path("referenceNumber")?;
    let page: UpoRef = call.path("upoReferenceNumber")?;
    let caller = call.caller()?;
    let upo = call.app.world.read(|state| {
        let record = readable(state, caller, &session)?;
        let known = record.upo_pages.contains(&page);
        let upo = state
            .invoices
            .document(&DocumentName::SessionUpo(page))
            .filter(|_| known);
        upo.cloned().ok_or_else(|| {
            let detail = format!(
                "UPO o numerze referencyjnym {page} dla sesji {session} nie zostało znalezione."
            );
            Failure::detailed(21178, detail)
        })
    })?;
    Ok(reply(call, &upo))
}

fn reply(call: &Call, upo: &Document) -> Reply {
    Reply::document(call, upo.bytes().clone(), upo.digest())
}

fn of_invoice(app: &App, invoice: &InvoiceRef) -> Result<Option<Document>, Failure> {
    upo::of_invoice(app, invoice).map_err(|error| {
        tracing::error!(%error, %invoice, "the UPO of an invoice cannot be made");
        Failure::status(500, "The UPO cannot be made.")
    })
}

/// A document behind a presigned link. Who has the link may read it.
async fn presigned(
    Shared(app): Shared<SharedApp>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    request: Request<Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    let script = match faults::before(&app, None, &parts).await {
        Ok(script) => script,
        Err(answer) => return answer,
    };
    let served = match (verify(&app, &parts), path) {
        (Err(failure), _) => Err(failure),
        (Ok(()), Ok(Path((export, kind, name)))) if kind == EXPORT_PART => {
            serve_part(&app, &export, &name, &parts.headers).await
        }
        (Ok(()), Ok(Path((session, kind, file)))) => {
            find(&app, &session, &kind, &file).map(|document| serve(&document, &parts.headers))
        }
        // A path that is no UTF-8 was never signed.
        (Ok(()), Err(_)) => Err(missing()),
    };
    let outcome = pipeline::settled(&app, served).await;
    script.wait().await;
    if script.drops_answer {
        return faults::dropped();
    }
    let answer = match outcome {
        Ok(answer) => answer,
        Err(failure) => {
            pipeline::refusal(&app, failure, &parts.headers, parts.uri.path().to_owned())
        }
    };
    match script.spoils_answer {
        Some(spoiling) => faults::spoiled(answer, spoiling),
        None => answer,
    }
}

fn verify(app: &App, request: &Parts) -> Result<(), Failure> {
    let (path, query) = (request.uri.path(), request.uri.query().unwrap_or_default());
    app.world
        .read(|state| state.links().verify(Access::Read, path, query, app.now()))
        .map_err(|refusal| Failure::status(403, format!("The link is not valid: {refusal:?}.")))
}

fn missing() -> Failure {
    Failure::status(404, "There is no such document.")
}

fn find(app: &App, session: &str, kind: &str, file: &str) -> Result<Document, Failure> {
    let name = file
        .strip_prefix("upo_")
        .and_then(|file| file.strip_suffix(".xml"));
    let name = name.ok_or_else(missing)?;
    let session = SessionRef::parse(&session.to_ascii_uppercase()).map_err(|_| missing())?;
    match kind {
        INVOICE_UPO => {
            let number = KsefNumber::parse(name).map_err(|_| missing())?;
            let invoice = app.world.read(|state| {
                let invoice = state.invoices.by_number(&number)?;
                (invoice.session == session).then_some(invoice.reference)
            });
            of_invoice(app, &invoice.ok_or_else(missing)?)?.ok_or_else(missing)
        }
        SESSION_UPO => {
            let page = UpoRef::parse(name).map_err(|_| missing())?;
            let name = DocumentName::SessionUpo(page);
            app.world
                .read(|state| state.invoices.document(&name).cloned())
                .ok_or_else(missing)
        }
        _ => Err(missing()),
    }
}

fn serve(document: &Document, request: &HeaderMap) -> Response {
    let length = u64::try_from(document.bytes().len()).unwrap_or(u64::MAX);
    let wanted = Wanted::of(request, length);
    let bytes = match &wanted {
        Wanted::Range(range) => {
            let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            document.bytes().slice(bound(range.start)..bound(range.end))
        }
        Wanted::Whole => document.bytes().clone(),
        Wanted::Nothing => Bytes::new(),
    };
    let answer = answer(Body::from(bytes), "application/xml", document.digest());
    wanted.mark(answer, length)
}

/// A part of a package, or a range of it, piece by piece from its file.
async fn serve_part(
    app: &App,
    export: &str,
    name: &str,
    request: &HeaderMap,
) -> Result<Response, Failure> {
    let export = ExportRef::parse(&export.to_ascii_uppercase()).map_err(|_| missing())?;
    let part = app.world.read(|state| {
        let package = state.exports.get(&export)?.package.as_ref()?;
        package.parts.iter().find(|part| part.name == name).cloned()
    });
    let part = part.ok_or_else(missing)?;
    let mut file = tokio::fs::File::open(app.spool.path(&part.name))
        .await
        .map_err(|_| missing())?;
    let wanted = Wanted::of(request, part.sealed_size);
    let range = match &wanted {
        Wanted::Range(range) => range.clone(),
        Wanted::Whole => 0..part.sealed_size,
        Wanted::Nothing => 0..0,
    };
    file.seek(SeekFrom::Start(range.start))
        .await
        .map_err(|_| missing())?;
    let file = file.take(range.end - range.start);
    let pieces = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = file.read_buf(&mut piece).await?;
        Ok::<_, std::io::Error>((read > 0).then(|| (piece.freeze(), file)))
    });
    let body = Body::from_stream(pieces);
    let mut answer = answer(body, "application/octet-stream", &part.sealed_hash);
    answer
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    Ok(wanted.mark(answer, part.sealed_size))
}

/// What of a document a request wants. As the storage of the real system does, one range of bytes is honoured, and what
/// else stands in the header is passed over.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Range(Range<u64>),
    /// A range behind the end.
    Nothing,
}

impl Wanted {
    fn of(request: &HeaderMap, length: u64) -> Self {
        let header = request.get(RANGE).and_then(|range| range.to_str().ok());
        let bounds = header
            .and_then(|range| range.trim().strip_prefix("bytes="))
            .and_then(|range| range.split_once('-'));
        let Some((first, last)) = bounds else {
            return Self::Whole;
        };
        let range = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
            (Ok(first), Err(_)) if last.trim().is_empty() => first..length,
            (Err(_), Ok(last)) if first.trim().is_empty() => length.saturating_sub(last)..length,
            _ => return Self::Whole,
        };
        match range.is_empty() {
            true => Self::Nothing,
            false => Self::Range(range),
        }
    }

    /// Says in the answer what it holds.
    fn mark(&self, mut answer: Response, length: u64) -> Response {
        let (status, range) = match self {
            Self::Whole => (StatusCode::OK, None),
            Self::Range(range) => {
                let range = format!("bytes {}-{}/{length}", range.start, range.end - 1);
                (StatusCode::PARTIAL_CONTENT, Some(range))
            }
            Self::Nothing => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                Some(format!("bytes */{length}")),
            ),
        };
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Some(range) = range.and_then(|range| HeaderValue::from_str(&range).ok()) {
            headers.insert(CONTENT_RANGE, range);
        }
        answer
    }
}

fn answer(body: Body, media_type: &'static str, digest: &Sha256Digest) -> Response {
    let mut answer = Response::new(body);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(hash) = HeaderValue::from_str(&digest.to_base64()) {
        headers.insert(META_HASH, hash);
    }
    answer
}

const INVOICE_UPO: &str = "invoice-upo";
const SESSION_UPO: &str = "session-upo";
const EXPORT_PART: &str = "invoice-part";
/// What of a part is in memory at once.
const PIECE_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_honoured() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RANGE, HeaderValue::from_static(text));
            Wanted::of(&headers, 10)
        };
        assert_eq!(of("bytes=3-"), Wanted::Range(3..10));
        assert_eq!(of("bytes=3-5"), Wanted::Range(3..6));
        assert_eq!(of("bytes=3-99"), Wanted::Range(3..10));
        assert_eq!(of("bytes=-4"), Wanted::Range(6..10));
        assert_eq!(of("bytes=10-"), Wanted::Nothing);
        for whole in ["bytes=5-3", "bytes=1-2,4-5", "items=1-2", "bytes=a-b"] {
            assert_eq!(of(whole), Wanted::Whole, "{whole}");
        }
        assert_eq!(Wanted::of(&HeaderMap::new(), 10), Wanted::Whole);
    }
}
