//! Operations of KSeF certificates.

use super::{Operation, Replay};

/// How many certificates and enrolments are left.
pub const LIMITS: Operation = Operation::get("certificates.limits", "/certificates/limits");

/// Subject data that a certificate request has to carry.
pub const ENROLLMENT_DATA: Operation = Operation::get(
    "certificates.enrollment_data",
    "/certificates/enrollments/data",
);

/// Requests a certificate. Enrolments are counted: look for the request in the list of certificates before a repeat.
pub const ENROLL: Operation = Operation::post(
    "certificates.enroll",
    "/certificates/enrollments",
    202,
    Replay::Reconcile,
);

/// Status of a certificate request.
pub const ENROLLMENT_STATUS: Operation = Operation::get(
    "certificates.enrollment_status",
    "/certificates/enrollments/{referenceNumber}",
);

/// Certificates by serial number. A read, although it is a POST.
pub const RETRIEVE: Operation = Operation::post(
    "certificates.retrieve",
    "/certificates/retrieve",
    200,
    Replay::Safe,
);

/// Revokes a certificate; doing so twice changes nothing, and answers 25009.
pub const REVOKE: Operation = Operation::post(
    "certificates.revoke",
    "/certificates/{certificateSerialNumber}/revoke",
    204,
    Replay::Safe,
);

/// Lists certificates. A read, although it is a POST.
pub const QUERY: Operation = Operation::post(
    "certificates.query",
    "/certificates/query",
    200,
    Replay::Safe,
);
