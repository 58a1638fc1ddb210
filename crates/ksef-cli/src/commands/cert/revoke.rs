//! `ksef cert revoke`

use std::time::Duration;

use ksef_api::ops::certificates::RevocationReason;

use super::show::find;
use crate::certificates::serial_of;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef cert revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It cannot be undone, and not be done with a login by a KSeF token. The files on this machine stay.

Examples:
  ksef cert revoke erp-2025 --reason superseded
  ksef cert revoke 0321C82DA41B4362 --reason key-compromise")]
pub(crate) struct Args {
    /// Serial number of the certificate, or its name on this machine
    #[arg(value_name = "CERTIFICATE")]
    certificate: String,

    /// Why
    #[arg(long, value_enum)]
    reason: Option<Reason>,
}

/// Why a certificate is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Reason {
    /// Nothing in particular
    Unspecified,
    /// Another certificate takes its place
    Superseded,
    /// Its key is in wrong hands
    KeyCompromise,
}

impl From<Reason> for RevocationReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unspecified => Self::Unspecified,
            Reason::Superseded => Self::Superseded,
            Reason::KeyCompromise => Self::KeyCompromise,
        }
    }
}

/// Revokes the certificate.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let serial = serial_of(context, &args.certificate)?;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    if context.global.dry_run {
        let info = find(&ksef, serial).await?;
        context.printer.note(&text!(
            "would revoke the certificate {serial} ({name}), which is {status}",
            "unieważniono by certyfikat {serial} ({name}) o statusie {status}",
            name = info.name,
            status = info.status
        ));
        return Ok(Exit::Done);
    }
    let client = ksef.client();
    client
        .revoke_certificate(serial, args.reason.map(Into::into))
        .await?;
    let revoked = client
        .wait_for_certificate_revocation(serial, REVOCATION_MAX)
        .await
        .map_err(|error| {
            Error::from(error).hint(text!(
                "the certificate is blocked already; see how it is doing: ksef cert show {serial}",
                "certyfikat jest już zablokowany; jego stan pokazuje: ksef cert show {serial}"
            ))
        })?;
    let shown = serde_json::json!({ "revoked": serial, "status": revoked.status });
    context.printer.result(&shown, |printer| {
        printer.text(&text!(
            "revoked the certificate {serial} ({name})",
            "unieważniono certyfikat {serial} ({name})",
            name = revoked.name
        ));
    });
    Ok(Exit::Done)
}

const REVOCATION_MAX: Duration = Duration::from_secs(30);
