//! HTTP, and nothing that knows KSeF beyond its addresses: one connection pool per client.

mod answer;

use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, Uri};
use ksef_core::environment::Environment;

use crate::error::Error;
use crate::session::Unreadable;

/// Limits of one exchange with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    connect: Duration,
    request: Duration,
}

impl Default for Timeouts {
    /// 10 s to connect, 60 s for a whole exchange.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(60),
        }
    }
}

impl Timeouts {
    /// The most that connecting may take, TLS included.
    #[must_use]
    pub fn with_connect(mut self, timeout: Duration) -> Self {
        self.connect = timeout;
        self
    }

    /// The most that one exchange may take, from connecting to the last byte of the answer.
    #[must_use]
    pub fn with_request(mut self, timeout: Duration) -> Self {
        self.request = timeout;
        self
    }
}

/// What a transport is made of.
#[derive(Debug, Clone)]
pub(crate) struct TransportOptions {
    pub(crate) timeouts: Timeouts,
    pub(crate) user_agent: String,
    /// PEM bundles trusted besides the machine's own.
    pub(crate) root_certificates: Vec<Vec<u8>>,
    /// Bytes of one answer.
    pub(crate) answer_bytes_max: usize,
}

/// One pool of connections; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    answer_bytes_max: usize,
    /// Links to this machine and links without TLS are followed only where the API itself is on this machine.
    is_local: bool,
    /// The host of the API, in lower case.
    host: Arc<str>,
}

/// Limits of one exchange that moves a large piece; in the extensions of its request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transfer {
    timeout: Duration,
    answer_bytes_max: usize,
}

impl Transfer {
    /// Of a piece of so many bytes, up or down.
    pub(crate) fn of_bytes(bytes: u64, answer_bytes_max: usize) -> Self {
        let seconds = TRANSFER_SECONDS_MIN.saturating_add(bytes / TRANSFER_BYTES_PER_SECOND_MIN);
        Self {
            timeout: Duration::from_secs(seconds),
            answer_bytes_max,
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request cannot be sent at all.
    Unsendable(Cause),
    /// No connection was made, so the server saw nothing.
    NotConnected {
        /// What could not be reached: host, and port when it is not the usual one.
        server: Option<String>,
        /// Why.
        source: Cause,
    },
    /// What was to be sent could not be read, so it was not sent whole.
    Unreadable(Cause),
    /// The connection broke or time ran out after the request was, possibly, sent.
    Lost(Cause),
    /// The answer is longer than we are willing to hold.
    TooLong { limit_bytes: usize },
}

type Cause = Box<dyn StdError + Send + Sync>;

impl Transport {
    /// # Errors
    /// A certificate that is no PEM, a user agent that cannot be sent, a machine without trusted certificates.
    pub(crate) fn new(
        environment: &Environment,
        options: &TransportOptions,
    ) -> Result<Self, Error> {
        let base: Uri = environment.api_base().parse().map_err(|error| {
            Error::misuse("base address is no URL").with_source(Box::new(error))
        })?;
        let is_local = is_this_machine(&base);
        let mut roots = Vec::new();
        for pem in &options.root_certificates {
            let bundle = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
                Error::misuse("root certificate is not PEM").with_source(error.without_url())
            })?;
            if bundle.is_empty() {
                return Err(Error::misuse("root certificate is not PEM"));
            }
            roots.extend(bundle);
        }
        let mut builder = reqwest::Client::builder()
            .connect_timeout(options.timeouts.connect)
            .timeout(options.timeouts.request)
            .pool_idle_timeout(POOL_IDLE)
            .redirect(reqwest::redirect::Policy::none())
            // What is sent again is decided by the replay class of the operation, and nowhere else.
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(&options.user_agent);
        if is_local {
            builder = builder.no_proxy();
        }
        // A machine without any trusted certificates can still talk to itself.
        builder = match base.scheme_str() {
            Some("http") => builder.tls_certs_only(roots),
            _ => builder.tls_certs_merge(roots),
        };
        let http = builder.build().map_err(|error| {
            Error::misuse("HTTP client cannot be set up").with_source(error.without_url())
        })?;
        Ok(Self {
            http,
            answer_bytes_max: options.answer_bytes_max,
            is_local,
            host: host_of(&base).into(),
        })
    }

    /// One exchange. Dropping the future closes its connection or stream.
    pub(crate) async fn exchange<B: Into<reqwest::Body>>(
        &self,
        request: http::Request<B>,
    ) -> Result<Received, Failure> {
        let transfer = request.extensions().get::<Transfer>().copied();
        let mut request = reqwest::Request::try_from(request)
            .map_err(|error| Failure::Unsendable(cause(error)))?;
        if let Some(transfer) = transfer {
            *request.timeout_mut() = Some(transfer.timeout);
        }
        let mut response = self.http.execute(request).await.map_err(failure)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let limit_bytes =
            transfer.map_or(self.answer_bytes_max, |transfer| transfer.answer_bytes_max);
        let body = body(&mut response, limit_bytes).await?;
        Ok(Received {
            status,
            headers,
            body,
        })
    }

    /// May a link that the server gave be followed? It must not lead to this machine, nor travel in the clear.
    pub(crate) fn allows(&self, link: &Uri) -> bool {
        match link.scheme_str() {
            Some("https") => self.is_local || !is_this_machine(link),
            Some("http") => self.is_local && is_this_machine(link),
            _ => false,
        }
    }

    /// May a part be sent to this address? KSeF's storages are at the API's own host, or beside it in its domain.
    pub(crate) fn is_storage(&self, link: &Uri) -> bool {
        let host = host_of(link);
        let domain = self.host.split_once('.').map_or("", |(_, domain)| domain);
        let is_beside = domain.contains('.')
            && self.host.parse::<IpAddr>().is_err()
            && host
                .strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.'));
        self.allows(link)
            && (*self.host == *host || is_beside || self.is_local && is_this_machine(link))
    }
}

