//! What a seed determines: bytes, and RSA keys made of them. For servers in tests that have to come out the same twice.
//!
//! Whoever knows the seed knows every byte and every key: nothing here protects anything. Keys that do come from
//! [`PrivateKey::generate`](crate::certificate::PrivateKey::generate) and
//! [`rsa_oaep::PrivateKey::generate`](crate::rsa_oaep::PrivateKey::generate).

use std::fmt;

use aws_lc_rs::hmac;
use num_bigint::BigUint;

use crate::error::{ErrorKind, Result};
use crate::rsa_oaep::Bits;

/// Bytes without end that look random and are always the same for the same seed and purpose: HMAC-SHA-256 over a
/// counter.
#[derive(Clone)]
pub struct Stream {
    key: hmac::Key,
    block: u64,
    left: Vec<u8>,
}

impl Stream {
    /// The stream of a seed for one purpose. Streams of different purposes have nothing in common.
    #[must_use]
    pub fn new(seed: &[u8], purpose: &str) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, seed);
        let key = hmac::sign(&root, purpose.as_bytes());
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()),
            block: 0,
            left: Vec::new(),
        }
    }

    /// Fills `bytes` with what comes next.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.left.is_empty() {
                let block = hmac::sign(&self.key, &self.block.to_be_bytes());
                self.left = block.as_ref().iter().rev().copied().collect();
                self.block = self.block.wrapping_add(1);
            }
            *byte = self.left.pop().unwrap_or_default();
        }
    }

    /// The next `N` bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    fn number(&mut self, bytes: usize) -> BigUint {
        let mut digits = vec![0; bytes];
        self.fill(&mut digits);
        BigUint::from_bytes_be(&digits)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream(redacted)")
    }
}

/// The next RSA key of a stream, as unencrypted DER PKCS#8.
///
/// # Errors
/// [`ErrorKind::MalformedKey`] when no key comes of it, which does not happen.
pub fn rsa_pkcs8(stream: &mut Stream, bits: Bits) -> Result<Vec<u8>> {
    let prime_bytes = match bits {
        Bits::Rsa2048 => 128,
        Bits::Rsa3072 => 192,
        Bits::Rsa4096 => 256,
    };
    let small_primes = small_primes();
    let one = BigUint::from(1_u8);
    let exponent = BigUint::from(PUBLIC_EXPONENT);
    let (mut p, mut q) = (
        prime(stream, prime_bytes, &small_primes),
        prime(stream, prime_bytes, &small_primes),
    );
    while p == q {
        q = prime(stream, prime_bytes, &small_primes);
    }
    if p < q {
        std::mem::swap(&mut p, &mut q);
    }
    let (before_p, before_q) = (&p - &one, &q - &one);
    let none = || ErrorKind::MalformedKey;
    let d = exponent.modinv(&(&before_p * &before_q)).ok_or_else(none)?;
    let coefficient = q.modinv(&p).ok_or_else(none)?;
    let key = der::sequence(&[
        der::integer(&BigUint::ZERO),
        der::integer(&(&p * &q)),
        der::integer(&exponent),
        der::integer(&d),
        der::integer(&p),
        der::integer(&q),
        der::integer(&(&d % &before_p)),
        der::integer(&(&d % &before_q)),
        der::integer(&coefficient),
    ]);
    Ok(der::sequence(&[
        der::integer(&BigUint::ZERO),
        RSA_ENCRYPTION.to_vec(),
        der::octets(&key),
    ]))
}

/// A prime of so many bytes whose two highest bits are set, so that the product of two has exactly twice as many.
fn prime(stream: &mut Stream, bytes: usize, small_primes: &[u32]) -> BigUint {
    loop {
        let mut candidate = stream.number(bytes);
        let highest = u64::try_from(bytes).unwrap_or_default() * 8 - 1;
        candidate.set_bit(highest, true);
        candidate.set_bit(highest - 1, true);
        candidate.set_bit(0, true);
        let is_suitable = small_primes
            .iter()
            .all(|prime| &candidate % *prime != BigUint::ZERO)
            && &candidate % PUBLIC_EXPONENT != BigUint::from(1_u8);
        if is_suitable && is_probably_prime(stream, &candidate, bytes) {
            return candidate;
        }
    }
}

