//! One file that should be a UPO, and what it came to.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::chain::Anchors;
use ksef_sdk::upo::{self, SignedUpo};

use super::copies::Copies;
use super::entry::Match;
use super::papers::Papers;
use super::words;
use crate::lang::Text;
use crate::send::words as sending;
use crate::validate::Source;
use crate::validate::source::Unread;

/// What a file proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything was checked and holds.
    Genuine,
    /// The signature is valid, and whose it is was not checked.
    SignerUnchecked,
    /// Something does not hold.
    Wrong,
}

impl Verdict {
    /// The stable name, for machines.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Genuine => "genuine",
            Self::SignerUnchecked => "signer-unchecked",
            Self::Wrong => "wrong",
        }
    }
}

/// A file that was judged.
#[derive(Debug)]
pub(crate) struct Judged {
    /// The path as given, or `-`.
    pub(crate) name: String,
    /// What it says, or why it says nothing.
    pub(crate) claims: Result<Claims, Text>,
}

/// What a signed UPO says, and what is wrong with that.
#[derive(Debug)]
pub(crate) struct Claims {
    /// The UPO.
    pub(crate) signed: SignedUpo,
    /// What became of each entry, in their order.
    pub(crate) matches: Vec<Match>,
    /// What is wrong beside entries that differ from invoices.
    pub(crate) problems: Vec<Text>,
    /// What is strange.
    pub(crate) warnings: Vec<Text>,
}

impl Judged {
    /// Judges a file.
    pub(crate) async fn of(
        source: &Source,
        anchors: &Anchors,
        now: Timestamp,
        papers: &mut Papers,
        copies: Option<&mut Copies>,
    ) -> Self {
        let name = source.name();
        let bytes = match source.read_up_to(UPO_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(unread) => {
                let claims = Err(match unread {
                    Unread::Unreadable(error) => sending::unreadable(&error),
                    Unread::TooLarge(finding) => sending::findings(&[finding]),
                });
                return Self { name, claims };
            }
        };
        let claims = match upo::verify(&bytes, anchors, now) {
            Ok(signed) => Ok(Claims::of(signed, now, papers, copies).await),
            Err(fault) => Err(words::fault(&fault, is_upo(&bytes))),
        };
        Self { name, claims }
    }

    /// What it proves.
    pub(crate) fn verdict(&self) -> Verdict {
        let Ok(claims) = &self.claims else {
            return Verdict::Wrong;
        };
        let differs = |found: &Match| matches!(found, Match::Differs { .. });
        if !claims.problems.is_empty() || claims.matches.iter().any(differs) {
            Verdict::Wrong
        } else if claims.signed.chain().is_none() {
            Verdict::SignerUnchecked
        } else {
            Verdict::Genuine
        }
    }
}

impl Claims {
    async fn of(
        signed: SignedUpo,
        now: Timestamp,
        papers: &mut Papers,
        mut copies: Option<&mut Copies>,
    ) -> Self {
        let upo = signed.upo();
        let mut problems: Vec<Text> = Vec::new();
        if !signed.findings().is_empty() {
            problems.push(words::schema(signed.findings()));
        }
        problems.extend(upo.doubts().iter().map(words::doubt));
        let mut matches = Vec::with_capacity(upo.documents.len());
        for entry in &upo.documents {
            let copies = copies.as_deref_mut();
            matches.push(Match::of(entry, &upo.form, upo.context, papers, copies).await);
        }
        let mut warnings = Vec::new();
        let clocks_differ = now.checked_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX);
        match signed.signing_time() {
            None => warnings.push(words::no_signing_time()),
            Some(time) if time > clocks_differ => warnings.push(words::signed_later(time)),
            Some(_) => {}
        }
        Self {
            signed,
            matches,
            problems,
            warnings,
        }
    }
}

/// Adds a problem to every UPO that contradicts one before it: another document under the same KSeF number, or another
/// number for the same document. Copies of one UPO, or an invoice's beside its session's, say the same and are fine.
pub(crate) fn refuse_conflicts(files: &mut [Judged]) {
    let mut numbers: HashMap<KsefNumber, (Sha256Digest, String)> = HashMap::new();
    let mut digests: HashMap<Sha256Digest, (KsefNumber, String)> = HashMap::new();
    for file in files {
        let Ok(claims) = &mut file.claims else {
            continue;
        };
        for entry in &claims.signed.upo().documents {
            let (number, digest) = (entry.ksef_number, entry.digest);
            let first = numbers
                .entry(number)
                .or_insert_with(|| (digest, file.name.clone()));
            if first.0 != digest && first.1 != file.name {
                claims
                    .problems
                    .push(words::other_document(&number, &first.1));
            }
            let first = digests
                .entry(digest)
                .or_insert_with(|| (number, file.name.clone()));
            if first.0 != number && first.1 != file.name {
                let other = words::other_number(&number, &first.0, &first.1);
                claims.problems.push(other);
            }
        }
    }
}

/// Whether a document should be a UPO rather than an invoice: for files of a folder.
pub(crate) fn looks_like_upo(bytes: &[u8]) -> bool {
    let start = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    start
        .windows(ROOT.len())
        .any(|window| window == ROOT.as_bytes())
}

fn is_upo(bytes: &[u8]) -> bool {
    ksef_invoice::upo::read(bytes).is_ok()
}

/// The largest file that is read, in bytes: a page of 10 000 entries has about 7 000 000.
pub(crate) const UPO_BYTES_MAX: u64 = 32_000_000;
/// How far the clocks of signer and reader may be apart.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);
const ROOT: &str = "Potwierdzenie";
/// Enough for a declaration, comments and the start of an enveloping signature.
const LOOKED_AT: usize = 8192;
