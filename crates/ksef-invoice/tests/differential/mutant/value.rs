//! Values broken at the edges of their facets.

use super::Work;
use super::edges::{
    CHARACTERS, CODES, DAYS, INSTANTS, LENGTHS, NUMBERS, SPACES, TIMES, WORDS, ZONES,
};

impl Work<'_> {
    pub(super) fn change_value(&mut self) {
        let Some(index) = self.any_leaf() else {
            return;
        };
        let old = self.document.text(index).unwrap_or_default().to_owned();
        let new = self.another_value(&old);
        self.tell("value", index, &new);
        self.document.set_text(index, &new);
    }

    /// Another value in place of this one, as it may stand in a document.
    pub(super) fn another_value(&mut self, old: &str) -> String {
        let kind = self.random.below(100);
        match (Kind::of(old), kind) {
            (_, 0..=9) => self.whitespace_around(old),
            (_, 10..=17) => self.edit_characters(old),
            (_, 18..=21) => self.other_digits(old),
            (_, 22..=25) => self.other_notation(old),
            (_, 26..=30) => self.any_value(),
            (Kind::Number, 31..=84) => self.number(old),
            (Kind::Day, 31..=84) => self.day(old),
            (Kind::Instant, 31..=84) => self.instant(old),
            (Kind::Time, 31..=84) => self.time(),
            (Kind::Text, 31..=64) => self.length(),
            (Kind::Text, 65..=84) => self.near_miss(old),
            (_, 85..=88) => self.number(old),
            (_, 89 | 90) => self.day("2024-01-01"),
            (_, 91..=93) => self.length(),
            (_, 94..=96) => self.random.pick(WORDS).to_owned(),
            _ => self.near_miss(old),
        }
    }

    fn whitespace_around(&mut self, old: &str) -> String {
        let space = self.random.pick(SPACES);
        match self.random.below(5) {
            0 | 1 => format!("{space}{old}"),
            2 => format!("{old}{space}"),
            3 => format!("{space}{old}{space}"),
            _ => {
                let at = self.boundary(old);
                format!("{}{space}{}", &old[..at], &old[at..])
            }
        }
    }

    /// A character boundary outside references.
    fn boundary(&mut self, text: &str) -> usize {
        let places: Vec<_> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .filter(|at| !is_in_reference(text, *at))
            .collect();
        places[self.random.below(places.len())]
    }

    fn edit_characters(&mut self, old: &str) -> String {
        let at = self.boundary(old);
        let next = old[at..].chars().next().filter(|it| *it != '&');
        let rest = &old[at + next.map_or(0, char::len_utf8)..];
        let head = &old[..at];
        let inserted = self.random.pick(CHARACTERS);
        let kept = next.map_or(String::new(), String::from);
        match self.random.below(4) {
            0 => format!("{head}{rest}"),
            1 => format!("{head}{kept}{kept}{rest}"),
            2 => format!("{head}{inserted}{rest}"),
            _ => format!("{head}{inserted}{kept}{rest}"),
        }
    }

    /// One digit, or all, of another script.
    fn other_digits(&mut self, old: &str) -> String {
        let zero = [
            0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE, 0x104A0, 0x11066, 0xB2, 0x2460,
        ][self.random.below(9)];
        let all = self.random.chance(1, 2);
        let digits = old.bytes().filter(u8::is_ascii_digit).count();
        let chosen = self.random.below(digits);
        let mut seen = 0;
        let replace = |character: char| match character.to_digit(10) {
            Some(digit) if !old.contains("&#") => {
                seen += 1;
                let other = char::from_u32(zero + digit).unwrap_or('?');
                if all || seen == chosen + 1 {
                    other
                } else {
                    character
                }
            }
            _ => character,
        };
        old.chars().map(replace).collect()
    }

    /// The same value written in another way: references, sections, comments.
    fn other_notation(&mut self, old: &str) -> String {
        let at = self.boundary(old);
        let (head, tail) = old.split_at(at);
        let next = tail.chars().next().filter(|it| *it != '&').unwrap_or(' ');
        let rest = tail.strip_prefix(next).unwrap_or(tail);
        match self.random.below(9) {
            0 => format!("{head}&#{};{rest}", u32::from(next)),
            1 => format!("{head}&#x{:x};{rest}", u32::from(next)),
            2 if !old.contains('&') => format!("<![CDATA[{old}]]>"),
            3 if !tail.contains('&') => format!("{head}<![CDATA[{tail}]]>"),
            4 => format!("{head}<!-- -->{tail}"),
            5 => format!("<!--a-->{old}<!--b-->"),
            6 => format!("{head}<b/>{tail}"),
            7 => format!("{head}<![CDATA[]]>{tail}"),
            _ => format!("{head}&amp;{tail}"),
        }
    }

    fn number(&mut self, old: &str) -> String {
        let digit =
            |random: &mut super::Random| char::from(b'0' + u8::try_from(random.below(10)).unwrap());
        match self.random.below(10) {
            0..=2 => self.random.pick(NUMBERS).to_owned(),
            3 | 4 => {
                // digits before and after the point, at the limits of totalDigits and fractionDigits
                let before = self.random.below(27);
                let after = self.random.below(12);
                let mut text = String::new();
                if self.random.chance(1, 4) {
                    text.push('-');
                }
                text.push(char::from(
                    b'1' + u8::try_from(self.random.below(9)).unwrap(),
                ));
                text.extend((1..before).map(|_| digit(&mut self.random)));
                if after > 0 {
                    text.push('.');
                    text.extend((0..after).map(|_| digit(&mut self.random)));
                }
                text
            }
            5 => format!(
                "{}{old}",
                self.random
                    .pick(&["0", "00", "+", "-", "--", "0x", ".", "-0"])
            ),
            6 => format!(
                "{old}{}",
                self.random.pick(&[
                    "0", "00", "000", ".", ".0", ".00", ".000", "e0", "E1", "%", ",00", "f"
                ])
            ),
            7 => {
                let point = self.random.pick(&[",", ".", "..", "·", ". "]);
                old.replace('.', point)
            }
            8 => format!("{old}{}", "0".repeat(self.random.below(12))),
            _ => self.random.below(130).to_string(),
        }
    }

    fn day(&mut self, old: &str) -> String {
        match self.random.below(8) {
            0..=3 => self.random.pick(DAYS).to_owned(),
            4 => format!("{old}{}", self.random.pick(ZONES)),
            5 => format!("{}{old}", self.random.pick(&["-", "+", "0", "1", " "])),
            6 => {
                let year = self.random.below(3000);
                let (month, day) = (self.random.below(14), self.random.below(33));
                format!("{year:04}-{month:02}-{day:02}")
            }
            _ => {
                let years = [1990, 2000, 2006, 2016, 2021, 2022, 2025, 2050];
                let year = years[self.random.below(years.len())];
                let edge = self.random.pick(&[
                    "01-01", "12-31", "02-28", "02-29", "06-30", "07-01", "09-30", "10-01",
                    "08-31", "09-01",
                ]);
                let year = year - self.random.below(2);
                format!("{year}-{edge}")
            }
        }
    }

    fn time(&mut self) -> String {
        let mut text = self.random.pick(TIMES).to_owned();
        if self.random.chance(1, 3) {
            let seconds = self.random.below(10_000);
            text.push_str(&format!(".{seconds}"));
        }
        if self.random.chance(1, 2) {
            text.push_str(self.random.pick(ZONES));
        }
        text
    }

    fn instant(&mut self, old: &str) -> String {
        match self.random.below(6) {
            0 => self.random.pick(INSTANTS).to_owned(),
            1 => {
                let time = old.split_once('T').map_or("00:00:00Z", |(_, time)| time);
                let day = self.day("2024-01-01");
                format!("{day}T{time}")
            }
            2 | 3 => {
                let day = old.split_once('T').map_or(old, |(day, _)| day);
                let time = self.time();
                format!("{day}T{time}")
            }
            4 => {
                let edge = self.random.pick(&[
                    "2021-10-01",
                    "2021-09-30",
                    "2022-01-01",
                    "2021-12-31",
                    "2025-09-01",
                    "2025-08-31",
                    "2026-01-01",
                    "2025-12-31",
                    "2050-01-01",
                    "2050-01-02",
                ]);
                let time = self.time();
                format!("{edge}T{time}")
            }
            _ => old.replace('T', self.random.pick(&["t", " ", "", "TT", "T "])),
        }
    }

    /// Text of a length at the edge of a facet, in characters of one to four bytes.
    fn length(&mut self) -> String {
        let length = LENGTHS[self.random.below(LENGTHS.len())] + self.random.below(3);
        let length = length.saturating_sub(1);
        let character = self
            .random
            .pick(&["a", "A", "1", "ż", "€", "𝄞", "a ", "&amp;", "&#380;", "-"]);
        let steps = if character == "a " {
            length / 2
        } else {
            length
        };
        let mut text = character.repeat(steps);
        if self.random.chance(1, 10) {
            text.push_str("  ");
        }
        text
    }

    fn near_miss(&mut self, old: &str) -> String {
        match self.random.below(8) {
            0 => old.to_lowercase(),
            1 => old.to_uppercase(),
            2 => format!("{old}{old}"),
            3 => old.chars().filter(|it| !"-./ &;".contains(*it)).collect(),
            4 => format!("{old}{}", self.random.pick(CHARACTERS)),
            5 | 6 => self.random.pick(CODES).to_owned(),
            _ => {
                let other = self.any_value();
                if is_plain(old) && is_plain(&other) {
                    let (here, there) = (self.boundary(old), self.boundary(&other));
                    format!("{}{}", &old[..here], &other[there..])
                } else {
                    other
                }
            }
        }
    }
}

/// What a value looks like.
enum Kind {
    Number,
    Day,
    Instant,
    Time,
    Text,
}

impl Kind {
    fn of(text: &str) -> Self {
        let shape: String = text
            .chars()
            .map(|it| if it.is_ascii_digit() { '9' } else { it })
            .collect();
        if shape.starts_with("9999-99-99T") {
            Self::Instant
        } else if shape.starts_with("9999-99-99") && shape.len() < 17 {
            Self::Day
        } else if shape.starts_with("99:99:99") {
            Self::Time
        } else if !shape.is_empty() && shape.chars().all(|it| "9.-".contains(it)) {
            Self::Number
        } else {
            Self::Text
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.contains(['&', '<', ']'])
}

fn is_in_reference(text: &str, at: usize) -> bool {
    text[..at]
        .rfind('&')
        .is_some_and(|start| text[start..].find(';').is_some_and(|end| start + end >= at))
}
