use std::process::Command;

use super::*;

fn canonical(xml: &str, method: Method, comments: bool) -> String {
    let how = Canonicalization::new(method, comments);
    String::from_utf8(canonicalize_document(xml.as_bytes(), &how).unwrap()).unwrap()
}

/// Canonical form of the element with `Id="x"`.
fn subset(xml: &str, how: &Canonicalization) -> String {
    let source = Source::read(xml.as_bytes(), &Limits::default()).unwrap();
    let document = source.parse().unwrap();
    let apex = document
        .descendants()
        .find(|n| n.attribute("Id") == Some("x"))
        .unwrap();
    String::from_utf8(canonicalize(apex, &[], how)).unwrap()
}

/// Documents that get canonicalization wrong in many libraries.
const TRICKY: &[&str] = &[
    "<a/>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- before --><?pi  some data ?>\n<a></a>\n<!--after-->\n<?end?>",
    "<a b='1' a='2' xml:lang=\"pl\" xmlns:z=\"urn:z\" z:a='3' xmlns:y='urn:a' y:b='4'/>",
    "<a xmlns=\"urn:d\"><b xmlns=\"\"><c xmlns=\"urn:d\"/><d/></b><e xmlns=''/></a>",
    "<a xmlns=\"\"><b xmlns=\"urn:d\"><c xmlns=\"urn:d\"><d xmlns=''/></c></b></a>",
    "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:d xmlns:p='urn:1'/></p:a>",
    "<a x=' a&#x9;b&#xA;c&#xD;d\te\nf&lt;&gt;&amp;&quot;&apos;\" '/>",
    "<a>&lt;&gt;&amp;&quot;&apos;&#xD;&#x9;&#xA; \t\n\u{a0}\u{10ffff}</a>",
    "<a><![CDATA[<&>\"']]]]><![CDATA[>]]>tail</a>",
    "<a>line\r\nline\rline\n\r\r\n&#13;\r&lt;\r&#10;<![CDATA[x\r\ny\rz]]></a>",
    "<a b='line\r\nline\rline\n\tend' c=\"x\r&#10;y\"/>",
    "<a><!-- with\r\nline ends --><?pi with\r\nline ends?>x<!---->y</a>",
    "<a\n  b\t=\n'1'\r\n  c = \"2\" ><b   ></b\n></a  >",
    "<a xmlns:b='urn:b' xmlns:c='urn:c' xmlns='urn:a'><c:d b:x='1' c:x='2' x='3'/><b:e xmlns:b='urn:b'/></a>",
    "<a xml:lang='pl' xml:space='preserve' xml:base='http://a/b/' xml:id='i'><b xml:base='c'/></a>",
    "<a xmlns:unused='urn:u'><b xmlns:unused='urn:u' unused:x='1'><c/></b></a>",
    "<ż ą='ę'>Zażółć gęślą jaźń 🧾</ż>",
    "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'><b xml:lang='x'/></a>",
    "\u{feff}<a>bom</a>",
];

#[test]
fn xmllint_agrees_on_tricky_documents() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: xmllint is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("document.xml");
    for xml in TRICKY {
        std::fs::write(&file, xml).unwrap();
        for (option, method) in [
            ("--c14n", Method::Inclusive10),
            ("--c14n11", Method::Inclusive11),
            ("--exc-c14n", Method::Exclusive),
        ] {
            let out = Command::new("xmllint")
                .args([option, "--nonet"])
                .arg(&file)
                .output()
                .unwrap();
            assert!(out.status.success(), "{option} {xml:?}");
            let theirs = String::from_utf8(out.stdout).unwrap();
            // xmllint keeps comments in all three forms.
            assert_eq!(canonical(xml, method, true), theirs, "{option} {xml:?}");
            assert_eq!(
                canonical(&canonical(xml, method, true), method, true),
                theirs,
                "canonical form of a canonical form: {option} {xml:?}"
            );
        }
    }
}

/// libxml2 does not do this, so it is no judge here.
#[test]
fn references_in_namespace_uris_are_escaped_like_attribute_values() {
    assert_eq!(
        canonical(
            "<a xmlns:p='http://a/?b&amp;\"c' p:x='1'/>",
            Method::Exclusive,
            false
        ),
        "<a xmlns:p=\"http://a/?b&amp;&quot;c\" p:x=\"1\"></a>"
    );
}

#[test]
fn comments_go_and_instructions_stay() {
    let xml = "<!--1--><?p?><a><!--2-->x<!--3--><?q r?></a><!--4--><?s?>";
    assert_eq!(
        canonical(xml, Method::Exclusive, false),
        "<?p?>\n<a>x<?q r?></a>\n<?s?>"
    );
    assert_eq!(
        canonical(xml, Method::Inclusive10, true),
        "<!--1-->\n<?p?>\n<a><!--2-->x<!--3--><?q r?></a>\n<!--4-->\n<?s?>"
    );
}

