//! What is refused, where, and that everything is told at once.

use super::*;
use crate::fa3::parties::{Role, ThirdParty, ThirdPartyId, ThirdPartyIdentity};
use crate::fa3::payment::{Due, Paid, PartialPayment, PartialPayments, Payment};
use crate::fa3::terms::{AgreedRate, Terms};
use crate::fa3::value::NonEmpty;
use crate::fa3::value::code::{PaidExtent, ThirdPartyRole, YesNo};
use crate::fa3::value::currency::CurrencyCode;
use crate::fa3::value::number::{Amount, Percent};

fn sale() -> InvoiceBuilder<kind::Sale> {
    InvoiceBuilder::vat(seller(), buyer(), "FV/11/20", ISSUED)
}

fn line() -> Line {
    Line::net("krzesło", Vat::Rate23, 1, 100)
}

const fn at(element: &'static str) -> Place {
    Place::Invoice { element }
}

const fn in_line(number: u64, element: &'static str) -> Place {
    Place::Line { number, element }
}

const fn of_party(number: u64, element: &'static str) -> Place {
    Place::Entry {
        list: "Podmiot3",
        number,
        element,
    }
}

#[test]
fn everything_is_told_at_once() {
    let causes = refused(
        &InvoiceBuilder::vat(seller(), buyer(), "", date(2026, 11, 22))
            .with_place("x".repeat(257))
            .with_period(date(2026, 11, 2), date(2026, 11, 1))
            .with_line(Line::net("", Vat::Rate23, 1, decimal("0.123456789")))
            .with_line(Line::net("krzesło", Vat::Rate23, -1, 10))
            .with_line(Line::net("krzesło", Vat::Rate23, 3, 10).with_value(31)),
    );
    let places: Vec<Place> = causes.iter().map(|(place, _)| *place).collect();
    assert_eq!(
        places,
        [
            at("P_1"),
            at("P_2"),
            at("P_1M"),
            at("OkresFa"),
            in_line(1, "P_7"),
            in_line(1, "P_9A"),
            in_line(2, "P_8B"),
            in_line(3, "P_11"),
        ]
    );
    let today = date(2026, 11, 21);
    assert_eq!(causes[0].1, Cause::IssuedInFuture { today });
    let error = sale().build(now()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the invoice cannot be built: FaWiersz: is missing; give it"
    );
    assert_eq!(
        error.problems()[0].message(crate::Language::Polish),
        "FaWiersz: brak wartości; podaj ją"
    );
}

#[test]
fn kinds_need_what_makes_them() {
    let missing = |element| vec![(at(element), Cause::Missing)];
    assert_eq!(refused(&sale()), missing("FaWiersz"));
    let number = || "X/1";
    assert_eq!(
        refused(&InvoiceBuilder::settlement(
            seller(),
            buyer(),
            number(),
            ISSUED
        )),
        missing("FaWiersz")
    );
    assert_eq!(
        refused(&InvoiceBuilder::simplified(
            seller(),
            buyer(),
            number(),
            ISSUED
        )),
        missing("FaWiersz")
    );
    let received = Received::on(ISSUED, 100);
    assert_eq!(
        refused(&InvoiceBuilder::advance(
            seller(),
            buyer(),
            number(),
            ISSUED,
            received
        )),
        missing("Zamowienie")
    );
    assert_eq!(
        refused(&InvoiceBuilder::correction_by_lines(
            seller(),
            buyer(),
            number(),
            ISSUED,
            corrected()
        )),
        missing("FaWiersz")
    );
    assert_eq!(
        refused(&InvoiceBuilder::collective_correction(
            seller(),
            buyer(),
            number(),
            ISSUED,
            "2026",
            corrected()
        )),
        missing("P_15")
    );
}

#[test]
fn contradictions_between_lines() {
    let exempt = |basis| Line::net("kurs", Vat::Exempt(basis), 1, 10);
    let causes = refused(
        &sale()
            .with_line(exempt(Exemption::act("art. 43")))
            .with_line(exempt(Exemption::directive("art. 132"))),
    );
    assert_eq!(causes, [(in_line(2, "P_12"), Cause::ExemptionsDiffer)]);
    let margin = |scheme| Line::margin("obraz", scheme, 1, 10);
    let causes = refused(
        &sale()
            .with_line(margin(MarginScheme::Art))
            .with_line(margin(MarginScheme::Antiques)),
    );
    assert_eq!(causes, [(in_line(2, "P_12"), Cause::MarginSchemesDiffer)]);
    let causes = refused(
        &sale()
            .with_line(line().sold_on(date(2026, 11, 3)))
            .with_sale_date(date(2026, 11, 3)),
    );
    assert_eq!(causes, [(in_line(1, "P_6A"), Cause::SaleDateTwice)]);
}

