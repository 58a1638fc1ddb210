//! The metadata query: who finds what, every filter, dates, order, pages, and the high-water mark.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::invoices::{
    AmountRange, AmountType, AuthorisedSubjectRole, BuyerIdentifier, BuyerIdentifierType,
    CurrencyCode, DateRange, DateType, FoundInvoices, GetInvoice, InvoiceFilters, InvoiceFormType,
    InvoiceMetadata, InvoiceType, QueryInvoices, SortOrder, SubjectRole,
    ThirdSubjectIdentifierType, ThirdSubjectRole,
};
use ksef_api::ops::sessions::InvoicingMode;
use ksef_api::ops::testdata::TestPermissionType as Right;
use ksef_crypto::digest::sha256;
use ksef_sandbox::{Bounds, Builder, Latency};
use serde_json::{Value, json};

use crate::sending::{Sending, code, control, grant, invoice};
use crate::support::{NIP, OTHER_NIP, PESEL, World};

const THIRD_NIP: &str = "1234563218";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Everything of the role that was stored, ever.
pub(crate) fn all(role: SubjectRole) -> InvoiceFilters {
    let range = DateRange::since(DateType::PermanentStorage, at("2026-11-01T00:00:00Z"));
    InvoiceFilters::new(role, range)
}

pub(crate) async fn find(
    world: &World,
    access: &BearerToken,
    filters: &InvoiceFilters,
) -> FoundInvoices {
    let request = QueryInvoices::new(filters.clone()).with_page_size(250);
    world.ask(&request, access).await
}

async fn numbers(world: &World, access: &BearerToken, filters: &InvoiceFilters) -> Vec<String> {
    let found = find(world, access, filters).await;
    found
        .invoices
        .into_iter()
        .map(|invoice| invoice.invoice_number)
        .collect()
}

/// Sends and waits until the invoice can be found.
pub(crate) async fn send(world: &World, access: &BearerToken, xml: &str) -> InvoiceMetadata {
    let session = Sending::open(world, access).await;
    let sent = session.send(world, access, xml).await;
    let stored = session.becomes_stored(world, access, sent).await;
    let mut filters = all(SubjectRole::Seller);
    filters.ksef_number = stored.ksef_number;
    // The clock of the test stands still, and what is stored now lies after it.
    world.advance(SignedDuration::from_secs(1));
    let mut found = find(world, access, &filters).await.invoices;
    found.pop().unwrap_or_else(|| panic!("{stored:?}"))
}

/// An invoice in euro with everybody on it, issued by the buyer for the seller on 2026-11-18.
fn rich(number: &str) -> String {
    invoice(NIP, number)
        .replace("<P_1>2026-11-20", "<P_1>2026-11-18")
        .replace("<KodWaluty>PLN", "<KodWaluty>EUR")
        .replace(
            "<P_15>123.00</P_15>",
            "<P_13_1>1000.10</P_13_1><P_14_1>230.02</P_14_1><P_14_1W>990.01</P_14_1W><P_15>1230.12</P_15>",
        )
        .replace("<P_17>2", "<P_17>1")
        .replace(
            "<NIP>7762811692</NIP><Nazwa>Nabywca S.A.</Nazwa>",
            "<KodUE>DE</KodUE><NrVatUE>123456789</NrVatUE><Nazwa>Käufer GmbH</Nazwa>",
        )
        .replace(
            "</Podmiot2>",
            "</Podmiot2>\
             <Podmiot3><DaneIdentyfikacyjne><NIP>7762811692</NIP><Nazwa>Płatnik</Nazwa></DaneIdentyfikacyjne>\
             <Rola>6</Rola></Podmiot3>\
             <Podmiot3><DaneIdentyfikacyjne><IDWew>5265877635-12345</IDWew><Nazwa>Oddział</Nazwa>\
             </DaneIdentyfikacyjne><RolaInna>1</RolaInna><OpisRoli>oddział</OpisRoli></Podmiot3>\
             <PodmiotUpowazniony><DaneIdentyfikacyjne><NIP>1234563218</NIP><Nazwa>Przedstawiciel</Nazwa>\
             </DaneIdentyfikacyjne><Adres><KodKraju>PL</KodKraju><AdresL1>Rynek 1</AdresL1></Adres>\
             <RolaPU>3</RolaPU></PodmiotUpowazniony>",
        )
}

/// A world with a plain and a rich invoice of [`NIP`], found by their numbers.
async fn stocked() -> (World, BearerToken, InvoiceMetadata, InvoiceMetadata) {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let plain = send(&world, &access, &invoice(NIP, "FV/PLAIN")).await;
    world.advance(SignedDuration::from_mins(5));
    let rich = send(&world, &access, &rich("FV/RICH")).await;
    (world, access, plain, rich)
}

