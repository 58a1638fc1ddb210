use std::path::PathBuf;

use jiff::civil::date;
use ksef_core::nip::Nip;

use super::*;

/// The folder of the official samples, when it is there.
fn samples() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("../shared/samples/fa3");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no folder of official samples");
    None
}

#[test]
fn every_official_sample_is_read() {
    let Some(folder) = samples() else { return };
    let mut count = 0;
    let mut attachments = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let metadata = read(&bytes).unwrap_or_else(|findings| panic!("{path:?}: {findings:#?}"));
        assert_eq!(metadata.form, FormCode::Fa3);
        assert_eq!(metadata.seller.nip.as_str(), "9999999999");
        assert!(!metadata.number.is_empty());
        count += 1;
        attachments += usize::from(metadata.has_attachment);
    }
    assert_eq!((count, attachments), (26, 2));
}

/// One of our own examples.
fn example(name: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/invoices");
    std::fs::read(root.join(name)).unwrap()
}

fn nip(text: &str) -> Nip {
    Nip::parse(text).unwrap()
}

/// What is expected of an example.
struct Expected {
    file: &'static str,
    number: &'static str,
    issued: Date,
    kind: InvoiceKind,
    currency: &'static str,
    total: i64,
    net: &'static [(&'static str, i64)],
    vat: &'static [(&'static str, i64)],
    buyer: PartyIdentifier,
}

fn expected() -> [Expected; 6] {
    let cafe = PartyIdentifier::Nip(nip("7342105585"));
    let hotel = PartyIdentifier::Nip(nip("5213884267"));
    let gallery = PartyIdentifier::Nip(nip("6790311742"));
    let german = PartyIdentifier::VatUe {
        country: "DE".into(),
        number: "298374651".into(),
    };
    [
        Expected {
            file: "01-vat.xml",
            number: "FV/2026/03/016",
            issued: date(2026, 3, 16),
            kind: InvoiceKind::Basic,
            currency: "PLN",
            total: 167_472,
            net: &[("P_13_1", 92_400), ("P_13_2", 9000), ("P_13_3", 42_000)],
            vat: &[("P_14_1", 21_252), ("P_14_2", 720), ("P_14_3", 2100)],
            buyer: cafe.clone(),
        },
        Expected {
            file: "02-correction.xml",
            number: "KOR/2026/04/003",
            issued: date(2026, 4, 2),
            kind: InvoiceKind::Correction,
            currency: "PLN",
            total: -18_942,
            net: &[("P_13_1", -15_400)],
            vat: &[("P_14_1", -3542)],
            buyer: cafe,
        },
        Expected {
            file: "03-advance.xml",
            number: "ZAL/2026/04/002",
            issued: date(2026, 4, 20),
            kind: InvoiceKind::Advance,
            currency: "PLN",
            total: 461_250,
            net: &[("P_13_1", 375_000)],
            vat: &[("P_14_1", 86_250)],
            buyer: hotel.clone(),
        },
        Expected {
            file: "04-foreign-currency.xml",
            number: "FV/2026/05/009",
            issued: date(2026, 5, 11),
            kind: InvoiceKind::Basic,
            currency: "EUR",
            total: 123_000,
            net: &[("P_13_1", 100_000)],
            vat: &[("P_14_1", 23_000)],
            buyer: gallery,
        },
        Expected {
            file: "05-settlement.xml",
            number: "ROZ/2026/06/001",
            issued: date(2026, 6, 30),
            kind: InvoiceKind::Settlement,
            currency: "PLN",
            total: 1_076_250,
            net: &[("P_13_1", 875_000)],
            vat: &[("P_14_1", 201_250)],
            buyer: hotel,
        },
        Expected {
            file: "06-intra-community-supply.xml",
            number: "WDT/2026/09/001",
            issued: date(2026, 9, 7),
            kind: InvoiceKind::Basic,
            currency: "EUR",
            total: 220_000,
            net: &[("P_13_6_2", 220_000)],
            vat: &[],
            buyer: german,
        },
    ]
}

