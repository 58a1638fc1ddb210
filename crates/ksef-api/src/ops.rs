//! Typed calls and answers, one module per resource of the API.
//!
//! Required inputs are arguments of `new`, optional ones `with_*`. A call whose inputs all travel in the JSON body is
//! that body: it serialises and deserialises itself. Names of members follow the contract.

pub mod auth;
pub mod certificates;
pub mod collective;
pub mod invoices;
pub mod keys;
pub mod limits;
pub mod peppol;
pub mod permissions;
pub mod sessions;
pub mod testdata;
pub mod tokens;

/// The parts of `Request` that depend on the kind of answer.
macro_rules! answers {
    (json $answer:ty) => {
        type Answer = $answer;

        fn decode(
            &self,
            status: http::StatusCode,
            headers: &http::HeaderMap,
            body: bytes::Bytes,
        ) -> Result<Self::Answer, $crate::decode::DecodeError> {
            $crate::decode::json(status, headers, &body)
        }
    };
    (empty) => {
        type Answer = ();

        fn decode(
            &self,
            status: http::StatusCode,
            headers: &http::HeaderMap,
            body: bytes::Bytes,
        ) -> Result<Self::Answer, $crate::decode::DecodeError> {
            $crate::decode::success(status, headers, &body)
        }
    };
    (xml) => {
        type Answer = $crate::decode::Downloaded;

        fn accept(&self) -> &'static str {
            "application/xml"
        }

        fn decode(
            &self,
            status: http::StatusCode,
            headers: &http::HeaderMap,
            body: bytes::Bytes,
        ) -> Result<Self::Answer, $crate::decode::DecodeError> {
            $crate::decode::downloaded(status, headers, body)
        }
    };
}

pub(crate) use answers;

/// The part of `Request` that names the operation.
macro_rules! calls {
    ($operation:expr) => {
        fn operation(&self) -> &'static $crate::operation::Operation {
            &$operation
        }
    };
    ($operation:expr, path: |$this:ident| $values:expr) => {
        fn operation(&self) -> &'static $crate::operation::Operation {
            &$operation
        }

        fn path(&self) -> String {
            let $this = self;
            $crate::fill_path($operation.path, &$values)
        }
    };
}

pub(crate) use calls;

/// The part of `Request` for a call that is its own JSON body.
macro_rules! is_its_body {
    () => {
        fn body(&self) -> Result<$crate::request::Body, $crate::request::EncodeError> {
            $crate::request::Body::json(self)
        }
    };
}

pub(crate) use is_its_body;
