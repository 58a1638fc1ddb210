use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use ksef_core::clock::{Clock, ManualClock};
use ksef_core::secret::SecretText;
use tokio::sync::Semaphore;

use super::*;
use crate::error::ErrorKind;

/// Issues `login-N` and `refresh-N`; each waits for a permit.
#[derive(Debug)]
struct Issuer {
    clock: Arc<ManualClock>,
    logins: AtomicUsize,
    refreshes: AtomicUsize,
    gate: Semaphore,
    slow: Option<ContextIdentifier>,
    abandoned: AtomicUsize,
    refresh_error: Mutex<Option<ErrorKind>>,
    login_error: Mutex<Option<ErrorKind>>,
}

impl Issuer {
    fn new(clock: &Arc<ManualClock>) -> Self {
        Self {
            clock: Arc::clone(clock),
            logins: AtomicUsize::new(0),
            refreshes: AtomicUsize::new(0),
            abandoned: AtomicUsize::new(0),
            gate: Semaphore::new(1_000),
            slow: None,
            refresh_error: Mutex::default(),
            login_error: Mutex::default(),
        }
    }

    fn token(&self, text: String) -> BearerToken {
        let valid_until = self.clock.now() + SignedDuration::from_mins(15);
        BearerToken {
            token: SecretText::new(text),
            valid_until,
        }
    }

    fn counts(&self) -> (usize, usize) {
        (
            self.logins.load(Ordering::SeqCst),
            self.refreshes.load(Ordering::SeqCst),
        )
    }
}

impl Authenticator for Issuer {
    fn name(&self) -> String {
        "issuer".into()
    }

    fn login<'a>(
        &'a self,
        context: &'a ContextIdentifier,
    ) -> BoxFuture<'a, Result<IssuedTokens, Error>> {
        Box::pin(async move {
            let number = self.logins.fetch_add(1, Ordering::SeqCst);
            if self.slow == Some(*context) {
                std::future::pending::<()>().await;
            }
            self.gate.acquire().await.unwrap().forget();
            if let Some(kind) = self.login_error.lock().unwrap().clone() {
                return Err(Error::new(kind));
            }
            Ok(IssuedTokens {
                access: self.token(format!("login-{number}")),
                refresh: Some(self.token(format!("renewer-{number}"))),
                reference: None,
                server_time: Some(self.clock.now()),
            })
        })
    }

    fn refresh<'a>(
        &'a self,
        refresh: &'a BearerToken,
    ) -> BoxFuture<'a, Result<RefreshedToken, Error>> {
        Box::pin(async move {
            assert!(refresh.token.expose().starts_with("renewer-"));
            let number = self.refreshes.fetch_add(1, Ordering::SeqCst);
            self.gate.acquire().await.unwrap().forget();
            if let Some(kind) = self.refresh_error.lock().unwrap().clone() {
                return Err(Error::new(kind));
            }
            let access = self.token(format!("refresh-{number}"));
            Ok(RefreshedToken {
                access,
                server_time: None,
            })
        })
    }

    fn abandon<'a>(&'a self, _issued: &'a IssuedTokens) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            self.abandoned.fetch_add(1, Ordering::SeqCst);
        })
    }
}

/// Keeps tokens in memory and counts.
#[derive(Debug, Default)]
struct Memory {
    kept: Mutex<HashMap<TokenKey, StoredTokens>>,
}

impl TokenStore for Memory {
    fn load(&self, key: &TokenKey) -> std::io::Result<Option<StoredTokens>> {
        Ok(self.kept.lock().unwrap().get(key).cloned())
    }

    fn save(&self, key: &TokenKey, tokens: &StoredTokens) -> std::io::Result<()> {
        self.kept
            .lock()
            .unwrap()
            .insert(key.clone(), tokens.clone());
        Ok(())
    }

    fn forget(&self, key: &TokenKey) -> std::io::Result<()> {
        self.kept.lock().unwrap().remove(key);
        Ok(())
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new("2026-11-21T08:00:00Z".parse().unwrap()))
}

