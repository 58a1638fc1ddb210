use super::*;

const CHALLENGE: &str = "<Challenge>20250514-CR-226FB7B000-3ACF9BE4C0-10</Challenge>";
const NIP: &str = "<ContextIdentifier><Nip>5265877635</Nip></ContextIdentifier>";
const TYPE: &str = "<SubjectIdentifierType>certificateSubject</SubjectIdentifierType>";

fn document(version: &str, content: &str) -> Vec<u8> {
    let root = format!("xmlns=\"http://ksef.mf.gov.pl/auth/token/{version}\"");
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<AuthTokenRequest {root}>{content}</AuthTokenRequest>")
        .into_bytes()
}

#[test]
fn both_versions_and_every_context() {
    for version in ["2.0", "2.1"] {
        for (context, expected) in [
            ("<Nip>5265877635</Nip>", "Nip:5265877635"),
            (
                "<InternalId>5265877635-12345</InternalId>",
                "InternalId:5265877635-12345",
            ),
            (
                "<NipVatUe>5265877635-DE123456789</NipVatUe>",
                "NipVatUe:5265877635-DE123456789",
            ),
            ("<PeppolId> PPL123456\n</PeppolId>", "PeppolId:PPL123456"),
        ] {
            let content =
                format!("{CHALLENGE}<ContextIdentifier>{context}</ContextIdentifier>{TYPE}");
            let request = TokenRequest::parse(&document(version, &content)).unwrap();
            assert_eq!(request.context.to_string(), expected);
            assert_eq!(request.subject_type, SubjectType::Subject);
            assert!(request.ip_policy.is_empty());
        }
    }
}

#[test]
fn a_prefix_comments_and_the_address_policy() {
    let text = "<a:AuthTokenRequest xmlns:a=\"http://ksef.mf.gov.pl/auth/token/2.1\" Id=\"x\">\n <!-- c -->\
        <a:Challenge>20250514-CR-226FB7B000-3ACF9BE4C0-10</a:Challenge>\
        <a:ContextIdentifier><a:Nip>5265877635</a:Nip></a:ContextIdentifier>\
        <a:SubjectIdentifierType>certificateFingerprint</a:SubjectIdentifierType>\
        <a:AuthorizationPolicy><a:AllowedIps><a:Ip4Address>10.0.0.1</a:Ip4Address>\
        <a:Ip4Range>10.0.0.2-10.0.0.9</a:Ip4Range><a:Ip4Mask>192.168.0.0/16</a:Ip4Mask></a:AllowedIps>\
        </a:AuthorizationPolicy></a:AuthTokenRequest>";
    let request = TokenRequest::parse(text.as_bytes()).unwrap();
    assert_eq!(request.subject_type, SubjectType::Fingerprint);
    assert_eq!(request.ip_policy.ip4_addresses, ["10.0.0.1"]);
    assert_eq!(request.ip_policy.ip4_ranges, ["10.0.0.2-10.0.0.9"]);
    assert_eq!(request.ip_policy.ip4_masks, ["192.168.0.0/16"]);
}

#[test]
fn what_the_schema_refuses() {
    let policy = |content: &str| {
        format!(
            "{CHALLENGE}{NIP}{TYPE}<AuthorizationPolicy><AllowedIps>{content}</AllowedIps></AuthorizationPolicy>"
        )
    };
    let eleven = "<Ip4Address>10.0.0.1</Ip4Address>".repeat(11);
    for (content, says) in [
        (String::new(), "must have 1 of 'Challenge'"),
        (
            format!("{NIP}{CHALLENGE}{TYPE}"),
            "invalid child element 'Challenge'",
        ),
        (
            format!("{CHALLENGE}{CHALLENGE}{NIP}{TYPE}"),
            "must have 1 of 'Challenge', found 2",
        ),
        (
            format!("{CHALLENGE}{NIP}"),
            "'SubjectIdentifierType', found 0",
        ),
        (
            format!("{CHALLENGE}{NIP}{TYPE}<More/>"),
            "invalid child element 'More'",
        ),
        (format!("{CHALLENGE}{NIP}{TYPE}text"), "cannot contain text"),
        (
            format!("{CHALLENGE}<ContextIdentifier/>{TYPE}"),
            "exactly one of",
        ),
        (
            format!(
                "{CHALLENGE}<ContextIdentifier><Nip>5265877635</Nip><Nip>5265877635</Nip></ContextIdentifier>{TYPE}"
            ),
            "must have 0 to 1 of 'Nip'",
        ),
        (
            format!(
                "{CHALLENGE}<ContextIdentifier><Nip>0265877635</Nip></ContextIdentifier>{TYPE}"
            ),
            "'Nip' element is invalid",
        ),
        (
            format!(
                "{CHALLENGE}<ContextIdentifier><nip>5265877635</nip></ContextIdentifier>{TYPE}"
            ),
            "invalid child element 'nip'",
        ),
        (
            format!("<Challenge>20250514-EE-226FB7B000-3ACF9BE4C0-10</Challenge>{NIP}{TYPE}"),
            "'Challenge' element is invalid",
        ),
        (
            format!(
                "{CHALLENGE}{NIP}<SubjectIdentifierType>CertificateSubject</SubjectIdentifierType>"
            ),
            "is invalid",
        ),
        (
            policy("<Ip4Mask>10.0.0.0/8</Ip4Mask><Ip4Address>10.0.0.1</Ip4Address>"),
            "invalid child element 'Ip4Address'",
        ),
        (
            policy(&eleven),
            "must have 0 to 10 of 'Ip4Address', found 11",
        ),
        (
            policy("<Ip4Address>10.0.0.256</Ip4Address>"),
            "'Ip4Address' element is invalid",
        ),
        (
            format!(
                "<Challenge a=\"b\">20250514-CR-226FB7B000-3ACF9BE4C0-10</Challenge>{NIP}{TYPE}"
            ),
            "'a' attribute",
        ),
    ] {
        let errors = TokenRequest::parse(&document("2.0", &content)).unwrap_err();
        assert!(
            errors.iter().any(|error| error.contains(says)),
            "{content}: {errors:?}"
        );
    }
    for foreign in [
        document("3.0", ""),
        b"<x/>".to_vec(),
        b"not xml".to_vec(),
        vec![0xFF],
    ] {
        assert!(!TokenRequest::parse(&foreign).unwrap_err().is_empty());
    }
}

#[test]
fn every_wrong_value_is_named() {
    let content = format!(
        "<Challenge>x</Challenge><ContextIdentifier><Nip>1</Nip></ContextIdentifier>{TYPE}"
    );
    let errors = TokenRequest::parse(&document("2.1", &content)).unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].ends_with("Line 2, position 64."), "{errors:?}");
}
