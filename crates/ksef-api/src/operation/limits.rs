//! Operations that tell the limits in force.

use super::Operation;

/// Request limits of the context.
pub const RATE_LIMITS: Operation = Operation::get("limits.rate_limits", "/rate-limits");

/// Limits of sessions and collective identifiers of the context.
pub const CONTEXT: Operation = Operation::get("limits.context", "/limits/context");

/// Limits of certificates of the authenticated subject.
pub const SUBJECT: Operation = Operation::get("limits.subject", "/limits/subject");
