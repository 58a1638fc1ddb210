//! `ksef invoice upo`

use std::path::PathBuf;

use bytes::Bytes;
use ksef_api::ops::invoices::GetInvoice;
use ksef_api::ops::sessions::{GetSession, GetUpoByInvoice, GetUpoByKsefNumber, GetUpoPage};
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::SessionRef;
use ksef_crypto::chain::Anchors;
use ksef_crypto::digest::sha256;
use ksef_invoice::{metadata, upo};
use serde::Serialize;

use super::output::OutputArgs;
use super::which::{Named, Which};
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::send::receipt;
use crate::upo::TrustArgs;

/// Arguments of `ksef invoice upo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --verify the signature of the UPO must be valid, and the UPO must state the number, the hash, the seller and \
the date of the invoice; otherwise the exit code is 1. The signer is held against --trusted, or against the authority of
a sandbox; without either only the signature is verified. ksef upo verify judges UPOs that are on this machine.

Examples:
  ksef invoice upo invoice.xml --verify
  ksef invoice upo 5265877635-20261121-0A1B2C3D4E5F-A6 --session SESSION
  ksef invoice upo --session 20261121-SO-2DCE3E3000-12ECB5B36E-45     of the whole session")]
pub(crate) struct Args {
    /// The file that was sent from here, the KSeF number, or the reference of the invoice
    #[arg(value_name = "INVOICE", value_parser = Named::parse, required_unless_present = "session")]
    invoice: Option<Named>,

    /// Reference of the session that it was sent in
    #[arg(long, value_name = "SESSION")]
    session: Option<SessionRef>,

    /// Verify the signature, and that the UPO speaks of this invoice
    #[arg(long)]
    verify: bool,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// A UPO that was written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    ksef_number: Option<KsefNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_reference_number: Option<SessionRef>,
    file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
}

/// Downloads the UPO.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let anchors = match args.trust.anchors()? {
        Some(anchors) => anchors,
        None => connection.anchors().await,
    };
    match (&args.invoice, args.session) {
        (Some(named), session) => {
            let which = Which::find(context, &connection, named, session)?;
            let ksef = connection.ksef_for(context, which.who)?;
            of_invoice(context, args, &ksef, which, &anchors).await
        }
        (None, Some(session)) => {
            let ksef = connection.ksef(context)?;
            of_session(context, args, &ksef, session, &anchors).await
        }
        (None, None) => Err(Error::usage(text!(
            "name an invoice, or a session with --session",
            "podaj fakturę albo sesję przez --session"
        ))),
    }
}

async fn of_invoice(
    context: &Context,
    args: &Args,
    ksef: &Ksef,
    which: Which,
    anchors: &Anchors,
) -> Result<Exit> {
    let session = which.require_session()?;
    let bytes = match (which.number, which.reference) {
        (Some(number), _) => {
            ksef.call(&GetUpoByKsefNumber::new(session, number))
                .await?
                .bytes
        }
        (None, Some(reference)) => {
            ksef.call(&GetUpoByInvoice::new(session, reference))
                .await?
                .bytes
        }
        (None, None) => return Err(which.require_session().map_or_else(|error| error, unknown)),
    };
    let number = match which.number {
        Some(number) => number,
        None => only_number(&bytes)?,
    };
    let signer = if args.verify {
        Some(verify(context, ksef, number, which.document, &bytes, anchors).await?)
    } else {
        None
    };
    let path = args
        .output
        .write(context, &format!("{number}.upo.xml"), &bytes)?;
    report(context, args, path, Some(number), None, signer);
    Ok(Exit::Done)
}

