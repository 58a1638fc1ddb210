//! Latarnia's messages as announcements: what makes no sense is left out, and silence changes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_core::environment::EnvironmentKind;
use ksef_core::offline_deadline::OutageKind;
use ksef_sdk::latarnia::{Message, MessageCategory, MessageType};

use super::announcements::{Announcement, Announcements, Source};
use crate::connect::Connection;
use crate::context::Context;
use crate::lang::text;

/// Asks Latarnia and keeps what it announces with the outbox in `folder`. Never fails: what goes wrong is told as a note,
/// and everything stays as it was.
pub(crate) async fn listen(context: &Context, connection: &Connection, folder: &std::path::Path) {
    let printer = &context.printer;
    let Some(latarnia) = connection.anonymous(context).client().latarnia() else {
        return;
    };
    let said = latarnia.with_wait_max(WAIT_MAX).messages().await;
    let messages = match said {
        Ok(messages) => messages,
        Err(error) => {
            tracing::debug!(%error, "Latarnia does not tell");
            printer.note(&text!(
                "Latarnia does not answer; deadlines are counted by what is known here",
                "Latarnia nie odpowiada; terminy liczone są według tego, co już wiadomo"
            ));
            return;
        }
    };
    let now = match connection.control_url {
        // A sandbox has a clock of its own.
        Some(_) => Timestamp::MAX,
        None => context.clock.now(),
    };
    let heard = heard(&messages, now, context.clock.now());
    if heard.is_empty() {
        return;
    }
    if matches!(
        connection.environment.kind(),
        EnvironmentKind::Test | EnvironmentKind::Demo
    ) {
        printer.note(&text!(
            "the Latarnia of the test environments always says the same; what it announces has no legal effect",
            "Latarnia środowisk testowych zawsze mówi to samo; jej komunikaty nie mają skutków prawnych"
        ));
    }
    let kept = Announcements::update(folder, |known| {
        let mut is_new = false;
        for one in heard {
            is_new |= known.take(one);
        }
        is_new
    });
    if let Err(fault) = kept {
        printer.warn(&super::words::announcements_fault(&fault));
    }
}

/// What the messages announce, one for each event: its newest start and its newest end. `now` is KSeF's time.
fn heard(messages: &[Message], now: Timestamp, recorded: Timestamp) -> Vec<Announcement> {
    let mut events: BTreeMap<i64, Vec<&Message>> = BTreeMap::new();
    for message in messages {
        events.entry(message.event_id).or_default().push(message);
    }
    let announcement = |(event, messages): (i64, Vec<&Message>)| {
        let newest = |kind: MessageType| {
            let of_kind = messages.iter().filter(|message| message.kind == kind);
            of_kind.max_by_key(|message| message.version).copied()
        };
        let end = newest(MessageType::FailureEnd);
        let first = newest(MessageType::FailureStart)
            .or_else(|| newest(MessageType::MaintenanceAnnouncement))
            .or(end)?;
        let one = Announcement {
            source: Source::Latarnia(event),
            kind: match first.category {
                MessageCategory::Failure => OutageKind::Failure,
                MessageCategory::TotalFailure => OutageKind::TotalFailure,
                MessageCategory::Maintenance => OutageKind::Unavailability,
                _ => return None,
            },
            start: first.start,
            // The end of a failure is what its own message says, or when that was published.
            end: match end {
                Some(end) => Some(end.end.unwrap_or(end.published)),
                None => first.end,
            },
            title: Some(first.title.clone()),
            recorded,
        };
        is_sound(&one, now).then_some(one)
    };
    events.into_iter().filter_map(announcement).collect()
}

/// Whether an announcement can be: it ends after it begins, a failure does not begin in the future, and nothing that was
/// ever announced lasted so long.
fn is_sound(one: &Announcement, now: Timestamp) -> bool {
    let is_future = one.kind != OutageKind::Unavailability && one.start > now;
    let lasts = one.end.map(|end| end.duration_since(one.start));
    let is_sound = !is_future && lasts.is_none_or(|lasts| !lasts.is_negative() && lasts <= LONGEST);
    if !is_sound {
        tracing::warn!(
            ?one,
            "Latarnia's announcement makes no sense and is not counted"
        );
    }
    is_sound
}

