//! Sealing invoices for an interactive session: hash, encrypt, hash, Base64.
//!
//! `POST /sessions/online/{ref}/invoices` takes the SHA-256 and the size of the plain XML, the same
//! of the ciphertext, and the ciphertext in Base64 (facts 02 §4). One invoice is sealed by
//! [`seal`]; many by [`seal_many`] or, with the JSON body written at once, [`seal_bodies`]: these
//! encrypt eight invoices side by side and spread the work over threads.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64_simd::STANDARD;
use ksef_core::digest::Sha256Digest;

use crate::digest::sha256;
use crate::error::Result;
use crate::session_key::SessionKey;

/// An invoice ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedInvoice {
    /// SHA-256 of the plain XML: `invoiceHash`.
    pub invoice_hash: Sha256Digest,
    /// Bytes of the plain XML: `invoiceSize`.
    pub invoice_size: u64,
    /// SHA-256 of the ciphertext: `encryptedInvoiceHash`.
    pub encrypted_hash: Sha256Digest,
    /// Bytes of the ciphertext: `encryptedInvoiceSize`.
    pub encrypted_size: u64,
    /// The ciphertext in Base64: `encryptedInvoiceContent`.
    pub content_base64: String,
}

/// The JSON body of a send request, and what identifies the invoice in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBody {
    /// SHA-256 of the plain XML, by which the invoice is found again.
    pub invoice_hash: Sha256Digest,
    /// The JSON document.
    pub body: Vec<u8>,
}

/// The optional fields of a send request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// `offlineMode`: the invoice was issued in an offline mode. Written only when true.
    pub offline_mode: bool,
    /// `hashOfCorrectedInvoice`: SHA-256 of the rejected offline invoice that this one replaces.
    pub corrected_invoice: Option<Sha256Digest>,
}

/// Seals one invoice.
///
/// # Errors
/// As [`SessionKey::encrypt`].
pub fn seal(key: &SessionKey, plain: &[u8]) -> Result<SealedInvoice> {
    let cipher = key.encrypt(plain)?;
    Ok(SealedInvoice::new(plain, &cipher))
}

/// Seals many invoices on `threads` threads, one of which is the caller's; results are in the
/// order of the input.
#[must_use]
pub fn seal_many<T: AsRef<[u8]> + Sync>(
    key: &SessionKey,
    plain: &[T],
    threads: NonZeroUsize,
) -> Vec<SealedInvoice> {
    in_groups(key, plain, threads, SealedInvoice::new)
}

/// Seals many invoices into the JSON bodies of their requests, on `threads` threads, one of which
/// is the caller's; results are in the order of the input.
#[must_use]
pub fn seal_bodies<T: AsRef<[u8]> + Sync>(
    key: &SessionKey,
    plain: &[T],
    options: &SendOptions,
    threads: NonZeroUsize,
) -> Vec<SealedBody> {
    in_groups(key, plain, threads, |plain, cipher| {
        let invoice_hash = sha256(plain);
        let sizes = (plain.len() as u64, cipher.len() as u64);
        let mut body = body_start(&invoice_hash, &sha256(cipher), sizes, cipher.len());
        STANDARD.encode_append(cipher, &mut body);
        finish_body(&mut body, options);
        SealedBody { invoice_hash, body }
    })
}

impl SealedInvoice {
    fn new(plain: &[u8], cipher: &[u8]) -> Self {
        Self {
            invoice_hash: sha256(plain),
            invoice_size: plain.len() as u64,
            encrypted_hash: sha256(cipher),
            encrypted_size: cipher.len() as u64,
            content_base64: STANDARD.encode_to_string(cipher),
        }
    }

    /// The JSON body of the send request.
    #[must_use]
    pub fn to_body(&self, options: &SendOptions) -> Vec<u8> {
        let sizes = (self.invoice_size, self.encrypted_size);
        let room = self.content_base64.len();
        let mut body = body_start(&self.invoice_hash, &self.encrypted_hash, sizes, room);
        body.extend_from_slice(self.content_base64.as_bytes());
        finish_body(&mut body, options);
        body
    }
}

