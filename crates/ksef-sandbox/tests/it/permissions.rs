//! Permissions: who may grant what to whom, what comes of it, and who sees it.

mod authorizations;
mod delegation;
mod eu_entities;
mod operations;
mod persons;
mod queries;
mod scenarios;
mod subunits;

use ksef_api::ops::auth::{BearerToken, GetChallenge, TokenPair};
use ksef_api::ops::permissions::{
    EntityPermission, GetPermissionOperation, GrantEntityPermissions, GrantIndirectPermissions,
    GrantPersonPermissions, IndirectPermissionType, PermissionTarget, PersonIdentifier, PersonName,
    PersonPermission, PersonPermissionType, PersonQueryType, PersonSubject, PersonalPermissions,
    QueryPersonPermissions, QueryPersonalPermissions, RevokePermission, StartedPermissionOperation,
};
use ksef_api::problem::{Problem, ProblemKind};
use ksef_api::request::Request;
use ksef_api::status::StatusInfo;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::self_signed::Subject;
use ksef_crypto::xades::sign_enveloped;

use crate::support::{NIP, PESEL, World, token_request};

pub(crate) const THIRD_NIP: &str = "1234563218";
/// Another person.
pub(crate) const OTHER_PESEL: &str = "88102341294";

/// Starts an operation and tells how it ended; without latency it has ended when it is asked for.
pub(crate) async fn outcome<R>(world: &World, request: &R, bearer: &BearerToken) -> StatusInfo
where
    R: Request<Answer = StartedPermissionOperation>,
{
    let started = world.ask(request, bearer).await;
    let query = GetPermissionOperation::new(started.reference_number);
    world.ask(&query, bearer).await.status
}

/// Starts an operation that must succeed.
pub(crate) async fn done<R>(world: &World, request: &R, bearer: &BearerToken)
where
    R: Request<Answer = StartedPermissionOperation>,
{
    let status = outcome(world, request, bearer).await;
    assert_eq!(status.code, 200, "{}: {status}", request.operation());
}

pub(crate) fn anna() -> PersonName {
    PersonName::new("Anna", "Nowak")
}

/// A person by PESEL.
pub(crate) fn person(pesel: &str) -> PersonSubject {
    PersonSubject::by_identifier(PersonIdentifier::Pesel(pesel.parse().unwrap()), anna())
}

/// A person by NIP.
pub(crate) fn person_by_nip(nip: &str) -> PersonSubject {
    PersonSubject::by_identifier(PersonIdentifier::Nip(nip.parse().unwrap()), anna())
}

/// Grants the person with [`PESEL`] permissions in the context of a bearer.
pub(crate) async fn empower(
    world: &World,
    bearer: &BearerToken,
    permissions: impl IntoIterator<Item = PersonPermissionType>,
) {
    let grant = GrantPersonPermissions::new(person(PESEL), permissions, "for the tests");
    done(world, &grant, bearer).await;
}

/// The tokens of the person with [`PESEL`], who holds these permissions in the context of [`NIP`].
pub(crate) async fn employee(
    world: &World,
    owner: &BearerToken,
    permissions: impl IntoIterator<Item = PersonPermissionType>,
) -> TokenPair {
    empower(world, owner, permissions).await;
    let context = format!("Nip:{NIP}");
    world.tokens_of(&world.person(PESEL), &context).await
}

/// A client grants an intermediary permissions on its invoices.
pub(crate) async fn hand_over(
    world: &World,
    client: &BearerToken,
    intermediary: &str,
    permissions: impl IntoIterator<Item = EntityPermission>,
) {
    let grant = GrantEntityPermissions::new(
        intermediary.parse().unwrap(),
        "Biuro Rachunkowe",
        permissions,
        "accounting of a client",
    );
    done(world, &grant, client).await;
}

/// An intermediary grants the person with [`PESEL`] permissions for its clients.
pub(crate) fn indirectly(
    target: PermissionTarget,
    permissions: impl IntoIterator<Item = IndirectPermissionType>,
) -> GrantIndirectPermissions {
    GrantIndirectPermissions::new(person(PESEL), target, permissions, "work for clients")
}

/// How a sign-in ends.
pub(crate) async fn sign_in_status(world: &World, identity: &Identity, context: &str) -> i32 {
    world.sign_in(identity, context).await.unwrap().1.code
}

/// Somebody whose certificate says neither NIP nor PESEL.
pub(crate) fn stranger(world: &World) -> Identity {
    Subject::person_without_identifier("Max", "Muster")
        .self_signed(KeyKind::EcP256, world.validity())
        .unwrap()
}

/// Signs in by the fingerprint of the certificate.
pub(crate) async fn sign_in_by_fingerprint(
    world: &World,
    identity: &Identity,
    context: &str,
) -> Result<TokenPair, Problem> {
    let issued = world.call(&GetChallenge, None).await.unwrap();
    let challenge = issued.challenge.as_str();
    let document = token_request(challenge, context, "certificateFingerprint", "");
    let signed = sign_enveloped(document.as_bytes(), identity, world.now()).unwrap();
    let started = world.submit(signed).await?;
    world.redeem(&started).await
}

/// What the caller's own list shows.
pub(crate) async fn personal(world: &World, bearer: &BearerToken) -> PersonalPermissions {
    world.ask(&QueryPersonalPermissions::new(), bearer).await
}

/// One of the two lists of persons.
pub(crate) async fn persons(
    world: &World,
    bearer: &BearerToken,
    query_type: PersonQueryType,
) -> Vec<PersonPermission> {
    let query = QueryPersonPermissions::new(query_type).with_page_size(100);
    world.ask(&query, bearer).await.permissions
}

/// Scopes of a list of persons, sorted.
pub(crate) fn scopes(list: &[PersonPermission]) -> Vec<String> {
    let mut scopes: Vec<_> = list
        .iter()
        .map(|item| item.permission_scope.to_string())
        .collect();
    scopes.sort();
    scopes
}

/// Withdraws everything in the list of what was granted in the context.
pub(crate) async fn withdraw_all(world: &World, bearer: &BearerToken) {
    for item in persons(world, bearer, PersonQueryType::GrantedInCurrentContext).await {
        done(world, &RevokePermission::new(item.id), bearer).await;
    }
}

/// Names of the permissions that a refusal asks for.
pub(crate) fn required(problem: &Problem) -> Vec<&str> {
    match &problem.kind {
        ProblemKind::Forbidden(forbidden) => forbidden.required_permissions(),
        _ => panic!("{problem}"),
    }
}
