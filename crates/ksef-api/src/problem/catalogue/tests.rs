use super::*;
use crate::operation::{self, auth, collective, sessions};

#[test]
fn every_documented_pair_has_an_entry_with_hints_in_both_languages() {
    let mut pairs = 0;
    for operation in operation::ALL {
        let codes = documented(operation);
        assert!(codes.is_sorted_by(|a, b| a < b), "{operation}: {codes:?}");
        for &code in codes {
            let entry = of(operation, code).unwrap();
            assert_eq!(entry.code, code);
            assert!(!entry.description.is_empty(), "{operation} {code}");
            assert!(!entry.hint.en.is_empty() && !entry.hint.pl.is_empty());
            assert_ne!(entry.hint.en, entry.hint.pl, "{operation} {code}");
            pairs += 1;
        }
    }
    assert!(pairs > 180, "{pairs}");
}

#[test]
fn no_entry_is_left_over_and_no_operation_is_listed_twice() {
    for entry in all() {
        let is_documented = DOCUMENTED
            .iter()
            .any(|(_, codes)| codes.contains(&entry.code));
        assert!(is_documented, "{}", entry.code);
    }
    assert!(all().is_sorted_by(|a, b| a.code < b.code));
    for entry in all() {
        assert_eq!(find(entry.code), Some(entry));
    }
    let mut ids: Vec<_> = DOCUMENTED.iter().map(|(known, _)| known.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), DOCUMENTED.len());
}

#[test]
fn one_code_of_two_operations_can_ask_for_two_things() {
    let cases = [
        (&sessions::SEND_INVOICE, 21180, Recovery::NewSession),
        (&sessions::CLOSE_ONLINE, 21180, Recovery::AlreadyDone),
        (&sessions::CLOSE_BATCH, 21180, Recovery::AlreadyDone),
        (&auth::STATUS, 21304, Recovery::Wait),
        (&auth::REDEEM, 21304, Recovery::SignIn),
        (&auth::KSEF_TOKEN, 21470, Recovery::RefreshKeys),
        (&sessions::STATUS, 99_999, Recovery::Correct),
    ];
    for (operation, code, expected) in cases {
        assert_eq!(recovery(operation, code), expected, "{operation} {code}");
    }
    let (one, other) = (of(&sessions::LIST, 21418), of(&collective::QUERY, 21418));
    assert_ne!(one.unwrap().description, other.unwrap().description);
    assert_eq!(of(&sessions::STATUS, 99_999), None);
    // Known, though not documented there.
    assert!(!documented(&auth::CHALLENGE).contains(&21470));
    assert!(of(&auth::CHALLENGE, 21470).is_some());
}
