//! One invoice: into one session, or two, until it is certain whether KSeF has it.

use ksef_api::operation::sessions::SEND_INVOICE;
use ksef_core::digest::Sha256Digest;
use ksef_core::reference::{InvoiceRef, SessionRef};

use super::doubts::Doubt;
use super::live::Live;
use super::{Keeper, LOOKUP_DELAY_FIRST, LOOKUP_DELAY_MAX, NO_SESSION, NOT_OPEN, lock};
use crate::error::{Error, ErrorKind};
use crate::journal::Entry;
use crate::retry::PollDelays;
use crate::session::invoice_bytes::{InvoiceBytes, SendOptions, Sent};
use crate::session::lookup::{find_except, rank};
use crate::session::validation::validate;

impl Keeper {
    /// Sends while nobody else sends the same invoice.
    pub(super) async fn send_in_turn(
        &self,
        invoice: &InvoiceBytes,
        options: &SendOptions,
    ) -> Result<Sent, Error> {
        if let Some(sent) = self.sent_before(invoice.hash()).await? {
            return Ok(sent);
        }
        validate(&self.inner.client, invoice, options)?;
        let outcome = self.send_somewhere(invoice, options).await;
        outcome.map_err(|error| {
            // Whatever was answered last, an earlier copy may still have arrived.
            if self.inner.doubts.of(invoice.hash()).is_empty() {
                error
            } else {
                error.into_outcome_unknown()
            }
        })
    }

    /// Into the current session, or into the next one when KSeF asks for that.
    async fn send_somewhere(
        &self,
        invoice: &InvoiceBytes,
        options: &SendOptions,
    ) -> Result<Sent, Error> {
        let place = self.place(options.form());
        let mut is_second = false;
        loop {
            let live = self.live(&place, options.form()).await?;
            let outcome = {
                let is_over = live.is_over.read().await;
                if *is_over {
                    continue;
                }
                self.send_into(&live, invoice, options).await
            };
            match outcome {
                Err(error) if !is_second && asks_for_another_session(&error) => {
                    tracing::debug!(session = %live.session.reference(), %error, "replacing session");
                    self.replace(&place, &live, &error).await;
                    is_second = true;
                }
                outcome => return outcome,
            }
        }
    }

    /// One invoice into one session.
    async fn send_into(
        &self,
        live: &Live,
        invoice: &InvoiceBytes,
        options: &SendOptions,
    ) -> Result<Sent, Error> {
        let client = &self.inner.client;
        let (session, hash) = (live.session.reference(), invoice.hash());
        let earlier = self.copies(session, hash);
        let request = live.session.seal(invoice, options)?;
        self.record(&Entry::InvoiceSending {
            session,
            hash,
            size: invoice.size(),
        })?;
        let doubt = Doubt::fresh(session, earlier.clone());
        // Whether a refusal speaks for all copies, since this is the only one.
        let mut is_only_one = self.inner.doubts.raise(hash, doubt);
        let mut delays = PollDelays::new(LOOKUP_DELAY_FIRST, LOOKUP_DELAY_MAX);
        let mut attempt = 1;
        loop {
            let error = match client.call(&request).await {
                Ok(answer) => return Ok(self.sent(session, hash, answer.value.reference_number)),
                Err(error) => error,
            };
            let is_refused = error.is_certainly_not_done();
            if is_refused && is_only_one {
                self.not_sent(session, hash, &error);
                return Err(error);
            }
            is_only_one = false;
            // The work may still be under way at the server.
            let Some(wait) = delays.after(&error) else {
                return Err(error.into_outcome_unknown());
            };
            tokio::time::sleep(wait).await;
            let again = attempt < SENDS_MAX && !matches!(error.kind(), ErrorKind::Firewall { .. });
            match find_except(client, session, hash, &earlier).await {
                Ok(Some(found)) => return Ok(self.sent(session, hash, found.reference_number)),
                // Nothing says that the copies before it did not arrive: the doubt stays.
                Ok(None) if is_refused => return Err(error),
                Ok(None) if again => attempt += 1,
                Ok(None) => return Err(error.into_outcome_unknown()),
                Err(lookup) => {
                    tracing::debug!(%session, %hash, %lookup, "the session could not be asked");
                    let wait = lookup.retry_after().max(error.retry_after());
                    return Err(error.into_outcome_unknown().with_retry_after(wait));
                }
            }
        }
    }

    /// Looks up an invoice of which it is unknown whether it arrived.
    async fn sent_before(&self, hash: Sha256Digest) -> Result<Option<Sent>, Error> {
        let doubts = self.inner.doubts.of(hash);
        let mut best: Option<(u8, SessionRef, InvoiceRef)> = None;
        for Doubt {
            session, earlier, ..
        } in &doubts
        {
            let found = find_except(&self.inner.client, *session, hash, earlier)
                .await
                .map_err(Error::into_outcome_unknown)?;
            let Some(found) = found else { continue };
            if best.is_none_or(|(best, ..)| rank(&found) > best) {
                best = Some((rank(&found), *session, found.reference_number));
            }
        }
        if let Some((_, session, invoice)) = best {
            return Ok(Some(self.sent(session, hash, invoice)));
        }
        self.inner.doubts.absent(hash);
        Ok(None)
    }

    /// KSeF has the invoice.
    fn sent(&self, session: SessionRef, hash: Sha256Digest, invoice: InvoiceRef) -> Sent {
        self.inner.doubts.settle(hash);
        lock(&self.inner.copies)
            .entry(session)
            .or_default()
            .entry(hash)
            .or_default()
            .push(invoice);
        // Should this entry be lost, the invoice is found again by its hash.
        let is_journalled = self.note(&Entry::InvoiceSent {
            session,
            hash,
            invoice,
        });
        Sent {
            session,
            invoice,
            hash,
            is_journalled,
        }
    }

    /// KSeF does not have the invoice.
    fn not_sent(&self, session: SessionRef, hash: Sha256Digest, error: &Error) {
        self.inner.doubts.settle(hash);
        let code = code_of_refusal(error);
        self.note(&Entry::InvoiceNotSent {
            session,
            hash,
            code,
        });
    }

    /// The copies of an invoice that are known to be in a session.
    fn copies(&self, session: SessionRef, hash: Sha256Digest) -> Vec<InvoiceRef> {
        let copies = lock(&self.inner.copies);
        let of_session = copies.get(&session);
        of_session
            .and_then(|copies| copies.get(&hash))
            .cloned()
            .unwrap_or_default()
    }
}

/// Whether KSeF would take the invoice in another session.
fn asks_for_another_session(error: &Error) -> bool {
    !error.is_outcome_unknown()
        && [SESSION_FULL, NO_SESSION, NOT_OPEN, UNAVAILABLE]
            .iter()
            .any(|&code| error.has_code(code))
}

/// The code with which KSeF refused the invoice, if it did; what went wrong before is not about the invoice.
fn code_of_refusal(error: &Error) -> Option<u32> {
    let is_of_sending = error.operation() == Some(SEND_INVOICE.id);
    let code = error.code().filter(|_| is_of_sending)?;
    u32::try_from(code).ok()
}

/// 21155: no more invoices fit into the session.
const SESSION_FULL: i32 = 21_155;
/// 21184: the session is temporarily unavailable; another one may be opened.
const UNAVAILABLE: i32 = 21_184;
/// How often an invoice is sent into a session that does not have it.
const SENDS_MAX: u32 = 3;
