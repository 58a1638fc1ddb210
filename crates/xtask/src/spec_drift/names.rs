//! Names and codes: enumerations, statuses, exception codes.

use std::collections::BTreeSet;

use ksef_api::ops::{auth, keys, sessions, testdata, tokens};
use ksef_api::problem::catalogue;
use ksef_api::status::{AuthStatus, InvoiceStatus, SessionStatus, TokenStatus};
use ksef_core::reference::SessionKind;
use serde_json::Value;

use super::Report;
use super::document::{Document, array};

/// Schemas of enumerations with the names that we know.
const ENUMERATIONS: &[(&str, &[&str])] = &[
    ("AuthenticationMethod", auth::AuthenticationMethod::KNOWN),
    (
        "AuthenticationMethodCategory",
        auth::AuthenticationMethodCategory::KNOWN,
    ),
    ("AuthenticationTokenStatus", TokenStatus::KNOWN),
    ("CommonSessionStatus", sessions::SessionPhase::KNOWN),
    ("InvoicingMode", sessions::InvoicingMode::KNOWN),
    ("PublicKeyCertificateUsage", keys::PublicKeyUsage::KNOWN),
    ("SessionType", sessions::SessionType::KNOWN),
    ("SubjectIdentifierType", testdata::SubjectLimitsType::KNOWN),
    ("SubjectType", testdata::SubjectKind::KNOWN),
    (
        "TestDataPermissionType",
        testdata::TestPermissionType::KNOWN,
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
    check_statuses(document, report);
    check_exceptions(document, report);
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
        ("SessionStatusResponse", 12),
        ("SessionInvoiceStatusResponse", 12),
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
                "SessionStatusResponse" => {
                    SessionStatus::from_code(code).describe(kind.unwrap_or(SessionKind::Online))
                }
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

fn row(line: &str) -> Option<(i32, String)> {
    let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
    Some((cells.next()?.parse().ok()?, cells.next()?.to_owned()))
}

/// Every code of a table of status 400 is in the catalogue; some codes have two descriptions, one has to agree.
fn check_exceptions(document: &Document, report: &mut Report) {
    let mut theirs: Vec<(i32, String)> = document
        .operations()
        .filter_map(|operation| {
            operation
                .node
                .pointer("/responses/400/description")?
                .as_str()
        })
        .flat_map(|text| text.lines().filter_map(row))
        .collect();
    theirs.sort();
    theirs.dedup();
    report.check(theirs.len() > 40, || {
        format!(
            "only {} exception codes were found in the contract",
            theirs.len()
        )
    });
    let codes: BTreeSet<i32> = theirs.iter().map(|(code, _)| *code).collect();
    for code in &codes {
        let described = catalogue::find(*code)
            .is_some_and(|entry| theirs.contains(&(*code, entry.description.to_owned())));
        report.check(described, || {
            format!("exception {code}: not in our catalogue as described")
        });
    }
    for entry in catalogue::all() {
        report.check(codes.contains(&entry.code), || {
            format!("exception {}: not in the contract", entry.code)
        });
    }
}
