use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::calendar::is_working_day;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Noon in Warsaw, or an hour beside it.
fn noon(day: Date) -> Timestamp {
    at(&format!("{day}T11:00:00Z"))
}

fn issue(mode: OfflineMode, day: Date) -> Issue {
    Issue {
        mode,
        day,
        at: noon(day),
    }
}

fn outage(kind: OutageKind, start: &str, end: &str) -> Outage {
    let end = (!end.is_empty()).then(|| at(end));
    Outage::new(kind, at(start), end).unwrap()
}

fn failure(start: &str, end: &str) -> Outage {
    outage(OutageKind::Failure, start, end)
}

#[track_caller]
fn due(issue: &Issue, outages: &[Outage]) -> Due {
    match deadline(issue, outages) {
        Deadline::Due(due) => due,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_official_example() {
    // Issued on Tuesday 8 July 2025, due on the 9th; on the 9th a failure is announced that ends on Saturday the 12th.
    // Working days after it: 14, 15, 16, 17, 18, 21, 22.
    let issue = issue(OfflineMode::Offline24, date(2025, 7, 8));
    let before = due(&issue, &[]);
    assert_eq!(before.last_day, date(2025, 7, 9));
    assert_eq!(before.basis, Basis::Issue(date(2025, 7, 8)));
    let after = due(
        &issue,
        &[failure("2025-07-09T08:00:00Z", "2025-07-12T10:00:00Z")],
    );
    assert_eq!(after.last_day, date(2025, 7, 22));
    assert_eq!(after.basis, Basis::Failure(date(2025, 7, 12)));
    assert_eq!(
        (after.basis.article(), after.basis.working_days()),
        ("106nf", 7)
    );
}

#[test]
fn the_next_working_day() {
    for (issued, last) in [
        (date(2026, 11, 27), date(2026, 11, 30)),
        (date(2026, 11, 28), date(2026, 11, 30)),
        (date(2026, 11, 30), date(2026, 12, 1)),
        // 24, 25 and 26 December are holidays, 27 is a Sunday.
        (date(2026, 12, 23), date(2026, 12, 28)),
        (date(2024, 12, 23), date(2024, 12, 24)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2026, 4, 3), date(2026, 4, 7)),
        (date(2026, 6, 3), date(2026, 6, 5)),
    ] {
        let found = due(&issue(OfflineMode::Offline24, issued), &[]);
        assert_eq!(found.last_day, last, "{issued}");
    }
}

#[test]
fn a_day_ends_when_the_next_begins_in_warsaw() {
    let ends = |issued: Date| due(&issue(OfflineMode::Offline24, issued), &[]).ends_at();
    assert_eq!(ends(date(2026, 1, 12)), at("2026-01-13T23:00:00Z"));
    assert_eq!(ends(date(2026, 7, 13)), at("2026-07-14T22:00:00Z"));
    // Around the changes of the clocks: Sunday 29 March and Sunday 25 October 2026.
    assert_eq!(ends(date(2026, 3, 26)), at("2026-03-27T23:00:00Z"));
    assert_eq!(ends(date(2026, 3, 27)), at("2026-03-30T22:00:00Z"));
    assert_eq!(ends(date(2026, 10, 23)), at("2026-10-26T23:00:00Z"));
    let found = due(&issue(OfflineMode::Offline24, date(2026, 1, 12)), &[]);
    let last = at("2026-01-13T22:59:59.999999999Z");
    assert!(!found.is_missed(last) && found.is_missed(found.ends_at()));
    assert_eq!(
        found.left(at("2026-01-13T21:00:00Z")),
        SignedDuration::from_hours(2)
    );
    assert!(found.left(at("2026-01-14T00:00:00Z")).is_negative());
}

#[test]
fn after_an_unavailability() {
    let issue = issue(OfflineMode::Unavailability, date(2026, 11, 27));
    let kind = OutageKind::Unavailability;
    let known = outage(kind, "2026-11-27T06:00:00Z", "2026-11-30T06:00:00Z");
    let found = due(&issue, &[known]);
    assert_eq!(found.last_day, date(2026, 12, 1));
    assert_eq!(found.basis, Basis::Unavailability(date(2026, 11, 30)));
    let open = outage(kind, "2026-11-27T06:00:00Z", "");
    assert_eq!(deadline(&issue, &[open]), Deadline::Open(kind));
    // Nobody announced it, or it was another day: as for offline24.
    let other = outage(kind, "2026-11-25T06:00:00Z", "2026-11-26T06:00:00Z");
    for outages in [&[][..], &[other]] {
        assert_eq!(due(&issue, outages).last_day, date(2026, 11, 30));
    }
}

#[test]
fn an_unavailability_alone_moves_no_other_mode() {
    let kind = OutageKind::Unavailability;
    let known = outage(kind, "2026-11-27T06:00:00Z", "2026-12-04T06:00:00Z");
    let issue = issue(OfflineMode::Offline24, date(2026, 11, 27));
    assert_eq!(due(&issue, &[known]).last_day, date(2026, 11, 30));
}

#[test]
fn after_a_failure_and_the_next_one() {
    let issue = issue(OfflineMode::Failure, date(2026, 11, 2));
    let first = failure("2026-11-02T07:00:00Z", "2026-11-03T07:00:00Z");
    // 4, 5, 6, 9, 10, 12, 13: the 11th is a holiday.
    assert_eq!(due(&issue, &[first]).last_day, date(2026, 11, 13));
    let second = failure("2026-11-13T20:00:00Z", "2026-11-14T07:00:00Z");
    // 16, 17, 18, 19, 20, 23, 24.
    assert_eq!(due(&issue, &[second, first]).last_day, date(2026, 11, 24));
    // A third one that only the second makes reachable.
    let third = failure("2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z");
    let last = due(&issue, &[third, first, second]);
    assert_eq!(last.last_day, date(2026, 12, 3));
    // Without the second it comes too late.
    assert_eq!(due(&issue, &[third, first]).last_day, date(2026, 11, 13));
    let late = failure("2026-11-13T23:00:00Z", "2026-11-14T07:00:00Z");
    assert_eq!(
        due(&issue, &[late, first]).last_day,
        date(2026, 11, 13),
        "announced at the instant at which it was missed"
    );
    let open = failure("2026-11-13T22:59:59Z", "");
    assert_eq!(
        deadline(&issue, &[open, first]),
        Deadline::Open(OutageKind::Failure)
    );
}

#[test]
fn what_was_over_before_does_not_count() {
    let day = date(2026, 11, 2);
    let over = failure("2026-11-02T05:00:00Z", "2026-11-02T11:00:00Z");
    let issued = issue(OfflineMode::Offline24, day);
    assert_eq!(due(&issued, &[over]).last_day, date(2026, 11, 3));
    let during = Issue {
        at: at("2026-11-02T10:59:59Z"),
        ..issued
    };
    assert_eq!(due(&during, &[over]).last_day, date(2026, 11, 12));
    // Made days later than it is dated: what counts is its date.
    let dated_back = Issue {
        at: at("2026-11-20T10:00:00Z"),
        ..issued
    };
    assert_eq!(due(&dated_back, &[over]).last_day, date(2026, 11, 3));
}

#[test]
fn midnight_belongs_to_the_day_that_it_ends() {
    let day = date(2026, 11, 2);
    let until_midnight = failure("2026-11-02T05:00:00Z", "2026-11-02T23:00:00Z");
    assert_eq!(until_midnight.last_day(), Some(day));
    assert_eq!(
        failure("2026-11-01T23:00:00Z", "2026-11-01T23:00:00Z").last_day(),
        Some(day)
    );
    let found = due(&issue(OfflineMode::Failure, day), &[until_midnight]);
    assert_eq!(found.last_day, date(2026, 11, 12));
}

#[test]
fn a_total_failure_lifts_the_duty() {
    let day = date(2026, 11, 2);
    assert_eq!(
        deadline(&issue(OfflineMode::TotalFailure, day), &[]),
        Deadline::NoDuty
    );
    let total = |start, end| outage(OutageKind::TotalFailure, start, end);
    let announced = total("2026-11-03T07:00:00Z", "2026-11-03T08:00:00Z");
    let too_late = total("2026-11-03T23:00:00Z", "");
    let open = failure("2026-11-02T12:00:00Z", "");
    for mode in [
        OfflineMode::Offline24,
        OfflineMode::Unavailability,
        OfflineMode::Failure,
    ] {
        let issue = issue(mode, day);
        assert_eq!(deadline(&issue, &[announced]), Deadline::NoDuty);
        assert_eq!(due(&issue, &[too_late]).last_day, date(2026, 11, 3));
        // While a failure has no end, the invoice waits.
        assert_eq!(deadline(&issue, &[too_late, open]), Deadline::NoDuty);
    }
}

#[test]
fn names_are_read_and_written() {
    for mode in OfflineMode::ALL {
        assert_eq!(mode.name().parse(), Ok(mode));
        assert_eq!(
            serde_json::to_string(&mode).unwrap(),
            format!("\"{}\"", mode.name())
        );
    }
    assert_eq!("offline".parse::<OfflineMode>(), Err(UnknownMode));
    let (start, end) = (at("2026-11-02T10:00:00Z"), at("2026-11-02T09:59:59Z"));
    assert_eq!(Outage::new(OutageKind::Failure, start, Some(end)), None);
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    for day in [Date::MIN, Date::MAX] {
        let issue = Issue {
            mode: OfflineMode::Offline24,
            day,
            at: Timestamp::MAX,
        };
        assert!(due(&issue, &[]).last_day >= day);
    }
    let ever = Outage::new(OutageKind::Failure, Timestamp::MIN, Some(Timestamp::MAX));
    let issue = issue(OfflineMode::Failure, date(2026, 11, 2));
    assert!(due(&issue, &[ever.unwrap()]).last_day > date(9999, 1, 1));
}

/// How much time a deadline gives, for comparing.
fn rank(deadline: &Deadline) -> (u8, Option<Date>) {
    match deadline {
        Deadline::Due(due) => (0, Some(due.last_day)),
        Deadline::Open(_) => (1, None),
        Deadline::NoDuty => (2, None),
    }
}

fn any_outage() -> impl Strategy<Value = Outage> {
    let kind = prop_oneof![
        4 => Just(OutageKind::Failure),
        2 => Just(OutageKind::Unavailability),
        1 => Just(OutageKind::TotalFailure),
    ];
    // Minutes from 1 December 2025, over Christmas, the New Year and the change of the clocks.
    let lasts = prop_oneof![6 => (0..20_000_i64).prop_map(Some), 1 => Just(None)];
    (kind, 0..200_000_i64, lasts).prop_map(|(kind, start, lasts)| {
        let start = at("2025-12-01T00:00:00Z") + SignedDuration::from_mins(start);
        let end = lasts.map(|lasts| start + SignedDuration::from_mins(lasts));
        Outage::new(kind, start, end).unwrap()
    })
}

fn any_issue() -> impl Strategy<Value = Issue> {
    let mode = prop::sample::select(&OfflineMode::ALL[..3]);
    (mode, 0..200_000_i64).prop_map(|(mode, minutes)| {
        let at = at("2025-12-01T00:00:00Z") + SignedDuration::from_mins(minutes);
        Issue {
            mode,
            day: warsaw_date(at),
            at,
        }
    })
}

proptest! {
    #[test]
    fn it_falls_on_a_working_day_after_the_day_of_issue(
        issue in any_issue(),
        outages in prop::collection::vec(any_outage(), 0..8),
    ) {
        if let Deadline::Due(due) = deadline(&issue, &outages) {
            prop_assert!(is_working_day(due.last_day));
            prop_assert!(due.last_day > issue.day && due.last_day > due.basis.day());
            prop_assert_eq!(
                add_working_days(due.basis.day(), due.basis.working_days()),
                due.last_day
            );
            prop_assert_eq!(warsaw_date(due.ends_at()), due.last_day.tomorrow().unwrap());
        }
    }

    #[test]
    fn a_further_announcement_never_shortens_it(
        issue in any_issue(),
        outages in prop::collection::vec(any_outage(), 0..6),
        further in any_outage(),
    ) {
        let before = deadline(&issue, &outages);
        let mut more = outages;
        more.push(further);
        prop_assert!(rank(&deadline(&issue, &more)) >= rank(&before));
    }

    #[test]
    fn the_order_of_announcements_does_not_matter(
        issue in any_issue(),
        (one, other) in prop::collection::vec(any_outage(), 0..8)
            .prop_flat_map(|outages| (Just(outages.clone()), Just(outages).prop_shuffle())),
    ) {
        prop_assert_eq!(rank(&deadline(&issue, &one)), rank(&deadline(&issue, &other)));
    }

    #[test]
    fn the_end_of_an_outage_fixes_what_was_open(issue in any_issue(), outage in any_outage()) {
        prop_assume!(outage.kind() == OutageKind::Failure && outage.end().is_some());
        let open = Outage::new(outage.kind(), outage.start(), None).unwrap();
        let (during, after) = (deadline(&issue, &[open]), deadline(&issue, &[outage]));
        prop_assert!(rank(&during) >= rank(&after));
    }
}
