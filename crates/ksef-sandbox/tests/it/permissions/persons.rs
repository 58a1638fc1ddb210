//! Grants to persons and entities.

use ksef_api::ops::permissions::{
    EntityPermission, EntityPermissionType, GrantEntityPermissions, GrantPersonPermissions,
    PermissionAuthor, PersonIdentifier, PersonPermissionType, PersonQueryType, PersonSubject,
    RevokePermission,
};
use ksef_api::ops::testdata::{CreateSubject, RemoveSubject, SubjectKind};
use ksef_core::context::SubjectIdentifier;
use serde_json::{Value, json};

use super::{
    anna, done, employee, empower, hand_over, outcome, person, person_by_nip, personal, persons,
    required, scopes, sign_in_by_fingerprint, sign_in_status, stranger,
};
use crate::support::{NIP, OTHER_NIP, PESEL, World};

#[tokio::test]
async fn what_is_granted_opens_the_context_and_what_is_withdrawn_closes_it() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let context = format!("Nip:{NIP}");
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        415
    );
    empower(
        &world,
        &owner,
        [
            PersonPermissionType::InvoiceRead,
            PersonPermissionType::CredentialsRead,
        ],
    )
    .await;
    let employee = world.tokens_of(&world.person(PESEL), &context).await;
    let list = persons(
        &world,
        &employee.access_token,
        PersonQueryType::InCurrentContext,
    )
    .await;
    assert_eq!(scopes(&list), ["CredentialsRead", "InvoiceRead"]);
    let item = &list[0];
    assert_eq!(
        item.authorized_identifier,
        SubjectIdentifier::Pesel(PESEL.parse().unwrap()).into()
    );
    assert_eq!(
        item.author_identifier,
        PermissionAuthor::Subject(SubjectIdentifier::Nip(NIP.parse().unwrap())).into()
    );
    let details = item.subject_person_details.as_ref().unwrap();
    assert_eq!(
        (details.first_name.as_str(), details.last_name.as_str()),
        ("Anna", "Nowak")
    );
    for item in &list {
        done(&world, &RevokePermission::new(item.id), &owner).await;
    }
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        415
    );
    // The access token keeps what it was issued with; no new one comes.
    personal(&world, &employee.access_token).await;
    let refused = world
        .refused(&ksef_api::ops::auth::RefreshAccess, &employee.refresh_token)
        .await;
    assert!(refused.has_code(21301), "{refused}");
}

#[tokio::test]
async fn a_grant_counts_from_the_next_access_token_on() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let employee = employee(&world, &owner, [PersonPermissionType::InvoiceRead]).await;
    let wish = GrantPersonPermissions::new(
        person_by_nip(OTHER_NIP),
        [PersonPermissionType::InvoiceRead],
        "for a colleague",
    );
    let refused = world.refused(&wish, &employee.access_token).await;
    assert_eq!(refused.status, 403);
    assert_eq!(required(&refused), ["CredentialsManage"]);
    empower(&world, &owner, [PersonPermissionType::CredentialsManage]).await;
    assert_eq!(
        world.refused(&wish, &employee.access_token).await.status,
        403
    );
    let refreshed = world
        .ask(&ksef_api::ops::auth::RefreshAccess, &employee.refresh_token)
        .await;
    done(&world, &wish, &refreshed.access_token).await;
}

