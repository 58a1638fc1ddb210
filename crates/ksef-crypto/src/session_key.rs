//! The symmetric key of a session or an export: AES-256-CBC with PKCS#7 padding.
//!
//! KSeF takes a 32-byte key (wrapped by [`rsa_oaep`](crate::rsa_oaep)) and a 16-byte IV sent beside
//! it. The IV is never put before the ciphertext, so a ciphertext has exactly
//! `(plain / 16 + 1) * 16` bytes (facts 02 §2). Every invoice and part of one session is encrypted
//! on its own from the same IV.
//!
//! | form | use |
//! |---|---|
//! | [`SessionKey::encrypt`], [`SessionKey::decrypt`] | one buffer |
//! | [`SessionKey::encrypt_many`] | many buffers; eight CBC chains side by side, several times as fast |
//! | [`SessionKey::encrypt_stream`], [`SessionKey::decrypt_stream`] | files of any size in constant memory |

use std::fmt;
use std::io::{self, Read, Write};

use aes::cipher::KeyInit;
use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::{Error, ErrorKind, Result};
use crate::lanes;

/// Length of the key, in bytes.
pub const KEY_BYTES: usize = 32;
/// Length of the initialization vector, in bytes.
pub const IV_BYTES: usize = 16;
/// Length of a cipher block, in bytes.
pub const BLOCK_BYTES: usize = 16;

/// An AES-256 key with its IV. Zeroized when dropped; `Debug` shows neither.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionKey {
    key: [u8; KEY_BYTES],
    iv: [u8; IV_BYTES],
}

/// Bytes read and written by a streaming operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streamed {
    /// Bytes taken from the reader.
    pub read: u64,
    /// Bytes given to the writer.
    pub written: u64,
}

/// Length of the ciphertext of `plain` bytes: PKCS#7 always adds 1 to 16 bytes.
#[must_use]
pub const fn encrypted_len(plain: u64) -> u64 {
    (plain / BLOCK_BYTES as u64)
        .saturating_add(1)
        .saturating_mul(BLOCK_BYTES as u64)
}

impl SessionKey {
    /// A fresh random key and IV.
    ///
    /// # Errors
    /// [`ErrorKind::RandomUnavailable`].
    pub fn generate() -> Result<Self> {
        let mut fresh = Self {
            key: [0; KEY_BYTES],
            iv: [0; IV_BYTES],
        };
        aws_lc_rs::rand::fill(&mut fresh.key).map_err(|_| ErrorKind::RandomUnavailable)?;
        aws_lc_rs::rand::fill(&mut fresh.iv).map_err(|_| ErrorKind::RandomUnavailable)?;
        Ok(fresh)
    }

    /// The key and IV of an existing session.
    #[must_use]
    pub fn from_parts(key: [u8; KEY_BYTES], iv: [u8; IV_BYTES]) -> Self {
        Self { key, iv }
    }

    /// The key and IV from slices, as they come out of RSA and base64.
    ///
    /// # Errors
    /// [`ErrorKind::KeyLength`] unless the key has 32 bytes and the IV 16.
    pub fn from_slices(key: &[u8], iv: &[u8]) -> Result<Self> {
        let wrong = |bytes: usize, expected| Error::new(ErrorKind::KeyLength { bytes, expected });
        Ok(Self {
            key: key.try_into().map_err(|_| wrong(key.len(), KEY_BYTES))?,
            iv: iv.try_into().map_err(|_| wrong(iv.len(), IV_BYTES))?,
        })
    }

    /// The 32 secret bytes, to be wrapped for KSeF or kept in a protected store.
    #[must_use]
    pub fn key(&self) -> &[u8; KEY_BYTES] {
        &self.key
    }

    /// The IV. It travels in the open, in `initializationVector`.
    #[must_use]
    pub fn iv(&self) -> &[u8; IV_BYTES] {
        &self.iv
    }

    /// Encrypts one buffer. The IV is not part of the result.
    ///
    /// # Errors
    /// [`ErrorKind::Module`].
    pub fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>> {
        let whole = plain.len() - plain.len() % BLOCK_BYTES;
        let mut text = Vec::with_capacity(whole + BLOCK_BYTES);
        text.extend_from_slice(plain);
        pad(&mut text);
        self.encrypting_key()?
            .less_safe_encrypt(
                &mut text,
                EncryptionContext::Iv128(FixedLength::from(self.iv)),
            )
            .map_err(|_| cipher_failed())?;
        Ok(text)
    }

    /// Encrypts many buffers, each from the session's IV, in the order given.
    ///
    /// CBC is a chain: each block waits for the one before it, so a single buffer leaves most of
    /// the processor's AES unit idle. Here eight chains advance together.
    #[must_use]
    pub fn encrypt_many<T: AsRef<[u8]>>(&self, plain: &[T]) -> Vec<Vec<u8>> {
        let cipher = aes::Aes256Enc::new(&self.key.into());
        lanes::encrypt_many(&cipher, self.iv, plain)
    }

