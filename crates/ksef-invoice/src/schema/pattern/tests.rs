use proptest::prelude::*;

use super::*;

fn is_match(pattern: &str, value: &str) -> bool {
    Pattern::compile(pattern).unwrap().is_match(value)
}

#[test]
fn the_whole_value_matches() {
    for (pattern, accepted, refused) in [
        ("abc", &["abc"][..], &["", "ab", "abcd", "xabc"][..]),
        ("", &[""], &["a"]),
        ("a|bc|", &["a", "bc", ""], &["b", "abc"]),
        ("^a$", &["^a$"], &["a"]),
        (r"\d+", &["1", "٣४"], &["", "1a", "½"]),
        (r"[\d-]", &["-", "7"], &["a"]),
        (
            ".",
            &["a", "ą", "\u{10FFFF}", "\t", "\u{85}"],
            &["\n", "\r", "aa", ""],
        ),
        (r"\s", &[" ", "\t", "\n", "\r"], &["\u{A0}", "\u{0B}"]),
        (r"\S", &["\u{A0}", "x"], &[" "]),
        (r"[a-z-[aeiou]]+", &["xyz"], &["xaz"]),
        (r"[^a-z-[1]]", &["A", "2"], &["a", "1"]),
        (r"[-a]|[b-]", &["-", "a", "b"], &["c"]),
        (r"\i\c*", &["a:b-1", "_", "ż"], &["1a", "-"]),
        (r"\w", &["ż", "1", "$"], &[".", " ", "_"]),
        (r"\p{Lu}\P{Lu}", &["Ża", "Z1"], &["aa", "AA"]),
        (r"\p{IsBasicLatin}*", &["abc"], &["ą"]),
        (
            "a{2}b{0,2}c{1,}",
            &["aac", "aabbccc"],
            &["ac", "aabbbc", "aab"],
        ),
        (r"\.\\\-\[\]\^\{\}\?\*\+\(\)\|", &[r".\-[]^{}?*+()|"], &[""]),
        ("[^^]", &["a"], &["^"]),
        ("(a*)*b", &["b", "aab"], &["a"]),
        ("((a?){3}){2}", &["", "aaaaaa"], &["aaaaaaa"]),
    ] {
        for value in accepted {
            assert!(is_match(pattern, value), "{pattern} {value:?}");
        }
        for value in refused {
            assert!(!is_match(pattern, value), "{pattern} {value:?}");
        }
    }
}

#[test]
fn what_is_no_pattern_is_refused() {
    use PatternErrorKind as K;
    for (pattern, position, kind) in [
        (r"\b", 1, K::UnknownEscape('b')),
        (r"\/", 1, K::UnknownEscape('/')),
        ("a(b", 3, K::Unfinished),
        ("a)", 1, K::Unexpected(')')),
        ("*a", 0, K::Unexpected('*')),
        ("a**", 2, K::Unexpected('*')),
        ("[z-a]", 4, K::Reversed),
        ("a{3,2}", 5, K::Reversed),
        ("a{x}", 2, K::Unexpected('x')),
        ("[]", 1, K::EmptyClass),
        ("[a-c-e]", 4, K::Unexpected('-')),
        ("[[a]]", 1, K::Unexpected('[')),
        (r"\p{Xx}", 6, K::UnknownProperty("Xx".to_owned())),
        (r"\", 1, K::Unfinished),
        ("((a{99}){99}){99}", 0, K::TooLarge),
        ("((){9999}){9999}", 0, K::TooLarge),
    ] {
        let error = Pattern::compile(pattern).unwrap_err();
        assert_eq!(
            (error.position(), error.kind()),
            (position, &kind),
            "{pattern}"
        );
    }
    assert_eq!(
        Pattern::compile(&"(".repeat(5_000)).unwrap_err().kind(),
        &K::TooLarge
    );
}

/// A pattern of which we know without the parser what it matches.
#[derive(Debug, Clone)]
enum Sample {
    Character(char),
    Class(Vec<char>),
    Concatenation(Vec<Sample>),
    Alternation(Vec<Sample>),
    Repeat(Box<Sample>, usize, Option<usize>),
}

impl Sample {
    fn write(&self) -> String {
        let all = |samples: &[Self]| samples.iter().map(Self::write).collect::<Vec<_>>();
        match self {
            Self::Character(character) => character.to_string(),
            Self::Class(characters) => format!("[{}]", characters.iter().collect::<String>()),
            Self::Concatenation(samples) => all(samples).concat(),
            Self::Alternation(samples) => format!("({})", all(samples).join("|")),
            Self::Repeat(sample, min, max) => {
                let max = max.map_or(String::new(), |max| max.to_string());
                format!("({}){{{min},{max}}}", sample.write())
            }
        }
    }

    /// Where a match that begins at `start` may end: by trying everything.
    fn ends(&self, value: &[char], start: usize) -> Vec<usize> {
        let mut ends = match self {
            Self::Character(character) => match value.get(start) {
                Some(found) if found == character => vec![start + 1],
                _ => Vec::new(),
            },
            Self::Class(characters) => match value.get(start) {
                Some(found) if characters.contains(found) => vec![start + 1],
                _ => Vec::new(),
            },
            Self::Concatenation(samples) => samples.iter().fold(vec![start], |starts, sample| {
                starts
                    .into_iter()
                    .flat_map(|start| sample.ends(value, start))
                    .collect()
            }),
            Self::Alternation(samples) => samples
                .iter()
                .flat_map(|sample| sample.ends(value, start))
                .collect(),
            Self::Repeat(sample, min, max) => {
                let mut ends = Vec::new();
                let mut starts = vec![start];
                for count in 0..=max.unwrap_or(min + value.len() + 1) {
                    if count >= *min {
                        ends.extend(&starts);
                    }
                    starts = starts
                        .into_iter()
                        .flat_map(|start| sample.ends(value, start))
                        .collect();
                    starts.sort_unstable();
                    starts.dedup();
                }
                ends
            }
        };
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

fn samples() -> impl Strategy<Value = Sample> {
    let leaf = prop_oneof![
        prop::sample::select(vec!['a', 'b', 'ż']).prop_map(Sample::Character),
        prop::collection::vec(
            prop::sample::select(vec!['a', 'b', 'c', 'ż', '\u{10FFFF}']),
            1..4
        )
        .prop_map(Sample::Class),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Sample::Concatenation),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Sample::Alternation),
            (inner, 0_usize..3, prop::option::of(0_usize..3)).prop_map(|(sample, min, more)| {
                Sample::Repeat(Box::new(sample), min, more.map(|more| min + more))
            }),
        ]
    })
}

proptest! {
    /// Both machines say what trying everything says.
    #[test]
    fn machines_agree_with_trying_everything(sample in samples(), values in prop::collection::vec("[abcż]{0,8}", 8)) {
        let tree = syntax::parse(&sample.write()).unwrap();
        let deterministic = Automaton::build(&tree).unwrap();
        prop_assert!(deterministic.is_deterministic());
        let nondeterministic = Automaton::make_nondeterministic(&tree).unwrap();
        for value in values {
            let characters: Vec<char> = value.chars().collect();
            let expected = sample.ends(&characters, 0).contains(&characters.len());
            prop_assert_eq!(deterministic.is_match(&value), expected, "{} {}", sample.write(), value);
            prop_assert_eq!(nondeterministic.is_match(&value), expected, "{} {}", sample.write(), value);
        }
    }
}