/// It is advice: nobody waits long for it.
const WAIT_MAX: Duration = Duration::from_secs(3);
/// 60 days.
const LONGEST: SignedDuration = SignedDuration::from_hours(60 * 24);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(
        event: i64,
        category: &str,
        kind: &str,
        times: (&str, Option<&str>),
        version: i64,
    ) -> Message {
        let (start, end) = times;
        serde_json::from_value(json!({
            "id": format!("m-{event}-{kind}"), "eventId": event, "category": category, "type": kind,
            "title": "t", "text": "x", "start": start, "end": end, "version": version,
            "published": "2026-11-03T09:00:00Z",
        }))
        .unwrap()
    }

    fn hear(messages: &[Message]) -> Vec<(i64, OutageKind, String, Option<String>)> {
        let now = "2026-11-10T00:00:00Z".parse().unwrap();
        let heard = heard(messages, now, now).into_iter().map(|one| {
            let Source::Latarnia(event) = one.source else {
                panic!("{one:?}")
            };
            (
                event,
                one.kind,
                one.start.to_string(),
                one.end.map(|end| end.to_string()),
            )
        });
        heard.collect()
    }

    #[test]
    fn start_and_end_of_an_event_are_one_announcement() {
        let start = "2026-11-02T08:00:00Z";
        let begin = |version, start| message(7, "FAILURE", "FAILURE_START", (start, None), version);
        let known = |end: Option<&str>| {
            let end = end.map(str::to_owned);
            vec![(7, OutageKind::Failure, start.to_owned(), end)]
        };
        assert_eq!(hear(&[begin(1, start)]), known(None));
        assert_eq!(
            hear(&[begin(1, "2026-11-01T08:00:00Z"), begin(2, start)]),
            known(None)
        );
        let end = "2026-11-03T10:00:00Z";
        let over = message(7, "FAILURE", "FAILURE_END", (start, Some(end)), 1);
        assert_eq!(hear(&[over.clone(), begin(1, start)]), known(Some(end)));
        assert_eq!(hear(&[over]), known(Some(end)));
        let over = message(7, "FAILURE", "FAILURE_END", (start, None), 1);
        assert_eq!(
            hear(&[over]),
            known(Some("2026-11-03T09:00:00Z")),
            "when it was published"
        );
    }

    #[test]
    fn maintenance_may_come_and_total_failures_are_named() {
        let times = ("2026-11-20T00:00:00Z", Some("2026-11-20T06:00:00Z"));
        let maintenance = message(1, "MAINTENANCE", "MAINTENANCE_ANNOUNCEMENT", times, 1);
        let total = message(
            2,
            "TOTAL_FAILURE",
            "FAILURE_START",
            ("2026-11-02T08:00:00Z", None),
            1,
        );
        let heard = hear(&[maintenance, total]);
        assert_eq!(heard[0].1, OutageKind::Unavailability);
        assert_eq!(heard[1].1, OutageKind::TotalFailure);
    }

    #[test]
    fn nonsense_is_not_heard() {
        let (early, late) = ("2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z");
        for nonsense in [
            message(1, "FAILURE", "FAILURE_END", (late, Some(early)), 1),
            message(
                2,
                "FAILURE",
                "FAILURE_START",
                ("2026-11-10T00:00:01Z", None),
                1,
            ),
            message(
                3,
                "FAILURE",
                "FAILURE_END",
                ("2025-01-01T00:00:00Z", Some(late)),
                1,
            ),
            message(4, "SOLAR_FLARE", "FAILURE_START", (early, None), 1),
            message(5, "FAILURE", "FAILURE_RUMOUR", (early, None), 1),
        ] {
            assert_eq!(hear(&[nonsense]), []);
        }
    }
}
