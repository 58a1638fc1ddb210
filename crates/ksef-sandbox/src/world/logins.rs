//! Challenges and authentications.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::certificates::EnrollmentData;
use ksef_api::status::{AuthStatus, StatusInfo};
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{AuthRef, Challenge, TokenRef};
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};
use crate::ip_policy::IpPolicy;

/// A challenge that was not used yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChallengeRecord {
    pub(crate) challenge: Challenge,
    pub(crate) issued: Timestamp,
}

impl Record for ChallengeRecord {
    const TABLE: &'static str = "challenges";
    type Key = Challenge;

    fn key(&self) -> Challenge {
        self.challenge
    }
}

/// How somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Method {
    /// With a signed document.
    Signature {
        /// SHA-256 of the document exactly as received.
        document: Sha256Digest,
        /// What kind of certificate it was.
        kind: SignatureKind,
    },
    /// With a KSeF token; `None` when it turned out to be none.
    Token(Option<TokenRef>),
}

impl Method {
    /// The KSeF token.
    pub(crate) fn ksef_token(&self) -> Option<TokenRef> {
        match self {
            Self::Signature { .. } => None,
            Self::Token(token) => *token,
        }
    }
}

/// Kinds of certificates that people sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SignatureKind {
    /// Of a person.
    Person,
    /// Of a company.
    Seal,
    /// Of a Peppol provider.
    Peppol,
}

/// An authentication, later the session that its tokens belong to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Login {
    pub(crate) reference: AuthRef,
    pub(crate) context: ContextIdentifier,
    pub(crate) subject: SubjectIdentifier,
    pub(crate) method: Method,
    pub(crate) ip_policy: IpPolicy,
    pub(crate) started: Timestamp,
    /// What the certificate says of its holder; none with a KSeF token.
    #[serde(default)]
    pub(crate) holder: Option<EnrollmentData>,
    /// The KSeF certificate that was used.
    #[serde(default)]
    pub(crate) certificate: Option<CertificateSerial>,
    /// By the machine's clock: when the outcome shows.
    pub(crate) ready: Timestamp,
    /// How it ends: 200, or why not.
    pub(crate) outcome: StatusInfo,
    pub(crate) redeemed: bool,
    pub(crate) refreshed: Option<Timestamp>,
    pub(crate) refresh_valid_until: Option<Timestamp>,
    pub(crate) revoked: bool,
}

impl Login {
    /// The status at an instant of the machine's clock.
    pub(crate) fn status(&self, machine_now: Timestamp) -> StatusInfo {
        if machine_now < self.ready {
            AuthStatus::from_code(100).to_info()
        } else if self.revoked {
            AuthStatus::from_code(425)
                .to_info()
                .with_detail(REVOKED_DETAIL)
        } else {
            self.outcome.clone()
        }
    }

    /// Do its refresh tokens still work at `now`?
    pub(crate) fn is_active(&self, now: Timestamp) -> bool {
        self.redeemed && !self.revoked && self.refresh_valid_until.is_some_and(|end| now < end)
    }
}

impl Record for Login {
    const TABLE: &'static str = "logins";
    type Key = AuthRef;

    fn key(&self) -> AuthRef {
        self.reference
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Logins {
    challenges: Collection<ChallengeRecord>,
    logins: Collection<Login>,
    by_context: HashMap<ContextIdentifier, Vec<AuthRef>>,
    /// So many challenges are kept before those that have ended are looked for.
    forget_challenges_at: usize,
    /// So many authentications are kept before old ones are looked for.
    forget_at: usize,
}

impl Default for Logins {
    fn default() -> Self {
        Self {
            challenges: Collection::default(),
            logins: Collection::default(),
            by_context: HashMap::new(),
            forget_challenges_at: CHALLENGES_KEPT,
            forget_at: LOGINS_KEPT,
        }
    }
}

impl Logins {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let logins = Collection::<Login>::load(loader)?;
        let mut by_context: HashMap<_, Vec<_>> = HashMap::new();
        let forget_at = LOGINS_KEPT.max(logins.len() * 2);
        for login in logins.values() {
            by_context
                .entry(login.context)
                .or_default()
                .push(login.reference);
        }
        Ok(Self {
            challenges: Collection::load(loader)?,
            logins,
            by_context,
            forget_challenges_at: CHALLENGES_KEPT,
            forget_at,
        })
    }

    /// Every authentication that is kept, in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Login> {
        self.logins.values()
    }

    /// Remembers a challenge and forgets those that have ended, when there are many.
    pub(crate) fn challenge(
        &mut self,
        changes: &mut Changes,
        challenge: Challenge,
        now: Timestamp,
    ) {
        if self.challenges.len() >= self.forget_challenges_at {
            self.challenges
                .remove_where(changes, |known| has_ended(known, now));
            self.forget_challenges_at = CHALLENGES_KEPT.max(self.challenges.len() * 2);
        }
        self.challenges.insert(
            changes,
            ChallengeRecord {
                challenge,
                issued: now,
            },
        );
    }

