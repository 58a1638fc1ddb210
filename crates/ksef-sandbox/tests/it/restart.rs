//! What survives a restart, and the end of the process.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::sessions::{GetSessionInvoice, GetUpoByInvoice, SendInvoice};
use ksef_api::request::{Request, to_http};
use ksef_sandbox::Latency;

use crate::sending::{Sending, control, invoice};
use crate::support::{NIP, World, client};

async fn on_disk(directory: &Path, latency: Latency) -> World {
    World::start_with(|builder| builder.data_dir(directory).latency(latency)).await
}

#[tokio::test]
async fn pending_work_is_resumed() {
    let directory = tempfile::tempdir().unwrap();
    let slow = Latency::uniform(Duration::from_secs(3600));
    let world = on_disk(
        directory.path(),
        Latency {
            authentication: Duration::ZERO,
            ..slow
        },
    )
    .await;
    let access = world.owner(NIP).await.access_token;
    let open = Sending::open(&world, &access).await;
    let closed = Sending::open(&world, &access).await;
    let broken = Sending::open_broken(&world, &access).await;
    let waiting = open.send(&world, &access, &invoice(NIP, "FV/1")).await;
    let last = closed.send(&world, &access, &invoice(NIP, "FV/2")).await;
    closed.send(&world, &access, &invoice(NIP, "FV/2")).await;
    let lost = broken.send(&world, &access, &invoice(NIP, "FV/3")).await;
    closed.close(&world, &access).await.unwrap();
    assert_eq!(closed.status(&world, &access).await.status.code, 170);
    world.sandbox.shutdown().await;

    let world = on_disk(directory.path(), Latency::NONE).await;
    assert_eq!(
        open.settled(&world, &access, waiting).await.status.code,
        200
    );
    let accepted = closed.settled(&world, &access, last).await;
    assert!(accepted.permanent_storage_date.is_some());
    let ended = closed.becomes(&world, &access, 200).await;
    assert_eq!(
        (ended.successful_invoice_count, ended.failed_invoice_count),
        (Some(1), Some(1))
    );
    assert_eq!(broken.settled(&world, &access, lost).await.status.code, 405);
    assert_eq!(broken.status(&world, &access).await.status.code, 415);
}

#[tokio::test]
async fn what_was_accepted_stays_and_numbers_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let world = on_disk(directory.path(), Latency::NONE).await;
    let access = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &access).await;
    let first = session.issue(&world, &access, "FV/1").await;
    let request = GetUpoByInvoice::new(session.reference, first.reference_number);
    let upo = world.ask(&request, &access).await;
    session.close(&world, &access).await.unwrap();
    let page = session.becomes(&world, &access, 200).await.upo_pages()[0].clone();
    let id = world.sandbox.world_id();
    world.sandbox.shutdown().await;

    let world = on_disk(directory.path(), Latency::NONE).await;
    assert_eq!(world.sandbox.world_id(), id);
    assert_eq!(
        session
            .settled(&world, &access, first.reference_number)
            .await
            .ksef_number,
        first.ksef_number
    );
    let again = world.ask(&request, &access).await;
    assert_eq!(again.bytes, upo.bytes);
    let shown = session.status(&world, &access).await;
    assert_eq!(shown.upo_pages()[0].reference_number, page.reference_number);
    let number = first.ksef_number.unwrap();
    let answer = world
        .get(&format!("/invoices/ksef/{number}"), access.token.expose())
        .await;
    assert_eq!(answer.body, invoice(NIP, "FV/1"));
    let session = Sending::open(&world, &access).await;
    let duplicate = session.issue(&world, &access, "FV/1").await;
    assert_eq!(duplicate.status.original_ksef_number(), Some(number));
    let second = session.issue(&world, &access, "FV/2").await;
    assert!(second.ksef_number.unwrap() > number);
}

/// What a process that the test below has started does until it is killed: a sandbox of its own.
async fn serve_until_killed(directory: &Path) {
    let world = on_disk(&directory.join("world"), Latency::NONE).await;
    let partial = directory.join("url.part");
    std::fs::write(&partial, world.sandbox.base_url()).unwrap();
    std::fs::rename(partial, directory.join("url")).unwrap();
    tokio::time::sleep(Duration::from_secs(600)).await;
}