async fn of_session(
    context: &Context,
    args: &Args,
    ksef: &Ksef,
    reference: SessionRef,
    anchors: &Anchors,
) -> Result<Exit> {
    let session = ksef.call(&GetSession::new(reference)).await?;
    let pages = session.upo_pages();
    if pages.is_empty() {
        return Err(Error::new(
            if session.session_status().class().is_final() { Exit::Rejected } else { Exit::Pending },
            text!(
                "the session {reference} has no UPO (status {status})",
                "sesja {reference} nie ma UPO (status {status})",
                status = session.status
            ),
        )
        .hint(text!(
            "a UPO is made of a closed session with accepted invoices: ksef session close {reference} --wait",
            "UPO powstaje dla zamkniętej sesji z przyjętymi fakturami: ksef session close {reference} --wait"
        )));
    }
    if args.output.is_named() && pages.len() > 1 {
        return Err(Error::usage(text!(
            "the UPO of the session has {count} pages, which do not fit one file; leave --output out",
            "UPO sesji ma wiele stron ({count}), które nie zmieszczą się w jednym pliku; pomiń --output",
            count = pages.len()
        )));
    }
    for page in pages {
        let upo = page.reference_number;
        let bytes = ksef.call(&GetUpoPage::new(reference, upo)).await?.bytes;
        let signer = if args.verify {
            let now = context.clock.now();
            let checked = receipt::check_session_upo(&bytes, reference, anchors, now);
            let (_, signer) = checked.map_err(not_genuine)?;
            Some(signer)
        } else {
            None
        };
        let path = args
            .output
            .write(context, &format!("{reference}-{upo}.upo.xml"), &bytes)?;
        report(context, args, path, None, Some(reference), signer);
    }
    Ok(Exit::Done)
}

/// Verifies a UPO against the invoice, which is downloaded when it is not at hand; gives the signer.
async fn verify(
    context: &Context,
    ksef: &Ksef,
    number: KsefNumber,
    document: Option<Vec<u8>>,
    upo: &[u8],
    anchors: &Anchors,
) -> Result<String> {
    let document = match document {
        Some(document) => document,
        None => ksef.call(&GetInvoice::new(number)).await?.bytes.to_vec(),
    };
    let metadata = metadata::read(&document).ok();
    let now = context.clock.now();
    let hash = sha256(&document);
    receipt::check_invoice_upo(upo, &number, &hash, metadata.as_ref(), anchors, now)
        .map_err(not_genuine)
}

fn report(
    context: &Context,
    args: &Args,
    path: Option<PathBuf>,
    number: Option<KsefNumber>,
    session: Option<SessionRef>,
    signer: Option<String>,
) {
    if let Some(signer) = &signer {
        context.printer.note(&text!(
            "the UPO is genuine, signed by {signer}",
            "UPO jest autentyczne, podpisane przez {signer}"
        ));
    }
    let Some(file) = path else { return };
    let verified = args.verify.then_some(true);
    let written = Written {
        ksef_number: number,
        session_reference_number: session,
        file,
        verified,
        signer,
    };
    context
        .printer
        .result(&written, |printer| printer.line(written.file.display()));
}

/// The KSeF number in the UPO of a single invoice.
fn only_number(bytes: &Bytes) -> Result<KsefNumber> {
    let not_read = || {
        Error::failed(text!(
            "KSeF answered with something that is no UPO of one invoice",
            "KSeF odpowiedział czymś, co nie jest UPO jednej faktury"
        ))
        .hint(text!("ask again later", "zapytaj ponownie później"))
    };
    let upo = upo::read(bytes).map_err(|source| not_read().caused_by(source))?;
    match upo.documents.as_slice() {
        [only] => Ok(only.ksef_number),
        _ => Err(not_read()),
    }
}

fn not_genuine(why: String) -> Error {
    Error::failed(text!(
        "the UPO does not prove anything: {why}",
        "to UPO niczego nie dowodzi: {why}"
    ))
    .hint(text!(
        "it was not saved; download it again, and if it stays so, report it to the Ministry",
        "nie zapisano go; pobierz je ponownie, a jeśli to się powtórzy, zgłoś to Ministerstwu"
    ))
}

fn unknown(session: SessionRef) -> Error {
    Error::usage(text!(
        "neither the KSeF number nor the reference of the invoice in {session} is known",
        "nie jest znany ani numer KSeF, ani numer referencyjny faktury w {session}"
    ))
    .hint(text!(
        "find it: ksef session show {session}",
        "znajdź go: ksef session show {session}"
    ))
}
