use super::*;

#[test]
fn classes_follow_the_size_of_the_code() {
    for (code, class) in [
        (-1, StatusClass::Pending),
        (0, StatusClass::Pending),
        (100, StatusClass::Pending),
        (199, StatusClass::Pending),
        (200, StatusClass::Done),
        (399, StatusClass::Done),
        (400, StatusClass::Failed),
        (i32::MAX, StatusClass::Failed),
    ] {
        assert_eq!(StatusClass::of_code(code), class, "{code}");
    }
}

#[test]
fn one_code_means_different_things_in_different_places() {
    assert_eq!(InvoiceStatus::from_code(440), InvoiceStatus::Duplicate);
    assert_eq!(SessionStatus::from_code(440), SessionStatus::Cancelled);
    assert_eq!(AuthStatus::from_code(440), AuthStatus::Other(440));
    assert_eq!(
        SessionStatus::from_code(415),
        SessionStatus::KeyNotDecrypted
    );
    assert_eq!(
        InvoiceStatus::from_code(415),
        InvoiceStatus::AttachmentNotAllowed
    );
    assert_eq!(AuthStatus::from_code(415), AuthStatus::NoPermissions);
}

/// Every failed status says what to do, and every code comes back from its status.
macro_rules! check_table {
    ($name:ident) => {
        for status in $name::KNOWN.iter().copied() {
            assert_eq!($name::from_code(status.code()), status);
            assert!(
                !status.description().is_empty() && !status.meaning().is_empty(),
                "{status}"
            );
            assert_eq!(
                status.hint().en.is_empty(),
                status.hint().pl.is_empty(),
                "{status}"
            );
            if status.class() == StatusClass::Failed {
                assert!(!status.hint().is_empty(), "{status}");
            }
        }
        let unknown = $name::from_code(777);
        assert_eq!(
            (unknown.code(), unknown.class()),
            (777, StatusClass::Failed)
        );
    };
}

#[test]
fn tables_are_complete() {
    check_table!(AuthStatus);
    check_table!(SessionStatus);
    check_table!(InvoiceStatus);
    check_table!(ExportStatus);
    check_table!(PermissionOperationStatus);
}

#[test]
fn token_statuses_have_classes() {
    assert_eq!(TokenStatus::from_name("ACTIVE").class(), StatusClass::Done);
    assert_eq!(
        TokenStatus::from_name("revoked").class(),
        StatusClass::Failed
    );
    assert_eq!(
        TokenStatus::from_name("Sleeping").class(),
        StatusClass::Pending
    );
}

#[test]
fn details_may_be_null() {
    let info: StatusInfo =
        serde_json::from_str(r#"{"code":100,"description":"x","details":null,"more":1}"#).unwrap();
    assert_eq!(info, StatusInfo::new(100, "x"));
    assert_eq!(info.clone().with_detail("y").to_string(), "100 x (y)");
}
