//! Collective identifiers.

use jiff::SignedDuration;
use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::collective::{
    CollectiveIdentifierInfo, CollectiveInvoice, CreateCollectiveIdentifier, InvoiceOfCollective,
    ListCollectiveIdentifiersOfInvoice, ListInvoicesOfCollectives, Payment,
    QueryCollectiveIdentifiers,
};
use ksef_api::ops::invoices::CurrencyCode;
use ksef_api::ops::testdata::{SetSessionLimits, TestPermissionType};
use ksef_api::page::Paged;
use ksef_api::problem::Problem;
use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::ksef_number::KsefNumber;
use serde_json::json;

use crate::sending::{Sending, code, desk, grant, invoice};
use crate::support::{NIP, OTHER_NIP, PESEL, World};

const STRANGER: &str = "1234563218";
const UNKNOWN: &str = "5265877635-20250826-0100001AF629-AF";

/// So many accepted invoices that [`NIP`] sold to [`OTHER_NIP`].
async fn sales(
    world: &World,
    access: &BearerToken,
    session: &Sending,
    count: usize,
) -> Vec<KsefNumber> {
    let mut numbers = Vec::new();
    for index in 0..count {
        let issued = session.issue(world, access, &format!("FV/{index}")).await;
        numbers.push(issued.ksef_number.unwrap());
    }
    numbers
}

fn of(numbers: &[KsefNumber]) -> CreateCollectiveIdentifier {
    CreateCollectiveIdentifier::new(numbers.iter().copied().map(CollectiveInvoice::new))
}

async fn make(
    world: &World,
    access: &BearerToken,
    request: &CreateCollectiveIdentifier,
) -> CollectiveIdentifier {
    let made = world.ask(request, access).await;
    made.collective_identifier_number
}

fn lately(world: &World) -> QueryCollectiveIdentifiers {
    let now = world.now();
    QueryCollectiveIdentifiers::new(now - SignedDuration::from_hours(24), now)
}

async fn listed(
    world: &World,
    access: &BearerToken,
    query: QueryCollectiveIdentifiers,
) -> Vec<CollectiveIdentifierInfo> {
    world.ask(&query, access).await.collective_identifiers
}

async fn invoices(
    world: &World,
    access: &BearerToken,
    identifiers: &[CollectiveIdentifier],
) -> Vec<InvoiceOfCollective> {
    let request = ListInvoicesOfCollectives::new(identifiers.iter().copied());
    world.ask(&request, access).await.invoices
}

async fn of_invoice(
    world: &World,
    access: &BearerToken,
    number: KsefNumber,
) -> Vec<(CollectiveIdentifier, bool)> {
    let request = ListCollectiveIdentifiersOfInvoice::new(number);
    let page = world.ask(&request, access).await;
    page.collective_identifiers
        .iter()
        .map(|known| {
            (
                known.collective_identifier_number,
                known.created_in_current_context,
            )
        })
        .collect()
}

#[tokio::test]
async fn an_identifier_is_made_listed_and_found_by_its_invoices() {
    let (world, seller, session) = desk().await;
    let numbers = sales(&world, &seller, &session, 3).await;
    let identifier = make(&world, &seller, &of(&numbers[..2])).await;
    assert!(identifier.as_str().starts_with("5265877635-IZ202611-"));
    CollectiveIdentifier::parse(identifier.as_str()).unwrap();
    world.advance(SignedDuration::from_secs(1));
    let second = make(&world, &seller, &of(&numbers)).await;

    let known = listed(&world, &seller, lately(&world)).await;
    let shown: Vec<_> = known
        .iter()
        .map(|known| (known.collective_identifier_number, known.invoice_count))
        .collect();
    assert_eq!(shown, [(second, 3), (identifier, 2)], "the newest first");
    assert!(known.iter().all(|known| known.created_in_current_context));
    assert_eq!(known[0].date_created, world.now());

    let of_second = invoices(&world, &seller, &[second]).await;
    let mut expected = numbers.clone();
    expected.reverse();
    let found: Vec<_> = of_second.iter().map(|it| it.ksef_number).collect();
    assert_eq!(found, expected, "the highest number first");
    assert_eq!(
        invoices(&world, &seller, &[second, identifier]).await.len(),
        5
    );

    assert_eq!(
        of_invoice(&world, &seller, numbers[0]).await,
        [(second, true), (identifier, true)]
    );
    assert_eq!(
        of_invoice(&world, &seller, numbers[2]).await,
        [(second, true)]
    );
    assert_eq!(
        of_invoice(&world, &seller, UNKNOWN.parse().unwrap()).await,
        []
    );
}

