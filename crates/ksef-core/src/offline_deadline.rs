//! Until when an invoice that was issued without KSeF has to be in KSeF.
//!
//! The VAT act (ustawa o podatku od towarów i usług) knows four ways of issuing without KSeF:
//!
//! | mode | who decides | until when | article |
//! |---|---|---|---|
//! | [`OfflineMode::Offline24`] | the seller | the working day after the day of issue | 106nda |
//! | [`OfflineMode::Unavailability`] | the Ministry announces | the working day after the end of the unavailability | 106nh |
//! | [`OfflineMode::Failure`] | the Ministry announces | the 7th working day after the end of the failure | 106nf |
//! | [`OfflineMode::TotalFailure`] | the public media announce | never: it is not sent at all | 106ng |
//!
//! A failure that is announced while an invoice still waits gives it the seven days too, counted from the end of the
//! last such failure. A total failure lifts the duty. Until the end of a failure is announced, its deadline is not
//! fixed. Only announcements count: [`Outage`]s are what the Ministry's BIP page or Latarnia said, nothing is inferred
//! from a server that does not answer.
//!
//! The arithmetic never gives more time than the announcements do: an invoice of a mode that nobody announced is due
//! like one of offline24, an outage that was over before the invoice was issued does not count, and one that ended at
//! midnight ended on the day before.
//!
//! Days are civil days in Warsaw. A deadline is the end of its last day: the instant at which the next one begins.
//!
//! Source: `spec/facts/08-offline-qr.md` §1.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{add_working_days, warsaw, warsaw_date};

/// How an invoice was issued without KSeF. KSeF itself does not tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfflineMode {
    /// By the seller's free choice.
    Offline24,
    /// During an announced unavailability of KSeF, its maintenance.
    Unavailability,
    /// During an announced failure of KSeF.
    Failure,
    /// During a total failure, announced in the public media. Such an invoice has no codes and is never sent.
    TotalFailure,
}

/// A text that names no mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownMode;

impl OfflineMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [
        Self::Offline24,
        Self::Unavailability,
        Self::Failure,
        Self::TotalFailure,
    ];

    /// The stable name: `offline24`, `unavailability`, `failure`, `total-failure`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offline24 => "offline24",
            Self::Unavailability => "unavailability",
            Self::Failure => "failure",
            Self::TotalFailure => "total-failure",
        }
    }

    /// The article of the VAT act.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Offline24 => "106nda",
            Self::Unavailability => "106nh",
            Self::Failure => "106nf",
            Self::TotalFailure => "106ng",
        }
    }
}

impl fmt::Display for OfflineMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for OfflineMode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        let mut all = Self::ALL.into_iter();
        all.find(|mode| mode.name() == text).ok_or(UnknownMode)
    }
}

impl fmt::Display for UnknownMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected offline24, unavailability, failure or total-failure")
    }
}

impl std::error::Error for UnknownMode {}

/// What kind of trouble was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutageKind {
    /// KSeF is not available, as for maintenance.
    Unavailability,
    /// KSeF has failed.
    Failure,
    /// KSeF has failed totally.
    TotalFailure,
}

/// An announced time in which KSeF does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outage {
    kind: OutageKind,
    start: Timestamp,
    end: Option<Timestamp>,
}

impl Outage {
    /// From `start` to `end`, which is `None` while no end is announced; `None` when it would end before it begins.
    #[must_use]
    pub fn new(kind: OutageKind, start: Timestamp, end: Option<Timestamp>) -> Option<Self> {
        let is_sound = end.is_none_or(|end| start <= end);
        is_sound.then_some(Self { kind, start, end })
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> OutageKind {
        self.kind
    }

    /// When it began, or will begin.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// When it ended, or will end; `None` while that is not announced.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// The day in Warsaw that days are counted after. One that ended at midnight ended on the day before.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        let last = self.end?.checked_sub(SignedDuration::from_nanos(1));
        // One that lasted no time at all ended on its first day.
        Some(warsaw_date(last.unwrap_or(Timestamp::MIN).max(self.start)))
    }

    fn covers(&self, day: Date) -> bool {
        warsaw_date(self.start) <= day && self.last_day().is_none_or(|last| day <= last)
    }

    fn meets(&self, from: Timestamp, until: Timestamp) -> bool {
        self.start < until && self.end.is_none_or(|end| from < end)
    }
}

/// The issuing of an invoice without KSeF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// In which mode.
    pub mode: OfflineMode,
    /// The date of issue, `P_1`: for KSeF and for the law nothing else is.
    pub day: Date,
    /// When it was made, for telling what was announced before from what was announced after. What lies outside the
    /// day is moved to its nearer end.
    pub at: Timestamp,
}

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// By the end of a day.
    Due(Due),
    /// Not fixed yet: the trouble that it depends on has no announced end.
    Open(OutageKind),
    /// Never: a total failure lifts the duty, or forbids sending.
    NoDuty,
}

/// The last day and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day on which it can be sent.
    pub last_day: Date,
    /// What it was counted from.
    pub basis: Basis,
}

/// What a deadline was counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// One working day after the day of issue.
    Issue(Date),
    /// One working day after this last day of an unavailability.
    Unavailability(Date),
    /// Seven working days after this last day of a failure.
    Failure(Date),
}

impl Basis {
    /// The day that days were counted after.
    #[must_use]
    pub const fn day(self) -> Date {
        match self {
            Self::Issue(day) | Self::Unavailability(day) | Self::Failure(day) => day,
        }
    }

