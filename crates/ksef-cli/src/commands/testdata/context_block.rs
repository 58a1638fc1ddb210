//! `ksef testdata context`

use ksef_api::ops::testdata::{BlockContext, UnblockContext};
use ksef_core::context::ContextIdentifier;
use serde_json::json;

use super::Change;
use crate::args::parse_context;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Block a context: every login there ends with status 480
    Block(BlockArgs),
    /// Lift the block of a context
    Unblock(UnblockArgs),
}

/// Arguments of `ksef testdata context block`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Logins that exist live on.

Examples:
  ksef testdata context block 5265877635
  ksef testdata context block PeppolId:PPL123456 --env test")]
pub(crate) struct BlockArgs {
    /// The context: a NIP, or Type:value (Nip, InternalId, NipVatUe, PeppolId)
    #[arg(value_name = "WHO", value_parser = parse_context)]
    who: ContextIdentifier,
}

/// Arguments of `ksef testdata context unblock`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata context unblock 5265877635")]
pub(crate) struct UnblockArgs {
    /// The context: a NIP, or Type:value (Nip, InternalId, NipVatUe, PeppolId)
    #[arg(value_name = "WHO", value_parser = parse_context)]
    who: ContextIdentifier,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::Block(BlockArgs { who }) => {
            Change {
                request: BlockContext::new(who),
                result: json!({ "blocked": who }),
                would: text!("would block {who}", "zablokowano by {who}"),
                done: text!("blocked {who}", "zablokowano {who}"),
            }
            .make(context)
            .await
        }
        Command::Unblock(UnblockArgs { who }) => {
            Change {
                request: UnblockContext::new(who),
                result: json!({ "unblocked": who }),
                would: text!("would unblock {who}", "odblokowano by {who}"),
                done: text!("unblocked {who}", "odblokowano {who}"),
            }
            .make(context)
            .await
        }
    }
}
