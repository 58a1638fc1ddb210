//! Character and entity references.

use std::borrow::Cow;

use memchr::memchr2;

use super::characters::{is_character, is_discouraged, is_name_part, is_name_start};
use super::event::TextForm;
use crate::problem::Problem;
use crate::syntax::Syntax;

/// The longest reference that is read; leading zeros make longer ones legal but senseless.
const REFERENCE_BYTES_MAX: usize = 64;

/// A reference at the start of a text: its length and the character it stands for.
pub(crate) struct Reference {
    pub(crate) length: usize,
    /// Set when the character is from a discouraged range.
    pub(crate) discouraged: Option<u32>,
    character: char,
}

/// Reads the reference at the start of `text`, which begins with `&`.
pub(crate) fn parse(text: &str) -> Result<Reference, Problem> {
    let invalid = || Problem::NotWellFormed(Syntax::InvalidReference);
    let end = text
        .bytes()
        .take(REFERENCE_BYTES_MAX)
        .position(|byte| byte == b';')
        .ok_or_else(invalid)?;
    let body = text.get(1..end).unwrap_or_default();
    let length = end + 1;
    if let Some(number) = body.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix('x') {
            Some(hex) => (hex, 16),
            None => (number, 10),
        };
        if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
            return Err(invalid());
        }
        let significant = digits.trim_start_matches('0');
        let code = if significant.len() > 8 {
            None
        } else {
            u32::from_str_radix(digits, radix)
                .ok()
                .filter(|code| is_character(*code))
        };
        let Some((code, character)) = code.and_then(|code| Some((code, char::from_u32(code)?)))
        else {
            let text = text.get(..length).unwrap_or_default().to_owned();
            return Err(Problem::NotWellFormed(Syntax::IllegalCharacterReference(
                text,
            )));
        };
        let discouraged = is_discouraged(code).then_some(code);
        return Ok(Reference {
            length,
            discouraged,
            character,
        });
    }
    let character = match body {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let mut characters = body.chars();
            let is_name = characters
                .next()
                .is_some_and(|c| is_name_start(c) || c == ':')
                && characters.all(|c| is_name_part(c) || c == ':');
            return Err(if is_name {
                Problem::NotWellFormed(Syntax::UnknownEntity(body.to_owned()))
            } else {
                invalid()
            });
        }
    };
    Ok(Reference {
        length,
        discouraged: None,
        character,
    })
}

/// The value of character data the reader has passed: references replaced, line ends normalised.
pub(crate) fn text_value(raw: &str, form: TextForm) -> Cow<'_, str> {
    match form {
        TextForm::Plain => Cow::Borrowed(raw),
        TextForm::Escaped => value(raw, false),
        TextForm::Section if raw.contains('\r') => {
            Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
        }
        TextForm::Section => Cow::Borrowed(raw),
    }
}

/// The value of an attribute the reader has passed: white space normalised too.
pub(crate) fn attribute_value(raw: &str) -> Cow<'_, str> {
    value(raw, true)
}

fn value(raw: &str, in_attribute: bool) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    let needs_work = memchr2(b'&', b'\r', bytes).is_some()
        || (in_attribute && memchr2(b'\t', b'\n', bytes).is_some());
    if !needs_work {
        return Cow::Borrowed(raw);
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '&' => match parse(rest) {
                Ok(reference) => {
                    value.push(reference.character);
                    length = reference.length;
                }
                Err(_) => value.push('&'),
            },
            '\r' => {
                value.push(if in_attribute { ' ' } else { '\n' });
                if rest.as_bytes().get(1) == Some(&b'\n') {
                    length = 2;
                }
            }
            '\t' | '\n' if in_attribute => value.push(' '),
            c => value.push(c),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_replaced_and_normalised() {
        let escaped = text_value("a&amp;&#65;&#x42;\r\n\rc&#13;", TextForm::Escaped);
        assert_eq!(escaped, "a&AB\n\nc\r");
        let section = text_value("&amp;\r\n\rc", TextForm::Section);
        assert_eq!(section, "&amp;\n\nc");
        assert_eq!(attribute_value("a\tb\r\nc&#10;d\ne"), "a b c\nd e");
        assert!(matches!(
            text_value("plain\ttext\n", TextForm::Escaped),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn references_have_their_exact_edges() {
        for legal in [
            "&lt;",
            "&#x9;",
            "&#32;",
            "&#xD7FF;",
            "&#xE000;",
            "&#x10FFFF;",
            "&#000065;",
        ] {
            assert!(parse(legal).is_ok(), "{legal}");
        }
        for illegal in [
            "&",
            "&;",
            "&lt",
            "& ;",
            "&#;",
            "&#x;",
            "&#X41;",
            "&#0;",
            "&#8;",
            "&#xD800;",
            "&#xFFFE;",
            "&#x110000;",
            "&#99999999999;",
            "&nbsp;",
            "&1;",
            "&a b;",
        ] {
            assert!(parse(illegal).is_err(), "{illegal}");
        }
    }
}
