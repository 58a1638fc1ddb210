//! Status of a session.

use ksef_core::reference::SessionKind;

use super::{StatusInfo, status_codes};

status_codes! {
    /// Status of an online or batch session. Source: table of `GET /sessions/{referenceNumber}`, contract 2.9.0.
    ///
    /// [`description`](Self::description) is that of the online session; see [`describe`](Self::describe).
    pub enum SessionStatus {
        /// 100
        Open = 100 "Sesja interaktywna otwarta"
            means "the session is open and takes invoices" / "sesja jest otwarta i przyjmuje faktury"
            do "" / "";
        /// 150
        Processing = 150 "Trwa przetwarzanie"
            means "the package is being processed" / "paczka jest przetwarzana"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 170
        Closed = 170 "Sesja interaktywna zamknięta"
            means "the session is closed, its UPO is being made" / "sesja jest zamknięta, trwa tworzenie UPO"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 200
        Processed = 200 "Sesja interaktywna przetworzona pomyślnie"
            means "processed, at least one invoice was accepted" / "przetworzona, przyjęto co najmniej jedną fakturę"
            do "" / "";
        /// 405
        PackageMismatch = 405 "Błąd weryfikacji poprawności dostarczonych elementów paczki"
            means "a part of the package differs from what was declared" / "część paczki różni się od zadeklarowanej"
            do "send the package again" / "wyślij paczkę ponownie";
        /// 415
        KeyNotDecrypted = 415 "Błąd odszyfrowania dostarczonego klucza"
            means "the server could not decrypt the key of the session" / "serwer nie mógł odszyfrować klucza sesji"
            do "fetch the public keys anew and open another session" / "pobierz ponownie klucze publiczne i otwórz nową sesję";
        /// 420
        TooManyInvoices = 420 "Przekroczony limit faktur w sesji"
            means "the package holds too many invoices" / "paczka zawiera zbyt wiele faktur"
            do "split it, 10 000 invoices at most" / "podziel ją, najwyżej 10 000 faktur";
        /// 430
        ArchiveUnreadable = 430 "Błąd dekompresji pierwotnego archiwum"
            means "the archive could not be unpacked" / "nie udało się rozpakować archiwum"
            do "check how the archive was made, and the initialisation vector" / "sprawdź, jak utworzono archiwum, oraz wektor inicjalizacyjny";
        /// 435
        PartNotDecrypted = 435 "Błąd odszyfrowania zaszyfrowanych części archiwum"
            means "a part of the archive could not be decrypted" / "nie udało się odszyfrować części archiwum"
            do "encrypt the parts with the key of the session and send again" / "zaszyfruj części kluczem sesji i wyślij ponownie";
        /// 440
        Cancelled = 440 "Sesja anulowana"
            means "the session was cancelled because nothing was sent, or not in time" / "sesję anulowano, bo nic nie przesłano albo nie na czas"
            do "open another session" / "otwórz nową sesję";
        /// 445
        NoValidInvoice = 445 "Błąd weryfikacji, brak poprawnych faktur"
            means "every invoice was rejected" / "odrzucono wszystkie faktury"
            do "see why in the list of failed invoices" / "przyczyny są na liście odrzuconych faktur";
        /// 500
        UnknownError = 500 "Nieznany błąd (500)"
            means "the server failed" / "błąd serwera"
            do "look which invoices were accepted, then send the others in a new session" / "sprawdź, które faktury przyjęto, a pozostałe wyślij w nowej sesji";
    }
    unknown means "a status that this version does not know" / "status nieznany tej wersji";
}

impl SessionStatus {
    /// The description that the server sends for a session of this kind, in Polish.
    #[must_use]
    pub const fn describe(self, kind: SessionKind) -> &'static str {
        match (kind, self) {
            (SessionKind::Batch, Self::Open) => "Sesja wsadowa rozpoczęta",
            (SessionKind::Batch, Self::Processed) => "Sesja wsadowa przetworzona pomyślnie",
            _ => self.description(),
        }
    }

    /// The status as the server writes it for a session of this kind.
    #[must_use]
    pub fn to_info(self, kind: SessionKind) -> StatusInfo {
        StatusInfo::new(self.code(), self.describe(kind))
    }

    /// Whether the session takes invoices.
    #[must_use]
    pub const fn accepts_invoices(self) -> bool {
        matches!(self, Self::Open)
    }
}
