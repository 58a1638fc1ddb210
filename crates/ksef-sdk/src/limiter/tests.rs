use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use ksef_api::operation::{RateLimit, auth, limits, sessions, tokens};
use ksef_core::clock::Clock;
use proptest::prelude::*;
use tokio::time::Instant;

use super::*;

/// A clock that goes with the time of the runtime, which the tests pause.
#[derive(Debug)]
struct RuntimeClock {
    start: Instant,
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.start.elapsed()).unwrap();
        Timestamp::from_second(1_800_000_000).unwrap() + passed
    }
}

/// Keeps records in memory; fails when it is told to.
#[derive(Debug, Default)]
struct MemoryStore {
    records: Mutex<HashMap<ContextIdentifier, LimitRecord>>,
    fails: bool,
}

impl LimitStore for MemoryStore {
    fn update(
        &self,
        context: &ContextIdentifier,
        change: &mut dyn FnMut(&mut LimitRecord),
    ) -> io::Result<()> {
        if self.fails {
            return Err(io::Error::other("the disk is full"));
        }
        change(self.records.lock().unwrap().entry(*context).or_default());
        Ok(())
    }
}

fn limiter(options: LimiterOptions) -> Arc<Limiter> {
    let start = Instant::now();
    Arc::new(Limiter::new(options, Arc::new(RuntimeClock { start })))
}

fn context(number: usize) -> ContextIdentifier {
    let nips = ["5265877635", "7762811692", "1234563218"];
    ContextIdentifier::parse(nips[number]).unwrap()
}

fn limits_of(other: RateLimit, global: RateLimit) -> RateLimits {
    let mut limits = RateLimits::from_groups(|_| other);
    limits.global = Some(global.into());
    limits
}

/// Makes these limits known for a context.
async fn teach(limiter: &Arc<Limiter>, context: &ContextIdentifier, limits: RateLimits) {
    let ask = || async move { Some(limits) };
    limiter.learn(&tokens::LIST, Some(context), ask).await;
}

const ONE_A_SECOND: RateLimit = RateLimit {
    per_second: Some(1),
    per_minute: None,
    per_hour: None,
};

