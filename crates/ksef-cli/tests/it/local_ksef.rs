//! A sandbox in the test's own process, looked into through its control API.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use ksef_sandbox::{Latency, LimitProfile, Sandbox};
use serde_json::Value;

/// A sandbox that runs beside the command.
pub(crate) struct LocalKsef {
    sandbox: Option<Sandbox>,
    runtime: tokio::runtime::Runtime,
}

impl LocalKsef {
    pub(crate) fn start() -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into(), None)
    }

    /// One that takes its time to decide.
    pub(crate) fn start_slow() -> Self {
        Self::start_with(([127, 0, 0, 1], 0).into(), None, Duration::from_secs(6))
    }

    /// With the world of this folder, at this address.
    pub(crate) fn start_at(address: SocketAddr, data: Option<&Path>) -> Self {
        Self::start_with(address, data, Duration::from_millis(20))
    }

    fn start_with(address: SocketAddr, data: Option<&Path>, decision: Duration) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let mut builder = Sandbox::builder()
            .bind(address)
            .limits(LimitProfile::Off)
            .latency(Latency {
                invoice: decision,
                ..Latency::uniform(Duration::from_millis(20))
            });
        if let Some(folder) = data {
            builder = builder.data_dir(folder);
        }
        let sandbox = runtime.block_on(builder.start()).unwrap();
        Self {
            sandbox: Some(sandbox),
            runtime,
        }
    }

    fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        self.sandbox().base_url()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.sandbox().address()
    }

    /// Scripts faults.
    pub(crate) fn with_fault(&self, fault: &str) {
        self.sandbox().add_fault(fault.parse().unwrap());
    }

    pub(crate) fn clear_faults(&self) {
        self.sandbox().clear_faults();
    }

    /// Every accepted invoice.
    pub(crate) fn accepted(&self) -> Vec<Value> {
        self.look("accepted")["invoices"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// The digests of the accepted invoices, in order; each must be there once.
    #[track_caller]
    pub(crate) fn accepted_once(&self) -> Vec<String> {
        let accepted = self.accepted();
        let mut hashes: Vec<String> = accepted
            .iter()
            .map(|invoice| invoice["invoiceHash"].as_str().unwrap().to_owned())
            .collect();
        hashes.sort();
        let mut once = hashes.clone();
        once.dedup();
        assert_eq!(once, hashes, "an invoice was accepted twice");
        hashes
    }

    /// How many invoices were taken for processing, accepted or not.
    pub(crate) fn taken(&self) -> u64 {
        self.look("")["counts"]["invoices"].as_u64().unwrap()
    }

    /// The codes of the sessions.
    pub(crate) fn session_codes(&self) -> Vec<i64> {
        let sessions = self.look("sessions");
        let sessions = sessions["sessions"].as_array().unwrap();
        sessions
            .iter()
            .map(|session| session["status"]["code"].as_i64().unwrap())
            .collect()
    }

    /// Ends it as a machine that goes down would, after what was answered is on disk.
    pub(crate) fn stop(mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.shutdown());
        }
    }

    fn look(&self, path: &str) -> Value {
        self.control("GET", path, "")
    }

    /// Asks the control API.
    pub(crate) fn control(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let host = self.address();
        let length = body.len();
        let request = format!(
            "{method} /_sandbox/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }
}

/// Asks for a page as a browser does; head and body of the answer.
pub(crate) fn get(ksef: &LocalKsef, path: &str) -> String {
    let mut stream = TcpStream::connect(ksef.address()).unwrap();
    let host = ksef.address();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
