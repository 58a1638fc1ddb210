//! Signing in with a signature.

use jiff::SignedDuration;
use ksef_api::ops::auth::{GetAuth, GetChallenge, SubmitXades};
use ksef_api::ops::testdata::{BlockContext, CreatePerson, UnblockContext};
use ksef_core::context::ContextIdentifier;
use ksef_crypto::certificate::KeyKind;
use ksef_crypto::self_signed::{self, Subject, Validity};
use ksef_crypto::xades::sign_enveloped;
use ksef_sandbox::Latency;
use std::time::Duration;

use crate::support::{NIP, OTHER_NIP, PESEL, World, token_request};

#[tokio::test]
async fn a_challenge_tells_its_instant_and_the_address_of_the_client() {
    let world = World::start().await;
    let issued = world
        .call_from(&GetChallenge, None, "203.0.113.7")
        .await
        .unwrap();
    assert_eq!(issued.challenge.as_reference().kind(), "CR");
    assert!(issued.challenge.as_reference().has_valid_checksum());
    assert_eq!(issued.timestamp_ms, Some(world.now().as_millisecond()));
    assert_eq!(
        issued.timestamp.as_millisecond(),
        world.now().as_millisecond()
    );
    assert_eq!(issued.client_ip.as_deref(), Some("203.0.113.7"));
}

#[tokio::test]
async fn the_owner_signs_in_and_gets_tokens_once() {
    let world = World::start().await;
    let (started, status) = world.owner_signs_in().await;
    assert_eq!(
        (status.code, status.description.as_str()),
        (200, "Uwierzytelnianie zakończone sukcesem")
    );
    let request = GetAuth::new(started.reference_number);
    let shown = world.ask(&request, &started.authentication_token).await;
    assert_eq!(shown.is_token_redeemed, Some(false));
    assert_eq!(
        shown.authentication_method_info.unwrap().code,
        "xades.qualified-seal"
    );
    let pair = world.redeem(&started).await.unwrap();
    let fifteen_minutes = world.now() + SignedDuration::from_mins(15);
    assert_eq!(
        pair.access_token.valid_until.as_second(),
        fifteen_minutes.as_second()
    );
    let week = world.now() + SignedDuration::from_hours(7 * 24);
    assert_eq!(pair.refresh_token.valid_until.as_second(), week.as_second());
    let refused = world.redeem(&started).await.unwrap_err();
    let [error] = refused.errors.as_slice() else {
        panic!("{refused}")
    };
    assert_eq!(
        (error.code, error.details[0].as_str()),
        (
            21301,
            format!(
                "Tokeny dla operacji uwierzytelniania {} zostały już pobrane.",
                started.reference_number
            )
            .as_str()
        )
    );
    let shown = world.ask(&request, &started.authentication_token).await;
    assert_eq!(shown.is_token_redeemed, Some(true));
}

#[tokio::test]
async fn rsa_certificates_and_version_2_1_work_as_well() {
    let world = World::start().await;
    let nip = NIP.parse().unwrap();
    let identity =
        self_signed::person_with_nip("Jan", "Kowalski", &nip, KeyKind::Rsa2048, world.validity());
    let identity = identity.unwrap();
    let document = world
        .token_request(&format!("Nip:{NIP}"))
        .await
        .replace("/token/2.0", "/token/2.1");
    let signed = sign_enveloped(document.as_bytes(), &identity, world.now()).unwrap();
    let started = world.submit(signed).await.unwrap();
    assert_eq!(world.auth_status(&started).await.code, 200);
}

#[tokio::test]
async fn a_challenge_is_used_up_and_ends_after_ten_minutes() {
    let world = World::start().await;
    let seal = world.seal(NIP);
    let document = world.token_request(&format!("Nip:{NIP}")).await;
    let signed = sign_enveloped(document.as_bytes(), &seal, world.now()).unwrap();
    world.submit(signed.clone()).await.unwrap();
    assert!(world.submit(signed).await.unwrap_err().has_code(21111));

    let document = world.token_request(&format!("Nip:{NIP}")).await;
    let signed = sign_enveloped(document.as_bytes(), &seal, world.now()).unwrap();
    world.advance(SignedDuration::from_mins(10));
    assert!(world.submit(signed).await.unwrap_err().has_code(21111));

    let invented = token_request(
        "20260101-CR-0000000000-0000000000-00",
        "Nip:5265877635",
        "certificateSubject",
        "",
    );
    let signed = sign_enveloped(invented.as_bytes(), &seal, world.now()).unwrap();
    assert!(world.submit(signed).await.unwrap_err().has_code(21111));
}

