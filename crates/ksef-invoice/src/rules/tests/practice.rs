//! What practice does with invoices, and rules must not mistake for an error; and their limits.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

/// The parts of an FA(3) that rules compare.
#[derive(Clone, Copy)]
struct Draft<'a> {
    kind: &'a str,
    currency: &'a str,
    /// Between `P_2` and `Adnotacje`.
    sums: &'a str,
    /// Replaces marks of the annotations, `P_18=1`.
    marks: &'a [(&'a str, &'a str)],
    /// After `RodzajFaktury`.
    body: &'a str,
    buyer: &'a str,
}

const DRAFT: Draft<'_> = Draft {
    kind: "VAT",
    currency: "PLN",
    sums: "<P_15>0</P_15>",
    marks: &[],
    body: "",
    buyer: "<NIP>5213884267</NIP>",
};

const CORRECTED: &str = "<DaneFaKorygowanej><DataWystFaKorygowanej>2026-03-01\
     </DataWystFaKorygowanej><NrFaKorygowanej>1</NrFaKorygowanej><NrKSeFN>1</NrKSeFN></DaneFaKorygowanej>";

impl Draft<'_> {
    fn text(&self, namespace: &str) -> String {
        let Self {
            kind,
            currency,
            sums,
            body,
            buyer,
            ..
        } = self;
        let mut marks = String::from(
            "<P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A>\
             <Zwolnienie><P_19N>1</P_19N></Zwolnienie><P_23>2</P_23>\
             <PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy>",
        );
        for (from, to) in self.marks {
            assert!(marks.contains(from), "{from}");
            marks = marks.replace(from, to);
        }
        format!(
            "<Faktura xmlns='http://crd.gov.pl/wzor/{namespace}/'>\
             <Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP></DaneIdentyfikacyjne></Podmiot1>\
             <Podmiot2><DaneIdentyfikacyjne>{buyer}</DaneIdentyfikacyjne></Podmiot2>\
             <Fa><KodWaluty>{currency}</KodWaluty><P_1>2026-04-01</P_1><P_2>1</P_2>{sums}\
             <Adnotacje>{marks}</Adnotacje><RodzajFaktury>{kind}</RodzajFaktury>{body}</Fa></Faktura>"
        )
    }

    fn found(&self) -> Vec<String> {
        found(self.text("2025/06/25/13775").as_bytes(), &today())
    }

    fn found_by_fa2(&self) -> Vec<String> {
        found(self.text("2023/06/29/12648").as_bytes(), &today())
    }
}

/// A line: `"P_8B=2 P_9A=10 P_11=20 P_12=23"`; spaces in a value are underscores.
fn line(number: usize, fields: &str) -> String {
    let mut text = format!("<FaWiersz><NrWierszaFa>{number}</NrWierszaFa>");
    for field in fields.split(' ') {
        let (name, value) = field.split_once('=').unwrap();
        text += &format!("<{name}>{}</{name}>", value.replace('_', " "));
    }
    text + "</FaWiersz>"
}

fn lines(fields: &[&str]) -> String {
    fields
        .iter()
        .enumerate()
        .map(|(index, fields)| line(index + 1, fields))
        .collect()
}

/// Elements: `"P_13_1=100 P_14_1=23"`.
fn elements(fields: &str) -> String {
    fields
        .split(' ')
        .map(|field| {
            let (name, value) = field.split_once('=').unwrap();
            format!("<{name}>{value}</{name}>")
        })
        .collect()
}

/// An invoice of a kind with sums and lines, and what rules find.
#[track_caller]
fn check_lines(kind: &str, sums: &str, of_lines: &[&str], rules: &[&str]) {
    let corrected = if kind.starts_with("KOR") {
        CORRECTED
    } else {
        ""
    };
    let body = corrected.to_owned() + &lines(of_lines);
    let sums = elements(sums);
    let draft = Draft {
        kind,
        sums: &sums,
        body: &body,
        ..DRAFT
    };
    let found = draft.found();
    let ids: Vec<_> = found
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(ids, rules, "{found:?}");
}

