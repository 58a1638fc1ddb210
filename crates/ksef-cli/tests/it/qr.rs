//! `ksef invoice qr`

use std::path::{Path, PathBuf};
use std::process::Command;

use ksef_core::verification_link::VerificationLink;
use ksef_crypto::authority::{Authority, KsefCertificateKind};
use ksef_crypto::certificate::{Certificate, KeyKind, PrivateKey};
use ksef_crypto::csr::{CertificateRequest, RequestSubject};
use ksef_crypto::digest::sha256;
use ksef_crypto::qr_signature;
use ksef_crypto::self_signed::{Subject, Validity};

use crate::console::run_with_input;
use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User, invoice};

/// Runs a command against a local KSeF on behalf of the seller.
pub(crate) fn at(user: &User, ksef: &LocalKsef, arguments: &[&str]) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", SELLER];
    user.run(arguments.iter().chain(&place))
}

/// What zbarimg reads in an image; `None` when it is not installed.
fn read(file: &Path) -> Option<String> {
    let out = Command::new("zbarimg")
        .args(["--quiet", "--raw", "--nodbus"])
        .arg(file)
        .output();
    match out {
        Ok(out) => Some(String::from_utf8(out.stdout).unwrap().trim_end().to_owned()),
        Err(_) => {
            eprintln!("skipped: zbarimg is not installed");
            None
        }
    }
}

fn link_i(base: &str, xml: &str) -> String {
    let hash = sha256(xml.as_bytes()).to_base64url();
    format!("{base}/invoice/{SELLER}/02-11-2026/{hash}")
}

/// The address of the pages of a local KSeF.
fn pages(ksef: &LocalKsef) -> String {
    ksef.url().trim_end_matches("/v2").to_owned()
}

