//! Bodies of requests in both directions.

use ksef_api::operation::RateGroup;
use ksef_api::ops::auth::{AllowedIps, SubmitKsefToken};
use ksef_api::ops::limits::{ContextLimits, RateLimits, RateValues};
use ksef_api::ops::sessions::{OpenOnlineSession, SendInvoiceBody};
use ksef_api::ops::testdata::{
    BlockContext, CreatePerson, CreateSubject, GrantTestPermissions, RemovePerson, RemoveSubject,
    RevokeTestPermissions, SetRateLimits, SetSessionLimits, SetSubjectLimits, SubjectKind,
    TestPermission, TestPermissionType, UnblockContext,
};
use ksef_api::ops::tokens::{GenerateToken, TokenPermission};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::form_code::FormCode;
use ksef_core::key_id::KeyId;
use ksef_core::nip::Nip;
use ksef_core::pesel::Pesel;
use ksef_core::reference::Challenge;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const KEY: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=";

fn nip() -> Nip {
    Nip::parse("9999999999").unwrap()
}

fn pesel() -> Pesel {
    Pesel::parse("90010112345").unwrap()
}

/// The value is written as this JSON, and this JSON is read as the value.
fn both_ways<T>(value: &T, json: Value)
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    assert_eq!(serde_json::to_value(value).unwrap(), json);
    assert_eq!(&serde_json::from_value::<T>(json).unwrap(), value);
}

#[test]
fn ksef_token() {
    let challenge = Challenge::parse("20261121-CR-0123456789-ABCDEF0123-4A").unwrap();
    let context = ContextIdentifier::Nip(nip());
    let key = KeyId::parse(KEY).unwrap();
    let call = SubmitKsefToken::new(challenge, context, vec![0, 255], key);
    both_ways(
        &call,
        json!({
            "challenge": "20261121-CR-0123456789-ABCDEF0123-4A",
            "contextIdentifier": {"type": "Nip", "value": "9999999999"},
            "encryptedToken": "AP8=",
            "publicKeyId": KEY,
        }),
    );
    let ips = AllowedIps {
        ip4_masks: vec!["10.0.0.0/8".to_owned()],
        ..AllowedIps::default()
    };
    let limited = serde_json::to_value(call.with_allowed_ips(ips)).unwrap();
    assert_eq!(
        limited["authorizationPolicy"],
        json!({"allowedIps": {"ip4Masks": ["10.0.0.0/8"]}})
    );
}

#[test]
fn ksef_token_of_older_clients() {
    let call: SubmitKsefToken = serde_json::from_value(json!({
        "challenge": "20261121-CR-0123456789-ABCDEF0123-4A",
        "contextIdentifier": {"type": "nip", "value": "9999999999"},
        "encryptedToken": "AP8=",
        "publicKeyId": null,
        "authorizationPolicy": {"allowedIps": {"ip4Addresses": null, "ip4Ranges": ["1.1.1.1-1.1.1.9"]}},
        "unknown": {"deep": [1]},
    }))
    .unwrap();
    assert_eq!(call.public_key_id, None);
    let ips = call.authorization_policy.unwrap().allowed_ips.unwrap();
    assert_eq!((ips.ip4_addresses.len(), ips.ip4_ranges.len()), (0, 1));
}

#[test]
fn sessions() {
    let json = json!({
        "formCode": {"systemCode": "FA (9)", "schemaVersion": "1-0E", "value": "FA"},
        "encryption": {"encryptedSymmetricKey": "AP8=", "initializationVector": "AAAAAAAAAAAAAAAAAAAAAA=="},
    });
    let open: OpenOnlineSession = serde_json::from_value(json.clone()).unwrap();
    assert!(matches!(open.form_code, FormCode::Other(_)));
    both_ways(&open, json);

    let invoice: SendInvoiceBody = serde_json::from_value(json!({
        "invoiceHash": KEY,
        "invoiceSize": 5,
        "encryptedInvoiceHash": KEY,
        "encryptedInvoiceSize": 16,
        "encryptedInvoiceContent": "AAAAAAAAAAAAAAAAAAAAAA==",
        "offlineMode": null,
        "hashOfCorrectedInvoice": null,
    }))
    .unwrap();
    assert!(!invoice.offline_mode && invoice.hash_of_corrected_invoice.is_none());
    let refused = serde_json::from_value::<SendInvoiceBody>(json!({
        "invoiceHash": "short", "invoiceSize": 5, "encryptedInvoiceHash": KEY,
        "encryptedInvoiceSize": 16, "encryptedInvoiceContent": "",
    }));
    assert!(refused.is_err());
}

