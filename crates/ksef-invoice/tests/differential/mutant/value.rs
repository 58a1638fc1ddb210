//! Values broken at the edges of their facets.

use super::Work;

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

const SPACES: &[&str] = &[
    " ", "  ", "\n", "\t", "\r\n", "\r", "&#32;", "&#9;", "&#10;", "&#13;", "&#xA0;", "\u{A0}",
    "\u{2003}", "\u{3000}", "\u{85}", "\u{2028}", "\u{200B}", "\u{FEFF}", "\n\t  ", " \u{A0} ",
];

const CHARACTERS: &[&str] = &[
    "0", "1", "9", "a", "z", "A", "Z", "_", "-", ".", "+", "*", "/", ":", "@", "$", "^", "\\",
    "&amp;", "&lt;", "&gt;", "'", "\"", "ż", "Ż", "ß", "İ", "\u{301}", "€", "𝄞", "😀", " ", "\t",
    "٣", "３", "²", "½", "Ⅷ", "\u{AD}", "#", "?", "=", "(", "{", "\u{130}", "\u{FFFD}", "]", "|",
];

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "+0",
    "00",
    "1",
    "01",
    "-1",
    "+1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
    "20",
    "21",
    "99",
    "100",
    "101",
    "100.000000",
    "100.0000001",
    "100.000001",
    "99.999999",
    "-0.000001",
    "0.0",
    "0.00",
    "0.000",
    ".5",
    "5.",
    "-.5",
    ".",
    "-",
    "+",
    "",
    "1e2",
    "1E2",
    "1,00",
    "1 000",
    "NaN",
    "INF",
    "-INF",
    "0x10",
    "1_000",
    "１",
    "٣",
    "6.5",
    "6.50",
    "7.0",
    "7.00",
    "07",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "32767",
    "32768",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999",
    "100000000000000",
    "999999999999999",
    "9999999999999999",
    "10000000000000000",
    "99999999999999999",
    "9999999999999999.99",
    "99999999999999999.9",
    "123456789012345678",
    "1234567890123456789",
    "123456789012345678901234",
    "1234567890123456789012345",
    "0.1234567890123456789012345",
    "1.12345678",
    "1.123456789",
    "99999999999999.12345678",
    "999999999999999.1234567",
    "9999999999999999.123456",
    "000000000000000000000000000001",
    "1.0000000000000000000000000000",
    "-00.10",
    "0.10000000000",
    "340282366920938463463374607431768211456",
    "12345678901234567890123456789012345678901234567890",
];

const DAYS: &[&str] = &[
    "1989-12-31",
    "1990-01-01",
    "2005-12-31",
    "2006-01-01",
    "2016-06-30",
    "2016-07-01",
    "2050-01-01",
    "2050-01-02",
    "2049-12-31",
    "2024-02-29",
    "2023-02-29",
    "2100-02-29",
    "2000-02-29",
    "1900-02-29",
    "2024-02-30",
    "2024-04-31",
    "2024-06-31",
    "2024-12-32",
    "2024-00-10",
    "2024-13-01",
    "2024-01-00",
    "0000-01-01",
    "0001-01-01",
    "-0001-01-01",
    "-2024-01-01",
    "02024-01-01",
    "12024-01-01",
    "99999-12-31",
    "2024-1-01",
    "2024-01-1",
    "24-01-01",
    "2024/01/01",
    "2024.01.01",
    "01-01-2024",
    "20240101",
    "2024-001",
    "2024-W01-1",
    "2024-01-01T00:00:00",
    "2024-01",
    "2024",
    "2024-01-01Z",
    "2024-01-01+14:00",
    "2024-01-01+14:01",
    "2024-01-01-14:00",
    "2006-01-01+14:00",
    "2005-12-31-12:00",
    "2050-01-01-01:00",
    "2050-01-02+13:00",
    "2016-07-01+01:00",
    "2016-06-30-11:00",
    "+2024-01-01",
    "２０２４-01-01",
    "2024−01−01",
    "2024-01-01 ",
    "9999999999-01-01",
    "99999999999999999999-01-01",
    "-99999999999999999999-01-01",
    "2024-01-01z",
];