/// Applies `make` to each plain text and its ciphertext. Threads take group after group, small
/// enough for the second-level cache, so that ciphertexts are hashed and encoded while still warm.
fn in_groups<T: AsRef<[u8]> + Sync, R: Send>(
    key: &SessionKey,
    plain: &[T],
    threads: NonZeroUsize,
    make: impl Fn(&[u8], &[u8]) -> R + Sync,
) -> Vec<R> {
    let groups = groups(plain);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done: Vec<(usize, Vec<R>)> = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(group) = groups.get(index) else {
                return done;
            };
            let ciphers = key.encrypt_many(group);
            let made = group
                .iter()
                .zip(&ciphers)
                .map(|(text, cipher)| make(text.as_ref(), cipher));
            done.push((index, made.collect()));
        }
    };
    let helpers = threads.get().min(groups.len()).saturating_sub(1);
    let mut done = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for handle in handles {
            match handle.join() {
                Ok(part) => done.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().flat_map(|(_, made)| made).collect()
}

fn groups<T: AsRef<[u8]>>(mut plain: &[T]) -> Vec<&[T]> {
    let mut groups = Vec::new();
    while !plain.is_empty() {
        let mut bytes = 0;
        let full = plain.iter().take(GROUP_INVOICES_MAX).position(|text| {
            bytes += text.as_ref().len();
            bytes >= GROUP_BYTES
        });
        // A whole number of rounds of eight lanes, unless the invoices are very large.
        let count = full.map_or(GROUP_INVOICES_MAX, |last| (last + 1).next_multiple_of(8));
        let (group, rest) = plain.split_at(count.min(plain.len()));
        groups.push(group);
        plain = rest;
    }
    groups
}

fn body_start(
    plain_hash: &Sha256Digest,
    cipher_hash: &Sha256Digest,
    (plain_size, cipher_size): (u64, u64),
    cipher_bytes: usize,
) -> Vec<u8> {
    let mut body = Vec::with_capacity(cipher_bytes / 3 * 4 + BODY_ROOM);
    for part in [
        "{\"invoiceHash\":\"",
        &plain_hash.to_base64(),
        "\",\"invoiceSize\":",
        &plain_size.to_string(),
        ",\"encryptedInvoiceHash\":\"",
        &cipher_hash.to_base64(),
        "\",\"encryptedInvoiceSize\":",
        &cipher_size.to_string(),
        ",\"encryptedInvoiceContent\":\"",
    ] {
        body.extend_from_slice(part.as_bytes());
    }
    body
}

fn finish_body(body: &mut Vec<u8>, options: &SendOptions) {
    body.push(b'"');
    if options.offline_mode {
        body.extend_from_slice(b",\"offlineMode\":true");
    }
    if let Some(hash) = &options.corrected_invoice {
        body.extend_from_slice(b",\"hashOfCorrectedInvoice\":\"");
        body.extend_from_slice(hash.to_base64().as_bytes());
        body.push(b'"');
    }
    body.push(b'}');
}

/// Plain bytes after which a group is closed.
const GROUP_BYTES: usize = 160 * 1024;
const GROUP_INVOICES_MAX: usize = 256;
/// More than everything in a body except the content.
const BODY_ROOM: usize = 512;

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::session_key::encrypted_len;

    fn key() -> SessionKey {
        SessionKey::from_parts([7; 32], [9; 16])
    }

    fn invoices() -> Vec<Vec<u8>> {
        (0..300_usize)
            .map(|i| vec![b'a' + (i % 26) as u8; (i * 97) % 12_000])
            .collect()
    }

    #[test]
    fn one_and_many_agree_for_any_number_of_threads() {
        let invoices = invoices();
        let single: Vec<SealedInvoice> = invoices
            .iter()
            .map(|plain| seal(&key(), plain).unwrap())
            .collect();
        for threads in [1, 2, 3, 64] {
            let threads = NonZeroUsize::new(threads).unwrap();
            assert_eq!(seal_many(&key(), &invoices, threads), single);
            let bodies = seal_bodies(&key(), &invoices, &SendOptions::default(), threads);
            assert_eq!(bodies.len(), single.len());
            for (body, sealed) in bodies.iter().zip(&single) {
                assert_eq!(body.invoice_hash, sealed.invoice_hash);
                assert_eq!(body.body, sealed.to_body(&SendOptions::default()));
            }
        }
        assert!(seal_many::<Vec<u8>>(&key(), &[], NonZeroUsize::MIN).is_empty());
    }

    #[test]
    fn what_is_sealed_opens_again() {
        for plain in invoices() {
            let sealed = seal(&key(), &plain).unwrap();
            let cipher = STANDARD.decode_to_vec(&sealed.content_base64).unwrap();
            assert_eq!(key().decrypt(&cipher).unwrap(), plain);
            assert_eq!(sealed.invoice_size, plain.len() as u64);
            assert_eq!(sealed.encrypted_size, encrypted_len(plain.len() as u64));
            assert_eq!(sealed.encrypted_size, cipher.len() as u64);
            assert_eq!(sealed.invoice_hash, sha256(&plain));
            assert_eq!(sealed.encrypted_hash, sha256(&cipher));
        }
    }

    #[test]
    fn the_body_is_the_documented_json() {
        let sealed = seal(&key(), b"<Faktura/>").unwrap();
        let text = |options: &SendOptions| String::from_utf8(sealed.to_body(options)).unwrap();
        let plain = format!(
            "{{\"invoiceHash\":\"{}\",\"invoiceSize\":10,\"encryptedInvoiceHash\":\"{}\",\
             \"encryptedInvoiceSize\":16,\"encryptedInvoiceContent\":\"{}\"",
            sealed.invoice_hash, sealed.encrypted_hash, sealed.content_base64
        );
        assert_eq!(text(&SendOptions::default()), format!("{plain}}}"));
        let corrected = sha256(b"rejected");
        let options = SendOptions {
            offline_mode: true,
            corrected_invoice: Some(corrected),
        };
        assert_eq!(
            text(&options),
            format!("{plain},\"offlineMode\":true,\"hashOfCorrectedInvoice\":\"{corrected}\"}}")
        );
    }
}
