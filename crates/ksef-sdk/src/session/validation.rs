//! What is looked at before an invoice leaves.

use jiff::civil::Date;
use ksef_core::calendar::warsaw_date;
use ksef_core::environment::EnvironmentKind;
use ksef_invoice::check::Rules;
use ksef_invoice::preflight::preflight;
use ksef_invoice::rules::{Channel, Context, RuleSet};

use super::invoice_bytes::{InvoiceBytes, SendOptions};
use crate::client::Client;
use crate::error::{Error, ErrorKind};

/// Refuses what KSeF would refuse: by the file, its schema, its form, the issue date and, on production, the check
/// digits of tax numbers. Takes a few milliseconds for a megabyte.
///
/// # Errors
/// [`ErrorKind::InvalidInvoice`].
pub(super) fn validate(
    client: &Client,
    invoice: &InvoiceBytes,
    options: &SendOptions,
) -> Result<(), Error> {
    if !options.validates {
        return Ok(());
    }
    let kind = client.environment().kind();
    let today = match kind {
        // A server for tests may live in another time.
        EnvironmentKind::Custom => Date::MAX,
        _ => warsaw_date(client.clock().now()),
    };
    let channel = match options.corrects {
        Some(_) => Channel::TechnicalCorrection,
        None => Channel::Interactive,
    };
    let context = Context::new(today)
        .with_rule_set(RuleSet::Ksef)
        .with_production(kind == EnvironmentKind::Production)
        .with_channel(channel);
    let inspection =
        preflight(invoice.bytes(), &Rules::default(), &context).with_form(&options.form);
    if !inspection.is_refused() {
        return Ok(());
    }
    let mut findings = inspection.findings;
    findings.retain(|finding| finding.refusal().is_some());
    Err(Error::new(ErrorKind::InvalidInvoice { findings }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ksef_core::clock::ManualClock;
    use ksef_core::environment::Environment;
    use ksef_core::nip::Nip;
    use ksef_invoice::rule::Rule;

    use super::*;

    const INVOICE: &str = include_str!("../../../../examples/invoices/01-vat.xml");

    /// What stops an invoice of 16 March 2026 at a moment.
    fn stopped_by(environment: Environment, moment: &str, text: &str) -> Option<Rule> {
        let client = Client::builder(environment)
            .context(Nip::parse("5265877635").unwrap())
            .clock(Arc::new(ManualClock::new(moment.parse().unwrap())))
            .build()
            .unwrap();
        let invoice = InvoiceBytes::new(text.to_owned());
        let outcome = validate(&client, &invoice, &SendOptions::default());
        outcome.err().map(|error| error.findings()[0].rule())
    }

    #[test]
    fn the_day_is_warsaws_and_a_test_server_has_its_own() {
        let local = Environment::parse("http://127.0.0.1:1").unwrap();
        // An hour before midnight in Greenwich is midnight in Warsaw.
        let (early, late) = ("2026-03-15T22:59:59Z", "2026-03-15T23:00:00Z");
        let future = Some(Rule::IssueDateFuture);
        assert_eq!(stopped_by(Environment::test(), early, INVOICE), future);
        assert_eq!(
            stopped_by(Environment::production(), early, INVOICE),
            future
        );
        assert_eq!(stopped_by(Environment::test(), late, INVOICE), None);
        assert_eq!(stopped_by(local, early, INVOICE), None);
    }

    #[test]
    fn check_digits_count_on_production() {
        let seller = INVOICE.split("<NIP>").nth(1).unwrap();
        let nip = seller.split('<').next().unwrap();
        let wrong = INVOICE.replace(nip, "1234567890");
        let moment = "2026-11-21T12:00:00Z";
        assert_eq!(stopped_by(Environment::test(), moment, &wrong), None);
        let production = stopped_by(Environment::production(), moment, &wrong);
        assert_eq!(production, Some(Rule::NipChecksum));
    }
}
