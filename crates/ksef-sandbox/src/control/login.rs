//! Signing in without a proof.

use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Outcome, Refusal, body};
use crate::app::App;
use crate::handlers;

pub(super) fn sign_in(app: &App, bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Body {
        context: ContextIdentifier,
        subject: Option<SubjectIdentifier>,
    }
    let Body { context, subject } = body(bytes)?;
    let owner = context.nip().map(SubjectIdentifier::Nip);
    let Some(subject) = subject.or(owner) else {
        return Err(Refusal::bad("name the subject of a context without a NIP"));
    };
    let Some((started, pair)) = handlers::sign_in(app, context, subject) else {
        let error = format!("{subject} may do nothing in {context}; grant it something first");
        return Err(Refusal::bad(error));
    };
    let mut answer = Map::new();
    for part in [serde_json::to_value(started), serde_json::to_value(pair)] {
        if let Value::Object(members) = part.map_err(Refusal::failed)? {
            answer.extend(members);
        }
    }
    Ok(Value::Object(answer))
}
