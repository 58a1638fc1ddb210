//! `bench-schema`: the validator's speed and memory beside libxml2's, measured in one run.
//!
//! Both read the same files into memory first and count seconds of the processor. libxml2 is
//! driven by a small program of our own that is compiled here and used for nothing else.

#![allow(clippy::float_arithmetic, reason = "speeds and ratios for a person")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::spec_drift;

/// Runs the measurement.
///
/// # Errors
/// What is missing or failed.
pub(crate) fn run(root: &Path) -> Result<String, Vec<String>> {
    Bench::prepare(root)
        .and_then(|bench| bench.report())
        .map_err(|error| vec![error])
}

struct Bench {
    ours: PathBuf,
    theirs: PathBuf,
    spec: PathBuf,
    /// Generated invoices.
    folder: PathBuf,
}

/// Seconds and bytes by name.
type Figures = BTreeMap<String, (f64, f64)>;

impl Bench {
    fn prepare(root: &Path) -> Result<Self, String> {
        let spec = spec_drift::find_spec(root)
            .filter(|folder| folder.join("xsd").is_dir())
            .ok_or("no official schemas: set KSEF_SPEC_DIR")?;
        let ours = build_ours(root)?;
        let theirs = build_theirs(root)?;
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = parent.join("ksef-bench-schema");
        run_program(Command::new(&ours).arg("write").arg(&folder))?;
        Ok(Self {
            ours,
            theirs,
            spec,
            folder,
        })
    }

    fn report(&self) -> Result<String, String> {
        warn_when_busy();
        let samples = self.spec.join("../samples/fa3");
        if samples.is_dir() {
            self.compare("the Ministry's samples of FA (3)", &samples, 200)?;
        } else {
            println!("the Ministry's samples: skipped, not there");
        }
        self.compare("10 000 invoices of 10 KB", &self.folder.join("many"), 5)?;
        self.compare_memory()?;
        std::fs::remove_dir_all(&self.folder).map_err(|error| error.to_string())?;
        Ok("bench-schema: done".to_owned())
    }

    /// Runs both sides in turn, a few times; the median of each work counts.
    fn compare(&self, title: &str, documents: &Path, rounds: usize) -> Result<(), String> {
        let rounds = rounds.to_string();
        let mut all: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for _ in 0..TURNS {
            let theirs = self.libxml2().arg(&rounds).arg(documents).output_of()?;
            let ours = pinned(&self.ours)
                .args(["measure", &rounds])
                .arg(documents)
                .output_of()?;
            for (side, text) in [("libxml2", theirs), ("ksef", ours)] {
                for (name, figure) in figures(&text) {
                    all.entry(format!("{side} {name}"))
                        .or_default()
                        .push(figure);
                }
            }
        }
        let medians = all
            .into_iter()
            .map(|(name, mut turns)| {
                turns.sort_by(|one, two| one.0.total_cmp(&two.0));
                (
                    name,
                    turns.get(turns.len() / 2).copied().unwrap_or_default(),
                )
            })
            .collect();
        print_table(title, &medians);
        Ok(())
    }

    fn compare_memory(&self) -> Result<(), String> {
        let file = self.folder.join("large.xml");
        let size = std::fs::metadata(&file)
            .map_err(|error| error.to_string())?
            .len();
        println!(
            "\n| peak memory for one invoice of {size} bytes with an attachment | MiB |\n|---|---|"
        );
        let theirs = self.libxml2().arg("memory").arg(&file).output_of()?;
        for line in theirs.lines() {
            print_memory("libxml2", line);
        }
        for work in ["schema", "inspect", "tree", "typed"] {
            let ours = pinned(&self.ours)
                .args(["memory", work])
                .arg(&file)
                .output_of()?;
            for line in ours
                .lines()
                .filter(|line| work == "schema" || line.starts_with(work))
            {
                print_memory("ksef", line);
            }
        }
        Ok(())
    }

