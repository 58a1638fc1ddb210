//! What was announced about KSeF: kept with the outbox of an environment, so that it counts later and without network.
//!
//! `state/journal/ENVIRONMENT/announcements.json`. The legal source is the Ministry's BIP page, which a person reads and
//! declares (`ksef outbox announce`); Latarnia is advice that is taken in where it makes sense.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ksef_core::calendar::warsaw_date;
use ksef_core::offline_deadline::{Outage, OutageKind};
use serde::{Deserialize, Serialize};

use crate::durable::{self, Access, Lock};

/// Everything that was announced in one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announcements {
    #[serde(default)]
    all: Vec<Announcement>,
}

/// One announcement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announcement {
    /// Who said it.
    pub(crate) source: Source,
    /// What is the matter.
    pub(crate) kind: OutageKind,
    /// Since when.
    pub(crate) start: Timestamp,
    /// Until when; `None` while that is not announced.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) end: Option<Timestamp>,
    /// The words of who said it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) title: Option<String>,
    /// When it was taken in here.
    pub(crate) recorded: Timestamp,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Source {
    /// A person, after the official announcement.
    Declared,
    /// Latarnia, about this event.
    Latarnia(i64),
}

/// Why announcements cannot be read or kept.
#[derive(Debug)]
pub(crate) struct AnnouncementsFault {
    /// The file.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) source: io::Error,
}

impl Announcements {
    /// Those of the environment whose journals are in `folder`; none where none were kept.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub(crate) fn read(folder: &Path) -> Result<Self, AnnouncementsFault> {
        let path = folder.join(FILE);
        let fault = |source| AnnouncementsFault {
            path: path.clone(),
            source,
        };
        match durable::read_if_exists(&path).map_err(fault)? {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| fault(error.into())),
            None => Ok(Self::default()),
        }
    }

    /// Changes those of an environment; `change` tells whether it changed anything. Durable on return.
    ///
    /// # Errors
    /// The file cannot be read or written, or is damaged.
    pub(crate) fn update(
        folder: &Path,
        change: impl FnOnce(&mut Self) -> bool,
    ) -> Result<Self, AnnouncementsFault> {
        let path = folder.join(FILE);
        let fault = |source| AnnouncementsFault {
            path: path.clone(),
            source,
        };
        let _lock = Lock::acquire(&folder.join(LOCK)).map_err(fault)?;
        let mut known = Self::read(folder)?;
        if change(&mut known) {
            let bytes = serde_json::to_vec_pretty(&known).map_err(|error| fault(error.into()))?;
            durable::replace(&path, &bytes, Access::Private).map_err(fault)?;
        }
        Ok(known)
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> &[Announcement] {
        &self.all
    }

    /// Takes one in. The same event of Latarnia is replaced; so is what a person declared of the same kind and day. Tells
    /// whether anything is new.
    pub(crate) fn take(&mut self, new: Announcement) -> bool {
        let is_same = |known: &Announcement| match (known.source, new.source) {
            (Source::Latarnia(one), Source::Latarnia(other)) => one == other,
            (Source::Declared, Source::Declared) => known.is_of_day_of(&new),
            _ => false,
        };
        match self.all.iter_mut().find(|known| is_same(known)) {
            Some(known) if known.says_the_same(&new) => return false,
            Some(known) => *known = new,
            None => self.all.push(new),
        }
        self.all.sort_by_key(|known| known.start);
        true
    }

    /// Takes back what a person declared: of this kind, beginning on the day of `start`. Tells whether there was any.
    pub(crate) fn withdraw(&mut self, kind: OutageKind, start: Timestamp) -> bool {
        let before = self.all.len();
        let day = warsaw_date(start);
        self.all.retain(|known| {
            known.source != Source::Declared
                || known.kind != kind
                || warsaw_date(known.start) != day
        });
        self.all.len() < before
    }

    /// What counts for deadlines. One without an end gives way to one of the same kind and day that has one: whoever said
    /// the end knows more.
    pub(crate) fn outages(&self) -> Vec<Outage> {
        let is_superseded = |open: &Announcement| {
            open.end.is_none()
                && self
                    .all
                    .iter()
                    .any(|other| other.end.is_some() && other.is_of_day_of(open))
        };
        let counting = self.all.iter().filter(|one| !is_superseded(one));
        counting.filter_map(Announcement::outage).collect()
    }
}

