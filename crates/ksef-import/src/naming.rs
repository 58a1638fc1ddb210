//! Names compared as people mean them: without case, diacritics and punctuation.

/// A name in lowercase without diacritics and with letters and digits only.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|found| match found {
            'ą' | 'á' | 'ä' | 'à' | 'â' => Some('a'),
            'ć' | 'č' | 'ç' => Some('c'),
            'ę' | 'é' | 'ě' | 'è' | 'ë' => Some('e'),
            'ł' => Some('l'),
            'ń' | 'ň' => Some('n'),
            'ó' | 'ö' | 'ő' | 'ô' => Some('o'),
            'ś' | 'š' => Some('s'),
            'ź' | 'ż' | 'ž' => Some('z'),
            'ü' | 'ú' | 'ű' => Some('u'),
            found if found.is_alphanumeric() => Some(found),
            _ => None,
        })
        .collect()
}

/// The candidate a person most likely meant; `None` when none is near.
pub(crate) fn nearest<'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted: Vec<char> = fold(text).chars().take(COMPARED_MAX).collect();
    if wanted.is_empty() {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other: Vec<char> = fold(candidate).chars().take(COMPARED_MAX).collect();
            let allowed = (wanted.len().max(other.len()) / 3).clamp(1, 4);
            let distance = distance(&wanted, &other);
            (distance <= allowed && distance < other.len()).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters were inserted, left out, changed or swapped with their neighbour.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        for (j, b) in right.iter().enumerate() {
            let cell = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
            let change = cell(&last, j).saturating_add(usize::from(a != b));
            let insert = cell(&row, j).saturating_add(1);
            let delete = cell(&last, j.saturating_add(1)).saturating_add(1);
            let mut best = change.min(insert).min(delete);
            if i > 0
                && j > 0
                && left.get(i.saturating_sub(1)) == Some(b)
                && right.get(j.saturating_sub(1)) == Some(a)
            {
                best = best.min(cell(&before, j.saturating_sub(1)).saturating_add(1));
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

/// How many characters of a name are compared.
const COMPARED_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold() {
        assert_eq!(fold("Nr faktury"), "nrfaktury");
        assert_eq!(fold(" NIP_nabywcy. "), "nipnabywcy");
        assert_eq!(fold("Ilość ŻÓŁĆ (szt.)"), "ilosczolcszt");
    }

    #[test]
    fn near_names_are_found() {
        let keys = ["seller", "buyer", "lines", "netPrice", "number"];
        assert_eq!(nearest("sellr", keys), Some("seller"));
        assert_eq!(nearest("net_price", keys), Some("netPrice"));
        assert_eq!(nearest("nubmer", keys), Some("number"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("", keys), None);
    }

    #[test]
    fn a_swap_is_one_mistake() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars("ab"), &chars("ba")), 1);
        assert_eq!(distance(&chars("kitten"), &chars("sitting")), 3);
        assert_eq!(distance(&chars(""), &chars("abc")), 3);
    }
}
