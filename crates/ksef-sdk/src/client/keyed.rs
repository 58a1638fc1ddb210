//! Calls that carry a symmetric key, wrapped for KSeF.

use ksef_api::ops::keys::PublicKeyUsage;
use ksef_api::ops::sessions::EncryptionInfo;
use ksef_api::request::Request;
use ksef_crypto::session_key::SessionKey;

use super::Client;
use crate::caller::Answered;
use crate::error::Error;
use crate::keys::UNKNOWN_KEY;

impl Client {
    /// Makes the call that `request` writes around the wrapped key.
    ///
    /// When KSeF does not know the public key (21470), the keys are fetched anew and the call repeated once.
    pub(crate) async fn call_with_key<R: Request + Sync>(
        &self,
        session_key: &SessionKey,
        request: impl Fn(EncryptionInfo) -> R + Send,
    ) -> Result<Answered<R::Answer>, Error> {
        let usage = PublicKeyUsage::SymmetricKeyEncryption;
        let mut key = self.keys().key(&usage).await?;
        let mut is_fresh = false;
        loop {
            let wrapped = key.wrap(session_key.key())?;
            let request = request(EncryptionInfo::new(wrapped, *session_key.iv(), key.id()));
            match self.call(&request).await {
                Err(error) if error.has_code(UNKNOWN_KEY) && !is_fresh => {
                    key = self.keys().replacement(&key, &usage).await?;
                    is_fresh = true;
                }
                outcome => return outcome,
            }
        }
    }
}
