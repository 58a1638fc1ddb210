//! Operations of signing in and of the sessions of authentication.

use super::{Auth, Operation, RateGroup, Replay};

/// Asks for a challenge. Every call makes a new one that is valid for ten minutes; unused ones lapse.
pub const CHALLENGE: Operation =
    Operation::post("auth.challenge", "/auth/challenge", 200, Replay::Safe).public();

/// Starts an authentication with a signed `AuthTokenRequest`.
///
/// The challenge may have been used up by a call whose answer was lost, so a repeat starts from a new challenge; the
/// operation that nobody redeems does no harm.
pub const XADES_SIGNATURE: Operation = Operation::post(
    "auth.xades_signature",
    "/auth/xades-signature",
    202,
    Replay::Reconcile,
)
.public();

/// Starts an authentication with an encrypted KSeF token. For repeats see [`XADES_SIGNATURE`].
pub const KSEF_TOKEN: Operation = Operation::post(
    "auth.ksef_token",
    "/auth/ksef-token",
    202,
    Replay::Reconcile,
)
.public();

/// Status of an authentication.
pub const STATUS: Operation = Operation::get("auth.status", "/auth/{referenceNumber}")
    .auth(Auth::Operation)
    .group(RateGroup::Anonymous);

/// Exchanges a finished authentication for access and refresh tokens.
///
/// The server hands them out once: when the answer is lost, only a new authentication helps.
pub const REDEEM: Operation =
    Operation::post("auth.redeem", "/auth/token/redeem", 200, Replay::Never)
        .auth(Auth::Operation)
        .group(RateGroup::Anonymous);

/// Issues a new access token; the refresh token is neither used up nor replaced.
pub const REFRESH: Operation =
    Operation::post("auth.refresh", "/auth/token/refresh", 200, Replay::Safe)
        .auth(Auth::Refresh)
        .group(RateGroup::Anonymous);

/// Lists the active authentications of the context.
pub const LIST_SESSIONS: Operation = Operation::get("auth.list_sessions", "/auth/sessions");

/// Ends the authentication that the bearer belongs to.
pub const TERMINATE_CURRENT: Operation =
    Operation::delete("auth.terminate_current", "/auth/sessions/current", 204)
        .auth(Auth::AccessOrRefresh);

/// Ends one authentication by its reference.
pub const TERMINATE: Operation =
    Operation::delete("auth.terminate", "/auth/sessions/{referenceNumber}", 204);
