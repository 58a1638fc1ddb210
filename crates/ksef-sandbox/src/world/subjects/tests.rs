use super::*;

fn person(nip: &str, pesel: &str, created: &str) -> Person {
    Person {
        nip: nip.parse().unwrap(),
        pesel: pesel.parse().unwrap(),
        is_bailiff: false,
        is_deceased: false,
        description: "sole trader".to_owned(),
        created: created.parse().unwrap(),
        removed: false,
    }
}

#[test]
fn what_exists_is_refused_and_what_was_removed_comes_back_later_only() {
    let mut subjects = Subjects::default();
    let mut changes = Changes::new(false);
    let first = person("7762811692", "15062788702", "2026-01-02T00:00:00Z");
    subjects.add_person(&mut changes, first.clone()).unwrap();
    let later = person("7762811692", "15062788702", "2026-01-03T00:00:00Z");
    assert_eq!(
        subjects.add_person(&mut changes, later.clone()),
        Err(AlreadyExists)
    );
    subjects.remove_person(&mut changes, &first.nip);
    assert_eq!(subjects.add_person(&mut changes, first), Err(AlreadyExists));
    subjects.add_person(&mut changes, later).unwrap();
}

#[test]
fn the_consent_ends_on_its_day() {
    let mut subjects = Subjects::default();
    let mut changes = Changes::new(false);
    let nip = "5265877635".parse().unwrap();
    let day = jiff::civil::date(2026, 11, 21);
    assert!(!subjects.has_attachment_consent(&nip, day));
    subjects.set_attachment_consent(&mut changes, nip, None);
    assert!(subjects.has_attachment_consent(&nip, day));
    subjects.set_attachment_consent(&mut changes, nip, Some(day));
    assert!(!subjects.has_attachment_consent(&nip, day));
    assert!(subjects.has_attachment_consent(&nip, jiff::civil::date(2026, 11, 20)));
}