fn hundredths(amounts: &[NamedAmount]) -> Vec<(&str, i64)> {
    amounts
        .iter()
        .map(|found| (found.element, found.amount.to_hundredths().unwrap()))
        .collect()
}

#[test]
fn our_examples_say_what_they_should() {
    for expected in expected() {
        let found = read(&example(expected.file)).unwrap();
        let file = expected.file;
        assert_eq!(found.form, FormCode::Fa3, "{file}");
        assert_eq!(found.seller.nip, nip("5265877635"), "{file}");
        assert_eq!(found.number, expected.number, "{file}");
        assert_eq!(found.issue_date, expected.issued, "{file}");
        assert_eq!(found.kind, expected.kind, "{file}");
        assert_eq!(found.currency, expected.currency, "{file}");
        assert_eq!(found.buyer.identifier, expected.buyer, "{file}");
        assert_eq!(hundredths(&found.net), expected.net, "{file}");
        assert_eq!(hundredths(&found.vat), expected.vat, "{file}");
        let sum: i64 = expected
            .net
            .iter()
            .chain(expected.vat)
            .map(|(_, amount)| amount)
            .sum();
        assert_eq!(found.total.to_hundredths(), Some(expected.total), "{file}");
        assert_eq!(
            sum, expected.total,
            "{file}: the sums of the example do not add up"
        );
        assert!(!found.is_self_billing && !found.has_attachment, "{file}");
    }
}

#[test]
fn every_example_is_in_the_table() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/invoices");
    let mut files: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".xml"))
        .collect();
    files.sort();
    assert_eq!(files, expected().map(|expected| expected.file));
}

#[test]
fn the_oracle_finds_our_examples_valid() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tool = root.join("../shared/tools/xsd-check");
    if !tool.exists() {
        eprintln!("skipped: no oracle");
        return;
    }
    let files = expected().map(|expected| root.join("examples/invoices").join(expected.file));
    let output = std::process::Command::new(tool)
        .arg("fa3")
        .args(files)
        .output()
        .unwrap();
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

#[test]
fn parties_and_conversions_are_read() {
    let found = read(&example("05-settlement.xml")).unwrap();
    let [third] = found.third_parties.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        third.identifier,
        PartyIdentifier::InternalId("5213884267-00013".parse().unwrap())
    );
    assert_eq!(third.identifier.nip(), Some(nip("5213884267")));
    assert_eq!(third.role, PartyRole::Number(2));
    assert_eq!(
        third.name.as_deref(),
        Some("Hotel Nad Narwią, restauracja „Zakole”")
    );

    let found = read(&example("04-foreign-currency.xml")).unwrap();
    assert_eq!(hundredths(&found.vat_in_pln), [("P_14_1W", 98_003)]);
    assert_eq!(
        found.buyer.name.as_deref(),
        Some("Galeria Form Użytkowych Maj & Lis s.c.")
    );
    assert_eq!(found.created.as_deref(), Some("2026-05-11T07:30:05.250Z"));
    assert_eq!(found.system.as_deref(), Some("Glinka Faktury 3.1"));
    assert_eq!(
        found.seller.name,
        "Pracownia Ceramiki Glinka i Szkliwo sp. z o.o."
    );
}

/// A changed copy of the first example.
fn changed(from: &str, to: &str) -> Result<InvoiceMetadata, Vec<Finding>> {
    let text = String::from_utf8(example("01-vat.xml")).unwrap();
    assert!(text.contains(from), "{from}");
    read(text.replacen(from, to, 1).as_bytes())
}

