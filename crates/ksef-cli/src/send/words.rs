//! The sentences of sending, in English and Polish.

use std::io;

use ksef_api::problem::catalogue;
use ksef_api::status::InvoiceStatus;
use ksef_invoice::finding::{Finding, Language};

use super::inputs::InputFault;
use super::journal::JournalFault;
use super::journal::event::Rejected;
use super::journal::line::LineFault;
use super::plan::{Refusal, RefusedFile};
use super::results::{Outcome, Row};
use crate::error::Error;
use crate::lang::{Lang, Text, text};

/// Why a path gives no files.
pub(crate) fn bad_input(fault: &InputFault) -> Text {
    match fault {
        InputFault::Missing => text!(
            "there is no such file or folder; check the path",
            "nie ma takiego pliku ani folderu; sprawdź ścieżkę"
        ),
        InputFault::Unreadable(error) => unreadable(error),
        InputFault::NoInvoices { recursive: false } => text!(
            "no .xml files in this folder; give another one, or --recursive to search the folders inside it",
            "w tym folderze nie ma plików .xml; podaj inny albo dodaj --recursive, by przeszukać podfoldery"
        ),
        InputFault::NoInvoices { recursive: true } => text!(
            "no .xml files in this folder or the folders inside it; give another one",
            "w tym folderze ani w jego podfolderach nie ma plików .xml; podaj inny"
        ),
        InputFault::Archive(error) => text!(
            "the archive cannot be unpacked ({error}); make it anew, as a ZIP or tar.gz without a password",
            "nie można rozpakować archiwum ({error}); utwórz je ponownie jako ZIP lub tar.gz bez hasła",
            error = error
        ),
        InputFault::NoInvoicesInArchive => text!(
            "no .xml files in this archive; give another one",
            "w tym archiwum nie ma plików .xml; podaj inne"
        ),
        InputFault::NotAFile => text!(
            "neither a file nor a folder; give a file",
            "to ani plik, ani folder; podaj plik"
        ),
    }
}

/// Why a file is not sent: place, sentence, rule, and how much more there is.
pub(crate) fn refused_file(file: &RefusedFile) -> Text {
    match &file.reason {
        Refusal::Unreadable(error) => unreadable(error),
        Refusal::Findings(findings) => self::findings(findings),
    }
}

/// The first finding that matters: place, sentence, rule, and how much more there is.
pub(crate) fn findings(findings: &[Finding]) -> Text {
    let first = findings.iter().find(|finding| finding.refusal().is_some());
    let Some(first) = first.or(findings.first()) else {
        return text!("no invoice", "to nie faktura");
    };
    let place = first
        .position()
        .map(|place| format!("{}:{}: ", place.line, place.column))
        .unwrap_or_default();
    let more = findings.len().saturating_sub(1);
    let (more_en, more_pl) = if more > 0 {
        (
            format!(" (and {more} more)"),
            format!(" (oraz kolejne: {more})"),
        )
    } else {
        (String::new(), String::new())
    };
    let rule = first.rule().id();
    let told = |language, more: &str| format!("{place}{} [{rule}]{more}", first.message(language));
    Text::new(
        told(Language::English, &more_en),
        told(Language::Polish, &more_pl),
    )
}

/// Why something cannot be read.
pub(crate) fn unreadable(error: &io::Error) -> Text {
    let error = error.to_string();
    text!(
        "cannot be read ({error}); check its permissions",
        "nie można odczytać ({pl}); sprawdź uprawnienia",
        error = error,
        pl = crate::error::in_polish(error).unwrap_or_else(|| error.clone())
    )
}

/// The status of a row in a word or two.
pub(crate) fn status(row: &Row) -> Text {
    match &row.outcome {
        Outcome::Accepted { before: false, .. } => text!("accepted", "przyjęta"),
        Outcome::Accepted { before: true, .. } => text!("accepted before", "przyjęta wcześniej"),
        Outcome::Rejected { before: false, .. } => text!("rejected", "odrzucona"),
        Outcome::Rejected { before: true, .. } => text!("rejected before", "odrzucona wcześniej"),
        Outcome::Pending { .. } => text!("pending", "w toku"),
        Outcome::Unknown => text!("unknown", "wynik nieznany"),
        Outcome::NotSent(_) => text!("not sent", "niewysłana"),
        Outcome::WouldSend { .. } => text!("to be sent", "do wysłania"),
        Outcome::Invalid(..) => text!("invalid", "niepoprawna"),
    }
}

