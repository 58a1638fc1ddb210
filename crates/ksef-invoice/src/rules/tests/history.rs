//! Series, duplicates, and what earlier invoices say.

use super::*;

/// An invoice of one line.
#[derive(Clone, Copy)]
struct Sold<'a> {
    seller: &'a str,
    kind: &'a str,
    number: &'a str,
    day: &'a str,
    total: &'a str,
    account: &'a str,
    /// After `RodzajFaktury`.
    body: &'a str,
}

const SOLD: Sold<'_> = Sold {
    seller: "5265877635",
    kind: "VAT",
    number: "FV/2026/03/001",
    day: "2026-03-02",
    total: "100",
    account: "86999910480000123400056789",
    body: "",
};

impl Sold<'_> {
    fn text(&self) -> String {
        let Self {
            seller,
            kind,
            number,
            day,
            total,
            account,
            body,
        } = self;
        format!(
            "<Faktura xmlns='http://crd.gov.pl/wzor/2025/06/25/13775/'>\
             <Podmiot1><DaneIdentyfikacyjne><NIP>{seller}</NIP></DaneIdentyfikacyjne></Podmiot1>\
             <Podmiot2><DaneIdentyfikacyjne><NIP>5213884267</NIP></DaneIdentyfikacyjne></Podmiot2>\
             <Fa><KodWaluty>PLN</KodWaluty><P_1>{day}</P_1><P_2>{number}</P_2><P_13_6_1>{total}</P_13_6_1>\
             <P_15>{total}</P_15><RodzajFaktury>{kind}</RodzajFaktury>{body}\
             <FaWiersz><NrWierszaFa>1</NrWierszaFa><P_7>a</P_7><P_11>{total}</P_11><P_12>0 KR</P_12></FaWiersz>\
             <Platnosc><RachunekBankowy><NrRB>{account}</NrRB></RachunekBankowy></Platnosc></Fa></Faktura>"
        )
    }

    fn entry(&self) -> Entry {
        let text = self.text();
        Entry::of(&Tree::read(text.as_bytes(), &check::Rules::default()).unwrap()).unwrap()
    }

    fn found(&self, context: &Context<'_>) -> Vec<String> {
        let found = found(self.text().as_bytes(), context);
        found
            .iter()
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect()
    }
}

/// What rules find of an invoice issued after others, given as number and day.
#[track_caller]
fn check_issued(earlier: &[(&str, &str)], (number, day): (&str, &str), rules: &[&str]) {
    let mut history = History::new();
    for (number, day) in earlier {
        history.add(
            Side::Issued,
            Sold {
                number,
                day,
                ..SOLD
            }
            .entry(),
        );
    }
    let found = Sold {
        number,
        day,
        ..SOLD
    }
    .found(&today().with_history(&history));
    assert_eq!(found, rules);
}

const MARCH: [(&str, &str); 3] = [
    ("FV/2026/03/001", "2026-03-02"),
    ("FV/2026/03/002", "2026-03-05"),
    ("FV/2026/03/003", "2026-03-09"),
];

#[test]
fn numbers_follow_one_another() {
    check_issued(&MARCH, ("FV/2026/03/004", "2026-03-09"), &[]);
    check_issued(&MARCH, ("FV/2026/03/006", "2026-03-09"), &["number-gap"]);
    check_issued(
        &MARCH,
        ("FV/2026/03/004", "2026-03-08"),
        &["date-before-previous"],
    );
    check_issued(
        &MARCH,
        ("FV/2026/03/006", "2026-03-01"),
        &["date-before-previous", "number-gap"],
    );
    // a new month, a month without invoices, a new year
    check_issued(&MARCH, ("FV/2026/04/001", "2026-04-01"), &[]);
    check_issued(&MARCH, ("FV/2026/06/001", "2026-06-01"), &[]);
    check_issued(
        &MARCH,
        ("FV/2027/01/001", "2027-01-04"),
        &["issue-date-future"],
    );
    // identifiers do not count
    check_issued(&MARCH, ("FV/2026/03/884213", "2026-03-09"), &[]);
}

#[test]
fn one_invoice_a_month_is_no_series_of_months() {
    let first = [
        ("1/02/2026", "2026-02-02"),
        ("1/03/2026", "2026-03-02"),
        ("1/04/2026", "2026-04-02"),
    ];
    check_issued(&first, ("1/07/2026", "2026-07-02"), &[]);
    check_issued(&first, ("2/07/2026", "2026-07-02"), &[]);
    let yearly = [
        ("1/2024", "2024-05-02"),
        ("1/2025", "2025-05-02"),
        ("2/2025", "2025-06-02"),
    ];
    check_issued(&yearly, ("1/2026", "2026-05-02"), &[]);
}