#[tokio::test]
async fn documents_that_are_refused_at_once() {
    let world = World::start().await;
    let seal = world.seal(NIP);
    let document = world.token_request(&format!("Nip:{NIP}")).await;
    let signed = sign_enveloped(document.as_bytes(), &seal, world.now()).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    let sign = |text: &str| sign_enveloped(text.as_bytes(), &seal, world.now()).unwrap();
    let signature_start = signed.find("<ds:Signature").unwrap();
    let signature_end = signed.rfind("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &signed[signature_start..signature_end];
    let twice = signed.replace(
        "</AuthTokenRequest>",
        &format!("{signature}</AuthTokenRequest>"),
    );
    let tampered = signed.replace(
        &format!("<Nip>{NIP}</Nip>"),
        &format!("<Nip>{OTHER_NIP}</Nip>"),
    );
    let swapped = document.replace("</ContextIdentifier>", "").replace(
        "</AuthTokenRequest>",
        "</ContextIdentifier></AuthTokenRequest>",
    );
    let utf16: Vec<u8> = document.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (what, body, code) in [
        ("nothing", Vec::new(), 21001),
        ("no XML", b"hello".to_vec(), 21001),
        ("no signature", document.clone().into_bytes(), 9102),
        ("two signatures", twice.into_bytes(), 9103),
        ("changed after signing", tampered.into_bytes(), 9105),
        (
            "another encoding",
            [b"\xFF\xFE".to_vec(), utf16].concat(),
            21217,
        ),
        ("another document", sign("<x xmlns=\"urn:x\"/>"), 21401),
        ("wrong structure", sign(&swapped), 21401),
        (
            "wrong context",
            sign(&document.replace(NIP, "0265877635")),
            21401,
        ),
    ] {
        let refused = world.submit(body).await.unwrap_err();
        assert_eq!(
            (refused.status, refused.has_code(code)),
            (400, true),
            "{what}: {refused}"
        );
    }
    // Nothing of that used the challenge up.
    world.submit(signed).await.unwrap();
}

#[tokio::test]
async fn certificates_that_name_nobody_are_refused_at_once() {
    let world = World::start().await;
    let nobody = Subject::person_without_identifier("Anna", "Nowak");
    let nobody = nobody
        .self_signed(KeyKind::EcP256, world.validity())
        .unwrap();
    let refused = world
        .sign_in(&nobody, &format!("Nip:{NIP}"))
        .await
        .unwrap_err();
    assert!(refused.has_code(21115), "{refused}");
}

#[tokio::test]
async fn the_fingerprint_of_a_certificate_can_be_granted_permissions() {
    let world = World::start().await;
    let identity = world.person(PESEL);
    let fingerprint = identity.certificate().fingerprint();
    let by_fingerprint = async || {
        let issued = world.call(&GetChallenge, None).await.unwrap();
        let context = format!("Nip:{NIP}");
        let document = token_request(
            issued.challenge.as_str(),
            &context,
            "certificateFingerprint",
            "",
        );
        let signed = sign_enveloped(document.as_bytes(), &identity, world.now()).unwrap();
        let started = world.submit(signed).await.unwrap();
        (world.auth_status(&started).await, started)
    };
    let (status, _) = by_fingerprint().await;
    assert_eq!(
        (status.code, status.details.as_slice()),
        (415, ["Brak przypisanych uprawnień".to_owned()].as_slice())
    );
    let grant = serde_json::json!({
        "contextIdentifier": {"type": "nip", "value": NIP},
        "authorizedIdentifier": {"type": "fingerprint", "value": fingerprint},
        "permissions": [{"permissionType": "invoiceread", "description": "reading"}],
    });
    assert_eq!(
        world
            .json("POST", "/testdata/permissions", None, grant)
            .await
            .status,
        200
    );
    let (status, started) = by_fingerprint().await;
    assert_eq!(status.code, 200);
    let pair = world.redeem(&started).await.unwrap();
    let listed = world
        .get("/auth/sessions", pair.access_token.token.expose())
        .await;
    assert_eq!(
        listed.json()["items"][0]["referenceNumber"],
        started.reference_number.as_str()
    );
}

#[tokio::test]
async fn a_person_owns_its_nip_only_when_the_register_says_so() {
    let world = World::start().await;
    let identity = world.person(PESEL);
    let context = format!("Nip:{OTHER_NIP}");
    let (_, status) = world.sign_in(&identity, &context).await.unwrap();
    assert_eq!(status.code, 415);
    let person = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "sole trader",
    );
    world.call(&person, None).await.unwrap();
    let (started, status) = world.sign_in(&identity, &context).await.unwrap();
    assert_eq!(status.code, 200);
    world.redeem(&started).await.unwrap();
}

