//! The inbox as the store of a mirror.

use std::collections::HashSet;

use jiff::Timestamp;
use ksef_api::ops::invoices::SubjectRole;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::ExportRef;
use ksef_crypto::session_key::SessionKey;
use ksef_sdk::mirror::{
    Cursor, Incoming, MirrorError, MirrorStore, PendingExport, ReceivedInvoice, Saved, Window,
};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, Row as _};
use tokio::sync::mpsc;

use super::Inbox;
use super::row::{digest, folded, hundredths, instant, nanoseconds};
use crate::error::StoreError;

impl MirrorStore for Inbox {
    type Error = StoreError;

    async fn cursor(&self, role: &SubjectRole) -> Result<Option<Cursor>, StoreError> {
        let row: Option<(i64, i64, bool)> =
            sqlx::query_as("SELECT since, complete_to, is_truncated FROM cursors WHERE role = ?")
                .bind(role.as_str())
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(since, complete_to, is_truncated)| {
            Ok(Cursor {
                since: instant(since)?,
                complete_to: instant(complete_to)?,
                is_truncated,
            })
        })
        .transpose()
    }

    async fn known(
        &self,
        role: &SubjectRole,
        numbers: &[KsefNumber],
    ) -> Result<HashSet<KsefNumber>, StoreError> {
        let mut known = HashSet::new();
        for number in numbers {
            let found: Option<i64> = sqlx::query_scalar(
                "SELECT id FROM invoices JOIN roles ON invoice = id WHERE ksef_number = ? AND role = ?",
            )
            .bind(number.to_string())
            .bind(role.as_str())
            .fetch_optional(&self.pool)
            .await?;
            if found.is_some() {
                known.insert(*number);
            }
        }
        Ok(known)
    }

    async fn digest(&self, number: &KsefNumber) -> Result<Option<Sha256Digest>, StoreError> {
        let found: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT hash FROM invoices WHERE ksef_number = ?")
                .bind(number.to_string())
                .fetch_optional(&self.pool)
                .await?;
        found.map(|hash| digest(&hash)).transpose()
    }

    async fn save(
        &self,
        role: &SubjectRole,
        mut incoming: mpsc::Receiver<Incoming>,
    ) -> Result<Saved, MirrorError<StoreError>> {
        let failed = |error: sqlx::Error| MirrorError::Store(error.into());
        let mut transaction = self
            .pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)?;
        let mut saved = Saved::default();
        while let Some(next) = incoming.recv().await {
            match next {
                Incoming::Invoice(invoice) => match put(&mut transaction, role, &invoice).await? {
                    true => saved.new += 1,
                    false => saved.known += 1,
                },
                Incoming::Complete { cursor, export } => {
                    move_cursor(&mut transaction, role, cursor)
                        .await
                        .map_err(failed)?;
                    if let Some(id) = export {
                        forget_export(&mut transaction, &id).await.map_err(failed)?;
                    }
                    transaction.commit().await.map_err(failed)?;
                    return Ok(saved);
                }
            }
        }
        // Nobody said that it was all.
        transaction.rollback().await.map_err(failed)?;
        Ok(Saved::default())
    }

    async fn exports(&self) -> Result<Vec<PendingExport>, StoreError> {
        let rows: Vec<ExportRow> = sqlx::query_as(
            "SELECT id, role, window_from, window_to, key, iv, reference, since, is_abandoned
             FROM exports ORDER BY since, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(ExportRow::read).collect()
    }

    async fn put_export(&self, export: &PendingExport) -> Result<(), StoreError> {
        let PendingExport {
            id,
            role,
            window,
            key,
            reference,
            since,
            is_abandoned,
        } = export;
        sqlx::query(
            "INSERT OR REPLACE INTO exports
             (id, role, window_from, window_to, key, iv, reference, since, is_abandoned)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(role.as_str())
        .bind(nanoseconds(window.from))
        .bind(window.to.map(nanoseconds))
        .bind(&key.key()[..])
        .bind(&key.iv()[..])
        .bind(reference.map(|reference| reference.to_string()))
        .bind(nanoseconds(*since))
        .bind(is_abandoned)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn remove_export(&self, id: &str) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await?;
        Ok(forget_export(&mut connection, id).await?)
    }
}

async fn forget_export(connection: &mut SqliteConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM exports WHERE id = ?")
        .bind(id)
        .execute(connection)
        .await
        .map(drop)
}

/// Stores an invoice, or only its role when it is there; true when it was not.
async fn put(
    connection: &mut SqliteConnection,
    role: &SubjectRole,
    invoice: &ReceivedInvoice,
) -> Result<bool, MirrorError<StoreError>> {
    let failed = |error: sqlx::Error| MirrorError::Store(error.into());
    let number = invoice.metadata.ksef_number;
    let found: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT id, hash FROM invoices WHERE ksef_number = ?")
            .bind(number.to_string())
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed)?;
    let id = match &found {
        Some((_, hash))
            if digest(hash).map_err(MirrorError::Store)? != invoice.metadata.invoice_hash =>
        {
            return Err(MirrorError::Conflict { number });
        }
        Some((id, _)) => *id,
        None => insert(connection, invoice)
            .await
            .map_err(MirrorError::Store)?,
    };
    sqlx::query("INSERT OR IGNORE INTO roles (role, invoice) VALUES (?, ?)")
        .bind(role.as_str())
        .bind(id)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    Ok(found.is_none())
}

