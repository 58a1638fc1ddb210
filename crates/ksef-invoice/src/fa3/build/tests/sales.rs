//! Ordinary and simplified invoices.

use super::*;
use crate::fa3::annotations::{
    LandVehicle, NewTransportItem, NewTransportSupply, Vehicle, VehicleNumber,
};
use crate::fa3::attachment::{Attachment, Block, BlockEntry};
use crate::fa3::footer::{Footer, FooterRemark, Register};
use crate::fa3::parties::{AuthorizedEntity, Role, ThirdParty, ThirdPartyId, ThirdPartyIdentity};
use crate::fa3::payment::{
    BankAccount, Due, Method, Paid, PartialPayment, PartialPayments, Payment,
};
use crate::fa3::terms::{Contract, Load, OrderReference, Terms, Transport, TransportMeans};
use crate::fa3::value::NonEmpty;
use crate::fa3::value::code::{
    AuthorizedRole, Gtu, LoadKind, PaidExtent, PaymentForm, Procedure, ThirdPartyRole,
    TransportKind, YesNo,
};
use crate::fa3::value::currency::CurrencyCode;
use crate::fa3::value::number::{Amount, Percent, RowNumber};

fn sale() -> InvoiceBuilder<kind::Sale> {
    InvoiceBuilder::vat(seller(), buyer(), "FV/11/20", ISSUED)
}

fn chair() -> Item {
    Item::new("krzesło dębowe").with_unit("szt.")
}

#[test]
fn an_ordinary_invoice() {
    let invoice = built(
        &sale()
            .with_line(Line::net(chair(), Vat::Rate23, 12, decimal("184.55")))
            .with_line(Line::net("katalog", Vat::Rate5, 1, decimal("9.90")))
            .with_line(Line::net("dostawa", Vat::Rate23, 1, 80)),
    );
    // 12 × 184.55 = 2214.60; (2214.60 + 80) × 0.23 = 527.758; 9.90 × 0.05 = 0.495
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=2294.60 P_14_1=527.76 P_13_3=9.90 P_14_3=0.50 P_15=2832.76"
    );
    assert_eq!(invoice.body.lines[0].net.unwrap().to_string(), "2214.60");
    assert_eq!(invoice.body.lines[2].number.get(), 3);
    assert_eq!(invoice.header.created.to_string(), "2026-11-21T09:00:00Z");
}

#[test]
fn an_invoice_priced_with_tax() {
    let invoice = built(
        &sale()
            .with_line(Line::gross(chair(), Vat::Rate23, 3, decimal("199.99")))
            .with_line(Line::gross_value("montaż", Vat::Rate8, decimal("50")))
            .to_receipt(),
    );
    // 599.97 × 23 ÷ 123 = 112.19; 50 × 8 ÷ 108 = 3.70
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=487.78 P_14_1=112.19 P_13_2=46.30 P_14_2=3.70 P_15=649.97"
    );
    assert_eq!(shown(&invoice, &["FP"]).as_deref(), Some("1"));
}

#[test]
fn discounts_are_of_the_unit_or_of_the_line() {
    let line = || Line::net(chair(), Vat::Rate23, 10, 100);
    let invoice = built(
        &sale()
            .with_line(line().with_discount(Discount::PerUnit(decimal("5"))))
            .with_line(line().with_discount(Discount::Total(decimal("5")))),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=1945.00 P_14_1=447.35 P_15=2392.35"
    );
    assert_eq!(invoice.body.lines[0].net.unwrap().to_string(), "950.00");
    assert_eq!(invoice.body.lines[1].net.unwrap().to_string(), "995.00");
}

#[test]
fn a_value_may_come_without_a_price() {
    let invoice = built(
        &sale()
            .with_line(Line::net_value("energia", Vat::Rate23, decimal("18.40")).with_quantity(25))
            .with_line(Line::net("śruba", Vat::Rate23, 3, decimal("0.333")).with_value(1))
            .with_line(Line::margin_value("obraz", MarginScheme::Art, 500)),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=19.40 P_14_1=4.46 P_13_11=500.00 P_15=523.86 P_PMarzy=1 P_PMarzy_3_2=1"
    );
    assert_eq!(
        shown(&invoice, &["FaWiersz", "P_8B"]).as_deref(),
        Some("25")
    );
    assert_eq!(shown(&invoice, &["FaWiersz", "P_9A"]), None);
}

