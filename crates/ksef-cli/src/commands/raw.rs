//! `ksef raw`

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request};
use ksef_api::operation::{Auth, Operation, Replay};
use ksef_api::problem::{Problem, ProblemKind, catalogue};
use ksef_api::request::{ERROR_FORMAT, PROBLEM_DETAILS};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::plain_http::{self, Reply};

/// Arguments of `ksef raw`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The path is relative to the base address of the API. The login of the profile is used unless the operation needs \
none, or a header Authorization is given. The body of the answer is printed as it came: it may hold links and tokens \
that are secrets. Nothing is repeated by itself.

Examples:
  ksef raw GET /security/public-key-certificates
  ksef raw GET '/sessions?sessionType=Online&pageSize=10' --context 5265877635
  ksef raw POST /invoices/query/metadata --body query.json --include
  echo '{}' | ksef raw POST /testdata/person --body -")]
pub(crate) struct Args {
    /// GET, POST, PUT or DELETE
    #[arg(value_name = "METHOD", value_parser = parse_method)]
    method: Method,

    /// Path of the operation, with its query
    #[arg(value_name = "PATH")]
    path: String,

    /// Body of the request: a file, or - for stdin; JSON or XML is told by its first character
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,

    /// A header, "Name: value"; may be given several times
    #[arg(long, short = 'H', value_name = "HEADER", value_parser = parse_header)]
    header: Vec<(HeaderName, HeaderValue)>,

    /// Print status and headers of the answer before its body
    #[arg(long, short)]
    include: bool,

    /// Send no login
    #[arg(long)]
    no_auth: bool,
}

/// The answer for machines.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    status: u16,
    headers: Vec<(&'a str, String)>,
    body: Value,
}

/// Sends the request and prints the answer.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let path = relative_path(&args.path, connection.environment.api_base())?;
    let operation = Operation::route(args.method.as_str(), &path);
    let url = connection.environment.url(&path);
    let body = args
        .body
        .as_deref()
        .map(read_body)
        .transpose()?
        .unwrap_or_default();
    let changes = operation.map_or(args.method != Method::GET, |known| {
        known.replay != Replay::Safe
    });
    if context.global.dry_run {
        let method = &args.method;
        context.printer.note(&text!(
            "would send {method} {url} with a body of {size} bytes",
            "wysłano by {method} {url} z treścią {size} bajtów",
            size = body.len()
        ));
        return Ok(Exit::Done);
    }
    if changes {
        context.printer.warn(&text!(
            "this request may change something at KSeF; if no answer comes, look before sending it again",
            "to żądanie może coś zmienić w KSeF; jeśli nie będzie odpowiedzi, przed ponowieniem sprawdź stan w KSeF"
        ));
    }
    let mut headers = default_headers(&body);
    for (name, value) in &args.header {
        headers.insert(name.clone(), value.clone());
    }
    if !args.no_auth
        && !headers.contains_key(AUTHORIZATION)
        && let Some(bearer) = bearer(context, &connection, operation).await?
    {
        headers.insert(AUTHORIZATION, bearer);
    }
    let mut request = Request::builder()
        .method(args.method.clone())
        .uri(url)
        .body(body)
        .map_err(|source| {
            Error::usage(text!(
                "path and query do not form an address; encode special characters (%20)",
                "ścieżka i zapytanie nie tworzą adresu; zakoduj znaki specjalne (%20)"
            ))
            .caused_by(source)
        })?;
    *request.headers_mut() = headers;
    let reply = plain_http::exchange(request, REQUEST_MAX).await?;
    print(context, args, &reply);
    judge(context, operation, &reply)
}

