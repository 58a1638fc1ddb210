//! TLS under a certificate of the sandbox's own, and a public address.

use ksef_sandbox::{ErrorKind, Sandbox, Tls};
use serde_json::Value;

use crate::sending::{Sending, invoice};
use crate::support::{NIP, PUBLIC_ORIGIN, World};

/// A client that trusts this authority only, and reaches every name at the sandbox.
fn trusting(authority: &str, sandbox: &Sandbox) -> reqwest::Client {
    let certificate = reqwest::Certificate::from_pem(authority.as_bytes()).unwrap();
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([certificate])
        .resolve("ksef.example", sandbox.address())
        .resolve("other.example", sandbox.address())
        .build()
        .unwrap()
}

async fn keys(client: &reqwest::Client, origin: &str) -> Result<u16, reqwest::Error> {
    let url = format!("{origin}/v2/security/public-key-certificates");
    Ok(client.get(url).send().await?.status().as_u16())
}

async fn control(authority: &str, sandbox: &Sandbox) -> Value {
    let request = trusting(authority, sandbox).get(sandbox.control_url());
    let body = request.send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn clients_that_trust_its_authority_reach_it_under_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let tls = Tls::new()
        .with_name("ksef.example")
        .with_authority_file(&file);
    let sandbox = Sandbox::builder().tls(tls).start().await.unwrap();
    let authority = std::fs::read_to_string(&file).unwrap();
    assert_eq!(sandbox.tls_authority(), Some(authority.as_str()));
    let client = trusting(&authority, &sandbox);
    let port = sandbox.address().port();
    assert_eq!(sandbox.base_url(), format!("https://127.0.0.1:{port}/v2"));
    for host in ["127.0.0.1", "localhost", "ksef.example"] {
        let origin = format!("https://{host}:{port}");
        assert_eq!(keys(&client, &origin).await.unwrap(), 200, "{host}");
    }
    let foreign = keys(&client, &format!("https://other.example:{port}")).await;
    assert!(foreign.unwrap_err().is_connect());
    let plain = keys(&client, &format!("http://127.0.0.1:{port}")).await;
    assert!(plain.is_err());
    let stranger = Sandbox::builder().tls(Tls::new()).start().await.unwrap();
    let client = trusting(stranger.tls_authority().unwrap(), &sandbox);
    assert!(
        keys(&client, &format!("https://localhost:{port}"))
            .await
            .is_err()
    );
    let about = control(&authority, &sandbox).await;
    assert_eq!(about["baseUrl"], sandbox.base_url());
}

#[tokio::test]
async fn the_certificate_stays_with_the_world_until_its_names_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut authorities = Vec::new();
    for name in ["ksef.example", "ksef.example", "other.example"] {
        let sandbox = Sandbox::builder()
            .data_dir(folder.path())
            // The port is part of no name, so that any free one will do.
            .tls(Tls::new().with_name(name))
            .start()
            .await
            .unwrap();
        authorities.push(sandbox.tls_authority().unwrap().to_owned());
        sandbox.shutdown().await;
    }
    assert_eq!(authorities[0], authorities[1]);
    assert_ne!(authorities[1], authorities[2]);
}

#[tokio::test]
async fn links_begin_with_the_public_address() {
    let world = World::start_with(|builder| builder.public_url(format!("{PUBLIC_ORIGIN}/"))).await;
    assert_eq!(world.sandbox.base_url(), format!("{PUBLIC_ORIGIN}/v2"));
    let access = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &access).await;
    let found = session
        .outcome(&world, &access, &invoice(NIP, "FV/1"))
        .await;
    let link = found.upo_download_url.unwrap();
    assert!(
        link.expose()
            .starts_with(&format!("{PUBLIC_ORIGIN}/storage/"))
    );
    assert_eq!(world.fetch(link.expose()).await.status, 200);
}

#[tokio::test]
async fn what_is_no_address_or_name_is_refused() {
    for url in [
        "ksef.example",
        "ftp://ksef.example",
        "https://",
        "https://ksef.example/v2",
        "",
    ] {
        let error = Sandbox::builder()
            .public_url(url)
            .start()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PublicUrl, "{url}");
    }
    let tls = Tls::new().with_name("no name");
    let error = Sandbox::builder().tls(tls).start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
}
