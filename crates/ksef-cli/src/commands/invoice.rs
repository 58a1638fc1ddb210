//! `ksef invoice`

mod coded;
pub(crate) mod correct;
pub(crate) mod export;
pub(crate) mod filter;
pub(crate) mod get;
pub(crate) mod issue;
pub(crate) mod listing;
pub(crate) mod new;
pub(crate) mod output;
pub(crate) mod qr;
pub(crate) mod render;
pub(crate) mod rules;
pub(crate) mod search;
pub(crate) mod send;
pub(crate) mod show;
pub(crate) mod status;
mod target;
pub(crate) mod upo;
pub(crate) mod validate;
pub(crate) mod verify_qr;
mod which;

use jiff::Timestamp;
use ksef_api::ops::sessions::{InvoiceStatusInfo, InvoicingMode, SessionInvoice};
use ksef_api::status::{InvoiceStatus, StatusClass};
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef};
use serde::Serialize;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::Text;
use crate::printer::{Fields, Printer, Table, moment};

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make invoices of a JSON, CSV or XLSX file
    New(new::Args),
    /// Judge invoices as KSeF would, and better explained, without sending them
    Validate(validate::Args),
    /// List the rules that invoices are judged by, or explain one
    Rules(rules::Args),
    /// Send invoices and get their KSeF numbers and UPOs
    Send(Box<send::Args>),
    /// Issue invoices without KSeF: kept, coded, and queued with their legal deadline
    Issue(Box<issue::Args>),
    /// Correct an invoice technically that was issued offline and that KSeF rejected
    Correct(Box<correct::Args>),
    /// Ask how far KSeF is with an invoice
    Status(status::Args),
    /// Show an invoice as a person reads it
    Show(show::Args),
    /// Set invoices and UPOs as PDF or HTML pages
    Render(Box<render::Args>),
    /// Download an invoice by its KSeF number
    Get(get::Args),
    /// Download the UPO (official receipt) of an invoice or a session
    Upo(upo::Args),
    /// Draw the QR codes of invoices: code I, and with --offline code II
    Qr(Box<qr::Args>),
    /// Check the link of a QR code: its form, the invoice's file, the signature, and what KSeF says
    VerifyQr(verify_qr::Args),
    /// Look for invoices that are in KSeF
    Search(search::Args),
    /// Download many invoices as one package
    Export(Box<export::Args>),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::New(args) => new::run(context, &args),
        Command::Validate(args) => validate::run(context, args),
        Command::Rules(args) => rules::run(context, &args),
        Command::Send(args) => send::run(context, *args).await,
        Command::Issue(args) => issue::run(context, &args).await,
        Command::Correct(args) => correct::run(context, &args).await,
        Command::Render(args) => render::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Status(args) => status::run(context, &args).await,
        Command::Get(args) => get::run(context, &args).await,
        Command::Upo(args) => upo::run(context, &args).await,
        Command::Qr(args) => qr::run(context, &args).await,
        Command::VerifyQr(args) => verify_qr::run(context, &args).await,
        Command::Search(args) => search::run(context, &args).await,
        Command::Export(args) => export::run(context, &args).await,
    }
}

/// An invoice of a session as shown. The link to its UPO is left out: whoever has it can read the document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownInvoice {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_reference_number: Option<SessionRef>,
    reference_number: InvoiceRef,
    ordinal_number: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ksef_number: Option<KsefNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_file_name: Option<String>,
    invoice_hash: Sha256Digest,
    invoicing_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    acquisition_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permanent_storage_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoicing_mode: Option<InvoicingMode>,
    status: InvoiceStatusInfo,
}

impl ShownInvoice {
    /// What KSeF says about an invoice, without secrets.
    pub(crate) fn new(invoice: SessionInvoice) -> Self {
        Self {
            session_reference_number: None,
            reference_number: invoice.reference_number,
            ordinal_number: invoice.ordinal_number,
            invoice_number: invoice.invoice_number,
            ksef_number: invoice.ksef_number,
            invoice_file_name: invoice.invoice_file_name,
            invoice_hash: invoice.invoice_hash,
            invoicing_date: invoice.invoicing_date,
            acquisition_date: invoice.acquisition_date,
            permanent_storage_date: invoice.permanent_storage_date,
            invoicing_mode: invoice.invoicing_mode,
            status: invoice.status,
        }
    }

    fn in_session(mut self, session: SessionRef) -> Self {
        self.session_reference_number = Some(session);
        self
    }

    fn typed_status(&self) -> InvoiceStatus {
        InvoiceStatus::from_code(self.status.code)
    }

    /// How a command ends that asked for this status.
    fn exit(&self) -> Exit {
        match self.typed_status().class() {
            StatusClass::Done => Exit::Done,
            StatusClass::Pending => Exit::Pending,
            StatusClass::Failed => Exit::Rejected,
        }
    }

    /// Invoices of a session, one per line.
    pub(crate) fn print_table(invoices: &[Self], printer: &Printer) {
        let mut table = Table::titled(
            printer,
            &[
                ("#", "#"),
                ("number", "numer"),
                ("status", "status"),
                ("KSeF number", "numer KSeF"),
                ("reference", "numer referencyjny"),
            ],
        );
        for invoice in invoices {
            let meaning: Text = invoice.typed_status().meaning().into();
            table.row([
                invoice.ordinal_number.to_string(),
                invoice
                    .invoice_number
                    .clone()
                    .unwrap_or_else(|| "-".to_owned()),
                format!(
                    "{} {}",
                    invoice.status.code,
                    meaning.in_lang(printer.lang())
                ),
                invoice
                    .ksef_number
                    .map_or_else(|| "-".to_owned(), |number| number.to_string()),
                invoice.reference_number.to_string(),
            ]);
        }
        table.print(printer);
    }

    fn print(&self, printer: &Printer) {
        let mut fields = Fields::new(printer);
        if let Some(number) = &self.invoice_number {
            fields.add(("number", "numer"), number);
        }
        let status = format!("{} {}", self.status.code, self.status.description);
        fields.add(("status", "status"), status);
        fields.more(&self.typed_status().meaning().into());
        for detail in &self.status.details {
            fields.more(&Text::verbatim(detail));
        }
        if let Some(number) = self.ksef_number {
            fields.add(("KSeF number", "numer KSeF"), number);
        }
        if let Some(number) = self.status.original_ksef_number() {
            fields.add(("original", "oryginał"), number);
        }
        if let Some(session) = self.session_reference_number {
            fields.add(("session", "sesja"), session);
        }
        fields.add(("reference", "numer referencyjny"), self.reference_number);
        if let Some(name) = &self.invoice_file_name {
            fields.add(("file", "plik"), name);
        }
        fields.add(("received", "otrzymana"), moment(self.invoicing_date));
        if let Some(when) = self.acquisition_date {
            fields.add(("numbered", "numer nadano"), moment(when));
        }
        fields.add(("SHA-256", "SHA-256"), self.invoice_hash.to_base64());
        fields.print();
    }

    fn hint(&self) -> Option<Text> {
        let hint = self.typed_status().hint();
        (!hint.is_empty()).then(|| hint.into())
    }
}