const ZONES: &[&str] = &[
    "Z",
    "z",
    "+00:00",
    "-00:00",
    "+01:00",
    "-05:00",
    "+14:00",
    "-14:00",
    "+14:01",
    "-14:30",
    "+13:59",
    "+13:60",
    "+15:00",
    "+24:00",
    "+1:00",
    "+0100",
    "+01",
    "Z+01:00",
    "ZZ",
    " Z",
    "+01:00:00",
    "-13:59",
    "+12:30",
];

const TIMES: &[&str] = &[
    "00:00:00",
    "23:59:59",
    "24:00:00",
    "24:00:01",
    "24:01:00",
    "25:00:00",
    "23:60:00",
    "23:59:60",
    "12:30",
    "12:30:5",
    "1:30:00",
    "12:30:00.",
    "12:30:00.0",
    "24:00:00.0",
    "24:00:00.000001",
    "23:59:59.999999999999999999999999",
    "12:30:00,5",
    "T12:30:00",
    "123000",
    "00:00:00.000",
    "12:30:61",
    "12:30:00.5e1",
    "-12:30:00",
    "1２:30:00",
    "10:00:00",
];

const INSTANTS: &[&str] = &[
    "2021-10-01T00:00:00Z",
    "2021-09-30T23:59:59Z",
    "2021-09-30T23:59:59.999Z",
    "2021-10-01T00:00:00",
    "2021-10-01T00:00:00+00:01",
    "2021-10-01T01:00:00+01:00",
    "2021-10-01T00:59:59+01:00",
    "2021-09-30T22:00:00-02:00",
    "2021-10-01T13:59:59",
    "2021-10-01T14:00:00",
    "2021-10-01T14:00:01",
    "2021-09-30T10:00:00",
    "2021-09-30T09:59:59",
    "2022-01-01T00:00:00Z",
    "2021-12-31T23:59:59Z",
    "2021-12-31T23:59:59-00:01",
    "2021-12-31T10:00:00",
    "2022-01-01T14:00:01",
    "2025-09-01T00:00:00Z",
    "2025-08-31T23:59:59Z",
    "2025-08-31T23:59:59.999999Z",
    "2025-08-31T24:00:00Z",
    "2025-09-01T01:59:59+02:00",
    "2025-09-01T02:00:00+02:00",
    "2025-09-01T00:00:00",
    "2025-09-01T13:59:59",
    "2025-09-01T14:00:00",
    "2025-09-01T14:00:01",
    "2025-08-31T10:00:00",
    "2026-01-01T00:00:00Z",
    "2025-12-31T23:59:59Z",
    "2025-12-31T24:00:00Z",
    "2026-01-01T14:00:01",
    "2026-01-01T14:00:00",
    "2050-01-01T23:59:59Z",
    "2050-01-01T23:59:59.000Z",
    "2050-01-01T23:59:59.001Z",
    "2050-01-01T23:59:59",
    "2050-01-01T09:59:58",
    "2050-01-01T09:59:59",
    "2050-01-01T10:00:00",
    "2050-01-02T00:00:00Z",
    "2050-01-02T00:00:00+00:01",
    "2050-01-01T24:00:00Z",
    "2050-01-02T13:59:59+14:00",
    "2050-01-01T12:00:00-12:00",
    "2024-02-29T24:00:00Z",
    "2024-12-31T24:00:00Z",
    "2023-02-29T00:00:00Z",
    "2024-02-12T08:41:09.250+01:00",
    "2024-02-12T08:41:09.",
    "2024-02-12T08:41Z",
    "2024-02-12",
    "2024-02-12T",
    "T08:41:09",
    "2024-02-12T08:41:09.12345678901234567890+01:00",
    "-2024-02-12T08:41:09Z",
    "12024-02-12T08:41:09Z",
    "0000-01-01T00:00:00Z",
    "2024-02-12T24:00:00.1Z",
    "2024-02-12T08:41:60Z",
    "2024-02-12T08:41:09Z ",
    "2024-02-12T08:41:09+14:00",
    "2024-02-12T08:41:09+14:01",
    "2024-02-12T08:41:09-14:00",
];