/// A certificate as KSeF issues them, made for the seller from `begin` on for a year, and its key.
pub(crate) struct Made {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

pub(crate) fn made(user: &User, kind: KsefCertificateKind, key: KeyKind, begin: &str) -> Made {
    made_with(user, kind, &PrivateKey::generate(key).unwrap(), begin)
}

fn made_with(user: &User, kind: KsefCertificateKind, key: &PrivateKey, begin: &str) -> Made {
    made_for(SELLER, user, kind, key, begin)
}

fn made_for(
    holder: &str,
    user: &User,
    kind: KsefCertificateKind,
    key: &PrivateKey,
    begin: &str,
) -> Made {
    let long = Validity::days("2020-01-01T00:00:00Z".parse().unwrap(), 10_000);
    let authority =
        Authority::generate(&Subject::service("Test", "Test CA"), KeyKind::EcP256, long).unwrap();
    let mut subject = RequestSubject::new("Firma", "PL");
    subject.organization = Some("Firma".to_owned());
    subject.organization_identifier = Some(format!("VATPL-{holder}"));
    let request = CertificateRequest::sign(&subject, key).unwrap();
    let validity = Validity::days(begin.parse().unwrap(), 365);
    let certificate = authority.certify_request(&request, kind, validity).unwrap();
    let name = certificate.serial_hex();
    Made {
        certificate: user.write(&format!("{name}.crt"), certificate.to_pem()),
        key: user.write(&format!("{name}.key"), key.to_pem().as_bytes()),
    }
}

#[test]
fn code_i_leads_to_the_environment_asked_for() {
    let user = User::new();
    let xml = invoice(SELLER, "FV/1");
    user.write("FV-1.xml", &xml);
    for (environment, base) in [
        ("sandbox", "https://qr-test.ksef.mf.gov.pl"),
        ("test", "https://qr-test.ksef.mf.gov.pl"),
        ("demo", "https://qr-demo.ksef.mf.gov.pl"),
        ("production", "https://qr.ksef.mf.gov.pl"),
    ] {
        let run = user.run(["invoice", "qr", "FV-1.xml", "--link", "--env", environment]);
        assert_eq!(run.ends_with(0).stdout.trim_end(), link_i(base, &xml));
    }
    assert!(!user.path("FV-1-qr1.png").exists());
}

#[test]
fn images_hold_the_link_and_are_not_overwritten() {
    let user = User::new();
    let xml = invoice(SELLER, "FV/1");
    user.write("FV-1.xml", &xml);
    let expected = link_i("https://qr-demo.ksef.mf.gov.pl", &xml);
    let qr = |options: &[&str]| {
        let command = ["invoice", "qr", "FV-1.xml", "--env", "demo"];
        user.run(command.iter().chain(options))
    };
    let dry = qr(&["--dry-run"]).ends_with(0);
    assert!(
        dry.stderr.contains("would write FV-1-qr1.png"),
        "{}",
        dry.stderr
    );
    assert!(!user.path("FV-1-qr1.png").exists());
    qr(&[]).says("FV-1-qr1.png");
    if let Some(found) = read(&user.path("FV-1-qr1.png")) {
        assert_eq!(found, expected);
    }
    qr(&["-o", "deep/code.svg"]).says("deep/code.svg");
    let svg = std::fs::read_to_string(user.path("deep/code.svg")).unwrap();
    assert!(svg.contains(&format!("<desc>{expected}</desc>")), "{svg}");
    assert!(
        svg.contains("<tspan") && svg.contains(">OFFLINE</tspan>"),
        "{svg}"
    );
    // The same again is no change; another one is.
    qr(&[]).ends_with(0);
    qr(&["--size", "40"]).fails_with(2, "exists and has other content");
    qr(&["--size", "40", "--force"]).ends_with(0);
    qr(&["--size", "11"]).fails_with(2, "give --size 12.25 mm or more");
    qr(&["-o", "code.svg", "--png"]).fails_with(2, "another format");
    qr(&["-o", "code.svg", "--png", "--svg"]).fails_with(2, "several files");
    qr(&["--png", "--svg", "-o", "both/"]).says("both/FV-1-qr1.svg");
    assert_eq!(user.files("both").len(), 2);
    let png = Command::new(env!("CARGO_BIN_EXE_ksef"))
        .args(["invoice", "qr", "-o", "-", "--env", "demo"])
        .arg(user.path("FV-1.xml"))
        .env("KSEF_HOME", user.home())
        .output()
        .unwrap();
    assert!(png.stdout.starts_with(b"\x89PNG\r\n"));
}

#[test]
fn the_number_stands_under_the_code() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let xml = invoice(SELLER, "FV/1");
    let file = user.write("FV-1.xml", &xml);
    let given = |number: &str| {
        at(
            &user,
            &ksef,
            &[
                "invoice",
                "qr",
                "FV-1.xml",
                "--svg",
                "--ksef-number",
                number,
                "--force",
            ],
        )
    };
    let right = ksef_core::ksef_number::KsefNumber::generate(
        SELLER.parse().unwrap(),
        jiff::civil::date(2026, 11, 21),
        0x0100_001A_F629,
    );
    given(right.as_str()).ends_with(0);
    let svg = std::fs::read_to_string(user.path("FV-1-qr1.svg")).unwrap();
    assert!(svg.contains(">5265877635-20261121-</tspan>"), "{svg}");
    given("5265877635-20261121-0100001AF629-00").ends_with(2);
    let foreign = ksef_core::ksef_number::KsefNumber::generate(
        "1111111111".parse().unwrap(),
        jiff::civil::date(2026, 11, 21),
        1,
    );
    given(foreign.as_str()).fails_with(2, "whose seller is 5265877635");

    // What was sent from here is known by its bytes.
    let sent = user
        .send(&file, &["--url", &ksef.url(), "--context", SELLER])
        .ends_with(0);
    assert_eq!(sent.total("accepted"), 1);
    let shown = at(
        &user,
        &ksef,
        &["invoice", "qr", "FV-1.xml", "--link", "--json"],
    )
    .ends_with(0);
    let shown = shown.json();
    let known = shown["invoices"][0]["ksefNumber"].as_str().unwrap();
    assert_eq!(known, sent.json()["invoices"][0]["ksefNumber"]);
    let code = &shown["invoices"][0]["codes"][0];
    assert_eq!(code["label"], known);
    assert_eq!(code["link"], link_i(&pages(&ksef), &xml));
}

