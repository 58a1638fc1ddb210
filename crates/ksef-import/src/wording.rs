//! The sentences of the faults: what is wrong and what to do, in Polish and English.

use ksef_invoice::Language;

use crate::fault::{Expected, Fault};

mod english;
mod polish;

/// What is wrong, without the place and without a full stop.
pub(crate) fn message(fault: &Fault, value: Option<&str>, language: Language) -> String {
    match language {
        Language::Polish => polish::message(fault, value),
        Language::English => english::message(fault, value),
    }
}

/// What to do about it; `None` where the message says all.
pub(crate) fn advice(fault: &Fault, language: Language) -> Option<String> {
    match language {
        Language::Polish => polish::advice(fault),
        Language::English => english::advice(fault),
    }
}

/// A value as it is shown: bounded, without control characters.
pub(crate) fn shown(value: &str) -> String {
    let mut text: String = value
        .chars()
        .take(SHOWN_MAX)
        .map(|found| if found.is_control() { '·' } else { found })
        .collect();
    if value.chars().nth(SHOWN_MAX).is_some() {
        text.push('…');
    }
    text
}

/// How many characters of a value are shown.
const SHOWN_MAX: usize = 60;

fn json_expected(expected: Expected, language: Language) -> &'static str {
    let (polish, english) = match expected {
        Expected::Value => ("wartości", "a value"),
        Expected::Key => ("klucza w cudzysłowie", "a key in quotation marks"),
        Expected::Colon => ("dwukropka", "a colon"),
        Expected::CommaOrBrace => ("przecinka albo „}”", "a comma or “}”"),
        Expected::CommaOrBracket => ("przecinka albo „]”", "a comma or “]”"),
        Expected::Digit => (
            "cyfry albo końca liczby",
            "a digit or the end of the number",
        ),
        Expected::Quote => ("zamykającego cudzysłowu", "the closing quotation mark"),
        Expected::Escape => ("poprawnej sekwencji po „\\”", "a valid escape after “\\”"),
    };
    match language {
        Language::Polish => polish,
        Language::English => english,
    }
}
