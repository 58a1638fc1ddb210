//! Keys on a token, for which SoftHSM2 stands.
//!
//! The module reads its folder from the environment when it is loaded, and a process has one environment: each test
//! makes its token and then runs the half that signs in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use ksef_crypto::authority::Authority;
use ksef_crypto::certificate::{Certificate, Identity, KeyKind};
use ksef_crypto::error::ErrorKind;
use ksef_crypto::pkcs11::{TokenFault, TokenIdentity, TokenUri};
use ksef_crypto::qr_signature;
use ksef_crypto::self_signed::{Subject, Validity};
use ksef_crypto::signature::{HashAlgorithm, SignatureScheme, verify};
use ksef_crypto::signing_key::SigningKey as _;
use ksef_crypto::xades::{self, VerifyOptions, sign_with};

const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const PIN: &str = "4711-pin";

/// The module of SoftHSM2, when it and the tools are there.
fn module() -> Option<&'static str> {
    let has = |tool: &str| Command::new(tool).arg("--help").output().is_ok();
    let module = MODULES.into_iter().find(|path| Path::new(path).exists());
    if module.is_none() || !has("softhsm2-util") || !has("pkcs11-tool") {
        eprintln!("skipped: SoftHSM2 or pkcs11-tool is not installed (scripts/setup --oracles)");
        return None;
    }
    module
}

/// A folder with a token in it.
struct Desk {
    folder: tempfile::TempDir,
    module: &'static str,
}

impl Desk {
    fn new() -> Option<Self> {
        let module = module()?;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tokens")).unwrap();
        let configuration = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.path().join("tokens").display()
        );
        std::fs::write(folder.path().join("softhsm2.conf"), configuration).unwrap();
        let desk = Self { folder, module };
        desk.make_token("Desk");
        Some(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, tool: &str, arguments: &[&str]) {
        let output = Command::new(tool)
            .current_dir(self.folder.path())
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{tool} {arguments:?}: {output:?}");
    }

    fn make_token(&self, label: &str) {
        let line = [
            "--init-token",
            "--free",
            "--label",
            label,
            "--so-pin",
            "so-pin-1",
            "--pin",
            PIN,
        ];
        self.run("softhsm2-util", &line);
    }

    /// Puts a key on the token, and its certificate when it has to be there.
    fn put(&self, name: &str, id: &str, identity: &Identity, with_certificate: bool) {
        let key = self.path("key.pem");
        std::fs::write(&key, identity.key().to_pem().as_bytes()).unwrap();
        let line = [
            "--import", "key.pem", "--token", "Desk", "--label", name, "--id", id, "--pin", PIN,
        ];
        self.run("softhsm2-util", &line);
        std::fs::remove_file(key).unwrap();
        std::fs::write(
            self.path(&format!("{name}.pem")),
            identity.certificate().to_pem(),
        )
        .unwrap();
        if with_certificate {
            let der = self.path("certificate.der");
            std::fs::write(&der, identity.certificate().der()).unwrap();
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
            self.run("pkcs11-tool", &line);
        }
    }

    /// Runs the half of a test that signs.
    fn sign_in_a_process_of_its_own(&self, test: &str) {
        let output = Command::new(std::env::current_exe().unwrap())
            .current_dir(self.folder.path())
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env(HERE, self.folder.path())
            .args([
                "--exact",
                &format!("pkcs11::{test}"),
                "--ignored",
                "--nocapture",
            ])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Where the folder of the test is, for its other half.
const HERE: &str = "KSEF_TEST_PKCS11_FOLDER";

fn here(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os(HERE).unwrap()).join(name)
}

fn identity(kind: KeyKind) -> Identity {
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 730);
    Subject::service("Test", "Key on a token")
        .self_signed(kind, validity)
        .unwrap()
}

fn uri(text: &str) -> TokenUri {
    let module = module().unwrap();
    TokenUri::parse(&format!("pkcs11:{text}?module-path={module}")).unwrap()
}

fn open(text: &str) -> TokenIdentity {
    TokenIdentity::open(&uri(text), Some(PIN), Vec::new()).unwrap()
}

