//! Status of an invoice in a session.

use super::status_codes;

status_codes! {
    /// Status of an invoice in a session.
    /// Source: table of `GET /sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}`, contract 2.9.0.
    pub enum InvoiceStatus {
        /// 100
        Received = 100 "Faktura przyjęta do dalszego przetwarzania"
            means "received, waiting to be checked" / "odebrana, czeka na weryfikację"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 150
        Processing = 150 "Trwa przetwarzanie"
            means "being checked" / "trwa weryfikacja"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 200
        Accepted = 200 "Sukces"
            means "accepted, it has a KSeF number" / "przyjęta, ma numer KSeF"
            do "" / "";
        /// 405
        SessionFailed = 405 "Przetwarzanie anulowane z powodu błędu sesji"
            means "not processed because the session failed" / "nie przetworzono z powodu błędu sesji"
            do "send it again in a new session" / "wyślij ponownie w nowej sesji";
        /// 410
        NotPermitted = 410 "Nieprawidłowy zakres uprawnień"
            means "the context may not issue this invoice for its seller" / "kontekst nie może wystawić tej faktury za sprzedawcę"
            do "check the seller's NIP in the invoice against the context you are signed in to" / "porównaj NIP sprzedawcy na fakturze z kontekstem logowania";
        /// 415
        AttachmentNotAllowed = 415 "Brak możliwości wysyłania faktury z załącznikiem"
            means "an invoice with an attachment cannot be sent in an online session" / "faktury z załącznikiem nie można wysłać w sesji interaktywnej"
            do "send it in a batch session, with the consent for attachments" / "wyślij ją w sesji wsadowej, po zgłoszeniu zamiaru wysyłania załączników";
        /// 430
        FileInvalid = 430 "Błąd weryfikacji pliku faktury"
            means "the file is not what was declared, or not clean UTF-8 XML" / "plik różni się od zadeklarowanego albo nie jest poprawnym XML w UTF-8"
            do "check size, hash, encoding and the beginning of the file" / "sprawdź rozmiar, skrót, kodowanie i początek pliku";
        /// 435
        NotDecrypted = 435 "Błąd odszyfrowania pliku"
            means "the invoice could not be decrypted" / "nie udało się odszyfrować faktury"
            do "encrypt it with the key and vector of the session and send it again" / "zaszyfruj ją kluczem i wektorem sesji i wyślij ponownie";
        /// 440
        Duplicate = 440 "Duplikat faktury"
            means "an invoice of this seller, kind and number is already in KSeF" / "faktura tego sprzedawcy, rodzaju i o tym numerze jest już w KSeF"
            do "compare with the original named in the status: the same content means success, other content needs another number" / "porównaj z oryginałem podanym w statusie: ta sama treść oznacza sukces, inna wymaga innego numeru";
        /// 450
        SemanticError = 450 "Błąd weryfikacji semantyki dokumentu faktury"
            means "the content breaks the schema or a rule" / "treść narusza schemat albo regułę"
            do "correct what the details name and send it again" / "popraw to, co wskazują szczegóły, i wyślij ponownie";
        /// 500
        UnknownError = 500 "Nieznany błąd (500)"
            means "the server failed" / "błąd serwera"
            do "make sure the invoice is not in KSeF, then send it again" / "upewnij się, że faktury nie ma w KSeF, i wyślij ponownie";
        /// 550
        Cancelled = 550 "Operacja została anulowana przez system"
            means "the server interrupted the processing" / "serwer przerwał przetwarzanie"
            do "send it again" / "wyślij ponownie";
    }
    unknown means "a status that this version does not know" / "status nieznany tej wersji";
}

impl InvoiceStatus {
    /// Whether the same document may be accepted when it is sent again in a fresh session.
    #[must_use]
    pub const fn may_be_resent(self) -> bool {
        matches!(
            self,
            Self::SessionFailed | Self::NotDecrypted | Self::UnknownError | Self::Cancelled
        )
    }
}
