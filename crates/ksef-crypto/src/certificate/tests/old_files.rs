//! Files that old or unusual tools write: read, or refused with a word on what to do.

use super::*;

/// The certificate with one field of its body replaced; its signature no longer fits.
fn with_field(identity: &Identity, index: usize, field: &[u8]) -> Result<Certificate> {
    let parts: Vec<Element<'_>> = asn1::single(identity.certificate().der())
        .unwrap()
        .inside()
        .collect();
    let mut fields: Vec<&[u8]> = parts[0].inside().map(|e| e.whole).collect();
    fields[index] = field;
    let body = asn1::encode(asn1::SEQUENCE, &fields.concat());
    let whole = [&body, parts[1].whole, parts[2].whole].concat();
    Certificate::from_der(&asn1::encode(asn1::SEQUENCE, &whole))
}

#[test]
fn unusual_fields_are_read() {
    let identity = seal(KeyKind::EcP256);
    let time = |tag, text: &str| asn1::encode(tag, text.as_bytes());
    let no_end = [
        time(UTC_TIME, "260101000000Z"),
        time(GENERALIZED_TIME, "99991231235959Z"),
    ];
    let endless = with_field(
        &identity,
        4,
        &asn1::encode(asn1::SEQUENCE, &no_end.concat()),
    );
    assert_eq!(endless.unwrap().not_after(), Timestamp::MAX);

    let zero = with_field(&identity, 1, &asn1::encode(asn1::INTEGER, &[0])).unwrap();
    assert_eq!(zero.serial_hex(), "00");
    assert_eq!(zero.serial_decimal(), "0");

    // 2.25 and a UUID as an attribute of the name.
    let oid = [
        0x69, 0x83, 0xa6, 0xe3, 0xd0, 0xc1, 0xb2, 0xa3, 0x95, 0x8f, 0x87, 0xec, 0xd5, 0xb4, 0xc0,
        0xa1, 0xf5, 0xe6, 0x01,
    ];
    let pair = [asn1::encode(asn1::OID, &oid), asn1::encode(0x0c, b"x")].concat();
    let name = asn1::encode(0x31, &asn1::encode(asn1::SEQUENCE, &pair));
    let named = with_field(&identity, 5, &asn1::encode(asn1::SEQUENCE, &name)).unwrap();
    assert_eq!(
        named.subject().to_string(),
        "2.25.2195190706319884599163987029644899073=#0c0178"
    );
}

#[test]
fn keys_encrypted_by_old_openssl() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let identity = seal(KeyKind::EcP256);
    std::fs::write(dir.path().join("k.pem"), identity.key().to_pem().as_bytes()).unwrap();
    let encrypted = |how: &str| {
        let command = format!("pkcs8 -topk8 -in k.pem -passout pass:haslo -out e.pem {how}");
        openssl(dir.path(), &command);
        let pem = std::fs::read(dir.path().join("e.pem")).unwrap();
        PrivateKey::from_bytes(&pem, Some("haslo"))
    };
    for how in ["-v2 des3", "-v2 aes-256-cbc -v2prf hmacWithSHA1", "-scrypt"] {
        let key = encrypted(how).unwrap();
        assert!(key.belongs_to(identity.certificate().spki_der()), "{how}");
    }
    assert_eq!(
        kind(encrypted("-v2 aria-256-cbc")),
        ErrorKind::UnsupportedEncryption {
            scheme: "1.2.410.200046.1.1.12".into()
        }
    );
}

#[test]
fn containers_that_are_not_supported_are_named_with_a_remedy() {
    if !has_openssl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let identity = seal(KeyKind::EcP256);
    std::fs::write(dir.path().join("k.pem"), identity.key().to_pem().as_bytes()).unwrap();
    std::fs::write(dir.path().join("c.pem"), identity.certificate().to_pem()).unwrap();
    let container = |how: &str| {
        let command = "pkcs12 -export -inkey k.pem -in c.pem -passout pass:haslo -out i.p12";
        openssl(dir.path(), &format!("{command} {how}"));
        std::fs::read(dir.path().join("i.p12")).unwrap()
    };
    let modern = container("");
    assert!(Identity::from_bytes(&modern, Some("haslo")).is_ok());
    assert_eq!(
        kind(Identity::from_bytes(&modern, None)),
        ErrorKind::PasswordRequired
    );
    for unusual in [
        container("-keypbe CAMELLIA-256-CBC -certpbe CAMELLIA-256-CBC"),
        container("-macalg sha3-256"),
        container("-iter 1000001"),
        with_open_lengths(&modern),
    ] {
        let error = Identity::from_pkcs12(&unusual, "haslo").unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedContainer { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("openssl pkcs12 -legacy"));
    }
}

/// The same elements with indefinite lengths, as some browsers write them.
fn with_open_lengths(der: &[u8]) -> Vec<u8> {
    let constructed = 0x20;
    asn1::Elements::new(der)
        .flat_map(|element| {
            if element.tag & constructed == 0 {
                return element.whole.to_vec();
            }
            let inside = with_open_lengths(element.content);
            [&[element.tag, 0x80], &inside[..], &[0, 0]].concat()
        })
        .collect()
}