fn provider(issuer: &Arc<Issuer>, store: Arc<dyn TokenStore>) -> TokenProvider {
    let authenticator: Arc<dyn Authenticator> = Arc::clone(issuer) as _;
    let clock: SharedClock = Arc::clone(&issuer.clock) as _;
    TokenProvider::new(authenticator, store, Some(clock))
}

fn context(number: u8) -> ContextIdentifier {
    ContextIdentifier::parse(&format!("Nip:52658776{number:02}")).unwrap()
}

async fn settled(condition: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if condition() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never came");
}

#[tokio::test]
async fn a_token_is_fetched_once_and_renewed_in_the_background() {
    let issuer = Arc::new(Issuer::new(&clock()));
    let provider = provider(&issuer, Arc::new(NoTokenStore));
    let context = context(35);
    assert!(provider.cached(&context).is_none());
    assert_eq!(provider.bearer(&context).await.unwrap().expose(), "login-0");
    assert_eq!(provider.bearer(&context).await.unwrap().expose(), "login-0");

    issuer.clock.advance(SignedDuration::from_secs(719));
    assert_eq!(provider.bearer(&context).await.unwrap().expose(), "login-0");
    assert_eq!(issuer.counts(), (1, 0));
    issuer.clock.advance(SignedDuration::from_secs(1));
    for _ in 0..3 {
        assert_eq!(
            provider.cached(&context).unwrap().expose(),
            "login-0",
            "the old one works on"
        );
    }
    settled(|| provider.cached(&context).unwrap().expose() == "refresh-0").await;
    assert_eq!(issuer.counts(), (1, 1));

    issuer.clock.advance(SignedDuration::from_mins(15));
    assert!(provider.cached(&context).is_none(), "ended");
    assert_eq!(
        provider.bearer(&context).await.unwrap().expose(),
        "refresh-1"
    );
}

#[tokio::test]
async fn waiting_callers_share_one_login_and_its_error() {
    let issuer = Arc::new(Issuer::new(&clock()));
    issuer.gate.forget_permits(1_000);
    let provider = provider(&issuer, Arc::new(NoTokenStore));
    let ask = || {
        let provider = provider.clone();
        tokio::spawn(async move {
            let bearer = provider.bearer(&context(35)).await?;
            Ok::<_, Error>(bearer.expose().to_owned())
        })
    };
    let callers: Vec<_> = (0..50).map(|_| ask()).collect();
    settled(|| issuer.counts().0 == 1).await;
    issuer.gate.add_permits(1);
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), "login-0");
    }
    assert_eq!(issuer.counts(), (1, 0));

    issuer.clock.advance(SignedDuration::from_hours(1));
    *issuer.refresh_error.lock().unwrap() = Some(ErrorKind::Rejected);
    *issuer.login_error.lock().unwrap() = Some(ErrorKind::Forbidden);
    let callers: Vec<_> = (0..50).map(|_| ask()).collect();
    settled(|| issuer.counts().1 == 1).await;
    issuer.gate.add_permits(2);
    for caller in callers {
        assert_eq!(
            caller.await.unwrap().unwrap_err().kind(),
            &ErrorKind::Forbidden
        );
    }
    assert_eq!(issuer.counts(), (2, 1));
}

#[tokio::test]
async fn a_slow_context_stops_nobody_else() {
    let mut issuer = Issuer::new(&clock());
    issuer.slow = Some(context(99));
    let issuer = Arc::new(issuer);
    let provider = provider(&issuer, Arc::new(NoTokenStore));
    let stuck = {
        let provider = provider.clone();
        tokio::spawn(async move { provider.bearer(&context(99)).await.map(drop) })
    };
    settled(|| issuer.counts().0 == 1).await;
    for number in 10..40 {
        provider.bearer(&context(number)).await.unwrap();
    }
    assert!(!stuck.is_finished());
    stuck.abort();
}

