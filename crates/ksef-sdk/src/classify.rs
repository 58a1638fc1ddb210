//! From what the transport and the decoder say to what it means, which depends on the replay class.

use std::error::Error as _;

use jiff::Timestamp;
use ksef_api::decode::{DecodeError, DecodeErrorKind};
use ksef_api::operation::Replay;
use ksef_api::problem::{Problem, ProblemKind};

use crate::error::{Error, ErrorKind};
use crate::transport::Failure;

/// Nothing came back.
pub(crate) fn failure(failure: Failure, replay: Replay) -> Error {
    match failure {
        Failure::Unsendable(source) => Error::misuse("request cannot be sent")
            .with_source(source)
            .not_sent(),
        Failure::NotConnected { server, source } => Error::new(ErrorKind::Unreachable)
            .with_server(server)
            .with_source(source)
            .not_sent(),
        Failure::Unreadable(source) => Error::new(ErrorKind::Unreadable).with_source(source),
        Failure::Lost(source) => Error::new(when_lost(replay)).with_source(source),
        Failure::TooLong { limit_bytes } => {
            let error = Error::protocol(format!("answer is longer than {limit_bytes} bytes"));
            if replay == Replay::Safe {
                error
            } else {
                error.into_outcome_unknown()
            }
        }
    }
}

/// Something came back that is not the success that was asked for. `now` turns dates into waits.
pub(crate) fn answer(error: DecodeError, replay: Replay, now: Timestamp) -> Error {
    let kind = error.kind();
    match error.into_problem() {
        Ok(problem) => refusal(problem, replay, now),
        Err(source) if kind == DecodeErrorKind::MalformedBody => {
            let error = Error::protocol(without_values(&source));
            // The work was done, and what it made is unknown.
            if replay == Replay::Safe {
                error
            } else {
                error.into_outcome_unknown()
            }
        }
        // A redirect, say: whoever answered may have passed the request on.
        Err(source) if replay != Replay::Safe => Error::protocol(source).in_doubt(),
        Err(source) => Error::protocol(source),
    }
}

/// What is wrong with a JSON body and where. The reader's own words quote values, which can be tokens or links; only
/// the name of a missing member is harmless.
fn without_values(error: &DecodeError) -> String {
    let Some(json) = error
        .source()
        .and_then(|source| source.downcast_ref::<serde_json::Error>())
    else {
        return error.to_string();
    };
    let words = json.to_string();
    let missing = words.starts_with("missing field").then_some(words);
    let what = missing.unwrap_or_else(|| match json.classify() {
        serde_json::error::Category::Eof => "it ends too early".to_owned(),
        serde_json::error::Category::Syntax => "it is no JSON".to_owned(),
        _ => format!(
            "unexpected value at line {} column {}",
            json.line(),
            json.column()
        ),
    });
    format!("{error}: {what}")
}

fn refusal(problem: Problem, replay: Replay, now: Timestamp) -> Error {
    let retry_after = problem.retry_after.map(|wait| wait.delay_from(now));
    let kind = match &problem.kind {
        ProblemKind::Unauthorized => ErrorKind::Unauthorised,
        ProblemKind::Forbidden(_) => ErrorKind::Forbidden,
        ProblemKind::TooManyRequests => ErrorKind::Throttled { retry_after },
        ProblemKind::Firewall(firewall) => ErrorKind::Firewall {
            incident: firewall.incident_id.clone(),
        },
        ProblemKind::Server => when_failed(replay),
        // A gateway gave up waiting for the request or for the server.
        ProblemKind::Other if problem.status == 408 => when_failed(replay),
        _ => ErrorKind::Rejected,
    };
    let error = Error::new(kind)
        .with_problem(problem)
        .with_retry_after(retry_after);
    let is_hidden = matches!(error.kind(), ErrorKind::Firewall { .. });
    if is_hidden && replay != Replay::Safe && !error.is_certainly_not_done() {
        // The page took the place of an answer that may have been a success.
        return error.in_doubt();
    }
    error
}

fn when_lost(replay: Replay) -> ErrorKind {
    match replay {
        Replay::Safe => ErrorKind::Unreachable,
        Replay::Reconcile | Replay::Never => ErrorKind::OutcomeUnknown,
    }
}

