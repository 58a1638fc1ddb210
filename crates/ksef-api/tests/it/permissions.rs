//! Permissions: the form of requests, and what answers may leave out or add.

use ksef_api::identifier::Identifier;
use ksef_api::ops::permissions::{
    AttachmentConsent, AuthorizationType, EntityPermission, EntityPermissionType, EuEntity,
    EuPermissionType, EuSubject, GrantAuthorization, GrantEntityPermissions, GrantEuAdministration,
    GrantEuRepresentation, GrantIndirectPermissions, GrantPersonPermissions,
    GrantSubunitAdministration, IdDocument, IndirectPermissionType, PermissionAuthor,
    PermissionOperation, PermissionState, PermissionTarget, PersonIdentifier, PersonName,
    PersonPermissionType, PersonPermissions, PersonQueryType, PersonSubject, PersonalPermissions,
    QueryAuthorizations, QueryEntityRoles, QueryEuEntityPermissions, QueryPersonPermissions,
    QueryPersonalPermissions, TaxpayerAuthorization,
};
use ksef_api::page::PagedByOffset as _;
use ksef_api::request::to_http;
use ksef_api::status::PermissionOperationStatus;
use ksef_core::fingerprint::Fingerprint;
use ksef_core::nip::Nip;
use ksef_core::pesel::Pesel;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const FINGERPRINT: &str = "CEB3643BAC2C111ADDE971BDA5A80163441867D65389FC0BC0DFF8B4C1CD4E59";

/// The value is written as `json`, and read from it again.
fn both_ways<T>(value: &T, json: Value)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    assert_eq!(serde_json::to_value(value).unwrap(), json);
    assert_eq!(&serde_json::from_value::<T>(json).unwrap(), value);
}

fn nip() -> Nip {
    Nip::parse("5265877635").unwrap()
}

fn pesel() -> PersonIdentifier {
    PersonIdentifier::Pesel(Pesel::parse("15062788702").unwrap())
}

fn fingerprint() -> Fingerprint {
    Fingerprint::parse(FINGERPRINT).unwrap()
}

fn anna() -> PersonName {
    PersonName::new("Anna", "Nowak")
}

fn passport() -> IdDocument {
    IdDocument::new("passport", "XX1234567", "DE")
}

#[test]
fn a_person_comes_with_fitting_details() {
    both_ways(
        &GrantPersonPermissions::new(
            PersonSubject::by_identifier(pesel(), anna()),
            [
                PersonPermissionType::InvoiceRead,
                PersonPermissionType::CredentialsManage,
            ],
            "accounting",
        ),
        json!({
            "subjectIdentifier": {"type": "Pesel", "value": "15062788702"},
            "permissions": ["InvoiceRead", "CredentialsManage"],
            "description": "accounting",
            "subjectDetails": {
                "subjectDetailsType": "PersonByIdentifier",
                "personById": {"firstName": "Anna", "lastName": "Nowak"},
            },
        }),
    );
    both_ways(
        &PersonSubject::by_fingerprint(fingerprint(), anna(), PersonIdentifier::Nip(nip())),
        json!({
            "subjectIdentifier": {"type": "Fingerprint", "value": FINGERPRINT},
            "subjectDetails": {
                "subjectDetailsType": "PersonByFingerprintWithIdentifier",
                "personByFpWithId": {
                    "firstName": "Anna", "lastName": "Nowak",
                    "identifier": {"type": "Nip", "value": "5265877635"},
                },
            },
        }),
    );
    let birth = jiff::civil::date(1990, 2, 1);
    both_ways(
        &PersonSubject::by_fingerprint_without_identifier(fingerprint(), anna(), birth, passport()),
        json!({
            "subjectIdentifier": {"type": "Fingerprint", "value": FINGERPRINT},
            "subjectDetails": {
                "subjectDetailsType": "PersonByFingerprintWithoutIdentifier",
                "personByFpNoId": {
                    "firstName": "Anna", "lastName": "Nowak", "birthDate": "1990-02-01",
                    "idDocument": {"type": "passport", "number": "XX1234567", "country": "DE"},
                },
            },
        }),
    );
    let fingerprint = json!({"type": "Fingerprint", "value": FINGERPRINT});
    assert!(serde_json::from_value::<PersonIdentifier>(fingerprint).is_err());
}