/// The KSeF number of a row, or why it has none.
pub(crate) fn reason(row: &Row) -> Text {
    let told = match &row.outcome {
        Outcome::Accepted {
            accepted, receipt, ..
        } => {
            let number = accepted.ksef_number;
            match receipt {
                None => text!(
                    "{number}  (UPO not available yet)",
                    "{number}  (UPO jeszcze niedostępne)",
                    number = number
                ),
                Some(receipt) if !receipt.verified => text!(
                    "{number}  (UPO NOT verified: {why})",
                    "{number}  (UPO NIEZWERYFIKOWANE: {why})",
                    number = number,
                    why = receipt.signature
                ),
                Some(_) => text!("{number}  UPO ok", "{number}  UPO ok", number = number),
            }
        }
        Outcome::Rejected { rejected, .. } => rejection(rejected),
        Outcome::Pending {
            status: Some(InvoiceStatus::Duplicate),
        } => text!(
            "440: KSeF has an invoice with this number, but does not let this login read it, so whether it is this one is unknown; ask the one who sent it",
            "440: KSeF ma fakturę o tym numerze, ale nie pozwala jej odczytać przy tym logowaniu, więc nie wiadomo, czy to ta sama; zapytaj osobę, która ją wysłała"
        ),
        Outcome::Pending {
            status: Some(status),
        } => text!(
            "{code}: {en}",
            "{code}: {pl}",
            code = status.code(),
            en = status.meaning().en,
            pl = status.meaning().pl
        ),
        Outcome::Pending { status: None } => {
            text!(
                "sent, no status seen yet",
                "wysłana, status jeszcze nieznany"
            )
        }
        Outcome::Unknown => text!(
            "sent without an answer; the next run looks it up before anything else",
            "wysłana, ale bez odpowiedzi; następne uruchomienie najpierw sprawdzi, czy dotarła"
        ),
        Outcome::NotSent(why) | Outcome::Invalid(_, why) => why.clone(),
        Outcome::WouldSend {
            has_attachment,
            in_batch,
        } => would_send(row, *has_attachment, *in_batch),
    };
    let told = if row.left_over {
        told.followed_by(&text!(
            "from an earlier run",
            "z wcześniejszego uruchomienia"
        ))
    } else {
        told
    };
    match &row.same_as {
        Some(other) => {
            let other = other.display();
            told.followed_by(&text!(
                "same bytes as {other}, sent once",
                "te same bajty co {other}, wysłana raz",
                other = other
            ))
        }
        None => told,
    }
}

/// What would be sent, and whether it would be in vain.
fn would_send(row: &Row, has_attachment: bool, in_batch: bool) -> Text {
    let Some(planned) = &row.planned else {
        return Text::verbatim("");
    };
    let form = planned.form.system_code();
    let kind = planned.kind.as_deref().unwrap_or("?");
    let facts = Text::verbatim(format!("{form}, {kind}, {} B", planned.size));
    if in_batch {
        return facts.followed_by(&text!("in batch", "wsadowo"));
    }
    if !has_attachment {
        return facts;
    }
    facts.followed_by(&text!(
        "has an attachment: an interactive session will refuse it (415)",
        "ma załącznik: sesja interaktywna ją odrzuci (415)"
    ))
}

