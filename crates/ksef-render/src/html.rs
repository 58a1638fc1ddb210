//! A page as one HTML file: nothing is loaded from elsewhere, it prints on A4, and it can be read by ear.
//!
//! Texts of the document are escaped, and a content security policy forbids scripts and requests.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::look::Look;
use crate::page::{Align, Block, Column, Page, Row, Table, Tone};

/// Sets a page. The same page and look give the same text.
#[must_use]
pub fn html(page: &Page, look: &Look) -> String {
    let logo = look.logo.as_ref().map(|logo| {
        format!(
            "data:{};base64,{}",
            logo.format().media_type(),
            STANDARD.encode(logo.bytes())
        )
    });
    let template = Html {
        page,
        css: CSS.replacen("ACCENT", &look.accent.to_string(), 1),
        logo,
        footer: &look.footer,
    };
    render(&template)
}

#[expect(
    clippy::expect_used,
    reason = "writing to a text fails only where a value's own formatting does, and these are texts"
)]
fn render(template: &Html<'_>) -> String {
    template.render().expect("texts are written to a text")
}

const CSS: &str = include_str!("../templates/page.css");

#[derive(Template)]
#[template(path = "page.html")]
struct Html<'a> {
    page: &'a Page,
    css: String,
    logo: Option<String>,
    footer: &'a str,
}

impl Column {
    fn is_right(&self) -> bool {
        self.align == Align::Right
    }
}

impl Table {
    fn has_heads(&self) -> bool {
        self.columns.iter().any(|column| !column.head.is_empty())
    }
}

impl Row {
    /// Whether its only cell takes the whole width.
    fn spans(&self, table: &Table) -> bool {
        self.cells.len() == 1 && table.columns.len() > 1
    }
}

impl Tone {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain | Self::After => None,
            Self::Before => Some("before"),
            Self::Sum => Some("sum"),
            Self::Group => Some("group"),
        }
    }
}
