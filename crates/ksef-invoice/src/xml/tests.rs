//! Well-formedness against a list of documents and, where it is installed, against libxml2.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;

use crate::check::{Rules, check};
use crate::metadata;
use crate::problem::Problem;
use crate::rule::Rule;
use crate::syntax::Syntax;

/// Documents that are well-formed and break no other rule either.
const WELL_FORMED: &[&str] = &[
    "<a/>",
    "<a></a >",
    "<a\n/>",
    "<a b='1' c=\"2\"\td = '3'/>",
    "<a b='>'>></a>",
    "<a b=\"'\" c='\"'/>",
    "<a>]]</a>",
    "<a>]>]] ></a>",
    "<a><![CDATA[]]></a>",
    "<a><![CDATA[]]]]><![CDATA[>]]></a>",
    "<a><!----></a>",
    "<!-- a - b --><a/><!-- - -->\n",
    "<a>&lt;&gt;&amp;&apos;&quot;&#9;&#x41;</a>",
    "<a b='&lt;&#10;'/>",
    "<_.-1/>",
    "<żółć ąę='1'/>",
    "<a\u{B7}\u{300}/>",
    "<x:a xmlns:x='u'><x:b x:c='1' c='2'/></x:a>",
    "<a xmlns='u'><b xmlns=''/></a>",
    "<a xml:lang='pl' xml:space='preserve'/>",
    "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
    "<xml:a/>",
    "<a xmlns:p='u' xmlns:q='v' p:b='1' q:b='2' b='3'/>",
    "<?xml version='1.0'?><a/>",
    "\n<a/>",
    "<xmlx/>",
];

/// Documents that are not well-formed, the namespace rules included.
const MALFORMED: &[&str] = &[
    " ",
    "x",
    "<",
    "<a",
    "<a>",
    "<a ",
    "<a b",
    "<a b=",
    "<a b='",
    "<a b='1'",
    "<a/",
    "</a>",
    "</",
    "</a",
    "<a></b>",
    "<a></a",
    "<a></a b>",
    "<a></ a>",
    "<a><b></a></b>",
    "<a/><b/>",
    "<a/>x",
    "x<a/>",
    "<a/>&#32;",
    "<a/><![CDATA[]]>",
    "<![CDATA[]]><a/>",
    "< a/>",
    "<1/>",
    "<-a/>",
    "<.a/>",
    "<\u{B7}a/>",
    "<a\u{D7}/>",
    "<a/ >",
    "<a b/>",
    "<a b=1/>",
    "<a b='1'c='2'/>",
    "<a b='1' b='2'/>",
    "<a b='<'/>",
    "<a b='&'/>",
    "<a b='&#0;'/>",
    "<a =''/>",
    "<a 'b'/>",
    "<a \"/>",
    "<a b==''/>",
    "<a>&</a>",
    "<a>&amp</a>",
    "<a>& </a>",
    "<a>&nbsp;</a>",
    "<a>&#;</a>",
    "<a>&#x;</a>",
    "<a>&#X41;</a>",
    "<a>&#xG;</a>",
    "<a>&#12a;</a>",
    "<a>&#0;</a>",
    "<a>&#xB;</a>",
    "<a>&#xD800;</a>",
    "<a>&#xFFFF;</a>",
    "<a>&#x110000;</a>",
    "<a>&#4294967361;</a>",
    "<a>]]></a>",
    "<a>]]]></a>",
    "<a><![CDATA[</a>",
    "<a><![CDATA[]]</a>",
    "<a><![CDATA []]></a>",
    "<a><![cdata[]]></a>",
    "<a><!-- -- --></a>",
    "<a><!-- ---></a>",
    "<a><!-- </a>",
    "<a><!-></a>",
    "<a><!- - --></a>",
    "<!---><a/>",
    "<a/><!--",
    "<a><!b></a>",
    "<a><?</a>",
    "<a><??></a>",
    "<a><? p?></a>",
    "<a><?p</a>",
    "<a><?p'?></a>",
    "<a><?xml version='1.0'?></a>",
    "<a><?XML p?></a>",
    " <?xml version='1.0'?><a/>",
    "<?xml version='1.0'><a/>",
    "<?xml version='1.0'?a/>",
    "<?xml?><a/>",
    "<?xml version=1.0?><a/>",
    "<?xml version='1.0' standalone='1'?><a/>",
    "<?xml encoding='UTF-8'?><a/>",
    "<?xml version='1.0'encoding='UTF-8'?><a/>",
    "<?xml version='1.0' encoding='UTF-8' x='y'?><a/>",
    "<?xml version='2.0'?><a/>",
    "<a><!DOCTYP></a>",
    "<!doctype a><a/>",
    "<!ELEMENT a ANY><a/>",
    "<a>\u{0}</a>",
    "<a\u{0}/>",
    "<a>\u{FFFE}</a>",
    "<a b='\u{1F}'/>",
    "<x:a/>",
    "<a x:b='1'/>",
    "<a:/>",
    "<:a/>",
    "<a:b:c xmlns:a='u'/>",
    "<a xmlns:x=''/>",
    "<a xmlns:xml='u'/>",
    "<a xmlns:xmlns='u'/>",
    "<a xmlns:x='http://www.w3.org/XML/1998/namespace'/>",
    "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
    "<a xmlns:p='u' xmlns:q='&#117;' p:b='1' q:b='2'/>",
    "<a><b xmlns:x='u'/><x:c/></a>",
    "<a xmlns:x='u' xmlns:x='v'/>",
    "<a xmlns='u' xmlns='v'/>",
];

