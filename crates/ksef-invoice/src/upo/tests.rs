use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::date;

use super::*;
use crate::rule::Rule;

const DIGEST: Sha256Digest = Sha256Digest::from_bytes([0x5A; 32]);

fn upo() -> Upo {
    let seller = Nip::parse("5265877635").unwrap();
    let issue_date = date(2026, 3, 28);
    let document = UpoDocument {
        seller,
        ksef_number: KsefNumber::generate(seller, issue_date, 0x0100_0012_ABCD),
        number: "FV <1> & \"2\"".into(),
        issue_date,
        sent: "2026-03-29T00:59:59.9996Z".parse().unwrap(),
        numbered: "2026-03-29T01:00:00Z".parse().unwrap(),
        digest: DIGEST,
        mode: Some(InvoicingMode::Offline),
    };
    Upo {
        version: UpoVersion::V4_3,
        declared_version: None,
        issuer: ISSUER.into(),
        session: SessionRef::generate(issue_date, 1, 2),
        context: ContextIdentifier::Nip(seller),
        proof: AuthenticationProof::Document(Sha256Digest::from_bytes([7; 32])),
        page: Some(UpoPage {
            number: 1,
            count: 1,
            first: 1,
            last: 1,
            total: 1,
        }),
        schema: "Schemat_FA(3)_v1-0E.xsd".into(),
        form: "FA (3)".into(),
        documents: vec![document],
    }
}

/// `../shared` beside the project, when it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared")
        .join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("skipped: {path} is not there");
    None
}

#[test]
fn what_is_written_is_read() {
    let mut expected = upo();
    let text = String::from_utf8(write(&expected)).unwrap();
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Potwierdzenie xmlns="));
    // An hour is skipped between these two instants, and milliseconds are cut, not rounded.
    assert!(
        text.contains("<DataPrzeslaniaDokumentu>2026-03-29T01:59:59.999+01:00<"),
        "{text}"
    );
    assert!(
        text.contains("<DataNadaniaNumeruKSeF>2026-03-29T03:00:00.000+02:00<"),
        "{text}"
    );
    assert!(text.contains("FV &lt;1&gt; &amp; \"2\""));
    expected.documents[0].sent = "2026-03-29T00:59:59.999Z".parse().unwrap();
    assert_eq!(read(text.as_bytes()).unwrap(), expected);
}

#[test]
fn every_context_and_proof_goes_round() {
    for context in [
        "Nip:5265877635",
        "InternalId:5265877635-12346",
        "NipVatUe:5265877635-DE123456789",
        "PeppolId:PPL123456",
    ] {
        let mut expected = upo();
        expected.context = ContextIdentifier::parse(context).unwrap();
        expected.proof = AuthenticationProof::Token(TokenRef::generate(date(2026, 1, 2), 3, 4));
        expected.page = None;
        expected.documents[0].sent = expected.documents[0].numbered;
        assert_eq!(read(&write(&expected)).unwrap(), expected);
    }
}

#[test]
fn signature_suffix_prefix_and_older_version_are_accepted() {
    let text = String::from_utf8(write(&upo())).unwrap();
    let signature = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
        <Dokument xmlns=\"\">x</Dokument></ds:SignedInfo></ds:Signature></Potwierdzenie>";
    let signed = text
        .replace("</Potwierdzenie>", signature)
        .replace(ISSUER, "Ministerstwo Finansów - środowisko testowe (TE)")
        .replace("\t\t<TrybWysylki>Offline</TrybWysylki>\n", "")
        .replace(NAMESPACE, NAMESPACE_4_2);
    let found = read(format!("\u{FEFF}{signed}").as_bytes()).unwrap();
    assert_eq!(found.version, UpoVersion::V4_2);
    assert_eq!(
        found.issuer,
        "Ministerstwo Finansów - środowisko testowe (TE)"
    );
    assert_eq!((found.documents.len(), found.documents[0].mode), (1, None));
}

#[test]
fn version_4_2_and_a_declared_version_go_round() {
    let mut expected = upo();
    expected.version = UpoVersion::V4_2;
    expected.declared_version = Some("4-2 \"&\tx".into());
    expected.documents[0].mode = None;
    expected.documents[0].sent = expected.documents[0].numbered;
    let text = String::from_utf8(write(&expected)).unwrap();
    assert!(text.contains(NAMESPACE_4_2) && !text.contains("TrybWysylki"));
    assert_eq!(read(text.as_bytes()).unwrap(), expected);
    // Elements of the other version are foreign.
    let mixed = text.replace(
        "<KodFormularza>",
        &format!("<KodFormularza xmlns=\"{NAMESPACE}\">"),
    );
    assert_eq!(
        read(mixed.as_bytes()).unwrap_err().kind(),
        &UpoErrorKind::Missing("KodFormularza")
    );
}