fn fault(text: &str, pin: Option<&str>) -> TokenFault {
    let error = TokenIdentity::open(&uri(text), pin, Vec::new()).unwrap_err();
    match error.kind() {
        ErrorKind::Token(fault) => fault.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_on_a_token_sign_codes_and_documents() {
    let Some(desk) = Desk::new() else { return };
    desk.put("rsa", "01", &identity(KeyKind::Rsa2048), true);
    desk.put("ec", "02", &identity(KeyKind::EcP256), true);
    desk.put("bare", "03", &identity(KeyKind::EcP256), false);
    desk.sign_in_a_process_of_its_own("signing_half");
}

#[test]
#[ignore = "the half of another test that signs"]
fn signing_half() {
    let link = "qr-test.ksef.mf.gov.pl/certificate/Nip/5265877635";
    for name in ["rsa", "ec"] {
        let token = open(&format!("token=Desk;object={name};type=private"));
        let expected = std::fs::read(here(&format!("{name}.pem"))).unwrap();
        assert_eq!(
            token.certificate(),
            &Certificate::from_pem(&expected).unwrap()
        );
        let spki = token.certificate().spki_der().to_vec();

        // Code II, judged by the reader that judges everybody's; P1363 for the curve.
        let value = qr_signature::sign(&token, link).unwrap();
        qr_signature::verify(&spki, link, &value).unwrap();
        assert!(qr_signature::verify(&spki, "another text", &value).is_err());
        assert_eq!(value.len(), if name == "ec" { 86 } else { 342 });

        // A document.
        let xml = b"<AuthTokenRequest>x</AuthTokenRequest>";
        let signed = sign_with(xml, &token, "2026-11-21T10:00:00Z".parse().unwrap()).unwrap();
        let verified = xades::verify(&signed, &VerifyOptions::default()).unwrap();
        assert_eq!(
            (verified.signer(), verified.document()),
            (token.certificate(), &xml[..])
        );
    }
    // Two at once, in threads.
    let (rsa, ec) = (open("object=rsa"), open("object=ec"));
    std::thread::scope(|scope| {
        for token in [&rsa, &ec, &rsa, &ec] {
            scope.spawn(|| qr_signature::sign(token, link).unwrap());
        }
    });
    let pss = SignatureScheme::RsaPss(HashAlgorithm::Sha256);
    let value = rsa.sign_in(pss, b"text").unwrap();
    verify(rsa.certificate().spki_der(), pss, b"text", &value).unwrap();
    let refused = ec.sign_in(pss, b"text").unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Token(_)), "{refused:?}");

    // The certificate from a file; by id; and one that is another key's.
    let read = |name: &str| Certificate::from_pem(&std::fs::read(here(name)).unwrap()).unwrap();
    assert_eq!(fault("object=bare", Some(PIN)), TokenFault::NoCertificate);
    let bare = TokenIdentity::open(&uri("id=%03"), Some(PIN), vec![read("bare.pem")]).unwrap();
    let value = qr_signature::sign(&bare, link).unwrap();
    qr_signature::verify(read("bare.pem").spki_der(), link, &value).unwrap();
    let wrong = TokenIdentity::open(&uri("id=%03"), Some(PIN), vec![read("ec.pem")]).unwrap();
    let error = qr_signature::sign(&wrong, link).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Token(TokenFault::OtherKey));
    // What anybody sees of it.
    let shown = format!("{rsa:?}");
    assert!(
        shown.contains("object=rsa") && !shown.contains(PIN),
        "{shown}"
    );
}

#[test]
fn a_token_that_cannot_hash_is_given_digests() {
    let Some(desk) = Desk::new() else { return };
    desk.put("rsa", "01", &identity(KeyKind::Rsa2048), true);
    let path = desk.path("softhsm2.conf");
    let configuration = std::fs::read_to_string(&path).unwrap();
    let without = "slots.mechanisms = -CKM_SHA256_RSA_PKCS,CKM_SHA256_RSA_PKCS_PSS\n";
    std::fs::write(&path, configuration + without).unwrap();
    desk.sign_in_a_process_of_its_own("digest_half");
}

#[test]
#[ignore = "the half of another test that signs"]
fn digest_half() {
    let rsa = open("object=rsa");
    let sha256 = HashAlgorithm::Sha256;
    for scheme in [
        SignatureScheme::RsaPkcs1(sha256),
        SignatureScheme::RsaPss(sha256),
    ] {
        let value = rsa.sign_in(scheme, b"text").unwrap();
        verify(rsa.certificate().spki_der(), scheme, b"text", &value).unwrap();
    }
}

