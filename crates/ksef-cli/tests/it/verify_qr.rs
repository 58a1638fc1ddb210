//! `ksef invoice verify-qr`

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ksef_crypto::authority::KsefCertificateKind;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::digest::sha256;
use serde_json::{Value, json};

use crate::local_ksef::LocalKsef;
use crate::qr::{at, made};
use crate::user::{Run, SELLER, User, invoice};

/// Known answers: an invoice of 48 bytes, a key, and one valid signature.
const HASH: &str = "MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";
const CODE_I: &str = "https://qr-test.ksef.mf.gov.pl/invoice/1234563218/01-02-2026/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";
const TEXT: &str = "https://qr-test.ksef.mf.gov.pl/certificate/Nip/1234563218/1234563218/01F20A5D352AE590/MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok";
const FIXED: &str =
    "MY9XuSqJXVM6VbrV_k4Vcxqrx854St4Kfruq2i1bzl3Qe5MLH0AOo-fOk2ypffVgi8X_3X4xT_r7qwtUmUTqvg";
const DER: &str = "MEUCIDGPV7kqiV1TOlW61f5OFXMaq8fOeEreCn67qtotW85dAiEA0HuTCx9ADqPnzpNsqX31YIvF_91-MU_6-6sLVJlE6r4";
/// The key of the known answers, as SEC 1: its d is the SHA-256 of "ksef-test-key".
fn known_key() -> String {
    let head = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
    let p256 = [
        0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
    ];
    let d = sha256(b"ksef-test-key");
    let der = [&head[..], d.as_bytes(), &p256].concat();
    let kind = "EC PRIVATE KEY";
    format!(
        "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
        STANDARD.encode(der)
    )
}

/// The checks that ended so.
fn checks(report: &Value, passed: Value) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap();
    let ended = checks.iter().filter(|check| check["passed"] == passed);
    ended
        .map(|check| check["check"].as_str().unwrap().to_owned())
        .collect()
}

fn verify(user: &User, link: &str, options: &[&str]) -> Run {
    let command = ["invoice", "verify-qr", link, "--json"];
    user.run(command.iter().chain(options))
}

/// A certificate with the known key and serial number, made by openssl; `None` when that is not installed.
fn known_certificate(user: &User, serial: &str) -> Option<String> {
    let key = user.write("known.key", known_key());
    let file = user.path(&format!("{serial}.crt"));
    let out = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-new",
            "-days",
            "3650",
            "-subj",
            "/C=PL/CN=Firma",
        ])
        .args(["-set_serial", &format!("0x{serial}")])
        .args(["-addext", "keyUsage=critical,nonRepudiation", "-key"])
        .arg(&key)
        .arg("-out")
        .arg(&file)
        .output();
    match out {
        Ok(out) => assert!(out.status.success(), "{out:?}"),
        Err(_) => {
            eprintln!("skipped: openssl is not installed");
            return None;
        }
    }
    Some(file.to_str().unwrap().to_owned())
}

#[test]
fn the_known_code_i() {
    let user = User::new();
    let report = verify(&user, CODE_I, &[]).ends_with(0).json();
    assert_eq!(report["valid"], true);
    assert_eq!(
        checks(&report, json!(true)),
        ["environment", "sellerNip", "date"]
    );
    assert_eq!(
        (
            &report["code"],
            &report["environment"],
            &report["issueDate"]
        ),
        (&json!("I"), &json!("test"), &json!("2026-02-01"))
    );
    assert_eq!(report["online"], Value::Null);
    verify(&user, CODE_I, &["--env", "test"]).ends_with(0);
    for (link, options, failed) in [
        (
            CODE_I.to_owned(),
            &["--env", "production"][..],
            "environment",
        ),
        (
            CODE_I.replace("https://qr-test", "http://qr-test"),
            &[],
            "environment",
        ),
        (CODE_I.replace("mf.gov.pl", "mf-gov.pl"), &[], "environment"),
        (
            CODE_I.replace("qr-test", "qr").replace("3218/", "3219/"),
            &[],
            "sellerNip",
        ),
        (CODE_I.replace("01-02-2026", "01-02-2126"), &[], "date"),
    ] {
        let report = verify(&user, &link, options).ends_with(4).json();
        assert_eq!(checks(&report, json!(false)), [failed], "{link}");
        assert_eq!(report["valid"], false);
    }
    // Outside production nobody asks for check digits.
    let report = verify(&user, &CODE_I.replace("3218/", "3219/"), &[])
        .ends_with(0)
        .json();
    assert_eq!(checks(&report, Value::Null), ["sellerNip"]);
}

