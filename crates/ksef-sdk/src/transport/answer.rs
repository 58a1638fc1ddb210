//! Answers that are read piece by piece, because they are too long to be held.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{Failure, Received, Transfer, Transport, body, cause, failure};

/// An answer whose body is still to come.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    response: reqwest::Response,
}

impl Transport {
    /// Sends a request without a body; what comes back is read by the caller. Dropping the answer ends the exchange.
    pub(crate) async fn begin(&self, request: http::Request<Bytes>) -> Result<Answer, Failure> {
        let transfer = request.extensions().get::<Transfer>().copied();
        let mut request = reqwest::Request::try_from(request)
            .map_err(|error| Failure::Unsendable(cause(error)))?;
        if let Some(transfer) = transfer {
            *request.timeout_mut() = Some(transfer.timeout);
        }
        let mut response = self.http.execute(request).await.map_err(failure)?;
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            response,
        })
    }
}

impl Answer {
    /// The next piece of the body; `None` at its end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        self.response.chunk().await.map_err(failure)
    }

    /// The whole body, of at most so many bytes.
    pub(crate) async fn whole(mut self, bytes_max: usize) -> Result<Received, Failure> {
        let body = body(&mut self.response, bytes_max).await?;
        Ok(Received {
            status: self.status,
            headers: self.headers,
            body,
        })
    }
}
