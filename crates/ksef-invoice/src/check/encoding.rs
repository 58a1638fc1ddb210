//! From bytes to text: UTF-8 without a byte order mark, or findings that say what it is instead.

use crate::finding::Fault;
use crate::problem::Problem;
use crate::xml::declaration;

/// The document as text.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: &'a str,
    /// Offset of the text in the file: 3 after a byte order mark.
    pub(crate) base: usize,
}

/// Decodes; `None` when there is no text to read on with.
pub(super) fn decode<'a>(bytes: &'a [u8], faults: &mut Vec<Fault>) -> Option<Decoded<'a>> {
    if let Some(name) = wide_encoding(bytes) {
        faults.push(Fault::at(0, Problem::WideEncoding(name)));
        return None;
    }
    let (base, content) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(content) => {
            faults.push(Fault::at(0, Problem::ByteOrderMark));
            (3, content)
        }
        None => (0, bytes),
    };
    match std::str::from_utf8(content) {
        Ok(text) => Some(Decoded { text, base }),
        Err(error) => {
            // A declaration that names the real encoding explains the wrong byte.
            if declaration::is_present(content)
                && let Ok(declaration) = declaration::parse(content)
                && let Some((at, name)) = declaration.foreign_encoding
            {
                faults.push(Fault::at(base + at, Problem::DeclaredEncoding(name)));
            }
            let at = error.valid_up_to();
            let byte = content.get(at).copied().unwrap_or_default();
            faults.push(Fault::at(base + at, Problem::NotUtf8 { byte }));
            None
        }
    }
}

/// UTF-16 and UTF-32 by their byte order mark, or by zero bytes around the first character.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [b'<', 0, 0, 0, ..] => Some("UTF-32LE"),
        [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, b'<', ..] => Some("UTF-32BE"),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some("UTF-16LE"),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some("UTF-16BE"),
        _ => None,
    }
}