#[test]
fn lines_that_show_their_own_tax() {
    let line = || Line::net("śruba", Vat::Rate23, 1, decimal("0.03"));
    let invoice = built(
        &sale()
            .with_lines([line(), line(), line()])
            .with_tax_per_line(),
    );
    assert_eq!(outline(&invoice), "VAT P_13_1=0.09 P_14_1=0.03 P_15=0.12");
    assert_eq!(invoice.body.lines[1].tax.unwrap().to_string(), "0.01");
}

#[test]
fn two_rates_of_one_sum() {
    let invoice = built(
        &sale()
            .with_line(Line::net(chair(), Vat::Rate23, 1, 100))
            .with_line(Line::net(chair(), Vat::Rate22, 1, 100))
            .with_line(Line::net("kurs", Vat::Rate4, 1, 50)),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=200.00 P_14_1=45.00 P_13_4=50.00 P_14_4=2.00 P_15=297.00"
    );
}

#[test]
fn exempt_lines_carry_their_basis() {
    let health = Exemption::act("art. 43 ust. 1 pkt 18");
    let teaching = Exemption::act("art. 43 ust. 1 pkt 26 lit. a");
    let invoice = built(
        &sale()
            .with_line(Line::net("badanie", Vat::Exempt(health.clone()), 1, 300))
            .with_line(Line::net("szkolenie", Vat::Exempt(teaching), 1, 200))
            .with_line(Line::net("badanie", Vat::Exempt(health), 1, 300)),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_7=800.00 P_15=800.00 P_19=1 \
         P_19A=art. 43 ust. 1 pkt 18; art. 43 ust. 1 pkt 26 lit. a"
    );
    let directive = Vat::Exempt(Exemption::directive("art. 135 ust. 1 lit. a"));
    let invoice = built(&sale().with_line(Line::net("polisa", directive, 1, 90)));
    assert!(outline(&invoice).ends_with("P_19B=art. 135 ust. 1 lit. a"));
    let other = Vat::Exempt(Exemption::other("umowa NATO SOFA"));
    let invoice = built(&sale().with_line(Line::net("paliwo", other, 1, 90)));
    assert!(outline(&invoice).ends_with("P_19C=umowa NATO SOFA"));
}

#[test]
fn reverse_charge_marks_the_invoice() {
    let invoice = built(&sale().with_line(Line::net("energia", Vat::ReverseCharge, 40, 12)));
    assert_eq!(outline(&invoice), "VAT P_13_10=480.00 P_15=480.00 P_18=1");
}

#[test]
fn goods_to_another_member_state() {
    let invoice = built(
        &InvoiceBuilder::vat(seller(), german_buyer(), "FV/11/21", ISSUED)
            .with_currency(CurrencyCode::EUR)
            .with_line(Line::net(chair(), Vat::ZeroIntraEu, 4, decimal("45.50"))),
    );
    assert_eq!(outline(&invoice), "VAT P_13_6_2=182.00 P_15=182.00");
    assert!(invoice.seller.prefix.is_some());
}

#[test]
fn services_and_supplies_outside_poland() {
    let invoice =
        built(
            &InvoiceBuilder::vat(seller(), german_buyer(), "FV/11/22", ISSUED)
                .with_line(Line::net("projekt", Vat::OutsidePolandServices, 1, 1000)),
        );
    assert_eq!(outline(&invoice), "VAT P_13_9=1000.00 P_15=1000.00 P_18=1");
    assert!(invoice.seller.prefix.is_some());
    let outside = |liability| Line::net("montaż", Vat::OutsidePoland(liability), 1, 1000);
    let invoice = built(
        &InvoiceBuilder::vat(seller(), german_buyer(), "FV/11/23", ISSUED)
            .with_line(outside(TaxLiability::Buyer)),
    );
    assert_eq!(outline(&invoice), "VAT P_13_8=1000.00 P_15=1000.00 P_18=1");
    let invoice = built(
        &InvoiceBuilder::vat(seller(), consumer(), "FV/11/24", ISSUED)
            .with_line(outside(TaxLiability::NotBuyer)),
    );
    assert_eq!(outline(&invoice), "VAT P_13_8=1000.00 P_15=1000.00");
}

