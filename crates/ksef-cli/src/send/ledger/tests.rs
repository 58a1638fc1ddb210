use ksef_core::ksef_number::KsefNumber;

use super::*;

fn session(number: u64) -> SessionRef {
    SessionRef::generate(jiff::civil::date(2026, 11, 21), number, 1)
}

fn name(number: u64) -> InvoiceRef {
    InvoiceRef::generate(jiff::civil::date(2026, 11, 21), number, 2)
}

const HASH: Sha256Digest = Sha256Digest::from_bytes([1; 32]);

fn sending(number: u64) -> Event {
    Event::InvoiceSending {
        session: session(number),
        hash: HASH,
        size: 1,
    }
}

fn accepted() -> Event {
    Event::InvoiceAccepted(Accepted {
        hash: HASH,
        session: Some(session(1)),
        invoice: Some(name(1)),
        ksef_number: KsefNumber::parse("5265877635-20250826-0100001AF629-AF").unwrap(),
        acquired: None,
        earlier: false,
    })
}

fn rejected(code: i32) -> Event {
    Event::InvoiceRejected(Rejected {
        hash: HASH,
        session: Some(session(1)),
        invoice: Some(name(1)),
        code,
        description: "Duplikat faktury".to_owned(),
        details: Vec::new(),
        conflict: None,
    })
}

/// What is next after these events.
fn next(events: &[Event]) -> Next {
    let mut ledger = Ledger::default();
    for event in events {
        ledger.apply(event);
    }
    ledger.invoice(&HASH).next()
}

#[test]
fn the_way_of_an_invoice() {
    let sent = Event::InvoiceSent {
        session: session(1),
        hash: HASH,
        invoice: name(1),
    };
    let found = Event::InvoiceFound {
        session: session(1),
        hash: HASH,
        invoice: name(1),
    };
    let not_sent = Event::InvoiceNotSent {
        session: session(1),
        hash: HASH,
        code: Some(21180),
    };
    let absent = Event::InvoiceAbsent {
        session: session(1),
        hash: HASH,
    };
    let returned = |number| Event::InvoiceReturned {
        session: session(number),
        hash: HASH,
        code: 550,
        description: String::new(),
    };
    let retry = Event::RetryRequested { hash: HASH };
    let poll = Next::Poll(session(1), name(1));

    assert_eq!(next(&[]), Next::Send);
    assert_eq!(next(&[sending(1)]), Next::Reconcile(vec![session(1)]));
    assert_eq!(next(&[sending(1), not_sent]), Next::Send);
    assert_eq!(next(&[sending(1), absent.clone()]), Next::Send);
    assert_eq!(next(&[sending(1), found]), poll);
    assert_eq!(next(&[sending(1), sent.clone()]), poll);
    assert_eq!(next(&[sending(1), sent.clone(), returned(1)]), Next::Send);
    assert_eq!(next(&[sending(1), sent.clone(), returned(2)]), poll);
    assert_eq!(next(&[sending(1), sent.clone(), accepted()]), Next::Nothing);
    assert_eq!(
        next(&[sending(1), sent.clone(), rejected(440)]),
        Next::Nothing
    );
    assert_eq!(next(&[sending(1), sent, rejected(450), retry]), Next::Send);
    assert_eq!(
        next(&[sending(1), sending(2), absent]),
        Next::Reconcile(vec![session(2)]),
        "every session with an open question must be asked"
    );
}

#[test]
fn an_acceptance_is_final() {
    let retry = Event::RetryRequested { hash: HASH };
    for event in [rejected(440), retry, sending(3)] {
        assert_eq!(next(&[accepted(), event]), Next::Nothing);
    }
    assert_eq!(next(&[rejected(440), accepted()]), Next::Nothing);
}

#[test]
fn sessions_stay_open_until_something_says_otherwise() {
    let mut ledger = Ledger::default();
    ledger.apply(&sending(7));
    ledger.apply(&Event::SessionOpened {
        session: session(8),
        form: FormCode::Fa3,
        valid_until: "2026-11-21T20:00:00Z".parse().unwrap(),
        package: None,
    });
    let mut both = [session(7), session(8)];
    both.sort_unstable();
    assert_eq!(ledger.open_sessions(), both);
    ledger.apply(&Event::SessionClosing {
        session: session(8),
    });
    assert_eq!(
        ledger.open_sessions(),
        both,
        "an unanswered closing may not have happened"
    );
    ledger.apply(&Event::SessionClosed {
        session: session(8),
    });
    assert_eq!(ledger.open_sessions(), [session(7)]);
    assert_eq!(ledger.unfinished_sessions(), [session(8)]);
    for (number, code) in [(8, 200), (7, 415)] {
        let description = String::new();
        ledger.apply(&Event::SessionEnded {
            session: session(number),
            code,
            description,
        });
    }
    assert!(ledger.open_sessions().is_empty() && ledger.unfinished_sessions().is_empty());
}

