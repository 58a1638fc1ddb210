//! `ksef invoice search` and `ksef invoice export`.

use serde_json::{Value, json};

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

const BUYER: &str = "7762811692";

/// A local KSeF with invoices of these numbers, stored.
fn stocked(numbers: &[&str]) -> (User, LocalKsef) {
    let (user, ksef) = (User::new(), LocalKsef::start());
    for (index, number) in numbers.iter().enumerate() {
        let buyer = format!("<NIP>{BUYER}</NIP>");
        let xml = invoice(SELLER, number).replace("<BrakID>1</BrakID>", &buyer);
        user.write(&format!("out/{index}.xml"), xml);
    }
    let folder = user.path("out");
    let url = ksef.url();
    user.send(&folder, &["--url", &url, "--context", SELLER])
        .ends_with(0);
    for _ in 0..200 {
        let found = at(&user, &ksef, "invoice search --role seller --json");
        if found.json()["invoices"].as_array().unwrap().len() == numbers.len() {
            return (user, ksef);
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the invoices were never stored");
}

fn at(user: &User, ksef: &LocalKsef, line: &str) -> Run {
    as_who(user, ksef, SELLER, line)
}

fn as_who(user: &User, ksef: &LocalKsef, nip: &str, line: &str) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", nip];
    user.run(line.split(' ').chain(place))
}

fn numbers(found: &Value) -> Vec<&str> {
    let invoices = found["invoices"].as_array().unwrap();
    invoices
        .iter()
        .map(|invoice| invoice["invoiceNumber"].as_str().unwrap())
        .collect()
}

#[test]
fn a_search_shows_what_fits() {
    let (user, ksef) = stocked(&["S/1", "S/2", "S/3"]);
    let found = at(&user, &ksef, "invoice search --role seller --json")
        .ends_with(0)
        .json();
    let ascending = numbers(&found);
    let mut sorted = ascending.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["S/1", "S/2", "S/3"]);
    assert_eq!(found["hasMore"], json!(false));
    assert!(found["permanentStorageHwmDate"].is_string());
    assert_eq!(found["invoices"][0]["seller"]["nip"], json!(SELLER));

    let two = at(
        &user,
        &ksef,
        "invoice search --role seller --newest-first --limit 2 --json",
    )
    .ends_with(0)
    .json();
    let latest: Vec<_> = ascending.iter().rev().take(2).copied().collect();
    assert_eq!(numbers(&two), latest);
    assert_eq!(two["hasMore"], json!(true));

    let table = at(&user, &ksef, "invoice search --role seller --number S/2").ends_with(0);
    assert_eq!(table.stdout.lines().count(), 2, "{}", table.stdout);
    assert!(table.stdout.contains("S/2") && table.stdout.contains("PLN"));

    let csv = at(&user, &ksef, "invoice search --role seller --csv").ends_with(0);
    let lines: Vec<_> = csv.stdout.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("ksefNumber,invoiceNumber,issueDate"));
    assert_eq!(
        lines[1].split(',').count(),
        lines[0].split(',').count(),
        "{}",
        csv.stdout
    );

    let none = at(&user, &ksef, "invoice search").ends_with(0);
    assert!(none.stdout.is_empty() && none.stderr.contains("no such invoices"));
    assert!(none.stderr.contains("--role seller"), "{}", none.stderr);
    let purchases = as_who(&user, &ksef, BUYER, "invoice search --json")
        .ends_with(0)
        .json();
    assert_eq!(numbers(&purchases).len(), 3);
}