#[test]
fn tokens() {
    both_ways(
        &GenerateToken::new(
            [
                TokenPermission::InvoiceRead,
                TokenPermission::Other("Dancing".to_owned()),
            ],
            "księgowość",
        ),
        json!({"permissions": ["InvoiceRead", "Dancing"], "description": "księgowość"}),
    );
}

#[test]
fn entities_and_persons() {
    both_ways(
        &CreateSubject::new(nip(), SubjectKind::Jst, "gmina")
            .with_subunit(nip(), "szkoła")
            .with_created_date("2026-01-01T00:00:00Z".parse().unwrap()),
        json!({
            "subjectNip": "9999999999", "subjectType": "JST", "description": "gmina",
            "subunits": [{"subjectNip": "9999999999", "description": "szkoła"}],
            "createdDate": "2026-01-01T00:00:00.0000000+00:00",
        }),
    );
    both_ways(
        &RemoveSubject::new(nip()),
        json!({"subjectNip": "9999999999"}),
    );
    both_ways(
        &CreatePerson::new(nip(), pesel(), "komornik")
            .with_bailiff()
            .with_deceased(),
        json!({
            "nip": "9999999999", "pesel": "90010112345", "isBailiff": true, "isDeceased": true,
            "description": "komornik",
        }),
    );
    both_ways(&RemovePerson::new(nip()), json!({"nip": "9999999999"}));
}

#[test]
fn permissions_and_blocks() {
    let subject = SubjectIdentifier::Pesel(pesel());
    let permission = TestPermission::new(TestPermissionType::InvoiceWrite, "wystawianie");
    both_ways(
        &GrantTestPermissions::new(nip(), subject, [permission]),
        json!({
            "contextIdentifier": {"type": "Nip", "value": "9999999999"},
            "authorizedIdentifier": {"type": "Pesel", "value": "90010112345"},
            "permissions": [{"description": "wystawianie", "permissionType": "InvoiceWrite"}],
        }),
    );
    both_ways(
        &RevokeTestPermissions::new(nip(), subject),
        json!({
            "contextIdentifier": {"type": "Nip", "value": "9999999999"},
            "authorizedIdentifier": {"type": "Pesel", "value": "90010112345"},
        }),
    );
    let context = json!({"contextIdentifier": {"type": "Nip", "value": "9999999999"}});
    both_ways(&BlockContext::new(nip().into()), context.clone());
    both_ways(&UnblockContext::new(nip().into()), context);
}

#[test]
fn limits() {
    both_ways(
        &SetSessionLimits::new(ContextLimits::default()),
        json!({
            "onlineSession": {"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 10_000},
            "batchSession": {"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 10_000},
            "collectiveIdentifier": {"maxInvoices": 500},
        }),
    );
    both_ways(&SetSubjectLimits::new(), json!({}));
    both_ways(
        &SetSubjectLimits::new()
            .with_enrollments_max(2)
            .with_certificates_max(1),
        json!({"enrollment": {"maxEnrollments": 2}, "certificate": {"maxCertificates": 1}}),
    );
}

#[test]
fn overridden_rate_limits_change_their_groups_only() {
    let names = [
        "onlineSession",
        "batchSession",
        "invoiceSend",
        "invoiceStatus",
        "sessionList",
        "sessionInvoiceList",
        "sessionMisc",
        "invoiceMetadata",
        "invoiceExport",
        "invoiceExportStatus",
        "invoiceDownload",
        "other",
    ];
    let limits: serde_json::Map<_, _> = names
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                json!({"perSecond": 1, "perMinute": 2, "perHour": 3}),
            )
        })
        .collect();
    let json = json!({"rateLimits": limits});
    let call: SetRateLimits = serde_json::from_value(json.clone()).unwrap();
    both_ways(&call, json);

    let before = RateLimits::from_groups(RateGroup::production);
    let after = call.rate_limits.apply_to(before);
    let changed = RateValues {
        per_second: 1,
        per_minute: 2,
        per_hour: 3,
    };
    for group in RateGroup::ALL.iter().copied() {
        let expected = if names.contains(&group.as_str()) {
            changed.into()
        } else {
            group.production()
        };
        assert_eq!(after.limit(group), expected, "{group}");
    }
}
