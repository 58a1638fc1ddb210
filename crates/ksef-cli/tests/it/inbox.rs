//! `ksef inbox`: from a local KSeF to a file, and what can be asked of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

const BUYER: &str = "7762811692";

/// Sends invoices of these numbers, each in a session of its own, and waits until they can be found.
fn send(user: &User, ksef: &LocalKsef, numbers: &[&str]) {
    let before = ksef.accepted().len();
    for number in numbers {
        let buyer = format!("<NIP>{BUYER}</NIP>");
        let xml = invoice(SELLER, number).replace("<BrakID>1</BrakID>", &buyer);
        user.write("one/invoice.xml", xml);
        let url = ksef.url();
        user.send(&user.path("one"), &["--url", &url, "--context", SELLER])
            .ends_with(0);
    }
    for _ in 0..200 {
        let found = at(
            user,
            ksef,
            SELLER,
            "invoice search --role seller --complete --json",
        );
        let found = found.json()["invoices"].as_array().unwrap().len();
        if found == before + numbers.len() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the invoices were never stored");
}

fn at(user: &User, ksef: &LocalKsef, nip: &str, line: &str) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", nip];
    user.run(line.split(' ').chain(place))
}

fn new_of(synced: &Value, role: &str) -> u64 {
    let roles = synced["roles"].as_array().unwrap();
    let role = roles.iter().find(|it| it["role"] == role).unwrap();
    role["new"].as_u64().unwrap()
}

#[test]
fn an_inbox_holds_what_ksef_has_and_says_so() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    send(&user, &ksef, &["M/1", "M/2"]);
    let inbox = |line: &str| at(&user, &ksef, BUYER, &format!("inbox {line}"));
    let missing = inbox("list").ends_with(2);
    assert!(
        missing.stderr.contains("ksef inbox sync"),
        "{}",
        missing.stderr
    );

    let first = inbox("sync --json").ends_with(0).json();
    assert_eq!(
        (new_of(&first, "Subject2"), new_of(&first, "Subject1")),
        (2, 0)
    );
    send(&user, &ksef, &["M/3", "M/4", "M/5", "M/6", "M/7", "M/8"]);
    let second = inbox("sync --json").ends_with(0).json();
    assert_eq!(
        new_of(&second, "Subject2"),
        6,
        "more than are downloaded one by one"
    );
    let third = inbox("sync --role buyer").ends_with(0);
    assert!(third.stdout.contains("buyer"), "{}", third.stdout);

    let listed = inbox("list --json").ends_with(0).json();
    let hashes: BTreeSet<String> = listed["invoices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|invoice| invoice["invoiceHash"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(hashes, ksef.accepted_once().into_iter().collect());
    let one = inbox("list --number M/3 --json").ends_with(0).json();
    let number = one["invoices"][0]["ksefNumber"].as_str().unwrap();
    let two = inbox("list --limit 2").ends_with(0);
    assert_eq!(two.stdout.lines().count(), 3, "{}", two.stdout);
    assert!(two.stderr.contains("--limit"), "{}", two.stderr);
    let csv = inbox("list --csv --text m/4").ends_with(0);
    assert_eq!(csv.stdout.lines().count(), 2, "{}", csv.stdout);
    let none = inbox("list --party 1234563218").ends_with(0);
    assert!(none.stdout.is_empty() && none.stderr.contains("no such"));

    let shown = inbox(&format!("show {number}")).ends_with(0);
    assert!(shown.stdout.contains("M/3"), "{}", shown.stdout);
    let xml = inbox(&format!("show --xml {number}")).ends_with(0);
    assert!(xml.stdout.contains("<P_2>M/3</P_2>"));
    let unknown = inbox("show 5265877635-20261121-0A1B2C3D4E5F-A6").ends_with(2);
    assert!(
        unknown.stderr.contains("ksef invoice get"),
        "{}",
        unknown.stderr
    );

    let done = inbox("export -o all --with-json --json")
        .ends_with(0)
        .json();
    assert_eq!(done["invoices"], json!(8));
    assert_eq!(user.files("all").len(), 17);
    inbox("export -o all --with-json").ends_with(0);
    let stored = std::fs::read(user.path(&format!("all/{number}.xml"))).unwrap();
    assert_eq!(stored, xml.stdout.as_bytes());

    let sound = inbox("verify --json").ends_with(0).json();
    assert_eq!(
        (&sound["documents"], &sound["damaged"]),
        (&json!(8), &json!([]))
    );
    let buyer = sound["roles"]
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["role"] == "Subject2");
    assert_eq!(buyer.unwrap()["listed"], json!(8));
    let offline = inbox("verify --offline").ends_with(0);
    assert!(offline.stdout.contains('8'), "{}", offline.stdout);
}

#[test]
fn an_inbox_belongs_to_one_context_and_a_dry_run_makes_none() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    send(&user, &ksef, &["M/1"]);
    let dry = at(&user, &ksef, BUYER, "inbox sync --dry-run").ends_with(0);
    assert!(dry.stderr.contains(".sqlite"), "{}", dry.stderr);
    at(&user, &ksef, BUYER, "inbox list").ends_with(2);
    at(&user, &ksef, BUYER, "inbox sync --role buyer").ends_with(0);
    at(&user, &ksef, SELLER, "inbox list").ends_with(2);
    let seller = at(&user, &ksef, SELLER, "inbox sync --role seller --json").ends_with(0);
    assert_eq!(new_of(&seller.json(), "Subject1"), 1);
    let early = at(&user, &ksef, BUYER, "inbox sync --from tomorrow").ends_with(2);
    assert!(early.stderr.contains("2026-11-21"), "{}", early.stderr);
}

#[test]
fn what_fails_on_the_way_is_told_and_the_next_sync_goes_on() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    send(&user, &ksef, &["M/1", "M/2", "M/3", "M/4", "M/5", "M/6"]);
    let sync = || {
        at(
            &user,
            &ksef,
            BUYER,
            "inbox sync --role buyer --json --timeout 1",
        )
    };
    ksef.with_fault("invoices.export:never-finish*1");
    let pending = sync().ends_with(6);
    assert!(
        pending.stderr.contains("ksef inbox sync"),
        "{}",
        pending.stderr
    );
    ksef.clear_faults();
    // The export of before is asked for again, and only that.
    sync().ends_with(6);
    let list = at(&user, &ksef, BUYER, "inbox list").ends_with(0);
    assert!(list.stdout.is_empty());
}
