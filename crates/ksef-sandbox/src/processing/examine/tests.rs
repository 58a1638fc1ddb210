use ksef_core::form_code::FormCode;
use ksef_crypto::session_key::SessionKey;

use super::*;

/// A valid FA(3) with the given issue date and extra content at the end.
fn invoice(issued: &str, tail: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/"><Naglowek>
<KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza><WariantFormularza>3</WariantFormularza>
<DataWytworzeniaFa>2026-01-02T10:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>Sprzedawca</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>ul. Prosta 1</AdresL1></Adres></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne><NIP>7762811692</NIP><Nazwa>Nabywca</Nazwa></DaneIdentyfikacyjne><JST>2</JST><GV>2</GV></Podmiot2>
<Fa><KodWaluty>PLN</KodWaluty><P_1>{issued}</P_1><P_2>FV/1</P_2><P_15>123.00</P_15>
<Adnotacje><P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A><Zwolnienie><P_19N>1</P_19N></Zwolnienie>
<NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu><P_23>2</P_23><PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy></Adnotacje>
<RodzajFaktury>VAT</RodzajFaktury></Fa>{tail}</Faktura>"#
    )
}

const ATTACHMENT: &str = "<Zalacznik><BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane></BlokDanych></Zalacznik>";

fn key() -> SessionKey {
    SessionKey::from_parts([3; 32], [5; 16])
}

fn terms(xml: &[u8]) -> Terms {
    Terms {
        hash: sha256(xml),
        size: u64::try_from(xml.len()).unwrap(),
        form: FormCode::Fa3,
        rules: Rules::default(),
        received: "2026-11-21T23:30:00Z".parse().unwrap(),
        may_have_attachment: false,
        verifies_identifiers: false,
    }
}

#[track_caller]
fn check(xml: &[u8], change: impl FnOnce(&mut Terms), code: i32) -> Option<Refused> {
    let mut terms = terms(xml);
    change(&mut terms);
    let sealed = key().encrypt(xml).unwrap();
    match examine(&sealed, &key(), &terms) {
        Examination::Sound(sound) => {
            assert_eq!(code, 200);
            assert_eq!(sound.xml, xml);
            None
        }
        Examination::Refused(refused) => {
            assert_eq!(refused.status.code, code, "{refused:?}");
            Some(refused)
        }
    }
}

#[test]
fn a_good_invoice_comes_out_as_it_went_in() {
    check(invoice("2026-11-20", "").as_bytes(), |_| {}, 200);
}

#[test]
fn the_wrong_key_is_435() {
    let sealed = SessionKey::from_parts([4; 32], [5; 16])
        .encrypt(b"<a/>")
        .unwrap();
    let Examination::Refused(refused) = examine(&sealed, &key(), &terms(b"<a/>")) else {
        panic!("decrypted with another key");
    };
    assert!(matches!(refused.status.code, 430 | 435), "{refused:?}");
    let Examination::Refused(refused) = examine(&sealed[..5], &key(), &terms(b"<a/>")) else {
        panic!("half a block was decrypted");
    };
    assert_eq!(refused.status.code, 435);
}

#[test]
fn other_sizes_digests_and_files_are_430() {
    let good = invoice("2026-11-20", "");
    check(good.as_bytes(), |terms| terms.size += 1, 430);
    check(good.as_bytes(), |terms| terms.hash = sha256(b"other"), 430);
    check(good.as_bytes(), |terms| terms.rules.size_max = 100, 430);
    check(format!("\u{feff}{good}").as_bytes(), |_| {}, 430);
    let refused = check(b"no xml", |_| {}, 430).unwrap();
    assert!(!refused.status.details.is_empty());
}

#[test]
fn meaning_is_450_and_keeps_the_number() {
    let tomorrow_in_warsaw = check(invoice("2026-11-22", "").as_bytes(), |_| {}, 200);
    assert_eq!(
        tomorrow_in_warsaw, None,
        "23:30 UTC is already the 22nd in Warsaw"
    );
    let refused = check(invoice("2026-11-23", "").as_bytes(), |_| {}, 450).unwrap();
    assert_eq!(refused.number.as_deref(), Some("FV/1"));
    assert!(
        refused.status.details[0].contains("2026-11-23"),
        "{refused:?}"
    );
    check(
        invoice("2026-11-20", "").as_bytes(),
        |terms| terms.form = FormCode::Fa2,
        450,
    );
    let missing = invoice("2026-11-20", "").replace("<P_15>123.00</P_15>", "");
    let refused = check(missing.as_bytes(), |_| {}, 450).unwrap();
    assert!(
        refused
            .status
            .details
            .iter()
            .any(|detail| detail.contains("P_15")),
        "{refused:?}"
    );
}

#[test]
fn check_digits_count_only_when_asked_for() {
    let wrong = invoice("2026-11-20", "").replace("7762811692", "1234567890");
    check(wrong.as_bytes(), |_| {}, 200);
    check(
        wrong.as_bytes(),
        |terms| terms.verifies_identifiers = true,
        450,
    );
}

#[test]
fn an_attachment_needs_a_technical_correction() {
    let with_attachment = invoice("2026-11-20", ATTACHMENT);
    let refused = check(with_attachment.as_bytes(), |_| {}, 415).unwrap();
    assert_eq!(refused.number.as_deref(), Some("FV/1"));
    check(
        with_attachment.as_bytes(),
        |terms| terms.may_have_attachment = true,
        200,
    );
}

#[test]
fn details_name_the_place_in_polish_and_are_bounded() {
    let wrong = invoice("2026-11-20", "").replace("123.00", "123,00");
    let refused = check(wrong.as_bytes(), |_| {}, 450).unwrap();
    let detail = &refused.status.details[0];
    assert!(detail.starts_with("Wiersz 8, kolumna "), "{detail}");
    assert!(detail.contains("„123,00”"), "{detail}");
    assert!(detail.ends_with("[/Faktura/Fa/P_15]"), "{detail}");
    assert_eq!(refused.number.as_deref(), Some("FV/1"));

    let many = invoice("2026-11-20", "").replace("FV/1", &"\u{7f}".repeat(45));
    let refused = check(many.as_bytes(), |_| {}, 450).unwrap();
    assert_eq!(refused.status.details.len(), 21);
    let last = refused.status.details.last().unwrap();
    assert!(last.ends_with("nie wymieniono: 25."), "{last}");
}