#[test]
fn corrections_by_difference() {
    let sums = "P_13_1=-20 P_14_1=-4.60 P_15=-24.60";
    check_lines("KOR", sums, &["P_8B=-2 P_9A=10 P_11=-20 P_12=23"], &[]);
    check_lines("KOR", sums, &["P_8B=1 P_9A=-20 P_11=-20 P_12=23"], &[]);
    // the new price, and the difference in value
    check_lines("KOR", sums, &["P_8B=10 P_9A=8 P_11=-20 P_12=23"], &[]);
    // all taken back and written anew
    let reversed = [
        "P_8B=-10 P_9A=10 P_11=-100 P_12=23",
        "P_8B=10 P_9A=8 P_11=80 P_12=23",
    ];
    check_lines("KOR", sums, &reversed, &[]);
    check_lines(
        "KOR",
        sums,
        &["P_8B=-2 P_9A=10 P_11=-21 P_12=23"],
        &["net-sum"],
    );
}

#[test]
fn corrections_by_states() {
    let sums = "P_13_1=-20 P_14_1=-4.60 P_15=-24.60";
    let before = "P_7=a P_8B=10 P_9A=10 P_11=100 P_12=23 StanPrzed=1";
    let after = "P_7=a P_8B=10 P_9A=8 P_11=80 P_12=23";
    let same = "P_7=b P_8B=3 P_9A=5 P_11=15 P_12=23 StanPrzed=1";
    check_lines("KOR", sums, &[before, after], &[]);
    // a line that is confirmed, and one that is taken off
    check_lines("KOR", sums, &[before, after, same], &[]);
    check_lines(
        "KOR",
        "P_13_1=-35 P_14_1=-8.05 P_15=-43.05",
        &[before, after, same],
        &[],
    );
    check_lines(
        "KOR",
        "P_13_1=-30 P_14_1=-6.90 P_15=-36.90",
        &[before, after, same],
        &["net-sum"],
    );
    // the state before with the opposite sign
    let negative = "P_7=a P_8B=-10 P_9A=10 P_11=-100 P_12=23 StanPrzed=1";
    check_lines("KOR", sums, &[negative, after], &[]);
    // everything given back
    let nothing = "P_7=a P_8B=0 P_9A=10 P_11=0 P_12=23";
    check_lines(
        "KOR",
        "P_13_1=-100 P_14_1=-23 P_15=-123",
        &[before, nothing],
        &[],
    );
    // products are those of the states
    let wrong = "P_7=a P_8B=10 P_9A=9 P_11=80 P_12=23";
    check_lines("KOR", sums, &[before, wrong], &["line-net"]);
}

#[test]
fn corrections_of_rates_and_of_tax_alone() {
    let before = "P_7=a P_8B=1 P_9A=100 P_11=100 P_12=23 StanPrzed=1";
    let after = "P_7=a P_8B=1 P_9A=113.89 P_11=113.89 P_12=8";
    let sums = "P_13_1=-100 P_14_1=-23 P_13_2=113.89 P_14_2=9.11 P_15=0";
    check_lines("KOR", sums, &[before, after], &[]);
    let old = "P_7=a P_8B=1 P_9A=100 P_11=100 P_12=22 StanPrzed=1";
    let new = "P_7=a P_8B=1 P_9A=99.19 P_11=99.19 P_12=23";
    check_lines("KOR", "P_13_1=-0.81 P_14_1=0.81 P_15=0", &[old, new], &[]);
    check_lines("KOR", "P_13_1=0 P_14_1=0.05 P_15=0.05", &[], &[]);
    // from reverse charge to the standard rate
    let domestic = "P_7=a P_8B=1 P_9A=100 P_11=100 P_12=oo StanPrzed=1";
    let taxed = "P_7=a P_8B=1 P_9A=100 P_11=100 P_12=23";
    let sums = "P_13_1=100 P_14_1=23 P_13_10=-100 P_15=23";
    check_lines("KOR", sums, &[domestic, taxed], &[]);
    let exempt = "P_7=a P_11=100 P_12=zw StanPrzed=1";
    let sums = "P_13_1=100 P_14_1=23 P_13_7=-100 P_15=23";
    check_lines("KOR", sums, &[exempt, taxed], &[]);
}

