//! The `ksef` command: a client for KSeF, with a local KSeF inside.
//!
//! | module | what |
//! |---|---|
//! | [`args`], [`commands`] | the command line; one file per command |
//! | [`context`] | what every command gets |
//! | [`connect`] | from a profile, an address or nothing at all to a client that is ready to call |
//! | [`profile`], [`secrets`], [`certificates`], [`pkcs11`], [`home`] | what is kept between runs |
//! | [`upo`] | what UPOs prove |
//! | [`printer`], [`prompt`], [`lang`] | talking to people and machines |
//! | [`error`], [`exit`] | how it ends |

mod args;
mod certificates;
mod codes;
mod commands;
mod connect;
mod context;
mod durable;
mod error;
mod exit;
mod home;
mod lang;
mod latarnia;
mod limits;
mod logging;
mod making;
mod outbox;
mod pkcs11;
mod place;
mod plain_http;
mod printer;
mod profile;
mod prompt;
mod secrets;
mod send;
mod template;
mod upo;
mod validate;
mod view;

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use crate::args::Cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::home::Home;
use crate::lang::{Lang, text};
use crate::printer::Printer;
use crate::profile::Config;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return explain(&error).into(),
    };
    run(cli).into()
}

/// Help was asked for, or the command line is wrong. Nobody is left to tell when the streams are gone.
fn explain(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            Exit::Done
        }
        ErrorKind::MissingSubcommand => {
            let mut command = Cli::command();
            command.build();
            for word in std::env::args().skip(1) {
                if let Some(inner) = command.find_subcommand(&word) {
                    command = inner.clone();
                }
            }
            let _ = write!(std::io::stderr().lock(), "{}", command.render_help());
            Exit::Usage
        }
        _ => {
            let _ = error.print();
            Exit::Usage
        }
    }
}

fn run(cli: Cli) -> Exit {
    let lang = language(&cli);
    let verbosity = cli.global.verbose;
    let before = Printer::new(lang, cli.global.json, cli.global.quiet);
    logging::start(verbosity, before.has_colour());
    let outcome = Context::new(cli.global, lang).and_then(|context| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|source| {
                error::Error::failed(text!(
                    "the program cannot start its threads; check the limits of the system",
                    "program nie może uruchomić wątków; sprawdź limity systemu"
                ))
                .caused_by(source)
            })?;
        let exit = runtime.block_on(commands::run(&context, cli.command))?;
        Ok(exit.worse(context.printer.finish()))
    });
    outcome.unwrap_or_else(|error| {
        before.error(&error);
        error.exit()
    })
}

/// Option or variable, then configuration, then locale. A broken configuration is reported by whoever needs it.
fn language(cli: &Cli) -> Lang {
    let configured = || {
        let home = Home::locate(cli.global.home.as_deref()).ok()?;
        Config::read(&home.config_file()).ok()?.lang
    };
    cli.global
        .lang
        .or_else(configured)
        .unwrap_or_else(|| Lang::of_locale(|name| std::env::var(name).ok()))
}