#[test]
fn a_subset_takes_what_its_algorithm_says_from_its_ancestors() {
    let xml = "<a xmlns='urn:d' xmlns:u='urn:u' xmlns:v='urn:v' xml:lang='pl' xml:id='i' \
               xml:base='http://h/p/'><b xml:space='preserve' xml:base='q/'>\
               <v:c Id='x' xml:base='r'><d/></v:c></b></a>";
    assert_eq!(
        subset(xml, &Canonicalization::new(Method::Exclusive, false)),
        "<v:c xmlns:v=\"urn:v\" Id=\"x\" xml:base=\"r\"><d xmlns=\"urn:d\"></d></v:c>"
    );
    assert_eq!(
        subset(
            xml,
            &Canonicalization::new(Method::Exclusive, false).with_inclusive_prefixes("u #default")
        ),
        "<v:c xmlns=\"urn:d\" xmlns:u=\"urn:u\" xmlns:v=\"urn:v\" Id=\"x\" xml:base=\"r\"><d></d></v:c>"
    );
    assert_eq!(
        subset(xml, &Canonicalization::new(Method::Inclusive10, false)),
        "<v:c xmlns=\"urn:d\" xmlns:u=\"urn:u\" xmlns:v=\"urn:v\" Id=\"x\" xml:base=\"r\" \
         xml:id=\"i\" xml:lang=\"pl\" xml:space=\"preserve\"><d></d></v:c>"
    );
    assert_eq!(
        subset(xml, &Canonicalization::new(Method::Inclusive11, false)),
        "<v:c xmlns=\"urn:d\" xmlns:u=\"urn:u\" xmlns:v=\"urn:v\" Id=\"x\" \
         xml:base=\"http://h/p/q/r\" xml:lang=\"pl\" xml:space=\"preserve\"><d></d></v:c>"
    );
}

#[test]
fn an_undeclared_default_is_not_written_at_an_apex() {
    let xml = "<a xmlns='urn:d'><b xmlns='' Id='x'><c xmlns='urn:e'/></b></a>";
    for method in [Method::Inclusive10, Method::Exclusive] {
        assert_eq!(
            subset(xml, &Canonicalization::new(method, false)),
            "<b Id=\"x\"><c xmlns=\"urn:e\"></c></b>"
        );
    }
}

#[test]
fn uris_and_algorithms_belong_together() {
    for (method, comments, uri) in ALGORITHMS {
        let how = Canonicalization::new(method, comments);
        assert_eq!(how.uri(), uri);
        assert_eq!(Canonicalization::from_uri(uri), Some(how));
    }
    assert_eq!(
        Canonicalization::from_uri("http://www.w3.org/TR/1999/REC-xslt-19991116"),
        None
    );
}