fn refusals(bytes: &[u8]) -> BTreeSet<Rule> {
    check(bytes, &Rules::default())
        .iter()
        .map(crate::Finding::rule)
        .collect()
}

#[test]
fn well_formed_documents_pass() {
    for text in WELL_FORMED {
        let found = check(text.as_bytes(), &Rules::default());
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn malformed_documents_are_refused() {
    let syntax = BTreeSet::from([Rule::XmlNotWellFormed, Rule::XmlIllegalCharacter]);
    for text in MALFORMED {
        let found = refusals(text.as_bytes());
        assert!(!found.is_disjoint(&syntax), "{text}: {found:?}");
    }
}

#[test]
fn doctypes_and_instructions_are_their_own_rules() {
    for (text, rule) in [
        ("<!DOCTYPE a><a/>", Rule::XmlDoctype),
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", Rule::XmlDoctype),
        ("<?p?><a/>", Rule::XmlProcessingInstruction),
        (
            "<a><?p some ? > thing?></a>",
            Rule::XmlProcessingInstruction,
        ),
        (
            "<a/><?xml-stylesheet href='x'?>",
            Rule::XmlProcessingInstruction,
        ),
        (
            "<?xml version='1.0' encoding='ISO-8859-2'?><a/>",
            Rule::EncodingDeclaration,
        ),
        (
            "<?xml version='1.0' encoding='UTF8'?><a/>",
            Rule::EncodingDeclaration,
        ),
    ] {
        assert_eq!(refusals(text.as_bytes()), BTreeSet::from([rule]), "{text}");
    }
}

/// Our own invoices and, where they are, the official samples.
fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seeds = Vec::new();
    for folder in ["examples/invoices", "../shared/samples/fa3"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            eprintln!("skipped: {folder} is not there");
            continue;
        };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
        paths.sort();
        seeds.extend(paths.iter().map(|path| std::fs::read(path).unwrap()));
    }
    assert!(seeds.len() >= 6);
    seeds
}

/// Pieces that hit the edges of the grammar.
const PIECES: &[&str] = &[
    "<",
    ">",
    "&",
    "]]>",
    "--",
    "\"",
    "'",
    "/",
    "=",
    " ",
    "\n",
    ";",
    ":",
    "!",
    "?",
    "<a>",
    "</a>",
    "<a/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<?p?>",
    "&amp;",
    "&#x41;",
    "&#0;",
    "&x;",
    "xmlns:q='r'",
    " b='1'",
    "q:",
    "ż",
    "\u{85}",
    "\u{1}",
    "\u{FFFE}",
    "\u{D7}",
    "\u{301}",
    "<Fa>",
    "</Fa>",
];

/// One change of `seed` chosen by three numbers: bytes dropped, doubled, replaced or inserted.
fn mutate(seed: &[u8], kind: usize, place: usize, value: usize) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    let at = place % (bytes.len() + 1);
    let end = (at + 1 + value % 12).min(bytes.len());
    match kind % 5 {
        0 => drop(bytes.drain(at..end)),
        1 => {
            let copy = bytes[at..end].to_vec();
            drop(bytes.splice(at..at, copy));
        }
        2 => {
            let byte = u8::try_from(value % 256).unwrap();
            if let Some(slot) = bytes.get_mut(at) {
                *slot = byte;
            }
        }
        3 => bytes.truncate(at),
        _ => drop(bytes.splice(at..at, PIECES[value % PIECES.len()].bytes())),
    }
    bytes
}

#[derive(Default)]
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963);
        usize::try_from(self.0 >> 33).unwrap()
    }
}