/// The process is killed at instants that nobody chose; what was answered is there afterwards, and nothing twice.
#[tokio::test]
async fn killing_the_process_loses_nothing_that_was_answered() {
    // The processes to be killed are this very test, told by their environment that they are the victims.
    if let Some(directory) = std::env::var_os(VICTIM) {
        return serve_until_killed(Path::new(&directory)).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let world = on_disk(&directory.path().join("world"), Latency::NONE).await;
    let access = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &access).await;
    world.sandbox.shutdown().await;

    let mut answered = Vec::new();
    let mut numbered = std::collections::HashMap::new();
    for round in 0..ROUNDS {
        let (mut process, url) = start_child(directory.path()).await;
        let remote = Remote {
            url,
            http: client(),
        };
        let victim = async {
            for number in 0.. {
                let xml = invoice(NIP, &format!("FV/{round}/{number}"));
                let body = SendInvoice::new(session.reference, session.body(xml.as_bytes()));
                let Some(sent) = remote.call(&body, &access).await else {
                    return;
                };
                answered.push(sent.reference_number);
                let request = GetSessionInvoice::new(session.reference, sent.reference_number);
                let Some(status) = remote.call(&request, &access).await else {
                    return;
                };
                numbered.extend(
                    status
                        .ksef_number
                        .map(|number| (sent.reference_number, number)),
                );
            }
        };
        let killer = async {
            tokio::time::sleep(Duration::from_millis(60 + 37 * round)).await;
            process.kill();
        };
        tokio::join!(victim, killer);
    }
    assert!(!answered.is_empty());

    let world = on_disk(&directory.path().join("world"), Latency::NONE).await;
    let mut numbers = HashSet::new();
    for reference in &answered {
        let status = session.settled(&world, &access, *reference).await;
        assert_eq!(status.status.code, 200, "{:?}", status.status);
        assert!(
            numbers.insert(status.ksef_number.unwrap()),
            "a number was given twice"
        );
        let before = numbered.get(reference);
        assert!(
            before.is_none_or(|number| Some(*number) == status.ksef_number),
            "a number changed"
        );
    }
    session.close(&world, &access).await.unwrap();
    let ended = session.becomes(&world, &access, 200).await;
    let listed = control(
        &world,
        "GET",
        &format!("sessions/{}", session.reference),
        serde_json::json!({}),
    )
    .await;
    let listed = listed["invoices"].as_array().unwrap().len();
    assert_eq!(ended.invoice_count, u32::try_from(listed).ok());
    assert_eq!(ended.successful_invoice_count, ended.invoice_count);
    assert!(
        listed >= answered.len() && listed <= answered.len() + usize::try_from(ROUNDS).unwrap()
    );
}

/// A client of a process that may go away at any time.
struct Remote {
    url: String,
    http: reqwest::Client,
}

impl Remote {
    /// The answer; `None` when the process is gone.
    async fn call<R: Request>(&self, request: &R, access: &BearerToken) -> Option<R::Answer> {
        let (parts, body) = to_http(request, &self.url).unwrap().into_parts();
        let sending = self
            .http
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .bearer_auth(access.token.expose())
            .body(body);
        let answer = sending.send().await.ok()?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.ok()?;
        Some(
            request
                .decode(status, &headers, body)
                .unwrap_or_else(|error| panic!("{error}")),
        )
    }
}

/// A process that does not outlive its test.
struct Victim(Child);

impl Victim {
    fn kill(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn start_child(directory: &Path) -> (Victim, String) {
    let url = directory.join("url");
    let _ = std::fs::remove_file(&url);
    let module = module_path!()
        .split_once("::")
        .map_or("", |(_, module)| module);
    let process = Victim(
        Command::new(std::env::current_exe().unwrap())
            .args([&format!("{module}::{TEST}"), "--exact"])
            .env(VICTIM, directory)
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );
    for _ in 0..3_000 {
        if let Ok(text) = std::fs::read_to_string(&url) {
            return (process, text);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the child does not start");
}

const ROUNDS: u64 = 6;
/// The folder of a process that is to be killed.
const VICTIM: &str = "KSEF_SANDBOX_VICTIM";
const TEST: &str = "killing_the_process_loses_nothing_that_was_answered";
