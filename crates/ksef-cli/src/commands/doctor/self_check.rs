//! The whole way of an invoice, on a sandbox of its own in memory: shows whether this machine can do its part.

use std::sync::Arc;
use std::time::Duration;

use ksef_api::status::StatusClass;
use ksef_core::context::ContextIdentifier;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::chain::Anchors;
use ksef_crypto::digest::sha256;
use ksef_crypto::self_signed::{self, Validity};
use ksef_invoice::metadata;
use ksef_sdk::Client;
use ksef_sdk::auth::Credentials;
use ksef_sdk::journal::NoJournal;
use ksef_sdk::session::{InvoiceBytes, Keeper, SendOptions, wait_invoice};

use super::check::Check;
use crate::connect::embedded::{self, Embedded};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::send::receipt;

/// Sends an example; the check that fails is the last.
pub(super) async fn run(context: &Context) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Err(error) = steps(context, &mut checks).await {
        let mut check = Check::of_error(NAME, &error);
        // Whatever goes wrong here is the fault of this machine or of the program.
        check.exit = Exit::Failed;
        checks.push(check);
    }
    checks
}

async fn steps(context: &Context, checks: &mut Vec<Check>) -> Result<()> {
    let known = metadata::read(EXAMPLE).map_err(|_| failed())?;
    let now = context.clock.now();
    let sandbox = Embedded::in_memory().await?;
    let seller = known.seller.nip;
    let validity = Validity::days(now - jiff::SignedDuration::from_hours(1), 1);
    let seal = self_signed::company_seal("ksef doctor", &seller, KeyKind::EcP256, validity)
        .map_err(|source| failed().caused_by(source))?;
    let client = Client::builder(sandbox.environment().clone())
        .credentials(Credentials::certificate(seal))
        .context(ContextIdentifier::Nip(seller))
        .build()?;
    client.authenticate().await?;
    checks.push(Check::ok(
        NAME,
        text!(
            "signing and logging in to a sandbox",
            "podpis i logowanie do piaskownicy"
        ),
    ));

    let keeper = Keeper::new(client.clone(), Arc::new(NoJournal));
    let options = SendOptions::new(known.form.clone());
    let sent = keeper.send(&InvoiceBytes::new(EXAMPLE), &options).await?;
    let invoice = wait_invoice(&client, sent.session, sent.invoice, WAIT_MAX).await?;
    let number = match (invoice.invoice_status().class(), invoice.ksef_number) {
        (StatusClass::Done, Some(number)) => number,
        _ => {
            return Err(failed().caused_by(format!(
                "status {} {}",
                invoice.status.code, invoice.status.description
            )));
        }
    };
    checks.push(Check::ok(
        NAME,
        text!(
            "encrypting and sending an example invoice",
            "szyfrowanie i wysłanie przykładowej faktury"
        ),
    ));

    let closed = keeper.close(sent.session, WAIT_MAX).await?;
    let upo = closed
        .upo
        .first()
        .ok_or_else(|| failed().caused_by("no UPO"))?;
    let authority = embedded::authority(&sandbox.world().control_url).await;
    let anchors = Anchors::new(authority);
    let hash = sha256(EXAMPLE);
    receipt::check_invoice_upo(&upo.bytes, &number, &hash, Some(&known), &anchors, now)
        .map_err(|why| failed().caused_by(why))?;
    checks.push(Check::ok(
        NAME,
        text!(
            "closing the session and verifying its UPO",
            "zamknięcie sesji i weryfikacja UPO"
        ),
    ));
    sandbox.shutdown().await;
    Ok(())
}

fn failed() -> Error {
    Error::failed(text!(
        "the example invoice did not go through the sandbox",
        "przykładowa faktura nie przeszła przez piaskownicę"
    ))
    .hint(text!(
        "run it again with -vv and report what it says",
        "uruchom jeszcze raz z -vv i zgłoś, co pokaże"
    ))
}

const NAME: &str = "self-check";
const EXAMPLE: &[u8] = include_bytes!("../../../../../examples/invoices/01-vat.xml");
const WAIT_MAX: Duration = Duration::from_secs(30);