fn print(context: &Context, args: &Args, reply: &Reply) {
    let headers = || {
        reply.headers.iter().map(|(name, value)| {
            (
                name.as_str(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
    };
    let printer = &context.printer;
    if printer.is_json() {
        let text = || Value::String(String::from_utf8_lossy(&reply.body).into_owned());
        printer.json(&Shown {
            status: reply.status.as_u16(),
            headers: headers().collect(),
            body: serde_json::from_slice(&reply.body).unwrap_or_else(|_| text()),
        });
        return;
    }
    if args.include {
        printer.line(format_args!("HTTP {}", reply.status));
        for (name, value) in headers() {
            printer.line(format_args!("{name}: {value}"));
        }
        printer.line("");
    }
    printer.bytes(&reply.body);
    if !reply.body.is_empty() && !reply.body.ends_with(b"\n") {
        printer.bytes(b"\n");
    }
}

/// How the command ends, by the status of the answer.
fn judge(context: &Context, operation: Option<&'static Operation>, reply: &Reply) -> Result<Exit> {
    if reply.status.is_success() {
        return Ok(Exit::Done);
    }
    let problem = Problem::decode(reply.status, &reply.headers, &reply.body);
    let exit = match &problem.kind {
        ProblemKind::Unauthorized | ProblemKind::Forbidden(_) => Exit::Auth,
        ProblemKind::TooManyRequests => Exit::RateLimited,
        ProblemKind::Server | ProblemKind::Firewall(_) => Exit::Unavailable,
        _ => Exit::Rejected,
    };
    context
        .printer
        .note(&text!("KSeF refused: {problem}", "KSeF odmówił: {problem}"));
    let entry = problem.errors.first().and_then(|error| match operation {
        Some(operation) => catalogue::of(operation, error.code),
        None => catalogue::find(error.code).copied(),
    });
    if let Some(entry) = entry {
        context.printer.hint(&Text::from(entry.hint));
    }
    Ok(exit)
}

/// The bearer that the operation wants; operations that this program does not know get an access token.
async fn bearer(
    context: &Context,
    connection: &Connection,
    operation: Option<&'static Operation>,
) -> Result<Option<HeaderValue>> {
    match operation.map_or(Auth::Access, |operation| operation.auth) {
        Auth::None => Ok(None),
        Auth::Access | Auth::AccessOrRefresh => {
            let ksef = connection.ksef(context)?;
            Ok(Some(ksef.client().authenticate().await?.header()))
        }
        Auth::Operation | Auth::Refresh => Err(Error::usage(text!(
            "this operation is a step of logging in and has a bearer of its own",
            "ta operacja jest krokiem logowania i ma własny token"
        ))
        .hint(text!(
            "give it with --header 'Authorization: Bearer …', or use ksef auth login",
            "podaj go przez --header 'Authorization: Bearer …' albo użyj ksef auth login"
        ))),
    }
}

fn default_headers(body: &Bytes) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(ERROR_FORMAT, HeaderValue::from_static(PROBLEM_DETAILS));
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let media_type = match first {
        None => return headers,
        Some(b'<') => "application/xml",
        Some(_) if serde_json::from_slice::<IgnoredAny>(body).is_ok() => "application/json",
        Some(_) => "application/octet-stream",
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers
}

/// The path below the base address. A whole address is accepted when it is one of this KSeF: to any other, the login
/// would be given away.
fn relative_path(text: &str, base: &str) -> Result<String> {
    let path = match text.strip_prefix(base) {
        Some(rest) => rest,
        None if text.contains("://") => {
            return Err(Error::usage(text!(
                "\"{text}\" is not below {base}",
                "„{text}” nie zaczyna się od {base}"
            ))
            .hint(text!(
                "give the path alone, for instance /sessions, and the address with --url or --env",
                "podaj samą ścieżkę, np. /sessions, a adres przez --url lub --env"
            )));
        }
        None => text,
    };
    Ok(if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    })
}

fn read_body(path: &Path) -> Result<Bytes> {
    let read = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map(Bytes::from).map_err(|source| {
        Error::usage(text!(
            "the body {path} cannot be read; give a file, or - for stdin",
            "nie można odczytać treści {path}; podaj plik albo - dla standardowego wejścia",
            path = path.display()
        ))
        .caused_by(source)
    })
}

fn parse_method(text: &str) -> Result<Method, String> {
    match text.to_ascii_uppercase().as_str() {
        "GET" => Ok(Method::GET),
        "POST" => Ok(Method::POST),
        "PUT" => Ok(Method::PUT),
        "DELETE" => Ok(Method::DELETE),
        _ => Err("allowed are GET, POST, PUT and DELETE".to_owned()),
    }
}

fn parse_header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or("write it as \"Name: value\"")?;
    let name = name
        .trim()
        .parse()
        .map_err(|_| "the name of the header is not allowed")?;
    let value = value
        .trim()
        .parse()
        .map_err(|_| "the value of the header is not allowed")?;
    Ok((name, value))
}

const REQUEST_MAX: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_base() {
        let base = "https://api-test.ksef.mf.gov.pl/v2";
        for (text, path) in [
            ("/sessions", "/sessions"),
            ("sessions?x=1", "/sessions?x=1"),
            ("https://api-test.ksef.mf.gov.pl/v2/sessions", "/sessions"),
        ] {
            assert_eq!(relative_path(text, base).unwrap(), path);
        }
        for text in [
            "https://example.com/v2/sessions",
            "http://api-test.ksef.mf.gov.pl/v2/x",
        ] {
            assert!(relative_path(text, base).is_err(), "{text}");
        }
    }

    #[test]
    fn media_types_are_told_by_the_body() {
        for (body, media_type) in [
            ("", None),
            (" {\"a\":1}", Some("application/json")),
            ("\n<a/>", Some("application/xml")),
            ("plain", Some("application/octet-stream")),
        ] {
            let headers = default_headers(&Bytes::from_static(body.as_bytes()));
            let found = headers
                .get(CONTENT_TYPE)
                .map(|value| value.to_str().unwrap());
            assert_eq!(found, media_type, "{body}");
        }
    }
}
