//! The other forms, and what the context decides.

use super::*;
use crate::finding::Severity;

const FARMER: &str = "<Faktura xmlns='http://crd.gov.pl/wzor/2026/03/06/14189/'>\
    <Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP></DaneIdentyfikacyjne></Podmiot1>\
    <Podmiot2><DaneIdentyfikacyjne><NIP>5213884267</NIP></DaneIdentyfikacyjne></Podmiot2>\
    <FakturaRR><KodWaluty>PLN</KodWaluty><P_4B>2026-08-01</P_4B><P_4C>RR/7</P_4C>\
    <P_11_1>260.55</P_11_1><P_11_2>18.24</P_11_2><P_12_1>278.79</P_12_1>\
    <RodzajFaktury>VAT_RR</RodzajFaktury>\
    <FakturaRRWiersz><NrWierszaFa>1</NrWierszaFa><P_6B>100.5</P_6B><P_7>2.1</P_7>\
    <P_8>211.05</P_8><P_9>7</P_9><P_10>14.77</P_10><P_11>225.82</P_11></FakturaRRWiersz>\
    <FakturaRRWiersz><NrWierszaFa>2</NrWierszaFa><P_6B>15</P_6B><P_7>3.3</P_7>\
    <P_8>49.50</P_8><P_9>7</P_9><P_10>3.47</P_10><P_11>52.97</P_11></FakturaRRWiersz>\
    <Platnosc><RachunekBankowy1><NrRB>86999910480000123400056789</NrRB></RachunekBankowy1></Platnosc>\
    </FakturaRR></Faktura>";

fn changed(document: &str, from: &str, to: &str) -> Vec<String> {
    assert!(document.contains(from), "{from}");
    found(document.replacen(from, to, 1).as_bytes(), &today())
}

#[test]
fn a_farmers_invoice_adds_up() {
    assert_eq!(found(FARMER.as_bytes(), &today()), Vec::<String>::new());
    let row = "/Faktura/FakturaRR/FakturaRRWiersz[1]";
    for (from, to, finding) in [
        ("<P_7>2.1<", "<P_7>2.2<", format!("line-net {row}/P_8")),
        (
            "<P_10>14.77<",
            "<P_10>14.79<",
            format!("line-vat {row}/P_10"),
        ),
        (
            "<P_11>225.82<",
            "<P_11>225.84<",
            format!("line-gross {row}/P_11"),
        ),
        (
            "<P_11_1>260.55<",
            "<P_11_1>260.57<",
            "net-sum /Faktura/FakturaRR/P_11_1".to_owned(),
        ),
        (
            "<P_11_2>18.24<",
            "<P_11_2>18.26<",
            "vat-sum /Faktura/FakturaRR/P_11_2".to_owned(),
        ),
        (
            "<P_12_1>278.79<",
            "<P_12_1>278.89<",
            "total-due /Faktura/FakturaRR/P_12_1".to_owned(),
        ),
        (
            ">869999",
            ">869998",
            "account-checksum /Faktura/FakturaRR/Platnosc/RachunekBankowy1/NrRB".to_owned(),
        ),
        (
            "2026-08-01",
            "2026-11-22",
            "issue-date-future /Faktura/FakturaRR/P_4B".to_owned(),
        ),
        (
            "5213884267",
            "5213884268",
            "nip-checksum /Faktura/Podmiot2/DaneIdentyfikacyjne/NIP".to_owned(),
        ),
    ] {
        let found = changed(FARMER, from, to);
        assert!(found.contains(&finding), "{finding}: {found:?}");
    }
    // One grosz is within the tolerance.
    assert_eq!(
        changed(FARMER, "<P_12_1>278.79<", "<P_12_1>278.80<"),
        Vec::<String>::new()
    );
}

