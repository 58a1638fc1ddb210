//! Names and values that look alike.

use ksef_core::form_code::FormCode;

use super::super::model::Schema;

/// Is a written name nearly a known one? Letters may differ in case, or one of them may be wrong,
/// missing or too many; digits have to be the same, for `P_13_1` is not nearly `P_13_2`.
pub(super) fn is_similar(written: &str, known: &str) -> bool {
    if written.len() > LENGTH_MAX || known.len() > LENGTH_MAX {
        return false;
    }
    let fold = |text: &str| -> Vec<char> {
        text.chars()
            .filter(|c| !matches!(c, '_' | '-' | '.'))
            .flat_map(char::to_lowercase)
            .map(unaccented)
            .collect()
    };
    let (left, right) = (fold(written), fold(known));
    if left == right {
        return true;
    }
    let digits = |text: &[char]| -> Vec<char> {
        let digits = text.iter().filter(|c| c.is_ascii_digit());
        digits.copied().collect()
    };
    right.len().min(left.len()) >= 4
        && digits(&left) == digits(&right)
        && is_one_edit(&left, &right)
}

/// One letter changed, added, missing, or two neighbours swapped.
pub(super) fn is_one_edit(left: &[char], right: &[char]) -> bool {
    let (short, long) = if left.len() <= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (rest_short, rest_long) = (
        short.get(same..).unwrap_or_default(),
        long.get(same..).unwrap_or_default(),
    );
    match long.len() - short.len() {
        0 => {
            let is_changed = rest_short.get(1..) == rest_long.get(1..);
            let is_swapped = rest_short.len() >= 2
                && rest_short.first() == rest_long.get(1)
                && rest_short.get(1) == rest_long.first()
                && rest_short.get(2..) == rest_long.get(2..);
            is_changed || is_swapped
        }
        1 => rest_long.get(1..) == Some(rest_short),
        _ => false,
    }
}

/// The Latin letter without its Polish mark.
pub(super) const fn unaccented(c: char) -> char {
    match c {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        other => other,
    }
}

/// The other official forms whose schema knows an element with this name.
pub(super) fn forms_with(schema: &Schema, local: &str) -> Vec<&'static str> {
    let forms = [
        ("FA (2)", FormCode::Fa2),
        ("FA (3)", FormCode::Fa3),
        ("FA_RR (1)", FormCode::FaRr1),
    ];
    forms
        .iter()
        .filter_map(|(name, form)| {
            let other = Schema::of(form).filter(|other| !std::ptr::eq(*other, schema))?;
            let id = other.find_name(local)?;
            let mut elements = other.elements.iter();
            elements
                .any(|element| element.name.name == id)
                .then_some(*name)
        })
        .collect()
}

/// Longer names are not compared.
const LENGTH_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike() {
        for (written, known) in [
            ("Nip", "NIP"),
            ("kodwaluty", "KodWaluty"),
            ("Kod_Waluty", "KodWaluty"),
            ("KodWalutyy", "KodWaluty"),
            ("KodWalty", "KodWaluty"),
            ("KodWalutu", "KodWaluty"),
            ("KdoWaluty", "KodWaluty"),
            ("płatność", "Platnosc"),
            ("P2", "P_2"),
        ] {
            assert!(is_similar(written, known), "{written}");
        }
        for (written, known) in [
            ("P_13_1", "P_13_2"),
            ("P_1", "P_15"),
            ("NIP", "NIPx"),
            ("Kwota", "Powod"),
            ("", "NIP"),
        ] {
            assert!(!is_similar(written, known), "{written}");
        }
    }
}
