//! Every operation of the contract is routed; what is not built says so.

use ksef_api::operation::{ALL, Auth, Operation};

use crate::support::{NIP, World};

/// The path with every parameter filled.
fn filled(operation: &Operation) -> String {
    let values: Vec<_> = operation
        .parameters()
        .map(|_| "20260101-XX-0000000000-0000000000-00")
        .collect();
    ksef_api::fill_path(operation.path, &values)
}

#[tokio::test]
async fn every_operation_is_routed_with_its_method_and_path() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let mut not_built = Vec::new();
    for operation in ALL {
        let bearer = operation
            .auth
            .is_required()
            .then(|| owner.access_token.token.expose());
        let path = filled(operation);
        let answer = world
            .raw(operation.method.as_str(), &path, bearer, &[], "")
            .await;
        match answer.status {
            404 | 405 | 500 => panic!("{operation}: {answer:?}"),
            501 => {
                let detail = answer.json()["detail"].as_str().unwrap().to_owned();
                assert!(detail.contains(&operation.to_string()), "{detail}");
                assert_eq!(answer.header("content-type"), "application/problem+json");
                not_built.push(operation.id);
            }
            _ => {}
        }
    }
    for resource in [
        "auth.",
        "keys.",
        "permissions.",
        "tokens.",
        "limits.",
        "collective.",
        "peppol.",
        "certificates.",
        "testdata.create",
        "testdata.set",
        "testdata.block",
    ] {
        assert!(
            !not_built.iter().any(|id| id.starts_with(resource)),
            "{resource}: {not_built:?}"
        );
    }
}

#[tokio::test]
async fn operations_behind_a_bearer_refuse_everybody_else() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    for operation in ALL.iter().filter(|operation| operation.auth.is_required()) {
        let path = filled(operation);
        let bearers = [None, Some("nonsense"), Some("a.b.c")];
        let wrong_kind = match operation.auth {
            Auth::Access | Auth::AccessOrRefresh => None,
            _ => Some(owner.access_token.token.expose()),
        };
        for bearer in bearers.into_iter().chain([wrong_kind]) {
            let answer = world
                .raw(operation.method.as_str(), &path, bearer, &[], "")
                .await;
            assert_eq!(answer.status, 401, "{operation} {bearer:?}: {answer:?}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            let body = answer.json();
            assert_eq!(
                (body["title"].as_str(), body["instance"].as_str()),
                (Some("Unauthorized"), Some(format!("/v2{path}").as_str()))
            );
        }
    }
}
