//! Deadlines, modes and states for people.

use jiff::{SignedDuration, Timestamp};
use ksef_core::offline_deadline::{Basis, Deadline, OfflineMode, OutageKind};

use super::announcements::AnnouncementsFault;
use super::documents::DocumentFault;
use super::entry::State;
use crate::lang::{Text, text};
use crate::printer::moment;

/// Why an invoice of a total failure is not sent.
pub(crate) fn never_sent() -> Text {
    text!(
        "issued during a total failure (art. 106ng of the VAT act): such an invoice is handed to the buyer and never sent to KSeF",
        "wystawiona podczas awarii całkowitej (art. 106ng ustawy o VAT): taką fakturę przekazuje się nabywcy i nigdy nie przesyła do KSeF"
    )
}

/// Why announcements are not there.
pub(crate) fn announcements_fault(fault: &AnnouncementsFault) -> Text {
    text!(
        "the announcements in {path} cannot be used ({why}); deadlines are counted without them, as early as they can be",
        "nie można użyć komunikatów z {path} ({why}); terminy liczone są bez nich, czyli najwcześniejsze możliwe",
        path = fault.path.display(),
        why = fault.source
    )
}

/// Why a file for the buyer is not there.
pub(crate) fn document_fault(fault: &DocumentFault) -> Text {
    match fault {
        DocumentFault::Disk(path, why) => text!(
            "the file {path} cannot be written ({why}); the invoice is issued: make room and run the same command again, it makes the files anew",
            "nie można zapisać pliku {path} ({why}); faktura jest wystawiona: zwolnij miejsce i uruchom to samo polecenie ponownie, a pliki powstaną od nowa",
            path = path.display(),
            why = why
        ),
        DocumentFault::Code(why) => text!(
            "a code cannot be drawn ({why}); the invoice is issued, its links: ksef outbox show",
            "nie można narysować kodu ({why}); faktura jest wystawiona, jej linki pokazuje: ksef outbox show",
            why = why
        ),
        DocumentFault::Unreadable(why) => text!(
            "the page of the invoice cannot be set: {why}",
            "nie można utworzyć wizualizacji faktury: {why}"
        ),
        DocumentFault::Page(why) => text!(
            "{why}; a logo in template.toml that cannot be drawn is one reason",
            "nie można utworzyć pliku PDF: {why}; przyczyną bywa logo w template.toml, którego nie da się narysować"
        ),
    }
}

/// A mode.
pub(crate) fn mode(mode: OfflineMode) -> Text {
    match mode {
        OfflineMode::Offline24 => text!("offline24", "offline24"),
        OfflineMode::Unavailability => text!("unavailability", "niedostępność"),
        OfflineMode::Failure => text!("failure", "awaryjny"),
        OfflineMode::TotalFailure => text!("total failure", "awaria całkowita"),
    }
}

/// What is the matter with KSeF.
pub(crate) fn outage(kind: OutageKind) -> Text {
    match kind {
        OutageKind::Unavailability => text!("unavailability", "niedostępność"),
        OutageKind::Failure => text!("failure", "awaria"),
        OutageKind::TotalFailure => text!("total failure", "awaria całkowita"),
    }
}

/// What to do when the mode of an invoice was announced by nobody; `None` when it was, or needs no announcement.
pub(crate) fn unannounced(issued: OfflineMode, deadline: &Deadline) -> Option<Text> {
    let needs_one = matches!(issued, OfflineMode::Unavailability | OfflineMode::Failure);
    let is_as_offline24 = matches!(deadline.due().map(|due| due.basis), Some(Basis::Issue(_)));
    (needs_one && is_as_offline24).then(|| {
        let mode = mode(issued);
        text!(
            "no {en} is known for the date of issue, so the deadline is that of offline24; when the Ministry announced one, declare it: ksef outbox announce",
            "dla daty wystawienia nie jest znana żadna {pl}, więc termin jest taki jak w trybie offline24; jeśli Ministerstwo ją ogłosiło, zgłoś to: ksef outbox announce",
            en = mode.in_lang(crate::lang::Lang::En),
            pl = match issued {
                OfflineMode::Failure => "awaria",
                _ => mode.in_lang(crate::lang::Lang::Pl),
            }
        )
    })
}

