//! Subordinate units: inside a taxpayer, members of VAT groups, units of local governments.

use ksef_api::ops::auth::RefreshAccess;
use ksef_api::ops::permissions::{
    EntityRoleType, GrantPersonPermissions, GrantSubunitAdministration, PersonPermissionType,
    PersonQueryType, QueryEntityRoles, QuerySubordinateRoles, QuerySubunitPermissions,
    RevokePermission, SubordinateRoleType,
};
use ksef_api::ops::testdata::{CreateSubject, RemoveSubject, SubjectKind};
use ksef_core::context::ContextIdentifier;
use serde_json::json;

use super::{
    done, employee, outcome, person, person_by_nip, persons, required, scopes, sign_in_status,
};
use crate::permissions::{OTHER_PESEL, THIRD_NIP};
use crate::sending::Sending;
use crate::support::{NIP, OTHER_NIP, PESEL, World};

const UNIT: &str = "5265877635-12346";

fn branch() -> GrantSubunitAdministration {
    GrantSubunitAdministration::of_unit(
        person(PESEL),
        UNIT.parse().unwrap(),
        "Oddział w Gdańsku",
        "head of the branch",
    )
}

fn member(nip: &str) -> GrantSubunitAdministration {
    GrantSubunitAdministration::of_member(person(PESEL), nip.parse().unwrap(), "head of the member")
}

#[tokio::test]
async fn the_head_of_a_branch_manages_it_and_nothing_else() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let context = format!("InternalId:{UNIT}");
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &context).await,
        415
    );
    done(&world, &branch(), &owner).await;
    let head = world.tokens_of(&world.person(PESEL), &context).await;
    // It may manage permissions, but neither read nor send.
    let refused = world
        .get(
            "/sessions?sessionType=Online",
            head.access_token.token.expose(),
        )
        .await;
    assert_eq!(refused.status, 403);
    let at_home = format!("Nip:{NIP}");
    assert_eq!(
        sign_in_status(&world, &world.person(PESEL), &at_home).await,
        415
    );
    // So the head grants itself what it needs, and takes a new access token.
    let grant = GrantPersonPermissions::new(
        person(PESEL),
        [
            PersonPermissionType::InvoiceRead,
            PersonPermissionType::InvoiceWrite,
        ],
        "for myself",
    );
    done(&world, &grant, &head.access_token).await;
    let refreshed = world.ask(&RefreshAccess, &head.refresh_token).await;
    Sending::open(&world, &refreshed.access_token).await;
    let inside = persons(
        &world,
        &refreshed.access_token,
        PersonQueryType::InCurrentContext,
    )
    .await;
    assert_eq!(
        scopes(&inside),
        ["CredentialsManage", "InvoiceRead", "InvoiceWrite"]
    );
    // The parent sees whom it appointed, not what was granted inside.
    let appointed = world.ask(&QuerySubunitPermissions::new(), &owner).await;
    assert_eq!(appointed.permissions.len(), 1);
    let item = &appointed.permissions[0];
    assert_eq!(item.subunit_name.as_deref(), Some("Oddział w Gdańsku"));
    let unit: ContextIdentifier = context.parse().unwrap();
    assert_eq!(item.subunit_identifier, unit.into());
    let granted = persons(&world, &owner, PersonQueryType::GrantedInCurrentContext).await;
    assert_eq!(scopes(&granted), ["CredentialsManage"]);
    assert_eq!(granted[0].context_identifier, Some(unit.into()));
    let other = QuerySubunitPermissions::new().with_subunit("Nip:7762811692".parse().unwrap());
    assert_eq!(world.ask(&other, &owner).await.permissions, []);
    done(&world, &RevokePermission::new(item.id), &owner).await;
    let left = world.ask(&QuerySubunitPermissions::new(), &owner).await;
    assert_eq!(left.permissions, []);
}

#[tokio::test]
async fn branches_are_checked_and_belong_to_their_taxpayer() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let bearer = Some(owner.token.expose());
    let path = "/permissions/subunits/grants";
    let mut body = serde_json::to_value(branch()).unwrap();
    body["contextIdentifier"]["value"] = json!("5265877635-12345");
    body["subunitName"] = json!(null);
    let answer = world.json("POST", path, bearer, body).await;
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!([
            "'contextIdentifier.value' has an incorrect check digit.",
            "'subunitName' must not be empty.",
        ])
    );
    let of_another = GrantSubunitAdministration::of_unit(
        person(PESEL),
        "7762811692-12347".parse().unwrap(),
        "Oddział w Gdańsku",
        "of another taxpayer",
    );
    assert_eq!(outcome(&world, &of_another, &owner).await.code, 410);
}