#[test]
fn code_ii_is_signed_by_the_certificate_of_the_context() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let xml = invoice(SELLER, "FV/1");
    user.write("FV-1.xml", &xml);
    let qr = ["invoice", "qr", "FV-1.xml", "--offline", "--json"];
    at(&user, &ksef, &qr).fails_with(3, "there is no certificate of type Offline");
    let request = |name: &str, kind: &str, options: &[&str]| {
        let command = ["cert", "request", name, "--type", kind, "--json"];
        at(&user, &ksef, &[&command[..], options].concat())
            .ends_with(0)
            .json()
    };
    request("erp-2026", "authentication", &[]);
    at(&user, &ksef, &qr).fails_with(3, "is of type Authentication and does not sign codes");
    let named = [&qr[..], &["--cert", "erp-2026"]].concat();
    at(&user, &ksef, &named).fails_with(3, "is of type Authentication");
    at(&user, &ksef, &[&qr[..], &["--cert", "nothing"]].concat()).fails_with(2, "nothing");

    for (name, options) in [("offline-ec", &[][..]), ("offline-rsa", &["--rsa"][..])] {
        let got = request(name, "offline", options);
        let pem = std::fs::read(got["certificate"].as_str().unwrap()).unwrap();
        let certificate = Certificate::from_pem(&pem).unwrap();
        let serial = got["serialNumber"].as_str().unwrap();
        let shown = at(
            &user,
            &ksef,
            &[&qr[..], &["--cert", name, "--force"]].concat(),
        )
        .ends_with(0);
        let shown = shown.json();
        let code = &shown["invoices"][0]["codes"][1];
        assert_eq!(
            (&code["code"], &code["label"]),
            (&"II".into(), &"CERTYFIKAT".into())
        );
        let link = code["link"].as_str().unwrap();
        let hash = sha256(xml.as_bytes()).to_base64url();
        let start = format!(
            "{}/certificate/Nip/{SELLER}/{SELLER}/{serial}/{hash}/",
            pages(&ksef)
        );
        let signature = link
            .strip_prefix(&start)
            .unwrap_or_else(|| panic!("{link}"));
        assert_eq!(signature.len(), if name == "offline-ec" { 86 } else { 342 });
        let text = start.trim_start_matches("http://").trim_end_matches('/');
        qr_signature::verify(certificate.spki_der(), text, signature).unwrap();
        if let Some(found) = read(&user.path("FV-1-qr2.png")) {
            assert_eq!(found, link);
        }
    }
    // Without a name: the one that is valid longest; by its serial number: that one.
    let link = at(
        &user,
        &ksef,
        &["invoice", "qr", "FV-1.xml", "--offline", "--link"],
    )
    .ends_with(0);
    assert_eq!(link.stdout.lines().count(), 2);
    let key = user.home().join("data/certificates/offline-ec/key.pem");
    std::fs::remove_file(&key).unwrap();
    let lost = [&qr[..], &["--cert", "offline-ec"]].concat();
    at(&user, &ksef, &lost).fails_with(3, "key.pem");
    let pl = at(&user, &ksef, &[&lost[..], &["--lang", "pl"]].concat()).ends_with(3);
    assert!(
        pl.stderr.contains("brakuje klucza certyfikatu"),
        "{}",
        pl.stderr
    );
}