const LENGTHS: &[usize] = &[
    0, 1, 2, 3, 8, 9, 10, 11, 13, 14, 16, 20, 32, 34, 35, 36, 44, 50, 240, 255, 256, 512, 3500,
];

const WORDS: &[&str] = &[
    "true",
    "false",
    "TRUE",
    "True",
    "0",
    "1",
    "yes",
    "tak",
    "",
    " ",
    "null",
    "-",
    "x",
    "PL",
    "&#160;",
    "bGljemJhO3dhZ2EKMTsyLDUK",
    "bGljemJh O3dh Z2EK",
    "bGljemJhO3dhZ2E=",
    "bGljemJhO3dhZw==",
    "bGljemJhO3dhZw=",
    "bGljemJhO3dhZx==",
    "bGljemJhO3dhZ2F=",
    "=",
    "====",
    "YQ==",
    "YR==",
    "YWI=",
    "YWJ=",
    "Y Q = =",
    "YQ==YQ==",
    "YWJj\nYWJj",
    "%",
    "urn:a b",
    "http://[",
    "a%zz",
    "::",
    "#",
    "http://ż.example/ ",
    "pl",
    "pl-PL",
    "p",
    "abcdefghi",
    "pl_PL",
    "i-klingon",
    "x-y",
    "1a",
];

