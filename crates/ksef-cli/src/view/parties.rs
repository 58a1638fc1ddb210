//! Parties of an invoice, seller beside buyer where there is room.

use ksef_invoice::finding::Language;
use ksef_invoice::summary::Party;
use unicode_width::UnicodeWidthStr as _;

use super::grid::broken;

/// The lines of a party under its heading.
pub(super) fn lines(heading: &str, party: &Party, width: usize) -> Vec<String> {
    let own = [Some(party.name.clone()), party.identifier.clone()];
    let texts = own
        .into_iter()
        .flatten()
        .chain(party.address.iter().cloned())
        .chain(party.contact.iter().cloned())
        .filter(|text| !text.is_empty());
    let indented = texts
        .flat_map(|text| broken(&text, width.saturating_sub(INDENT.len())))
        .map(|line| format!("{INDENT}{line}"));
    std::iter::once(heading.to_owned())
        .chain(indented)
        .collect()
}

/// Two parties, beside each other when `width` lets them.
pub(super) fn pair(one: (&str, &Party), two: (&str, &Party), width: usize) -> Vec<String> {
    if width < BESIDE_MIN {
        let mut all = lines(one.0, one.1, width);
        all.push(String::new());
        all.extend(lines(two.0, two.1, width));
        return all;
    }
    let half = (width - GAP) / 2;
    let left = lines(one.0, one.1, half);
    let right = lines(two.0, two.1, half);
    let height = left.len().max(right.len());
    let side = |side: &[String], index: usize| side.get(index).cloned().unwrap_or_default();
    (0..height)
        .map(|index| {
            let (left, right) = (side(&left, index), side(&right, index));
            let padding = " ".repeat((half + GAP).saturating_sub(left.width()));
            format!("{left}{padding}{right}").trim_end().to_owned()
        })
        .collect()
}

/// One of the others in one text: role, name, identifier.
pub(super) fn other(party: &Party, language: Language) -> (String, String) {
    let role = party
        .role
        .as_ref()
        .map(|role| role.text(language).to_owned());
    let mut words = vec![party.name.clone()];
    words.extend(party.identifier.clone());
    words.extend(party.address.first().cloned());
    words.retain(|word| !word.is_empty());
    (role.unwrap_or_default(), words.join(", "))
}

const INDENT: &str = "  ";
const GAP: usize = 2;
/// Narrower terminals show one below the other.
const BESIDE_MIN: usize = 70;
