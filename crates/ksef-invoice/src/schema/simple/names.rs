//! Names and language tags.

use crate::xml::characters::{is_name_part, is_name_start};

/// `NCName`: a name without a colon.
pub(crate) fn is_unprefixed_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_part)
}

/// `Name`: colons count as letters.
pub(crate) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|c| c == ':' || is_name_start(c))
        && characters.all(|c| c == ':' || is_name_part(c))
}

/// `NMTOKEN`: any name characters.
pub(crate) fn is_name_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == ':' || is_name_part(c))
}

/// Prefix, empty when there is none, and local part of a `QName`.
pub(crate) fn split_qualified(text: &str) -> Option<(&str, &str)> {
    let (prefix, local) = match text.split_once(':') {
        Some((prefix, local)) if is_unprefixed_name(prefix) => (prefix, local),
        Some(_) => return None,
        None => ("", text),
    };
    is_unprefixed_name(local).then_some((prefix, local))
}

/// `language`: one to eight letters, then parts of one to eight letters and digits.
pub(crate) fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(index, part)| {
        (1..=8).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_forms() {
        for (text, unprefixed, name, token) in [
            ("a", true, true, true),
            ("_ż-1.", true, true, true),
            ("a:b", false, true, true),
            (":", false, true, true),
            ("1a", false, false, true),
            ("-a", false, false, true),
            ("a b", false, false, false),
            ("", false, false, false),
        ] {
            assert_eq!(is_unprefixed_name(text), unprefixed, "{text}");
            assert_eq!(is_name(text), name, "{text}");
            assert_eq!(is_name_token(text), token, "{text}");
        }
        assert_eq!(split_qualified("p:a"), Some(("p", "a")));
        assert_eq!(split_qualified("a"), Some(("", "a")));
        for bad in ["", ":", "p:", ":a", "p:a:b", "p:1", "1:p"] {
            assert_eq!(split_qualified(bad), None, "{bad}");
        }
    }

    #[test]
    fn languages_have_their_forms() {
        for good in ["pl", "en-US", "i-klingon", "x-1234567a", "abcdefgh"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "-", "pl-", "-pl", "p1", "abcdefghi", "pl_PL", "en--US"] {
            assert!(!is_language(bad), "{bad}");
        }
    }
}
