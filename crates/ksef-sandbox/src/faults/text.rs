//! The text form of faults.

use std::fmt;
use std::time::Duration;

use ksef_api::operation::{Operation, RateGroup};
use ksef_core::context::ContextIdentifier;

use super::{Action, Fault, Target};

/// A fault in text form that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultSyntaxError {
    part: &'static str,
    found: String,
    expected: &'static str,
}

impl FaultSyntaxError {
    const fn new(part: &'static str, found: String, expected: &'static str) -> Self {
        Self {
            part,
            found,
            expected,
        }
    }
}

impl fmt::Display for FaultSyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} \"{}\" of a fault: expected {}",
            self.part, self.found, self.expected
        )
    }
}

impl std::error::Error for FaultSyntaxError {}

pub(super) fn parse(text: &str) -> Result<Fault, FaultSyntaxError> {
    let text = text.trim();
    let whole = || {
        FaultSyntaxError::new(
            "text",
            text.to_owned(),
            "TARGET:ACTION[=VALUE][*COUNT][+SKIP][@CONTEXT]",
        )
    };
    let (target, rest) = text.split_once(':').ok_or_else(whole)?;
    let (rest, context) = split_off(rest, '@');
    let (rest, skip) = split_off(rest, '+');
    let (action, times) = split_off(rest, '*');
    let number = |part, text: &str| {
        text.trim()
            .parse::<u32>()
            .map_err(|_| FaultSyntaxError::new(part, text.to_owned(), "a whole number"))
    };
    let context = context
        .map(|text| {
            ContextIdentifier::parse(text.trim()).map_err(|_| {
                FaultSyntaxError::new(
                    "context",
                    text.to_owned(),
                    "Nip:…, InternalId:…, NipVatUe:… or PeppolId:…",
                )
            })
        })
        .transpose()?;
    Ok(Fault {
        target: self::target(target.trim())?,
        action: self::action(action.trim())?,
        times: times.map(|text| number("count", text)).transpose()?,
        skip: skip
            .map(|text| number("skip", text))
            .transpose()?
            .unwrap_or(0),
        context,
    })
}

pub(super) fn write(fault: &Fault, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match &fault.target {
        Target::Any => f.write_str("*")?,
        Target::Operation(operation) => f.write_str(operation.id)?,
        Target::Group(group) => f.write_str(&kebab(group))?,
        Target::Path {
            method: Some(method),
            pattern,
        } => write!(f, "{method} {pattern}")?,
        Target::Path {
            method: None,
            pattern,
        } => f.write_str(pattern)?,
    }
    match &fault.action {
        Action::Delay(by) => write!(f, ":delay={}ms", by.as_millis())?,
        Action::Late(by) => write!(f, ":late={}ms", by.as_millis())?,
        Action::Throttle(seconds) => write!(f, ":429={seconds}")?,
        Action::Fail(status) => write!(f, ":{status}")?,
        Action::FailHtml(status) => write!(f, ":{status}-html")?,
        Action::Firewall => f.write_str(":waf")?,
        Action::FirewallJson => f.write_str(":waf-json")?,
        Action::DropBefore => f.write_str(":drop-before")?,
        Action::DropAfter => f.write_str(":drop-after")?,
        Action::Refuse(code) => write!(f, ":error={code}")?,
        Action::SessionKey => f.write_str(":session-415")?,
        Action::LosePart => f.write_str(":lose-part")?,
        Action::CutUpload => f.write_str(":cut-upload")?,
        Action::CutDownload => f.write_str(":cut-download")?,
        Action::Corrupt => f.write_str(":corrupt")?,
        Action::WrongHash => f.write_str(":wrong-hash")?,
        Action::NeverFinish => f.write_str(":never-finish")?,
    }
    if let Some(times) = fault.times {
        write!(f, "*{times}")?;
    }
    if fault.skip > 0 {
        write!(f, "+{}", fault.skip)?;
    }
    if let Some(context) = &fault.context {
        write!(f, "@{context}")?;
    }
    Ok(())
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}

fn target(text: &str) -> Result<Target, FaultSyntaxError> {
    if text == "*" {
        return Ok(Target::Any);
    }
    let (method, path) = match text.split_once(' ') {
        Some((method, path)) => (Some(method.to_ascii_uppercase()), path.trim()),
        None => (None, text),
    };
    if path.starts_with('/') || path.starts_with('*') {
        let pattern = path
            .strip_prefix("/v2")
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(path);
        return Ok(Target::Path {
            method,
            pattern: pattern.to_owned(),
        });
    }
    if let Some(operation) = Operation::by_id(text) {
        return Ok(Target::Operation(operation));
    }
    RateGroup::ALL
        .iter()
        .map(|group| group.as_str())
        .find(|group| group.eq_ignore_ascii_case(text) || kebab(group) == text)
        .map(Target::Group)
        .ok_or_else(|| {
            FaultSyntaxError::new(
                "target",
                text.to_owned(),
                "an operation id such as sessions.send_invoice, a rate group such as invoice-send, \
                 a path such as /sessions/* (a method may stand before it), or *",
            )
        })
}

