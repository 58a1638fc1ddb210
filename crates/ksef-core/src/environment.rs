//! Which KSeF: the Ministry's three environments, or any other base address.

use std::fmt;

use crate::parse::{ParseError, Reason};

/// An environment and its addresses.
///
/// Source: the Ministry's list of environments (`srodowiska.md`), `openapi.json` `servers`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Environment {
    kind: EnvironmentKind,
    api_base: String,
    qr_base: String,
    beacon_base: Option<String>,
}

/// The kind of environment: it decides what is allowed, not only the addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EnvironmentKind {
    /// The Ministry's test environment: self-signed certificates, invented taxpayers, nothing has legal effect.
    Test,
    /// The Ministry's pre-production environment: real credentials, nothing has legal effect.
    Demo,
    /// Production: every invoice is a legal document.
    Production,
    /// Any other address, for instance the local sandbox.
    Custom,
}

impl EnvironmentKind {
    /// May self-signed certificates log in, and are the `/testdata` operations there?
    #[must_use]
    pub fn is_for_tests(self) -> bool {
        matches!(self, Self::Test | Self::Custom)
    }

    /// The name used in configuration: `test`, `demo`, `production`, `custom`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Demo => "demo",
            Self::Production => "production",
            Self::Custom => "custom",
        }
    }
}

impl Environment {
    /// The Ministry's test environment.
    #[must_use]
    pub fn test() -> Self {
        Self::official(
            EnvironmentKind::Test,
            "api-test",
            "qr-test",
            "api-latarnia-test",
        )
    }

    /// The Ministry's pre-production environment. It shares the status beacon of the test environment.
    #[must_use]
    pub fn demo() -> Self {
        Self::official(
            EnvironmentKind::Demo,
            "api-demo",
            "qr-demo",
            "api-latarnia-test",
        )
    }

    /// Production.
    #[must_use]
    pub fn production() -> Self {
        Self::official(EnvironmentKind::Production, "api", "qr", "api-latarnia")
    }

    /// Any other base address with its path, for instance `http://127.0.0.1:8080/v2`; without a path `/v2` is meant.
    ///
    /// # Errors
    /// An address that is not `http` or `https` with a host, has a user name, a query or a fragment, or is `http`
    /// to a host other than this machine: a login would travel in the clear.
    pub fn custom(base: &str) -> Result<Self, ParseError> {
        let error = |expected| ParseError::new("base address", Reason::Pattern { expected }, base);
        let trimmed = base.trim().trim_end_matches('/');
        if trimmed.is_empty() {
            return Err(ParseError::new("base address", Reason::Empty, base));
        }
        let (scheme, rest) = trimmed
            .split_once("://")
            .ok_or_else(|| error("https://host/path"))?;
        let (authority, path) = rest
            .split_once('/')
            .map_or((rest, ""), |(authority, path)| (authority, path));
        if authority.is_empty()
            || trimmed.contains(['?', '#', '@', ' ', '\\'])
            || trimmed.contains(char::is_control)
        {
            return Err(error(
                "scheme, host, optional port and path, and nothing else",
            ));
        }
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "https" => {}
            "http" if is_loopback(authority) => {}
            "http" => {
                return Err(error(
                    "https (plain http is accepted for this machine alone: 127.0.0.1, [::1], localhost)",
                ));
            }
            _ => return Err(error("https://host/path")),
        }
        let root = format!("{scheme}://{authority}");
        let path = if path.is_empty() { "v2" } else { path };
        Ok(Self {
            kind: EnvironmentKind::Custom,
            api_base: format!("{root}/{path}"),
            qr_base: root,
            beacon_base: None,
        })
    }

    /// The environment with this name (`test`, `demo`, `production`; `te`, `tr`, `prd`, `prod` too) or base address.
    ///
    /// # Errors
    /// Neither a name nor an address.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "test" | "te" => Ok(Self::test()),
            "demo" | "tr" | "preprod" => Ok(Self::demo()),
            "production" | "prod" | "prd" => Ok(Self::production()),
            address if address.contains("://") => Self::custom(text),
            _ => Err(ParseError::new(
                "environment",
                Reason::NotAllowed {
                    expected: "test, demo, production, or a base address",
                },
                text,
            )),
        }
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> EnvironmentKind {
        self.kind
    }

    /// The base address of the API, without a slash at the end.
    #[must_use]
    pub fn api_base(&self) -> &str {
        &self.api_base
    }

    /// The address of an operation; `path` begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api_base)
    }

    /// The address of a link that the server gave: absolute ones as they are, relative ones on the API's host.
    #[must_use]
    pub fn resolve(&self, link: &str) -> String {
        if link.contains("://") {
            return link.to_owned();
        }
        let after_scheme = self.api_base.find("://").map_or(0, |at| at + 3);
        let root_end = self
            .api_base
            .get(after_scheme..)
            .and_then(|rest| rest.find('/'))
            .map_or(self.api_base.len(), |at| at + after_scheme);
        format!(
            "{}/{}",
            self.api_base.get(..root_end).unwrap_or_default(),
            link.trim_start_matches('/')
        )
    }

    /// The address where a verification link (QR code) leads, without a slash at the end.
    #[must_use]
    pub fn qr_base(&self) -> &str {
        &self.qr_base
    }

    /// The address of the status beacon (Latarnia); `None` where there is none.
    #[must_use]
    pub fn beacon_base(&self) -> Option<&str> {
        self.beacon_base.as_deref()
    }

    /// The same environment with another address for verification links.
    #[must_use]
    pub fn with_qr_base(mut self, base: &str) -> Self {
        base.trim_end_matches('/').clone_into(&mut self.qr_base);
        self
    }

    /// The same environment with a status beacon at this address.
    #[must_use]
    pub fn with_beacon_base(mut self, base: &str) -> Self {
        self.beacon_base = Some(base.trim_end_matches('/').to_owned());
        self
    }

    fn official(kind: EnvironmentKind, api: &str, qr: &str, beacon: &str) -> Self {
        Self {
            kind,
            api_base: format!("https://{api}.{DOMAIN}/v2"),
            qr_base: format!("https://{qr}.{DOMAIN}"),
            beacon_base: Some(format!("https://{beacon}.{DOMAIN}")),
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            EnvironmentKind::Custom => f.pad(&self.api_base),
            kind => f.pad(kind.name()),
        }
    }
}