/// Each option on its own, so that it fits all or none.
#[test]
fn every_option_of_the_filter_reaches_ksef() {
    let (user, ksef) = stocked(&["S/1"]);
    for (option, fits) in [
        ("--by issued --from 2026-11-02 --to 2026-11-02", true),
        ("--by issued --from 2026-11-03", false),
        ("--by received --to 2026-01-01 --from 2025-12-01", false),
        ("--from 2020-01-01", true),
        ("--complete --from 2026-01-01 --to 2026-01-31", false),
        ("--seller 5265877635", true),
        ("--seller 7762811692", false),
        ("--buyer 7762811692", true),
        ("--buyer VatUe:DE123456789", false),
        ("--buyer none", false),
        ("--min 0.01", true),
        ("--min 1000000", false),
        ("--max -1", false),
        ("--amount vat --min 23 --max 23", true),
        ("--amount net --max 99.99", false),
        ("--currency pln", true),
        ("--currency EUR --currency USD", false),
        ("--mode offline", true),
        ("--mode online", false),
        ("--form FA", true),
        ("--form PEF", false),
        ("--type vat --type Kor", true),
        ("--type KorZal", false),
        ("--self-billed yes", false),
        ("--self-billed no", true),
        ("--attachment yes", false),
        ("--number s/1", false),
        ("--role third-party", false),
    ] {
        let role = if option.starts_with("--role") {
            String::new()
        } else {
            " --role seller".to_owned()
        };
        let line = format!("invoice search --json {option}{role}");
        let found = at(&user, &ksef, &line).ends_with(0).json();
        assert_eq!(!numbers(&found).is_empty(), fits, "{option}");
    }
    for (option, word) in [
        ("--from tomorrow", "2026-11-21"),
        ("--from 2026-11-21 --to 2026-11-20", "--from"),
        ("--buyer Nip:1", "NIP"),
        ("--currency ZZZ", "PLN"),
        ("--type Hologram", "KorZal"),
        ("--complete --by issued", "--by stored"),
    ] {
        let line = format!("invoice search {option}");
        let refused = at(&user, &ksef, &line).ends_with(2);
        assert!(
            refused.stderr.contains(word),
            "{option}: {}",
            refused.stderr
        );
    }
}

#[test]
fn an_export_becomes_files_as_they_were_sent() {
    let (user, ksef) = stocked(&["E/1", "E/2"]);
    for form in ["zip", "tar-gz"] {
        let line = format!("invoice export --role seller --pack {form} -o {form} --json");
        let done = at(&user, &ksef, &line).ends_with(0).json();
        assert_eq!(done["invoiceCount"], json!(2));
        assert_eq!(done["filesWritten"], json!(3));
        assert_eq!(done["isTruncated"], json!(false));
        let files = user.files(form);
        assert_eq!(files.len(), 3, "{files:?}");
        let sent: Vec<Vec<u8>> = user
            .files("out")
            .iter()
            .map(|path| std::fs::read(path).unwrap())
            .collect();
        for path in &files {
            let name = path.file_name().unwrap().to_str().unwrap();
            let content = std::fs::read(path).unwrap();
            match name.strip_prefix("metadata-") {
                Some(_) => {
                    let metadata: Value = serde_json::from_slice(&content).unwrap();
                    let mut numbers = numbers(&metadata);
                    numbers.sort_unstable();
                    assert_eq!(numbers, ["E/1", "E/2"]);
                }
                None => assert!(sent.contains(&content), "{name}"),
            }
        }
    }
}

#[test]
fn exports_share_a_folder_and_replace_nothing() {
    let (user, ksef) = stocked(&["E/1"]);
    let export = "invoice export --role seller -o in --json";
    at(&user, &ksef, export).ends_with(0);
    let again = at(&user, &ksef, export).ends_with(0).json();
    assert_eq!(
        (&again["filesWritten"], &again["filesAlreadyThere"]),
        (&json!(1), &json!(1)),
        "metadata have the name of their export"
    );
    let invoice = user
        .files("in")
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "xml"))
        .unwrap();
    std::fs::write(&invoice, "mine").unwrap();
    let before = user.files("in");
    let refused = at(&user, &ksef, export).ends_with(2);
    assert!(
        refused.stderr.contains("other content"),
        "{}",
        refused.stderr
    );
    assert_eq!(std::fs::read(&invoice).unwrap(), b"mine");
    assert_eq!(user.files("in"), before, "nothing half written is left");
    at(&user, &ksef, "invoice export --role seller -o in --force").ends_with(0);
    assert_ne!(std::fs::read(&invoice).unwrap(), b"mine");
}