fn action(text: &str) -> Result<Action, FaultSyntaxError> {
    let unknown = || {
        FaultSyntaxError::new(
            "action",
            text.to_owned(),
            "delay=500ms, late=500ms, 429[=SECONDS], 500, 502, 503, 504 (each also with -html), waf, waf-json, drop-before, \
             drop-after, stale-key, session-415, session-unavailable, lose-part, cut-upload, cut-download, corrupt, \
             wrong-hash, never-finish or error=CODE",
        )
    };
    let (name, value) = split_off(text, '=');
    let parsed = match (name, value) {
        ("delay", Some(value)) => Action::Delay(duration(value).ok_or_else(unknown)?),
        ("late", Some(value)) => Action::Late(duration(value).ok_or_else(unknown)?),
        ("429" | "throttle", None) => Action::Throttle(DEFAULT_RETRY_AFTER_SECONDS),
        ("429" | "throttle", Some(value)) => {
            Action::Throttle(value.parse().map_err(|_| unknown())?)
        }
        ("error", Some(value)) => Action::Refuse(value.parse().map_err(|_| unknown())?),
        ("waf", None) => Action::Firewall,
        ("waf-json", None) => Action::FirewallJson,
        ("drop-before", None) => Action::DropBefore,
        ("drop-after", None) => Action::DropAfter,
        ("stale-key", None) => Action::Refuse(21470),
        ("session-unavailable", None) => Action::Refuse(21184),
        ("session-415", None) => Action::SessionKey,
        ("lose-part", None) => Action::LosePart,
        ("cut-upload", None) => Action::CutUpload,
        ("cut-download", None) => Action::CutDownload,
        ("corrupt", None) => Action::Corrupt,
        ("wrong-hash", None) => Action::WrongHash,
        ("never-finish", None) => Action::NeverFinish,
        (name, None) => match name.strip_suffix("-html") {
            Some(status) => Action::FailHtml(server_status(status).ok_or_else(unknown)?),
            None => Action::Fail(server_status(name).ok_or_else(unknown)?),
        },
        _ => return Err(unknown()),
    };
    Ok(parsed)
}

fn server_status(text: &str) -> Option<u16> {
    text.parse()
        .ok()
        .filter(|status| (500..600).contains(status))
}

/// `500ms`, `2s`, or a bare number of milliseconds.
fn duration(text: &str) -> Option<Duration> {
    if let Some(milliseconds) = text.strip_suffix("ms") {
        return milliseconds.parse().ok().map(Duration::from_millis);
    }
    match text.strip_suffix('s') {
        Some(seconds) => seconds.parse().ok().map(Duration::from_secs),
        None => text.parse().ok().map(Duration::from_millis),
    }
}

/// `invoiceSend` as `invoice-send`.
fn kebab(name: &str) -> String {
    name.chars()
        .fold(String::with_capacity(name.len() + 4), |mut out, letter| {
            if letter.is_ascii_uppercase() {
                out.push('-');
            }
            out.push(letter.to_ascii_lowercase());
            out
        })
}

const DEFAULT_RETRY_AFTER_SECONDS: u64 = 1;

#[cfg(test)]
mod tests {
    use ksef_api::operation::sessions;

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "invoice-send:drop-after*2",
            "sessions.open_online:503-html",
            "GET /sessions/*:delay=2000ms",
            "*:429=30*1@Nip:5265877635",
            "online-session:session-415*1+3",
            "/invoices/ksef/*:error=21165",
            "*:waf-json",
            "PUT /storage/*:lose-part*1",
            "sessions.close_batch:late=5000ms*1",
            "PUT /storage/*:cut-upload*1+2",
            "GET /storage/*:cut-download*1",
            "GET /storage/*:corrupt",
            "invoices.export:wrong-hash*1",
            "invoices.export:never-finish",
            "*:502",
        ] {
            assert_eq!(Fault::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn short_forms() {
        assert_eq!(
            Fault::parse(" sessions.send_invoice : stale-key ").unwrap(),
            Fault::new(
                Target::Operation(&sessions::SEND_INVOICE),
                Action::Refuse(21470)
            )
        );
        assert_eq!(
            Fault::parse("invoiceSend:session-unavailable*1").unwrap(),
            Fault::new(Target::Group("invoiceSend"), Action::Refuse(21184)).with_times(1)
        );
        assert_eq!(
            Fault::parse("*:delay=7").unwrap().action(),
            &Action::Delay(Duration::from_millis(7))
        );
        assert_eq!(
            Fault::parse("/v2/sessions:429").unwrap().to_string(),
            "/sessions:429=1"
        );
    }

    #[test]
    fn errors_name_the_part() {
        for (text, part) in [
            ("invoice-send", "text"),
            ("invoice-sent:500", "target"),
            ("*:explode", "action"),
            ("*:404", "action"),
            ("*:delay", "action"),
            ("*:500*many", "count"),
            ("*:500+x", "skip"),
            ("*:500@12", "context"),
        ] {
            let error = Fault::parse(text).unwrap_err();
            assert!(error.to_string().starts_with(part), "{text}: {error}");
        }
    }
}
