//! Sessions: opening, closing, reading, who may.

use jiff::SignedDuration;
use ksef_api::ops::sessions::{
    GetSession, ListSessions, OpenOnlineSession, SessionPhase, SessionSummary, SessionType,
};
use ksef_api::ops::testdata::TestPermissionType as Right;
use ksef_api::page::Paged as _;
use ksef_api::problem::ForbiddenReason;
use ksef_core::form_code::FormCode;
use ksef_crypto::session_key::SessionKey;
use serde_json::{Value, json};

use crate::sending::{Sending, code, control, desk, encryption, grant, invoice};
use crate::support::{NIP, OTHER_NIP, PESEL, World};

#[tokio::test]
async fn a_session_opens_for_twelve_hours_and_counts_from_its_first_invoice() {
    let (world, access, session) = desk().await;
    assert_eq!(session.reference.as_reference().kind(), "SO");
    let open = session.status(&world, &access).await;
    assert_eq!(
        (open.status.code, open.status.description.as_str()),
        (100, "Sesja interaktywna otwarta")
    );
    let twelve_hours = world.now() + SignedDuration::from_hours(12);
    assert_eq!(
        open.valid_until.unwrap().as_millisecond(),
        twelve_hours.as_millisecond()
    );
    assert_eq!(
        (open.invoice_count, open.successful_invoice_count),
        (None, None)
    );
    let accepted = session.issue(&world, &access, "FV/1").await;
    assert_eq!(accepted.status.code, 200, "{:?}", accepted.status);
    let counted = session.status(&world, &access).await;
    assert_eq!(counted.status.code, 100);
    assert_eq!(
        (counted.invoice_count, counted.successful_invoice_count),
        (Some(1), Some(1))
    );
    assert_eq!(counted.failed_invoice_count, None);
    assert!(counted.upo.is_none());
}

