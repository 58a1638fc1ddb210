//! `ksef cert show`

use ksef_api::ops::certificates::{CertificateInfo, QueryCertificates};
use serde::Serialize;

use super::ShownHeld;
use crate::certificates::{Cabinet, serial_of};
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Fields, moment};

/// Arguments of `ksef cert show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef cert show erp-2026
  ksef cert show 0321C82DA41B4362 --json")]
pub(crate) struct Args {
    /// Serial number of the certificate, or its name on this machine
    #[arg(value_name = "CERTIFICATE")]
    certificate: String,
}

/// A certificate with its files.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(flatten)]
    info: CertificateInfo,
    /// The files on this machine, when its key is here.
    local: Option<ShownHeld>,
}

/// Shows the certificate.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let serial = serial_of(context, &args.certificate)?;
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let info = find(&ksef, serial).await?;
    let held = Cabinet::of(context).all()?;
    let local = held
        .iter()
        .find(|held| held.about.serial_number == serial && held.is_of(&connection.scope))
        .map(ShownHeld::of);
    let shown = Shown { info, local };
    context.printer.result(&shown, |printer| {
        let info = &shown.info;
        let mut fields = Fields::new(printer);
        fields.add(("certificate", "certyfikat"), serial);
        fields.add(("name", "nazwa"), &info.name);
        fields.add(("type", "typ"), &info.certificate_type);
        fields.add(("status", "status"), &info.status);
        fields.more(&info.status.meaning().into());
        fields.add(("holder", "posiadacz"), &info.common_name);
        fields.add(("identifier", "identyfikator"), &info.subject_identifier);
        fields.add(("valid from", "ważny od"), moment(info.valid_from));
        fields.add(("valid until", "ważny do"), moment(info.valid_to));
        fields.add(("applied for", "wniosek z"), moment(info.request_date));
        let used = info.last_use_date.map_or_else(|| "-".to_owned(), moment);
        fields.add(("last used", "ostatnio użyty"), used);
        if let Some(local) = &shown.local {
            fields.add(("file", "plik"), &local.certificate);
            fields.add(("key", "klucz"), &local.key);
            fields.add(("password", "hasło"), &local.about.password);
        }
        fields.print();
    });
    Ok(Exit::Done)
}

/// What KSeF knows about a certificate.
pub(super) async fn find(
    ksef: &Ksef,
    serial: ksef_core::certificate_serial::CertificateSerial,
) -> Result<CertificateInfo> {
    let listed = ksef
        .call(&QueryCertificates::new().with_serial(serial))
        .await?;
    listed.certificates.into_iter().next().ok_or_else(|| {
        Error::new(
            Exit::Rejected,
            text!(
                "KSeF shows this login no certificate {serial}",
                "KSeF nie pokazuje temu loginowi certyfikatu {serial}"
            ),
        )
        .hint(text!(
            "see which there are: ksef cert list --all",
            "zobacz, jakie są: ksef cert list --all"
        ))
    })
}
