//! `ksef testdata certificate`

use jiff::Timestamp;
use ksef_api::ops::testdata::ShortenCertificate;
use serde_json::json;

use super::Change;
use crate::certificates::serial_of;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::moment;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Bring the end of validity of one's own certificate forward
    Shorten(ShortenArgs),
}

/// Arguments of `ksef testdata certificate shorten`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
KSeF treats the certificate as ended from then on; the file stays as it is. An end that would be later is refused (25008).

Examples:
  ksef testdata certificate shorten erp-2026 --to 2026-12-01T00:00:00Z
  ksef testdata certificate shorten 0321C82DA41B4362 --to 2026-12-01T00:00:00Z --env test")]
pub(crate) struct ShortenArgs {
    /// Serial number of the certificate, or its name on this machine
    #[arg(value_name = "CERTIFICATE")]
    certificate: String,

    /// The new end of validity, for instance 2026-12-01T00:00:00Z
    #[arg(long, value_name = "INSTANT")]
    to: Timestamp,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    let Command::Shorten(args) = command;
    let serial = serial_of(context, &args.certificate)?;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let end = moment(args.to);
    Change {
        request: ShortenCertificate::new(serial, args.to),
        result: json!({ "shortened": serial, "validTo": args.to }),
        would: text!(
            "would let the certificate {serial} end on {end}",
            "skrócono by ważność certyfikatu {serial} do {end}"
        ),
        done: text!(
            "the certificate {serial} ends on {end}",
            "certyfikat {serial} traci ważność {end}"
        ),
    }
    .make_at(context, &ksef)
    .await
}
