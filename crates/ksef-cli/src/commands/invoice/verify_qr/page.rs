//! The page behind a link.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{Request, StatusCode};
use ksef_core::verification_link::VerificationLink;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Origin, check};
use crate::codes;
use crate::connect::{Connection, Target};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Lang, text};
use crate::place::Place;
use crate::plain_http::{self, Reply};
use crate::printer::Printer;

/// What the page answered.
#[derive(Debug)]
pub(super) struct Answered {
    /// The address that answered in the end.
    url: String,
    /// Whether that is another one than the link's: that of a correction.
    is_redirected: bool,
    status: StatusCode,
    /// What a sandbox says; nothing for programs is on the Ministry's pages.
    page: Option<Page>,
}

/// The page of a sandbox.
#[derive(Debug, Serialize, Deserialize)]
struct Page {
    kind: String,
    valid: bool,
    #[serde(default)]
    facts: Map<String, Value>,
    checks: Vec<PageCheck>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PageCheck {
    check: String,
    passed: Option<bool>,
    description: Description,
}

#[derive(Debug, Serialize, Deserialize)]
struct Description {
    pl: String,
    en: String,
}

/// Asks the page: of a sandbox when that is the target, otherwise under the link's own address.
///
/// # Errors
/// The address is no KSeF's; it cannot be reached, or leads elsewhere.
pub(super) async fn ask(
    context: &Context,
    target: Target,
    link: &VerificationLink,
    origin: Origin,
) -> Result<Answered> {
    let is_own = codes::leads_to(&target.place, link.qr_base());
    if origin == Origin::Other && !is_own {
        let base = link.qr_base();
        return Err(Error::new(
            Exit::InvalidInvoice,
            text!(
                "{base} is no address of KSeF; it is not asked",
                "{base} nie jest adresem KSeF; nie wysłano tam zapytania"
            ),
        )
        .hint(text!(
            "if it is a KSeF of yours, name it with --url",
            "jeśli to twój własny KSeF, wskaż go opcją --url"
        )));
    }
    // A code may name TEST and be for a sandbox.
    let base = match &target.place {
        Place::Remote(environment) if is_own => environment.qr_base().to_owned(),
        Place::EmbeddedSandbox if is_own => {
            let connection = Connection::to(context, target).await?;
            let base = connection.environment.qr_base();
            return follow(link.url_at(base)).await;
        }
        _ => link.qr_base().to_owned(),
    };
    follow(link.url_at(&base)).await
}

/// Asks, and goes on where the same host says so.
async fn follow(start: String) -> Result<Answered> {
    let mut url = start.clone();
    for _ in 0..=REDIRECTS_MAX {
        let request = Request::get(url.as_str())
            .header(ACCEPT, "application/json, text/html;q=0.9")
            .body(Bytes::new())
            .map_err(|source| {
                Error::usage(text!(
                    "the link is no address; copy it again",
                    "link nie jest adresem; skopiuj go ponownie"
                ))
                .caused_by(source)
            })?;
        let reply = plain_http::exchange(request, PATIENCE).await?;
        let next = reply
            .status
            .is_redirection()
            .then(|| reply.headers.get(LOCATION)?.to_str().ok())
            .flatten();
        match next.and_then(|next| on_same_host(&url, next)) {
            Some(next) => url = next,
            None => {
                return Ok(Answered {
                    is_redirected: url != start,
                    status: reply.status,
                    page: page(&reply),
                    url,
                });
            }
        }
    }
    Err(Error::new(
        Exit::Unavailable,
        text!(
            "the page leads on and on; try again later",
            "strona ciągle przekierowuje; spróbuj ponownie później"
        ),
    ))
}

/// Where a redirect leads, when it stays on the host.
fn on_same_host(url: &str, next: &str) -> Option<String> {
    let root = |url: &str| {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        Some(format!("{scheme}://{authority}"))
    };
    let own = root(url)?;
    if next.starts_with('/') && !next.starts_with("//") {
        return Some(format!("{own}{next}"));
    }
    (root(next)? == own).then(|| next.to_owned())
}

fn page(reply: &Reply) -> Option<Page> {
    let media_type = reply.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let is_json = media_type.starts_with("application/json");
    is_json.then(|| serde_json::from_slice(&reply.body).ok())?
}

impl Answered {
    /// How the command ends because of it.
    pub(super) fn exit(&self) -> Exit {
        match &self.page {
            Some(page) if page.valid => Exit::Done,
            Some(_) => Exit::Rejected,
            None if self.status.is_success() => Exit::Done,
            None if self.status.is_server_error() => Exit::Unavailable,
            None => Exit::Rejected,
        }
    }

    /// Whether the page itself said that all is well.
    pub(super) fn has_verified(&self) -> bool {
        self.page.as_ref().is_some_and(|page| page.valid)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "url": self.url,
            "redirected": self.is_redirected,
            "httpStatus": self.status.as_u16(),
            "page": self.page,
        })
    }

    pub(super) fn print(&self, printer: &Printer) {
        let status = self.status.as_u16();
        printer.line("");
        printer.text(&text!(
            "{url} answered: {status}",
            "{url}, odpowiedź: {status}",
            url = self.url
        ));
        if self.is_redirected {
            printer.text(&text!(
                "it is the page of the technical correction, where the link led on",
                "to strona korekty technicznej, do której link przekierował"
            ));
        }
        let Some(page) = &self.page else {
            printer.hint(&text!(
                "what the page says is for people: open the link in a browser",
                "treść strony jest dla ludzi: otwórz link w przeglądarce"
            ));
            return;
        };
        for check in &page.checks {
            let says = match printer.lang() {
                Lang::Pl => &check.description.pl,
                Lang::En => &check.description.en,
            };
            check::print(printer, check.passed, says);
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
const REDIRECTS_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_on_their_host() {
        let from = "https://qr.ksef.mf.gov.pl/invoice/1/2/3";
        for (next, expected) in [
            ("/invoice/4", Some("https://qr.ksef.mf.gov.pl/invoice/4")),
            (
                "https://qr.ksef.mf.gov.pl/x?y",
                Some("https://qr.ksef.mf.gov.pl/x?y"),
            ),
            ("//example.com/", None),
            ("https://example.com/", None),
            ("http://qr.ksef.mf.gov.pl/x", None),
            ("https://qr.ksef.mf.gov.pl.example.com/", None),
            ("https://qr.ksef.mf.gov.pl@example.com/", None),
            ("elsewhere", None),
        ] {
            assert_eq!(on_same_host(from, next).as_deref(), expected, "{next}");
        }
    }
}
