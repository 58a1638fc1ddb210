//! The XML declaration at the start of a document.

use super::characters::is_whitespace;
use crate::finding::shorten;
use crate::problem::Problem;
use crate::syntax::Syntax;

/// Whether the bytes begin with an XML declaration.
pub(crate) fn is_present(bytes: &[u8]) -> bool {
    bytes.starts_with(b"<?xml") && bytes.get(5).is_some_and(|byte| is_whitespace(*byte))
}

/// The form of a declaration: its length in bytes, and the encoding that is not UTF-8.
pub(crate) struct Declaration {
    pub(crate) length: usize,
    /// Offset and name, shortened, of a declared encoding other than UTF-8.
    pub(crate) foreign_encoding: Option<(usize, String)>,
}

/// Reads the declaration at the start of `bytes` (production 23).
///
/// # Errors
/// The offset and the problem when it has a wrong form or another version than 1.0.
pub(crate) fn parse(bytes: &[u8]) -> Result<Declaration, (usize, Problem)> {
    let mut cursor = Cursor { bytes, at: 5 };
    let wrong = |at: usize| (at, Problem::NotWellFormed(Syntax::InvalidDeclaration));
    let (version_at, version) = cursor.pseudo_attribute("version").ok_or(wrong(cursor.at))?;
    if version != b"1.0" {
        let text = shorten(&String::from_utf8_lossy(version));
        return Err((
            version_at,
            Problem::NotWellFormed(Syntax::UnsupportedVersion(text)),
        ));
    }
    let mut foreign_encoding = None;
    if let Some((at, name)) = cursor.pseudo_attribute("encoding") {
        let mut letters = name.iter();
        let is_name = letters.next().is_some_and(u8::is_ascii_alphabetic)
            && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if !is_name {
            return Err(wrong(at));
        }
        if !name.eq_ignore_ascii_case(b"UTF-8") {
            foreign_encoding = Some((at, shorten(&String::from_utf8_lossy(name))));
        }
    }
    if let Some((at, standalone)) = cursor.pseudo_attribute("standalone")
        && !matches!(standalone, b"yes" | b"no")
    {
        return Err(wrong(at));
    }
    cursor.skip_whitespace();
    if !cursor.skip(b"?>") {
        return Err(wrong(cursor.at));
    }
    Ok(Declaration {
        length: cursor.at,
        foreign_encoding,
    })
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, expected: &[u8]) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    fn skip_whitespace(&mut self) -> bool {
        let count = self
            .rest()
            .iter()
            .take_while(|byte| is_whitespace(**byte))
            .count();
        self.at += count;
        count > 0
    }

    /// White space, the name, `=` and a quoted value; nothing is consumed when it is not there.
    fn pseudo_attribute(&mut self, name: &str) -> Option<(usize, &'a [u8])> {
        let start = self.at;
        let found = self.read_pseudo_attribute(name);
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn read_pseudo_attribute(&mut self, name: &str) -> Option<(usize, &'a [u8])> {
        if !self.skip_whitespace() || !self.skip(name.as_bytes()) {
            return None;
        }
        self.skip_whitespace();
        if !self.skip(b"=") {
            return None;
        }
        self.skip_whitespace();
        let quote = *self
            .rest()
            .first()
            .filter(|byte| matches!(byte, b'"' | b'\''))?;
        self.at += 1;
        let value_at = self.at;
        let length = self
            .rest()
            .iter()
            .position(|byte| *byte == quote || *byte == b'<')?;
        let value = self.rest().get(..length)?;
        self.at += length;
        self.skip(&[quote]).then_some((value_at, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_have_one_form() {
        for good in [
            "<?xml version=\"1.0\"?>",
            "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>",
            "<?xml  version = \"1.0\"\nencoding\t=\"UTF-8\"?>",
            "<?xml version=\"1.0\" standalone='no'?>",
        ] {
            let declaration = parse(good.as_bytes()).ok().unwrap();
            assert_eq!(
                (declaration.length, declaration.foreign_encoding),
                (good.len(), None)
            );
        }
        for bad in [
            "<?xml ?>",
            "<?xml encoding=\"UTF-8\"?>",
            "<?xml version=\"1.1\"?>",
            "<?xml version=\"1.0\"encoding=\"UTF-8\"?>",
            "<?xml version=\"1.0\" standalone=\"maybe\"?>",
            "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?>",
            "<?xml version=\"1.0\" encoding=\"\"?>",
            "<?xml version=\"1.0\" encoding=\"UTF 8\"?>",
            "<?xml version=\"1.0\" encoding=\"UTF-8'?>",
            "<?xml version=\"1.0\" >",
            "<?xml version=\"1.0",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn another_encoding_is_named() {
        let found = parse(b"<?xml version=\"1.0\" encoding=\"windows-1250\"?>")
            .ok()
            .unwrap();
        assert_eq!(found.foreign_encoding, Some((30, "windows-1250".into())));
    }

    #[test]
    fn a_message_does_not_repeat_a_long_declaration() {
        let long = "1".repeat(100_000);
        let version = parse(format!("<?xml version=\"{long}\"?>").as_bytes());
        let (_, problem) = version.err().unwrap();
        assert!(problem.message(crate::Language::English).len() < 200);
        let encoding = format!("<?xml version=\"1.0\" encoding=\"a{long}\"?>");
        let found = parse(encoding.as_bytes()).ok().unwrap();
        assert!(found.foreign_encoding.unwrap().1.len() < 200);
    }
}
