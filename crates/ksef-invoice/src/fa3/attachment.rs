//! The attachment: blocks of entries, paragraphs and tables.

use crate::tree::Element;

use super::reading::Fields;
use super::remark::Remarks;
use super::section::{Content, Field, section};
use super::value::code::ColumnKind;
use super::value::{List, NonEmpty, Text, Value};
use super::writing::Writer;

section! {
    /// An attachment. Invoices with one are sent in batches, by sellers that announced it.
    ///
    /// Source: `Zalacznik`.
    pub struct Attachment {
        /// Its blocks, up to 1000.
        pub blocks: NonEmpty<Block, 1_000> = "BlokDanych",
    }
}

section! {
    /// A block of data.
    ///
    /// Source: `BlokDanych`.
    pub struct Block {
        /// Heading.
        pub heading: Option<Text<512>> = "ZNaglowek",
        /// Entries of name and value, up to 1000.
        pub entries: NonEmpty<BlockEntry, 1_000> = "MetaDane",
        /// Text.
        pub text: Option<BlockText> = "Tekst",
        /// Tables, up to 1000.
        pub tables: List<Table, 1_000> = "Tabela",
    }
}

section! {
    /// An entry of a block.
    ///
    /// Source: `MetaDane`.
    pub struct BlockEntry {
        /// Name.
        pub key: Text<256> = "ZKlucz",
        /// Value.
        pub value: Text<256> = "ZWartosc",
    }
}

section! {
    /// The text of a block.
    ///
    /// Source: `Tekst`.
    pub struct BlockText {
        /// Paragraphs, up to 10.
        pub paragraphs: NonEmpty<Text<512>, 10> = "Akapit",
    }
}

section! {
    /// A table.
    ///
    /// Source: `Tabela`.
    pub struct Table {
        /// Entries of name and value, up to 1000.
        pub entries: List<TableEntry, 1_000> = "TMetaDane",
        /// Description.
        pub description: Option<Text<512>> = "Opis",
        /// Columns.
        pub header: TableHeader = "TNaglowek",
        /// Rows, up to 1000.
        pub rows: NonEmpty<TableRow, 1_000> = "Wiersz",
        /// Sums.
        pub totals: Option<TableTotals> = "Suma",
    }
}

section! {
    /// An entry of a table.
    ///
    /// Source: `TMetaDane`.
    pub struct TableEntry {
        /// Name.
        pub key: Text<256> = "TKlucz",
        /// Value.
        pub value: Text<256> = "TWartosc",
    }
}

section! {
    /// The columns of a table.
    ///
    /// Source: `TNaglowek`.
    pub struct TableHeader {
        /// The columns, up to 20.
        pub columns: NonEmpty<Column, 20> = "Kol",
    }
}

section! {
    /// A row of a table.
    ///
    /// Source: `Wiersz`.
    pub struct TableRow {
        /// Cells, up to 20; they may be empty.
        pub cells: NonEmpty<Text<256, 0>, 20> = "WKom",
    }
}

section! {
    /// The sums of a table.
    ///
    /// Source: `Suma`.
    pub struct TableTotals {
        /// Cells, up to 20; they may be empty.
        pub cells: NonEmpty<Text<256, 0>, 20> = "SKom",
    }
}

/// A column: what it holds and its name.
///
/// Source: `Kol`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it holds.
    ///
    /// On the wire: attribute `Typ`.
    pub kind: ColumnKind,
    /// Its name; it may be empty.
    ///
    /// On the wire: `NKom`.
    pub name: Text<256, 0>,
}

impl Column {
    /// A column.
    #[must_use]
    pub const fn new(kind: ColumnKind, name: Text<256, 0>) -> Self {
        Self { kind, name }
    }
}

impl Content for Column {
    fn read(element: Element<'_>, remarks: &mut Remarks) -> Option<Self> {
        let mut fields = Fields::with_attributes(element, &[KIND], remarks);
        let kind = match ColumnKind::parse(element.attribute(KIND).unwrap_or_default()) {
            Ok(kind) => kind,
            Err(error) => {
                fields.remarks.value(element, &error);
                // A text holds everything.
                ColumnKind::Text
            }
        };
        let name = Field::read(NAME, &mut fields);
        fields.finish();
        Some(Self { kind, name: name? })
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        out.element(name, &[(KIND, self.kind.code())], |out| {
            Content::write(&self.name, NAME, out);
        });
    }

    #[cfg(test)]
    fn outline(outline: &mut super::tests::Outline) {
        <Text<256, 0> as Field>::outline(NAME, outline);
    }
}

const KIND: &str = "Typ";
const NAME: &str = "NKom";
