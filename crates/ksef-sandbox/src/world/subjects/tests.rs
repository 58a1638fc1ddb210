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

fn grant(context: &str, authorized: &str, names: &[&str]) -> Grant {
    let granted = |name: &&str| GrantedPermission {
        name: (*name).to_owned(),
        description: "granted".to_owned(),
        granted: Timestamp::UNIX_EPOCH,
    };
    Grant {
        context: context.parse().unwrap(),
        authorized: authorized.parse().unwrap(),
        permissions: names.iter().map(granted).collect(),
    }
}

#[test]
fn the_owner_is_whoever_has_the_nip_of_the_context() {
    let mut subjects = Subjects::default();
    let mut changes = Changes::new(false);
    let context = "Nip:7762811692".parse().unwrap();
    let nip = "Nip:7762811692".parse().unwrap();
    let pesel = "Pesel:15062788702".parse().unwrap();
    assert!(subjects.permissions(&context, &nip).is_owner());
    assert!(subjects.permissions(&context, &pesel).is_empty());
    subjects
        .add_person(
            &mut changes,
            person("7762811692", "15062788702", "2026-01-01T00:00:00Z"),
        )
        .unwrap();
    assert!(subjects.permissions(&context, &pesel).is_owner());
    assert!(subjects.are_the_same(&nip, &pesel) && subjects.are_the_same(&pesel, &nip));
    subjects.remove_person(&mut changes, &"7762811692".parse().unwrap());
    assert!(subjects.permissions(&context, &pesel).is_empty());
}

#[test]
fn grants_follow_the_link_and_go_with_the_person() {
    let mut subjects = Subjects::default();
    let mut changes = Changes::new(false);
    let context = "Nip:5265877635".parse().unwrap();
    let pesel = "Pesel:15062788702".parse().unwrap();
    subjects.grant(
        &mut changes,
        grant("Nip:5265877635", "Nip:7762811692", &["InvoiceRead"]),
    );
    subjects.grant(
        &mut changes,
        grant(
            "Nip:5265877635",
            "Nip:7762811692",
            &["InvoiceRead", "InvoiceWrite"],
        ),
    );
    assert!(subjects.permissions(&context, &pesel).is_empty());
    subjects
        .add_person(
            &mut changes,
            person("7762811692", "15062788702", "2026-01-01T00:00:00Z"),
        )
        .unwrap();
    assert_eq!(
        subjects.permissions(&context, &pesel).names(),
        ["InvoiceRead", "InvoiceWrite"]
    );
    subjects.remove_person(&mut changes, &"7762811692".parse().unwrap());
    assert!(
        subjects
            .permissions(&context, &"Nip:7762811692".parse().unwrap())
            .is_empty()
    );
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
