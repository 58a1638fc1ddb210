//! One line of a journal: number, instant, event, and a digest that chains it to the line before.
//!
//! `{"n":7,"at":"2026-11-21T08:00:00Z","event":"invoiceSent",…,"chain":"64 hex digits"}`, where `chain` is SHA-256 of the
//! previous line's `chain` (64 hex digits, zeros before the first line) followed by the line's text before `,"chain":`.

use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_crypto::digest::Sha256Stream;
use serde::{Deserialize, Serialize};

use super::event::Event;

/// Where a journal stands: what the next line continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tip {
    /// The number of the last line, 0 when there is none.
    pub(crate) number: u64,
    /// Its chain digest.
    pub(crate) chain: String,
}

impl Default for Tip {
    fn default() -> Self {
        Self {
            number: 0,
            chain: "0".repeat(DIGEST_CHARACTERS),
        }
    }
}

/// A line as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// When it was written.
    pub(crate) at: Timestamp,
    /// What it says.
    pub(crate) event: Event,
}

/// Why a line cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineFault {
    /// It is not text, has no chain digest, or is no JSON of a line.
    Unreadable(String),
    /// The digest does not fit the text and the line before: something was changed, lost or added.
    Chain,
    /// The number does not follow the number before.
    Number {
        /// What it should be.
        expected: u64,
        /// What it is.
        actual: u64,
    },
}

#[derive(Serialize)]
struct Body<'a> {
    n: u64,
    at: Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

#[derive(Deserialize)]
struct OwnedBody {
    n: u64,
    at: Timestamp,
    #[serde(flatten)]
    event: Event,
}

impl Tip {
    /// The text of the next line, line feed included, and the tip after it.
    ///
    /// # Errors
    /// The event cannot be written as JSON, which no event of ours does.
    pub(crate) fn write(
        &self,
        at: Timestamp,
        event: &Event,
    ) -> Result<(String, Self), serde_json::Error> {
        let number = self.number.saturating_add(1);
        let mut text = serde_json::to_string(&Body {
            n: number,
            at,
            event,
        })?;
        text.truncate(text.len().saturating_sub(1));
        let chain = self.digest_of(&text);
        text.push_str(CHAIN_START);
        text.push_str(&chain);
        text.push_str(CHAIN_END);
        text.push('\n');
        Ok((text, Self { number, chain }))
    }

    /// Reads the next line (without its line feed) and moves on to it.
    ///
    /// # Errors
    /// Why the line cannot be believed; the tip then stays.
    pub(crate) fn read(&mut self, line: &[u8]) -> Result<Line, LineFault> {
        let text =
            std::str::from_utf8(line).map_err(|error| LineFault::Unreadable(error.to_string()))?;
        let (body, chain) = text
            .strip_suffix(CHAIN_END)
            .and_then(|rest| rest.rsplit_once(CHAIN_START))
            .ok_or_else(|| LineFault::Unreadable("no chain digest at its end".to_owned()))?;
        if self.digest_of(body) != chain {
            return Err(LineFault::Chain);
        }
        let OwnedBody { n, at, event } = serde_json::from_str(&format!("{body}}}"))
            .map_err(|error| LineFault::Unreadable(error.to_string()))?;
        let expected = self.number.saturating_add(1);
        if n != expected {
            return Err(LineFault::Number {
                expected,
                actual: n,
            });
        }
        *self = Self {
            number: n,
            chain: chain.to_owned(),
        };
        Ok(Line { at, event })
    }

    fn digest_of(&self, body: &str) -> String {
        let mut stream = Sha256Stream::new();
        stream.update(self.chain.as_bytes());
        stream.update(body.as_bytes());
        let (digest, _): (Sha256Digest, u64) = stream.finish();
        digest.to_hex()
    }
}

const DIGEST_CHARACTERS: usize = 64;
const CHAIN_START: &str = ",\"chain\":\"";
const CHAIN_END: &str = "\"}";

#[cfg(test)]
mod tests {
    use super::*;
    use ksef_core::form_code::FormCode;

    #[test]
    fn lines_chain_and_refuse_change() {
        let at = "2026-11-21T08:00:00Z".parse().unwrap();
        let event = Event::SessionOpening {
            form: FormCode::Fa3,
            package: None,
        };
        let (first, tip) = Tip::default().write(at, &event).unwrap();
        let (second, after) = tip.write(at, &event).unwrap();
        assert!(
            first.starts_with(r#"{"n":1,"at":"2026-11-21T08:00:00Z","event":"sessionOpening""#)
        );
        assert_ne!(tip.chain, after.chain);

        let mut reading = Tip::default();
        assert_eq!(
            reading.read(first.trim_end().as_bytes()).unwrap().event,
            event
        );
        assert_eq!(reading.read(second.trim_end().as_bytes()).unwrap().at, at);
        assert_eq!(reading, after);

        let mut skipped = Tip::default();
        assert_eq!(
            skipped.read(second.trim_end().as_bytes()),
            Err(LineFault::Chain)
        );
        for place in 0..first.len() - 1 {
            let mut changed = first.trim_end().as_bytes().to_vec();
            changed[place] ^= 1;
            assert!(
                Tip::default().read(&changed).is_err(),
                "byte {place} changed unnoticed"
            );
        }
    }

    #[test]
    fn the_chain_is_what_the_documentation_says() {
        let at = "2026-11-21T08:00:00Z".parse().unwrap();
        let (line, _) = Tip::default()
            .write(
                at,
                &Event::SessionOpening {
                    form: FormCode::Fa3,
                    package: None,
                },
            )
            .unwrap();
        let (body, rest) = line.rsplit_once(",\"chain\":\"").unwrap();
        let by_hand = ksef_crypto::digest::sha256(format!("{}{body}", "0".repeat(64)).as_bytes());
        assert_eq!(rest, format!("{}\"}}\n", by_hand.to_hex()));
    }
}
