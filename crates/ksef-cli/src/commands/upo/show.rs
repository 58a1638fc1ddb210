//! `ksef upo show`

use std::path::PathBuf;

use ksef_crypto::chain::Anchors;
use ksef_invoice::upo as document;
use ksef_sdk::upo;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Fields, Table, moment};
use crate::send::words as sending;
use crate::upo::{UPO_BYTES_MAX, cells, facts, upo_json, words};
use crate::validate::Source;
use crate::validate::source::Unread;

/// Show what a UPO says: who, when, in which session, which invoices
///
/// What it says is shown whatever it is worth; ksef upo verify judges it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
As a page for people, PDF or HTML: ksef invoice render FILE.

Examples:
  ksef upo show 5265877635-20261121-0A1B2C3D4E5F-A6.upo.xml
  ksef upo show session.upo.xml --json | jq -r '.documents[].ksefNumber'")]
pub(crate) struct Args {
    /// A UPO, or - for stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Shows.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    let source = match args.file.to_str() {
        Some("-") => Source::Stdin,
        _ => Source::File(args.file.clone()),
    };
    let name = source.name();
    let refused = |why: &crate::lang::Text| Error::failed(why.prefixed(&format!("{name}: ")));
    let bytes = source.read_up_to(UPO_BYTES_MAX).map_err(|unread| {
        refused(&match unread {
            Unread::Unreadable(error) => sending::unreadable(&error),
            Unread::TooLarge(finding) => sending::findings(&[finding]),
        })
    })?;
    let signed = upo::verify(&bytes, &Anchors::default(), context.clock.now());
    let (upo, signer) = match signed {
        Ok(signed) => {
            let by = (signed.signer().subject().to_string(), signed.signing_time());
            (signed.into_upo(), Some(by))
        }
        Err(fault) => {
            let Ok(upo) = document::read(&bytes) else {
                return Err(refused(&words::fault(&fault, false)).hint(text!(
                    "give a UPO; an invoice is shown by ksef invoice show",
                    "podaj UPO; fakturę pokaże ksef invoice show"
                )));
            };
            let why = words::fault(&fault, true);
            context.printer.warn(&why.prefixed(&format!("{name}: ")));
            (upo, None)
        }
    };
    context.printer.result(&upo_json(&upo), |printer| {
        let mut fields = Fields::new(printer);
        facts(&mut fields, &upo);
        if let Some((signer, time)) = &signer {
            fields.add(("signed by", "podpisał"), signer);
            if let Some(time) = time {
                fields.add(("signed at", "podpisano"), moment(*time));
            }
        }
        fields.add(("invoices", "faktury"), upo.documents.len());
        fields.print();
        let mut table = Table::titled(
            printer,
            &[
                ("KSeF number", "numer KSeF"),
                ("number", "numer"),
                ("issued", "wystawiona"),
                ("numbered", "nadano"),
                ("mode", "tryb"),
                ("sent", "wysłano"),
                ("SHA-256", "SHA-256"),
            ],
        );
        for entry in &upo.documents {
            let mut row = cells(entry);
            row.extend([moment(entry.sent), entry.digest.to_base64()]);
            table.row(row);
        }
        table.print(printer);
    });
    Ok(Exit::Done)
}
