//! Invented taxpayers; on test environments only.

use ksef_api::ops::testdata::{
    CreatePerson, CreateSubject, GrantTestPermissions, RemovePerson, RemoveSubject,
    RevokeTestPermissions,
};
use ksef_core::nip::Nip;

use crate::client::Client;
use crate::error::Error;

impl Client {
    /// Creates a person: a sole trader or a bailiff, with NIP and PESEL.
    ///
    /// # Errors
    /// What the server answered; 30001 when there is one.
    pub async fn create_test_person(&self, person: &CreatePerson) -> Result<(), Error> {
        self.call(person).await?;
        Ok(())
    }

    /// Removes a person.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn remove_test_person(&self, nip: Nip) -> Result<(), Error> {
        self.call(&RemovePerson::new(nip)).await?;
        Ok(())
    }

    /// Creates an entity of a special kind, with its subordinate units.
    ///
    /// # Errors
    /// What the server answered; 30001 when there is one.
    pub async fn create_test_subject(&self, subject: &CreateSubject) -> Result<(), Error> {
        self.call(subject).await?;
        Ok(())
    }

    /// Removes an entity.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn remove_test_subject(&self, nip: Nip) -> Result<(), Error> {
        self.call(&RemoveSubject::new(nip)).await?;
        Ok(())
    }

    /// Grants permissions as the paper form would.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_test_permissions(&self, grant: &GrantTestPermissions) -> Result<(), Error> {
        self.call(grant).await?;
        Ok(())
    }

    /// Withdraws all permissions granted that way.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn revoke_test_permissions(
        &self,
        grant: &RevokeTestPermissions,
    ) -> Result<(), Error> {
        self.call(grant).await?;
        Ok(())
    }
}
