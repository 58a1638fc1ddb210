//! Invoices: what is refused at once, what is refused afterwards, what is accepted.

use jiff::SignedDuration;
use ksef_api::ops::invoices::GetInvoice;
use ksef_api::ops::sessions::{
    GetSessionInvoice, InvoiceContent, InvoicingMode, ListFailedInvoices, ListSessionInvoices,
    SendInvoice,
};
use ksef_api::ops::testdata::TestPermissionType as Right;
use ksef_api::page::Paged as _;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;
use serde_json::json;

use crate::sending::{Sending, code, control, desk, grant, invoice, try_control};
use crate::support::{NIP, OTHER_NIP, PESEL, World};

#[tokio::test]
async fn every_violation_of_a_sending_is_named() {
    let (world, access, session) = desk().await;
    let path = format!("/sessions/online/{}/invoices", session.reference);
    let bearer = Some(access.token.expose());
    let body = json!({
        "invoiceHash": "short", "invoiceSize": 0, "encryptedInvoiceSize": -1, "hashOfCorrectedInvoice": sha256(b"x")
    });
    let answer = world.json("POST", &path, bearer, body).await;
    assert_eq!(answer.json()["errors"][0]["code"], 21405);
    assert_eq!(
        answer.json()["errors"][0]["details"]
            .as_array()
            .unwrap()
            .len(),
        6,
        "{}",
        answer.json()
    );
    let body = json!({"invoiceHash": 5, "encryptedInvoiceContent": "%%"});
    let answer = world.json("POST", &path, bearer, body).await;
    assert_eq!(answer.json()["errors"][0]["code"], 21001);
}

#[tokio::test]
async fn size_and_digest_of_the_content_are_checked_at_once() {
    let (world, access, session) = desk().await;
    let good = session.body(invoice(NIP, "FV/1").as_bytes());
    let mut longer = good.clone();
    longer.encrypted_invoice_size += 16;
    let refused = session.submit(&world, &access, longer).await.unwrap_err();
    assert_eq!(
        code(&refused),
        (
            21402,
            "Długość treści nie zgadza się z rozmiarem pliku.".to_owned()
        )
    );
    let mut other = good;
    other.encrypted_invoice_hash = sha256(b"other");
    let refused = session.submit(&world, &access, other).await.unwrap_err();
    assert_eq!(
        code(&refused),
        (
            21403,
            "Skrót treści nie zgadza się ze skrótem pliku.".to_owned()
        )
    );
    assert_eq!(session.status(&world, &access).await.invoice_count, None);
}

#[tokio::test]
async fn a_session_takes_no_more_than_its_limit() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let limits =
        json!({"maxInvoiceSizeInMB": 1, "maxInvoiceWithAttachmentSizeInMB": 3, "maxInvoices": 2});
    let body = json!({"onlineSession": limits, "batchSession": limits});
    let set = world
        .json(
            "POST",
            "/testdata/limits/context/session",
            Some(access.token.expose()),
            body,
        )
        .await;
    assert_eq!(set.status, 200, "{set:?}");
    let session = Sending::open(&world, &access).await;
    for number in ["FV/1", "FV/2"] {
        session.send(&world, &access, &invoice(NIP, number)).await;
    }
    let refused = session
        .submit(&world, &access, session.body(b"<a/>"))
        .await
        .unwrap_err();
    let detail = format!(
        "Sesja o numerze referencyjnym {} osiągnęła dozwolony limit liczby faktur 2.",
        session.reference
    );
    assert_eq!(code(&refused), (21155, detail));
}

#[tokio::test]
async fn an_accepted_invoice_has_number_dates_and_mode() {
    let (world, access, session) = desk().await;
    let past = session.issue(&world, &access, "FV/1").await;
    assert_eq!(
        (past.status.code, past.status.description.as_str()),
        (200, "Sukces")
    );
    assert_eq!(past.ordinal_number, 1);
    assert_eq!(past.invoice_number.as_deref(), Some("FV/1"));
    assert_eq!(past.invoice_hash, sha256(invoice(NIP, "FV/1").as_bytes()));
    assert_eq!(
        past.invoicing_mode,
        Some(InvoicingMode::Offline),
        "issued the day before"
    );
    let number = past.ksef_number.unwrap();
    assert!(
        number.as_str().starts_with("5265877635-20261121-"),
        "{number}"
    );
    assert!(past.permanent_storage_date.unwrap() > past.acquisition_date.unwrap());
    assert!(past.acquisition_date.unwrap() >= past.invoicing_date);
    let today = invoice(NIP, "FV/2").replace("2026-11-20", "2026-11-21");
    let online = session.outcome(&world, &access, &today).await;
    assert_eq!(
        (online.ordinal_number, online.invoicing_mode),
        (2, Some(InvoicingMode::Online))
    );
    let offline = invoice(NIP, "FV/3").replace("2026-11-20", "2026-11-21");
    let body = session.body(offline.as_bytes()).with_offline_mode();
    let sent = session.submit(&world, &access, body).await.unwrap();
    let declared = session.settled(&world, &access, sent).await;
    assert_eq!(declared.invoicing_mode, Some(InvoicingMode::Offline));
    assert!(online.ksef_number > past.ksef_number && declared.ksef_number > online.ksef_number);
}

