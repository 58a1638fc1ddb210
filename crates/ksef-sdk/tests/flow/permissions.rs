//! Permissions: granted, awaited, seen, used and withdrawn.

use futures_util::TryStreamExt;
use jiff::SignedDuration;
use ksef_core::clock::{Clock, SystemClock};
use ksef_core::pesel::Pesel;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::self_signed::{Subject, Validity, person_with_pesel};
use ksef_sdk::api::operation::{self, Permission};
use ksef_sdk::api::ops::permissions::{
    EuEntity, EuSubject, GrantAuthorization, GrantEuAdministration, GrantPersonPermissions,
    PersonIdentifier, PersonName, PersonPermissionType, PersonQueryType, PersonSubject,
    QueryAuthorizations, QueryEntityRoles, QueryPersonPermissions, TaxpayerAuthorization,
};
use ksef_sdk::api::ops::testdata::{CreateSubject, SubjectKind};
use ksef_sdk::api::ops::tokens::TokenPermission;
use ksef_sdk::auth::Credentials;
use ksef_sdk::permissions::{Grantor, PermissionPoller};
use ksef_sdk::{Client, Error, ErrorKind};

use crate::{WAIT, client, context, sandbox, seal, seller};

const PESEL: &str = "15062788702";

fn validity() -> Validity {
    Validity::days(SystemClock.now() - SignedDuration::from_hours(1), 30)
}

fn person(pesel: &str) -> Credentials {
    let pesel = Pesel::parse(pesel).unwrap();
    let identity = person_with_pesel("Anna", "Nowak", &pesel, KeyKind::EcP256, validity());
    Credentials::certificate(identity.unwrap())
}

fn grant(
    pesel: &str,
    permissions: impl IntoIterator<Item = PersonPermissionType>,
) -> GrantPersonPermissions {
    let pesel = PersonIdentifier::Pesel(Pesel::parse(pesel).unwrap());
    let subject = PersonSubject::by_identifier(pesel, PersonName::new("Anna", "Nowak"));
    GrantPersonPermissions::new(subject, permissions, "for the tests")
}

async fn done(poller: Result<PermissionPoller, Error>) {
    poller.unwrap().until_done(WAIT).await.unwrap();
}

#[tokio::test]
async fn what_is_granted_is_awaited_seen_and_withdrawn() {
    let sandbox = sandbox().await;
    let owner = client(&sandbox, seal());
    let mut poller = owner
        .grant_to_person(&grant(
            PESEL,
            [
                PersonPermissionType::InvoiceRead,
                PersonPermissionType::CredentialsRead,
            ],
        ))
        .await
        .unwrap();
    assert!(poller.poll().await.unwrap().is_none(), "it takes its time");
    let reference = poller.reference();
    poller.until_done(WAIT).await.unwrap();
    owner
        .wait_for_permission_operation(reference, WAIT)
        .await
        .unwrap();

    let employee = owner.with_login(context(), person(PESEL));
    let rights = employee.rights().await.unwrap();
    assert!(!rights.is_owner());
    let held: Vec<_> = rights.held().collect();
    assert_eq!(held, [Permission::InvoiceRead, Permission::CredentialsRead]);
    assert_eq!(rights.roles.as_deref(), Some(&[][..]));
    assert!(rights.allows(&operation::permissions::QUERY_PERSONS));
    let missing = rights.missing_for(&operation::permissions::GRANT_PERSON);
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].permission, Permission::CredentialsManage);
    assert_eq!(missing[0].grantors[0], Grantor::Owner(seller()));
    let refused = employee.grant_to_person(&grant(PESEL, [])).await;
    assert_eq!(refused.unwrap_err().kind(), &ErrorKind::Forbidden);

    let query = QueryPersonPermissions::new(PersonQueryType::InCurrentContext);
    let list = owner.all_by_offset(query.clone()).await.unwrap();
    assert_eq!(list.len(), 2);
    for item in list {
        done(owner.revoke_permission(item.id).await).await;
    }
    assert!(owner.all_by_offset(query).await.unwrap().is_empty());
}

