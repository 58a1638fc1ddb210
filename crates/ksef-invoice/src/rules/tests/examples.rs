//! `examples/rules`: every rule beyond the schema with an invalid example and a near miss.

use std::collections::BTreeSet;

use super::*;
use crate::rule::Rule;

/// The folder of one rule.
pub(super) struct Case {
    pub(super) rule: Rule,
    pub(super) invalid: Vec<u8>,
    near_miss: Vec<u8>,
    history: History,
}

impl Case {
    pub(super) fn read(rule: Rule) -> Self {
        let folder = examples("rules").join(rule.id());
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(&folder)
            .unwrap_or_else(|_| panic!("{rule} has no examples"))
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("history"))
            .collect();
        names.sort();
        let mut history = History::new();
        for name in &names {
            let bytes = read(name);
            let tree = Tree::read(&bytes, &check::Rules::default()).unwrap();
            let entry = Entry::of(&tree).unwrap().from_source(name);
            history.add(side(rule), entry);
        }
        Self {
            rule,
            invalid: read("invalid.xml"),
            near_miss: read("near-miss.xml"),
            history,
        }
    }

    /// What the rule needs to know.
    pub(super) fn context(&self) -> Context<'_> {
        let context = today()
            .with_side(side(self.rule))
            .with_history(&self.history)
            .with_production(self.rule == Rule::NipChecksum);
        if self.rule == Rule::AttachmentOnline {
            context.with_channel(Channel::Interactive)
        } else {
            context
        }
    }
}

fn side(rule: Rule) -> Side {
    match rule {
        Rule::AccountChanged
        | Rule::SellerUnknown
        | Rule::AmountUnusual
        | Rule::ContentRepeated => Side::Received,
        _ => Side::Issued,
    }
}

#[test]
fn every_rule_has_an_invalid_example_and_a_near_miss() {
    for rule in Rule::ALL
        .iter()
        .copied()
        .filter(|rule| rule.is_of_content())
    {
        let case = Case::read(rule);
        let rules = |lines: &[String]| -> BTreeSet<String> {
            let ids = lines.iter().map(|line| line.split(' ').next().unwrap());
            ids.map(str::to_owned).collect()
        };
        let invalid = found(&case.invalid, &case.context());
        assert_eq!(
            rules(&invalid),
            BTreeSet::from([rule.id().to_owned()]),
            "{invalid:?}"
        );
        let near_miss = found(&case.near_miss, &case.context());
        assert_eq!(near_miss, Vec::<String>::new(), "near miss of {rule}");
    }
}

#[test]
fn every_folder_is_of_a_rule() {
    for entry in std::fs::read_dir(examples("rules")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap();
            let rule = Rule::from_id(name);
            assert!(rule.is_some_and(Rule::is_of_content), "{name}");
        }
    }
}

#[test]
fn findings_have_a_place_and_two_sentences() {
    for rule in Rule::ALL
        .iter()
        .copied()
        .filter(|rule| rule.is_of_content())
    {
        let case = Case::read(rule);
        let tree = Tree::read(&case.invalid, &check::Rules::default()).unwrap();
        for finding in evaluate(&tree, &case.context()) {
            let position = finding.position().unwrap();
            assert!(position.line > 1, "{rule}");
            assert!(finding.path().unwrap().starts_with("/Faktura/"), "{rule}");
            let polish = finding.message(Language::Polish);
            let english = finding.message(Language::English);
            assert_ne!(polish, english);
            for message in [polish, english] {
                assert!(
                    !message.ends_with('.') && !message.contains("  "),
                    "{message}"
                );
            }
            assert_eq!(finding.expected().is_some(), finding.actual().is_some());
        }
    }
}

/// The official schema accepts every example.
#[test]
fn examples_are_valid_by_the_schema() {
    let tool = crate::rules::tests::samples::spec().join("../tools/xsd-check");
    if !tool.is_file() {
        eprintln!("skipped: xsd-check is not here");
        return;
    }
    let mut files = Vec::new();
    for folder in std::fs::read_dir(examples("rules")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let entries = std::fs::read_dir(folder).unwrap();
            files.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    let output = std::process::Command::new(tool)
        .arg("fa3")
        .args(&files)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() && !text.contains("valid ") {
        eprintln!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let invalid: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with("valid "))
        .collect();
    assert_eq!(invalid, Vec::<&str>::new());
    assert_eq!(text.lines().count(), files.len());
}