#[tokio::test]
async fn refusals_of_the_file_and_its_meaning() {
    let (world, access, session) = desk().await;
    let good = invoice(NIP, "FV/1");
    let attachment = "<Zalacznik><BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane></BlokDanych></Zalacznik></Faktura>";
    for (xml, expected) in [
        (String::from("no xml at all"), 430),
        (format!("\u{feff}{good}"), 430),
        (good.replace("UTF-8", "ISO-8859-2"), 430),
        (good.replace("<Fa>", "<Fa><?go on?>"), 430),
        (format!("{good}{}", " ".repeat(1_000_000)), 430),
        (good.replace("2026-11-20", "2026-11-22"), 450),
        (good.replace("<P_15>123.00</P_15>", ""), 450),
        (good.replace("2025/06/25/13775", "2023/06/29/12648"), 450),
        (good.replace("</Faktura>", attachment), 415),
        (invoice(OTHER_NIP, "FV/1"), 410),
    ] {
        let outcome = session.outcome(&world, &access, &xml).await;
        let beginning: String = xml.chars().take(80).collect();
        assert_eq!(
            outcome.status.code, expected,
            "{beginning}: {:?}",
            outcome.status
        );
        assert!(outcome.ksef_number.is_none() && outcome.upo_download_url.is_none());
        assert!(
            !outcome.status.details.is_empty() || expected == 415,
            "{:?}",
            outcome.status
        );
    }
    assert_eq!(
        session.outcome(&world, &access, &good).await.status.code,
        200,
        "nothing blocks the number"
    );
}

#[tokio::test]
async fn what_was_declared_must_come_out_of_the_content() {
    let (world, access, session) = desk().await;
    let good = invoice(NIP, "FV/1");
    let mut larger = session.body(good.as_bytes());
    larger.invoice_size += 1;
    let mut other = session.body(good.as_bytes());
    other.invoice_hash = sha256(b"other");
    let stranger = Sending {
        reference: session.reference,
        key: SessionKey::generate().unwrap(),
    };
    let mut half = session.body(good.as_bytes());
    half.encrypted_invoice_content = InvoiceContent::from_ciphertext(&b"no whole block"[..]);
    half.encrypted_invoice_size = 14;
    half.encrypted_invoice_hash = sha256(b"no whole block");
    for (body, expected) in [
        (larger, vec![430]),
        (other, vec![430]),
        (half, vec![435]),
        (stranger.body(good.as_bytes()), vec![430, 435]),
    ] {
        let sent = session.submit(&world, &access, body).await.unwrap();
        let outcome = session.settled(&world, &access, sent).await;
        assert!(
            expected.contains(&outcome.status.code),
            "{:?}",
            outcome.status
        );
    }
}

#[tokio::test]
async fn a_number_is_taken_by_the_first_accepted_invoice_everywhere() {
    let (world, access, session) = desk().await;
    let first = session.issue(&world, &access, "FV/1").await;
    let second = Sending::open(&world, &access).await;
    let again = second.issue(&world, &access, " FV/1 ").await;
    assert_eq!(
        (again.status.code, again.status.description.as_str()),
        (440, "Duplikat faktury")
    );
    let number = first.ksef_number.unwrap();
    assert_eq!(again.status.original_ksef_number(), Some(number));
    assert_eq!(
        again.status.original_session_reference_number(),
        Some(session.reference)
    );
    assert_eq!(
        again.status.details,
        [format!(
            "Duplikat faktury. Faktura o numerze KSeF: {number} została już prawidłowo przesłana do systemu w sesji: {}",
            session.reference
        )]
    );
    assert_eq!(again.invoice_number.as_deref(), Some("FV/1"));
    assert_eq!(second.status(&world, &access).await.status.code, 100);
    let correction = invoice(NIP, "FV/1").replace(
        "<RodzajFaktury>VAT</RodzajFaktury>",
        "<RodzajFaktury>KOR</RodzajFaktury><DaneFaKorygowanej><DataWystFaKorygowanej>2026-01-02</DataWystFaKorygowanej>\
         <NrFaKorygowanej>FV/0</NrFaKorygowanej><NrKSeFN>1</NrKSeFN></DaneFaKorygowanej>",
    );
    assert_eq!(
        second
            .outcome(&world, &access, &correction)
            .await
            .status
            .code,
        200,
        "another kind"
    );
    let other = world.owner(OTHER_NIP).await.access_token;
    let theirs = Sending::open(&world, &other).await;
    assert_eq!(
        theirs
            .outcome(&world, &other, &invoice(OTHER_NIP, "FV/1"))
            .await
            .status
            .code,
        200
    );
    world.advance(SignedDuration::from_hours(24 * 366 * 11));
    control(&world, "POST", "keys/rotate", json!({})).await;
    let access = world.owner(NIP).await.access_token;
    let later = Sending::open(&world, &access).await;
    assert_eq!(later.issue(&world, &access, "FV/1").await.status.code, 200);
}