#[tokio::test]
async fn metadata_tell_everything_that_stands_in_the_invoice() {
    let (_, _, plain, rich) = stocked().await;
    assert_eq!(plain.invoice_number, "FV/PLAIN");
    assert_eq!(plain.issue_date, jiff::civil::date(2026, 11, 20));
    assert_eq!(
        plain.invoice_hash,
        sha256(invoice(NIP, "FV/PLAIN").as_bytes())
    );
    assert_eq!(plain.seller.nip.as_str(), NIP);
    assert_eq!(plain.seller.name.as_deref(), Some("Sprzedawca Sp. z o.o."));
    assert_eq!(
        plain.buyer.identifier,
        BuyerIdentifier::new(BuyerIdentifierType::Nip, OTHER_NIP)
    );
    assert_eq!(plain.gross_amount, "123.00".parse().unwrap());
    assert_eq!(plain.net_amount, "0".parse().unwrap());
    assert!(plain.acquisition_date >= plain.invoicing_date);
    assert!(plain.permanent_storage_date > plain.acquisition_date);
    assert_eq!(plain.invoicing_mode, InvoicingMode::Offline);
    assert!(plain.third_subjects.is_empty() && plain.authorized_subject.is_none());

    assert_eq!(rich.currency, CurrencyCode::from_name("EUR"));
    assert_eq!(rich.net_amount, "1000.10".parse().unwrap());
    assert_eq!(rich.gross_amount, "1230.12".parse().unwrap());
    assert_eq!(rich.vat_amount, "990.01".parse().unwrap(), "in PLN");
    assert!(rich.is_self_invoicing && !rich.has_attachment);
    assert_eq!(
        rich.buyer.identifier,
        BuyerIdentifier::new(BuyerIdentifierType::VatUe, "DE123456789")
    );
    let thirds: Vec<_> = rich
        .third_subjects
        .iter()
        .map(|third| (third.identifier.kind.clone(), third.role))
        .collect();
    assert_eq!(
        thirds,
        [
            (ThirdSubjectIdentifierType::Nip, ThirdSubjectRole::Payer),
            (
                ThirdSubjectIdentifierType::InternalId,
                ThirdSubjectRole::Described
            ),
        ]
    );
    let authorised = rich.authorized_subject.unwrap();
    assert_eq!(authorised.role, AuthorisedSubjectRole::TaxRepresentative);
}

/// Each filter, set so that it fits the rich invoice and not the plain one.
fn every_filter(rich: &InvoiceMetadata) -> Vec<(&'static str, InvoiceFilters)> {
    let with = |change: &dyn Fn(&mut InvoiceFilters)| {
        let mut filters = all(SubjectRole::Seller);
        change(&mut filters);
        filters
    };
    let amount = |kind: AmountType, from: &str, to: &str| AmountRange {
        kind,
        from: Some(from.parse().unwrap()),
        to: Some(to.parse().unwrap()),
    };
    vec![
        (
            "number",
            with(&|it| it.ksef_number = Some(rich.ksef_number)),
        ),
        (
            "seller's number",
            with(&|it| it.invoice_number = Some("FV/RICH".into())),
        ),
        (
            "gross",
            with(&|it| it.amount = Some(amount(AmountType::Gross, "1230.12", "1230.12"))),
        ),
        (
            "net",
            with(&|it| it.amount = Some(amount(AmountType::Net, "1000.10", "1000.10"))),
        ),
        (
            "vat",
            with(&|it| it.amount = Some(amount(AmountType::Vat, "990.01", "990.01"))),
        ),
        (
            "buyer",
            with(&|it| it.buyer_identifier = Some(rich.buyer.identifier.clone())),
        ),
        (
            "currencies",
            with(&|it| it.currency_codes = ["USD", "EUR"].map(CurrencyCode::from_name).into()),
        ),
        (
            "self-invoicing",
            with(&|it| it.is_self_invoicing = Some(true)),
        ),
        (
            "issue",
            with(&|it| {
                it.date_range = DateRange::between(
                    DateType::Issue,
                    at("2026-11-17T23:00:00Z"),
                    at("2026-11-18T22:59:59Z"),
                );
            }),
        ),
        (
            "invoicing",
            with(&|it| {
                it.date_range = DateRange::between(
                    DateType::Invoicing,
                    rich.invoicing_date,
                    rich.invoicing_date,
                );
            }),
        ),
        (
            "storage",
            with(&|it| {
                it.date_range = DateRange::between(
                    DateType::PermanentStorage,
                    rich.permanent_storage_date,
                    rich.permanent_storage_date,
                );
            }),
        ),
    ]
}

