//! TLS with an authority of one's own, as in front of a test system inside a company.

use std::error::Error as StdError;
use std::sync::Arc;

use ksef_core::environment::Environment;
use ksef_sdk::{Client, ErrorKind, RetryPolicy};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Answers every request with an empty list, over TLS, under a certificate for these names; gives its port.
async fn serve(authority: &Authority, names: &[&str]) -> u16 {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(names).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us ends here.
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut request = [0; 8_192];
                let _ = stream.read(&mut request).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                    content-length: 2\r\nconnection: close\r\n\r\n[]";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    port
}

fn client(port: u16, roots: &[&Authority]) -> Client {
    let environment = Environment::custom(&format!("https://127.0.0.1:{port}")).unwrap();
    let mut builder = Client::builder(environment).retry(RetryPolicy::never());
    for root in roots {
        builder = builder.root_certificate(root.pem());
    }
    builder.build().unwrap()
}

/// The error with its causes.
fn told(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_it_is_named() {
    let (ours, other) = (authority(), authority());
    let port = serve(&ours, &["127.0.0.1"]).await;
    let keys = client(port, &[&other, &ours]).public_keys().await;
    assert!(keys.unwrap().is_empty());

    for (what, roots) in [("none", &[][..]), ("another", &[&other])] {
        let error = client(port, roots).public_keys().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Unreachable, "{what}");
        assert!(error.is_certainly_not_done(), "{what}: nothing was sent");
        let told = told(&error);
        assert!(told.contains("certificate"), "{what}: {told}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_not_taken() {
    let ours = authority();
    let port = serve(&ours, &["ksef.example"]).await;
    let error = client(port, &[&ours]).public_keys().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unreachable);
    let told = told(&error);
    assert!(told.contains("not valid for name"), "{told}");
}
