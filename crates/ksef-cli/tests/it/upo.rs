//! `ksef upo`

use std::path::PathBuf;
use std::process::Command;

use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_crypto::authority::Authority;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::digest::sha256;
use ksef_crypto::self_signed::{Subject, Validity};
use ksef_crypto::xades::sign_enveloped;
use ksef_invoice::metadata;
use ksef_invoice::semantics::InvoicingMode;
use ksef_invoice::upo::{AuthenticationProof, Upo, UpoDocument, UpoPage, UpoVersion, write};
use serde_json::Value;

use crate::user::{Run, SELLER, User, invoice};

/// Somebody who plays the Ministry: an authority and the seal it certified.
struct Ministry {
    authority: Authority,
    seal: Identity,
}

impl Ministry {
    fn new(from: &str, days: u32) -> Self {
        let validity = Validity::days(from.parse().unwrap(), days);
        let name = Subject::service("Ministry", "Root");
        let authority = Authority::generate(&name, KeyKind::EcP256, validity).unwrap();
        let seal = Subject::service("Ministry", "Seal");
        let seal = authority
            .issue_signing(&seal, KeyKind::Rsa2048, validity)
            .unwrap();
        Self { authority, seal }
    }

    fn valid() -> Self {
        Self::new("2026-01-01T00:00:00Z", 3650)
    }

    fn sign(&self, upo: &Upo) -> String {
        let signed = sign_enveloped(&write(upo), &self.seal, instant(SIGNED)).unwrap();
        String::from_utf8(signed).unwrap()
    }

    fn root(&self) -> String {
        self.authority.certificate().to_pem()
    }
}

const SENT: &str = "2026-11-21T10:00:00Z";
const NUMBERED: &str = "2026-11-21T10:00:01Z";
const SIGNED: &str = "2026-11-21T10:00:02Z";

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The entry of an invoice.
fn entry(xml: &str, sequence: u64) -> UpoDocument {
    let facts = metadata::read(xml.as_bytes()).unwrap();
    UpoDocument {
        seller: facts.seller.nip,
        ksef_number: KsefNumber::generate(
            facts.seller.nip,
            jiff::civil::date(2026, 11, 21),
            sequence,
        ),
        number: facts.number,
        issue_date: facts.issue_date,
        sent: instant(SENT),
        numbered: instant(NUMBERED),
        digest: sha256(xml.as_bytes()),
        mode: Some(InvoicingMode::Online),
    }
}

/// A page of a session with these entries.
fn upo(documents: Vec<UpoDocument>) -> Upo {
    let total = documents.len() as u64;
    Upo {
        version: UpoVersion::V4_3,
        declared_version: None,
        issuer: "Ministerstwo Finansów".into(),
        session: "20261121-SO-2DCE3E3000-12ECB5B36E-45".parse().unwrap(),
        context: "Nip:5265877635".parse().unwrap(),
        proof: AuthenticationProof::Document(sha256(b"login")),
        page: Some(UpoPage {
            number: 1,
            count: 1,
            first: 1,
            last: total,
            total,
        }),
        schema: "Schemat_FA(3)_v1-0E.xsd".into(),
        form: "FA (3)".into(),
        documents,
    }
}

/// A user with two invoices, their genuine UPO and the certificate that proves it.
struct Desk {
    user: User,
    ministry: Ministry,
    invoices: [String; 2],
}

impl Desk {
    fn new() -> Self {
        let (user, ministry) = (User::new(), Ministry::valid());
        let invoices = ["U/1", "U/2"].map(|number| invoice(SELLER, number));
        user.write("in/1.xml", &invoices[0]);
        user.write("in/2.xml", &invoices[1]);
        user.write("root.pem", ministry.root());
        let desk = Self {
            user,
            ministry,
            invoices,
        };
        let genuine = desk.ministry.sign(&desk.upo());
        desk.user.write("upo.xml", genuine);
        desk
    }

    fn upo(&self) -> Upo {
        upo(vec![
            entry(&self.invoices[0], 1),
            entry(&self.invoices[1], 2),
        ])
    }

    /// Verifies this text; the answer for machines.
    fn verify(&self, text: impl AsRef<[u8]>, code: i32) -> Value {
        self.user.write("changed.xml", text);
        let line = [
            "upo",
            "verify",
            "changed.xml",
            "--trusted",
            "root.pem",
            "--json",
        ];
        self.user.run(line).ends_with(code).json()
    }

