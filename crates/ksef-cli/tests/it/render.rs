//! `ksef invoice render`

use ksef_crypto::authority::KsefCertificateKind;
use ksef_crypto::certificate::KeyKind;
use serde_json::Value;

use crate::local_ksef::LocalKsef;
use crate::qr::{at, made};
use crate::user::{Run, SELLER, User, invoice};

fn render(user: &User, options: &[&str]) -> Run {
    user.run(["invoice", "render"].iter().chain(options))
}

/// The text of a page, tags aside.
fn page(user: &User, name: &str) -> String {
    std::fs::read_to_string(user.path(name)).unwrap()
}

fn is_pdf(user: &User, name: &str) -> bool {
    std::fs::read(user.path(name))
        .unwrap()
        .starts_with(b"%PDF-")
}

#[test]
fn a_file_becomes_a_page_and_a_draft_says_so() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let dry = render(&user, &["FV-1.xml", "--dry-run"]).ends_with(0);
    assert!(
        dry.stderr.contains("would write FV-1.pdf"),
        "{}",
        dry.stderr
    );
    assert!(!user.path("FV-1.pdf").exists());
    let run = render(&user, &["FV-1.xml"]).ends_with(0);
    assert_eq!(run.stdout, "FV-1.pdf\n");
    assert!(is_pdf(&user, "FV-1.pdf"));

    render(&user, &["FV-1.xml", "--html"]).ends_with(0);
    let polish = page(&user, "FV-1.html");
    assert!(polish.contains("PROJEKT") && polish.contains("Data wystawienia"));
    assert!(!polish.contains("<figure"), "a draft has no code");
    // The same page is as good as written; another is not put over it.
    render(&user, &["FV-1.xml", "--html"]).ends_with(0);
    let english = ["FV-1.xml", "--html", "--lang", "en"];
    let refused = render(&user, &english).ends_with(2);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(page(&user, "FV-1.html"), polish);
    render(&user, &["FV-1.xml", "--html", "--lang", "en", "--force"]).ends_with(0);
    let english = page(&user, "FV-1.html");
    assert!(english.contains("DRAFT") && english.contains("Date of issue"));

    let run = render(&user, &["FV-1.xml", "--html", "--no-watermark", "-o", "-"]).ends_with(0);
    assert!(run.stdout.starts_with("<!DOCTYPE html>"));
    assert!(!run.stdout.contains("class=\"watermark\""));
}

#[test]
fn folders_are_set_and_what_cannot_be_is_named() {
    let user = User::new();
    for number in ["A", "B", "C"] {
        user.write(&format!("in/{number}.xml"), invoice(SELLER, number));
    }
    user.write("in/X.xml", "<Rachunek/>");
    user.write("in/Y.xml", "<Faktura>");
    let run = render(&user, &["in", "-o", "out/", "--html", "--pdf", "--json"]).ends_with(4);
    let json: Value = run.json();
    let rows = json["invoices"].as_array().unwrap();
    let pages: Vec<_> = rows
        .iter()
        .filter_map(|row| row["pages"].as_array())
        .map(Vec::len)
        .collect();
    assert_eq!(pages, [2, 2, 2]);
    assert_eq!(rows.len(), 5);
    assert!(is_pdf(&user, "out/B.pdf"));
    assert!(!user.path("out/X.pdf").exists());

    let one = render(&user, &["in", "-o", "all.pdf"]).ends_with(2);
    assert!(one.stderr.contains("several files"), "{}", one.stderr);
    let polish = render(&user, &["in/X.xml", "--lang", "pl"]).ends_with(4);
    assert!(
        polish.stderr.contains("nie jest fakturą"),
        "{}",
        polish.stderr
    );
    user.write("other/A.xml", invoice(SELLER, "A2"));
    let twice = render(&user, &["in/A.xml", "other/A.xml"]).ends_with(2);
    assert!(
        twice.stderr.contains("files of two invoices"),
        "{}",
        twice.stderr
    );
}