    /// How many working days were counted.
    #[must_use]
    pub const fn working_days(self) -> u32 {
        match self {
            Self::Issue(_) | Self::Unavailability(_) => 1,
            Self::Failure(_) => AFTER_FAILURE,
        }
    }

    /// The article of the VAT act.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Issue(_) => OfflineMode::Offline24.article(),
            Self::Unavailability(_) => OfflineMode::Unavailability.article(),
            Self::Failure(_) => OfflineMode::Failure.article(),
        }
    }
}

impl Due {
    fn after(basis: Basis) -> Self {
        Self {
            last_day: add_working_days(basis.day(), basis.working_days()),
            basis,
        }
    }

    /// The later of two; of the same day, the one counted from less.
    fn or_later(self, other: Self) -> Self {
        let longer = |due: &Self| (due.last_day, due.basis.working_days());
        if longer(&other) > longer(&self) {
            other
        } else {
            self
        }
    }

    /// The instant from which on it is missed: the start of the following day in Warsaw.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        start_of(self.last_day.tomorrow().ok())
    }

    /// How much time is left; negative when it is missed.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        self.ends_at().duration_since(now)
    }

    /// Whether it is too late.
    #[must_use]
    pub fn is_missed(&self, now: Timestamp) -> bool {
        self.ends_at() <= now
    }
}

/// Until when an invoice has to be in KSeF, by what was announced. The order of the announcements does not matter.
///
/// ```
/// use ksef_core::offline_deadline::{Deadline, Issue, OfflineMode, deadline};
///
/// let issue = Issue {
///     mode: OfflineMode::Offline24,
///     day: "2026-04-03".parse()?,
///     at: "2026-04-03T10:00:00Z".parse()?,
/// };
/// let Deadline::Due(due) = deadline(&issue, &[]) else { panic!() };
/// assert_eq!(due.last_day.to_string(), "2026-04-07", "over Easter");
/// assert_eq!(due.ends_at().to_string(), "2026-04-07T22:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn deadline(issue: &Issue, outages: &[Outage]) -> Deadline {
    if issue.mode == OfflineMode::TotalFailure {
        return Deadline::NoDuty;
    }
    let from = issue.instant();
    let mut state = at_issue(issue, outages);
    loop {
        let until = match state {
            Deadline::Due(due) => due.ends_at(),
            Deadline::Open(_) => Timestamp::MAX,
            Deadline::NoDuty => return state,
        };
        let met = outages.iter().filter(|outage| outage.meets(from, until));
        let next = met.fold(state, |state, outage| state.with(outage));
        if next == state {
            return state;
        }
        state = next;
    }
}

/// What holds before anything else is announced.
fn at_issue(issue: &Issue, outages: &[Outage]) -> Deadline {
    let kind = match issue.mode {
        OfflineMode::Unavailability => Some(OutageKind::Unavailability),
        OfflineMode::Failure => Some(OutageKind::Failure),
        OfflineMode::Offline24 | OfflineMode::TotalFailure => None,
    };
    let during = outages
        .iter()
        .filter(|outage| Some(outage.kind) == kind && outage.covers(issue.day));
    // Whatever ends on the day of issue or later gives at least as much as this.
    let first = Deadline::Due(Due::after(Basis::Issue(issue.day)));
    during.fold(first, |state, outage| state.after(outage))
}

impl Deadline {
    /// The day, when it is fixed.
    #[must_use]
    pub fn due(&self) -> Option<&Due> {
        match self {
            Self::Due(due) => Some(due),
            Self::Open(_) | Self::NoDuty => None,
        }
    }

    /// Whether it is too late.
    #[must_use]
    pub fn is_missed(&self, now: Timestamp) -> bool {
        self.due().is_some_and(|due| due.is_missed(now))
    }

    /// With an outage that falls into the time of waiting: an unavailability alone moves nothing.
    fn with(self, outage: &Outage) -> Self {
        match outage.kind {
            OutageKind::Unavailability => self,
            OutageKind::Failure => self.after(outage),
            OutageKind::TotalFailure => Self::NoDuty,
        }
    }

    /// Not before the end of an outage and its working days.
    fn after(self, outage: &Outage) -> Self {
        let Self::Due(due) = self else {
            return self;
        };
        let Some(last) = outage.last_day() else {
            return Self::Open(outage.kind);
        };
        Self::Due(due.or_later(Due::after(match outage.kind {
            OutageKind::Unavailability => Basis::Unavailability(last),
            OutageKind::Failure | OutageKind::TotalFailure => Basis::Failure(last),
        })))
    }
}

impl Issue {
    /// When it was issued, within its day.
    fn instant(&self) -> Timestamp {
        let (first, next) = (start_of(Some(self.day)), start_of(self.day.tomorrow().ok()));
        let last = next.checked_sub(SignedDuration::from_nanos(1));
        self.at.clamp(first, last.unwrap_or(next).max(first))
    }
}

/// When a day begins in Warsaw; the end of time for none.
fn start_of(day: Option<Date>) -> Timestamp {
    day.and_then(|day| day.to_zoned(warsaw()).ok())
        .map_or(Timestamp::MAX, |start| start.timestamp())
}

/// Working days after a failure.
const AFTER_FAILURE: u32 = 7;

#[cfg(test)]
mod tests;