#[tokio::test]
async fn details_are_for_the_maker_and_the_parties() {
    let (world, seller, session) = desk().await;
    let numbers = sales(&world, &seller, &session, 2).await;
    let amount = "123.45".parse().unwrap();
    let payment = Payment::new(amount, CurrencyCode::from_name("PLN"));
    let request = CreateCollectiveIdentifier::new([
        CollectiveInvoice::new(numbers[0])
            .with_payment(payment.clone())
            .with_description("Opis"),
        CollectiveInvoice::new(numbers[1]),
    ]);
    // The buyer pays, so the buyer makes it.
    let buyer = world.owner(OTHER_NIP).await.access_token;
    let identifier = make(&world, &buyer, &request).await;
    for access in [&buyer, &seller] {
        let shown = invoices(&world, access, &[identifier]).await;
        assert_eq!(shown[1].payment.as_ref(), Some(&payment));
        assert_eq!(shown[1].description.as_deref(), Some("Opis"));
        assert_eq!(shown[0].payment, None);
        assert!(shown.iter().all(|invoice| !invoice.details_hidden));
    }
    // The seller has it in the list, although it was made elsewhere.
    let known = listed(&world, &seller, lately(&world)).await;
    assert_eq!(known[0].collective_identifier_number, identifier);
    assert!(!known[0].created_in_current_context);
    assert_eq!(
        of_invoice(&world, &seller, numbers[0]).await,
        [(identifier, false)]
    );
    assert_eq!(
        of_invoice(&world, &buyer, numbers[0]).await,
        [(identifier, true)]
    );

    let stranger = world.owner(STRANGER).await.access_token;
    let shown = invoices(&world, &stranger, &[identifier]).await;
    assert_eq!(
        (shown.len(), &shown[1].payment, &shown[1].description),
        (2, &None, &None)
    );
    assert!(shown[1].details_hidden, "there is something to hide");
    assert!(!shown[0].details_hidden, "there is nothing to hide");
    assert_eq!(listed(&world, &stranger, lately(&world)).await, []);
    assert_eq!(of_invoice(&world, &stranger, numbers[0]).await, []);
}

#[tokio::test]
async fn what_cannot_be_put_together_is_named() {
    let (world, seller, session) = desk().await;
    let numbers = sales(&world, &seller, &session, 2).await;
    let refused = async |access: &BearerToken, numbers: &[KsefNumber]| {
        code(&world.refused(&of(numbers), access).await)
    };
    let unknown: KsefNumber = UNKNOWN.parse().unwrap();
    let (found, detail) = refused(&seller, &[numbers[0], unknown]).await;
    assert_eq!(found, 71001);
    assert!(detail.contains(UNKNOWN), "{detail}");
    assert_eq!(refused(&seller, &[numbers[0], numbers[0]]).await.0, 71005);
    let stranger = world.owner(STRANGER).await.access_token;
    assert_eq!(
        refused(&stranger, &numbers).await.0,
        71001,
        "it sees none of them"
    );

    // A purchase beside a sale: two sellers.
    let other = world.owner(OTHER_NIP).await.access_token;
    let theirs = Sending::open(&world, &other).await;
    let purchase = invoice("@", "FV/7")
        .replace(OTHER_NIP, NIP)
        .replace('@', OTHER_NIP);
    let purchase = theirs.outcome(&world, &other, &purchase).await;
    let purchase = purchase.ksef_number.unwrap();
    let (found, detail) = refused(&seller, &[numbers[0], purchase]).await;
    assert_eq!(found, 71004);
    assert!(detail.contains(purchase.as_str()), "{detail}");

    let problem = world
        .refused(&of(&[numbers[0], numbers[0], purchase, unknown]), &seller)
        .await;
    let codes: Vec<_> = problem.errors.iter().map(|error| error.code).collect();
    assert_eq!(codes, [71001, 71004, 71005], "everything at once");
    assert_eq!(
        listed(&world, &seller, lately(&world)).await,
        [],
        "nothing was made"
    );
}

