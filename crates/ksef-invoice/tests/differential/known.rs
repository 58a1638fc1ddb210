//! What libxml2 2.9.14 is known to do otherwise than XSD 1.0, with the clause.
//!
//! An entry explains single messages: a difference counts as known only when each message of the
//! side that refuses has its entry.

use std::collections::BTreeSet;

use crate::engine::Judgement;
use crate::oracle::Verdict;

/// An entry of the table.
struct Entry {
    name: &'static str,
    /// Part and section of XML Schema 1.0, second edition.
    clause: &'static str,
    explains: Explains,
}

enum Explains {
    /// A message with which libxml2 refuses; the document is at hand.
    Theirs(fn(&str, &[u8]) -> bool),
    /// A finding of ours where libxml2 has none.
    Ours(fn(&str) -> bool),
}

const TABLE: [Entry; 15] = [
    Entry {
        name: "a CDATA section of white space counts as text between elements",
        clause: "Structures 3.4.4, cvc-complex-type 2.3: characters are judged, however they are written",
        explains: Explains::Theirs(|message, bytes| {
            message.contains("Character content other than whitespace") && has_blank_section(bytes)
        }),
    },
    Entry {
        name: "an element of empty content may hold a CDATA section without characters",
        clause: "Structures 3.4.4, cvc-complex-type 2.1",
        explains: Explains::Theirs(|message, bytes| {
            message.contains("Character content is not allowed") && has_blank_section(bytes)
        }),
    },
    Entry {
        name: "white space around dates and times is not collapsed",
        clause: "Datatypes 4.3.6: whiteSpace of all atomic types but string is collapse",
        explains: Explains::Theirs(|message, _| {
            quoted(message).is_some_and(|value| {
                let trimmed = trim(value);
                message.contains("is not a valid value") && trimmed != value && is_moment(trimmed)
            })
        }),
    },
    Entry {
        name: "decimals have at most 24 digits",
        clause: "Datatypes 3.2.3 allows a limit from 18 digits on; ours has none",
        explains: Explains::Theirs(|message, _| {
            message.contains("is not a valid value") && quoted(message).is_some_and(is_long_decimal)
        }),
    },
    Entry {
        name: "seconds are floating-point numbers: fractions round up to the next minute",
        clause: "Datatypes 3.2.7",
        explains: Explains::Theirs(|message, _| {
            message.contains("is not a valid value")
                && quoted(message).is_some_and(|value| value.contains("59.99999999999999"))
        }),
    },
    Entry {
        name: "24:00:00 is compared as the end of its day",
        clause: "Datatypes 3.2.7.1: it is the first instant of the following day",
        explains: Explains::Theirs(|message, _| {
            message.contains("[facet 'm")
                && quoted(message).is_some_and(|it| it.contains("T24:00:00"))
        }),
    },
    Entry {
        name: "the fixed value is compared before white space is collapsed",
        clause: "Structures 3.3.4, cvc-elt 5.2.2.2.2: the actual value is compared",
        explains: Explains::Theirs(|message, _| {
            message.contains("does not match the fixed value")
                && quoted(message).is_some_and(|value| value != trim(value) || value.contains("  "))
        }),
    },
    Entry {
        name: "digits of scripts that are newer than its tables of Unicode",
        clause: "Datatypes F.1.1: \\d is \\p{Nd}, later versions of Unicode are encouraged",
        explains: Explains::Theirs(|message, _| {
            (message.contains("[facet 'pattern']") || message.contains("union type"))
                && message.contains(|it| ('\u{11066}'..='\u{1106F}').contains(&it))
        }),
    },
    Entry {
        name: "the order of a moment with a time zone and one without is decided",
        clause: "Datatypes 3.2.7.4: within 14 hours it is not determined",
        explains: Explains::Ours(|finding| {
            finding.contains("without a time zone that cannot be decided")
        }),
    },
    Entry {
        name: "a CDATA section without characters is content where the schema fixes a value",
        clause: "Structures 3.3.4, cvc-elt 5.1: no character children, so the fixed value is taken",
        explains: Explains::Theirs(|message, bytes| {
            message.contains("[facet '")
                && (quoted_in(message, "The value '") == Some("")
                    || message.contains("has a length of '0'"))
                && has_blank_section(bytes)
        }),
    },
    Entry {
        name: "years are 64-bit numbers",
        clause: "Datatypes 3.2.7 allows a limit from four digits on; ours has none",
        explains: Explains::Theirs(|message, _| {
            message.contains("is not a valid value")
                && quoted(message).is_some_and(|value| {
                    let year = trim(value).trim_start_matches('-');
                    year.bytes().take_while(u8::is_ascii_digit).count() > 18 && year.contains("-")
                })
        }),
    },
    Entry {
        name: "the year before 0001 is 0000 when it comes to leap years",
        clause: "Datatypes 3.2.7: there is no year 0000, so -0001, -0005, … are the leap years",
        explains: Explains::Ours(|finding| {
            finding.contains("\"-")
                && finding.contains("-02-29")
                && finding.contains("it is not a date")
        }),
    },
    Entry {
        name: "a zero byte ends the document",
        clause: "XML 1.0, 2.2: U+0000 is no character",
        explains: Explains::Ours(|finding| finding.contains("character U+0000 is not allowed")),
    },
    Entry {
        name: "Base64 may hold any other character",
        clause: "Datatypes 3.2.16: only the alphabet, = and spaces",
        explains: Explains::Ours(|finding| finding.contains("it is not Base64")),
    },
    Entry {
        name: "24:00:00 is compared as the end of its day, upwards",
        clause: "Datatypes 3.2.7.1: it is the first instant of the following day",
        explains: Explains::Ours(|finding| {
            finding.contains("T24:00:00") && finding.contains("schema-value-range")
        }),
    },
];

