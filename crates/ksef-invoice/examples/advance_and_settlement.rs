//! An order, its advance invoice, and the settlement that takes the advance off:
//! `cargo run -p ksef-invoice --example advance_and_settlement`.

use std::error::Error;
use std::io::Write;

use ksef_core::calendar::warsaw_date;
use ksef_core::clock::{Clock, SystemClock};
use ksef_core::ksef_number::KsefNumber;
use ksef_invoice::fa3::Invoice;
use ksef_invoice::fa3::build::{
    AdvanceInvoice, Deduction, InvoiceBuilder, Line, OrderLine, Received, Vat,
};
use ksef_invoice::fa3::parties::{
    Address, Buyer, PartyId, PartyIdentity, Seller, TaxpayerIdentity,
};
use ksef_invoice::fa3::value::country::CountryCode;

fn main() -> Result<(), Box<dyn Error>> {
    let now = SystemClock.now();
    let today = warsaw_date(now);
    let seller = Seller::new(
        TaxpayerIdentity::new("5265877635".parse()?, "Wytwórnia Mebli sp. z o.o.".parse()?),
        Address::new(CountryCode::PL, "ul. Stolarska 4, 61-001 Poznań".parse()?),
    );
    let buyer = Buyer::new(PartyIdentity::new(PartyId::Nip("1234563218".parse()?)));

    // 5000 zł for an order of 20 000 at 23 % and 3000 at 8 %: the payment is split by their gross values.
    let advance = InvoiceBuilder::advance(
        seller.clone(),
        buyer.clone(),
        "ZAL/11/1",
        today,
        Received::on(today, 5_000),
    )
    .with_order_line(OrderLine::net("Kuchnia", Vat::Rate23, 1, 20_000))
    .with_order_line(OrderLine::net("Montaż", Vat::Rate8, 1, 3_000))
    .build(now)?;
    tell("advance", &advance)?;

    // KSeF answers with a number; this one is made up.
    let number = KsefNumber::generate("5265877635".parse()?, today, 0x0A0B_0C0D_0E0F);
    let settlement = InvoiceBuilder::settlement(seller, buyer, "FV/11/21", today)
        .with_line(Line::net("Kuchnia", Vat::Rate23, 1, 20_000))
        .with_line(Line::net("Montaż", Vat::Rate8, 1, 3_000))
        .with_advance(AdvanceInvoice::in_ksef(
            number,
            Deduction::proportional(5_000),
        ))
        .build(now)?;
    tell("settlement", &settlement)
}

fn tell(name: &str, invoice: &Invoice) -> Result<(), Box<dyn Error>> {
    let totals = &invoice.body.totals;
    let (net, tax, due) = (totals.net(), totals.tax(), invoice.body.total);
    writeln!(std::io::stdout(), "{name}: net {net}, tax {tax}, due {due}")?;
    Ok(())
}