#[test]
fn every_way_to_identify_a_buyer_is_read() {
    let buyer = |xml| {
        changed("<NIP>7342105585</NIP>", xml)
            .unwrap()
            .buyer
            .identifier
    };
    assert_eq!(buyer("<BrakID>1</BrakID>"), PartyIdentifier::None);
    assert_eq!(
        buyer("<KodKraju>US</KodKraju><NrID>12-3456789</NrID>"),
        PartyIdentifier::Other {
            country: Some("US".into()),
            id: "12-3456789".into()
        }
    );
    assert_eq!(
        buyer("<NrID> x </NrID>"),
        PartyIdentifier::Other {
            country: None,
            id: " x ".into()
        }
    );
    assert_eq!(
        buyer("<KodUE>EL</KodUE><NrVatUE>12+*AB</NrVatUE>"),
        PartyIdentifier::VatUe {
            country: "EL".into(),
            number: "12+*AB".into()
        }
    );
}

#[test]
fn other_parties_have_roles() {
    let party = |inside: &str| {
        let xml = format!(
            "<Podmiot3><DaneIdentyfikacyjne><BrakID>1</BrakID></DaneIdentyfikacyjne>{inside}\
             </Podmiot3><PodmiotUpowazniony><DaneIdentyfikacyjne><NIP>1182055377</NIP>\
             <Nazwa>Komornik</Nazwa></DaneIdentyfikacyjne>\
             <Adres><KodKraju>PL</KodKraju><AdresL1>Rynek 2</AdresL1></Adres><RolaPU>2</RolaPU>\
             </PodmiotUpowazniony><Fa>"
        );
        changed("<Fa>", &xml)
    };
    let found = party("<Rola>11</Rola>").unwrap();
    assert_eq!(found.third_parties[0].role, PartyRole::Number(11));
    let authorised = found.authorised_party.unwrap();
    assert_eq!((authorised.nip, authorised.role), (nip("1182055377"), 2));
    let found = party("<RolaInna>1</RolaInna><OpisRoli>druga ręka</OpisRoli>").unwrap();
    assert_eq!(
        found.third_parties[0].role,
        PartyRole::Described("druga ręka".into())
    );
    for wrong in [
        "",
        "<Rola>12</Rola>",
        "<RolaInna>1</RolaInna>",
        "<OpisRoli>x</OpisRoli>",
        "<Rola>1</Rola><RolaInna>1</RolaInna>",
    ] {
        assert_eq!(party(wrong).unwrap_err().len(), 1, "{wrong}");
    }
}

#[test]
fn self_billing_and_values_in_pieces_are_read() {
    assert!(changed("<P_17>2", "<P_17>1").unwrap().is_self_billing);
    let found = changed(
        "FV/2026/03/016",
        " FV/<!-- x -->2026<![CDATA[/03/]]>&#48;16  a\n",
    )
    .unwrap();
    assert_eq!(found.number, "FV/2026/03/016 a");
}

#[test]
fn prefixes_do_not_matter_but_namespaces_do() {
    let text = String::from_utf8(example("01-vat.xml")).unwrap();
    let prefixed = text
        .replace("</", "</f:")
        .replace('<', "<f:")
        .replace("<f:/f:", "</f:");
    let prefixed = prefixed.replace("<f:?", "<?").replace("xmlns=", "xmlns:f=");
    assert_eq!(read(prefixed.as_bytes()), read(text.as_bytes()));
    let foreign = text.replacen("<P_2>", "<P_2 xmlns='u'>", 1);
    assert!(read(foreign.as_bytes()).is_err());
}

#[test]
fn every_finding_is_reported_at_once() {
    let text = String::from_utf8(example("01-vat.xml")).unwrap();
    let broken = text
        .replacen("<P_15>1674.72", "<P_15>1674,72", 1)
        .replacen("<GV>2</GV>", "", 1)
        .replacen("<KodWaluty>PLN", "<KodWaluty>pln", 1);
    let findings = read(broken.as_bytes()).unwrap_err();
    let paths: Vec<_> = findings.iter().filter_map(Finding::path).collect();
    assert_eq!(
        paths,
        [
            "/Faktura/Podmiot2",
            "/Faktura/Fa/KodWaluty",
            "/Faktura/Fa/P_15"
        ]
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.refusal().unwrap().code() == 450)
    );
}