#[tokio::test]
async fn lists_come_page_by_page_and_whole() {
    let sandbox = sandbox().await;
    let owner = client(&sandbox, seal());
    for number in 0..23 {
        let pesel = format!("900101{number:05}");
        let started = owner
            .grant_to_person(&grant(&pesel, [PersonPermissionType::InvoiceRead]))
            .await;
        done(started).await;
    }
    let query = QueryPersonPermissions::new(PersonQueryType::GrantedInCurrentContext);
    let pages: Vec<_> = owner.person_permissions(query).try_collect().await.unwrap();
    let sizes: Vec<_> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 10, 3]);
    let mut ids: Vec<_> = pages.iter().flatten().map(|item| item.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 23, "each once");
}

#[tokio::test]
async fn an_operation_that_fails_says_why() {
    let sandbox = sandbox().await;
    let owner = client(&sandbox, seal());
    let enforce = grant(PESEL, [PersonPermissionType::EnforcementOperations]);
    let poller = owner.grant_to_person(&enforce).await.unwrap();
    let failed = poller.until_done(WAIT).await.unwrap_err();
    assert!(
        matches!(failed.kind(), ErrorKind::Status(status) if status.code == 430),
        "{failed}"
    );
    let rights = owner.rights().await.unwrap();
    assert!(rights.is_owner() && rights.has(Permission::CredentialsManage));
    let missing = rights.missing([Permission::EnforcementOperations]);
    assert_eq!(missing[0].needs_role.len(), 2);
    let subject = CreateSubject::new(seller(), SubjectKind::EnforcementAuthority, "an authority");
    owner.create_test_subject(&subject).await.unwrap();
    let roles = owner.all_by_offset(QueryEntityRoles::new()).await.unwrap();
    assert_eq!(roles.len(), 1);
    done(owner.grant_to_person(&enforce).await).await;
    assert!(
        owner
            .rights()
            .await
            .unwrap()
            .has(Permission::EnforcementOperations)
    );
}

#[tokio::test]
async fn a_ksef_token_is_narrower_than_its_owner() {
    let sandbox = sandbox().await;
    let owner = client(&sandbox, seal());
    let token = owner
        .generate_ksef_token([TokenPermission::InvoiceRead], "reading only")
        .await
        .unwrap();
    owner
        .wait_for_ksef_token(token.reference, WAIT)
        .await
        .unwrap();
    let limited = owner.with_login(context(), Credentials::KsefToken(token.token));
    let rights = limited.rights().await.unwrap();
    assert_eq!(rights.held().collect::<Vec<_>>(), [Permission::InvoiceRead]);
    assert!(rights.token.is_some() && rights.roles.is_none());
}

#[tokio::test]
async fn authorisations_have_a_list_and_a_way_out_of_their_own() {
    let sandbox = sandbox().await;
    let owner = client(&sandbox, seal());
    let grant = GrantAuthorization::to_taxpayer(
        "7762811692".parse().unwrap(),
        "Nabywca sp. z o.o.",
        TaxpayerAuthorization::SelfInvoicing,
        "self-billing",
    );
    done(owner.grant_authorization(&grant).await).await;
    let query = QueryAuthorizations::granted(None);
    let list = owner.all_by_offset(query.clone()).await.unwrap();
    assert_eq!(list.len(), 1);
    done(owner.revoke_authorization(list[0].id).await).await;
    assert!(owner.all_by_offset(query).await.unwrap().is_empty());
    assert!(
        !owner
            .attachment_consent()
            .await
            .unwrap()
            .is_attachment_allowed
    );
}

#[tokio::test]
async fn compound_contexts_know_their_people_by_fingerprint() {
    let sandbox = sandbox().await;
    let owner = client(&sandbox, seal());
    let admin: Identity = Subject::person_without_identifier("Max", "Muster")
        .self_signed(KeyKind::EcP256, validity())
        .unwrap();
    let compound = "5265877635-DE123456789";
    let grant = GrantEuAdministration::new(
        EuSubject::entity(
            admin.certificate().fingerprint(),
            "Beispiel GmbH",
            "Hamburg",
        ),
        compound.parse().unwrap(),
        EuEntity::new("Beispiel GmbH", "Berlin"),
        "self-billing",
    );
    done(owner.grant_eu_administration(&grant).await).await;
    let context = format!("NipVatUe:{compound}").parse().unwrap();
    let admin: Client = owner.with_login(context, Credentials::certificate(admin));
    let rights = admin.rights().await.unwrap();
    assert_eq!(
        rights.held().collect::<Vec<_>>(),
        [
            Permission::InvoiceRead,
            Permission::InvoiceWrite,
            Permission::Introspection,
            Permission::VatUeManage
        ]
    );
}
