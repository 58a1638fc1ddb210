//! The typed FA(3) invoice.
//!
//! [`Invoice`] is the whole form, section by section, with decimals, dates and closed lists. A model that
//! exists can be written: every value was checked when it was made, every list knows its limit, every choice
//! is an enum, so [`Invoice::write`] cannot fail and what it writes follows the schema. What the schema
//! leaves open, such as sums that do not add up, is for [`crate::rules`].
//!
//! [`read`] is lenient. It takes what it knows, whatever the order, and remarks on the rest; it fails only
//! when a part is missing without which there is no invoice. What it reads from a valid document is written
//! back with the same values: decimal places, row numbers and times keep the form they had. Codes are
//! written in the schema's form (`2` for `02`), white space as the schema collapses it. Remarked, although the
//! schema allows them, are only: characters that KSeF refuses, digits that are not ASCII, whole numbers beyond
//! `i64`, decimals of more than 28 digits, and times without offset within 14 hours of the ends of their range.
//!
//! Structs have no hidden fields: the form is fixed by its version, so `Line { name, ..Line::new(number) }`
//! will not break.
//!
//! Source: `schemat_FA(3)_v1-0E.xsd`.
//!
//! ```
//! use ksef_invoice::check::Rules;
//! use ksef_invoice::fa3::{self, Invoice};
//! use ksef_invoice::fa3::body::Body;
//! use ksef_invoice::fa3::header::Header;
//! use ksef_invoice::fa3::line::Line;
//! use ksef_invoice::fa3::parties::{Address, Buyer, PartyId, PartyIdentity, Seller, TaxpayerIdentity};
//! use ksef_invoice::fa3::totals::TaxedTotal;
//! use ksef_invoice::fa3::value::code::{InvoiceKind, VatRate};
//! use ksef_invoice::fa3::value::country::CountryCode;
//! use ksef_invoice::fa3::value::currency::CurrencyCode;
//! use ksef_invoice::fa3::value::number::RowNumber;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let seller = Seller::new(
//!     TaxpayerIdentity::new("5265877635".parse()?, "Sprzedawca sp. z o.o.".parse()?),
//!     Address::new(CountryCode::PL, "ul. Prosta 1, 00-001 Warszawa".parse()?),
//! );
//! let buyer = Buyer::new(PartyIdentity::new(PartyId::Nip("1234563218".parse()?)));
//! let mut body = Body::new(
//!     CurrencyCode::PLN,
//!     "2026-02-15".parse()?,
//!     "FV/1/2026".parse()?,
//!     "123.00".parse()?,
//!     InvoiceKind::Basic,
//! );
//! body.totals.standard = Some(TaxedTotal::new("100.00".parse()?, "23.00".parse()?));
//! body.lines.push(Line {
//!     name: Some("Usługa".parse()?),
//!     net: Some("100.00".parse()?),
//!     rate: Some(VatRate::Rate23),
//!     ..Line::new(RowNumber::new(1)?)
//! })?;
//! let header = Header::new("2026-02-15T10:00:00Z".parse()?);
//! let invoice = Invoice::new(header, seller, buyer, body);
//!
//! let xml = invoice.write();
//! let read = fa3::read(xml.as_bytes(), &Rules::default()).map_err(|findings| format!("{findings:?}"))?;
//! assert_eq!(read.invoice, invoice);
//! assert!(read.remarks.is_empty());
//! # Ok(())
//! # }
//! ```

pub mod advance;
pub mod annotations;
pub mod attachment;
pub mod body;
pub mod build;
pub mod correction;
pub mod footer;
pub mod header;
pub mod line;
pub mod order;
pub mod parties;
pub mod payment;
mod reading;
mod remark;
mod section;
pub mod settlement;
pub mod terms;
pub mod totals;
pub mod value;
mod writing;

use crate::check::Rules;
use crate::finding::{Finding, locate};
use crate::problem::Problem;
use crate::tree::Tree;

use attachment::Attachment;
use body::Body;
use footer::Footer;
use header::Header;
use parties::{AuthorizedEntity, Buyer, Seller, ThirdParty};
use remark::Remarks;
use section::{Content, Group, section};
use value::List;
use writing::Writer;

pub use writing::Layout;

section! {
    /// An FA(3) invoice.
    ///
    /// Source: `Faktura`.
    pub struct Invoice {
        /// When and with what the file was made.
        pub header: Header = "Naglowek",
        /// Seller.
        pub seller: Seller = "Podmiot1",
        /// Buyer.
        pub buyer: Buyer = "Podmiot2",
        /// Other parties, up to 100.
        pub third_parties: List<ThirdParty, 100> = "Podmiot3",
        /// An entity that acts by law.
        pub authorized: Option<AuthorizedEntity> = "PodmiotUpowazniony",
        /// What was sold.
        pub body: Body = "Fa",
        /// Remarks and registers.
        pub footer: Option<Footer> = "Stopka",
        /// Attachment.
        pub attachment: Option<Attachment> = "Zalacznik",
    }
}

/// What [`read`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The invoice.
    pub invoice: Invoice,
    /// What is not as the schema wants it, by place. What a remark is about may be missing in the invoice.
    /// At most 500 are kept.
    pub remarks: Vec<Finding>,
}

impl Invoice {
    /// The document, indented: UTF-8 without byte order mark, the same bytes for the same invoice.
    #[must_use]
    pub fn write(&self) -> String {
        self.write_as(Layout::default())
    }

    /// The document in a layout.
    #[must_use]
    pub fn write_as(&self, layout: Layout) -> String {
        let mut out = Writer::new(layout);
        out.element(ROOT, &[("xmlns", NAMESPACE)], |out| Group::write(self, out));
        out.finish()
    }
}

/// Reads an FA(3) invoice, leniently.
///
/// # Errors
/// Why there is no invoice: the file is not XML, it is another form, or a part is missing or unreadable
/// without which there is no invoice (header, seller, buyer, currency, date, number, total, kind).
pub fn read(bytes: &[u8], rules: &Rules) -> Result<Read, Vec<Finding>> {
    let tree = Tree::read(bytes, rules)?;
    let root = tree.root();
    if root.name() != ROOT || root.namespace() != NAMESPACE {
        return Err(vec![Finding::of_document(Problem::UnknownDocument {
            root: root.name().to_owned(),
            namespace: root.namespace().to_owned(),
        })]);
    }
    let mut remarks = Remarks::default();
    let invoice = <Invoice as Content>::read(root, &mut remarks);
    let remarks = locate(bytes, remarks.into_faults(&tree));
    match invoice {
        Some(invoice) => Ok(Read { invoice, remarks }),
        None => Err(remarks),
    }
}

const ROOT: &str = "Faktura";

/// The namespace of FA(3).
pub const NAMESPACE: &str = "http://crd.gov.pl/wzor/2025/06/25/13775/";

#[cfg(test)]
mod tests;