#[test]
fn the_schema_is_kept_but_for_the_issuer() {
    let mut upo = upo();
    assert_eq!(check(&write(&upo)), []);
    upo.issuer = format!("{ISSUER} - środowisko testowe (TE)");
    let text = String::from_utf8(write(&upo)).unwrap();
    assert_eq!(check(text.as_bytes()), []);
    for (from, to, rule) in [
        (
            "<NipSprzedawcy>",
            "<Nip>1</Nip><NipSprzedawcy>",
            Rule::SchemaElementUnexpected,
        ),
        (
            ">5265877635-2026",
            ">526587763-2026",
            Rule::SchemaValuePattern,
        ),
        (">Offline<", ">Later<", Rule::SchemaValueListed),
    ] {
        assert!(text.contains(from), "{from}");
        let findings = check(text.replacen(from, to, 1).as_bytes());
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].rule(), rule, "{findings:?}");
    }
    upo.issuer = "x".repeat(241);
    assert_eq!(check(&write(&upo)).len(), 1);
    // As large as a page may be.
    let document = upo.documents.remove(0);
    upo.issuer = ISSUER.into();
    upo.documents = (0..10_000)
        .map(|sequence| UpoDocument {
            ksef_number: KsefNumber::generate(document.seller, document.issue_date, sequence),
            number: "9".repeat(256),
            ..document.clone()
        })
        .collect();
    assert_eq!(check(&write(&upo)), []);
}

#[test]
fn contradictions_are_told_one_by_one() {
    let mut upo = upo();
    upo.documents[0].sent = "2026-03-28T10:00:00Z".parse().unwrap();
    upo.documents[0].numbered = "2026-03-28T10:00:01Z".parse().unwrap();
    assert_eq!(upo.doubts(), []);
    let first = upo.documents[0].clone();
    let number = |sequence| KsefNumber::generate(first.seller, first.issue_date, sequence);

    // Twice the same entry, and twice the same document.
    upo.documents = vec![first.clone(), first.clone(), first.clone()];
    upo.documents.push(UpoDocument {
        ksef_number: number(7),
        ..first.clone()
    });
    upo.page = None;
    assert_eq!(
        upo.doubts(),
        [
            Doubt::NumberTwice(first.ksef_number),
            Doubt::DocumentTwice {
                digest: DIGEST,
                first: first.ksef_number,
                second: number(7)
            }
        ]
    );

    let other = Nip::parse("1111111111").unwrap();
    upo.documents = vec![UpoDocument {
        seller: other,
        ..first.clone()
    }];
    assert_eq!(
        upo.doubts(),
        [Doubt::SellerOfNumber {
            number: first.ksef_number,
            seller: other
        }]
    );

    // Sent on the 28th, numbered on the 29th: both are days of the number, the 30th is not.
    let with_day = |day: Date| UpoDocument {
        ksef_number: KsefNumber::generate(first.seller, day, 1),
        sent: "2026-03-28T22:59:00Z".parse().unwrap(),
        numbered: "2026-03-28T23:30:00Z".parse().unwrap(),
        ..first.clone()
    };
    for (day, is_doubted) in [(27, true), (28, false), (29, false), (30, true)] {
        let document = with_day(date(2026, 3, day));
        let expected = Doubt::DayOfNumber {
            number: document.ksef_number,
            numbered: date(2026, 3, 29),
        };
        upo.documents = vec![document];
        let expected = is_doubted.then_some(expected);
        assert_eq!(upo.doubts(), expected.as_slice(), "{day}");
    }

    let backwards = UpoDocument {
        sent: first.numbered,
        numbered: first.sent,
        ..first.clone()
    };
    upo.documents = vec![backwards];
    assert_eq!(upo.doubts(), [Doubt::NumberedBeforeSent(first.ksef_number)]);

    upo.documents = vec![first];
    let page = |number, count, first, last, total| UpoPage {
        number,
        count,
        first,
        last,
        total,
    };
    for (page, is_doubted) in [
        (page(1, 1, 1, 1, 1), false),
        // An end that is not counted, as the schema has it.
        (page(1, 1, 1, 2, 1), false),
        (page(2, 1, 1, 1, 1), true),
        (page(0, 1, 1, 1, 1), true),
        (page(1, 1, 2, 1, 2), true),
        (page(1, 1, 2, 2, 1), true),
    ] {
        upo.page = Some(page);
        let expected = is_doubted.then_some(Doubt::Page(page));
        assert_eq!(upo.doubts(), expected.as_slice());
    }
}

#[test]
fn what_is_written_is_always_xml() {
    let mut upo = upo();
    upo.issuer = "a\u{1}b\u{FFFF}]]>\rc".into();
    assert_eq!(
        read(&write(&upo)).unwrap().issuer,
        "a\u{FFFD}b\u{FFFD}]]> c"
    );
}

