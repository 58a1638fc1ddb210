//! One request as a handler sees it, and what it answers.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use ksef_api::operation::Operation;
use ksef_core::digest::Sha256Digest;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::SharedApp;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::query::Query;

/// What answers an operation. It runs on a thread of the server: milliseconds of work at most; longer work goes to the
/// background, as in the real KSeF.
pub(crate) type Handler = fn(&Call) -> Result<Reply, Failure>;

/// A request that passed authentication, limits and permissions.
pub(crate) struct Call {
    /// What all requests share.
    pub(crate) app: SharedApp,
    /// The operation addressed.
    pub(crate) operation: &'static Operation,
    /// Request headers.
    pub(crate) headers: HeaderMap,
    /// Request body, complete.
    pub(crate) body: Bytes,
    /// Address of the client.
    pub(crate) client_ip: IpAddr,
    /// The time of the world when the request was taken up.
    pub(crate) now: Timestamp,
    /// Query parameters.
    pub(crate) query: Query,
    /// Path parameters by name, decoded.
    pub(crate) path: Vec<(String, String)>,
    /// Who calls; `None` only for operations open to everybody.
    pub(crate) caller: Option<Caller>,
    /// A scripted fault: the session that this call opens or uses turns out to have an undecryptable key.
    pub(crate) has_session_key_fault: bool,
    /// A scripted fault: the processing that this call starts never ends.
    pub(crate) never_finishes: bool,
    /// A scripted fault: the hashes of the parts that this call leads to are told wrong.
    pub(crate) tells_wrong_hash: bool,
}

impl Call {
    /// Who calls.
    ///
    /// # Errors
    /// 401, on an operation open to everybody.
    pub(crate) fn caller(&self) -> Result<&Caller, Failure> {
        self.caller.as_ref().ok_or_else(Failure::unauthorized)
    }

    /// A path parameter; empty when the template has none of this name.
    pub(crate) fn path_text(&self, name: &str) -> &str {
        self.path
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// A path parameter as a value of its type.
    ///
    /// # Errors
    /// 400 21405, when it is not of the type.
    pub(crate) fn path<T: FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.path_text(name)
            .parse()
            .map_err(|_| Failure::invalid(vec![format!("'{name}' is not in the correct format.")]))
    }

    /// `x-continuation-token`; empty when the first page is asked for.
    pub(crate) fn continuation(&self) -> &str {
        self.header(ksef_api::page::CONTINUATION.as_str())
    }

    /// The body as a JSON object; read it with [`crate::fields::Fields`]. No body counts as an empty object: the contract
    /// requires none, and fields that are required are missed anyway.
    ///
    /// # Errors
    /// 400 21001, when it is none; 415.
    pub(crate) fn json_object(&self) -> Result<Map<String, Value>, Failure> {
        self.check_media_type("json")?;
        // .NET, which the real server runs on, skips a byte order mark.
        let body = self
            .body
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&self.body);
        if body.trim_ascii().is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Failure::detailed(
                21001,
                "The JSON value is not an object. Path: $.",
            )),
            Err(error) => Err(Failure::detailed(
                21001,
                format!(
                    "The JSON value could not be read. LineNumber: {} | BytePositionInLine: {}.",
                    error.line().saturating_sub(1),
                    error.column()
                ),
            )),
        }
    }

    /// Whether the body is labelled as what the operation takes, `application/json` or `application/xml`. A body without
    /// a label is taken for it (unverified).
    ///
    /// # Errors
    /// 415, which the contract does not describe but the real server's framework answers (unverified).
    pub(crate) fn check_media_type(&self, format: &str) -> Result<(), Failure> {
        let label = self.header(CONTENT_TYPE.as_str());
        let essence = label.split(';').next().unwrap_or_default().trim();
        let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
        let suffix = subtype.rsplit('+').next().unwrap_or_default();
        if label.is_empty() || self.body.is_empty() || suffix.eq_ignore_ascii_case(format) {
            return Ok(());
        }
        Err(Failure::status(
            415,
            format!("The body is labelled {essence}; this operation takes application/{format}."),
        ))
    }

    /// A request header as text; empty when it is missing or no text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .trim()
    }

    /// Whether `X-KSeF-Feature` names `feature` (comma-separated or repeated, any letter case).
    pub(crate) fn has_feature(&self, feature: &str) -> bool {
        self.headers
            .get_all(ksef_api::request::FEATURE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|value| value.trim().eq_ignore_ascii_case(feature))
    }

    /// `http://host:port` by which clients reach the server: what links in answers begin with. The address that was
    /// configured, or the one that this client used.
    pub(crate) fn origin(&self) -> String {
        self.app.origin_for(&self.headers)
    }
}

impl fmt::Debug for Call {
    /// Headers and body hold secrets: bearers, tokens, invoices.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} from {})", self.operation, self.client_ip)
    }
}

/// A successful answer.
pub(crate) struct Reply {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Headers of its own.
    pub(crate) headers: HeaderMap,
    /// Body; empty with 204 and the operations of test data.
    pub(crate) body: Bytes,
}

impl Reply {
    /// A JSON body with the success status of the operation.
    ///
    /// # Errors
    /// 500, for a value without a JSON form.
    pub(crate) fn json<T: Serialize + ?Sized>(call: &Call, value: &T) -> Result<Self, Failure> {
        let body = serde_json::to_vec(value).map_err(|error| {
            Failure::status(500, format!("the answer has no JSON form: {error}"))
        })?;
        let mut reply = Self::empty(call);
        reply.body = body.into();
        Ok(reply.with_header(CONTENT_TYPE, HeaderValue::from_static("application/json")))
    }

    /// No body, with the success status of the operation.
    pub(crate) fn empty(call: &Call) -> Self {
        Self {
            status: StatusCode::from_u16(call.operation.success).unwrap_or(StatusCode::OK),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// An XML document with its digest in `x-ms-meta-hash`.
    pub(crate) fn document(call: &Call, document: Bytes, digest: &Sha256Digest) -> Self {
        let mut reply = Self::empty(call);
        reply.body = document;
        if let Ok(hash) = HeaderValue::from_str(&digest.to_base64()) {
            reply.headers.insert(META_HASH, hash);
        }
        reply.with_header(CONTENT_TYPE, HeaderValue::from_static("application/xml"))
    }

    /// With one more header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

/// Base64 of the SHA-256 of a downloaded document.
pub(crate) const META_HASH: HeaderName = HeaderName::from_static("x-ms-meta-hash");
