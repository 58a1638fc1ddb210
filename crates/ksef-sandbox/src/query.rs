//! Query parameters.

use http::Uri;

use crate::fields::Violations;

/// The query parameters of a request, decoded, in order. Names are compared in any letter case, as the server does.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of an address; what cannot be decoded counts as missing.
    pub(crate) fn of(uri: &Uri) -> Self {
        axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_or_else(|_| Self::default(), |query| Self(query.0))
    }

    /// The first non-empty value.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let fits = |(known, value): &&(String, String)| {
            known.eq_ignore_ascii_case(name) && !value.is_empty()
        };
        self.0.iter().find(fits).map(|(_, value)| value.as_str())
    }

    /// Every non-empty value of a repeatable parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, value)| known.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// A number within bounds, or `default` when it is missing.
    pub(crate) fn integer(
        &self,
        violations: &mut Violations,
        name: &str,
        bounds: std::ops::RangeInclusive<i64>,
        default: i64,
    ) -> i64 {
        let Some(text) = self.text(name) else {
            return default;
        };
        match text.parse::<i64>() {
            Ok(number) if bounds.contains(&number) => number,
            Ok(number) => {
                violations.out_of_bounds(name, &bounds, number);
                default
            }
            Err(_) => {
                violations.unreadable_parameter(name, text);
                default
            }
        }
    }

    /// The page size, usually 10 to 100 with the default 10.
    pub(crate) fn page_size(
        &self,
        violations: &mut Violations,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> usize {
        let default = *bounds.start();
        usize::try_from(self.integer(violations, "pageSize", bounds, default)).unwrap_or(10)
    }

    /// A boolean, or `default` when it is missing.
    pub(crate) fn boolean(&self, violations: &mut Violations, name: &str, default: bool) -> bool {
        match self.text(name) {
            None => default,
            Some(text) if text.eq_ignore_ascii_case("true") => true,
            Some(text) if text.eq_ignore_ascii_case("false") => false,
            Some(text) => {
                violations.unreadable_parameter(name, text);
                default
            }
        }
    }

    /// A value of an enumeration in any letter case, as `parse` knows it.
    pub(crate) fn choice<T>(
        &self,
        violations: &mut Violations,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(text);
        if value.is_none() {
            violations.unreadable_parameter(name, text);
        }
        value
    }

    /// The values of a repeatable enumeration.
    pub(crate) fn choices<T>(
        &self,
        violations: &mut Violations,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let mut values = Vec::new();
        for text in self.all(name) {
            match parse(text) {
                Some(value) => values.push(value),
                None => violations.unreadable_parameter(name, text),
            }
        }
        values
    }

    /// An instant in ISO-8601.
    pub(crate) fn instant(
        &self,
        violations: &mut Violations,
        name: &str,
    ) -> Option<jiff::Timestamp> {
        self.choice(violations, name, |text| {
            ksef_api::timestamp::parse(text).ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::of(&format!("http://x/y?{text}").parse().unwrap())
    }

    #[test]
    fn reads_in_any_letter_case_and_collects_violations() {
        let query =
            query("PageSize=5&status=Active&status=pending&status=&x=a%20b&flag=TRUE&when=never");
        let mut violations = Violations::default();
        assert_eq!(query.page_size(&mut violations, 10..=250), 10);
        assert_eq!(
            query.all("status").collect::<Vec<_>>(),
            ["Active", "pending"]
        );
        assert_eq!(query.text("x"), Some("a b"));
        assert!(query.boolean(&mut violations, "flag", false));
        assert_eq!(query.instant(&mut violations, "when"), None);
        let failure = violations.done().unwrap_err();
        assert!(failure.problem.has_code(21001));
        assert_eq!(
            failure.problem.errors[0].details,
            ["The value 'never' is not valid for 'when'."]
        );
        let mut violations = Violations::default();
        query.page_size(&mut violations, 10..=250);
        let failure = violations.done().unwrap_err();
        assert!(failure.problem.has_code(21405));
        assert_eq!(
            failure.problem.errors[0].details,
            ["'pageSize' must be between 10 and 250. You entered 5."]
        );
    }
}
