use std::fs;

use jiff::civil::date;
use ksef_invoice::rule::Rule;

use super::*;

/// A small invoice that passes every check of this release.
pub(crate) fn invoice(seller: &str, number: &str, issued: &str) -> String {
    include_str!("../../../tests/it/invoice.xml")
        .replace("@SELLER@", seller)
        .replace("@NUMBER@", number)
        .replace("@ISSUED@", issued)
}

const SELLER: &str = "5265877635";
const OTHER: &str = "9999999999";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn rule_of(bytes: impl AsRef<[u8]>, rules: &PlanRules) -> Option<Rule> {
    let folder = Folder::new();
    let plan = Plan::make(&[folder.file("a.xml", bytes)], rules);
    plan.refused.first().map(|refused| match &refused.reason {
        Refusal::Findings(findings) => findings[0].rule(),
        Refusal::Unreadable(error) => panic!("{error}"),
    })
}

#[test]
fn invoices_are_identified_and_grouped() {
    let folder = Folder::new();
    let files = [
        folder.file("1.xml", invoice(SELLER, "A/1", "2026-11-20")),
        folder.file("2.xml", invoice(OTHER, "A/1", "2026-11-20")),
        folder.file("3.xml", invoice(SELLER, "A/2", "2026-11-20")),
        folder.file("4.xml", invoice(SELLER, "A/1", "2026-11-20")),
    ];
    let plan = Plan::make(&files, &PlanRules::default());
    assert!(plan.refused.is_empty(), "{:?}", plan.refused);
    assert_eq!(plan.repeats, [(files[3].clone(), 0)]);
    let groups = plan.by_context();
    let sizes: Vec<_> = groups
        .iter()
        .map(|(context, list)| (context.value().to_owned(), list.len()))
        .collect();
    assert_eq!(sizes, [(SELLER.to_owned(), 2), (OTHER.to_owned(), 1)]);
    let first = &plan.invoices[0];
    assert_eq!(first.planned.number.as_deref(), Some("A/1"));
    assert_eq!(first.planned.kind.as_deref(), Some("VAT"));
    assert_eq!(first.document().unwrap().digest(), first.planned.hash);

    let context = ContextIdentifier::parse("1111111111").unwrap();
    let rules = PlanRules {
        context: Some(context),
        ..PlanRules::default()
    };
    let plan = Plan::make(&files, &rules);
    assert_eq!(plan.by_context().into_keys().collect::<Vec<_>>(), [context]);
}

#[test]
fn a_file_that_changed_is_not_sent() {
    let folder = Folder::new();
    let path = folder.file("1.xml", invoice(SELLER, "A/1", "2026-11-20"));
    let plan = Plan::make(std::slice::from_ref(&path), &PlanRules::default());
    folder.file("1.xml", invoice(SELLER, "A/2", "2026-11-20"));
    assert!(plan.invoices[0].document().unwrap_err().is_none());
    fs::remove_file(path).unwrap();
    assert!(plan.invoices[0].document().unwrap_err().is_some());
}

#[test]
fn bad_files_are_told_by_rule() {
    let rules = PlanRules::default();
    let good = invoice(SELLER, "A/1", "2026-11-20");
    let marked = [b"\xEF\xBB\xBF", good.as_bytes()].concat();
    let wide: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut long = good.clone();
    long.push_str(&" ".repeat(1_000_001 - good.len()));
    assert_eq!(long.len(), 1_000_001);
    assert_eq!(rule_of(&good, &rules), None);
    assert_eq!(rule_of(&long.as_bytes()[..1_000_000], &rules), None);
    assert_eq!(rule_of(&long, &rules), Some(Rule::FileTooLarge));
    assert_eq!(
        rule_of(vec![b' '; 3_000_001], &rules),
        Some(Rule::FileTooLarge)
    );
    assert_eq!(rule_of("", &rules), Some(Rule::FileEmpty));
    assert_eq!(
        rule_of("not xml at all", &rules),
        Some(Rule::XmlNotWellFormed)
    );
    assert_eq!(rule_of(marked, &rules), Some(Rule::EncodingByteOrderMark));
    assert_eq!(rule_of(wide, &rules), Some(Rule::EncodingWide));
    let other = good.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-2\"");
    assert_eq!(rule_of(other, &rules), Some(Rule::EncodingDeclaration));
    assert_eq!(
        rule_of("<other/>", &rules),
        Some(Rule::SchemaUnknownDocument)
    );
}

#[test]
fn rules_of_the_environment_are_asked_for() {
    let good = invoice(OTHER, "A/1", "2026-11-20");
    let on = |today: Date, is_production| PlanRules {
        validation: Some(Validation {
            rule_set: RuleSet::Ksef,
            today: Some(today),
            is_production,
            channel: Channel::Batch,
        }),
        ..PlanRules::default()
    };
    let (day, before) = (date(2026, 11, 20), date(2026, 11, 19));
    assert_eq!(
        rule_of(&good, &on(before, false)),
        Some(Rule::IssueDateFuture)
    );
    assert_eq!(rule_of(&good, &on(day, false)), None);
    let wrong = invoice("1234567890", "A/1", "2026-11-20");
    assert_eq!(rule_of(&wrong, &on(day, false)), None);
    assert_eq!(rule_of(&wrong, &on(day, true)), Some(Rule::NipChecksum));
    let none = PlanRules {
        validation: None,
        ..PlanRules::default()
    };
    assert_eq!(rule_of(good.replace("<GV>2</GV>", ""), &none), None);
    let old = PlanRules {
        form: Some(FormCode::Fa2),
        ..PlanRules::default()
    };
    assert_eq!(rule_of(&good, &old), Some(Rule::FormNotOfSession));
}
