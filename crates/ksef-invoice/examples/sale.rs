//! An ordinary invoice in euro, paid by transfer: `cargo run -p ksef-invoice --example sale`.

use std::error::Error;
use std::io::Write;

use ksef_core::calendar::warsaw_date;
use ksef_core::clock::{Clock, SystemClock};
use ksef_invoice::fa3::build::{Discount, InvoiceBuilder, Item, Line, Vat};
use ksef_invoice::fa3::parties::{
    Address, Buyer, PartyId, PartyIdentity, Seller, TaxpayerIdentity,
};
use ksef_invoice::fa3::payment::{BankAccount, Due, Method, Payment};
use ksef_invoice::fa3::value::code::{Gtu, PaymentForm};
use ksef_invoice::fa3::value::country::CountryCode;
use ksef_invoice::fa3::value::currency::CurrencyCode;
use ksef_invoice::fa3::value::date::PaymentDate;
use rust_decimal::Decimal;

fn main() -> Result<(), Box<dyn Error>> {
    let now = SystemClock.now();
    let today = warsaw_date(now);

    let seller = Seller::new(
        TaxpayerIdentity::new("5265877635".parse()?, "Wytwórnia Mebli sp. z o.o.".parse()?),
        Address::new(CountryCode::PL, "ul. Stolarska 4, 61-001 Poznań".parse()?),
    );
    let mut buyer = Buyer::new(PartyIdentity::new(PartyId::Nip("1234563218".parse()?)));
    buyer.identity.name = Some("Hotel Bałtyk S.A.".parse()?);

    let mut payment = Payment {
        method: Some(Method::Known(PaymentForm::Transfer)),
        ..Payment::default()
    };
    payment.due.push(Due {
        date: Some(PaymentDate::new(
            today.checked_add(jiff::Span::new().days(14))?,
        )?),
        ..Due::default()
    })?;
    payment
        .accounts
        .push(BankAccount::new("PL61109010140000071219812874".parse()?))?;

    let chair = Item::new("Krzesło dębowe")
        .with_unit("szt.")
        .with_gtu(Gtu::Gtu05);
    let price: Decimal = "41.95".parse()?;
    let exchange_rate: Decimal = "4.2517".parse()?;
    let invoice = InvoiceBuilder::vat(seller, buyer, "FV/11/20", today)
        .with_place("Poznań")
        .with_currency(CurrencyCode::EUR)
        .with_exchange_rate(exchange_rate)
        .with_line(
            Line::net(chair, Vat::Rate23, 12, price).with_discount(Discount::PerUnit(2.into())),
        )
        .with_line(Line::net("Katalog", Vat::Rate5, 1, 3))
        .with_payment(payment)
        .build(now)?;

    std::io::stdout().write_all(invoice.write().as_bytes())?;
    Ok(())
}