async fn insert(
    connection: &mut SqliteConnection,
    invoice: &ReceivedInvoice,
) -> Result<i64, StoreError> {
    let ReceivedInvoice { metadata, xml } = invoice;
    let text = serde_json::to_string(metadata)
        .map_err(|_| StoreError::damaged("metadata of an invoice"))?;
    let number = metadata.ksef_number.to_string();
    let seller_nip = metadata.seller.nip.to_string();
    let seller = metadata.seller.name.as_deref().unwrap_or_default();
    let buyer_identifier = metadata
        .buyer
        .identifier
        .value
        .as_deref()
        .unwrap_or_default();
    let buyer = metadata.buyer.name.as_deref().unwrap_or_default();
    let id = sqlx::query(
        "INSERT INTO invoices
         (ksef_number, invoice_number, issued, stored, seller_nip, seller_name, buyer_identifier, buyer_name,
          currency, gross_hundredths, hash, xml, metadata)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&number)
    .bind(&metadata.invoice_number)
    .bind(metadata.issue_date.to_string())
    .bind(nanoseconds(metadata.permanent_storage_date))
    .bind(&seller_nip)
    .bind(seller)
    .bind(buyer_identifier)
    .bind(buyer)
    .bind(metadata.currency.as_str())
    .bind(hundredths(metadata.gross_amount))
    .bind(&metadata.invoice_hash.as_bytes()[..])
    .bind(&xml[..])
    .bind(text)
    .execute(&mut *connection)
    .await?
    .last_insert_rowid();
    sqlx::query(
        "INSERT INTO invoice_words (rowid, ksef_number, invoice_number, seller, buyer) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(&number)
    .bind(folded(&metadata.invoice_number))
    .bind(folded(&format!("{seller} {seller_nip}")))
    .bind(folded(&format!("{buyer} {buyer_identifier}")))
    .execute(&mut *connection)
    .await?;
    Ok(id)
}

/// Forward only.
async fn move_cursor(
    connection: &mut SqliteConnection,
    role: &SubjectRole,
    cursor: Cursor,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cursors (role, since, complete_to, is_truncated) VALUES (?, ?, ?, ?)
         ON CONFLICT (role) DO UPDATE SET complete_to = excluded.complete_to, is_truncated = excluded.is_truncated
         WHERE excluded.complete_to >= cursors.complete_to",
    )
    .bind(role.as_str())
    .bind(nanoseconds(cursor.since))
    .bind(nanoseconds(cursor.complete_to))
    .bind(cursor.is_truncated)
    .execute(connection)
    .await
    .map(drop)
}

struct ExportRow {
    id: String,
    role: String,
    window_from: i64,
    window_to: Option<i64>,
    key: Vec<u8>,
    iv: Vec<u8>,
    reference: Option<String>,
    since: i64,
    is_abandoned: bool,
}

impl FromRow<'_, SqliteRow> for ExportRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            role: row.try_get("role")?,
            window_from: row.try_get("window_from")?,
            window_to: row.try_get("window_to")?,
            key: row.try_get("key")?,
            iv: row.try_get("iv")?,
            reference: row.try_get("reference")?,
            since: row.try_get("since")?,
            is_abandoned: row.try_get("is_abandoned")?,
        })
    }
}

impl ExportRow {
    fn read(self) -> Result<PendingExport, StoreError> {
        let optional = |at: Option<i64>| -> Result<Option<Timestamp>, StoreError> {
            at.map(instant).transpose()
        };
        let reference = self.reference.as_deref().map(ExportRef::parse).transpose();
        Ok(PendingExport {
            id: self.id,
            role: SubjectRole::from_name(&self.role),
            window: Window {
                from: instant(self.window_from)?,
                to: optional(self.window_to)?,
            },
            key: SessionKey::from_slices(&self.key, &self.iv)
                .map_err(|_| StoreError::damaged("the key of an export"))?,
            reference: reference.map_err(|_| StoreError::damaged("the name of an export"))?,
            since: instant(self.since)?,
            is_abandoned: self.is_abandoned,
        })
    }
}