#[test]
fn collective_corrections_need_no_lines() {
    let body = CORRECTED.repeat(40) + "<OkresFaKorygowanej>2026</OkresFaKorygowanej>";
    let sums = elements("P_13_1=-1000.00 P_14_1=-230.15 P_15=-1230.15");
    let draft = Draft {
        kind: "KOR",
        sums: &sums,
        body: &body,
        ..DRAFT
    };
    assert_eq!(draft.found(), Vec::<String>::new());
    let body = CORRECTED.to_owned();
    let single = Draft {
        body: &body,
        ..draft
    };
    assert_eq!(single.found(), ["vat-sum /Faktura/Fa/P_14_1"]);
    // goods without values, as the law asks of a discount for a period
    let body = CORRECTED.repeat(40) + &line(1, "P_7=a P_8B=1000");
    assert_eq!(
        Draft {
            body: &body,
            ..draft
        }
        .found(),
        Vec::<String>::new()
    );
}

#[test]
fn discounts_of_lines_and_of_units() {
    let sums = "P_13_1=90 P_14_1=20.70 P_15=110.70";
    for fields in [
        "P_8B=10 P_9A=10 P_10=10 P_11=90 P_12=23",
        "P_8B=10 P_9A=10 P_10=1 P_11=90 P_12=23",
        "P_8B=10 P_9A=10 P_10=-10 P_11=90 P_12=23",
        "P_8B=10 P_9A=9 P_10=0 P_11=90 P_12=23",
    ] {
        check_lines("VAT", sums, &[fields], &[]);
    }
    let ignored = "P_8B=10 P_9A=9 P_10=5 P_11=90 P_12=23";
    check_lines("VAT", sums, &[ignored], &["line-net"]);
}

#[test]
fn lines_that_say_little() {
    let sums = "P_13_1=100 P_14_1=23 P_15=123";
    // a remark, a line without rate, only names
    check_lines("VAT", sums, &["P_11=100 P_12=23", "P_7=remark"], &[]);
    check_lines("VAT", sums, &["P_11=100 P_12=23", "P_7=a P_11=0"], &[]);
    check_lines("VAT", sums, &["P_7=a", "P_7=b"], &[]);
    check_lines("VAT", sums, &[], &[]);
    // free of charge
    let free = "P_7=b P_8B=1 P_9A=0 P_11=0 P_12=8";
    check_lines("VAT", sums, &["P_11=100 P_12=23", free], &[]);
    check_lines("UPR", "P_15=450", &["P_7=a P_12=23"], &[]);
    check_lines("UPR", "P_15=450", &["P_7=a"], &[]);
    check_lines("VAT", "P_15=450", &["P_7=a"], &["total-due"]);
}

#[test]
fn rates_of_other_years() {
    for (sums, fields) in [
        ("P_13_1=100 P_14_1=22 P_15=122", "P_11=100 P_12=22"),
        ("P_13_2=100 P_14_2=7 P_15=107", "P_11=100 P_12=7"),
        ("P_13_4=100 P_14_4=4 P_15=104", "P_11=100 P_12=4"),
        ("P_13_4=100 P_14_4=3 P_15=103", "P_11=100 P_12=3"),
        ("P_13_1=100 P_14_1=22 P_15=122", "P_7=a"),
    ] {
        check_lines("VAT", sums, &[fields], &[]);
    }
    let both = ["P_11=100 P_12=22", "P_11=100 P_12=23"];
    check_lines("VAT", "P_13_1=200 P_14_1=45 P_15=245", &both, &[]);
    check_lines("VAT", "P_13_1=200 P_14_1=46 P_15=246", &both, &["vat-sum"]);
    check_lines(
        "VAT",
        "P_13_1=100 P_14_1=8 P_15=108",
        &["P_7=a"],
        &["vat-sum"],
    );
    check_lines(
        "VAT",
        "P_13_1=100 P_14_1=22 P_15=122",
        &["P_11=100 P_12=23"],
        &["vat-sum"],
    );
}

