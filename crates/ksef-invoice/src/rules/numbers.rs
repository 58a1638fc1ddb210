//! Numbers with check digits: NIP, KSeF numbers of other invoices.

use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::parse::Reason;

use super::Context;
use super::report::Report;
use crate::problem::Problem;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

/// `nip-checksum`: an error on production, a warning elsewhere.
pub(super) fn check_nips(
    root: Element<'_>,
    form: &FormCode,
    context: &Context<'_>,
    report: &mut Report,
) {
    match form {
        FormCode::Fa2 | FormCode::Fa3 | FormCode::FaRr1 => {
            for party in ["Podmiot1", "Podmiot2", "Podmiot3", "PodmiotUpowazniony"] {
                for element in root.children_named(party) {
                    let Some(identity) = element.child("DaneIdentyfikacyjne") else {
                        continue;
                    };
                    if let Some(nip) = identity.child("NIP") {
                        check_nip(nip, nip.value(), party, context, report);
                    }
                    if let Some(inner) = identity.child("IDWew") {
                        let (nip, _) = inner.value().split_once('-').unwrap_or_default();
                        check_nip(inner, nip, party, context, report);
                    }
                }
            }
        }
        _ => {
            for party in ["AccountingSupplierParty", "AccountingCustomerParty"] {
                let schemes = root
                    .at(&[party, "Party"])
                    .into_iter()
                    .flat_map(|party| party.children_named("PartyTaxScheme"));
                for number in schemes.filter_map(|scheme| scheme.child("CompanyID")) {
                    if let Some(nip) = number.value().strip_prefix("PL") {
                        check_nip(number, nip, party, context, report);
                    }
                }
            }
        }
    }
}

fn check_nip(
    element: Element<'_>,
    text: &str,
    party: &'static str,
    context: &Context<'_>,
    report: &mut Report,
) {
    if Nip::parse(text).map_or(true, |nip| nip.has_valid_checksum()) {
        return;
    }
    let nip = text.to_owned();
    if context.is_production {
        report.add(element, Problem::NipChecksum { party, nip });
    } else {
        report.add(
            element,
            Violation::new(
                Rule::NipChecksum,
                format!("NIP {nip} podmiotu {party} ma błędną cyfrę kontrolną; na produkcji KSeF odrzuci taką fakturę"),
                format!("NIP {nip} of {party} has a wrong check digit; on production KSeF refuses the invoice"),
            )
            .as_warning(),
        );
    }
}

/// `ksef-number-checksum`: the KSeF numbers of corrected and advance invoices.
pub(super) fn check(root: Element<'_>, report: &mut Report) {
    let Some(body) = root.child("Fa").or_else(|| root.child("FakturaRR")) else {
        return;
    };
    let corrected = body
        .children_named("DaneFaKorygowanej")
        .filter_map(|data| data.child("NrKSeFFaKorygowanej"));
    let advances = body
        .children_named("FakturaZaliczkowa")
        .filter_map(|advance| advance.child("NrKSeFFaZaliczkowej"));
    for element in corrected.chain(advances) {
        let Err(error) = KsefNumber::parse(element.value()) else {
            continue;
        };
        let number = element.value();
        // Only numbers of KSeF 2.0 are known to carry this sum.
        let is_known = number.get(11..15).is_some_and(|year| year >= "2025");
        if let Reason::Checksum { expected, actual } = error.reason()
            && is_known
        {
            report.add(
                element,
                Violation::new(
                    Rule::KsefNumberChecksum,
                    format!("numer KSeF {number} ma błędną sumę kontrolną; przepisz go z UPO lub z KSeF"),
                    format!("the KSeF number {number} has a wrong checksum; copy it from the UPO or from KSeF"),
                )
                .comparing(expected.clone(), actual.clone()),
            );
        }
    }
}
