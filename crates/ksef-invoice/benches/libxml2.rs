//! Our side of `cargo xtask bench-schema`; `libxml2.c` is the other.
//!
//! | arguments | does |
//! |---|---|
//! | `write FOLDER` | makes 10 000 FA (3) invoices of 10 KB and one of 3 MB with an attachment |
//! | `measure ROUNDS FOLDER [NAME]` | prints `NAME SECONDS BYTES` of a round over the folder's documents, the median; of all works or one |
//! | `memory NAME FILE` | does one of these works on one file and prints the peak memory in KiB |
//!
//! Seconds are those of the processor, so that others on the machine do not count.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a program for a person at a terminal, with files that it made itself"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use ksef_core::form_code::FormCode;
use ksef_invoice::check::{Rules, check, inspect};
use ksef_invoice::schema::Schema;
use ksef_invoice::tree::Tree;
use ksef_invoice::{fa3, rules};
use rustix::time::{ClockId, clock_gettime};

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", folder] => write(Path::new(folder)),
        ["measure", rounds, folder] => measure(rounds.parse().unwrap(), Path::new(folder), None),
        ["measure", rounds, folder, name] => {
            measure(rounds.parse().unwrap(), Path::new(folder), Some(name));
        }
        ["memory", name, file] => memory(name, &std::fs::read(file).unwrap()),
        _ => eprintln!("run by cargo xtask bench-schema"),
    }
}

/// What is measured: a name and how many findings it has on a document.
type Work = (&'static str, fn(&[u8]) -> usize);

const WORKS: [Work; 6] = [
    ("check", |bytes| check(bytes, &Rules::default()).len()),
    ("schema", |bytes| {
        schema().validate(bytes, &Rules::default()).len()
    }),
    ("inspect", |bytes| {
        inspect(bytes, &Rules::default()).findings.len()
    }),
    ("tree", |bytes| {
        usize::from(Tree::read(bytes, &Rules::default()).is_err())
    }),
    ("typed", |bytes| {
        usize::from(fa3::read(bytes, &Rules::default()).is_err())
    }),
    ("rules", |bytes| {
        let tree = Tree::read(bytes, &Rules::default()).unwrap();
        black_box(rules::evaluate(
            &tree,
            &rules::Context::new(date(2026, 11, 21)),
        ));
        0
    }),
];

fn schema() -> &'static Schema {
    Schema::of(&FormCode::Fa3).unwrap()
}

fn measure(rounds: usize, folder: &Path, only: Option<&str>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let documents: Vec<_> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let size: usize = documents.iter().map(Vec::len).sum();
    let works = WORKS
        .into_iter()
        .filter(|(name, _)| only.is_none_or(|only| only == *name));
    for (name, work) in works {
        for (path, document) in paths.iter().zip(&documents) {
            assert_eq!(
                work(document),
                0,
                "{} has findings of {name}",
                path.display()
            );
        }
        let mut times: Vec<_> = (0..rounds)
            .map(|_| {
                let start = processor_time();
                for document in &documents {
                    black_box(work(black_box(document)));
                }
                processor_time().checked_sub(start).unwrap()
            })
            .collect();
        times.sort();
        println!("{name} {:.9} {size}", times[rounds / 2].as_secs_f64());
    }
}

fn memory(name: &str, bytes: &[u8]) {
    println!("before {}", peak_memory());
    let (_, work) = WORKS.into_iter().find(|(known, _)| *known == name).unwrap();
    assert_eq!(black_box(work(bytes)), 0);
    println!("{name} {}", peak_memory());
}

/// The peak of the process so far, in KiB.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap().trim().trim_end_matches(" kB").to_owned()
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap(),
        time.tv_nsec.try_into().unwrap(),
    )
}

fn write(folder: &Path) {
    std::fs::create_dir_all(folder.join("many")).unwrap();
    for number in 0..10_000 {
        let text = invoice(number, 10_000);
        std::fs::write(folder.join(format!("many/{number:05}.xml")), text).unwrap();
    }
    std::fs::write(folder.join("large.xml"), with_attachment(2_990_000)).unwrap();
}

/// An invoice with so many lines that it has about this size.
fn invoice(number: usize, size: usize) -> String {
    let mut text = head(number);
    let mut line = 0;
    while text.len() < size - 500 {
        line += 1;
        let (pieces, price) = (
            1 + (line * 7 + number) % 40,
            100 + (line * 977 + number * 31) % 90_000,
        );
        let net = pieces * price;
        write!(
            text,
            "    <FaWiersz>\n      <NrWierszaFa>{line}</NrWierszaFa>\n      <P_7>{} nr {}</P_7>\n      \
             <P_8A>szt.</P_8A>\n      <P_8B>{pieces}</P_8B>\n      <P_9A>{}</P_9A>\n      <P_11>{}</P_11>\n      \
             <P_12>23</P_12>\n    </FaWiersz>\n",
            GOODS[(line + number) % GOODS.len()],
            line * 13 + number,
            money(price),
            money(net),
        )
        .unwrap();
    }
    text.push_str(PAYMENT);
    text.push_str("  </Fa>\n</Faktura>\n");
    text
}

