//! `ksef collective`, `ksef peppol`, `ksef limit`.

use serde_json::{Value, json};

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User};

/// Runs a command against a local KSeF on behalf of somebody.
fn on_behalf(user: &User, ksef: &LocalKsef, who: &str, line: &[&str]) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", who];
    user.run(line.iter().copied().chain(place))
}

fn at(user: &User, ksef: &LocalKsef, line: &[&str]) -> Run {
    on_behalf(user, ksef, SELLER, line)
}

/// The KSeF numbers of that many invoices that were just accepted, by file name.
fn accepted(user: &User, ksef: &LocalKsef, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|index| format!("FV/{index}")).collect();
    let folder = user.invoices("outbox", names.iter().map(String::as_str));
    let url = ksef.url();
    let sent = user.send(&folder, &["--url", &url]).ends_with(0).json();
    let invoices = sent["invoices"].as_array().unwrap();
    let number = |invoice: &Value| invoice["ksefNumber"].as_str().unwrap().to_owned();
    invoices.iter().map(number).collect()
}

#[test]
fn invoices_are_put_together_and_found_again() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let numbers = accepted(&user, &ksef, 3);
    let (first, second) = (
        format!("{}=123,45", numbers[0]),
        format!("{}=5EUR", numbers[1]),
    );
    let create = ["collective", "create", &first, &second];
    let dry = at(&user, &ksef, &[&create[..], &["--dry-run"]].concat()).ends_with(0);
    assert!(dry.stdout.is_empty() && dry.stderr.contains("2 invoices"));
    let made = at(&user, &ksef, &create).ends_with(0).stdout;
    let identifier = made.trim();

    let listed = at(&user, &ksef, &["collective", "list", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(listed[0]["collectiveIdentifierNumber"], identifier);
    assert_eq!(listed[0]["invoiceCount"], 2);
    at(&user, &ksef, &["collective", "list"]).says("here");
    let none = ["collective", "list", "--made", "elsewhere"];
    assert!(at(&user, &ksef, &none).ends_with(0).stdout.is_empty());
    let far = [
        "collective",
        "list",
        "--since",
        "2026-01-01",
        "--until",
        "2026-12-31",
    ];
    at(&user, &ksef, &far).fails_with(2, "100 days");

    let invoices = at(&user, &ksef, &["collective", "invoices", identifier]);
    assert!(
        invoices.stdout.contains("123.45 PLN"),
        "{}",
        invoices.stdout
    );
    assert!(invoices.stdout.contains("5 EUR"), "{}", invoices.stdout);
    let hidden = ["collective", "invoices", identifier];
    on_behalf(&user, &ksef, "1234563218", &hidden).says("hidden");
    at(&user, &ksef, &["collective", "of", &numbers[0]]).says(identifier);
    let none = at(&user, &ksef, &["collective", "of", &numbers[2]]).ends_with(0);
    assert!(none.stderr.contains("belongs to no collective identifier"));
}

#[test]
fn a_file_says_what_is_put_together() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let numbers = accepted(&user, &ksef, 2);
    let payment = json!({"amount": 10.5, "currency": "PLN"});
    let list = json!({"invoices": [
        {"ksefNumber": numbers[0], "payment": payment, "description": "Zaliczka"},
        {"ksefNumber": numbers[1]},
    ]});
    let file = user.write("list.json", list.to_string());
    let file = file.to_str().unwrap();
    let made = at(
        &user,
        &ksef,
        &["collective", "create", "--file", file, "--json"],
    );
    let made = made.ends_with(0).json();
    assert_eq!(made["invoiceCount"], 2);
    let identifier = made["collectiveIdentifierNumber"].as_str().unwrap();
    let shown = at(
        &user,
        &ksef,
        &["collective", "invoices", identifier, "--json"],
    );
    let shown = shown.ends_with(0).json();
    // The order is that of acceptance, and invoices of one session overtake each other.
    let rows = shown.as_array().unwrap();
    let described = rows.iter().find(|row| row["ksefNumber"] == numbers[0]);
    let described = described.unwrap();
    assert_eq!(described["description"], "Zaliczka");
    assert_eq!(described["payment"], payment);
    let wrong = user.write("wrong.json", "[]");
    let wrong = wrong.to_str().unwrap();
    at(&user, &ksef, &["collective", "create", "--file", wrong])
        .fails_with(2, "no list of invoices");
}

#[test]
fn what_cannot_be_put_together_is_told() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let numbers = accepted(&user, &ksef, 1);
    let unknown = "5265877635-20250826-0100001AF629-AF";
    at(
        &user,
        &ksef,
        &["collective", "create", &numbers[0], unknown],
    )
    .fails_with(5, "71001");
    at(&user, &ksef, &["collective", "create", &numbers[0]]).fails_with(5, "21405");
    at(
        &user,
        &ksef,
        &["collective", "create", &numbers[0], &numbers[0]],
    )
    .fails_with(5, "71005");
    at(&user, &ksef, &["collective", "create"]).fails_with(2, "--file");
    at(&user, &ksef, &["collective", "create", "1-2=3"]).fails_with(2, "1-2=3");
    at(&user, &ksef, &["collective", "invoices", "nonsense"]).fails_with(2, "nonsense");
    let twisted = "1111111111-IZ202607-65ED02180000-E8";
    at(&user, &ksef, &["collective", "invoices", twisted]).fails_with(2, "E7");
}

#[test]
fn peppol_providers_are_listed_without_a_login() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let url = ksef.url();
    let none = user.run(["peppol", "list", "--url", &url]).ends_with(0);
    assert!(none.stderr.contains("no such providers"), "{}", none.stderr);
    on_behalf(&user, &ksef, "PeppolId:PPL123456", &["auth", "login"]).ends_with(0);
    user.run(["peppol", "list", "--url", &url])
        .says("PPL123456");
    let some = user.run(["peppol", "list", "--url", &url, "--name", "ppl12", "--json"]);
    assert_eq!(some.ends_with(0).json()[0]["id"], "PPL123456");
    let other = user.run([
        "peppol", "list", "--url", &url, "--name", "nobody", "--json",
    ]);
    assert_eq!(other.ends_with(0).json(), json!([]));
}

#[test]
fn every_limit_is_in_one_place() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let shown = at(&user, &ksef, &["limit", "show", "--json"])
        .ends_with(0)
        .json();
    for group in [
        "onlineSessionClose",
        "batchSessionClose",
        "collectiveIdentifier",
        "anonymous",
        "global",
        "other",
    ] {
        assert!(shown["rateLimits"][group].is_object(), "{group}: {shown}");
    }
    assert_eq!(
        shown["contextLimits"]["collectiveIdentifier"]["maxInvoices"],
        500
    );
    assert_eq!(
        shown["subjectLimits"]["certificate"]["maxCertificates"],
        100
    );
    let table = at(&user, &ksef, &["limit", "show"]).says("collectiveIdentifier");
    assert!(table.stdout.contains("no limit"), "{}", table.stdout);
    at(&user, &ksef, &["testdata", "rate", "production"]).ends_with(0);
    at(
        &user,
        &ksef,
        &[
            "testdata",
            "limit",
            "set-sessions",
            "--online-invoices",
            "77",
        ],
    )
    .ends_with(0);
    let table = at(&user, &ksef, &["limit", "show", "--lang", "pl"]).says("77");
    assert!(table.stdout.contains("180"), "{}", table.stdout);
    assert!(table.stdout.contains("NA GODZINĘ"), "{}", table.stdout);
}
