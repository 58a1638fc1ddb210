//! `ksef upo`

pub(crate) mod show;
pub(crate) mod verify;

use std::path::PathBuf;

use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::upo::{UPO_BYTES_MAX, looks_like_upo};
use crate::validate::Source;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Verify UPOs: signature, signer, schema, and which invoices they speak of
    Verify(verify::Args),
    /// Show what a UPO says: who, when, in which session, which invoices
    Show(show::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Verify(args) => verify::run(context, &args).await,
        Command::Show(args) => show::run(context, &args),
    }
}

/// Of the files of folders those that are UPOs: invoices often lie beside them. Files that were named stay.
fn upos_among(sources: Vec<Source>, named: &[PathBuf]) -> Vec<Source> {
    let is_wanted = |source: &Source| match source {
        Source::File(path) if !named.contains(path) => source
            .read_up_to(UPO_BYTES_MAX)
            .map_or(true, |bytes| looks_like_upo(&bytes)),
        _ => true,
    };
    sources.into_iter().filter(is_wanted).collect()
}
