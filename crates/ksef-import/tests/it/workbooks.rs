//! XLSX: cells of every type, and workbooks that mean harm.

use std::io::{Cursor, Read, Write};

use ksef_import::{Format, Imported, Limits, Mapping, Options, Source, import};
use ksef_invoice::Language;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::{documents, element, import_as, mapping, now, told};

const SELLER: &str = "[invoice.seller]\nnip = \"5265877635\"\nname = \"S\"\naddress = { line1 = \"A\" }\n[invoice.buyer]\nnip = \"1234563218\"\nname = \"B\"\naddress = { line1 = \"C\" }\n";

fn with(settings: &str) -> Mapping {
    mapping(&format!("{settings}\n{SELLER}"))
}

/// A workbook with the usual header and a good row, changed.
fn workbook(change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Faktury").unwrap();
    for (column, header) in (0..).zip([
        "Numer faktury",
        "Data wystawienia",
        "Nazwa",
        "Ilość",
        "Cena netto",
        "VAT",
        "Numer rachunku",
    ]) {
        sheet.write(0, column, header).unwrap();
    }
    sheet.write(1, 0, "F1").unwrap();
    date(sheet, 1, "2026-11-20");
    sheet.write(1, 2, "a").unwrap();
    sheet.write(1, 3, 2).unwrap();
    sheet.write(1, 4, 10.5).unwrap();
    sheet.write(1, 5, 23).unwrap();
    change(sheet);
    workbook.save_to_buffer().unwrap()
}

fn date(sheet: &mut Worksheet, row: u32, text: &str) {
    let format = CellFormat::new().set_num_format("dd.mm.yyyy");
    let date = ExcelDateTime::parse_from_str(text).unwrap();
    sheet.write_with_format(row, 1, &date, &format).unwrap();
}

fn run(bytes: &[u8], settings: &str) -> Imported {
    import_as(Format::Xlsx, bytes, Some(&with(settings)))
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Worksheet), expected: &[&str]) -> Imported {
    let imported = run(&workbook(change), "");
    assert_eq!(told(&imported), expected, "{:#?}", imported.problems);
    assert!(imported.invoices.is_empty());
    imported
}

fn first(bytes: &[u8]) -> String {
    documents(&run(bytes, "")).remove(0)
}