#[tokio::test(start_paused = true)]
async fn calls_wait_instead_of_exceeding_the_limit() {
    let (limiter, began) = (limiter(LimiterOptions::new()), Instant::now());
    let who = context(0);
    for _ in 0..30 {
        limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    }
    // Ten in a second, thirty in a minute: production, as long as the server has said nothing.
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    assert!(
        began.elapsed() >= Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    let after = Instant::now();
    limiter.admit(&tokens::STATUS, Some(&who)).await.unwrap();
    limiter.admit(&sessions::LIST, Some(&who)).await.unwrap();
    limiter
        .admit(&tokens::LIST, Some(&context(1)))
        .await
        .unwrap();
    assert_eq!(
        after.elapsed(),
        Duration::ZERO,
        "other operations, groups and contexts"
    );
}

#[tokio::test(start_paused = true)]
async fn the_limits_are_asked_for_once_and_then_hold() {
    let limiter = limiter(LimiterOptions::new());
    let (who, asked) = (context(0), Arc::new(AtomicUsize::new(0)));
    let learn = |limiter: Arc<Limiter>| {
        let asked = Arc::clone(&asked);
        async move {
            let ask = || async move {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some(limits_of(RateLimit::OFF, RateLimit::OFF))
            };
            limiter.learn(&tokens::LIST, Some(&who), ask).await;
        }
    };
    let began = Instant::now();
    let together = (0..5).map(|_| tokio::spawn(learn(Arc::clone(&limiter))));
    for one in together.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(
        began.elapsed(),
        Duration::from_millis(100),
        "everybody waited for the answer"
    );
    for _ in 0..1_000 {
        limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    }
    assert_eq!(
        began.elapsed(),
        Duration::from_millis(100),
        "there are no limits"
    );
    tokio::time::sleep(Duration::from_secs(3_601)).await;
    let again = Instant::now();
    learn(Arc::clone(&limiter)).await;
    assert_eq!(
        again.elapsed(),
        Duration::ZERO,
        "old limits hold until there are new ones"
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

/// Learns the limits of the first context for a call of this operation, counting who asks; the answer is none, or a bug.
async fn ask_in_vain(
    limiter: &Arc<Limiter>,
    operation: &'static Operation,
    asked: &AtomicUsize,
    panics: bool,
) {
    let ask = || {
        asked.fetch_add(1, Ordering::SeqCst);
        async move {
            assert!(!panics, "a bug");
            None
        }
    };
    limiter.learn(operation, Some(&context(0)), ask).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_tell_is_not_asked_at_every_call() {
    let (limiter, asked) = (limiter(LimiterOptions::new()), AtomicUsize::new(0));
    for _ in 0..3 {
        ask_in_vain(&limiter, &tokens::LIST, &asked, false).await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    tokio::time::sleep(Duration::from_secs(61)).await;
    let began = Instant::now();
    ask_in_vain(&limiter, &tokens::LIST, &asked, true).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(
        began.elapsed(),
        Duration::ZERO,
        "nobody waits for an answer that never comes"
    );
    tokio::time::sleep(Duration::from_secs(61)).await;
    ask_in_vain(&limiter, &auth::REDEEM, &asked, false).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2, "signing in has no context");
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_in_full_by_everybody() {
    let limiter = limiter(LimiterOptions::new());
    let who = context(0);
    let wait = Duration::from_secs(2_680);
    limiter.refused(&tokens::LIST, Some(&who), Some(wait));
    let began = Instant::now();
    limiter.admit(&tokens::STATUS, Some(&who)).await.unwrap();
    limiter
        .admit(&tokens::LIST, Some(&context(1)))
        .await
        .unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO);
    limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    assert!(began.elapsed() >= wait, "{:?}", began.elapsed());
    limiter.refused(&tokens::LIST, Some(&who), None);
    let began = Instant::now();
    limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1), "never at once");
}

#[tokio::test(start_paused = true)]
async fn calls_leave_in_the_order_in_which_they_came() {
    let limiter = limiter(LimiterOptions::new());
    let who = context(0);
    teach(&limiter, &who, limits_of(ONE_A_SECOND, RateLimit::OFF)).await;
    let left = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = Vec::new();
    for number in 0..20 {
        let (limiter, left) = (Arc::clone(&limiter), Arc::clone(&left));
        waiting.push(tokio::spawn(async move {
            limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
            left.lock().unwrap().push(number);
        }));
        tokio::task::yield_now().await;
    }
    for call in waiting {
        call.await.unwrap();
    }
    assert_eq!(*left.lock().unwrap(), (0..20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_gives_the_place_to_the_next() {
    let limiter = limiter(LimiterOptions::new());
    let who = context(0);
    teach(&limiter, &who, limits_of(ONE_A_SECOND, RateLimit::OFF)).await;
    limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    let call = || {
        let limiter = Arc::clone(&limiter);
        tokio::spawn(async move { limiter.admit(&tokens::LIST, Some(&who)).await })
    };
    let began = Instant::now();
    let abandoned: Vec<_> = (0..10).map(|_| call()).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let patient = call();
    tokio::time::sleep(Duration::from_millis(100)).await;
    for call in abandoned {
        call.abort();
    }
    patient.await.unwrap().unwrap();
    let waited = began.elapsed();
    assert!(waited < Duration::from_millis(1_200), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_all_requests_is_shared_and_nobody_starves() {
    let limiter = limiter(LimiterOptions::new());
    let who = context(0);
    let global = RateLimit {
        per_second: Some(2),
        ..RateLimit::OFF
    };
    teach(&limiter, &who, limits_of(RateLimit::OFF, global)).await;
    let left = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = Vec::new();
    let began = Instant::now();
    for number in 0..12 {
        let operation = [&tokens::LIST, &tokens::STATUS, &sessions::LIST][number % 3];
        let (limiter, left) = (Arc::clone(&limiter), Arc::clone(&left));
        waiting.push(tokio::spawn(async move {
            limiter.admit(operation, Some(&who)).await.unwrap();
            left.lock().unwrap().push((number, began.elapsed()));
        }));
        tokio::task::yield_now().await;
    }
    for call in waiting {
        call.await.unwrap();
    }
    let left = left.lock().unwrap();
    for pair in left.windows(3) {
        assert!(pair[2].1 - pair[0].1 >= Duration::from_secs(1), "{left:?}");
    }
    for (place, (number, _)) in left.iter().enumerate() {
        assert!(number.abs_diff(place) <= 2, "{left:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(8), "no time is lost");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_is_refused_and_counts_for_nothing() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let options = LimiterOptions::new()
        .with_wait_max(Duration::from_secs(90))
        .with_notice(move |wait| heard.lock().unwrap().push((wait.operation.id, wait.wait)));
    let limiter = limiter(options);
    let who = context(0);
    limiter.refused(&tokens::LIST, Some(&who), Some(Duration::from_secs(40)));
    let began = Instant::now();
    limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    assert_eq!(
        *told.lock().unwrap(),
        [("tokens.list", Duration::from_secs(40))]
    );
    limiter.refused(&tokens::LIST, Some(&who), Some(Duration::from_secs(91)));
    let waited = began.elapsed();
    let error = limiter.admit(&tokens::LIST, Some(&who)).await.unwrap_err();
    assert_eq!(began.elapsed(), waited, "at once");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(91)));
    assert!(matches!(error.kind(), ErrorKind::Throttled { .. }));
    assert!(error.is_certainly_not_done());
    assert_eq!(told.lock().unwrap().len(), 1, "nobody waits");
}

#[tokio::test(start_paused = true)]
async fn a_store_carries_over_and_is_shared() {
    let store: Arc<dyn LimitStore> = Arc::new(MemoryStore::default());
    let options = || LimiterOptions::new().with_store(Arc::clone(&store));
    let who = context(0);
    let start = Instant::now();
    let clock: SharedClock = Arc::new(RuntimeClock { start });
    let first = Arc::new(Limiter::new(options(), Arc::clone(&clock)));
    let second = Arc::new(Limiter::new(options(), clock));
    let limit = RateLimit {
        per_minute: Some(4),
        ..RateLimit::OFF
    };
    teach(&first, &who, limits_of(limit, RateLimit::OFF)).await;
    let asked = AtomicUsize::new(0);
    ask_in_vain(&second, &tokens::LIST, &asked, true).await;
    assert_eq!(
        asked.load(Ordering::SeqCst),
        0,
        "the store knows the limits"
    );
    for one in [&first, &second, &first, &second] {
        one.admit(&tokens::LIST, Some(&who)).await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    second.admit(&tokens::LIST, Some(&who)).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(60));
    first.forget_limits(Some(&who));
    let began = Instant::now();
    second.admit(&tokens::LIST, Some(&who)).await.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO, "changed limits count anew");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_stops_nothing() {
    let store = MemoryStore {
        fails: true,
        ..MemoryStore::default()
    };
    let limiter = limiter(LimiterOptions::new().with_store(Arc::new(store)));
    let who = context(0);
    teach(&limiter, &who, limits_of(ONE_A_SECOND, RateLimit::OFF)).await;
    let began = Instant::now();
    for _ in 0..3 {
        limiter.admit(&tokens::LIST, Some(&who)).await.unwrap();
    }
    assert!(began.elapsed() >= Duration::from_secs(2), "it still counts");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_stands_still_keeps_nobody_for_ever() {
    let clock = ksef_core::clock::ManualClock::new(Timestamp::UNIX_EPOCH);
    let limiter = Arc::new(Limiter::new(LimiterOptions::new(), Arc::new(clock)));
    let who = context(0);
    teach(&limiter, &who, limits_of(ONE_A_SECOND, RateLimit::OFF)).await;
    let began = Instant::now();
    for _ in 0..5 {
        limiter.admit(&limits::CONTEXT, Some(&who)).await.unwrap();
    }
    let waited = began.elapsed();
    assert!((4..6).contains(&waited.as_secs()), "{waited:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is asked, dropped and refused: never more than the limit in any window, and everybody who stays leaves.
    #[test]
    fn never_more_than_the_limit_and_nobody_starves(
        second in 1_u32..4,
        minute in 2_u32..12,
        global in prop_oneof![Just(None), (1_u32..4).prop_map(Some)],
        calls in proptest::collection::vec((0_u64..3_000, 0_usize..3, 0_usize..2, any::<bool>()), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let left = runtime.block_on(async {
            let limiter = limiter(LimiterOptions::new());
            let limit = RateLimit { per_second: Some(second), per_minute: Some(minute), per_hour: None };
            let all = RateLimit { per_second: global, ..RateLimit::OFF };
            for number in 0..2 {
                teach(&limiter, &context(number), limits_of(limit, all)).await;
            }
            let began = Instant::now();
            let left = Arc::new(Mutex::new(Vec::new()));
            let mut staying = Vec::new();
            for (pause, operation, who, stays) in calls {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                let operation = [&tokens::LIST, &tokens::STATUS, &sessions::LIST][operation];
                let (limiter, left) = (Arc::clone(&limiter), Arc::clone(&left));
                let call = tokio::spawn(async move {
                    limiter.admit(operation, Some(&context(who))).await.unwrap();
                    left.lock().unwrap().push((who, operation.id, began.elapsed()));
                });
                if stays {
                    staying.push(call);
                } else {
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(1_500)).await;
                        call.abort();
                    });
                }
            }
            for call in staying {
                // An hour is more than forty calls can ever have to wait.
                tokio::time::timeout(Duration::from_secs(3_600), call).await.unwrap().unwrap();
            }
            Arc::try_unwrap(left).map_or_else(|left| left.lock().unwrap().clone(), |left| left.into_inner().unwrap())
        });
        let holds = |times: &[Duration], allowed: u32, window: Duration| {
            let allowed = usize::try_from(allowed).unwrap();
            times.windows(allowed + 1).all(|pair| pair[allowed] - pair[0] >= window)
        };
        for who in 0..2 {
            for operation in ["tokens.list", "tokens.status", "sessions.list"] {
                let times: Vec<_> = left
                    .iter()
                    .filter(|(context, id, _)| *context == who && *id == operation)
                    .map(|(_, _, at)| *at)
                    .collect();
                prop_assert!(holds(&times, second, Duration::from_secs(1)), "{:?}", times);
                prop_assert!(holds(&times, minute, Duration::from_secs(60)), "{:?}", times);
            }
            if let Some(global) = global {
                let times: Vec<_> = left
                    .iter()
                    .filter(|(context, _, _)| *context == who)
                    .map(|(_, _, at)| *at)
                    .collect();
                prop_assert!(holds(&times, global, Duration::from_secs(1)), "{:?}", times);
            }
        }
    }
}
