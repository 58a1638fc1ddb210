//! `bench-batch [COUNT]`: 10 000 invoices of 10 KB in batch through the sandbox, end to end, by the command itself, and
//! back into an inbox and out of an export.
//!
//! The journal tells when each step ended; the processes tell what they used.

#![allow(clippy::float_arithmetic, reason = "seconds and shares for a person")]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Runs the measurement.
///
/// # Errors
/// What is missing or failed.
pub(crate) fn run(root: &Path, options: &[String]) -> Result<String, Vec<String>> {
    measure(root, options).map_err(|error| vec![error])
}

fn measure(root: &Path, options: &[String]) -> Result<String, String> {
    let build = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["build", "--release", "--package", "ksef-cli"])
        .status();
    if !build.is_ok_and(|status| status.success()) {
        return Err("the command could not be built".to_owned());
    }
    let program = root.join("target/release/ksef");
    let count = options.first().and_then(|first| first.parse().ok());
    let (count, options) = match count {
        Some(count) => (count, options.get(1..).unwrap_or_default()),
        None => (INVOICES, options),
    };
    let folder = scratch();
    let _ = std::fs::remove_dir_all(&folder);
    let input = folder.join("in");
    write_invoices(root, &input, count)?;
    let mut ksef = Ksef::start(&program, &folder)?;
    let before = processor_seconds(ksef.child.id());
    let mut command = Command::new(&program);
    command
        .args(["--json", "--quiet", "--home"])
        .arg(folder.join("home"))
        .args(["invoice", "send", "--batch", "--url", &ksef.url])
        .args(options)
        .arg(&input)
        .stdout(Stdio::piped());
    let mut client = command.spawn().map_err(|error| error.to_string())?;
    let watched = watch(&mut client)?;
    let spent = processor_seconds(ksef.child.id()) - before;
    let results: Value =
        serde_json::from_str(&watched.output).map_err(|error| error.to_string())?;
    let accepted = results.pointer("/totals/accepted");
    if accepted != Some(&Value::from(count)) {
        let said = results.get("errors").unwrap_or(&Value::Null);
        return Err(format!("not all were accepted: {accepted:?} {said}"));
    }
    let mut told = format!("{count} invoices of about {INVOICE_BYTES} bytes in batch\n");
    for (step, seconds) in steps(&folder)? {
        let _ = writeln!(told, "| {step} | {seconds:.2} s |");
    }
    let peak = watched.peak_kib as f64 / 1024.0;
    let cpu = watched.processor_seconds;
    let _ = writeln!(
        told,
        "| command, processor | {cpu:.2} s, peak memory {peak:.0} MiB |"
    );
    let _ = writeln!(told, "| sandbox, processor | {spent:.2} s |");
    for (what, arguments) in [
        ("inbox sync", &["inbox", "sync", "--role", "seller"][..]),
        ("inbox verify", &["inbox", "verify"]),
        (
            "export of one package",
            &["invoice", "export", "--role", "seller", "-o", "exported"],
        ),
    ] {
        let begun = processor_seconds(ksef.child.id());
        let mut command = Command::new(&program);
        command
            .current_dir(&folder)
            .args(["--json", "--quiet", "--home"])
            .arg(folder.join("home"))
            .args(arguments)
            .args(["--url", &ksef.url])
            .stdout(Stdio::piped());
        let mut client = command.spawn().map_err(|error| error.to_string())?;
        let watched = watch(&mut client)?;
        let served = processor_seconds(ksef.child.id()) - begun;
        let _ = writeln!(
            told,
            "| {what} | {:.2} s, processor {:.2} s, peak memory {:.0} MiB, sandbox {served:.2} s | {}",
            watched.seconds,
            watched.processor_seconds,
            watched.peak_kib as f64 / 1024.0,
            watched.output.trim()
        );
    }
    let _ = ksef.child.kill();
    let _ = std::fs::remove_dir_all(&folder);
    Ok(told)
}

/// In memory where there is a place for it, so that the disk is not what is measured.
fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let parent = match memory.is_dir() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    };
    parent.join("ksef-bench-batch")
}

