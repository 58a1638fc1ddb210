//! `ksef secret list`

use jiff::Timestamp;
use serde::Serialize;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};
use crate::secrets;

/// Arguments of `ksef secret list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef secret list
  ksef secret list --json")]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    protection: Option<&'static str>,
    secrets: Vec<ShownSecret>,
}

#[derive(Debug, Serialize)]
struct ShownSecret {
    name: String,
    changed: Timestamp,
}

/// Lists names and dates, never values. Logins that `ksef auth` keeps are shown by `ksef auth status` instead.
pub(crate) fn run(context: &Context, _args: &Args) -> Result<Exit> {
    let store = context.secrets();
    let listed = store
        .list()?
        .into_iter()
        .filter(|listed| !secrets::is_internal(&listed.name));
    let shown = Shown {
        protection: store.protection()?.map(secrets::Protection::name),
        secrets: listed
            .map(|listed| ShownSecret {
                name: listed.name,
                changed: listed.changed,
            })
            .collect(),
    };
    context.printer.result(&shown, |printer| {
        let mut table = Table::titled(printer, &[("secret", "sekret"), ("changed", "zmieniony")]);
        for secret in &shown.secrets {
            table.row([secret.name.clone(), moment(secret.changed)]);
        }
        if !shown.secrets.is_empty() {
            table.print(printer);
        }
    });
    if shown.secrets.is_empty() {
        context.printer.note(&text!(
            "no secrets are stored",
            "nie zapisano żadnych sekretów"
        ));
    }
    Ok(Exit::Done)
}