async fn body(response: &mut reqwest::Response, limit_bytes: usize) -> Result<Bytes, Failure> {
    let announced = response.content_length().unwrap_or(0);
    let Ok(announced) = usize::try_from(announced) else {
        return Err(Failure::TooLong { limit_bytes });
    };
    if announced > limit_bytes {
        return Err(Failure::TooLong { limit_bytes });
    }
    // What is announced need not come, so memory is taken as the body does.
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len().saturating_add(chunk.len()) > limit_bytes {
            return Err(Failure::TooLong { limit_bytes });
        }
        if body.is_empty() && chunk.len() == announced {
            return Ok(chunk);
        }
        if body.is_empty() {
            body.reserve(announced.min(RESERVED_BYTES_MAX));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn failure(error: reqwest::Error) -> Failure {
    if error.is_builder() {
        Failure::Unsendable(cause(error))
    } else if is_unreadable(&error) {
        Failure::Unreadable(cause(error))
    } else if error.is_connect() {
        let server = error
            .url()
            .and_then(|url| Some((url.host_str()?, url.port())))
            .map(|(host, port)| match port {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            });
        Failure::NotConnected {
            server,
            source: cause(error),
        }
    } else {
        Failure::Lost(cause(error))
    }
}

fn is_unreadable(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.is::<Unreadable>() {
            return true;
        }
        next = cause.source();
    }
    false
}

/// Addresses can be presigned, that is secret, so no error carries them.
fn cause(error: reqwest::Error) -> Cause {
    Box::new(error.without_url())
}

fn host_of(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn is_this_machine(uri: &Uri) -> bool {
    let host = uri
        .host()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| {
            let address = address.to_canonical();
            address.is_loopback() || address.is_unspecified()
        })
}

/// A large piece has this long, and as long on top as the slowest line takes that is put up with.
const TRANSFER_SECONDS_MIN: u64 = 120;
const TRANSFER_BYTES_PER_SECOND_MIN: u64 = 100_000;
/// Taken at once for a body that announces its length.
const RESERVED_BYTES_MAX: usize = 1024 * 1024;
/// Shorter than servers and gateways keep idle connections, so that few requests meet a closing one.
const POOL_IDLE: Duration = Duration::from_secs(25);

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> TransportOptions {
        TransportOptions {
            timeouts: Timeouts::default(),
            user_agent: "test".into(),
            root_certificates: Vec::new(),
            answer_bytes_max: 1024,
        }
    }

    #[test]
    fn links_stay_off_this_machine_unless_the_api_is_on_it() {
        let local = Environment::custom("http://127.0.0.1:1").unwrap();
        let local = Transport::new(&local, &options()).unwrap();
        let remote = Transport {
            is_local: false,
            ..Transport::new(&Environment::custom("http://[::1]:1").unwrap(), &options()).unwrap()
        };
        for (link, from_local, from_remote) in [
            ("https://storage.example/x?sig=1", true, true),
            ("http://storage.example/x?sig=1", false, false),
            ("http://127.0.0.1:8080/x", true, false),
            ("https://127.0.0.1:8080/x", true, false),
            ("https://localhost/x", true, false),
            ("https://[::1]/x", true, false),
            ("https://LOCALHOST./x", true, false),
            ("https://api.localhost/x", true, false),
            ("https://[::ffff:127.0.0.1]/x", true, false),
            ("https://0.0.0.0/x", true, false),
            ("ftp://storage.example/x", false, false),
            ("/relative", false, false),
        ] {
            let uri: Uri = link.parse().unwrap();
            assert_eq!(local.allows(&uri), from_local, "local {link}");
            assert_eq!(remote.allows(&uri), from_remote, "remote {link}");
        }
    }

    #[test]
    fn parts_go_to_the_host_of_the_api_or_beside_it() {
        let official = Environment::custom("https://api-test.ksef.mf.gov.pl/v2").unwrap();
        let official = Transport::new(&official, &options()).unwrap();
        for (link, may) in [
            ("https://api-test.ksef.mf.gov.pl/storage/x?sig=1", true),
            ("https://API-TEST.ksef.mf.gov.pl./x", true),
            ("https://files.ksef.mf.gov.pl/x", true),
            ("https://ksef.mf.gov.pl/x", false),
            ("https://evilksef.mf.gov.pl/x", false),
            ("https://ksef.mf.gov.pl.example/x", false),
            ("https://storage.example/x", false),
            ("http://api-test.ksef.mf.gov.pl/x", false),
        ] {
            assert_eq!(official.is_storage(&link.parse().unwrap()), may, "{link}");
        }
        let local = Environment::custom("http://127.0.0.1:1").unwrap();
        let local = Transport::new(&local, &options()).unwrap();
        for (link, may) in [
            ("http://127.0.0.1:8080/x", true),
            ("http://localhost:1/x", true),
            ("https://9.0.0.1/x", false),
            ("https://storage.example/x", false),
        ] {
            assert_eq!(local.is_storage(&link.parse().unwrap()), may, "{link}");
        }
    }

    #[test]
    fn certificates_must_be_pem() {
        let environment = Environment::custom("http://127.0.0.1:1").unwrap();
        for bad in [b"not pem".to_vec(), Vec::new()] {
            let options = TransportOptions {
                root_certificates: vec![bad],
                ..options()
            };
            let error = Transport::new(&environment, &options).unwrap_err();
            assert_eq!(error.to_string(), "root certificate is not PEM");
        }
    }
}
