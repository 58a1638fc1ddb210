//! libxml2 as a judge: `xmllint` with the official schemas, hundreds of documents per process.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::forms::Form;

/// What libxml2 says about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    /// The schema's messages.
    Invalid(Vec<String>),
    /// No XML, or no XML with namespaces: the parser's first message.
    Malformed(String),
}

/// A form's schema and a folder for documents.
#[derive(Debug)]
pub struct Oracle {
    schema: PathBuf,
    catalog: PathBuf,
    folder: PathBuf,
}

impl Oracle {
    /// An oracle; `None` when `xmllint` or the official schemas are not at hand.
    pub fn new(form: Form, spec: &Path) -> Option<Self> {
        let runs = Command::new("xmllint")
            .arg("--version")
            .stderr(Stdio::null())
            .status();
        if !runs.is_ok_and(|status| status.success()) {
            return None;
        }
        let shared_memory = Path::new("/dev/shm");
        let parent = if shared_memory.is_dir() {
            shared_memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = parent.join(format!(
            "ksef-differential-{}-{}",
            form.name(),
            std::process::id()
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let official = spec.join("xsd").join(form.schema_file());
        let schema = match form {
            Form::Auth20 | Form::Auth21 => {
                let corrected = folder.join("corrected.xsd");
                let text = std::fs::read_to_string(official).unwrap();
                std::fs::write(&corrected, correct(&text)).unwrap();
                corrected
            }
            _ => official,
        };
        Some(Self {
            schema,
            catalog: spec.join("xsd/catalog.xml"),
            folder,
        })
    }

    /// The verdicts on documents, in their order.
    pub fn judge(&self, documents: &[Vec<u8>]) -> Vec<Verdict> {
        documents
            .chunks(CHUNK)
            .flat_map(|chunk| self.judge_chunk(chunk))
            .collect()
    }

    fn judge_chunk(&self, documents: &[Vec<u8>]) -> Vec<Verdict> {
        let names: Vec<_> = (0..documents.len()).map(|n| format!("{n}.xml")).collect();
        for (name, bytes) in names.iter().zip(documents) {
            std::fs::write(self.folder.join(name), bytes).unwrap();
        }
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(&self.schema)
            .args(&names)
            .current_dir(&self.folder)
            .env("XML_CATALOG_FILES", &self.catalog)
            .output()
            .unwrap();
        let messages = String::from_utf8_lossy(&output.stderr);
        let mut verdicts = vec![Raw::default(); documents.len()];
        let mut last_document = None;
        for line in messages.lines() {
            match read_line(line, &mut verdicts) {
                Some(number) => last_document = Some(number),
                None => continue_message(line, last_document, &mut verdicts),
            }
        }
        let last = messages.lines().last().unwrap_or_default();
        verdicts
            .into_iter()
            .map(|raw| {
                raw.verdict()
                    .unwrap_or_else(|| panic!("no verdict: {last}"))
            })
            .collect()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // what is left in shared memory is only a waste
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What was said about a document, line by line.
#[derive(Debug, Clone, Default)]
struct Raw {
    validates: Option<bool>,
    parser: Option<String>,
    schema: Vec<String>,
    /// Does the last message of the schema go on in the next line?
    is_open: bool,
}

impl Raw {
    fn verdict(self) -> Option<Verdict> {
        match (self.parser, self.validates) {
            (Some(message), _) => Some(Verdict::Malformed(message)),
            (None, Some(true)) => Some(Verdict::Valid),
            (None, Some(false)) => Some(Verdict::Invalid(self.schema)),
            (None, None) => None,
        }
    }
}

/// Reads `17.xml:3: …`, `17.xml validates` or `17.xml fails to validate`; the document's number.
fn read_line(line: &str, verdicts: &mut [Raw]) -> Option<usize> {
    let (number, rest) = line.split_once(".xml")?;
    let number: usize = number.parse().ok()?;
    let raw = verdicts.get_mut(number)?;
    raw.is_open = false;
    if rest == " validates" {
        raw.validates = Some(true);
    } else if rest == " fails to validate" {
        raw.validates = Some(false);
    } else if rest.contains("Schemas validity error : ") {
        raw.schema.push(rest.to_owned());
        raw.is_open = true;
    } else if rest.contains(": parser error : ")
        || rest.contains(": namespace error : ") && !rest.contains("is not a valid URI")
    {
        // a processor need not check that namespace names are URIs (Namespaces in XML 1.0, 7)
        raw.parser.get_or_insert_with(|| rest.to_owned());
    }
    Some(number)
}

/// A value with line ends makes its message several lines long.
fn continue_message(line: &str, document: Option<usize>, verdicts: &mut [Raw]) {
    let raw = document.and_then(|number| verdicts.get_mut(number));
    if let Some(raw) = raw.filter(|raw| raw.is_open)
        && let Some(message) = raw.schema.last_mut()
    {
        message.push('\n');
        message.push_str(line);
    }
}

/// The `AuthTokenRequest` schemas with the corrections of the real server: `^` and `$` around a
/// pattern are anchors there, and `\b` asks for a dot between octets. An XSD pattern is anchored
/// anyway, knows no `\b`, and takes `^` and `$` for characters.
fn correct(schema: &str) -> String {
    const OCTET: &str = r"(25[0-5]|(2[0-4]|1\d|[1-9])?\d)";
    let mut text = schema
        .replace(
            r"((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}",
            &format!(r"({OCTET}\.){{3}}{OCTET}"),
        )
        .replace(r"\/", "/");
    text = text
        .replace("value=\"^", "value=\"")
        .replace("$\"/>", "\"/>");
    assert!(!text.contains(r"\b"), "a pattern that is not known");
    text
}

/// Documents per process.
const CHUNK: usize = 1000;