#[test]
fn the_older_form_is_read_by_its_own_rules() {
    let text = String::from_utf8(example("01-vat.xml")).unwrap();
    let older = text
        .replace("2025/06/25/13775", "2023/06/29/12648")
        .replace("FA (3)", "FA (2)")
        .replace("<WariantFormularza>3", "<WariantFormularza>2")
        .replace("    <JST>2</JST>\n    <GV>2</GV>\n", "")
        .replace("2026-03-16T09", "2022-03-16T09");
    let found = read(older.as_bytes()).unwrap();
    assert_eq!(
        (found.form, found.number.as_str()),
        (FormCode::Fa2, "FV/2026/03/016")
    );
    assert!(
        read(
            older
                .replace("</Podmiot2>", "<JST>2</JST></Podmiot2>")
                .as_bytes()
        )
        .is_err()
    );
}

const FARMER: &str = r#"<Faktura xmlns="http://crd.gov.pl/wzor/2026/03/06/14189/">
<Naglowek><KodFormularza kodSystemowy="FA_RR (1)" wersjaSchemy="1-1E">FA_RR</KodFormularza>
<WariantFormularza>1</WariantFormularza><DataWytworzeniaFa>2026-08-01T10:00:00Z</DataWytworzeniaFa>
</Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>Sad Renety</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Sady 4</AdresL1></Adres></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne><NIP>7342105585</NIP><Nazwa>Tłocznia</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Rynek 1</AdresL1></Adres></Podmiot2>
<FakturaRR><KodWaluty>PLN</KodWaluty><P_4B>2026-08-01</P_4B><P_4C>RR/7</P_4C>
<P_11_1>1000.00</P_11_1><P_11_2>70.00</P_11_2><P_12_1>1070.00</P_12_1>
<P_12_2>tysiąc siedemdziesiąt</P_12_2><RodzajFaktury>VAT_RR</RodzajFaktury></FakturaRR></Faktura>"#;

#[test]
fn a_flat_rate_farmers_invoice_is_read() {
    let found = read(FARMER.as_bytes()).unwrap();
    assert_eq!(
        (&found.form, &found.kind),
        (&FormCode::FaRr1, &InvoiceKind::FlatRateFarmer)
    );
    assert_eq!(
        (found.number.as_str(), found.issue_date),
        ("RR/7", date(2026, 8, 1))
    );
    assert_eq!(found.seller.name, "Sad Renety");
    assert_eq!(
        found.buyer.identifier,
        PartyIdentifier::Nip(nip("7342105585"))
    );
    assert_eq!(found.total.as_str(), "1070.00");
    assert_eq!(hundredths(&found.net), [("P_11_1", 100_000)]);
    let misplaced = FARMER
        .replace("<P_4C>RR/7</P_4C>", "")
        .replace("<P_4B>", "<P_4C>R</P_4C><P_4B>");
    assert!(read(misplaced.as_bytes()).is_err());
}

const PEPPOL: &str = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>PEF/1</cbc:ID>
<cbc:IssueDate>2026-05-04</cbc:IssueDate><cbc:InvoiceTypeCode>389</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party>
<cac:PartyName><cbc:Name>Glinka</cbc:Name></cac:PartyName>
<cac:PartyTaxScheme><cbc:CompanyID>PL5265877635</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
<cac:PartyTaxScheme><cbc:CompanyID>DE298374651</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Laden GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">23.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">123.00</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="EUR">23.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID>
<cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Miska</cbc:Name></cac:Item></cac:InvoiceLine></Invoice>"#;