#[test]
fn the_known_code_ii_in_both_encodings() {
    let user = User::new();
    let Some(certificate) = known_certificate(&user, "01F20A5D352AE590") else {
        return;
    };
    for signature in [FIXED, DER] {
        let link = format!("{TEXT}/{signature}");
        let report = verify(&user, &link, &["--certificate", &certificate])
            .ends_with(0)
            .json();
        assert_eq!(
            checks(&report, json!(true)),
            [
                "environment",
                "sellerNip",
                "serial",
                "type",
                "validity",
                "signature"
            ]
        );
        assert_eq!(report["certificateSerialNumber"], "01F20A5D352AE590");
        assert_eq!(report["context"], "Nip:1234563218");
        for (part, other) in [
            (HASH, "NZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok"),
            ("Nip/1234563218", "Nip/5265877635"),
            (&signature[10..20], "AAAAAAAAAA"),
        ] {
            let changed = link.replacen(part, other, 1);
            let report = verify(&user, &changed, &["--certificate", &certificate]);
            assert_eq!(
                checks(&report.ends_with(4).json(), json!(false)),
                ["signature"]
            );
        }
        // The host is signed too.
        let moved = link.replace("qr-test", "qr-demo");
        let report = verify(&user, &moved, &["--certificate", &certificate]).ends_with(4);
        assert_eq!(checks(&report.json(), json!(false)), ["signature"]);
    }
    let link = format!("{TEXT}/{FIXED}");
    let other = known_certificate(&user, "01F20A5D352AE591").unwrap();
    let report = verify(&user, &link, &["--certificate", &other])
        .ends_with(4)
        .json();
    assert_eq!(checks(&report, json!(false)), ["serial"]);
    let login = made(
        &user,
        KsefCertificateKind::Authentication,
        KeyKind::EcP256,
        "2020-06-01T00:00:00Z",
    );
    let login = login.certificate.to_str().unwrap();
    let report = verify(&user, &link, &["--certificate", login])
        .ends_with(4)
        .json();
    assert_eq!(
        checks(&report, json!(false)),
        ["serial", "type", "validity", "signature"]
    );
    // Without the certificate nobody knows.
    let run = verify(&user, &link, &[]).ends_with(2);
    assert_eq!(checks(&run.json(), Value::Null), ["signature"]);
    assert!(run.stderr.contains("--certificate"), "{}", run.stderr);
}

#[test]
fn what_is_no_link_and_no_certificate() {
    let user = User::new();
    for (link, words) in [
        ("hello", "https://HOST/invoice/NIP/DD-MM-YYYY/HASH"),
        (&CODE_I[..CODE_I.len() - 1], "43"),
        (&CODE_I.replace("01-02-2026", "31-02-2026"), "date of issue"),
        (&CODE_I.replace("1234563218", "123456321"), "NIP"),
        (TEXT, "verification link"),
        (&format!("{TEXT}/{FIXED}=="), "signature"),
    ] {
        let run = user
            .run(["invoice", "verify-qr", link])
            .fails_with(4, words);
        assert!(run.stderr.contains("PNG file"), "{}", run.stderr);
    }
    let file = user.write("some.txt", "no certificate");
    let file = file.to_str().unwrap();
    let link = format!("{TEXT}/{FIXED}");
    verify(&user, &link, &["--certificate", file]).fails_with(2, "as a certificate");
    verify(&user, CODE_I, &["--certificate", file]).fails_with(2, "code I is not signed");
    verify(&user, CODE_I, &["--invoice", "nothing.xml"]).fails_with(4, "nothing.xml");
    let other = CODE_I.replace("ksef.mf.gov.pl", "example.com");
    verify(&user, &other, &["--online"]).fails_with(4, "is no address of KSeF");
}

