//! `ksef invoice send` with files, folders, disks and journals that are not as they should be.

use std::process::Stdio;

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

#[test]
fn each_bad_file_is_named_and_the_good_one_goes() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let good = invoice(SELLER, "A/1");
    let mut long = good.clone();
    long.push_str(&" ".repeat(1_000_001 - good.len()));
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("1-text.xml", b"no xml".to_vec(), "xml-not-well-formed"),
        ("2-empty.xml", Vec::new(), "file-empty"),
        (
            "3-bom.xml",
            [b"\xEF\xBB\xBF", good.as_bytes()].concat(),
            "encoding-bom",
        ),
        ("4-long.xml", long.into_bytes(), "file-too-large"),
        (
            "5-latin.xml",
            good.replace("UTF-8", "ISO-8859-2").into_bytes(),
            "encoding-declaration",
        ),
        (
            "6-wide.xml",
            good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "encoding-utf16",
        ),
        (
            "7-other.xml",
            b"<a xmlns='b'/>".to_vec(),
            "schema-unknown-document",
        ),
        (
            "8-cut.xml",
            good.as_bytes()[..600].to_vec(),
            "xml-not-well-formed",
        ),
    ];
    user.write("in/0-good.xml", &good);
    for (name, bytes, _) in &cases {
        user.write(&format!("in/{name}"), bytes);
    }
    let url = ksef.url();
    let run = user.send(&user.path("in"), &["--url", &url]).ends_with(4);
    assert_eq!((run.total("accepted"), run.total("invalid")), (1, 8));
    let json = run.json();
    let rows = json["invoices"].as_array().unwrap();
    for (row, (name, _, rule)) in rows.iter().skip(1).zip(&cases) {
        assert!(row["file"].as_str().unwrap().ends_with(name));
        assert_eq!(row["findings"][0]["rule"], *rule, "{row}");
        assert!(!row["findings"][0]["messagePl"].as_str().unwrap().is_empty());
        assert!(row["reason"].as_str().unwrap().contains(rule), "{row}");
    }
    assert!(rows[8]["findings"][0]["line"].as_u64().unwrap() > 5);

    // For a person: one line each, in the language of the person.
    let polish = user.run([
        "--lang",
        "pl",
        "invoice",
        "send",
        "--url",
        url.as_str(),
        "in/3-bom.xml",
        "in/8-cut.xml",
    ]);
    let polish = polish.ends_with(4);
    assert!(
        polish.stdout.contains("znacznikiem BOM"),
        "{}",
        polish.stdout
    );
    assert_eq!(ksef.taken(), 1);

    // Strict: all or nothing.
    user.write("in/9-good.xml", invoice(SELLER, "A/2"));
    let run = user
        .send(&user.path("in"), &["--url", &url, "--strict"])
        .ends_with(4);
    assert_eq!((run.total("notSent"), ksef.taken()), (2, 1));
}

