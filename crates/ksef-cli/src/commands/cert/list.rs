//! `ksef cert list`

use std::collections::BTreeMap;

use ksef_api::ops::certificates::{CertificateInfo, QueryCertificates};
use ksef_api::status::CertificateStatus;
use ksef_core::certificate_serial::CertificateSerial;

use super::{ShownHeld, TypeArgument};
use crate::certificates::Cabinet;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Table, moment};

/// Arguments of `ksef cert list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef cert list
  ksef cert list --all --type offline --json
  ksef cert list --local                 what is on this machine, without asking KSeF")]
pub(crate) struct Args {
    /// Revoked and expired certificates too
    #[arg(long)]
    all: bool,

    /// Only certificates of this type
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    certificate_type: Option<TypeArgument>,

    /// Only certificates whose name contains this text
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,

    /// At most this many certificates
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,

    /// The certificates whose keys are on this machine, of any KSeF, without asking one
    #[arg(long, conflicts_with_all = ["all", "certificate_type", "name", "limit"])]
    local: bool,
}

/// Lists the certificates.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    if args.local {
        return local(context);
    }
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let mut request = QueryCertificates::new().with_page_size(PAGE_ENTRIES);
    if !args.all {
        request = request.with_status(CertificateStatus::Active);
    }
    if let Some(kind) = args.certificate_type {
        request = request.with_type(kind.into());
    }
    if let Some(part) = &args.name {
        request = request.with_name(part);
    }
    let (certificates, is_more) = ksef.list_by_offset(request, args.limit).await?;
    let names = local_names(context, &connection.scope)?;
    context.printer.result(&certificates, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("certificate", "certyfikat"),
                ("type", "typ"),
                ("status", "status"),
                ("valid until", "ważny do"),
                ("name", "nazwa"),
                ("key here", "klucz tutaj"),
            ],
        );
        for info in &certificates {
            table.row(row(info, &names));
        }
        if !certificates.is_empty() {
            table.print(printer);
        }
    });
    if certificates.is_empty() {
        context.printer.note(&text!(
            "there are no such certificates",
            "nie ma takich certyfikatów"
        ));
    }
    if is_more {
        context.printer.note(&text!(
            "there are more; see them with a larger --limit",
            "jest ich więcej; pokaże je większa wartość --limit"
        ));
    }
    Ok(Exit::Done)
}

fn row(info: &CertificateInfo, names: &BTreeMap<CertificateSerial, String>) -> [String; 6] {
    let serial = info.certificate_serial_number;
    [
        serial.to_string(),
        info.certificate_type.to_string(),
        info.status.to_string(),
        moment(info.valid_to),
        info.name.clone(),
        names.get(&serial).cloned().unwrap_or_default(),
    ]
}

/// Names of the certificates of a KSeF on this machine, by serial number.
pub(super) fn local_names(
    context: &Context,
    scope: &str,
) -> Result<BTreeMap<CertificateSerial, String>> {
    let held = Cabinet::of(context).all()?;
    Ok(held
        .into_iter()
        .filter(|held| held.is_of(scope))
        .map(|held| (held.about.serial_number, held.name))
        .collect())
}

fn local(context: &Context) -> Result<Exit> {
    let held = Cabinet::of(context).all()?;
    let shown: Vec<ShownHeld> = held.iter().map(ShownHeld::of).collect();
    context.printer.result(&shown, |printer| {
        let mut table = Table::titled(
            printer,
            &[
                ("name", "nazwa"),
                ("certificate", "certyfikat"),
                ("type", "typ"),
                ("valid until", "ważny do"),
                ("of", "z"),
            ],
        );
        for held in &shown {
            table.row([
                held.name.clone(),
                held.about.serial_number.to_string(),
                held.about.certificate_type.to_string(),
                moment(held.about.valid_to),
                held.about.scope.clone().unwrap_or_default(),
            ]);
        }
        if !shown.is_empty() {
            table.print(printer);
        }
    });
    if shown.is_empty() {
        context.printer.note(&text!(
            "there are no certificates on this machine",
            "na tym komputerze nie ma certyfikatów"
        ));
    }
    Ok(Exit::Done)
}

const PAGE_ENTRIES: u16 = 50;