#[tokio::test]
async fn the_certificate_of_a_deceased_person_does_not_sign_in() {
    let world = World::start().await;
    let body = serde_json::json!({
        "nip": OTHER_NIP, "pesel": PESEL, "isBailiff": false, "isDeceased": true, "description": "deceased"
    });
    assert_eq!(
        world
            .json("POST", "/testdata/person", None, body)
            .await
            .status,
        200
    );
    let (started, status) = world
        .sign_in(&world.person(PESEL), &format!("Nip:{OTHER_NIP}"))
        .await
        .unwrap();
    assert_eq!(status.code, 470);
    assert!(world.redeem(&started).await.unwrap_err().has_code(21308));
}

#[tokio::test]
async fn certificates_out_of_their_time_and_without_trust() {
    let world = World::start().await;
    let nip = NIP.parse().unwrap();
    let hour = SignedDuration::from_hours(1);
    for (not_before, not_after) in [
        (world.now() - hour - hour, world.now() - hour),
        (world.now() + hour, world.now() + hour + hour),
    ] {
        let validity = Validity {
            not_before,
            not_after,
        };
        let identity =
            self_signed::company_seal("Przykład", &nip, KeyKind::EcP256, validity).unwrap();
        let (started, status) = world
            .sign_in(&identity, &format!("Nip:{NIP}"))
            .await
            .unwrap();
        assert_eq!(
            (status.code, status.details.as_slice()),
            (460, ["Nieważny certyfikat".to_owned()].as_slice())
        );
        let refused = world.redeem(&started).await.unwrap_err();
        assert_eq!(
            refused.errors[0].details,
            ["Status uwierzytelniania (460) nie pozwala na pobranie tokenów."]
        );
    }
    let document = world.token_request(&format!("Nip:{NIP}")).await;
    let signed = sign_enveloped(document.as_bytes(), &world.seal(NIP), world.now()).unwrap();
    let request = SubmitXades::new(signed).with_verify_certificate_chain(true);
    let started = world.call(&request, None).await.unwrap();
    let status = world.auth_status(&started).await;
    assert_eq!(
        (status.code, status.details[0].as_str()),
        (460, "Niezaufany łańcuch certyfikatów")
    );
}

#[tokio::test]
async fn a_blocked_context_stays_closed_until_it_is_unblocked() {
    let world = World::start().await;
    let context: ContextIdentifier = format!("Nip:{NIP}").parse().unwrap();
    world.call(&BlockContext::new(context), None).await.unwrap();
    let (_, status) = world
        .sign_in(&world.seal(NIP), &context.to_string())
        .await
        .unwrap();
    assert_eq!(
        (status.code, status.description.as_str()),
        (480, "Uwierzytelnienie zablokowane")
    );
    let (_, other) = world
        .sign_in(&world.seal(OTHER_NIP), &format!("Nip:{OTHER_NIP}"))
        .await
        .unwrap();
    assert_eq!(other.code, 200);
    world
        .call(&UnblockContext::new(context), None)
        .await
        .unwrap();
    let (_, status) = world
        .sign_in(&world.seal(NIP), &context.to_string())
        .await
        .unwrap();
    assert_eq!(status.code, 200);
}

