//! `ksef completions`

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;

/// Arguments of `ksef completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef completions bash > ~/.local/share/bash-completion/completions/ksef
  ksef completions zsh > ~/.zfunc/_ksef
  ksef completions fish > ~/.config/fish/completions/ksef.fish")]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script to stdout.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ksef", &mut script);
    context.printer.bytes(&script);
    Ok(Exit::Done)
}