/// Its name, what it sets, what it finds.
type Case = (
    &'static str,
    &'static dyn Fn(&mut InvoiceFilters),
    &'static [&'static str],
);

#[tokio::test]
async fn every_filter_filters() {
    let (world, access, _, rich) = stocked().await;
    let both = numbers(&world, &access, &all(SubjectRole::Seller)).await;
    assert_eq!(both, ["FV/PLAIN", "FV/RICH"]);
    for (name, filters) in every_filter(&rich) {
        assert_eq!(
            numbers(&world, &access, &filters).await,
            ["FV/RICH"],
            "{name}"
        );
    }
    // The other way round, and those that fit both or none.
    let cases: [Case; 9] = [
        (
            "no self-invoicing",
            &|it| it.is_self_invoicing = Some(false),
            &["FV/PLAIN"],
        ),
        (
            "seller",
            &|it| it.seller_nip = Some(OTHER_NIP.parse().unwrap()),
            &[],
        ),
        (
            "mode",
            &|it| it.invoicing_mode = Some(InvoicingMode::Online),
            &[],
        ),
        (
            "form",
            &|it| it.form_type = Some(InvoiceFormType::FaRr),
            &[],
        ),
        (
            "types",
            &|it| it.invoice_types = vec![InvoiceType::Correction],
            &[],
        ),
        ("attachment", &|it| it.has_attachment = Some(true), &[]),
        (
            "no buyer",
            &|it| it.buyer_identifier = Some(BuyerIdentifier::none()),
            &[],
        ),
        (
            "all that fit",
            &|it| {
                it.seller_nip = Some(NIP.parse().unwrap());
                it.invoicing_mode = Some(InvoicingMode::Offline);
                it.form_type = Some(InvoiceFormType::Fa);
                it.invoice_types = vec![InvoiceType::Correction, InvoiceType::Vat];
                it.has_attachment = Some(false);
            },
            &["FV/PLAIN", "FV/RICH"],
        ),
        (
            "open amount",
            &|it| {
                it.amount = Some(AmountRange {
                    kind: AmountType::Gross,
                    from: None,
                    to: Some("123".parse().unwrap()),
                });
            },
            &["FV/PLAIN"],
        ),
    ];
    for (name, change, expected) in cases {
        let mut filters = all(SubjectRole::Seller);
        change(&mut filters);
        assert_eq!(numbers(&world, &access, &filters).await, expected, "{name}");
    }
}

#[tokio::test]
async fn everybody_finds_what_they_stand_on_in_their_role() {
    let (world, ..) = stocked().await;
    let roles = [
        SubjectRole::Seller,
        SubjectRole::Buyer,
        SubjectRole::ThirdParty,
        SubjectRole::Authorised,
    ];
    let none: &[&str] = &[];
    for (nip, found) in [
        (NIP, [&["FV/PLAIN", "FV/RICH"], none, none, none]),
        (OTHER_NIP, [none, &["FV/PLAIN"], &["FV/RICH"], none]),
        (THIRD_NIP, [none, none, none, &["FV/RICH"]]),
    ] {
        let access = world.owner(nip).await.access_token;
        for (role, found) in roles.iter().zip(found) {
            let numbers = numbers(&world, &access, &all(role.clone())).await;
            assert_eq!(numbers, found, "{nip} {role}");
        }
    }
}

#[tokio::test]
async fn reading_needs_its_permission() {
    let (world, ..) = stocked().await;
    grant(&world, NIP, PESEL, Right::InvoiceWrite).await;
    let context = format!("Nip:{NIP}");
    let access = world
        .tokens_of(&world.person(PESEL), &context)
        .await
        .access_token;
    let request = QueryInvoices::new(all(SubjectRole::Seller));
    let refused = world.refused(&request, &access).await;
    assert_eq!(refused.status, 403);
    grant(&world, NIP, PESEL, Right::InvoiceRead).await;
    let access = world
        .tokens_of(&world.person(PESEL), &context)
        .await
        .access_token;
    assert_eq!(world.ask(&request, &access).await.invoices.len(), 2);
}

async fn refusal(world: &World, access: &BearerToken, path: &str, body: Value) -> (i64, usize) {
    let answer = world
        .json("POST", path, Some(access.token.expose()), body)
        .await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let error = answer.json()["errors"][0].clone();
    let details = error["details"].as_array().map_or(0, Vec::len);
    (error["code"].as_i64().unwrap(), details)
}

