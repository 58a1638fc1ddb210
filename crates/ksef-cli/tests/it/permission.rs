//! `ksef permission`.

use jiff::SignedDuration;
use ksef_core::clock::{Clock as _, SystemClock};
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::self_signed::{Validity, person_with_pesel};
use serde_json::{Value, json};

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User};

const PESEL: &str = "15062788702";
const FINGERPRINT: &str = "CEB3643BAC2C111ADDE971BDA5A80163441867D65389FC0BC0DFF8B4C1CD4E59";

/// Runs `ksef permission` against a local KSeF on behalf of the seller.
fn at(user: &User, ksef: &LocalKsef, arguments: &[&str]) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", SELLER];
    let line = ["permission"].iter().chain(arguments).chain(&place);
    user.run(line)
}

/// Grants the person with [`PESEL`] this permission.
fn grant_person<'a>(permission: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut line = vec!["grant", "person", PESEL, "--first-name", "Anna"];
    line.extend(["--last-name", "Nowak", "--permission", permission]);
    line.extend(["--description", "accounting"]);
    line.extend(more);
    line
}

/// A profile of the person with [`PESEL`] in the context of the seller.
fn anna(user: &User, ksef: &LocalKsef) {
    let from = SystemClock.now() - SignedDuration::from_hours(1);
    let identity = person_with_pesel(
        "Anna",
        "Nowak",
        &PESEL.parse().unwrap(),
        KeyKind::EcP256,
        Validity::days(from, 30),
    )
    .unwrap();
    let certificate = user.write("anna.pem", identity.certificate().to_pem());
    let key = user.write("anna.key", identity.key().to_pem());
    let url = ksef.url();
    // The first profile is the default one, and the owner stays it.
    let owner = ["profile", "add", "owner", "--self-signed", "--url", &url];
    user.run(owner.iter().chain(&["--context", SELLER]))
        .ends_with(0);
    user.run([
        "profile",
        "add",
        "anna",
        "--url",
        &url,
        "--context",
        SELLER,
        "--certificate",
        certificate.to_str().unwrap(),
        "--key",
        key.to_str().unwrap(),
    ])
    .ends_with(0);
}

#[test]
fn a_person_is_granted_listed_checked_and_withdrawn() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let dry = at(&user, &ksef, &grant_person("InvoiceRead", &["--dry-run"])).ends_with(0);
    assert!(
        dry.stdout.is_empty() && dry.stderr.contains("would grant Pesel:15062788702"),
        "{}",
        dry.stderr
    );
    at(&user, &ksef, &["list", "persons"]).ends_with(0);
    at(&user, &ksef, &grant_person("invoiceread", &[]))
        .says("granted Pesel:15062788702 in the context Nip:5265877635: InvoiceRead");
    let listed = at(&user, &ksef, &["list", "persons", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    let id = listed[0]["id"].as_str().unwrap();
    at(&user, &ksef, &["list", "persons"]).says("Anna Nowak");

    anna(&user, &ksef);
    user.run(["permission", "check", "--profile", "anna"])
        .says("InvoiceRead");
    let line = [
        "permission",
        "check",
        "--profile",
        "anna",
        "--permission",
        "InvoiceRead",
    ];
    user.run(line).says("InvoiceRead: allowed");
    let wanted = [
        "permission",
        "check",
        "--profile",
        "anna",
        "--for",
        "permissions.grant_person",
    ];
    let run = user.run(wanted).ends_with(3);
    assert!(
        run.stdout.contains("the owner of 5265877635 can grant it"),
        "{}",
        run.stdout
    );
    let run = user
        .run(wanted.iter().chain(&["--json"]))
        .ends_with(3)
        .json();
    assert_eq!(run["isOwner"], false);
    assert_eq!(run["permissions"], json!(["InvoiceRead"]));
    assert_eq!(run["checked"][0]["isAllowed"], false);
    assert_eq!(
        run["checked"][0]["missingAnyOf"][0]["grantors"][1],
        json!({"holderOf": "CredentialsManage", "in": {"type": "Nip", "value": SELLER}})
    );
    let refused = user.run(["permission", "list", "persons", "--profile", "anna"].iter());
    refused.fails_with(3, "ksef permission check");
    let mine = user
        .run([
            "permission",
            "list",
            "personal",
            "--profile",
            "anna",
            "--json",
        ])
        .ends_with(0)
        .json();
    assert_eq!(mine[0]["permissionScope"], "InvoiceRead");

    at(&user, &ksef, &["revoke", id, "--dry-run"]).ends_with(0);
    let revoked = at(&user, &ksef, &["revoke", id, "--json"])
        .ends_with(0)
        .json();
    assert_eq!(
        (&revoked[0]["id"], &revoked[0]["status"]["code"]),
        (&json!(id), &json!(200))
    );
    at(&user, &ksef, &["revoke", id]).fails_with(5, "do not belong together");
    let listed = at(&user, &ksef, &["list", "persons", "--json"]).json();
    assert_eq!(listed, json!([]));
}

#[test]
fn operations_may_be_left_to_themselves() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let started = at(
        &user,
        &ksef,
        &grant_person("InvoiceRead", &["--no-wait", "--json"]),
    )
    .ends_with(0)
    .json();
    assert_eq!(started["status"]["code"], 100);
    let reference = started["referenceNumber"].as_str().unwrap();
    at(&user, &ksef, &["status", reference, "--wait"]).says("200 Operacja zakończona sukcesem");
    let refused = at(&user, &ksef, &grant_person("EnforcementOperations", &[]));
    refused.fails_with(5, "the context lacks the role that this needs");
    let started = at(
        &user,
        &ksef,
        &grant_person("EnforcementOperations", &["--no-wait", "--json"]),
    )
    .json();
    let reference = started["referenceNumber"].as_str().unwrap();
    at(&user, &ksef, &["status", reference, "--wait"]).ends_with(5);
    at(&user, &ksef, &["status", reference, "--lang", "pl"]).ends_with(5);
    at(&user, &ksef, &["status", "nonsense"]).fails_with(2, "36");
}