#[tokio::test]
async fn a_group_appoints_the_heads_of_its_members() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    assert_eq!(
        outcome(&world, &member(OTHER_NIP), &owner).await.code,
        430,
        "not a group"
    );
    for (kind, role, below, own) in [
        (
            SubjectKind::VatGroup,
            SubordinateRoleType::VatGroupSubUnit,
            EntityRoleType::VatGroupSubUnit,
            EntityRoleType::VatGroupUnit,
        ),
        (
            SubjectKind::Jst,
            SubordinateRoleType::LocalGovernmentSubUnit,
            EntityRoleType::LocalGovernmentSubUnit,
            EntityRoleType::LocalGovernmentUnit,
        ),
    ] {
        world.advance(jiff::SignedDuration::from_secs(60));
        let owner = world.owner(NIP).await.access_token;
        let subject = CreateSubject::new(NIP.parse().unwrap(), kind, "the parent")
            .with_subunit(OTHER_NIP.parse().unwrap(), "a member of it");
        world.call(&subject, None).await.unwrap();
        done(&world, &member(OTHER_NIP), &owner).await;
        assert_eq!(outcome(&world, &member(THIRD_NIP), &owner).await.code, 410);
        let context = format!("Nip:{OTHER_NIP}");
        let head = world.tokens_of(&world.person(PESEL), &context).await;
        let grant = GrantPersonPermissions::new(
            person(OTHER_PESEL),
            [PersonPermissionType::InvoiceRead],
            "a clerk of the member",
        );
        done(&world, &grant, &head.access_token).await;

        let members = world.ask(&QuerySubordinateRoles::new(), &owner).await;
        assert_eq!(members.roles.len(), 1);
        assert_eq!(members.roles[0].role, role);
        assert_eq!(members.roles[0].description, "a member of it");
        let none = QuerySubordinateRoles::new().with_entity(THIRD_NIP.parse().unwrap());
        assert_eq!(world.ask(&none, &owner).await.roles, []);
        let roles = world.ask(&QueryEntityRoles::new(), &owner).await.roles;
        assert_eq!((roles.len(), &roles[0].role), (1, &own));
        let roles = world
            .ask(&QueryEntityRoles::new(), &head.access_token)
            .await
            .roles;
        assert_eq!((roles.len(), &roles[0].role), (1, &below));
        let parent: ContextIdentifier = format!("Nip:{NIP}").parse().unwrap();
        assert_eq!(roles[0].parent_entity_identifier, Some(parent.into()));

        // Without the relation there is no head any more.
        let remove = RemoveSubject::new(NIP.parse().unwrap());
        world.call(&remove, None).await.unwrap();
        assert_eq!(
            sign_in_status(&world, &world.person(PESEL), &context).await,
            415
        );
        assert_eq!(world.ask(&QueryEntityRoles::new(), &owner).await.roles, []);
    }
}

#[tokio::test]
async fn who_manages_units_appoints_their_heads() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    let reader = employee(&world, &owner, [PersonPermissionType::CredentialsManage]).await;
    let refused = world.refused(&branch(), &reader.access_token).await;
    assert_eq!(required(&refused), ["SubunitManage"]);
    let manager = GrantPersonPermissions::new(
        person_by_nip(OTHER_NIP),
        [PersonPermissionType::SubunitManage],
        "manages the branches",
    );
    done(&world, &manager, &owner).await;
    let manager = world
        .tokens_of(&world.seal(OTHER_NIP), &format!("Nip:{NIP}"))
        .await
        .access_token;
    done(&world, &branch(), &manager).await;
    let appointed = world.ask(&QuerySubunitPermissions::new(), &manager).await;
    assert_eq!(
        appointed.permissions[0].author_identifier.to_string(),
        format!("Nip:{OTHER_NIP}")
    );
    let revoke = RevokePermission::new(appointed.permissions[0].id);
    done(&world, &revoke, &manager).await;
}