/// An invoice with an attachment of tables, of about this size.
fn with_attachment(size: usize) -> String {
    let mut text = invoice(1, 10_000);
    text.truncate(text.len() - "</Faktura>\n".len());
    text.push_str("  <Zalacznik>\n");
    while text.len() < size - 20_000 {
        text.push_str(
            "    <BlokDanych>\n      <MetaDane>\n        <ZKlucz>licznik</ZKlucz>\n        <ZWartosc>L-17</ZWartosc>\n      \
             </MetaDane>\n      <Tabela>\n        <TNaglowek>\n          <Kol Typ=\"datetime\">\n            <NKom>godzina</NKom>\n          \
             </Kol>\n          <Kol Typ=\"dec\">\n            <NKom>kWh</NKom>\n          </Kol>\n        </TNaglowek>\n",
        );
        for row in 0..100 {
            write!(
                text,
                "        <Wiersz>\n          <WKom>2026-02-{:02} {:02}:00</WKom>\n          <WKom>{}</WKom>\n        </Wiersz>\n",
                1 + row / 24,
                row % 24,
                money(row * 137)
            )
            .unwrap();
        }
        text.push_str("      </Tabela>\n    </BlokDanych>\n");
    }
    text.push_str("  </Zalacznik>\n</Faktura>\n");
    text
}

fn money(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn head(number: usize) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Faktura xmlns=\"http://crd.gov.pl/wzor/2025/06/25/13775/\">\n  \
         <Naglowek>\n    <KodFormularza kodSystemowy=\"FA (3)\" wersjaSchemy=\"1-0E\">FA</KodFormularza>\n    \
         <WariantFormularza>3</WariantFormularza>\n    <DataWytworzeniaFa>2026-03-16T09:12:44Z</DataWytworzeniaFa>\n    \
         <SystemInfo>Glinka Faktury 3.1</SystemInfo>\n  </Naglowek>\n  <Podmiot1>\n    <DaneIdentyfikacyjne>\n      \
         <NIP>5265877635</NIP>\n      <Nazwa>Pracownia Ceramiki Glinka i Szkliwo sp. z o.o.</Nazwa>\n    </DaneIdentyfikacyjne>\n    \
         <Adres>\n      <KodKraju>PL</KodKraju>\n      <AdresL1>ul. Garncarska 14</AdresL1>\n      <AdresL2>05-800 Pruszków</AdresL2>\n    \
         </Adres>\n  </Podmiot1>\n  <Podmiot2>\n    <DaneIdentyfikacyjne>\n      <NIP>7342105585</NIP>\n      \
         <Nazwa>Kawiarnia Pod Zegarem Anna Wiśniewska</Nazwa>\n    </DaneIdentyfikacyjne>\n    <JST>2</JST>\n    <GV>2</GV>\n  \
         </Podmiot2>\n  <Fa>\n    <KodWaluty>PLN</KodWaluty>\n    <P_1>2026-03-16</P_1>\n    <P_2>FV/2026/{number}</P_2>\n    \
         <P_13_1>924.00</P_13_1>\n    <P_14_1>212.52</P_14_1>\n    <P_15>1136.52</P_15>\n    <Adnotacje>\n      <P_16>2</P_16>\n      \
         <P_17>2</P_17>\n      <P_18>2</P_18>\n      <P_18A>2</P_18A>\n      <Zwolnienie>\n        <P_19N>1</P_19N>\n      </Zwolnienie>\n      \
         <NoweSrodkiTransportu>\n        <P_22N>1</P_22N>\n      </NoweSrodkiTransportu>\n      <P_23>2</P_23>\n      <PMarzy>\n        \
         <P_PMarzyN>1</P_PMarzyN>\n      </PMarzy>\n    </Adnotacje>\n    <RodzajFaktury>VAT</RodzajFaktury>\n"
    )
}

const PAYMENT: &str = "    <Platnosc>\n      <TerminPlatnosci>\n        <Termin>2026-03-30</Termin>\n      </TerminPlatnosci>\n      \
    <FormaPlatnosci>6</FormaPlatnosci>\n      <RachunekBankowy>\n        <NrRB>86999910480000123400056789</NrRB>\n      \
    </RachunekBankowy>\n    </Platnosc>\n";

const GOODS: [&str; 7] = [
    "Filiżanka kamionkowa „Kłos” 180 ml",
    "Talerz głęboki, szkliwo popiołowe",
    "Dzban z pokrywą",
    "Misa na owoce &amp; orzechy",
    "Kafel ścienny 10 × 10 cm",
    "Doniczka",
    "Książka „Szkliwa popiołowe krok po kroku”, wydanie drugie poprawione",
];