#[test]
fn buyers_that_the_rate_does_not_suit() {
    for vat in [Vat::ZeroIntraEu, Vat::OutsidePolandServices] {
        let causes = refused(&sale().with_line(Line::net("krzesło", vat, 1, 10)));
        assert_eq!(causes, [(in_line(1, "P_12"), Cause::BuyerWithoutEuNumber)]);
    }
    let causes = refused(&sale().with_line(line()).triangular());
    assert_eq!(
        causes,
        [
            (at("P_23"), Cause::BuyerWithoutEuNumber),
            (in_line(1, "P_12"), Cause::NotTriangular)
        ]
    );
}

#[test]
fn contradictions_with_what_was_agreed() {
    let causes = refused(
        &InvoiceBuilder::vat(seller(), german_buyer(), "FV/1", ISSUED).with_line(Line::net(
            "energia",
            Vat::ReverseCharge,
            1,
            10,
        )),
    );
    assert_eq!(causes, [(in_line(1, "P_12"), Cause::ReverseChargeAbroad)]);
    let numbered = || line().with_number(2);
    let causes = refused(&sale().with_line(numbered()).with_line(line()));
    assert_eq!(causes, [(in_line(2, "NrWierszaFa"), Cause::RepeatedNumber)]);
    let terms = Terms {
        agreed_rate: Some(AgreedRate::new("4.30".parse().unwrap(), CurrencyCode::PLN)),
        ..Terms::default()
    };
    let causes = refused(&sale().with_line(line()).with_terms(terms));
    assert_eq!(causes, [(at("WalutaUmowna"), Cause::AgreedRateInPln)]);
}

#[test]
fn currencies_and_their_rates() {
    let causes = refused(&sale().with_line(line()).with_currency(CurrencyCode::EUR));
    assert_eq!(
        causes,
        [(in_line(1, "KursWaluty"), Cause::ExchangeRateMissing)]
    );
    let causes = refused(&sale().with_line(line()).with_exchange_rate(4));
    assert_eq!(causes, [(at("KursWaluty"), Cause::ExchangeRateInPln)]);
    let causes = refused(&sale().with_line(line().with_exchange_rate(4)));
    assert_eq!(
        causes,
        [(in_line(1, "KursWaluty"), Cause::ExchangeRateInPln)]
    );
    let causes = refused(
        &sale()
            .with_line(line())
            .with_currency(CurrencyCode::EUR)
            .with_exchange_rate(-4),
    );
    let negative = Cause::NotPositive(Decimal::from(-4));
    assert_eq!(causes, [(at("KursWaluty"), negative)]);
    let abroad = sale().with_currency(CurrencyCode::EUR);
    let causes = refused(&abroad.with_line(line().with_exchange_rate(0)));
    let zero = Cause::NotPositive(Decimal::ZERO);
    assert_eq!(causes, [(in_line(1, "KursWaluty"), zero)]);
    let received = Received::on(ISSUED, 100);
    let advance = InvoiceBuilder::advance(seller(), buyer(), "Z/1", ISSUED, received)
        .with_currency(CurrencyCode::EUR)
        .with_order_line(OrderLine::net("krzesło", Vat::Rate23, 1, 100));
    assert_eq!(
        refused(&advance),
        [(at("KursWalutyZ"), Cause::ExchangeRateMissing)]
    );
}

#[test]
fn parties_that_do_not_fit() {
    let local = Buyer {
        local_government: YesNo::Yes,
        vat_group: YesNo::Yes,
        ..buyer()
    };
    let causes = refused(&InvoiceBuilder::vat(seller(), local, "FV/1", ISSUED).with_line(line()));
    assert_eq!(
        causes,
        [
            (at("JST"), Cause::RecipientMissing { role: "8" }),
            (at("GV"), Cause::RecipientMissing { role: "10" })
        ]
    );
    let party = |role| {
        let id = ThirdPartyId::Nip("7762811692".parse().unwrap());
        ThirdParty::new(ThirdPartyIdentity::new(id), Role::Known(role))
    };
    let issuer = ThirdParty {
        share: Some(Percent::new(decimal("10")).unwrap()),
        ..party(ThirdPartyRole::Issuer)
    };
    let causes = refused(
        &sale()
            .with_line(line())
            .self_billed()
            .with_third_party(issuer)
            .with_third_party(party(ThirdPartyRole::Employee)),
    );
    assert_eq!(
        causes,
        [
            (of_party(1, "Udzial"), Cause::ShareOfOtherRole),
            (of_party(1, "Rola"), Cause::SelfBillingIssuer),
            (
                of_party(2, "DaneIdentyfikacyjne"),
                Cause::EmployeeIdentified
            ),
        ]
    );
}

#[test]
fn payments_that_contradict() {
    let mut payment = Payment {
        paid: Some(Paid::Full("2026-11-20".parse().unwrap())),
        ..Payment::default()
    };
    let later = Due {
        date: Some("2026-12-20".parse().unwrap()),
        ..Due::default()
    };
    payment.due.push(later).unwrap();
    let causes = refused(&sale().with_line(line()).with_payment(payment));
    assert_eq!(causes, [(at("TerminPlatnosci"), Cause::PaidWithLaterTerm)]);
    let part = PartialPayment::new(
        Amount::new(decimal("123.01")).unwrap(),
        "2026-11-20".parse().unwrap(),
    );
    let parts = PartialPayments::new(PaidExtent::Part, NonEmpty::of(part));
    let payment = Payment {
        paid: Some(Paid::Partial(parts)),
        ..Payment::default()
    };
    let causes = refused(&sale().with_line(line()).with_payment(payment));
    let (paid, due) = (decimal("123.01"), decimal("123.00"));
    assert_eq!(
        causes,
        [(at("ZaplataCzesciowa"), Cause::PaymentsExceed { paid, due })]
    );
}