#[tokio::test]
async fn bad_filters_are_named_all_at_once() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let path = "/invoices/query/metadata";
    let empty = refusal(&world, &access, path, json!({})).await;
    assert_eq!(empty, (21405, 2), "subjectType and dateRange");
    let wrong = json!({
        "subjectType": "subject1",
        "dateRange": {"dateType": "ISSUE", "from": "2026-11-21T00:00:00Z", "to": "2026-11-20T00:00:00Z"},
        "ksefNumber": "1", "sellerNip": "12", "invoiceNumber": "x".repeat(257),
        "amount": {"type": "Brutto", "from": 2, "to": 1},
        "buyerIdentifier": {"type": "Nip", "value": "1"},
        "currencyCodes": null, "unknown": 5
    });
    let path_of_page = "/invoices/query/metadata?pageSize=9&pageOffset=-1";
    let found = refusal(&world, &access, path_of_page, wrong).await;
    assert_eq!(found, (21405, 8));
    for unreadable in [
        json!({"subjectType": "Subject9", "dateRange": {"dateType": "Issue", "from": "2026-11-20"}}),
        json!({"subjectType": "Subject1", "dateRange": {"dateType": "Issue", "from": "yesterday"}}),
        json!({"subjectType": "Subject1", "dateRange": {"dateType": "Issue", "from": "2026-11-20"}, "currencyCodes": ["ZZZ"]}),
        json!({"subjectType": "Subject1", "dateRange": {"dateType": "Issue", "from": "2026-11-20"}, "hasAttachment": "yes"}),
        json!({"subjectType": "Subject1", "dateRange": {"dateType": "Issue", "from": "2026-11-20"}, "amount": {"type": "Netto", "from": "1"}}),
    ] {
        let found = refusal(&world, &access, path, unreadable.clone()).await;
        assert_eq!(found, (21001, 1), "{unreadable}");
    }
}

#[tokio::test]
async fn a_range_has_at_most_a_hundred_days() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let body = |from: &str, to: Option<&str>| json!({"subjectType": "Subject1", "dateRange": {"dateType": "Invoicing", "from": from, "to": to}});
    let path = "/invoices/query/metadata";
    let bearer = Some(access.token.expose());
    for (from, to, status) in [
        ("2026-01-01T00:00:00Z", Some("2026-04-11T00:00:00Z"), 200),
        (
            "2026-01-01T00:00:00Z",
            Some("2026-04-11T00:00:00.0000001Z"),
            400,
        ),
        // In Warsaw, which has summer time by then, a hundred days and an hour less.
        ("2026-01-01T00:00:00", Some("2026-04-11T01:00:00"), 200),
        (
            "2026-01-01T00:00:00+01:00",
            Some("2026-04-11T01:00:00+01:00"),
            400,
        ),
        ("2026-08-13T08:00:01Z", None, 200),
        ("2026-08-13T07:59:00Z", None, 400),
        ("2026-11-22T00:00:00Z", None, 400),
    ] {
        let answer = world.json("POST", path, bearer, body(from, to)).await;
        assert_eq!(answer.status, status, "{from} {to:?}: {answer:?}");
    }
}

async fn many(configure: impl FnOnce(Builder) -> Builder, count: u32) -> (World, BearerToken) {
    let world = World::start_with(configure).await;
    let access = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &access).await;
    for number in 1..=count {
        let sent = session
            .send(&world, &access, &invoice(NIP, &format!("FV/{number:02}")))
            .await;
        session.becomes_stored(&world, &access, sent).await;
        world.advance(SignedDuration::from_secs(1));
    }
    (world, access)
}

#[tokio::test]
async fn pages_in_both_orders_up_to_what_is_shown() {
    let bounds = Bounds {
        query_results_max: 25,
        ..Bounds::default()
    };
    let (world, access) = many(|builder| builder.bounds(bounds), 26).await;
    let filters = all(SubjectRole::Seller);
    let mut seen = Vec::new();
    for (page, size, has_more, is_truncated) in [
        (0, 10, true, false),
        (1, 10, true, false),
        (2, 5, true, true),
    ] {
        let request = QueryInvoices::new(filters.clone())
            .with_sort_order(SortOrder::Descending)
            .with_page(page);
        let found = world.ask(&request, &access).await;
        assert_eq!(
            (found.invoices.len(), found.has_more, found.is_truncated),
            (size, has_more, is_truncated),
            "{page}"
        );
        seen.extend(found.invoices);
    }
    assert_eq!(seen[0].invoice_number, "FV/26");
    assert!(seen.is_sorted_by_key(|invoice| std::cmp::Reverse(invoice.permanent_storage_date)));
    let beyond = QueryInvoices::new(filters.clone()).with_page(3);
    assert_eq!(code(&world.refused(&beyond, &access).await).0, 21405);

    // Exactly as many as are shown are not cut.
    let mut narrowed = filters;
    narrowed.date_range.from = seen[24].permanent_storage_date;
    let last = QueryInvoices::new(narrowed).with_page(2);
    let found = world.ask(&last, &access).await;
    assert_eq!(
        (found.invoices.len(), found.has_more, found.is_truncated),
        (5, false, false)
    );
}

