//! Options that the commands share which send invoices.

use std::num::NonZeroUsize;
use std::time::Duration;

use super::way::Way;

/// How long to wait for KSeF.
#[derive(Debug, clap::Args)]
pub(crate) struct WaitArgs {
    /// How long to wait for KSeF to decide, after the last invoice was sent
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    wait: u32,

    /// Do not wait: a later run fetches numbers and UPOs
    #[arg(long, conflicts_with = "wait")]
    no_wait: bool,
}

impl WaitArgs {
    /// The time; nothing for not waiting.
    pub(crate) fn time(&self) -> Duration {
        let seconds = if self.no_wait { 0 } else { self.wait };
        Duration::from_secs(u64::from(seconds))
    }
}

/// Whether invoices go in batch.
#[derive(Debug, clap::Args)]
pub(crate) struct BatchArgs {
    /// Send in batch sessions, as packages, except what cannot go so (PEF, technical corrections). Without it invoices go
    /// in batch from --batch-from on, when they have attachments, and when the interactive limit of the hour is used up
    #[arg(long, conflicts_with_all = ["no_batch", "batch_from"])]
    batch: bool,

    /// Never send in batch
    #[arg(long)]
    no_batch: bool,

    /// From so many invoices of one seller and form on they go in batch
    #[arg(
        long,
        value_name = "N",
        default_value = "100",
        conflicts_with = "no_batch"
    )]
    batch_from: NonZeroUsize,
}

impl BatchArgs {
    /// The way that the options name.
    pub(crate) fn way(&self) -> Way {
        match (self.batch, self.no_batch) {
            (true, _) => Way::Batch,
            (_, true) => Way::Interactive,
            _ => Way::Auto(self.batch_from),
        }
    }
}