#[test]
fn certificates_from_files_sign_for_every_context() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let offline = KsefCertificateKind::Offline;
    let qr = |made: &Made, options: &[&str]| {
        let (certificate, key) = (
            made.certificate.to_str().unwrap(),
            made.key.to_str().unwrap(),
        );
        let command = [
            "invoice",
            "qr",
            "FV-1.xml",
            "--env",
            "test",
            "--offline",
            "--link",
        ];
        let files = ["--certificate", certificate, "--key", key];
        user.run(command.iter().chain(&files).chain(options))
    };
    let good = made(&user, offline, KeyKind::EcP256, "2026-06-01T00:00:00Z");
    let certificate = Certificate::from_pem(&std::fs::read(&good.certificate).unwrap()).unwrap();
    for context in [
        "Nip:5265877635",
        "InternalId:5265877635-12345",
        "NipVatUe:5265877635-IE1+23456A",
        "NipVatUe:5265877635-IE1*23456A",
        "PeppolId:PPL123456",
    ] {
        let run = qr(&good, &["--context", context]).ends_with(0);
        let link = VerificationLink::parse(run.stdout.lines().nth(1).unwrap()).unwrap();
        let VerificationLink::Certificate {
            link,
            signature,
            qr_base,
        } = link
        else {
            panic!("{}", run.stdout);
        };
        assert_eq!(link.context.to_string(), context);
        let text = link.text_to_sign(&qr_base);
        qr_signature::verify(certificate.spki_der(), &text, &signature).unwrap();
    }
    let ended = made(&user, offline, KeyKind::EcP256, "2020-06-01T00:00:00Z");
    qr(&ended, &["--context", SELLER]).fails_with(3, "expired on");
    let later = made(&user, offline, KeyKind::EcP256, "2090-06-01T00:00:00Z");
    qr(&later, &["--context", SELLER]).fails_with(3, "is not valid before");
    let login = made(
        &user,
        KsefCertificateKind::Authentication,
        KeyKind::EcP256,
        "2026-06-01T00:00:00Z",
    );
    qr(&login, &["--context", SELLER]).fails_with(3, "is of type Authentication");
    let large = made(&user, offline, KeyKind::EcP384, "2026-06-01T00:00:00Z");
    qr(&large, &["--context", SELLER]).fails_with(2, "cannot sign code II");
    let mixed = Made {
        key: later.key,
        ..good
    };
    qr(&mixed, &["--context", SELLER]).fails_with(3, "does not belong to the certificate");
    let missing = Made {
        key: user.path("nothing.key"),
        ..mixed
    };
    qr(&missing, &["--context", SELLER]).fails_with(2, "nothing.key cannot be read");
    user.run(["invoice", "qr", "FV-1.xml", "--cert", "offline"])
        .fails_with(2, "code II was not asked for");
}

#[test]
fn an_encrypted_key_opens_with_its_password() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let key = PrivateKey::generate(KeyKind::Rsa2048).unwrap();
    let files = made_with(
        &user,
        KsefCertificateKind::Offline,
        &key,
        "2026-06-01T00:00:00Z",
    );
    let encrypted = key.to_encrypted_pem("zażółć").unwrap();
    let encrypted = user.write("encrypted.key", encrypted.as_bytes());
    let command = [
        "invoice",
        "qr",
        "FV-1.xml",
        "--env",
        "test",
        "--context",
        SELLER,
        "--offline",
        "--link",
        "--certificate",
        files.certificate.to_str().unwrap(),
        "--key",
        encrypted.to_str().unwrap(),
    ];
    user.run(command)
        .fails_with(3, "is protected by a password");
    let with = [&command[..], &["--password-stdin"]].concat();
    run_with_input(&user, &with, "wrong").fails_with(3, "password does not open");
    let link = run_with_input(&user, &with, "zażółć").ends_with(0);
    assert_eq!(link.stdout.lines().count(), 2);
    run_with_input(&user, &["secret", "set", "offline", "--stdin"], "zażółć").ends_with(0);
    user.run([&command[..], &["--password", "offline"]].concat())
        .ends_with(0);
}

