//! The grammar of patterns (XSD 1.0, part 2, appendix F).

use regex_syntax::hir::ClassUnicode;

use super::class;
use super::error::{PatternError, PatternErrorKind};

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// One character of a class.
    Class(ClassUnicode),
    /// One after the other; none is the empty text.
    Concatenation(Vec<Node>),
    /// One of them.
    Alternation(Vec<Node>),
    /// From `min` to `max` times.
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
    },
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str) -> Result<Node, PatternError> {
    let mut parser = Parser {
        characters: pattern.chars().take(LENGTH_MAX + 1).collect(),
        position: 0,
        depth: 0,
    };
    if parser.characters.len() > LENGTH_MAX {
        return Err(parser.error(PatternErrorKind::TooLarge));
    }
    let node = parser.alternation()?;
    match parser.peek() {
        None => Ok(node),
        Some(found) => Err(parser.error(PatternErrorKind::Unexpected(found))),
    }
}

struct Parser {
    characters: Vec<char>,
    position: usize,
    depth: usize,
}

impl Parser {
    fn alternation(&mut self) -> Result<Node, PatternError> {
        let mut branches = vec![self.branch()?];
        while self.eat('|') {
            branches.push(self.branch()?);
        }
        Ok(match branches.pop() {
            Some(only) if branches.is_empty() => only,
            Some(last) => {
                branches.push(last);
                Node::Alternation(branches)
            }
            None => Node::Concatenation(Vec::new()),
        })
    }

