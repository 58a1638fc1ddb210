//! Names and codes: enumerations, statuses, exception codes.

use std::collections::BTreeSet;

use ksef_api::operation::Operation;
use ksef_api::ops::{auth, certificates, invoices, keys, permissions, sessions, testdata, tokens};
use ksef_api::problem::catalogue;
use ksef_api::status::{
    AuthStatus, CertificateStatus, EnrollmentStatus, ExportStatus, InvoiceStatus,
    PermissionOperationStatus, SessionStatus, TokenStatus,
};
use ksef_core::reference::SessionKind;
use serde_json::Value;

use super::Report;
use super::document::{Document, array, row};

/// Schemas of enumerations with the names that we know.
const ENUMERATIONS: &[(&str, &[&str])] = &[
    ("AmountType", invoices::AmountType::KNOWN),
    ("AuthenticationMethod", auth::AuthenticationMethod::KNOWN),
    (
        "AuthenticationMethodCategory",
        auth::AuthenticationMethodCategory::KNOWN,
    ),
    ("AuthenticationTokenStatus", TokenStatus::KNOWN),
    ("CertificateListItemStatus", CertificateStatus::KNOWN),
    (
        "CertificateRevocationReason",
        certificates::RevocationReason::KNOWN,
    ),
    ("BuyerIdentifierType", invoices::BuyerIdentifierType::KNOWN),
    ("CommonSessionStatus", sessions::SessionPhase::KNOWN),
    ("CompressionType", invoices::CompressionType::KNOWN),
    ("CurrencyCode", invoices::CurrencyCode::KNOWN),
    ("InvoiceQueryDateType", invoices::DateType::KNOWN),
    ("InvoiceQueryFormType", invoices::InvoiceFormType::KNOWN),
    ("InvoiceQuerySubjectType", invoices::SubjectRole::KNOWN),
    ("InvoiceType", invoices::InvoiceType::KNOWN),
    (
        "EntityAuthorizationPermissionType",
        permissions::AuthorizationType::KNOWN,
    ),
    (
        "EntityPermissionItemScope",
        permissions::EntityPermissionType::KNOWN,
    ),
    (
        "EntityPermissionType",
        permissions::EntityPermissionType::KNOWN,
    ),
    ("EntityRoleType", permissions::EntityRoleType::KNOWN),
    (
        "EntitySubjectDetailsType",
        permissions::EntityDetailsType::KNOWN,
    ),
    (
        "EuEntityPermissionSubjectDetailsType",
        permissions::EuSubjectDetailsType::KNOWN,
    ),
    (
        "EuEntityPermissionType",
        permissions::EuPermissionType::KNOWN,
    ),
    (
        "EuEntityPermissionsQueryPermissionType",
        permissions::EuPermissionScope::KNOWN,
    ),
    (
        "IndirectPermissionType",
        permissions::IndirectPermissionType::KNOWN,
    ),
    (
        "InvoicePermissionType",
        permissions::AuthorizationType::KNOWN,
    ),
    ("OwnerPermissionScope", permissions::OwnerPermission::KNOWN),
    ("PermissionState", permissions::PermissionState::KNOWN),
    (
        "PersonPermissionScope",
        permissions::PersonPermissionType::KNOWN,
    ),
    (
        "PersonPermissionSubjectDetailsType",
        permissions::PersonDetailsType::KNOWN,
    ),
    (
        "PersonPermissionType",
        permissions::PersonPermissionType::KNOWN,
    ),
    (
        "PersonPermissionsQueryType",
        permissions::PersonQueryType::KNOWN,
    ),
    (
        "PersonSubjectDetailsType",
        permissions::PersonDetailsType::KNOWN,
    ),
    (
        "PersonalPermissionScope",
        permissions::PersonalPermissionScope::KNOWN,
    ),
    (
        "PersonalPermissionType",
        permissions::PersonalPermissionScope::KNOWN,
    ),
    ("QueryType", permissions::AuthorizationQueryType::KNOWN),
    (
        "SubordinateEntityRoleType",
        permissions::SubordinateRoleType::KNOWN,
    ),
    (
        "SubunitPermissionScope",
        permissions::SubunitPermissionScope::KNOWN,
    ),
    ("InvoicingMode", sessions::InvoicingMode::KNOWN),
    ("KsefCertificateType", certificates::CertificateType::KNOWN),
    ("PublicKeyCertificateUsage", keys::PublicKeyUsage::KNOWN),
    ("SessionType", sessions::SessionType::KNOWN),
    ("SortOrder", invoices::SortOrder::KNOWN),
    ("SubjectIdentifierType", testdata::SubjectLimitsType::KNOWN),
    ("SubjectType", testdata::SubjectKind::KNOWN),
    (
        "TestDataPermissionType",
        testdata::TestPermissionType::KNOWN,
    ),
    (
        "ThirdSubjectIdentifierType",
        invoices::ThirdSubjectIdentifierType::KNOWN,
    ),
    ("TokenAuthorIdentifierType", tokens::TokenAuthorType::KNOWN),
    ("TokenPermissionType", tokens::TokenPermission::KNOWN),
];

