//! Warnings of the system that accompany successful answers.

use std::fmt;

use http::{HeaderMap, HeaderName};

/// The header of warnings: `[code]: message | [code]: message`.
pub const SYSTEM_WARNING: HeaderName = HeaderName::from_static("x-system-warning");

/// One warning. It never changes the result of the call; its codes are unpublished and passed through.
///
/// Source: header `X-System-Warning` of the contract, since 2.6.0. The text is without Polish diacritics.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SystemWarning {
    /// Code, for example `sig-001`; empty when the server sent text of another form.
    pub code: String,
    /// Message.
    pub message: String,
}

impl SystemWarning {
    /// All warnings of an answer, in order; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Vec<Self> {
        headers
            .get_all(SYSTEM_WARNING)
            .iter()
            .flat_map(|value| Self::parse_list(&String::from_utf8_lossy(value.as_bytes())))
            .collect()
    }

    /// The warnings of one header value. Text of another form becomes a warning without a code.
    #[must_use]
    pub fn parse_list(text: &str) -> Vec<Self> {
        text.split('|')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                part.strip_prefix('[')
                    .and_then(|rest| rest.split_once(']'))
                    .and_then(|(code, rest)| Some((code, rest.strip_prefix(':')?)))
                    .map_or_else(
                        || Self {
                            code: String::new(),
                            message: part.to_owned(),
                        },
                        |(code, message)| Self {
                            code: code.trim().to_owned(),
                            message: message.trim().to_owned(),
                        },
                    )
            })
            .collect()
    }

    /// The header value that carries these warnings.
    #[must_use]
    pub fn format_list(warnings: &[Self]) -> String {
        warnings
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" | ")
    }
}

impl fmt::Display for SystemWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "[{}]: {}", self.code, self.message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(code: &str, message: &str) -> SystemWarning {
        SystemWarning {
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    #[test]
    fn reads_one_many_and_foreign_forms() {
        assert_eq!(SystemWarning::parse_list(""), []);
        assert_eq!(
            SystemWarning::parse_list("[xml-002]: Niedozwolony znak | [sig-001]: Podpis: stary"),
            [
                warning("xml-002", "Niedozwolony znak"),
                warning("sig-001", "Podpis: stary")
            ]
        );
        assert_eq!(
            SystemWarning::parse_list("bez kodu"),
            [warning("", "bez kodu")]
        );
        assert_eq!(
            SystemWarning::parse_list("[a]bez dwukropka"),
            [warning("", "[a]bez dwukropka")]
        );
    }

    #[test]
    fn collects_repeated_headers_and_writes_them_back() {
        let mut headers = HeaderMap::new();
        headers.append(SYSTEM_WARNING, "[a]: 1".parse().unwrap());
        headers.append(SYSTEM_WARNING, "[b]: 2 | [c]: 3".parse().unwrap());
        let warnings = SystemWarning::from_headers(&headers);
        assert_eq!(
            warnings,
            [warning("a", "1"), warning("b", "2"), warning("c", "3")]
        );
        assert_eq!(
            SystemWarning::format_list(&warnings),
            "[a]: 1 | [b]: 2 | [c]: 3"
        );
    }
}
