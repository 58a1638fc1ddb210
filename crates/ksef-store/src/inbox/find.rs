//! Looking into an inbox.

use futures_util::stream::{self, Stream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use jiff::civil::Date;
use ksef_api::ops::invoices::SubjectRole;
use ksef_core::ksef_number::KsefNumber;
use rust_decimal::Decimal;
use sqlx::{QueryBuilder, Sqlite};

use super::Inbox;
use super::row::{StoredInvoice, Summary, digest, folded, hundredths, instant};
use crate::error::StoreError;

/// Which invoices of an inbox; what is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The context has this role.
    pub role: Option<SubjectRole>,
    /// Issued on this day or later.
    pub issued_from: Option<Date>,
    /// Issued on this day or earlier.
    pub issued_to: Option<Date>,
    /// Stored in KSeF at this instant or later.
    pub stored_from: Option<Timestamp>,
    /// The seller's NIP, or the identifier of the buyer.
    pub party: Option<String>,
    /// The number that the seller gave, exactly.
    pub invoice_number: Option<String>,
    /// Three letters.
    pub currency: Option<String>,
    /// Gross amount at least, in the currency of the invoice.
    pub gross_min: Option<Decimal>,
    /// Gross amount at most.
    pub gross_max: Option<Decimal>,
    /// Words of which each begins a word of the numbers or of the names and identifiers of seller and buyer. Letter case
    /// and diacritics do not matter.
    pub text: Option<String>,
    /// At most so many, the newest; all when missing.
    pub limit: Option<u32>,
}

/// What an inbox has of one role.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleState {
    /// The role.
    pub role: SubjectRole,
    /// Invoices in it.
    pub invoices: u64,
    /// From when on it is mirrored.
    pub since: Timestamp,
    /// Up to when it is complete.
    pub complete_to: Timestamp,
}

impl Inbox {
    /// Invoices that fit, the newest in KSeF first, each read when it is asked for.
    pub fn find(&self, filter: &Filter) -> impl Stream<Item = Result<Summary, StoreError>> + use<> {
        let (inbox, filter) = (self.clone(), filter.clone());
        stream::once(async move {
            let numbers = inbox.numbers(&filter).await?;
            let summaries = stream::iter(numbers).then(move |number| {
                let inbox = inbox.clone();
                async move { inbox.summary(&number).await }
            });
            Ok::<_, StoreError>(summaries)
        })
        .try_flatten()
        .try_filter_map(|summary| async move { Ok(summary) })
    }

    /// What is known of an invoice; `None` when it is not here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn summary(&self, number: &KsefNumber) -> Result<Option<Summary>, StoreError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT metadata, (SELECT group_concat(role, ' ') FROM roles WHERE invoice = id)
             FROM invoices WHERE ksef_number = ?",
        )
        .bind(number.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(metadata, roles)| Summary::read(&metadata, &roles))
            .transpose()
    }

    /// KSeF numbers of the invoices that fit, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn numbers(&self, filter: &Filter) -> Result<Vec<KsefNumber>, StoreError> {
        let mut query = select(filter);
        let rows: Vec<String> = query.build_query_scalar().fetch_all(&self.pool).await?;
        let parse = |number: &String| KsefNumber::parse(number);
        rows.iter()
            .map(parse)
            .collect::<Result<_, _>>()
            .map_err(|_| StoreError::damaged("a KSeF number"))
    }

    /// An invoice with its document; `None` when it is not here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn invoice(&self, number: &KsefNumber) -> Result<Option<StoredInvoice>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT xml, hash FROM invoices WHERE ksef_number = ?")
                .bind(number.to_string())
                .fetch_optional(&self.pool)
                .await?;
        let (Some((xml, hash)), Some(summary)) = (row, self.summary(number).await?) else {
            return Ok(None);
        };
        Ok(Some(StoredInvoice {
            summary,
            xml: xml.into(),
            hash: digest(&hash)?,
        }))
    }

    /// What it has of each role that was ever mirrored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn state(&self) -> Result<Vec<RoleState>, StoreError> {
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT role, since, complete_to, (SELECT count(*) FROM roles WHERE roles.role = cursors.role)
             FROM cursors ORDER BY role",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(role, since, complete_to, invoices)| {
                Ok(RoleState {
                    role: SubjectRole::from_name(&role),
                    invoices: u64::try_from(invoices).unwrap_or(0),
                    since: instant(since)?,
                    complete_to: instant(complete_to)?,
                })
            })
            .collect()
    }
}

/// The numbers of the invoices that fit.
fn select(filter: &Filter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT ksef_number FROM invoices WHERE 1");
    if let Some(role) = &filter.role {
        query.push(" AND id IN (SELECT invoice FROM roles WHERE role = ");
        query.push_bind(role.as_str().to_owned()).push(")");
    }
    if let Some(day) = filter.issued_from {
        query.push(" AND issued >= ").push_bind(day.to_string());
    }
    if let Some(day) = filter.issued_to {
        query.push(" AND issued <= ").push_bind(day.to_string());
    }
    if let Some(since) = filter.stored_from {
        query
            .push(" AND stored >= ")
            .push_bind(super::row::nanoseconds(since));
    }
    if let Some(party) = &filter.party {
        query.push(" AND (seller_nip = ").push_bind(party.clone());
        query
            .push(" OR buyer_identifier = ")
            .push_bind(party.clone())
            .push(")");
    }
    if let Some(number) = &filter.invoice_number {
        query
            .push(" AND invoice_number = ")
            .push_bind(number.clone());
    }
    if let Some(currency) = &filter.currency {
        query
            .push(" AND currency = ")
            .push_bind(currency.to_ascii_uppercase());
    }
    if let Some(least) = filter.gross_min {
        query
            .push(" AND gross_hundredths >= ")
            .push_bind(hundredths(least));
    }
    if let Some(most) = filter.gross_max {
        query
            .push(" AND gross_hundredths <= ")
            .push_bind(hundredths(most));
    }
    if let Some(words) = filter.text.as_deref().and_then(words) {
        query.push(" AND id IN (SELECT rowid FROM invoice_words WHERE invoice_words MATCH ");
        query.push_bind(words).push(")");
    }
    query.push(" ORDER BY stored DESC, id DESC");
    if let Some(limit) = filter.limit {
        query.push(" LIMIT ").push_bind(i64::from(limit));
    }
    query
}

/// What was typed as a query of FTS5: each word a quoted beginning, so that nothing in it is an operator. `None` when
/// there is no word in it.
fn words(text: &str) -> Option<String> {
    let quoted: Vec<String> = folded(text)
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}
