//! `schema-tables`: compiles the official schemas and writes them as Rust data.
//!
//! `--check` writes nothing and says whether the committed tables are what a compilation gives.

mod source;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ksef_invoice::schema::Schema;
use ksef_invoice::schema::compile::{Compiler, FileLoader};

/// The tables: the file, and for each constant in it the schema. Schemas of one file share their
/// pools.
const TABLES: [(&str, &[(&str, &str)]); 7] = [
    ("fa2", &[("FA2", "fa/schemat_FA(2)_v1-0E.xsd")]),
    ("fa3", &[("FA3", "fa/schemat_FA(3)_v1-0E.xsd")]),
    ("fa_rr1", &[("FA_RR1", "rr/schemat_FA_RR(1)_v1-1E.xsd")]),
    (
        "pef",
        &[
            ("PEF3", "pef/Schemat_PEF(3)_v2-1.xsd"),
            ("PEF_KOR3", "pef/Schemat_PEF_KOR(3)_v2-1.xsd"),
        ],
    ),
    ("upo", &[("UPO", "upo/upo-v4-3.xsd")]),
    ("auth_2_0", &[("AUTH_2_0", "auth/schemat_auth_v2-0.xsd")]),
    ("auth_2_1", &[("AUTH_2_1", "auth/schemat_auth_v2-1.xsd")]),
];

/// Writes the tables of the crate below `repository`, or compares them.
///
/// # Errors
/// Schemas that do not compile, files that cannot be written, tables that differ.
pub(crate) fn run(repository: &Path, is_check: bool) -> Result<String, Vec<String>> {
    let Some(schemas) = find_schemas(repository) else {
        return Ok("schema-tables: skipped, no schemas (set KSEF_SPEC_DIR)".to_owned());
    };
    let folder = repository.join("crates/ksef-invoice/src/schema/tables");
    let mut findings = Vec::new();
    let mut summary = String::from("schema-tables:");
    for (file, entries) in TABLES {
        let path = folder.join(file).with_extension("rs");
        let text = match write_table(&schemas, entries) {
            Ok(text) => text,
            Err(error) => {
                findings.push(error);
                continue;
            }
        };
        let _ = write!(summary, " {file} {} bytes,", text.len());
        if is_check {
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            if committed != text {
                findings.push(format!("{}: not what the schemas give", path.display()));
            }
        } else if let Err(error) = std::fs::write(&path, text) {
            findings.push(format!("{}: {error}", path.display()));
        }
    }
    if findings.is_empty() {
        Ok(summary.trim_end_matches(',').to_owned())
    } else {
        Err(findings)
    }
}

/// The folder of the official schemas.
pub(crate) fn find_schemas(repository: &Path) -> Option<PathBuf> {
    let folder = std::env::var_os("KSEF_SPEC_DIR")
        .map_or_else(|| repository.join("../shared/spec"), PathBuf::from)
        .join("xsd");
    folder.is_dir().then_some(folder)
}

/// The source of a table.
fn write_table(schemas: &Path, entries: &[(&str, &str)]) -> Result<String, String> {
    let loader = FileLoader::new().with_folder(schemas);
    let paths: Vec<String> = entries
        .iter()
        .map(|(_, path)| schemas.join(path).to_string_lossy().into_owned())
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let is_corrected = entries.iter().any(|(_, path)| path.starts_with("auth/"));
    let compiler = if is_corrected {
        Compiler::new().with_patterns(correct_pattern)
    } else {
        Compiler::new()
    };
    let compiled = compiler
        .compile_together(&loader, &paths)
        .map_err(|error| match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        })?;
    let named: Vec<(&str, &Schema)> = entries
        .iter()
        .map(|(name, _)| *name)
        .zip(&compiled)
        .collect();
    Ok(source::write(&named))
}

/// What a pattern of the AuthTokenRequest schemas means; `None` when it is what it says.
///
/// They are written in the dialect of .NET, which KSeF runs. In XSD `^` and `$` are ordinary
/// characters and `\b` and `\/` do not exist: by the letter, 2.0 and 2.1 refuse every Peppol
/// identifier and EU VAT number that KSeF accepts, and 2.0 cannot be read at all.
fn correct_pattern(pattern: &str) -> Option<String> {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let mut corrected = inner.to_owned();
    for (from, to) in CORRECTIONS {
        corrected = corrected.replace(from, to);
    }
    (corrected != pattern).then_some(corrected)
}

/// Parts of those patterns that XSD writes differently.
///
/// Of an address, `\b` behind the optional dot of an octet asks for the dot between octets and
/// forbids one behind the last. A slash needs no escape.
const CORRECTIONS: [(&str, &str); 2] = [
    (
        r"((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}",
        r"(25[0-5]|(2[0-4]|1\d|[1-9]|)\d)(\.(25[0-5]|(2[0-4]|1\d|[1-9]|)\d)){3}",
    ),
    (r"\/", "/"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_tables_are_what_the_schemas_give() {
        let outcome = run(&crate::repository(), true).unwrap();
        eprintln!("{outcome}");
    }

    #[test]
    fn dialect_is_translated() {
        for (pattern, expected) in [
            ("^P[A-Z]{2}$", Some("P[A-Z]{2}")),
            (r"\d{5}", None),
            (r"a\/b$", Some("a/b")),
        ] {
            assert_eq!(correct_pattern(pattern).as_deref(), expected);
        }
    }
}