#[test]
fn a_triangular_supply() {
    let vat = Vat::OutsidePoland(TaxLiability::Buyer);
    let line = Line::net(chair(), vat, 1, 1000).with_procedure(Procedure::Triangular);
    let invoice = built(
        &InvoiceBuilder::vat(seller(), german_buyer(), "FV/11/25", ISSUED)
            .with_line(line)
            .triangular(),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_8=1000.00 P_15=1000.00 P_18=1 P_23=1"
    );
    assert!(invoice.seller.prefix.is_some());
}

#[test]
fn exports_and_zero_at_home() {
    let invoice = built(
        &sale()
            .with_line(Line::net(chair(), Vat::ZeroExport, 1, 1000))
            .with_line(Line::net("łódź ratunkowa", Vat::ZeroDomestic, 1, 500)),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_6_1=500.00 P_13_6_3=1000.00 P_15=1500.00"
    );
}

#[test]
fn the_one_stop_shop_has_rates_of_other_countries() {
    let vat = |percent| Vat::OneStopShop(decimal(percent));
    let invoice = built(
        &InvoiceBuilder::vat(seller(), consumer(), "FV/11/26", ISSUED)
            .with_currency(CurrencyCode::EUR)
            .with_line(
                Line::net(chair(), vat("25.5"), 1, 100).with_procedure(Procedure::DistanceSales),
            )
            .with_line(
                Line::gross(chair(), vat("19"), 1, 119).with_procedure(Procedure::DistanceSales),
            ),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_5=200.00 P_14_5=44.50 P_15=244.50"
    );
    assert!(invoice.body.lines[0].rate.is_none());
}

#[test]
fn margin_schemes_show_no_tax() {
    for (scheme, mark) in [
        (MarginScheme::Travel, "P_PMarzy_2"),
        (MarginScheme::UsedGoods, "P_PMarzy_3_1"),
        (MarginScheme::Art, "P_PMarzy_3_2"),
        (MarginScheme::Antiques, "P_PMarzy_3_3"),
    ] {
        let invoice = built(
            &sale()
                .with_line(Line::margin("komoda", scheme, 1, 4200))
                .with_line(Line::gross("transport", Vat::Rate23, 1, 123)),
        );
        assert_eq!(
            outline(&invoice),
            format!(
                "VAT P_13_1=100.00 P_14_1=23.00 P_13_11=4200.00 P_15=4323.00 P_PMarzy=1 {mark}=1"
            )
        );
        assert!(invoice.body.lines[0].rate.is_none());
    }
}

#[test]
fn another_currency_shows_its_tax_in_pln() {
    let builder = || {
        sale()
            .with_currency(CurrencyCode::EUR)
            .with_exchange_rate(decimal("4.2517"))
            .with_line(Line::net(chair(), Vat::Rate23, 3, decimal("100.01")))
    };
    // 300.03 × 0.23 = 69.01; × 4.2517 = 293.41
    let invoice = built(&builder());
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=300.03 P_14_1=69.01 P_14_1W=293.41 P_15=369.04"
    );
    assert_eq!(
        shown(&invoice, &["FaWiersz", "KursWaluty"]).as_deref(),
        Some("4.2517")
    );
    let other = Line::net(chair(), Vat::Rate23, 1, 100).with_exchange_rate(decimal("4.3"));
    // 69.0069 × 4.2517 + 23 × 4.3 = 392.2966…
    let invoice = built(&builder().with_line(other));
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=400.03 P_14_1=92.01 P_14_1W=392.30 P_15=492.04"
    );
}

#[test]
fn split_payment_follows_from_annex_15() {
    let steel = |price| {
        Line::net(
            Item::new("pręty stalowe").of_annex_15(),
            Vat::Rate23,
            1,
            price,
        )
    };
    let invoice = built(&sale().with_line(steel(12_195)));
    assert_eq!(
        shown(&invoice, &["Adnotacje", "P_18A"]).as_deref(),
        Some("2")
    );
    let invoice = built(&sale().with_line(steel(12_196)));
    assert_eq!(
        shown(&invoice, &["Adnotacje", "P_18A"]).as_deref(),
        Some("1")
    );
    let invoice = built(&sale().with_line(steel(10)).split_payment());
    assert_eq!(
        shown(&invoice, &["Adnotacje", "P_18A"]).as_deref(),
        Some("1")
    );
}

