//! What a failure of the mirror or its store means for a person.

use std::path::Path;

use ksef_sdk::mirror::MirrorError;
use ksef_store::{StoreError, StoreErrorKind};

use crate::error::Error;
use crate::exit::Exit;
use crate::lang::text;

/// A store.
pub(super) fn of_store(error: &StoreError, path: &Path) -> Error {
    let path = path.display();
    let failed = match error.kind() {
        StoreErrorKind::Newer { .. } => Error::usage(text!(
            "the inbox {path} was written by a newer version of this program",
            "skrzynkę {path} zapisała nowsza wersja tego programu"
        ))
        .hint(text!(
            "use that version; this one leaves the inbox as it is",
            "użyj tamtej wersji; ta pozostawia skrzynkę bez zmian"
        )),
        StoreErrorKind::Foreign => Error::failed(text!(
            "the file {path} is not the inbox of this context",
            "plik {path} nie jest skrzynką tego kontekstu"
        ))
        .hint(text!(
            "move it away, and fill a new inbox: ksef inbox sync",
            "przenieś go w inne miejsce i pobierz faktury od nowa: ksef inbox sync"
        )),
        StoreErrorKind::Damaged => Error::failed(text!(
            "the inbox {path} is damaged",
            "skrzynka {path} jest uszkodzona"
        ))
        .hint(text!(
            "keep a copy of the file, move it away, and fill a new inbox: ksef inbox sync",
            "zachowaj kopię pliku, przenieś go i pobierz faktury od nowa: ksef inbox sync"
        )),
        StoreErrorKind::Busy => Error::failed(text!(
            "another program holds the inbox {path}",
            "inny program zajmuje skrzynkę {path}"
        ))
        .hint(text!(
            "close it and try again",
            "zamknij go i spróbuj ponownie"
        )),
        _ => Error::failed(text!(
            "the inbox {path} cannot be read or written",
            "nie można odczytać lub zapisać skrzynki {path}"
        ))
        .hint(text!(
            "make room on the disk and check the rights, then run the same command again",
            "zwolnij miejsce na dysku i sprawdź uprawnienia, po czym uruchom to samo polecenie"
        )),
    };
    failed.caused_as(error)
}

/// A mirror.
pub(super) fn of_mirror(error: MirrorError<StoreError>, path: &Path) -> Error {
    match error {
        MirrorError::Ksef(error) => error.into(),
        MirrorError::Store(error) => of_store(&error, path),
        MirrorError::Conflict { number } => Error::failed(text!(
            "KSeF shows the invoice {number} with other content than the inbox has; nothing was replaced",
            "KSeF pokazuje fakturę {number} z inną treścią niż skrzynka; niczego nie zastąpiono"
        ))
        .hint(text!(
            "a document must never change: keep the inbox as it is and report this to the Ministry",
            "dokument nie może się zmienić: zachowaj skrzynkę bez zmian i zgłoś to Ministerstwu"
        )),
        MirrorError::NoSlot => Error::new(
            Exit::RateLimited,
            text!(
                "ten exports of this context are running, which is all that KSeF allows",
                "trwa dziesięć eksportów tego kontekstu, a więcej KSeF nie dopuszcza"
            ),
        )
        .hint(text!(
            "they end by themselves; run the same command again in an hour",
            "zakończą się same; uruchom to samo polecenie za godzinę"
        )),
        error => Error::failed(text!("{error}", "{error}")),
    }
}
