//! Logins, public keys and limits.

use ksef_api::ops::auth::{
    AuthSession, GetChallenge, IssuedChallenge, ListAuthSessions, TerminateAuth,
};
use ksef_api::ops::keys::PublicKeyCertificate;
use ksef_api::ops::limits::{
    ContextLimits, GetContextLimits, GetRateLimits, GetSubjectLimits, RateLimits, SubjectLimits,
};
use ksef_core::reference::AuthRef;

use crate::caller::Answered;
use crate::client::Client;
use crate::error::Error;

impl Client {
    /// A challenge for a login that is signed elsewhere; valid for ten minutes. Its answer also tells the server's
    /// clock.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn challenge(&self) -> Result<Answered<IssuedChallenge>, Error> {
        self.call(&GetChallenge).await
    }

    /// The active logins of the context, newest first.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn logins(&self) -> Result<Vec<AuthSession>, Error> {
        self.all(ListAuthSessions::new().with_page_size(PAGE_ENTRIES))
            .await
    }

    /// Ends one login: its refresh token stops working, access tokens live on to their end.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn terminate_login(&self, reference: AuthRef) -> Result<(), Error> {
        self.call(&TerminateAuth::new(reference)).await?;
        Ok(())
    }

    /// The public keys as the client knows them, fetched when it knows none or they are an hour old.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn public_keys(&self) -> Result<Vec<PublicKeyCertificate>, Error> {
        self.keys().certificates().await
    }

    /// The request limits that apply to the context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn rate_limits(&self) -> Result<RateLimits, Error> {
        Ok(self.call(&GetRateLimits).await?.value)
    }

    /// The limits of sessions in the context.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn context_limits(&self) -> Result<ContextLimits, Error> {
        Ok(self.call(&GetContextLimits).await?.value)
    }

    /// The limits of certificates of the subject.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn subject_limits(&self) -> Result<SubjectLimits, Error> {
        Ok(self.call(&GetSubjectLimits).await?.value)
    }
}

/// The most that these lists give at once.
const PAGE_ENTRIES: u16 = 100;
