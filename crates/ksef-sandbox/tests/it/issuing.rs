//! Invoices of other forms and in the name of others; the project's own examples.

use std::path::PathBuf;

use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::sessions::{OpenOnlineSession, SessionInvoice};
use ksef_core::form_code::FormCode;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::self_signed;
use ksef_crypto::session_key::SessionKey;
use ksef_invoice::rule::Rule;
use serde_json::json;

use crate::sending::{Sending, control, desk, encryption, invoice};
use crate::support::{NIP, OTHER_NIP, World};

fn examples(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(folder);
    let mut examples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            examples.push((name, std::fs::read(path).unwrap()));
        }
    }
    examples.sort();
    examples
}

async fn outcome(
    world: &World,
    access: &BearerToken,
    session: &Sending,
    xml: &[u8],
) -> SessionInvoice {
    let sent = session
        .submit(world, access, session.body(xml))
        .await
        .unwrap();
    session.settled(world, access, sent).await
}

#[tokio::test]
async fn every_example_is_accepted() {
    let (world, access, session) = desk().await;
    let examples = examples("invoices");
    assert!(examples.len() >= 4);
    for (name, xml) in examples {
        let found = outcome(&world, &access, &session, &xml).await;
        assert_eq!(found.status.code, 200, "{name}: {:?}", found.status);
    }
}

#[tokio::test]
async fn every_broken_example_is_refused_as_its_rule_says() {
    let (world, access, session) = desk().await;
    let key = SessionKey::generate().unwrap();
    let request = OpenOnlineSession::new(FormCode::Fa3, encryption(&world, &key).await)
        .with_feature("subject-identifier-validation");
    let opened = world.ask(&request, &access).await;
    let strict = Sending {
        reference: opened.reference_number,
        key,
    };
    for (name, xml) in examples("invoices-invalid") {
        let rule = Rule::ALL.iter().find(|rule| rule.id() == name);
        let expected = match (name.as_str(), rule) {
            // A file without bytes is refused before it is received.
            ("file-empty", _) => {
                let refused = session
                    .submit(&world, &access, session.body(&xml))
                    .await
                    .unwrap_err();
                assert_eq!(refused.errors[0].code, 21405);
                continue;
            }
            ("attachment-online", _) => 415,
            (_, Some(rule)) => i32::from(rule.refusal().unwrap().code()),
            (_, None) => panic!("{name} names no rule"),
        };
        let found = outcome(&world, &access, &strict, &xml).await;
        assert_eq!(found.status.code, expected, "{name}: {:?}", found.status);
        let found = outcome(&world, &access, &session, &xml).await;
        let expected = if name == "nip-checksum" {
            200
        } else {
            expected
        };
        assert_eq!(found.status.code, expected, "{name}: {:?}", found.status);
    }
}

const FARMERS: &str = r#"<Faktura xmlns="http://crd.gov.pl/wzor/2026/03/06/14189/">
<Naglowek><KodFormularza kodSystemowy="FA_RR (1)" wersjaSchemy="1-1E">FA_RR</KodFormularza>
<WariantFormularza>1</WariantFormularza><DataWytworzeniaFa>2026-11-01T10:00:00Z</DataWytworzeniaFa></Naglowek>
<Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP><Nazwa>Gospodarstwo</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Wieś 7</AdresL1></Adres></Podmiot1>
<Podmiot2><DaneIdentyfikacyjne><NIP>7762811692</NIP><Nazwa>Skup</Nazwa></DaneIdentyfikacyjne>
<Adres><KodKraju>PL</KodKraju><AdresL1>Miasto 1</AdresL1></Adres></Podmiot2>
<FakturaRR><KodWaluty>PLN</KodWaluty><P_4B>2026-11-01</P_4B><P_4C>RR/1</P_4C><P_11_1>100.00</P_11_1>
<P_11_2>7.00</P_11_2><P_12_1>107.00</P_12_1><P_12_2>sto siedem</P_12_2><RodzajFaktury>VAT_RR</RodzajFaktury>
</FakturaRR></Faktura>"#;