#[test]
fn what_was_sent_has_its_number_and_what_was_received_too() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    user.write("one/FV-1.xml", invoice(SELLER, "FV/1"));
    let out = user.path("out");
    let options = ["--url", &ksef.url(), "--out", out.to_str().unwrap()];
    user.send(&user.path("one"), &options).ends_with(0);
    let options = ["invoice", "status", "one/FV-1.xml", "--json"];
    let status = at(&user, &ksef, &options).ends_with(0).json();
    let number = status["ksefNumber"].as_str().unwrap().to_owned();
    at(
        &user,
        &ksef,
        &["invoice", "render", "one/FV-1.xml", "--html"],
    )
    .ends_with(0);
    let text = page(&user, "FV-1.html");
    assert!(text.contains(&number) && text.contains("<figure"));
    assert!(!text.contains("class=\"watermark\""));
    at(
        &user,
        &ksef,
        &[
            "invoice",
            "render",
            "one/FV-1.xml",
            "--html",
            "--no-qr",
            "--force",
        ],
    )
    .ends_with(0);
    assert!(!page(&user, "FV-1.html").contains("<figure"));

    let missing = at(&user, &ksef, &["invoice", "render", &number]).ends_with(2);
    assert!(
        missing.stderr.contains("ksef inbox sync"),
        "{}",
        missing.stderr
    );
    for _ in 0..200 {
        let found = at(
            &user,
            &ksef,
            &["inbox", "sync", "--role", "seller", "--json"],
        )
        .ends_with(0);
        if found.stdout.contains("\"new\": 1") || found.stdout.contains("\"new\":1") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    at(&user, &ksef, &["invoice", "render", &number, "--html"]).ends_with(0);
    assert!(page(&user, &format!("{number}.html")).contains("FV/1"));
    // Receipts lie beside the invoices, and are set too.
    let upo = out.join(format!("{number}.upo.xml"));
    at(
        &user,
        &ksef,
        &["invoice", "render", upo.to_str().unwrap(), "--html"],
    )
    .ends_with(0);
    let upo = page(&user, &format!("{number}.upo.html"));
    assert!(upo.contains("poświadczenie odbioru") && upo.contains(&number));
}

#[test]
fn offline_pages_have_both_codes() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let begin = "2026-01-01T00:00:00Z";
    let signer = made(&user, KsefCertificateKind::Offline, KeyKind::EcP256, begin);
    let (certificate, key) = (
        signer.certificate.to_str().unwrap(),
        signer.key.to_str().unwrap(),
    );
    let given = ["--certificate", certificate, "--key", key];
    let options = ["FV-1.xml", "--html", "--env", "test", "--context", SELLER];
    let refused = render(&user, &[&options[..], &given].concat()).ends_with(2);
    assert!(refused.stderr.contains("--offline"), "{}", refused.stderr);
    render(&user, &[&options[..], &given, &["--offline"]].concat()).ends_with(0);
    let text = page(&user, "FV-1.html");
    assert_eq!(text.matches("<figure").count(), 2);
    assert!(text.contains("OFFLINE") && text.contains("CERTYFIKAT"));
    assert!(text.contains("/certificate/Nip/"));
}

#[test]
fn the_number_of_another_seller_is_refused() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let other = "5555555555-20250828-010080615740-E4";
    let run = render(&user, &["FV-1.xml", "--ksef-number", other]).ends_with(2);
    assert!(run.stderr.contains("is not of FV-1.xml"), "{}", run.stderr);
    assert!(!user.path("FV-1.pdf").exists());
}

#[test]
fn the_template_of_the_company() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    user.write(
        "logo.svg",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 1'/>",
    );
    user.write(
        "good.toml",
        "colour = '#7a1f1f'\nlogo = 'logo.svg'\nfooter = 'Sklep'\n",
    );
    let with = |template: &str| {
        render(
            &user,
            &["FV-1.xml", "--html", "--force", "--template", template],
        )
    };
    with("good.toml").ends_with(0);
    let text = page(&user, "FV-1.html");
    assert!(text.contains("#7a1f1f") && text.contains("Sklep") && text.contains("<img"));
    for (content, why) in [
        ("color = '#000000'\n", "unknown field"),
        ("colour = '#ffee00'\n", "too light"),
        ("colour = 'red'\n", "#rrggbb"),
        ("logo = 'missing.png'\n", "missing.png"),
        ("logo = 'FV-1.xml'\n", "PNG, JPEG or SVG"),
    ] {
        user.write("bad.toml", content);
        let run = with("bad.toml").ends_with(2);
        assert!(run.stderr.contains(why), "{content}: {}", run.stderr);
    }
    let missing = with("none.toml").ends_with(2);
    assert!(missing.stderr.contains("none.toml"), "{}", missing.stderr);
}
