use bytes::Bytes;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use ksef_api::ops::invoices::{InvoiceMetadata, SubjectRole};
use ksef_core::nip::Nip;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;
use ksef_sdk::mirror::{
    Cursor, Incoming, MirrorError, MirrorStore as _, PendingExport, ReceivedInvoice, Saved, Window,
};
use tokio::sync::mpsc;

use super::*;

const NUMBERS: [&str; 2] = [
    "5265877635-20261120-0A1B2C3D4E5F-",
    "7762811692-20261121-1A1B2C3D4E5F-",
];

fn number(index: usize) -> String {
    // The last two digits are a checksum.
    let start = NUMBERS[index];
    (0..=0xFF)
        .map(|sum| format!("{start}{sum:02X}"))
        .find(|text| ksef_core::ksef_number::KsefNumber::parse(text).is_ok())
        .unwrap()
}

fn invoice(index: usize, xml: &'static str) -> ReceivedInvoice {
    let seller = ["Żółta Łódź sp. z o.o.", "Beta S.A."][index];
    let json = serde_json::json!({
        "ksefNumber": number(index),
        "invoiceNumber": format!("FV/{index}/11"),
        "issueDate": format!("2026-11-2{index}"),
        "invoicingDate": "2026-11-21T10:00:00Z",
        "acquisitionDate": "2026-11-21T10:00:01Z",
        "permanentStorageDate": format!("2026-11-21T10:00:0{index}.1234567Z"),
        "seller": { "nip": NUMBERS[index].split('-').next().unwrap(), "name": seller },
        "buyer": { "identifier": { "type": "Nip", "value": "1234563218" }, "name": "Nabywca" },
        "netAmount": 100, "grossAmount": 123.45, "vatAmount": 23.45,
        "currency": "PLN", "invoicingMode": "Online", "invoiceType": "Vat",
        "formCode": { "systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA" },
        "isSelfInvoicing": false, "hasAttachment": false,
        "invoiceHash": sha256(xml.as_bytes()).to_base64(),
    });
    let metadata: InvoiceMetadata = serde_json::from_value(json).unwrap();
    ReceivedInvoice {
        metadata,
        xml: Bytes::from_static(xml.as_bytes()),
    }
}

fn context() -> ContextIdentifier {
    Nip::parse("5265877635").unwrap().into()
}

async fn open(path: &Path) -> Result<Inbox, StoreError> {
    Inbox::open(path, "sandbox:test", &context()).await
}

fn cursor(text: &str) -> Cursor {
    Cursor::begin(text.parse().unwrap())
}

async fn save(
    inbox: &Inbox,
    role: &SubjectRole,
    invoices: Vec<ReceivedInvoice>,
    end: Option<Cursor>,
) -> Result<Saved, MirrorError<StoreError>> {
    let (sender, incoming) = mpsc::channel(100);
    for invoice in invoices {
        sender
            .try_send(Incoming::Invoice(Box::new(invoice)))
            .unwrap();
    }
    if let Some(end) = end {
        sender
            .try_send(Incoming::Complete {
                cursor: end,
                export: None,
            })
            .unwrap();
    }
    drop(sender);
    inbox.save(role, incoming).await
}

const END: &str = "2026-11-21T12:00:00.123456789Z";