#[tokio::test]
async fn peppol_providers_work_in_their_own_context_only() {
    let world = World::start().await;
    let id = "PPL123456".parse().unwrap();
    let provider =
        self_signed::peppol_provider("Dostawca", &id, KeyKind::EcP256, world.validity()).unwrap();
    let (_, status) = world
        .sign_in(&provider, "PeppolId:PPL123456")
        .await
        .unwrap();
    assert_eq!(status.code, 200);
    for (identity, context) in [
        (&provider, "PeppolId:PPL654321".to_owned()),
        (&provider, format!("Nip:{NIP}")),
        (&world.seal(NIP), "PeppolId:PPL123456".to_owned()),
        (&world.seal(NIP), format!("NipVatUe:{NIP}-DE123456789")),
    ] {
        let refused = world.sign_in(identity, &context).await.unwrap_err();
        assert!(refused.has_code(21117), "{context}: {refused}");
    }
}

#[tokio::test]
async fn tokens_work_from_the_allowed_addresses_only() {
    let world = World::start().await;
    let issued = world.call(&GetChallenge, None).await.unwrap();
    let policy = "<AuthorizationPolicy><AllowedIps><Ip4Address>203.0.113.7</Ip4Address>\
        <Ip4Mask>198.51.100.0/24</Ip4Mask></AllowedIps></AuthorizationPolicy>";
    let context = format!("Nip:{NIP}");
    let document = token_request(
        issued.challenge.as_str(),
        &context,
        "certificateSubject",
        policy,
    );
    let signed = sign_enveloped(document.as_bytes(), &world.seal(NIP), world.now()).unwrap();
    let started = world.submit(signed).await.unwrap();
    let refused = world.redeem(&started).await.unwrap_err();
    assert_eq!(refused.status, 403);
    let answer = world
        .raw(
            "GET",
            "/rate-limits",
            Some(started.authentication_token.token.expose()),
            &[],
            "",
        )
        .await;
    assert_eq!(answer.status, 401, "an operation token opens nothing else");
    for (address, allowed) in [
        ("203.0.113.7", true),
        ("198.51.100.99", true),
        ("203.0.113.8", false),
    ] {
        let request = GetAuth::new(started.reference_number);
        let outcome = world
            .call_from(&request, Some(&started.authentication_token), address)
            .await;
        match outcome {
            Ok(_) => assert!(allowed, "{address}"),
            Err(refused) => {
                assert!(!allowed, "{address}");
                let forbidden = match refused.kind {
                    ksef_api::problem::ProblemKind::Forbidden(forbidden) => forbidden,
                    other => panic!("{other:?}"),
                };
                assert_eq!(
                    forbidden.reason.as_ref().unwrap().as_str(),
                    "ip-not-allowed"
                );
                assert_eq!(forbidden.text("clientIp"), Some(address));
            }
        }
    }
}

#[tokio::test]
async fn an_outcome_shows_after_its_latency() {
    let latency = Latency {
        authentication: Duration::from_secs(2),
        ..Latency::NONE
    };
    let world = World::start_with(|builder| builder.latency(latency)).await;
    let (started, status) = world.owner_signs_in().await;
    assert_eq!(
        (status.code, status.description.as_str()),
        (100, "Uwierzytelnianie w toku")
    );
    let refused = world.redeem(&started).await.unwrap_err();
    assert_eq!(
        refused.errors[0].details,
        ["Status uwierzytelniania (100) nie pozwala na pobranie tokenów."]
    );
    world.advance(SignedDuration::from_secs(2));
    assert_eq!(world.auth_status(&started).await.code, 200);
    world.redeem(&started).await.unwrap();
}

#[tokio::test]
async fn the_status_is_gone_after_seven_days_and_the_bearer_ends_before() {
    let world = World::start().await;
    let (started, _) = world.owner_signs_in().await;
    let request = GetAuth::new(started.reference_number);
    let ask = async || {
        world
            .call(&request, Some(&started.authentication_token))
            .await
    };
    world.advance(SignedDuration::from_mins(44));
    ask().await.unwrap();
    world.advance(SignedDuration::from_mins(2));
    assert_eq!(ask().await.unwrap_err().status, 401);
    world.advance(SignedDuration::from_hours(7 * 24));
    let gone = ask().await.unwrap_err();
    assert_eq!(
        (gone.status, gone.detail.as_deref()),
        (410, Some("Operacja wygasła i nie jest już dostępna."))
    );
}
