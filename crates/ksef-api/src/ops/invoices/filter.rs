//! What a query or an export looks for.

use jiff::{SignedDuration, Timestamp};
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::CurrencyCode;
use crate::open_enum::open_enum;
use crate::ops::sessions::InvoicingMode;
use crate::{timestamp, wire};

/// Filter of invoices (`InvoiceQueryFilters`): in which role the context stands on them, a range of dates, and what
/// else they have to fit. Everything that is given has to fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceFilters {
    /// Role of the context on the invoices.
    pub subject_type: SubjectRole,
    /// Range of dates; at most 100 days, counted in UTC.
    pub date_range: DateRange,
    /// The invoice with this KSeF number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ksef_number: Option<KsefNumber>,
    /// The seller's number, exactly; at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    /// Bounds of one of the amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountRange>,
    /// The seller's NIP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_nip: Option<Nip>,
    /// The buyer's identifier, exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_identifier: Option<BuyerIdentifier>,
    /// One of these currencies; any when empty.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub currency_codes: Vec<CurrencyCode>,
    /// Issued online or offline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoicing_mode: Option<InvoicingMode>,
    /// Issued by the buyer for the seller, or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_self_invoicing: Option<bool>,
    /// Kind of document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_type: Option<InvoiceFormType>,
    /// One of these kinds of invoice; any when empty.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub invoice_types: Vec<InvoiceType>,
    /// With an attachment, or without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_attachment: Option<bool>,
}

impl InvoiceFilters {
    /// Invoices on which the context has this role, with a date in this range. Set the other fields as needed.
    #[must_use]
    pub const fn new(subject_type: SubjectRole, date_range: DateRange) -> Self {
        Self {
            subject_type,
            date_range,
            ksef_number: None,
            invoice_number: None,
            amount: None,
            seller_nip: None,
            buyer_identifier: None,
            currency_codes: Vec::new(),
            invoicing_mode: None,
            is_self_invoicing: None,
            form_type: None,
            invoice_types: Vec::new(),
            has_attachment: None,
        }
    }
}

open_enum! {
    /// Role of the context on an invoice (`InvoiceQuerySubjectType`).
    pub enum SubjectRole {
        /// Seller.
        Seller = "Subject1",
        /// Buyer.
        Buyer = "Subject2",
        /// Third party.
        ThirdParty = "Subject3",
        /// Authorised party: an enforcement authority, a bailiff or a tax representative.
        Authorised = "SubjectAuthorized",
    }
}

/// Range of dates of one kind (`InvoiceQueryDateRange`), both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DateRange {
    /// Which date.
    pub date_type: DateType,
    /// First instant.
    #[serde(with = "timestamp::wire")]
    pub from: Timestamp,
    /// Last instant; now when missing.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub to: Option<Timestamp>,
    /// Ends the range at the instant up to which KSeF has stored everything (`permanentStorageHwmDate`); only for
    /// [`DateType::PermanentStorage`]. A range that begins later is refused with 21183.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restrict_to_permanent_storage_hwm_date: Option<bool>,
}

impl DateRange {
    /// The longest range of a query or an export: 100 days in UTC.
    pub const SPAN_MAX: SignedDuration = SignedDuration::from_hours(100 * 24);

    /// From this instant on, up to now.
    #[must_use]
    pub const fn since(date_type: DateType, from: Timestamp) -> Self {
        Self {
            date_type,
            from,
            to: None,
            restrict_to_permanent_storage_hwm_date: None,
        }
    }

    /// Between two instants, both included.
    #[must_use]
    pub fn between(date_type: DateType, from: Timestamp, to: Timestamp) -> Self {
        Self {
            to: Some(to),
            ..Self::since(date_type, from)
        }
    }

    /// Ended at the instant up to which KSeF has stored everything.
    #[must_use]
    pub const fn restricted_to_hwm(mut self) -> Self {
        self.restrict_to_permanent_storage_hwm_date = Some(true);
        self
    }
}

open_enum! {
    /// Which date of an invoice (`InvoiceQueryDateType`).
    pub enum DateType {
        /// Of issue (field P_1), a day.
        Issue = "Issue",
        /// Of reception by KSeF.
        Invoicing = "Invoicing",
        /// Of storing for good. The one to mirror by: nothing appears behind the high-water mark later.
        PermanentStorage = "PermanentStorage",
    }
}

/// Bounds of an amount (`InvoiceQueryAmount`), both included; a missing one is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AmountRange {
    /// Which amount.
    #[serde(rename = "type")]
    pub kind: AmountType,
    /// Least amount.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "wire::decimal_option"
    )]
    pub from: Option<Decimal>,
    /// Greatest amount.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "wire::decimal_option"
    )]
    pub to: Option<Decimal>,
}

open_enum! {
    /// Which amount of an invoice (`AmountType`).
    pub enum AmountType {
        /// With tax (`Brutto`), in the currency of the invoice.
        Gross = "Brutto",
        /// Without tax (`Netto`), in the currency of the invoice.
        Net = "Netto",
        /// Tax, in PLN.
        Vat = "Vat",
    }
}

/// Identifier of a buyer (`InvoiceQueryBuyerIdentifier`, `InvoiceMetadataBuyerIdentifier`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuyerIdentifier {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: BuyerIdentifierType,
    /// Its value, at most 50 characters; missing when the buyer has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl BuyerIdentifier {
    /// An identifier with a value.
    #[must_use]
    pub fn new(kind: BuyerIdentifierType, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: Some(value.into()),
        }
    }

    /// Of a buyer without an identifier.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            kind: BuyerIdentifierType::None,
            value: None,
        }
    }
}

open_enum! {
    /// Type of the identifier of a buyer (`BuyerIdentifierType`).
    pub enum BuyerIdentifierType {
        /// NIP, ten digits.
        Nip = "Nip",
        /// VAT number of a company of the European Union.
        VatUe = "VatUe",
        /// Another identifier.
        Another = "Other",
        /// No identifier.
        None = "None",
    }
}

impl BuyerIdentifierType {
    /// Whether an identifier of this type has a value.
    #[must_use]
    pub const fn has_value(&self) -> bool {
        !matches!(self, Self::None)
    }
}

open_enum! {
    /// Kind of document (`InvoiceQueryFormType`).
    pub enum InvoiceFormType {
        /// VAT invoice.
        Fa = "FA",
        /// Peppol invoice.
        Pef = "PEF",
        /// Invoice of a flat-rate farmer.
        FaRr = "FA_RR",
    }
}

open_enum! {
    /// Kind of an invoice (`InvoiceType`).
    pub enum InvoiceType {
        /// FA: basic.
        Vat = "Vat",
        /// FA: of an advance (`Zaliczkowa`).
        Advance = "Zal",
        /// FA: correction.
        Correction = "Kor",
        /// FA: settlement of advances (`Rozliczeniowa`).
        Settlement = "Roz",
        /// FA: simplified.
        Simplified = "Upr",
        /// FA: correction of an advance invoice.
        AdvanceCorrection = "KorZal",
        /// FA: correction of a settlement invoice.
        SettlementCorrection = "KorRoz",
        /// PEF: basic.
        Pef = "VatPef",
        /// PEF: specialised.
        PefSpecialised = "VatPefSp",
        /// PEF: correction.
        PefCorrection = "KorPef",
        /// FA_RR: basic.
        FlatRateFarmer = "VatRr",
        /// FA_RR: correction.
        FlatRateFarmerCorrection = "KorVatRr",
    }
}