const UNIVERSAL: &str = "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>\
    <ID>PEF/1</ID><IssueDate>2026-05-04</IssueDate><InvoiceTypeCode>380</InvoiceTypeCode>\
    <AccountingSupplierParty><Party><PartyTaxScheme><CompanyID>PL5265877635</CompanyID></PartyTaxScheme>\
    </Party></AccountingSupplierParty><AccountingCustomerParty><Party><PartyTaxScheme>\
    <CompanyID>DE298374651</CompanyID></PartyTaxScheme></Party></AccountingCustomerParty></Invoice>";

#[test]
fn a_universal_invoice_has_the_rules_of_ksef() {
    assert_eq!(found(UNIVERSAL.as_bytes(), &today()), Vec::<String>::new());
    assert_eq!(
        changed(UNIVERSAL, "PL5265877635", "PL5265877636"),
        ["nip-checksum /Invoice/AccountingSupplierParty/Party/PartyTaxScheme/CompanyID"]
    );
    assert_eq!(
        changed(UNIVERSAL, "2026-05-04", "2026-11-22"),
        ["issue-date-future /Invoice/IssueDate"]
    );
    let tree = Tree::read(UNIVERSAL.as_bytes(), &check::Rules::default()).unwrap();
    let mut history = History::new();
    history.add(Side::Issued, Entry::new("5265877635", "380", "PEF/1"));
    let found = evaluate(&tree, &today().with_history(&history));
    assert_eq!(found[0].rule().id(), "invoice-duplicate");
}

#[test]
fn other_documents_have_no_findings() {
    for text in [
        "<a/>",
        "<Faktura/>",
        "<Faktura xmlns='http://crd.gov.pl/wzor/2025/06/25/13775/'/>",
    ] {
        assert_eq!(found(text.as_bytes(), &today()), Vec::<String>::new());
    }
}

#[test]
fn the_context_decides_what_is_asked() {
    let text = std::fs::read_to_string(examples("invoices/01-vat.xml")).unwrap();
    let text = text
        .replace("5265877635", "5265877636")
        .replace("<P_1>2026-03-16", "<P_1>2026-11-22")
        .replace("<Termin>2026", "<Termin>2027")
        .replacen("<P_15>", "<P_15>1", 1);
    let tree = Tree::read(text.as_bytes(), &check::Rules::default()).unwrap();
    let ask = |context: &Context<'_>| -> Vec<_> {
        let findings = evaluate(&tree, context);
        findings
            .iter()
            .map(|finding| {
                (
                    finding.rule().id(),
                    finding.severity(),
                    finding.refusal().map(crate::Refusal::code),
                )
            })
            .collect()
    };
    let nip = |severity, code| ("nip-checksum", severity, code);
    let date = ("issue-date-future", Severity::Error, Some(450));
    let total = ("total-due", Severity::Warning, None);
    let test = today();
    let production = test.with_production(true);
    assert_eq!(ask(&test), [nip(Severity::Warning, None), date, total]);
    assert_eq!(
        ask(&production),
        [nip(Severity::Error, Some(450)), date, total]
    );
    assert_eq!(ask(&test.with_rule_set(RuleSet::Ksef)), [date]);
    assert_eq!(
        ask(&production.with_rule_set(RuleSet::Ksef)),
        [nip(Severity::Error, Some(450)), date]
    );
    assert_eq!(ask(&production.with_rule_set(RuleSet::Off)), []);
    let tomorrow = Context::new(jiff::civil::date(2026, 11, 22));
    assert_eq!(ask(&tomorrow.with_rule_set(RuleSet::Ksef)), []);
}

#[test]
fn attachments_go_in_a_batch_or_a_technical_correction() {
    let bytes = std::fs::read(examples("invoices-invalid/attachment-online.xml")).unwrap();
    let tree = Tree::read(&bytes, &check::Rules::default()).unwrap();
    for (channel, count) in [
        (Channel::Interactive, 1),
        (Channel::Batch, 0),
        (Channel::TechnicalCorrection, 0),
    ] {
        let context = today().with_channel(channel).with_rule_set(RuleSet::Ksef);
        let findings = evaluate(&tree, &context);
        assert_eq!(findings.len(), count, "{channel:?}");
    }
}
