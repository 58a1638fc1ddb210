//! `ksef testdata attachment`

use jiff::civil::Date;
use ksef_api::ops::testdata::{GrantTestAttachments, RevokeTestAttachments};
use ksef_core::nip::Nip;
use serde_json::json;

use super::Change;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Let a taxpayer send invoices with attachments
    Grant(GrantArgs),
    /// Withdraw that consent, at once or from a day on
    Revoke(RevokeArgs),
}

/// Arguments of `ksef testdata attachment grant`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata attachment grant 5265877635")]
pub(crate) struct GrantArgs {
    /// NIP of the taxpayer
    nip: Nip,
}

/// Arguments of `ksef testdata attachment revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata attachment revoke 5265877635
  ksef testdata attachment revoke 5265877635 --from 2027-01-01")]
pub(crate) struct RevokeArgs {
    /// NIP of the taxpayer
    nip: Nip,

    /// First day without the consent, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Grant(args) => grant(context, &args).await,
        Command::Revoke(args) => revoke(context, &args).await,
    }
}

async fn grant(context: &Context, args: &GrantArgs) -> Result<Exit> {
    let nip = args.nip;
    Change {
        request: GrantTestAttachments::new(nip),
        result: json!({ "attachments": true, "nip": nip }),
        would: text!(
            "would let {nip} send invoices with attachments",
            "pozwolono by {nip} wysyłać faktury z załącznikami"
        ),
        done: text!(
            "{nip} may send invoices with attachments",
            "{nip} może wysyłać faktury z załącznikami"
        ),
    }
    .make(context)
    .await
}

async fn revoke(context: &Context, args: &RevokeArgs) -> Result<Exit> {
    let nip = args.nip;
    let mut request = RevokeTestAttachments::new(nip);
    request.expected_end_date = args.from;
    let (would, done) = match args.from {
        Some(day) => (
            text!(
                "would end the consent of {nip} to attachments on {day}",
                "zgoda {nip} na załączniki wygasłaby {day}"
            ),
            text!(
                "the consent of {nip} to attachments ends on {day}",
                "zgoda {nip} na załączniki wygasa {day}"
            ),
        ),
        None => (
            text!(
                "would withdraw the consent of {nip} to attachments",
                "wycofano by zgodę {nip} na załączniki"
            ),
            text!(
                "withdrew the consent of {nip} to attachments",
                "wycofano zgodę {nip} na załączniki"
            ),
        ),
    };
    Change {
        request,
        result: json!({ "attachments": false, "nip": nip, "from": args.from }),
        would,
        done,
    }
    .make(context)
    .await
}
