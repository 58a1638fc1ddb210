//! Pages of the web application firewall in front of the API.

use http::HeaderMap;

use crate::decode::has_media_type;

/// What is known about a page of the firewall.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Firewall {
    /// The identifier to quote in a report, when the page shows one.
    pub incident_id: Option<String>,
}

/// Bytes of a page that are looked at.
const PAGE_BYTES_MAX: usize = 16 * 1024;
/// Words that only pages of a firewall use.
const MARKS: [&str; 4] = [
    "request blocked",
    "request rejected",
    "support id",
    "incident id",
];
/// Labels that come before an incident identifier.
const LABELS: [&str; 5] = [
    "support id",
    "incident id",
    "incidentid",
    "incident_id",
    "event id",
];
/// How far after its label an identifier is looked for, in bytes.
const LABEL_REACH: usize = 120;

/// Whether a body is a web page, by media type or, without one, by its first characters.
pub(crate) fn is_html(headers: &HeaderMap, body: &[u8]) -> bool {
    if has_media_type(headers, |essence| {
        essence == "text/html" || essence == "application/xhtml+xml"
    }) {
        return true;
    }
    let start = body.get(..body.len().min(64)).unwrap_or_default();
    let start = String::from_utf8_lossy(start)
        .trim_start()
        .to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Recognises a page of the firewall by its words, or by being a web page where no 5xx explains it.
pub(super) fn recognise(status: u16, headers: &HeaderMap, body: &[u8]) -> Option<Firewall> {
    let page = body
        .get(..body.len().min(PAGE_BYTES_MAX))
        .unwrap_or_default();
    let page = String::from_utf8_lossy(page);
    let lower = page.to_ascii_lowercase();
    let html = is_html(headers, body);
    let marked =
        lower.contains(MARKS[0]) || (html && MARKS.iter().any(|mark| lower.contains(mark)));
    let gateway_fault = (500..600).contains(&status);
    (marked || (html && !gateway_fault)).then(|| Firewall {
        incident_id: incident(&page, &lower),
    })
}

/// The first word with a digit after a label. ASCII lower-casing keeps byte offsets, so both texts line up.
fn incident(page: &str, lower: &str) -> Option<String> {
    let after = LABELS
        .iter()
        .filter_map(|label| lower.find(label).map(|start| start + label.len()))
        .min()?;
    let rest = page.get(after..)?;
    rest.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))
        .scan(0, |offset, word| {
            let start = *offset;
            *offset += word.len() + 1;
            (start <= LABEL_REACH).then_some(word)
        })
        .find(|word| {
            (4..=64).contains(&word.len()) && word.bytes().any(|byte| byte.is_ascii_digit())
        })
        .map(str::to_owned)
}
