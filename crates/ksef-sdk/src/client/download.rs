//! Documents from presigned links.

use bytes::Bytes;
use http::{HeaderValue, Uri, header};
use ksef_api::decode::{self, Downloaded};
use ksef_api::operation::Replay;
use ksef_core::secret::SecretText;

use super::Client;
use crate::error::{Error, ErrorKind};

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
        let caller = self.caller();
        let uri = zeroize::Zeroizing::new(caller.environment.resolve(link.expose()));
        let uri: Uri = uri
            .parse()
            .map_err(|_| Error::protocol("the link is no address").at(DOWNLOAD))?;
        if !caller.transport.allows(&uri) {
            return Err(Error::protocol("the link leads where it must not").at(DOWNLOAD));
        }
        let request = || {
            let mut request = http::Request::new(Bytes::new());
            *request.uri_mut() = uri.clone();
            request
                .headers_mut()
                .insert(header::ACCEPT, HeaderValue::from_static("*/*"));
            request
        };
        let outcome = caller
            .repeated(DOWNLOAD, Replay::Safe, request, |received| {
                decode::downloaded(received.status, &received.headers, received.body)
            })
            .await;
        outcome.map_err(without_words)
    }
}

/// What a storage says about a link may repeat the link; its status is enough.
fn without_words(error: Error) -> Error {
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
        .at(DOWNLOAD)
}

const DOWNLOAD: &str = "download";