/// Codes of these forms and texts just beside them.
const CODES: &[&str] = &[
    "PL",
    "pl",
    "EL",
    "GR",
    "XI",
    "XK",
    "XC",
    "XL",
    "AN",
    "GB",
    "UK",
    "ZZ",
    "P",
    "PLN",
    "pln",
    "EUR",
    "XXX",
    "XCG",
    "XAU",
    "HRK",
    "ZWL",
    "AAA",
    "VAT",
    "KOR",
    "ZAL",
    "ROZ",
    "UPR",
    "KOR_ZAL",
    "KOR_ROZ",
    "VAT_RR",
    "KOR_VAT_RR",
    "FA",
    "FA_RR",
    "fa",
    "zw",
    "oo",
    "np",
    "np I",
    "np II",
    "np III",
    "np  I",
    "0 KR",
    "0 WDT",
    "0 EX",
    "0",
    "23",
    "22",
    "8",
    "3",
    "GTU_01",
    "GTU_13",
    "GTU_14",
    "GTU_00",
    "gtu_01",
    "WSTO_EE",
    "IED",
    "TT_D",
    "I_42",
    "I_63",
    "B_SPV",
    "B_SPV_DOSTAWA",
    "B_MPV_PROWIZJA",
    "1",
    "2",
    "4",
    "5",
    "6",
    "7",
    "9",
    "10",
    "11",
    "12",
    "Online",
    "Offline",
    "online",
    "certificateSubject",
    "certificateFingerprint",
    "CertificateSubject",
    "5265877635",
    "526587763",
    "52658776350",
    "0265877635",
    "5005877635",
    "5065877635",
    "5605877635",
    "1000000000",
    "PL5265877635",
    "526-587-76-35",
    "5265877635-10274",
    "5265877635-1027",
    "5265877635-102744",
    "5265877635-20260316-0200A1B2C3D4-96",
    "5265877635-20260316-0200A1-B2C3D4-96",
    "5265877635-20260316-0200a1b2c3d4-96",
    "M123456789-20260316-0200A1B2C3D4-96",
    "ABC1234567-20260316-0200A1B2C3D4-96",
    "5265877635-20191231-0200A1B2C3D4-96",
    "5265877635-20200100-0200A1B2C3D4-96",
    "5265877635-20201301-0200A1B2C3D4-96",
    "5265877635-30001231-0200A1B2C3D4-96",
    "5265877635-20260316-0200A1B2C3D4-9",
    "5265877635-20260316-0200A1B2C3D4--96",
    "5265877635-DE123456789",
    "5265877635-ATU12345678",
    "5265877635-AT12345678",
    "5265877635-BE0123456789",
    "5265877635-BE2123456789",
    "5265877635-BG123456789",
    "5265877635-BG1234567890",
    "5265877635-CY12345678A",
    "5265877635-CZ12345678",
    "5265877635-CZ12345678901",
    "5265877635-ESA12345678",
    "5265877635-ESA1234567B",
    "5265877635-ES12345678B",
    "5265877635-ES123456789",
    "5265877635-FRAB123456789",
    "5265877635-IE1234567AB",
    "5265877635-IE1+12345A",
    "5265877635-IE1*12345A",
    "5265877635-LT123456789",
    "5265877635-LT123456789012",
    "5265877635-LT1234567890",
    "5265877635-NL123456789B12",
    "5265877635-NL+*3456789B12",
    "5265877635-RO12",
    "5265877635-RO1",
    "5265877635-RO12345678901",
    "5265877635-XIGD123",
    "5265877635-XIHA123",
    "5265877635-XI123456789",
    "5265877635-XI123456789012",
    "5265877635-XI1234567890",
    "5265877635-EL123456789",
    "5265877635-GR123456789",
    "5265877635-DE123456789$",
    "PPL123456",
    "PPL12345",
    "PPL1234567",
    "^PPL123456$",
    "PPL123456$",
    "ppl123456",
    "P12123456",
    "20260316-CR-0A1B2C3D4E-5F60718293-A4",
    "20260316-CR-0a1b2c3d4e-5F60718293-A4",
    "20260316-EC-0A1B2C3D4E-5F60718293-A4",
    "36950822-93-9D5A28BFDA-47C899773E-5C",
    "20260316-CR-0A1B2C3D4E-5F60718293-A",
    "20260316-SO-0A1B2C3D4E-5F60718293-A4",
    "19991231-SO-0A1B2C3D4E-5F60718293-A4",
    "20260332-SO-0A1B2C3D4E-5F60718293-A4",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.4.",
    "1.2.3.4/0",
    "1.2.3.4/32",
    "1.2.3.4/33",
    "1.2.3.4/01",
    "1.2.3.4/",
    "1.2.3.4-1.2.3.5",
    "1.2.3.4 - 1.2.3.5",
    "1.2.3.4–1.2.3.5",
    "1.2.3.4-1.2.3.256",
    "249.250.199.200",
    "::1",
    "PRZYPLPW",
    "PRZYPLPWXXX",
    "PRZYPLPWXX",
    "PRZYPLPWXXXX",
    "przyplpw",
    "PRZYPL2W123",
    "86999910480000123400056789",
    "PL86999910480000123400056789",
    "86 9999 1048",
    "123456789",
    "1234567890",
    "12345678512347",
    "1234567851234",
    "0000123456",
    "000012345",
    "a@b",
    "@",
    "a@",
    "@b",
    "a@b@c",
    "a b@c d",
    "ab",
    "+48220000014",
    "123aB4567890z",
    "123aB4567890",
    "12aaB4567890z",
    "https://a.pl/?IPKSeF=123aB4567890z",
    "http://a.pl?IPKSeF=123aB4567890z",
    "ftp://a.pl/?IPKSeF=123aB4567890z",
    "https://a/?IPKSeF=123aB4567890z",
    "https://a.b.pl:8080/x/y?z=1&amp;IPKSeF=123aB4567890z&amp;q=2#f",
    "https://a.pl:123456/?IPKSeF=123aB4567890z",
    "https://a.pl/?IPKSeF=123aB4567890",
    "https://a.pl/?ipksef=123aB4567890z",
    "https://-a.pl/?IPKSeF=123aB4567890z",
    "https://ż.pl/?IPKSeF=123aB4567890z",
    "https://a.pl/ x?IPKSeF=123aB4567890z",
    "https://a.pl/ż?IPKSeF=123aB4567890z#ż a",
    "https://a.p/?IPKSeF=123aB4567890z",
    "https://a.pl/?#IPKSeF=123aB4567890z",
    "380",
    "381",
    "VATX",
    "date",
    "datetime",
    "dec",
    "int",
    "txt",
    "CHE123456789",
    "CHE-123.456.789",
    "AB+*12345678",
    "ABCDEFGHIJKLM",
    "ab1",
    "urn:x",
];
