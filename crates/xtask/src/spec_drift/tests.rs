use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;

/// The contract; `None`, and said so, when it is not there.
fn contract() -> Option<Value> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map(PathBuf::from);
    let Some(folder) = find_spec(&repository.unwrap()) else {
        eprintln!("skipped: no openapi.json, set KSEF_SPEC_DIR to the folder that holds it");
        return None;
    };
    let text = std::fs::read(folder.join("openapi.json")).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}

/// One change of the document: where, the new value (nothing: it goes), and how it is told.
struct Change {
    at: &'static str,
    to: Option<Value>,
    /// Part of a line of [`Report::changes`].
    told: &'static str,
    /// Part of a line of [`Report::findings`]; empty where the code need not follow.
    found: &'static str,
}

fn change(at: &'static str, to: Value, told: &'static str, found: &'static str) -> Change {
    Change {
        at,
        to: Some(to),
        told,
        found,
    }
}

fn removal(at: &'static str, told: &'static str, found: &'static str) -> Change {
    Change {
        at,
        to: None,
        told,
        found,
    }
}

/// Each change of the contract has to be found, or the comparison proves nothing.
fn check_changes(changes: Vec<Change>) {
    let Some(contract) = contract() else {
        return;
    };
    for Change {
        at,
        to,
        told,
        found,
    } in changes
    {
        let mut changed = contract.clone();
        let (parent, name) = at.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/");
        let members = changed
            .pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap();
        match to {
            Some(value) => {
                members.insert(name, value);
            }
            None => assert!(members.remove(&name).is_some(), "{at}"),
        }
        let report = check(&Document::of(changed));
        let (changes, findings) = (&report.changes, &report.findings);
        let is_told = |lines: &[String], part: &str| lines.iter().any(|line| line.contains(part));
        assert!(
            is_told(changes, told),
            "{at}: {told} is not in {changes:#?}"
        );
        assert!(
            found.is_empty() || is_told(findings, found),
            "{at}: {found} is not in {findings:#?}"
        );
    }
}

#[test]
fn the_contract_itself_has_no_drift() {
    if let Some(contract) = contract() {
        let report = check(&Document::of(contract));
        assert_eq!((report.changes, report.findings), (vec![], vec![]));
        assert!(report.facts > 4_000, "{}", report.facts);
    }
}

#[test]
fn changes_of_operations_are_found() {
    let operation = json!({"get": {"responses": {"200": {}}}});
    check_changes(vec![
        change(
            "/paths/~1new",
            operation,
            "GET /new: new in the contract",
            "GET /new: no operation",
        ),
        removal(
            "/paths/~1tokens/get",
            "GET /tokens: gone from the contract",
            "GET /tokens: not in the contract",
        ),
        change(
            "/paths/~1tokens/get/x-rate-limits/perHour",
            json!(121),
            "GET /tokens, request limits: now 121 perHour instead of 120 perHour",
            "group other",
        ),
        change(
            "/paths/~1tokens/get/responses/429/description",
            json!("| **x** | 1 | 1 | 1 | novel\n"),
            "now group novel instead of group other",
            "GET /tokens: group other",
        ),
        change(
            "/paths/~1sessions~1online/post/x-required-permissions",
            json!(["InvoiceWrite"]),
            "POST /sessions/online, permissions: no longer PefInvoiceWrite, EnforcementOperations",
            "POST /sessions/online: permissions",
        ),
        change(
            "/paths/~1auth~1challenge/post/security",
            json!([{"Bearer": []}]),
            "POST /auth/challenge, bearer: now required instead of none",
            "bearer",
        ),
        change(
            "/paths/~1tokens~1{referenceNumber}/get/responses/410",
            json!({"description": "x"}),
            "statuses: now also 410",
            "GET /tokens/{referenceNumber}: statuses",
        ),
        change(
            "/paths/~1tokens/post/responses/200",
            json!({"description": "x"}),
            "POST /tokens, statuses: now also 200",
            "POST /tokens: success",
        ),
    ]);
}

#[test]
fn changes_of_parameters_are_found() {
    check_changes(vec![
        change(
            "/paths/~1auth~1token~1refresh/post/parameters",
            json!([{"name": "x", "in": "query", "schema": {"type": "string"}}]),
            "POST /auth/token/refresh, query x: new in the contract (string)",
            "query",
        ),
        change(
            "/paths/~1auth~1token~1refresh/post/parameters",
            json!([{"name": "x-novel", "in": "header", "schema": {"type": "string"}}]),
            "header x-novel: new",
            "headers",
        ),
        change(
            "/paths/~1auth~1sessions/get/parameters",
            json!([]),
            "GET /auth/sessions, query pageSize: gone from the contract",
            "query",
        ),
        change(
            "/paths/~1auth~1sessions/get/parameters",
            json!([
                {"name": "x-continuation-token", "in": "header", "schema": {"type": "string"}},
                {"name": "pageSize", "in": "query", "required": true,
                 "schema": {"type": "integer", "format": "int32", "minimum": 10, "maximum": 200, "default": 10}}
            ]),
            "query pageSize: now up to 200, required instead of up to 100",
            "",
        ),
        change(
            "/paths/~1tokens/post/requestBody/content",
            json!({"application/xml": {"schema": {"type": "string"}}}),
            "POST /tokens, body application/json: gone",
            "POST /tokens: typed JSON body",
        ),
        change(
            "/paths/~1tokens/post/requestBody/content/application~1json/schema/required",
            json!(["permissions", "description", "novel"]),
            "POST /tokens, body application/json: now also requires novel",
            "",
        ),
    ]);
}