#[test]
fn limits_hold() {
    use crate::xades::XadesErrorKind as Kind;
    let kind = |xml: &str| {
        let how = Canonicalization::new(Method::Exclusive, false);
        canonicalize_document(xml.as_bytes(), &how)
            .unwrap_err()
            .kind()
            .clone()
    };
    let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(
        canonicalize_document(
            deep(100).as_bytes(),
            &Canonicalization::new(Method::Inclusive10, false)
        )
        .is_ok()
    );
    assert_eq!(kind(&deep(101)), Kind::TooDeep { depth_max: 100 });
    let attributes: String = (0..201).map(|i| format!(" a{i}='>'")).collect();
    assert_eq!(
        kind(&format!("<a{attributes}/>")),
        Kind::TooManyAttributes {
            attributes_max: 200
        }
    );
    let nested: String = (0..3)
        .map(|i| {
            let all: String = (0..40).map(|j| format!(" xmlns:n{i}x{j}='u'")).collect();
            format!("<a{all}>")
        })
        .collect();
    assert_eq!(
        kind(&nested),
        Kind::TooManyNamespaces {
            namespaces_max: 100
        }
    );
    assert_eq!(
        kind("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        Kind::DocumentType
    );
    assert_eq!(kind("<!DOCTYPE a><a/>"), Kind::DocumentType);
    assert_eq!(kind("<a xmlns='u' xmlns='v'/>"), Kind::NotXml);
    assert_eq!(kind("<a>"), Kind::NotXml);
    assert_eq!(kind(""), Kind::NotXml);
    assert_eq!(
        kind("<?xml version='1.0' encoding='ISO-8859-2'?><a/>"),
        Kind::Encoding
    );
    let how = Canonicalization::new(Method::Exclusive, false);
    let latin = canonicalize_document(b"<a>\xf3</a>", &how).unwrap_err();
    assert_eq!(latin.kind(), &Kind::Encoding);
    let small = Limits {
        bytes_max: 3,
        ..Limits::default()
    };
    let large = Source::read(b"<a/>", &small).map(|_| ()).unwrap_err();
    assert_eq!(large.kind(), &Kind::TooLarge { bytes_max: 3 });
    let few = Limits {
        nodes_max: 3,
        ..Limits::default()
    };
    let many = Source::read(b"<a><b/><b/><b/></a>", &few)
        .unwrap()
        .parse()
        .unwrap_err();
    assert_eq!(many.kind(), &Kind::TooManyNodes { nodes_max: 3 });
}

#[test]
fn offsets_survive_the_normalization_of_line_ends() {
    let original = "\r\n<a>\rx\r\n</a>\r\n";
    let source = Source::read(original.as_bytes(), &Limits::default()).unwrap();
    let document = source.parse().unwrap();
    let root = document.root_element().range();
    let range = source.original_offset(root.start)..source.original_offset(root.end);
    assert_eq!(&original[range], "<a>\rx\r\n</a>");
}

/// A document ten times as large takes about ten times as long: with a generous margin, so that a
/// busy machine does not fail the test, but far below the hundred times of a quadratic algorithm.
#[test]
fn time_grows_with_size() {
    use ksef_core::clock::Clock as _;
    let how = Canonicalization::new(Method::Inclusive10, false);
    let time = |count: usize| {
        let body: String = (0..count)
            .map(|i| format!("<n{i}:e xmlns:n{i}='u{i}' a='1'>x</n{i}:e>"))
            .collect();
        let xml = format!("<a xmlns='u'>{body}</a>");
        let clock = ksef_core::clock::SystemClock;
        (0..3)
            .map(|_| {
                let start = clock.now();
                canonicalize_document(xml.as_bytes(), &how).unwrap();
                clock.now().duration_since(start)
            })
            .min()
            .unwrap()
    };
    let (small, large) = (time(2_000), time(20_000));
    assert!(
        large.as_micros() < small.as_micros().max(1000) * 40,
        "2 000 elements: {small:?}, 20 000: {large:?}"
    );
}

/// Random documents: prefixes bound and bound again, attributes, references, all kinds of nodes.
fn documents() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let piece = prop::sample::select(vec![
        "x", " ", "\t", "\n", "\r\n", "\r", "&#xD;", "&#10;", "&#9;", "&lt;", "&gt;", "&amp;",
        "&quot;", "&apos;", ">", "ż", "🧾",
    ]);
    let text = prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat());
    let pieces = text.clone();
    let leaf = prop_oneof![
        4 => text.clone(),
        1 => Just("<!-- c\r\n -->".to_owned()),
        1 => Just("<?p  d\r ?>".to_owned()),
        1 => Just("<![CDATA[<&\r\n]]]]><![CDATA[>]]>".to_owned()),
    ];
    let tag = (
        prop::sample::select(vec!["e", "p:e", "q:e"]),
        prop::sample::subsequence(
            vec![
                " xmlns='urn:d'",
                " xmlns:p='urn:p1'",
                "\n xmlns:q=\"urn:q1\"",
                " b='{}'",
                "  a=\"{}\"",
                " p:a='{}'",
                "\tq:a = '{}'",
                " xml:lang='{}'",
                " xmlns:r='urn:p'",
                " p:b='{}'",
            ],
            0..8,
        )
        .prop_shuffle(),
        any::<(bool, bool, bool)>(),
        pieces,
    )
        .prop_map(|(name, attributes, (undeclare, first, second), value)| {
            let mut all = attributes.concat().replace("{}", &value);
            // Bindings vary: back to the outer one, or none for the default namespace.
            if undeclare {
                all = all.replace("'urn:d'", "''");
            }
            if first {
                all = all.replace("urn:p1", "urn:p0");
            }
            if second {
                all = all.replace("urn:q1", "urn:q0");
            }
            (name, all)
        });
    let start = tag.clone();
    let node = leaf.prop_recursive(5, 40, 5, move |inner| {
        (start.clone(), prop::collection::vec(inner, 0..5)).prop_map(|((name, all), children)| {
            if children.is_empty() {
                format!("<{name}{all} />")
            } else {
                format!("<{name}{all}>{}</{name}\n>", children.concat())
            }
        })
    });
    prop::collection::vec(node, 0..5).prop_map(|children| {
        format!(
            "<e xmlns:p='urn:p0' xmlns:q='urn:q0'>{}</e>",
            children.concat()
        )
    })
}

#[test]
fn xmllint_agrees_on_random_documents() {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: xmllint is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("document.xml");
    let mut runner = TestRunner::deterministic();
    let strategy = documents();
    for _ in 0..60 {
        let xml = strategy.new_tree(&mut runner).unwrap().current();
        std::fs::write(&file, &xml).unwrap();
        for (option, method) in [
            ("--c14n", Method::Inclusive10),
            ("--c14n11", Method::Inclusive11),
            ("--exc-c14n", Method::Exclusive),
        ] {
            let out = Command::new("xmllint")
                .arg(option)
                .arg(&file)
                .output()
                .unwrap();
            assert!(out.status.success(), "{xml:?}");
            let theirs = String::from_utf8(out.stdout).unwrap();
            assert_eq!(canonical(&xml, method, true), theirs, "{option} {xml:?}");
        }
    }
}
