//! Limits that a test changes for its context or subject.

use ksef_api::operation::{RateGroup, RateLimit, testdata as operation};
use ksef_api::ops::limits::{
    CertificateLimits, CollectiveIdentifierLimits, ContextLimits, EnrollmentLimits, RateLimits,
    SessionLimits, SubjectLimits,
};
use ksef_core::context::SubjectIdentifier;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::router::Routes;
use crate::world::limits::TEST_FACTOR;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::SET_SESSION_LIMITS, set_session_limits)
        .with(&operation::RESET_SESSION_LIMITS, reset_session_limits)
        .with(&operation::SET_SUBJECT_LIMITS, set_subject_limits)
        .with(&operation::RESET_SUBJECT_LIMITS, reset_subject_limits)
        .with(&operation::SET_RATE_LIMITS, set_rate_limits)
        .with(&operation::RESET_RATE_LIMITS, reset_rate_limits)
        .with(
            &operation::SET_PRODUCTION_RATE_LIMITS,
            set_production_rate_limits,
        )
}

fn set_session_limits(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let online = session_limits(&fields, "onlineSession", &mut violations);
    let batch = session_limits(&fields, "batchSession", &mut violations);
    // Clients of the API before 2.7 do not send this one.
    let collective = fields.optional_object(&mut violations, "collectiveIdentifier");
    let collective =
        collective.and_then(|fields| number(&fields, "maxInvoices", 2..=5_000, &mut violations));
    let (Some(online_session), Some(batch_session), true) = (online, batch, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    let collective_identifier = collective
        .map_or_else(CollectiveIdentifierLimits::default, |max_invoices| {
            CollectiveIdentifierLimits { max_invoices }
        });
    let limits = ContextLimits {
        online_session,
        batch_session,
        collective_identifier,
    };
    call.app
        .world
        .write(|state, changes| state.limits.set_context(changes, context, Some(limits)));
    Ok(Reply::empty(call))
}

fn reset_session_limits(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    call.app
        .world
        .write(|state, changes| state.limits.set_context(changes, context, None));
    Ok(Reply::empty(call))
}

fn session_limits(
    fields: &Fields<'_>,
    name: &str,
    violations: &mut Violations,
) -> Option<SessionLimits> {
    let fields = fields.object(violations, name)?;
    let plain = number(&fields, "maxInvoiceSizeInMB", 0..=5, violations);
    let with_attachment = number(
        &fields,
        "maxInvoiceWithAttachmentSizeInMB",
        0..=10,
        violations,
    );
    let invoices = number(&fields, "maxInvoices", 0..=100_000, violations);
    Some(SessionLimits {
        max_invoice_size_in_mb: plain?,
        max_invoice_with_attachment_size_in_mb: with_attachment?,
        max_invoices: invoices?,
    })
}

fn set_subject_limits(call: &Call) -> Result<Reply, Failure> {
    let subject = call.caller()?.subject;
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let kind = fields.value("subjectIdentifierType").is_some().then(|| {
        let kinds = ["Nip", "Pesel", "Fingerprint"];
        fields.choice(&mut violations, "subjectIdentifierType", |text| {
            kinds
                .into_iter()
                .find(|kind| kind.eq_ignore_ascii_case(text))
        })
    });
    let mut limit = |object: &str, name: &str| {
        let fields = fields.optional_object(&mut violations, object)?;
        let number = fields.optional_integer(&mut violations, name, 0..=i64::from(i32::MAX))?;
        u32::try_from(number).ok()
    };
    let max_enrollments = limit("enrollment", "maxEnrollments");
    let max_certificates = limit("certificate", "maxCertificates");
    violations.done()?;
    let limits = SubjectLimits {
        enrollment: max_enrollments.map(|number| EnrollmentLimits {
            max_enrollments: Some(number),
        }),
        certificate: max_certificates.map(|number| CertificateLimits {
            max_certificates: Some(number),
        }),
    };
    call.app.world.write(|state, changes| {
        let subject = of_kind(
            state.subjects.identities_of(&subject),
            subject,
            kind.flatten(),
        );
        state.limits.set_subject(changes, subject, Some(limits));
    });
    Ok(Reply::empty(call))
}

fn reset_subject_limits(call: &Call) -> Result<Reply, Failure> {
    let subject = call.caller()?.subject;
    call.app.world.write(|state, changes| {
        for identity in state.subjects.identities_of(&subject) {
            state.limits.set_subject(changes, identity, None);
        }
    });
    Ok(Reply::empty(call))
}

/// The identity of the asked kind; the subject itself when there is none.
fn of_kind(
    identities: Vec<SubjectIdentifier>,
    subject: SubjectIdentifier,
    kind: Option<&str>,
) -> SubjectIdentifier {
    let wanted = kind.and_then(|kind| {
        identities
            .into_iter()
            .find(|identity| identity.kind() == kind)
    });
    wanted.unwrap_or(subject)
}

fn set_rate_limits(call: &Call) -> Result<Reply, Failure> {
    let body = call.json_object()?;
    let mut violations = Violations::default();
    let mut asked = Vec::new();
    if let Some(groups) = Fields::of(&body).object(&mut violations, "rateLimits") {
        for &(group, is_required) in CHANGEABLE {
            let name = group.as_str();
            let values = if is_required {
                groups.object(&mut violations, name)
            } else {
                groups.optional_object(&mut violations, name)
            };
            let limit = values.and_then(|values| rate_limit(&values, group, &mut violations));
            asked.extend(limit.map(|limit| (group, limit)));
        }
    }
    violations.done()?;
    override_rates(call, |group, usual| {
        asked
            .iter()
            .find(|(known, _)| *known == group)
            .map_or(usual, |(_, limit)| *limit)
    })
}

fn reset_rate_limits(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    call.app
        .world
        .write(|state, changes| state.limits.set_rates(changes, context, None));
    call.app.limiter.forget(&context);
    Ok(Reply::empty(call))
}

fn set_production_rate_limits(call: &Call) -> Result<Reply, Failure> {
    override_rates(call, |group, _| group.production())
}

fn override_rates(
    call: &Call,
    limit: impl Fn(RateGroup, RateLimit) -> RateLimit,
) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    let profile = call.app.limit_profile();
    call.app.world.write(|state, changes| {
        let limits = RateLimits::from_groups(|group| {
            limit(group, crate::world::limits::of_profile(profile, group))
        });
        state.limits.set_rates(changes, context, Some(limits));
    });
    call.app.limiter.forget(&context);
    Ok(Reply::empty(call))
}