pub(super) fn check(document: &Document, report: &mut Report) {
    for (schema, ours) in ENUMERATIONS {
        let theirs: BTreeSet<_> = document
            .schema(schema)
            .map(|schema| {
                array(schema.get("enum"))
                    .filter_map(Value::as_str)
                    .collect()
            })
            .unwrap_or_default();
        let mine: BTreeSet<_> = ours.iter().copied().collect();
        report.check(mine == theirs, || {
            format!("{schema}: we know {mine:?}, the contract has {theirs:?}")
        });
    }
    check_roles(document, report);
    check_statuses(document, report);
    check_exceptions(document, report);
}

/// Roles are numbers, which the contract lists in prose.
fn check_roles(document: &Document, report: &mut Report) {
    let third = invoices::ThirdSubjectRole::KNOWN;
    let authorised = invoices::AuthorisedSubjectRole::KNOWN;
    for (schema, ours) in [
        (
            "InvoiceMetadataThirdSubject",
            third
                .iter()
                .map(|role| role.number())
                .collect::<BTreeSet<_>>(),
        ),
        (
            "InvoiceMetadataAuthorizedSubject",
            authorised.iter().map(|role| role.number()).collect(),
        ),
    ] {
        let theirs: BTreeSet<_> = document
            .schema(schema)
            .and_then(|schema| schema.pointer("/properties/role/description")?.as_str())
            .map(|text| text.lines().filter_map(row).map(|(role, _)| role).collect())
            .unwrap_or_default();
        report.check(ours == theirs, || {
            format!("{schema}: we know the roles {ours:?}, the contract has {theirs:?}")
        });
    }
}

fn check_statuses(document: &Document, report: &mut Report) {
    let rows = |schema: &str| -> Vec<(Option<SessionKind>, i32, String)> {
        document
            .schema(schema)
            .and_then(|schema| schema.pointer("/properties/status/description")?.as_str())
            .map(status_rows)
            .unwrap_or_default()
    };
    for (schema, rows_min) in [
        ("AuthenticationOperationStatusResponse", 10),
        ("CertificateEnrollmentStatusResponse", 6),
        ("SessionStatusResponse", 12),
        ("SessionInvoiceStatusResponse", 12),
        ("InvoiceExportStatusResponse", 7),
        ("PermissionsOperationStatusResponse", 10),
    ] {
        let rows = rows(schema);
        report.check(rows.len() >= rows_min, || {
            format!("{schema}: only {} rows of statuses were found", rows.len())
        });
        for (kind, code, theirs) in rows {
            let mine = match schema {
                "AuthenticationOperationStatusResponse" => {
                    AuthStatus::from_code(code).description()
                }
                "CertificateEnrollmentStatusResponse" => {
                    EnrollmentStatus::from_code(code).description()
                }
                "PermissionsOperationStatusResponse" => {
                    PermissionOperationStatus::from_code(code).description()
                }
                "SessionStatusResponse" => {
                    SessionStatus::from_code(code).describe(kind.unwrap_or(SessionKind::Online))
                }
                "InvoiceExportStatusResponse" => ExportStatus::from_code(code).description(),
                _ => InvoiceStatus::from_code(code).description(),
            };
            // "Nieznany błąd ({statusCode})" is filled in by the server.
            let fixed = theirs.split(" ({").next().unwrap_or_default();
            report.check(mine.starts_with(fixed), || {
                format!("{schema} {code}: we say {mine:?}, the contract {theirs:?}")
            });
        }
    }
}

/// Rows `| code | description | …` with the kind of session whose table they stand in.
fn status_rows(text: &str) -> Vec<(Option<SessionKind>, i32, String)> {
    let mut kind = None;
    let mut rows = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("Sesja wsadowa:") {
            kind = Some(SessionKind::Batch);
        } else if line.starts_with("Sesja interaktywna:") {
            kind = Some(SessionKind::Online);
        }
        if let Some((code, description)) = row(line) {
            rows.push((kind, code, description));
        }
    }
    rows
}

/// The codes that the contract documents for each operation, with their descriptions, are those of the catalogue.
fn check_exceptions(document: &Document, report: &mut Report) {
    let mut pairs = 0;
    for spec in document.operations() {
        let Some(operation) = Operation::route(spec.method, spec.path) else {
            continue; // reported as an unknown operation
        };
        let theirs = spec.exception_codes();
        for (code, descriptions) in &theirs {
            pairs += 1;
            let mine = catalogue::of(operation, *code).map(|entry| entry.description);
            report.check(
                mine.is_some_and(|mine| descriptions.iter().all(|theirs| theirs == mine)),
                || {
                    format!(
                        "{operation}: error {code} is {descriptions:?}, our catalogue says {mine:?}"
                    )
                },
            );
        }
        let (mine, theirs): (BTreeSet<_>, BTreeSet<_>) = (
            catalogue::documented(operation).iter().collect(),
            theirs.keys().collect(),
        );
        report.check(mine == theirs, || {
            format!("{operation}: our catalogue lists the errors {mine:?}, the contract {theirs:?}")
        });
    }
    report.check(pairs > 180, || {
        format!("only {pairs} error codes were found in the contract")
    });
}
