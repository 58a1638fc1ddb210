//! File names of invoices: from their numbers, safe on every system.

use std::collections::HashSet;

/// Names that were given in this run.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The file for the invoice with this number; numbers that look alike as files get different ones.
    pub(super) fn file_for(&mut self, number: &str) -> String {
        let stem = stem(number);
        let mut name = stem.clone();
        let mut copy = 1_u32;
        // Some file systems do not tell capitals apart.
        while !self.taken.insert(name.to_lowercase()) {
            copy += 1;
            name = format!("{stem}-{copy}");
        }
        format!("{name}.xml")
    }
}

/// Letters, digits and a few signs stay; everything else becomes a hyphen.
pub(crate) fn stem(number: &str) -> String {
    let mut stem = String::new();
    for character in number.trim().chars().take(CHARACTERS_MAX) {
        let is_safe = character.is_alphanumeric() || matches!(character, '_' | '.');
        let shown = if is_safe { character } else { '-' };
        if shown != '-' || !stem.ends_with('-') {
            stem.push(shown);
        }
    }
    // Neither hidden, nor an option, nor a name that Windows cuts.
    let trimmed = stem.trim_matches(['-', '.', ' ']);
    if trimmed.is_empty() {
        return "faktura".to_owned();
    }
    let base = trimmed.split('.').next().unwrap_or_default();
    if RESERVED.iter().any(|name| base.eq_ignore_ascii_case(name)) {
        return format!("_{trimmed}");
    }
    trimmed.to_owned()
}

/// File names have at most 255 bytes nearly everywhere; a letter has up to four.
const CHARACTERS_MAX: usize = 60;
/// Devices of Windows, whatever the extension.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_safe_names() {
        for (number, name) in [
            ("FV/2026/11/001", "FV-2026-11-001.xml"),
            ("  ŻÓŁW 7 ", "ŻÓŁW-7.xml"),
            ("../../etc/passwd", "etc-passwd.xml"),
            ("a\u{0}b\\c:d*e", "a-b-c-d-e.xml"),
            ("...", "faktura.xml"),
            ("-rf", "rf.xml"),
            ("con.1", "_con.1.xml"),
            ("1/2.", "1-2.xml"),
        ] {
            assert_eq!(Names::default().file_for(number), name);
        }
        assert!(stem(&"ż".repeat(300)).len() < 200);
    }

    #[test]
    fn alike_numbers_get_different_names() {
        let mut names = Names::default();
        let given: Vec<String> = ["FV/1", "fv-1", "FV 1", "FV/1-2"]
            .iter()
            .map(|number| names.file_for(number))
            .collect();
        assert_eq!(
            given,
            ["FV-1.xml", "fv-1-2.xml", "FV-1-3.xml", "FV-1-2-2.xml"]
        );
    }
}
