//! One interactive session: opened with a key of its own, and what is sent into it.

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::sessions::{InvoiceContent, OpenOnlineSession, SendInvoice, SendInvoiceBody};
use ksef_core::form_code::FormCode;
use ksef_core::reference::SessionRef;
use ksef_crypto::digest::sha256;
use ksef_crypto::session_key::SessionKey;

use super::invoice_bytes::{InvoiceBytes, SendOptions, Sent};
use super::validation::validate;
use crate::client::Client;
use crate::error::Error;

/// An open session with its key. The key exists here alone: a session can be closed by another process, but not
/// sent into.
#[derive(Debug)]
pub struct OpenSession {
    reference: SessionRef,
    form: FormCode,
    valid_until: Timestamp,
    ends_at: Timestamp,
    key: SessionKey,
}

impl OpenSession {
    /// Opens a session for invoices of this form, with a fresh key.
    ///
    /// When KSeF does not know the public key (21470), the keys are fetched anew and the opening repeated once.
    ///
    /// # Errors
    /// What the server answered. After an unknown outcome a session may be open whose name nobody knows: it stays
    /// empty, and KSeF cancels it.
    pub async fn open(client: &Client, form: FormCode) -> Result<Self, Error> {
        Self::open_with_features(client, form, &[]).await
    }

    /// Opens a session with feature flags, for example `upo-v4-3`.
    ///
    /// # Errors
    /// As [`OpenSession::open`].
    pub async fn open_with_features(
        client: &Client,
        form: FormCode,
        features: &[String],
    ) -> Result<Self, Error> {
        let key = SessionKey::generate()?;
        let answer = client
            .call_with_key(&key, |encryption| {
                let request = OpenOnlineSession::new(form.clone(), encryption);
                features
                    .iter()
                    .fold(request, |request, flag| request.with_feature(flag.as_str()))
            })
            .await?;
        let valid_until = answer.value.valid_until;
        let now = client.clock().now();
        Ok(Self {
            reference: answer.value.reference_number,
            form,
            valid_until,
            ends_at: by_our_clock(valid_until, answer.server_time(), now),
            key,
        })
    }

    /// Its name.
    #[must_use]
    pub fn reference(&self) -> SessionRef {
        self.reference
    }

    /// Which documents it takes.
    #[must_use]
    pub fn form(&self) -> &FormCode {
        &self.form
    }

    /// When KSeF closes it by itself, in the server's time.
    #[must_use]
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// When that is by the clock of this machine, which may differ.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// The encrypted invoice, ready to be sent, whatever its bytes are. Takes a millisecond for a megabyte.
    ///
    /// # Errors
    /// [`ErrorKind::Crypto`](crate::ErrorKind::Crypto), in theory.
    pub fn seal(
        &self,
        invoice: &InvoiceBytes,
        options: &SendOptions,
    ) -> Result<SendInvoice, Error> {
        let ciphertext = self.key.encrypt(invoice.bytes())?;
        let encrypted_size = u64::try_from(ciphertext.len()).unwrap_or(u64::MAX);
        let encrypted = (sha256(&ciphertext), encrypted_size);
        let content = InvoiceContent::from_ciphertext(ciphertext);
        let mut body = SendInvoiceBody::new((invoice.hash(), invoice.size()), encrypted, content);
        body.offline_mode = options.offline;
        body.hash_of_corrected_invoice = options.corrects;
        Ok(SendInvoice::new(self.reference, body))
    }

    /// Sends one invoice, once: without journal and without looking up an unknown outcome.
    ///
    /// # Errors
    /// What the server answered. [`Error::is_outcome_unknown`]: look the hash up with [`super::find_by_hash`] before
    /// sending again. [`ErrorKind::InvalidInvoice`](crate::ErrorKind::InvalidInvoice): KSeF would refuse it, so it was
    /// not sent.
    pub async fn send(
        &self,
        client: &Client,
        invoice: &InvoiceBytes,
        options: &SendOptions,
    ) -> Result<Sent, Error> {
        validate(client, invoice, options)?;
        let request = self.seal(invoice, options)?;
        let sent = client.call(&request).await?.value;
        Ok(Sent {
            session: self.reference,
            invoice: sent.reference_number,
            hash: invoice.hash(),
            is_journalled: false,
        })
    }
}

/// The end of a session by our clock. Where the clocks contradict each other, a session lives as long as any does.
fn by_our_clock(
    valid_until: Timestamp,
    server_time: Option<Timestamp>,
    now: Timestamp,
) -> Timestamp {
    let life = valid_until.duration_since(server_time.unwrap_or(now));
    let life = if life.is_positive() && life < LIFE_MAX {
        life
    } else {
        LIFE_MAX
    };
    now.checked_add(life).unwrap_or(valid_until)
}

/// KSeF closes a session twelve hours after its opening.
const LIFE_MAX: SignedDuration = SignedDuration::from_hours(12);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_by_our_clock() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-21T08:00:00Z");
        let server = at("2026-11-21T09:00:00Z");
        let until = at("2026-11-21T20:59:00Z");
        assert_eq!(
            by_our_clock(until, Some(server), now),
            at("2026-11-21T19:59:00Z")
        );
        assert_eq!(
            by_our_clock(at("2026-11-21T08:05:00Z"), None, now),
            at("2026-11-21T08:05:00Z")
        );
        for absurd in ["2026-11-20T20:00:00Z", "2027-11-21T20:00:00Z"] {
            assert_eq!(
                by_our_clock(at(absurd), None, now),
                at("2026-11-21T20:00:00Z")
            );
        }
    }
}