#[test]
fn a_key_that_wants_the_pin_each_time_gets_it() {
    let Some(desk) = Desk::new() else { return };
    let line = [
        "--module",
        desk.module,
        "--token-label",
        "Desk",
        "--login",
        "--pin",
        PIN,
        "--keypairgen",
        "--key-type",
        "RSA:2048",
        "--label",
        "each",
        "--id",
        "05",
        "--always-auth",
    ];
    desk.run("pkcs11-tool", &line);
    let line = [
        "--module",
        desk.module,
        "--token-label",
        "Desk",
        "--read-object",
        "--type",
        "pubkey",
        "--id",
        "05",
        "--output-file",
        "public.der",
    ];
    desk.run("pkcs11-tool", &line);
    let spki = std::fs::read(desk.path("public.der")).unwrap();
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 730);
    let name = Subject::service("Test", "Root");
    let authority = Authority::generate(&name, KeyKind::EcP256, validity).unwrap();
    let name = Subject::service("Test", "Each");
    let certificate = authority.certify_signing(&name, &spki, validity).unwrap();
    std::fs::write(desk.path("each.pem"), certificate.to_pem()).unwrap();
    desk.sign_in_a_process_of_its_own("each_time_half");
}

#[test]
#[ignore = "the half of another test that signs"]
fn each_time_half() {
    let certificate = Certificate::from_pem(&std::fs::read(here("each.pem")).unwrap()).unwrap();
    let token = TokenIdentity::open(&uri("object=each"), Some(PIN), vec![certificate]).unwrap();
    for text in ["first", "second"] {
        let value = qr_signature::sign(&token, text).unwrap();
        qr_signature::verify(token.certificate().spki_der(), text, &value).unwrap();
        let signed = sign_with(b"<a/>", &token, "2026-11-21T10:00:00Z".parse().unwrap());
        xades::verify(&signed.unwrap(), &VerifyOptions::default()).unwrap();
    }
}

#[test]
fn what_is_wrong_with_a_token_is_named() {
    let Some(desk) = Desk::new() else { return };
    desk.put("first", "01", &identity(KeyKind::EcP256), true);
    desk.put("second", "02", &identity(KeyKind::EcP256), true);
    desk.make_token("Other");
    desk.sign_in_a_process_of_its_own("failing_half");
}

#[test]
#[ignore = "the half of another test that fails"]
fn failing_half() {
    let missing = TokenUri::parse("pkcs11:?module-path=/nowhere/module.so").unwrap();
    let error = TokenIdentity::open(&missing, None, Vec::new()).unwrap_err();
    let path = "/nowhere/module.so".to_owned();
    assert_eq!(error.kind(), &ErrorKind::Token(TokenFault::Module { path }));
    let none = TokenUri::parse("pkcs11:token=Desk").unwrap();
    let error = TokenIdentity::open(&none, None, Vec::new()).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Token(TokenFault::NoModule));

    let mut found = vec!["Desk".to_owned(), "Other".to_owned()];
    for (text, is_several) in [("token=Lost", false), ("object=first", true)] {
        let labels = match (fault(text, Some(PIN)), is_several) {
            (TokenFault::Absent { found }, false) | (TokenFault::SeveralTokens { found }, true) => {
                found
            }
            (other, _) => panic!("{other:?}"),
        };
        let mut labels = labels;
        labels.sort();
        found.sort();
        assert_eq!(labels, found);
    }
    assert_eq!(
        fault("token=Desk;object=first", None),
        TokenFault::PinRequired
    );
    let wrong = TokenFault::PinIncorrect { is_last_try: false };
    assert_eq!(fault("token=Desk;object=first", Some("0000")), wrong);
    assert_eq!(
        fault("token=Desk;object=none", Some(PIN)),
        TokenFault::NoKey
    );
    assert_eq!(
        fault("token=Desk", Some(PIN)),
        TokenFault::SeveralKeys { found: 2 }
    );
    assert_eq!(fault("token=Other", Some(PIN)), TokenFault::NoKey);
}
