//! A running sandbox.

use std::net::SocketAddr;
use std::sync::Arc;

use ksef_core::environment::Environment;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::app::{App, SharedApp};
use crate::builder::{Builder, Config};
use crate::error::{Error, ErrorKind};
use crate::processing::Processor;
use crate::router::{self, BASE_PATH};
use crate::server;
use crate::world::World;
use crate::world::keys::KeyMaker;

/// A local KSeF that accepts connections. [`shutdown`](Self::shutdown) ends it and finishes what it answers; dropping
/// it stops it at once. Either way nothing that was answered is lost when it has a data directory.
#[derive(Debug)]
pub struct Sandbox {
    app: SharedApp,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    listening: Option<JoinHandle<()>>,
    processor: Option<Processor>,
}

impl Sandbox {
    /// A sandbox to be configured: without anything else it listens on a free port of the loopback address, keeps its
    /// world in memory and limits requests to ten times what production allows.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address of the API: `http://address:port/v2`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}{BASE_PATH}", self.app.origin)
    }

    /// The address of the control API, with a slash at the end: `http://address:port/_sandbox/`.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("{}/_sandbox/", self.app.origin)
    }

    /// This sandbox as an environment for a client.
    ///
    /// # Errors
    /// None in practice: the address of the listener is well formed.
    pub fn environment(&self) -> Result<Environment, ksef_core::parse::ParseError> {
        let beacon = format!(
            "{}{}",
            self.app.origin,
            crate::handlers::latarnia::BASE_PATH
        );
        Ok(Environment::custom(&self.base_url())?.with_beacon_base(&beacon))
    }

    /// The identity of the world; a reset changes it.
    #[must_use]
    pub fn world_id(&self) -> Uuid {
        self.app.world.read(|state| state.world_id())
    }

    /// Scripts a fault; see [`crate::faults`]. Returns its number.
    pub fn add_fault(&self, fault: crate::faults::Fault) -> u64 {
        self.app.faults.add(fault)
    }

    /// Removes every scripted fault.
    pub fn clear_faults(&self) {
        self.app.faults.clear();
    }

    /// Stops accepting, finishes the requests that are being answered, ends background work and closes the store.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(listening) = self.listening.take() {
            // A listener that panicked has nothing left to finish.
            let _ = listening.await;
        }
        let processor = self.processor.take();
        // It waits for the batch in hand.
        let _ = on_a_blocking_thread(move || drop(processor)).await;
        // The last batch may have changed the world.
        self.app.world.settled().await;
    }

    pub(crate) async fn start(config: Config) -> Result<Self, Error> {
        let listener = bind(config.bind).await?;
        let address = listener
            .local_addr()
            .map_err(|error| bind_error(config.bind, error))?;
        let world = match &config.data_dir {
            Some(directory) => {
                let directory = directory.clone();
                on_a_blocking_thread(move || World::open(&directory))
                    .await?
                    .map_err(Error::from)?
            }
            None => World::in_memory(),
        };
        let app = Arc::new(App::new(config, world, format!("http://{address}")));
        if app.world.read(|state| state.is_unbegun()) {
            let (maker, now) = (KeyMaker::new(app.config.key_bits), app.now());
            let keys = on_a_blocking_thread(move || maker.make_all(now)).await??;
            app.world.write(|state, changes| state.begin(changes, keys));
        }
        if !app.world.settled().await {
            return Err(Error::new(
                ErrorKind::Data,
                "the world cannot be written",
                "the store failed",
            ));
        }
        let processor = Processor::start(&app).map_err(|error| {
            Error::new(ErrorKind::Thread, "no thread for the processing", error)
        })?;
        let (stop, stopped) = watch::channel(false);
        let listening = tokio::spawn(server::serve(
            listener,
            router::router(Arc::clone(&app)),
            stopped,
        ));
        Ok(Self {
            app,
            address,
            stop,
            listening: Some(listening),
            processor: Some(processor),
        })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .await
        .map_err(|error| bind_error(address, error))
}

fn bind_error(address: SocketAddr, error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::Bind,
        format!("{address} cannot be listened on"),
        error,
    )
}

/// Disk and RSA keep a thread busy for longer than the runtime likes.
async fn on_a_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Data, "the start was interrupted", error))
}
