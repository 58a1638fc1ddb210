//! Classes of characters.

use regex_syntax::Parser;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// The class of an escape without argument: `\d`, `\S`, …
pub(super) fn multi_character(escape: char) -> Option<ClassUnicode> {
    let mut class = match escape.to_ascii_lowercase() {
        's' => ranges(&[(' ', ' '), ('\t', '\n'), ('\r', '\r')]),
        'd' => category("Nd")?,
        'w' => {
            let mut class = category("P")?;
            class.union(&category("Z")?);
            class.union(&category("C")?);
            class.negate();
            class
        }
        'i' => ranges(NAME_START),
        'c' => {
            let mut class = ranges(NAME_START);
            class.union(&ranges(NAME_MORE));
            class
        }
        _ => return None,
    };
    if escape.is_ascii_uppercase() {
        class.negate();
    }
    Some(class)
}

/// `.`: anything but a line feed or carriage return.
pub(super) fn dot() -> ClassUnicode {
    let mut class = ranges(&[('\n', '\n'), ('\r', '\r')]);
    class.negate();
    class
}

/// The class of `\p{name}`: a general category, or a block (`IsGreek`).
pub(super) fn property(name: &str) -> Option<ClassUnicode> {
    match name.strip_prefix("Is") {
        Some(block) => BLOCKS
            .iter()
            .find(|(known, _, _)| *known == block)
            .map(|(_, first, last)| ranges(&[(*first, *last)])),
        None => CATEGORIES.contains(&name).then(|| category(name)).flatten(),
    }
}

/// The class of some ranges.
pub(super) fn ranges(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(
        ranges
            .iter()
            .map(|(first, last)| ClassUnicodeRange::new(*first, *last)),
    )
}

fn category(name: &str) -> Option<ClassUnicode> {
    let hir = Parser::new().parse(&format!(r"\p{{{name}}}")).ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

/// The general categories that XSD 1.0 names; surrogates are no characters.
const CATEGORIES: &[&str] = &[
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
    "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C",
    "Cc", "Cf", "Co", "Cn",
];

/// The characters that begin a name (XML 1.0, fifth edition, 2.3).
const NAME_START: &[(char, char)] = &[
    (':', ':'),
    ('A', 'Z'),
    ('_', '_'),
    ('a', 'z'),
    ('\u{C0}', '\u{D6}'),
    ('\u{D8}', '\u{F6}'),
    ('\u{F8}', '\u{2FF}'),
    ('\u{370}', '\u{37D}'),
    ('\u{37F}', '\u{1FFF}'),
    ('\u{200C}', '\u{200D}'),
    ('\u{2070}', '\u{218F}'),
    ('\u{2C00}', '\u{2FEF}'),
    ('\u{3001}', '\u{D7FF}'),
    ('\u{F900}', '\u{FDCF}'),
    ('\u{FDF0}', '\u{FFFD}'),
    ('\u{10000}', '\u{EFFFF}'),
];

/// And those that may only follow.
const NAME_MORE: &[(char, char)] = &[
    ('-', '.'),
    ('0', '9'),
    ('\u{B7}', '\u{B7}'),
    ('\u{300}', '\u{36F}'),
    ('\u{203F}', '\u{2040}'),
];

/// The blocks of Unicode that schemas of this part of the world name; others are refused.
const BLOCKS: &[(&str, char, char)] = &[
    ("BasicLatin", '\u{0}', '\u{7F}'),
    ("Latin-1Supplement", '\u{80}', '\u{FF}'),
    ("LatinExtended-A", '\u{100}', '\u{17F}'),
    ("LatinExtended-B", '\u{180}', '\u{24F}'),
    ("IPAExtensions", '\u{250}', '\u{2AF}'),
    ("SpacingModifierLetters", '\u{2B0}', '\u{2FF}'),
    ("CombiningDiacriticalMarks", '\u{300}', '\u{36F}'),
    ("Greek", '\u{370}', '\u{3FF}'),
    ("Cyrillic", '\u{400}', '\u{4FF}'),
    ("Armenian", '\u{530}', '\u{58F}'),
    ("Hebrew", '\u{590}', '\u{5FF}'),
    ("Arabic", '\u{600}', '\u{6FF}'),
    ("LatinExtendedAdditional", '\u{1E00}', '\u{1EFF}'),
    ("GreekExtended", '\u{1F00}', '\u{1FFF}'),
    ("GeneralPunctuation", '\u{2000}', '\u{206F}'),
    ("SuperscriptsandSubscripts", '\u{2070}', '\u{209F}'),
    ("CurrencySymbols", '\u{20A0}', '\u{20CF}'),
    ("LetterlikeSymbols", '\u{2100}', '\u{214F}'),
    ("NumberForms", '\u{2150}', '\u{218F}'),
    ("Arrows", '\u{2190}', '\u{21FF}'),
    ("MathematicalOperators", '\u{2200}', '\u{22FF}'),
    ("BoxDrawing", '\u{2500}', '\u{257F}'),
    ("GeometricShapes", '\u{25A0}', '\u{25FF}'),
    ("PrivateUse", '\u{E000}', '\u{F8FF}'),
];
