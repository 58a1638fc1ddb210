//! What is imported, and how.

use jiff::Timestamp;

/// A source in memory.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What problems call it, usually the file's name.
    pub name: &'a str,
    /// The content.
    pub bytes: &'a [u8],
    /// The format; `None` to tell it from the name and the content.
    pub format: Option<Format>,
}

/// A format of sources and templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON: an invoice, a list of invoices, or one invoice after another (JSON Lines).
    Json,
    /// Text with delimiters, one row for each line of an invoice.
    Csv,
    /// A workbook, one row for each line of an invoice.
    Xlsx,
}

/// How to import.
#[derive(Debug, Clone)]
pub struct Options {
    /// The instant the documents are made (`DataWytworzeniaFa`).
    pub now: Timestamp,
    /// The name of the program that makes them (`SystemInfo`), at most 256 characters; `None` to
    /// leave it out.
    pub system: Option<String>,
    /// Are NIPs with a wrong check digit problems? Production refuses them, the test environment
    /// does not.
    pub nip_checksums: bool,
    /// What is too much.
    pub limits: Limits,
}

/// Limits of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes_max: usize,
    /// Bytes of all parts of a workbook, unpacked.
    pub unpacked_bytes_max: u64,
    /// Rows of a table.
    pub rows_max: usize,
    /// Cells of a table that are not empty.
    pub cells_max: usize,
    /// Invoices.
    pub invoices_max: usize,
    /// Problems that are reported; the last one says that there are more.
    pub problems_max: usize,
}

impl Options {
    /// The usual ones, at this instant: check digits are judged, the system is `ksef`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            system: Some("ksef".to_owned()),
            nip_checksums: true,
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    /// 64 MiB, unpacked 256 MiB, 200 000 rows, 5 000 000 cells, 10 000 invoices, 1000 problems.
    fn default() -> Self {
        Self {
            file_bytes_max: 64 << 20,
            unpacked_bytes_max: 256 << 20,
            rows_max: 200_000,
            cells_max: 5_000_000,
            invoices_max: 10_000,
            problems_max: 1_000,
        }
    }
}

impl Source<'_> {
    /// The format asked for, or the one the name and the content speak of.
    pub(crate) fn detect(&self) -> Option<Format> {
        if self.format.is_some() {
            return self.format;
        }
        if self.bytes.starts_with(b"PK\x03\x04") || self.bytes.starts_with(COMPOUND_FILE) {
            return Some(Format::Xlsx);
        }
        let extension = self
            .name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("json" | "jsonl" | "ndjson") => Some(Format::Json),
            Some("csv" | "tsv" | "txt") => Some(Format::Csv),
            Some("xlsx" | "xlsm" | "xls") => Some(Format::Xlsx),
            _ => {
                let first = self
                    .bytes
                    .iter()
                    .find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
                matches!(first, Some(b'{' | b'[')).then_some(Format::Json)
            }
        }
    }
}

/// How the files of Excel 97–2003 and encrypted workbooks begin.
pub(crate) const COMPOUND_FILE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
