//! Reading a valid access token: alone, by two threads of one context, by two threads over many contexts.
//!
//! Each iteration reads [`READS`] times, so that the time of one read is the figure divided by that; divan's
//! throughput column shows it directly. The allocation profiler must show none.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up must stop"
)]

use std::hint::black_box;
use std::sync::{Arc, LazyLock};

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use jiff::{SignedDuration, Timestamp};
use ksef_core::clock::{Clock, SystemClock};
use ksef_core::context::ContextIdentifier;
use ksef_core::secret::SecretText;
use ksef_sdk::Error;
use ksef_sdk::api::ops::auth::BearerToken;
use ksef_sdk::tokens::{
    Authenticator, BoxFuture, IssuedTokens, NoTokenStore, RefreshedToken, StoredTokens,
    TokenProvider,
};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Never asked: all tokens are seeded.
#[derive(Debug)]
struct Nobody;

impl Authenticator for Nobody {
    fn name(&self) -> String {
        "nobody".into()
    }

    fn login<'a>(
        &'a self,
        _context: &'a ContextIdentifier,
    ) -> BoxFuture<'a, Result<IssuedTokens, Error>> {
        Box::pin(std::future::pending())
    }

    fn refresh<'a>(
        &'a self,
        _refresh: &'a BearerToken,
    ) -> BoxFuture<'a, Result<RefreshedToken, Error>> {
        Box::pin(std::future::pending())
    }
}

const READS: u32 = 1_000;
const CONTEXTS: u32 = 64;

fn contexts() -> Vec<ContextIdentifier> {
    (0..CONTEXTS)
        .map(|number| ContextIdentifier::parse(&format!("Nip:52658776{:02}", number + 10)).unwrap())
        .collect()
}

fn warm() -> (TokenProvider, Vec<ContextIdentifier>) {
    let provider = TokenProvider::new(Arc::new(Nobody), Arc::new(NoTokenStore), None);
    let now: Timestamp = SystemClock.now();
    let contexts = contexts();
    for context in &contexts {
        let access = BearerToken {
            token: SecretText::new("header.payload.signature"),
            valid_until: now + SignedDuration::from_hours(1),
        };
        provider.seed(context, StoredTokens::new(Some(access), None));
    }
    (provider, contexts)
}

static WARM: LazyLock<(TokenProvider, Vec<ContextIdentifier>)> = LazyLock::new(warm);

#[divan::bench(threads = [1, 2])]
fn one_context(bencher: Bencher<'_, '_>) {
    let (provider, contexts) = &*WARM;
    let context = contexts[7];
    bencher.counter(ItemsCount::new(READS)).bench(|| {
        for _ in 0..READS {
            let bearer = provider.cached(black_box(&context)).unwrap();
            black_box(bearer.expose());
        }
    });
}

#[divan::bench(threads = [1, 2])]
fn many_contexts(bencher: Bencher<'_, '_>) {
    let (provider, contexts) = &*WARM;
    bencher.counter(ItemsCount::new(READS)).bench(|| {
        for number in 0..READS as usize {
            let context = &contexts[number % contexts.len()];
            let bearer = provider.cached(black_box(context)).unwrap();
            black_box(bearer.expose());
        }
    });
}

/// What a call does: it takes the header, ready-made.
#[divan::bench(threads = [1, 2])]
fn header(bencher: Bencher<'_, '_>) {
    let (provider, contexts) = &*WARM;
    let context = contexts[7];
    bencher.counter(ItemsCount::new(READS)).bench(|| {
        for _ in 0..READS {
            black_box(provider.cached(black_box(&context)).unwrap().header());
        }
    });
}