#[tokio::test]
async fn the_high_water_mark_stays_behind_and_ends_a_range() {
    let lag = Duration::from_secs(60);
    let latency = Latency {
        hwm: lag,
        ..Latency::NONE
    };
    let (world, access) = many(|builder| builder.latency(latency), 2).await;
    let mut filters = all(SubjectRole::Seller);
    let found = find(&world, &access, &filters).await;
    let hwm = found.permanent_storage_hwm_date.unwrap();
    assert_eq!(
        found.invoices.len(),
        2,
        "what lies behind it is found as well"
    );
    assert!(found.invoices[0].permanent_storage_date > hwm);
    let behind = world.now().duration_since(hwm);
    assert!(behind >= SignedDuration::from_secs(60) && behind < SignedDuration::from_secs(61));

    filters.date_range = filters.date_range.restricted_to_hwm();
    assert!(find(&world, &access, &filters).await.invoices.is_empty());
    world.advance(SignedDuration::from_secs(61));
    assert_eq!(find(&world, &access, &filters).await.invoices.len(), 2);

    // An older range ends where it was told to.
    filters.date_range.to = Some(at("2026-11-10T00:00:00Z"));
    let older = find(&world, &access, &filters).await;
    assert_eq!(older.permanent_storage_hwm_date, filters.date_range.to);

    filters.date_range.to = None;
    filters.date_range.from = world.now();
    let refused = world
        .refused(&QueryInvoices::new(filters.clone()), &access)
        .await;
    assert_eq!(code(&refused).0, 21183);
    filters.date_range.restrict_to_permanent_storage_hwm_date = None;
    assert!(find(&world, &access, &filters).await.invoices.is_empty());

    filters.date_range = DateRange::since(DateType::Invoicing, at("2026-11-01T00:00:00Z"));
    let by_reception = find(&world, &access, &filters).await;
    assert_eq!(by_reception.permanent_storage_hwm_date, None);
    assert_eq!(by_reception.invoices.len(), 2);
}

#[tokio::test]
async fn invoices_may_appear_out_of_order_but_never_below_the_mark() {
    let latency = Latency {
        hwm: Duration::from_secs(60),
        ..Latency::NONE
    };
    let configure = |builder: Builder| builder.latency(latency).stores_out_of_order(true);
    let (world, access) = many(configure, 6).await;
    let filters = all(SubjectRole::Seller);
    let early = numbers(&world, &access, &filters).await;
    assert_eq!(early.len(), 3, "every second one is late: {early:?}");
    let mut complete = Vec::new();
    for _ in 0..20 {
        let found = find(&world, &access, &filters).await;
        let hwm = found.permanent_storage_hwm_date.unwrap();
        let below: Vec<_> = found
            .invoices
            .iter()
            .filter(|invoice| invoice.permanent_storage_date <= hwm)
            .map(|invoice| invoice.ksef_number)
            .collect();
        assert!(below.starts_with(&complete), "{complete:?} {below:?}");
        complete = below;
        world.advance(SignedDuration::from_secs(5));
    }
    assert_eq!(complete.len(), 6);
}

#[tokio::test]
async fn what_is_not_stored_yet_is_neither_found_nor_downloaded() {
    let latency = Latency {
        storage: Duration::from_secs(3_600),
        ..Latency::NONE
    };
    let world = World::start_with(|builder| builder.latency(latency)).await;
    let access = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &access).await;
    let accepted = session.issue(&world, &access, "FV/1").await;
    let download = GetInvoice::new(accepted.ksef_number.unwrap());
    let refused = world.refused(&download, &access).await;
    assert_eq!(code(&refused).0, 21165);
    assert!(
        numbers(&world, &access, &all(SubjectRole::Seller))
            .await
            .is_empty()
    );
    let inspected = control(&world, "GET", "accepted", json!({})).await;
    assert_eq!(inspected["invoices"].as_array().unwrap().len(), 1);
}
