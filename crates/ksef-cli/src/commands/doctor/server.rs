//! What the KSeF of the profile says.

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::keys::{PublicKeyCertificate, PublicKeyUsage};
use ksef_sdk::latarnia::SystemState;

use super::check::Check;
use crate::connect::Connection;
use crate::connect::logins::Kept;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::printer::moment;
use crate::profile::Login;

/// The server answers, and its clock agrees with ours.
pub(super) async fn server(context: &Context, connection: &Connection) -> Vec<Check> {
    let before = context.clock.now();
    let answered = connection.anonymous(context).client().challenge().await;
    let after = context.clock.now();
    let base = connection.environment.api_base();
    match answered {
        Err(error) => vec![Check::of_error("server", &Error::from(error))],
        Ok(answered) => {
            let took = after.duration_since(before).as_millis();
            let ip = answered.value.client_ip.unwrap_or_else(|| "?".to_owned());
            let reached = text!(
                "{base} answers after {took} ms and sees us as {ip}",
                "{base} odpowiada po {took} ms i widzi nas jako {ip}"
            );
            let is_sandbox = connection.control_url.is_some();
            let skew = skew(before, after, answered.value.timestamp);
            vec![Check::ok("server", reached), clock(skew, is_sandbox)]
        }
    }
}

/// By how much our clock is ahead of the server's, which was read at some instant between the two.
fn skew(before: Timestamp, after: Timestamp, server: Timestamp) -> SignedDuration {
    if server < before {
        before.duration_since(server)
    } else if server > after {
        after.duration_since(server)
    } else {
        SignedDuration::ZERO
    }
}

fn clock(skew: SignedDuration, is_sandbox: bool) -> Check {
    let seconds = skew.as_secs().unsigned_abs();
    if skew.abs() < SKEW_NOTABLE {
        return Check::ok(
            "clock",
            text!("agrees with the server's", "zgodny z zegarem serwera"),
        );
    }
    let message = if skew.is_positive() {
        text!(
            "{seconds} s ahead of the server's",
            "spieszy się o {seconds} s względem serwera"
        )
    } else {
        text!(
            "{seconds} s behind the server's",
            "spóźnia się o {seconds} s względem serwera"
        )
    };
    if is_sandbox {
        // It may live in another time on purpose.
        let hint = text!(
            "if the sandbox's own clock was not moved on purpose, set the clock of this machine by a time server (NTP)",
            "jeśli zegara piaskownicy nie przestawiono celowo, ustaw zegar komputera według serwera czasu (NTP)"
        );
        return Check::warn("clock", message, hint);
    }
    let hint = text!(
        "set the clock of this machine by a time server (NTP)",
        "ustaw zegar komputera według serwera czasu (NTP)"
    );
    if skew.abs() < SKEW_MAX {
        Check::warn("clock", message, hint)
    } else {
        Check::fail("clock", Exit::Failed, message, hint)
    }
}

/// What the Ministry's status service says. It is advice: nothing fails because of it.
pub(super) async fn latarnia(context: &Context, connection: &Connection) -> Option<Check> {
    let latarnia = connection.anonymous(context).client().latarnia()?;
    let system = match latarnia.status().await {
        Ok(system) => system,
        Err(error) => {
            let silent = text!(
                "does not tell how KSeF is ({error}); that means nothing",
                "nie podaje stanu KSeF ({error}); nic to nie znaczy"
            );
            return Some(Check::ok("latarnia", silent));
        }
    };
    let state = crate::latarnia::state(&system.status);
    if system.status == SystemState::Available {
        return Some(Check::ok("latarnia", state));
    }
    let mut check = Check::warn(
        "latarnia",
        state,
        text!(
            "the law may allow an offline mode now; whether KSeF can be reached says the line \"server\"",
            "przepisy mogą teraz dopuszczać tryb offline; o tym, czy KSeF odpowiada, mówi wiersz „server”"
        ),
    );
    let told = system.messages.iter().map(crate::latarnia::message);
    check.hints.extend(told.map(Text::verbatim));
    Some(check)
}

