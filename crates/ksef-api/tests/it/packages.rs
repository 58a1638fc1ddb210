//! Searching, exporting and batch sessions: calls, answers, money.

use http::StatusCode;
use ksef_api::ops::invoices::{
    AmountRange, AmountType, AuthorisedSubjectRole, BuyerIdentifier, BuyerIdentifierType,
    CompressionType, CurrencyCode, DateRange, DateType, Export, ExportInvoices, FoundInvoices,
    InvoiceFilters, InvoiceFormType, InvoiceMetadata, InvoicePackage, InvoiceType, QueryInvoices,
    SortOrder, SubjectRole, ThirdSubjectIdentifierType, ThirdSubjectRole,
};
use ksef_api::ops::sessions::{
    BatchFile, BatchFilePart, CloseBatchSession, EncryptionInfo, InvoicingMode, OpenBatchSession,
    OpenedBatchSession,
};
use ksef_api::request::{Request, to_http};
use ksef_api::status::{ExportStatus, StatusClass};
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::key_id::KeyId;
use ksef_core::nip::Nip;
use ksef_core::reference::SessionRef;
use serde_json::{Value, json};

const BASE: &str = "https://api-test.ksef.mf.gov.pl/v2";
const LINK: &str = "https://storage.example/part?sig=very-secret";

fn encryption() -> EncryptionInfo {
    let key = KeyId::parse("QIoAK/Yc3s27Z4t3SZY4Mhp8JNLH7Vl4N3lNlJAEig8=").unwrap();
    EncryptionInfo::new(vec![1, 2, 3], [9; 16], key)
}

fn filters() -> InvoiceFilters {
    let from = "2026-08-01T00:00:00Z".parse().unwrap();
    InvoiceFilters::new(
        SubjectRole::Buyer,
        DateRange::since(DateType::PermanentStorage, from),
    )
}

fn body_of<R: Request>(call: &R) -> Value {
    serde_json::from_slice(to_http(call, BASE).unwrap().body()).unwrap()
}

#[test]
fn a_query_has_its_paging_in_the_address_and_its_filters_in_the_body() {
    let call = QueryInvoices::new(filters());
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(http.uri().path(), "/v2/invoices/query/metadata");
    assert_eq!(http.uri().query(), None);
    assert_eq!(
        body_of(&call),
        json!({
            "subjectType": "Subject2",
            "dateRange": {"dateType": "PermanentStorage", "from": "2026-08-01T00:00:00.0000000+00:00"},
        })
    );
    let call = call
        .with_sort_order(SortOrder::Descending)
        .with_page(3)
        .with_page_size(250);
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(
        http.uri().query(),
        Some("sortOrder=Desc&pageOffset=3&pageSize=250")
    );
}

