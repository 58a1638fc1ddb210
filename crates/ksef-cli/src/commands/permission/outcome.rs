//! What comes of granting and withdrawing: started, and usually awaited.

use std::time::Duration;

use ksef_api::ops::permissions::StartedPermissionOperation;
use ksef_api::request::Request;
use ksef_api::status::PermissionOperationStatus;
use ksef_core::reference::PermissionRef;
use serde_json::{Value, json};

use crate::connect::Ksef;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::{Text, text};

/// Whether to wait for the end.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Waiting {
    /// Do not wait until KSeF has done it; "ksef permission status" tells how it goes on
    #[arg(long)]
    no_wait: bool,
}

/// One operation to be started.
pub(super) struct Work<'a, R> {
    /// What is called.
    pub(super) request: &'a R,
    /// What a dry run says.
    pub(super) would: Text,
    /// What is said when it is done.
    pub(super) done: Text,
}

impl<R> Work<'_, R>
where
    R: Request<Answer = StartedPermissionOperation> + Sync,
{
    /// Starts the operation and waits for its end, unless told not to. A dry run does neither and gives nothing.
    pub(super) async fn perform(
        self,
        context: &Context,
        ksef: &Ksef,
        waiting: Waiting,
    ) -> Result<Option<Value>> {
        if context.global.dry_run {
            context.printer.note(&self.would);
            return Ok(None);
        }
        let started = ksef.call(self.request).await?;
        let reference = started.reference_number;
        let status = if waiting.no_wait {
            PermissionOperationStatus::Accepted
        } else {
            wait(context, ksef, reference).await?;
            PermissionOperationStatus::Succeeded
        };
        let text = if waiting.no_wait {
            text!(
                "KSeF has taken it up as {reference}",
                "KSeF przyjął operację {reference}"
            )
        } else {
            self.done
        };
        if !context.printer.is_json() {
            context.printer.text(&text);
        }
        if waiting.no_wait {
            context.printer.hint(&text!(
                "see how it goes on: ksef permission status {reference}",
                "sprawdź, co dalej: ksef permission status {reference}"
            ));
        }
        Ok(Some(
            json!({ "referenceNumber": reference, "status": status.to_info() }),
        ))
    }
}

/// Waits until KSeF has done it.
pub(super) async fn wait(context: &Context, ksef: &Ksef, reference: PermissionRef) -> Result<()> {
    let _progress = context
        .printer
        .progress(0, &text!("waiting for KSeF", "oczekiwanie na KSeF"));
    let done = ksef
        .client()
        .wait_for_permission_operation(reference, WAIT_MAX)
        .await;
    done.map_err(|error| {
        Error::from(error).hint(text!(
            "the operation is {reference}: ksef permission status {reference}",
            "numer operacji: {reference}; sprawdź ją: ksef permission status {reference}"
        ))
    })
}

const WAIT_MAX: Duration = Duration::from_secs(60);