/// What libxml2 says of each document; `None` when it is not installed.
fn oracle(documents: &[Vec<u8>], folder: &Path) -> Option<Vec<Option<String>>> {
    std::fs::create_dir_all(folder).unwrap();
    let mut verdicts = vec![None; documents.len()];
    for (first, chunk) in documents
        .chunks(200)
        .enumerate()
        .map(|(n, chunk)| (n * 200, chunk))
    {
        let mut command = Command::new("xmllint");
        command
            .args(["--nonet", "--noout", "--nowarning"])
            .current_dir(folder);
        for (index, document) in chunk.iter().enumerate() {
            let name = format!("{}.xml", first + index);
            std::fs::write(folder.join(&name), document).unwrap();
            command.arg(name);
        }
        let Ok(output) = command.output() else {
            eprintln!("skipped: xmllint is not installed");
            return None;
        };
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            let named = line
                .split_once(".xml:")
                .and_then(|(name, rest)| Some((name.parse::<usize>().ok()?, rest.to_owned())));
            if let Some((index, message)) = named
                && message.contains("error")
                && let Some(verdict) = verdicts.get_mut(index)
            {
                let is_fatal = !message.contains("namespace error");
                if verdict.is_none() || is_fatal {
                    *verdict = Some(message);
                }
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
    Some(verdicts)
}

/// Rules that libxml2 does not know, or knows as something else than an error.
const STRICTER: [Rule; 9] = [
    Rule::FileTooLarge,
    Rule::EncodingWide,
    Rule::EncodingByteOrderMark,
    Rule::EncodingDeclaration,
    Rule::XmlDoctype,
    Rule::XmlProcessingInstruction,
    Rule::XmlDiscouragedCharacter,
    Rule::XmlLimit,
    Rule::FileEmpty,
];

/// A version other than 1.0, which libxml2 only warns of.
fn has_another_version(document: &[u8]) -> bool {
    let found = check(document, &Rules::default());
    found.iter().any(|finding| {
        matches!(
            finding.problem(),
            Problem::NotWellFormed(Syntax::UnsupportedVersion(_))
        )
    })
}

fn compare_with_oracle(documents: &[Vec<u8>], name: &str) {
    let folder = std::env::temp_dir().join(format!("ksef-{name}-{}", std::process::id()));
    let Some(verdicts) = oracle(documents, &folder) else {
        return;
    };
    let mut refused = 0;
    for (document, verdict) in documents.iter().zip(verdicts) {
        let found = refusals(document);
        let text = String::from_utf8_lossy(document);
        match verdict {
            // Not fatal to libxml2, which also asks for valid URIs as names of namespaces.
            Some(message) if message.contains("namespace error") => {}
            Some(message) => {
                refused += 1;
                assert!(!found.is_empty(), "libxml2 refuses it: {message}\n{text}");
            }
            None => {
                let is_expected = found.iter().all(|rule| STRICTER.contains(rule))
                    || has_another_version(document);
                assert!(is_expected, "libxml2 accepts it, we say {found:?}\n{text}");
            }
        }
    }
    eprintln!(
        "{name}: {} documents, libxml2 refuses {refused}",
        documents.len()
    );
}

#[test]
fn verdicts_on_the_lists_equal_those_of_libxml2() {
    let lists = WELL_FORMED.iter().chain(MALFORMED);
    let documents: Vec<_> = lists.map(|text| text.as_bytes().to_vec()).collect();
    compare_with_oracle(&documents, "lists");
}

#[test]
fn verdicts_on_mutants_equal_those_of_libxml2() {
    let mut numbers = Numbers::default();
    let seeds = seeds();
    let documents: Vec<_> = (0..MUTANTS)
        .map(|_| {
            let mut bytes = seeds[numbers.next() % seeds.len()].clone();
            for _ in 0..=numbers.next() % 2 {
                bytes = mutate(&bytes, numbers.next(), numbers.next(), numbers.next());
            }
            bytes
        })
        .collect();
    compare_with_oracle(&documents, "mutants");
}

/// How many mutants are compared with libxml2.
const MUTANTS: usize = 2000;

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let found = check(&bytes, &Rules::default());
        for finding in &found {
            prop_assert!(finding.position().is_none_or(|place| place.offset <= bytes.len()));
        }
        prop_assert_eq!(found.is_empty(), refusals(&bytes).is_empty());
        let _ = (metadata::read(&bytes), crate::upo::read(&bytes));
    }

    #[test]
    fn arbitrary_pieces_never_panic(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = pieces.iter().map(|index| PIECES[*index]).collect();
        let in_root = format!("<Faktura xmlns='http://crd.gov.pl/wzor/2025/06/25/13775/'>{text}");
        for document in [text, in_root] {
            prop_assert!(metadata::read(document.as_bytes()).is_err());
        }
    }

    #[test]
    fn mutants_never_panic_and_never_lose_their_reason(
        seed in any::<usize>(),
        changes in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()), 1..4),
    ) {
        let seeds = seeds();
        let mut bytes = seeds[seed % seeds.len()].clone();
        for (kind, place, value) in changes {
            bytes = mutate(&bytes, kind, place, value);
        }
        match metadata::read(&bytes) {
            Ok(metadata) => prop_assert!(!metadata.number.is_empty()),
            Err(findings) => {
                prop_assert!(!findings.is_empty());
                let sorted = findings.windows(2).all(|pair| pair[0].position() <= pair[1].position());
                prop_assert!(sorted);
                let texts: String = findings.iter().map(ToString::to_string).collect();
                prop_assert!(texts.len() < 100_000);
            }
        }
    }
}