fn when_failed(replay: Replay) -> ErrorKind {
    match replay {
        Replay::Safe => ErrorKind::Server,
        Replay::Reconcile | Replay::Never => ErrorKind::OutcomeUnknown,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, StatusCode, header};
    use ksef_api::ops::auth::GetChallenge;
    use ksef_api::request::Request;

    use super::*;

    fn answered(status: u16, media_type: &str, body: &'static str, replay: Replay) -> Error {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_str(media_type).unwrap(),
        );
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from_static("Sat, 21 Nov 2026 08:01:30 GMT"),
        );
        let status = StatusCode::from_u16(status).unwrap();
        let error = GetChallenge.decode(status, &headers, Bytes::from_static(body.as_bytes()));
        answer(
            error.unwrap_err(),
            replay,
            "2026-11-21T08:00:00Z".parse().unwrap(),
        )
    }

    #[test]
    fn statuses_mean_what_the_replay_class_makes_of_them() {
        let json = "application/problem+json";
        for replay in [Replay::Safe, Replay::Reconcile, Replay::Never] {
            let of = |status| answered(status, json, "{}", replay);
            assert_eq!(of(400).kind(), &ErrorKind::Rejected);
            assert_eq!(of(404).kind(), &ErrorKind::Rejected);
            assert_eq!(of(401).kind(), &ErrorKind::Unauthorised);
            assert_eq!(of(403).kind(), &ErrorKind::Forbidden);
            assert_eq!(of(429).retry_after(), Some(Duration::from_secs(90)));
            assert_eq!(of(302).kind(), &ErrorKind::Protocol);
            assert_eq!(of(302).is_outcome_unknown(), replay != Replay::Safe);
            for status in [408, 500, 502, 503] {
                let unknown = of(status).is_outcome_unknown();
                assert_eq!(unknown, replay != Replay::Safe, "{status} {replay:?}");
            }
            assert_eq!(of(503).retry_after(), Some(Duration::from_secs(90)));
            let odd = answered(200, "application/json", "[]", replay);
            assert_eq!(odd.is_outcome_unknown(), replay != Replay::Safe);
        }
    }

    #[test]
    fn firewalls_are_their_own_kind() {
        let page =
            "<html><body>The requested URL was rejected. Your support ID is: 123456789</body>";
        let blocked = answered(403, "text/html", page, Replay::Reconcile);
        assert_eq!(
            blocked.kind(),
            &ErrorKind::Firewall {
                incident: Some("123456789".to_owned())
            }
        );
        assert!(blocked.is_certainly_not_done() && !blocked.is_retryable());
        let hidden = answered(200, "text/html", page, Replay::Reconcile);
        assert!(matches!(hidden.kind(), ErrorKind::Firewall { .. }));
        assert!(
            !hidden.is_certainly_not_done(),
            "the page may hide an answer"
        );
        assert!(hidden.is_outcome_unknown());
        let hidden = answered(200, "text/html", page, Replay::Safe);
        assert!(!hidden.is_outcome_unknown(), "a read is only repeated");
        let json = answered(
            403,
            "application/json",
            r#"{"message":"Request blocked"}"#,
            Replay::Safe,
        );
        assert!(matches!(json.kind(), ErrorKind::Firewall { .. }));
    }

    #[test]
    fn lost_connections() {
        let lost = |replay| failure(Failure::Lost("reset".into()), replay);
        assert_eq!(lost(Replay::Safe).kind(), &ErrorKind::Unreachable);
        assert!(lost(Replay::Reconcile).is_outcome_unknown());
        let refused = failure(
            Failure::NotConnected {
                server: Some("ksef.example".to_owned()),
                source: "refused".into(),
            },
            Replay::Never,
        );
        assert_eq!(refused.server(), Some("ksef.example"));
        assert!(refused.is_certainly_not_done() && refused.is_retryable());
        let long = |replay| failure(Failure::TooLong { limit_bytes: 9 }, replay);
        assert_eq!(long(Replay::Safe).kind(), &ErrorKind::Protocol);
        assert!(long(Replay::Reconcile).is_outcome_unknown());
    }
}
