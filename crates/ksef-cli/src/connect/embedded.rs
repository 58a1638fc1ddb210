//! The local KSeF inside this process, and how to recognise one behind an address.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use ksef_core::environment::{Environment, EnvironmentKind};
use ksef_crypto::certificate::Certificate;
use ksef_sandbox::{ErrorKind, Sandbox};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::lang::text;
use crate::plain_http;
use crate::printer::Printer;

/// A sandbox that runs in this process.
#[derive(Debug)]
pub(crate) struct Embedded {
    sandbox: Sandbox,
    environment: Environment,
}

/// The world of a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct World {
    /// Its id; a reset changes it.
    pub(crate) id: String,
    /// Where its control API is.
    pub(crate) control_url: String,
}

impl Embedded {
    /// Starts it on a free port of this machine, with its world in `folder`. Waits up to `patience` while another
    /// process uses the world, and says so.
    ///
    /// # Errors
    /// Another process uses the world for too long, or it cannot be read or written.
    pub(crate) async fn start(
        folder: &Path,
        patience: Duration,
        printer: &Printer,
    ) -> Result<Self> {
        crate::durable::create_private_folder(folder).map_err(|source| {
            Error::failed(text!(
                "the folder {folder} of the sandbox cannot be made; check the rights and the free space",
                "nie można utworzyć folderu piaskownicy {folder}; sprawdź uprawnienia i wolne miejsce",
                folder = folder.display()
            ))
            .caused_by(source)
        })?;
        let mut waited = Duration::ZERO;
        loop {
            match Sandbox::builder().data_dir(folder).start().await {
                Ok(sandbox) => return Self::of(sandbox),
                Err(error) if error.kind() == ErrorKind::DataInUse && waited < patience => {
                    if waited.is_zero() {
                        printer.note(&text!(
                            "another process is using the embedded sandbox; waiting for it",
                            "inny proces używa wbudowanej piaskownicy; oczekiwanie na jego zakończenie"
                        ));
                    }
                    tokio::time::sleep(IN_USE_PAUSE).await;
                    waited += IN_USE_PAUSE;
                }
                Err(error) => return Err(not_started(error)),
            }
        }
    }

    /// Starts it on a free port of this machine, with a world that ends with it.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn in_memory() -> Result<Self> {
        Self::of(Sandbox::builder().start().await.map_err(not_started)?)
    }

    fn of(sandbox: Sandbox) -> Result<Self> {
        let environment = sandbox.environment().map_err(|source| {
            Error::failed(text!(
                "the sandbox has no usable address; try again",
                "piaskownica nie ma poprawnego adresu; spróbuj ponownie"
            ))
            .caused_by(source)
        })?;
        Ok(Self {
            sandbox,
            environment,
        })
    }

    /// Its addresses.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Its world.
    pub(crate) fn world(&self) -> World {
        World {
            id: self.sandbox.world_id().to_string(),
            control_url: self.sandbox.control_url(),
        }
    }

    /// Ends it; what it answered is then on disk.
    pub(crate) async fn shutdown(self) {
        self.sandbox.shutdown().await;
    }
}

/// Why a sandbox did not start, and what to do about it.
pub(crate) fn not_started(source: ksef_sandbox::Error) -> Error {
    let text = match source.kind() {
        ErrorKind::DataInUse => text!(
            "the sandbox does not start: another process uses its world",
            "nie udało się uruchomić piaskownicy: jej danych używa inny proces"
        ),
        _ => text!(
            "the sandbox does not start",
            "nie udało się uruchomić piaskownicy"
        ),
    };
    let error = Error::failed(text);
    let hint = match source.kind() {
        ErrorKind::Bind => text!(
            "the port is taken or not allowed: choose another one with --port, or --port 0 for any free one",
            "port jest zajęty lub niedozwolony: podaj inny w --port albo --port 0, by użyć dowolnego wolnego"
        ),
        ErrorKind::DataInUse => text!(
            "wait for it, or share one sandbox: \"ksef sandbox\" with --data or --embedded, and --url for the others",
            "poczekaj, aż skończy, albo używaj jednej piaskownicy dla wszystkich: uruchom „ksef sandbox” z --data lub --embedded, a pozostałym podaj --url"
        ),
        ErrorKind::PublicUrl => text!(
            "give --public-url a scheme and a host, and no path: https://ksef.example:8443",
            "podaj w --public-url protokół i host, bez ścieżki: https://ksef.example:8443"
        ),
        ErrorKind::Tls => text!(
            "check the names given with --tls-name and whether the file of --tls-ca can be written",
            "sprawdź nazwy podane w --tls-name oraz czy można zapisać plik z --tls-ca"
        ),
        ErrorKind::DataNewer => text!(
            "the world was written by a newer ksef: use that one, or another folder",
            "te dane zapisała nowsza wersja ksef: użyj jej albo innego folderu"
        ),
        _ => text!(
            "check the folder's rights and free space; a damaged world can be removed, it holds test data only",
            "sprawdź uprawnienia do folderu i wolne miejsce; uszkodzone dane piaskownicy można usunąć, są tylko testowe"
        ),
    };
    error.caused_by(source).hint(hint)
}

/// The world behind an address of this machine, when a sandbox answers there.
pub(crate) async fn world_behind(environment: &Environment) -> Option<World> {
    let base: Uri = environment.api_base().parse().ok()?;
    if environment.kind() != EnvironmentKind::Custom || !plain_http::is_this_machine(&base) {
        return None;
    }
    let control_url = environment.resolve("/_sandbox/");
    let request = Request::get(control_url.as_str()).body(Bytes::new()).ok()?;
    let reply = plain_http::exchange(request, PROBE_MAX).await.ok()?;
    if !reply.status.is_success() {
        return None;
    }
    let about: About = serde_json::from_slice(&reply.body).ok()?;
    Some(World {
        id: about.world_id,
        control_url,
    })
}

/// The authority behind the UPO of a sandbox, when it tells.
pub(crate) async fn authority(control_url: &str) -> Option<Certificate> {
    let request = Request::get(format!("{control_url}ca.pem"))
        .body(Bytes::new())
        .ok()?;
    let reply = plain_http::exchange(request, PROBE_MAX).await.ok()?;
    Certificate::from_pem(&reply.body).ok()
}

/// What `GET /_sandbox/` says, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    world_id: String,
}

/// How long sending waits for another process that uses the world: as long as that one may send.
pub(crate) const PATIENCE_OF_SENDING: Duration = Duration::from_secs(300);
/// How long everything else waits: as long as a short command takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
const IN_USE_PAUSE: Duration = Duration::from_millis(100);
const PROBE_MAX: Duration = Duration::from_secs(5);
