//! Invoices that are in KSeF.

use std::time::Duration;

use ksef_api::decode::Downloaded;
use ksef_api::ops::invoices::GetInvoice;
use ksef_core::ksef_number::KsefNumber;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::Error;
use crate::retry::PollDelays;

impl Client {
    /// An invoice by its KSeF number, byte for byte as it was sent.
    ///
    /// For some seconds after acceptance KSeF answers that the invoice is not available yet (21165); this waits up
    /// to `wait_max` for it.
    ///
    /// # Errors
    /// What the server answered: 21164 when there is no such invoice, 21165 when it is still not available.
    pub async fn invoice(
        &self,
        number: KsefNumber,
        wait_max: Duration,
    ) -> Result<Downloaded, Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(Duration::from_millis(500), Duration::from_secs(3));
        loop {
            let error = match self.call(&GetInvoice::new(number)).await {
                Ok(answer) => return Ok(answer.value),
                Err(error) => error,
            };
            let wait = delays.next();
            if !error.has_code(NOT_YET) || began.elapsed() + wait > wait_max {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
        }
    }
}

/// 21165: processed, and not yet available.
const NOT_YET: i32 = 21_165;