#[tokio::test]
async fn a_caller_who_leaves_holds_nothing_up() {
    let issuer = Arc::new(Issuer::new(&clock()));
    issuer.gate.forget_permits(1_000);
    let provider = provider(&issuer, Arc::new(NoTokenStore));
    let context = context(35);
    let impatient = tokio::time::timeout(Duration::from_millis(20), provider.bearer(&context));
    assert!(impatient.await.is_err());
    issuer.gate.add_permits(1);
    assert_eq!(provider.bearer(&context).await.unwrap().expose(), "login-0");
    assert_eq!(
        issuer.counts(),
        (1, 0),
        "the abandoned login was the one that counted"
    );
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let issuer = Arc::new(Issuer::new(&clock()));
    let provider = provider(&issuer, Arc::new(NoTokenStore));
    let context = context(35);
    let first = provider.bearer(&context).await.unwrap();
    assert_eq!(
        provider
            .bearer_after(&context, &first)
            .await
            .unwrap()
            .expose(),
        "refresh-0"
    );
    assert_eq!(
        provider
            .bearer_after(&context, &first)
            .await
            .unwrap()
            .expose(),
        "refresh-0",
        "somebody else has replaced it already"
    );
    assert_eq!(issuer.counts(), (1, 1));

    let second = provider.bearer(&context).await.unwrap();
    *issuer.refresh_error.lock().unwrap() = Some(ErrorKind::Unauthorised);
    assert_eq!(
        provider
            .bearer_after(&context, &second)
            .await
            .unwrap()
            .expose(),
        "login-1"
    );

    let third = provider.bearer(&context).await.unwrap();
    *issuer.refresh_error.lock().unwrap() = Some(ErrorKind::Unreachable);
    let error = provider.bearer_after(&context, &third).await.unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::Unreachable,
        "a login would not get through either"
    );
}

#[tokio::test]
async fn a_failing_renewal_is_not_hammered_while_the_token_lives() {
    let issuer = Arc::new(Issuer::new(&clock()));
    let provider = provider(&issuer, Arc::new(NoTokenStore));
    let context = context(35);
    provider.bearer(&context).await.unwrap();
    *issuer.refresh_error.lock().unwrap() = Some(ErrorKind::Unreachable);
    issuer.clock.advance(SignedDuration::from_secs(730));
    for _ in 0..100 {
        assert_eq!(provider.cached(&context).unwrap().expose(), "login-0");
        tokio::task::yield_now().await;
    }
    assert_eq!(issuer.counts(), (1, 1));
    issuer.clock.advance(SignedDuration::from_secs(11));
    assert_eq!(provider.cached(&context).unwrap().expose(), "login-0");
    settled(|| issuer.counts() == (1, 2)).await;
}