/// The entries that explain a difference; `None` when a message has none.
pub fn explanation(ours: &Judgement, theirs: &Verdict, bytes: &[u8]) -> Option<String> {
    let mut names = BTreeSet::new();
    match theirs {
        Verdict::Invalid(messages) => {
            for message in messages {
                names.insert(entry(|explains| match explains {
                    Explains::Theirs(explains) => explains(message, bytes),
                    Explains::Ours(_) => false,
                })?);
            }
        }
        Verdict::Valid => {
            for finding in &ours.findings {
                names.insert(entry(|explains| match explains {
                    Explains::Ours(explains) => explains(finding),
                    Explains::Theirs(_) => false,
                })?);
            }
        }
        Verdict::Malformed(_) => return None,
    }
    let names: Vec<_> = names.into_iter().collect();
    (!names.is_empty()).then(|| names.join(" + "))
}

fn entry(explains: impl Fn(&Explains) -> bool) -> Option<String> {
    let entry = TABLE.iter().find(|entry| explains(&entry.explains))?;
    Some(format!("{} ({})", entry.name, entry.clause))
}

/// The value that a message quotes after the name of the element.
fn quoted(message: &str) -> Option<&str> {
    let after_name = message.split_once("': ").map_or(message, |(_, rest)| rest);
    let start = after_name.find('\'')? + 1;
    let rest = &after_name[start..];
    let end = ["' is not", "' does not", "' must", "' has"]
        .iter()
        .filter_map(|end| rest.find(end))
        .chain([rest.rfind('\'').unwrap_or(rest.len())])
        .min()?;
    Some(&rest[..end])
}

/// The value between this text and the next quote.
fn quoted_in<'m>(message: &'m str, before: &str) -> Option<&'m str> {
    let (_, rest) = message.split_once(before)?;
    rest.split('\'').next()
}

fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t', '\n', '\r'])
}

fn is_moment(value: &str) -> bool {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 4 && value[4..].starts_with('-')) || (digits == 2 && value[2..].starts_with(':'))
}

fn is_long_decimal(value: &str) -> bool {
    let value = trim(value);
    let value = value.strip_prefix(['-', '+']).unwrap_or(value);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let points = value.bytes().filter(|it| *it == b'.').count();
    digits > 24 && points <= 1 && digits + points == value.len()
}

/// Is there a CDATA section with nothing but white space?
fn has_blank_section(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.split("<![CDATA[")
        .skip(1)
        .filter_map(|rest| rest.split_once("]]>"))
        .any(|(inside, _)| trim(inside).is_empty())
}
