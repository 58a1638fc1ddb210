//! `ksef cert limits`

use ksef_api::ops::certificates::GetCertificateLimits;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::printer::Fields;

/// Arguments of `ksef cert limits`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The limits are those of whoever is logged in, in every context. Revoking a certificate makes room for another one.

Examples:
  ksef cert limits
  ksef cert limits --json")]
pub(crate) struct Args {}

/// Shows the limits.
pub(crate) async fn run(context: &Context, _args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let limits = ksef.call(&GetCertificateLimits).await?;
    context.printer.result(&limits, |printer| {
        let mut fields = Fields::new(printer);
        let left = |limit: &ksef_api::ops::certificates::CertificateLimit| {
            format!("{} / {}", limit.remaining, limit.limit)
        };
        fields.add(
            ("certificates left", "pozostało certyfikatów"),
            left(&limits.certificate),
        );
        fields.add(
            ("applications left", "pozostało wniosków"),
            left(&limits.enrollment),
        );
        let may: Text = if limits.can_request {
            text!("yes", "tak")
        } else {
            text!("no", "nie")
        };
        fields.add(
            ("can request another", "można złożyć wniosek"),
            may.in_lang(printer.lang()),
        );
        fields.print();
    });
    Ok(Exit::Done)
}