    fn branch(&mut self) -> Result<Node, PatternError> {
        let mut pieces = Vec::new();
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let atom = self.atom()?;
            pieces.push(self.quantified(atom)?);
        }
        Ok(Node::Concatenation(pieces))
    }

    fn atom(&mut self) -> Result<Node, PatternError> {
        let found = self.next()?;
        match found {
            '(' => {
                self.enter()?;
                let inner = self.alternation()?;
                self.expect(')')?;
                self.depth -= 1;
                Ok(inner)
            }
            '[' => Ok(Node::Class(self.class()?)),
            '.' => Ok(Node::Class(class::dot())),
            '\\' => match self.escape()? {
                Escape::Character(character) => Ok(single(character)),
                Escape::Class(class) => Ok(Node::Class(class)),
            },
            '?' | '*' | '+' | '{' | '}' | ']' => {
                self.position -= 1;
                Err(self.error(PatternErrorKind::Unexpected(found)))
            }
            _ => Ok(single(found)),
        }
    }

    fn quantified(&mut self, atom: Node) -> Result<Node, PatternError> {
        let (min, max) = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => {
                self.position += 1;
                let min = self.number()?;
                let max = if self.eat(',') {
                    if self.peek() == Some('}') {
                        None
                    } else {
                        Some(self.number()?)
                    }
                } else {
                    Some(min)
                };
                if self.peek() != Some('}') {
                    return Err(self.unexpected());
                }
                (min, max)
            }
            _ => return Ok(atom),
        };
        if max.is_some_and(|max| max < min) {
            return Err(self.error(PatternErrorKind::Reversed));
        }
        self.position += 1;
        Ok(Node::Repeat {
            node: Box::new(atom),
            min,
            max,
        })
    }

    fn number(&mut self) -> Result<u32, PatternError> {
        let mut number: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|found| found.to_digit(10)) {
            let next = number.unwrap_or(0).saturating_mul(10).saturating_add(digit);
            number = Some(next);
            self.position += 1;
        }
        number.ok_or_else(|| self.unexpected())
    }

    /// What stands behind `[`, up to and with its `]`.
    fn class(&mut self) -> Result<ClassUnicode, PatternError> {
        self.enter()?;
        let is_negated = self.eat('^');
        let mut class = ClassUnicode::empty();
        let mut is_first = true;
        let mut subtracted = None;
        loop {
            let found = self.next()?;
            match found {
                ']' if is_first => {
                    self.position -= 1;
                    return Err(self.error(PatternErrorKind::EmptyClass));
                }
                ']' => break,
                '-' if !is_first && self.eat('[') => {
                    subtracted = Some(self.class()?);
                    self.expect(']')?;
                    break;
                }
                '-' if is_first || self.peek() == Some(']') => {
                    class.union(&class::ranges(&[('-', '-')]));
                }
                '-' | '[' => {
                    self.position -= 1;
                    return Err(self.error(PatternErrorKind::Unexpected(found)));
                }
                _ => self.class_item(found, &mut class)?,
            }
            is_first = false;
        }
        if is_negated {
            class.negate();
        }
        if let Some(subtracted) = subtracted {
            class.difference(&subtracted);
        }
        self.depth -= 1;
        Ok(class)
    }

    /// An escape, a character, or a range that begins with one.
    fn class_item(&mut self, found: char, class: &mut ClassUnicode) -> Result<(), PatternError> {
        let first = match found {
            '\\' => match self.escape()? {
                Escape::Character(character) => character,
                Escape::Class(escaped) => {
                    class.union(&escaped);
                    return Ok(());
                }
            },
            _ => found,
        };
        let is_range = self.peek() == Some('-')
            && !matches!(
                self.characters.get(self.position + 1),
                None | Some('[' | ']')
            );
        let last = if is_range {
            self.position += 1;
            match self.next()? {
                '\\' => match self.escape()? {
                    Escape::Character(character) => character,
                    Escape::Class(_) => return Err(self.error(PatternErrorKind::Unexpected('-'))),
                },
                '-' => return Err(self.error(PatternErrorKind::Unexpected('-'))),
                other => other,
            }
        } else {
            first
        };
        if last < first {
            return Err(self.error(PatternErrorKind::Reversed));
        }
        class.union(&class::ranges(&[(first, last)]));
        Ok(())
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<Escape, PatternError> {
        let found = self.next()?;
        let character = match found {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' | '|' | '.' | '?' | '*' | '+' | '(' | ')' | '{' | '}' | '-' | '[' | ']' | '^' => {
                found
            }
            'p' | 'P' => {
                self.expect('{')?;
                let mut name = String::new();
                loop {
                    match self.next()? {
                        '}' => break,
                        other => name.push(other),
                    }
                }
                let Some(mut class) = class::property(&name) else {
                    return Err(self.error(PatternErrorKind::UnknownProperty(name)));
                };
                if found == 'P' {
                    class.negate();
                }
                return Ok(Escape::Class(class));
            }
            _ => {
                return match class::multi_character(found) {
                    Some(class) => Ok(Escape::Class(class)),
                    None => {
                        self.position -= 1;
                        Err(self.error(PatternErrorKind::UnknownEscape(found)))
                    }
                };
            }
        };
        Ok(Escape::Character(character))
    }

    fn enter(&mut self) -> Result<(), PatternError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error(PatternErrorKind::TooLarge));
        }
        Ok(())
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.position).copied()
    }

    fn next(&mut self) -> Result<char, PatternError> {
        let found = self.peek().ok_or_else(|| self.unexpected())?;
        self.position += 1;
        Ok(found)
    }

    fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.position += 1;
        }
        found
    }

    fn expect(&mut self, expected: char) -> Result<(), PatternError> {
        if self.eat(expected) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn unexpected(&self) -> PatternError {
        self.error(match self.peek() {
            Some(found) => PatternErrorKind::Unexpected(found),
            None => PatternErrorKind::Unfinished,
        })
    }

    const fn error(&self, kind: PatternErrorKind) -> PatternError {
        PatternError::new(self.position, kind)
    }
}

enum Escape {
    Character(char),
    Class(ClassUnicode),
}

fn single(character: char) -> Node {
    Node::Class(class::ranges(&[(character, character)]))
}

/// How long a pattern may be, in characters.
const LENGTH_MAX: usize = 10_000;

/// How deep groups and classes may be nested.
const DEPTH_MAX: usize = 50;
