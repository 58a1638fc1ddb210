//! `ksef testdata limit`

use ksef_api::ops::limits::GetContextLimits;
use ksef_api::ops::testdata::{
    ResetSessionLimits, ResetSubjectLimits, SetSessionLimits, SetSubjectLimits, SubjectLimitsType,
};
use serde_json::json;

use super::Change;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Change limits of sessions and collective identifiers of the context
    SetSessions(SetSessionsArgs),
    /// Restore the limits of sessions and collective identifiers
    ResetSessions(ResetSessionsArgs),
    /// Change how many certificates the subject that is logged in may have
    SetCertificates(SetCertificatesArgs),
    /// Restore the limits of certificates
    ResetCertificates(ResetCertificatesArgs),
}

/// Arguments of `ksef testdata limit set-sessions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is not named stays as it is. Sizes are in megabytes of 1 000 000 bytes.

Examples:
  ksef testdata limit set-sessions --online-invoices 5
  ksef testdata limit set-sessions --batch-invoice-mb 5 --batch-attachment-mb 10 --env test --context 5265877635")]
#[group(required = true, multiple = true)]
pub(crate) struct SetSessionsArgs {
    /// Invoices of an online session
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    online_invoices: Option<u32>,

    /// Size of an invoice in an online session
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=5))]
    online_invoice_mb: Option<u32>,

    /// Size of an invoice with attachment in an online session
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=10))]
    online_attachment_mb: Option<u32>,

    /// Invoices of a batch session
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    batch_invoices: Option<u32>,

    /// Size of an invoice in a batch session
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=5))]
    batch_invoice_mb: Option<u32>,

    /// Size of an invoice with attachment in a batch session
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=10))]
    batch_attachment_mb: Option<u32>,

    /// Invoices of a collective identifier
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=5_000))]
    collective_invoices: Option<u32>,
}

/// Arguments of `ksef testdata limit reset-sessions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata limit reset-sessions")]
pub(crate) struct ResetSessionsArgs {}

/// Arguments of `ksef testdata limit set-certificates`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata limit set-certificates --certificates 2 --requests 3
  ksef testdata limit set-certificates --of pesel --certificates 1")]
pub(crate) struct SetCertificatesArgs {
    /// Of which identifier of the subject, when it has several
    #[arg(long, value_enum)]
    of: Option<Identity>,

    /// Certificate requests
    #[arg(long, value_name = "N")]
    requests: Option<u32>,

    /// Certificates
    #[arg(long, value_name = "N")]
    certificates: Option<u32>,
}

/// Arguments of `ksef testdata limit reset-certificates`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata limit reset-certificates")]
pub(crate) struct ResetCertificatesArgs {}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Identity {
    Nip,
    Pesel,
    Fingerprint,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::SetSessions(args) => set_sessions(context, &args).await,
        Command::ResetSessions(_) => reset_sessions(context).await,
        Command::SetCertificates(args) => set_certificates(context, &args).await,
        Command::ResetCertificates(_) => reset_certificates(context).await,
    }
}

async fn set_sessions(context: &Context, args: &SetSessionsArgs) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let who = connection.who(context)?;
    let ksef = connection.ksef_for(context, who)?;
    let mut limits = ksef.call(&GetContextLimits).await?;
    let changes = [
        (
            args.online_invoices,
            &mut limits.online_session.max_invoices,
        ),
        (
            args.online_invoice_mb,
            &mut limits.online_session.max_invoice_size_in_mb,
        ),
        (
            args.online_attachment_mb,
            &mut limits.online_session.max_invoice_with_attachment_size_in_mb,
        ),
        (args.batch_invoices, &mut limits.batch_session.max_invoices),
        (
            args.batch_invoice_mb,
            &mut limits.batch_session.max_invoice_size_in_mb,
        ),
        (
            args.batch_attachment_mb,
            &mut limits.batch_session.max_invoice_with_attachment_size_in_mb,
        ),
        (
            args.collective_invoices,
            &mut limits.collective_identifier.max_invoices,
        ),
    ];
    for (wanted, limit) in changes {
        *limit = wanted.unwrap_or(*limit);
    }
    Change {
        request: SetSessionLimits::new(limits),
        result: json!({ "context": who, "limits": limits }),
        would: text!(
            "would change the limits of sessions of {who}",
            "zmieniono by limity sesji kontekstu {who}"
        ),
        done: text!(
            "changed the limits of sessions of {who}",
            "zmieniono limity sesji kontekstu {who}"
        ),
    }
    .make_at(context, &ksef)
    .await
}

async fn reset_sessions(context: &Context) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let who = connection.who(context)?;
    Change {
        request: ResetSessionLimits,
        result: json!({ "context": who, "limits": null }),
        would: text!(
            "would restore the limits of sessions of {who}",
            "przywrócono by limity sesji kontekstu {who}"
        ),
        done: text!(
            "restored the limits of sessions of {who}",
            "przywrócono limity sesji kontekstu {who}"
        ),
    }
    .make_at(context, &connection.ksef_for(context, who)?)
    .await
}

async fn set_certificates(context: &Context, args: &SetCertificatesArgs) -> Result<Exit> {
    let mut request = SetSubjectLimits::new();
    if let Some(of) = args.of {
        request = request.with_subject_identifier_type(match of {
            Identity::Nip => SubjectLimitsType::Nip,
            Identity::Pesel => SubjectLimitsType::Pesel,
            Identity::Fingerprint => SubjectLimitsType::Fingerprint,
        });
    }
    if let Some(requests) = args.requests {
        request = request.with_enrollments_max(requests);
    }
    if let Some(certificates) = args.certificates {
        request = request.with_certificates_max(certificates);
    }
    let connection = Connection::open(context).await?;
    Change {
        result: json!({ "limits": request }),
        request,
        would: text!(
            "would change the limits of certificates of the subject",
            "zmieniono by limity certyfikatów podmiotu"
        ),
        done: text!(
            "changed the limits of certificates of the subject",
            "zmieniono limity certyfikatów podmiotu"
        ),
    }
    .make_at(context, &connection.ksef(context)?)
    .await
}

async fn reset_certificates(context: &Context) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    Change {
        request: ResetSubjectLimits,
        result: json!({ "limits": null }),
        would: text!(
            "would restore the limits of certificates of the subject",
            "przywrócono by limity certyfikatów podmiotu"
        ),
        done: text!(
            "restored the limits of certificates of the subject",
            "przywrócono limity certyfikatów podmiotu"
        ),
    }
    .make_at(context, &connection.ksef(context)?)
    .await
}