/// Each window from 1 to ten times what production allows, as the maxima of the real TEST were.
fn rate_limit(
    fields: &Fields<'_>,
    group: RateGroup,
    violations: &mut Violations,
) -> Option<RateLimit> {
    let most = group.production().times(TEST_FACTOR);
    let mut window = |name, most: Option<u32>| {
        number(
            fields,
            name,
            1..=i64::from(most.unwrap_or(u32::MAX)),
            violations,
        )
    };
    let per_second = window("perSecond", most.per_second);
    let per_minute = window("perMinute", most.per_minute);
    let per_hour = window("perHour", most.per_hour);
    Some(RateLimit::new(per_second?, per_minute?, per_hour?))
}

fn number(
    fields: &Fields<'_>,
    name: &str,
    bounds: std::ops::RangeInclusive<i64>,
    violations: &mut Violations,
) -> Option<u32> {
    fields
        .integer(violations, name, bounds)
        .and_then(|number| u32::try_from(number).ok())
}

/// The groups that can be changed, and whether they must be named. The contract wants all of them, the live TEST does
/// without the two that came later: older clients know nothing of collective identifiers and of the export status.
const CHANGEABLE: &[(RateGroup, bool)] = &[
    (RateGroup::OnlineSession, true),
    (RateGroup::BatchSession, true),
    (RateGroup::InvoiceSend, true),
    (RateGroup::InvoiceStatus, true),
    (RateGroup::SessionList, true),
    (RateGroup::SessionInvoiceList, true),
    (RateGroup::SessionMisc, true),
    (RateGroup::InvoiceMetadata, true),
    (RateGroup::InvoiceExport, true),
    (RateGroup::InvoiceExportStatus, false),
    (RateGroup::InvoiceDownload, true),
    (RateGroup::CollectiveIdentifier, false),
    (RateGroup::Other, true),
];