    /// When a usable challenge was issued.
    pub(crate) fn challenge_issued(
        &self,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let known = self.challenges.get(challenge)?;
        (!has_ended(known, now)).then_some(known.issued)
    }

    /// Uses a challenge up; `None` when it is unknown, used or has ended.
    pub(crate) fn use_challenge(
        &mut self,
        changes: &mut Changes,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let issued = self.challenge_issued(challenge, now)?;
        self.challenges.remove(changes, challenge);
        Some(issued)
    }

    /// Adds an authentication, and forgets old ones when there are many.
    pub(crate) fn insert(&mut self, changes: &mut Changes, login: Login) {
        if self.logins.len() >= self.forget_at {
            self.forget(changes, login.started);
        }
        self.by_context
            .entry(login.context)
            .or_default()
            .push(login.reference);
        self.logins.insert(changes, login);
    }

    /// Forgets authentications whose tokens and status have ended.
    fn forget(&mut self, changes: &mut Changes, now: Timestamp) {
        self.logins.remove_where(changes, |login| {
            now.duration_since(login.started) >= REFRESH_TOKEN_LIFETIME * 2
        });
        let logins = &self.logins;
        self.by_context.retain(|_, references| {
            references.retain(|reference| logins.contains(reference));
            !references.is_empty()
        });
        self.forget_at = LOGINS_KEPT.max(self.logins.len() * 2);
    }

    /// The authentication with this reference.
    pub(crate) fn get(&self, reference: &AuthRef) -> Option<&Login> {
        self.logins.get(reference)
    }

    /// Changes an authentication, never its context.
    pub(crate) fn update<T>(
        &mut self,
        changes: &mut Changes,
        reference: &AuthRef,
        change: impl FnOnce(&mut Login) -> T,
    ) -> Option<T> {
        self.logins.update(changes, reference, change)
    }

    /// Authentications into a context in the order in which they began.
    pub(crate) fn of_context(&self, context: &ContextIdentifier) -> impl Iterator<Item = &Login> {
        let references = self
            .by_context
            .get(context)
            .map(Vec::as_slice)
            .unwrap_or_default();
        references
            .iter()
            .filter_map(|reference| self.logins.get(reference))
    }
}

fn has_ended(challenge: &ChallengeRecord, now: Timestamp) -> bool {
    now.duration_since(challenge.issued) >= CHALLENGE_LIFETIME
}

/// How long a challenge can be used.
pub(crate) const CHALLENGE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How long the operation token works.
pub(crate) const OPERATION_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(45);
/// How long an access token works.
pub(crate) const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// How long a refresh token works, and how long the status of an authentication can be asked for.
pub(crate) const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

const CHALLENGES_KEPT: usize = 10_000;
const LOGINS_KEPT: usize = 10_000;
const REVOKED_DETAIL: &str =
    "Uwierzytelnienie i powiązane refresh tokeny zostały unieważnione przez użytkownika";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_works_once_and_for_ten_minutes() {
        let mut logins = Logins::default();
        let mut changes = Changes::new(false);
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        let [one, two] =
            [1, 2].map(|low| Challenge::generate(jiff::civil::date(2026, 11, 21), 1, low));
        logins.challenge(&mut changes, one, now);
        logins.challenge(&mut changes, two, now);
        let just_before = now + SignedDuration::from_secs(599);
        assert_eq!(
            logins.use_challenge(&mut changes, &one, just_before),
            Some(now)
        );
        assert_eq!(logins.use_challenge(&mut changes, &one, just_before), None);
        assert_eq!(
            logins.use_challenge(&mut changes, &two, now + CHALLENGE_LIFETIME),
            None
        );
    }

    #[test]
    fn old_logins_are_forgotten_when_there_are_many() {
        let mut logins = Logins {
            forget_at: 3,
            ..Logins::default()
        };
        let mut changes = Changes::new(false);
        let begin: Timestamp = "2026-11-01T08:00:00Z".parse().unwrap();
        let login = |low, days: i64| Login {
            reference: AuthRef::generate(jiff::civil::date(2026, 11, 1), 1, low),
            context: "Nip:5265877635".parse().unwrap(),
            subject: "Nip:5265877635".parse().unwrap(),
            method: Method::Token(None),
            ip_policy: IpPolicy::default(),
            started: begin + SignedDuration::from_hours(24 * days),
            holder: None,
            certificate: None,
            ready: begin,
            outcome: AuthStatus::from_code(200).to_info(),
            redeemed: true,
            refreshed: None,
            refresh_valid_until: None,
            revoked: false,
        };
        for (low, days) in [(1, 0), (2, 1), (3, 13), (4, 15)] {
            logins.insert(&mut changes, login(low, days));
        }
        let kept: Vec<_> = logins
            .of_context(&"Nip:5265877635".parse().unwrap())
            .collect();
        let kept: Vec<_> = kept.iter().map(|login| login.reference).collect();
        assert_eq!(kept, [login(3, 0).reference, login(4, 0).reference]);
        assert_eq!(
            logins
                .get(&login(1, 0).reference)
                .map(|login| login.reference),
            None
        );
        assert!(logins.forget_at >= LOGINS_KEPT);
    }
}