fn packed(package: u64) -> [Event; 2] {
    [
        Event::PackagePlanned {
            package,
            form: FormCode::Fa3,
            count: 1,
            offline: false,
        },
        Event::InvoicePacked {
            package,
            hash: HASH,
        },
    ]
}

fn opened(package: u64, number: u64) -> Event {
    Event::SessionOpened {
        session: session(number),
        form: FormCode::Fa3,
        valid_until: "2026-11-21T20:00:00Z".parse().unwrap(),
        package: Some(package),
    }
}

#[test]
fn the_way_of_an_invoice_in_a_package() {
    let mut events = packed(1).to_vec();
    assert_eq!(next(&events), Next::Package(1));
    events.push(opened(1, 1));
    assert_eq!(next(&events), Next::Package(1));
    let dropped = |package| Event::PackageDropped {
        package,
        reason: String::new(),
    };
    assert_eq!(next(&[&events[..], &[dropped(1)]].concat()), Next::Send);
    // Another session for the same package, and its closing.
    events.push(opened(1, 2));
    let closing = |number| Event::SessionClosing {
        session: session(number),
    };
    events.push(closing(2));
    assert_eq!(next(&events), Next::Await(session(2)));
    for end in [
        Event::InvoiceAbsent {
            session: session(2),
            hash: HASH,
        },
        Event::InvoiceReturned {
            session: session(2),
            hash: HASH,
            code: 415,
            description: String::new(),
        },
        dropped(1),
    ] {
        assert_eq!(next(&[&events[..], &[end]].concat()), Next::Send);
    }
    // A word about another session, or a package that it was in before, changes nothing.
    let stale = Event::InvoiceAbsent {
        session: session(1),
        hash: HASH,
    };
    events.push(stale);
    assert_eq!(next(&events), Next::Await(session(2)));
    let again = [&[dropped(1)][..], &packed(2), &[dropped(1)]].concat();
    assert_eq!(next(&[&events[..], &again].concat()), Next::Package(2));
    let found = Event::InvoiceFound {
        session: session(2),
        hash: HASH,
        invoice: name(3),
    };
    events.push(found);
    assert_eq!(next(&events), Next::Poll(session(2), name(3)));
}

#[test]
fn packages_are_open_until_they_are_closed_or_dropped() {
    let mut ledger = Ledger::default();
    let apply = |ledger: &mut Ledger, events: &[Event]| {
        for event in events {
            ledger.apply(event);
        }
        (ledger.open_packages(), ledger.next_package())
    };
    assert_eq!(apply(&mut ledger, &packed(1)), (vec![1], 2));
    assert_eq!(apply(&mut ledger, &[opened(1, 1)]), (vec![1], 2));
    assert!(
        ledger.open_sessions().is_empty(),
        "not to be closed before its time"
    );
    assert_eq!(apply(&mut ledger, &packed(2)), (vec![1, 2], 3));
    let part = Event::PartUploaded {
        session: session(1),
        part: 4,
    };
    apply(&mut ledger, &[part]);
    assert!(ledger.package(1).unwrap().uploaded.contains(&4));
    let closed = Event::SessionClosed {
        session: session(1),
    };
    assert_eq!(apply(&mut ledger, &[closed]), (vec![2], 3));
    assert_eq!(ledger.unfinished_sessions(), [session(1)]);
}

#[test]
fn an_issued_invoice_is_in_force_until_it_is_taken_back() {
    let issued = Event::InvoiceIssued(Issued {
        hash: HASH,
        mode: ksef_core::offline_deadline::OfflineMode::Offline24,
        day: jiff::civil::date(2026, 11, 21),
        issued_at: Timestamp::UNIX_EPOCH,
        code_i: None,
        code_ii: None,
    });
    let cancelled = Event::IssueCancelled {
        hash: HASH,
        reason: "wrong buyer".to_owned(),
    };
    let after = |events: &[&Event]| {
        let mut ledger = Ledger::default();
        for event in events {
            ledger.apply(event);
        }
        let invoice = ledger.invoice(&HASH);
        assert_eq!(invoice.is_offline(), !events.is_empty());
        invoice.in_force().is_some()
    };
    assert!(!after(&[]));
    assert!(after(&[&issued]));
    assert!(!after(&[&issued, &cancelled]));
    assert!(after(&[&issued, &cancelled, &issued]));
}

#[test]
fn corrections_are_linked_both_ways_and_once() {
    let other = Sha256Digest::from_bytes([2; 32]);
    let link = Event::InvoiceCorrects {
        hash: other,
        corrects: HASH,
    };
    let mut ledger = Ledger::default();
    for event in [rejected(450), link.clone(), link] {
        ledger.apply(&event);
    }
    assert_eq!(ledger.invoice(&HASH).corrected_by, [other]);
    assert_eq!(ledger.invoice(&other).corrects, Some(HASH));
    assert_eq!(ledger.invoice(&HASH).next(), Next::Nothing);
    assert_eq!(ledger.invoice(&other).next(), Next::Send);
}