#[test]
fn margins_have_gross_values_alone() {
    let margin = (
        "<P_PMarzyN>1</P_PMarzyN>",
        "<P_PMarzy>1</P_PMarzy><P_PMarzy_2>1</P_PMarzy_2>",
    );
    let of = |sums: &str, fields: &[&str]| {
        let (sums, body) = (elements(sums), lines(fields));
        Draft {
            sums: &sums,
            body: &body,
            marks: &[margin],
            ..DRAFT
        }
        .found()
    };
    let margin = "P_8B=1 P_9B=2000 P_11A=2000";
    let own = "P_8B=1 P_9B=1000 P_11A=1000 P_12=23";
    let sums = "P_13_1=813.01 P_14_1=186.99 P_13_11=2000 P_15=3000";
    assert_eq!(of(sums, &[margin, own]), Vec::<String>::new());
    assert_eq!(
        of("P_13_11=2000 P_15=2000", &[margin]),
        Vec::<String>::new()
    );
    // some write the rate the margin is taxed with
    let rated = "P_8B=1 P_9B=2000 P_11A=2000 P_12=23";
    assert_eq!(of("P_13_11=2000 P_15=2000", &[rated]), Vec::<String>::new());
    assert_eq!(
        of("P_13_11=1990 P_15=1990", &[margin]),
        ["net-sum /Faktura/Fa/P_13_11"]
    );
}

#[test]
fn advances_and_settlements_have_sums_of_their_own() {
    let order = "<Zamowienie><WartoscZamowienia>231</WartoscZamowienia><ZamowienieWiersz>\
        <NrWierszaZam>1</NrWierszaZam><P_11NettoZ>100</P_11NettoZ><P_11VatZ>23</P_11VatZ>\
        <P_12Z>23</P_12Z></ZamowienieWiersz><ZamowienieWiersz><NrWierszaZam>2</NrWierszaZam>\
        <P_11NettoZ>100</P_11NettoZ><P_11VatZ>8</P_11VatZ><P_12Z>8</P_12Z></ZamowienieWiersz></Zamowienie>";
    // 50 in proportion to 123 and 108, tax taken out of it
    let sums = elements("P_13_1=21.65 P_14_1=4.97 P_13_2=21.65 P_14_2=1.73 P_15=50");
    let advance = Draft {
        kind: "ZAL",
        sums: &sums,
        body: order,
        ..DRAFT
    };
    assert_eq!(advance.found(), Vec::<String>::new());
    let wrong = order.replace("<P_11VatZ>8<", "<P_11VatZ>9<");
    let found = Draft {
        body: &wrong,
        ..advance
    }
    .found();
    assert_eq!(
        found,
        ["line-vat /Faktura/Fa/Zamowienie/ZamowienieWiersz[2]/P_11VatZ"]
    );

    let paid = "<FakturaZaliczkowa><NrKSeFZN>1</NrKSeFZN><NrFaZaliczkowej>2</NrFaZaliczkowej>\
        </FakturaZaliczkowa>";
    let body = paid.to_owned() + &lines(&["P_8B=1 P_9A=100 P_11=100 P_12=23"]);
    for sums in [
        "P_13_1=60 P_14_1=13.80 P_15=73.80",
        "P_13_1=0 P_14_1=0 P_15=0",
        "P_15=0",
    ] {
        let sums = elements(sums);
        let found = Draft {
            kind: "ROZ",
            sums: &sums,
            body: &body,
            ..DRAFT
        }
        .found();
        assert_eq!(found, Vec::<String>::new());
    }
    // an exempt settlement that is paid in full has no sum
    let body = paid.to_owned() + &lines(&["P_11=100 P_12=zw"]);
    let basis = ("<P_19N>1</P_19N>", "<P_19>1</P_19><P_19A>art. 43</P_19A>");
    let sums = elements("P_15=0");
    let draft = Draft {
        kind: "ROZ",
        sums: &sums,
        body: &body,
        marks: &[basis],
        ..DRAFT
    };
    assert_eq!(draft.found(), Vec::<String>::new());
}

