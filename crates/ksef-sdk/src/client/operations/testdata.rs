//! Invented taxpayers and changed limits; on environments for tests only.

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_api::ops::limits::ContextLimits;
use ksef_api::ops::testdata::{
    BlockContext, CreatePerson, CreateSubject, GrantTestAttachments, GrantTestPermissions,
    RateLimitsOverride, RemovePerson, RemoveSubject, ResetRateLimits, ResetSessionLimits,
    ResetSubjectLimits, RevokeTestAttachments, RevokeTestPermissions, SetProductionRateLimits,
    SetRateLimits, SetSessionLimits, SetSubjectLimits, ShortenCertificate, UnblockContext,
};
use ksef_api::request::Request;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::ContextIdentifier;
use ksef_core::nip::Nip;

use crate::client::Client;
use crate::error::Error;

/// Each fails with [`ErrorKind::Misuse`](crate::ErrorKind::Misuse) before anything is sent where the environment is
/// not [for tests](ksef_core::environment::EnvironmentKind::is_for_tests): demo and production have no such operations.
impl Client {
    /// Creates a person: a sole trader or a bailiff, with NIP and PESEL.
    ///
    /// # Errors
    /// What the server answered; 30001 when there is one.
    pub async fn create_test_person(&self, person: &CreatePerson) -> Result<(), Error> {
        self.prepare(person).await
    }

    /// Removes a person.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn remove_test_person(&self, nip: Nip) -> Result<(), Error> {
        self.prepare(&RemovePerson::new(nip)).await
    }

    /// Creates an entity of a special kind, with its subordinate units.
    ///
    /// # Errors
    /// What the server answered; 30001 when there is one.
    pub async fn create_test_subject(&self, subject: &CreateSubject) -> Result<(), Error> {
        self.prepare(subject).await
    }

    /// Removes an entity.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn remove_test_subject(&self, nip: Nip) -> Result<(), Error> {
        self.prepare(&RemoveSubject::new(nip)).await
    }

    /// Grants permissions as the paper form would.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_test_permissions(&self, grant: &GrantTestPermissions) -> Result<(), Error> {
        self.prepare(grant).await
    }

    /// Withdraws all permissions granted that way.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn revoke_test_permissions(
        &self,
        grant: &RevokeTestPermissions,
    ) -> Result<(), Error> {
        self.prepare(grant).await
    }

    /// Lets an entity send invoices with attachments.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn grant_test_attachments(&self, nip: Nip) -> Result<(), Error> {
        self.prepare(&GrantTestAttachments::new(nip)).await
    }

    /// Withdraws that consent, at once or from a day (in Poland) on.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn revoke_test_attachments(&self, nip: Nip, from: Option<Date>) -> Result<(), Error> {
        let mut request = RevokeTestAttachments::new(nip);
        request.expected_end_date = from;
        self.prepare(&request).await
    }

    /// Blocks a context: every login there ends with status 480. Tokens that were issued live on.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn block_test_context(&self, context: ContextIdentifier) -> Result<(), Error> {
        self.prepare(&BlockContext::new(context)).await
    }

    /// Lifts the block of a context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn unblock_test_context(&self, context: ContextIdentifier) -> Result<(), Error> {
        self.prepare(&UnblockContext::new(context)).await
    }

    /// Changes the limits of sessions and of collective identifiers of the client's context.
    ///
    /// # Errors
    /// What the server answered; 21405 for a limit out of bounds.
    pub async fn set_context_limits(&self, limits: ContextLimits) -> Result<(), Error> {
        self.prepare(&SetSessionLimits::new(limits)).await
    }

    /// Restores the limits of sessions of the client's context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn reset_context_limits(&self) -> Result<(), Error> {
        self.prepare(&ResetSessionLimits).await
    }

    /// Changes the limits of certificates of the subject that is logged in.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn set_subject_limits(&self, limits: &SetSubjectLimits) -> Result<(), Error> {
        self.prepare(limits).await
    }

    /// Restores the limits of certificates of the subject.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn reset_subject_limits(&self) -> Result<(), Error> {
        self.prepare(&ResetSubjectLimits).await
    }

    /// Changes the request limits of the client's context.
    ///
    /// # Errors
    /// What the server answered; 21405 for a limit out of bounds.
    pub async fn set_rate_limits(&self, limits: RateLimitsOverride) -> Result<(), Error> {
        self.prepare(&SetRateLimits::new(limits)).await
    }

    /// Restores the request limits of the environment.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn reset_rate_limits(&self) -> Result<(), Error> {
        self.prepare(&ResetRateLimits).await
    }

    /// Applies the request limits of production to the client's context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn set_production_rate_limits(&self) -> Result<(), Error> {
        self.prepare(&SetProductionRateLimits).await
    }

    /// Brings the end of validity of one's own KSeF certificate forward, for instance to now.
    ///
    /// # Errors
    /// What the server answered; 25008 when there is no such certificate, or the end would be later than it is.
    pub async fn shorten_test_certificate(
        &self,
        serial: CertificateSerial,
        valid_to: Timestamp,
    ) -> Result<(), Error> {
        self.prepare(&ShortenCertificate::new(serial, valid_to))
            .await
    }

    async fn prepare<R>(&self, request: &R) -> Result<(), Error>
    where
        R: Request<Answer = ()> + Sync,
    {
        if !self.environment().kind().is_for_tests() {
            return Err(
                Error::misuse("this environment has no test data").at(request.operation().id)
            );
        }
        self.call(request).await?;
        Ok(())
    }
}