#[test]
fn a_file_is_compared_with_both_codes() {
    let user = User::new();
    let file = user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let file = file.to_str().unwrap();
    let signer = made(
        &user,
        KsefCertificateKind::Offline,
        KeyKind::Rsa2048,
        "2026-06-01T00:00:00Z",
    );
    let (certificate, key) = (
        signer.certificate.to_str().unwrap(),
        signer.key.to_str().unwrap(),
    );
    let links = user.run([
        "invoice",
        "qr",
        file,
        "--env",
        "production",
        "--context",
        SELLER,
        "--offline",
        "--link",
        "--certificate",
        certificate,
        "--key",
        key,
    ]);
    let links = links.ends_with(0).stdout;
    let (one, two) = links.trim_end().split_once('\n').unwrap();
    let report = verify(&user, one, &["--invoice", file, "--env", "production"])
        .ends_with(0)
        .json();
    assert_eq!(
        checks(&report, json!(true)),
        [
            "environment",
            "sellerNip",
            "date",
            "invoiceHash",
            "seller",
            "issueDate"
        ]
    );
    let options = ["--invoice", file, "--certificate", certificate];
    let report = verify(&user, two, &options).ends_with(0).json();
    assert_eq!(
        checks(&report, json!(true)),
        [
            "environment",
            "sellerNip",
            "invoiceHash",
            "seller",
            "serial",
            "type",
            "validity",
            "signature"
        ]
    );
    // One more line end is another file.
    let touched = user.write("touched.xml", invoice(SELLER, "FV/1") + "\n");
    let touched = touched.to_str().unwrap();
    let report = verify(&user, one, &["--invoice", touched])
        .ends_with(4)
        .json();
    assert_eq!(checks(&report, json!(false)), ["invoiceHash"]);
    let foreign = user.write(
        "foreign.xml",
        invoice("1111111111", "FV/1").replace("2026-11-02", "2026-11-03"),
    );
    let report = verify(&user, one, &["--invoice", foreign.to_str().unwrap()])
        .ends_with(4)
        .json();
    assert_eq!(
        checks(&report, json!(false)),
        ["invoiceHash", "seller", "issueDate"]
    );
    let pl = user
        .run([
            "invoice",
            "verify-qr",
            one,
            "--invoice",
            touched,
            "--lang",
            "pl",
        ])
        .ends_with(4);
    assert!(pl.stdout.contains("✘ plik ma skrót"), "{}", pl.stdout);
    assert!(
        pl.stdout
            .contains("✔ data wystawienia zgadza się z fakturą"),
        "{}",
        pl.stdout
    );
}

