//! `GET /sessions`.

use jiff::Timestamp;
use ksef_api::ops::sessions::{SessionPhase, SessionSummary, SessionType, Sessions};
use ksef_api::status::SessionStatus;
use ksef_core::reference::SessionKind;

use super::status::status_info;
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::Violations;
use crate::page::Pages;
use crate::processing;
use crate::world::sessions::SessionRecord;

pub(super) fn list(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let filter = Filter::read(call)?;
    processing::close_overdue(&call.app, call.now);
    let answer = call.app.world.read(|state| {
        let sees_all = super::sees_all(caller);
        let fitting = state
            .sessions
            .newest_first(&caller.context)
            .filter(|session| {
                sees_all
                    || state
                        .subjects
                        .are_the_same(&session.opener, &caller.subject)
            })
            .filter(|session| filter.fits(session));
        let pages = Pages {
            links: state.links(),
            scope: &format!("sessions|{}", caller.context),
            size: filter.page_size,
        };
        let (page, continuation_token) = pages.cut(call.continuation(), fitting, |session| {
            (session.created, session.reference)
        })?;
        Ok::<_, Failure>(Sessions {
            continuation_token,
            sessions: page.into_iter().map(summary).collect(),
        })
    });
    Reply::json(call, &answer?)
}

fn summary(session: &SessionRecord) -> SessionSummary {
    SessionSummary {
        reference_number: session.reference,
        status: status_info(session),
        date_created: session.created,
        date_updated: session.updated,
        valid_until: Some(session.valid_until),
        total_invoice_count: session.total,
        successful_invoice_count: session.successful,
        failed_invoice_count: session.failed,
    }
}

struct Filter {
    kind: SessionKind,
    reference: Option<String>,
    created: (Option<Timestamp>, Option<Timestamp>),
    closed: (Option<Timestamp>, Option<Timestamp>),
    modified: (Option<Timestamp>, Option<Timestamp>),
    phases: Vec<SessionPhase>,
    page_size: usize,
}

impl Filter {
    fn read(call: &Call) -> Result<Self, Failure> {
        let mut violations = Violations::default();
        let query = &call.query;
        let known_type =
            |text: &str| Some(SessionType::from_name(text)).filter(SessionType::is_known);
        if query.text("sessionType").is_none() {
            violations.missing("sessionType");
        }
        let session_type = query.choice(&mut violations, "sessionType", known_type);
        let known_phase =
            |text: &str| Some(SessionPhase::from_name(text)).filter(SessionPhase::is_known);
        let mut range = |from: &str, to: &str| {
            (
                query.instant(&mut violations, from),
                query.instant(&mut violations, to),
            )
        };
        let created = range("dateCreatedFrom", "dateCreatedTo");
        let closed = range("dateClosedFrom", "dateClosedTo");
        let modified = range("dateModifiedFrom", "dateModifiedTo");
        let filter = Self {
            kind: match session_type {
                Some(SessionType::Batch) => SessionKind::Batch,
                _ => SessionKind::Online,
            },
            reference: query.text("referenceNumber").map(str::to_owned),
            created,
            closed,
            modified,
            phases: query.choices(&mut violations, "statuses", known_phase),
            page_size: query.page_size(&mut violations, PAGE_SIZES),
        };
        violations.done()?;
        Ok(filter)
    }

    fn fits(&self, session: &SessionRecord) -> bool {
        session.kind() == self.kind
            && self
                .reference
                .as_deref()
                .is_none_or(|wanted| wanted == session.reference.as_str())
            && within(Some(session.created), &self.created)
            && within(session.closed, &self.closed)
            && within(Some(session.updated), &self.modified)
            && (self.phases.is_empty() || self.phases.contains(&phase(session.status())))
    }
}

/// Whether an instant lies in a range; one that is missing lies in none but the open one.
fn within(instant: Option<Timestamp>, range: &(Option<Timestamp>, Option<Timestamp>)) -> bool {
    match (range, instant) {
        ((None, None), _) => true,
        (_, None) => false,
        ((from, to), Some(instant)) => {
            from.is_none_or(|from| from <= instant) && to.is_none_or(|to| instant <= to)
        }
    }
}

fn phase(status: SessionStatus) -> SessionPhase {
    match status.code() {
        ..200 => SessionPhase::InProgress,
        200..400 => SessionPhase::Succeeded,
        440 => SessionPhase::Cancelled,
        _ => SessionPhase::Failed,
    }
}

/// Entries of a page.
pub(super) const PAGE_SIZES: std::ops::RangeInclusive<i64> = 10..=1000;
