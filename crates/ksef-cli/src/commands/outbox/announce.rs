//! `ksef outbox announce`

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use ksef_core::calendar::warsaw;
use ksef_core::offline_deadline::{Outage, OutageKind};

use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::outbox::announcements::{Announcement, Announcements, AnnouncementsFault, Source};
use crate::outbox::words;
use crate::printer::moment;
use crate::send::journal;

/// Declare a failure, unavailability or total failure that the Ministry announced: deadlines move
///
/// The Ministry announces failures on its BIP page, and total failures in the public media; Latarnia is advice. Said once
/// more with --to, an announcement gets its end; until then the deadlines that depend on it are not fixed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What was announced
    #[arg(value_enum, value_name = "WHAT")]
    what: What,

    /// When it began: an instant (2026-11-02T08:00:00Z), a time in Warsaw (2026-11-02T09:00) or a day
    #[arg(long, value_name = "WHEN", value_parser = parse_start)]
    from: Timestamp,

    /// When it ended; a day counts to its end
    #[arg(long, value_name = "WHEN", value_parser = parse_end)]
    to: Option<Timestamp>,

    /// Take back what was declared with this beginning
    #[arg(long, conflicts_with = "to")]
    withdraw: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// KSeF is not available, as for maintenance (art. 106nh)
    Unavailability,
    /// KSeF has failed (art. 106ne, 106nf)
    Failure,
    /// KSeF has failed totally (art. 106ng): the duty to send is lifted
    TotalFailure,
}

impl From<What> for OutageKind {
    fn from(what: What) -> Self {
        match what {
            What::Unavailability => Self::Unavailability,
            What::Failure => Self::Failure,
            What::TotalFailure => Self::TotalFailure,
        }
    }
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let kind = OutageKind::from(args.what);
    if Outage::new(kind, args.from, args.to).is_none() {
        return Err(Error::usage(text!(
            "it would end before it begins",
            "koniec wypadałby przed początkiem"
        ))
        .hint(text!("check --from and --to", "sprawdź --from i --to")));
    }
    let now = context.clock.now();
    let connection = Connection::open(context).await?;
    if connection.control_url.is_none() && args.from > now && kind != OutageKind::Unavailability {
        return Err(Error::usage(text!(
            "a failure cannot be declared before it begins ({from})",
            "awarii nie można zgłosić przed jej początkiem ({from})",
            from = moment(args.from)
        ))
        .hint(text!("check --from", "sprawdź --from")));
    }
    let what = words::outage(kind);
    let (en, pl) = (
        what.in_lang(crate::lang::Lang::En),
        what.in_lang(crate::lang::Lang::Pl),
    );
    let span = words::span_of(args.from, args.to);
    if context.global.dry_run {
        context.printer.note(&text!(
            "would declare: {en}, {span}",
            "zostałaby zgłoszona: {pl}, {span}",
            en = en,
            pl = pl,
            span = span
        ));
        return Ok(Exit::Done);
    }
    let folder = context.home.journal_dir();
    let folder = journal::environment_dir(&folder, &connection.scope);
    let mut is_done = false;
    let kept = Announcements::update(&folder, |known| {
        is_done = if args.withdraw {
            known.withdraw(kind, args.from)
        } else {
            known.take(Announcement {
                source: Source::Declared,
                kind,
                start: args.from,
                end: args.to,
                title: None,
                recorded: now,
            })
        };
        is_done
    });
    let kept = kept.map_err(cannot_keep)?;
    if args.withdraw && !is_done {
        return Err(Error::usage(text!(
            "nothing of that kind and day was declared: {en}, {span}",
            "nie zgłoszono niczego takiego z tego dnia: {pl}, {span}",
            en = en,
            pl = pl,
            span = span
        ))
        .hint(text!(
            "see what was: ksef outbox announcements",
            "zobacz, co zgłoszono: ksef outbox announcements"
        )));
    }
    context
        .printer
        .result(kept.all(), |printer| match args.withdraw {
            true => printer.text(&text!(
                "taken back: {en}, {span}",
                "wycofano: {pl}, {span}",
                en = en,
                pl = pl,
                span = span
            )),
            false => printer.text(&text!(
                "declared: {en}, {span}",
                "zgłoszono: {pl}, {span}",
                en = en,
                pl = pl,
                span = span
            )),
        });
    Ok(Exit::Done)
}

fn cannot_keep(fault: AnnouncementsFault) -> Error {
    Error::failed(text!(
        "the announcements cannot be kept in {path}",
        "nie można zapisać komunikatów w {path}",
        path = fault.path.display()
    ))
    .caused_by(fault.source)
    .hint(text!(
        "check the rights and the free space there; a damaged file can be moved away, and what was announced declared again",
        "sprawdź uprawnienia i wolne miejsce; uszkodzony plik można przenieść, a komunikaty zgłosić ponownie"
    ))
}

fn parse_start(text: &str) -> std::result::Result<Timestamp, String> {
    parse(text, Some)
}

fn parse_end(text: &str) -> std::result::Result<Timestamp, String> {
    parse(text, |day| day.tomorrow().ok())
}

/// An instant, a time in Warsaw, or a day, which begins or ends at a midnight.
fn parse(text: &str, midnight: fn(Date) -> Option<Date>) -> std::result::Result<Timestamp, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let is_day = !text.contains(['T', ' ']);
    let local = if is_day {
        text.parse::<Date>()
            .ok()
            .and_then(midnight)
            .map(|day| day.at(0, 0, 0, 0))
    } else {
        text.parse::<DateTime>().ok()
    };
    let zoned = local.and_then(|local| local.to_zoned(warsaw()).ok());
    zoned
        .map(|zoned| zoned.timestamp())
        .filter(|instant| instant.checked_add(SignedDuration::from_hours(24)).is_ok())
        .ok_or_else(|| {
            "an instant (2026-11-02T08:00:00Z), a time in Warsaw (2026-11-02T09:00) or a day"
                .to_owned()
        })
}

const EXAMPLES: &str = "\
Examples:
  ksef outbox announce failure --from 2026-11-02T09:00
  ksef outbox announce failure --from 2026-11-02T09:00 --to 2026-11-03T17:30
  ksef outbox announce unavailability --from 2026-11-07 --to 2026-11-08
  ksef outbox announce failure --from 2026-11-02 --withdraw";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_warsaw() {
        for (text, start) in [
            ("2026-11-02T08:00:00Z", "2026-11-02T08:00:00Z"),
            ("2026-11-02T09:00", "2026-11-02T08:00:00Z"),
            ("2026-07-02T09:00", "2026-07-02T07:00:00Z"),
            ("2026-11-02", "2026-11-01T23:00:00Z"),
        ] {
            assert_eq!(parse_start(text).unwrap().to_string(), start, "{text}");
        }
        assert_eq!(
            parse_end("2026-11-02").unwrap().to_string(),
            "2026-11-02T23:00:00Z"
        );
        assert_eq!(
            parse_end("2026-11-02T09:00").unwrap().to_string(),
            "2026-11-02T08:00:00Z"
        );
        for text in ["", "yesterday", "2026-13-01", "2026-11-02T25:00"] {
            assert!(parse_start(text).is_err(), "{text}");
        }
    }
}