/// Where an invoice stands.
pub(crate) fn state(state: State) -> Text {
    match state {
        State::Waiting => text!("waiting", "czeka"),
        State::Sent => text!("sent, undecided", "wysłana, bez decyzji"),
        State::Accepted => text!("accepted", "przyjęta"),
        State::Rejected => text!("rejected", "odrzucona"),
        State::Corrected => text!("rejected, corrected", "odrzucona, skorygowana"),
        State::NeverSent => text!("never sent", "nieprzesyłana"),
        State::Cancelled => text!("cancelled", "anulowana"),
    }
}

/// A deadline: its last day, or why there is none.
pub(crate) fn deadline(deadline: Option<&Deadline>) -> Text {
    match deadline {
        Some(Deadline::Due(due)) => Text::verbatim(due.last_day),
        Some(Deadline::Open(OutageKind::Unavailability)) => text!(
            "open: no end of the unavailability is announced",
            "otwarty: nie ogłoszono końca niedostępności"
        ),
        Some(Deadline::Open(_)) => text!(
            "open: no end of the failure is announced",
            "otwarty: nie ogłoszono końca awarii"
        ),
        Some(Deadline::NoDuty) => text!("none: total failure", "brak: awaria całkowita"),
        None => text!(
            "unknown: no date of issue",
            "nieznany: brak daty wystawienia"
        ),
    }
}

/// The stable name of a kind of deadline.
pub(crate) const fn deadline_name(deadline: &Deadline) -> &'static str {
    match deadline {
        Deadline::Due(_) => "due",
        Deadline::Open(_) => "open",
        Deadline::NoDuty => "none",
    }
}

/// What a deadline was counted from.
pub(crate) fn basis(basis: &Basis) -> Text {
    let (days, day, article) = (basis.working_days(), basis.day(), basis.article());
    match basis {
        Basis::Issue(_) => text!(
            "the working day after the date of issue {day} (art. {article})",
            "następny dzień roboczy po dacie wystawienia {day} (art. {article})"
        ),
        Basis::Unavailability(_) => text!(
            "the working day after the unavailability, which ended on {day} (art. {article})",
            "następny dzień roboczy po niedostępności zakończonej {day} (art. {article})"
        ),
        Basis::Failure(_) => text!(
            "{days} working days after the failure, which ended on {day} (art. {article})",
            "{days} dni roboczych po awarii zakończonej {day} (art. {article})"
        ),
    }
}

/// How much time is left.
pub(crate) fn left(deadline: Option<&Deadline>, now: Timestamp) -> Text {
    let Some(due) = deadline.and_then(Deadline::due) else {
        return Text::verbatim("");
    };
    let left = due.left(now);
    let span = span(left.abs());
    if due.is_missed(now) {
        text!("missed by {span}", "minął {span} temu")
    } else {
        text!("{span} left", "zostało {span}")
    }
}

/// Since when and until when.
pub(crate) fn span_of(start: Timestamp, end: Option<Timestamp>) -> String {
    let end = end.map_or_else(|| "…".to_owned(), moment);
    format!("{start} – {end}", start = moment(start))
}

/// `3 d 4 h`, `4 h 10 min`, `10 min`: never more than there is.
fn span(duration: SignedDuration) -> String {
    let minutes = duration.as_mins();
    let (days, hours, minutes) = (minutes / MINUTES_OF_DAY, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

const MINUTES_OF_DAY: i64 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        for (seconds, shown) in [
            (59, "0 min"),
            (60, "1 min"),
            (3_600, "1 h 0 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d 0 h"),
            (360_000, "4 d 4 h"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), shown);
        }
    }
}
