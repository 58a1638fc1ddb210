//! Test data: entities, persons, permissions, consents.

use jiff::SignedDuration;
use ksef_api::ops::testdata::{
    CreatePerson, CreateSubject, RemovePerson, RemoveSubject, RevokeTestPermissions, SubjectKind,
};
use serde_json::json;

use crate::support::{NIP, OTHER_NIP, PESEL, World};

#[tokio::test]
async fn what_exists_cannot_be_created_again() {
    let world = World::start().await;
    let subject = CreateSubject::new(NIP.parse().unwrap(), SubjectKind::VatGroup, "a group")
        .with_subunit(OTHER_NIP.parse().unwrap(), "a member");
    world.call(&subject, None).await.unwrap();
    assert!(
        world
            .call(&subject, None)
            .await
            .unwrap_err()
            .has_code(30001)
    );
    world
        .call(&RemoveSubject::new(NIP.parse().unwrap()), None)
        .await
        .unwrap();
    // Created at the same instant as before: too early.
    assert!(
        world
            .call(&subject, None)
            .await
            .unwrap_err()
            .has_code(30001)
    );
    world.advance(SignedDuration::from_secs(1));
    world.call(&subject, None).await.unwrap();

    let person = CreatePerson::new(NIP.parse().unwrap(), PESEL.parse().unwrap(), "sole trader");
    world.call(&person, None).await.unwrap();
    assert!(world.call(&person, None).await.unwrap_err().has_code(30001));
    world
        .call(&RemovePerson::new(NIP.parse().unwrap()), None)
        .await
        .unwrap();
    let earlier = world.now() - SignedDuration::from_hours(1);
    let person = person.with_created_date(earlier);
    assert!(world.call(&person, None).await.unwrap_err().has_code(30001));
    let later = world.now() + SignedDuration::from_hours(1);
    world
        .call(&person.with_created_date(later), None)
        .await
        .unwrap();
}

#[tokio::test]
async fn removing_what_does_not_exist_is_no_error() {
    let world = World::start().await;
    world
        .call(&RemoveSubject::new(NIP.parse().unwrap()), None)
        .await
        .unwrap();
    world
        .call(&RemovePerson::new(NIP.parse().unwrap()), None)
        .await
        .unwrap();
    let nobody = format!("Pesel:{PESEL}").parse().unwrap();
    world
        .call(
            &RevokeTestPermissions::new(NIP.parse().unwrap(), nobody),
            None,
        )
        .await
        .unwrap();
    for path in ["/testdata/attachment", "/testdata/attachment/revoke"] {
        let answer = world
            .json(
                "POST",
                path,
                None,
                json!({"nip": NIP, "expectedEndDate": "2026-12-01"}),
            )
            .await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
    }
}

#[tokio::test]
async fn granted_and_withdrawn_permissions_show_at_the_next_sign_in() {
    let world = World::start().await;
    let context = format!("Nip:{NIP}");
    let grant = json!({
        "contextIdentifier": {"type": "Nip", "value": NIP},
        "authorizedIdentifier": {"type": "Pesel", "value": PESEL},
        "permissions": [
            {"permissionType": "InvoiceWrite", "description": "writing"},
            {"permissionType": "Introspection", "description": "looking"}
        ]
    });
    assert_eq!(
        world
            .json("POST", "/testdata/permissions", None, grant)
            .await
            .status,
        200
    );
    let pair = world.tokens_of(&world.person(PESEL), &context).await;
    let refused = world.json(
        "POST",
        "/tokens",
        Some(pair.access_token.token.expose()),
        json!({
            "permissions": ["InvoiceRead", "InvoiceWrite"], "description": "for the tests"
        }),
    );
    assert_eq!(refused.await.json()["errors"][0]["code"], 26001);
    let subject = format!("Pesel:{PESEL}").parse().unwrap();
    world
        .call(
            &RevokeTestPermissions::new(NIP.parse().unwrap(), subject),
            None,
        )
        .await
        .unwrap();
    let (_, status) = world.sign_in(&world.person(PESEL), &context).await.unwrap();
    assert_eq!(status.code, 415);
}

#[tokio::test]
async fn wrong_grants_are_refused() {
    let world = World::start().await;
    let answer = world
        .json(
            "POST",
            "/testdata/permissions",
            None,
            json!({
                "contextIdentifier": {"type": "Nip", "value": "1"},
                "authorizedIdentifier": {"type": "Pesel", "value": "1"},
                "permissions": []
            }),
        )
        .await;
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!([
            "'contextIdentifier.value' is not in the correct format.",
            "'authorizedIdentifier.value' is not in the correct format.",
            "'permissions' must not be empty."
        ])
    );
    let vat_ue = json!({
        "contextIdentifier": {"type": "NipVatUe", "value": "5265877635-DE123456789"},
        "authorizedIdentifier": {"type": "Pesel", "value": PESEL},
        "permissions": [{"permissionType": "VatUeManage", "description": "no such"}]
    });
    assert_eq!(
        world
            .json("POST", "/testdata/permissions", None, vat_ue)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_consent_to_attachments_shows_and_ends() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let bearer = owner.access_token.token.expose();
    let status = async || {
        world
            .get("/permissions/attachments/status", bearer)
            .await
            .json()
    };
    assert_eq!(status().await, json!({"isAttachmentAllowed": false}));
    let consent = json!({"nip": NIP});
    assert_eq!(
        world
            .json("POST", "/testdata/attachment", None, consent)
            .await
            .status,
        200
    );
    assert_eq!(status().await, json!({"isAttachmentAllowed": true}));
    let until = json!({"nip": NIP, "expectedEndDate": "2026-11-22"});
    assert_eq!(
        world
            .json("POST", "/testdata/attachment/revoke", None, until)
            .await
            .status,
        200
    );
    assert_eq!(
        status().await,
        json!({"isAttachmentAllowed": true, "revokedDate": "2026-11-21T23:00:00.0000000+00:00"})
    );
    let now = json!({"nip": NIP});
    assert_eq!(
        world
            .json("POST", "/testdata/attachment/revoke", None, now)
            .await
            .status,
        200
    );
    assert_eq!(status().await["isAttachmentAllowed"], false);
}

#[tokio::test]
async fn peppol_providers_are_registered_by_signing_in() {
    let world = World::start().await;
    for (id, name) in [("PPL123456", "First"), ("PPL123457", "Second")] {
        world.advance(SignedDuration::from_secs(1));
        let peppol_id = id.parse().unwrap();
        let kind = ksef_crypto::certificate::KeyKind::EcP256;
        let provider =
            ksef_crypto::self_signed::peppol_provider(name, &peppol_id, kind, world.validity());
        let provider = provider.unwrap();
        world.tokens_of(&provider, &format!("PeppolId:{id}")).await;
        world.tokens_of(&provider, &format!("PeppolId:{id}")).await;
    }
    let listed = world
        .raw("GET", "/peppol/query", None, &[], "")
        .await
        .json();
    assert_eq!(listed["hasMore"], false);
    let names: Vec<_> = listed["peppolProviders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|known| known["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Second", "First"]);
    let beyond = world
        .raw("GET", "/peppol/query?pageOffset=1", None, &[], "")
        .await
        .json();
    assert_eq!(beyond, json!({"peppolProviders": [], "hasMore": false}));
}