#[test]
fn days_may_have_a_zone_and_times_may_have_none() {
    let text = String::from_utf8(write(&upo())).unwrap();
    let read_with = |day: &str, time: &str| {
        let text = text
            .replace(">2026-03-28<", &format!(">{day}<"))
            .replace(">2026-03-29T03:00:00.000+02:00<", &format!(">{time}<"));
        read(text.as_bytes()).map(|upo| (upo.documents[0].issue_date, upo.documents[0].numbered))
    };
    let expected = (
        date(2026, 3, 28),
        "2026-03-29T01:00:00Z".parse::<Timestamp>().unwrap(),
    );
    for (day, time) in [
        ("2026-03-28", "2026-03-29T03:00:00.0000000+02:00"),
        ("2026-03-28+01:00", "2026-03-29T01:00:00Z"),
        ("2026-03-28Z", "2026-03-29T03:00:00"),
    ] {
        assert_eq!(read_with(day, time).unwrap(), expected, "{day} {time}");
    }
    assert!(read_with("2026-03-28 ?", "2026-03-29T01:00:00Z").is_err());
    assert!(read_with("2026-02-30", "2026-03-29T01:00:00Z").is_err());
    assert!(read_with("2026-03-28", "2026-03-29T25:00:00").is_err());
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let text = String::from_utf8(write(&upo())).unwrap();
    let error = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        read(text.replace(from, to).as_bytes())
            .unwrap_err()
            .kind()
            .clone()
    };
    assert!(matches!(error("</Dokument>", ""), UpoErrorKind::NotXml(_)));
    assert_eq!(error(NAMESPACE, "urn:other"), UpoErrorKind::NotUpo);
    assert_eq!(
        error("<KodFormularza>FA (3)</KodFormularza>", ""),
        UpoErrorKind::Missing("KodFormularza")
    );
    assert_eq!(
        error(">Offline<", ">Later<"),
        UpoErrorKind::Invalid {
            element: "TrybWysylki",
            value: "Later".into()
        }
    );
    assert_eq!(
        error("<Strona>1<", "<Strona>-1<"),
        UpoErrorKind::Invalid {
            element: "Strona",
            value: "-1".into()
        }
    );
    assert!(matches!(
        read(b"\xFF").unwrap_err().kind(),
        UpoErrorKind::NotXml(_)
    ));
}

#[test]
fn the_official_examples_are_read() {
    let Some(folder) = shared("spec/upo-examples") else {
        return;
    };
    let mut count = 0;
    for context in std::fs::read_dir(folder).unwrap() {
        for entry in std::fs::read_dir(context.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            let found = read(&std::fs::read(&path).unwrap()).unwrap();
            let is_session = path.to_string_lossy().contains("sesja");
            assert_eq!(found.page.is_some(), is_session, "{path:?}");
            assert_eq!(found.form, "FA (3)");
            assert_eq!(read(&write(&found)).unwrap(), found, "{path:?}");
            assert_eq!(check(&std::fs::read(&path).unwrap()), [], "{path:?}");
            // They were edited: two of them name one digest for both documents.
            let is_edited = |doubt: &Doubt| matches!(doubt, Doubt::DocumentTwice { .. });
            assert!(found.doubts().iter().all(is_edited), "{path:?}");
            assert_eq!(found.version, UpoVersion::V4_3);
            assert!(
                found
                    .documents
                    .iter()
                    .all(|document| document.mode.is_some())
            );
            assert_eq!(
                found.documents.len(),
                if is_session { 2 } else { 1 },
                "{path:?}"
            );
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

#[test]
fn the_oracle_finds_it_valid() {
    let Some(tool) = shared("tools/xsd-check") else {
        return;
    };
    let folder = std::env::temp_dir().join(format!("ksef-upo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut single = upo();
    single.page = None;
    for (name, upo) in [("session.xml", upo()), ("invoice.xml", single)] {
        let path = folder.join(name);
        std::fs::write(&path, write(&upo)).unwrap();
        let output = Command::new(&tool).arg("upo").arg(&path).output().unwrap();
        if output.status.code() == Some(2) {
            eprintln!("skipped: the oracle is not installed");
            return;
        }
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_upo_is_confirmed_or_every_difference_named() {
    let invoice =
        crate::metadata::read(include_bytes!("../../../../examples/invoices/01-vat.xml")).unwrap();
    let mut upo = upo();
    upo.documents[0].number.clone_from(&invoice.number);
    upo.documents[0].issue_date = invoice.issue_date;
    let number = upo.documents[0].ksef_number;
    assert_eq!(
        upo.confirm(&number, &DIGEST, &invoice),
        Ok(&upo.documents[0])
    );

    let other = KsefNumber::generate(invoice.seller.nip, invoice.issue_date, 1);
    let not_listed = upo.confirm(&other, &DIGEST, &invoice).unwrap_err();
    assert_eq!(not_listed, [Mismatch::NotListed(other)]);

    upo.form = "FA (2)".into();
    let document = &mut upo.documents[0];
    document.digest = Sha256Digest::from_bytes([1; 32]);
    document.seller = Nip::parse("1111111111").unwrap();
    document.number = "other".into();
    document.issue_date = date(2020, 1, 1);
    let mismatches = upo.confirm(&number, &DIGEST, &invoice).unwrap_err();
    assert_eq!(mismatches.len(), 5, "{mismatches:?}");
}
