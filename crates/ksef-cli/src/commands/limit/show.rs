//! `ksef limit show`

use ksef_api::operation::{RateGroup, RateLimit};
use ksef_api::ops::limits::{
    ContextLimits, GetContextLimits, GetRateLimits, GetSubjectLimits, RateLimits, SessionLimits,
    SubjectLimits,
};
use ksef_core::context::ContextIdentifier;
use serde::Serialize;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::printer::{Printer, Table};

/// Arguments of `ksef limit show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Requests are counted for a context and the address it calls from, in the last second, minute and hour at once. Within \
\"other\" and \"anonymous\" each operation has its own counter.

Examples:
  ksef limit show
  ksef limit show --json --profile firm")]
pub(crate) struct Args {}

/// Everything that limits a context and its subject.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    context: ContextIdentifier,
    rate_limits: RateLimits,
    context_limits: ContextLimits,
    subject_limits: SubjectLimits,
}

/// Shows the limits.
pub(crate) async fn run(context: &Context, _args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let who = connection.who(context)?;
    let ksef = connection.ksef_for(context, who)?;
    let shown = Shown {
        context: who,
        rate_limits: ksef.call(&GetRateLimits).await?,
        context_limits: ksef.call(&GetContextLimits).await?,
        subject_limits: ksef.call(&GetSubjectLimits).await?,
    };
    context
        .printer
        .result(&shown, |printer| print(printer, &shown));
    Ok(Exit::Done)
}

fn print(printer: &Printer, shown: &Shown) {
    let mut requests = Table::titled(
        printer,
        &[
            ("requests", "żądania"),
            ("in a second", "na sekundę"),
            ("in a minute", "na minutę"),
            ("in an hour", "na godzinę"),
        ],
    );
    let mut row = |name: &str, limit: RateLimit| {
        let number = |limit: Option<u32>| {
            limit.map_or_else(
                || printer.lang().pick("no limit", "bez limitu").to_owned(),
                |limit| limit.to_string(),
            )
        };
        requests.row([
            name.to_owned(),
            number(limit.per_second),
            number(limit.per_minute),
            number(limit.per_hour),
        ]);
    };
    for group in RateGroup::ALL {
        row(group.as_str(), shown.rate_limits.limit(*group));
    }
    if let Some(global) = shown.rate_limits.global {
        row("global", global.into());
    }
    requests.print(printer);
    printer.line("");
    others(printer, shown).print(printer);
}

fn others(printer: &Printer, shown: &Shown) -> Table {
    let mut table = Table::titled(printer, &[("limit", "limit"), ("at most", "najwyżej")]);
    let mut row = |name: (&'static str, &'static str), value: String| {
        table.row([printer.lang().pick(name.0, name.1).to_owned(), value]);
    };
    let ContextLimits {
        online_session,
        batch_session,
        collective_identifier,
    } = &shown.context_limits;
    let mut session = |names: [(&'static str, &'static str); 3], limits: &SessionLimits| {
        let [invoices, plain, with_attachment] = names;
        row(invoices, limits.max_invoices.to_string());
        row(plain, format!("{} MB", limits.max_invoice_size_in_mb));
        let size = limits.max_invoice_with_attachment_size_in_mb;
        row(with_attachment, format!("{size} MB"));
    };
    session(
        [
            (
                "invoices of an online session",
                "faktury sesji interaktywnej",
            ),
            (
                "an invoice in an online session",
                "faktura w sesji interaktywnej",
            ),
            (
                "an invoice with attachment in an online session",
                "faktura z załącznikiem w sesji interaktywnej",
            ),
        ],
        online_session,
    );
    session(
        [
            ("invoices of a batch session", "faktury sesji wsadowej"),
            ("an invoice in a batch session", "faktura w sesji wsadowej"),
            (
                "an invoice with attachment in a batch session",
                "faktura z załącznikiem w sesji wsadowej",
            ),
        ],
        batch_session,
    );
    row(
        (
            "invoices of a collective identifier",
            "faktury identyfikatora zbiorczego",
        ),
        collective_identifier.max_invoices.to_string(),
    );
    let number =
        |limit: Option<u32>| limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
    let SubjectLimits {
        enrollment,
        certificate,
    } = &shown.subject_limits;
    row(
        ("certificate requests", "wnioski o certyfikat"),
        number(enrollment.and_then(|limits| limits.max_enrollments)),
    );
    row(
        ("certificates", "certyfikaty"),
        number(certificate.and_then(|limits| limits.max_certificates)),
    );
    table
}
