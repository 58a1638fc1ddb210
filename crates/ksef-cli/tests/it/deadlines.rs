//! `ksef outbox deadlines` and what moves them

use jiff::civil::Date;
use ksef_core::calendar::{add_working_days, warsaw_date};
use serde_json::Value;

use crate::issue::{at, deadlines, file, issued_on, today};
use crate::local_ksef::LocalKsef;
use crate::user::{Run, User};

fn issue(user: &User, ksef: &LocalKsef, name: &str, options: &[&str]) -> Run {
    let command = ["invoice", "issue", "--no-code-ii", name];
    at(user, ksef, &[&command[..], options].concat())
}

/// The only open invoice.
fn open(run: &Run) -> Value {
    let json = run.json();
    assert_eq!(json["invoices"].as_array().unwrap().len(), 1, "{json}");
    json["invoices"][0].clone()
}

#[test]
fn a_missed_deadline_ends_with_nine() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    // Monday 2 November; the deadline was Tuesday the 3rd.
    let old = Date::constant(2026, 11, 2);
    user.write("old.xml", issued_on(old, "FV/1"));
    let run = issue(&user, &ksef, "old.xml", &["--any-date"]).ends_with(9);
    assert!(
        run.stdout.contains("2026-11-03") && run.stdout.contains("missed by"),
        "{}",
        run.stdout
    );
    let late = deadlines(&user, &ksef, &[]).ends_with(9);
    assert_eq!(open(&late)["missed"], true);
    assert!(
        late.stderr.contains("deadlines missed: 1"),
        "{}",
        late.stderr
    );
    assert_eq!(late.json()["exitCode"], 9);

    // The last second of the day in Warsaw, and the first of the next; a warning before.
    for (instant, code, words) in [
        ("2026-11-02T22:59:59Z", 0, ""),
        ("2026-11-02T23:00:00Z", 0, "due within 24 h: 1"),
        ("2026-11-03T22:59:59Z", 0, "due within 24 h: 1"),
        ("2026-11-03T23:00:00Z", 9, "deadlines missed: 1"),
    ] {
        let run = deadlines(&user, &ksef, &["--at", instant]).ends_with(code);
        if words.is_empty() {
            assert!(!run.stderr.contains("due within"), "{}", run.stderr);
        } else {
            assert!(run.stderr.contains(words), "{}", run.stderr);
        }
    }
    let polish = [
        "outbox",
        "deadlines",
        "--lang",
        "pl",
        "--at",
        "2026-11-03T12:00:00Z",
    ];
    at(&user, &ksef, &polish).says("zostało 11 h 0 min");
    // Sent late is better than never, and nothing is open then.
    at(&user, &ksef, &["outbox", "send"]).ends_with(0);
    deadlines(&user, &ksef, &[]).ends_with(0);
}

#[test]
fn they_are_sorted_by_the_time_that_is_left() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    for (name, day) in [("b", 4), ("a", 9), ("c", 2)] {
        let text = issued_on(Date::constant(2026, 11, day), &format!("FV/{day}"));
        user.write(&format!("{name}.xml"), text);
        issue(&user, &ksef, &format!("{name}.xml"), &["--any-date"]).ends_with(9);
    }
    let run = deadlines(&user, &ksef, &[]).ends_with(9);
    let json = run.json();
    let all = json["invoices"].as_array().unwrap();
    let days: Vec<&str> = all
        .iter()
        .map(|it| it["deadline"]["lastDay"].as_str().unwrap())
        .collect();
    assert_eq!(days, ["2026-11-03", "2026-11-05", "2026-11-10"]);
}

