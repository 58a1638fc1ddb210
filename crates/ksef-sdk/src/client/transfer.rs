//! Documents from presigned links, and parts on their way to and from storages.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use ksef_api::decode::{self, Downloaded};
use ksef_api::operation::Replay;
use ksef_core::secret::SecretText;

use super::Client;
use crate::error::{Error, ErrorKind};
use crate::transport::Transfer;

impl Client {
    /// Reads a document from a presigned link, without a bearer, and compares it with the hash that comes with it.
    ///
    /// A relative link is one on the API's host. Links to this machine or without TLS are followed only when the API
    /// itself is on this machine.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] for a link that is not followed and for a document that is not what its hash says;
    /// [`ErrorKind::Rejected`] and [`ErrorKind::Forbidden`] when the link has ended: ask for a fresh one. No error
    /// shows the link.
    pub async fn download(&self, link: &SecretText) -> Result<Downloaded, Error> {
        let uri = self.followed(link, DOWNLOAD)?;
        let request = || {
            let mut request = http::Request::new(Bytes::new());
            *request.uri_mut() = uri.clone();
            request
                .headers_mut()
                .insert(header::ACCEPT, HeaderValue::from_static("*/*"));
            request
        };
        let outcome = self
            .caller()
            .repeated(DOWNLOAD, Replay::Safe, None, request, |received| {
                decode::downloaded(received.status, &received.headers, received.body)
            })
            .await;
        outcome.map_err(|error| without_words(error, DOWNLOAD))
    }

    /// Sends a part to where a link leads, with these headers and no others of meaning. A repeat writes the same bytes
    /// to the same place, so it does no harm.
    pub(crate) async fn store_part<B: Into<reqwest::Body>>(
        &self,
        link: &SecretText,
        upload: &Upload,
        body: impl Fn() -> B,
    ) -> Result<(), Error> {
        let uri = self.followed(link, UPLOAD)?;
        let caller = self.caller();
        if !caller.transport.is_storage(&uri) {
            let error = Error::protocol("the link leads to a host that is not KSeF's");
            return Err(error.at(UPLOAD));
        }
        let transfer = Transfer::of_bytes(upload.bytes, ANSWER_OF_UPLOAD_BYTES_MAX);
        let request = || {
            let mut request = http::Request::new(body());
            *request.method_mut() = upload.method.clone();
            *request.uri_mut() = uri.clone();
            *request.headers_mut() = upload.headers.clone();
            request.extensions_mut().insert(transfer);
            request
        };
        let policy = caller
            .retry
            .with_attempts_max(upload.attempts_max)
            .with_patience(upload.patience);
        let outcome = caller
            .repeated_within(&policy, UPLOAD, Replay::Safe, None, request, |received| {
                decode::success(received.status, &received.headers, &received.body)
            })
            .await;
        outcome.map_err(|error| without_words(error, UPLOAD))
    }

    /// The address of a link, when it leads where it may.
    pub(super) fn followed(
        &self,
        link: &SecretText,
        operation: &'static str,
    ) -> Result<Uri, Error> {
        let caller = self.caller();
        let uri = zeroize::Zeroizing::new(caller.environment.resolve(link.expose()));
        let uri: Uri = uri
            .parse()
            .map_err(|_| Error::protocol("the link is no address").at(operation))?;
        if !caller.transport.allows(&uri) {
            return Err(Error::protocol("the link leads where it must not").at(operation));
        }
        Ok(uri)
    }
}

/// How a part is sent to a storage.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    /// Length of the part.
    pub(crate) bytes: u64,
    pub(crate) attempts_max: u32,
    /// No attempt begins later than this after the first one.
    pub(crate) patience: Duration,
}

/// What a storage says about a link may repeat the link; its status is enough.
pub(super) fn without_words(error: Error, operation: &'static str) -> Error {
    let Some(problem) = error.problem() else {
        return error;
    };
    let mut bare = ksef_api::problem::Problem::of_status(problem.status);
    bare.retry_after = problem.retry_after;
    let kind = match error.kind() {
        // A storage knows no login, so it can only mean the link.
        ErrorKind::Unauthorised => ErrorKind::Forbidden,
        kind => kind.clone(),
    };
    let retry_after = error.retry_after();
    Error::new(kind)
        .with_problem(bare)
        .with_retry_after(retry_after)
        .at(operation)
}

pub(super) const DOWNLOAD: &str = "download";
const UPLOAD: &str = "upload";
/// A storage has little to say about what it took.
const ANSWER_OF_UPLOAD_BYTES_MAX: usize = 1024 * 1024;
