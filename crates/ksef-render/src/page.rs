//! A page as it is laid out: blocks of facts, cards, tables and texts, in the reader's language.
//!
//! What a form says is brought into this shape once ([`crate::reading`]); HTML and PDF are two ways of setting it. All
//! texts are ready to be shown: amounts and dates are formatted, codes are in words.

use ksef_core::ksef_number::KsefNumber;
use ksef_invoice::finding::Language;
use serde::Serialize;

use crate::qr::{Image, Label, QrCode, QrError};

/// A document ready to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Page {
    /// `pl` or `en`.
    pub language: &'static str,
    /// What the document is: `Faktura korygująca`.
    pub title: String,
    /// The number that its issuer gave it.
    pub number: String,
    /// The issuer's name, for the document's properties; empty when it has none.
    pub author: String,
    /// The day of issue, for the document's properties: year, month, day. Without it a PDF cannot claim PDF/A.
    pub issued: Option<(i16, i8, i8)>,
    /// A word across the page, for documents that are not final.
    pub watermark: Option<String>,
    /// What stands beside the title.
    pub facts: Vec<Fact>,
    /// The body, from top to bottom.
    pub blocks: Vec<Block>,
    /// The codes, set together at the end of the body.
    pub codes: Vec<CodeBox>,
    /// What is said of the file itself, in small print at the end.
    pub colophon: Vec<Fact>,
    /// Words that the setting itself needs.
    pub words: Words,
}

/// Words that the setting itself needs, in the language of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// Before the number of a page: `Strona`.
    pub page: &'static str,
    /// Between the number of a page and how many there are: `z`.
    pub of: &'static str,
}

impl Words {
    pub(crate) const fn new(language: Language) -> Self {
        match language {
            Language::Polish => Self {
                page: "Strona",
                of: "z",
            },
            Language::English => Self {
                page: "Page",
                of: "of",
            },
        }
    }
}

/// A label and what it labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Empty for a statement that stands alone.
    pub label: String,
    /// The text; never empty.
    pub value: String,
    /// Where the text leads, for links to pay and to verify.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Fact {
    /// A labelled text.
    pub(crate) fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            link: None,
        }
    }

    /// A statement without a label.
    pub(crate) fn statement(value: impl Into<String>) -> Self {
        Self::new(String::new(), value)
    }
}

/// A part of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Block {
    /// Boxes side by side: parties, places.
    Cards(Cards),
    /// Labels with values, under a title.
    Facts(Facts),
    /// A table.
    Table(Table),
    /// Paragraphs, under a title.
    Text(Text),
    /// The amount that matters most, set large.
    Total(Total),
}

impl Block {
    /// Labels with values, when there are any.
    pub(crate) fn facts(title: impl Into<String>, facts: Vec<Fact>) -> Option<Self> {
        (!facts.is_empty()).then(|| {
            Self::Facts(Facts {
                title: title.into(),
                facts,
            })
        })
    }

    /// A title over the blocks that follow.
    pub(crate) fn heading(title: impl Into<String>) -> Self {
        Self::Facts(Facts {
            title: title.into(),
            facts: Vec::new(),
        })
    }

    /// Boxes side by side, when there are any.
    pub(crate) fn cards(title: impl Into<String>, cards: Vec<Card>) -> Option<Self> {
        (!cards.is_empty()).then(|| {
            Self::Cards(Cards {
                title: title.into(),
                cards,
            })
        })
    }

    /// Paragraphs, when there are any.
    pub(crate) fn text(title: impl Into<String>, paragraphs: Vec<String>) -> Option<Self> {
        (!paragraphs.is_empty()).then(|| {
            Self::Text(Text {
                title: title.into(),
                paragraphs,
            })
        })
    }

    /// A table across the page, when it has rows; columns in which none says anything are left out.
    pub(crate) fn table(
        title: impl Into<String>,
        columns: Vec<Column>,
        rows: Vec<Row>,
    ) -> Option<Self> {
        Table::of(title, columns, rows).map(Self::Table)
    }

    /// The same, no wider than it needs to be.
    pub(crate) fn compact_table(
        title: impl Into<String>,
        columns: Vec<Column>,
        rows: Vec<Row>,
    ) -> Option<Self> {
        let mut table = Table::of(title, columns, rows)?;
        table.compact = true;
        Some(Self::Table(table))
    }
}

/// Boxes side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cards {
    /// The title above them; may be empty.
    pub title: String,
    /// The boxes.
    pub cards: Vec<Card>,
}

/// A box: a party or a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// What it is: `Sprzedawca`.
    pub title: String,
    /// The name, set in bold; may be empty.
    pub name: String,
    /// The rest.
    pub facts: Vec<Fact>,
}

/// Labels with values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The title; may be empty.
    pub title: String,
    /// The facts.
    pub facts: Vec<Fact>,
}

