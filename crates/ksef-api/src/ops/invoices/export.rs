//! Export of invoices as an encrypted package.

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::ExportRef;
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};

use super::InvoiceFilters;
use crate::open_enum::open_enum;
use crate::operation::invoices as operation;
use crate::ops::sessions::EncryptionInfo;
use crate::ops::{answers, calls, is_its_body};
use crate::request::Request;
use crate::status::{ExportStatus, StatusInfo};
use crate::{timestamp, wire};

/// Starts an export (`InvoiceExportRequest`).
///
/// Invoices are packed in ascending order of the date that the filters name, up to 10 000 invoices or 1 GB of packed
/// data. Refusals: 21181 when the context cannot have the role, 21182 when ten exports are running already, 21470 for
/// an unknown public key, 21405.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportInvoices {
    /// The key that the parts of the package will be encrypted with.
    pub encryption: EncryptionInfo,
    /// Whether the package holds `_metadata.json` only.
    #[serde(default, deserialize_with = "wire::null_as_default")]
    pub only_metadata: bool,
    /// Which invoices.
    pub filters: InvoiceFilters,
    /// Form of the package; ZIP when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compression_type: Option<CompressionType>,
}

impl ExportInvoices {
    /// Of the invoices that fit these filters, encrypted with this key.
    #[must_use]
    pub const fn new(filters: InvoiceFilters, encryption: EncryptionInfo) -> Self {
        Self {
            encryption,
            only_metadata: false,
            filters,
            compression_type: None,
        }
    }

    /// Only the metadata, without the documents.
    #[must_use]
    pub const fn with_only_metadata(mut self) -> Self {
        self.only_metadata = true;
        self
    }

    /// In this form.
    #[must_use]
    pub fn with_compression(mut self, compression: CompressionType) -> Self {
        self.compression_type = Some(compression);
        self
    }
}

impl Request for ExportInvoices {
    calls!(operation::EXPORT);
    answers!(json StartedExport);
    is_its_body!();
}

open_enum! {
    /// Form of a package (`CompressionType`).
    #[derive(Default)]
    pub enum CompressionType {
        /// ZIP archive.
        #[default]
        Zip = "Zip",
        /// Tape archive, compressed with gzip.
        TarGz = "TarGz",
    }
}

/// An export that was started (`ExportInvoicesResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartedExport {
    /// Its reference.
    pub reference_number: ExportRef,
}

/// Status of an export, with fresh addresses of its parts once it is ready. It is kept for seven days, then 410.
#[derive(Clone, Copy, Debug)]
pub struct GetExport {
    export: ExportRef,
}

impl GetExport {
    /// Of this export.
    #[must_use]
    pub const fn new(export: ExportRef) -> Self {
        Self { export }
    }
}

impl Request for GetExport {
    calls!(operation::EXPORT_STATUS, path: |this| [this.export.as_str()]);
    answers!(json Export);
}

/// What is known about an export (`InvoiceExportStatusResponse`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    /// Status, see [`Self::export_status`].
    pub status: StatusInfo,
    /// When it ended.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub completed_date: Option<Timestamp>,
    /// Until when the package can be downloaded.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub package_expiration_date: Option<Timestamp>,
    /// The package, once it is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<InvoicePackage>,
}

impl Export {
    /// The typed status.
    #[must_use]
    pub const fn export_status(&self) -> ExportStatus {
        ExportStatus::from_code(self.status.code)
    }
}

/// A package of invoices (`InvoicePackage`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvoicePackage {
    /// Invoices in the package, 10 000 at most.
    pub invoice_count: u64,
    /// Size of the package in bytes, before encryption.
    pub size: u64,
    /// Its parts; none when no invoice fitted.
    pub parts: Vec<PackagePart>,
    /// Whether more invoices fitted than the package may hold: export again from the last date on.
    pub is_truncated: bool,
    /// Day of issue of the last invoice, when the package is truncated and the filters name that date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_issue_date: Option<Date>,
    /// When the last invoice was received, when the package is truncated and the filters name that date.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub last_invoicing_date: Option<Timestamp>,
    /// When the last invoice was stored, when the package is truncated and the filters name that date.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub last_permanent_storage_date: Option<Timestamp>,
    /// Up to when everything is there and nothing will be added; only when the date is that of permanent storage.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "timestamp::wire_option"
    )]
    pub permanent_storage_hwm_date: Option<Timestamp>,
    /// Form of the package. Servers before 2.7.1 do not say it, and it is ZIP then unless another was asked for;
    /// the first bytes of the package tell.
    #[serde(default)]
    pub compression_type: CompressionType,
}

/// A part of a package (`InvoicePackagePart`): a piece of the archive, encrypted on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PackagePart {
    /// Place of the part, from 1.
    pub ordinal_number: u32,
    /// Name of the file, at most 100 characters.
    pub part_name: String,
    /// HTTP method of the download.
    pub method: String,
    /// Presigned address, to be read without a bearer. A secret: who has it can read the part.
    #[serde(with = "wire::secret")]
    pub url: SecretText,
    /// Size in bytes before encryption.
    pub part_size: u64,
    /// SHA-256 before encryption.
    pub part_hash: Sha256Digest,
    /// Size of the ciphertext in bytes.
    pub encrypted_part_size: u64,
    /// SHA-256 of the ciphertext.
    pub encrypted_part_hash: Sha256Digest,
    /// When the address ends.
    #[serde(with = "timestamp::wire")]
    pub expiration_date: Timestamp,
}
