//! `ksef permission status`

use ksef_api::ops::permissions::GetPermissionOperation;
use ksef_api::status::StatusClass;
use ksef_core::reference::PermissionRef;

use super::outcome;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::Text;
use crate::printer::Fields;

/// Arguments of `ksef permission status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
KSeF keeps statuses for 30 days. The exit code is 6 while it goes on and 5 when it failed.

Examples:
  ksef permission status 20261121-EG-2DD3AFF000-A6B7F19A95-11
  ksef permission status 20261121-EG-2DD3AFF000-A6B7F19A95-11 --wait")]
pub(crate) struct Args {
    /// Reference of the operation, as granting and withdrawing gave it
    #[arg(value_name = "OPERATION")]
    operation: PermissionRef,

    /// Wait until it is done
    #[arg(long)]
    wait: bool,
}

/// Shows the status.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    if args.wait {
        outcome::wait(context, &ksef, args.operation).await?;
    }
    let operation = ksef
        .call(&GetPermissionOperation::new(args.operation))
        .await?;
    let known = operation.operation_status();
    context.printer.result(&operation, |printer| {
        let mut fields = Fields::new(printer);
        fields.add(("operation", "operacja"), args.operation);
        fields.add(
            ("status", "status"),
            format!("{} {}", operation.status.code, operation.status.description),
        );
        fields.more(&known.meaning().into());
        for detail in &operation.status.details {
            fields.more(&Text::verbatim(detail));
        }
        fields.print();
    });
    Ok(match known.class() {
        StatusClass::Done => Exit::Done,
        StatusClass::Pending => {
            context.printer.hint(&known.hint().into());
            Exit::Pending
        }
        StatusClass::Failed => {
            context.printer.hint(&known.hint().into());
            Exit::Rejected
        }
    })
}
