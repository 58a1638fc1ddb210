//! How a page looks: a list of what was found and of checks, for people and for programs.

use axum::body::Body;
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

/// A text in Polish and English.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pub(super) pl: String,
    pub(super) en: String,
}

/// A text in Polish and English.
pub(super) fn words(pl: &str, en: &str) -> Words {
    Words {
        pl: pl.to_owned(),
        en: en.to_owned(),
    }
}

/// One page.
#[derive(Debug)]
pub(super) struct Page {
    status: StatusCode,
    kind: &'static str,
    title: Words,
    facts: Vec<(&'static str, Words, String)>,
    checks: Vec<Check>,
}

/// One check.
#[derive(Debug)]
struct Check {
    name: &'static str,
    /// `None` when it could not be made because of an earlier one.
    passed: Option<bool>,
    says: Words,
}

impl Page {
    /// A page of this kind with nothing on it yet.
    pub(super) fn new(kind: &'static str, title: Words) -> Self {
        Self {
            status: StatusCode::OK,
            kind,
            title,
            facts: Vec::new(),
            checks: Vec::new(),
        }
    }

    /// The page for a link that cannot be read.
    pub(super) fn malformed(says: Words) -> Self {
        let title = words("Nieprawidłowy adres", "Invalid address");
        let mut page = Self::new("malformed", title);
        page.status = StatusCode::BAD_REQUEST;
        page.check("address", Some(false), says);
        page
    }

    /// Something that the page tells: its name for programs, its label for people, its value.
    pub(super) fn fact(&mut self, name: &'static str, label: Words, value: impl ToString) {
        self.facts.push((name, label, value.to_string()));
    }

    /// A check; `None` when it could not be made.
    pub(super) fn check(&mut self, name: &'static str, passed: Option<bool>, says: Words) {
        self.checks.push(Check { name, passed, says });
    }

    /// Whether every check was made and passed.
    fn is_valid(&self) -> bool {
        self.checks.iter().all(|check| check.passed == Some(true))
    }

    /// The page in the form that the client asks for.
    pub(super) fn answer(&self, headers: &HeaderMap) -> Response {
        let (media_type, body) = if wants_json(headers) {
            ("application/json", self.json().to_string())
        } else {
            ("text/html; charset=utf-8", self.html())
        };
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = self.status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        answer
    }

    fn json(&self) -> Value {
        let facts: Map<String, Value> = self
            .facts
            .iter()
            .map(|(name, _, value)| ((*name).to_owned(), json!(value)))
            .collect();
        let checks: Vec<Value> = self
            .checks
            .iter()
            .map(|check| {
                let says = &check.says;
                json!({
                    "check": check.name,
                    "passed": check.passed,
                    "description": {"pl": says.pl, "en": says.en},
                })
            })
            .collect();
        json!({"kind": self.kind, "valid": self.is_valid(), "facts": facts, "checks": checks})
    }

    fn html(&self) -> String {
        let verdict = if self.is_valid() {
            words("Weryfikacja pozytywna", "Verified")
        } else {
            words("Weryfikacja negatywna", "Not verified")
        };
        let facts: String = self
            .facts
            .iter()
            .map(|(_, label, value)| {
                format!(
                    "<tr><th>{}</th><td>{}</td></tr>\n",
                    both(label),
                    escaped(value)
                )
            })
            .collect();
        let checks: String = self
            .checks
            .iter()
            .map(|check| {
                let mark = match check.passed {
                    Some(true) => "✔",
                    Some(false) => "✘",
                    None => "–",
                };
                format!("<li>{mark} {}</li>\n", both(&check.says))
            })
            .collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"pl\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n<p><strong>{verdict}</strong></p>\n\
             <table>\n{facts}</table>\n<ul>\n{checks}</ul>\n<footer>{footer}</footer>\n</body>\n</html>\n",
            title = escaped(&self.title.pl),
            heading = both(&self.title),
            verdict = both(&verdict),
            footer = both(&words(
                "Lokalny KSeF do testów, nie system Ministerstwa Finansów.",
                "A local KSeF for tests, not the system of the Ministry of Finance."
            )),
        )
    }
}

/// Elsewhere.
pub(super) fn redirect(address: &str) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::FOUND;
    if let Ok(address) = HeaderValue::from_str(address) {
        answer.headers_mut().insert(LOCATION, address);
    }
    answer
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("application/json"))
}

/// Both languages; the English below the Polish.
fn both(text: &Words) -> String {
    format!(
        "{}<br><span lang=\"en\">{}</span>",
        escaped(&text.pl),
        escaped(&text.en)
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(character),
        }
    }
    out
}

const STYLE: &str = "body{font:16px/1.4 sans-serif;max-width:44em;margin:2em auto;padding:0 1em}\
    th{text-align:left;vertical-align:top;padding-right:1em;font-weight:normal}\
    td{font-family:monospace;overflow-wrap:anywhere}\
    span[lang=en],footer{color:#666;font-size:smaller}ul{list-style:none;padding:0}li{margin:.5em 0}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_is_markup() {
        let mut page = Page::new("invoice", words("Faktura", "Invoice"));
        page.fact("number", words("Numer", "Number"), "<b>\"&\"</b>");
        page.check("known", Some(true), words("Jest", "It is there"));
        let html = page.html();
        assert!(
            html.contains("&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;"),
            "{html}"
        );
        assert!(html.contains("Weryfikacja pozytywna") && html.contains("Verified"));
        page.check("later", None, words("Nie wiadomo", "Unknown"));
        assert!(page.html().contains("Weryfikacja negatywna"));
        assert_eq!(page.json()["valid"], false);
    }
}
