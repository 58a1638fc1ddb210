//! Authorisations between entities: who may issue invoices in whose name.

use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};

/// What a seller allows another entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Authorisation {
    /// Issuing in the seller's name by the buyer.
    SelfInvoicing,
    /// Issuing FA_RR in the farmer's name by the buyer.
    #[serde(rename = "RRInvoicing")]
    RrInvoicing,
    /// Issuing by a tax representative.
    TaxRepresentative,
    /// Issuing Peppol documents by a provider.
    PefInvoicing,
}

/// One authorisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuthorisationRecord {
    /// Who allows.
    pub(crate) seller: Nip,
    /// Who is allowed: a taxpayer, or a Peppol provider.
    pub(crate) grantee: ContextIdentifier,
    /// What.
    pub(crate) authorisation: Authorisation,
}

impl Record for AuthorisationRecord {
    const TABLE: &'static str = "authorisations";
    type Key = String;

    fn key(&self) -> String {
        key(self.seller, &self.grantee, self.authorisation)
    }
}

fn key(seller: Nip, grantee: &ContextIdentifier, authorisation: Authorisation) -> String {
    format!("{seller}/{grantee}/{authorisation:?}")
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Authorisations {
    rows: Collection<AuthorisationRecord>,
}

impl Authorisations {
    /// What the store holds.
    ///
    /// # Errors
    /// A store that cannot be read, or holds something else.
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            rows: Collection::load(loader)?,
        })
    }

    /// Whether `seller` granted it.
    pub(crate) fn holds(
        &self,
        seller: Nip,
        grantee: &ContextIdentifier,
        authorisation: Authorisation,
    ) -> bool {
        self.rows.contains(&key(seller, grantee, authorisation))
    }

    /// All of them in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &AuthorisationRecord> {
        self.rows.values()
    }

    /// Grants; nothing changes when it was granted before.
    pub(crate) fn grant(&mut self, changes: &mut Changes, record: AuthorisationRecord) {
        if !self.rows.contains(&record.key()) {
            self.rows.insert(changes, record);
        }
    }

    /// Withdraws; false when it was not granted.
    pub(crate) fn revoke(&mut self, changes: &mut Changes, record: &AuthorisationRecord) -> bool {
        self.rows.remove(changes, &record.key()).is_some()
    }
}