#[test]
fn every_kind_of_grant_has_its_list() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let list = |arguments: &[&str]| -> Value {
        let line: Vec<&str> = ["list"]
            .iter()
            .chain(arguments)
            .chain(&["--json"])
            .copied()
            .collect();
        at(&user, &ksef, &line).ends_with(0).json()
    };
    let count = |arguments: &[&str]| list(arguments).as_array().unwrap().len();
    let person = [
        "--first-name",
        "Anna",
        "--last-name",
        "Nowak",
        "--description",
        "some text",
    ];
    let grant = |arguments: &[&str]| {
        let line: Vec<&str> = ["grant"].iter().chain(arguments).copied().collect();
        at(&user, &ksef, &line).ends_with(0);
    };
    grant(&[
        "entity",
        "7762811692",
        "--name",
        "Biuro Rachunkowe",
        "--delegable",
        "InvoiceRead",
        "--permission",
        "InvoiceWrite",
        "--description",
        "some text",
    ]);
    assert_eq!(
        count(&["persons", "--granted", "--permission", "InvoiceRead"]),
        1
    );
    grant(&[
        "authorization",
        "7762811692",
        "--name",
        "Nabywca",
        "--to",
        "self-invoicing",
        "--description",
        "some text",
    ]);
    grant(&[
        "authorization",
        "PPL123456",
        "--name",
        "Dostawca",
        "--description",
        "some text",
    ]);
    assert_eq!(count(&["authorizations"]), 2);
    assert_eq!(count(&["authorizations", "--to", "PPL123456"]), 1);
    assert_eq!(
        count(&["authorizations", "--authorization", "SelfInvoicing"]),
        1
    );
    assert_eq!(count(&["authorizations", "--received"]), 0);
    let id = list(&["authorizations"])[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    at(&user, &ksef, &["revoke", "--authorization", &id]).says("withdrew the authorisation");

    let indirect = [
        &["indirect", PESEL, "--permission", "InvoiceRead"][..],
        &person[..],
    ]
    .concat();
    grant(&[&indirect[..], &["--all-clients"]].concat());
    grant(&[&indirect[..], &["--client", "7762811692"]].concat());
    assert_eq!(count(&["persons", "--granted", "--state", "inactive"]), 2);
    assert_eq!(count(&["persons", "--target", "7762811692"]), 1);
    assert_eq!(count(&["persons", "--target", "AllPartners"]), 1);

    let unit = [
        "--unit",
        "5265877635-12346",
        "--unit-name",
        "Oddział w Gdańsku",
    ];
    grant(&[&["subunit", PESEL][..], &person[..], &unit[..]].concat());
    assert_eq!(count(&["subunits", "--unit", "5265877635-12346"]), 1);
    at(&user, &ksef, &["list", "subunits"]).says("Oddział w Gdańsku");

    grant(&[
        "eu-admin",
        FINGERPRINT,
        "--subject-name",
        "Beispiel GmbH",
        "--subject-address",
        "Hamburg",
        "--vat-number",
        "DE123456789",
        "--entity-name",
        "Beispiel GmbH",
        "--entity-address",
        "Berlin",
        "--description",
        "some text",
    ]);
    assert_eq!(count(&["eu", "--vat-number", "DE123456789"]), 4);
    assert_eq!(count(&["eu", "--permission", "VatUeManage"]), 1);
    assert_eq!(count(&["entities"]), 0);
    assert_eq!(count(&["roles"]), 0);
    assert_eq!(count(&["subordinate-roles", "--entity", "7762811692"]), 0);
    let limited = at(&user, &ksef, &["list", "eu", "--limit", "2"]).ends_with(0);
    assert!(limited.stderr.contains("--limit"), "{}", limited.stderr);
    at(&user, &ksef, &["attachments"]).says("are not allowed");
    at(&user, &ksef, &["list", "roles", "--lang", "pl"]).ends_with(0);
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_sent() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let cases: &[(&[&str], &str)] = &[
        (
            &[
                "grant",
                "person",
                FINGERPRINT,
                "--first-name",
                "Max",
                "--last-name",
                "Muster",
                "--permission",
                "InvoiceRead",
                "--description",
                "some text",
            ],
            "--birth-date",
        ),
        (
            &[
                "grant",
                "person",
                PESEL,
                "--first-name",
                "Max",
                "--last-name",
                "Muster",
                "--identifier",
                PESEL,
                "--permission",
                "InvoiceRead",
                "--description",
                "some text",
            ],
            "fingerprint",
        ),
        (
            &[
                "grant",
                "person",
                PESEL,
                "--first-name",
                "M",
                "--last-name",
                "Muster",
                "--permission",
                "InvoiceRead",
                "--description",
                "some text",
            ],
            "2 to 30",
        ),
        (
            &[
                "grant",
                "person",
                PESEL,
                "--first-name",
                "Max",
                "--last-name",
                "Muster",
                "--permission",
                "Fly",
                "--description",
                "some text",
            ],
            "InvoiceRead",
        ),
        (
            &[
                "grant",
                "authorization",
                "7762811692",
                "--name",
                "Nabywca",
                "--description",
                "some text",
            ],
            "self-invoicing",
        ),
        (
            &[
                "grant",
                "authorization",
                "PPL123456",
                "--name",
                "Dostawca",
                "--to",
                "self-invoicing",
                "--description",
                "some text",
            ],
            "pef-invoicing only",
        ),
        (
            &[
                "grant",
                "subunit",
                PESEL,
                "--first-name",
                "Max",
                "--last-name",
                "Muster",
                "--unit",
                "5265877635-12345",
                "--unit-name",
                "Oddział",
                "--description",
                "some text",
            ],
            "5265877635-12346 would be right",
        ),
        (
            &[
                "grant",
                "entity",
                "7762811692",
                "--name",
                "Biuro Rachunkowe",
                "--description",
                "some text",
            ],
            "--permission",
        ),
        (
            &[
                "grant",
                "indirect",
                PESEL,
                "--first-name",
                "Max",
                "--last-name",
                "Muster",
                "--permission",
                "InvoiceRead",
                "--description",
                "some text",
            ],
            "--client",
        ),
        (
            &[
                "grant",
                "eu-admin",
                FINGERPRINT,
                "--subject-name",
                "Beispiel GmbH",
                "--subject-address",
                "Hamburg",
                "--vat-number",
                "DE1",
                "--entity-name",
                "Beispiel GmbH",
                "--entity-address",
                "Berlin",
                "--description",
                "some text",
            ],
            "EU VAT number",
        ),
        (&["check", "--for", "POST /nothing"], "no such operation"),
        (&["revoke", "1"], "36"),
    ];
    for (line, said) in cases {
        at(&user, &ksef, line).fails_with(2, said);
    }
    let person = [
        "--first-name",
        "Max",
        "--last-name",
        "Muster",
        "--birth-date",
        "1990-02-01",
    ];
    let document = [
        "--document",
        "DE:passport:XX1234567",
        "--description",
        "some text",
    ];
    let line = [
        &["grant", "person", FINGERPRINT][..],
        &person[..],
        &document[..],
        &["--permission", "InvoiceRead"][..],
    ];
    at(&user, &ksef, &line.concat()).ends_with(0);
}
