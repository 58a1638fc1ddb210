//! What nobody sane sends: the sandbox refuses it and goes on.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::sending::desk;
use crate::support::{NIP, World};

/// An element inside an element inside an element …
fn nested(depth: usize) -> String {
    "<a>".repeat(depth) + &"</a>".repeat(depth)
}

#[tokio::test]
async fn documents_of_bottomless_depth_are_refused() {
    let (world, access, session) = desk().await;
    for depth in [100, 10_000, 140_000] {
        let login = world.submit(nested(depth)).await.unwrap_err();
        assert_eq!(login.status, 400, "{depth}");
        let invoice = session.outcome(&world, &access, &nested(depth)).await;
        assert!(
            [430, 450].contains(&invoice.status.code),
            "{depth}: {:?}",
            invoice.status
        );
        let json = "[".repeat(depth);
        let answer = world
            .raw("POST", "/testdata/subject", None, &[], json)
            .await;
        assert_eq!(answer.status, 400, "{depth}");
    }
    let sound = session.issue(&world, &access, "FV/1").await;
    assert_eq!(sound.status.code, 200);
}

#[tokio::test]
async fn a_body_far_beyond_the_limit_is_refused_with_an_answer() {
    let world = World::start().await;
    let body = vec![b' '; 30_000_000];
    let answer = world
        .raw("POST", "/testdata/subject", None, &[], body)
        .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_request_hinders_nobody() {
    let world = World::start().await;
    let mut stuck = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(world.sandbox.address()).await.unwrap();
        let head = "POST /v2/testdata/subject HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{";
        stream.write_all(head.as_bytes()).await.unwrap();
        stuck.push(stream);
    }
    world.owner(NIP).await;
    let ended = tokio::time::timeout(Duration::from_secs(20), world.sandbox.shutdown()).await;
    ended.unwrap();
    for mut stream in stuck {
        let mut rest = Vec::new();
        // The connection is closed, with or without a last word.
        let _ = stream.read_to_end(&mut rest).await;
    }
}