#[tokio::test]
async fn invoices_and_cursor_are_kept_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.sqlite");
    let inbox = open(&path).await.unwrap();
    let both = || vec![invoice(0, "<a/>"), invoice(1, "<b/>")];
    let saved = save(&inbox, &SubjectRole::Buyer, both(), None)
        .await
        .unwrap();
    assert_eq!(saved, Saved::default());
    assert_eq!(inbox.numbers(&Filter::default()).await.unwrap(), []);
    assert_eq!(inbox.cursor(&SubjectRole::Buyer).await.unwrap(), None);

    let saved = save(&inbox, &SubjectRole::Buyer, both(), Some(cursor(END)))
        .await
        .unwrap();
    assert_eq!(saved, Saved { new: 2, known: 0 });
    inbox.close().await;
    let inbox = open(&path).await.unwrap();
    assert_eq!(
        inbox.cursor(&SubjectRole::Buyer).await.unwrap(),
        Some(cursor(END))
    );
    let number = both()[0].metadata.ksef_number;
    let stored = inbox.invoice(&number).await.unwrap().unwrap();
    assert_eq!(stored.xml, "<a/>");
    assert_eq!(stored.hash, sha256(b"<a/>"));
    assert_eq!(stored.summary.metadata, both()[0].metadata);
    assert_eq!(stored.summary.roles, [SubjectRole::Buyer]);

    // Again, in another role: the document stays, the role comes.
    let saved = save(&inbox, &SubjectRole::Seller, both(), Some(cursor(END)))
        .await
        .unwrap();
    assert_eq!(saved, Saved { new: 0, known: 2 });
    let stored = inbox.summary(&number).await.unwrap().unwrap();
    assert_eq!(stored.roles.len(), 2);
    let state = inbox.state().await.unwrap();
    assert_eq!(
        state.iter().map(|role| role.invoices).collect::<Vec<_>>(),
        [2, 2]
    );
    assert_eq!(state[0].complete_to, END.parse::<Timestamp>().unwrap());
}

#[tokio::test]
async fn another_document_under_a_known_number_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = open(&folder.path().join("inbox.sqlite")).await.unwrap();
    save(
        &inbox,
        &SubjectRole::Buyer,
        vec![invoice(0, "<a/>")],
        Some(cursor(END)),
    )
    .await
    .unwrap();
    let later = cursor("2026-11-22T00:00:00Z");
    let both = vec![invoice(1, "<b/>"), invoice(0, "<other/>")];
    let error = save(&inbox, &SubjectRole::Buyer, both, Some(later))
        .await
        .unwrap_err();
    assert!(matches!(error, MirrorError::Conflict { number: it } if it.to_string() == number(0)));
    assert_eq!(inbox.numbers(&Filter::default()).await.unwrap().len(), 1);
    assert_eq!(
        inbox.cursor(&SubjectRole::Buyer).await.unwrap(),
        Some(cursor(END))
    );
}

#[tokio::test]
async fn a_cursor_never_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = open(&folder.path().join("inbox.sqlite")).await.unwrap();
    for text in [END, "2026-11-20T00:00:00Z"] {
        save(&inbox, &SubjectRole::Buyer, vec![], Some(cursor(text)))
            .await
            .unwrap();
        let kept = inbox.cursor(&SubjectRole::Buyer).await.unwrap();
        assert_eq!(kept, Some(cursor(END)));
    }
}

