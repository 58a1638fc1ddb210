//! EU entities: administrators, representatives, and the compound context.

use ksef_api::ops::permissions::{
    EuEntity, EuPermissionScope, EuPermissionType, EuSubject, GrantEuAdministration,
    GrantEuRepresentation, IdDocument, PersonPermissionType, QueryEuEntityPermissions,
    RevokePermission,
};
use ksef_api::ops::tokens::{GenerateToken, TokenPermission};
use ksef_crypto::certificate::Identity;
use serde_json::json;

use super::{anna, done, employee, outcome, personal, required, sign_in_by_fingerprint, stranger};
use crate::support::{NIP, World};

const COMPOUND: &str = "5265877635-DE123456789";

fn context() -> String {
    format!("NipVatUe:{COMPOUND}")
}

fn administration(identity: &Identity) -> GrantEuAdministration {
    GrantEuAdministration::new(
        EuSubject::entity(
            identity.certificate().fingerprint(),
            "Beispiel Verwaltung GmbH",
            "Hamburg",
        ),
        COMPOUND.parse().unwrap(),
        EuEntity::new("Beispiel GmbH", "Berlin"),
        "self-billing in Germany",
    )
}

fn representation(identity: &Identity) -> GrantEuRepresentation {
    let subject = EuSubject::person_without_identifier(
        identity.certificate().fingerprint(),
        anna(),
        jiff::civil::date(1990, 2, 1),
        IdDocument::new("passport", "XX1234567", "DE"),
    );
    GrantEuRepresentation::new(subject, [EuPermissionType::InvoiceRead], "representative")
}

#[tokio::test]
async fn an_administrator_opens_the_compound_context_and_appoints_representatives() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let (admin, representative) = (stranger(&world), stranger(&world));
    let refused = sign_in_by_fingerprint(&world, &admin, &context()).await;
    assert!(
        refused.unwrap_err().has_code(21117),
        "nobody is known there"
    );
    done(&world, &administration(&admin), &owner).await;
    let pair = sign_in_by_fingerprint(&world, &admin, &context())
        .await
        .unwrap();
    let mine = personal(&world, &pair.access_token).await;
    let mut scopes: Vec<_> = mine
        .permissions
        .iter()
        .map(|item| item.permission_scope.as_str().to_owned())
        .collect();
    scopes.sort();
    assert_eq!(
        scopes,
        [
            "Introspection",
            "InvoiceRead",
            "InvoiceWrite",
            "VatUeManage"
        ]
    );
    let wish = GenerateToken::new([TokenPermission::InvoiceRead], "for the tests");
    assert!(
        world
            .refused(&wish, &pair.access_token)
            .await
            .has_code(26002),
        "there are no tokens in such a context"
    );

    let refused = sign_in_by_fingerprint(&world, &representative, &context()).await;
    assert!(refused.unwrap_err().has_code(21117));
    done(&world, &representation(&representative), &pair.access_token).await;
    let theirs = sign_in_by_fingerprint(&world, &representative, &context())
        .await
        .unwrap();
    let refused = world
        .refused(&representation(&admin), &theirs.access_token)
        .await;
    assert_eq!(required(&refused), ["VatUeManage"]);

    // The taxpayer sees the administrators, the compound context everybody.
    let query = QueryEuEntityPermissions::new().with_page_size(100);
    let seen = world.ask(&query, &owner).await.permissions;
    assert_eq!(seen.len(), 4);
    let item = &seen[0];
    assert_eq!(item.vat_ue_identifier, "DE123456789");
    assert_eq!(item.eu_entity_name, "Beispiel GmbH, Berlin");
    assert_eq!(
        item.subject_entity_details.as_ref().unwrap().full_name,
        "Beispiel Verwaltung GmbH"
    );
    assert!(item.subject_person_details.is_none());
    let inside = world.ask(&query, &pair.access_token).await.permissions;
    assert_eq!(inside.len(), 5);
    let fingerprint = representative.certificate().fingerprint();
    let part: String = fingerprint.as_str().chars().skip(3).take(20).collect();
    let of_representative = query.clone().with_fingerprint(part);
    let found = world
        .ask(&of_representative, &pair.access_token)
        .await
        .permissions;
    assert_eq!(found.len(), 1);
    let person = found[0].subject_person_details.as_ref().unwrap();
    assert_eq!(person.id_document.as_ref().unwrap().country, "DE");
    assert_eq!(world.ask(&of_representative, &owner).await.permissions, []);

    done(
        &world,
        &RevokePermission::new(found[0].id),
        &pair.access_token,
    )
    .await;
    let refused = sign_in_by_fingerprint(&world, &representative, &context()).await;
    assert!(refused.unwrap_err().has_code(21117));
    let revoke = RevokePermission::new(item.id);
    done(&world, &revoke, &owner).await;
    assert_eq!(world.ask(&query, &owner).await.permissions.len(), 3);
}

#[tokio::test]
async fn filters_of_eu_entities() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    done(&world, &administration(&stranger(&world)), &owner).await;
    let query = QueryEuEntityPermissions::new;
    let count =
        async |query: QueryEuEntityPermissions| world.ask(&query, &owner).await.permissions.len();
    assert_eq!(count(query().with_vat_number("DE123456789")).await, 4);
    assert_eq!(count(query().with_vat_number("DE123456780")).await, 0);
    assert_eq!(
        count(query().with_permissions([EuPermissionScope::VatUeManage])).await,
        1
    );
    let refused = world
        .refused(&query().with_vat_number("DE12"), &owner)
        .await;
    assert!(refused.has_code(21405), "{refused}");
}

#[tokio::test]
async fn eu_grants_that_are_refused() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let admin = stranger(&world);
    let mut foreign = administration(&admin);
    foreign.context_identifier = "NipVatUe:7762811692-DE123456789".parse().unwrap();
    assert_eq!(outcome(&world, &foreign, &owner).await.code, 410);
    let refused = world.refused(&representation(&admin), &owner).await;
    assert_eq!(
        required(&refused),
        ["VatUeManage"],
        "not even the owner appoints representatives"
    );
    let employee = employee(&world, &owner, [PersonPermissionType::InvoiceRead]).await;
    let refused = world
        .refused(&administration(&admin), &employee.access_token)
        .await;
    assert_eq!(required(&refused), ["CredentialsManage"]);
    let bearer = Some(owner.token.expose());
    let path = "/permissions/eu-entities/administration/grants";
    let valid = serde_json::to_value(administration(&admin)).unwrap();
    for (name, value, code) in [
        (
            "subjectIdentifier",
            json!({"type": "Nip", "value": NIP}),
            21001,
        ),
        (
            "contextIdentifier",
            json!({"type": "NipVatUe", "value": "5265877635-DE12345"}),
            21405,
        ),
        (
            "contextIdentifier",
            json!({"type": "Nip", "value": NIP}),
            21001,
        ),
        ("euEntityName", json!("abc"), 21405),
        (
            "euEntityDetails",
            json!({"fullName": "Beispiel GmbH"}),
            21405,
        ),
        (
            "subjectDetails",
            json!({"subjectDetailsType": "PersonByIdentifier"}),
            21001,
        ),
        (
            "subjectDetails",
            json!({"subjectDetailsType": "EntityByFingerprint"}),
            21405,
        ),
    ] {
        let mut body = valid.clone();
        body[name] = value;
        let answer = world.json("POST", path, bearer, body.clone()).await;
        assert_eq!(answer.json()["errors"][0]["code"], code, "{body}");
    }
}
