//! Repeats, limits, firewalls, tokens that end, connections that break.

use std::time::{Duration, Instant as StdInstant};

use ksef_sdk::api::ops::sessions::{CloseOnlineSession, GetSession, SessionInvoice};
use ksef_sdk::api::ops::tokens::GenerateToken;
use ksef_sdk::api::ops::tokens::TokenPermission;
use ksef_sdk::session::OpenSession;
use ksef_sdk::{Client, ErrorKind, RetryPolicy, Timeouts};

use crate::server::{Act, HTML, JSON, Server, context, quick, seal};

fn page(status: u16) -> Act {
    let text = "<html><body>Request Rejected. Your support ID is: 4711471147</body></html>";
    Act::Answer(status, HTML, text.into())
}

fn gateway(status: u16) -> Act {
    Act::Answer(status, HTML, "<html><h1>Bad Gateway</h1></html>".into())
}

fn server_error() -> Act {
    Act::Answer(500, JSON, "{}".into())
}

async fn opened(client: &Client) -> OpenSession {
    OpenSession::open(client, ksef_core::form_code::FormCode::Fa3)
        .await
        .unwrap()
}

#[tokio::test]
async fn reads_are_repeated_and_warnings_kept() {
    let server = Server::start().await;
    let client = server.client();
    let session = opened(&client).await;
    server.script(
        "sessions.status",
        [server_error(), gateway(502), Act::Drop, Act::Truncate],
    );
    let answer = client
        .call(&GetSession::new(session.reference()))
        .await
        .unwrap();
    assert_eq!(answer.value.status.code, 100);
    assert_eq!(server.count("sessions.status"), 5);
    let codes: Vec<_> = answer
        .warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    assert_eq!(codes, ["xml-002", "sig-001"]);
    assert!(answer.server_time().is_some());
    let seen = server.seen("sessions.status");
    assert!(
        seen[0]
            .user_agent
            .as_deref()
            .unwrap()
            .starts_with("ksef-sdk/")
    );

    server.script("sessions.status", vec![server_error(); 9]);
    let error = client.session(session.reference()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Server);
    assert_eq!(
        server.count("sessions.status"),
        10,
        "five attempts and no more"
    );
}

#[tokio::test]
async fn writes_are_repeated_only_when_they_surely_did_nothing() {
    let server = Server::start().await;
    let client = server.client();
    client.authenticate().await.unwrap();
    for act in [
        server_error(),
        gateway(503),
        Act::Drop,
        Act::WorkThenDrop,
        Act::Truncate,
    ] {
        let before = server.count("sessions.open_online");
        server.script("sessions.open_online", [act.clone()]);
        let error = OpenSession::open(&client, ksef_core::form_code::FormCode::Fa3).await;
        let error = error.unwrap_err();
        assert!(
            error.is_outcome_unknown() && !error.is_retryable(),
            "{act:?}: {error}"
        );
        assert_eq!(server.count("sessions.open_online"), before + 1, "{act:?}");
        assert_eq!(error.operation(), Some("sessions.open_online"));
    }
    server.script(
        "sessions.open_online",
        [Act::Throttle("0"), Act::Throttle("0")],
    );
    let before = server.count("sessions.open_online");
    opened(&client).await;
    assert_eq!(
        server.count("sessions.open_online"),
        before + 3,
        "429 did nothing"
    );
}

#[tokio::test]
async fn retry_after_is_obeyed_in_full() {
    let server = Server::start().await;
    let client = server.client();
    let session = opened(&client).await;
    server.script("sessions.close_online", [Act::Throttle("1")]);
    #[expect(clippy::disallowed_methods, reason = "what passes here is real time")]
    let began = StdInstant::now();
    client
        .call(&CloseOnlineSession::new(session.reference()))
        .await
        .unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));

    server.script("sessions.status", [Act::Throttle("2680")]);
    let error = client.session(session.reference()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2_680)));
    assert!(error.is_retryable() && error.is_certainly_not_done());
    assert_eq!(
        server.count("sessions.status"),
        1,
        "longer than our patience: not even tried"
    );
}

