//! Plain HTTP for what is no operation of KSeF: any request of `ksef raw`, the clock of a server, the control API of
//! a sandbox.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode, Uri};

use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// One exchange. Redirects are not followed; an answer longer than 64 MiB is an error.
///
/// # Errors
/// The server cannot be reached, or says more than fits.
pub(crate) async fn exchange(request: Request<Bytes>, timeout: Duration) -> Result<Reply> {
    let host = request
        .uri()
        .authority()
        .map(ToString::to_string)
        .unwrap_or_default();
    let unreachable = |source: reqwest::Error| {
        let source = source.without_url();
        Error::new(
            Exit::Unavailable,
            text!(
                "{host} cannot be reached",
                "nie można połączyć się z {host}"
            ),
        )
        .caused_by(source)
        .hint(text!(
            "check the address, the network and the proxy, then run the same command again",
            "sprawdź adres, sieć i serwer proxy, po czym uruchom to samo polecenie"
        ))
    };
    let client = client(request.uri(), timeout).map_err(unreachable)?;
    let request = reqwest::Request::try_from(request).map_err(unreachable)?;
    let mut response = client.execute(request).await.map_err(unreachable)?;
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len().saturating_add(chunk.len()) > ANSWER_BYTES_MAX {
            return Err(Error::failed(text!(
                "the answer of {host} is longer than {ANSWER_BYTES_MAX} bytes; ask for less",
                "odpowiedź serwera {host} jest za długa (limit: {ANSWER_BYTES_MAX} B); zapytaj o mniej danych"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: body.freeze(),
    })
}

/// Whether an address is of this machine.
pub(crate) fn is_this_machine(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn client(uri: &Uri, timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(timeout.min(CONNECT_MAX))
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .user_agent(USER_AGENT);
    if is_this_machine(uri) {
        builder = builder.no_proxy();
    }
    // A machine without any trusted certificates can still talk to itself.
    if uri.scheme_str() == Some("http") {
        builder = builder.tls_certs_only([]);
    }
    builder.build()
}

/// How this program names itself to servers.
pub(crate) const USER_AGENT: &str = concat!("ksef/", env!("CARGO_PKG_VERSION"));
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
const CONNECT_MAX: Duration = Duration::from_secs(10);