#[tokio::test]
async fn every_violation_of_an_opening_is_named() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let bearer = Some(access.token.expose());
    let open = async |body: Value| world.json("POST", "/sessions/online", bearer, body).await;
    let answer = open(json!({
        "formCode": {"systemCode": "FA (1)", "schemaVersion": "1-0E", "value": "FA"},
        "encryption": {"encryptedSymmetricKey": "", "initializationVector": "AAAA", "publicKeyId": "short"}
    }))
    .await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["errors"][0]["code"], 21405);
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!([
            "Wskazany kod formularza nie jest wspierany.",
            "'encryption.encryptedSymmetricKey' must not be empty.",
            "'encryption.initializationVector' must be 16 bytes in length. You entered 3 bytes.",
            "'encryption.publicKeyId' is not in the correct format."
        ])
    );
    let answer = open(json!({"encryption": {}})).await;
    assert_eq!(
        answer.json()["errors"][0]["details"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let answer = open(json!({
        "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "encryption": {"encryptedSymmetricKey": "!", "initializationVector": "AAAAAAAAAAAAAAAAAAAAAA=="}
    }))
    .await;
    assert_eq!(answer.json()["errors"][0]["code"], 21001);
    let answer = world
        .raw("POST", "/sessions/online", bearer, &[], "{")
        .await;
    assert_eq!(
        answer.json()["exception"]["exceptionDetailList"][0]["exceptionCode"],
        21001
    );
    assert_eq!(open(json!([])).await.status, 400);
    assert_eq!(
        world
            .json("POST", "/sessions/online", None, json!({}))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn every_form_of_the_contract_opens_and_the_old_upo_does_not() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    for form in [
        FormCode::Fa2,
        FormCode::Fa3,
        FormCode::Pef3,
        FormCode::PefKor3,
        FormCode::FaRr1,
    ] {
        Sending::open_for(&world, &access, form).await;
    }
    let key = SessionKey::generate().unwrap();
    let request = OpenOnlineSession::new(FormCode::Fa3, encryption(&world, &key).await);
    let current = request
        .clone()
        .with_feature("upo-v4-3, subject-identifier-validation");
    world.ask(&current, &access).await;
    let refused = world
        .call(&request.with_feature("UPO-v4-2"), Some(&access))
        .await
        .unwrap_err();
    assert_eq!(code(&refused).0, 21405);
}

#[tokio::test]
async fn an_unknown_or_withdrawn_key_is_refused() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let key = SessionKey::generate().unwrap();
    let mut encryption = encryption(&world, &key).await;
    control(&world, "POST", "keys/rotate", json!({"withdraw": true})).await;
    let request = OpenOnlineSession::new(FormCode::Fa3, encryption.clone());
    let refused = world.refused(&request, &access).await;
    let id = encryption.public_key_id.unwrap();
    assert_eq!(
        code(&refused),
        (
            21470,
            format!("Klucz o identyfikatorze {id} nie jest wspierany.")
        )
    );
    // Nobody named the key: the session opens and fails afterwards.
    encryption.public_key_id = None;
    let opened = world
        .call(
            &OpenOnlineSession::new(FormCode::Fa3, encryption),
            Some(&access),
        )
        .await
        .unwrap();
    let session = Sending {
        reference: opened.reference_number,
        key,
    };
    session.becomes(&world, &access, 415).await;
    // A planned rotation keeps the old keys.
    let session = Sending::open(&world, &access).await;
    control(&world, "POST", "keys/rotate", json!({})).await;
    assert_eq!(
        session.issue(&world, &access, "FV/1").await.status.code,
        200
    );
}

#[tokio::test]
async fn an_empty_session_is_cancelled_at_once() {
    let (world, access, session) = desk().await;
    session.close(&world, &access).await.unwrap();
    let closed = session.status(&world, &access).await;
    assert_eq!(
        (closed.status.code, closed.status.details.as_slice()),
        (440, &["Nie przesłano faktur".to_owned()][..])
    );
    let again = session.close(&world, &access).await.unwrap_err();
    assert_eq!(
        code(&again),
        (
            21180,
            "Status sesji 440 uniemożliwia jej zamknięcie.".to_owned()
        )
    );
    let late = session
        .submit(&world, &access, session.body(b"<a/>"))
        .await
        .unwrap_err();
    assert_eq!(
        code(&late),
        (
            21180,
            "Status sesji 440 uniemożliwia wysyłkę faktur.".to_owned()
        )
    );
}

#[tokio::test]
async fn a_session_without_a_good_invoice_ends_445() {
    let (world, access, session) = desk().await;
    session.outcome(&world, &access, "<a/>").await;
    session.close(&world, &access).await.unwrap();
    let ended = session.becomes(&world, &access, 445).await;
    assert_eq!(
        (
            ended.invoice_count,
            ended.successful_invoice_count,
            ended.failed_invoice_count
        ),
        (Some(1), None, Some(1))
    );
    assert!(ended.upo.is_none());
}

#[tokio::test]
async fn the_clock_closes_a_session_after_twelve_hours() {
    let world = World::start().await;
    let pair = world.owner(NIP).await;
    let empty = Sending::open(&world, &pair.access_token).await;
    let used = Sending::open(&world, &pair.access_token).await;
    used.outcome(&world, &pair.access_token, &invoice(NIP, "FV/1"))
        .await;
    world.advance(SignedDuration::from_hours(12));
    let access = world.owner(NIP).await.access_token;
    let late = used
        .submit(&world, &access, used.body(b"<a/>"))
        .await
        .unwrap_err();
    assert_eq!(code(&late).0, 21180);
    assert_eq!(empty.status(&world, &access).await.status.code, 440);
    let ended = used.becomes(&world, &access, 200).await;
    assert_eq!(ended.upo_pages().len(), 1);
}

#[tokio::test]
async fn a_key_that_cannot_be_decrypted_fails_the_session() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let session = Sending::open_broken(&world, &access).await;
    let failed = session.becomes(&world, &access, 415).await;
    assert_eq!(
        failed.status.description,
        "Błąd odszyfrowania dostarczonego klucza"
    );
    assert_eq!(
        (failed.invoice_count, failed.failed_invoice_count),
        (None, None)
    );
    let refused = session
        .submit(&world, &access, session.body(b"<a/>"))
        .await
        .unwrap_err();
    assert_eq!(
        code(&refused),
        (
            21180,
            "Status sesji (415) uniemożliwia wysyłkę faktur.".to_owned()
        )
    );
    let refused = session.close(&world, &access).await.unwrap_err();
    assert_eq!(code(&refused).0, 21180);
}

