//! Whether `docs/reference/operations.md` is true: a row for each operation, SDK methods and commands that exist.

use std::collections::BTreeSet;
use std::path::Path;

use ksef_api::operation::ALL;

/// `cargo xtask check-operations`
///
/// # Errors
/// What is missing or wrong, one line each; files that cannot be read.
pub(crate) fn check(repository: &Path) -> Result<String, Vec<String>> {
    let read = |path: &str| {
        let path = repository.join(path);
        std::fs::read_to_string(&path).map_err(|error| vec![format!("{}: {error}", path.display())])
    };
    let page = read(PAGE)?;
    let commands = commands(&read("docs/reference/cli.md")?);
    let mut methods = BTreeSet::new();
    collect_methods(&repository.join("crates/ksef-sdk/src"), &mut methods)
        .map_err(|error| vec![format!("crates/ksef-sdk/src: {error}")])?;
    let findings = judge(&page, &methods, &commands);
    if findings.is_empty() {
        Ok(format!(
            "check-operations: {} operations in {PAGE}",
            ALL.len()
        ))
    } else {
        Err(findings)
    }
}

/// A row of the table.
struct Row<'a> {
    operation: &'a str,
    methods: Vec<&'a str>,
    commands: Vec<&'a str>,
    notes: &'a str,
}

fn judge(page: &str, methods: &BTreeSet<String>, commands: &BTreeSet<String>) -> Vec<String> {
    let rows: Vec<_> = page.lines().filter_map(row).collect();
    let mut findings = Vec::new();
    for operation in ALL {
        let name = operation.to_string();
        let count = rows.iter().filter(|row| row.operation == name).count();
        if count != 1 {
            findings.push(format!("{name}: {count} rows in {PAGE}"));
        }
    }
    for row in &rows {
        let name = row.operation;
        if !ALL.iter().any(|operation| operation.to_string() == name) {
            findings.push(format!("{name}: no such operation"));
        }
        if row.methods.is_empty() || row.commands.is_empty() || row.notes.is_empty() {
            findings.push(format!(
                "{name}: a method, a command or the notes are missing"
            ));
        }
        let unknown = row
            .methods
            .iter()
            .filter(|method| !methods.contains(**method));
        findings.extend(unknown.map(|method| format!("{name}: ksef-sdk has no fn {method}")));
        let unknown = row
            .commands
            .iter()
            .filter(|command| !commands.contains(**command));
        findings.extend(unknown.map(|command| format!("{name}: there is no command {command}")));
    }
    findings
}

/// `| operation | SDK | command | sandbox and differences |`, names in backticks.
fn row(line: &str) -> Option<Row<'_>> {
    let mut cells = line
        .strip_prefix('|')?
        .strip_suffix('|')?
        .split(" | ")
        .map(str::trim);
    let (operation, methods, commands) = (cells.next()?, cells.next()?, cells.next()?);
    let operation = operation.strip_prefix('`')?.strip_suffix('`')?;
    Some(Row {
        operation,
        methods: quoted(methods).map(last_segment).collect(),
        commands: quoted(commands).collect(),
        notes: cells.next().unwrap_or_default(),
    })
}

fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn last_segment(method: &str) -> &str {
    method.rsplit("::").next().unwrap_or(method)
}

/// Titles of the reference of the command line.
fn commands(reference: &str) -> BTreeSet<String> {
    reference
        .lines()
        .filter(|line| line.starts_with('#'))
        .flat_map(quoted)
        .map(str::to_owned)
        .collect()
}

fn collect_methods(folder: &Path, methods: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_methods(&path, methods)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            methods.extend(methods_of(&std::fs::read_to_string(path)?));
        }
    }
    Ok(())
}

/// Names of public functions.
fn methods_of(source: &str) -> Vec<String> {
    source
        .lines()
        .filter_map(|line| {
            let rest = line.trim_start().strip_prefix("pub ")?;
            let rest = rest.strip_prefix("const ").unwrap_or(rest);
            let rest = rest.strip_prefix("async ").unwrap_or(rest);
            let name = rest.strip_prefix("fn ")?;
            let end = name.find(|character: char| !character.is_alphanumeric() && character != '_');
            end.and_then(|end| name.get(..end)).map(str::to_owned)
        })
        .collect()
}

const PAGE: &str = "docs/reference/operations.md";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_true() {
        assert_eq!(check(&crate::repository()).err(), None);
    }

    #[test]
    fn what_is_not_true_is_found() {
        let methods = BTreeSet::from_iter(methods_of(
            "impl X {\n    pub async fn tokens<T>(&self) {}\n    pub fn token(&self) {}\n    fn hidden() {}\n",
        ));
        assert_eq!(methods.iter().collect::<Vec<_>>(), ["token", "tokens"]);
        let commands = commands("# Reference\n### `ksef token`\n#### `ksef token list`\n");
        let page = |row: &str| judge(row, &methods, &commands);
        let sound = "| `GET /tokens` | `Client::tokens` | `ksef token list` | as the real one |";
        let only = |findings: Vec<String>| {
            let here = findings
                .into_iter()
                .filter(|it| it.starts_with("GET /tokens:") || it.starts_with("GET /x:"));
            here.collect::<Vec<_>>()
        };
        assert_eq!(only(page(sound)), Vec::<String>::new());
        for (wrong, told) in [
            ("", "GET /tokens: 0 rows"),
            (&sound.replace("::tokens", "::tickets"), "no fn tickets"),
            (
                &sound.replace("token list", "token show"),
                "no command ksef token show",
            ),
            (&sound.replace("as the real one", ""), "missing"),
            (&sound.replace("/tokens", "/x"), "no such operation"),
            (&format!("{sound}\n{sound}"), "GET /tokens: 2 rows"),
        ] {
            let findings = only(page(wrong));
            assert!(
                findings.iter().any(|it| it.contains(told)),
                "{told}: {findings:?}"
            );
        }
    }
}
