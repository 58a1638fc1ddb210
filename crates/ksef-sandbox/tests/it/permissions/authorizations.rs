//! Authorisations to issue invoices in the name of another.

use ksef_api::ops::permissions::{
    AuthorizationType, GrantAuthorization, PersonPermissionType, QueryAuthorizations,
    RevokeAuthorization, RevokePermission, TaxpayerAuthorization,
};
use serde_json::json;

use super::{done, employee, outcome, required};
use crate::sending::{Sending, control, invoice};
use crate::support::{NIP, OTHER_NIP, World};

fn self_billing() -> GrantAuthorization {
    GrantAuthorization::to_taxpayer(
        OTHER_NIP.parse().unwrap(),
        "Nabywca sp. z o.o.",
        TaxpayerAuthorization::SelfInvoicing,
        "self-billing agreement",
    )
}

#[tokio::test]
async fn it_takes_effect_in_a_session_that_is_open() {
    let world = World::start().await;
    let seller = world.owner(NIP).await.access_token;
    let buyer = world.owner(OTHER_NIP).await.access_token;
    let session = Sending::open(&world, &buyer).await;
    let issue = async |number: &str| {
        let xml = invoice(NIP, number).replace("<P_17>2</P_17>", "<P_17>1</P_17>");
        session.outcome(&world, &buyer, &xml).await.status.code
    };
    assert_eq!(issue("SB/1").await, 410);
    done(&world, &self_billing(), &seller).await;
    assert_eq!(issue("SB/1").await, 200);
    let granted = world
        .ask(&QueryAuthorizations::granted(None), &seller)
        .await;
    let id = granted.authorization_grants[0].id;
    assert_eq!(
        outcome(&world, &RevokePermission::new(id), &seller)
            .await
            .code,
        410,
        "authorisations have a way of their own"
    );
    assert_eq!(
        outcome(&world, &RevokeAuthorization::new(id), &buyer)
            .await
            .code,
        410,
        "not the buyer's to withdraw"
    );
    done(&world, &RevokeAuthorization::new(id), &seller).await;
    assert_eq!(issue("SB/2").await, 410);
}

#[tokio::test]
async fn both_sides_see_it() {
    let world = World::start().await;
    let seller = world.owner(NIP).await.access_token;
    let buyer = world.owner(OTHER_NIP).await.access_token;
    done(&world, &self_billing(), &seller).await;
    for _ in 0..2 {
        let provider = GrantAuthorization::to_peppol_provider(
            "PPL123456".parse().unwrap(),
            "Dostawca",
            "peppol",
        );
        done(&world, &provider, &seller).await;
    }
    let granted = QueryAuthorizations::granted(None);
    let list = world.ask(&granted, &seller).await.authorization_grants;
    assert_eq!(list.len(), 2, "nothing twice");
    let to_buyer = QueryAuthorizations::granted(Some(format!("Nip:{OTHER_NIP}").parse().unwrap()));
    let list = world.ask(&to_buyer, &seller).await.authorization_grants;
    let item = &list[0];
    assert_eq!(list.len(), 1);
    assert_eq!(item.authorization_scope, AuthorizationType::SelfInvoicing);
    assert_eq!(
        item.author_identifier.as_ref().unwrap().to_string(),
        format!("Nip:{NIP}")
    );
    assert_eq!(
        item.subject_entity_details.as_ref().unwrap().full_name,
        "Nabywca sp. z o.o."
    );
    let peppol = granted
        .clone()
        .with_authorizations([AuthorizationType::PefInvoicing]);
    let list = world.ask(&peppol, &seller).await.authorization_grants;
    assert_eq!(
        list[0].authorized_entity_identifier.to_string(),
        "PeppolId:PPL123456"
    );
    let received = QueryAuthorizations::received(Some(NIP.parse().unwrap()));
    let list = world.ask(&received, &buyer).await.authorization_grants;
    assert_eq!(list.len(), 1);
    assert_eq!(
        list[0].authorizing_entity_identifier.to_string(),
        format!("Nip:{NIP}")
    );
    let from_nobody = QueryAuthorizations::received(Some("1234563218".parse().unwrap()));
    assert_eq!(
        world.ask(&from_nobody, &buyer).await.authorization_grants,
        []
    );
    assert_eq!(world.ask(&granted, &buyer).await.authorization_grants, []);
}

