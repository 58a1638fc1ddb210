use ksef_api::operation;
use serde_json::{Value, json};

use super::*;

const OFFICE: &str = "Nip:5265877635";
const CLIENT: &str = "Nip:7762811692";

fn granted(scope: &str, more: Value) -> PersonalPermission {
    let mut item = json!({
        "id": "0c9a72e8-f344-457f-9c16-7c640eb60242",
        "permissionScope": scope,
        "description": "some text",
        "permissionState": "Active",
        "startDate": "2026-11-21T08:00:00Z",
        "canDelegate": false,
    });
    for (name, value) in more.as_object().unwrap() {
        item[name] = value.clone();
    }
    serde_json::from_value(item).unwrap()
}

fn nip(text: &str) -> Value {
    json!({"type": "Nip", "value": text.trim_start_matches("Nip:")})
}

fn rights(context: &str, granted: Vec<PersonalPermission>) -> Rights {
    let mut rights = Rights {
        context: context.parse().unwrap(),
        owner: Vec::new(),
        granted,
        roles: None,
        token: None,
        held: BTreeSet::new(),
    };
    rights.held = rights.effective();
    rights
}

fn held(rights: &Rights) -> Vec<&'static str> {
    rights.held().map(Permission::as_str).collect()
}

#[test]
fn direct_permissions_hold_where_they_were_granted() {
    let here = rights(
        OFFICE,
        vec![
            granted("InvoiceRead", json!({"contextIdentifier": nip(OFFICE)})),
            // Some servers name no context, some name the context as the target too.
            granted("Introspection", json!({})),
            granted(
                "InvoiceWrite",
                json!({"contextIdentifier": nip(OFFICE), "targetIdentifier": nip(OFFICE)}),
            ),
            granted("Somersault", json!({})),
        ],
    );
    assert_eq!(
        held(&here),
        ["InvoiceRead", "InvoiceWrite", "Introspection"]
    );
    assert!(here.allows(&operation::sessions::OPEN_ONLINE));
    assert!(!here.allows(&operation::permissions::GRANT_PERSON));
    assert!(here.allows(&operation::limits::RATE_LIMITS));
}

#[test]
fn what_is_for_others_does_not_count_here() {
    let received = granted("InvoiceRead", json!({"contextIdentifier": nip(CLIENT)}));
    let general = granted(
        "InvoiceRead",
        json!({"contextIdentifier": nip(OFFICE), "targetIdentifier": {"type": "AllPartners"}}),
    );
    let selective = granted(
        "InvoiceWrite",
        json!({"contextIdentifier": nip(OFFICE), "targetIdentifier": nip(CLIENT)}),
    );
    let all = vec![received, general, selective];
    assert!(held(&rights(OFFICE, all.clone())).is_empty());
    assert_eq!(
        held(&rights(CLIENT, all[1..].to_vec())),
        ["InvoiceRead", "InvoiceWrite"]
    );
}

#[test]
fn what_is_inactive_is_missing_and_says_so() {
    let sleeping = granted(
        "InvoiceRead",
        json!({
            "contextIdentifier": nip(OFFICE), "targetIdentifier": nip(CLIENT),
            "permissionState": "Inactive",
        }),
    );
    let rights = rights(CLIENT, vec![sleeping]);
    let missing = rights.missing([Permission::InvoiceRead]);
    assert!(missing[0].is_inactive && !missing[0].is_beyond_token);
}

#[test]
fn a_token_limits_its_owner() {
    let mut rights = rights(OFFICE, Vec::new());
    rights.owner = vec![OwnerPermission::InvoiceRead, OwnerPermission::InvoiceWrite];
    rights.token = Some(BTreeSet::from([Permission::InvoiceRead]));
    rights.held = rights.effective();
    assert!(rights.is_owner());
    assert_eq!(held(&rights), ["InvoiceRead"]);
    let missing = rights.missing_for(&operation::sessions::OPEN_ONLINE);
    let beyond: Vec<_> = missing
        .iter()
        .filter(|missing| missing.is_beyond_token)
        .map(|missing| missing.permission)
        .collect();
    assert_eq!(beyond, [Permission::InvoiceWrite]);
}

#[test]
fn who_could_grant_depends_on_the_context() {
    let grantors = |context: &str, permission| {
        let missing = rights(context, Vec::new()).missing([permission]);
        missing.into_iter().next().unwrap()
    };
    let owner = Grantor::Owner("5265877635".parse().unwrap());
    let holder = |permission, context: &str| Grantor::Holder {
        permission,
        context: context.parse().unwrap(),
    };
    assert_eq!(
        grantors(OFFICE, Permission::InvoiceRead).grantors,
        [owner.clone(), holder(Permission::CredentialsManage, OFFICE)]
    );
    let unit = "InternalId:5265877635-12346";
    assert_eq!(
        grantors(unit, Permission::CredentialsManage).grantors,
        [
            owner.clone(),
            holder(Permission::SubunitManage, OFFICE),
            holder(Permission::CredentialsManage, unit)
        ]
    );
    assert_eq!(
        grantors(unit, Permission::InvoiceWrite).grantors,
        [holder(Permission::CredentialsManage, unit)]
    );
    let eu = "NipVatUe:5265877635-DE123456789";
    assert_eq!(
        grantors(eu, Permission::InvoiceWrite).grantors,
        [
            holder(Permission::VatUeManage, eu),
            owner.clone(),
            holder(Permission::CredentialsManage, OFFICE)
        ]
    );
    assert_eq!(
        grantors(eu, Permission::VatUeManage).grantors,
        [owner, holder(Permission::CredentialsManage, OFFICE)]
    );
    assert!(
        grantors(OFFICE, Permission::VatUeManage)
            .grantors
            .is_empty()
    );
    assert!(
        grantors("PeppolId:PPL123456", Permission::PefInvoiceWrite)
            .grantors
            .is_empty()
    );
}

#[test]
fn enforcement_needs_a_role_first() {
    let mut rights = rights(OFFICE, Vec::new());
    let needed = |rights: &Rights| {
        let missing = rights.missing([Permission::EnforcementOperations]);
        missing[0].needs_role.len()
    };
    assert_eq!(needed(&rights), 2);
    rights.roles = Some(vec![
        serde_json::from_value(json!({
            "role": "CourtBailiff", "description": "some text", "startDate": "2026-11-21T08:00:00Z",
        }))
        .unwrap(),
    ]);
    assert_eq!(needed(&rights), 0);
}