#[tokio::test]
async fn an_invoice_belongs_to_132_identifiers_of_a_context() {
    let (world, seller, session) = desk().await;
    let numbers = sales(&world, &seller, &session, 2).await;
    for _ in 0..132 {
        make(&world, &seller, &of(&numbers)).await;
    }
    let problem = world.refused(&of(&numbers), &seller).await;
    assert_eq!(code(&problem).0, 71002);
    assert_eq!(problem.errors[0].details.len(), 2);
    // Another context counts for itself.
    let buyer = world.owner(OTHER_NIP).await.access_token;
    make(&world, &buyer, &of(&numbers)).await;

    let first = ListCollectiveIdentifiersOfInvoice::new(numbers[0]).with_page_size(100);
    let page = world.ask(&first, &seller).await;
    let (mut seen, next) = (
        page.collective_identifiers,
        page.continuation_token.unwrap(),
    );
    let page = world
        .ask(&first.clone().with_continuation(next), &seller)
        .await;
    assert_eq!(page.continuation_token, None);
    seen.extend(page.collective_identifiers);
    seen.sort_by_key(|known| known.collective_identifier_number);
    seen.dedup();
    assert_eq!(seen.len(), 133);
}

#[tokio::test]
async fn the_number_of_invoices_is_limited() {
    let (world, seller, session) = desk().await;
    let numbers = sales(&world, &seller, &session, 3).await;
    let details = |problem: Problem| problem.errors[0].details.clone();
    for few in [&numbers[..0], &numbers[..1]] {
        let problem = world.refused(&of(few), &seller).await;
        assert_eq!(code(&problem).0, 21405);
        assert!(details(problem)[0].contains("between 2 and 500"));
    }
    let mut limits = ksef_api::ops::limits::ContextLimits::default();
    limits.collective_identifier.max_invoices = 2;
    world.ask(&SetSessionLimits::new(limits), &seller).await;
    let problem = world.refused(&of(&numbers), &seller).await;
    assert_eq!(
        details(problem),
        ["'invoices' must contain between 2 and 2 items. You entered 3."]
    );
    make(&world, &seller, &of(&numbers[..2])).await;
}

#[tokio::test]
async fn every_violation_is_named() {
    let (world, seller, _) = desk().await;
    let bearer = Some(seller.token.expose());
    let body = json!({"invoices": [
        {"ksefNumber": "x", "payment": {"amount": 1}, "description": "a".repeat(513), "more": 1},
        {"payment": null, "description": null},
    ]});
    let answer = world
        .json("POST", "/collective-identifiers", bearer, body)
        .await;
    assert_eq!(
        answer.json()["errors"][0]["details"],
        json!([
            "'invoices[0].ksefNumber' is not in the correct format.",
            "'invoices[0].payment.currency' must not be empty.",
            "The length of 'invoices[0].description' must be 512 characters or fewer. You entered 513 characters.",
            "'invoices[1].ksefNumber' must not be empty.",
        ])
    );
    let body = json!({"invoices": [{"ksefNumber": UNKNOWN, "payment": {"amount": "1", "currency": "QQQ"}}, {"ksefNumber": UNKNOWN}]});
    let answer = world
        .json("POST", "/collective-identifiers", bearer, body)
        .await;
    assert_eq!(answer.json()["errors"][0]["code"], 21001);
    for (path, body, code) in [
        ("", json!({}), 21405),
        ("", json!([]), 21001),
        ("/query", json!({}), 21405),
        (
            "/query",
            json!({"dateCreatedFrom": "soon", "dateCreatedTo": "later"}),
            21001,
        ),
        (
            "/query",
            json!({"dateCreatedFrom": "2026-02-01T00:00:00Z", "dateCreatedTo": "2026-01-01T00:00:00Z"}),
            21405,
        ),
        (
            "/query",
            json!({"dateCreatedFrom": "2026-01-01T00:00:00Z", "dateCreatedTo": "2026-04-12T00:00:00Z"}),
            21405,
        ),
        ("/invoices", json!({}), 21405),
        (
            "/invoices",
            json!({"collectiveIdentifierNumbers": []}),
            21405,
        ),
        (
            "/invoices",
            json!({"collectiveIdentifierNumbers": vec!["a"; 11]}),
            21405,
        ),
        (
            "/invoices",
            json!({"collectiveIdentifierNumbers": [1]}),
            21001,
        ),
        (
            "/invoices?pageSize=501",
            json!({"collectiveIdentifierNumbers": ["a"]}),
            21405,
        ),
    ] {
        let path = format!("/collective-identifiers{path}");
        let answer = world.json("POST", &path, bearer, body.clone()).await;
        assert_eq!(answer.status, 400, "{path} {body}");
        assert_eq!(answer.json()["errors"][0]["code"], code, "{path} {body}");
    }
    let answer = world
        .json("GET", "/collective-identifiers/ksef/x", bearer, json!(null))
        .await;
    assert_eq!(answer.json()["errors"][0]["code"], 21405);
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let (world, seller, session) = desk().await;
    let numbers = sales(&world, &seller, &session, 12).await;
    let began = world.now();
    let large = make(&world, &seller, &of(&numbers)).await;
    world.advance(SignedDuration::from_mins(1));
    let small = make(&world, &seller, &of(&numbers[..2])).await;
    let buyer = world.owner(OTHER_NIP).await.access_token;
    let foreign = make(&world, &buyer, &of(&numbers[..3])).await;
    let found = async |query: QueryCollectiveIdentifiers| {
        let mut found: Vec<_> = listed(&world, &seller, query)
            .await
            .iter()
            .map(|known| known.collective_identifier_number)
            .collect();
        found.sort_unstable();
        found
    };
    let sorted = |mut list: Vec<CollectiveIdentifier>| {
        list.sort_unstable();
        list
    };
    let all = || lately(&world);
    assert_eq!(found(all()).await, sorted(vec![large, small, foreign]));
    assert_eq!(found(all().with_identifier(small)).await, [small]);
    assert_eq!(
        found(all().with_invoice_count(Some(3), None)).await,
        sorted(vec![large, foreign])
    );
    assert_eq!(
        found(all().with_invoice_count(Some(3), Some(11))).await,
        [foreign]
    );
    assert_eq!(
        found(all().with_created_in_current_context(false)).await,
        [foreign]
    );
    let early = QueryCollectiveIdentifiers::new(began, began);
    assert_eq!(found(early).await, [large]);

    let first = ListInvoicesOfCollectives::new([large, small]).with_page_size(10);
    let page = world.ask(&first, &seller).await;
    let token = page.continuation_token.clone().unwrap();
    let rest = world
        .ask(&first.clone().with_continuation(token.clone()), &seller)
        .await;
    assert_eq!((page.invoices.len(), rest.invoices.len()), (10, 4));
    assert_eq!(rest.continuation_token, None);
    let mut members: Vec<_> = page
        .invoices
        .iter()
        .chain(&rest.invoices)
        .map(|it| (it.ksef_number, it.collective_identifier_number))
        .collect();
    assert!(
        members.is_sorted_by(|left, right| left > right),
        "{members:?}"
    );
    members.dedup();
    assert_eq!(members.len(), 14);
    // The token of another list is none.
    let wrong = all().with_continuation(token);
    assert_eq!(code(&world.refused(&wrong, &seller).await).0, 21418);
}