#[tokio::test]
async fn a_technical_correction_repairs_a_rejected_invoice_once() {
    let (world, access, session) = desk().await;
    let rejected = invoice(NIP, "FV/1").replace("2026-11-20", "2026-11-22");
    let sent = session
        .submit(
            &world,
            &access,
            session.body(rejected.as_bytes()).with_offline_mode(),
        )
        .await
        .unwrap();
    assert_eq!(
        session.settled(&world, &access, sent).await.status.code,
        450
    );
    let hash = sha256(rejected.as_bytes());
    let correct = |number: &str| {
        session
            .body(invoice(NIP, number).as_bytes())
            .with_corrected_invoice(hash)
    };
    let sent = session
        .submit(&world, &access, correct("FV/1"))
        .await
        .unwrap();
    let corrected = session.settled(&world, &access, sent).await;
    assert_eq!(
        (corrected.status.code, corrected.invoicing_mode),
        (200, Some(InvoicingMode::Offline))
    );
    let refused = session
        .submit(&world, &access, correct("FV/2"))
        .await
        .unwrap_err();
    let detail = "Faktura posiada już przetworzoną prawidłowo korektę techniczną.".to_owned();
    assert_eq!(code(&refused), (21166, detail));
    let body = session
        .body(b"<a/>")
        .with_corrected_invoice(corrected.invoice_hash);
    let refused = session.submit(&world, &access, body).await.unwrap_err();
    let detail =
        "Nie można wysłać korekty technicznej do prawidłowo przetworzonej faktury.".to_owned();
    assert_eq!(code(&refused), (21167, detail));
    let body = session
        .body(b"<a/>")
        .with_corrected_invoice(sha256(b"never sent"));
    assert_eq!(
        code(&session.submit(&world, &access, body).await.unwrap_err()).0,
        21167
    );
}

#[tokio::test]
async fn an_attachment_may_come_as_a_technical_correction() {
    let (world, access, session) = desk().await;
    let attachment = "<Zalacznik><BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane></BlokDanych></Zalacznik></Faktura>";
    let xml = invoice(NIP, "FV/1").replace("</Faktura>", attachment);
    assert_eq!(
        session.outcome(&world, &access, &xml).await.status.code,
        415
    );
    let body = session
        .body(xml.as_bytes())
        .with_corrected_invoice(sha256(xml.as_bytes()));
    let sent = session.submit(&world, &access, body).await.unwrap();
    assert_eq!(
        session.settled(&world, &access, sent).await.status.code,
        200
    );
}

