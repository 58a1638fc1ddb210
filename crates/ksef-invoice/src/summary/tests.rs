use std::path::PathBuf;

use super::*;
use crate::finding::Language;

fn example(name: &str) -> Summary {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/invoices");
    Summary::read(&std::fs::read(root.join(name)).unwrap()).unwrap()
}

#[test]
fn a_correction_is_told() {
    let summary = example("02-correction.xml");
    assert_eq!(summary.form, Some(FormCode::Fa3));
    assert_eq!(summary.title.text(Language::Polish), "Faktura korygująca");
    assert_eq!(summary.number, "KOR/2026/04/003");
    assert_eq!(summary.total, "-189.42");
    let correction = summary.correction.unwrap();
    assert_eq!(
        correction.effect.unwrap().english,
        "on the date of this correction"
    );
    assert_eq!(correction.originals[0].number, "FV/2026/03/016");
    assert_eq!(
        correction.originals[0].ksef_number.as_deref(),
        Some("5265877635-20260316-0200A1B2C3D4-96")
    );
    assert_eq!(summary.buyer.identifier.as_deref(), Some("NIP 7342105585"));
    assert_eq!(
        summary.buyer.address,
        ["ul. Rynkowa 3/2", "30-001 Kraków", "PL"]
    );
    assert_eq!(summary.lines[0].quantity.as_deref(), Some("-4"));
    assert_eq!(summary.taxes.len(), 1);
    assert_eq!(summary.taxes[0].tax.as_deref(), Some("-35.42"));
}

#[test]
fn each_example_has_what_matters() {
    for name in [
        "01-vat.xml",
        "02-correction.xml",
        "03-advance.xml",
        "04-foreign-currency.xml",
        "05-settlement.xml",
        "06-intra-community-supply.xml",
    ] {
        let summary = example(name);
        for text in [
            &summary.number,
            &summary.issue_date,
            &summary.currency,
            &summary.seller.name,
            &summary.buyer.name,
        ] {
            assert!(!text.is_empty(), "{name}: {summary:?}");
        }
        assert!(is_amount(&summary.total), "{name}");
        assert!(
            !summary.lines.is_empty() || !summary.order_lines.is_empty(),
            "{name}"
        );
        assert!(!summary.taxes.is_empty(), "{name}");
    }
    assert_eq!(example("03-advance.xml").title.english, "Advance invoice");
    assert!(!example("05-settlement.xml").advances.is_empty());
    let foreign = example("04-foreign-currency.xml");
    assert!(foreign.taxes.iter().any(|row| row.tax_in_pln.is_some()));
}

/// The metadata and the summary of the Ministry's samples agree where both speak.
#[test]
fn samples_agree_with_their_metadata() {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(spec.join("../samples/fa3")) else {
        eprintln!("skipped: no samples, set KSEF_SPEC_DIR to the folder beside them");
        return;
    };
    for entry in folder.flatten() {
        let bytes = std::fs::read(entry.path()).unwrap();
        let metadata = crate::metadata::read(&bytes).unwrap();
        let summary = Summary::read(&bytes).unwrap();
        assert_eq!(summary.form.as_ref(), Some(&metadata.form));
        assert_eq!(summary.kind.as_ref(), Some(&metadata.kind));
        assert_eq!(summary.number, metadata.number);
        assert_eq!(summary.issue_date, metadata.issue_date.to_string());
        assert_eq!(summary.currency, metadata.currency);
        assert_eq!(summary.seller.name, metadata.seller.name);
        assert_eq!(summary.others.len(), {
            metadata.third_parties.len() + usize::from(metadata.authorised_party.is_some())
        });
        assert_eq!(summary.taxes.len(), metadata.net.len());
        assert_eq!(summary.attachments > 0, metadata.has_attachment);
        for line in summary.lines.iter().chain(&summary.order_lines) {
            let amounts = [&line.quantity, &line.price, &line.value];
            for amount in amounts.into_iter().flatten() {
                assert!(is_amount(amount), "{:?}: {amount}", entry.path());
            }
        }
    }
}

