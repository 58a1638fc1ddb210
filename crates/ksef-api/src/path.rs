//! Path templates and query strings, percent-encoded after RFC 3986.

use std::fmt::Write as _;

/// Fills the `{name}` parameters of a template in order with percent-encoded values.
///
/// Parameters without a value stay as they are; the constants of [`crate::operation`] and the requests of
/// [`crate::ops`] agree on their number, which a test checks.
#[must_use]
pub fn fill(template: &str, values: &[&str]) -> String {
    let mut path = String::with_capacity(template.len() + 40 * values.len());
    let mut values = values.iter();
    for (index, segment) in template.split('/').enumerate() {
        if index > 0 {
            path.push('/');
        }
        match segment.starts_with('{').then(|| values.next()).flatten() {
            Some(value) => encode_segment(&mut path, value),
            None => path.push_str(segment),
        }
    }
    path
}

/// Appends `?name=value&…`; nothing when there are no parameters.
pub(crate) fn encode_query(target: &mut String, query: &[(&'static str, String)]) {
    for (index, (name, value)) in query.iter().enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        encode_segment(target, name);
        target.push('=');
        encode_segment(target, value);
    }
}

/// Appends one segment; everything but the unreserved characters of RFC 3986 is escaped.
///
/// A value of dots alone would be folded away as a relative segment, so its dots are escaped too.
fn encode_segment(path: &mut String, value: &str) {
    let only_dots = value == "." || value == "..";
    for byte in value.bytes() {
        match byte {
            b'.' if only_dots => path.push_str("%2E"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                path.push(char::from(byte));
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_and_escapes_parameters_in_order() {
        assert_eq!(fill("/a/{x}/b/{y}", &["1", "2"]), "/a/1/b/2");
        assert_eq!(
            fill("/a/{x}", &["a/b?c#d%e ż"]),
            "/a/a%2Fb%3Fc%23d%25e%20%C5%BC"
        );
        assert_eq!(fill("/a/{x}/upo", &[".."]), "/a/%2E%2E/upo");
        assert_eq!(fill("/a", &["unused"]), "/a");
    }

    #[test]
    fn repeats_names_of_lists() {
        let mut target = "/tokens".to_owned();
        encode_query(
            &mut target,
            &[
                ("status", "Active".to_owned()),
                ("status", "A&B=+".to_owned()),
            ],
        );
        assert_eq!(target, "/tokens?status=Active&status=A%26B%3D%2B");
    }
}
