//! What a UPO says against itself.

use std::collections::HashMap;
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use ksef_core::calendar::warsaw_date;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;

use super::{Upo, UpoDocument, UpoPage};

/// A contradiction inside a UPO, which no genuine one has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// Several entries have this KSeF number.
    NumberTwice(KsefNumber),
    /// Two entries with different KSeF numbers have one digest: KSeF takes a document once.
    DocumentTwice {
        /// The digest.
        digest: Sha256Digest,
        /// The KSeF number of the first entry.
        first: KsefNumber,
        /// The KSeF number of the second.
        second: KsefNumber,
    },
    /// The KSeF number begins with another tax number than the seller's.
    SellerOfNumber {
        /// The KSeF number.
        number: KsefNumber,
        /// The seller in the entry.
        seller: Nip,
    },
    /// The day in the KSeF number is neither one on which the document was sent or numbered, nor
    /// between them; days of Warsaw and of UTC are allowed.
    DayOfNumber {
        /// The KSeF number.
        number: KsefNumber,
        /// The day on which the number was given, in Warsaw.
        numbered: Date,
    },
    /// The number was given before the document was sent.
    NumberedBeforeSent(KsefNumber),
    /// The description of the page cannot be: numbers beyond their totals. The end of the range is
    /// not looked at, as schema and examples differ about it.
    Page(UpoPage),
}

impl Upo {
    /// Everything that the UPO says against itself.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        if let Some(page) = self
            .page
            .filter(|page| !page.is_possible(self.documents.len()))
        {
            doubts.push(Doubt::Page(page));
        }
        let mut numbers: HashMap<KsefNumber, usize> = HashMap::new();
        let mut digests: HashMap<Sha256Digest, KsefNumber> = HashMap::new();
        for document in &self.documents {
            let number = document.ksef_number;
            let count = numbers.entry(number).or_default();
            *count += 1;
            if *count == 2 {
                doubts.push(Doubt::NumberTwice(number));
            }
            let first = *digests.entry(document.digest).or_insert(number);
            if first != number {
                doubts.push(Doubt::DocumentTwice {
                    digest: document.digest,
                    first,
                    second: number,
                });
            }
            document.add_doubts(&mut doubts);
        }
        doubts
    }
}

impl UpoDocument {
    fn add_doubts(&self, doubts: &mut Vec<Doubt>) {
        let number = self.ksef_number;
        if number.seller().ok() != Some(self.seller) {
            doubts.push(Doubt::SellerOfNumber {
                number,
                seller: self.seller,
            });
        }
        if self.numbered < self.sent {
            doubts.push(Doubt::NumberedBeforeSent(number));
        }
        let days = [self.sent, self.numbered].map(|instant| {
            let utc = instant.to_zoned(TimeZone::UTC).date();
            [utc, warsaw_date(instant)]
        });
        let days = days.as_flattened();
        let (first, last) = (days.iter().min(), days.iter().max());
        let day = number.date();
        if day.as_ref() < first || day.as_ref() > last {
            doubts.push(Doubt::DayOfNumber {
                number,
                numbered: warsaw_date(self.numbered),
            });
        }
    }
}

impl UpoPage {
    fn is_possible(&self, documents: usize) -> bool {
        let documents = u64::try_from(documents).unwrap_or(u64::MAX);
        (1..=self.count).contains(&self.number)
            && (1..=self.total).contains(&self.first)
            && self.first <= self.last
            && documents <= self.total
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumberTwice(number) => write!(f, "{number} is listed more than once"),
            Self::DocumentTwice {
                digest,
                first,
                second,
            } => write!(
                f,
                "the document of SHA-256 {digest} has two numbers, {first} and {second}"
            ),
            Self::SellerOfNumber { number, seller } => {
                write!(f, "{number} is no number of the seller {seller}")
            }
            Self::DayOfNumber { number, numbered } => {
                write!(f, "{number} was given on {numbered}, which is not its day")
            }
            Self::NumberedBeforeSent(number) => {
                write!(f, "{number} was given before the document was sent")
            }
            Self::Page(page) => write!(
                f,
                "page {} of {}, documents {} to {} of {} cannot be",
                page.number, page.count, page.first, page.last, page.total
            ),
        }
    }
}