    /// The only problem that is found.
    fn problem(&self, text: impl AsRef<[u8]>) -> String {
        let document = self.verify(text, 1);
        let file = &document["files"][0];
        assert_eq!(file["verdict"], "wrong", "{document}");
        let problems = file["problems"].as_array().unwrap();
        assert_eq!(problems.len(), 1, "{document}");
        problems[0].as_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.user.run(["upo", "verify"].iter().chain(arguments))
    }
}

#[test]
fn a_genuine_upo_confirms_its_invoices() {
    let desk = Desk::new();
    let line = [
        "upo.xml",
        "--trusted",
        "root.pem",
        "--invoice",
        "in",
        "--json",
    ];
    let document = desk.run(&line).ends_with(0).json();
    let file = &document["files"][0];
    assert_eq!(file["verdict"], "genuine");
    assert_eq!(file["problems"], serde_json::json!([]));
    let signature = &file["signature"];
    assert_eq!(signature["signerIsTrusted"], true);
    assert_eq!(signature["signingTime"], SIGNED);
    assert_eq!(signature["chain"].as_array().unwrap().len(), 2);
    let said = &file["upo"];
    assert_eq!(
        said["sessionReferenceNumber"],
        "20261121-SO-2DCE3E3000-12ECB5B36E-45"
    );
    assert_eq!(said["page"]["total"], 2);
    assert_eq!(said["tokenReferenceNumber"], Value::Null);
    assert_eq!(
        said["authenticationDocumentHash"],
        sha256(b"login").to_base64()
    );
    let second = &said["documents"][1];
    assert_eq!(second["invoiceNumber"], "U/2");
    assert_eq!(second["match"]["outcome"], "confirmed");
    assert_eq!(second["match"]["invoice"], "in/2.xml");
    assert_eq!(document["totals"]["confirmed"], 2);

    // For people, in both languages; stdin; a folder in which invoices and UPOs lie together.
    desk.run(&["upo.xml", "--trusted", "root.pem", "--invoice", "in"])
        .says("2 confirmed");
    desk.user.write(
        "in/upo.xml",
        std::fs::read(desk.user.path("upo.xml")).unwrap(),
    );
    let line = [
        "in",
        "--trusted",
        "root.pem",
        "--invoice",
        "in",
        "--lang",
        "pl",
    ];
    desk.run(&line).says("in/upo.xml: autentyczne");
    let mut piped = desk.user.command();
    piped.args(["upo", "verify", "-", "--trusted", "root.pem", "--json"]);
    piped.stdin(std::fs::File::open(desk.user.path("upo.xml")).unwrap());
    let run = Run::of(piped.output().unwrap()).ends_with(0);
    assert_eq!(run.json()["files"][0]["file"], "-");
}