#[test]
fn sales_abroad() {
    // one stop shop: German VAT at 19 %
    check_lines(
        "VAT",
        "P_13_5=100 P_14_5=19 P_15=119",
        &["P_8B=1 P_9A=100 P_11=100 P_11Vat=19 P_12_XII=19"],
        &[],
    );
    let body = lines(&["P_8B=1 P_9A=100 P_11=100 P_12=np_I"]);
    let sums = elements("P_13_8=100 P_15=100");
    let german = "<KodUE>DE</KodUE><NrVatUE>298374651</NrVatUE>";
    let abroad = Draft {
        sums: &sums,
        body: &body,
        buyer: german,
        ..DRAFT
    };
    let rules = |draft: Draft<'_>| {
        let found = draft.found();
        found
            .iter()
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(abroad), ["reverse-charge-unmarked"]);
    let marked = ("<P_18>2</P_18>", "<P_18>1</P_18>");
    assert!(
        rules(Draft {
            marks: &[marked],
            ..abroad
        })
        .is_empty()
    );
    assert!(
        rules(Draft {
            buyer: "<BrakID>1</BrakID>",
            ..abroad
        })
        .is_empty()
    );
    let triangular = ("<P_23>2</P_23>", "<P_23>1</P_23>");
    assert!(
        rules(Draft {
            marks: &[triangular],
            ..abroad
        })
        .is_empty()
    );
    // services of art. 100(1)(4) carry the mark too
    let body = lines(&["P_8B=1 P_9A=100 P_11=100 P_12=np_II"]);
    let sums = elements("P_13_9=100 P_15=100");
    assert!(
        rules(Draft {
            sums: &sums,
            body: &body,
            marks: &[marked],
            ..abroad
        })
        .is_empty()
    );
}

#[test]
fn currencies() {
    let fields = "P_8B=1 P_9A=100 P_11=100 P_11Vat=23 P_12=23 KursWaluty=4.25";
    let in_pln = "P_8B=1 P_9A=100 P_11=100 P_11Vat=97.75 P_12=23 KursWaluty=4.25";
    let sums = elements("P_13_1=100 P_14_1=23 P_14_1W=97.75 P_15=123");
    for fields in [fields, in_pln] {
        let body = line(1, fields);
        let draft = Draft {
            currency: "EUR",
            sums: &sums,
            body: &body,
            ..DRAFT
        };
        assert_eq!(draft.found(), Vec::<String>::new());
    }
    // no VAT, nothing to convert
    let untaxed = elements("P_13_1=0 P_14_1=0 P_13_6_3=100 P_15=100");
    let body = line(1, "P_11=100 P_12=0_EX");
    let draft = Draft {
        currency: "USD",
        sums: &untaxed,
        body: &body,
        ..DRAFT
    };
    assert_eq!(draft.found(), Vec::<String>::new());
    // a collective correction has no place for a rate
    let sums = elements("P_13_1=-100 P_14_1=-23 P_14_1W=-97.75 P_15=-123");
    let draft = Draft {
        kind: "KOR",
        currency: "EUR",
        sums: &sums,
        body: CORRECTED,
        ..DRAFT
    };
    assert_eq!(draft.found(), Vec::<String>::new());
}

#[test]
fn fa2_has_one_zero_and_one_np() {
    let body = lines(&[
        "P_11=100 P_12=0",
        "P_11=50 P_12=0",
        "P_11=30 P_12=np",
        "P_11=7 P_12=np",
    ]);
    let marked = ("<P_18>2</P_18>", "<P_18>1</P_18>");
    let of = |sums: &str| {
        let sums = elements(sums);
        Draft {
            sums: &sums,
            body: &body,
            marks: &[marked],
            ..DRAFT
        }
        .found_by_fa2()
    };
    let found = of("P_13_6_1=100 P_13_6_3=50 P_13_8=30 P_13_9=7 P_15=187");
    assert_eq!(found, Vec::<String>::new());
    let found = of("P_13_6_1=100 P_13_6_3=40 P_13_8=30 P_13_9=7 P_15=177");
    assert_eq!(found, ["net-sum /Faktura/Fa/P_13_6_1"]);
}

