//! From operation constants to routes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, State};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Router, middleware};
use http::Request;
use ksef_api::operation::{self, Method, Operation};

use crate::app::SharedApp;
use crate::call::Handler;
use crate::failure::Failure;
use crate::{handlers, journal, pipeline};

/// Path of the API below the origin.
pub(crate) const BASE_PATH: &str = "/v2";

/// Detail of the refusal of a path whose percent escapes do not decode to UTF-8.
const NOT_TEXT: &str = "The address is not in the correct format.";

/// Operations and what answers them, as the modules of [`handlers`] list them.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    list: Vec<(&'static Operation, Handler)>,
}

impl Routes {
    /// `handler` answers `operation`.
    #[must_use]
    pub(crate) fn with(mut self, operation: &'static Operation, handler: Handler) -> Self {
        self.list.push((operation, handler));
        self
    }

    /// What answers `operation`.
    pub(crate) fn handler(&self, operation: &Operation) -> Option<Handler> {
        self.list
            .iter()
            .find(|(known, _)| *known == operation)
            .map(|(_, handler)| *handler)
    }
}

/// The whole server: every operation of the contract below `/v2`, and what stands beside it.
pub(crate) fn router(app: SharedApp) -> Router {
    let routes = handlers::routes();
    let mut router = Router::new();
    for &operation in operation::ALL {
        let Some(handler) = routes.handler(operation) else {
            continue; // a test sees to it that there is none
        };
        let answer = move |State(app): State<SharedApp>,
                           path: Result<RawPathParams, RawPathParamsRejection>,
                           request: Request<Body>| async move {
            let Ok(path) = path else {
                return refuse(&app, &request, Failure::detailed(21405, NOT_TEXT));
            };
            let path = path
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            pipeline::run(app, operation, handler, path, request).await
        };
        let path = format!("{BASE_PATH}{}", operation.path);
        router = router.route(&path, on(filter(operation.method), answer));
    }
    router
        .merge(handlers::beside())
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_address)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            journal::keep,
        ))
        .merge(crate::control::router())
        .with_state(app)
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn unknown_address(State(app): State<SharedApp>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    let detail = format!("There is nothing at {path}; the API starts at {BASE_PATH}.");
    refuse(&app, &request, Failure::status(404, detail))
}

async fn wrong_method(State(app): State<SharedApp>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    let detail = format!("{} is not allowed at {path}.", request.method());
    refuse(&app, &request, Failure::status(405, detail))
}

fn refuse(app: &SharedApp, request: &Request<Body>, failure: Failure) -> Response {
    let path = request.uri().path();
    pipeline::refusal(app, failure, request.headers(), path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_handler() {
        let routes = handlers::routes();
        for operation in operation::ALL {
            assert!(routes.handler(operation).is_some(), "{operation}");
        }
        assert_eq!(routes.list.len(), operation::ALL.len());
    }
}