#[tokio::test]
async fn people_are_known_by_nip_or_fingerprint_too() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let context = format!("Nip:{NIP}");
    let read = [PersonPermissionType::InvoiceRead];
    let by_nip = GrantPersonPermissions::new(person_by_nip(OTHER_NIP), read.clone(), "by NIP");
    done(&world, &by_nip, &owner).await;
    assert_eq!(
        sign_in_status(&world, &world.seal(OTHER_NIP), &context).await,
        200
    );
    let stranger = stranger(&world);
    assert!(
        world
            .sign_in(&stranger, &context)
            .await
            .unwrap_err()
            .has_code(21115)
    );
    let subject = PersonSubject::by_fingerprint(
        stranger.certificate().fingerprint(),
        anna(),
        PersonIdentifier::Pesel(PESEL.parse().unwrap()),
    );
    let grant = GrantPersonPermissions::new(subject, read, "by fingerprint");
    done(&world, &grant, &owner).await;
    let pair = sign_in_by_fingerprint(&world, &stranger, &context)
        .await
        .unwrap();
    let list = personal(&world, &pair.access_token).await;
    let details = list.permissions[0].subject_person_details.clone().unwrap();
    assert_eq!(
        details.person_identifier,
        Some(PersonIdentifier::Pesel(PESEL.parse().unwrap()).into())
    );
}

#[tokio::test]
async fn enforcement_is_for_those_who_enforce() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let enforce = GrantPersonPermissions::new(
        person(PESEL),
        [PersonPermissionType::EnforcementOperations],
        "enforcement",
    );
    let refused = outcome(&world, &enforce, &owner).await;
    assert_eq!(refused.code, 430, "{refused}");
    let all = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    assert_eq!(all, []);
    let subject = CreateSubject::new(
        NIP.parse().unwrap(),
        SubjectKind::EnforcementAuthority,
        "an authority",
    );
    world.call(&subject, None).await.unwrap();
    done(&world, &enforce, &owner).await;
    let context = format!("Nip:{NIP}");
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        200
    );
    // With the role goes what it gave.
    let remove = RemoveSubject::new(NIP.parse().unwrap());
    world.call(&remove, None).await.unwrap();
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        415
    );
}

#[tokio::test]
async fn nothing_is_granted_twice() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    for _ in 0..2 {
        empower(&world, &owner, [PersonPermissionType::InvoiceRead]).await;
    }
    let all = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    assert_eq!(scopes(&all), ["InvoiceRead"]);
}

#[tokio::test]
async fn an_entity_handles_the_invoices_of_another() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let context = format!("Nip:{NIP}");
    hand_over(
        &world,
        &owner,
        OTHER_NIP,
        [EntityPermission::new(EntityPermissionType::InvoiceRead)],
    )
    .await;
    let office = world.tokens_of(&world.seal(OTHER_NIP), &context).await;
    let mine = personal(&world, &office.access_token).await;
    assert_eq!(mine.permissions.len(), 1);
    assert!(mine.owner_permissions.is_empty());
    let all = persons(&world, &owner, PersonQueryType::InCurrentContext).await;
    let details = all[0].subject_entity_details.as_ref().unwrap();
    assert_eq!(details.full_name, "Biuro Rachunkowe");
    let to_itself = GrantEntityPermissions::new(
        NIP.parse().unwrap(),
        "My own company",
        [EntityPermission::new(EntityPermissionType::InvoiceRead)],
        "to myself",
    );
    assert_eq!(outcome(&world, &to_itself, &owner).await.code, 440);
}

#[tokio::test]
async fn granting_needs_the_right_to_manage() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let employee = employee(
        &world,
        &owner,
        [
            PersonPermissionType::InvoiceRead,
            PersonPermissionType::SubunitManage,
            PersonPermissionType::CredentialsRead,
        ],
    )
    .await
    .access_token;
    let entity = GrantEntityPermissions::new(
        OTHER_NIP.parse().unwrap(),
        "Biuro Rachunkowe",
        [EntityPermission::new(EntityPermissionType::InvoiceRead)],
        "accounting",
    );
    let refused = world.refused(&entity, &employee).await;
    assert_eq!(required(&refused), ["CredentialsManage"]);
    let all = persons(&world, &employee, PersonQueryType::InCurrentContext).await;
    let revoke = RevokePermission::new(all[0].id);
    assert_eq!(
        outcome(&world, &revoke, &employee).await.code,
        420,
        "who may manage units may not withdraw what others have"
    );
}