#[test]
fn values_the_schema_refuses_are_left_to_it() {
    let body = lines(&["P_8B=1,5 P_9A=10.00zł P_11=abc P_11Vat=+1 P_12=23%"]);
    let sums = elements("P_13_1=1e3 P_14_1=.5 P_15=99999999999999999999999999999999999");
    let found = Draft {
        sums: &sums,
        body: &body,
        ..DRAFT
    }
    .found();
    assert_eq!(found, Vec::<String>::new());
    for kind in ["", "X"] {
        assert_eq!(Draft { kind, ..DRAFT }.found(), Vec::<String>::new());
    }
    let large = "9999999999999999999999";
    let fields = format!("P_8B={large} P_9A={large} P_11={large} P_12=23");
    let body = lines(&[&fields, &fields]);
    let sums = elements(&format!("P_13_1={large} P_14_1={large} P_15={large}"));
    assert_eq!(
        Draft {
            sums: &sums,
            body: &body,
            ..DRAFT
        }
        .found()
        .len(),
        3
    );
}

#[test]
fn a_large_invoice_takes_linear_time() {
    let clock = |count: usize| {
        let fields = "P_7=a P_8B=1 P_9A=10 P_11=11 P_12=23 StanPrzed=1";
        let body = CORRECTED.to_owned() + &lines(&vec![fields; count]);
        let text = Draft {
            kind: "KOR",
            body: &body,
            ..DRAFT
        }
        .text("2025/06/25/13775");
        let tree = Tree::read(text.as_bytes(), &check::Rules::default()).unwrap();
        assert_eq!(evaluate(&tree, &today()).len(), FINDINGS_OF_A_RULE);
    };
    // 10 000 lines are the schema's limit; a quadratic rule takes minutes here.
    clock(10_000);
}

const FINDINGS_OF_A_RULE: usize = 50;

fn cents(amount: i64) -> Decimal {
    Decimal::new(amount, 2)
}

fn round(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// How a program computes VAT: all of them are legal.
#[derive(Debug, Clone, Copy)]
enum Method {
    NetByLine,
    NetBySum,
    GrossByLine,
    GrossBySum,
}

proptest! {
    /// However VAT is computed, sums are within the tolerance.
    #[test]
    fn every_method_of_vat_is_right(
        prices in prop::collection::vec((1i64..1_000_000, 1i64..50), 1..40),
        rate in prop::sample::select(vec![("23", "1"), ("22", "1"), ("8", "2"), ("7", "2"), ("5", "3")]),
        method in prop::sample::select(
            vec![Method::NetByLine, Method::NetBySum, Method::GrossByLine, Method::GrossBySum]),
    ) {
        let (percent, index) = rate;
        let fraction: Decimal = percent.parse::<Decimal>().unwrap() / Decimal::ONE_HUNDRED;
        let factor = Decimal::ONE + fraction;
        let (mut net, mut vat, mut gross) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        let mut body = String::new();
        for (number, (price, quantity)) in prices.iter().enumerate() {
            let value = cents(*price) * Decimal::from(*quantity);
            let price = cents(*price);
            let start = format!("P_8B={quantity}");
            match method {
                Method::NetByLine | Method::NetBySum => {
                    let tax = round(value * fraction);
                    (net, vat) = (net + value, vat + tax);
                    let fields = format!("{start} P_9A={price} P_11={value} P_11Vat={tax} P_12={percent}");
                    body += &line(number + 1, &fields);
                }
                Method::GrossByLine | Method::GrossBySum => {
                    let tax = round(value * fraction / factor);
                    (net, vat, gross) = (net + value - tax, vat + tax, gross + value);
                    let fields = format!("{start} P_9B={price} P_11A={value} P_11Vat={tax} P_12={percent}");
                    body += &line(number + 1, &fields);
                }
            }
        }
        match method {
            Method::NetBySum => vat = round(net * fraction),
            Method::GrossBySum => {
                vat = round(gross * fraction / factor);
                net = gross - vat;
            }
            _ => {}
        }
        let due = net + vat;
        let sums = elements(&format!("P_13_{index}={net} P_14_{index}={vat} P_15={due}"));
        let found = Draft { sums: &sums, body: &body, ..DRAFT }.found();
        prop_assert_eq!(found, Vec::<String>::new());
        // One złoty is not within.
        let sums = elements(&format!("P_13_{index}={net} P_14_{index}={vat} P_15={}", due + Decimal::ONE));
        let found = Draft { sums: &sums, body: &body, ..DRAFT }.found();
        prop_assert_eq!(found, vec!["total-due /Faktura/Fa/P_15".to_owned()]);
    }
}