/// The first example with other numbers, and with lines until it is long enough.
fn write_invoices(root: &Path, folder: &Path, count: u64) -> Result<(), String> {
    let example = root.join("examples/invoices/01-vat.xml");
    let example = std::fs::read_to_string(example).map_err(|error| error.to_string())?;
    let parts = example
        .split_once("<P_2>")
        .and_then(|(head, rest)| Some((head, rest.split_once("</P_2>")?.1)))
        .and_then(|(head, rest)| {
            let (middle, rest) = rest.split_once("<FaWiersz>")?;
            Some((head, middle, rest.rsplit_once("</FaWiersz>")?.1))
        });
    let (head, middle, tail) = parts.ok_or("the example has another form")?;
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut dice = 0x2545_F491_4F6C_DD1D_u64;
    for number in 1..=count {
        let mut text = format!("{head}<P_2>FV/2026/{number:06}</P_2>{middle}");
        let mut line = 0;
        while text.len() + tail.len() < INVOICE_BYTES {
            line += 1;
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let (count, cents) = (dice % 90 + 1, dice / 97 % 100_000);
            let total = count * cents;
            let _ = writeln!(
                text,
                "<FaWiersz><NrWierszaFa>{line}</NrWierszaFa><P_7>Towar {:08x}</P_7><P_8A>szt.</P_8A><P_8B>{count}</P_8B>\
                 <P_9A>{}.{:02}</P_9A><P_11>{}.{:02}</P_11><P_12>23</P_12></FaWiersz>",
                dice >> 32,
                cents / 100,
                cents % 100,
                total / 100,
                total % 100
            );
        }
        text.push_str(tail);
        let path = folder.join(format!("{number:05}.xml"));
        std::fs::write(path, text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The sandbox in a process of its own, its world in memory.
struct Ksef {
    child: Child,
    url: String,
}

impl Ksef {
    fn start(program: &Path, folder: &Path) -> Result<Self, String> {
        let mut child = Command::new(program)
            .arg("--home")
            .arg(folder.join("sandbox"))
            .args([
                "sandbox",
                "--port",
                "0",
                "--limits",
                "off",
                "--latency",
                "0s",
            ])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let said = child.stdout.take().ok_or("the sandbox says nothing")?;
        let url = BufReader::new(said)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("http://")?.1.trim().to_owned()))
            .ok_or("the sandbox did not start")?;
        let url = format!("http://{url}");
        Ok(Self { child, url })
    }
}

impl Drop for Ksef {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Watched {
    output: String,
    peak_kib: u64,
    processor_seconds: f64,
    /// By the clock of the machine, from when it was watched.
    seconds: f64,
}

/// Lets a process end and sees what it uses meanwhile.
fn watch(child: &mut Child) -> Result<Watched, String> {
    let stdout = child.stdout.take().ok_or("no output")?;
    let reader = std::thread::spawn(move || std::io::read_to_string(stdout));
    let (mut peak_kib, mut seconds) = (0, 0.0);
    let begun = uptime();
    loop {
        peak_kib = peak_kib.max(peak_memory(child.id()).unwrap_or(0));
        seconds = processor_seconds(child.id()).max(seconds);
        if child
            .try_wait()
            .map_err(|error| error.to_string())?
            .is_some()
        {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = reader
        .join()
        .map_err(|_| "the output could not be read")?
        .map_err(|error| error.to_string())?;
    Ok(Watched {
        output,
        peak_kib,
        processor_seconds: seconds,
        seconds: uptime() - begun,
    })
}

/// Seconds since the machine started, to the hundredth.
fn uptime() -> f64 {
    let text = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|word| word.parse().ok()).unwrap_or(0.0)
}

fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Of user and system; a tick is a hundredth of a second on every Linux.
fn processor_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |place: usize| -> f64 {
        let word = after_name.split_whitespace().nth(place);
        word.and_then(|word| word.parse().ok()).unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// How long each step took, by the instants of the journal's lines.
fn steps(folder: &Path) -> Result<Vec<(&'static str, f64)>, String> {
    let journal = find_journal(&folder.join("home/state/journal")).ok_or("no journal")?;
    let text = std::fs::read_to_string(journal).map_err(|error| error.to_string())?;
    let mut instants: Vec<(String, f64)> = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let of = |name: &str| line.get(name).and_then(Value::as_str);
        if let (Some(event), Some(at)) = (of("event"), of("at").and_then(seconds_of_day)) {
            instants.push((event.to_owned(), at));
        }
    }
    let last = |event: &str| {
        let found = instants.iter().rev().find(|(name, _)| name == event);
        found.map_or(0.0, |(_, at)| *at)
    };
    let started = instants.first().map_or(0.0, |(_, at)| *at);
    let ends = [
        ("planned and packed", last("sessionOpening")),
        ("opened and uploaded", last("sessionClosing")),
        (
            "closed and processed by the sandbox, listed",
            last("invoiceAccepted"),
        ),
        ("XML, UPO saved and verified", last("sessionEnded")),
    ];
    let mut before = started;
    let mut steps = Vec::new();
    for (step, at) in ends {
        steps.push((step, at - before));
        before = at;
    }
    steps.push(("together", before - started));
    Ok(steps)
}

fn find_journal(folder: &Path) -> Option<PathBuf> {
    let world = std::fs::read_dir(folder).ok()?.flatten().next()?.path();
    let entries = std::fs::read_dir(world).ok()?.flatten();
    entries
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "jsonl"))
}

fn seconds_of_day(instant: &str) -> Option<f64> {
    let (_, time) = instant.trim_end_matches('Z').split_once('T')?;
    let mut parts = time.split(':').map(|part| part.parse::<f64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some((hours * 60.0 + minutes) * 60.0 + seconds)
}

const INVOICES: u64 = 10_000;
const INVOICE_BYTES: usize = 10_000;
