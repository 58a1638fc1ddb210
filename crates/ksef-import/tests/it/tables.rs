//! CSV: columns, grouping, formats, every mistake with row and column.

use ksef_import::{Format, Imported, Mapping};
use ksef_invoice::Language;

use crate::{documents, element, import_as, mapping, told};

const SELLER: &str = "[invoice.seller]\nnip = \"5265877635\"\nname = \"S\"\naddress = { line1 = \"A\" }\n[invoice.buyer]\nnip = \"1234563218\"\nname = \"B\"\naddress = { line1 = \"C\" }\n";

const HEADER: &str = "Numer faktury;Data wystawienia;Nazwa;Ilość;Cena netto;VAT";

fn with(settings: &str) -> Mapping {
    mapping(&format!("{settings}\n{SELLER}"))
}

fn run(text: &str, settings: &str) -> Imported {
    import_as(Format::Csv, text.as_bytes(), Some(&with(settings)))
}

/// Problems of rows under the usual header.
fn problems(rows: &str) -> Vec<String> {
    told(&run(&format!("{HEADER}\n{rows}"), ""))
}

fn values(imported: &Imported, name: &str) -> Vec<String> {
    documents(imported)
        .iter()
        .map(|xml| element(xml, name).to_owned())
        .collect()
}

#[test]
fn rows_with_the_same_number_are_one_invoice_wherever_they_stand() {
    let text = format!(
        "{HEADER}\nF1;2026-11-20;a;1;10,00;23\nF2;2026-11-20;b;1;20,00;23\n\nF1;;c;2;1 000,50;8\n"
    );
    let imported = run(&text, "");
    assert_eq!(values(&imported, "P_15"), ["2173.38", "24.60"]);
    assert_eq!(imported.invoices[0].rows, [2, 5]);
    assert_eq!(
        imported.invoices[0].origin.describe(Language::Polish),
        "f.csv, wiersz 2"
    );
}

#[test]
fn headers_in_both_languages_and_any_order() {
    let text = "unit price,QUANTITY,vat rate,item,ISSUE_DATE,invoice number\n\"1,234.50\",2,23%,x,21.11.2026,F1\n";
    assert_eq!(values(&run(text, ""), "P_11"), ["2469.00"]);
}

#[test]
fn rows_that_contradict_name_each_other() {
    let imported = run(
        &format!(
            "{HEADER}\nF1;2026-11-20;a;1;1;23\nF1;20.11.2026;b;1;1;23\nF1;2026-11-19;c;1;1;23\n"
        ),
        "",
    );
    assert!(imported.invoices.is_empty());
    assert_eq!(told(&imported), ["rows-contradict @ B4 Data wystawienia"]);
    assert_eq!(
        imported.problems[0].message(Language::English),
        "“2026-11-19” contradicts row 2 of the same invoice, which has “2026-11-20”"
    );
    assert_eq!(
        imported.problems[0].origin().describe(Language::Polish),
        "f.csv, wiersz 4, kolumna B („Data wystawienia”)"
    );
}

#[test]
fn every_bad_value_is_told_with_its_cell_and_the_other_invoices_are_made() {
    let imported = run(
        &format!(
            "{HEADER}\nF1;21/11/2026;a;x;1.234;0\nF1;;b;1;12 zł;np\nF2;2026-11-20;c;1;1,00;5\nF3;2026-11-20;d;1;1,00;\n"
        ),
        "",
    );
    assert_eq!(
        told(&imported),
        [
            "date-ambiguous @ B2 Data wystawienia",
            "number-invalid @ D2 Ilość",
            "number-ambiguous @ E2 Cena netto",
            "rate-ambiguous @ F2 VAT",
            "number-invalid @ E3 Cena netto",
            "rate-ambiguous @ F3 VAT",
            "value-missing @ 5",
        ]
    );
    assert_eq!(imported.invoices.len(), 1);
    assert_eq!(imported.problems[0].invoice(), Some("F1"));
    assert_eq!(imported.problems[2].value(), Some("1.234"));
    assert_eq!(
        imported.problems[6].message(Language::Polish),
        "brak wymaganej wartości: kolumna „Stawka VAT”"
    );
    assert_eq!(
        imported.problems[6].message(Language::English),
        "a required value is missing: column “VAT rate”"
    );
    assert_eq!(
        imported.problems[2].advice(Language::Polish).as_deref(),
        Some("ustaw „decimal_mark” w pliku mapowania: \",\" albo \".\"")
    );
}