#[test]
fn a_farmers_invoice_is_told() {
    let text = r#"<Faktura xmlns="http://crd.gov.pl/wzor/2026/03/06/14189/">
        <Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>Jan Rolnik</Nazwa></DaneIdentyfikacyjne>
          <Adres><KodKraju>PL</KodKraju><AdresL1>Wólka 3</AdresL1></Adres></Podmiot1>
        <Podmiot2><DaneIdentyfikacyjne><NIP>7342105585</NIP><Nazwa>Mleczarnia</Nazwa></DaneIdentyfikacyjne></Podmiot2>
        <FakturaRR><KodWaluty>PLN</KodWaluty><P_4B>2026-04-02</P_4B><P_4C>RR/1</P_4C>
          <P_11_1>1000.00</P_11_1><P_11_2>70.00</P_11_2><P_12_1>1070.00</P_12_1><P_12_2>tysiąc siedemdziesiąt</P_12_2>
          <RodzajFaktury>VAT_RR</RodzajFaktury>
          <FakturaRRWiersz><NrWierszaFa>1</NrWierszaFa><P_5>mleko</P_5><P_6A>l</P_6A><P_6B>500</P_6B><P_6C>1</P_6C>
            <P_7>2</P_7><P_8>1000.00</P_8><P_9>7</P_9></FakturaRRWiersz>
          <Platnosc><FormaPlatnosci>1</FormaPlatnosci><RachunekBankowy1><NrRB>12345678901234567890123456</NrRB>
            <NazwaBanku>Bank</NazwaBanku></RachunekBankowy1></Platnosc></FakturaRR></Faktura>"#;
    let summary = Summary::read(text.as_bytes()).unwrap();
    assert_eq!(summary.title.english, "Flat-rate farmer's invoice");
    assert_eq!(summary.total, "1070.00");
    assert_eq!(summary.taxes[0].tax.as_deref(), Some("70.00"));
    assert_eq!(summary.lines[0].price.as_deref(), Some("2"));
    assert_eq!(
        summary.payment.means.unwrap().polish,
        "przelew",
        "the only way of paying on this form"
    );
    assert_eq!(
        summary.payment.accounts,
        ["12345678901234567890123456 (Bank)"]
    );
}

#[test]
fn a_credit_note_over_peppol_is_told() {
    let text = r#"<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
        xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
        xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
        <b:ID>CN/7</b:ID><b:IssueDate>2026-05-05</b:IssueDate><b:DocumentCurrencyCode>PLN</b:DocumentCurrencyCode>
        <a:BillingReference><a:InvoiceDocumentReference><b:ID>FV/7</b:ID></a:InvoiceDocumentReference></a:BillingReference>
        <a:AccountingSupplierParty><a:Party><a:PostalAddress><b:StreetName>Polna 2</b:StreetName>
          <b:CityName>Łódź</b:CityName><b:PostalZone>90-001</b:PostalZone></a:PostalAddress>
          <a:PartyTaxScheme><b:CompanyID>PL5265877635</b:CompanyID></a:PartyTaxScheme>
          <a:PartyLegalEntity><b:RegistrationName>Drukarnia</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
        <a:TaxTotal><a:TaxSubtotal><b:TaxableAmount>10.00</b:TaxableAmount><b:TaxAmount>2.30</b:TaxAmount>
          <a:TaxCategory><b:ID>S</b:ID><b:Percent>23</b:Percent></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
        <a:LegalMonetaryTotal><b:TaxInclusiveAmount>12.30</b:TaxInclusiveAmount></a:LegalMonetaryTotal>
        <a:CreditNoteLine><b:ID>1</b:ID><b:CreditedQuantity unitCode="H87">2</b:CreditedQuantity>
          <b:LineExtensionAmount>10.00</b:LineExtensionAmount><a:Item><b:Name>plakat</b:Name></a:Item>
          <a:Price><b:PriceAmount>5.00</b:PriceAmount></a:Price></a:CreditNoteLine></CreditNote>"#;
    let summary = Summary::read(text.as_bytes()).unwrap();
    assert_eq!(summary.form, Some(FormCode::PefKor3));
    assert_eq!(summary.correction.unwrap().originals[0].number, "FV/7");
    assert_eq!(summary.seller.identifier.as_deref(), Some("PL5265877635"));
    assert_eq!(summary.seller.address, ["Polna 2", "90-001 Łódź"]);
    assert_eq!(summary.taxes[0].label.english, "rate 23%");
    assert_eq!(summary.lines[0].unit.as_deref(), Some("H87"));
    assert_eq!(summary.total, "12.30");
}

#[test]
fn an_unknown_document_has_an_empty_summary() {
    assert_eq!(Summary::read(b"<a/>").unwrap(), Summary::default());
}
