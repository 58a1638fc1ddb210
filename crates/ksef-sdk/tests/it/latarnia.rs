//! The status service: read as it comes, and never more than advice.

use std::time::Duration;

use ksef_core::environment::Environment;
use ksef_sdk::latarnia::SystemState;
use ksef_sdk::{Client, ErrorKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A client whose Latarnia answers every request with this, or never.
async fn client(answer: Option<&'static str>) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            match answer {
                Some(answer) => {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                }
                None => kept.push(stream),
            }
        }
    });
    let environment = Environment::custom("http://127.0.0.1:1").unwrap();
    Client::builder(environment.with_beacon_base(&format!("{base}/")))
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_state_is_read_from_a_sandbox() {
    let sandbox = ksef_sandbox::Sandbox::builder().start().await.unwrap();
    let client = Client::builder(sandbox.environment().unwrap())
        .build()
        .unwrap();
    let latarnia = client.latarnia().unwrap();
    assert_eq!(
        latarnia.status().await.unwrap().status,
        SystemState::Available
    );
    assert_eq!(latarnia.messages().await.unwrap(), []);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn what_is_wrong_with_it_is_told_and_is_no_advice() {
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>";
    let down = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for (answer, kind) in [(page, ErrorKind::Protocol), (down, ErrorKind::Server)] {
        let latarnia = client(Some(answer)).await.latarnia().unwrap();
        let error = latarnia.status().await.unwrap_err();
        assert_eq!(*error.kind(), kind, "{answer}");
        assert_eq!(error.operation(), Some("latarnia"));
        assert_eq!(latarnia.advice().await, None);
    }
    let silent = client(None).await.latarnia().unwrap();
    let silent = silent.with_wait_max(Duration::from_millis(50));
    let error = silent.messages().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unreachable);
}

#[tokio::test]
async fn every_environment_of_the_ministry_has_one() {
    for environment in [
        Environment::test(),
        Environment::demo(),
        Environment::production(),
    ] {
        let client = Client::builder(environment).build().unwrap();
        assert!(client.latarnia().is_some());
    }
    let own = Environment::custom("http://127.0.0.1:1").unwrap();
    assert!(Client::builder(own).build().unwrap().latarnia().is_none());
}