#[test]
fn marks_that_are_asked_for() {
    let invoice = built(
        &sale()
            .with_line(Line::net(chair(), Vat::Rate23, 1, 100))
            .cash_method()
            .self_billed()
            .between_related_parties()
            .with_excise_refund(),
    );
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=100.00 P_14_1=23.00 P_15=123.00 P_16=1 P_17=1"
    );
    assert_eq!(shown(&invoice, &["TP"]).as_deref(), Some("1"));
    assert_eq!(shown(&invoice, &["ZwrotAkcyzy"]).as_deref(), Some("1"));
}

#[test]
fn a_new_means_of_transport() {
    let vehicle = LandVehicle {
        number: Some(VehicleNumber::Vin("WAUZZZ8K9BA000001".parse().unwrap())),
        ..LandVehicle::new("2400".parse().unwrap())
    };
    let item = NewTransportItem::new(
        "2026-10-01".parse().unwrap(),
        RowNumber::new(1).unwrap(),
        Vehicle::Land(vehicle),
    );
    let invoice = built(
        &InvoiceBuilder::vat(seller(), german_buyer(), "FV/11/27", ISSUED)
            .with_line(Line::net("samochód", Vat::ZeroIntraEu, 1, 90_000))
            .with_new_transport(NewTransportSupply {
                article_42_5: YesNo::Yes,
                ..NewTransportSupply::new(NonEmpty::of(item))
            }),
    );
    assert!(outline(&invoice).contains("P_22=1 P_42_5=1 P_22A=2026-10-01 P_NrWierszaNST=1"));
}

fn party(role: ThirdPartyRole, id: ThirdPartyId) -> ThirdParty {
    let identity = ThirdPartyIdentity {
        name: Some("Oddział w Helu".parse().unwrap()),
        ..ThirdPartyIdentity::new(id)
    };
    ThirdParty::new(identity, Role::Known(role))
}

#[test]
fn a_recipient_marks_the_buyer() {
    let nip = || ThirdPartyId::Nip("7762811692".parse().unwrap());
    let invoice = built(
        &sale()
            .with_line(Line::net(chair(), Vat::Rate23, 1, 100))
            .with_third_party(party(ThirdPartyRole::LocalGovernmentRecipient, nip()))
            .with_third_party(ThirdParty {
                share: Some(Percent::new(decimal("40")).unwrap()),
                ..party(ThirdPartyRole::AdditionalBuyer, nip())
            })
            .with_third_party(party(ThirdPartyRole::Employee, ThirdPartyId::None))
            .with_authorized_entity(AuthorizedEntity::new(
                seller().identity,
                seller().address,
                AuthorizedRole::TaxRepresentative,
            )),
    );
    assert_eq!(invoice.buyer.local_government, YesNo::Yes);
    assert_eq!(invoice.buyer.vat_group, YesNo::No);
    assert_eq!(invoice.third_parties.len(), 3);
    let invoice = built(
        &sale()
            .with_line(Line::net(chair(), Vat::Rate23, 1, 100))
            .with_third_party(party(ThirdPartyRole::VatGroupRecipient, nip())),
    );
    assert_eq!(invoice.buyer.vat_group, YesNo::Yes);
}

fn transfer() -> Payment {
    let mut payment = Payment {
        method: Some(Method::Known(PaymentForm::Transfer)),
        ..Payment::default()
    };
    let due = Due {
        date: Some("2026-12-04".parse().unwrap()),
        ..Due::default()
    };
    payment.due.push(due).unwrap();
    let account = BankAccount::new("61109010140000071219812874".parse().unwrap());
    payment.accounts.push(account).unwrap();
    payment
}

fn terms() -> Terms {
    let mut terms = Terms::default();
    terms.contracts.push(Contract::default()).unwrap();
    let order = OrderReference {
        number: Some("ZAM/7".parse().unwrap()),
        ..OrderReference::default()
    };
    terms.orders.push(order).unwrap();
    let transport = Transport::new(
        TransportMeans::Known(TransportKind::Road),
        Load::Known(LoadKind::Pallet),
    );
    terms.transports.push(transport).unwrap();
    terms
}

