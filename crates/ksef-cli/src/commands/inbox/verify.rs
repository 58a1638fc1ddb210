//! `ksef inbox verify`

use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::digest::sha256;
use ksef_sdk::mirror::Mirror;
use ksef_store::inbox::{Filter, Inbox};
use serde::Serialize;

use super::failure::{of_mirror, of_store};
use super::place::Place;
use super::role_name;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Fields, Printer, Table, moment};

/// Arguments of `ksef inbox verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Computes the SHA-256 of every document and compares it with what KSeF named; then compares the inbox with KSeF's own lists, \
role by role, from where each began up to where it is complete. That takes one of about 20 exports an hour for 10 000 \
invoices and for 100 days; --offline leaves it out. Nothing is changed.

Ends with 1 when a document is damaged or an invoice is missing.

Examples:
  ksef inbox verify
  ksef inbox verify --offline --json")]
pub(crate) struct Args {
    /// Only what is on this machine; KSeF is not asked
    #[arg(long)]
    offline: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    /// Documents looked at.
    documents: u64,
    /// Documents that are not what they were.
    damaged: Vec<KsefNumber>,
    roles: Vec<ShownRole>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownRole {
    role: String,
    from: jiff::Timestamp,
    to: jiff::Timestamp,
    /// Invoices that KSeF lists.
    listed: u64,
    missing: Vec<KsefNumber>,
    different: Vec<KsefNumber>,
}

impl Shown {
    fn is_clean(&self) -> bool {
        let is_clean = |role: &ShownRole| role.missing.is_empty() && role.different.is_empty();
        self.damaged.is_empty() && self.roles.iter().all(is_clean)
    }
}

/// Verifies.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let place = Place::find(context).await?;
    let inbox = place.existing().await?;
    let (documents, damaged) = documents(context, &inbox, &place).await?;
    let mut shown = Shown {
        documents,
        damaged,
        roles: Vec::new(),
    };
    if !args.offline {
        shown.roles = audits(context, &inbox, &place).await?;
    }
    context
        .printer
        .result(&shown, |printer| print(printer, &shown));
    if shown.is_clean() {
        return Ok(Exit::Done);
    }
    let path = place.path();
    Err(Error::failed(text!(
        "the inbox is not what it should be",
        "skrzynka nie jest taka, jaka powinna być"
    ))
    .hint(text!(
        "keep a copy of {path}, move it away, and fill a new inbox: ksef inbox sync",
        "zachowaj kopię {path}, przenieś ją i pobierz faktury od nowa: ksef inbox sync",
        path = path.display()
    )))
}

/// Every document against its SHA-256.
async fn documents(
    context: &Context,
    inbox: &Inbox,
    place: &Place,
) -> Result<(u64, Vec<KsefNumber>)> {
    let failed = |error| of_store(&error, &place.path());
    let numbers = inbox.numbers(&Filter::default()).await.map_err(failed)?;
    let count = u64::try_from(numbers.len()).unwrap_or(0);
    let what = text!("reading documents", "odczyt dokumentów");
    let progress = context.printer.progress(count, &what);
    let mut damaged = Vec::new();
    for number in numbers {
        let invoice = inbox.invoice(&number).await.map_err(failed)?;
        let is_sound = invoice.is_some_and(|invoice| {
            let hash = sha256(&invoice.xml);
            hash == invoice.hash && hash == invoice.summary.metadata.invoice_hash
        });
        if !is_sound {
            damaged.push(number);
        }
        progress.advance();
    }
    Ok((count, damaged))
}

/// Every role against KSeF's lists.
async fn audits(context: &Context, inbox: &Inbox, place: &Place) -> Result<Vec<ShownRole>> {
    let failed = |error| of_store(&error, &place.path());
    let ksef = place.ksef(context)?;
    let packages = place.packages()?;
    let since = context.clock.now();
    let mirror = Mirror::new(ksef.client().clone(), inbox.clone(), packages, since);
    let mut shown = Vec::new();
    for state in inbox.state().await.map_err(failed)? {
        let progress = context.printer.progress(0, &role_name(&state.role));
        let audit = mirror.audit(&state.role, None).await;
        drop(progress);
        let audit = audit.map_err(|error| of_mirror(error, &place.path()))?;
        shown.push(ShownRole {
            role: state.role.to_string(),
            from: audit.window.from,
            to: audit.window.to,
            listed: audit.listed,
            missing: audit.missing,
            different: audit.different,
        });
    }
    Ok(shown)
}

fn print(printer: &Printer, shown: &Shown) {
    let mut fields = Fields::new(printer);
    fields.add(("documents", "dokumenty"), shown.documents);
    fields.add(("damaged", "uszkodzone"), shown.damaged.len());
    fields.print();
    if !shown.roles.is_empty() {
        let mut table = Table::titled(
            printer,
            &[
                ("role", "rola"),
                ("from", "od"),
                ("to", "do"),
                ("in KSeF", "w KSeF"),
                ("missing", "brakuje"),
                ("different", "inne"),
            ],
        );
        for role in &shown.roles {
            let name = ksef_api::ops::invoices::SubjectRole::from_name(&role.role);
            table.row([
                role_name(&name).in_lang(printer.lang()).to_owned(),
                moment(role.from),
                moment(role.to),
                role.listed.to_string(),
                role.missing.len().to_string(),
                role.different.len().to_string(),
            ]);
        }
        table.print(printer);
    }
    let lists = shown
        .roles
        .iter()
        .flat_map(|role| role.missing.iter().chain(&role.different));
    for number in shown.damaged.iter().chain(lists) {
        printer.line(number);
    }
}
