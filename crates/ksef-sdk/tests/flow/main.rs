//! The whole path against a local KSeF: from a certificate to a verified end, with and without faults.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on must fail"
)]

mod batch;
mod certificates;
mod faults;
mod mirror;
mod path;
mod permissions;
mod receiving;

use std::time::Duration;

use jiff::SignedDuration;
use ksef_core::clock::{Clock, SystemClock};
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::self_signed::{Validity, company_seal};
use ksef_sandbox::faults::Fault;
use ksef_sandbox::{Latency, LimitProfile, Sandbox};
use ksef_sdk::auth::Credentials;
use ksef_sdk::session::InvoiceBytes;
use ksef_sdk::{Client, RetryPolicy};

/// The longest that anything may take here.
pub(crate) const WAIT: Duration = Duration::from_secs(20);

pub(crate) async fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().limits(LimitProfile::Off);
    builder
        .latency(Latency::uniform(Duration::from_millis(20)))
        .start()
        .await
        .unwrap()
}

pub(crate) fn fault(sandbox: &Sandbox, text: &str) {
    sandbox.add_fault(Fault::parse(text).unwrap());
}

pub(crate) fn seller() -> Nip {
    Nip::parse("5265877635").unwrap()
}

pub(crate) fn context() -> ContextIdentifier {
    seller().into()
}

/// The seller's seal; a new one at each call.
pub(crate) fn seal() -> Credentials {
    let from = SystemClock.now() - SignedDuration::from_hours(1);
    let validity = Validity::days(from, 30);
    let identity = company_seal("Przykład", &seller(), KeyKind::EcP256, validity);
    Credentials::certificate(identity.unwrap())
}

pub(crate) fn client(sandbox: &Sandbox, credentials: Credentials) -> Client {
    Client::builder(sandbox.environment().unwrap())
        .credentials(credentials)
        .context(context())
        .retry(
            RetryPolicy::default().with_delays(Duration::from_millis(5), Duration::from_millis(50)),
        )
        .build()
        .unwrap()
}

/// An invoice of the seller with this number.
pub(crate) fn invoice(number: &str) -> InvoiceBytes {
    invoice_for(number, "123.00")
}

pub(crate) fn invoice_for(number: &str, total: &str) -> InvoiceBytes {
    InvoiceBytes::new(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/">
 <Naglowek>
  <KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>
  <WariantFormularza>3</WariantFormularza>
  <DataWytworzeniaFa>2026-03-02T10:00:00Z</DataWytworzeniaFa>
 </Naglowek>
 <Podmiot1>
  <DaneIdentyfikacyjne><NIP>{}</NIP><Nazwa>Przykład</Nazwa></DaneIdentyfikacyjne>
  <Adres><KodKraju>PL</KodKraju><AdresL1>Rynek 1, 50-101 Wrocław</AdresL1></Adres>
 </Podmiot1>
 <Podmiot2>
  <DaneIdentyfikacyjne><NIP>7762811692</NIP><Nazwa>Odbiorca</Nazwa></DaneIdentyfikacyjne>
  <JST>2</JST><GV>2</GV>
 </Podmiot2>
 <Fa>
  <KodWaluty>PLN</KodWaluty><P_1>2026-03-02</P_1><P_2>{number}</P_2><P_15>{total}</P_15>
  <Adnotacje>
   <P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A>
   <Zwolnienie><P_19N>1</P_19N></Zwolnienie>
   <NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu>
   <P_23>2</P_23><PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy>
  </Adnotacje>
  <RodzajFaktury>VAT</RodzajFaktury>
 </Fa>
</Faktura>
"#,
        seller()
    ))
}
