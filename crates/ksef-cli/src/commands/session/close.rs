//! `ksef session close`

use std::time::Duration;

use ksef_api::ops::sessions::{GetSession, Session};
use ksef_api::status::StatusClass;
use ksef_core::reference::{SessionKind, SessionRef};
use tokio::time::Instant;

use super::Shown;
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// Arguments of `ksef session close`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Closing a session that is closed already does no harm. A batch session can be closed when every part was uploaded. Without --wait the command ends when KSeF has taken the \
request; the invoices of the session are then processed and its UPO is made.

Examples:
  ksef session close 20261121-SO-1DCE3E3000-12ECB5B36E-45
  ksef session close 20261121-SO-1DCE3E3000-12ECB5B36E-45 --wait")]
pub(crate) struct Args {
    /// Reference of the session
    #[arg(value_name = "SESSION")]
    session: SessionRef,

    /// Wait until the session is processed
    #[arg(long)]
    wait: bool,

    /// Longest wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
}

/// Closes the session.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let reference = args.session;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    if context.global.dry_run {
        let session = ksef.call(&GetSession::new(reference)).await?;
        context.printer.note(&text!(
            "would close the session {reference} (status {status})",
            "zamknięto by sesję {reference} (status {status})",
            status = session.status
        ));
        return Ok(Exit::Done);
    }
    match reference.session_kind() {
        Some(SessionKind::Batch) => {
            let client = ksef.client();
            client.close_batch_session(reference, KNOWN_WAIT).await?;
        }
        _ => ksef.client().close_session(reference).await?,
    }
    let session = if args.wait {
        let progress = context
            .printer
            .progress(0, &text!("processing", "przetwarzanie"));
        let ended = until_final(&ksef, reference, Duration::from_secs(args.timeout)).await;
        drop(progress);
        ended?
    } else {
        ksef.call(&GetSession::new(reference)).await?
    };
    let shown = Shown::new(reference, &session);
    context
        .printer
        .result(&shown, |printer| shown.print(printer, &session));
    Ok(match session.session_status().class() {
        StatusClass::Failed => Exit::Rejected,
        StatusClass::Pending if args.wait => Exit::Pending,
        StatusClass::Pending | StatusClass::Done => Exit::Done,
    })
}

async fn until_final(ksef: &Ksef, reference: SessionRef, limit: Duration) -> Result<Session> {
    let began = Instant::now();
    let mut pause = PAUSE_FIRST;
    loop {
        let session = ksef.call(&GetSession::new(reference)).await?;
        if session.session_status().class() != StatusClass::Pending {
            return Ok(session);
        }
        if began.elapsed() + pause > limit {
            return Err(Error::new(
                Exit::Pending,
                text!(
                    "the session {reference} is still being processed (status {status})",
                    "sesja {reference} jest nadal przetwarzana (status {status})",
                    status = session.status
                ),
            )
            .hint(text!(
                "it goes on by itself; look later: ksef session show {reference}",
                "przetwarzanie trwa; sprawdź później: ksef session show {reference}"
            )));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// A batch session that was just opened may not be known yet.
const KNOWN_WAIT: Duration = Duration::from_secs(10);
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(3);