#[tokio::test]
async fn firewalls_are_not_hammered() {
    let server = Server::start().await;
    let client = server.client();
    let session = opened(&client).await;
    let blocked = Act::Answer(
        403,
        "application/json",
        r#"{"error":"Request blocked"}"#.into(),
    );
    for act in [page(403), page(200), page(503), blocked] {
        let before = server.count("sessions.status");
        server.script("sessions.status", [act.clone()]);
        let error = client.session(session.reference()).await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Firewall { .. }),
            "{act:?}: {error}"
        );
        assert_eq!(server.count("sessions.status"), before + 1, "{act:?}");
    }
    server.script("sessions.status", [page(403)]);
    let error = client.session(session.reference()).await.unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Firewall {
            incident: Some("4711471147".into())
        }
    );
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let server = Server::start().await;
    let client = server.client();
    let session = opened(&client).await;
    server.world().oldest_access = 10_000;
    let error = client.session(session.reference()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unauthorised);
    assert_eq!(server.count("sessions.status"), 2);
    assert_eq!(
        (server.count("auth.refresh"), server.count("auth.redeem")),
        (1, 1)
    );

    server.world().oldest_access = 0;
    client.session(session.reference()).await.unwrap();

    // The next one is refused, and so is its renewal: only a login helps.
    let newest = server
        .seen("sessions.status")
        .last()
        .unwrap()
        .authorization
        .clone()
        .unwrap();
    let newest: u64 = newest
        .strip_prefix("Bearer access-")
        .unwrap()
        .parse()
        .unwrap();
    server.world().oldest_access = newest + 1;
    server.world().refuses_refresh = true;
    client.session(session.reference()).await.unwrap();
    assert_eq!(
        (server.count("auth.refresh"), server.count("auth.redeem")),
        (2, 2)
    );
}

#[tokio::test]
async fn many_callers_sign_in_once() {
    let server = Server::start().await;
    let client = server.client();
    server.script("auth.challenge", [Act::Wait(Duration::from_millis(50))]);
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.authenticate().await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.count("auth.challenge"), 1);
    let other =
        client.for_context(ksef_core::context::ContextIdentifier::parse("Nip:1111111111").unwrap());
    other.authenticate().await.unwrap();
    assert_eq!(
        server.count("auth.challenge"),
        2,
        "each context has its own"
    );
    let same = client.with_login(context(), seal());
    same.authenticate().await.unwrap();
    assert_eq!(
        server.count("auth.challenge"),
        2,
        "the same credentials and context share"
    );
}

#[tokio::test]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let environment =
        ksef_core::environment::Environment::custom(&format!("http://{address}")).unwrap();
    let client = Client::builder(environment).retry(quick()).build().unwrap();
    let error = client.challenge().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unreachable);
    assert!(error.is_certainly_not_done() && error.is_retryable());
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn time_runs_out() {
    let server = Server::start().await;
    let timeouts = Timeouts::default().with_request(Duration::from_millis(150));
    let builder = server.builder().credentials(seal()).timeouts(timeouts);
    let client = builder.retry(RetryPolicy::never()).build().unwrap();
    client.authenticate().await.unwrap();
    let late = || Act::Wait(Duration::from_millis(600));
    server.script("keys.public_key_certificates", [late()]);
    let error = client.public_keys().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unreachable, "a read");
    assert!(!error.is_certainly_not_done());
    server.script("sessions.open_online", [late()]);
    let open = OpenSession::open(&client, ksef_core::form_code::FormCode::Fa3).await;
    assert!(open.unwrap_err().is_outcome_unknown(), "a write");
}

#[tokio::test]
async fn answers_have_a_limit_and_redirects_are_not_followed() {
    let server = Server::start().await;
    let builder = server.builder().credentials(seal()).answer_bytes_max(2_000);
    let client = builder.build().unwrap();
    client.authenticate().await.unwrap();
    let long = format!("[{}]", " ".repeat(4_000));
    server.script(
        "keys.public_key_certificates",
        [Act::Answer(200, JSON, long)],
    );
    let error = client.public_keys().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Protocol);
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("2000 bytes")
    );

    for chunk in [1_000, 4_000] {
        let act = Act::Unannounced(4_000, chunk);
        server.script("keys.public_key_certificates", [act]);
        let error = client.public_keys().await.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("2000 bytes"), "{chunk}: {cause}");
    }

    server.script(
        "keys.public_key_certificates",
        [Act::Answer(302, JSON, String::new())],
    );
    assert_eq!(
        client.public_keys().await.unwrap_err().kind(),
        &ErrorKind::Protocol
    );
    server.script(
        "keys.public_key_certificates",
        [Act::Answer(200, JSON, "{}".into())],
    );
    assert_eq!(
        client.public_keys().await.unwrap_err().kind(),
        &ErrorKind::Protocol
    );
}