#[test]
fn columns_nobody_knows_stop_the_file() {
    let told_of = |header: &str| told(&run(&format!("{header}\nF1;2026-11-20\n"), ""));
    assert_eq!(
        told_of("Numer faktury;Data wystawenia"),
        ["column-unknown @ B1 Data wystawenia"]
    );
    assert_eq!(
        told_of("Data wystawienia;Kolor"),
        ["column-unknown @ B1 Kolor", "column-missing @ 1"]
    );
    assert_eq!(
        told_of("Numer faktury;nr faktury"),
        ["column-duplicate @ B1 nr faktury"]
    );
    assert_eq!(
        told(&run("Numer faktury;\nF1;x\n", "")),
        ["column-without-header @ B2 -", "value-missing @ 2"]
    );
    let near = run("Numer faktury;Data wystawenia\nF1;2026-11-20\n", "");
    assert_eq!(
        near.problems[0].message(Language::Polish),
        "nieznana kolumna „Data wystawenia”; może „Data wystawienia”?"
    );
    assert_eq!(told(&run("\n", "")), ["file-empty @ file"]);
    assert_eq!(
        told(&run("x", "[file]\nheader_row = 7\ndelimiter = \";\"")),
        ["header-missing @ file"]
    );
}

#[test]
fn rows_without_a_number() {
    assert_eq!(
        problems("F1;2026-11-20;a;1;1;23\n;;Razem;;1;\n"),
        ["row-without-number @ 3"]
    );
    let text = format!("{HEADER}\nF1;2026-11-20;a;1;1;23\n;;b;1;1;23\nRazem: 2;;;;2;\n");
    let imported = run(
        &text,
        "[file]\ncontinue_number = true\nignore_rows = [\"razem\"]",
    );
    assert_eq!(values(&imported, "P_13_1"), ["2.00"]);
    let summary = run(&format!("{HEADER}\n;;Suma;;1;\n"), "");
    assert!(
        summary.problems[0]
            .message(Language::English)
            .contains("summary")
    );
}

#[test]
fn a_mapping_reads_a_table_of_ones_own() {
    let text =
        "Zestawienie;;;;;\nDok;Dnia;Tow;Szt;Cena;St;Uwagi wewn.\nF1;03/11/2026;a;2;1.234;A;x\n";
    let imported = run(
        text,
        "[file]\nheader_row = 2\ndecimal_mark = \".\"\ndate_formats = [\"%d/%m/%Y\"]\nignore_columns = [\"uwagi wewn\"]\n\
         [columns]\nnumber = \"Dok\"\nissueDate = \"Dnia\"\nname = \"Tow\"\nquantity = \"Szt\"\nnetPrice = \"Cena\"\nvatRate = \"St\"\n\
         [values.vatRate]\n\"a\" = \"23\"\n[line]\nunit = \"szt.\"",
    );
    let xml = &documents(&imported)[0];
    assert_eq!(element(xml, "P_1"), "2026-11-03");
    assert_eq!(element(xml, "P_9A"), "1.234");
    assert_eq!(element(xml, "P_8A"), "szt.");
    let missing = run(text, "[file]\nheader_row = 2\n[columns]\nnumber = \"Dokk\"");
    assert_eq!(told(&missing)[0], "mapping-column @ 4:10");
    assert_eq!(missing.problems[0].origin().file, "map.toml");
}

