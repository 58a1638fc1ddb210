//! Dependencies between the crates point one way, from the tools down to the values.

use std::collections::BTreeSet;
use std::path::Path;

use toml_edit::{DocumentMut, Item};

/// Each crate with the crates of this workspace that it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("ksef-core", &[]),
    ("ksef-crypto", &["ksef-core"]),
    ("ksef-invoice", &["ksef-core"]),
    ("ksef-import", &["ksef-core", "ksef-invoice"]),
    ("ksef-render", &["ksef-core", "ksef-invoice"]),
    ("ksef-api", &["ksef-core"]),
    (
        "ksef-sdk",
        &["ksef-core", "ksef-crypto", "ksef-invoice", "ksef-api"],
    ),
    (
        "ksef-sandbox",
        &["ksef-core", "ksef-crypto", "ksef-invoice", "ksef-api"],
    ),
    (
        "ksef-store",
        &["ksef-core", "ksef-crypto", "ksef-api", "ksef-sdk"],
    ),
    (
        "ksef-cli",
        &[
            "ksef-core",
            "ksef-crypto",
            "ksef-invoice",
            "ksef-import",
            "ksef-render",
            "ksef-api",
            "ksef-sdk",
            "ksef-sandbox",
            "ksef-store",
        ],
    ),
    ("xtask", &["ksef-core", "ksef-api", "ksef-invoice"]),
];

/// What tests and benchmarks may use besides: a peer to talk to.
const ALLOWED_IN_TESTS: &[(&str, &[&str])] = &[
    ("ksef-sdk", &["ksef-sandbox"]),
    ("ksef-sandbox", &["ksef-sdk"]),
    ("ksef-invoice", &["ksef-crypto"]),
];

/// Reads every manifest below `crates`.
///
/// # Errors
/// One line per dependency that points the wrong way, unknown crate or unreadable manifest.
pub(crate) fn check(crates: &Path) -> Result<String, Vec<String>> {
    let mut findings = Vec::new();
    let mut manifests = 0;
    let folders = match std::fs::read_dir(crates) {
        Ok(folders) => folders,
        Err(error) => return Err(vec![format!("{}: {error}", crates.display())]),
    };
    for folder in folders.flatten() {
        let path = folder.path().join("Cargo.toml");
        if !path.is_file() {
            continue;
        }
        manifests += 1;
        let manifest = std::fs::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| {
                text.parse::<DocumentMut>()
                    .map_err(|error| error.to_string())
            });
        match manifest {
            Ok(manifest) => {
                findings.extend(judge(&folder.file_name().to_string_lossy(), &manifest));
            }
            Err(error) => findings.push(format!("{}: {error}", path.display())),
        }
    }
    if findings.is_empty() {
        Ok(format!(
            "check-deps: dependencies of {manifests} crates point one way"
        ))
    } else {
        Err(findings)
    }
}

/// The findings in one manifest.
fn judge(folder: &str, manifest: &DocumentMut) -> Vec<String> {
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(Item::as_str)
        .unwrap_or_default();
    if name != folder {
        return vec![format!(
            "{folder}: the package is called {name:?}, not like its folder"
        )];
    }
    let Some(allowed) = allowed(ALLOWED, name) else {
        return vec![format!(
            "{name}: unknown crate, add it to the table of check-deps"
        )];
    };
    let in_tests = self::allowed(ALLOWED_IN_TESTS, name).unwrap_or_default();
    let mut findings = Vec::new();
    for (section, extra) in [
        ("dependencies", &[][..]),
        ("build-dependencies", &[]),
        ("dev-dependencies", in_tests),
    ] {
        let wrong = ours(manifest, section)
            .into_iter()
            .filter(|used| !allowed.contains(&used.as_str()) && !extra.contains(&used.as_str()));
        findings.extend(
            wrong.map(|used| {
                format!("{name}: [{section}] must not use {used}; see ARCHITECTURE.md")
            }),
        );
    }
    findings
}

fn allowed(
    table: &[(&str, &'static [&'static str])],
    name: &str,
) -> Option<&'static [&'static str]> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, allowed)| *allowed)
}

/// The crates of this workspace that a section names, those of targets included.
fn ours(manifest: &DocumentMut, section: &str) -> BTreeSet<String> {
    let targets = manifest.get("target").and_then(Item::as_table_like);
    let of_targets = targets
        .into_iter()
        .flat_map(|targets| targets.iter())
        .filter_map(|(_, target)| target.get(section));
    manifest
        .get(section)
        .into_iter()
        .chain(of_targets)
        .filter_map(Item::as_table_like)
        .flat_map(|used| used.iter())
        .map(|(used, _)| used.to_owned())
        .filter(|used| ALLOWED.iter().any(|(known, _)| known == used))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        judge("ksef-api", &text.parse().unwrap())
    }

    #[test]
    fn this_repository_points_one_way() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        check(crates).unwrap();
    }

    #[test]
    fn upward_dependencies_are_found_in_every_section() {
        let good = "[package]\nname='ksef-api'\n[dependencies]\nksef-core={}\nserde='1'\n";
        assert!(findings(good).is_empty());
        for section in [
            "dependencies",
            "dev-dependencies",
            "target.'cfg(unix)'.dependencies",
        ] {
            let text = format!("[package]\nname='ksef-api'\n[{section}]\nksef-sdk={{}}\n");
            assert_eq!(findings(&text).len(), 1, "{section}");
        }
        assert_eq!(findings("[package]\nname='other'\n").len(), 1);
    }
}