impl std::str::FromStr for Environment {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Does `authority` (host and optional port) name this machine?
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => {
            return rest
                .split(']')
                .next()
                .and_then(|host| host.parse::<std::net::Ipv6Addr>().ok())
                .is_some_and(|ip| ip.is_loopback());
        }
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|ip| ip.is_loopback())
}

const DOMAIN: &str = "ksef.mf.gov.pl";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_addresses() {
        assert_eq!(
            Environment::test().url("/auth/challenge"),
            "https://api-test.ksef.mf.gov.pl/v2/auth/challenge"
        );
        assert_eq!(
            Environment::demo().api_base(),
            "https://api-demo.ksef.mf.gov.pl/v2"
        );
        assert_eq!(
            Environment::production().api_base(),
            "https://api.ksef.mf.gov.pl/v2"
        );
        assert_eq!(
            Environment::production().qr_base(),
            "https://qr.ksef.mf.gov.pl"
        );
        assert_eq!(
            Environment::demo().beacon_base(),
            Some("https://api-latarnia-test.ksef.mf.gov.pl")
        );
        for name in [
            "test",
            "TEST",
            "te",
            "demo",
            "tr",
            "production",
            "prd",
            "prod",
        ] {
            assert_ne!(
                Environment::parse(name).unwrap().kind(),
                EnvironmentKind::Custom,
                "{name}"
            );
        }
    }

    #[test]
    fn custom_addresses() {
        for (text, base) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v2"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v2"),
            ("http://localhost/ksef/v2/", "http://localhost/ksef/v2"),
            ("HTTP://[::1]:9/v2", "http://[::1]:9/v2"),
            (
                "https://ksef.example.com/api/v2",
                "https://ksef.example.com/api/v2",
            ),
        ] {
            let environment = Environment::parse(text).unwrap();
            assert_eq!(environment.api_base(), base, "{text}");
            assert_eq!(environment.kind(), EnvironmentKind::Custom);
        }
        for text in [
            "",
            "nowhere",
            "ftp://example.com",
            "https://",
            "https://a b/",
            "https://user@example.com",
            "https://example.com/?q=1",
            "http://example.com/v2",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
        ] {
            assert!(Environment::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn links_are_resolved() {
        let environment = Environment::custom("http://127.0.0.1:8080/v2").unwrap();
        assert_eq!(
            environment.resolve("/api/v2/x"),
            "http://127.0.0.1:8080/api/v2/x"
        );
        assert_eq!(
            environment.resolve("https://storage.example.com/x"),
            "https://storage.example.com/x"
        );
    }
}
