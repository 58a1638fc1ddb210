//! JSON and JSON Lines into trees that remember lines, columns and the digits of numbers.
//!
//! `serde_json` keeps neither places nor, without a feature that changes the whole workspace, the
//! digits; invoices need both.

use crate::fault::Fault;
use crate::node::{Entry, Node, Spot, Value};

/// A fault of the text and where it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SyntaxFault {
    pub(crate) spot: Spot,
    pub(crate) fault: Fault,
}

/// Reads one value, or many one after another (JSON Lines). A value that is a list counts as its
/// elements. `values_max` bounds how many.
pub(crate) fn read(text: &str, values_max: usize) -> (Vec<Node>, Vec<SyntaxFault>) {
    let mut reader = Reader::new(text);
    let mut values = Vec::new();
    let mut faults = Vec::new();
    loop {
        reader.skip_space();
        if reader.peek().is_none() {
            break;
        }
        match reader.value(0) {
            Ok(Node {
                value: Value::List(nodes),
                ..
            }) => values.extend(nodes),
            Ok(node) => values.push(node),
            Err(fault) => {
                faults.push(fault);
                break;
            }
        }
        if values.len() > values_max {
            faults.push(SyntaxFault {
                spot: reader.spot(),
                fault: Fault::TooManyInvoices { limit: values_max },
            });
            values.truncate(values_max);
            break;
        }
    }
    faults.append(&mut reader.duplicates);
    (values, faults)
}

