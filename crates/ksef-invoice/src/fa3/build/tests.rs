//! Every kind of invoice: built, written, read back, valid by the schema, silent under the rules.

mod advances;
mod corrections;
mod random;
mod refusals;
mod sales;
mod samples;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use ksef_core::calendar::warsaw_date;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use rust_decimal::Decimal;

use super::kind::Kind;
use super::*;
use crate::check::Rules;
use crate::fa3::parties::{
    Address, Buyer, EuVatId, PartyId, PartyIdentity, Seller, TaxpayerIdentity,
};
use crate::fa3::value::country::CountryCode;
use crate::fa3::{self, Invoice};
use crate::rules;
use crate::schema::Schema;
use crate::tree::Tree;

const ISSUED: Date = date(2026, 11, 20);

fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn seller() -> Seller {
    Seller::new(
        TaxpayerIdentity::new(
            "5265877635".parse().unwrap(),
            "Wytwórnia Mebli sp. z o.o.".parse().unwrap(),
        ),
        Address::new(
            CountryCode::PL,
            "ul. Stolarska 4, 61-001 Poznań".parse().unwrap(),
        ),
    )
}

fn buyer() -> Buyer {
    Buyer {
        address: Some(Address::new(
            CountryCode::PL,
            "ul. Młyńska 7, 80-001 Gdańsk".parse().unwrap(),
        )),
        ..named(
            PartyId::Nip("1234563218".parse().unwrap()),
            "Hotel Bałtyk S.A.",
        )
    }
}

fn german_buyer() -> Buyer {
    let id = EuVatId::new("DE".parse().unwrap(), "123456788".parse().unwrap());
    Buyer {
        address: Some(Address::new(
            CountryCode::new("DE").unwrap(),
            "Hafenstraße 1, 20457 Hamburg".parse().unwrap(),
        )),
        ..named(PartyId::VatUe(id), "Möbelhaus GmbH")
    }
}

fn consumer() -> Buyer {
    named(PartyId::None, "Jan Kowalski")
}

fn named(id: PartyId, name: &str) -> Buyer {
    Buyer::new(PartyIdentity {
        name: Some(name.parse().unwrap()),
        ..PartyIdentity::new(id)
    })
}

fn ksef_number(technical: u64) -> KsefNumber {
    let seller = "5265877635".parse().unwrap();
    KsefNumber::generate(seller, date(2026, 11, 3), technical)
}

fn corrected() -> CorrectedInvoice {
    CorrectedInvoice::in_ksef("FV/11/7", date(2026, 11, 3), ksef_number(7))
}

/// Builds, and holds the invoice against reader, schema and rules.
fn built<K: Kind>(builder: &InvoiceBuilder<K>) -> Invoice {
    let invoice = match builder.build(now()) {
        Ok(invoice) => invoice,
        Err(error) => panic!("{error}"),
    };
    check_rules(&invoice);
    check_schema(&invoice.write());
    invoice
}

/// The reader gives it back, our schema and the rules have nothing to say.
fn check_rules(invoice: &Invoice) {
    let xml = invoice.write();
    check_own_schema(&xml);
    let read = fa3::read(xml.as_bytes(), &Rules::default()).unwrap();
    assert_eq!(read.remarks, [], "{xml}");
    assert_eq!(&read.invoice, invoice, "{xml}");
    let tree = Tree::read(xml.as_bytes(), &Rules::default()).unwrap();
    let context = rules::Context::new(warsaw_date(now())).with_production(true);
    let findings: Vec<String> = rules::evaluate(&tree, &context)
        .iter()
        .map(|finding| finding.message(crate::Language::English))
        .collect();
    assert_eq!(findings, Vec::<String>::new(), "{xml}");
}

fn check_own_schema(xml: &str) {
    let schema = Schema::of(&FormCode::Fa3).unwrap();
    let findings: Vec<String> = schema
        .validate(xml.as_bytes(), &Rules::default())
        .iter()
        .map(|finding| finding.message(crate::Language::English))
        .collect();
    assert_eq!(findings, Vec::<String>::new(), "{xml}");
}

/// The verdict of libxml2.
fn check_schema(xml: &str) {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from);
    let schema = spec.join("xsd/fa/schemat_FA(3)_v1-0E.xsd");
    if !schema.exists() {
        eprintln!("skipped: no schema, set KSEF_SPEC_DIR");
        return;
    }
    let command = Command::new("xmllint")
        .env("XML_CATALOG_FILES", spec.join("xsd/catalog.xml"))
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut command) = command else {
        eprintln!("skipped: xmllint is not installed");
        return;
    };
    let mut input = command.stdin.take().unwrap();
    input.write_all(xml.as_bytes()).unwrap();
    drop(input);
    let output = command.wait_with_output().unwrap();
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}\n{xml}");
}

/// The causes of a refusal with their places.
fn refused<K: Kind>(builder: &InvoiceBuilder<K>) -> Vec<(Place, Cause)> {
    let error = builder.build(now()).unwrap_err();
    for problem in error.problems() {
        for language in [crate::Language::Polish, crate::Language::English] {
            let message = problem.message(language);
            assert!(
                !message.ends_with('.') && message.contains(": "),
                "{message}"
            );
        }
    }
    error
        .problems()
        .iter()
        .map(|problem| (problem.place(), problem.cause().clone()))
        .collect()
}

/// What the invoice shows of this element of its body, in the order of the form.
fn shown(invoice: &Invoice, path: &[&str]) -> Option<String> {
    let xml = invoice.write();
    let tree = Tree::read(xml.as_bytes(), &Rules::default()).unwrap();
    let body = tree.root().child("Fa").unwrap();
    body.value_at(path).map(str::to_owned)
}

/// The sums, the total and the annotations that are not "no".
fn outline(invoice: &Invoice) -> String {
    let xml = invoice.write();
    let tree = Tree::read(xml.as_bytes(), &Rules::default()).unwrap();
    let body = tree.root().child("Fa").unwrap();
    let mut parts = vec![body.value_at(&["RodzajFaktury"]).unwrap().to_owned()];
    for child in body.children() {
        if ["P_13", "P_14", "P_15"]
            .iter()
            .any(|start| child.name().starts_with(start))
        {
            parts.push(format!("{}={}", child.name(), child.value()));
        }
    }
    let mut marks = vec![body.child("Adnotacje").unwrap()];
    while let Some(mark) = marks.pop() {
        let mut children: Vec<_> = mark.children().collect();
        children.reverse();
        marks.extend(children);
        let is_no = mark.value() == "2" || mark.name().ends_with('N');
        if mark.children().next().is_none() && !is_no {
            parts.push(format!("{}={}", mark.name(), mark.value()));
        }
    }
    parts.join(" ")
}