#[test]
fn other_numbers_look_different() {
    check_issued(&MARCH, ("2026-004", "2026-03-10"), &["number-pattern"]);
    check_issued(&MARCH[..2], ("2026-004", "2026-03-10"), &[]);
    // other kinds have other series
    let mut history = History::new();
    for (number, day) in MARCH {
        history.add(
            Side::Issued,
            Sold {
                number,
                day,
                ..SOLD
            }
            .entry(),
        );
    }
    let corrected = "<DaneFaKorygowanej/>";
    let correction = Sold {
        kind: "KOR",
        number: "K-1",
        body: corrected,
        ..SOLD
    };
    assert!(correction.found(&today().with_history(&history)).is_empty());
    // other sellers too
    let other = Sold {
        seller: "1111111111",
        number: "2026-004",
        ..SOLD
    };
    assert!(other.found(&today().with_history(&history)).is_empty());
}

#[test]
fn the_later_of_two_files_is_the_duplicate() {
    let (one, two) = (
        SOLD,
        Sold {
            day: "2026-03-03",
            ..SOLD
        },
    );
    let mut history = History::new();
    history.add(Side::Issued, one.entry().from_source("a.xml"));
    history.add(Side::Issued, two.entry().from_source("b.xml"));
    let context = today().with_history(&history);
    assert!(one.found(&context.with_source("a.xml")).is_empty());
    assert_eq!(
        two.found(&context.with_source("b.xml")),
        ["invoice-duplicate"]
    );
    assert_eq!(two.found(&context), ["invoice-duplicate"]);
    let ksef = context.with_rule_set(RuleSet::Ksef).with_source("b.xml");
    assert_eq!(two.found(&ksef), ["invoice-duplicate"]);
    // received ones are not ours to send
    assert!(one.found(&context.with_side(Side::Received)).is_empty());
    let corrected = "<DaneFaKorygowanej/>";
    let other = Sold {
        kind: "KOR",
        body: corrected,
        ..SOLD
    };
    assert!(other.found(&context).is_empty());
}

#[test]
fn a_journal_knows_less_and_enough() {
    let mut history = History::new();
    let sent = Entry::new("5265877635", "VAT", " FV/2026/03/001\n")
        .with_issue_date(date(2026, 3, 2))
        .with_ksef_number("5265877635-20260302-0100A0B1C2D3-00");
    history.add(Side::Issued, sent.clone());
    assert_eq!(
        SOLD.found(&today().with_history(&history)),
        ["invoice-duplicate"]
    );
    // the same invoice from a folder, with its KSeF number, counts once
    history.add(
        Side::Issued,
        SOLD.entry()
            .with_ksef_number("5265877635-20260302-0100A0B1C2D3-00"),
    );
    assert_eq!(
        (history.len(Side::Issued), history.len(Side::Received)),
        (1, 0)
    );
    assert!(!history.is_empty());
    assert_eq!(
        sent.ksef_number(),
        Some("5265877635-20260302-0100A0B1C2D3-00")
    );
    assert_eq!(
        (sent.seller(), sent.kind(), sent.number()),
        ("5265877635", "VAT", "FV/2026/03/001")
    );
}

/// Five received invoices, and what rules find of the next.
#[track_caller]
fn check_received(totals: [&str; 5], next: &Sold<'_>, rules: &[&str]) {
    let mut history = History::new();
    for (index, total) in totals.iter().enumerate() {
        let (number, day) = (format!("{index}"), format!("2026-03-0{}", index + 1));
        let sold = Sold {
            number: &number,
            day: &day,
            total,
            ..SOLD
        };
        history.add(
            Side::Received,
            sold.entry().from_source(&format!("{index}.xml")),
        );
    }
    // The document itself may be there too.
    history.add(Side::Received, next.entry().from_source("next.xml"));
    let context = today()
        .with_side(Side::Received)
        .with_history(&history)
        .with_source("next.xml");
    assert_eq!(next.found(&context), rules);
}

#[test]
fn received_invoices_are_compared_with_the_sellers_others() {
    let usual = ["90", "100", "100", "110", "120"];
    let next = Sold {
        number: "9",
        day: "2026-04-01",
        ..SOLD
    };
    check_received(usual, &next, &[]);
    check_received(
        usual,
        &Sold {
            total: "500",
            ..next
        },
        &[],
    );
    check_received(
        usual,
        &Sold {
            total: "501",
            ..next
        },
        &["amount-unusual"],
    );
    check_received(
        ["90", "100", "100", "110", "600"],
        &Sold {
            total: "501",
            ..next
        },
        &[],
    );
    check_received(
        usual,
        &Sold {
            total: "-1000",
            kind: "KOR",
            body: "<DaneFaKorygowanej/>",
            ..next
        },
        &[],
    );
    let spaced = "PL 86 9999 1048 0000 1234 0005 6789";
    check_received(
        usual,
        &Sold {
            account: spaced,
            ..next
        },
        &[],
    );
    let other = "61109010140000071219812874";
    check_received(
        usual,
        &Sold {
            account: other,
            ..next
        },
        &["account-changed"],
    );
    check_received(
        usual,
        &Sold {
            seller: "1111111111",
            ..next
        },
        &["seller-unknown"],
    );
    // same amount and lines on another day: a subscription
    check_received(
        usual,
        &Sold {
            day: "2026-03-09",
            ..next
        },
        &[],
    );
    check_received(
        usual,
        &Sold {
            day: "2026-03-02",
            ..next
        },
        &["content-repeated"],
    );
}