struct Reader<'a> {
    rest: std::str::Chars<'a>,
    line: u32,
    column: u32,
    duplicates: Vec<SyntaxFault>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.chars(),
            line: 1,
            column: 1,
            duplicates: Vec::new(),
        }
    }

    const fn spot(&self) -> Spot {
        Spot::Text {
            line: self.line,
            column: self.column,
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn bump(&mut self) -> Option<char> {
        let found = self.rest.next()?;
        if found == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 1;
        } else {
            self.column = self.column.saturating_add(1);
        }
        Some(found)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.bump();
        }
    }

    fn error<T>(&self, expected: Expected) -> Result<T, SyntaxFault> {
        Err(SyntaxFault {
            spot: self.spot(),
            fault: Fault::JsonSyntax {
                expected,
                found: self.peek(),
            },
        })
    }

    fn value(&mut self, depth: usize) -> Result<Node, SyntaxFault> {
        if depth > DEPTH_MAX {
            return Err(SyntaxFault {
                spot: self.spot(),
                fault: Fault::JsonDepth { limit: DEPTH_MAX },
            });
        }
        self.skip_space();
        let spot = self.spot();
        let value = match self.peek() {
            Some('{') => self.object(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.string()?),
            Some('-' | '0'..='9') => Value::Number(self.number()?),
            Some('t') => self.word("true", Value::Bool(true))?,
            Some('f') => self.word("false", Value::Bool(false))?,
            Some('n') => self.word("null", Value::Null)?,
            _ => return self.error(Expected::Value),
        };
        Ok(Node::new(spot, value))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, SyntaxFault> {
        for expected in word.chars() {
            if self.peek() != Some(expected) {
                return self.error(Expected::Value);
            }
            self.bump();
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value, SyntaxFault> {
        self.bump();
        let mut entries: Vec<Entry> = Vec::new();
        self.skip_space();
        if self.peek() == Some('}') {
            self.bump();
            return Ok(Value::Object(entries));
        }
        loop {
            self.skip_space();
            let key_spot = self.spot();
            if self.peek() != Some('"') {
                return self.error(Expected::Key);
            }
            let key = self.string()?;
            self.skip_space();
            if self.peek() != Some(':') {
                return self.error(Expected::Colon);
            }
            self.bump();
            let node = self.value(depth.saturating_add(1))?;
            if entries.len() >= KEYS_MAX {
                return Err(SyntaxFault {
                    spot: key_spot,
                    fault: Fault::JsonKeys { limit: KEYS_MAX },
                });
            }
            if entries.iter().any(|entry| entry.key == key) {
                self.duplicates.push(SyntaxFault {
                    spot: key_spot,
                    fault: Fault::DuplicateKey { key },
                });
            } else {
                entries.push(Entry {
                    key,
                    key_spot,
                    node,
                });
            }
            self.skip_space();
            match self.peek() {
                Some(',') => {
                    self.bump();
                }
                Some('}') => {
                    self.bump();
                    return Ok(Value::Object(entries));
                }
                _ => return self.error(Expected::CommaOrBrace),
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, SyntaxFault> {
        self.bump();
        let mut nodes = Vec::new();
        self.skip_space();
        if self.peek() == Some(']') {
            self.bump();
            return Ok(Value::List(nodes));
        }
        loop {
            nodes.push(self.value(depth.saturating_add(1))?);
            self.skip_space();
            match self.peek() {
                Some(',') => {
                    self.bump();
                }
                Some(']') => {
                    self.bump();
                    return Ok(Value::List(nodes));
                }
                _ => return self.error(Expected::CommaOrBracket),
            }
        }
    }

    fn number(&mut self) -> Result<String, SyntaxFault> {
        let mut raw = String::new();
        if self.peek() == Some('-') {
            raw.push('-');
            self.bump();
        }
        if self.peek() == Some('0') {
            raw.push('0');
            self.bump();
        } else {
            self.digits(&mut raw)?;
        }
        if self.peek() == Some('.') {
            raw.push('.');
            self.bump();
            self.digits(&mut raw)?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            raw.push('e');
            self.bump();
            if let Some(sign @ ('+' | '-')) = self.peek() {
                raw.push(sign);
                self.bump();
            }
            self.digits(&mut raw)?;
        }
        match self.peek() {
            None | Some(',' | ']' | '}' | ' ' | '\t' | '\n' | '\r') => Ok(raw),
            Some(_) => self.error(Expected::Digit),
        }
    }

    fn digits(&mut self, raw: &mut String) -> Result<(), SyntaxFault> {
        if !matches!(self.peek(), Some('0'..='9')) {
            return self.error(Expected::Digit);
        }
        while let Some(digit @ '0'..='9') = self.peek() {
            raw.push(digit);
            self.bump();
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, SyntaxFault> {
        self.bump();
        let mut text = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.bump();
                    return Ok(text);
                }
                Some('\\') => {
                    self.bump();
                    text.push(self.escape()?);
                }
                Some(found) if found >= ' ' => {
                    text.push(found);
                    self.bump();
                }
                _ => return self.error(Expected::Quote),
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxFault> {
        let plain = match self.peek() {
            Some(found @ ('"' | '\\' | '/')) => found,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                self.bump();
                return self.unicode();
            }
            _ => return self.error(Expected::Escape),
        };
        self.bump();
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, SyntaxFault> {
        let first = self.hex()?;
        if let Some(found) = char::from_u32(first) {
            return Ok(found);
        }
        for expected in ['\\', 'u'] {
            if self.peek() != Some(expected) {
                return self.error(Expected::Escape);
            }
            self.bump();
        }
        let second = self.hex()?;
        match char::decode_utf16([first, second].map(|unit| u16::try_from(unit).unwrap_or(0)))
            .next()
        {
            Some(Ok(found)) => Ok(found),
            _ => self.error(Expected::Escape),
        }
    }

    fn hex(&mut self) -> Result<u32, SyntaxFault> {
        let mut unit = 0_u32;
        for _ in 0..4 {
            match self.peek().and_then(|found| found.to_digit(16)) {
                Some(digit) => unit = unit.saturating_mul(16).saturating_add(digit),
                None => return self.error(Expected::Escape),
            }
            self.bump();
        }
        Ok(unit)
    }
}

/// What JSON wants where the text has something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// A value.
    Value,
    /// A key in quotation marks.
    Key,
    /// A colon after the key.
    Colon,
    /// A comma or the closing brace.
    CommaOrBrace,
    /// A comma or the closing bracket.
    CommaOrBracket,
    /// A digit, or the end of the number.
    Digit,
    /// The closing quotation mark.
    Quote,
    /// An escape that JSON knows.
    Escape,
}

/// How deep objects and lists may be nested; the invoice's own shape needs six.
const DEPTH_MAX: usize = 32;

/// How many keys an object may have; the invoice has forty.
const KEYS_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Node {
        let (mut values, faults) = read(text, 10);
        assert_eq!(faults, vec![], "{text}");
        values.remove(0)
    }

    #[track_caller]
    fn fault(text: &str, line: u32, column: u32, expected: Expected) {
        let (_, faults) = read(text, 10);
        assert_eq!(faults.len(), 1, "{text}");
        assert_eq!(faults[0].spot, Spot::Text { line, column }, "{text}");
        assert!(
            matches!(faults[0].fault, Fault::JsonSyntax { expected: found, .. } if found == expected),
            "{text}: {:?}",
            faults[0]
        );
    }

    #[test]
    fn numbers_keep_their_digits() {
        for raw in [
            "0.1",
            "0.10",
            "-12.345",
            "100000000000000000000.01",
            "0",
            "1e5",
            "1e-5",
        ] {
            let node = one(&format!("{{\"a\": {raw} }}"));
            assert_eq!(node.get("a").unwrap().text(), Some(raw));
        }
    }

    #[test]
    fn strings_are_unescaped() {
        let node = one(r#""a\u017c\ud83d\ude00\n\"ł""#);
        assert_eq!(node.text(), Some("aż😀\n\"ł"));
    }

    #[test]
    fn places_are_lines_and_characters() {
        let node = one("{\n  \"ż\": [1,\n 22]\n}");
        let list = node.get("ż").unwrap();
        assert_eq!(list.spot, Spot::Text { line: 2, column: 8 });
        assert_eq!(list.elements()[1].spot, Spot::Text { line: 3, column: 2 });
    }

    #[test]
    fn lines_and_lists_are_many_values() {
        assert_eq!(read("{}\n{}\r\n\n[{},{}]", 10).0.len(), 4);
        assert_eq!(read("", 10).0.len(), 0);
    }

    #[test]
    fn duplicate_keys_are_faults() {
        let (_, faults) = read("{\"a\":1,\n\"a\":2}", 10);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].spot, Spot::Text { line: 2, column: 1 });
    }

    #[test]
    fn broken_texts_are_placed() {
        fault("{\"a\" 1}", 1, 6, Expected::Colon);
        fault("{a: 1}", 1, 2, Expected::Key);
        fault("{\"a\": 1", 1, 8, Expected::CommaOrBrace);
        fault("[1 2]", 1, 4, Expected::CommaOrBracket);
        fault("{\"a\": 01}", 1, 8, Expected::Digit);
        fault("{\"a\": 1.}", 1, 9, Expected::Digit);
        fault("{\"a\": +1}", 1, 7, Expected::Value);
        fault("{\"a\": NaN}", 1, 7, Expected::Value);
        fault("\"a\nb\"", 1, 3, Expected::Quote);
        fault("\"\\x\"", 1, 3, Expected::Escape);
        fault("\"\\ud800\"", 1, 8, Expected::Escape);
        fault("{} x", 1, 4, Expected::Value);
    }

    #[test]
    fn depth_is_bounded() {
        let (_, faults) = read(&"[".repeat(100_000), 10);
        assert!(matches!(faults[0].fault, Fault::JsonDepth { .. }));
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        let (values, faults) = read("{} {} {}", 2);
        assert_eq!(values.len(), 2);
        assert!(matches!(
            faults[0].fault,
            Fault::TooManyInvoices { limit: 2 }
        ));
    }
}