#[test]
fn what_a_person_declares_moves_them() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let old = Date::constant(2026, 11, 2);
    user.write("old.xml", issued_on(old, "FV/1"));
    issue(&user, &ksef, "old.xml", &["--any-date"]).ends_with(9);
    let announce = |line: &str| {
        let line: Vec<&str> = line.split(' ').collect();
        at(&user, &ksef, &[&["outbox", "announce"], &line[..]].concat())
    };
    announce("failure --from 2026-11-03T09:00").says("failure");
    let run = deadlines(&user, &ksef, &["--no-latarnia"]).ends_with(0);
    assert_eq!(open(&run)["deadlineState"], "open");
    // It ended on Wednesday the 4th: 5, 6, 9, 10, 12, 13, 16 (the 11th is a holiday).
    announce("failure --from 2026-11-03T09:00 --to 2026-11-04T10:00").ends_with(0);
    let run = deadlines(&user, &ksef, &["--at", "2026-11-16T12:00:00Z"]).ends_with(0);
    let due = open(&run);
    assert_eq!(due["deadline"]["lastDay"], "2026-11-16");
    assert_eq!(
        (
            due["deadline"]["article"].as_str(),
            due["deadline"]["workingDays"].as_u64()
        ),
        (Some("106nf"), Some(7))
    );
    at(&user, &ksef, &["outbox", "announcements"]).says("declared here");
    announce("failure --from 2026-11-03 --withdraw").ends_with(0);
    deadlines(&user, &ksef, &[]).ends_with(9);
    announce("failure --from 2026-11-03 --withdraw").fails_with(2, "nothing of that kind");
    announce("failure --from 2026-11-03 --to 2026-11-01").fails_with(2, "before it begins");
    announce("total-failure --from 2026-11-03T10:00 --to 2026-11-03T11:00").ends_with(0);
    let run = deadlines(&user, &ksef, &[]).ends_with(0);
    assert_eq!(open(&run)["deadlineState"], "none");
}

#[test]
fn a_failure_that_latarnia_announces_moves_them() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    issue(&user, &ksef, path.to_str().unwrap(), &[]).ends_with(0);
    let first = open(&deadlines(&user, &ksef, &[]).ends_with(0));
    assert_eq!(
        first["deadline"]["lastDay"],
        add_working_days(today(), 1).to_string().as_str()
    );
    ksef.control("POST", "latarnia/failure", r#"{"text": "Awaria."}"#);
    let run = deadlines(&user, &ksef, &["--no-latarnia"]).ends_with(0);
    assert_eq!(open(&run)["deadlineState"], "due", "not asked");
    let run = deadlines(&user, &ksef, &[]).ends_with(0);
    assert_eq!(open(&run)["deadlineState"], "open");
    let url = ksef.url();
    let said = ksef.control("POST", "latarnia/failure/end", "{}");
    let messages = said["messages"].as_array().unwrap().iter();
    let mut ends = messages.filter_map(|message| message["end"].as_str());
    let end: jiff::Timestamp = ends.next().unwrap().parse().unwrap();
    let run = deadlines(&user, &ksef, &[]).ends_with(0);
    let due = add_working_days(warsaw_date(end), 7).to_string();
    assert_eq!(open(&run)["deadline"]["lastDay"], due.as_str());
    // What was heard counts later too, when nobody answers.
    ksef.stop();
    let run = user
        .run(["outbox", "deadlines", "--json", "--url", &url])
        .ends_with(0);
    assert_eq!(open(&run)["deadline"]["lastDay"], due.as_str());
    assert!(
        run.stderr.contains("Latarnia does not answer"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_announced_maintenance_gives_the_day_after_it() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    let mode = ["--mode", "unavailability"];
    let run = issue(&user, &ksef, path.to_str().unwrap(), &mode).ends_with(0);
    let told = "no unavailability is known for the date of issue";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let day = today();
    let (from, to) = (
        day.to_string(),
        day.checked_add(jiff::Span::new().days(10)).unwrap(),
    );
    let to_text = to.to_string();
    let announce = [
        "outbox",
        "announce",
        "unavailability",
        "--from",
        &from,
        "--to",
        &to_text,
    ];
    at(&user, &ksef, &announce).ends_with(0);
    let due = open(&deadlines(&user, &ksef, &[]).ends_with(0));
    assert_eq!(
        due["deadline"]["lastDay"],
        add_working_days(to, 1).to_string().as_str()
    );
    assert_eq!(due["deadline"]["article"], "106nh");
}

#[test]
fn damaged_announcements_only_make_deadlines_early() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let path = file(&user, "FV/1");
    issue(&user, &ksef, path.to_str().unwrap(), &[]).ends_with(0);
    let journal = user.journals().remove(0);
    std::fs::write(journal.with_file_name("announcements.json"), "{").unwrap();
    let run = deadlines(&user, &ksef, &[]).ends_with(0);
    assert_eq!(open(&run)["deadlineState"], "due");
    assert!(
        run.stderr.contains("counted without them"),
        "{}",
        run.stderr
    );
    let announce = ["outbox", "announce", "failure", "--from", "2026-11-03"];
    at(&user, &ksef, &announce).fails_with(1, "cannot be kept");
}