#[tokio::test]
async fn the_buyer_may_issue_when_the_seller_allows_it() {
    let world = World::start().await;
    let buyer = world.owner(OTHER_NIP).await.access_token;
    let session = Sending::open(&world, &buyer).await;
    let self_billed = invoice(NIP, "SB/1").replace("<P_17>2</P_17>", "<P_17>1</P_17>");
    assert_eq!(
        session
            .outcome(&world, &buyer, &self_billed)
            .await
            .status
            .code,
        410
    );
    let grant = json!({
        "seller": NIP, "grantee": {"type": "Nip", "value": OTHER_NIP}, "authorisation": "SelfInvoicing"
    });
    control(&world, "POST", "authorisations", grant.clone()).await;
    let accepted = session.outcome(&world, &buyer, &self_billed).await;
    assert_eq!(accepted.status.code, 200, "{:?}", accepted.status);
    let seller = world.owner(NIP).await.access_token;
    world
        .call(
            &GetInvoice::new(accepted.ksef_number.unwrap()),
            Some(&seller),
        )
        .await
        .unwrap();
    control(&world, "DELETE", "authorisations", grant.clone()).await;
    let next = self_billed.replace("SB/1", "SB/2");
    assert_eq!(
        session.outcome(&world, &buyer, &next).await.status.code,
        410
    );
    assert_eq!(
        try_control(&world, "DELETE", "authorisations", grant)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn lists_hold_all_invoices_in_order() {
    let (world, access, session) = desk().await;
    for number in 1..=25 {
        let xml = if number % 5 == 0 {
            "<a/>".to_owned()
        } else {
            invoice(NIP, &format!("FV/{number}"))
        };
        session.outcome(&world, &access, &xml).await;
    }
    let mut request = ListSessionInvoices::new(session.reference);
    let mut ordinals = Vec::new();
    let mut pages = 0;
    loop {
        let (page, next) = ListSessionInvoices::split(world.ask(&request, &access).await);
        ordinals.extend(page.iter().map(|invoice| invoice.ordinal_number));
        pages += 1;
        match next {
            Some(token) => request = request.with_continuation(token),
            None => break,
        }
    }
    assert_eq!((pages, ordinals), (3, (1..=25).collect::<Vec<_>>()));
    let failed = world
        .ask(&ListFailedInvoices::new(session.reference), &access)
        .await;
    assert!(failed.continuation_token.is_none());
    assert_eq!(
        failed
            .invoices
            .iter()
            .map(|row| row.ordinal_number)
            .collect::<Vec<_>>(),
        [5, 10, 15, 20, 25]
    );
    let status = session.status(&world, &access).await;
    assert_eq!(
        (status.successful_invoice_count, status.failed_invoice_count),
        (Some(20), Some(5))
    );
}

#[tokio::test]
async fn an_invoice_is_downloaded_by_its_parties_only() {
    let world = World::start().await;
    let seller = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &seller).await;
    control(&world, "PUT", "latency", json!({"storageMs": 60_000})).await;
    let xml = invoice(NIP, "FV/1");
    let accepted = session.outcome(&world, &seller, &xml).await;
    assert_eq!(accepted.permanent_storage_date, None);
    let number = accepted.ksef_number.unwrap();
    let request = GetInvoice::new(number);
    let early = world.refused(&request, &seller).await;
    assert_eq!(code(&early).0, 21165);
    world.advance(SignedDuration::from_mins(2));
    let stored = session
        .becomes_stored(&world, &seller, accepted.reference_number)
        .await;
    assert!(stored.permanent_storage_date.unwrap() > stored.acquisition_date.unwrap());
    let buyer = world.owner(OTHER_NIP).await.access_token;
    for reader in [&seller, &buyer] {
        let answer = world
            .get(&format!("/invoices/ksef/{number}"), reader.token.expose())
            .await;
        assert_eq!((answer.status, answer.body.as_ref()), (200, xml.as_bytes()));
        assert_eq!(
            answer.header("x-ms-meta-hash"),
            sha256(xml.as_bytes()).to_base64()
        );
        assert_eq!(answer.header("content-type"), "application/xml");
    }
    let stranger = world.owner("1111111111").await.access_token;
    let refused = world.refused(&request, &stranger).await;
    let detail = format!("Faktura o numerze KSeF {number} nie została znaleziona.");
    assert_eq!(code(&refused), (21164, detail));
    grant(&world, NIP, PESEL, Right::InvoiceWrite).await;
    let writer = world
        .tokens_of(&world.person(PESEL), &format!("Nip:{NIP}"))
        .await
        .access_token;
    assert_eq!(world.refused(&request, &writer).await.status, 403);
    let answer = world
        .get("/invoices/ksef/nonsense", seller.token.expose())
        .await;
    assert_eq!(
        answer.json()["exception"]["exceptionDetailList"][0]["exceptionCode"],
        21405
    );
}

#[tokio::test]
async fn an_invoice_shows_that_it_waits() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    control(&world, "PUT", "latency", json!({"invoiceMs": 60_000})).await;
    let session = Sending::open(&world, &access).await;
    let sent = session.send(&world, &access, &invoice(NIP, "FV/1")).await;
    let request = GetSessionInvoice::new(session.reference, sent);
    assert_eq!(world.ask(&request, &access).await.status.code, 100);
    session.close(&world, &access).await.unwrap();
    assert_eq!(session.status(&world, &access).await.status.code, 170);
    world.advance(SignedDuration::from_secs(40));
    session.becomes_processed(&world, &access, sent, 150).await;
    world.advance(SignedDuration::from_secs(40));
    assert_eq!(
        session.settled(&world, &access, sent).await.status.code,
        200
    );
    session.becomes(&world, &access, 200).await;
    let elsewhere = Sending::open(&world, &access).await;
    let missing = world
        .call(
            &GetSessionInvoice::new(elsewhere.reference, sent),
            Some(&access),
        )
        .await
        .unwrap_err();
    assert_eq!(code(&missing).0, 21405);
    let unknown = SendInvoice::new(elsewhere.reference, session.body(b"<a/>"));
    world.ask(&unknown, &access).await;
}