#[tokio::test]
async fn tokens_outlive_the_process() {
    let clock = clock();
    let store = Arc::new(Memory::default());
    let context = context(35);
    let first = Arc::new(Issuer::new(&clock));
    provider(&first, Arc::clone(&store) as _)
        .bearer(&context)
        .await
        .unwrap();

    let second = Arc::new(Issuer::new(&clock));
    let again = provider(&second, Arc::clone(&store) as _);
    assert_eq!(again.bearer(&context).await.unwrap().expose(), "login-0");
    assert_eq!(second.counts(), (0, 0), "the access token was kept");

    clock.advance(SignedDuration::from_hours(1));
    let third = Arc::new(Issuer::new(&clock));
    let again = provider(&third, Arc::clone(&store) as _);
    assert_eq!(again.bearer(&context).await.unwrap().expose(), "refresh-0");
    assert_eq!(third.counts(), (0, 1), "the refresh token was kept");

    again.forget(&context);
    assert!(again.cached(&context).is_none() && store.kept.lock().unwrap().is_empty());
    let shown = format!("{store:?} {again:?} {:?}", again.slot(&context));
    assert!(
        !shown.contains("refresh-0") && !shown.contains("renewer"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_renewal_that_was_dropped_brings_nothing_back() {
    let issuer = Arc::new(Issuer::new(&clock()));
    issuer.gate.forget_permits(1_000);
    let store = Arc::new(Memory::default());
    let provider = provider(&issuer, Arc::clone(&store) as _);
    let context = context(35);
    let ask = || {
        let provider = provider.clone();
        tokio::spawn(async move {
            provider
                .bearer(&context)
                .await
                .map(|b| b.expose().to_owned())
        })
    };
    let early = ask();
    settled(|| issuer.counts().0 == 1).await;
    provider.forget(&context);
    // Who comes later does not wait for the login that is not wanted any more.
    let late = ask();
    settled(|| issuer.counts().0 == 2).await;
    issuer.gate.add_permits(1);
    let error = early.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Cancelled);
    assert!(provider.cached(&context).is_none() && store.kept.lock().unwrap().is_empty());
    issuer.gate.add_permits(1);
    assert_eq!(late.await.unwrap().unwrap(), "login-1");
    assert_eq!(issuer.abandoned.load(Ordering::SeqCst), 1);

    // A refresh in the background.
    issuer.clock.advance(SignedDuration::from_secs(730));
    assert!(provider.cached(&context).is_some());
    settled(|| issuer.counts().1 == 1).await;
    provider.forget(&context);
    issuer.gate.add_permits(1);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(provider.cached(&context).is_none() && store.kept.lock().unwrap().is_empty());

    // A seed during a renewal stays.
    let waiting = ask();
    settled(|| issuer.counts().0 == 3).await;
    let seed = StoredTokens::new(Some(issuer.token("seed".into())), None);
    provider.seed(&context, seed);
    issuer.gate.add_permits(1);
    assert_eq!(waiting.await.unwrap().unwrap(), "seed");
    assert_eq!(provider.cached(&context).unwrap().expose(), "seed");
}

/// A store that takes its time.
#[derive(Debug, Default)]
struct Slow(Memory);

impl TokenStore for Slow {
    fn load(&self, key: &TokenKey) -> std::io::Result<Option<StoredTokens>> {
        let tokens = self.0.load(key);
        std::thread::sleep(Duration::from_millis(100));
        tokens
    }

    fn save(&self, key: &TokenKey, tokens: &StoredTokens) -> std::io::Result<()> {
        std::thread::sleep(Duration::from_millis(100));
        self.0.save(key, tokens)
    }

    fn forget(&self, key: &TokenKey) -> std::io::Result<()> {
        self.0.forget(key)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_store_brings_nothing_back() {
    for is_kept in [true, false] {
        let issuer = Arc::new(Issuer::new(&clock()));
        let store = Arc::new(Slow::default());
        let provider = provider(&issuer, Arc::clone(&store) as _);
        let context = context(35);
        if is_kept {
            let key = TokenKey::new(context, "issuer");
            let tokens = StoredTokens::new(Some(issuer.token("kept".into())), None);
            store.0.save(&key, &tokens).unwrap();
        }
        let asking = {
            let provider = provider.clone();
            tokio::spawn(async move { provider.bearer(&context).await.map(drop) })
        };
        // In the middle of loading, or of saving.
        let pause = if is_kept { 50 } else { 150 };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        provider.forget(&context);
        let _ = asking.await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert!(provider.cached(&context).is_none(), "{is_kept}");
        assert!(store.0.kept.lock().unwrap().is_empty(), "{is_kept}");
    }
}

#[tokio::test]
async fn a_panicking_login_does_not_close_the_context() {
    #[derive(Debug)]
    struct Broken(AtomicUsize);
    impl Authenticator for Broken {
        fn name(&self) -> String {
            "broken".into()
        }
        fn login<'a>(
            &'a self,
            _context: &'a ContextIdentifier,
        ) -> BoxFuture<'a, Result<IssuedTokens, Error>> {
            Box::pin(async {
                if self.0.fetch_add(1, Ordering::SeqCst) == 0 {
                    panic!("once");
                }
                Err(Error::new(ErrorKind::Forbidden))
            })
        }
        fn refresh<'a>(
            &'a self,
            _refresh: &'a BearerToken,
        ) -> BoxFuture<'a, Result<RefreshedToken, Error>> {
            Box::pin(async { Err(Error::new(ErrorKind::Forbidden)) })
        }
    }
    let broken = Arc::new(Broken(AtomicUsize::new(0)));
    let provider = TokenProvider::new(broken, Arc::new(NoTokenStore), None);
    let context = context(35);
    assert_eq!(
        provider.bearer(&context).await.unwrap_err().kind(),
        &ErrorKind::Cancelled
    );
    assert_eq!(
        provider.bearer(&context).await.unwrap_err().kind(),
        &ErrorKind::Forbidden
    );
}
