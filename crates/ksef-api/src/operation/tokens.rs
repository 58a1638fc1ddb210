//! Operations of KSeF tokens.

use super::{Operation, Replay};

/// Generates a KSeF token.
///
/// The secret is shown once. When the answer is lost, find the orphan by its description, revoke it, then generate anew.
pub const GENERATE: Operation =
    Operation::post("tokens.generate", "/tokens", 202, Replay::Reconcile);

/// Lists KSeF tokens, newest first.
pub const LIST: Operation = Operation::get("tokens.list", "/tokens");

/// One KSeF token.
pub const STATUS: Operation = Operation::get("tokens.status", "/tokens/{referenceNumber}");

/// Revokes a KSeF token.
pub const REVOKE: Operation = Operation::delete("tokens.revoke", "/tokens/{referenceNumber}", 204);
