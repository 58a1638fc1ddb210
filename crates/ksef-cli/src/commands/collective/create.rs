//! `ksef collective create`

use std::io::Read as _;
use std::path::{Path, PathBuf};

use ksef_api::ops::collective::{CollectiveInvoice, CreateCollectiveIdentifier, Payment};
use ksef_api::ops::invoices::CurrencyCode;
use ksef_core::ksef_number::KsefNumber;
use rust_decimal::Decimal;
use serde_json::json;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef collective create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The number goes into the title of the transfer. The invoices are of one seller, at least two; an invoice may belong to \
132 numbers. What is paid for each is seen by whoever makes the number and by the parties of the invoice.

A file has the form of the API: {\"invoices\": [{\"ksefNumber\": \"…\", \"payment\": {\"amount\": 123.45, \
\"currency\": \"PLN\"}, \"description\": \"…\"}]}.

Each run makes a new number. When the answer is lost, look first: ksef collective of KSEF_NUMBER.

Examples:
  ksef collective create 5265877635-20261121-010040000001-1F 5265877635-20261121-010040000002-16
  ksef collective create 5265877635-20261121-010040000001-1F=123.45 5265877635-20261121-010040000002-16=10EUR
  ksef collective create --file invoices.json --json")]
#[group(id = "what", required = true, args = ["invoice", "file"])]
pub(crate) struct Args {
    /// An invoice by its KSeF number, with what is paid for it: NUMBER, NUMBER=AMOUNT (in PLN) or NUMBER=AMOUNTCURRENCY
    #[arg(value_name = "KSEF_NUMBER[=AMOUNT]", value_parser = parse_invoice)]
    invoice: Vec<CollectiveInvoice>,

    /// Read the invoices from a JSON file, or from stdin (-)
    #[arg(long, value_name = "FILE", conflicts_with = "invoice")]
    file: Option<PathBuf>,
}

/// Makes the identifier.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let request = match &args.file {
        Some(file) => read(file)?,
        None => CreateCollectiveIdentifier::new(args.invoice.iter().cloned()),
    };
    let count = request.invoices.len();
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    if context.global.dry_run {
        context.printer.note(&text!(
            "would make a collective identifier of {count} invoices",
            "utworzono by identyfikator zbiorczy; liczba faktur: {count}"
        ));
        return Ok(Exit::Done);
    }
    let made = ksef.call(&request).await?;
    let identifier = made.collective_identifier_number;
    let result = json!({ "collectiveIdentifierNumber": identifier, "invoiceCount": count });
    context.printer.result(&result, |printer| {
        printer.line(identifier);
    });
    Ok(Exit::Done)
}

fn read(file: &Path) -> Result<CreateCollectiveIdentifier> {
    let mut content = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut content).map(drop)
    } else {
        std::fs::read(file).map(|read| content = read)
    };
    let name = file.display();
    read.map_err(|source| {
        Error::usage(text!("cannot read {name}", "nie można odczytać {name}")).caused_by(source)
    })?;
    serde_json::from_slice(&content).map_err(|source| {
        Error::usage(text!(
            "{name} is no list of invoices",
            "{name} nie jest listą faktur"
        ))
        .caused_by(source)
        .hint(text!(
            "see the form of the file: ksef collective create --help",
            "zobacz postać pliku: ksef collective create --help"
        ))
    })
}

fn parse_invoice(text: &str) -> Result<CollectiveInvoice, String> {
    let (number, payment) = match text.split_once('=') {
        Some((number, payment)) => (number, Some(parse_payment(payment)?)),
        None => (text, None),
    };
    let number = KsefNumber::parse(number).map_err(|error| error.to_string())?;
    Ok(CollectiveInvoice {
        payment,
        ..CollectiveInvoice::new(number)
    })
}

fn parse_payment(text: &str) -> Result<Payment, String> {
    let expected = || "an amount looks like 123.45 or 123.45EUR".to_owned();
    let at = text
        .find(|character: char| character.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (amount, currency) = text.split_at_checked(at).ok_or_else(expected)?;
    // A comma is what a Polish keyboard has.
    let amount = amount.trim().replace(',', ".");
    let amount: Decimal = amount.parse().map_err(|_| expected())?;
    let currency = match currency.trim() {
        "" => CurrencyCode::from_name("PLN"),
        code => CurrencyCode::from_name(code),
    };
    if !currency.is_known() {
        return Err(format!("{currency} is no currency that KSeF knows"));
    }
    Ok(Payment::new(amount, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "5265877635-20250826-0100001AF629-AF";

    #[test]
    fn invoices_with_and_without_a_payment() {
        let payment = |text: &str| {
            let invoice = parse_invoice(&format!("{NUMBER}{text}")).unwrap();
            invoice
                .payment
                .map(|it| format!("{} {}", it.amount, it.currency))
        };
        assert_eq!(payment(""), None);
        assert_eq!(payment("=123.40").as_deref(), Some("123.40 PLN"));
        assert_eq!(payment("=1,5eur").as_deref(), Some("1.5 EUR"));
        assert_eq!(payment("=-7 USD").as_deref(), Some("-7 USD"));
        for wrong in ["=", "=x", "=1.2.3", "=5 QQQ", "=1e5"] {
            parse_invoice(&format!("{NUMBER}{wrong}")).unwrap_err();
        }
        parse_invoice("5265877635-20250826-0100001AF629-A0").unwrap_err();
    }
}
