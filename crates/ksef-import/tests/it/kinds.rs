//! Every kind of invoice from JSON.

use jiff::civil::date;
use ksef_core::ksef_number::KsefNumber;
use ksef_import::Format;

use crate::{documents, element, import_as, told};

fn ksef_number() -> String {
    let seller = "5265877635".parse().unwrap();
    KsefNumber::generate(seller, date(2026, 11, 3), 7).to_string()
}

/// An invoice of this kind with lines and further members.
fn invoice(kind: &str, lines: &str, members: &str) -> String {
    let separator = if members.is_empty() { "" } else { ", " };
    format!(
        r#"{{"kind": "{kind}", "number": "X/1", "issueDate": "2026-11-20",
            "seller": {{"nip": "5265877635", "name": "Sprzedawca", "address": {{"line1": "ul. Prosta 1", "line2": "00-001 Warszawa"}}}},
            "buyer": {{"nip": "1234563218", "name": "Nabywca", "address": {{"line1": "ul. Długa 2"}}}},
            "lines": [{lines}]{separator}{members}}}"#
    )
    .replace("KSEF", &ksef_number())
}

fn xml(kind: &str, lines: &str, members: &str) -> String {
    let text = invoice(kind, lines, members);
    let mut all = documents(&import_as(Format::Json, text.as_bytes(), None));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[track_caller]
fn refused(kind: &str, lines: &str, members: &str, expected: &[&str]) {
    let text = invoice(kind, lines, members);
    let imported = import_as(Format::Json, text.as_bytes(), None);
    assert!(imported.invoices.is_empty());
    let codes: Vec<String> = imported
        .problems
        .iter()
        .map(|problem| {
            let pointer = match &problem.origin().place {
                ksef_import::Place::Text { pointer, .. } => pointer.clone().unwrap_or_default(),
                other => panic!("{other:?}"),
            };
            format!("{} {pointer}", problem.code())
        })
        .collect();
    assert_eq!(codes, expected, "{:#?}", imported.problems);
}

const NET: &str =
    r#"{"name": "Biurko", "quantity": 3, "unit": "szt.", "netPrice": "100.10", "vatRate": "23"}"#;
const GROSS: &str =
    r#"{"name": "Krzesło", "quantity": 2, "unit": "szt.", "grossPrice": "123", "vatRate": "23"}"#;

#[test]
fn vat_by_net_and_gross_prices() {
    let net = xml("vat", NET, "");
    assert_eq!(element(&net, "P_13_1"), "300.30");
    assert_eq!(element(&net, "P_14_1"), "69.07");
    assert_eq!(element(&net, "P_15"), "369.37");
    let gross = xml("vat", GROSS, "");
    assert_eq!(element(&gross, "P_13_1"), "200.00");
    assert_eq!(element(&gross, "P_15"), "246.00");
}

#[test]
fn every_rate() {
    let line = |rate: &str| {
        format!(r#"{{"name": "a", "quantity": 1, "netPrice": 100, "vatRate": "{rate}"}}"#)
    };
    for rate in ["23", "22", "8", "7", "5", "4", "3", "0 KR", "0 EX"] {
        let xml = xml("vat", &line(rate), "");
        assert_eq!(element(&xml, "P_12"), rate);
    }
    let exempt = xml(
        "vat",
        &line("zw"),
        r#""annotations": {"exemption": {"act": "art. 43 ust. 1 pkt 29"}}"#,
    );
    assert_eq!(element(&exempt, "P_19A"), "art. 43 ust. 1 pkt 29");
    assert_eq!(element(&exempt, "P_13_7"), "100.00");
    assert_eq!(element(&xml("vat", &line("oo"), ""), "P_18"), "1");
    // The seller or nobody accounts for the tax; the rules ask a person to look at that.
    let abroad = invoice("vat", &line("np I"), "");
    let abroad = import_as(Format::Json, abroad.as_bytes(), None);
    assert_eq!(element(&abroad.invoices[0].document.write(), "P_18"), "2");
    let buyer_accounts = xml(
        "vat",
        &line("np I"),
        r#""annotations": {"reverseCharge": true}"#,
    );
    assert_eq!(element(&buyer_accounts, "P_18"), "1");
    let oss = r#"{"name": "a", "quantity": 1, "netPrice": 100, "ossRate": "19"}"#;
    assert_eq!(element(&xml("vat", oss, ""), "P_12_XII"), "19");
    let margin = r#"{"name": "a", "quantity": 1, "grossPrice": 100, "vatRate": "margin"}"#;
    let margin = xml(
        "vat",
        margin,
        r#""annotations": {"marginScheme": "usedGoods"}"#,
    );
    assert_eq!(element(&margin, "P_PMarzy_3_1"), "1");
    assert_eq!(element(&margin, "P_13_11"), "100.00");
}

#[test]
fn supplies_within_the_eu_and_beyond() {
    let lines = r#"{"name": "a", "quantity": 1, "netPrice": 100, "vatRate": "0 WDT"}"#;
    let text = invoice("vat", lines, r#""currency": "EUR""#)
        .replace(r#""nip": "1234563218""#, r#""vatUe": "DE123456788""#);
    let all = documents(&import_as(Format::Json, text.as_bytes(), None));
    assert_eq!(element(&all[0], "KodUE"), "DE");
    assert_eq!(element(&all[0], "NrVatUE"), "123456788");
    assert_eq!(element(&all[0], "P_13_6_2"), "100.00");
    let text = invoice("vat", &lines.replace("0 WDT", "0 EX"), "").replace(
        r#""nip": "1234563218""#,
        r#""foreignId": {"country": "CH", "number": "CHE-1"}"#,
    );
    let all = documents(&import_as(Format::Json, text.as_bytes(), None));
    assert_eq!(element(&all[0], "NrID"), "CHE-1");
}

#[test]
fn a_foreign_currency_shows_the_tax_in_zloty() {
    let xml = xml("vat", NET, r#""currency": "EUR", "exchangeRate": 4.2512"#);
    assert_eq!(element(&xml, "P_14_1W"), "293.63");
    assert_eq!(element(&xml, "KursWaluty"), "4.2512");
}

#[test]
fn corrections_by_lines() {
    let correction = r#""correction": {"reason": "zwrot", "effect": "correctionDate",
        "invoices": [{"number": "FV/7", "issueDate": "2026-11-03", "ksefNumber": "KSEF"}]}"#;
    let before = NET.replace('{', r#"{"before": true, "#);
    let after = NET.replace("\"quantity\": 3", "\"quantity\": 1");
    let replaced = xml("correction", &format!("{before}, {after}"), correction);
    assert_eq!(element(&replaced, "P_15"), "-246.25");
    assert_eq!(element(&replaced, "StanPrzed"), "1");
    assert_eq!(element(&replaced, "TypKorekty"), "2");
    let removed = xml("correction", &before, correction);
    assert_eq!(element(&removed, "P_15"), "-369.37");
    let numbered =
        |line: &str, number: u32| line.replacen('{', &format!("{{\"number\": {number}, "), 1);
    let mixed = [
        numbered(&before, 4),
        numbered(
            &GROSS
                .replace('{', r#"{"before": true, "#)
                .replace("gross", "net"),
            2,
        ),
        numbered(&after, 4),
    ]
    .join(", ");
    let mixed = xml("correction", &mixed, correction);
    assert_eq!(mixed.matches("<StanPrzed>").count(), 2);
    assert_eq!(mixed.matches("<NrWierszaFa>4<").count(), 2);
}

#[test]
fn corrections_by_difference_of_data_and_of_a_period() {
    let correction = |members: &str| {
        format!(
            r#""correction": {{"reason": "r", "invoices": [{{"number": "FV/7", "issueDate": "2026-11-03"}}]{members}}}"#
        )
    };
    let difference = NET.replace("\"quantity\": 3", "\"quantity\": -1");
    let xml_difference = xml("correction", &difference, &correction(""));
    assert_eq!(element(&xml_difference, "P_15"), "-123.12");
    assert_eq!(element(&xml_difference, "NrKSeFN"), "1");
    let data = xml(
        "correction",
        "",
        &correction(
            r#", "buyersBefore": [{"nip": "1234563218", "name": "Nabwyca", "address": {"line1": "ul. Długa 2"}}],
                 "sellerBefore": {"nip": "5265877635", "name": "S", "address": {"line1": "A"}}"#,
        ),
    );
    assert_eq!(element(&data, "P_15"), "0.00");
    let period = xml(
        "correction",
        r#"{"name": "Meble"}"#,
        &correction(
            r#", "period": "I półrocze 2026", "differences": [{"vatRate": "23", "grossAmount": "-123"}]"#,
        ),
    );
    assert_eq!(element(&period, "P_13_1"), "-100.00");
    assert_eq!(element(&period, "OkresFaKorygowanej"), "I półrocze 2026");
}

#[test]
fn advances_and_their_settlement() {
    let advance = xml(
        "advance",
        NET,
        r#""advance": {"payments": [{"date": "2026-11-19", "amount": "123"}]}"#,
    );
    assert_eq!(element(&advance, "P_13_1"), "100.00");
    assert_eq!(element(&advance, "WartoscZamowienia"), "369.37");
    let parts = xml(
        "advance",
        NET,
        r#""advance": {"payments": [{"date": "2026-11-18", "amount": "100"}, {"date": "2026-11-19", "amount": "23"}]}"#,
    );
    assert_eq!(parts.matches("<ZaliczkaCzesciowa>").count(), 2);
    let settlement = xml(
        "settlement",
        NET,
        r#""settlement": {"advanceInvoices": [{"ksefNumber": "KSEF", "amount": "123"}]}"#,
    );
    assert_eq!(element(&settlement, "P_15"), "246.37");
    assert_eq!(element(&settlement, "NrKSeFFaZaliczkowej"), ksef_number());
}

#[test]
fn corrections_of_advances_and_settlements() {
    let corrected =
        r#""invoices": [{"number": "FV/7", "issueDate": "2026-11-03", "ksefNumber": "KSEF"}]"#;
    let before = NET.replace('{', r#"{"before": true, "#);
    let after = NET.replace("\"quantity\": 3", "\"quantity\": 2");
    let advance = xml(
        "advanceCorrection",
        &format!("{before}, {after}"),
        &format!(
            r#""correction": {{{corrected}, "dueBefore": "123"}}, "advance": {{"payments": [{{"amount": "61.50"}}]}}"#
        ),
    );
    assert_eq!(element(&advance, "P_15"), "-61.50");
    assert_eq!(element(&advance, "P_15ZK"), "123.00");
    let settlement = xml(
        "settlementCorrection",
        &format!("{before}, {after}"),
        &format!(
            r#""correction": {{{corrected}, "deductedBefore": {{"amount": "123"}}}},
               "settlement": {{"advanceInvoices": [{{"ksefNumber": "KSEF", "amount": "123"}}]}}"#
        ),
    );
    assert_eq!(element(&settlement, "RodzajFaktury"), "KOR_ROZ");
}

#[test]
fn simplified() {
    let lines = r#"{"name": "Paliwo", "vatRate": "23", "grossAmount": "200"}"#;
    assert_eq!(element(&xml("simplified", lines, ""), "P_15"), "200.00");
    let rates = xml("simplified", lines, r#""simplified": {"ratesOnly": true}"#);
    assert_eq!(element(&rates, "P_13_1"), "");
}

#[test]
fn everything_an_invoice_may_say() {
    let members = include_str!("everything.json");
    let members = members.trim().trim_start_matches('{').trim_end_matches('}');
    let line = NET.replacen('{', r#"{"id": "u-1", "sku": "B-1", "gtin": "5901234123457", "pkwiu": "31.01.12.0", "cn": "94033011",
        "gtu": "GTU_06", "annex15": true, "exciseAmount": "1.20", "procedure": "TT_D", "unitDiscount": "0.10", "#, 1);
    let xml = xml("vat", &line, members);
    for (name, value) in [
        ("P_1M", "Warszawa"),
        ("WZ", "WZ/1"),
        ("Rola", "2"),
        ("OpisRoli", "Pośrednik"),
        ("IDWew", "5265877635-00016"),
        ("RolaPU", "3"),
        ("P_16", "1"),
        ("P_18A", "1"),
        ("TP", "1"),
        ("FP", "1"),
        ("SumaObciazen", "10.00"),
        ("SumaOdliczen", "3.50"),
        ("OpisPlatnosci", "kompensata"),
        ("NrRB", "61109010140000071219812874"),
        ("WarunkiSkonta", "14 dni"),
        ("ZdarzeniePoczatkowe", "dostawa"),
        ("NrUmowy", "U/1"),
        ("KursUmowny", "4.3"),
        ("RodzajTransportu", "3"),
        ("OpisLadunku", "13"),
        ("DataGodzRozpTransportu", "2026-11-20T06:00:00+01:00"),
        ("WysylkaPrzez", ""),
        ("StopkaFaktury", "Kapitał zakładowy 5000 zł"),
        ("KRS", "0000123456"),
        ("ZKlucz", "Licznik"),
        ("Akapit", "Odczyt zdalny"),
        ("WKom", "2026-10-31"),
        ("NrWiersza", "1"),
        ("Wartosc", "Dąb"),
        ("P_10", "0.1"),
    ] {
        if value.is_empty() {
            assert!(xml.contains(&format!("<{name}>")), "{name}");
        } else {
            assert_eq!(element(&xml, name), value, "{name}");
        }
    }
}

#[test]
fn new_means_of_transport() {
    let lines = r#"{"name": "Samochód", "quantity": 1, "netPrice": 50000, "vatRate": "0 WDT"}"#;
    let text = invoice(
        "vat",
        lines,
        r#""annotations": {"newTransport": {"article42_5": true, "items": [
            {"admitted": "2026-11-01", "line": 1, "make": "M", "land": {"mileage": "100 km", "vin": "VIN1"}}]}}"#,
    )
    .replace(r#""nip": "1234563218""#, r#""vatUe": "DE123456788""#);
    let all = documents(&import_as(Format::Json, text.as_bytes(), None));
    assert_eq!(element(&all[0], "P_22B1"), "VIN1");
    assert_eq!(element(&all[0], "P_42_5"), "1");
}

#[test]
fn what_does_not_fit_together_is_refused_where_it_stands() {
    refused(
        "vat",
        &NET.replace("23", "zw"),
        "",
        &["exemption-basis /lines/0/vatRate"],
    );
    refused(
        "vat",
        &NET.replace("23", "margin"),
        "",
        &["margin-scheme /lines/0/vatRate"],
    );
    refused(
        "vat",
        &NET.replace("\"quantity\": 3, ", ""),
        "",
        &["value-missing /lines/0"],
    );
    refused(
        "vat",
        r#"{"name": "a", "vatRate": "23"}"#,
        "",
        &["value-missing /lines/0"],
    );
    refused(
        "vat",
        &NET.replace("\"netPrice\"", "\"grossPrice\": 1, \"netPrice\""),
        "",
        &["values-exclude /lines/0/grossPrice"],
    );
    refused(
        "vat",
        NET,
        r#""annotations": {"reverseCharge": true}"#,
        &["reverse-charge-lines /annotations/reverseCharge"],
    );
    refused(
        "vat",
        NET,
        r#""annotations": {"marginScheme": "art"}"#,
        &["margin-lines /annotations/marginScheme"],
    );
    refused(
        "vat",
        NET,
        r#""advance": {"payments": [{"amount": 1}]}"#,
        &["kind-section /advance"],
    );
    refused(
        "vat",
        &NET.replace('{', "{\"before\": true, "),
        "",
        &["kind-before /lines/0/before"],
    );
    refused("correction", NET, "", &["value-missing "]);
    refused("vat", "", "", &["invoice-build /lines"]);
    refused(
        "vat",
        NET,
        r#""exchangeRate": "4.2""#,
        &["invoice-build /exchangeRate"],
    );
    refused(
        "vat",
        NET,
        r#""currency": "EUR""#,
        &["invoice-build /lines/0/exchangeRate"],
    );
    refused(
        "vat",
        NET,
        r#""currency": "XYZ""#,
        &["value-invalid /currency"],
    );
    refused(
        "vat",
        &NET.replace("100.10", "0.123456789"),
        "",
        &["value-form /lines/0/netPrice"],
    );
    refused(
        "vat",
        &NET.replace("\"100.10\"", "0.123456789"),
        "",
        &["number-precision /lines/0/netPrice"],
    );
    refused(
        "vat",
        &NET.replace("\"100.10\"", "1e300"),
        "",
        &["number-invalid /lines/0/netPrice"],
    );
    refused(
        "vat",
        &NET.replace("3,", "-3,"),
        "",
        &["invoice-build /lines/0/quantity"],
    );
    refused(
        "vat",
        NET,
        r#""payment": {"paidOn": "2026-11-20", "partial": [{"amount": 1, "date": "2026-11-20"}]}"#,
        &["values-exclude /payment/partial"],
    );
    refused(
        "correction",
        NET,
        r#""correction": {"invoices": [{"number": "1", "issueDate": "2026-11-01", "ksefNumber": "5265877635-20261103-000000-000007-00"}]}"#,
        &["ksef-number /correction/invoices/0/ksefNumber"],
    );
}

#[test]
fn identities_are_exactly_one() {
    let text = invoice("vat", NET, "");
    let with = |buyer: &str| {
        let text = text.replace(r#""nip": "1234563218""#, buyer);
        told(&import_as(Format::Json, text.as_bytes(), None))
    };
    assert_eq!(
        with(r#""nip": "1234563218", "noId": true"#),
        ["values-exclude @ 3:52 /buyer/noId"]
    );
    assert_eq!(with(r#""eori": "X""#), ["value-missing @ 3:22 /buyer"]);
    assert_eq!(with(r#""noId": false"#), ["value-missing @ 3:22 /buyer"]);
    assert_eq!(with(r#""nip": "1234563218", "noId": false"#), [""; 0]);
    assert_eq!(
        with(r#""nip": "1234563219""#),
        ["nip-checksum @ 3:30 /buyer/nip"]
    );
    assert_eq!(
        with(r#""vatUe": "XX123""#),
        ["vat-ue-prefix @ 3:32 /buyer/vatUe"]
    );
}