#[test]
fn grants_to_entities() {
    both_ways(
        &GrantEntityPermissions::new(
            nip(),
            "Biuro Rachunkowe",
            [
                EntityPermission::new(EntityPermissionType::InvoiceRead),
                EntityPermission::delegable(EntityPermissionType::InvoiceWrite),
            ],
            "accounting",
        ),
        json!({
            "subjectIdentifier": {"type": "Nip", "value": "5265877635"},
            "permissions": [
                {"type": "InvoiceRead", "canDelegate": false},
                {"type": "InvoiceWrite", "canDelegate": true},
            ],
            "description": "accounting",
            "subjectDetails": {"fullName": "Biuro Rachunkowe"},
        }),
    );
    both_ways(
        &GrantAuthorization::to_taxpayer(
            nip(),
            "Nabywca sp. z o.o.",
            TaxpayerAuthorization::RrInvoicing,
            "farm produce",
        ),
        json!({
            "subjectIdentifier": {"type": "Nip", "value": "5265877635"},
            "permission": "RRInvoicing",
            "description": "farm produce",
            "subjectDetails": {"fullName": "Nabywca sp. z o.o."},
        }),
    );
    let provider =
        GrantAuthorization::to_peppol_provider("PPL123456".parse().unwrap(), "Dostawca", "peppol");
    assert_eq!(provider.permission, AuthorizationType::PefInvoicing);
    assert_eq!(
        serde_json::to_value(&provider).unwrap()["subjectIdentifier"],
        json!({"type": "PeppolId", "value": "PPL123456"})
    );
}

#[test]
fn grants_into_other_contexts() {
    let anna = PersonSubject::by_identifier(pesel(), anna());
    let indirect = |target| {
        let grant = GrantIndirectPermissions::new(
            anna.clone(),
            target,
            [IndirectPermissionType::InvoiceRead],
            "clients",
        );
        serde_json::to_value(grant).unwrap()["targetIdentifier"].clone()
    };
    assert_eq!(
        indirect(PermissionTarget::AllPartners),
        json!({"type": "AllPartners"})
    );
    assert_eq!(
        indirect(PermissionTarget::Nip(nip())),
        json!({"type": "Nip", "value": "5265877635"})
    );
    let unit = GrantSubunitAdministration::of_unit(
        anna.clone(),
        "5265877635-12346".parse().unwrap(),
        "Oddział w Gdańsku",
        "a new branch",
    );
    let json = serde_json::to_value(&unit).unwrap();
    assert_eq!(
        (&json["contextIdentifier"]["type"], &json["subunitName"]),
        (&json!("InternalId"), &json!("Oddział w Gdańsku"))
    );
    let member = GrantSubunitAdministration::of_member(anna, nip(), "a member");
    let json = serde_json::to_value(&member).unwrap();
    assert_eq!(json["contextIdentifier"]["type"], "Nip");
    assert_eq!(json.get("subunitName"), None);
}

#[test]
fn grants_for_eu_entities() {
    let seal = EuSubject::entity(fingerprint(), "Beispiel GmbH", "Berlin");
    let grant = GrantEuAdministration::new(
        seal.clone(),
        "5265877635-DE123456789".parse().unwrap(),
        EuEntity::new("Beispiel GmbH", "a".repeat(300)),
        "self-billing",
    );
    let json = serde_json::to_value(&grant).unwrap();
    assert_eq!(
        json["contextIdentifier"],
        json!({"type": "NipVatUe", "value": "5265877635-DE123456789"})
    );
    assert_eq!(json["subjectDetails"]["entityByFp"]["address"], "Berlin");
    let name = json["euEntityName"].as_str().unwrap();
    assert!(name.starts_with("Beispiel GmbH, aaa") && name.len() == 256);
    both_ways(&grant.with_entity_name("Beispiel"), {
        let mut json = json.clone();
        json["euEntityName"] = json!("Beispiel");
        json
    });
    both_ways(
        &GrantEuRepresentation::new(
            EuSubject::person_without_identifier(
                fingerprint(),
                anna(),
                jiff::civil::date(1990, 2, 1),
                passport(),
            ),
            [EuPermissionType::InvoiceWrite],
            "representative",
        ),
        json!({
            "subjectIdentifier": {"type": "Fingerprint", "value": FINGERPRINT},
            "permissions": ["InvoiceWrite"],
            "description": "representative",
            "subjectDetails": {
                "subjectDetailsType": "PersonByFingerprintWithoutIdentifier",
                "personByFpNoId": {
                    "firstName": "Anna", "lastName": "Nowak", "birthDate": "1990-02-01",
                    "idDocument": {"type": "passport", "number": "XX1234567", "country": "DE"},
                },
            },
        }),
    );
}

