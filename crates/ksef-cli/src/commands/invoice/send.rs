//! `ksef invoice send`: invoices to KSeF, and back with their numbers and UPOs.

use std::path::PathBuf;

use ksef_core::form_code::FormCode;
use ksef_crypto::package::ArchiveForm;

use crate::commands::invoice::issue::OfflineArgs;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::outbox::issue::{CodeIi, Dates};
use crate::send::options::{BatchArgs, WaitArgs};
use crate::send::run::{Request, run as send};
use crate::send::way::Packaging;
use crate::validate::RuleChoice;

/// Send invoices and get their KSeF numbers and UPOs
///
/// Every step is written to a journal before it is taken. Killed or cut off at any moment, the same command continues:
/// what KSeF may have is looked up by its digest before anything is sent again.
///
/// Every file is judged first, by its schema and by what else KSeF refuses: what is wrong is named and stays here, the
/// others go.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders whose .xml files are taken by name, and ZIP and tar.gz archives of .xml files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Search the folders inside folders too
    #[arg(long, short)]
    recursive: bool,

    /// Where the invoices and their UPOs are saved, named by KSeF number; without it a folder among the program's data
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    wait: WaitArgs,

    /// Issue the invoices offline first: their bytes are kept in the outbox, their codes made, their deadline told; then
    /// they are sent as issued offline (offlineMode). What cannot be sent now waits: ksef outbox send
    #[arg(long)]
    offline: bool,

    #[command(flatten)]
    how: OfflineArgs,

    /// Take only this form: "FA (3)", "FA (2)", "FA_RR (1)", "PEF (3)" or "PEF_KOR (3)"; without it each as it says
    #[arg(long, value_name = "FORM", value_parser = parse_form)]
    form: Option<FormCode>,

    /// Which rules are asked before sending, beyond the schema; what breaks them is not sent, warnings are told
    #[arg(long, value_enum, value_name = "SET", default_value_t = RuleChoice::Ksef)]
    rules: RuleChoice,

    /// Send without judging: KSeF will. A document that cannot be read needs --form and --context
    #[arg(long, conflicts_with = "rules")]
    no_validate: bool,

    /// Send nothing when any file is not an invoice that KSeF could take
    #[arg(long)]
    strict: bool,

    /// Send again what an earlier run saw refused, unless another document took its number
    #[arg(long)]
    retry_rejected: bool,

    #[command(flatten)]
    batch: BatchArgs,

    /// Pack into ZIP archives; without it into tar.gz, which take a third of the space
    #[arg(long, conflicts_with = "no_batch")]
    zip: bool,

    /// Keep no packed parts on disk until they are sent: the files are read and packed twice instead
    #[arg(long, conflicts_with = "no_batch")]
    no_spool: bool,

    /// How many invoices are on their way at once; without it 4, and 1 to the Ministry, whose limits are tight
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=32))]
    jobs: Option<u8>,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit> {
    let request = Request {
        paths: args.paths,
        recursive: args.recursive,
        out: args.out,
        wait: args.wait.time(),
        issuing: args
            .offline
            .then(|| args.how.issuing(Dates::Any, CodeIi::IfPossible)),
        form: args.form,
        rules: (!args.no_validate).then(|| args.rules.into()),
        strict: args.strict,
        retry_rejected: args.retry_rejected,
        way: args.batch.way(),
        packaging: Packaging {
            form: match args.zip {
                true => ArchiveForm::Zip,
                false => ArchiveForm::TarGz,
            },
            is_spooled: !args.no_spool,
        },
        lanes: args.jobs.map(usize::from),
    };
    send(context, &request).await
}

/// A form by its system code; letter case and spaces do not matter.
fn parse_form(text: &str) -> Result<FormCode, String> {
    let plain = |code: &str| code.to_ascii_uppercase().replace([' ', '(', ')'], "");
    FormCode::KNOWN
        .into_iter()
        .find(|form| plain(form.system_code()) == plain(text))
        .ok_or_else(|| {
            let known: Vec<String> = FormCode::KNOWN
                .iter()
                .map(|form| form.system_code().to_owned())
                .collect();
            format!("known forms: {}", known.join(", "))
        })
}

const EXAMPLES: &str = "\
Examples:
  ksef invoice send examples/invoices              to the sandbox inside the process
  ksef invoice send --url http://127.0.0.1:8080/v2 invoice.xml
  ksef invoice send --profile firm --out sent/ outbox/
  ksef invoice send --batch outbox/ march.zip      in packages, the invoices of an archive too
  ksef invoice send --dry-run outbox/              check everything, send nothing
  ksef invoice send --json outbox/ | jq -r '.invoices[] | [.file, .ksefNumber] | @tsv'

Run the same command again to continue, to fetch what was pending, or to see what was sent before.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_known_by_their_code() {
        assert_eq!(parse_form("FA (3)"), Ok(FormCode::Fa3));
        assert_eq!(parse_form("fa(2)"), Ok(FormCode::Fa2));
        assert_eq!(parse_form("FA_RR1"), Ok(FormCode::FaRr1));
        assert!(parse_form("FA (9)").unwrap_err().contains("FA (3)"));
    }
}