#[test]
fn without_a_trusted_certificate_nobody_says_that_all_is_well() {
    let desk = Desk::new();
    // An address that nobody serves: a KSeF that is no sandbox has no authority to ask for.
    let place = ["upo.xml", "--env", "production"];
    let run = desk.run(&place).ends_with(2);
    assert!(run.stderr.contains("--any-signer"), "{}", run.stderr);
    assert!(run.stdout.contains("NOT checked"), "{}", run.stdout);
    let line = ["upo.xml", "--env", "production", "--any-signer", "--json"];
    let run = desk.run(&line).ends_with(0);
    let document = run.json();
    assert_eq!(document["files"][0]["verdict"], "signer-unchecked");
    assert_eq!(document["files"][0]["signature"]["chain"], Value::Null);
    assert!(run.stderr.contains("warning"), "{}", run.stderr);
    desk.run(&["upo.xml", "--trusted", "root.pem", "--any-signer"])
        .ends_with(2);
    // The embedded sandbox has an authority, and it is not this one.
    let run = desk.run(&["upo.xml", "--json"]).ends_with(1);
    let why = run.json()["files"][0]["problems"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(why.contains("the signer is not trusted"), "{why}");
}

#[test]
fn what_was_changed_after_it_was_signed_is_refused() {
    let desk = Desk::new();
    let genuine = std::fs::read_to_string(desk.user.path("upo.xml")).unwrap();
    let first = &desk.upo().documents[0];
    let changed = "changed after it was signed";
    let other = Sha256Digest::from_bytes([1; 32]).to_base64();
    for (from, to) in [
        (first.digest.to_base64(), other),
        (">U/1<".into(), ">U/9<".into()),
        (
            first.ksef_number.to_string(),
            desk.upo().documents[1].ksef_number.to_string(),
        ),
        (">2026-11-02<".into(), ">2026-11-03<".into()),
        ("<SkrotDokumentu>".into(), "<SkrotDokumentu> ".into()),
        (
            ">5265877635</NipSprzedawcy>".into(),
            ">1111111111</NipSprzedawcy>".into(),
        ),
    ] {
        assert!(genuine.contains(&from), "{from}");
        let text = genuine.replacen(&from, &to, 1);
        let why = desk.problem(&text);
        assert!(why.contains(changed), "{from}: {why}");
        refused_by_xmlsec1(&desk, &text);
    }

    // The signature's own parts: its value, and the certificate beside it.
    let value = genuine.split("SignatureValue").nth(1).unwrap();
    let value = value.split(['>', '<']).nth(1).unwrap();
    let swapped = format!(
        "{}{}",
        if value.starts_with('A') { 'B' } else { 'A' },
        &value[1..]
    );
    let text = genuine.replacen(value, &swapped, 1);
    let why = desk.problem(&text);
    assert!(why.contains("not made with the key"), "{why}");
    refused_by_xmlsec1(&desk, &text);

    let start = genuine.find("<ds:Signature ").unwrap();
    let end = genuine.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let unsigned = format!("{}{}", &genuine[..start], &genuine[end..]);
    let why = desk.problem(&unsigned);
    assert!(why.contains("not signed"), "{why}");
    // A comment says nothing, and what it interrupts is read as a whole.
    let commented = genuine.replacen("U/1", "U/<!-- 9 -->1", 1);
    let document = desk.verify(commented, 0);
    assert_eq!(
        document["files"][0]["upo"]["documents"][0]["invoiceNumber"],
        "U/1"
    );
}

/// What we refuse is refused by xmlsec1 too, when it is there.
fn refused_by_xmlsec1(desk: &Desk, text: &str) {
    let path = desk.user.write("judged.xml", text);
    let Some(accepted) = xmlsec1_accepts(desk, &path) else {
        return;
    };
    assert!(!accepted);
}

fn xmlsec1_accepts(desk: &Desk, path: &PathBuf) -> Option<bool> {
    let mut command = Command::new("xmlsec1");
    command.args(["--verify", "--enabled-key-data", "x509,rsa"]);
    command.args(["--id-attr:Id", "SignedProperties"]);
    command.arg("--trusted-pem").arg(desk.user.path("root.pem"));
    let Ok(output) = command.arg(path).output() else {
        eprintln!("skipped: xmlsec1 is not installed");
        return None;
    };
    Some(output.status.success())
}

#[test]
fn xmlsec1_accepts_what_we_accept() {
    let desk = Desk::new();
    if let Some(accepted) = xmlsec1_accepts(&desk, &desk.user.path("upo.xml")) {
        assert!(accepted);
    }
}

#[test]
fn signed_content_cannot_be_wrapped_in_other_content() {
    let desk = Desk::new();
    let genuine = std::fs::read_to_string(desk.user.path("upo.xml")).unwrap();
    let body = genuine.split_once("?>").unwrap().1.trim();
    // Another UPO around the signed one, beside it, and before its signature.
    let mut forged = desk.upo();
    forged.documents[0].digest = sha256(b"another invoice");
    let forged = String::from_utf8(write(&forged)).unwrap();
    let around = forged.replace("</Potwierdzenie>", &format!("{body}</Potwierdzenie>"));
    let start = genuine.find("<ds:Signature ").unwrap();
    let end = genuine.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &genuine[start..end];
    let moved = forged.replace("</Potwierdzenie>", &format!("{signature}</Potwierdzenie>"));
    let inside = moved.replace(
        "</ds:Signature>",
        &format!("<ds:Object>{body}</ds:Object></ds:Signature>"),
    );
    let more = genuine.replacen("<Dokument>", &format!("{}<Dokument>", dokument(&forged)), 1);
    let declared = genuine.replacen("?>", "?><!DOCTYPE Potwierdzenie [<!ENTITY a \"b\">]>", 1);
    for text in [around, moved, inside, more, declared] {
        let document = desk.verify(&text, 1);
        let file = &document["files"][0];
        assert_eq!(file["verdict"], "wrong", "{document}");
        assert_eq!(
            file.get("upo"),
            None,
            "nothing of it is told as a fact: {document}"
        );
    }
    // Twice the genuine signature.
    let twice = genuine.replace("</Potwierdzenie>", &format!("{signature}</Potwierdzenie>"));
    let why = desk.problem(twice);
    assert!(why.contains("2 signatures"), "{why}");
}

/// The first entry of a UPO, as it is written.
fn dokument(upo: &str) -> String {
    let start = upo.find("<Dokument>").unwrap();
    let end = upo.find("</Dokument>").unwrap() + "</Dokument>".len();
    upo[start..end].to_owned()
}

#[test]
fn the_signer_must_lead_to_a_trusted_certificate() {
    let desk = Desk::new();
    // The same names, other keys; a seal of its own making; a stranger.
    let namesake = Ministry::valid();
    let why = desk.problem(namesake.sign(&desk.upo()));
    assert!(why.contains("another key"), "{why}");
    let validity = Validity::days(instant("2026-01-01T00:00:00Z"), 3650);
    let own = Subject::service("Ministry", "Seal");
    let own = own.self_signed(KeyKind::EcP256, validity).unwrap();
    let signed = sign_enveloped(&write(&desk.upo()), &own, instant(SIGNED)).unwrap();
    let why = desk.problem(signed);
    assert!(why.contains("no trusted certificate leads to it"), "{why}");

    // Over before it signed; the certificate above is fine.
    let short = Validity::days(instant("2026-01-01T00:00:00Z"), 30);
    let seal = Subject::service("Ministry", "Seal");
    let seal = desk
        .ministry
        .authority
        .issue_signing(&seal, KeyKind::EcP256, short)
        .unwrap();
    let signed = sign_enveloped(&write(&desk.upo()), &seal, instant(SIGNED)).unwrap();
    let why = desk.problem(signed);
    assert!(why.contains("valid until 2026-01-31"), "{why}");
    let then = sign_enveloped(&write(&desk.upo()), &seal, instant("2026-01-15T00:00:00Z")).unwrap();
    let document = desk.verify(then, 0);
    assert_eq!(document["files"][0]["verdict"], "genuine");

    // A signing time that has not come yet is strange.
    let later = Validity::days(instant("2026-01-01T00:00:00Z"), 20_000);
    let far = Ministry::new("2026-01-01T00:00:00Z", 20_000);
    desk.user.write("root.pem", far.root());
    let seal = Subject::service("Ministry", "Seal");
    let seal = far
        .authority
        .issue_signing(&seal, KeyKind::EcP256, later)
        .unwrap();
    let signed =
        sign_enveloped(&write(&desk.upo()), &seal, instant("2075-01-01T00:00:00Z")).unwrap();
    let document = desk.verify(signed, 0);
    let warning = document["files"][0]["warnings"][0].as_str().unwrap();
    assert!(warning.contains("not come yet"), "{warning}");
}

#[test]
fn trusted_certificates_come_from_files_and_folders() {
    let desk = Desk::new();
    let der = desk.ministry.authority.certificate().der().to_vec();
    desk.user.write("ministry/root.der", der);
    desk.user
        .write("ministry/other.cer", Ministry::valid().root());
    desk.user.write("ministry/readme.txt", "no certificate");
    desk.run(&["upo.xml", "--trusted", "ministry"])
        .says("genuine");
    let mut command = desk.user.command();
    command.args(["upo", "verify", "upo.xml"]);
    command.env("KSEF_TRUSTED", "root.pem");
    Run::of(command.output().unwrap()).says("genuine");
    for (path, content) in [("empty/readme.txt", "x"), ("broken.pem", "x")] {
        desk.user.write(path, content);
        let path = path.split('/').next().unwrap();
        desk.run(&["upo.xml", "--trusted", path])
            .fails_with(2, path);
    }
    desk.run(&["upo.xml", "--trusted", "missing.pem"])
        .fails_with(2, "missing.pem");
    desk.run(&["missing.xml", "--trusted", "root.pem"])
        .fails_with(2, "missing.xml");
    desk.run(&["in", "--trusted", "root.pem"])
        .fails_with(2, "no UPO among");
}

#[test]
fn entries_and_invoices_that_do_not_meet_are_listed() {
    let desk = Desk::new();
    // An invoice more, and one that was changed by a space.
    desk.user.write("in/2.xml", desk.invoices[1].clone() + " ");
    desk.user.write("in/3.xml", invoice(SELLER, "U/3"));
    let line = [
        "upo.xml",
        "--trusted",
        "root.pem",
        "--invoice",
        "in",
        "--json",
    ];
    let document = desk.run(&line).ends_with(1).json();
    let totals = &document["totals"];
    assert_eq!(
        (
            &totals["confirmed"],
            &totals["different"],
            &totals["invoicesWithoutEntry"]
        ),
        (&1.into(), &1.into(), &2.into()),
        "{document}"
    );
    let different = &document["files"][0]["upo"]["documents"][1]["match"];
    assert_eq!(different["outcome"], "different");
    assert_eq!(different["invoice"], "in/2.xml");
    let told = different["differences"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{different}");
    assert!(told[0].as_str().unwrap().contains("SHA-256"), "{different}");
    let without: Vec<&str> = document["invoicesWithoutEntry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|paper| paper["file"].as_str().unwrap())
        .collect();
    assert_eq!(without, ["in/2.xml", "in/3.xml"]);

    // Entries without a copy are no mistake.
    let line = [
        "upo.xml",
        "--trusted",
        "root.pem",
        "--invoice",
        "in/1.xml",
        "--json",
    ];
    let document = desk.run(&line).ends_with(0).json();
    assert_eq!(document["totals"]["withoutInvoice"], 1);

    // The document that KSeF took, and entries that say something else about it.
    let mut wrong = desk.upo();
    wrong.documents[0].number = "U/9".into();
    wrong.documents[0].issue_date = jiff::civil::date(2026, 11, 3);
    wrong.form = "FA (2)".into();
    desk.user.write("wrong.xml", desk.ministry.sign(&wrong));
    let line = [
        "wrong.xml",
        "--trusted",
        "root.pem",
        "--invoice",
        "in/1.xml",
        "--json",
    ];
    let document = desk.run(&line).ends_with(1).json();
    let told = &document["files"][0]["upo"]["documents"][0]["match"]["differences"];
    assert_eq!(told.as_array().unwrap().len(), 3, "{document}");
}

#[test]
fn a_genuine_signature_does_not_excuse_contradictions() {
    let desk = Desk::new();
    // Twice the same entry: the schema forbids it too.
    let mut twice = desk.upo();
    let first = twice.documents[0].clone();
    twice.documents.push(first);
    let document = desk.verify(desk.ministry.sign(&twice), 1);
    let problems = document["files"][0]["problems"].to_string();
    assert!(problems.contains("listed more than once"), "{problems}");
    assert!(problems.contains("breaks its schema"), "{problems}");

    // A number of another seller, and one of another day.
    let mut strange = desk.upo();
    strange.documents[0].seller = Nip::parse("1111111111").unwrap();
    strange.documents[1].sent = instant("2026-11-25T10:00:00Z");
    strange.documents[1].numbered = instant("2026-11-25T10:00:01Z");
    let document = desk.verify(desk.ministry.sign(&strange), 1);
    let problems = document["files"][0]["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2, "{document}");

    // A wrong checksum.
    let text = String::from_utf8(write(&desk.upo())).unwrap();
    let number = desk.upo().documents[0].ksef_number.to_string();
    let end = if number.ends_with("00") { "01" } else { "00" };
    let wrong = text.replace(&number, &format!("{}{end}", &number[..number.len() - 2]));
    let signed = sign_enveloped(wrong.as_bytes(), &desk.ministry.seal, instant(SIGNED)).unwrap();
    let why = desk.problem(signed);
    assert!(why.contains("NumerKSeFDokumentu"), "{why}");

    // Two UPOs that contradict each other.
    let mut other = desk.upo();
    other.documents[0].digest = sha256(b"another");
    desk.user.write("other.xml", desk.ministry.sign(&other));
    let line = ["upo.xml", "other.xml", "--trusted", "root.pem", "--json"];
    let document = desk.run(&line).ends_with(1).json();
    assert_eq!(document["files"][0]["verdict"], "genuine");
    let problem = document["files"][1]["problems"][0].as_str().unwrap();
    assert!(problem.contains("another document in upo.xml"), "{problem}");
    // The same UPO twice, or an invoice's beside its session's, is fine.
    let mut single = upo(vec![desk.upo().documents.remove(0)]);
    single.page = None;
    desk.user.write("single.xml", desk.ministry.sign(&single));
    desk.run(&["upo.xml", "upo.xml", "single.xml", "--trusted", "root.pem"])
        .ends_with(0);
}

#[test]
fn what_the_sandbox_gave_is_verified_with_its_authority_and_the_copies_here() {
    let user = User::new();
    let folder = user.invoices("in", ["S/1", "S/2"]);
    let run = user.send(&folder, &["--out", "sent"]).ends_with(0);
    let document = run.json();
    let number = document["invoices"][0]["ksefNumber"]
        .as_str()
        .unwrap()
        .to_owned();
    let run = user.run(["upo", "verify", "sent", "--json"]).ends_with(0);
    let document = run.json();
    assert_eq!(document["totals"]["genuine"], 3, "{document}");
    assert_eq!(document["totals"]["confirmed"], 4, "{document}");
    let found = &document["files"][1]["upo"]["documents"][0]["match"];
    assert_eq!(found["origin"], "sent", "{document}");
    // The documents are gone: the inbox has them.
    for name in ["in", "sent"] {
        let of_invoices = |path: &PathBuf| !path.to_string_lossy().ends_with(".upo.xml");
        for path in user.files(name).into_iter().filter(of_invoices) {
            std::fs::remove_file(path).unwrap();
        }
    }
    let upo = format!("sent/{number}.upo.xml");
    let line = ["upo", "verify", upo.as_str(), "--json"];
    let document = user.run(line).ends_with(0).json();
    assert_eq!(document["totals"]["withoutInvoice"], 1);
    user.run(["inbox", "sync", "--context", SELLER])
        .ends_with(0);
    let document = user.run(line).ends_with(0).json();
    let found = &document["files"][0]["upo"]["documents"][0]["match"];
    assert_eq!(
        (&found["outcome"], &found["origin"]),
        (&"confirmed".into(), &"inbox".into())
    );
    let line = ["upo", "verify", upo.as_str(), "--no-copies", "--json"];
    let document = user.run(line).ends_with(0).json();
    assert_eq!(document["totals"]["withoutInvoice"], 1);
}

/// The largest page that there is, with numbers as long as they may be.
#[test]
fn a_page_of_ten_thousand_invoices_is_verified() {
    let desk = Desk::new();
    let first = desk.upo().documents.remove(0);
    let day = jiff::civil::date(2026, 11, 21);
    let entries = (1..=10_000_u64).map(|sequence| UpoDocument {
        ksef_number: KsefNumber::generate(first.seller, day, sequence),
        number: format!("{sequence:0>256}"),
        digest: sha256(&sequence.to_be_bytes()),
        ..first.clone()
    });
    let mut page = upo(entries.collect());
    page.documents[0] = first;
    let text = desk.ministry.sign(&page);
    assert!(text.len() > 7_000_000, "{}", text.len());
    desk.user.write("large.xml", text);
    let line = [
        "large.xml",
        "--trusted",
        "root.pem",
        "--invoice",
        "in/1.xml",
    ];
    let run = desk.run(&line).ends_with(0);
    assert!(run.stdout.contains("1 confirmed"), "{}", run.stdout);
    assert!(
        run.stdout.lines().count() < 60,
        "the rest is counted, not listed"
    );
}

#[test]
fn a_upo_is_shown_whatever_it_is_worth() {
    let desk = Desk::new();
    let show = |name: &str, json: bool| {
        let mut line = vec!["upo", "show", name];
        line.extend(json.then_some("--json"));
        desk.user.run(line)
    };
    show("upo.xml", false).says("CN=Seal");
    let document = show("upo.xml", true).ends_with(0).json();
    assert_eq!(document["documents"][1]["invoiceNumber"], "U/2");
    desk.user.write("unsigned.xml", write(&desk.upo()));
    let run = show("unsigned.xml", false).ends_with(0);
    assert!(run.stderr.contains("not signed"), "{}", run.stderr);
    show("in/1.xml", false).fails_with(1, "ksef invoice show");
    show("missing.xml", false).fails_with(1, "missing.xml");
}

/// The six official examples are unsigned: they are shown in full, and prove nothing.
#[test]
fn the_official_examples_are_shown_and_not_believed() {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec/upo-examples");
    if !folder.is_dir() {
        eprintln!("skipped: the official examples are not there");
        return;
    }
    let user = User::new();
    let path = folder.to_str().unwrap();
    let run = user.run(["upo", "verify", path, "-r", "--any-signer", "--json"]);
    let document = run.ends_with(1).json();
    assert_eq!(document["totals"]["wrong"], 6, "{document}");
    for file in document["files"].as_array().unwrap() {
        let why = file["problems"][0].as_str().unwrap();
        assert!(why.contains("not signed"), "{why}");
        let shown = user.run(["upo", "show", file["file"].as_str().unwrap(), "--json"]);
        let shown = shown.ends_with(0).json();
        assert_eq!(shown["form"], "FA (3)");
        assert!(!shown["documents"].as_array().unwrap().is_empty());
    }
}
