//! Authorisations between entities: who may issue in whose name.

use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Refusal, body};
use crate::app::App;
use crate::world::authorisations::{Authorisation, AuthorisationRecord};

pub(super) fn list(app: &App) -> Value {
    let list = app.world.read(|state| {
        let mut list: Vec<_> = state
            .authorisations
            .values()
            .map(|row| json!(row))
            .collect();
        list.sort_by_key(Value::to_string);
        list
    });
    json!({"authorisations": list})
}

pub(super) fn grant(app: &App, bytes: &[u8]) -> Outcome {
    let record = record(bytes)?;
    app.world
        .write(|state, changes| state.authorisations.grant(changes, record));
    Ok(list(app))
}

pub(super) fn revoke(app: &App, bytes: &[u8]) -> Outcome {
    let record = record(bytes)?;
    let revoked = app
        .world
        .write(|state, changes| state.authorisations.revoke(changes, &record));
    if revoked {
        Ok(list(app))
    } else {
        Err(Refusal::missing("this was not authorised"))
    }
}

fn record(bytes: &[u8]) -> Result<AuthorisationRecord, Refusal> {
    #[derive(Deserialize)]
    struct Body {
        seller: Nip,
        grantee: ContextIdentifier,
        authorisation: Authorisation,
    }
    let Body {
        seller,
        grantee,
        authorisation,
    } = body(bytes)?;
    Ok(AuthorisationRecord {
        seller,
        grantee,
        authorisation,
    })
}
