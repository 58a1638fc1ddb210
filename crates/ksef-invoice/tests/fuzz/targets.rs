//! What must hold for any bytes. The fuzzer (`fuzz/`) and the short run of `cargo test` call these.

use ksef_core::form_code::FormCode;
use ksef_invoice::check::{Rules, check, inspect};
use ksef_invoice::schema::Schema;
use ksef_invoice::tree::{Element, Tree};
use ksef_invoice::{Finding, Language, fa3};

/// The schema validator. The first byte chooses the schema, the rest is the document.
pub fn validator(input: &[u8]) {
    let Some((first, document)) = input.split_first() else {
        return;
    };
    let schemas = schemas();
    let schema = schemas[usize::from(*first) % schemas.len()];
    let findings = schema.validate(document, &Rules::default());
    let again = schema.validate(document, &Rules::default());
    assert_eq!(findings, again, "the verdict changed");
    findings_are_sound(&findings, document);
    if findings.is_empty() {
        assert!(
            check(document, &Rules::default()).is_empty(),
            "valid, but no file"
        );
        assert!(
            Tree::read(document, &Rules::default()).is_ok(),
            "valid, but no tree"
        );
    }
}

/// The reader behind everything: file checks, metadata and the tree.
pub fn reader(document: &[u8]) {
    let rules = Rules::default();
    let findings = check(document, &rules);
    findings_are_sound(&findings, document);
    let inspection = inspect(document, &rules);
    findings_are_sound(&inspection.findings, document);
    match Tree::read(document, &rules) {
        Ok(tree) => tree_is_sound(&tree, document),
        Err(reasons) => {
            assert!(!reasons.is_empty(), "no tree and no reason");
            findings_are_sound(&reasons, document);
            assert!(!findings.is_empty(), "no tree, but the file is good");
        }
    }
}

/// The typed invoice: what was read is written as a valid document with the same meaning.
pub fn typed(document: &[u8]) {
    let rules = Rules::default();
    let Ok(read) = fa3::read(document, &rules) else {
        return;
    };
    findings_are_sound(&read.remarks, document);
    let written = read.invoice.write();
    let again = fa3::read(written.as_bytes(), &rules);
    let again = again.unwrap_or_else(|findings| panic!("{findings:?}\n{written}"));
    assert_eq!(again.remarks, [], "remarks on our own document\n{written}");
    assert_eq!(again.invoice, read.invoice, "another invoice\n{written}");
    let schema = Schema::of(&FormCode::Fa3).unwrap();
    let findings = schema.validate(written.as_bytes(), &rules);
    assert_eq!(findings, [], "written, but not valid\n{written}");
}

/// Every schema, in a fixed order.
pub fn schemas() -> Vec<&'static Schema> {
    let forms = FormCode::KNOWN.iter().filter_map(Schema::of);
    let others = [
        Schema::upo(),
        Schema::auth_token_request_2_0(),
        Schema::auth_token_request_2_1(),
    ];
    forms.chain(others).collect()
}

fn findings_are_sound(findings: &[Finding], document: &[u8]) {
    let mut last = 0;
    for finding in findings {
        for language in [Language::Polish, Language::English] {
            let message = finding.message(language);
            assert!(
                !message.is_empty() && message.len() < MESSAGE_MAX,
                "{message}"
            );
        }
        let Some(position) = finding.position() else {
            continue;
        };
        assert!(position.offset <= document.len(), "outside: {finding}");
        assert!(position.offset >= last, "not in order: {finding}");
        assert!(position.line >= 1 && position.column >= 1, "{finding}");
        last = position.offset;
    }
}

fn tree_is_sound(tree: &Tree<'_>, document: &[u8]) {
    let mut last = None;
    for (number, element) in tree.elements().enumerate() {
        assert!(last < Some(element.offset()), "not in order");
        assert_eq!(document.get(element.offset()), Some(&b'<'));
        assert!(element.text_offset() <= document.len());
        last = Some(element.offset());
        // paths cost time that grows with the siblings
        if number < 200 {
            assert!(element.path().starts_with('/'));
        }
        let is_child = |parent: Element<'_>| parent.offset() < element.offset();
        assert!(element.parent().is_none_or(is_child));
    }
}

/// A message quotes the document only in part.
const MESSAGE_MAX: usize = 4000;
