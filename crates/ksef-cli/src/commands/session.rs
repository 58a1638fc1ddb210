//! `ksef session`

pub(crate) mod close;
pub(crate) mod list;
pub(crate) mod show;

use jiff::Timestamp;
use ksef_api::ops::sessions::Session;
use ksef_api::status::StatusInfo;
use ksef_core::reference::{SessionRef, UpoRef};
use serde::Serialize;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Fields, Printer, moment};

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List sessions, newest first
    List(list::Args),
    /// Show a session and its invoices
    Show(show::Args),
    /// Close a session, so that it is processed and its UPO is made
    Close(close::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Close(args) => close::run(context, &args).await,
    }
}

/// A session as shown. The links to its UPO are left out: whoever has one can read the document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    reference_number: SessionRef,
    status: StatusInfo,
    date_created: Timestamp,
    date_updated: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
    invoice_count: u32,
    successful_invoice_count: u32,
    failed_invoice_count: u32,
    upo_pages: Vec<UpoRef>,
}

impl Shown {
    fn new(reference: SessionRef, session: &Session) -> Self {
        Self {
            reference_number: reference,
            status: session.status.clone(),
            date_created: session.date_created,
            date_updated: session.date_updated,
            valid_until: session.valid_until,
            invoice_count: session.invoice_count.unwrap_or(0),
            successful_invoice_count: session.successful_invoice_count.unwrap_or(0),
            failed_invoice_count: session.failed_invoice_count.unwrap_or(0),
            upo_pages: session
                .upo_pages()
                .iter()
                .map(|page| page.reference_number)
                .collect(),
        }
    }

    fn print(&self, printer: &Printer, session: &Session) {
        let mut fields = Fields::new(printer);
        fields.add(("session", "sesja"), self.reference_number);
        fields.add(("status", "status"), &self.status);
        fields.more(&session.session_status().meaning().into());
        fields.add(("opened", "otwarta"), moment(self.date_created));
        fields.add(("updated", "zmieniona"), moment(self.date_updated));
        if let Some(until) = self.valid_until {
            fields.add(("until", "do"), moment(until));
        }
        let (all, good, bad) = (
            self.invoice_count,
            self.successful_invoice_count,
            self.failed_invoice_count,
        );
        let counts = text!(
            "{all} ({good} accepted, {bad} rejected)",
            "{all} (przyjęte: {good}, odrzucone: {bad})"
        );
        fields.add(("invoices", "faktury"), counts.in_lang(printer.lang()));
        for page in &self.upo_pages {
            fields.add(("UPO", "UPO"), page);
        }
        fields.print();
    }
}