#[test]
fn metadata_alone_nothing_and_what_is_refused() {
    let (user, ksef) = stocked(&["E/1"]);
    let lists = "invoice export --role seller --only-metadata -o lists --json";
    let done = at(&user, &ksef, lists).ends_with(0).json();
    assert_eq!(
        (&done["invoiceCount"], &done["filesWritten"]),
        (&json!(1), &json!(1))
    );
    let empty = at(&user, &ksef, "invoice export -o empty --json")
        .ends_with(0)
        .json();
    assert_eq!(
        (&empty["invoiceCount"], &empty["filesWritten"]),
        (&json!(0), &json!(0))
    );
    assert!(user.files("empty").is_empty());
    let dry = at(&user, &ksef, "invoice export -o dry --dry-run").ends_with(0);
    assert!(dry.stderr.contains("would export") && !user.path("dry").exists());
    let long = at(&user, &ksef, "invoice export --from 2020-01-01 -o x").ends_with(2);
    assert!(long.stderr.contains("100 days"), "{}", long.stderr);
    let ahead = "invoice export --complete --from 2099-01-01T00:00:00Z -o x";
    let refused = at(&user, &ksef, ahead).ends_with(5);
    assert!(refused.stderr.contains("420"), "{}", refused.stderr);
    ksef.with_fault("invoices.export:never-finish*1");
    let pending = at(&user, &ksef, "invoice export --timeout 1 -o x").ends_with(6);
    assert!(pending.stderr.contains("export"), "{}", pending.stderr);
}

#[test]
fn an_export_that_was_interrupted_goes_on_with_the_same_package() {
    let (user, ksef) = stocked(&["E/1"]);
    let export = "invoice export --role seller -o in";
    ksef.with_fault("GET /storage/*:502-html");
    let failed = at(&user, &ksef, export).ends_with(8);
    assert!(!failed.stderr.contains("sig="), "{}", failed.stderr);
    let kept = user.files("in");
    let is_hidden = |path: &std::path::PathBuf| path.starts_with(user.path("in/.ksef-export"));
    assert!(kept.iter().all(is_hidden), "{kept:?}");
    ksef.clear_faults();
    // With another request it is forgotten, with the same one it is finished: KSeF makes no other package.
    ksef.with_fault("invoices.export:error=21182");
    let done = at(&user, &ksef, export).ends_with(0);
    assert!(done.stderr.contains("going on"), "{}", done.stderr);
    let files = user.files("in");
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(!files.iter().any(is_hidden));
    at(&user, &ksef, export).ends_with(5);
}

#[test]
fn sessions_are_found_by_everything_that_ksef_takes() {
    let (user, ksef) = stocked(&["L/1"]);
    let list = |options: &str| {
        let line = format!("session list --json {options}");
        let found = at(&user, &ksef, line.trim_end()).ends_with(0).json();
        found.as_array().unwrap().clone()
    };
    let all = list("");
    assert_eq!(all.len(), 1);
    let reference = all[0]["referenceNumber"].as_str().unwrap();
    assert_eq!(list(&format!("--reference {reference}")).len(), 1);
    assert_eq!(
        list("--reference 20261121-SO-0000000000-0000000000-00").len(),
        0
    );
    for (option, count) in [
        ("--since 2020-01-01", 1),
        ("--until 2020-01-01", 0),
        ("--closed-since 2020-01-01", 1),
        ("--closed-until 2020-01-01", 0),
        ("--active-since 2020-01-01T00:00:00Z", 1),
        ("--active-until 2020-01-01", 0),
        ("--status succeeded", 1),
        ("--status cancelled", 0),
        ("--type batch", 0),
    ] {
        assert_eq!(list(option).len(), count, "{option}");
    }
}
