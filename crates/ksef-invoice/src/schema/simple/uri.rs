//! `anyURI`: what becomes a URI reference of RFC 3986 when everything that needs it is escaped.
//!
//! XSD 1.0 part 2, 3.2.17 escapes spaces, quotes and other characters first; so does libxml2, whose
//! reading of the rest is followed: `%` needs two hexadecimal digits, brackets only enclose a host
//! or stand in a fragment, a port has digits, and a first segment with a colon is a scheme.

/// Is the text, whose white space is collapsed, an `anyURI`?
pub(crate) fn is_reference(text: &str) -> bool {
    let rest = match split_scheme(text) {
        Some(rest) if is_hierarchy(rest) => return true,
        _ => text,
    };
    let first = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (!first.contains(':') || rest.starts_with('/')) && is_hierarchy(rest)
}

/// What follows `scheme:`.
fn split_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let is_scheme = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then_some(rest)
}

/// Authority, path, query and fragment.
fn is_hierarchy(text: &str) -> bool {
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    if !has_only(fragment, b"/?[]:@") {
        return false;
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !has_only(query, b"/?:@") {
        return false;
    }
    match rest.strip_prefix("//") {
        Some(rest) => {
            let end = authority_end(rest);
            let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
            is_authority(authority) && has_only(path, b"/:@")
        }
        None => has_only(rest, b"/:@"),
    }
}

/// Where the authority ends: at the first slash outside brackets.
fn authority_end(text: &str) -> usize {
    let mut in_brackets = false;
    text.bytes()
        .position(|byte| {
            match byte {
                b'[' => in_brackets = true,
                b']' => in_brackets = false,
                _ => {}
            }
            byte == b'/' && !in_brackets
        })
        .unwrap_or(text.len())
}

fn is_authority(text: &str) -> bool {
    let host = match text.split_once('@') {
        Some((user, host)) if has_only(user, b":") => host,
        _ => text,
    };
    let (name, port) = if host.starts_with('[') {
        let Some(end) = host.find(']') else {
            return false;
        };
        let port = host.get(end + 1..).unwrap_or_default();
        if !(port.is_empty() || port.starts_with(':')) {
            return false;
        }
        ("", port.strip_prefix(':'))
    } else {
        match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        }
    };
    has_only(name, b"")
        && port.is_none_or(|port| port.parse::<i32>().is_ok_and(|_| is_digits(port)))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Only unreserved characters, sub-delimiters, escapes, what gets escaped, and these.
fn has_only(text: &str, extra: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'%' {
            let digits = bytes.get(at + 1..at + 3);
            if !digits.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)) {
                return false;
            }
        } else if matches!(byte, b'/' | b'?' | b'#' | b'[' | b']' | b':' | b'@')
            && !extra.contains(byte)
        {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_their_forms() {
        for good in [
            "",
            "a",
            "http://a.pl/b?c=d&e#f",
            "http://użytkownik@żółć.pl:8080/ścieżka z odstępem",
            "urn:a:b:%C5%BC",
            "//host/path",
            "/a:b",
            "./a:b",
            "?a:b",
            "#a[1]",
            "http://[::1]:80/",
            "mailto:a@b",
            "a{b}|c\\d^e`f\"g<h>",
            "http:",
            "http://",
            "a:b:c",
        ] {
            assert!(is_reference(good), "{good}");
        }
        for bad in [
            "%",
            "%1",
            "%GG",
            "a#b#c",
            "http://a:b",
            "http://a:99999999999/",
            "http://a:/",
            "1a:b",
            ":a",
            "a[b]",
            "http://[::1",
            "http://[::1]a/",
            "?a[",
        ] {
            assert!(!is_reference(bad), "{bad}");
        }
    }
}