/// Miller and Rabin's test with bases from the stream; a composite of this size passes with a probability below 2⁻¹⁰⁰.
fn is_probably_prime(stream: &mut Stream, candidate: &BigUint, bytes: usize) -> bool {
    let one = BigUint::from(1_u8);
    let before = candidate - &one;
    let twos = before.trailing_zeros().unwrap_or_default();
    let odd = &before >> twos;
    (0..ROUNDS).all(|_| {
        let base = stream.number(bytes) % candidate;
        let mut power = base.modpow(&odd, candidate);
        if power <= one || power == before {
            // A base of 0 or 1 proves nothing, and comes up once in 2¹⁰²³.
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % candidate;
            power == before
        })
    })
}

/// Odd primes below [`SIEVE_END`].
fn small_primes() -> Vec<u32> {
    let mut primes: Vec<u32> = Vec::new();
    for number in (3..SIEVE_END).step_by(2) {
        let is_prime = primes
            .iter()
            .take_while(|prime| *prime * *prime <= number)
            .all(|prime| number % prime != 0);
        if is_prime {
            primes.push(number);
        }
    }
    primes
}

/// The few forms of DER that a key needs.
mod der {
    use num_bigint::BigUint;

    pub(super) fn integer(number: &BigUint) -> Vec<u8> {
        let mut digits = number.to_bytes_be();
        if digits.first().is_some_and(|first| first & 0x80 != 0) {
            digits.insert(0, 0);
        }
        tagged(0x02, &digits)
    }

    pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
        tagged(0x04, bytes)
    }

    pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
        tagged(0x30, &parts.concat())
    }

    fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        match u8::try_from(content.len()) {
            Ok(short) if short < 0x80 => out.push(short),
            _ => {
                let length = content.len().to_be_bytes();
                let digits: Vec<u8> = length.into_iter().skip_while(|digit| *digit == 0).collect();
                out.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
                out.extend(digits);
            }
        }
        out.extend_from_slice(content);
        out
    }
}

const PUBLIC_EXPONENT: u32 = 65_537;
const ROUNDS: usize = 8;
const SIEVE_END: u32 = 4_000;
/// `AlgorithmIdentifier` of RSA keys: 1.2.840.113549.1.1.1 and NULL.
const RSA_ENCRYPTION: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::PrivateKey;
    use crate::rsa_oaep;

    #[test]
    fn a_stream_is_its_seed_and_its_purpose() {
        let first = |seed: &[u8], purpose| Stream::new(seed, purpose).bytes::<40>();
        assert_eq!(first(b"7", "a"), first(b"7", "a"));
        assert_ne!(first(b"7", "a"), first(b"8", "a"));
        assert_ne!(first(b"7", "a"), first(b"7", "b"));
        let mut stream = Stream::new(b"7", "a");
        let (head, tail): ([u8; 3], [u8; 37]) = (stream.bytes(), stream.bytes());
        assert_eq!([&head[..], &tail[..]].concat(), first(b"7", "a"));
    }

    #[test]
    fn keys_are_sound_and_come_again() {
        let mut stream = Stream::new(b"7", "keys");
        let (one, other) = (
            rsa_pkcs8(&mut stream, Bits::Rsa2048).unwrap(),
            rsa_pkcs8(&mut stream, Bits::Rsa2048).unwrap(),
        );
        assert_ne!(one, other);
        let again = rsa_pkcs8(&mut Stream::new(b"7", "keys"), Bits::Rsa2048).unwrap();
        assert_eq!(one, again);
        // Reading checks that the numbers of a key belong together.
        let unwrapping = rsa_oaep::PrivateKey::from_pkcs8(&one).unwrap();
        let wrapped = unwrapping.public_key().unwrap().wrap(b"some key").unwrap();
        assert_eq!(unwrapping.unwrap(&wrapped).unwrap().as_slice(), b"some key");
        let signing = PrivateKey::from_der(&one).unwrap();
        let (first, second) = (signing.sign(b"x").unwrap(), signing.sign(b"x").unwrap());
        assert_eq!(first, second);
    }

    #[test]
    fn numbers_are_told_from_primes() {
        let mut stream = Stream::new(b"7", "primes");
        for (number, expected) in [
            (1_000_003_u64, true),
            (1_000_005, false),
            (2_147_483_647, true),
            // Passes Fermat's test, but not this one.
            (825_265, false),
            (1_000_003 * 1_000_033, false),
        ] {
            let number = BigUint::from(number);
            assert_eq!(
                is_probably_prime(&mut stream, &number, 8),
                expected,
                "{number}"
            );
        }
    }
}