#[test]
fn changes_of_errors_are_found() {
    check_changes(vec![
        change(
            "/paths/~1tokens/get/responses/400/description",
            json!("| 21001 | Nieczytelna treść. | |\n| 29999 | Nowy. | |"),
            "GET /tokens, error codes: now 29999 instead of 21405, 21418",
            "GET /tokens: error 29999",
        ),
        change(
            "/paths/~1tokens/get/responses/400/description",
            json!("| 21001 | Inny opis. | |\n| 21405 | Błąd walidacji danych wejściowych. | |"),
            "GET /tokens, error codes: no longer 21418",
            "GET /tokens: error 21001 is",
        ),
        change(
            "/components/schemas/UnauthorizedProblemDetails/properties/novel",
            json!({"type": "string"}),
            "UnauthorizedProblemDetails.novel: new in the contract (string)",
            "novel: lost",
        ),
    ]);
}

#[test]
fn changes_of_fields_are_found() {
    check_changes(vec![
        change(
            "/components/schemas/SessionStatusResponse/properties/novel",
            json!({"type": "string"}),
            "SessionStatusResponse.novel: new in the contract (string)",
            "novel: lost",
        ),
        removal(
            "/components/schemas/SessionStatusResponse/properties/validUntil",
            "SessionStatusResponse.validUntil: gone from the contract",
            "",
        ),
        removal(
            "/components/schemas/GenerateTokenResponse/properties/token",
            "GenerateTokenResponse.token: gone from the contract",
            "missing field `token`",
        ),
        change(
            "/components/schemas/GenerateTokenResponse/required",
            json!(["referenceNumber"]),
            "GenerateTokenResponse.token: no longer required",
            "missing field `token`",
        ),
        change(
            "/components/schemas/SessionStatusResponse/required",
            json!(["status", "dateCreated", "dateUpdated", "validUntil"]),
            "SessionStatusResponse.validUntil: now also required",
            "",
        ),
        change(
            "/components/schemas/TokenStatusResponse/properties/description",
            json!({"type": "string", "nullable": true, "minLength": 5, "maxLength": 256}),
            "TokenStatusResponse.description: now also nullable",
            "",
        ),
        change(
            "/components/schemas/TokenStatusResponse/properties/dateCreated",
            json!({"type": "integer"}),
            "TokenStatusResponse.dateCreated: now integer instead of ",
            "GET /tokens/{referenceNumber} answer",
        ),
        change(
            "/components/schemas/Novel",
            json!({"type": "object", "properties": {"x": {"type": "string"}}}),
            "Novel: new in the contract",
            "",
        ),
    ]);
}

#[test]
fn changes_of_enumerations_and_limits_are_found() {
    check_changes(vec![
        change(
            "/components/schemas/SessionType/enum",
            json!(["Online"]),
            "SessionType, is: no longer \"Batch\"",
            "SessionType",
        ),
        change(
            "/components/schemas/TokenPermissionType/enum",
            json!(["InvoiceRead", "InvoiceWrite", "Novel"]),
            "now \"Novel\" instead of",
            "Novel at /permissions/0 is not known",
        ),
        change(
            "/components/schemas/GenerateTokenRequest/properties/description/maxLength",
            json!(300),
            "GenerateTokenRequest.description: now at most 300 characters instead of at most 256 characters",
            "",
        ),
        change(
            "/components/schemas/GenerateTokenRequest/properties/permissions/minItems",
            json!(2),
            "GenerateTokenRequest.permissions: now also at least 2 entries",
            "",
        ),
        change(
            "/components/schemas/Nip/pattern",
            json!("^N$"),
            "Nip, is: now pattern ^N$ instead of pattern",
            "",
        ),
        change(
            "/components/schemas/OnlineSessionContextLimitsOverride/properties/maxInvoices/maximum",
            json!(5),
            "OnlineSessionContextLimitsOverride.maxInvoices: now up to 5 instead of up to",
            "",
        ),
    ]);
}

#[test]
fn a_record_reads_back_as_it_was_written() {
    let recorded = Facts::parse(RECORDED);
    assert!(recorded.len() > 1_400, "{}", recorded.len());
    let again = Facts::parse(&recorded.to_text());
    assert_eq!(again, recorded);
    assert!(recorded.changes_to(&again).is_empty());
    if let Some(contract) = contract() {
        assert_eq!(Facts::of(&Document::of(contract)).to_text(), RECORDED);
    }
}
