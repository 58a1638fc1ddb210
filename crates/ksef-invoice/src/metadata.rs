//! What KSeF reads from an invoice to identify and route it.
//!
//! One streaming pass: the root element gives the form, the form gives an outline (the elements
//! the metadata needs, their order and the facets of their types), and the outline is walked.
//! Elements the metadata does not need are stepped over; `check::inspect` runs the schema on the same events.

mod amount;
mod collector;
mod extractor;
mod fa;
mod facet;
mod kind;
mod outline;
mod party;
mod pef;
mod rr;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use ksef_core::form_code::FormCode;

pub use self::amount::{Amount, AmountError};
pub use self::kind::InvoiceKind;
pub use self::party::{AuthorisedParty, Buyer, PartyIdentifier, PartyRole, Seller, ThirdParty};

pub(crate) use self::extractor::Extractor;
pub(crate) use self::facet::collapse;

use crate::check::{Rules, inspect};
use crate::finding::Finding;

/// What an invoice says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvoiceMetadata {
    /// The form, by namespace and root element.
    pub form: FormCode,
    /// When the document was made (`DataWytworzeniaFa`), as written; the PEF forms have none.
    pub created: Option<String>,
    /// The system that made it (`SystemInfo`).
    pub system: Option<String>,
    /// The seller (`Podmiot1`; the farmer on an FA_RR).
    pub seller: Seller,
    /// The buyer (`Podmiot2`; the issuer on an FA_RR).
    pub buyer: Buyer,
    /// Other parties (`Podmiot3`), in the order of the document.
    pub third_parties: Vec<ThirdParty>,
    /// The authorised party (`PodmiotUpowazniony`).
    pub authorised_party: Option<AuthorisedParty>,
    /// The issue date (`P_1`; `P_4B` on an FA_RR).
    pub issue_date: Date,
    /// The invoice number (`P_2`; `P_4C` on an FA_RR), white space collapsed.
    pub number: String,
    /// The kind (`RodzajFaktury`).
    pub kind: InvoiceKind,
    /// The currency, three capital letters.
    pub currency: String,
    /// The amount due (`P_15`; `P_12_1` on an FA_RR; the amount with tax on a PEF).
    pub total: Amount,
    /// The net sums in the invoice's currency (`P_13_x`).
    pub net: Vec<NamedAmount>,
    /// The VAT sums in the invoice's currency (`P_14_x`, not the conversions `P_14_xW`).
    pub vat: Vec<NamedAmount>,
    /// The VAT sums converted to PLN (`P_14_xW`).
    pub vat_in_pln: Vec<NamedAmount>,
    /// Whether the buyer issued it for the seller (`P_17`).
    pub is_self_billing: bool,
    /// Whether it has an attachment (`Zalacznik`).
    pub has_attachment: bool,
}

/// An amount and the element it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAmount {
    /// The element's name, such as `P_13_1`.
    pub element: &'static str,
    /// The amount.
    pub amount: Amount,
}

/// Reads the metadata of a document.
///
/// # Errors
/// Every finding, of the file and of the elements the metadata needs; there is at least one.
pub fn read(bytes: &[u8]) -> Result<InvoiceMetadata, Vec<Finding>> {
    let inspection = inspect(bytes, &Rules::default());
    match inspection.metadata {
        Some(metadata) if inspection.findings.is_empty() => Ok(metadata),
        _ => Err(inspection.findings),
    }
}
