//! The facet `whiteSpace`: nothing is copied when nothing changes.

use std::borrow::Cow;

use super::super::model::WhiteSpace;

/// The text with its white space treated.
pub(crate) fn normalise(text: &str, rule: WhiteSpace) -> Cow<'_, str> {
    match rule {
        WhiteSpace::Preserve => Cow::Borrowed(text),
        WhiteSpace::Replace => replace(text),
        WhiteSpace::Collapse => collapse(text),
    }
}

/// Is it one of the four white space characters of XML?
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn replace(text: &str) -> Cow<'_, str> {
    if !text
        .bytes()
        .any(|byte| matches!(byte, b'\t' | b'\n' | b'\r'))
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(['\t', '\n', '\r'], " "))
}

/// No white space at the ends, single spaces inside. What only has to be cut at its ends is still
/// borrowed.
pub(crate) fn collapse(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    // Without an early exit in the fold the compiler turns it into vector comparisons.
    if !bytes.iter().fold(false, |any, byte| any | (*byte <= b' ')) {
        return Cow::Borrowed(text);
    }
    let Some(start) = bytes.iter().position(|byte| !is_space(*byte)) else {
        return Cow::Borrowed("");
    };
    let end = bytes
        .iter()
        .rposition(|byte| !is_space(*byte))
        .map_or(start, |last| last + 1);
    let inner = bytes.get(start..end).unwrap_or_default();
    // A space after a space, or a white space that is no space.
    let pairs = inner.iter().zip(inner.get(1..).unwrap_or_default());
    let is_plain = !pairs.fold(false, |any, (one, next)| {
        any | (*next == b' ' && *one == b' ') | matches!(next, b'\t' | b'\n' | b'\r')
    });
    let inner = text.get(start..end).unwrap_or_default();
    if is_plain {
        return Cow::Borrowed(inner);
    }
    let mut collapsed = String::with_capacity(inner.len());
    for word in words(inner) {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    Cow::Owned(collapsed)
}

/// The items of a list.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\n', '\r'])
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_treated_and_borrowed() {
        for (text, collapsed) in [
            ("", ""),
            (" \t\r\n", ""),
            ("a", "a"),
            (" a b ", "a b"),
            ("a  b", "a b"),
            ("a\tb\n\rc ", "a b c"),
            ("ż \u{A0} ó", "ż \u{A0} ó"),
        ] {
            assert_eq!(normalise(text, WhiteSpace::Collapse), collapsed);
            assert_eq!(normalise(text, WhiteSpace::Preserve), text);
        }
        assert_eq!(
            normalise(" a\tb\n\r\u{B}", WhiteSpace::Replace),
            " a b  \u{B}"
        );
        for (text, rule) in [
            (" a b ", WhiteSpace::Collapse),
            ("\n\n", WhiteSpace::Collapse),
            (" a  b ", WhiteSpace::Replace),
            ("\t", WhiteSpace::Preserve),
        ] {
            assert!(matches!(normalise(text, rule), Cow::Borrowed(_)), "{text}");
        }
    }
}
