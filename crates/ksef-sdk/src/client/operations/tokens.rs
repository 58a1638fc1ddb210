//! KSeF tokens.

use std::time::Duration;

use futures_util::Stream;
use ksef_api::ops::tokens::{
    GenerateToken, GetToken, ListTokens, RevokeToken, Token, TokenPermission,
};
use ksef_api::status::{StatusClass, TokenStatus};
use ksef_core::ksef_token::KsefToken;
use ksef_core::reference::TokenRef;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, ErrorKind, FailedStatus};
use crate::retry::PollDelays;

/// A KSeF token that was just generated. KSeF shows the secret this once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewKsefToken {
    /// Its public name.
    pub reference: TokenRef,
    /// The secret.
    pub token: KsefToken,
}

impl Client {
    /// Generates a KSeF token with these permissions and a description of 5 to 256 characters.
    ///
    /// It is usable when [`Client::wait_for_ksef_token`] says so. Keep the secret first: it cannot be had again.
    ///
    /// # Errors
    /// What the server answered; 26001 when the caller lacks a permission. After an unknown outcome look for the
    /// description in [`Client::ksef_tokens`], and revoke the token whose secret is lost.
    pub async fn generate_ksef_token(
        &self,
        permissions: impl IntoIterator<Item = TokenPermission>,
        description: impl Into<String>,
    ) -> Result<NewKsefToken, Error> {
        let generated = self
            .call(&GenerateToken::new(permissions, description))
            .await?
            .value;
        let token = KsefToken::parse(generated.token.expose()).map_err(Error::protocol)?;
        Ok(NewKsefToken {
            reference: generated.reference_number,
            token,
        })
    }

    /// Waits until a KSeF token is usable.
    ///
    /// # Errors
    /// [`ErrorKind::Status`] when it never will be (its code is 0: this status has a name instead, which is the
    /// description); [`ErrorKind::Pending`] when it is not within `wait_max`.
    pub async fn wait_for_ksef_token(
        &self,
        reference: TokenRef,
        wait_max: Duration,
    ) -> Result<Token, Error> {
        self.wait_for_token(reference, wait_max, |token| match token.status.class() {
            StatusClass::Done => Some(Ok(())),
            StatusClass::Pending => None,
            StatusClass::Failed => Some(Err(Error::new(ErrorKind::Status(FailedStatus {
                resource: "KSeF token",
                code: 0,
                description: token.status.as_str().to_owned(),
                details: token.status_details.clone(),
            })))),
        })
        .await
    }

    /// Revokes a KSeF token. Access tokens made with it live on to their end.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn revoke_ksef_token(&self, reference: TokenRef) -> Result<(), Error> {
        self.call(&RevokeToken::new(reference)).await?;
        Ok(())
    }

    /// Waits until a KSeF token that was revoked is so in effect.
    ///
    /// # Errors
    /// [`ErrorKind::Pending`] when it is not within `wait_max`.
    pub async fn wait_for_revocation(
        &self,
        reference: TokenRef,
        wait_max: Duration,
    ) -> Result<Token, Error> {
        self.wait_for_token(reference, wait_max, |token| {
            matches!(token.status, TokenStatus::Revoked | TokenStatus::Failed).then_some(Ok(()))
        })
        .await
    }

    /// What is known about a KSeF token.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn ksef_token(&self, reference: TokenRef) -> Result<Token, Error> {
        Ok(self.call(&GetToken::new(reference)).await?.value)
    }

    /// The KSeF tokens that the caller may see, newest first, page by page.
    pub fn ksef_tokens(
        &self,
        filter: ListTokens,
    ) -> impl Stream<Item = Result<Vec<Token>, Error>> + use<> {
        self.pages(filter)
    }

    async fn wait_for_token(
        &self,
        reference: TokenRef,
        wait_max: Duration,
        verdict: impl Fn(&Token) -> Option<Result<(), Error>>,
    ) -> Result<Token, Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(Duration::from_millis(200), Duration::from_secs(2));
        loop {
            let token = self.ksef_token(reference).await?;
            if let Some(verdict) = verdict(&token) {
                return verdict.map(|()| token);
            }
            let wait = delays.next();
            if began.elapsed() + wait > wait_max {
                return Err(Error::new(ErrorKind::Pending {
                    resource: "KSeF token",
                    code: None,
                }));
            }
            tokio::time::sleep(wait).await;
        }
    }
}