    /// Decrypts one buffer and removes the padding.
    ///
    /// # Errors
    /// [`ErrorKind::CiphertextLength`] and [`ErrorKind::Padding`].
    pub fn decrypt(&self, cipher: &[u8]) -> Result<Vec<u8>> {
        let mut text = cipher.to_vec();
        let plain = self.decrypt_in_place(&mut text)?;
        text.truncate(plain);
        Ok(text)
    }

    /// Decrypts in the caller's buffer and returns the length of the plain text, which is at its
    /// beginning; what follows is padding.
    ///
    /// # Errors
    /// [`ErrorKind::CiphertextLength`] and [`ErrorKind::Padding`].
    pub fn decrypt_in_place(&self, text: &mut [u8]) -> Result<usize> {
        if text.is_empty() || !text.len().is_multiple_of(BLOCK_BYTES) {
            return Err(ErrorKind::CiphertextLength {
                bytes: text.len() as u64,
            }
            .into());
        }
        self.decrypting_key()?
            .decrypt(text, DecryptionContext::Iv128(FixedLength::from(self.iv)))
            .map_err(|_| cipher_failed())?;
        unpadded_len(text)
    }

    /// Encrypts everything that `reader` yields into `writer`, holding at most 64 KiB.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] with the error of the reader or the writer as its source.
    pub fn encrypt_stream(&self, reader: impl Read, mut writer: impl Write) -> Result<Streamed> {
        let mut cipher = self.piece_cipher()?;
        let mut chunks = Chunks::new(reader);
        let mut sealed = Vec::with_capacity(CHUNK_BYTES + BLOCK_BYTES);
        let mut count = Streamed {
            read: 0,
            written: 0,
        };
        let mut is_last = false;
        while !is_last {
            is_last = chunks.fill()?;
            let text = chunks.text();
            count.read += text.len() as u64;
            sealed.clear();
            cipher.update(text, &mut sealed)?;
            writer.write_all(&sealed).map_err(io_failed)?;
            count.written += sealed.len() as u64;
        }
        sealed.clear();
        cipher.finish(&mut sealed)?;
        writer.write_all(&sealed).map_err(io_failed)?;
        count.written += sealed.len() as u64;
        Ok(count)
    }

    /// Encrypts a text that comes in pieces, from the session's IV.
    ///
    /// # Errors
    /// [`ErrorKind::Module`].
    pub fn piece_cipher(&self) -> Result<PieceCipher> {
        Ok(PieceCipher {
            key: self.encrypting_key()?,
            chain: self.iv,
            rest: Zeroizing::new(Vec::with_capacity(BLOCK_BYTES)),
        })
    }

    /// Decrypts everything that `reader` yields into `writer`, holding at most 64 KiB.
    ///
    /// What was written before an error is not authentic: throw it away.
    ///
    /// # Errors
    /// [`ErrorKind::Io`], [`ErrorKind::CiphertextLength`] and [`ErrorKind::Padding`].
    pub fn decrypt_stream(&self, reader: impl Read, mut writer: impl Write) -> Result<Streamed> {
        let key = self.decrypting_key()?;
        let mut chain = self.iv;
        let mut chunks = Chunks::new(reader);
        let mut count = Streamed {
            read: 0,
            written: 0,
        };
        // The last block holds the padding, so one decrypted block waits for the end of the input.
        let mut held: Option<Zeroizing<[u8; BLOCK_BYTES]>> = None;
        loop {
            let last = chunks.fill()?;
            let text = chunks.text();
            count.read += text.len() as u64;
            if !text.len().is_multiple_of(BLOCK_BYTES) {
                return Err(ErrorKind::CiphertextLength { bytes: count.read }.into());
            }
            if let Some(next) = text.last_chunk::<BLOCK_BYTES>().copied() {
                key.decrypt(text, DecryptionContext::Iv128(FixedLength::from(chain)))
                    .map_err(|_| cipher_failed())?;
                chain = next;
                let ready = text.len() - BLOCK_BYTES;
                for piece in [
                    held.as_ref().map_or(&[][..], |block| &block[..]),
                    &text[..ready],
                ] {
                    writer.write_all(piece).map_err(io_failed)?;
                    count.written += piece.len() as u64;
                }
                held = text.last_chunk().copied().map(Zeroizing::new);
            }
            if last {
                let block = held.ok_or(Error::new(ErrorKind::CiphertextLength {
                    bytes: count.read,
                }))?;
                let rest = unpadded_len(&block[..])?;
                writer.write_all(&block[..rest]).map_err(io_failed)?;
                count.written += rest as u64;
                return Ok(count);
            }
        }
    }