#[tokio::test]
async fn invoices_sent_before_the_key_failed_are_405() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    control(&world, "PUT", "latency", json!({"invoiceMs": 400})).await;
    let session = Sending::open_broken(&world, &access).await;
    let sent = session.send(&world, &access, &invoice(NIP, "FV/1")).await;
    world.advance(SignedDuration::from_secs(1));
    let cancelled = session.settled(&world, &access, sent).await;
    assert_eq!(cancelled.status.code, 405);
    assert_eq!(session.status(&world, &access).await.status.code, 415);
}

#[tokio::test]
async fn opener_owner_and_introspection_read_and_nobody_else() {
    let world = World::start().await;
    let owner = world.owner(NIP).await.access_token;
    grant(&world, NIP, PESEL, Right::InvoiceWrite).await;
    grant(&world, NIP, SECOND_PESEL, Right::InvoiceWrite).await;
    grant(&world, NIP, THIRD_PESEL, Right::Introspection).await;
    let context = format!("Nip:{NIP}");
    let opener = world
        .tokens_of(&world.person(PESEL), &context)
        .await
        .access_token;
    let again = world
        .tokens_of(&world.person(PESEL), &context)
        .await
        .access_token;
    let colleague = world
        .tokens_of(&world.person(SECOND_PESEL), &context)
        .await
        .access_token;
    let auditor = world
        .tokens_of(&world.person(THIRD_PESEL), &context)
        .await
        .access_token;
    let stranger = world.owner(OTHER_NIP).await.access_token;
    let session = Sending::open(&world, &opener).await;
    for reader in [&opener, &again, &owner, &auditor] {
        assert_eq!(session.status(&world, reader).await.status.code, 100);
    }
    for reader in [&colleague, &stranger] {
        let refused = world
            .call(&GetSession::new(session.reference), Some(reader))
            .await
            .unwrap_err();
        assert_eq!(
            refused.forbidden_reason(),
            Some(&ForbiddenReason::InsufficientResourceAccess)
        );
    }
    let body = || session.body(invoice(NIP, "FV/1").as_bytes());
    assert_eq!(
        session
            .submit(&world, &colleague, body())
            .await
            .unwrap_err()
            .status,
        403
    );
    assert_eq!(
        session.close(&world, &colleague).await.unwrap_err().status,
        403
    );
    let refused = session.submit(&world, &auditor, body()).await.unwrap_err();
    assert_eq!(
        refused.forbidden_reason(),
        Some(&ForbiddenReason::MissingPermissions)
    );
    let listed = async |reader| {
        let request = ListSessions::new(SessionType::Online);
        world
            .call(&request, Some(reader))
            .await
            .unwrap()
            .sessions
            .len()
    };
    assert_eq!(listed(&auditor).await, 1);
    assert_eq!(listed(&colleague).await, 0);
    assert_eq!(listed(&opener).await, 1);
    session.submit(&world, &again, body()).await.unwrap();
    session.close(&world, &owner).await.unwrap();
}

#[tokio::test]
async fn a_session_that_is_not_there() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let session = Sending {
        reference: "20250925-SO-2F67776000-97273B191A-65".parse().unwrap(),
        key: SessionKey::generate().unwrap(),
    };
    let detail = |participle: &str| {
        format!(
            "Sesja o numerze referencyjnym {} nie została {participle}.",
            session.reference
        )
    };
    let refused = world
        .refused(&GetSession::new(session.reference), &access)
        .await;
    assert_eq!(code(&refused), (21173, detail("znaleziona")));
    let refused = session
        .submit(&world, &access, session.body(b"<a/>"))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), (21173, detail("odnaleziona")));
    let refused = session.close(&world, &access).await.unwrap_err();
    assert_eq!(code(&refused), (21173, detail("odnaleziona")));
    let answer = world.get("/sessions/nonsense", access.token.expose()).await;
    assert_eq!(
        answer.json()["exception"]["exceptionDetailList"][0]["exceptionCode"],
        21405
    );
}

