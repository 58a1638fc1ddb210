//! `ksef upo verify`

use std::path::PathBuf;

use ksef_crypto::chain::Anchors;

use super::upos_among;
use crate::connect::{Connection, Target};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::place::Place;
use crate::send::words;
use crate::upo::{Copies, Judged, Papers, TrustArgs, Verdict, document, print, refuse_conflicts};
use crate::validate::source;

/// Verify UPOs: signature, signer, schema, and which invoices they speak of
///
/// KSeF is not asked. What is read is what was signed, and nothing beside it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// UPOs: files, folders (their .xml files that are UPOs), and - for stdin
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Search the folders inside folders too
    #[arg(long, short)]
    recursive: bool,

    #[command(flatten)]
    trust: TrustArgs,

    /// Be content with a valid signature when there is no trusted certificate to hold the signer against
    #[arg(long, conflicts_with = "trusted")]
    any_signer: bool,

    /// Invoices that the UPOs must speak of: files, or folders with the folders inside them
    #[arg(long = "invoice", value_name = "PATH")]
    invoices: Vec<PathBuf>,

    /// Do not look for copies of the invoices in the journal and the inbox of this machine
    #[arg(long)]
    no_copies: bool,

    /// How many entries of one UPO are shown to people; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

/// Verifies.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let (sources, bad) = source::collect(&args.paths, args.recursive)?;
    if let Some(bad) = bad.first() {
        let path = bad.path.display().to_string();
        return Err(Error::usage(
            words::bad_input(&bad.fault).prefixed(&format!("{path}: ")),
        ));
    }
    let sources = upos_among(sources, &args.paths);
    if sources.is_empty() {
        return Err(Error::usage(text!(
            "there is no UPO among these files",
            "wśród tych plików nie ma UPO"
        ))
        .hint(text!(
            "download one: ksef invoice upo INVOICE",
            "pobierz je: ksef invoice upo FAKTURA"
        )));
    }
    let mut papers = Papers::read(&args.invoices)?;
    let (anchors, mut copies) = known_here(context, args).await?;
    let what = text!("verifying UPOs", "weryfikacja UPO");
    let total = u64::try_from(sources.len()).unwrap_or(0);
    let progress = context.printer.progress(total, &what);
    let now = context.clock.now();
    let mut files = Vec::with_capacity(sources.len());
    for source in &sources {
        files.push(Judged::of(source, &anchors, now, &mut papers, copies.as_mut()).await);
        progress.advance();
    }
    drop(progress);
    refuse_conflicts(&mut files);
    let value = document(&files, &papers, context.printer.lang());
    context.printer.result(&value, |printer| {
        print(printer, &files, &papers, args.limit);
    });
    outcome(context, args, &files, &papers)
}

/// Whom to trust, and what this machine has. The embedded sandbox is started only when nobody was named: its authority
/// signs its UPOs.
async fn known_here(context: &Context, args: &Args) -> Result<(Anchors, Option<Copies>)> {
    let named = args.trust.anchors()?;
    let target = Target::resolve(context)?;
    if named.is_some() && target.place == Place::EmbeddedSandbox {
        return Ok((named.unwrap_or_default(), None));
    }
    let connection = Connection::to(context, target).await?;
    let anchors = match named {
        Some(anchors) => anchors,
        None if args.any_signer => Anchors::default(),
        None => connection.anchors().await,
    };
    let copies = (!args.no_copies).then(|| Copies::new(context, &connection.scope));
    Ok((anchors, copies))
}

fn outcome(context: &Context, args: &Args, files: &[Judged], papers: &Papers) -> Result<Exit> {
    let count = |verdict| {
        files
            .iter()
            .filter(|file| file.verdict() == verdict)
            .count()
    };
    let (wrong, unchecked) = (count(Verdict::Wrong), count(Verdict::SignerUnchecked));
    let missing = papers.without_entry().count() + papers.unreadable.len();
    if wrong > 0 || missing > 0 {
        return Err(Error::failed(text!(
            "{wrong} of {all} UPOs do not prove what they should, {missing} invoices have no entry",
            "UPO, które nie dowodzą tego, co powinny: {wrong} z {all}; faktury bez wpisu: {missing}",
            all = files.len()
        ))
        .hint(text!(
            "download the UPO anew (ksef invoice upo), check that these are the invoices that were sent, byte for byte; \
             if it stays so, report it to the Ministry",
            "pobierz UPO ponownie (ksef invoice upo) i sprawdź, czy to dokładnie te pliki, które wysłano; jeśli to się \
             powtórzy, zgłoś to Ministerstwu"
        )));
    }
    if unchecked > 0 && !args.any_signer {
        return Err(Error::usage(text!(
            "the signer of {unchecked} UPOs was not held against a trusted certificate: anybody could have signed",
            "podpisującego UPO ({unchecked}) nie porównano z zaufanym certyfikatem: mógł je podpisać każdy"
        ))
        .hint(text!(
            "give the Ministry's certificates (root and intermediate) with --trusted PATH; or accept this with --any-signer",
            "podaj certyfikaty Ministerstwa (główny i pośredni) w --trusted ŚCIEŻKA; albo zaakceptuj to przez --any-signer"
        )));
    }
    if unchecked > 0 {
        context.printer.warn(&text!(
            "no signer was held against a trusted certificate (--any-signer)",
            "żadnego podpisującego nie porównano z zaufanym certyfikatem (--any-signer)"
        ));
    }
    Ok(Exit::Done)
}

const EXAMPLES: &str = "\
The signature must be valid and cover the whole document; the certificate of the signer must lead to a trusted one, each
certificate on the way being valid at the signing time and allowed to issue. Trusted are the certificates of --trusted; \
for a
sandbox, without that option, its own authority. Revocation is not checked.

Every entry is held against the invoice of the same SHA-256, or of the same seller and number: given with --invoice, \
sent from
here, or in the inbox of the context. Entries without a copy are no mistake; invoices of --invoice without an entry are.

Ends with 0 when everything holds, with 1 when a UPO or an invoice does not, and with 2 when all holds but no trusted
certificate was given (--any-signer makes that 0).

Examples:
  ksef upo verify 5265877635-20261121-0A1B2C3D4E5F-A6.upo.xml
  ksef upo verify upo/ --trusted ministry/ --invoice invoices/ --env production
  ksef upo verify upo/ --trusted ministry.pem --json | jq '.files[] | select(.verdict != \"genuine\")'";
