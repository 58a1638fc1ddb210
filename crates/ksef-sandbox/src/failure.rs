//! Refusals of a request, on their way to the body that the client asked for.

use http::HeaderMap;
use ksef_api::problem::{ApiError, ForbiddenReason, Problem};
use serde_json::{Map, Value};

/// A refused request: what [`Problem`] says, which the pipeline completes with path, time and trace id and writes in
/// the deprecated or the modern form.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What is refused and why.
    pub(crate) problem: Box<Problem>,
    /// Further headers of the answer.
    pub(crate) headers: HeaderMap,
}

impl Failure {
    /// A 400 with one code of the catalogue.
    pub(crate) fn coded(code: i32) -> Self {
        Self::errors(vec![ApiError::of_code(code)])
    }

    /// A 400 with one code of the catalogue and one detail.
    pub(crate) fn detailed(code: i32, detail: impl Into<String>) -> Self {
        Self::errors(vec![ApiError::of_code(code).with_detail(detail)])
    }

    /// A 400 with these errors.
    pub(crate) fn errors(errors: Vec<ApiError>) -> Self {
        Problem::bad_request(errors).into()
    }

    /// A 400 21405 that names every violation.
    pub(crate) fn invalid(violations: Vec<String>) -> Self {
        let mut error = ApiError::of_code(21405);
        error.details = violations;
        Self::errors(vec![error])
    }

    /// A 401.
    pub(crate) fn unauthorized() -> Self {
        Problem::unauthorized().into()
    }

    /// A 403; `security` are the members that belong to the reason.
    pub(crate) fn forbidden(
        reason: ForbiddenReason,
        security: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Self {
        let security: Map<String, Value> = security
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Problem::forbidden(reason, security).into()
    }

    /// A 403: the resource belongs to somebody else.
    pub(crate) fn not_yours() -> Self {
        Self::forbidden(ForbiddenReason::InsufficientResourceAccess, [])
    }

    /// Another status with an explanation.
    pub(crate) fn status(status: u16, detail: impl Into<String>) -> Self {
        Problem {
            detail: Some(detail.into()),
            ..Problem::of_status(status)
        }
        .into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            headers: HeaderMap::new(),
        }
    }
}