#[tokio::test]
async fn the_list_is_newest_first_also_while_the_clock_stands() {
    let (world, access, first) = desk().await;
    let mut opened = vec![first.reference];
    for _ in 0..12 {
        opened.push(Sending::open(&world, &access).await.reference);
    }
    let request = ListSessions::new(SessionType::Online).with_page_size(10);
    let listed = list(&world, &access, request).await;
    let listed: Vec<_> = listed.iter().map(|item| item.reference_number).collect();
    opened.reverse();
    assert_eq!(listed, opened);
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let start = world.now();
    let mut opened = Vec::new();
    for _ in 0..23 {
        world.advance(SignedDuration::from_secs(1));
        opened.push(Sending::open(&world, &access).await);
    }
    for session in &opened[..3] {
        session.close(&world, &access).await.unwrap();
    }
    let broken = Sending::open_broken(&world, &access).await;
    broken.becomes(&world, &access, 415).await;
    let all = list(
        &world,
        &access,
        ListSessions::new(SessionType::Online).with_page_size(10),
    )
    .await;
    assert_eq!(all.len(), 24);
    assert!(
        all.windows(2)
            .all(|pair| pair[0].date_created >= pair[1].date_created),
        "newest first"
    );
    let of = |phases: &[SessionPhase]| {
        ListSessions::new(SessionType::Online).with_phases(phases.to_vec())
    };
    assert_eq!(
        list(&world, &access, of(&[SessionPhase::Cancelled]))
            .await
            .len(),
        3
    );
    assert_eq!(
        list(&world, &access, of(&[SessionPhase::Failed]))
            .await
            .len(),
        1
    );
    assert_eq!(
        list(
            &world,
            &access,
            of(&[SessionPhase::InProgress, SessionPhase::Failed])
        )
        .await
        .len(),
        21
    );
    let all_online = || ListSessions::new(SessionType::Online);
    let until = start + SignedDuration::from_secs(5);
    assert_eq!(
        list(
            &world,
            &access,
            all_online().with_created(Some(start), Some(until))
        )
        .await
        .len(),
        5
    );
    assert_eq!(
        list(&world, &access, all_online().with_closed(Some(start), None))
            .await
            .len(),
        3
    );
    assert_eq!(
        list(
            &world,
            &access,
            all_online().with_reference(broken.reference)
        )
        .await
        .len(),
        1
    );
    assert_eq!(
        list(&world, &access, ListSessions::new(SessionType::Batch))
            .await
            .len(),
        0
    );
}

async fn list(
    world: &World,
    access: &ksef_api::ops::auth::BearerToken,
    request: ListSessions,
) -> Vec<SessionSummary> {
    let mut all = Vec::new();
    let mut request = request;
    loop {
        let (page, next) = ListSessions::split(world.call(&request, Some(access)).await.unwrap());
        all.extend(page);
        match next {
            Some(token) => request = request.with_continuation(token),
            None => return all,
        }
    }
}

#[tokio::test]
async fn bad_pages_are_refused() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let bearer = access.token.expose();
    let session = Sending::open(&world, &access).await;
    let of_session = format!("/sessions/{}/invoices", session.reference);
    for path in [
        "/sessions?sessionType=Online",
        of_session.as_str(),
        &format!("{of_session}/failed"),
    ] {
        let headers = [("x-continuation-token", "bm9uc2Vuc2U")];
        let answer = world.raw("GET", path, Some(bearer), &headers, "").await;
        assert_eq!(
            answer.json()["exception"]["exceptionDetailList"][0]["exceptionCode"],
            21418,
            "{path}"
        );
        let separator = if path.contains('?') { '&' } else { '?' };
        let answer = world
            .get(&format!("{path}{separator}pageSize=5"), bearer)
            .await;
        let error = &answer.json()["exception"]["exceptionDetailList"][0];
        assert_eq!(error["exceptionCode"], 21405);
        assert_eq!(
            error["details"][0],
            "'pageSize' must be between 10 and 1000. You entered 5."
        );
    }
    let answer = world.get("/sessions", bearer).await;
    let error = &answer.json()["exception"]["exceptionDetailList"][0];
    assert_eq!(error["details"][0], "'sessionType' must not be empty.");
}

const SECOND_PESEL: &str = "88102341294";
const THIRD_PESEL: &str = "30112206276";