/// A refusal by KSeF: code, meaning, KSeF's details, and who took the number.
pub(crate) fn rejection(rejected: &Rejected) -> Text {
    let code = rejected.code;
    if let Some(conflict) = rejected.conflict {
        return text!(
            "{code}: the number is taken by {conflict}",
            "{code}: ten numer zajmuje już {conflict}",
            code = code,
            conflict = conflict
        );
    }
    let meaning = InvoiceStatus::from_code(code);
    let details = if rejected.details.is_empty() {
        String::new()
    } else {
        format!(" ({})", rejected.details.join("; "))
    };
    match meaning {
        InvoiceStatus::Other(_) => {
            let told = Text::verbatim(format!("{code}: {}{details}", rejected.description));
            match catalogue::find(code) {
                Some(known) => told.followed_by(&known.hint.into()),
                None => told,
            }
        }
        known => text!(
            "{code}: {en}{details}",
            "{code}: {pl}{details}",
            code = code,
            en = known.meaning().en,
            pl = known.meaning().pl,
            details = details
        ),
    }
}

impl JournalFault {
    /// The error for a person, with what to do.
    pub(crate) fn into_error(self) -> Error {
        let path = self.path().display().to_string();
        let error = match &self {
            Self::Io { .. } | Self::Broken { .. } => Error::failed(text!(
                "cannot write the journal {path}; nothing was sent after that",
                "nie można zapisać dziennika {path}; od tej chwili niczego nie wysłano",
                path = path
            ))
            .hint(text!(
                "make room or correct the permissions, then run the same command again: the journal is intact and the work continues",
                "zwolnij miejsce lub popraw uprawnienia i uruchom to samo polecenie ponownie: dziennik jest nienaruszony, praca zostanie wznowiona"
            )),
            Self::Damaged { line, fault, .. } => Error::failed(text!(
                "line {line} of the journal {path} is damaged: {en}; nothing was sent",
                "wiersz {line} dziennika {path} jest uszkodzony: {pl}; niczego nie wysłano",
                line = line,
                path = path,
                en = fault,
                pl = in_polish(fault)
            ))
            .hint(text!(
                "restore the file from a backup; or move it away and run again: KSeF refuses what it already has, and those invoices are then recognised by their digest",
                "przywróć plik z kopii zapasowej albo przenieś go i uruchom ponownie: KSeF odrzuci to, co już ma, a program rozpozna te faktury po skrócie"
            )),
            Self::Newer { format, .. } => Error::failed(text!(
                "the journal {path} has format {format}, which this version does not know",
                "dziennik {path} ma format {format}, którego ta wersja nie zna",
                path = path,
                format = format
            ))
            .hint(text!("update ksef", "zaktualizuj ksef")),
            Self::Foreign { .. } => Error::failed(text!(
                "the journal {path} belongs to another environment or context",
                "dziennik {path} należy do innego środowiska lub kontekstu",
                path = path
            ))
            .hint(text!("move it back to where it came from", "przenieś go na jego dawne miejsce")),
            Self::Busy { .. } => Error::failed(text!(
                "another process is sending for the same context and holds the journal {path}",
                "inny proces wysyła w tym samym kontekście i używa dziennika {path}",
                path = path
            ))
            .hint(text!(
                "wait until it ends, or stop it, and run again",
                "poczekaj, aż skończy, albo zatrzymaj go i uruchom ponownie"
            )),
        };
        match self {
            Self::Io { source, .. } => error.caused_by(source),
            _ => error,
        }
    }
}

/// What is wrong with a line of a journal.
fn in_polish(fault: &LineFault) -> String {
    match fault {
        LineFault::Unreadable(why) => format!("nie jest wierszem dziennika ({why})"),
        LineFault::Chain => "jego skrót nie pasuje do niego i do poprzedniego wiersza".to_owned(),
        LineFault::Number { expected, actual } => {
            format!("ma numer {actual} zamiast {expected}")
        }
    }
}

impl Text {
    /// The text after this.
    #[must_use]
    pub(crate) fn prefixed(&self, prefix: &str) -> Self {
        let join = |lang: Lang| format!("{prefix}{}", self.in_lang(lang));
        Self::new(join(Lang::En), join(Lang::Pl))
    }

    /// The text, a semicolon, and another one.
    #[must_use]
    pub(crate) fn followed_by(&self, other: &Self) -> Self {
        let join = |lang: Lang| format!("{}; {}", self.in_lang(lang), other.in_lang(lang));
        Self::new(join(Lang::En), join(Lang::Pl))
    }
}