#[tokio::test]
async fn wishes_are_checked_whole() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let bearer = Some(owner.token.expose());
    let path = "/permissions/persons/grants";
    let body = json!({
        "subjectIdentifier": {"type": "Pesel", "value": "1"},
        "permissions": [],
        "description": "abc",
        "subjectDetails": {
            "subjectDetailsType": "PersonByIdentifier",
            "personById": {"firstName": "A", "lastName": null},
        },
        "more": 1,
    });
    let answer = world.json("POST", path, bearer, body).await;
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!([
            "'subjectIdentifier.value' is not in the correct format.",
            "'subjectDetails.personById.firstName' must be between 2 and 30 characters. You entered 1 characters.",
            "'subjectDetails.personById.lastName' must not be empty.",
            "'permissions' must not be empty.",
            "'description' must be between 5 and 256 characters. You entered 3 characters.",
        ])
    );
    let valid = json!({
        "subjectIdentifier": {"type": "pesel", "value": PESEL},
        "permissions": ["invoiceread"],
        "description": "any letter case",
        "subjectDetails": {
            "subjectDetailsType": "personByIdentifier",
            "personById": {"firstName": "Anna", "lastName": "Nowak"},
            "personByFpNoId": null,
        },
    });
    let with = |name: &str, value: Value| {
        let mut body = valid.clone();
        body[name] = value;
        body
    };
    let answer = world.json("POST", path, bearer, valid.clone()).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let by_fingerprint = json!({"type": "Fingerprint", "value": "AB".repeat(32)});
    for (body, code) in [
        (
            with("permissions", json!(["InvoiceRead", "InvoiceRead"])),
            21405,
        ),
        (with("permissions", json!(["VatUeManage"])), 21001),
        (with("permissions", json!("InvoiceRead")), 21001),
        (with("subjectIdentifier", by_fingerprint), 21405),
        (with("subjectDetails", json!({})), 21405),
        (
            with(
                "subjectDetails",
                json!({"subjectDetailsType": "PersonByFingerprintWithIdentifier"}),
            ),
            21405,
        ),
        (
            with(
                "subjectIdentifier",
                json!({"type": "NipVatUe", "value": "x"}),
            ),
            21001,
        ),
        (json!([]), 21001),
    ] {
        let answer = world.json("POST", path, bearer, body.clone()).await;
        assert_eq!(answer.json()["errors"][0]["code"], code, "{body}");
    }
}

#[tokio::test]
async fn wishes_for_entities_are_checked_whole() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let bearer = Some(owner.token.expose());
    let path = "/permissions/entities/grants";
    let valid = json!({
        "subjectIdentifier": {"type": "Nip", "value": OTHER_NIP},
        "permissions": [{"type": "InvoiceRead", "canDelegate": null}],
        "description": "accounting",
        "subjectDetails": {"fullName": "Biuro Rachunkowe"},
    });
    assert_eq!(
        world.json("POST", path, bearer, valid.clone()).await.status,
        202
    );
    for (name, value, code) in [
        (
            "subjectIdentifier",
            json!({"type": "Pesel", "value": PESEL}),
            21001,
        ),
        ("permissions", json!([{"type": "CredentialsManage"}]), 21001),
        ("permissions", json!([{"canDelegate": true}]), 21405),
        (
            "permissions",
            json!([{"type": "InvoiceRead"}, {"type": "InvoiceRead", "canDelegate": true}]),
            21405,
        ),
        ("permissions", json!(null), 21405),
        ("subjectDetails", json!({"fullName": "abcd"}), 21405),
        ("subjectDetails", json!(null), 21405),
    ] {
        let mut body = valid.clone();
        body[name] = value;
        let answer = world.json("POST", path, bearer, body.clone()).await;
        assert_eq!(answer.json()["errors"][0]["code"], code, "{body}");
    }
}