#[test]
fn queries_without_filters_are_empty_objects_and_pages_travel_in_the_query() {
    assert_eq!(
        serde_json::to_value(QueryPersonalPermissions::new()).unwrap(),
        json!({})
    );
    let query = QueryPersonPermissions::new(PersonQueryType::GrantedInCurrentContext)
        .with_author(PermissionAuthor::System)
        .with_target(PermissionTarget::AllPartners)
        .with_state(PermissionState::Inactive)
        .with_page_size(50)
        .with_page_offset(3);
    let http = to_http(&query, "https://api-test.ksef.mf.gov.pl/v2").unwrap();
    assert_eq!(http.uri().query(), Some("pageOffset=3&pageSize=50"));
    assert_eq!(
        serde_json::from_slice::<Value>(http.body()).unwrap(),
        json!({
            "queryType": "PermissionsGrantedInCurrentContext",
            "authorIdentifier": {"type": "System"},
            "targetIdentifier": {"type": "AllPartners"},
            "permissionState": "Inactive",
        })
    );
    let roles = to_http(&QueryEntityRoles::new(), "https://x/v2").unwrap();
    assert!(roles.uri().query().is_none() && roles.body().is_empty());
    assert_eq!(
        serde_json::to_value(QueryAuthorizations::received(Some(nip()))).unwrap(),
        json!({
            "queryType": "Received",
            "authorizingIdentifier": {"type": "Nip", "value": "5265877635"},
        })
    );
    assert_eq!(
        serde_json::to_value(
            QueryEuEntityPermissions::new()
                .with_vat_number("DE123456789")
                .with_fingerprint("CEB3")
        )
        .unwrap(),
        json!({"vatUeIdentifier": "DE123456789", "authorizedFingerprintIdentifier": "CEB3"})
    );
}

#[test]
fn answers_stay_readable_when_the_server_grows() {
    let page: PersonPermissions = serde_json::from_value(json!({
        "permissions": [{
            "id": "0c9a72e8-f344-457f-9c16-7c640eb60242",
            "authorizedIdentifier": {"type": "Passport", "value": "XX1"},
            "targetIdentifier": {"type": "AllPartners", "value": null},
            "authorIdentifier": {"type": "System", "value": null},
            "permissionScope": "Somersault",
            "description": "some text",
            "permissionState": "Sleeping",
            "startDate": "2026-11-21T08:00:00Z",
            "canDelegate": false,
            "more": 1,
        }],
        "hasMore": true,
    }))
    .unwrap();
    let (items, has_more) = QueryPersonPermissions::split(page);
    let item = &items[0];
    assert!(has_more);
    assert!(
        matches!(&item.authorized_identifier, Identifier::Other { kind, .. } if kind == "Passport")
    );
    assert_eq!(item.author_identifier, PermissionAuthor::System.into());
    assert_eq!(
        item.target_identifier,
        Some(PermissionTarget::AllPartners.into())
    );
    assert_eq!(item.permission_scope.as_str(), "Somersault");
    assert!(!item.permission_state.is_known());

    let old: PersonalPermissions =
        serde_json::from_value(json!({"permissions": [], "hasMore": false})).unwrap();
    assert!(old.owner_permissions.is_empty(), "a server before 2.9");
    let consent: AttachmentConsent = serde_json::from_value(json!({})).unwrap();
    assert_eq!(consent, AttachmentConsent::default());
    let operation: PermissionOperation = serde_json::from_value(
        json!({"status": {"code": 430, "description": "x", "details": null}}),
    )
    .unwrap();
    assert_eq!(
        operation.operation_status(),
        PermissionOperationStatus::WrongRole
    );
}