impl Announcement {
    /// The same for arithmetic. A total failure is announced in the public media; where Latarnia alone says so it counts
    /// as a failure, which moves the deadline and does not lift the duty.
    pub(crate) fn outage(&self) -> Option<Outage> {
        let kind = match (self.source, self.kind) {
            (Source::Latarnia(_), OutageKind::TotalFailure) => OutageKind::Failure,
            (_, kind) => kind,
        };
        Outage::new(kind, self.start, self.end)
    }

    fn is_of_day_of(&self, other: &Self) -> bool {
        self.kind == other.kind && warsaw_date(self.start) == warsaw_date(other.start)
    }

    fn says_the_same(&self, other: &Self) -> bool {
        (self.kind, self.start, self.end) == (other.kind, other.start, other.end)
    }
}

const FILE: &str = "announcements.json";
const LOCK: &str = "announcements.lock";

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn announced(
        source: Source,
        kind: OutageKind,
        start: &str,
        end: &str,
    ) -> Announcement {
        Announcement {
            source,
            kind,
            start: start.parse().unwrap(),
            end: (!end.is_empty()).then(|| end.parse().unwrap()),
            title: None,
            recorded: "2026-11-02T12:00:00Z".parse().unwrap(),
        }
    }

    const FAILURE: OutageKind = OutageKind::Failure;

    #[test]
    fn they_are_kept_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(
            Announcements::read(folder).unwrap(),
            Announcements::default()
        );
        let one = announced(Source::Declared, FAILURE, "2026-11-02T08:00:00Z", "");
        let kept = Announcements::update(folder, |known| known.take(one.clone())).unwrap();
        assert_eq!(Announcements::read(folder).unwrap(), kept);
        assert_eq!(kept.all(), std::slice::from_ref(&one));
        assert!(!kept.clone().take(one), "nothing new");
        std::fs::write(folder.join(FILE), "{").unwrap();
        assert!(Announcements::read(folder).is_err());
        assert!(Announcements::update(folder, |_| true).is_err());
    }

    #[test]
    fn an_end_closes_what_was_open() {
        let mut known = Announcements::default();
        known.take(announced(
            Source::Latarnia(7),
            FAILURE,
            "2026-11-02T08:00:00Z",
            "",
        ));
        assert_eq!(known.outages()[0].end(), None);
        // A person read the end in the BIP; Latarnia did not say it yet.
        let (start, end) = ("2026-11-02T07:30:00Z", "2026-11-03T10:00:00Z");
        known.take(announced(Source::Declared, FAILURE, start, end));
        let counting = known.outages();
        assert_eq!((counting.len(), counting[0].end().is_some()), (1, true));
        // Then it does.
        known.take(announced(
            Source::Latarnia(7),
            FAILURE,
            "2026-11-02T08:00:00Z",
            end,
        ));
        assert_eq!((known.all().len(), known.outages().len()), (2, 2));
        // A person corrects the end.
        known.take(announced(
            Source::Declared,
            FAILURE,
            start,
            "2026-11-04T10:00:00Z",
        ));
        assert_eq!(known.all().len(), 2);
        assert!(known.withdraw(FAILURE, start.parse().unwrap()));
        assert!(!known.withdraw(FAILURE, start.parse().unwrap()));
        assert_eq!(known.all().len(), 1);
    }

    #[test]
    fn a_duty_is_not_lifted_by_latarnia() {
        let total =
            |source| announced(source, OutageKind::TotalFailure, "2026-11-02T08:00:00Z", "");
        let kind = |one: Announcement| one.outage().unwrap().kind();
        assert_eq!(kind(total(Source::Latarnia(1))), OutageKind::Failure);
        assert_eq!(kind(total(Source::Declared)), OutageKind::TotalFailure);
    }
}
