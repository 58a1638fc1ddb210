//! Waiting for granting and withdrawing.

use std::time::Duration;

use ksef_api::ops::permissions::PermissionOperation;
use ksef_api::status::StatusClass;
use ksef_core::reference::PermissionRef;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, ErrorKind, FailedStatus};
use crate::retry::PollDelays;

/// Asks how granting or withdrawing goes on, until it is done.
#[derive(Debug)]
#[must_use = "the operation goes on at KSeF; wait for it, or keep its reference"]
pub struct PermissionPoller {
    client: Client,
    reference: PermissionRef,
    last_code: Option<i32>,
}

impl PermissionPoller {
    /// Of the operation of this reference.
    pub fn new(client: &Client, reference: PermissionRef) -> Self {
        Self {
            client: client.clone(),
            reference,
            last_code: None,
        }
    }

    /// The reference of the operation; its status is kept for 30 days.
    #[must_use]
    pub const fn reference(&self) -> PermissionRef {
        self.reference
    }

    /// Asks once: the operation when its status is final, well or badly; `None` while it goes on.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn poll(&mut self) -> Result<Option<PermissionOperation>, Error> {
        let operation = self.client.permission_operation(self.reference).await?;
        self.last_code = Some(operation.status.code);
        let is_final = operation.operation_status().class().is_final();
        Ok(is_final.then_some(operation))
    }

    /// Asks until the operation is done.
    ///
    /// # Errors
    /// [`ErrorKind::Status`] when it failed, with its explanation; [`ErrorKind::Pending`] when it is not done within
    /// `wait_max`; what the server answered.
    pub async fn until_done(mut self, wait_max: Duration) -> Result<(), Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        loop {
            if let Some(operation) = self.poll().await? {
                return match operation.operation_status().class() {
                    StatusClass::Failed => Err(failed(operation)),
                    StatusClass::Done | StatusClass::Pending => Ok(()),
                };
            }
            let wait = delays.next();
            if began.elapsed() + wait > wait_max {
                return Err(Error::new(ErrorKind::Pending {
                    resource: RESOURCE,
                    code: self.last_code,
                }));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

fn failed(operation: PermissionOperation) -> Error {
    Error::new(ErrorKind::Status(FailedStatus {
        resource: RESOURCE,
        code: operation.status.code,
        description: operation.status.description,
        details: operation.status.details,
    }))
}

const RESOURCE: &str = "permission operation";
const DELAY_FIRST: Duration = Duration::from_millis(200);
const DELAY_MAX: Duration = Duration::from_secs(2);
