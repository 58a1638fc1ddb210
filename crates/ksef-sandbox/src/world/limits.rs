//! Limits that were changed for a context or a subject.

use ksef_api::operation::{RateGroup, RateLimit};
use ksef_api::ops::limits::{
    CertificateLimits, ContextLimits, EnrollmentLimits, RateLimits, SubjectLimits,
};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};
use crate::builder::LimitProfile;

/// Request limits of a context.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RateOverride {
    context: ContextIdentifier,
    limits: RateLimits,
}

/// Limits of the sessions of a context.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ContextOverride {
    context: ContextIdentifier,
    limits: ContextLimits,
}

/// Limits of the certificates of a subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SubjectOverride {
    subject: SubjectIdentifier,
    limits: SubjectLimits,
}

impl Record for RateOverride {
    const TABLE: &'static str = "rate_limits";
    type Key = ContextIdentifier;

    fn key(&self) -> ContextIdentifier {
        self.context
    }
}

impl Record for ContextOverride {
    const TABLE: &'static str = "context_limits";
    type Key = ContextIdentifier;

    fn key(&self) -> ContextIdentifier {
        self.context
    }
}

impl Record for SubjectOverride {
    const TABLE: &'static str = "subject_limits";
    type Key = SubjectIdentifier;

    fn key(&self) -> SubjectIdentifier {
        self.subject
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    rates: Collection<RateOverride>,
    contexts: Collection<ContextOverride>,
    subjects: Collection<SubjectOverride>,
}

impl Limits {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            rates: Collection::load(loader)?,
            contexts: Collection::load(loader)?,
            subjects: Collection::load(loader)?,
        })
    }

    /// The request limit of a group for a context, or for nobody in particular.
    pub(crate) fn rate(
        &self,
        context: Option<&ContextIdentifier>,
        group: RateGroup,
        profile: LimitProfile,
    ) -> RateLimit {
        match context.and_then(|context| self.rates.get(context)) {
            Some(changed) => changed.limits.limit(group),
            None => of_profile(profile, group),
        }
    }

    /// Every request limit of a context.
    pub(crate) fn rates(&self, context: &ContextIdentifier, profile: LimitProfile) -> RateLimits {
        RateLimits::from_groups(|group| self.rate(Some(context), group, profile))
    }

    /// Changes the request limits of a context, all groups together; `None` restores those of the profile.
    pub(crate) fn set_rates(
        &mut self,
        changes: &mut Changes,
        context: ContextIdentifier,
        limits: Option<RateLimits>,
    ) {
        match limits {
            Some(limits) => self.rates.insert(changes, RateOverride { context, limits }),
            None => drop(self.rates.remove(changes, &context)),
        }
    }

    /// Sizes and numbers that the sessions of a context allow.
    pub(crate) fn context(&self, context: &ContextIdentifier) -> ContextLimits {
        self.contexts
            .get(context)
            .map(|changed| changed.limits)
            .unwrap_or_default()
    }

    /// Changes them; `None` restores the defaults.
    pub(crate) fn set_context(
        &mut self,
        changes: &mut Changes,
        context: ContextIdentifier,
        limits: Option<ContextLimits>,
    ) {
        match limits {
            Some(limits) => self
                .contexts
                .insert(changes, ContextOverride { context, limits }),
            None => drop(self.contexts.remove(changes, &context)),
        }
    }

    /// How many certificates a subject may have.
    pub(crate) fn subject(&self, subject: &SubjectIdentifier) -> SubjectLimits {
        let (enrollments, certificates) = match subject {
            SubjectIdentifier::Nip(_) => (300, 100),
            SubjectIdentifier::Pesel(_) | SubjectIdentifier::Fingerprint(_) => (12, 6),
        };
        let changed = self
            .subjects
            .get(subject)
            .map(|changed| changed.limits)
            .unwrap_or_default();
        SubjectLimits {
            enrollment: changed
                .enrollment
                .filter(|limits| limits.max_enrollments.is_some())
                .or(Some(EnrollmentLimits {
                    max_enrollments: Some(enrollments),
                })),
            certificate: changed
                .certificate
                .filter(|limits| limits.max_certificates.is_some())
                .or(Some(CertificateLimits {
                    max_certificates: Some(certificates),
                })),
        }
    }

    /// Changes that; `None` restores the defaults.
    pub(crate) fn set_subject(
        &mut self,
        changes: &mut Changes,
        subject: SubjectIdentifier,
        limits: Option<SubjectLimits>,
    ) {
        match limits {
            Some(limits) => self
                .subjects
                .insert(changes, SubjectOverride { subject, limits }),
            None => drop(self.subjects.remove(changes, &subject)),
        }
    }
}

/// The limit of a group where nothing was changed.
pub(crate) fn of_profile(profile: LimitProfile, group: RateGroup) -> RateLimit {
    match profile {
        LimitProfile::Off => RateLimit::OFF,
        LimitProfile::Test => group.production().times(TEST_FACTOR),
        LimitProfile::Production => group.production(),
    }
}

/// How many times as much [`LimitProfile::Test`] allows.
pub(crate) const TEST_FACTOR: u32 = 10;
