//! `ksef cert sync`

use std::collections::BTreeMap;

use ksef_api::ops::certificates::{CertificateInfo, QueryCertificates};
use ksef_api::status::CertificateStatus;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_crypto::certificate::Certificate;
use serde::Serialize;

use super::{ShownHeld, finish};
use crate::certificates::{Cabinet, Held, Pending};
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef cert sync`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Applications that were interrupted are finished: a certificate that KSeF issued meanwhile is found by its key, and \
nothing is applied for twice. Certificate files that were lost are fetched again. Keys cannot be fetched: KSeF never \
had them.

Examples:
  ksef cert sync
  ksef cert sync --dry-run")]
pub(crate) struct Args {}

/// One certificate, and what was done about it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Synced {
    #[serde(flatten)]
    held: ShownHeld,
    /// `None` when this login does not see it at KSeF.
    status: Option<CertificateStatus>,
    done: Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Done {
    Issued,
    Restored,
    Nothing,
}

/// Brings both sides together.
pub(crate) async fn run(context: &Context, _args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let mut pending = Pending::all(context, &connection.scope)?;
    if context.global.dry_run {
        for pending in &pending {
            context.printer.note(&text!(
                "would finish the application for \"{name}\"",
                "dokończono by wniosek o certyfikat „{name}”",
                name = pending.name
            ));
        }
    }
    let mut exit = Exit::Done;
    let mut issued = Vec::new();
    for pending in pending.iter_mut().filter(|_| !context.global.dry_run) {
        match finish_one(context, &connection, &ksef, pending).await {
            Ok(held) => issued.extend(held.map(|held| held.name)),
            Err(error) => {
                context.printer.error(&error);
                exit = exit.worse(error.exit());
            }
        }
    }
    let synced = restore(context, &connection, &ksef, &issued).await?;
    tell(context, &synced);
    Ok(exit)
}

async fn finish_one(
    context: &Context,
    connection: &Connection,
    ksef: &Ksef,
    pending: &mut Pending,
) -> Result<Option<Held>> {
    match pending.load()? {
        Some(application) => finish(context, connection, ksef, pending, application)
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Writes the certificates again whose files were lost, and asks how each is doing.
async fn restore(
    context: &Context,
    connection: &Connection,
    ksef: &Ksef,
    issued: &[String],
) -> Result<Vec<Synced>> {
    let held = Cabinet::of(context).all()?;
    let held: Vec<Held> = held
        .into_iter()
        .filter(|held| held.is_of(&connection.scope))
        .collect();
    let listed = if held.is_empty() {
        BTreeMap::new()
    } else {
        listed(ksef).await?
    };
    let mut synced = Vec::new();
    for held in held {
        let serial = held.about.serial_number;
        let status = listed.get(&serial).map(|info| info.status.clone());
        let is_lost = status.is_some() && !held.certificate_file().exists();
        let done = if issued.contains(&held.name) {
            Done::Issued
        } else if is_lost && !context.global.dry_run && fetch(ksef, &held).await? {
            Done::Restored
        } else {
            Done::Nothing
        };
        synced.push(Synced {
            held: ShownHeld::of(&held),
            status,
            done,
        });
    }
    Ok(synced)
}

async fn listed(ksef: &Ksef) -> Result<BTreeMap<CertificateSerial, CertificateInfo>> {
    let all = QueryCertificates::new().with_page_size(PAGE_ENTRIES);
    let all = ksef.client().all_by_offset(all).await?;
    Ok(all
        .into_iter()
        .map(|info| (info.certificate_serial_number, info))
        .collect())
}

async fn fetch(ksef: &Ksef, held: &Held) -> Result<bool> {
    let serial = held.about.serial_number;
    let retrieved = ksef.client().retrieve_certificates(&[serial]).await?;
    for found in retrieved {
        if found.certificate_serial_number == serial {
            let certificate =
                Certificate::from_der(&found.certificate).map_err(ksef_sdk::Error::from)?;
            return held.restore(&certificate);
        }
    }
    Ok(false)
}

fn tell(context: &Context, synced: &[Synced]) {
    context.printer.result(synced, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("name", "nazwa"),
                ("certificate", "certyfikat"),
                ("type", "typ"),
                ("status", "status"),
                ("valid until", "ważny do"),
                ("done", "wykonano"),
            ],
        );
        for entry in synced {
            let done = match entry.done {
                Done::Issued => text!("issued", "wydano"),
                Done::Restored => text!("file restored", "odtworzono plik"),
                Done::Nothing => text!("", ""),
            };
            let unknown = || {
                printer
                    .lang()
                    .pick("not listed", "brak na liście")
                    .to_owned()
            };
            table.row([
                entry.held.name.clone(),
                entry.held.about.serial_number.to_string(),
                entry.held.about.certificate_type.to_string(),
                entry
                    .status
                    .as_ref()
                    .map_or_else(unknown, ToString::to_string),
                moment(entry.held.about.valid_to),
                done.in_lang(printer.lang()).to_owned(),
            ]);
        }
        if !synced.is_empty() {
            table.print(printer);
        }
    });
    if synced.is_empty() {
        context.printer.note(&text!(
            "there are no certificates of this KSeF on this machine",
            "na tym komputerze nie ma certyfikatów tego KSeF"
        ));
    }
}

const PAGE_ENTRIES: u16 = 50;