    fn libxml2(&self) -> Command {
        let xsd = self.spec.join("xsd");
        let mut command = pinned(&self.theirs);
        command
            .env("XML_CATALOG_FILES", xsd.join("catalog.xml"))
            .arg(xsd.join("fa/schemat_FA(3)_v1-0E.xsd"));
        command
    }
}

fn print_table(title: &str, figures: &Figures) {
    let rate = |name: &str| {
        let (seconds, bytes) = figures.get(name).copied().unwrap_or_default();
        bytes / seconds / 1e6
    };
    let (tree, stream) = (rate("libxml2 tree"), rate("libxml2 stream"));
    println!("\n| {title} | MB/s | × libxml2, tree | × libxml2, stream |\n|---|---|---|---|");
    for (name, (seconds, bytes)) in figures {
        let speed = bytes / seconds / 1e6;
        println!(
            "| {name} | {speed:.0} | {:.1} | {:.1} |",
            speed / tree,
            speed / stream
        );
    }
}

fn print_memory(side: &str, line: &str) {
    if let Some((name, kib)) = line.split_once(' ') {
        let mebibytes = kib.parse().unwrap_or(0.0) / 1024.0;
        println!("| {side} {name} | {mebibytes:.1} |");
    }
}

fn figures(text: &str) -> Figures {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let name = words.next()?.to_owned();
            Some((
                name,
                (words.next()?.parse().ok()?, words.next()?.parse().ok()?),
            ))
        })
        .collect()
}

/// The bench program, built with optimisation.
fn build_ours(root: &Path) -> Result<PathBuf, String> {
    let text = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "bench",
            "--package",
            "ksef-invoice",
            "--bench",
            "libxml2",
            "--no-run",
        ])
        .arg("--message-format=json")
        .output_of()?;
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name") == Some(&Value::from("libxml2")))
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .ok_or_else(|| "cargo built no bench program".to_owned())
}

fn build_theirs(root: &Path) -> Result<PathBuf, String> {
    let missing =
        "libxml2's headers, pkg-config and gcc are needed (Debian: libxml2-dev pkg-config gcc)";
    let flags = Command::new("pkg-config")
        .args(["--cflags", "--libs", "libxml-2.0"])
        .output_of()
        .map_err(|error| format!("{missing}: {error}"))?;
    let program = root.join("target/bench-schema-libxml2");
    std::fs::create_dir_all(root.join("target")).map_err(|error| error.to_string())?;
    let mut gcc = Command::new("gcc");
    gcc.args(["-O2", "-Wall", "-Wextra", "-o"])
        .arg(&program)
        .arg(root.join("crates/ksef-invoice/benches/libxml2.c"))
        .args(flags.split_whitespace());
    gcc.output_of()
        .map_err(|error| format!("{missing}: {error}"))?;
    Ok(program)
}

/// A program on one core, where the machine has `taskset`.
fn pinned(program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "1"]).arg(program);
    let can_pin = Command::new("taskset")
        .args(["--cpu-list", "1", "true"])
        .status();
    if can_pin.is_ok_and(|status| status.success()) {
        command
    } else {
        Command::new(program)
    }
}

fn warn_when_busy() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let minute = load
        .split(' ')
        .next()
        .and_then(|text| text.parse::<f64>().ok());
    if minute.is_some_and(|load| load > 0.7) {
        println!(
            "the machine is busy (load {}): the figures are too low, the ratios nearly right",
            load.trim()
        );
    }
}

trait OutputOf {
    /// What the command printed.
    fn output_of(&mut self) -> Result<String, String>;
}

impl OutputOf for Command {
    fn output_of(&mut self) -> Result<String, String> {
        let name = format!("{:?}", self.get_program());
        let output = self.output().map_err(|error| format!("{name}: {error}"))?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{name} failed: {}", message.trim()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn run_program(command: &mut Command) -> Result<(), String> {
    command.output_of().map(|_| ())
}

/// How often both sides are measured, in turn.
const TURNS: usize = 3;