/// The workbook with the text of one of its parts replaced.
fn patched(bytes: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        if name == part {
            assert!(text.contains(from), "{text}");
            text = text.replace(from, to);
        }
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn cells_are_what_they_show() {
    let xml = first(&workbook(|_| {}));
    assert_eq!(element(&xml, "P_1"), "2026-11-20");
    assert_eq!(element(&xml, "P_9A"), "10.5");
    let xml = first(&workbook(|sheet| {
        sheet.write(1, 0, 17).unwrap();
        sheet.write(1, 1, "20.11.2026").unwrap();
        sheet.write(1, 3, "2,5").unwrap();
        sheet.write(1, 4, 0.1 + 0.2).unwrap();
        sheet.write(1, 5, 0.23).unwrap();
        sheet
            .write(1, 6, "61 1090 1014 0000 0712 1981 2874")
            .unwrap();
    }));
    assert_eq!(element(&xml, "P_2"), "17");
    assert_eq!(element(&xml, "P_8B"), "2.5");
    assert_eq!(element(&xml, "P_9A"), "0.3");
    assert_eq!(element(&xml, "P_12"), "23");
    assert_eq!(element(&xml, "NrRB"), "61109010140000071219812874");
}

#[test]
fn the_calendar_from_1904() {
    let bytes = workbook(|sheet| {
        // 44884 days after 1 January 1904
        let format = CellFormat::new().set_num_format("yyyy-mm-dd");
        sheet
            .write_number_with_format(1, 1, 44_884, &format)
            .unwrap();
    });
    let bytes = patched(
        &bytes,
        "xl/workbook.xml",
        "<workbookPr ",
        "<workbookPr date1904=\"1\" ",
    );
    assert_eq!(element(&first(&bytes), "P_1"), "2026-11-20");
}

#[test]
fn formulas_give_the_values_the_file_holds() {
    let xml = first(&workbook(|sheet| {
        sheet
            .write(1, 4, Formula::new("=5*2.1").set_result("10.5"))
            .unwrap();
    }));
    assert_eq!(element(&xml, "P_9A"), "10.5");
    let bytes = workbook(|sheet| {
        sheet
            .write(1, 4, Formula::new("=5*2.1").set_result("10.5"))
            .unwrap();
    });
    let bytes = patched(&bytes, "xl/worksheets/sheet1.xml", "<v>10.5</v>", "");
    assert_eq!(
        told(&run(&bytes, "")),
        ["formula-without-value @ Faktury!E2 Cena netto"]
    );
}

#[test]
fn mistakes_are_placed_in_the_sheet() {
    let imported = refused(
        |sheet| {
            sheet.write(1, 1, 46_347).unwrap();
            sheet.write(1, 3, "x").unwrap();
            sheet.write(1, 6, 6.11e25).unwrap();
        },
        &[
            "date-as-number @ Faktury!B2 Data wystawienia",
            "number-invalid @ Faktury!D2 Ilość",
            "code-as-number @ Faktury!G2 Numer rachunku",
        ],
    );
    assert_eq!(
        imported.problems[0].origin().describe(Language::English),
        "f.xlsx, sheet “Faktury”, row 2, column B (“Data wystawienia”)"
    );
    assert!(
        imported.problems[0]
            .message(Language::Polish)
            .contains("2026-11-21")
    );
}

#[test]
fn merged_cells_are_noticed_where_they_matter() {
    let merge = |sheet: &mut Worksheet, last_row: u32| {
        sheet
            .merge_range(1, 0, last_row, 0, "F1", &CellFormat::new())
            .unwrap();
        date(sheet, 2, "2026-11-20");
    };
    refused(
        |sheet| merge(sheet, 2),
        &[
            "row-without-number @ Faktury!3",
            "cells-merged @ Faktury!A2 Numer faktury",
        ],
    );
    // A merged title far right of the table does not matter.
    let bytes = workbook(|sheet| {
        sheet
            .merge_range(20, 9, 21, 10, "", &CellFormat::new())
            .unwrap();
    });
    assert_eq!(documents(&run(&bytes, "")).len(), 1);
}

#[test]
fn sheets_are_found_by_name_and_the_first_visible_is_read() {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet();
    hidden.set_name("Notatki").unwrap();
    hidden.set_hidden(true);
    let sheet = book.add_worksheet();
    sheet.set_name("Dane").unwrap();
    sheet.set_active(true);
    for (column, text) in (0..).zip([
        "Numer faktury",
        "Data wystawienia",
        "Nazwa",
        "Wartość netto",
        "VAT",
    ]) {
        sheet.write(0, column, text).unwrap();
    }
    for (column, text) in (0..).zip(["F1", "2026-11-20", "a", "10", "23"]) {
        sheet.write(1, column, text).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(documents(&run(&bytes, "")).len(), 1);
    assert_eq!(documents(&run(&bytes, "[file]\nsheet = \"dane\"")).len(), 1);
    let missing = run(&bytes, "[file]\nsheet = \"Inny\"");
    assert_eq!(told(&missing), ["sheet-missing @ file"]);
    assert!(
        missing.problems[0]
            .message(Language::Polish)
            .ends_with("są: Notatki, Dane")
    );
    assert_eq!(
        told(&run(&bytes, "[file]\nsheet = \"Notatki\"")),
        ["header-missing @ file"]
    );
}

#[test]
fn files_that_are_no_workbooks() {
    let old = [
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..],
        &[0; 512],
    ]
    .concat();
    assert_eq!(told(&run(&old, "")), ["workbook-encrypted @ file"]);
    assert_eq!(told(&run(b"number;x\n", "")), ["workbook-format @ file"]);
    assert_eq!(told(&run(b"PK\x03\x04", "")), ["workbook-format @ file"]);
    let mut empty = ZipWriter::new(Cursor::new(Vec::new()));
    empty
        .start_file("a.txt", SimpleFileOptions::default())
        .unwrap();
    let empty = empty.finish().unwrap().into_inner();
    assert_eq!(told(&run(&empty, "")), ["workbook-format @ file"]);
}

#[test]
fn no_cut_or_scratched_workbook_makes_a_panic() {
    let good = workbook(|_| {});
    for length in (0..good.len()).step_by(97) {
        let imported = run(&good[..length], "");
        assert!(
            imported.invoices.is_empty() && imported.problems.len() == 1,
            "{length}"
        );
    }
    for index in (0..good.len()).step_by(31) {
        let mut scratched = good.clone();
        scratched[index] ^= 0x55;
        let imported = run(&scratched, "");
        assert!(
            imported.invoices.len() + imported.problems.len() > 0,
            "{index}"
        );
    }
}

#[test]
fn no_scratched_sheet_makes_a_panic() {
    let good = workbook(|sheet| {
        sheet
            .write(1, 4, Formula::new("=5*2.1").set_result("10.5"))
            .unwrap();
    });
    for (from, to) in [
        ("r=\"A2\"", "r=\"\""),
        ("r=\"A2\"", "r=\"A99999999999\""),
        ("r=\"A2\"", "r=\"ZZZZZZ2\""),
        ("r=\"A2\"", "r=\"Z1\""),
        ("r=\"B2\"", "r=\"XFD1048576\""),
        ("<v>10.5</v>", "<v>ten</v>"),
        ("<v>10.5</v>", "<v>1e999</v>"),
        ("t=\"s\"", "t=\"s\" t=\"q\""),
        ("t=\"s\"", "t=\"zzz\""),
        ("<v>0</v>", "<v>999999</v>"),
        ("<v>0</v>", "<v>-1</v>"),
        ("</sheetData>", ""),
        (
            "<dimension ref=\"A1:G2\"/>",
            "<dimension ref=\"A1:XFD1048576\"/>",
        ),
        (
            "<f>5*2.1</f>",
            "<f t=\"shared\" si=\"4294967295\">5*2.1</f>",
        ),
        (
            "<f>5*2.1</f>",
            "<f t=\"shared\" ref=\"A1:A2\" si=\"99999999999\">5*2.1</f>",
        ),
    ] {
        let imported = run(&patched(&good, "xl/worksheets/sheet1.xml", from, to), "");
        assert!(
            imported.invoices.len() + imported.problems.len() > 0,
            "{from} {to}"
        );
    }
}

#[test]
fn a_bomb_is_measured_before_it_is_read() {
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/workbook.xml", SimpleFileOptions::default())
        .unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..32 {
        bomb.write_all(&zeros).unwrap();
    }
    let bytes = bomb.finish().unwrap().into_inner();
    assert!(bytes.len() < 100_000);
    let limits = Limits {
        unpacked_bytes_max: 16 << 20,
        ..Limits::default()
    };
    let source = Source {
        name: "bomb.xlsx",
        bytes: &bytes,
        format: None,
    };
    let imported = import(
        source,
        None,
        &Options {
            limits,
            ..Options::at(now())
        },
    );
    assert_eq!(told(&imported), ["workbook-too-large @ file"]);
}

#[test]
fn rows_and_cells_are_bounded() {
    let bytes = workbook(|sheet| {
        for row in 2..10 {
            sheet.write(row, 0, "F1").unwrap();
        }
    });
    let told_with = |limits: Limits| {
        let source = Source {
            name: "x.xlsx",
            bytes: &bytes,
            format: None,
        };
        told(&import(
            source,
            None,
            &Options {
                limits,
                ..Options::at(now())
            },
        ))
    };
    assert_eq!(
        told_with(Limits {
            rows_max: 5,
            ..Limits::default()
        }),
        ["too-many-rows @ Faktury!6"]
    );
    assert_eq!(
        told_with(Limits {
            cells_max: 9,
            ..Limits::default()
        }),
        ["too-many-cells @ file"]
    );
}