#[test]
fn encodings() {
    let text = format!("{HEADER}\nF1;2026-11-20;Łódź, gęś;1;10;23\n");
    for encoding in [
        encoding_rs::WINDOWS_1250,
        encoding_rs::ISO_8859_2,
        encoding_rs::UTF_8,
    ] {
        let (bytes, _, _) = encoding.encode(&text);
        let imported = import_as(Format::Csv, &bytes, Some(&with("")));
        assert_eq!(
            values(&imported, "P_7"),
            ["Łódź, gęś"],
            "{}",
            encoding.name()
        );
    }
    let doubtful = [text.as_bytes(), b"\xb9\xb1"].concat();
    assert_eq!(
        told(&import_as(
            Format::Csv,
            &doubtful,
            Some(&with("[file]\nencoding = \"utf-8\""))
        )),
        ["encoding-invalid @ file"]
    );
    let header = encoding_rs::WINDOWS_1250.encode(HEADER).0;
    let doubtful = [&header, &b"\nF1;2026-11-20;\xb9\xb1;1;10;23\n"[..]].concat();
    // ś of the header is 0x9C in Windows-1250, which ends the doubt.
    assert_eq!(
        values(&import_as(Format::Csv, &doubtful, Some(&with(""))), "P_7"),
        ["ą±"]
    );
    let plain = b"Numer faktury;Nazwa\nF1;\xb9\xb1\n";
    assert_eq!(
        told(&import_as(Format::Csv, plain, Some(&with("")))),
        ["encoding-ambiguous @ file"]
    );
}

#[test]
fn quotes_and_delimiters() {
    assert_eq!(problems("F1;\"2026-11-20;a\n"), ["quote-unclosed @ B2 -"]);
    assert_eq!(
        problems("F1;\"2026-11-20\"x;a\n"),
        ["quote-text-after @ B2 -"]
    );
    assert_eq!(told(&run("a,b;c\n", "")), ["delimiter-unclear @ file"]);
    let tabs = HEADER.replace(';', "\t") + "\nF1\t2026-11-20\t\"a\"\"b\nc\"\t1\t10\t23\n";
    assert_eq!(values(&run(&tabs, ""), "P_7"), ["a\"b c"]);
    let pipes = HEADER.replace(';', "|") + "\nF1|2026-11-20|a|1|10|23\n";
    assert_eq!(
        values(&run(&pipes, "[file]\ndelimiter = \"|\""), "P_7"),
        ["a"]
    );
}

#[test]
fn what_is_missing_is_told_by_column() {
    let imported = import_as(Format::Csv, b"Numer faktury;Nazwa\nF1;a\n", None);
    let messages: Vec<_> = imported
        .problems
        .iter()
        .map(|problem| problem.message(Language::Polish))
        .collect();
    assert_eq!(
        messages,
        [
            "brak wymaganej wartości: kolumna „Data wystawienia”",
            "brak wymaganej wartości: kolumna „NIP sprzedawcy” albo „Nazwa sprzedawcy” albo „Adres sprzedawcy”",
            "brak wymaganej wartości: kolumna „NIP nabywcy” albo „VAT UE nabywcy” albo „Inny identyfikator nabywcy”",
        ]
    );
}

#[test]
fn the_same_value_in_every_row_and_lists_in_cells() {
    let text = format!(
        "{HEADER};WZ;Termin płatności;MPP\nF1;2026-11-20;a;1;10;23;WZ 1|WZ 2;2026-12-04;nie\nF1;2026-11-20;b;1;10;23;WZ 1 | WZ 2;04.12.2026;NIE\n"
    );
    let xml = &documents(&run(&text, ""))[0];
    assert_eq!(xml.matches("<WZ>").count(), 2);
    assert_eq!(element(xml, "Termin"), "2026-12-04");
}

#[test]
fn a_correction_from_a_table() {
    let text = format!(
        "{HEADER};Rodzaj;Numer faktury korygowanej;Data faktury korygowanej;Stan przed korektą;Lp\n\
         K1;2026-11-20;a;3;10;23;korekta;F1;2026-11-03;tak;1\nK1;;a;2;10;23;;;;;1\n"
    );
    assert_eq!(values(&run(&text, ""), "P_15"), ["-12.30"]);
}
