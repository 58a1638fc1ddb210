//! Texts that match a pattern of XSD, for the constructs that the official schemas use.

use crate::mutant::Random;

/// A text that matches; mostly, when the pattern has constructs that are not known here.
pub(super) fn generate(pattern: &str, random: &mut Random) -> String {
    let characters: Vec<char> = pattern.chars().collect();
    let mut writer = Writer {
        characters: &characters,
        at: 0,
        random,
    };
    writer.alternatives(true)
}

struct Writer<'a> {
    characters: &'a [char],
    at: usize,
    random: &'a mut Random,
}

impl Writer<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn take(&mut self) -> char {
        let character = self.peek().unwrap_or('?');
        self.at += 1;
        character
    }

    /// Reads all alternatives and writes one of them.
    fn alternatives(&mut self, writes: bool) -> String {
        let mut all = vec![self.sequence(writes)];
        while self.peek() == Some('|') {
            self.at += 1;
            all.push(self.sequence(writes));
        }
        let chosen = self.random.below(all.len());
        all.swap_remove(chosen)
    }

    fn sequence(&mut self, writes: bool) -> String {
        let mut text = String::new();
        while self.peek().is_some_and(|it| !"|)".contains(it)) {
            let start = self.at;
            let first = self.atom(writes);
            let end = self.at;
            let (min, max) = self.quantifier();
            let after = self.at;
            if !writes {
                continue;
            }
            let count = self.count(min, max);
            if count > 0 {
                text.push_str(&first);
            }
            for _ in 1..count {
                self.at = start;
                text.push_str(&self.atom(true));
            }
            debug_assert!(count < 2 || self.at == end);
            self.at = after;
        }
        text
    }

    fn count(&mut self, min: usize, max: Option<usize>) -> usize {
        let max = max.unwrap_or(min + 4);
        match self.random.below(4) {
            0 => min,
            1 => max,
            _ => min + self.random.below(max - min + 1),
        }
    }

    fn atom(&mut self, writes: bool) -> String {
        match self.take() {
            '(' => {
                let text = self.alternatives(writes);
                self.at += 1;
                text
            }
            '[' => self.class().to_string(),
            '\\' => match self.take() {
                'd' => self.digit().to_string(),
                's' => " ".to_owned(),
                'S' | 'w' => "w".to_owned(),
                other => other.to_string(),
            },
            '.' => self
                .random
                .pick(&["a", "Z", "0", " ", "ż", "-", "@", "&lt;"])
                .to_owned(),
            other => other.to_string(),
        }
    }

    fn digit(&mut self) -> char {
        char::from_digit(u32::try_from(self.random.below(10)).unwrap(), 10).unwrap_or('0')
    }

    /// A character of a class, after its opening bracket.
    fn class(&mut self) -> char {
        let is_negated = self.peek() == Some('^');
        if is_negated {
            self.at += 1;
        }
        let mut members = Vec::new();
        loop {
            match self.take() {
                ']' => break,
                '\\' => match self.take() {
                    'd' => members.extend('0'..='9'),
                    's' => members.extend([' ', '\t', '\n', '\r']),
                    other => members.push(other),
                },
                first
                    if self.peek() == Some('-')
                        && self.characters.get(self.at + 1) != Some(&']') =>
                {
                    self.at += 1;
                    let last = self.take();
                    members.extend(first..=last);
                }
                other => members.push(other),
            }
        }
        if is_negated {
            let others: Vec<char> = "abcXYZ019-_/%ż"
                .chars()
                .filter(|it| !members.contains(it))
                .collect();
            return others[self.random.below(others.len())];
        }
        members[self.random.below(members.len())]
    }

    fn quantifier(&mut self) -> (usize, Option<usize>) {
        let bounds = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => {
                let end = self.characters[self.at..]
                    .iter()
                    .position(|it| *it == '}')
                    .unwrap();
                let inner: String = self.characters[self.at + 1..self.at + end].iter().collect();
                self.at += end;
                let number = |text: &str| text.parse().ok();
                match inner.split_once(',') {
                    None => (number(&inner).unwrap_or(1), number(&inner)),
                    Some((min, max)) => (number(min).unwrap_or(0), number(max)),
                }
            }
            _ => return (1, Some(1)),
        };
        self.at += 1;
        bounds
    }
}
