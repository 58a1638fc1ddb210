//! `ksef outbox announcements`

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Lang, text};
use crate::outbox::announcements::Source;
use crate::outbox::{beacon, words};
use crate::printer::{Table, moment};
use crate::send::journal;

/// List what was announced
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Ask Latarnia first
    #[arg(long)]
    latarnia: bool,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    if args.latarnia {
        let folder = context.home.journal_dir();
        let folder = journal::environment_dir(&folder, &connection.scope);
        beacon::listen(context, &connection, &folder).await;
    }
    let outbox = super::outbox(context, &connection)?;
    let all = outbox.announcements.all();
    context.printer.result(all, |printer| {
        if all.is_empty() {
            printer.note(&text!("nothing was announced", "niczego nie ogłoszono"));
            return;
        }
        let lang = printer.lang();
        let headings = [
            ("what", "co"),
            ("from", "od"),
            ("to", "do"),
            ("said by", "źródło"),
        ];
        let mut table = Table::titled(printer, &headings);
        for one in all {
            let source = match (one.source, lang) {
                (Source::Latarnia(_), _) => "Latarnia",
                (Source::Declared, Lang::En) => "declared here",
                (Source::Declared, Lang::Pl) => "zgłoszone tutaj",
            };
            table.row([
                words::outage(one.kind).in_lang(lang).to_owned(),
                moment(one.start),
                one.end.map_or_else(|| "…".to_owned(), moment),
                source.to_owned(),
            ]);
        }
        table.print(printer);
    });
    Ok(Exit::Done)
}

const EXAMPLES: &str = "\
Examples:
  ksef outbox announcements
  ksef outbox announcements --latarnia --json";
