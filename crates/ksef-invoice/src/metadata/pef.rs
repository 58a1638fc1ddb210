//! The outline of PEF(3) and PEF_KOR(3): UBL 2.1 Invoice and CreditNote.
//!
//! Only the elements the metadata needs are named; UBL's others may stand between them.

use super::facet::Facet;
use super::facet::Facet::{Anything, Currency, Date, Decimal, Token};
use super::outline::Field::{Net, Vat};
use super::outline::{Content, Field, Node, Scope, Section, Space};

/// `Invoice`, namespace `urn:oasis:names:specification:ubl:schema:xsd:Invoice-2`.
pub(super) static INVOICE: Section = among(
    Scope::None,
    &[
        basic("ID", 1, Field::Number, Token(256)),
        basic("IssueDate", 1, Field::IssueDate, Date),
        basic("InvoiceTypeCode", 0, Field::TypeCode, Anything),
        basic("DocumentCurrencyCode", 1, Field::Currency, Currency),
        aggregate("AccountingSupplierParty", 1, 1, &SUPPLIER),
        aggregate("AccountingCustomerParty", 1, 1, &CUSTOMER),
        aggregate("TaxTotal", 0, u32::MAX, &TAX),
        aggregate("LegalMonetaryTotal", 1, 1, &TOTALS),
    ],
);

/// `CreditNote`, namespace `urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2`.
pub(super) static CREDIT_NOTE: Section = among(
    Scope::None,
    &[
        basic("ID", 1, Field::Number, Token(256)),
        basic("IssueDate", 1, Field::IssueDate, Date),
        basic("CreditNoteTypeCode", 0, Field::TypeCode, Anything),
        basic("DocumentCurrencyCode", 1, Field::Currency, Currency),
        aggregate("AccountingSupplierParty", 1, 1, &SUPPLIER),
        aggregate("AccountingCustomerParty", 1, 1, &CUSTOMER),
        aggregate("TaxTotal", 0, u32::MAX, &TAX),
        aggregate("LegalMonetaryTotal", 1, 1, &TOTALS),
    ],
);

const fn basic(name: &'static str, min: u32, field: Field, facet: Facet) -> Node {
    Node {
        name,
        space: Space::Basic,
        min,
        max: 1,
        content: Content::Value(field, facet),
    }
}

const fn repeated(name: &'static str, field: Field, facet: Facet) -> Node {
    let content = Content::Value(field, facet);
    Node {
        name,
        space: Space::Basic,
        min: 0,
        max: u32::MAX,
        content,
    }
}

const fn aggregate(name: &'static str, min: u32, max: u32, section: &'static Section) -> Node {
    Node {
        name,
        space: Space::Aggregate,
        min,
        max,
        content: Content::Section(section),
    }
}

const fn among(scope: Scope, nodes: &'static [Node]) -> Section {
    Section {
        scope,
        is_exact: false,
        nodes,
    }
}

static SUPPLIER: Section = among(Scope::Seller, &[aggregate("Party", 1, 1, &PARTY)]);

static CUSTOMER: Section = among(Scope::Buyer, &[aggregate("Party", 1, 1, &PARTY)]);

static PARTY: Section = among(
    Scope::None,
    &[
        aggregate("PartyName", 0, u32::MAX, &PARTY_NAME),
        aggregate("PartyTaxScheme", 0, u32::MAX, &TAX_SCHEME),
        aggregate("PartyLegalEntity", 0, u32::MAX, &LEGAL_ENTITY),
    ],
);

static PARTY_NAME: Section = among(Scope::None, &[repeated("Name", Field::Name, Anything)]);

static TAX_SCHEME: Section = among(
    Scope::None,
    &[repeated("CompanyID", Field::VatId, Anything)],
);

static LEGAL_ENTITY: Section = among(
    Scope::None,
    &[
        repeated("RegistrationName", Field::LegalName, Anything),
        repeated("CompanyID", Field::LegalId, Anything),
    ],
);

static TAX: Section = among(
    Scope::None,
    &[basic("TaxAmount", 1, Vat("TaxAmount"), Decimal)],
);

static TOTALS: Section = among(
    Scope::None,
    &[
        basic("TaxExclusiveAmount", 0, Net("TaxExclusiveAmount"), Decimal),
        basic("TaxInclusiveAmount", 0, Field::Total, Decimal),
        basic("PayableAmount", 1, Field::Payable, Decimal),
    ],
);