#[test]
fn folders_and_what_is_no_invoice() {
    let user = User::new();
    let folder = user.invoices("outbox", ["FV/1", "FV/2", "FV/3"]);
    let run = user
        .run(["invoice", "qr", "outbox", "-o", "codes", "--env", "test"])
        .ends_with(0);
    let names = [
        "codes/000-qr1.png",
        "codes/001-qr1.png",
        "codes/002-qr1.png",
    ];
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), names);
    std::fs::create_dir(folder.join("more")).unwrap();
    std::fs::copy(folder.join("000.xml"), folder.join("more/000.xml")).unwrap();
    user.run([
        "invoice", "qr", "-r", "outbox", "-o", "all", "--env", "test", "--quiet",
    ])
    .ends_with(2);
    user.write(
        "outbox/bad.xml",
        invoice(SELLER, "FV/4").replace("<P_1>2026-11-02</P_1>", ""),
    );
    user.write("outbox/other.xml", "<x/>");
    let run = user.run([
        "invoice",
        "qr",
        "outbox",
        "nothing.xml",
        "--link",
        "--json",
        "--env",
        "test",
    ]);
    let shown = run.ends_with(4).json();
    let rows = shown["invoices"].as_array().unwrap();
    assert_eq!(shown["qrBase"], "https://qr-test.ksef.mf.gov.pl");
    assert_eq!(rows.len(), 6);
    let failed = |file: &str| {
        let row = rows.iter().find(|row| row["file"] == file);
        row.unwrap_or_else(|| panic!("{file}: {shown}"))["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(failed("outbox/bad.xml").contains("P_1"), "{shown}");
    assert!(!failed("outbox/other.xml").is_empty());
    assert!(failed("nothing.xml").contains("no such file"));
    user.run(["invoice", "qr", "outbox/bad.xml"])
        .fails_with(4, "P_1");
    let stdin = run_with_input(
        &user,
        &["invoice", "qr", "-", "--link", "--env", "test"],
        &invoice(SELLER, "FV/9"),
    );
    assert_eq!(
        stdin.ends_with(0).stdout.trim_end(),
        link_i("https://qr-test.ksef.mf.gov.pl", &invoice(SELLER, "FV/9"))
    );
    user.run([
        "invoice",
        "qr",
        "outbox",
        "--link",
        "--ksef-number",
        "5265877635-20250826-0100001AF629-AF",
    ])
    .fails_with(2, "is of one invoice");
}

#[test]
fn the_certificate_of_the_context_in_force_signs() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let import = |name: &str, holder: &str, begin: &str| {
        let key = PrivateKey::generate(KeyKind::EcP256).unwrap();
        let made = made_for(holder, &user, KsefCertificateKind::Offline, &key, begin);
        let (certificate, key) = (
            made.certificate.to_str().unwrap(),
            made.key.to_str().unwrap(),
        );
        let command = [
            "cert",
            "import",
            name,
            "--certificate",
            certificate,
            "--key",
            key,
            "--json",
        ];
        let serial = user.run(command).ends_with(0).json()["serialNumber"].clone();
        serial.as_str().unwrap().to_owned()
    };
    let sign = |context: &str, options: &[&str]| {
        let command = [
            "invoice",
            "qr",
            "FV-1.xml",
            "--env",
            "test",
            "--offline",
            "--link",
            "--context",
            context,
        ];
        user.run(command.iter().chain(options))
    };
    let signed_by = |run: Run, serial: &str| {
        let run = run.ends_with(0);
        let link = run.stdout.lines().nth(1).unwrap();
        assert!(link.contains(&format!("/{serial}/")), "{serial}: {link}");
    };
    import("ended", SELLER, "2020-01-01T00:00:00Z");
    sign(SELLER, &[]).fails_with(3, "expired on");
    import("later", SELLER, "2090-01-01T00:00:00Z");
    sign(SELLER, &[]).fails_with(3, "is not valid before");
    let other = import("other", "1111111111", "2026-06-02T00:00:00Z");
    // The only one in force, whoever holds it: an accountant signs for clients.
    signed_by(sign(SELLER, &[]), &other);
    let own = import("own-1", SELLER, "2026-05-01T00:00:00Z");
    signed_by(sign(SELLER, &[]), &own);
    let longer = import("own-2", SELLER, "2026-06-01T00:00:00Z");
    signed_by(sign(SELLER, &[]), &longer);
    signed_by(sign(SELLER, &["--cert", "own-1"]), &own);
    signed_by(sign(SELLER, &["--cert", &other.to_lowercase()]), &other);
    signed_by(sign("1111111111", &[]), &other);
    sign("7762811692", &[]).fails_with(2, "of different holders");
}
