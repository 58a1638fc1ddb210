//! Calls as values: how a request becomes an [`http::Request`] and an answer becomes a type.
//!
//! Nothing here does I/O. [`to_http`] is a pure function, and [`Request::decode`] reads what a transport received.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, Uri};
use serde::Serialize;

use crate::decode::DecodeError;
use crate::operation::{Method, Operation};
use crate::path::encode_query;

/// One call of one operation, with everything it needs except the server and the bearer.
pub trait Request {
    /// What the server answers on success.
    type Answer;

    /// The operation that this calls.
    fn operation(&self) -> &'static Operation;

    /// The path relative to the `/v2` base, parameters filled in and percent-encoded.
    fn path(&self) -> String {
        self.operation().path.to_owned()
    }

    /// Query parameters in order, not yet encoded; a list repeats its name.
    fn query(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Headers of this call besides those that every call has.
    fn headers(&self) -> Vec<(HeaderName, String)> {
        Vec::new()
    }

    /// The body.
    ///
    /// # Errors
    /// [`EncodeError`] when a value has no JSON form.
    fn body(&self) -> Result<Body, EncodeError> {
        Ok(Body::Empty)
    }

    /// Media type of a successful answer.
    fn accept(&self) -> &'static str {
        "application/json"
    }

    /// Reads what the server answered.
    ///
    /// # Errors
    /// [`DecodeError`] when the server refused, or when the answer is not what the contract says.
    fn decode(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Self::Answer, DecodeError>;
}

/// Body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// No body and no content type.
    Empty,
    /// `application/json`
    Json(Bytes),
    /// `application/xml`
    Xml(Bytes),
}

impl Body {
    /// The JSON form of a value.
    ///
    /// # Errors
    /// [`EncodeError`] when the value has no JSON form.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        serde_json::to_vec(value)
            .map(|json| Self::Json(json.into()))
            .map_err(|source| EncodeError {
                kind: EncodeErrorKind::Body,
                source: source.into(),
            })
    }

    /// The media type, when there is a body.
    #[must_use]
    pub const fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::Empty => None,
            Self::Json(_) => Some("application/json"),
            Self::Xml(_) => Some("application/xml"),
        }
    }

    /// The bytes; empty when there is no body.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::Json(bytes) | Self::Xml(bytes) => bytes,
        }
    }
}

/// The header by which a client asks for problem documents instead of the deprecated error bodies.
pub const ERROR_FORMAT: HeaderName = HeaderName::from_static("x-error-format");
/// The value of [`ERROR_FORMAT`] that asks for problem documents.
pub const PROBLEM_DETAILS: &str = "problem-details";
/// The header that switches features on, for example a version of the UPO.
pub const FEATURE: HeaderName = HeaderName::from_static("x-ksef-feature");

/// Builds the HTTP request of a call: target, query, `Accept`, `Content-Type`, `X-Error-Format` and body.
///
/// `base` is the address of the API with its version, for example `https://api-test.ksef.mf.gov.pl/v2`, with or
/// without a slash at its end. The bearer is not part of it: the transport adds `Authorization`.
///
/// # Errors
/// [`EncodeError`] when base and path do not form an address, a header value is not sendable, or the body has no
/// JSON form.
pub fn to_http<R: Request + ?Sized>(
    request: &R,
    base: &str,
) -> Result<http::Request<Bytes>, EncodeError> {
    let mut target = String::with_capacity(base.len() + 96);
    target.push_str(base.trim_end_matches('/'));
    target.push_str(&request.path());
    encode_query(&mut target, &request.query());
    let uri: Uri = target
        .parse()
        .map_err(|source: http::uri::InvalidUri| EncodeError {
            kind: EncodeErrorKind::Target,
            source: source.into(),
        })?;

    let body = request.body()?;
    let content_type = body.content_type();
    let mut http = http::Request::new(body.into_bytes());
    *http.method_mut() = request.operation().method.into();
    *http.uri_mut() = uri;
    let headers = http.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static(request.accept()));
    headers.insert(ERROR_FORMAT, HeaderValue::from_static(PROBLEM_DETAILS));
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    for (name, value) in request.headers() {
        let value = HeaderValue::try_from(value).map_err(|source| EncodeError {
            kind: EncodeErrorKind::Header,
            source: source.into(),
        })?;
        headers.append(name, value);
    }
    Ok(http)
}

/// Whether a request with these headers asked for problem documents; the sandbox answers accordingly.
#[must_use]
pub fn wants_problem_details(headers: &HeaderMap) -> bool {
    headers.get_all(ERROR_FORMAT).iter().any(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.trim().eq_ignore_ascii_case(PROBLEM_DETAILS))
    })
}

/// A call that cannot be written as HTTP.
#[derive(Debug)]
pub struct EncodeError {
    kind: EncodeErrorKind,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// What could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// Base and path do not form an address.
    Target,
    /// A header value holds bytes that cannot be sent.
    Header,
    /// The body has no JSON form.
    Body,
}

impl EncodeError {
    /// What could not be written.
    #[must_use]
    pub const fn kind(&self) -> EncodeErrorKind {
        self.kind
    }
}

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.kind {
            EncodeErrorKind::Target => "base address and path do not form a URL",
            EncodeErrorKind::Header => "header value cannot be sent",
            EncodeErrorKind::Body => "request body has no JSON form",
        })
    }
}

impl std::error::Error for EncodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// A call of any operation with ready-made parts, for operations without a type of their own.
///
/// The answer is the body as it came.
#[derive(Clone, Debug)]
pub struct RawRequest {
    operation: &'static Operation,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Body,
}

impl RawRequest {
    /// A call without query and body. `path` is filled in and encoded already.
    #[must_use]
    pub fn new(operation: &'static Operation, path: impl Into<String>) -> Self {
        Self {
            operation,
            path: path.into(),
            query: Vec::new(),
            body: Body::Empty,
        }
    }

    /// With this body.
    #[must_use]
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// With one more query parameter.
    #[must_use]
    pub fn with_query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// The HTTP method, for messages.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.operation.method
    }
}

impl Request for RawRequest {
    type Answer = Bytes;

    fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn path(&self) -> String {
        self.path.clone()
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        self.query.clone()
    }

    fn body(&self) -> Result<Body, EncodeError> {
        Ok(self.body.clone())
    }

    fn accept(&self) -> &'static str {
        "*/*"
    }

    fn decode(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Bytes, DecodeError> {
        crate::decode::success(status, headers, &body)?;
        Ok(body)
    }
}
