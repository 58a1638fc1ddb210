//! Ctrl-C: the first one ends the work in good order, the second one at once.

use std::time::Duration;

use tokio::sync::watch;

/// Whether the user wants to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    requested: watch::Receiver<bool>,
}

/// What requests a stop.
#[derive(Debug)]
pub(crate) struct StopSwitch {
    requested: watch::Sender<bool>,
}

impl Stop {
    /// A switch that is off, and what looks at it.
    pub(crate) fn new() -> (StopSwitch, Self) {
        let (sender, requested) = watch::channel(false);
        (StopSwitch { requested: sender }, Self { requested })
    }

    /// Whether the user wants to stop.
    pub(crate) fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }

    /// Waits until the user wants to stop.
    pub(crate) async fn requested(&self) {
        wait(&mut self.requested.clone()).await;
    }

    /// Waits this long, or until the user wants to stop.
    pub(crate) async fn sleep(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.requested() => {}
        }
    }
}

impl StopSwitch {
    /// Requests a stop.
    pub(crate) fn request(&self) {
        self.requested.send_replace(true);
    }
}

/// Waits until the user or the system asks the process to end: Ctrl-C, or SIGTERM where there is one.
pub(crate) async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler the signal ends the process by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Ends when a stop is requested; never, when nobody can request one any more.
async fn wait(requested: &mut watch::Receiver<bool>) {
    if requested.wait_for(|requested| *requested).await.is_err() {
        std::future::pending::<()>().await;
    }
}
