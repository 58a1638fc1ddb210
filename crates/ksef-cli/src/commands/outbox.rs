//! `ksef outbox`

pub(crate) mod announce;
pub(crate) mod announcements;
pub(crate) mod cancel;
pub(crate) mod deadlines;
pub(crate) mod list;
pub(crate) mod send;
pub(crate) mod show;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::outbox::entry::Outbox;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List what was issued offline, and where it stands
    List(list::Args),
    /// Show one invoice of the outbox: codes, deadline, what KSeF said, what corrects it
    Show(show::Args),
    /// Tell until when each invoice has to be in KSeF; exit code 9 when a deadline was missed
    Deadlines(deadlines::Args),
    /// Send what waits
    Send(send::Args),
    /// Take the issuing of an invoice back that nobody got
    Cancel(cancel::Args),
    /// Declare a failure, unavailability or total failure that the Ministry announced: deadlines move
    Announce(announce::Args),
    /// List what was announced
    Announcements(announcements::Args),
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    match command {
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Deadlines(args) => deadlines::run(context, &args).await,
        Command::Send(args) => send::run(context, &args).await,
        Command::Cancel(args) => cancel::run(context, &args).await,
        Command::Announce(args) => announce::run(context, &args).await,
        Command::Announcements(args) => announcements::run(context, &args).await,
    }
}

/// The outbox of the environment, of one context where that was named.
fn outbox(context: &Context, connection: &Connection) -> Result<Outbox> {
    Outbox::read(context, &connection.scope, connection.target.context)
}