/// Paragraphs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    /// The title; may be empty.
    pub title: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// The amount that matters most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// What it is: `Kwota należności ogółem`.
    pub label: String,
    /// The amount with its currency.
    pub value: String,
    /// What belongs to it, in small print.
    pub facts: Vec<Fact>,
}

/// A table. Every row has as many cells as there are columns, or one that spans them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The title; may be empty.
    pub title: String,
    /// What is said about the table before it.
    pub facts: Vec<Fact>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether it may take less than the whole width.
    pub compact: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its head; may be empty.
    pub head: String,
    /// How its cells are set.
    pub align: Align,
    /// Its share of the width; 0 for as wide as its content.
    pub share: u8,
}

impl Column {
    /// Of words.
    pub(crate) fn left(head: impl Into<String>, share: u8) -> Self {
        Self {
            head: head.into(),
            align: Align::Left,
            share,
        }
    }

    /// Of numbers.
    pub(crate) fn right(head: impl Into<String>, share: u8) -> Self {
        Self {
            align: Align::Right,
            ..Self::left(head, share)
        }
    }
}

impl Table {
    /// A table across the page, when it has rows; columns in which none says anything are left out.
    pub(crate) fn of(
        title: impl Into<String>,
        columns: Vec<Column>,
        rows: Vec<Row>,
    ) -> Option<Self> {
        let mut table = Self {
            title: title.into(),
            facts: Vec::new(),
            columns,
            rows,
            compact: false,
        };
        table.drop_empty_columns();
        (!table.rows.is_empty()).then_some(table)
    }

    /// Leaves out the columns in which no row says anything.
    fn drop_empty_columns(&mut self) {
        let is_used = |index: usize| {
            self.rows.iter().any(|row| {
                row.cells
                    .get(index)
                    .is_some_and(|cell| !cell.text.is_empty() || !cell.facts.is_empty())
            })
        };
        let used: Vec<_> = (0..self.columns.len()).map(is_used).collect();
        let keep = |index: usize| used.get(index).copied().unwrap_or(false);
        let mut index = 0;
        self.columns.retain(|_| {
            index += 1;
            keep(index - 1)
        });
        for row in &mut self.rows {
            let mut index = 0;
            row.cells.retain(|_| {
                index += 1;
                keep(index - 1)
            });
        }
    }
}

/// How cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// At the left: words.
    Left,
    /// At the right: numbers.
    Right,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// How it differs from the others.
    pub tone: Tone,
    /// The cells.
    pub cells: Vec<Cell>,
}

impl Row {
    /// A row of texts.
    pub(crate) fn plain(texts: impl IntoIterator<Item = Option<String>>) -> Self {
        Self {
            tone: Tone::Plain,
            cells: texts
                .into_iter()
                .map(|text| Cell::new(text.unwrap_or_default()))
                .collect(),
        }
    }
}

/// How a row differs from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// It does not.
    Plain,
    /// The state before a correction.
    Before,
    /// The state after a correction.
    After,
    /// A sum of the rows above.
    Sum,
    /// A heading over the rows below.
    Group,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Cell {
    /// The text; may be empty.
    pub text: String,
    /// What else belongs to it, in small print under it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            facts: Vec::new(),
        }
    }
}

/// A QR code with its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeBox {
    /// What it is for, above it.
    pub title: String,
    /// The image as SVG, without a label.
    pub svg: String,
    /// The label under it: a KSeF number, `OFFLINE` or `CERTYFIKAT`.
    pub label: String,
    /// What it leads to.
    pub link: String,
}

impl CodeBox {
    /// Code I: leads to what KSeF knows of the invoice. Without a number its label is `OFFLINE`.
    ///
    /// # Errors
    /// [`QrError`]: the link is too long for a code.
    pub fn invoice(
        link: &str,
        number: Option<KsefNumber>,
        language: Language,
    ) -> Result<Self, QrError> {
        let title = match language {
            Language::Polish => "Sprawdź fakturę w KSeF",
            Language::English => "Check the invoice in KSeF",
        };
        Self::new(link, number.map_or(Label::Offline, Label::Number), title)
    }

    /// Code II: leads to the certificate of the issuer of an invoice issued offline.
    ///
    /// # Errors
    /// [`QrError`]: the link is too long for a code.
    pub fn certificate(link: &str, language: Language) -> Result<Self, QrError> {
        let title = match language {
            Language::Polish => "Zweryfikuj wystawcę faktury",
            Language::English => "Check the issuer of the invoice",
        };
        Self::new(link, Label::Certificate, title)
    }

    fn new(link: &str, label: Label, title: &str) -> Result<Self, QrError> {
        Ok(Self {
            title: title.to_owned(),
            svg: QrCode::of_link(link)?.to_svg(&Image::bare())?,
            label: label.as_str().to_owned(),
            link: link.to_owned(),
        })
    }
}
