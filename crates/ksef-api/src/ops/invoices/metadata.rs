//! What KSeF tells about an invoice without its XML.

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::digest::Sha256Digest;
use ksef_core::form_code::FormCode;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{BuyerIdentifier, CurrencyCode, InvoiceType};
use crate::open_enum::{open_enum, open_number};
use crate::ops::sessions::InvoicingMode;
use crate::{timestamp, wire};

/// Metadata of an invoice (`InvoiceMetadata`), in answers of the query and in `_metadata.json` of packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceMetadata {
    /// The KSeF number.
    pub ksef_number: KsefNumber,
    /// The seller's number (field P_2), at most 256 characters.
    pub invoice_number: String,
    /// Day of issue (field P_1).
    pub issue_date: Date,
    /// When KSeF received it; in a batch, when the session was opened.
    #[serde(with = "timestamp::wire")]
    pub invoicing_date: Timestamp,
    /// When the KSeF number was assigned: the legal date of reception.
    #[serde(with = "timestamp::wire")]
    pub acquisition_date: Timestamp,
    /// When it was stored for good.
    #[serde(with = "timestamp::wire")]
    pub permanent_storage_date: Timestamp,
    /// The seller.
    pub seller: Seller,
    /// The buyer.
    pub buyer: Buyer,
    /// Sum without tax, in the currency of the invoice.
    #[serde(with = "wire::decimal")]
    pub net_amount: Decimal,
    /// Sum with tax, in the currency of the invoice.
    #[serde(with = "wire::decimal")]
    pub gross_amount: Decimal,
    /// Sum of tax, in PLN.
    #[serde(with = "wire::decimal")]
    pub vat_amount: Decimal,
    /// Currency of the invoice.
    pub currency: CurrencyCode,
    /// Whether it counts as issued online or offline.
    pub invoicing_mode: InvoicingMode,
    /// Kind of invoice.
    pub invoice_type: InvoiceType,
    /// Form of the document.
    pub form_code: FormCode,
    /// Whether the buyer issued it for the seller.
    pub is_self_invoicing: bool,
    /// Whether it has an attachment.
    pub has_attachment: bool,
    /// SHA-256 of the XML.
    pub invoice_hash: Sha256Digest,
    /// SHA-256 of the rejected offline invoice that it corrects technically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash_of_corrected_invoice: Option<Sha256Digest>,
    /// Third parties.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub third_subjects: Vec<ThirdSubject>,
    /// The authorised party.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_subject: Option<AuthorisedSubject>,
}

/// The seller of an invoice (`InvoiceMetadataSeller`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seller {
    /// NIP.
    pub nip: Nip,
    /// Name, at most 512 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The buyer of an invoice (`InvoiceMetadataBuyer`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Buyer {
    /// Identifier.
    pub identifier: BuyerIdentifier,
    /// Name, at most 512 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A third party of an invoice (`InvoiceMetadataThirdSubject`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThirdSubject {
    /// Identifier.
    pub identifier: ThirdSubjectIdentifier,
    /// Name, at most 512 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it has to do with the invoice.
    pub role: ThirdSubjectRole,
}

/// Identifier of a third party (`InvoiceMetadataThirdSubjectIdentifier`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThirdSubjectIdentifier {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ThirdSubjectIdentifierType,
    /// Its value, at most 50 characters; missing when the party has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

open_enum! {
    /// Type of the identifier of a third party (`ThirdSubjectIdentifierType`).
    pub enum ThirdSubjectIdentifierType {
        /// NIP, ten digits.
        Nip = "Nip",
        /// NIP and five digits of a unit.
        InternalId = "InternalId",
        /// VAT number of a company of the European Union.
        VatUe = "VatUe",
        /// Another identifier.
        Another = "Other",
        /// No identifier.
        None = "None",
    }
}

open_number! {
    /// Role of a third party, as in the invoice.
    pub enum ThirdSubjectRole {
        /// 0: a role described in words.
        Described = 0,
        /// 1: factor.
        Factor = 1,
        /// 2: recipient, a unit of the buyer that is no buyer itself.
        Recipient = 2,
        /// 3: original entity, taken over or transformed.
        OriginalEntity = 3,
        /// 4: additional buyer.
        AdditionalBuyer = 4,
        /// 5: issuer in the name of the seller.
        Issuer = 5,
        /// 6: payer in the place of the buyer.
        Payer = 6,
        /// 7: local government unit that issues.
        LocalGovernmentIssuer = 7,
        /// 8: local government unit that receives.
        LocalGovernmentRecipient = 8,
        /// 9: member of a VAT group that issues.
        VatGroupIssuer = 9,
        /// 10: member of a VAT group that receives.
        VatGroupRecipient = 10,
        /// 11: employee.
        Employee = 11,
    }
}

/// The authorised party of an invoice (`InvoiceMetadataAuthorizedSubject`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorisedSubject {
    /// NIP.
    pub nip: Nip,
    /// Name, at most 512 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is authorised as.
    pub role: AuthorisedSubjectRole,
}

open_number! {
    /// Role of an authorised party, as in the invoice.
    pub enum AuthorisedSubjectRole {
        /// 1: enforcement authority.
        EnforcementAuthority = 1,
        /// 2: court bailiff.
        CourtBailiff = 2,
        /// 3: tax representative.
        TaxRepresentative = 3,
    }
}

/// `_metadata.json` of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceMetadataFile {
    /// Every invoice of the package.
    pub invoices: Vec<InvoiceMetadata>,
}

impl InvoiceMetadataFile {
    /// Name of the file in the package.
    pub const NAME: &'static str = "_metadata.json";
}