    fn encrypting_key(&self) -> Result<EncryptingKey> {
        UnboundCipherKey::new(&AES_256, &self.key)
            .and_then(EncryptingKey::cbc)
            .map_err(|_| cipher_failed())
    }

    fn decrypting_key(&self) -> Result<DecryptingKey> {
        UnboundCipherKey::new(&AES_256, &self.key)
            .and_then(DecryptingKey::cbc)
            .map_err(|_| cipher_failed())
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(redacted)")
    }
}

/// Encrypts one text piece by piece, see [`SessionKey::piece_cipher`].
pub struct PieceCipher {
    key: EncryptingKey,
    chain: [u8; IV_BYTES],
    /// What does not fill a block yet.
    rest: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for PieceCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PieceCipher(redacted)")
    }
}

impl PieceCipher {
    /// Appends to `sealed` what the next piece encrypts to, as far as whole blocks go.
    ///
    /// # Errors
    /// [`ErrorKind::Module`].
    pub fn update(&mut self, piece: &[u8], sealed: &mut Vec<u8>) -> Result<()> {
        let start = sealed.len();
        sealed.extend_from_slice(&self.rest);
        sealed.extend_from_slice(piece);
        let rest = (sealed.len() - start) % BLOCK_BYTES;
        let whole = sealed.len() - rest;
        self.rest.clear();
        self.rest
            .extend_from_slice(sealed.get(whole..).unwrap_or_default());
        sealed.truncate(whole);
        self.encrypt(sealed.get_mut(start..).unwrap_or_default())
    }

    /// Appends the end of the text to `sealed`: the padding, and what it completes.
    ///
    /// # Errors
    /// [`ErrorKind::Module`].
    pub fn finish(mut self, sealed: &mut Vec<u8>) -> Result<()> {
        let start = sealed.len();
        pad(&mut self.rest);
        sealed.extend_from_slice(&self.rest);
        self.encrypt(sealed.get_mut(start..).unwrap_or_default())
    }

    fn encrypt(&mut self, blocks: &mut [u8]) -> Result<()> {
        if blocks.is_empty() {
            return Ok(());
        }
        let context = EncryptionContext::Iv128(FixedLength::from(self.chain));
        self.key
            .less_safe_encrypt(blocks, context)
            .map_err(|_| cipher_failed())?;
        if let Some(block) = blocks.last_chunk() {
            self.chain = *block;
        }
        Ok(())
    }
}

/// Reads full chunks of [`CHUNK_BYTES`]; only the last one may be shorter.
struct Chunks<R> {
    reader: R,
    text: Zeroizing<Vec<u8>>,
}

impl<R: Read> Chunks<R> {
    fn new(reader: R) -> Self {
        // One block of room, so that padding never reallocates.
        Self {
            reader,
            text: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + BLOCK_BYTES)),
        }
    }

    /// Reads the next chunk; true when it is the last one.
    fn fill(&mut self) -> Result<bool> {
        self.text.clear();
        self.reader
            .by_ref()
            .take(CHUNK_BYTES as u64)
            .read_to_end(&mut self.text)
            .map_err(io_failed)?;
        Ok(self.text.len() < CHUNK_BYTES)
    }

    fn text(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }
}

/// Appends PKCS#7 padding: n bytes of value n, 1 ≤ n ≤ 16.
fn pad(text: &mut Vec<u8>) {
    let missing = BLOCK_BYTES - text.len() % BLOCK_BYTES;
    let value = u8::try_from(missing).unwrap_or(16);
    text.resize(text.len() + missing, value);
}

/// Length without PKCS#7 padding. All sixteen candidates are looked at, whatever the value.
fn unpadded_len(text: &[u8]) -> Result<usize> {
    let block: &[u8; BLOCK_BYTES] = text.last_chunk().ok_or(ErrorKind::Padding)?;
    let value = block[BLOCK_BYTES - 1];
    let count = usize::from(value);
    let mut wrong = u8::from(count == 0 || count > BLOCK_BYTES);
    for (index, byte) in block.iter().rev().enumerate() {
        wrong |= u8::from(index < count) & u8::from(*byte != value);
    }
    if wrong == 0 {
        Ok(text.len() - count)
    } else {
        Err(ErrorKind::Padding.into())
    }
}

fn io_failed(error: io::Error) -> Error {
    Error::with_source(ErrorKind::Io, error)
}

/// A correct key and whole blocks are refused only by a module that is broken.
fn cipher_failed() -> Error {
    ErrorKind::Module.into()
}

/// Read size of the streaming forms, in bytes: a whole number of blocks.
const CHUNK_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests;
