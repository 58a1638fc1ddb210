//! Character classes of XML 1.0 (fifth edition) and the ranges KSeF refuses.

use crate::finding::Fault;
use crate::problem::Problem;

/// White space, production 3.
pub(crate) const fn is_whitespace(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// `Char`, production 2.
pub(crate) const fn is_character(code: u32) -> bool {
    matches!(code, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..=0x10_FFFF)
}

/// The ranges that XML 1.0 discourages and KSeF refuses: control characters without U+0085,
/// the non-characters U+FDD0 to U+FDEF and the last two of each supplementary plane.
pub(crate) const fn is_discouraged(code: u32) -> bool {
    matches!(code, 0x7F..=0x84 | 0x86..=0x9F | 0xFDD0..=0xFDEF)
        || (code >= 0x1_0000 && code & 0xFFFE == 0xFFFE)
}

/// `NameStartChar` without the colon, production 4.
pub(crate) const fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar` without the colon, production 4a.
pub(crate) const fn is_name_part(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}'
            | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether a byte may begin or be a character that needs a closer look.
const fn is_suspicious(byte: u8) -> bool {
    (byte < 0x20 && !is_whitespace(byte)) || byte == 0x7F || byte == 0xC2 || byte >= 0xEF
}

/// Reports illegal and discouraged characters in `text`, at most `faults_max` of them.
///
/// `base` is the offset of `text` in the file.
pub(crate) fn scan(text: &str, base: usize, faults_max: usize, faults: &mut Vec<Fault>) {
    let mut start = 0;
    let mut found = 0;
    for block in text.as_bytes().chunks(64) {
        // Without an early exit in the fold the compiler turns this into vector comparisons.
        if block
            .iter()
            .fold(false, |any, byte| any | is_suspicious(*byte))
        {
            for (index, byte) in block.iter().enumerate() {
                if !is_suspicious(*byte) {
                    continue;
                }
                let Some(c) = text
                    .get(start + index..)
                    .and_then(|rest| rest.chars().next())
                else {
                    continue;
                };
                let code = u32::from(c);
                let problem = if !is_character(code) {
                    Problem::IllegalCharacter(code)
                } else if is_discouraged(code) {
                    Problem::DiscouragedCharacter(code)
                } else {
                    continue;
                };
                faults.push(Fault::at(base + start + index, problem));
                found += 1;
                if found >= faults_max {
                    return;
                }
            }
        }
        start += block.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(usize, u32)> {
        let mut faults = Vec::new();
        scan(text, 0, 1000, &mut faults);
        faults
            .iter()
            .map(|fault| match fault.problem {
                Problem::IllegalCharacter(code) | Problem::DiscouragedCharacter(code) => {
                    (fault.offset.unwrap(), code)
                }
                _ => panic!("another problem"),
            })
            .collect()
    }

    #[test]
    fn every_code_point_is_classified_as_the_definition_says() {
        for code in 0..=0x10_FFFF_u32 {
            let Some(c) = char::from_u32(code) else {
                continue;
            };
            let expected = !is_character(code) || is_discouraged(code);
            assert_eq!(
                !codes(&format!("a{c}b")).is_empty(),
                expected,
                "U+{code:04X}"
            );
        }
    }

    #[test]
    fn discouraged_ranges_have_their_exact_edges() {
        for (code, expected) in [
            (0x7E, false),
            (0x7F, true),
            (0x84, true),
            (0x85, false),
            (0x86, true),
            (0x9F, true),
            (0xA0, false),
            (0xFDCF, false),
            (0xFDD0, true),
            (0xFDEF, true),
            (0xFDF0, false),
            (0xFFFD, false),
            (0x1_FFFD, false),
            (0x1_FFFE, true),
            (0x1_FFFF, true),
            (0x2_0000, false),
            (0xF_FFFE, true),
            (0x10_FFFD, false),
            (0x10_FFFF, true),
        ] {
            assert_eq!(is_discouraged(code), expected, "U+{code:04X}");
        }
    }

    #[test]
    fn offsets_are_bytes_and_characters_may_span_blocks() {
        let text = format!("{}\u{FDD0}ż\u{1}", "a".repeat(63));
        assert_eq!(codes(&text), [(63, 0xFDD0), (68, 1)]);
    }
}