#[test]
fn the_pages_of_a_sandbox_are_asked() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let file = user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let request = ["cert", "request", "offline-2026", "--type", "offline"];
    at(&user, &ksef, &request).ends_with(0);
    let links = at(
        &user,
        &ksef,
        &["invoice", "qr", "FV-1.xml", "--offline", "--link"],
    )
    .ends_with(0);
    let (one, two) = links.stdout.trim_end().split_once('\n').unwrap();
    let online = |link: &str, options: &[&str]| {
        let command = ["invoice", "verify-qr", link, "--online", "--json"];
        at(&user, &ksef, &[&command[..], options].concat())
    };
    // Not sent yet: the file is right, KSeF does not have it.
    let report = online(one, &["--invoice", "FV-1.xml"]).ends_with(5).json();
    assert_eq!(report["valid"], false);
    assert_eq!(checks(&report, json!(false)), [] as [&str; 0]);
    assert_eq!(checks(&report["online"]["page"], json!(false)), ["inKsef"]);
    user.send(
        &file,
        &["--url", &ksef.url(), "--context", SELLER, "--quiet"],
    )
    .ends_with(0);
    let report = online(one, &[]).ends_with(0).json();
    assert_eq!(report["environment"], "sandbox");
    let page = &report["online"]["page"];
    assert_eq!(
        (&page["valid"], &page["kind"]),
        (&json!(true), &json!("invoice"))
    );
    assert_eq!(page["facts"]["invoiceNumber"], "FV/1");
    assert_eq!(report["online"]["httpStatus"], 200);

    // The certificate is known by its serial number.
    let report = online(two, &["--invoice", "FV-1.xml"]).ends_with(0).json();
    assert_eq!(
        checks(&report, json!(true)),
        [
            "environment",
            "sellerNip",
            "invoiceHash",
            "seller",
            "serial",
            "type",
            "signature"
        ]
    );
    assert_eq!(
        checks(&report["online"]["page"], json!(true)),
        [
            "known",
            "type",
            "status",
            "signature",
            "permission",
            "seller"
        ]
    );
    // Elsewhere KSeF's page alone knows it.
    let stranger = User::new();
    let command = [
        "invoice",
        "verify-qr",
        two,
        "--online",
        "--url",
        &ksef.url(),
    ];
    stranger.run(command).says("✔ The signature verifies.");
    at(&user, &ksef, &["cert", "revoke", "offline-2026"]).ends_with(0);
    let report = online(two, &[]).ends_with(5).json();
    assert_eq!(checks(&report["online"]["page"], json!(false)), ["status"]);

    // A code that names TEST is asked for here, when this is where it is asked for.
    let for_test = user
        .run(["invoice", "qr", "FV-1.xml", "--link", "--env", "test"])
        .ends_with(0);
    let report = online(for_test.stdout.trim_end(), &[]).ends_with(0).json();
    assert_eq!(report["environment"], "test");
    assert!(
        report["online"]["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    let host = format!("http://127.0.0.1:{}", ksef.address().port());
    let gone = one.replace(&host, "http://127.0.0.1:9");
    let run = user.run(["invoice", "verify-qr", &gone, "--online"]);
    run.fails_with(8, "127.0.0.1:9 cannot be reached");
}

#[test]
fn images_are_read() {
    let user = User::new();
    user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let file = user.path("FV-1.xml");
    let file = file.to_str().unwrap();
    let draw = |options: &[&str]| {
        let command = ["invoice", "qr", file, "--env", "demo", "--force"];
        user.run(command.iter().chain(options)).ends_with(0)
    };
    draw(&[]);
    let report = verify(&user, "FV-1-qr1.png", &["--invoice", file])
        .ends_with(0)
        .json();
    assert_eq!(
        (
            &report["code"],
            &report["environment"],
            &report["sellerNip"]
        ),
        (&json!("I"), &json!("demo"), &json!(SELLER))
    );
    let signer = made(
        &user,
        KsefCertificateKind::Offline,
        KeyKind::Rsa2048,
        "2026-06-01T00:00:00Z",
    );
    let (certificate, key) = (
        signer.certificate.to_str().unwrap(),
        signer.key.to_str().unwrap(),
    );
    draw(&[
        "--offline",
        "--context",
        SELLER,
        "--certificate",
        certificate,
        "--key",
        key,
    ]);
    let options = ["--certificate", certificate];
    let report = verify(&user, "FV-1-qr2.png", &options).ends_with(0).json();
    assert_eq!(report["code"], "II");
    assert!(checks(&report, json!(true)).contains(&"signature".to_owned()));
    draw(&["--svg"]);
    verify(&user, "FV-1-qr1.svg", &[]).fails_with(2, "is no PNG image");
    verify(&user, "FV-1-qr3.png", &[]).fails_with(4, "is no link");
    let other = ksef_render::qr::QrCode::of_link("https://example.com/").unwrap();
    let other = other.to_png(&ksef_render::qr::Image::bare()).unwrap();
    let other = user.write("other.png", other);
    verify(&user, other.to_str().unwrap(), &[]).fails_with(4, "is no link");
}

#[test]
fn codes_of_every_form() {
    let user = User::new();
    let forms = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/forms");
    for (file, seller, issued) in [
        (
            "fa2/01-rental-with-transport.xml",
            "5265877635",
            "2024-02-12",
        ),
        ("rr/01-purchase-of-milk.xml", "7241188055", "2026-04-30"),
        (
            "pef/02-energy-with-extension.xml",
            "6459900116",
            "2026-04-02",
        ),
        (
            "pef_kor/01-credit-for-returned-goods.xml",
            "5265877635",
            "2026-05-04",
        ),
    ] {
        let file = forms.join(file);
        let file = file.to_str().unwrap();
        let link = user
            .run(["invoice", "qr", file, "--env", "test", "--link"])
            .ends_with(0);
        let report = verify(&user, link.stdout.trim_end(), &["--invoice", file])
            .ends_with(0)
            .json();
        assert_eq!(
            (&report["sellerNip"], &report["issueDate"]),
            (&json!(seller), &json!(issued))
        );
    }
    // Well formed by its schema, but nobody knows whose it is.
    let nameless = forms.join("pef_kor/02-correction-with-extension.xml");
    let nameless = nameless.to_str().unwrap();
    user.run(["invoice", "qr", nameless, "--link"])
        .fails_with(4, "NIP");
}