const PEPPOL: &str = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>PEF/1</cbc:ID><cbc:IssueDate>2026-11-20</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>PLN</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Sprzedawca</cbc:Name></cac:PartyName>
<cac:PartyTaxScheme><cbc:CompanyID>PL5265877635</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>PL7762811692</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>Nabywca</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="PLN">23.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID="PLN">123.00</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="PLN">123.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="PLN">100.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Miska</cbc:Name></cac:Item></cac:InvoiceLine></Invoice>"#;

#[tokio::test]
async fn a_farmers_invoice_is_issued_by_its_buyer() {
    let world = World::start().await;
    let buyer = world.owner(OTHER_NIP).await.access_token;
    let session = Sending::open_for(&world, &buyer, FormCode::FaRr1).await;
    assert_eq!(
        session.outcome(&world, &buyer, FARMERS).await.status.code,
        410
    );
    let grant = json!({
        "seller": NIP, "grantee": {"type": "Nip", "value": OTHER_NIP}, "authorisation": "RRInvoicing"
    });
    control(&world, "POST", "authorisations", grant).await;
    let accepted = session.outcome(&world, &buyer, FARMERS).await;
    assert_eq!(accepted.status.code, 200, "{:?}", accepted.status);
    assert_eq!(accepted.invoice_number.as_deref(), Some("RR/1"));
    let other_form = session
        .outcome(&world, &buyer, &invoice(OTHER_NIP, "FV/1"))
        .await;
    assert_eq!(other_form.status.code, 450);
}

#[tokio::test]
async fn a_provider_sends_peppol_documents_for_who_allows_it() {
    let world = World::start().await;
    let id = "PPL123456".parse().unwrap();
    let identity = self_signed::peppol_provider("Dostawca", &id, KeyKind::EcP256, world.validity());
    let access = world
        .tokens_of(&identity.unwrap(), "PeppolId:PPL123456")
        .await
        .access_token;
    let session = Sending::open_for(&world, &access, FormCode::Pef3).await;
    assert_eq!(
        session.outcome(&world, &access, PEPPOL).await.status.code,
        410
    );
    let grant = json!({
        "seller": NIP, "grantee": {"type": "PeppolId", "value": "PPL123456"}, "authorisation": "PefInvoicing"
    });
    control(&world, "POST", "authorisations", grant).await;
    let accepted = session.outcome(&world, &access, PEPPOL).await;
    assert_eq!(accepted.status.code, 200, "{:?}", accepted.status);
    session.close(&world, &access).await.unwrap();
    let ended = session.becomes(&world, &access, 200).await;
    let answer = world
        .get(
            &format!(
                "/sessions/{}/upo/{}",
                session.reference,
                ended.upo_pages()[0].reference_number
            ),
            access.token.expose(),
        )
        .await;
    let upo = ksef_invoice::upo::read(&answer.body).unwrap();
    assert_eq!(upo.context.to_string(), "PeppolId:PPL123456");
    assert_eq!(
        (upo.form.as_str(), upo.schema.as_str()),
        ("PEF (3)", "Schemat_PEF(3)_v2-1.xsd")
    );
}

#[tokio::test]
async fn a_unit_of_a_group_issues_for_the_group() {
    let world = World::start().await;
    let unit = world.owner(OTHER_NIP).await.access_token;
    let session = Sending::open(&world, &unit).await;
    let third = format!(
        "<Podmiot3><DaneIdentyfikacyjne><NIP>{OTHER_NIP}</NIP><Nazwa>Oddział</Nazwa></DaneIdentyfikacyjne>\
         <Rola>9</Rola></Podmiot3>"
    );
    let xml = invoice(NIP, "GV/1").replace("</Podmiot2>", &format!("</Podmiot2>{third}"));
    assert_eq!(session.outcome(&world, &unit, &xml).await.status.code, 410);
    let group = json!({
        "subjectNip": NIP, "subjectType": "VatGroup", "description": "Grupa VAT",
        "subunits": [{"subjectNip": OTHER_NIP, "description": "Członek grupy"}]
    });
    assert_eq!(
        world
            .json("POST", "/testdata/subject", None, group)
            .await
            .status,
        200
    );
    let accepted = session.outcome(&world, &unit, &xml).await;
    assert_eq!(accepted.status.code, 200, "{:?}", accepted.status);
}
