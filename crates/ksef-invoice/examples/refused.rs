//! What a refusal looks like: `cargo run -p ksef-invoice --example refused`.

use std::error::Error;
use std::io::Write;

use ksef_core::calendar::warsaw_date;
use ksef_core::clock::{Clock, SystemClock};
use ksef_invoice::Language;
use ksef_invoice::fa3::build::{InvoiceBuilder, Line, Vat};
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

    let refused = InvoiceBuilder::vat(seller, buyer, "FV/11/20", today.tomorrow()?)
        .with_line(Line::net("Krzesło", Vat::ZeroIntraEu, 2, 100))
        .with_line(Line::net("Krzesło", Vat::Rate23, 3, 10).with_value(31))
        .with_exchange_rate(4)
        .build(now);
    let mut out = std::io::stdout();
    if let Err(error) = refused {
        for problem in error.problems() {
            writeln!(out, "{}", problem.message(Language::Polish))?;
            writeln!(out, "  {}", problem.message(Language::English))?;
        }
    }
    Ok(())
}
