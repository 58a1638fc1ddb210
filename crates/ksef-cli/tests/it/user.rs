//! A user with a home folder, who runs the command.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A user with a home folder and a place for invoices.
pub(crate) struct User {
    folder: tempfile::TempDir,
}

/// What a run of the command came to.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl User {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The folder of configuration, data and state.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A path of the user's.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; makes the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A folder of invoices with these numbers, in this order.
    pub(crate) fn invoices<'a>(
        &self,
        folder: &str,
        numbers: impl IntoIterator<Item = &'a str>,
    ) -> PathBuf {
        for (index, number) in numbers.into_iter().enumerate() {
            let name = format!("{folder}/{index:03}.xml");
            // Documents with one number differ in something.
            self.write(&name, invoice(SELLER, number) + &" ".repeat(index));
        }
        self.path(folder)
    }

    /// The command, cut off from the settings of whoever runs the tests.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ksef"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("KSEF_") || name.starts_with("XDG_") || name.starts_with("LC_") {
                command.env_remove(&*name);
            }
        }
        command
            .env("KSEF_HOME", self.home())
            .env("LANG", "C")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run<I: AsRef<std::ffi::OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = I>,
    ) -> Run {
        Run::of(self.command().args(arguments).output().unwrap())
    }

    /// `ksef invoice send --json` with these arguments.
    pub(crate) fn send(&self, paths: &Path, options: &[&str]) -> Run {
        self.run(send_arguments(paths, options))
    }

    /// The same, without waiting for its end.
    pub(crate) fn start_sending(&self, paths: &Path, options: &[&str]) -> Child {
        self.command()
            .args(send_arguments(paths, options))
            .spawn()
            .unwrap()
    }

    /// Every file below a folder.
    pub(crate) fn files(&self, name: &str) -> Vec<PathBuf> {
        let mut folders = vec![self.path(name)];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    files.push(path)
                }
            }
        }
        files.sort();
        files
    }

    /// The journals.
    pub(crate) fn journals(&self) -> Vec<PathBuf> {
        let is_journal = |path: &PathBuf| path.extension().is_some_and(|end| end == "jsonl");
        self.files("home/state/journal")
            .into_iter()
            .filter(is_journal)
            .collect()
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON document on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// A member of the totals.
    pub(crate) fn total(&self, name: &str) -> u64 {
        self.json()["totals"][name]
            .as_u64()
            .unwrap_or_else(|| panic!("{}", self.stdout))
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }
}

fn send_arguments(paths: &Path, options: &[&str]) -> Vec<std::ffi::OsString> {
    let mut arguments: Vec<std::ffi::OsString> =
        ["invoice", "send", "--json"].map(Into::into).to_vec();
    arguments.extend(options.iter().map(Into::into));
    arguments.push(paths.into());
    arguments
}

/// A small invoice that KSeF accepts.
pub(crate) fn invoice(seller: &str, number: &str) -> String {
    include_str!("invoice.xml")
        .replace("@SELLER@", seller)
        .replace("@NUMBER@", number)
        .replace("@ISSUED@", "2026-11-02")
}

/// The same with an attachment, which KSeF takes only in a batch.
pub(crate) fn invoice_with_attachment(seller: &str, number: &str) -> String {
    let attachment = "<Zalacznik><BlokDanych><MetaDane><ZKlucz>a</ZKlucz><ZWartosc>b</ZWartosc></MetaDane></BlokDanych></Zalacznik></Faktura>";
    invoice(seller, number).replace("</Faktura>", attachment)
}

/// A taxpayer that exists in tests only.
pub(crate) const SELLER: &str = "5265877635";
