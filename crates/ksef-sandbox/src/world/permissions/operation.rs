//! Operations that grant and withdraw, and what is left to be done.

use jiff::Timestamp;
use ksef_api::operation::Operation as ApiOperation;
use ksef_api::status::StatusInfo;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::permission_id::PermissionId;
use ksef_core::reference::PermissionRef;
use serde::{Deserialize, Serialize};

use super::authorisations::AuthorisationRecord;
use super::grant::{EuEntityRecord, Grant};
use crate::world::record::Record;

/// An operation that grants or withdraws.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) reference: PermissionRef,
    /// [`id`](ApiOperation::id) of the call that started it.
    pub(crate) call: String,
    pub(crate) context: ContextIdentifier,
    /// Who started it.
    pub(crate) subject: SubjectIdentifier,
    pub(crate) started: Timestamp,
    /// What is to be done; `None` when it is done, well or badly.
    pub(crate) work: Option<Work>,
    pub(crate) status: StatusInfo,
}

impl Operation {
    /// The call that started it.
    pub(crate) fn api(&self) -> Option<&'static ApiOperation> {
        ApiOperation::by_id(&self.call)
    }
}

/// What an operation does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Work {
    /// Grants permissions, and names the EU entity whose compound context they create.
    Grant {
        grants: Vec<Grant>,
        eu_entity: Option<EuEntityRecord>,
    },
    /// Authorises an entity.
    Authorise(Box<AuthorisationRecord>),
    /// Withdraws a permission.
    Revoke(PermissionId),
    /// Withdraws an authorisation.
    Unauthorise(PermissionId),
}

impl Record for Operation {
    const TABLE: &'static str = "permission_operations";
    type Key = PermissionRef;

    fn key(&self) -> PermissionRef {
        self.reference
    }
}