#[test]
fn every_filter_is_sent() {
    let mut filters = filters();
    let to = "2026-09-01T00:00:00Z".parse().unwrap();
    filters.date_range =
        DateRange::between(DateType::Issue, filters.date_range.from, to).restricted_to_hwm();
    filters.ksef_number = Some("5265877635-20250626-010080DD2B5E-26".parse().unwrap());
    filters.invoice_number = Some("FV/1".into());
    filters.amount = Some(AmountRange {
        kind: AmountType::Gross,
        from: Some("-0.10".parse().unwrap()),
        to: Some("9999999999999999.99".parse().unwrap()),
    });
    filters.seller_nip = Some(Nip::parse("5265877635").unwrap());
    filters.buyer_identifier = Some(BuyerIdentifier::new(BuyerIdentifierType::VatUe, "DE123"));
    filters.currency_codes = vec![CurrencyCode::from_name("eur")];
    filters.invoicing_mode = Some(InvoicingMode::Offline);
    filters.is_self_invoicing = Some(false);
    filters.form_type = Some(InvoiceFormType::FaRr);
    filters.invoice_types = vec![InvoiceType::Vat, InvoiceType::AdvanceCorrection];
    filters.has_attachment = Some(true);
    let call = QueryInvoices::new(filters.clone());
    let text = String::from_utf8(to_http(&call, BASE).unwrap().body().to_vec()).unwrap();
    // Digit by digit: a floating point number could not hold it.
    assert!(
        text.contains(r#""from":-0.10,"to":9999999999999999.99"#),
        "{text}"
    );
    let again: InvoiceFilters = serde_json::from_str(&text).unwrap();
    assert_eq!(again, filters);
    let named: Value = serde_json::from_str(&text).unwrap();
    for (name, value) in [
        ("ksefNumber", json!("5265877635-20250626-010080DD2B5E-26")),
        ("invoiceNumber", json!("FV/1")),
        ("sellerNip", json!("5265877635")),
        (
            "buyerIdentifier",
            json!({"type": "VatUe", "value": "DE123"}),
        ),
        ("currencyCodes", json!(["EUR"])),
        ("invoicingMode", json!("Offline")),
        ("isSelfInvoicing", json!(false)),
        ("formType", json!("FA_RR")),
        ("invoiceTypes", json!(["Vat", "KorZal"])),
        ("hasAttachment", json!(true)),
    ] {
        assert_eq!(named[name], value, "{name}");
    }
    assert_eq!(
        named["dateRange"]["restrictToPermanentStorageHwmDate"],
        json!(true)
    );
}

fn metadata() -> Value {
    json!({
        "ksefNumber": "5265877635-20250626-010080DD2B5E-26",
        "invoiceNumber": "FV/1",
        "issueDate": "2026-08-27",
        "invoicingDate": "2026-08-28T09:22:13.3881234+00:00",
        "acquisitionDate": "2026-08-28T09:22:56.3881234+00:00",
        "permanentStorageDate": "2026-08-28T09:23:01.3881230+00:00",
        "seller": {"nip": "5265877635", "name": "Przykład"},
        "buyer": {"identifier": {"type": "None"}},
        "netAmount": 35260.63,
        "grossAmount": 43370.57,
        "vatAmount": 8109.94,
        "currency": "PLN",
        "invoicingMode": "Offline",
        "invoiceType": "Hologram",
        "formCode": {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"},
        "isSelfInvoicing": false,
        "hasAttachment": false,
        "invoiceHash": "mkht+3m5trnfxlTYhq3QFn74LkEO69MFNlsMAkCDSPA=",
        "thirdSubjects": [{
            "identifier": {"type": "InternalId", "value": "5265877635-12345"},
            "role": 12,
        }],
        "authorizedSubject": {"nip": "7762811692", "role": 2},
    })
}

#[test]
fn metadata_keep_what_this_version_does_not_know() {
    let invoice: InvoiceMetadata = serde_json::from_value(metadata()).unwrap();
    assert_eq!(serde_json::to_value(&invoice).unwrap(), metadata());
    assert_eq!(invoice.gross_amount, "43370.57".parse().unwrap());
    assert_eq!(invoice.invoice_type, InvoiceType::Other("Hologram".into()));
    assert_eq!(invoice.buyer.identifier, BuyerIdentifier::none());
    assert!(!invoice.buyer.identifier.kind.has_value());
    let third = &invoice.third_subjects[0];
    assert_eq!(
        third.identifier.kind,
        ThirdSubjectIdentifierType::InternalId
    );
    assert_eq!(third.role, ThirdSubjectRole::Other(12));
    assert_eq!(
        invoice.authorized_subject.unwrap().role,
        AuthorisedSubjectRole::CourtBailiff
    );
}

#[test]
fn amounts_are_exact_in_every_form_of_a_number() {
    for (text, exact) in [
        ("0", "0"),
        ("-1", "-1"),
        ("1.10", "1.10"),
        ("9999999999999999.99", "9999999999999999.99"),
        ("1e3", "1000"),
        ("1.5E-2", "0.015"),
    ] {
        let json = metadata().to_string().replace("35260.63", text);
        let invoice: InvoiceMetadata = serde_json::from_str(&json).unwrap();
        assert_eq!(invoice.net_amount, exact.parse().unwrap(), "{text}");
        let again = serde_json::to_string(&invoice).unwrap();
        let again: InvoiceMetadata = serde_json::from_str(&again).unwrap();
        assert_eq!(again, invoice, "{text}");
    }
    for text in ["\"12\"", "null", "true"] {
        let json = metadata().to_string().replace("35260.63", text);
        assert!(
            serde_json::from_str::<InvoiceMetadata>(&json).is_err(),
            "{text}"
        );
    }
}

#[test]
fn a_page_says_how_to_go_on() {
    let page: FoundInvoices = serde_json::from_value(json!({
        "hasMore": true, "isTruncated": true, "permanentStorageHwmDate": null, "invoices": [metadata()],
    }))
    .unwrap();
    assert!(page.has_more && page.is_truncated && page.permanent_storage_hwm_date.is_none());
}

#[test]
fn exports() {
    let call = ExportInvoices::new(filters(), encryption())
        .with_only_metadata()
        .with_compression(CompressionType::TarGz);
    let body = body_of(&call);
    assert_eq!(body["onlyMetadata"], json!(true));
    assert_eq!(body["compressionType"], json!("TarGz"));
    assert_eq!(
        body["encryption"]["initializationVector"],
        json!("CQkJCQkJCQkJCQkJCQkJCQ==")
    );

    let status = |code: i32| json!({"status": {"code": code, "description": "…"}});
    let running: Export = serde_json::from_value(status(100)).unwrap();
    assert_eq!(running.export_status().class(), StatusClass::Pending);
    let expired: Export = serde_json::from_value(status(210)).unwrap();
    assert_eq!(expired.export_status(), ExportStatus::Expired);

    let package: InvoicePackage = serde_json::from_value(json!({
        "invoiceCount": 1,
        "size": 10,
        "parts": [{
            "ordinalNumber": 1,
            "partName": "x-001.zip.aes",
            "method": "GET",
            "url": LINK,
            "partSize": 10,
            "partHash": "mkht+3m5trnfxlTYhq3QFn74LkEO69MFNlsMAkCDSPA=",
            "encryptedPartSize": 16,
            "encryptedPartHash": "mkht+3m5trnfxlTYhq3QFn74LkEO69MFNlsMAkCDSPA=",
            "expirationDate": "2026-08-28T09:23:01.3881230+00:00",
        }],
        "isTruncated": false,
    }))
    .unwrap();
    // Servers before 2.7.1 do not tell.
    assert_eq!(package.compression_type, CompressionType::Zip);
    assert_eq!(package.parts[0].url.expose(), LINK);
    assert!(!format!("{package:?}").contains("very-secret"));
}

#[test]
fn batch_sessions() {
    let digest = Sha256Digest::from_bytes([7; 32]);
    let part = BatchFilePart {
        ordinal_number: 1,
        file_size: 16_048,
        file_hash: digest,
    };
    let file = BatchFile::new((digest, 16_037), CompressionType::TarGz, [part]);
    let call = OpenBatchSession::new(FormCode::Fa3, file, encryption())
        .with_offline_mode()
        .with_feature("upo-v4-3");
    let http = to_http(&call, BASE).unwrap();
    assert_eq!(http.uri().path(), "/v2/sessions/batch");
    assert_eq!(http.headers()["x-ksef-feature"], "upo-v4-3");
    let body = body_of(&call);
    assert_eq!(body["offlineMode"], json!(true));
    assert_eq!(
        body["batchFile"],
        json!({
            "fileSize": 16037,
            "fileHash": digest.to_base64(),
            "compressionType": "TarGz",
            "fileParts": [{"ordinalNumber": 1, "fileSize": 16048, "fileHash": digest.to_base64()}],
        })
    );

    let opened: OpenedBatchSession = serde_json::from_value(json!({
        "referenceNumber": "20260626-SB-213D593000-4DE10D80A5-E9",
        "partUploadRequests": [{
            "ordinalNumber": 1,
            "method": "PUT",
            "url": LINK,
            "headers": {"x-ms-blob-type": "BlockBlob", "x-empty": null},
        }],
    }))
    .unwrap();
    let upload = &opened.part_upload_requests[0];
    assert_eq!(
        upload.headers["x-ms-blob-type"].as_deref(),
        Some("BlockBlob")
    );
    assert_eq!(upload.headers["x-empty"], None);
    assert!(!format!("{opened:?}").contains("very-secret"));

    let session = SessionRef::parse("20260626-SB-213D593000-4DE10D80A5-E9").unwrap();
    let close = CloseBatchSession::new(session);
    let http = to_http(&close, BASE).unwrap();
    assert_eq!(
        http.uri().path(),
        "/v2/sessions/batch/20260626-SB-213D593000-4DE10D80A5-E9/close"
    );
    assert!(
        close
            .decode(StatusCode::NO_CONTENT, http.headers(), Default::default())
            .is_ok()
    );
}

#[test]
fn the_list_of_currencies_is_sorted_and_in_any_letter_case() {
    assert!(CurrencyCode::KNOWN.is_sorted());
    assert!(CurrencyCode::from_name("pln").is_known());
    assert!(!CurrencyCode::from_name("ZZZ").is_known());
}