#[test]
fn a_few_invoices_say_nothing_of_what_is_usual() {
    let mut history = History::new();
    for number in ["1", "2", "3", "4"] {
        history.add(Side::Received, Sold { number, ..SOLD }.entry());
    }
    let context = today().with_side(Side::Received).with_history(&history);
    let unknown = Sold {
        seller: "1111111111",
        number: "9",
        day: "2026-04-01",
        ..SOLD
    };
    assert!(unknown.found(&context).is_empty());
    let large = Sold {
        total: "90000",
        number: "9",
        ..SOLD
    };
    assert!(large.found(&context).is_empty());
}

#[test]
fn a_settlement_knows_its_advances_and_their_corrections() {
    const KSEF: &str = "5265877635-20260302-0100A0B1C2D3-98";
    let order = "<Zamowienie/>";
    let advance = Sold {
        kind: "ZAL",
        number: "Z/1",
        total: "40",
        body: order,
        ..SOLD
    };
    let corrected = format!(
        "<DaneFaKorygowanej><NrFaKorygowanej>Z/1</NrFaKorygowanej>\
         <NrKSeFFaKorygowanej>{KSEF}</NrKSeFFaKorygowanej></DaneFaKorygowanej>"
    );
    let correction = Sold {
        kind: "KOR_ZAL",
        number: "K/1",
        total: "-10",
        body: &corrected,
        ..SOLD
    };
    let named = format!(
        "<FakturaZaliczkowa><NrKSeFFaZaliczkowej>{KSEF}</NrKSeFFaZaliczkowej></FakturaZaliczkowa>"
    );
    // full lines of 100 and the amount that remains
    let settle = |remains: &str, named: &str, history: &History| {
        let sold = Sold {
            kind: "ROZ",
            number: "R/1",
            body: named,
            ..SOLD
        };
        let text = sold
            .text()
            .replace("<P_13_6_1>100", &format!("<P_13_6_1>{remains}"))
            .replace("<P_15>100", &format!("<P_15>{remains}"));
        found(text.as_bytes(), &today().with_history(history))
    };
    let remainder = ["settlement-remainder /Faktura/Fa/P_15"];
    let nothing = Vec::<String>::new();
    let mut history = History::new();
    assert_eq!(settle("100", &named, &history), nothing, "not known");
    history.add(Side::Issued, advance.entry().with_ksef_number(KSEF));
    assert_eq!(settle("60", &named, &history), nothing);
    assert_eq!(settle("100", &named, &history), remainder);
    let twice = named.clone() + &named.replace("A0B1C2D3-98", "A0B2C2D3-3E");
    assert_eq!(
        settle("100", &twice, &history),
        nothing,
        "one of them is not known"
    );
    history.add(Side::Issued, correction.entry());
    assert_eq!(settle("70", &named, &history), nothing);
    assert_eq!(settle("60", &named, &history), remainder);
    let by_number = "<FakturaZaliczkowa><NrKSeFZN>1</NrKSeFZN><NrFaZaliczkowej>Z/1</NrFaZaliczkowej></FakturaZaliczkowa>";
    assert_eq!(settle("70", by_number, &history), nothing);
    assert_eq!(settle("60", by_number, &history), remainder);
}

#[test]
fn a_long_history_is_asked_quickly() {
    let mut history = History::new();
    let numbers: Vec<_> = (1..=20_000)
        .map(|index| format!("FV/{index:05}/2026"))
        .collect();
    for number in &numbers {
        history.add(
            Side::Issued,
            Entry::new("5265877635", "VAT", number).from_source(number),
        );
    }
    let text = Sold {
        number: "FV/20001/2026",
        ..SOLD
    }
    .text();
    let tree = Tree::read(text.as_bytes(), &check::Rules::default()).unwrap();
    // A rule that walks the history takes minutes here.
    for _ in 0..20_000 {
        let found = evaluate(&tree, &today().with_history(&history));
        assert!(found.is_empty());
    }
}