#[tokio::test]
async fn filters_and_words_find_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = open(&folder.path().join("inbox.sqlite")).await.unwrap();
    let both = vec![invoice(0, "<a/>"), invoice(1, "<b/>")];
    save(&inbox, &SubjectRole::Buyer, both, Some(cursor(END)))
        .await
        .unwrap();
    let text = |words: &str| Filter {
        text: Some(words.to_owned()),
        ..Filter::default()
    };
    let all = Filter::default();
    for (filter, expected) in [
        (all.clone(), &[1, 0][..]),
        (text("zolta lodz"), &[0]),
        (text("żół"), &[0]),
        (text("ŻÓŁTA"), &[0]),
        (text("nabyw"), &[1, 0]),
        (text("526587"), &[0]),
        (text("FV/0"), &[0]),
        (text("\" OR 1 -- *"), &[]),
        (text("***"), &[1, 0]),
        (
            Filter {
                issued_from: Some("2026-11-21".parse().unwrap()),
                ..all.clone()
            },
            &[1],
        ),
        (
            Filter {
                issued_to: Some("2026-11-20".parse().unwrap()),
                ..all.clone()
            },
            &[0],
        ),
        (
            Filter {
                stored_from: Some("2026-11-21T10:00:01Z".parse().unwrap()),
                ..all.clone()
            },
            &[1],
        ),
        (
            Filter {
                party: Some("7762811692".into()),
                ..all.clone()
            },
            &[1],
        ),
        (
            Filter {
                party: Some("1234563218".into()),
                ..all.clone()
            },
            &[1, 0],
        ),
        (
            Filter {
                invoice_number: Some("FV/0/11".into()),
                ..all.clone()
            },
            &[0],
        ),
        (
            Filter {
                currency: Some("eur".into()),
                ..all.clone()
            },
            &[],
        ),
        (
            Filter {
                gross_min: Some("123.45".parse().unwrap()),
                ..all.clone()
            },
            &[1, 0],
        ),
        (
            Filter {
                gross_min: Some("123.46".parse().unwrap()),
                ..all.clone()
            },
            &[],
        ),
        (
            Filter {
                gross_max: Some("123.44".parse().unwrap()),
                ..all.clone()
            },
            &[],
        ),
        (
            Filter {
                role: Some(SubjectRole::Seller),
                ..all.clone()
            },
            &[],
        ),
        (
            Filter {
                limit: Some(1),
                ..all.clone()
            },
            &[1],
        ),
    ] {
        let found: Vec<_> = inbox.find(&filter).try_collect().await.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|it| it.metadata.ksef_number.to_string())
            .collect();
        let expected: Vec<_> = expected.iter().map(|index| number(*index)).collect();
        assert_eq!(found, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn exports_are_written_down_with_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = open(&folder.path().join("inbox.sqlite")).await.unwrap();
    let mut export = PendingExport {
        id: "a".to_owned(),
        role: SubjectRole::Authorised,
        window: Window {
            from: END.parse().unwrap(),
            to: None,
        },
        key: SessionKey::from_parts([1; 32], [2; 16]),
        reference: None,
        since: END.parse().unwrap(),
        is_abandoned: false,
    };
    inbox.put_export(&export).await.unwrap();
    export.is_abandoned = true;
    inbox.put_export(&export).await.unwrap();
    let found = inbox.exports().await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].key.key(), found[0].key.iv()),
        (&[1; 32], &[2; 16])
    );
    assert_eq!(found[0].window, export.window);
    assert!(found[0].is_abandoned && found[0].reference.is_none());
    inbox.remove_export("a").await.unwrap();
    assert!(inbox.exports().await.unwrap().is_empty());

    // What a package brought, the cursor, and that the export is used up: together or not at all.
    inbox.put_export(&export).await.unwrap();
    let role = SubjectRole::Authorised;
    for is_whole in [false, true] {
        let (sender, incoming) = mpsc::channel(2);
        let brought = Incoming::Invoice(Box::new(invoice(0, "<a/>")));
        sender.try_send(brought).unwrap();
        if is_whole {
            let complete = Incoming::Complete {
                cursor: cursor(END),
                export: Some("a".to_owned()),
            };
            sender.try_send(complete).unwrap();
        }
        drop(sender);
        inbox.save(&role, incoming).await.unwrap();
        assert_eq!(inbox.exports().await.unwrap().is_empty(), is_whole);
        assert_eq!(inbox.cursor(&role).await.unwrap().is_some(), is_whole);
    }
}

#[tokio::test]
async fn who_looks_does_not_wait_for_who_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.sqlite");
    let writer = open(&path).await.unwrap();
    let _writing = writer.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let reader = tokio::time::timeout(BUSY_WAIT / 2, open(&path)).await;
    let reader = reader.expect("it waits").unwrap();
    assert!(reader.cursor(&SubjectRole::Buyer).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.sqlite");
    open(&path).await.unwrap().close().await;
    let other = Inbox::open(&path, "https://other", &context())
        .await
        .unwrap_err();
    assert_eq!(*other.kind(), StoreErrorKind::Foreign);
    let inbox = open(&path).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 7")
        .execute(&inbox.pool)
        .await
        .unwrap();
    inbox.close().await;
    let newer = open(&path).await.unwrap_err();
    assert_eq!(*newer.kind(), StoreErrorKind::Newer { found: 7, known: 1 });
    let text = folder.path().join("text");
    std::fs::write(
        &text,
        "no database, but long enough to have a header of one",
    )
    .unwrap();
    let error = open(&text).await.unwrap_err();
    assert_eq!(*error.kind(), StoreErrorKind::Foreign, "{error:?}");
    let missing = open(&folder.path().join("no/such/folder"))
        .await
        .unwrap_err();
    assert_eq!(*missing.kind(), StoreErrorKind::Unopenable);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let inbox = open(&folder.path().join("inbox.sqlite")).await.unwrap();
    save(
        &inbox,
        &SubjectRole::Buyer,
        vec![invoice(0, "<a/>")],
        Some(cursor(END)),
    )
    .await
    .unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}
