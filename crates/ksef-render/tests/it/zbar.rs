//! zbarimg reads our images: every one holds exactly the link that was asked for.

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::civil::date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::environment::Environment;
use ksef_core::verification_link::{CertificateLink, InvoiceLink};
use ksef_render::qr::{Image, Label, QrCode, Size};

fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: {tool} is not installed (scripts/setup --oracles)");
    }
    found
}

/// Everything that zbarimg reads in an image, one code per line.
fn read(file: &Path) -> String {
    let out = Command::new("zbarimg")
        .args(["--quiet", "--raw", "--nodbus"])
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8(out.stdout).unwrap()
}

/// The image as PNG and, when it can be made pixels, as SVG.
fn check(folder: &Path, code: &QrCode, image: &Image) {
    let file = folder.join("code.png");
    fs::write(&file, code.to_png(image).unwrap()).unwrap();
    let expected = format!("{}\n", code.link());
    assert_eq!(read(&file), expected, "PNG, {image:?}");
    if Command::new("rsvg-convert")
        .arg("--version")
        .output()
        .is_ok()
    {
        let (svg, drawn) = (folder.join("code.svg"), folder.join("drawn.png"));
        fs::write(&svg, code.to_svg(image).unwrap()).unwrap();
        let out = Command::new("rsvg-convert")
            .args(["--dpi-x", "300", "--dpi-y", "300", "--output"])
            .arg(&drawn)
            .arg(&svg)
            .output()
            .unwrap();
        assert!(out.status.success(), "{out:?}");
        assert_eq!(read(&drawn), expected, "SVG, {image:?}");
    }
}

fn environments() -> [Environment; 4] {
    [
        Environment::test(),
        Environment::demo(),
        Environment::production(),
        Environment::custom("http://127.0.0.1:8080").unwrap(),
    ]
}

fn digest() -> Sha256Digest {
    Sha256Digest::from_base64("MZGejQro9iaILl3IMEFuSAf8M05NXILwxtc2JaNQtok=").unwrap()
}

#[test]
fn code_i_of_every_environment_with_every_label() {
    if !has("zbarimg") {
        return;
    }
    has("rsvg-convert");
    let folder = tempfile::tempdir().unwrap();
    let link = InvoiceLink::new("1234563218".parse().unwrap(), date(2026, 2, 1), digest());
    let number = "5265877635-20250826-0100001AF629-AF".parse().unwrap();
    let older = "5265877635-20250826-010000-1AF629-AF".parse().unwrap();
    for environment in environments() {
        let code = QrCode::of_link(link.url(environment.qr_base())).unwrap();
        for image in [
            Image::bare(),
            Image::new(Label::Offline),
            Image::new(Label::Number(number)),
            Image::new(Label::Number(older)),
        ] {
            check(folder.path(), &code, &image);
            check(folder.path(), &code, &image.with_size(Size::from_mm(20)));
            check(
                folder.path(),
                &code,
                &image.with_size(Size::from_um(61_700)),
            );
        }
    }
}

#[test]
fn code_ii_of_every_environment_and_context_with_every_signature() {
    if !has("zbarimg") {
        return;
    }
    has("rsvg-convert");
    let folder = tempfile::tempdir().unwrap();
    let contexts = [
        "Nip:1234563218",
        "InternalId:1234563218-12345",
        "NipVatUe:1234563218-DE123456789",
        "NipVatUe:1234563218-IE1+23456A",
        "NipVatUe:1234563218-IE1*23456A",
        "NipVatUe:1234563218-NLA23456789+B2",
        "PeppolId:PPL123456",
    ];
    // Lengths of P-256 as R and S, as DER, and of RSA with 2048 and 4096 bits.
    for characters in [86, 95, 342, 683] {
        let signature: String = "MY9XuSqJXVM6VbrV_k4Vcxqrx854St4Kfruq2i1bzl3Qe5MLH0AOo-fOk2ypffVg"
            .chars()
            .cycle()
            .take(characters)
            .collect();
        // The length has nothing to do with the host: one host is enough for the unusual ones.
        let hosts = if matches!(characters, 86 | 342) { 4 } else { 1 };
        for environment in environments().into_iter().take(hosts) {
            for context in contexts {
                let link = CertificateLink {
                    context: ContextIdentifier::parse(context).unwrap(),
                    seller: "1234563218".parse().unwrap(),
                    serial: "01F20A5D352AE590".parse().unwrap(),
                    digest: digest(),
                };
                let url = link.url(environment.qr_base(), &signature);
                assert!(url.contains(context.split_once(':').unwrap().1), "{url}");
                let code = QrCode::of_link(url).unwrap();
                check(folder.path(), &code, &Image::new(Label::Certificate));
            }
        }
    }
}
