//! Numbers, dates and accounts as people read them.

use ksef_invoice::finding::Language;
use ksef_invoice::summary::spaced;

/// An amount of money: thousands apart, two places or more.
pub(crate) fn amount(text: &str, language: Language) -> String {
    spaced(text, 2, language)
}

/// A number as precise as the document has it.
pub(crate) fn number(text: &str, language: Language) -> String {
    spaced(text, 0, language)
}

/// A date: `15.02.2026` in Polish, `15 Feb 2026` in English. What is no date stays as it is; so does what follows one,
/// such as a zone.
pub(crate) fn date(text: &str, language: Language) -> String {
    let (Some(day), Some(rest)) = (text.get(..10), text.get(10..)) else {
        return text.to_owned();
    };
    let Ok(day) = day.parse::<jiff::civil::Date>() else {
        return text.to_owned();
    };
    let rest = match rest {
        "" | "Z" => String::new(),
        rest => format!(" {rest}"),
    };
    match language {
        Language::Polish => format!(
            "{:02}.{:02}.{:04}{rest}",
            day.day(),
            day.month(),
            day.year()
        ),
        Language::English => {
            let month = usize::try_from(day.month() - 1)
                .ok()
                .and_then(|month| MONTHS.get(month))
                .unwrap_or(&"?");
            format!("{} {month} {:04}{rest}", day.day(), day.year())
        }
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment: the date as [`date`], the time to the second as written, and the zone unless it is UTC (then `UTC`).
pub(crate) fn moment(text: &str, language: Language) -> String {
    let Some((day, time)) = text.split_once('T') else {
        return date(text, language);
    };
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let clock = clock
        .split_once('.')
        .filter(|(_, fraction)| fraction.bytes().all(|digit| digit == b'0'))
        .map_or(clock, |(whole, _)| whole);
    let zone = match zone {
        "" => String::new(),
        "Z" | "+00:00" => " UTC".to_owned(),
        zone => format!(" {zone}"),
    };
    format!("{} {clock}{zone}", date(day, language))
}

/// A Polish account number in groups, `73 1111 1111 …`; an IBAN in fours; others as they are.
pub(crate) fn account(text: &str) -> String {
    let compact: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let is_national = compact.len() == 26 && compact.bytes().all(|digit| digit.is_ascii_digit());
    let is_iban = (15..=34).contains(&compact.len())
        && compact.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && compact
            .bytes()
            .take(2)
            .all(|byte| byte.is_ascii_uppercase())
        && compact
            .bytes()
            .skip(2)
            .take(2)
            .all(|byte| byte.is_ascii_digit());
    if !is_national && !is_iban {
        return text.to_owned();
    }
    let first = if is_national { 2 } else { 4 };
    let mut result = String::with_capacity(compact.len() + 9);
    for (index, sign) in compact.chars().enumerate() {
        if index >= first && (index - first).is_multiple_of(4) {
            result.push('\u{A0}');
        }
        result.push(sign);
    }
    result
}

/// Words as they begin a line.
pub(crate) fn capitalised(words: &str) -> String {
    let mut signs = words.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_two_languages() {
        for (text, polish, english) in [
            ("2026-02-05", "05.02.2026", "5 Feb 2026"),
            ("2026-12-31Z", "31.12.2026", "31 Dec 2026"),
            (
                "2026-12-31+01:00",
                "31.12.2026 +01:00",
                "31 Dec 2026 +01:00",
            ),
            ("2026-02-30", "2026-02-30", "2026-02-30"),
            ("rok", "rok", "rok"),
            ("ąąąąąąąąąąąą", "ąąąąąąąąąąąą", "ąąąąąąąąąąąą"),
        ] {
            assert_eq!(date(text, Language::Polish), polish);
            assert_eq!(date(text, Language::English), english);
        }
    }

    #[test]
    fn moments_keep_their_zone() {
        for (text, shown) in [
            ("2026-02-01T00:00:00Z", "01.02.2026 00:00:00 UTC"),
            (
                "2026-02-01T10:20:30.5+02:00",
                "01.02.2026 10:20:30.5 +02:00",
            ),
            (
                "2026-02-01T10:20:30.000-05:00",
                "01.02.2026 10:20:30 -05:00",
            ),
            ("2026-02-01T10:20:30", "01.02.2026 10:20:30"),
            ("2026-02-01", "01.02.2026"),
        ] {
            assert_eq!(moment(text, Language::Polish), shown);
        }
    }

    #[test]
    fn accounts_are_grouped() {
        for (text, shown) in [
            (
                "73111111111111111111111111",
                "73 1111 1111 1111 1111 1111 1111",
            ),
            (
                "PL73111111111111111111111111",
                "PL73 1111 1111 1111 1111 1111 1111",
            ),
            ("DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
            ("12345", "12345"),
        ] {
            assert_eq!(account(text).replace('\u{A0}', " "), shown);
        }
    }
}
