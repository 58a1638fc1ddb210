//! Joining `xml:base` values, as C14N 1.1 §2.4 changes RFC 3986 §5.2: the base may be relative,
//! and leading `..` segments of a relative path stay.

/// The reference `below` seen from `base`.
pub(super) fn join(base: &str, below: &str) -> String {
    let mut base = Reference::split(base);
    let below = Reference::split(below);
    if base.path.ends_with("..") {
        base.path.push('/');
    }
    let mut joined = below.clone();
    if below.scheme.is_none() {
        joined.scheme = base.scheme;
        if below.authority.is_none() {
            joined.authority = base.authority;
            if below.path.is_empty() {
                joined.path = base.path;
                joined.query = below.query.or(base.query);
            } else if !below.path.starts_with('/') {
                let directory = base.path.rsplit_once('/').map(|(directory, _)| directory);
                joined.path = match directory {
                    Some(directory) => format!("{directory}/{}", below.path),
                    None if joined.authority.is_some() => format!("/{}", below.path),
                    None => below.path,
                };
            }
        }
    }
    joined.path = without_dots(&joined.path);
    joined.to_text()
}

#[derive(Clone)]
struct Reference {
    scheme: Option<String>,
    authority: Option<String>,
    path: String,
    query: Option<String>,
    fragment: Option<String>,
}

impl Reference {
    fn split(text: &str) -> Self {
        let (rest, fragment) = cut(text, '#');
        let (rest, query) = cut(rest, '?');
        let scheme_end = rest
            .find([':', '/'])
            .filter(|at| rest.as_bytes().get(*at) == Some(&b':'));
        let (scheme, rest) = match scheme_end.and_then(|at| rest.split_at_checked(at)) {
            Some((scheme, rest)) => (Some(scheme.to_owned()), rest.trim_start_matches(':')),
            None => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let at = rest.find('/').unwrap_or(rest.len());
                let (authority, path) = rest.split_at_checked(at).unwrap_or((rest, ""));
                (Some(authority.to_owned()), path)
            }
            None => (None, rest),
        };
        Self {
            scheme,
            authority,
            path: path.to_owned(),
            query,
            fragment,
        }
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        if let Some(scheme) = &self.scheme {
            text.extend([scheme, ":"]);
        }
        if let Some(authority) = &self.authority {
            text.extend(["//", authority]);
        }
        text.push_str(&self.path);
        if let Some(query) = &self.query {
            text.extend(["?", query]);
        }
        if let Some(fragment) = &self.fragment {
            text.extend(["#", fragment]);
        }
        text
    }
}

fn cut(text: &str, mark: char) -> (&str, Option<String>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after.to_owned())),
        None => (text, None),
    }
}

/// Resolves `.` and `..`, and makes one slash of several.
fn without_dots(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').collect();
    let ends_in_directory = matches!(segments.last(), Some(&("" | "." | "..")));
    for segment in segments {
        match segment {
            "" | "." => {}
            ".." => match kept.last() {
                Some(&last) if last != ".." => {
                    kept.pop();
                }
                _ if absolute => {}
                _ => kept.push(".."),
            },
            other => kept.push(other),
        }
    }
    let mut out = String::from(if absolute { "/" } else { "" });
    out.push_str(&kept.join("/"));
    if ends_in_directory && !kept.is_empty() {
        out.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_recommendation_and_rfc_3986() {
        for (base, below, joined) in [
            ("http://a/b/c/d;p?q", "g", "http://a/b/c/g"),
            ("http://a/b/c/d;p?q", "../../../g", "http://a/g"),
            ("http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"),
            ("http://a/b/c/d;p?q", "//g", "http://g"),
            ("http://a/b/c/d;p?q", "g:h", "g:h"),
            ("http://a", "b", "http://a/b"),
            ("a/b", "c", "a/c"),
            ("a/", "b", "a/b"),
            ("../a", "../b", "../../b"),
            ("..", "b", "../b"),
            ("../..", "b", "../../b"),
            ("foo/bar", "", "foo/bar"),
            ("foo/bar/", "..", "foo/"),
            ("foo//bar/", "x", "foo/bar/x"),
        ] {
            assert_eq!(join(base, below), joined, "{base} + {below}");
        }
    }
}
