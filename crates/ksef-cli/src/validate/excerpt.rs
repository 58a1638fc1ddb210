//! The place of a finding in its file: what stands there, and where that is in the units of different readers.

use ksef_invoice::finding::Position;

/// What stands at a place, cut to its surroundings: a file may be one line of megabytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What stands before the place on its line.
    pub(crate) before: String,
    /// What is meant: a tag, an attribute or a value; may be empty.
    pub(crate) marked: String,
    /// How many bytes of the file that is.
    pub(crate) marked_bytes: usize,
    /// What follows on the line.
    pub(crate) after: String,
    /// Whether the line begins earlier.
    pub(crate) is_cut_before: bool,
    /// Whether the line goes on.
    pub(crate) is_cut_after: bool,
}

impl Excerpt {
    /// The surroundings of a place. `is_character`: one character is meant, not the value it stands in.
    pub(crate) fn of(bytes: &[u8], place: Position, is_character: bool) -> Self {
        let offset = place.offset.min(bytes.len());
        let (line_before, line_after) = bytes.split_at(offset);
        let start = window_start(line_before);
        let rest = line_after
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
        let length = if is_character {
            character_length(rest)
        } else {
            mark_length(line_before.get(start.0..).unwrap_or_default(), rest)
        };
        let (marked, after) = rest.split_at(length);
        let (marked, is_mark_cut) = head(marked);
        let (after, is_cut_after) = if is_mark_cut {
            (&[][..], true)
        } else {
            head(after)
        };
        Self {
            line: place.line,
            before: text(line_before.get(start.0..).unwrap_or_default()),
            marked: text(marked),
            marked_bytes: marked.len(),
            after: text(after),
            is_cut_before: start.1,
            is_cut_after,
        }
    }
}

/// Where the line begins, or its last characters before the place when it is long; and whether it was cut.
fn window_start(before: &[u8]) -> (usize, bool) {
    let from = before.len().saturating_sub(WINDOW_BYTES);
    let window = before.get(from..).unwrap_or_default();
    if let Some(at) = window.iter().rposition(|byte| *byte == b'\n') {
        return (from + at + 1, false);
    }
    let whole = window.iter().position(|byte| byte & 0xC0 != 0x80);
    (from + whole.unwrap_or(0), from > 0)
}

/// The first characters of a text, and whether there are more.
fn head(bytes: &[u8]) -> (&[u8], bool) {
    let Some(cut) = bytes.get(..WINDOW_BYTES) else {
        return (bytes, false);
    };
    if cut.len() == bytes.len() {
        return (bytes, false);
    }
    let whole = cut.iter().rposition(|byte| byte & 0xC0 != 0x80);
    (cut.get(..whole.unwrap_or(0)).unwrap_or_default(), true)
}

/// How many bytes are meant: a tag up to its name's end, an attribute, or a value without the white space after it.
fn mark_length(before: &[u8], rest: &[u8]) -> usize {
    let found = |stop: &dyn Fn(u8) -> bool| rest.iter().position(|byte| stop(*byte));
    match rest.first() {
        None => 0,
        Some(b'<') => {
            let name = found(&|byte| byte.is_ascii_whitespace() || byte == b'>');
            let name = name.unwrap_or(rest.len());
            name + usize::from(rest.get(name) == Some(&b'>'))
        }
        Some(_) => match Around::of(before) {
            Around::Quotes(quote) => found(&|byte| byte == quote).unwrap_or(rest.len()),
            Around::Tag => attribute_length(rest),
            Around::Text => {
                let value = rest.split(|byte| *byte == b'<').next().unwrap_or_default();
                value.trim_ascii_end().len()
            }
        },
    }
}

/// The bytes of the first character, or the first byte when it begins none.
fn character_length(rest: &[u8]) -> usize {
    let is_continued = |byte: &&u8| **byte & 0xC0 == 0x80;
    let length = 1 + rest.iter().skip(1).take(3).take_while(is_continued).count();
    match rest.get(..length) {
        Some(first) if std::str::from_utf8(first).is_ok() => length,
        _ => rest.len().min(1),
    }
}

/// What a place is in: between tags, in a tag, or in the quotes of an attribute.
enum Around {
    Text,
    Tag,
    Quotes(u8),
}

impl Around {
    /// By what stands before the place on its line.
    fn of(before: &[u8]) -> Self {
        let Some(open) = before.iter().rposition(|byte| *byte == b'<') else {
            return Self::Text;
        };
        let mut around = Self::Tag;
        for byte in before.iter().skip(open) {
            around = match (around, byte) {
                (Self::Tag, b'"' | b'\'') => Self::Quotes(*byte),
                (Self::Quotes(quote), close) if quote == *close => Self::Tag,
                (Self::Tag, b'>') => Self::Text,
                (around, _) => around,
            };
        }
        around
    }
}

