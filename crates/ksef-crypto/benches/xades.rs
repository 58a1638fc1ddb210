//! Signing and verifying an AuthTokenRequest.
//!
//! On a shared machine the figures are noisy: run it several times and take the fastest.

use divan::Bencher;
use jiff::Timestamp;
use ksef_core::nip::Nip;
use ksef_crypto::certificate::{Identity, KeyKind};
use ksef_crypto::self_signed::{Validity, company_seal};
use ksef_crypto::xades::{VerifyOptions, sign_enveloped, verify};

const REQUEST: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
    <AuthTokenRequest xmlns=\"http://ksef.mf.gov.pl/auth/token/2.0\">\n\
    <Challenge>20250626-CR-20C8FD8000-8CD5E4CCDD-3B</Challenge>\n\
    <ContextIdentifier><Nip>5265877635</Nip></ContextIdentifier>\n\
    <SubjectIdentifierType>certificateSubject</SubjectIdentifierType>\n</AuthTokenRequest>\n";

const KINDS: [KeyKind; 3] = [KeyKind::EcP256, KeyKind::EcP384, KeyKind::Rsa2048];

fn main() {
    divan::main();
}

fn seal(kind: KeyKind) -> (Identity, Timestamp) {
    let now = Timestamp::from_second(1_795_248_000).unwrap_or_default();
    let made = Nip::parse("5265877635")
        .ok()
        .and_then(|nip| company_seal("Bench", &nip, kind, Validity::days(now, 365)).ok());
    let Some(identity) = made else {
        unreachable!("the values are right")
    };
    (identity, now)
}

#[divan::bench(args = KINDS)]
fn sign(bencher: Bencher<'_, '_>, kind: KeyKind) {
    let (identity, now) = seal(kind);
    bencher.bench_local(|| sign_enveloped(REQUEST.as_bytes(), &identity, now));
}

#[divan::bench(args = KINDS)]
fn check(bencher: Bencher<'_, '_>, kind: KeyKind) {
    let (identity, now) = seal(kind);
    let signed = sign_enveloped(REQUEST.as_bytes(), &identity, now).unwrap_or_default();
    let options = VerifyOptions::default();
    bencher.bench_local(|| verify(&signed, &options));
}