/// There is a usable public key for each use.
pub(super) async fn public_keys(context: &Context, connection: &Connection) -> Vec<Check> {
    match connection.anonymous(context).client().public_keys().await {
        Err(error) => vec![Check::of_error("public keys", &Error::from(error))],
        Ok(keys) => {
            // By the server's time: a sandbox may live in another one.
            let now = match connection.control_url {
                Some(_) => keys.iter().map(|key| key.valid_from).max(),
                None => None,
            };
            let now = now.unwrap_or_else(|| context.clock.now());
            [
                PublicKeyUsage::SymmetricKeyEncryption,
                PublicKeyUsage::KsefTokenEncryption,
            ]
            .map(|usage| public_key(&keys, &usage, now))
            .into()
        }
    }
}

fn public_key(keys: &[PublicKeyCertificate], usage: &PublicKeyUsage, now: Timestamp) -> Check {
    let usable = keys
        .iter()
        .filter(|key| key.serves(usage, now))
        .max_by_key(|key| key.valid_from);
    match usable {
        Some(key) => Check::ok(
            "public keys",
            text!(
                "{usage}: {id}, valid until {until}",
                "{usage}: {id}, ważny do {until}",
                id = key.public_key_id,
                until = moment(key.valid_to)
            ),
        ),
        None => Check::fail(
            "public keys",
            Exit::Unavailable,
            text!(
                "no valid key for {usage}",
                "brak ważnego klucza dla {usage}"
            ),
            text!(
                "nothing can be sent until KSeF publishes one; check the clock of this machine, then wait",
                "dopóki KSeF nie opublikuje klucza, niczego nie można wysłać; sprawdź zegar komputera, potem poczekaj"
            ),
        ),
    }
}

/// Logging in works.
pub(super) async fn login(context: &Context, connection: &Connection) -> Check {
    let who = match connection.who(context) {
        Ok(who) => who,
        Err(_) if connection.target.login == (Login::SelfSigned {}) => {
            return Check::ok(
                "login",
                text!(
                    "not tried: no context was given (--context NIP)",
                    "nie sprawdzono: nie podano kontekstu (--context NIP)"
                ),
            );
        }
        Err(error) => return Check::of_error("login", &error),
    };
    if connection.target.login == (Login::External {}) {
        let kept = connection.logins().all().unwrap_or_default();
        let lives = |kept: &Kept| {
            let refresh = kept.tokens.refresh.as_ref();
            kept.key.context == who
                && refresh.is_some_and(|bearer| bearer.valid_until > context.clock.now())
        };
        if !kept.iter().any(lives) {
            return Check::warn(
                "login",
                text!(
                    "not logged in on behalf of {who}",
                    "brak logowania w imieniu {who}"
                ),
                text!(
                    "run: ksef auth sign --prepare -o request.xml",
                    "uruchom: ksef auth sign --prepare -o request.xml"
                ),
            );
        }
    }
    let ksef = match connection.ksef_for(context, who) {
        Ok(ksef) => ksef,
        Err(error) => return Check::of_error("login", &error),
    };
    match ksef.client().authenticate().await {
        Ok(bearer) => Check::ok(
            "login",
            text!(
                "on behalf of {who}, valid until {until}",
                "w imieniu {who}, ważne do {until}",
                until = moment(bearer.valid_until())
            ),
        ),
        Err(error) => Check::of_error("login", &Error::from(error)),
    }
}

const SKEW_NOTABLE: SignedDuration = SignedDuration::from_secs(10);
/// More than this and documents are dated wrongly.
const SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);

#[cfg(test)]
mod tests {
    use super::super::check::Level;
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_skew_is_measured_from_the_nearer_end() {
        let (before, after) = (at("2026-11-21T08:00:00Z"), at("2026-11-21T08:00:02Z"));
        assert_eq!(
            skew(before, after, at("2026-11-21T08:00:01Z")),
            SignedDuration::ZERO
        );
        let ahead = skew(before, after, at("2026-11-21T07:00:00Z"));
        assert_eq!(ahead, SignedDuration::from_hours(1));
        let behind = skew(before, after, at("2026-11-21T09:00:02Z"));
        assert_eq!(behind, SignedDuration::from_hours(-1));
    }

    #[test]
    fn an_hour_is_a_failure_a_minute_a_warning() {
        assert_eq!(clock(SignedDuration::from_secs(3), false).level, Level::Ok);
        assert_eq!(
            clock(SignedDuration::from_mins(1), false).level,
            Level::Warn
        );
        assert_eq!(
            clock(SignedDuration::from_hours(-1), false).level,
            Level::Fail
        );
        assert_eq!(
            clock(SignedDuration::from_hours(-1), true).level,
            Level::Warn
        );
    }
}
