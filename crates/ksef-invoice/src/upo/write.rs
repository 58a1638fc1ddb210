//! Writes a UPO.

use std::fmt::Write as _;

use jiff::Timestamp;
use ksef_core::calendar::in_warsaw;
use ksef_core::context::ContextIdentifier;

use super::{AuthenticationProof, Upo, UpoDocument, UpoPage, UpoVersion};
use crate::semantics::InvoicingMode;
use crate::xml::characters::is_character;

/// The document in its version: UTF-8 with a declaration, no byte order mark, default namespace,
/// times with Warsaw's offset and milliseconds. It is not signed.
///
/// It is valid by the schema when the values keep the limits named on [`Upo`] and the issuer is the
/// name the schema fixes. Characters that XML does not know become U+FFFD. Version 4-2 has no mode; in 4-3 a
/// document without one is written as online.
#[must_use]
pub fn write(upo: &Upo) -> Vec<u8> {
    let mut xml = Xml(String::with_capacity(1024 + 700 * upo.documents.len()));
    xml.0
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.0.push_str("<Potwierdzenie xmlns=\"");
    xml.0.push_str(upo.version.namespace());
    xml.0.push('"');
    if let Some(declared) = &upo.declared_version {
        xml.0.push_str(" wersjaSchemy=\"");
        xml.text(declared, true);
        xml.0.push('"');
    }
    xml.0.push_str(">\n");
    xml.value(1, "NazwaPodmiotuPrzyjmujacego", &upo.issuer);
    xml.value(1, "NumerReferencyjnySesji", upo.session.as_str());
    xml.open(1, "Uwierzytelnienie");
    xml.open(2, "IdKontekstu");
    xml.value(3, context_element(&upo.context), upo.context.value());
    xml.close(2, "IdKontekstu");
    match &upo.proof {
        AuthenticationProof::Token(token) => {
            xml.value(2, "NumerReferencyjnyTokenaKSeF", token.as_str());
        }
        AuthenticationProof::Document(digest) => {
            xml.value(2, "SkrotDokumentuUwierzytelniajacego", &digest.to_base64());
        }
    }
    xml.close(1, "Uwierzytelnienie");
    if let Some(page) = &upo.page {
        xml.page(page);
    }
    xml.value(1, "NazwaStrukturyLogicznej", &upo.schema);
    xml.value(1, "KodFormularza", &upo.form);
    for document in &upo.documents {
        xml.document(document, upo.version);
    }
    xml.0.push_str("</Potwierdzenie>\n");
    xml.0.into_bytes()
}

const fn context_element(context: &ContextIdentifier) -> &'static str {
    match context {
        ContextIdentifier::Nip(_) => "Nip",
        ContextIdentifier::InternalId(_) => "IdWewnetrzny",
        ContextIdentifier::NipVatUe(_) => "IdZlozonyVatUE",
        ContextIdentifier::PeppolId(_) => "IdDostawcyUslugPeppol",
    }
}

struct Xml(String);

impl Xml {
    fn page(&mut self, page: &UpoPage) {
        self.open(1, "OpisPotwierdzenia");
        self.value(2, "Strona", &page.number.to_string());
        self.value(2, "LiczbaStron", &page.count.to_string());
        self.value(2, "ZakresDokumentowOd", &page.first.to_string());
        self.value(2, "ZakresDokumentowDo", &page.last.to_string());
        self.value(2, "CalkowitaLiczbaDokumentow", &page.total.to_string());
        self.close(1, "OpisPotwierdzenia");
    }

    fn document(&mut self, document: &UpoDocument, version: UpoVersion) {
        self.open(1, "Dokument");
        self.value(2, "NipSprzedawcy", document.seller.as_str());
        self.value(2, "NumerKSeFDokumentu", document.ksef_number.as_str());
        self.value(2, "NumerFaktury", &document.number);
        self.value(
            2,
            "DataWystawieniaFaktury",
            &document.issue_date.to_string(),
        );
        self.value(2, "DataPrzeslaniaDokumentu", &warsaw_time(document.sent));
        self.value(2, "DataNadaniaNumeruKSeF", &warsaw_time(document.numbered));
        self.value(2, "SkrotDokumentu", &document.digest.to_base64());
        if version == UpoVersion::V4_3 {
            let mode = document.mode.unwrap_or(InvoicingMode::Online);
            self.value(2, "TrybWysylki", mode.wire_name());
        }
        self.close(1, "Dokument");
    }

    fn indent(&mut self, level: usize) {
        self.0.extend(std::iter::repeat_n('\t', level));
    }

    fn open(&mut self, level: usize, name: &str) {
        self.indent(level);
        for part in ["<", name, ">\n"] {
            self.0.push_str(part);
        }
    }

    fn close(&mut self, level: usize, name: &str) {
        self.indent(level);
        for part in ["</", name, ">\n"] {
            self.0.push_str(part);
        }
    }

    fn value(&mut self, level: usize, name: &str, value: &str) {
        self.indent(level);
        for part in ["<", name, ">"] {
            self.0.push_str(part);
        }
        self.text(value, false);
        for part in ["</", name, ">\n"] {
            self.0.push_str(part);
        }
    }
    fn text(&mut self, value: &str, is_attribute: bool) {
        for c in value.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' | '\t' | '\n' if is_attribute => {
                    // Writing to a string cannot fail.
                    let _ = write!(self.0, "&#{};", u32::from(c));
                }
                '\r' => self.0.push_str("&#13;"),
                c if !is_character(u32::from(c)) => self.0.push('\u{FFFD}'),
                c => self.0.push(c),
            }
        }
    }
}

/// `2025-09-16T11:05:40.841+02:00`, cut to milliseconds.
fn warsaw_time(instant: Timestamp) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "{}",
        in_warsaw(instant).strftime("%Y-%m-%dT%H:%M:%S.%3f%:z")
    );
    text
}
