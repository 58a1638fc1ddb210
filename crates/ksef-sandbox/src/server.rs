//! The listener: HTTP/1.1 connections, with TLS or without, one task each.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::faults::DropConnection;
use crate::pipeline::Peer;

/// Accepts connections until `stopped` says so, then waits a little for those that are being answered.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let served = take_up(stream, peer, tls.clone(), router.clone(), stopped.clone());
                    connections.spawn(served);
                }
                Err(error) => {
                    // Out of file descriptors, usually: connections that end will make room.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = until_stopped(&mut stopped) => break,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(SHUTDOWN_GRACE, finished)
        .await
        .is_err()
    {
        // Waits until they are gone, so that nothing holds the world any more.
        connections.shutdown().await;
    }
}

/// Resolves when the sandbox is to stop.
pub(crate) async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    // A dropped sender means the same.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn take_up(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are small: they must not wait for the acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection stays slow");
    }
    let Some(tls) = tls else {
        return serve_connection(stream, peer, router, stopped).await;
    };
    let accepted = tokio::select! {
        accepted = tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)) => accepted,
        () = until_stopped(&mut stopped) => return,
    };
    match accepted {
        Ok(Ok(stream)) => serve_connection(stream, peer, router, stopped).await,
        Ok(Err(error)) => tracing::debug!(%error, %peer, "a client does not agree on TLS"),
        Err(_) => tracing::debug!(%peer, "a client does not begin with TLS"),
    }
}

async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(move |request| answer(router.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            outcome = connection.as_mut() => {
                if let Err(error) = outcome {
                    tracing::debug!(%error, %peer, "a connection ended early");
                }
                return;
            }
            () = until_stopped(&mut stopped), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// An error makes hyper close the connection without an answer.
async fn answer(
    router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Dropped> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    let answer: Result<Response, Infallible> = router.oneshot(request).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    if answer.extensions().get::<DropConnection>().is_some() {
        Err(Dropped)
    } else {
        Ok(answer)
    }
}

/// A connection that a fault cuts.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is cut by a scripted fault")
    }
}

impl std::error::Error for Dropped {}

/// A connection without a request is closed after this.
const IDLE_MAX: Duration = Duration::from_secs(300);
/// How long a client may take to agree on TLS.
const HANDSHAKE_MAX: Duration = Duration::from_secs(30);
/// How long the shutdown waits for requests that are being answered.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