/// An attribute with its value.
fn attribute_length(rest: &[u8]) -> usize {
    let mut quote = None;
    for (index, byte) in rest.iter().enumerate() {
        match (quote, *byte) {
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), close) if open == close => return index + 1,
            (None, b' ' | b'\t' | b'>') if index > 0 => return index,
            _ => {}
        }
    }
    rest.len()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Counts columns in UTF-16 code units along a document, forwards only.
#[derive(Debug)]
pub(crate) struct Utf16Columns<'a> {
    bytes: &'a [u8],
    offset: usize,
    column: usize,
}

impl<'a> Utf16Columns<'a> {
    /// At the start of the document.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            offset: 0,
            column: 1,
        }
    }

    /// The column of a place, from 1. Places come in order.
    pub(crate) fn at(&mut self, offset: usize) -> usize {
        let passed = self.bytes.get(self.offset..offset).unwrap_or_default();
        for byte in passed {
            match byte {
                b'\n' => self.column = 1,
                0x80..=0xBF => {}
                0xF0..=0xF7 => self.column += 2,
                _ => self.column += 1,
            }
        }
        self.offset += passed.len();
        self.column
    }
}

/// How much of a line is looked at on either side of a place; more than any terminal shows.
const WINDOW_BYTES: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, place: &str) -> Excerpt {
        let offset = text.find(place).unwrap();
        let before = text.get(..offset).unwrap();
        Excerpt::of(
            text.as_bytes(),
            Position {
                offset,
                line: before.matches('\n').count() + 1,
                column: 1,
            },
            false,
        )
    }

    #[test]
    fn tags_attributes_and_values_are_marked() {
        let text = "<a>\r\n\t<b x='1' y=\"2 3\">żółw \n</b></a>";
        let cases = [
            ("<b", "<b"),
            ("x=", "x='1'"),
            ("y=", "y=\"2 3\""),
            ("2 3", "2 3"),
            ("żółw", "żółw"),
            ("</b>", "</b>"),
            ("</a>", "</a>"),
        ];
        for (place, marked) in cases {
            let excerpt = at(text, place);
            assert_eq!(excerpt.marked, marked, "{place}");
            assert!(!excerpt.is_cut_before && !excerpt.is_cut_after);
        }
        let tag = at(text, "<b");
        assert_eq!((tag.line, tag.before.as_str()), (2, "\t"));
        assert_eq!(at(text, "żółw").after, " ");
    }

    #[test]
    fn a_line_of_megabytes_is_cut_at_characters() {
        let text = format!("<a>{}<b>{}</b></a>", "ż".repeat(100_000), "ó".repeat(5_000));
        let excerpt = at(&text, "<b>");
        assert!(excerpt.is_cut_before && excerpt.is_cut_after);
        assert!(excerpt.before.chars().all(|character| character == 'ż'));
        assert!(excerpt.after.chars().all(|character| character == 'ó'));
        assert!(excerpt.before.len() + excerpt.after.len() <= 2 * WINDOW_BYTES);
        let value = at(&text, "ó");
        assert!(value.marked.len() <= WINDOW_BYTES && value.after.is_empty());
    }

    #[test]
    fn places_at_the_end_and_bytes_that_are_no_text() {
        let end = Position {
            offset: 9,
            line: 2,
            column: 1,
        };
        let excerpt = Excerpt::of(b"<a>\n", end, false);
        assert_eq!((excerpt.before.as_str(), excerpt.marked.as_str()), ("", ""));
        let third = Position {
            offset: 3,
            line: 1,
            column: 4,
        };
        let broken = Excerpt::of(b"<a>\xB1x", third, false);
        assert_eq!(broken.marked, "\u{fffd}x");
        let character = Excerpt::of(b"<a>\xB1x", third, true);
        assert_eq!(
            (character.marked.as_str(), character.marked_bytes),
            ("\u{fffd}", 1)
        );
        let character = Excerpt::of("<a>żółw".as_bytes(), third, true);
        assert_eq!(
            (character.marked.as_str(), character.marked_bytes),
            ("ż", 2)
        );
    }

    #[test]
    fn columns_of_utf16() {
        let text = "aż\u{1f600}b\nc";
        let mut columns = Utf16Columns::new(text.as_bytes());
        let places: Vec<usize> = ["a", "ż", "\u{1f600}", "b", "c"]
            .iter()
            .map(|place| columns.at(text.find(place).unwrap()))
            .collect();
        assert_eq!(places, [1, 2, 3, 5, 1]);
    }
}