#[test]
fn a_peppol_invoice_and_credit_note_are_read() {
    let found = read(PEPPOL.as_bytes()).unwrap();
    assert_eq!(
        (&found.form, &found.kind),
        (&FormCode::Pef3, &InvoiceKind::Pef)
    );
    assert_eq!(
        (found.seller.nip, found.seller.name.as_str()),
        (nip("5265877635"), "Glinka")
    );
    assert_eq!(
        found.buyer.identifier,
        PartyIdentifier::VatUe {
            country: "DE".into(),
            number: "298374651".into()
        }
    );
    assert_eq!(found.buyer.name.as_deref(), Some("Laden GmbH"));
    assert_eq!(
        (found.total.as_str(), found.currency.as_str()),
        ("123.00", "EUR")
    );
    assert_eq!(hundredths(&found.vat), [("TaxAmount", 2300)]);
    assert!(found.is_self_billing);

    let note = PEPPOL
        .replace("<Invoice ", "<CreditNote ")
        .replace("</Invoice>", "</CreditNote>")
        .replace("xsd:Invoice-2", "xsd:CreditNote-2")
        .replace("InvoiceTypeCode>389", "CreditNoteTypeCode>381")
        .replace("InvoiceTypeCode", "CreditNoteTypeCode")
        .replace("cac:InvoiceLine", "cac:CreditNoteLine");
    let note = note.replace("CreditCreditNoteTypeCode", "CreditNoteTypeCode");
    let found = read(note.as_bytes()).unwrap();
    assert_eq!(
        (&found.form, &found.kind),
        (&FormCode::PefKor3, &InvoiceKind::PefCorrection)
    );

    let without = PEPPOL.replace("PL5265877635", "5265877635");
    assert_eq!(read(without.as_bytes()).unwrap_err().len(), 1);
}

/// One line of a pretty-printed invoice dropped, doubled, swapped with the next or changed.
fn line_mutant(lines: &[&str], number: usize) -> String {
    let at = number / 4 % lines.len();
    let mut lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    match number % 4 {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 if at + 1 < lines.len() => lines.swap(at, at + 1),
        _ => {
            let changed: String = lines[at]
                .chars()
                .map(|c| if c.is_ascii_digit() { '1' } else { c })
                .collect();
            lines[at] = changed;
        }
    }
    lines.concat()
}

#[test]
fn what_the_schema_accepts_is_never_refused() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let schema = root.join("../shared/spec/xsd/fa/schemat_FA(3)_v1-0E.xsd");
    let catalog = root.join("../shared/spec/xsd/catalog.xml");
    if !schema.exists() {
        eprintln!("skipped: no schema");
        return;
    }
    let mut documents = Vec::new();
    for expected in expected() {
        let text = String::from_utf8(example(expected.file)).unwrap();
        let lines: Vec<_> = text.lines().collect();
        documents.extend((0..4 * lines.len()).map(|number| line_mutant(&lines, number)));
    }
    let folder = std::env::temp_dir().join(format!("ksef-outline-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = std::process::Command::new("xmllint");
    command
        .env("XML_CATALOG_FILES", catalog)
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema);
    for (index, document) in documents.iter().enumerate() {
        let path = folder.join(format!("{index}.xml"));
        std::fs::write(&path, document).unwrap();
        command.arg(path);
    }
    let Ok(output) = command.output() else {
        eprintln!("skipped: xmllint is not installed");
        return;
    };
    let report = String::from_utf8_lossy(&output.stderr);
    let accepted: Vec<usize> = report
        .lines()
        .filter_map(|line| {
            line.strip_suffix(".xml validates")?
                .rsplit('/')
                .next()?
                .parse()
                .ok()
        })
        .collect();
    assert!(accepted.len() > 100, "{report}");
    for index in &accepted {
        let found = read(documents[*index].as_bytes());
        assert!(found.is_ok(), "{found:#?}\n{}", documents[*index]);
    }
    let caught = documents
        .iter()
        .filter(|text| read(text.as_bytes()).is_err())
        .count();
    let refused = documents.len() - accepted.len();
    eprintln!(
        "outline: {} documents, the schema refuses {refused}, we {caught}",
        documents.len()
    );
    std::fs::remove_dir_all(folder).unwrap();
}