fn footer() -> Footer {
    let mut footer = Footer::default();
    let remark = FooterRemark {
        text: Some("Kapitał zakładowy 200 000 zł".parse().unwrap()),
    };
    footer.remarks.push(remark).unwrap();
    let register = Register {
        krs: Some("0000123456".parse().unwrap()),
        ..Register::default()
    };
    footer.registers.push(register).unwrap();
    footer
}

#[test]
fn everything_an_invoice_may_say() {
    let part = PartialPayment::new(
        Amount::new(decimal("50")).unwrap(),
        "2026-11-20".parse().unwrap(),
    );
    let payment = Payment {
        paid: Some(Paid::Partial(PartialPayments::new(
            PaidExtent::Part,
            NonEmpty::of(part),
        ))),
        ..transfer()
    };
    let entry = BlockEntry::new("licznik".parse().unwrap(), "A-1".parse().unwrap());
    let block = Block::new(NonEmpty::of(entry));
    let item = Item::new("energia")
        .with_unit("kWh")
        .with_unique_id("e-1")
        .with_index("EN")
        .with_gtin("05901234123457")
        .with_pkwiu("35.11.10.0")
        .with_cn("2716 00 00")
        .with_pkob("1271")
        .with_gtu(Gtu::Gtu02)
        .with_excise(decimal("0.50"));
    let invoice = built(
        &sale()
            .with_place("Poznań")
            .with_period(date(2026, 10, 1), date(2026, 10, 31))
            .with_delivery_note("WZ/1")
            .with_line(Line::net(item, Vat::Rate23, 100, decimal("0.62345678")))
            .with_note("taryfa", "G11")
            .with_line_note(1, "odczyt", "rzeczywisty")
            .with_charge(decimal("1.20"), "odsetki")
            .with_deduction(decimal("0.20"), "nadpłata")
            .with_payment(payment)
            .with_terms(terms())
            .with_footer(footer())
            .with_attachment(Attachment::new(NonEmpty::of(block)))
            .with_system("ksef"),
    );
    // 62.345678 → 62.35; tax 14.34
    assert_eq!(
        outline(&invoice),
        "VAT P_13_1=62.35 P_14_1=14.34 P_15=76.69"
    );
    assert_eq!(
        shown(&invoice, &["Rozliczenie", "DoZaplaty"]).as_deref(),
        Some("77.69")
    );
    let overpaid = built(
        &sale()
            .with_line(Line::net(chair(), Vat::Rate23, 1, 100))
            .with_deduction(200, "nadpłata"),
    );
    assert_eq!(
        shown(&overpaid, &["Rozliczenie", "DoRozliczenia"]).as_deref(),
        Some("77.00")
    );
}

#[test]
fn dates_of_lines() {
    let line = |day| Line::net(chair(), Vat::Rate23, 1, 100).sold_on(date(2026, 11, day));
    let invoice = built(&sale().with_line(line(3)).with_line(line(4)));
    assert_eq!(
        shown(&invoice, &["FaWiersz", "P_6A"]).as_deref(),
        Some("2026-11-03")
    );
    let invoice = built(
        &sale()
            .with_line(Line::net(chair(), Vat::Rate23, 1, 100))
            .with_sale_date(date(2026, 11, 3)),
    );
    assert_eq!(shown(&invoice, &["P_6"]).as_deref(), Some("2026-11-03"));
}

#[test]
fn a_simplified_invoice() {
    let nip_only = || {
        Buyer::new(PartyIdentity::new(PartyId::Nip(
            "1234563218".parse().unwrap(),
        )))
    };
    let simplified = || {
        InvoiceBuilder::simplified(seller(), nip_only(), "UPR/1", ISSUED)
            .with_item("parking", Vat::Rate23, 30)
            .with_item("woda", Vat::Rate23, decimal("6.90"))
    };
    let invoice = built(&simplified());
    assert_eq!(outline(&invoice), "UPR P_13_1=30.00 P_14_1=6.90 P_15=36.90");
    let invoice = built(&simplified().showing_rates_only());
    assert_eq!(outline(&invoice), "UPR P_15=36.90");
    assert_eq!(
        shown(&invoice, &["FaWiersz", "P_12"]).as_deref(),
        Some("23")
    );
}