#[test]
fn advances_above_the_invoice() {
    let causes = refused(
        &InvoiceBuilder::settlement(seller(), buyer(), "ROZ/1", ISSUED)
            .with_line(line())
            .with_advance(AdvanceInvoice::in_ksef(
                ksef_number(1),
                Deduction::proportional(124),
            )),
    );
    let (advances, lines) = (decimal("124.00"), decimal("123.00"));
    assert_eq!(
        causes,
        [(
            at("FakturaZaliczkowa"),
            Cause::AdvancesExceed { advances, lines }
        )]
    );
    let negative = Decimal::from(-5);
    let causes = refused(
        &InvoiceBuilder::settlement(seller(), buyer(), "ROZ/1", ISSUED)
            .with_line(line())
            .with_advance(AdvanceInvoice::in_ksef(
                ksef_number(1),
                Deduction::proportional(negative),
            )),
    );
    let not_positive = Cause::NotPositive(negative);
    assert_eq!(causes, [(at("FakturaZaliczkowa"), not_positive.clone())]);
    let correction = InvoiceBuilder::advance_correction(
        seller(),
        buyer(),
        "K/1",
        ISSUED,
        corrected(),
        PaymentChange::new(5, negative),
    );
    let order = OrderLine::net("krzesło", Vat::Rate23, 1, 100);
    let causes = refused(&correction.with_order_change(Change::Unchanged(order)));
    assert_eq!(causes, [(at("P_15"), not_positive)]);
    let received = Received::on(ISSUED, 0);
    let advance = InvoiceBuilder::advance(seller(), buyer(), "Z/1", ISSUED, received)
        .with_order_line(OrderLine::net("krzesło", Vat::Rate23, 1, 100));
    assert_eq!(
        refused(&advance),
        [(at("P_15"), Cause::NotPositive(Decimal::ZERO))]
    );
}

#[test]
fn simplified_invoices_are_small() {
    let simplified = |currency, gross| {
        InvoiceBuilder::simplified(seller(), buyer(), "UPR/1", ISSUED)
            .with_currency(currency)
            .with_item("paliwo", Vat::ZeroDomestic, decimal(gross))
    };
    for (currency, limit, most, more) in [
        (CurrencyCode::PLN, 450, "450", "450.01"),
        (CurrencyCode::EUR, 100, "100", "100.01"),
    ] {
        built(&simplified(currency, most));
        let due = decimal(more);
        assert_eq!(
            refused(&simplified(currency, more)),
            [(at("P_15"), Cause::OverSimplifiedLimit { due, limit })]
        );
    }
}

#[test]
fn amounts_without_bounds_are_errors() {
    let huge = [
        decimal("9999999999999999"),
        Decimal::MAX,
        Decimal::MIN,
        decimal("0.0000000000000000000000000001"),
    ];
    for quantity in huge {
        for price in huge {
            let line = Line::net("krzesło", Vat::Rate23, quantity, price);
            assert!(!refused(&sale().with_line(line)).is_empty());
            let line = Line::gross("krzesło", Vat::Rate23, quantity, price)
                .with_discount(Discount::PerUnit(price))
                .with_exchange_rate(price);
            assert!(!refused(&sale().with_currency(CurrencyCode::EUR).with_line(line)).is_empty());
        }
        let value = Line::net_value("krzesło", Vat::Rate23, quantity);
        assert!(!refused(&sale().with_lines([value.clone(), value])).is_empty());
        let charged = sale().with_line(line()).with_charge(quantity, "opłata");
        let causes = charged.with_deduction(quantity, "opłata").build(now());
        assert!(causes.is_err() || quantity == huge[0]);
        let advance = InvoiceBuilder::advance(
            seller(),
            buyer(),
            "Z/1",
            ISSUED,
            Received::on(ISSUED, quantity),
        )
        .with_order_line(OrderLine::net("krzesło", Vat::Rate23, quantity, quantity));
        assert!(!refused(&advance).is_empty());
    }
}

#[test]
fn an_advance_larger_than_its_order_is_still_counted() {
    // The order may be unfinished; the tax follows from what was paid.
    let advance = InvoiceBuilder::advance(
        seller(),
        buyer(),
        "Z/1",
        ISSUED,
        Received::on(ISSUED, 1_230),
    )
    .with_order_line(OrderLine::net("krzesło", Vat::Rate23, 1, 100));
    assert_eq!(
        outline(&built(&advance)),
        "ZAL P_13_1=1000.00 P_14_1=230.00 P_15=1230.00"
    );
}
