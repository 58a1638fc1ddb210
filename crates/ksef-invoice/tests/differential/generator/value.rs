//! Values of simple types: of their enumerations and patterns, at the edges of their facets, and
//! just beyond.

use ksef_invoice::schema::model::{Bound, Primitive, SimpleId, SimpleType, Variety};

use super::{Generator, pattern};

impl Generator<'_> {
    /// A value of a type as it may stand in a document.
    pub(super) fn value(&mut self, id: SimpleId) -> String {
        let simple = *self.schema.simple_type(id).unwrap();
        let is_broken = self.breaks();
        let value = match simple.variety {
            Variety::List(item) => {
                let items: Vec<_> = (0..self.random.below(4))
                    .map(|_| self.value(item))
                    .collect();
                return items.join(" ");
            }
            Variety::Union(members) => {
                let members = self.schema.members(members);
                let member = members[self.random.below(members.len())];
                return self.value(member);
            }
            Variety::Atomic if is_broken => self.edge(&simple),
            Variety::Atomic => self.good(&simple),
        };
        escape(&value)
    }

    fn good(&mut self, simple: &SimpleType) -> String {
        let enumeration = self.schema.enumeration_of(simple);
        if !enumeration.is_empty() {
            return enumeration[self.random.below(enumeration.len())].to_string();
        }
        if let Some(last) = self.schema.patterns_of(simple).last() {
            let is_date = matches!(
                simple.builtin.primitive(),
                Primitive::Date | Primitive::DateTime
            );
            if !is_date {
                let pattern = self.schema.pattern_text(*last);
                return pattern::generate(pattern, &mut self.random);
            }
        }
        self.of_primitive(simple)
    }

    fn of_primitive(&mut self, simple: &SimpleType) -> String {
        match simple.builtin.primitive() {
            Primitive::Boolean => self.random.pick(&["true", "false", "0", "1"]).to_owned(),
            Primitive::Decimal => self.decimal(simple),
            Primitive::Float | Primitive::Double => self
                .random
                .pick(&["1", "-2.5", "1e3", "INF", "NaN", "0", "1E-2"])
                .to_owned(),
            Primitive::Duration => self
                .random
                .pick(&["P1D", "P1Y2M3DT4H5M6.7S", "-P1M", "PT0S"])
                .to_owned(),
            Primitive::DateTime => self.within(
                simple,
                &[
                    "2026-05-06T07:08:09Z",
                    "2026-05-06T07:08:09.5+02:00",
                    "2027-12-31T23:59:59",
                ],
            ),
            Primitive::Date => self.within(simple, &["2026-05-06", "2024-02-29", "2019-12-31"]),
            Primitive::Time => self
                .random
                .pick(&["07:08:09", "07:08:09Z", "23:59:59.999+14:00", "24:00:00"])
                .to_owned(),
            Primitive::GYear => self.random.pick(&["2026", "1999Z"]).to_owned(),
            Primitive::GYearMonth => self.random.pick(&["2026-05", "1999-12Z"]).to_owned(),
            Primitive::GMonthDay => "--05-06".to_owned(),
            Primitive::GDay => "---06".to_owned(),
            Primitive::GMonth => "--05".to_owned(),
            Primitive::HexBinary => self.random.pick(&["", "0aF9", "00"]).to_owned(),
            Primitive::Base64Binary => self
                .random
                .pick(&["", "YQ==", "YWI=", "YWJj", "YW Jj"])
                .to_owned(),
            Primitive::AnyUri => self
                .random
                .pick(&["urn:a", "http://a.example/ż?x=1#y", "a b", ""])
                .to_owned(),
            Primitive::QName | Primitive::Notation => "a".to_owned(),
            Primitive::String | Primitive::AnySimpleType => self.string(simple),
        }
    }

    fn string(&mut self, simple: &SimpleType) -> String {
        let facets = &simple.facets;
        let min = facets.length.or(facets.min_length).unwrap_or(0) as usize;
        let max = facets.length.or(facets.max_length).map(|it| it as usize);
        let length = match (self.random.below(8), max) {
            (0, _) => min,
            (1, Some(max)) => max,
            (_, Some(max)) => min + self.random.below((max - min + 1).min(20)),
            (_, None) => min + self.random.below(20),
        };
        // names and language tags are of letters alone
        let letters: Vec<char> = match simple.builtin.name() {
            "language" => return self.random.pick(&["pl", "pl-PL", "en", "x-a1"]).to_owned(),
            "string" | "normalizedString" | "token" => "abżółĆ 𝄞x1-.".chars().collect(),
            _ => "abcż".chars().collect(),
        };
        let mut text = String::from("a");
        text.extend((1..length).map(|_| letters[self.random.below(letters.len())]));
        text.chars()
            .take(length)
            .collect::<String>()
            .replace("  ", "a ")
            .trim_end()
            .to_owned()
    }

    fn decimal(&mut self, simple: &SimpleType) -> String {
        let facets = &simple.facets;
        let bound = |bound: Option<Bound>| {
            bound
                .filter(|it| it.is_inclusive)
                .map(|it| self.schema.value(it.value).to_owned())
        };
        let (min, max) = (bound(facets.min), bound(facets.max));
        match (self.random.below(5), min, max) {
            (0, Some(min), _) => min,
            (1, _, Some(max)) => max,
            (2, _, _) if !simple.builtin.is_integer() => {
                let fraction = facets.fraction_digits.unwrap_or(3) as usize;
                format!("{}.{}", self.random.below(100), "5".repeat(fraction.max(1)))
            }
            _ => (1 + self.random.below(99)).to_string(),
        }
    }

    /// One of these, or a bound.
    fn within(&mut self, simple: &SimpleType, values: &[&str]) -> String {
        let facets = &simple.facets;
        match (self.random.below(4), facets.min, facets.max) {
            (0, Some(bound), _) | (1, _, Some(bound)) => self.schema.value(bound.value).to_owned(),
            _ => self.random.pick(values).to_owned(),
        }
    }

    /// A value just beyond a facet, or of a wrong form.
    fn edge(&mut self, simple: &SimpleType) -> String {
        let facets = simple.facets;
        let good = self.good(simple);
        let filled = |length: u32| "b".repeat(length as usize);
        match self.random.below(9) {
            0 => facets
                .max_length
                .or(facets.length)
                .map_or(good.clone(), |max| filled(max + 1)),
            1 => facets
                .min_length
                .or(facets.length)
                .map_or(good, |min| filled(min.saturating_sub(1))),
            2 => facets
                .total_digits
                .map_or(format!("{good}0"), |digits| "9".repeat(digits as usize + 1)),
            3 => facets.fraction_digits.map_or(format!("{good}."), |digits| {
                format!("1.{}", "5".repeat(digits as usize + 1))
            }),
            4 => facets.min.map_or(String::new(), |bound| {
                self.beyond(self.schema.value(bound.value).to_owned(), false)
            }),
            5 => facets.max.map_or(format!("-{good}"), |bound| {
                self.beyond(self.schema.value(bound.value).to_owned(), true)
            }),
            6 => format!(" {good}\n"),
            7 => good.chars().skip(1).collect(),
            _ => format!("{good}{}", self.random.pick(&["a", "0", "ż", "-", "1"])),
        }
    }

    /// The text with its last digit one more or less.
    fn beyond(&mut self, text: String, is_more: bool) -> String {
        let Some(at) = text.rfind(|it: char| it.is_ascii_digit()) else {
            return text;
        };
        let digit = text[at..=at].parse::<u32>().unwrap_or(0);
        let digit = if is_more {
            digit + 1
        } else {
            digit.wrapping_sub(1)
        };
        match char::from_digit(digit % 10, 10) {
            Some(digit) if digit != '0' || is_more => {
                format!("{}{digit}{}", &text[..at], &text[at + 1..])
            }
            _ => format!("-{text}"),
        }
    }
}

/// As it may stand in text and in attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
