//! The ready scenarios of the Ministry's test data: a bailiff, a sole trader, a VAT group, attachments.

use ksef_api::ops::permissions::{
    EntityRoleType, GetAttachmentConsent, GrantPersonPermissions, GrantSubunitAdministration,
    OwnerPermission, PersonPermissionType, QueryEntityRoles, QuerySubordinateRoles,
};
use ksef_api::ops::testdata::{
    CreatePerson, CreateSubject, GrantTestPermissions, RemovePerson, SubjectKind, TestPermission,
    TestPermissionType,
};
use serde_json::json;

use super::{done, person, personal, sign_in_status};
use crate::permissions::OTHER_PESEL;
use crate::support::{NIP, OTHER_NIP, PESEL, World};

#[tokio::test]
async fn a_bailiff_enforces() {
    let world = World::start().await;
    let bailiff = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "a bailiff",
    )
    .with_bailiff();
    world.call(&bailiff, None).await.unwrap();
    let context = format!("Nip:{OTHER_NIP}");
    let pair = world.tokens_of(&world.person(PESEL), &context).await;
    let mine = personal(&world, &pair.access_token).await;
    assert!(
        mine.owner_permissions
            .contains(&OwnerPermission::EnforcementOperations)
    );
    let roles = world
        .ask(&QueryEntityRoles::new(), &pair.access_token)
        .await
        .roles;
    assert_eq!(
        (roles.len(), &roles[0].role, roles[0].description.as_str()),
        (1, &EntityRoleType::CourtBailiff, "a bailiff")
    );
    let clerk = GrantPersonPermissions::new(
        person(OTHER_PESEL),
        [PersonPermissionType::EnforcementOperations],
        "the bailiff's clerk",
    );
    done(&world, &clerk, &pair.access_token).await;
    let clerk = world.person(OTHER_PESEL);
    assert_eq!(sign_in_status(&world, &clerk, &context).await, 200);
    let remove = RemovePerson::new(OTHER_NIP.parse().unwrap());
    world.call(&remove, None).await.unwrap();
    assert_eq!(
        sign_in_status(&world, &clerk, &context).await,
        415,
        "no enforcement without a bailiff"
    );
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        415
    );
}

#[tokio::test]
async fn a_sole_trader_is_the_owner_by_either_number() {
    let world = World::start().await;
    let trader = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "a sole trader",
    );
    world.call(&trader, None).await.unwrap();
    let context = format!("Nip:{OTHER_NIP}");
    for identity in [world.person(PESEL), world.seal(OTHER_NIP)] {
        let pair = world.tokens_of(&identity, &context).await;
        let mine = personal(&world, &pair.access_token).await;
        assert_eq!(mine.owner_permissions.len(), 7);
        let roles = world
            .ask(&QueryEntityRoles::new(), &pair.access_token)
            .await;
        assert_eq!(roles.roles, []);
    }
}

#[tokio::test]
async fn a_vat_group_with_its_administrators() {
    let world = World::start().await;
    let group = CreateSubject::new(NIP.parse().unwrap(), SubjectKind::VatGroup, "a VAT group")
        .with_subunit(OTHER_NIP.parse().unwrap(), "the first member");
    world.call(&group, None).await.unwrap();
    let administrator = GrantTestPermissions::new(
        NIP.parse().unwrap(),
        format!("Pesel:{PESEL}").parse().unwrap(),
        [
            TestPermission::new(TestPermissionType::CredentialsManage, "administrator"),
            TestPermission::new(TestPermissionType::SubunitManage, "administrator"),
        ],
    );
    world.call(&administrator, None).await.unwrap();
    let administrator = world
        .tokens_of(&world.person(PESEL), &format!("Nip:{NIP}"))
        .await
        .access_token;
    let members = world
        .ask(&QuerySubordinateRoles::new(), &administrator)
        .await;
    assert_eq!(members.roles.len(), 1);
    let head = GrantSubunitAdministration::of_member(
        person(OTHER_PESEL),
        OTHER_NIP.parse().unwrap(),
        "head of the member",
    );
    done(&world, &head, &administrator).await;
    let head = world
        .tokens_of(&world.person(OTHER_PESEL), &format!("Nip:{OTHER_NIP}"))
        .await
        .access_token;
    let clerk = GrantPersonPermissions::new(
        person(PESEL),
        [PersonPermissionType::InvoiceWrite],
        "issues the member's invoices",
    );
    done(&world, &clerk, &head).await;
}

#[tokio::test]
async fn attachments_are_allowed_and_withdrawn() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let consent = world.ask(&GetAttachmentConsent, &owner).await;
    assert!(!consent.is_attachment_allowed && consent.revoked_date.is_none());
    let body = json!({"nip": NIP});
    world
        .json("POST", "/testdata/attachment", None, body.clone())
        .await;
    let consent = world.ask(&GetAttachmentConsent, &owner).await;
    assert!(consent.is_attachment_allowed && consent.revoked_date.is_none());
    let until = json!({"nip": NIP, "expectedEndDate": "2026-12-01"});
    world
        .json("POST", "/testdata/attachment/revoke", None, until)
        .await;
    let consent = world.ask(&GetAttachmentConsent, &owner).await;
    assert!(consent.is_attachment_allowed);
    assert_eq!(
        consent.revoked_date.unwrap().to_string(),
        "2026-11-30T23:00:00Z"
    );
    world
        .json("POST", "/testdata/attachment/revoke", None, body)
        .await;
    let consent = world.ask(&GetAttachmentConsent, &owner).await;
    assert!(!consent.is_attachment_allowed);
}
