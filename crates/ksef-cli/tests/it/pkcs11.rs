//! Keys on a token, for which SoftHSM2 stands: code II, and logging in.

use std::path::{Path, PathBuf};
use std::process::Command;

use ksef_core::nip::Nip;
use ksef_core::verification_link::VerificationLink;
use ksef_crypto::authority::KsefCertificateKind;
use ksef_crypto::certificate::{Certificate, KeyKind};
use ksef_crypto::qr_signature;
use ksef_crypto::self_signed::{Validity, company_seal};

use crate::console::run_with_input;
use crate::local_ksef::LocalKsef;
use crate::qr::made;
use crate::user::{Run, SELLER, User, invoice};

const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const PIN: &str = "4711-pin";

/// A user with a token.
struct Desk {
    user: User,
    module: &'static str,
}

impl Desk {
    /// `None` when SoftHSM2 and the tools are not there.
    fn new() -> Option<Self> {
        let has = |tool: &str| Command::new(tool).arg("--help").output().is_ok();
        let module = MODULES.into_iter().find(|path| Path::new(path).exists());
        let (Some(module), true) = (module, has("softhsm2-util") && has("pkcs11-tool")) else {
            eprintln!(
                "skipped: SoftHSM2 or pkcs11-tool is not installed (scripts/setup --oracles)"
            );
            return None;
        };
        let user = User::new();
        std::fs::create_dir_all(user.path("tokens")).unwrap();
        let tokens = user.path("tokens");
        let configuration = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            tokens.display()
        );
        user.write("softhsm2.conf", configuration);
        let desk = Self { user, module };
        let line = [
            "--init-token",
            "--free",
            "--label",
            "Desk",
            "--so-pin",
            "so-pin-1",
            "--pin",
            PIN,
        ];
        desk.tool("softhsm2-util", &line);
        Some(desk)
    }

    fn tool(&self, tool: &str, arguments: &[&str]) {
        let output = Command::new(tool)
            .current_dir(self.user.path("."))
            .env("SOFTHSM2_CONF", self.user.path("softhsm2.conf"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{tool} {arguments:?}: {output:?}");
    }

    /// Puts a key on the token, takes it from the disk, and gives its certificate to the token too.
    fn put(&self, name: &str, id: &str, certificate: &Path, key: &PathBuf) {
        let file = key.to_str().unwrap();
        let line = [
            "--import", file, "--token", "Desk", "--label", name, "--id", id, "--pin", PIN,
        ];
        self.tool("softhsm2-util", &line);
        std::fs::remove_file(key).unwrap();
        let read = Certificate::from_pem(&std::fs::read(certificate).unwrap()).unwrap();
        self.user.write("certificate.der", read.der());
        let line = [
            "--module",
            self.module,
            "--token-label",
            "Desk",
            "--login",
            "--pin",
            PIN,
            "--write-object",
            "certificate.der",
            "--type",
            "cert",
            "--label",
            name,
            "--id",
            id,
        ];
        self.tool("pkcs11-tool", &line);
    }

    fn uri(&self, object: &str) -> String {
        format!(
            "pkcs11:token=Desk;object={object}?module-path={}",
            self.module
        )
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = self.user.command();
        command.env("SOFTHSM2_CONF", self.user.path("softhsm2.conf"));
        command.envs(variables.iter().copied()).args(arguments);
        Run::of(command.output().unwrap())
    }

    /// The codes of FV-1.xml, code II signed by the key of this URI.
    fn qr(&self, uri: &str, more: &[&str], variables: &[(&str, &str)]) -> Run {
        let line = [
            "invoice",
            "qr",
            "FV-1.xml",
            "--offline",
            "--link",
            "--env",
            "test",
            "--context",
            SELLER,
            "--pkcs11",
            uri,
        ];
        self.run(&[&line[..], more].concat(), variables)
    }
}

#[test]
fn code_ii_is_signed_by_a_key_on_a_token() {
    let Some(desk) = Desk::new() else { return };
    desk.user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    for (name, id, kind) in [
        ("rsa", "01", KeyKind::Rsa2048),
        ("ec", "02", KeyKind::EcP256),
    ] {
        let made = made(
            &desk.user,
            KsefCertificateKind::Offline,
            kind,
            "2026-06-01T00:00:00Z",
        );
        desk.put(name, id, &made.certificate, &made.key);
        let uri = desk.uri(name);
        let run = desk.qr(&uri, &[], &[("KSEF_PKCS11_PIN", PIN)]).ends_with(0);
        let second = run.stdout.lines().nth(1).unwrap();
        let VerificationLink::Certificate {
            link,
            signature,
            qr_base,
        } = VerificationLink::parse(second).unwrap()
        else {
            panic!("{}", run.stdout);
        };
        let certificate = std::fs::read(&made.certificate).unwrap();
        let certificate = Certificate::from_pem(&certificate).unwrap();
        assert_eq!(link.serial.to_string(), certificate.serial_hex());
        let text = link.text_to_sign(&qr_base);
        qr_signature::verify(certificate.spki_der(), &text, &signature).unwrap();

        // The PIN from the secret store; the module by the environment; the certificate from a file.
        let short = format!("pkcs11:object={name}");
        let file = made.certificate.to_str().unwrap();
        let stored = run_with_input(&desk.user, &["secret", "set", "pin", "--stdin"], PIN);
        stored.ends_with(0);
        let more = ["--certificate", file, "--password", "pin"];
        let module = [("KSEF_PKCS11_MODULE", desk.module)];
        let again = desk.qr(&short, &more, &module);
        assert!(again.ends_with(0).stdout.contains(&link.serial.to_string()));
    }
}

#[test]
fn what_is_wrong_with_a_token_is_told_with_what_to_do() {
    let Some(desk) = Desk::new() else { return };
    desk.user.write("FV-1.xml", invoice(SELLER, "FV/1"));
    let made = made(
        &desk.user,
        KsefCertificateKind::Offline,
        KeyKind::EcP256,
        "2026-06-01T00:00:00Z",
    );
    desk.put("ec", "02", &made.certificate, &made.key);
    let qr = |uri: &str, pin: Option<&str>| {
        let pin: Vec<_> = pin
            .map(|pin| ("KSEF_PKCS11_PIN", pin))
            .into_iter()
            .collect();
        desk.qr(uri, &[], &pin)
    };
    let good = desk.uri("ec");
    qr(&good, None).fails_with(3, "wants a PIN");
    let run = qr(&good, Some("0000"));
    assert!(!format!("{}{}", run.stdout, run.stderr).contains("0000"));
    run.fails_with(3, "few wrong ones");
    qr(&desk.uri("none"), Some(PIN)).fails_with(2, "no private key");
    let lost = good.replace("token=Desk", "token=Lost");
    qr(&lost, Some(PIN)).fails_with(3, "Desk");
    qr("pkcs11:object=ec", Some(PIN)).fails_with(2, "KSEF_PKCS11_MODULE");
    qr("pkcs11:object=ec?module-path=/nowhere.so", Some(PIN)).fails_with(2, "cannot be loaded");
    qr(&format!("{good}&pin-value={PIN}"), None).fails_with(2, "a PIN does not belong into a URI");
    let wrong = [("KSEF_PKCS11_PIN", "0000")];
    let polish = desk.qr(&good, &["--lang", "pl"], &wrong);
    polish.fails_with(3, "PIN jest błędny");
}

#[test]
fn a_key_on_a_token_logs_in() {
    let Some(desk) = Desk::new() else { return };
    let ksef = LocalKsef::start();
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    let seal = company_seal(
        "Firma",
        &Nip::parse(SELLER).unwrap(),
        KeyKind::Rsa2048,
        validity,
    )
    .unwrap();
    let certificate = desk.user.write("seal.pem", seal.certificate().to_pem());
    let key = desk.user.write("seal.key", seal.key().to_pem().as_bytes());
    desk.put("seal", "07", &certificate, &key);
    let (url, uri) = (ksef.url(), desk.uri("seal"));
    let line = [
        "profile",
        "add",
        "card",
        "--url",
        url.as_str(),
        "--context",
        SELLER,
        "--pkcs11",
        uri.as_str(),
    ];
    desk.run(&line, &[]).ends_with(0);
    let shown = desk
        .run(&["profile", "show", "card", "--json"], &[])
        .ends_with(0);
    assert_eq!(shown.json()["keyUri"], uri.as_str());
    desk.run(&["auth", "login"], &[])
        .fails_with(3, "wants a PIN");
    let pin = [("KSEF_PKCS11_PIN", PIN)];
    desk.run(&["auth", "login"], &pin).ends_with(0);
    // Invoices go in that login, without the token from here on.
    desk.user.write("in/1.xml", invoice(SELLER, "T/1"));
    let run = desk
        .run(&["invoice", "send", "in", "--json"], &pin)
        .ends_with(0);
    assert_eq!(run.json()["totals"]["accepted"], 1);
    desk.run(&["doctor"], &pin)
        .says("the token has the private key");
}
