//! A running sandbox.

use std::net::SocketAddr;
use std::sync::Arc;

use http::Uri;
use http::uri::InvalidUri;
use ksef_core::environment::Environment;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::app::{App, SharedApp};
use crate::builder::{Builder, Config};
use crate::error::{Error, ErrorKind};
use crate::processing::Processor;
use crate::random;
use crate::router::{self, BASE_PATH};
use crate::world::World;
use crate::world::keys::KeyMaker;
use crate::{server, tls};

/// A local KSeF that accepts connections. [`shutdown`](Self::shutdown) ends it and finishes what it answers; dropping
/// it stops it at once. Either way nothing that was answered is lost when it has a data directory.
#[derive(Debug)]
pub struct Sandbox {
    app: SharedApp,
    address: SocketAddr,
    tls_authority: Option<String>,
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

    /// The base address of the API: `http://address:port/v2`, or below the public address.
    #[must_use]
    pub fn base_url(&self) -> String {
        let origin = self.app.config.public_url.as_ref();
        format!("{}{BASE_PATH}", origin.unwrap_or(&self.app.origin))
    }

    /// The certificate, PEM, of the authority that clients have to trust; none without TLS.
    #[must_use]
    pub fn tls_authority(&self) -> Option<&str> {
        self.tls_authority.as_deref()
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

    pub(crate) async fn start(mut config: Config) -> Result<Self, Error> {
        let public = config
            .public_url
            .as_deref()
            .map(public_address)
            .transpose()?;
        let (public_url, public_host) = public.unzip();
        config.public_url = public_url;
        let listener = bind(config.bind).await?;
        let address = listener
            .local_addr()
            .map_err(|error| bind_error(config.bind, error))?;
        let world = open_world(&config).await?;
        let tls = config.tls.as_ref().map(|tls| {
            let data_dir = config.data_dir.as_deref();
            let machine_now = config.clock.now();
            tls::prepare(tls, address, public_host.as_deref(), data_dir, machine_now)
        });
        let (acceptor, tls_authority) = tls
            .transpose()?
            .map(|ready| (ready.acceptor, ready.authority))
            .unzip();
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let app = Arc::new(App::new(config, world, format!("{scheme}://{address}")));
        begin(&app).await?;
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
            acceptor,
            router::router(Arc::clone(&app)),
            stopped,
        ));
        Ok(Self {
            app,
            address,
            tls_authority,
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

/// The public address without a slash at its end, and its host.
fn public_address(url: &str) -> Result<(String, String), Error> {
    let refused = |why: String| {
        let text = format!("{url} is no address such as https://ksef.example:8443");
        Error::new(ErrorKind::PublicUrl, text, why)
    };
    let uri: Uri = url
        .parse()
        .map_err(|error: InvalidUri| refused(error.to_string()))?;
    let is_origin = matches!(uri.scheme_str(), Some("http" | "https"))
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none();
    match uri.host() {
        Some(host) if is_origin => Ok((url.trim_end_matches('/').to_owned(), host.to_owned())),
        _ => Err(refused(
            "it needs http or https, a host, and no path".to_owned(),
        )),
    }
}

/// The world of the data directory, or one in memory.
async fn open_world(config: &Config) -> Result<World, Error> {
    let Some(directory) = config.data_dir.clone() else {
        return Ok(World::in_memory());
    };
    let opened = on_a_blocking_thread(move || World::open(&directory)).await?;
    opened.map_err(Error::from)
}

/// Gives a world that has none its identity and its keys, and counts the start.
async fn begin(app: &SharedApp) -> Result<(), Error> {
    let maker = random::with(app.random.as_ref(), || KeyMaker::new(app.config.key_bits));
    let now = app.now();
    let is_unbegun = app.world.read(|state| state.is_unbegun());
    let keys = if is_unbegun {
        Some(on_a_blocking_thread(move || maker.make_all(now)).await??)
    } else {
        None
    };
    random::with(app.random.as_ref(), || {
        app.world.write(|state, changes| {
            match keys {
                Some(keys) => state.begin(changes, keys),
                None => state.keys.draw_serials(),
            }
            state.count_start(changes);
        });
    });
    Ok(())
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
