//! Parts of packages on their way in: presigned addresses that need no bearer and count in no limit.
//!
//! The storage of the real system takes exactly the method and the headers that the opening of the session named, and
//! nothing else: a bearer is refused.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Shared};
use axum::response::Response;
use axum::routing::put;
use futures_util::StreamExt as _;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::request::Parts;
use http::{HeaderName, Request, StatusCode};
use ksef_core::reference::SessionRef;
use ksef_crypto::digest::Sha256Stream;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::app::{App, SharedApp};
use crate::failure::Failure;
use crate::links::{Access, STORAGE_PREFIX};
use crate::world::sessions::UploadedPart;
use crate::{faults, pipeline, random};

/// The address of presigned uploads.
pub(super) fn storage() -> Router<SharedApp> {
    Router::new().route("/storage/02/{session}/batch-part/{part}", put(receive))
}

/// Path of the link to upload a part.
pub(super) fn path(session: &SessionRef, ordinal: u32) -> String {
    let session = session.as_str().to_ascii_lowercase();
    let prefix = STORAGE_PREFIX.replace("/01/", "/02/");
    format!("{prefix}{session}/batch-part/{ordinal}")
}

/// Name of the file of an uploaded part.
pub(crate) fn file_name(session: &SessionRef, ordinal: u32) -> String {
    format!("{session}-{ordinal:03}.in")
}

async fn receive(
    Shared(app): Shared<SharedApp>,
    path: Result<Path<(String, u32)>, PathRejection>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let script = match faults::before(&app, None, &parts).await {
        Ok(script) => script,
        Err(answer) => return answer,
    };
    let outcome = match check(&app, path, &parts) {
        Ok(_) if script.cuts_upload => {
            read_half(&parts, body).await;
            return faults::dropped();
        }
        Ok(target) => keep(&app, target, body, script.loses_part).await,
        Err(failure) => Err(failure),
    };
    let outcome = pipeline::settled(&app, outcome).await;
    script.wait().await;
    if script.drops_answer {
        return faults::dropped();
    }
    match outcome {
        Ok(()) => {
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = StatusCode::CREATED;
            answer
        }
        Err(failure) => {
            pipeline::refusal(&app, failure, &parts.headers, parts.uri.path().to_owned())
        }
    }
}

/// Reads half of what was announced, so that the connection breaks in the middle.
async fn read_half(request: &Parts, body: Body) {
    let announced = request
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let half: usize = announced.unwrap_or(0) / 2;
    let mut chunks = body.into_data_stream();
    let mut read = 0;
    while read < half
        && let Some(Ok(chunk)) = chunks.next().await
    {
        read += chunk.len();
    }
}

/// Which part of which session.
#[derive(Debug, Clone, Copy)]
struct Target {
    session: SessionRef,
    ordinal: u32,
}

fn check(
    app: &App,
    path: Result<Path<(String, u32)>, PathRejection>,
    request: &Parts,
) -> Result<Target, Failure> {
    let missing = || Failure::status(404, "There is no such part.");
    let Path((session, ordinal)) = path.map_err(|_| missing())?;
    let (link, query) = (request.uri.path(), request.uri.query().unwrap_or_default());
    if request.headers.contains_key(AUTHORIZATION) {
        let detail = "The link is its own proof; Authorization must not be sent with it.";
        return Err(Failure::status(401, detail));
    }
    app.world
        .read(|state| state.links().verify(Access::Write, link, query, app.now()))
        .map_err(|refusal| Failure::status(403, format!("The link is not valid: {refusal:?}.")))?;
    let blob_type = request
        .headers
        .get(&BLOB_TYPE)
        .and_then(|value| value.to_str().ok());
    if blob_type != Some(BLOCK_BLOB) {
        let detail = format!("The header {BLOB_TYPE}: {BLOCK_BLOB} is missing.");
        return Err(Failure::status(400, detail));
    }
    let session = SessionRef::parse(&session.to_ascii_uppercase()).map_err(|_| missing())?;
    let is_open = app.world.read(|state| {
        let record = state.sessions.get(&session)?;
        record.batch.as_ref()?;
        Some(record.is_open())
    });
    match is_open {
        Some(true) => Ok(Target { session, ordinal }),
        Some(false) => Err(Failure::status(403, "The session takes no parts any more.")),
        None => Err(missing()),
    }
}

/// Writes the part beside its place, and moves it there when it is whole.
async fn keep(app: &App, target: Target, body: Body, is_lost: bool) -> Result<(), Failure> {
    let Target { session, ordinal } = target;
    let name = file_name(&session, ordinal);
    let unfinished = app.spool.path(&format!("{name}.{}", random::hex::<6>()));
    let outcome = write(app, &unfinished, body).await;
    let uploaded = match outcome {
        Ok(uploaded) if !is_lost => uploaded,
        other => {
            let _ = tokio::fs::remove_file(&unfinished).await;
            return other.map(drop);
        }
    };
    tokio::fs::rename(&unfinished, app.spool.path(&name))
        .await
        .map_err(disk)?;
    app.world.write(|state, changes| {
        state.sessions.update(changes, &session, |session| {
            let index = usize::try_from(ordinal).unwrap_or(0).checked_sub(1);
            let parts = session.batch.as_mut().map(|batch| &mut batch.parts);
            if let (Some(parts), Some(index)) = (parts, index)
                && let Some(part) = parts.get_mut(index)
            {
                part.uploaded = Some(uploaded);
            }
        });
    });
    Ok(())
}

async fn write(app: &App, path: &std::path::Path, body: Body) -> Result<UploadedPart, Failure> {
    app.spool.prepare().map_err(disk)?;
    let mut file = File::create(path).await.map_err(disk)?;
    let mut digest = Sha256Stream::new();
    let mut size: u64 = 0;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Failure::status(400, "The part is incomplete."))?;
        size = size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if size > PART_BYTES_MAX {
            return Err(Failure::status(413, "The part is too large."));
        }
        digest.update(&chunk);
        file.write_all(&chunk).await.map_err(disk)?;
    }
    file.flush().await.map_err(disk)?;
    let (hash, size) = digest.finish();
    Ok(UploadedPart { hash, size })
}

fn disk(error: std::io::Error) -> Failure {
    tracing::error!(%error, "a part cannot be written");
    Failure::status(500, "The part cannot be written.")
}

/// The header without which the storage takes nothing.
pub(super) const BLOB_TYPE: HeaderName = HeaderName::from_static("x-ms-blob-type");
/// Its value.
pub(super) const BLOCK_BLOB: &str = "BlockBlob";
/// More than any declared part may have, so that a wrong size is told at the closing.
const PART_BYTES_MAX: u64 = 128 * 1024 * 1024;