#[tokio::test]
async fn the_control_api_and_the_api_know_the_same_records() {
    let world = World::start().await;
    let seller = world.owner(NIP).await.access_token;
    let record = json!({
        "seller": NIP, "grantee": {"type": "Nip", "value": OTHER_NIP}, "authorisation": "SelfInvoicing"
    });
    control(&world, "POST", "authorisations", record.clone()).await;
    let granted = QueryAuthorizations::granted(None);
    let list = world.ask(&granted, &seller).await.authorization_grants;
    assert_eq!(list.len(), 1);
    assert_eq!(
        list[0].author_identifier, None,
        "the system has no identifier"
    );
    done(&world, &self_billing(), &seller).await;
    let list = world.ask(&granted, &seller).await.authorization_grants;
    assert_eq!(list.len(), 1, "it was granted already");
    control(&world, "DELETE", "authorisations", record).await;
    assert_eq!(world.ask(&granted, &seller).await.authorization_grants, []);
}

#[tokio::test]
async fn a_provider_sees_what_it_received() {
    let world = World::start().await;
    let seller = world.owner(NIP).await.access_token;
    let id = "PPL123456".parse().unwrap();
    let identity = ksef_crypto::self_signed::peppol_provider(
        "Dostawca",
        &id,
        ksef_crypto::certificate::KeyKind::EcP256,
        world.validity(),
    );
    let provider = world
        .tokens_of(&identity.unwrap(), "PeppolId:PPL123456")
        .await
        .access_token;
    let grant = GrantAuthorization::to_peppol_provider(id, "Dostawca", "peppol");
    done(&world, &grant, &seller).await;
    let received = QueryAuthorizations::received(None);
    let list = world.ask(&received, &provider).await.authorization_grants;
    assert_eq!(list.len(), 1);
    let refused = world.refused(&self_billing(), &provider).await;
    assert_eq!(required(&refused), ["CredentialsManage"]);
}

#[tokio::test]
async fn authorisations_that_are_refused() {
    let world = World::start().await;
    let seller = world.owner(NIP).await.access_token;
    let itself = GrantAuthorization::to_taxpayer(
        NIP.parse().unwrap(),
        "My own company",
        TaxpayerAuthorization::TaxRepresentative,
        "to myself",
    );
    assert_eq!(outcome(&world, &itself, &seller).await.code, 440);
    let mut crossed = self_billing();
    crossed.permission = AuthorizationType::PefInvoicing;
    assert_eq!(outcome(&world, &crossed, &seller).await.code, 450);
    crossed.subject_identifier = "PeppolId:PPL123456".parse().unwrap();
    crossed.permission = AuthorizationType::RrInvoicing;
    assert_eq!(outcome(&world, &crossed, &seller).await.code, 450);

    let employee = employee(&world, &seller, [PersonPermissionType::CredentialsRead])
        .await
        .access_token;
    let refused = world.refused(&self_billing(), &employee).await;
    assert_eq!(required(&refused), ["CredentialsManage"]);
    done(&world, &self_billing(), &seller).await;
    let list = world
        .ask(&QueryAuthorizations::granted(None), &employee)
        .await
        .authorization_grants;
    let revoke = RevokeAuthorization::new(list[0].id);
    assert_eq!(world.refused(&revoke, &employee).await.status, 403);

    let bearer = Some(seller.token.expose());
    let valid = serde_json::to_value(self_billing()).unwrap();
    for (name, value, code) in [
        ("permission", json!("InvoiceRead"), 21001),
        ("permission", json!(null), 21405),
        (
            "subjectIdentifier",
            json!({"type": "PeppolId", "value": "P123456789"}),
            21405,
        ),
        ("subjectDetails", json!({"fullName": "x".repeat(91)}), 21405),
        ("description", json!("abc"), 21405),
    ] {
        let mut body = valid.clone();
        body[name] = value;
        let answer = world
            .json(
                "POST",
                "/permissions/authorizations/grants",
                bearer,
                body.clone(),
            )
            .await;
        assert_eq!(answer.json()["errors"][0]["code"], code, "{body}");
    }
}