#[test]
fn paths_that_give_nothing_are_told() {
    let user = User::new();
    std::fs::create_dir_all(user.path("empty")).unwrap();
    for (path, words) in [("empty", "no .xml files"), ("missing.xml", "no such file")] {
        let run = user.send(path.as_ref(), &[]).ends_with(4);
        let reason = run.json()["badPaths"][0]["reason"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(reason.contains(words), "{reason}");
    }
    assert!(
        !user.home().join("data/sandbox").exists(),
        "no sandbox is started for nothing"
    );
    user.run(["invoice", "send"]).ends_with(2);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    let path = user.write("in/secret.xml", invoice(SELLER, "A/1"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let run = user.send(&path, &[]).ends_with(4);
    assert!(
        run.json()["invoices"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("cannot be read")
    );
}

#[test]
fn an_invoice_from_the_future_is_refused_before_it_is_sent_to_an_official_environment() {
    let user = User::new();
    let text = invoice(SELLER, "A/1").replace("<P_1>2026-11-02", "<P_1>2049-12-31");
    let path = user.write("a.xml", text);
    let run = user.send(&path, &["--env", "test"]).ends_with(4);
    assert_eq!(
        run.json()["invoices"][0]["findings"][0]["rule"],
        "issue-date-future"
    );
    let ksef = LocalKsef::start();
    let run = user.send(&path, &["--url", &ksef.url()]).ends_with(5);
    assert_eq!(
        run.json()["invoices"][0]["statusCode"],
        450,
        "{}",
        run.stdout
    );
}

#[cfg(unix)]
#[test]
fn a_full_disk_stops_the_sending_and_leaves_a_journal_that_can_be_read() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let numbers: Vec<String> = (0..8).map(|number| format!("D/{number}")).collect();
    let folder = user.invoices("in", numbers.iter().map(String::as_str));
    // The journal reaches each of these sizes at another step.
    for kilobytes in [1, 2, 3, 4, 5, 6, 7, 8] {
        let limited = std::process::Command::new("bash")
            .arg("-c")
            .arg(format!(
                "trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" invoice send --json --jobs 1 --url \"$1\" \"$2\""
            ))
            .args([env!("CARGO_BIN_EXE_ksef"), url.as_str()])
            .arg(&folder)
            .env("KSEF_HOME", user.home())
            .env("LANG", "C")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let run = Run::of(limited);
        assert_eq!(
            run.code,
            Some(1),
            "{kilobytes}: {}{}",
            run.stdout,
            run.stderr
        );
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(told.contains("journal"), "{kilobytes}: {told}");
        for journal in user.journals() {
            let text = std::fs::read_to_string(journal).unwrap();
            assert!(
                text.is_empty() || text.ends_with('\n'),
                "no half line stays"
            );
        }
    }
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!(run.total("accepted") + run.total("acceptedBefore"), 8);
    assert_eq!((ksef.accepted_once().len(), ksef.taken()), (8, 8));
}

#[test]
fn a_torn_line_is_removed_and_a_damaged_one_stops_everything() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = user.invoices("in", ["A/1", "A/2"]);
    user.send(&folder, &["--url", &url]).ends_with(0);
    let journal = user.journals().remove(0);
    let text = std::fs::read_to_string(&journal).unwrap();

    std::fs::write(&journal, format!("{text}{{\"n\":99,\"at\":\"2026")).unwrap();
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert!(run.stderr.contains("cut off by a crash"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), text);

    std::fs::write(
        &journal,
        text.replacen("invoiceSending", "invoiceNotSent", 1),
    )
    .unwrap();
    user.write("in/new.xml", invoice(SELLER, "A/3"));
    let run = user.send(&folder, &["--url", &url]).ends_with(1);
    let error = run.json()["errors"][0]["error"].clone();
    assert!(
        error["message"].as_str().unwrap().contains("is damaged"),
        "{error}"
    );
    assert!(
        error["hints"][0].as_str().unwrap().contains("backup"),
        "{error}"
    );
    assert_eq!(ksef.taken(), 2, "nothing was sent");

    // Without its journal the program recognises its own invoices by their digests.
    std::fs::rename(&journal, user.path("damaged")).unwrap();
    let run = user.send(&folder, &["--url", &url]).ends_with(0);
    assert_eq!(run.total("accepted"), 3);
    assert_eq!(ksef.accepted_once().len(), 3);
}

#[test]
fn results_that_cannot_be_saved_are_saved_by_the_next_run() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let url = ksef.url();
    let folder = user.invoices("in", ["A/1"]);
    user.write("occupied", "a file, not a folder");
    user.send(&folder, &["--url", &url, "--out", "occupied/out"])
        .ends_with(1);
    let run = user
        .send(&folder, &["--url", &url, "--out", "out"])
        .ends_with(0);
    assert_eq!(run.total("acceptedBefore") + run.total("accepted"), 1);
    assert!(user.files("out").len() >= 2);
    assert_eq!(ksef.taken(), 1);
    // Lost files are fetched again.
    std::fs::remove_dir_all(user.path("out")).unwrap();
    user.send(&folder, &["--url", &url, "--out", "out"])
        .ends_with(0);
    assert!(user.files("out").len() >= 2);
    assert_eq!(ksef.taken(), 1);
}

#[test]
fn no_secret_is_in_any_output_or_file_but_the_store() {
    let user = User::new();
    let ksef = LocalKsef::start();
    let folder = user.invoices("in", ["A/1"]);
    let run = user.run([
        "-vvv",
        "invoice",
        "send",
        "--json",
        "--url",
        ksef.url().as_str(),
        folder.to_str().unwrap(),
    ]);
    let run = run.ends_with(0);
    let mut texts = vec![run.stdout, run.stderr];
    texts.extend(
        user.journals()
            .iter()
            .map(|path| std::fs::read_to_string(path).unwrap()),
    );
    for text in texts {
        // Access tokens, private keys, presigned links.
        for secret in ["eyJ", "PRIVATE KEY", "/storage/", "Bearer ey"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
