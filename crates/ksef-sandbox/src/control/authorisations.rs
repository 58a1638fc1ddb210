//! Authorisations between entities: who may issue in whose name.
//!
//! The same records as those that the API grants; what is granted here has the system as its author.

use ksef_api::ops::permissions::PermissionAuthor;
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Refusal, body};
use crate::app::App;
use crate::world::permissions::authorisations::{Authorisation, AuthorisationRecord, key};
use crate::world::permissions::new_id;

pub(super) fn list(app: &App) -> Value {
    let list = app.world.read(|state| {
        let mut list: Vec<_> = state
            .permissions
            .authorisations()
            .map(|row| {
                json!({
                    "id": row.id,
                    "seller": row.seller,
                    "grantee": row.grantee,
                    "authorisation": row.authorisation,
                })
            })
            .collect();
        list.sort_by_key(Value::to_string);
        list
    });
    json!({"authorisations": list})
}

pub(super) fn grant(app: &App, bytes: &[u8]) -> Outcome {
    let wish: Wish = body(bytes)?;
    let record = AuthorisationRecord {
        id: new_id(),
        seller: wish.seller,
        grantee: wish.grantee,
        authorisation: wish.authorisation,
        author: PermissionAuthor::System,
        description: DESCRIPTION.to_owned(),
        full_name: None,
        started: app.now(),
    };
    app.world
        .write(|state, changes| state.permissions.authorise(changes, record));
    Ok(list(app))
}

pub(super) fn revoke(app: &App, bytes: &[u8]) -> Outcome {
    let wish: Wish = body(bytes)?;
    let key = key(wish.seller, &wish.grantee, wish.authorisation);
    let revoked = app
        .world
        .write(|state, changes| state.permissions.unauthorise(changes, &key));
    if revoked {
        Ok(list(app))
    } else {
        Err(Refusal::missing("this was not authorised"))
    }
}

#[derive(Deserialize)]
struct Wish {
    seller: Nip,
    grantee: ContextIdentifier,
    authorisation: Authorisation,
}

const DESCRIPTION: &str = "granted by the control API";