#[tokio::test]
async fn one_of_three_permissions_opens_them() {
    let (world, seller, session) = desk().await;
    let numbers = sales(&world, &seller, &session, 2).await;
    let identifier = make(&world, &seller, &of(&numbers)).await;
    let context = format!("Nip:{NIP}");
    grant(&world, NIP, PESEL, TestPermissionType::CredentialsRead).await;
    let person = world.tokens_of(&world.person(PESEL), &context).await;
    let access = &person.access_token;
    assert_eq!(world.refused(&of(&numbers), access).await.status, 403);
    assert_eq!(world.refused(&lately(&world), access).await.status, 403);
    let of_one = ListCollectiveIdentifiersOfInvoice::new(numbers[0]);
    assert_eq!(world.refused(&of_one, access).await.status, 403);
    let of_all = ListInvoicesOfCollectives::new([identifier]);
    assert_eq!(world.refused(&of_all, access).await.status, 403);
    let manage = TestPermissionType::CollectiveIdentifierManage;
    grant(&world, NIP, PESEL, manage).await;
    let person = world.tokens_of(&world.person(PESEL), &context).await;
    make(&world, &person.access_token, &of(&numbers)).await;
    assert_eq!(
        listed(&world, &person.access_token, lately(&world))
            .await
            .len(),
        2
    );
    let answer = world
        .raw("POST", "/collective-identifiers", None, &[], "{}")
        .await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn they_outlive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    let seller = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &seller).await;
    let numbers = sales(&world, &seller, &session, 2).await;
    let payment = Payment::new("0.10".parse().unwrap(), CurrencyCode::from_name("EUR"));
    let invoice = |number| CollectiveInvoice::new(number).with_payment(payment.clone());
    let request = CreateCollectiveIdentifier::new(numbers.iter().copied().map(invoice));
    let identifier = make(&world, &seller, &request).await;
    let before = invoices(&world, &seller, &[identifier]).await;
    world.sandbox.shutdown().await;

    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    assert_eq!(invoices(&world, &seller, &[identifier]).await, before);
    assert_eq!(
        of_invoice(&world, &seller, numbers[1]).await,
        [(identifier, true)]
    );
    assert_eq!(before[0].payment.as_ref(), Some(&payment));
}