#[tokio::test]
async fn what_the_client_lacks_is_said_before_anything_is_sent() {
    let server = Server::start().await;
    let bare = Client::builder(server.environment()).build().unwrap();
    let request = GenerateToken::new([TokenPermission::InvoiceRead], "opis tokenu");
    let error = bare.call(&request).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "tokens.generate: the client has no credentials"
    );
    let homeless = Client::builder(server.environment())
        .credentials(seal())
        .build()
        .unwrap();
    assert!(
        homeless
            .authenticate()
            .await
            .unwrap_err()
            .to_string()
            .contains("no context")
    );
    let error = bare
        .call(&ksef_sdk::api::ops::auth::RedeemTokens)
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Misuse { .. }));
    assert_eq!(server.state.seen.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_list_that_never_ends_is_noticed() {
    let server = Server::start().await;
    let client = server.client();
    let session = opened(&client).await;
    let same = r#"{"continuationToken":"again","invoices":[]}"#;
    server.script(
        "sessions.invoices",
        vec![Act::Answer(200, "application/json", same.into()); 5],
    );
    let list = ksef_sdk::api::ops::sessions::ListSessionInvoices::new(session.reference());
    let outcome: Result<Vec<SessionInvoice>, _> = client.all(list).await;
    assert_eq!(outcome.unwrap_err().kind(), &ErrorKind::Protocol);
    assert_eq!(server.count("sessions.invoices"), 2);

    // Nor one that goes round in a circle.
    let session = opened(&server.client()).await;
    let page = |token: &str| {
        let body = format!(r#"{{"continuationToken":"{token}","invoices":[]}}"#);
        Act::Answer(200, "application/json", body)
    };
    let server = Server::start().await;
    let client = server.client();
    server.script(
        "sessions.invoices",
        ["a", "b", "a", "b", "a", "b"].map(page),
    );
    let list = ksef_sdk::api::ops::sessions::ListSessionInvoices::new(session.reference());
    assert_eq!(
        client.all(list).await.unwrap_err().kind(),
        &ErrorKind::Protocol
    );
    assert_eq!(server.count("sessions.invoices"), 3);
}

/// The futures of the client travel between threads.
#[tokio::test]
async fn calls_can_be_spawned() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let server = Server::start().await;
    let client = server.client();
    is_send(client.challenge()).await.unwrap();
    is_send(client.authenticate()).await.unwrap();
    is_send(client.logout()).await.unwrap();
    assert_eq!(server.count("auth.terminate_current"), 1);
    client.logout().await.unwrap();
    assert_eq!(
        server.count("auth.terminate_current"),
        1,
        "there is nothing to end"
    );
}

#[tokio::test]
async fn preloaded_keys_are_used_while_they_are_valid() {
    let server = Server::start().await;
    let known = server.state.keys();
    let builder = server.builder().credentials(seal());
    opened(&builder.public_keys(known.clone()).build().unwrap()).await;
    assert_eq!(server.count("keys.public_key_certificates"), 0);

    // An old list, whose key has ended: the fresh one is asked for before anything is encrypted.
    let mut old = known.clone();
    old[0].valid_to = crate::server::now() - jiff::SignedDuration::from_hours(1);
    let preloaded = || {
        server
            .builder()
            .credentials(seal())
            .public_keys(old.clone())
    };
    server.world().key = 1;
    opened(&preloaded().build().unwrap()).await;
    assert_eq!(server.count("keys.public_key_certificates"), 1);
    assert_eq!(server.count("sessions.open_online"), 2, "right at once");

    // Where no fresh list is to be had, the server may still take the old key.
    server.world().key = 0;
    server.script("keys.public_key_certificates", vec![server_error(); 5]);
    opened(&preloaded().build().unwrap()).await;

    // A key of another kind beside ours is left alone.
    let mut odd = known[0].clone();
    odd.certificate = b"of another kind".to_vec().into();
    odd.valid_from += jiff::SignedDuration::from_mins(1);
    let builder = server.builder().credentials(seal());
    let both = builder.public_keys([odd, known[0].clone()]);
    let fetched = server.count("keys.public_key_certificates");
    opened(&both.build().unwrap()).await;
    assert_eq!(server.count("keys.public_key_certificates"), fetched);
}

#[tokio::test]
async fn test_data_is_for_test_environments() {
    let nip = "5265877635".parse().unwrap();
    for environment in [
        ksef_core::environment::Environment::demo(),
        ksef_core::environment::Environment::production(),
    ] {
        let client = Client::builder(environment).build().unwrap();
        let error = client.remove_test_person(nip).await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Misuse { .. }),
            "{error:?}"
        );
        let error = client.reset_rate_limits().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Misuse { .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_list_that_never_ends_is_left() {
    let server = Server::start().await;
    let client = server.client();
    let endless = r#"{"permissions": [], "hasMore": true}"#;
    server.script(
        "permissions.query_personal",
        [Act::Answer(200, "application/json", endless.into())],
    );
    let query = ksef_sdk::api::ops::permissions::QueryPersonalPermissions::new();
    let error = client.all_by_offset(query).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Protocol);
}
