//! Operations that prepare test data; they exist on the test environment only.

use super::{Auth, Operation, Replay};

/// Creates an entity of a special kind. A repeat after success answers 30001.
pub const CREATE_SUBJECT: Operation = Operation::post(
    "testdata.create_subject",
    "/testdata/subject",
    200,
    Replay::Reconcile,
)
.public();

/// Removes an entity.
pub const REMOVE_SUBJECT: Operation = Operation::post(
    "testdata.remove_subject",
    "/testdata/subject/remove",
    200,
    Replay::Safe,
)
.public();

/// Creates a sole trader or a bailiff. A repeat after success answers 30001.
pub const CREATE_PERSON: Operation = Operation::post(
    "testdata.create_person",
    "/testdata/person",
    200,
    Replay::Reconcile,
)
.public();

/// Removes a person.
pub const REMOVE_PERSON: Operation = Operation::post(
    "testdata.remove_person",
    "/testdata/person/remove",
    200,
    Replay::Safe,
)
.public();

/// Grants permissions as the paper form would.
pub const GRANT_PERMISSIONS: Operation = Operation::post(
    "testdata.grant_permissions",
    "/testdata/permissions",
    200,
    Replay::Safe,
)
.public();

/// Withdraws all permissions granted that way.
pub const REVOKE_PERMISSIONS: Operation = Operation::post(
    "testdata.revoke_permissions",
    "/testdata/permissions/revoke",
    200,
    Replay::Safe,
)
.public();

/// Lets an entity send invoices with attachments.
pub const GRANT_ATTACHMENT: Operation = Operation::post(
    "testdata.grant_attachment",
    "/testdata/attachment",
    200,
    Replay::Safe,
)
.public();

/// Withdraws that consent.
pub const REVOKE_ATTACHMENT: Operation = Operation::post(
    "testdata.revoke_attachment",
    "/testdata/attachment/revoke",
    200,
    Replay::Safe,
)
.public();

/// Blocks every authentication in a context.
pub const BLOCK_CONTEXT: Operation = Operation::post(
    "testdata.block_context",
    "/testdata/context/block",
    200,
    Replay::Safe,
)
.auth(Auth::None);

/// Lifts that block.
pub const UNBLOCK_CONTEXT: Operation = Operation::post(
    "testdata.unblock_context",
    "/testdata/context/unblock",
    200,
    Replay::Safe,
)
.auth(Auth::None);

/// Overrides the limits of sessions of the context.
pub const SET_SESSION_LIMITS: Operation = Operation::post(
    "testdata.set_session_limits",
    "/testdata/limits/context/session",
    200,
    Replay::Safe,
);

/// Restores the limits of sessions.
pub const RESET_SESSION_LIMITS: Operation = Operation::delete(
    "testdata.reset_session_limits",
    "/testdata/limits/context/session",
    200,
);

/// Overrides the limits of certificates of the subject.
pub const SET_SUBJECT_LIMITS: Operation = Operation::post(
    "testdata.set_subject_limits",
    "/testdata/limits/subject/certificate",
    200,
    Replay::Safe,
);

/// Restores the limits of certificates.
pub const RESET_SUBJECT_LIMITS: Operation = Operation::delete(
    "testdata.reset_subject_limits",
    "/testdata/limits/subject/certificate",
    200,
);

/// Overrides the request limits of the context.
pub const SET_RATE_LIMITS: Operation = Operation::post(
    "testdata.set_rate_limits",
    "/testdata/rate-limits",
    200,
    Replay::Safe,
);

/// Restores the request limits of the environment.
pub const RESET_RATE_LIMITS: Operation =
    Operation::delete("testdata.reset_rate_limits", "/testdata/rate-limits", 200);

/// Applies the request limits of production.
pub const SET_PRODUCTION_RATE_LIMITS: Operation = Operation::post(
    "testdata.set_production_rate_limits",
    "/testdata/rate-limits/production",
    200,
    Replay::Safe,
);

/// Brings the end of validity of a KSeF certificate forward.
pub const SHORTEN_CERTIFICATE: Operation = Operation::put(
    "testdata.shorten_certificate",
    "/testdata/certificates/{serialNumber}",
    200,
    Replay::Safe,
);
